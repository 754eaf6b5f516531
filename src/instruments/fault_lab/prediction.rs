//! What the reader predicts, and what there is to predict.

use wire::close::CloseCode;

use super::faults::FaultNotes;
use crate::address::cut;
use crate::routes::LabQuery;

/// Which events a script gets, beside `open`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fires {
    /// `message`, whatever follows.
    Message,
    /// `error`, then `close`.
    ErrorClose,
    /// `close` alone.
    Close,
    /// None.
    Nothing,
}

/// The code that the close event reports; `None` where there is no such event.
pub type Code = Option<u16>;

/// What a browser sends after the fault, of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A close frame with this code.
    Close(u16),
    /// A close frame without a code.
    Bare,
    /// Nothing.
    Nothing,
}

/// A prediction, as far as it has been made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prediction {
    /// Which events fire.
    pub fires: Option<Fires>,
    /// Which code is reported.
    pub code: Option<Code>,
    /// What the browser sends.
    pub sent: Option<Sent>,
}

/// A choice that a question offers.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every choice, in order.
    const ALL: &'static [Self];

    /// Its name in a link.
    fn name(self) -> String;

    /// Its words.
    fn label(self) -> String;
}

impl Choice for Fires {
    const ALL: &'static [Fires] = &[
        Fires::Message,
        Fires::ErrorClose,
        Fires::Close,
        Fires::Nothing,
    ];

    fn name(self) -> String {
        match self {
            Fires::Message => "message",
            Fires::ErrorClose => "error-close",
            Fires::Close => "close",
            Fires::Nothing => "nothing",
        }
        .to_owned()
    }

    fn label(self) -> String {
        match self {
            Fires::Message => "message",
            Fires::ErrorClose => "error, then close",
            Fires::Close => "close alone",
            Fires::Nothing => "nothing",
        }
        .to_owned()
    }
}

impl Choice for Code {
    const ALL: &'static [Code] = &[
        Some(1000),
        Some(1002),
        Some(1005),
        Some(1006),
        Some(1007),
        Some(1009),
        None,
    ];

    fn name(self) -> String {
        self.map_or_else(|| "none".to_owned(), |code| code.to_string())
    }

    fn label(self) -> String {
        self.map_or_else(|| "no close event".to_owned(), |code| code.to_string())
    }
}

impl Choice for Sent {
    const ALL: &'static [Sent] = &[
        Sent::Close(1000),
        Sent::Close(1002),
        Sent::Close(1007),
        Sent::Close(1009),
        Sent::Bare,
        Sent::Nothing,
    ];

    fn name(self) -> String {
        match self {
            Sent::Close(code) => code.to_string(),
            Sent::Bare => "bare".to_owned(),
            Sent::Nothing => "nothing".to_owned(),
        }
    }

    fn label(self) -> String {
        match self {
            Sent::Close(code) => format!("close {code}"),
            Sent::Bare => "close without a code".to_owned(),
            Sent::Nothing => "nothing".to_owned(),
        }
    }
}

impl Prediction {
    /// How many questions are not answered.
    pub fn open(&self) -> u64 {
        u64::from(self.fires.is_none())
            + u64::from(self.code.is_none())
            + u64::from(self.sent.is_none())
    }

    /// Its form in a link; nothing where nothing has been predicted.
    fn name(&self) -> Option<String> {
        fn part<C: Choice>(choice: Option<C>) -> String {
            choice.map_or_else(|| "-".to_owned(), C::name)
        }
        (*self != Prediction::default()).then(|| {
            format!(
                "{}.{}.{}",
                part(self.fires),
                part(self.code),
                part(self.sent)
            )
        })
    }

    fn read(name: &str) -> Option<Prediction> {
        // The outer option says whether it can be read, the inner whether it was answered.
        fn part<C: Choice>(name: &str) -> Option<Option<C>> {
            match name {
                "-" => Some(None),
                name => C::ALL
                    .iter()
                    .find(|choice| choice.name() == name)
                    .map(|choice| Some(*choice)),
            }
        }
        let parts: Vec<&str> = name.split('.').collect();
        let [fires, code, sent] = parts[..] else {
            return None;
        };
        Some(Prediction {
            fires: part(fires)?,
            code: part(code)?,
            sent: part(sent)?,
        })
    }
}

/// A close code and its name: `1007, invalid payload data`.
pub fn code_words(code: u16) -> String {
    format!("{code}, {}", CloseCode(code).name())
}

/// What the reader has on the desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// The fault that is chosen.
    pub fault: &'static FaultNotes,
    /// What the reader predicts.
    pub prediction: Prediction,
    /// What an address said that could not be used.
    pub problems: Vec<String>,
}

/// The fault that is chosen when nobody has chosen: everybody has met it.
const FIRST: &str = "invalid-utf8";

impl Desk {
    /// What an address says. What cannot be used is named, and the default stands for it.
    pub fn opened(said: &Result<LabQuery, String>) -> Desk {
        let mut problems = Vec::new();
        let query = match said {
            Ok(query) => query.clone(),
            Err(why) => {
                problems.push(format!("The address cannot be read: {why}."));
                LabQuery::default()
            }
        };
        let first = || FaultNotes::named(FIRST).unwrap_or(&super::faults::FAULTS[0]);
        let fault = match &query.fault {
            None => first(),
            Some(name) => FaultNotes::named(name).unwrap_or_else(|| {
                problems.push(format!(
                    "The lab has no fault named “{}”, so “{}” is chosen.",
                    cut(name),
                    first().title
                ));
                first()
            }),
        };
        let prediction = match &query.guess {
            None => Prediction::default(),
            Some(name) => Prediction::read(name).unwrap_or_else(|| {
                problems.push(format!(
                    "The prediction “{}” cannot be read. It looks like error-close.1006.1002.",
                    cut(name)
                ));
                Prediction::default()
            }),
        };
        Desk {
            fault,
            prediction,
            problems,
        }
    }

    /// What a link to it says.
    pub fn query(&self) -> LabQuery {
        let prediction = self.prediction.name();
        LabQuery {
            fault: (self.fault.name() != FIRST || prediction.is_some())
                .then(|| self.fault.name().to_owned()),
            guess: prediction,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_was_predicted() {
        let whole = Prediction {
            fires: Some(Fires::ErrorClose),
            code: Some(Some(1006)),
            sent: Some(Sent::Close(1007)),
        };
        assert_eq!(whole.name().as_deref(), Some("error-close.1006.1007"));
        assert_eq!(Prediction::default().name(), None);
        for fires in Fires::ALL {
            for code in Code::ALL {
                for sent in Sent::ALL {
                    let prediction = Prediction {
                        fires: Some(*fires),
                        code: Some(*code),
                        sent: Some(*sent),
                    };
                    assert_eq!(
                        prediction.name().and_then(|n| Prediction::read(&n)),
                        Some(prediction)
                    );
                }
            }
        }
        let some = Prediction {
            fires: None,
            code: Some(None),
            sent: None,
        };
        assert_eq!(some.name().as_deref(), Some("-.none.-"));
        assert_eq!(Prediction::read("-.none.-"), Some(some));
        assert_eq!((some.open(), whole.open()), (2, 0));
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for bad in [
            "",
            "close",
            "close.1006",
            "close.1006.1007.x",
            "shut.-.-",
            "-.1006 .-",
        ] {
            assert_eq!(Prediction::read(bad), None, "{bad}");
        }
        let said = Ok(LabQuery {
            fault: Some("<b>earthquake</b> with a very long name".into()),
            guess: Some("7".into()),
        });
        let desk = Desk::opened(&said);
        assert_eq!(desk.fault.name(), FIRST);
        assert_eq!(desk.prediction, Prediction::default());
        assert_eq!(desk.problems.len(), 2);
        assert!(desk.problems[0].contains("“<b>earthquake</b>"));
        assert_eq!(Desk::opened(&Err("twice".into())).problems.len(), 1);
        assert!(Desk::opened(&Ok(LabQuery::default())).problems.is_empty());
    }

    #[test]
    fn a_desk_comes_back_from_its_link() {
        for fault in &super::super::faults::FAULTS {
            let desk = Desk {
                fault,
                prediction: Prediction {
                    fires: Some(Fires::Nothing),
                    ..Prediction::default()
                },
                problems: Vec::new(),
            };
            assert_eq!(Desk::opened(&Ok(desk.query())), desk);
        }
        assert_eq!(
            Desk::opened(&Ok(LabQuery::default())).query(),
            LabQuery::default()
        );
    }
}

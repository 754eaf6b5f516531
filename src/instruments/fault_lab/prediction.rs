//! What the reader predicts, and what there is to predict.

use wire::close::CloseCode;

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
    pub fn name(&self) -> Option<String> {
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

    /// Reads what [`Prediction::name`] writes.
    pub fn read(name: &str) -> Option<Prediction> {
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
}

//! What both editors do while the line between them is cut, and what comes of it.

use super::document::{COLOURS, Merge, TITLE, colour_name};
use super::session::Session;

/// What both do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clash {
    /// Both paint the square.
    Colour,
    /// One paints the square, the other moves it.
    Properties,
    /// Both type at the end of the title.
    Title,
    /// Nothing.
    Nothing,
}

/// What both panes show afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The same, with what both did.
    Both,
    /// The same, with what one of them did.
    One,
    /// Not the same.
    Apart,
}

/// What the left one and the right one type.
const TYPED: [&str; 2] = [" A", " B"];
/// Where the right one moves the square.
const THERE: (u16, u16) = (70, 140);

impl Clash {
    /// Two editors who have just done it, with the line cut; or with nothing done, and the line whole.
    pub fn prepared(self, merge: Merge) -> Session {
        let mut session = Session::new(merge);
        if self == Clash::Nothing {
            return session;
        }
        session.cut();
        // Nothing is on its way over a line that is cut: neither the time nor the delay is looked at.
        match self {
            Clash::Colour => {
                session.edit(0, 0.0, 0.0, |d| d.paint(0, COLOURS[1].1));
                session.edit(1, 0.0, 0.0, |d| d.paint(0, COLOURS[2].1));
            }
            Clash::Properties => {
                session.edit(0, 0.0, 0.0, |d| d.paint(0, COLOURS[1].1));
                session.edit(1, 0.0, 0.0, |d| d.move_to(0, THERE.0, THERE.1));
            }
            Clash::Title => {
                for (at, typed) in TYPED.iter().enumerate() {
                    session.edit(at, 0.0, 0.0, |d| d.retitle(&format!("{TITLE}{typed}")));
                }
            }
            Clash::Nothing => {}
        }
        session
    }

    /// What came of it, once the line is whole and nothing is under way.
    pub fn outcome(self, session: &Session) -> Option<Outcome> {
        if self == Clash::Nothing || session.is_cut() || session.held() + session.on_the_line() > 0
        {
            return None;
        }
        let [left, right] = session.documents();
        if !left.shows_the_same(right) {
            return Some(Outcome::Apart);
        }
        let square = &left.shapes()[0];
        let both = match self {
            Clash::Title => TYPED.iter().all(|typed| left.title().contains(typed)),
            Clash::Properties => square.colour.value == COLOURS[1].1 && square.place.value == THERE,
            _ => false,
        };
        Some(if both { Outcome::Both } else { Outcome::One })
    }

    /// What has happened, and what is asked.
    pub fn question(self) -> &'static str {
        match self {
            Clash::Colour => {
                "The line is cut. Left paints the square green, right paints it violet. Then the line is mended. What do the two panes show?"
            }
            Clash::Properties => {
                "The line is cut. Left paints the square green, right moves it down. Then the line is mended. What do the two panes show?"
            }
            Clash::Title => {
                "The line is cut. Left types “ A” after the title, right types “ B” at the same place. Then the line is mended. What do the two panes show?"
            }
            Clash::Nothing => "Paint, drag and type in either pane, and watch what is sent.",
        }
    }

    /// What the reader can say.
    pub fn answers(self) -> &'static [(&'static str, Outcome)] {
        match self {
            Clash::Colour => &[
                ("Both the same colour", Outcome::One),
                ("Each the other’s colour", Outcome::Apart),
            ],
            Clash::Properties => &[
                ("Both changes, in both", Outcome::Both),
                ("One change is lost", Outcome::One),
                ("Not the same", Outcome::Apart),
            ],
            Clash::Title => &[
                ("Both words, in both", Outcome::Both),
                ("One word is lost", Outcome::One),
                ("Not the same", Outcome::Apart),
            ],
            Clash::Nothing => &[],
        }
    }

    /// What is seen, and why.
    pub fn explained(self, merge: Merge, outcome: Outcome, session: &Session) -> String {
        let [left, right] = session.documents();
        let colours = [left, right].map(|d| colour_name(d.shapes()[0].colour.value));
        let seen = match (self, outcome) {
            (Clash::Title, Outcome::Apart) => format!(
                "“{}” on the left, “{}” on the right.",
                left.title(),
                right.title()
            ),
            (Clash::Title, _) => format!("“{}” in both panes.", left.title()),
            (_, Outcome::Apart) => format!(
                "{} on the left, {} on the right.",
                capital(colours[0]),
                colours[1]
            ),
            (Clash::Properties, _) => format!(
                "In both panes the square is {} and at {}, {}.",
                colours[0],
                left.shapes()[0].place.value.0,
                left.shapes()[0].place.value.1
            ),
            _ => format!("{} in both panes.", capital(colours[0])),
        };
        let why = match (self, merge) {
            (Clash::Title, _) => {
                "Each character has an identity of its own, and an insertion says which character it follows. So none overwrites the other, and both editors put the two in the same order."
            }
            (Clash::Properties, _) => {
                "Colour and place are two properties. Nobody else wrote to either, so there was nothing to decide."
            }
            (Clash::Colour, Merge::Stamp) => {
                "Both writes carry a stamp: a clock that counts edits, and the editor. The clocks are equal here, so the greater editor decides, at both ends alike. What the left one did is lost: its user sees their colour change."
            }
            (Clash::Colour, Merge::Arrival) => {
                "Each editor wrote its own first, and then took what arrived. They will stay apart until somebody paints again, and neither knows."
            }
            (Clash::Nothing, _) => "",
        };
        format!("{seen} {why}")
    }
}

fn capital(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Clash; 3] = [Clash::Colour, Clash::Properties, Clash::Title];

    fn run(clash: Clash, merge: Merge) -> (Session, Outcome) {
        let mut session = clash.prepared(merge);
        assert_eq!(clash.outcome(&session), None, "the line is cut");
        session.mend(0.0, 200.0);
        assert_eq!(clash.outcome(&session), None, "it is under way");
        session.pass(200.0);
        let outcome = clash.outcome(&session).unwrap();
        (session, outcome)
    }

    #[test]
    fn what_comes_of_each() {
        for (clash, merge, outcome) in [
            (Clash::Colour, Merge::Stamp, Outcome::One),
            (Clash::Colour, Merge::Arrival, Outcome::Apart),
            (Clash::Properties, Merge::Stamp, Outcome::Both),
            (Clash::Properties, Merge::Arrival, Outcome::Both),
            (Clash::Title, Merge::Stamp, Outcome::Both),
            (Clash::Title, Merge::Arrival, Outcome::Both),
        ] {
            assert_eq!(run(clash, merge).1, outcome, "{clash:?} {merge:?}");
        }
    }

    #[test]
    fn what_comes_can_be_said_beforehand_and_is_told() {
        for clash in ALL {
            for merge in [Merge::Stamp, Merge::Arrival] {
                let (session, outcome) = run(clash, merge);
                assert!(clash.answers().iter().any(|(_, said)| *said == outcome));
                let told = clash.explained(merge, outcome, &session);
                assert!(
                    told.ends_with('.') && !told.contains("another colour"),
                    "{told}"
                );
            }
        }
        let (session, outcome) = run(Clash::Colour, Merge::Arrival);
        let told = Clash::Colour.explained(Merge::Arrival, outcome, &session);
        assert!(
            told.starts_with("Violet on the left, green on the right."),
            "{told}"
        );
    }
}

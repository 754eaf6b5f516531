//! When a question comes back: Leitner's boxes (S. Leitner, *So lernt man lernen*, 1972).
//!
//! A question starts in the first box. Right when it is due moves it one box on, wrong moves it back to the first; the further
//! the box, the longer until it is due. Better schedules are known (FSRS), but their crates weigh 75 kB compressed, a quarter of
//! what a page may transfer, for a few dozen questions.

use std::collections::BTreeMap;

/// Days from an answer until the question is due again, by box.
pub const DAYS: [i32; 6] = [1, 3, 7, 14, 30, 60];

/// How a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its box, an index into [`DAYS`].
    pub shelf: usize,
    /// The day on which it is due, counted from 1970-01-01 in the reader's time zone.
    pub due: i32,
    /// Whether the last answer was right.
    pub right: bool,
}

impl Card {
    /// How a question stands after an answer on this day.
    pub fn after(before: Option<Card>, right: bool, today: i32) -> Card {
        let shelf = match before {
            Some(card) if right && card.due <= today => (card.shelf + 1).min(DAYS.len() - 1),
            // Answered before it was due: that shows little, and changes nothing.
            Some(card) if right && card.right => return card,
            Some(card) if right => card.shelf,
            _ => 0,
        };
        let days = DAYS.get(shelf).copied().unwrap_or(1);
        Card {
            shelf,
            due: today.saturating_add(days),
            right,
        }
    }

    /// How the card stands in storage: `2.20787.1`.
    pub fn write(self) -> String {
        format!("{}.{}.{}", self.shelf, self.due, u8::from(self.right))
    }

    /// Reads a card. `None` where the text is none.
    pub fn read(text: &str) -> Option<Card> {
        let mut parts = text.split('.');
        let mut next = || parts.next();
        let shelf: usize = next()?.parse().ok()?;
        let due = next()?.parse().ok()?;
        let right = match next()? {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        (shelf < DAYS.len() && parts.next().is_none()).then_some(Card { shelf, due, right })
    }
}

/// The cards of all questions that were answered once, by the questions' names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cards(BTreeMap<String, Card>);

impl Cards {
    /// Reads what is kept. What is no card is left out.
    pub fn read(kept: &BTreeMap<String, String>) -> Cards {
        let cards = kept.iter().filter_map(|(id, text)| {
            let card = Card::read(text)?;
            Some((id.clone(), card))
        });
        Cards(cards.collect())
    }

    /// What is to be kept.
    pub fn write(&self) -> BTreeMap<String, String> {
        let texts = self.0.iter().map(|(id, card)| (id.clone(), card.write()));
        texts.collect()
    }

    /// An answer was given.
    pub fn answered(&mut self, id: &str, right: bool, today: i32) {
        let before = self.of(id);
        self.0
            .insert(id.to_owned(), Card::after(before, right, today));
    }

    /// The card of a question.
    pub fn of(&self, id: &str) -> Option<Card> {
        self.0.get(id).copied()
    }

    /// Whether the last answer to a question was wrong.
    pub fn is_wrong(&self, id: &str) -> bool {
        self.of(id).is_some_and(|card| !card.right)
    }

    /// Whether a question is due on this day.
    pub fn is_due(&self, id: &str, today: i32) -> bool {
        self.of(id).is_some_and(|card| card.due <= today)
    }

    /// The first day after this one on which one of these is due.
    pub fn next_due<'a>(&self, ids: impl Iterator<Item = &'a str>, today: i32) -> Option<i32> {
        let due = ids.filter_map(|id| self.of(id)).map(|card| card.due);
        due.filter(|day| *day > today).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_when_due_moves_on_and_wrong_moves_back() {
        let mut day = 100;
        let mut card = Card::after(None, true, day);
        assert_eq!((card.shelf, card.due), (0, 101));
        for (shelf, days) in DAYS.iter().enumerate().skip(1) {
            day = card.due;
            card = Card::after(Some(card), true, day);
            assert_eq!((card.shelf, card.due), (shelf, day + days));
        }
        card = Card::after(Some(card), true, card.due);
        assert_eq!(card.shelf, DAYS.len() - 1, "the last box is the last");
        card = Card::after(Some(card), false, card.due - 5);
        assert_eq!((card.shelf, card.right), (0, false));
    }

    #[test]
    fn an_answer_before_its_day_shows_little() {
        let card = Card::after(None, true, 100);
        assert_eq!(Card::after(Some(card), true, 100), card);
        let wrong = Card::after(Some(card), false, 100);
        let again = Card::after(Some(wrong), true, 100);
        assert_eq!((again.shelf, again.due, again.right), (0, 101, true));
    }

    #[test]
    fn cards_come_back_from_storage_and_what_is_none_does_not() {
        let mut cards = Cards::default();
        cards.answered("a", true, 20_000);
        cards.answered("b", false, 20_000);
        let mut kept = cards.write();
        for (id, text) in [
            ("c", ""),
            ("d", "9.1.1"),
            ("e", "0.1.2"),
            ("f", "0.1.1.1"),
            ("g", "x.1.1"),
        ] {
            kept.insert(id.to_owned(), text.to_owned());
        }
        assert_eq!(Cards::read(&kept), cards);
        assert!(cards.is_wrong("b") && !cards.is_wrong("a") && !cards.is_wrong("c"));
        assert!(cards.is_due("a", 20_001) && !cards.is_due("a", 20_000));
        assert_eq!(cards.next_due(["a", "b"].into_iter(), 20_000), Some(20_001));
        assert_eq!(cards.next_due(["a", "b"].into_iter(), 20_001), None);
    }

    #[test]
    fn a_day_at_the_end_of_time_is_no_trouble() {
        let card = Card::after(None, true, i32::MAX);
        assert_eq!(Card::read(&card.write()), Some(card));
    }
}

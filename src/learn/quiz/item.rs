//! What can be asked, and in which order: the decks of the quiz's modes.

use std::rc::Rc;

use exercises::{Exercise, Kind, Level};
use sim::chance::Chance;

use super::maker;
use crate::learn::questions::{CHAPTERS, Question, Task, Unit, question};

/// How many questions an exam has.
pub const EXAM: usize = 20;
/// How many of them are generated.
const GENERATED: usize = 6;
/// The streams of random numbers that must not disturb each other.
const DRAWING: u64 = 1;
const SHUFFLING: u64 = 2;

/// The place of a question in a deck: what is needed to ask it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A written one, by its index in [`IDS`](crate::learn::questions::IDS).
    Written(usize),
    /// One that a seed gives.
    Generated(Kind, Level, u32),
}

/// A question with all its words.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A written one.
    Written(&'static Question),
    /// A generated one.
    Generated(Rc<Exercise>),
}

impl PartialEq for Asked {
    fn eq(&self, other: &Asked) -> bool {
        match (self, other) {
            (Asked::Written(one), Asked::Written(other)) => std::ptr::eq(*one, *other),
            (Asked::Generated(one), Asked::Generated(other)) => Rc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Item {
    /// The question itself. `None` where the index is not one, or where what makes exercises is not there yet.
    pub fn asked(self) -> Option<Asked> {
        match self {
            Item::Written(index) => question(index).map(Asked::Written),
            Item::Generated(kind, level, seed) => {
                let one = maker::make(kind, level, u64::from(seed))?;
                Some(Asked::Generated(Rc::new(one)))
            }
        }
    }

    /// The written question of this place.
    pub fn question(self) -> Option<&'static Question> {
        match self {
            Item::Written(index) => question(index),
            Item::Generated(..) => None,
        }
    }
}

impl Asked {
    /// What is to be done, in a word or two, before the reader sees the question's words.
    pub fn doing(&self) -> &'static str {
        match self {
            Asked::Generated(_) => "Choose one",
            Asked::Written(question) => match &question.task {
                Task::Single(_) => "Choose one",
                Task::Multiple(_) => "Choose all that are right",
                Task::Order(_) => "Put in order",
                Task::Pick {
                    unit: Unit::Byte, ..
                } => "Point at a byte",
                Task::Pick {
                    unit: Unit::Bit, ..
                } => "Point at a bit",
                Task::Value { .. } => "Type a value",
                Task::Match(_) => "Find the partners",
            },
        }
    }
}

/// The letter of the option with this index: `A` for the first.
pub fn letter(option: usize) -> char {
    char::from(u8::try_from(option).map_or(b'?', |n| b'A'.saturating_add(n)))
}

/// The same in a link.
pub fn small(option: usize) -> char {
    letter(option).to_ascii_lowercase()
}

/// How many places there are to point at.
pub fn places(bytes: &[u8], unit: Unit) -> usize {
    match unit {
        Unit::Byte => bytes.len(),
        Unit::Bit => bytes.len() * 8,
    }
}

/// A number of its own for each name, the same in every build (FNV-1a, 32 bits).
pub fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// The indices up to `n` in an order that the seed gives.
fn shuffle(n: usize, chance: &mut Chance) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        let bound = u32::try_from(i + 1).unwrap_or(u32::MAX);
        order.swap(i, chance.below(bound) as usize);
    }
    order
}

/// The order in which options are shown that stand in their right order in the file: another one, the same at every visit.
pub fn shuffled(id: &str, n: usize) -> Vec<usize> {
    let mut order = shuffle(n, &mut Chance::new(u64::from(fingerprint(id)), SHUFFLING));
    if order.windows(2).all(|pair| pair[0] < pair[1]) {
        order.rotate_left(1);
    }
    order
}

/// The chapters that have questions, in reading order: the path of each, and the indices of its questions.
pub fn chapters() -> Vec<(&'static str, Vec<usize>)> {
    let mut first = 0;
    let chapters = CHAPTERS.iter().map(|(path, _, count)| {
        let own = (first..first + count).collect();
        first += count;
        (*path, own)
    });
    chapters.collect()
}

/// The title of a chapter.
pub fn title(path: &str) -> &'static str {
    let found = CHAPTERS.iter().find(|(of, ..)| *of == path);
    found.map_or("", |(_, title, _)| title)
}

/// The questions of one chapter.
pub fn of_chapter(path: &str) -> Vec<Item> {
    let chapters = chapters();
    let own = chapters.iter().find(|(chapter, _)| *chapter == path);
    own.map_or_else(Vec::new, |(_, own)| {
        own.iter().copied().map(Item::Written).collect()
    })
}

/// All of them, from chapter to chapter, so that no two neighbours are about the same.
pub fn mixed() -> Vec<Item> {
    let lists: Vec<_> = chapters().into_iter().map(|(_, own)| own).collect();
    in_turn(&lists).into_iter().map(Item::Written).collect()
}

/// The first of each list, then the second of each.
fn in_turn(lists: &[Vec<usize>]) -> Vec<usize> {
    let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest)
        .flat_map(|i| lists.iter().filter_map(move |list| list.get(i).copied()))
        .collect()
}

/// The twenty questions that a seed gives, the same for everybody: from all chapters, and of several kinds and levels.
pub fn exam(seed: u32) -> Vec<Item> {
    let mut chance = Chance::new(u64::from(seed), DRAWING);
    let mut lists: Vec<Vec<usize>> = Vec::new();
    for (_, own) in chapters() {
        let order = shuffle(own.len(), &mut chance);
        lists.push(order.iter().filter_map(|i| own.get(*i).copied()).collect());
    }
    let order = shuffle(lists.len(), &mut chance);
    let lists: Vec<_> = order
        .iter()
        .filter_map(|i| lists.get(*i).cloned())
        .collect();
    let mut items: Vec<Item> = in_turn(&lists).into_iter().map(Item::Written).collect();
    items.truncate(EXAM - GENERATED);
    let kinds = shuffle(Kind::ALL.len(), &mut chance);
    for (i, kind) in kinds.iter().cycle().take(EXAM - items.len()).enumerate() {
        let kind = Kind::ALL[kind % Kind::ALL.len()];
        let level = Level::ALL[i % Level::ALL.len()];
        items.push(Item::Generated(kind, level, chance.below(u32::MAX)));
    }
    let order = shuffle(items.len(), &mut chance);
    order
        .iter()
        .filter_map(|i| items.get(*i).copied())
        .collect()
}

/// What practice asks at this place of its endless row.
pub fn practice(kind: Option<Kind>, level: Level, seed: u32, place: usize) -> Item {
    let step = u32::try_from(place).unwrap_or(u32::MAX);
    let seed = seed.wrapping_add(step);
    let kind = kind.unwrap_or_else(|| {
        let mut chance = Chance::new(u64::from(seed), SHUFFLING);
        let count = u32::try_from(Kind::ALL.len()).unwrap_or(1);
        Kind::ALL[chance.below(count) as usize % Kind::ALL.len()]
    });
    Item::Generated(kind, level, seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::questions::{IDS, QUESTIONS};

    #[test]
    fn chapters_and_names_are_those_of_the_questions() {
        for (path, own) in chapters() {
            for i in own {
                assert_eq!((QUESTIONS[i].chapter, QUESTIONS[i].id), (path, IDS[i]));
            }
        }
        assert_eq!(IDS.len(), QUESTIONS.len());
    }

    #[test]
    fn an_exam_is_twenty_different_questions_and_the_same_for_everybody() {
        for seed in 0..200 {
            let one = exam(seed);
            assert_eq!(one.len(), EXAM, "seed {seed}");
            assert_eq!(one, exam(seed));
            for (i, item) in one.iter().enumerate() {
                assert!(item.asked().is_some());
                assert!(!one[..i].contains(item), "seed {seed} asks twice");
            }
            let generated = |item: &&Item| matches!(item, Item::Generated(..));
            assert_eq!(one.iter().filter(generated).count(), GENERATED);
        }
        assert_ne!(exam(1), exam(2));
    }

    #[test]
    fn an_exam_takes_from_every_chapter() {
        let one = exam(7);
        for (chapter, _) in chapters() {
            let here = |item: &Item| item.question().is_some_and(|q| q.chapter == chapter);
            assert!(one.iter().any(here), "{chapter}");
        }
    }

    #[test]
    fn every_written_question_is_in_the_mixed_deck_once() {
        let mut all: Vec<_> = mixed()
            .into_iter()
            .filter_map(|item| item.question().map(|q| q.id))
            .collect();
        assert_eq!(all.len(), QUESTIONS.len());
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), QUESTIONS.len());
    }

    #[test]
    fn a_shuffled_order_is_never_the_right_one() {
        for n in 2..7 {
            for id in ["a", "b", "handshake-order", "x", "y", "z"] {
                let order = shuffled(id, n);
                let mut sorted = order.clone();
                sorted.sort_unstable();
                assert!(sorted.iter().copied().eq(0..n), "{order:?}");
                assert_ne!(order, sorted);
                assert_eq!(order, shuffled(id, n));
            }
        }
    }

    #[test]
    fn practice_goes_on_and_stays_with_its_kind() {
        for place in 0..20 {
            let Item::Generated(kind, ..) = practice(Some(Kind::ALL[2]), Level::First, 5, place)
            else {
                panic!("practice is generated");
            };
            assert_eq!(kind, Kind::ALL[2]);
        }
        let kinds: Vec<_> = (0..60)
            .map(|place| match practice(None, Level::First, 5, place) {
                Item::Generated(kind, ..) => kind.name(),
                Item::Written(_) => "written",
            })
            .collect();
        for kind in Kind::ALL {
            assert!(kinds.contains(&kind.name()), "{}", kind.name());
        }
        practice(None, Level::Third, u32::MAX, usize::MAX);
    }
}

//! The written questions, as the build script makes them of `content/questions/*.toml`.

use std::sync::OnceLock;

use crate::kit::inline::{Inline, To};
use crate::split_point;

/// The questions, in the order of the pages. The build script has checked them. The program in the page has them in two parts:
/// see [`question`].
#[cfg(not(target_arch = "wasm32"))]
pub const QUESTIONS: &[Question] = include!(concat!(env!("OUT_DIR"), "/questions.rs"));

/// The names of all questions, in the same order.
pub const IDS: &[&str] = include!(concat!(env!("OUT_DIR"), "/question_ids.rs"));

/// The chapters that have questions, in reading order: the path and the title of each, and how many questions it has. They lie
/// one behind the other.
pub const CHAPTERS: &[(&str, &str, usize)] =
    include!(concat!(env!("OUT_DIR"), "/question_chapters.rs"));

/// The questions of the first chapters.
#[cfg(target_arch = "wasm32")]
const EARLY: &[Question] = include!(concat!(env!("OUT_DIR"), "/questions_early.rs"));
#[cfg(not(target_arch = "wasm32"))]
const EARLY: &[Question] = QUESTIONS;

/// Those of all others, once they have been fetched.
static LATE: OnceLock<&'static [Question]> = OnceLock::new();

split_point!(
    /// The questions of all chapters but the first ones. On the host there are none: they are all there.
    questions_late,
    pub fn load_late() -> &'static [Question] {
        late()
    }
);

#[cfg(target_arch = "wasm32")]
fn late() -> &'static [Question] {
    include!(concat!(env!("OUT_DIR"), "/questions_late.rs"))
}

#[cfg(not(target_arch = "wasm32"))]
fn late() -> &'static [Question] {
    &[]
}

/// Has the fetched questions join the others.
pub fn join(late: &'static [Question]) {
    // Whoever fetches them a second time brings the same.
    let _ = LATE.set(late);
}

/// Whether all questions are there.
pub fn are_all_there() -> bool {
    EARLY.len() == IDS.len() || LATE.get().is_some()
}

/// The question at this place of [`IDS`]; `None` where there is none, or where it has not been fetched yet.
pub fn question(index: usize) -> Option<&'static Question> {
    EARLY
        .get(index)
        .or_else(|| LATE.get()?.get(index.checked_sub(EARLY.len())?))
}

/// A line of words, as the build script writes it.
pub type Line = &'static [Inline];

/// A question.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// Its name in storage, in addresses and in tests. It stays when the words change.
    pub id: &'static str,
    /// The path of the chapter that it belongs to: `/frames`.
    pub chapter: &'static str,
    /// The words.
    pub text: Line,
    /// What the reader does.
    pub task: Task,
    /// What is true, whatever was answered, in paragraphs.
    pub explanation: &'static [Line],
    /// Where it is written.
    pub section: Option<Section>,
    /// Where the answer is to be seen: pages, and instruments in the state that shows it.
    pub reading: &'static [Reading],
}

/// What the reader does.
#[derive(Debug, PartialEq, Eq)]
pub enum Task {
    /// Chooses one: exactly one is right.
    Single(&'static [Choice]),
    /// Chooses all that are right: at least one is, and at least one is not.
    Multiple(&'static [Choice]),
    /// Puts the steps in order. Here they stand in the right one.
    Order(&'static [Step]),
    /// Points at a byte or a bit of what was on the wire.
    Pick {
        /// What was on the wire, at most 32 bytes.
        bytes: &'static [u8],
        /// What is pointed at.
        unit: Unit,
        /// Places about which something is said; at least one of them is right, and it counts to point at any right one.
        spots: &'static [Spot],
        /// What is said about every other place.
        otherwise: Line,
    },
    /// Types a value.
    Value {
        /// The unit behind the box, such as `bytes`; empty where there is none.
        unit: &'static str,
        /// The spellings that are right. Case and spaces do not count.
        right: &'static [&'static str],
        /// Values that people get, and how.
        mistakes: &'static [Mistake],
        /// What is said about every other value.
        otherwise: Line,
    },
    /// Finds for each of the left the one that belongs to it.
    Match(&'static [Pair]),
}

/// What is pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A byte, by its index.
    Byte,
    /// A bit, counted from the most significant of the first byte: bit 8 is the MASK bit of a frame.
    Bit,
}

/// One of several choices.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in storage.
    pub id: &'static str,
    /// The words.
    pub text: Line,
    /// Whether it is right.
    pub right: bool,
    /// Why it is right, or why it is not.
    pub explanation: Line,
}

/// A step of an order.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name in storage.
    pub id: &'static str,
    /// The words.
    pub text: Line,
    /// Why its place is here.
    pub explanation: Line,
}

/// A place in the bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Spot {
    /// The index of the byte or of the bit.
    pub at: u16,
    /// Whether this is what was asked for.
    pub right: bool,
    /// Why it is, or what is there instead.
    pub explanation: Line,
}

/// A value that people get.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistake {
    /// How it is typed. Case and spaces do not count.
    pub value: &'static str,
    /// What went wrong on the way.
    pub explanation: Line,
}

/// Two that belong together. No two of one question have the same right side.
#[derive(Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its name in storage.
    pub id: &'static str,
    /// What is given.
    pub left: Line,
    /// What belongs to it, in plain words: the page offers them in a menu.
    pub right: &'static str,
    /// Why they belong together.
    pub explanation: Line,
}

/// A section of an RFC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// The RFC's number.
    pub rfc: u16,
    /// The section's number.
    pub number: &'static str,
}

/// Where to read on, or what shows the answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Reading {
    /// The address in the site: a path, with the query and the fragment that put an instrument into the right state.
    pub path: &'static str,
    /// The page's name in the navigation.
    pub title: &'static str,
    /// What is to be seen there.
    pub text: Line,
}

#[cfg(test)]
mod tests;

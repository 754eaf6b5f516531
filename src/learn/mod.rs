//! Quiz, progress, glossary.

mod panel;
pub mod quiz;

pub use panel::Quiz;

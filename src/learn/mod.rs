//! Quiz, progress, glossary.

mod quiz;

pub use quiz::Quiz;

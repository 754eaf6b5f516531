//! Quiz, progress, glossary.

pub mod quiz;

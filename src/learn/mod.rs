//! Quiz, progress, glossary.

pub mod questions;
pub mod quiz;

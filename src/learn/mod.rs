//! Quiz, progress, search.

pub mod questions;
pub mod quiz;
pub mod search;

//! One reader for everything that people paste.

mod bits;
mod blocks;
pub(crate) mod capture;
mod caret;
mod clock;
mod curl;
mod devtools;
mod direction;
pub(crate) mod form;
pub(crate) mod handshake;
mod har;
mod head;
mod lines;
mod listing;
mod log;
mod od;
mod pairs;
mod respell;
mod row;
mod shape;
mod talk;
mod tree;
pub(crate) mod unwrap;
pub(crate) mod words;
mod wrapped;

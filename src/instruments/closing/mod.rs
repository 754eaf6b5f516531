//! Closing: two state machines and what goes between them, and the close codes.

mod board;
mod codes;
mod endpoint;
mod ends;
mod handshake;
mod ladder;
mod layout;
mod meanings;
mod model;
#[cfg(test)]
mod model_tests;
mod record;
mod setup;
#[cfg(test)]
mod setup_tests;
mod words;
#[cfg(test)]
mod words_tests;

pub use codes::CloseCodes;
pub use handshake::ClosingHandshake;

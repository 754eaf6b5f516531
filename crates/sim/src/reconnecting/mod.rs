//! placeholder
mod server;
mod strategy;
pub mod contention;
pub use server::{Admission, Server};
pub use strategy::{Backoff, MAX_EXPONENT, MAX_WAIT, Strategy};

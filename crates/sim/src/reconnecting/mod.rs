//! placeholder

mod cohorts;
pub mod contention;
mod params;
mod record;
pub mod reference;
mod server;
mod storm;
mod strategy;
#[cfg(test)]
mod tests;

pub use params::{Hint, Overflow, RESTART_WAIT, StormParams};
pub use record::{Bucket, MAX_BUCKETS, Peak, Reconnected, StormOutput};
pub use server::{Admission, Server};
pub use storm::Storm;
pub use strategy::{Backoff, MAX_EXPONENT, MAX_WAIT, Strategy};

//! Models that take a while: they run in slices, so that whoever runs one can show how far it is, draw what is known so
//! far, and give it up. A page runs them in a worker.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The most memory that a model may take in a page, in bytes.
pub const MEMORY_LIMIT: u64 = 512 << 20;

/// A model that runs in slices. How it is cut makes no difference to what comes out.
pub trait Job: Sized {
    /// The name by which a worker knows it.
    const NAME: &'static str;
    /// What it is given, the seed among it.
    type Params: Clone + PartialEq + Serialize + DeserializeOwned + 'static;
    /// What comes out: whole when it is done, and as far as it is known before that.
    type Output: Clone + PartialEq + Serialize + DeserializeOwned + 'static;

    /// Gets ready. Absurd parameters are clamped first.
    ///
    /// # Errors
    ///
    /// Where the run would take more than [`MEMORY_LIMIT`].
    fn start(params: &Self::Params) -> Result<Self, TooLarge>;

    /// Works on for about this many events. Says whether it is done; then further calls do nothing.
    fn advance(&mut self, events: u32) -> bool;

    /// How much is done, from 0 to 1.
    fn progress(&self) -> f64;

    /// What is known so far. A chart's length, not a million points: it is sent from the worker many times in a run.
    fn output(&self) -> Self::Output;

    /// Runs it to its end in one go.
    ///
    /// # Errors
    ///
    /// As [`Job::start`].
    fn run(params: &Self::Params) -> Result<Self::Output, TooLarge> {
        let mut job = Self::start(params)?;
        while !job.advance(u32::MAX) {}
        Ok(job.output())
    }
}

/// A run that would not fit into memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// What it would take, in bytes.
    pub needed: u64,
    /// How many clients would fit, all else as it is.
    pub fits: u64,
}

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mib = |bytes: u64| bytes.div_ceil(1 << 20);
        let (needed, limit) = (mib(self.needed), mib(MEMORY_LIMIT));
        write!(
            f,
            "This run would take {needed} MiB of memory, and {limit} MiB are allowed. {} clients would fit.",
            self.fits
        )
    }
}

impl std::error::Error for TooLarge {}

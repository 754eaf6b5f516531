//! Models that take a while: they run in slices, so that whoever runs one can show how far it is, draw what is known so
//! far, and give it up. A page runs them in a worker.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cluster::chat::ChatRun;
use crate::cluster::routing::ClusterRun;
use crate::reconnecting::Storm;

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

/// What a page says to its worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Run this.
    Start {
        /// What the page calls the run.
        id: u32,
        /// [`Job::NAME`].
        job: String,
        /// [`Job::Params`], encoded.
        #[serde(with = "serde_bytes")]
        params: Vec<u8>,
    },
    /// Give it up. A run that has ended is given up without a word.
    Cancel {
        /// What the page calls the run.
        id: u32,
    },
}

/// What a worker says to its page of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromWorker {
    /// What the page calls the run.
    pub id: u32,
    /// How much is done, from 0 to 1.
    pub progress: f64,
    /// How it stands.
    pub report: Report,
}

/// How a run in a worker stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Report {
    /// It goes on; this is [`Job::output`] so far, encoded.
    Partial(#[serde(with = "serde_bytes")] Vec<u8>),
    /// It is done; this is the whole of [`Job::output`], encoded.
    Done(#[serde(with = "serde_bytes")] Vec<u8>),
    /// It was not run, and why.
    Refused(String),
}

/// Encodes what goes from page to worker or back. What cannot be encoded becomes nothing, which [`decode`] refuses.
pub fn encode(message: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(message).unwrap_or_default()
}

/// Decodes what [`encode`] has made. `None` where the bytes are something else.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// A run of any model, as a worker sees it.
pub trait Run {
    /// As [`Job::advance`].
    fn advance(&mut self, events: u32) -> bool;
    /// As [`Job::progress`].
    fn progress(&self) -> f64;
    /// As [`Job::output`], encoded.
    fn output(&self) -> Vec<u8>;
}

impl<J: Job> Run for J {
    fn advance(&mut self, events: u32) -> bool {
        Job::advance(self, events)
    }

    fn progress(&self) -> f64 {
        Job::progress(self)
    }

    fn output(&self) -> Vec<u8> {
        encode(&Job::output(self))
    }
}

/// Starts a model from its encoded parameters.
type Start = fn(&[u8]) -> Result<Box<dyn Run>, String>;

fn start_job<J: Job + 'static>(params: &[u8]) -> Result<Box<dyn Run>, String> {
    let params = decode::<J::Params>(params)
        .ok_or_else(|| format!("The parameters of “{}” cannot be read.", J::NAME))?;
    let job = J::start(&params).map_err(|error| error.to_string())?;
    Ok(Box::new(job))
}

/// The models that a worker knows.
const JOBS: &[(&str, Start)] = &[
    (Storm::NAME, start_job::<Storm>),
    (ClusterRun::NAME, start_job::<ClusterRun>),
    (ChatRun::NAME, start_job::<ChatRun>),
];

/// Starts the model of this name from its encoded parameters.
///
/// # Errors
///
/// Why it was not started, in a sentence.
pub fn start(name: &str, params: &[u8]) -> Result<Box<dyn Run>, String> {
    match JOBS.iter().find(|(known, _)| *known == name) {
        Some((_, start)) => start(params),
        None => Err(format!(
            "The worker knows no model “{name}”: it is of another version. Load the page again."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds numbers up, ten to an event.
    struct Sum {
        to: u64,
        done: u64,
    }

    impl Job for Sum {
        const NAME: &'static str = "sum";
        type Params = u64;
        type Output = u64;

        fn start(to: &u64) -> Result<Sum, TooLarge> {
            match *to {
                0..1000 => Ok(Sum { to: *to, done: 0 }),
                needed => Err(TooLarge { needed, fits: 999 }),
            }
        }

        fn advance(&mut self, events: u32) -> bool {
            self.done = (self.done + 10 * u64::from(events)).min(self.to);
            self.done == self.to
        }

        fn progress(&self) -> f64 {
            self.done as f64 / self.to as f64
        }

        fn output(&self) -> u64 {
            self.done * (self.done + 1) / 2
        }
    }

    #[test]
    fn a_run_reports_on_its_way_and_comes_to_the_same_end() {
        let mut run = start_job::<Sum>(&encode(&100u64)).unwrap();
        assert!(!run.advance(5));
        assert_eq!(run.progress(), 0.5);
        assert_eq!(decode::<u64>(&run.output()), Some(1275));
        assert!(run.advance(50));
        assert_eq!(decode::<u64>(&run.output()), Some(5050));
        assert_eq!(Sum::run(&100), Ok(5050));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_the_number_that_would() {
        let Err(refused) = start_job::<Sum>(&encode(&(3u64 << 30))) else {
            panic!("started");
        };
        assert!(
            refused.contains("3072 MiB") && refused.contains("999 clients"),
            "{refused}"
        );
    }

    #[test]
    fn what_a_worker_does_not_know_is_said() {
        let Err(unknown) = start("nothing", &[]) else {
            panic!("started");
        };
        assert!(unknown.contains("“nothing”"), "{unknown}");
        assert!(start_job::<Sum>(&[0xff; 20]).is_err());
    }

    #[test]
    fn messages_are_read_as_they_were_written() {
        let message = FromWorker {
            id: 7,
            progress: 0.25,
            report: Report::Partial(vec![1, 2, 3]),
        };
        assert_eq!(decode(&encode(&message)), Some(message));
        assert_eq!(decode::<ToWorker>(&[9, 9, 9]), None);
    }
}

//! The runs that there are: each a stream with its costs, and whether its server is there.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use protocol::transports::{MOST_MESSAGES, MOST_TEXT, NewRun, StreamMessage};
use tokio_util::sync::CancellationToken;

use super::{count::Ledger, stream::Stream};
use crate::client_address::{Cap, ClientAddress, Share, Shares};

/// All runs, by their names.
#[derive(Debug)]
pub struct Runs {
    /// Runs there may be, of all addresses together.
    most: usize,
    /// What each address has of them.
    shares: Shares,
    /// For how long a run is kept when its stream is over.
    memory: Duration,
    runs: Mutex<HashMap<String, Arc<Run>>>,
}

/// Why there is no new run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRun {
    /// There are as many as there may be.
    TooMany,
    /// The address has as many as it may.
    TooManyOfAddress {
        /// Until the first of them is forgotten.
        again: Duration,
    },
    /// The system has no random bits for its name.
    NoRandomBits,
}

/// One stream, and what reading it has cost.
#[derive(Debug)]
pub struct Run {
    /// 32 hexadecimal digits.
    pub name: String,
    /// What is read.
    pub stream: Stream,
    /// What it cost.
    pub ledger: Arc<Ledger>,
    began: Instant,
    /// When it is forgotten.
    forgotten: Instant,
    server: Mutex<RunServer>,
    share: Share,
}

/// The server of one run, as far as its clients can tell.
#[derive(Debug, Default)]
struct RunServer {
    /// Cancelled when it restarts; then there is another.
    restart: CancellationToken,
    /// Until when it refuses.
    down_until: Option<Instant>,
}

impl Runs {
    /// No runs yet; at most `most`, with `cap` for each address. One is forgotten `memory` after its stream is over.
    pub fn new(most: usize, cap: Cap, memory: Duration) -> Self {
        Self {
            most,
            shares: Shares::new(cap),
            memory,
            runs: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Run>>> {
        // A map: no update of it can stop half-way.
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs there may be of one address.
    pub fn most_of_address(&self) -> usize {
        self.shares.most()
    }

    /// Begins a run, whose fields have been checked.
    ///
    /// # Errors
    ///
    /// Why there can be none.
    pub fn create(
        &self,
        client: ClientAddress,
        asked: &NewRun,
        now: Instant,
    ) -> Result<Arc<Run>, NoRun> {
        self.sweep(now);
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(|error| {
            tracing::error!(%error, "no random bits for a run");
            NoRun::NoRandomBits
        })?;
        let name: String = bits.iter().map(|byte| format!("{byte:02x}")).collect();
        let stream = Stream::new(asked);
        let mut runs = self.lock();
        if runs.len() >= self.most {
            return Err(NoRun::TooMany);
        }
        let Some(share) = self.shares.take(client) else {
            let theirs = runs.values().filter(|run| run.share.client() == client);
            let again = theirs.map(|run| run.forgotten).min();
            return Err(NoRun::TooManyOfAddress {
                again: again.map_or(Duration::ZERO, |then| then.saturating_duration_since(now)),
            });
        };
        let run = Arc::new(Run {
            name: name.clone(),
            ledger: Arc::default(),
            began: now,
            forgotten: now + Duration::from_micros(stream.end_us()) + self.memory,
            stream,
            server: Mutex::default(),
            share,
        });
        runs.insert(name, Arc::clone(&run));
        Ok(run)
    }

    /// The run of this name, where there is one.
    pub fn get(&self, name: &str) -> Option<Arc<Run>> {
        self.sweep(Instant::now());
        self.lock().get(name).cloned()
    }

    /// Forgets the runs that have been over for long enough.
    pub fn sweep(&self, now: Instant) {
        self.lock().retain(|_, run| now < run.forgotten);
    }
}

impl Run {
    fn server(&self) -> MutexGuard<'_, RunServer> {
        // Each method leaves it whole before anything could panic.
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Microseconds since the run began.
    pub fn us(&self) -> u64 {
        self.began.elapsed().as_micros() as u64
    }

    /// The moment so many microseconds after the beginning.
    fn at(&self, us: u64) -> tokio::time::Instant {
        (self.began + Duration::from_micros(us)).into()
    }

    /// Lets a request in. The token is cancelled when the server restarts.
    ///
    /// # Errors
    ///
    /// For how long the server is still away.
    pub fn enter(&self, now: Instant) -> Result<CancellationToken, Duration> {
        let server = self.server();
        match server.down_until {
            Some(until) if now < until => Err(until - now),
            _ => Ok(server.restart.clone()),
        }
    }

    /// Restarts the server of this run: ends whatever it has let in, and lets nothing in for this time.
    pub fn restart(&self, down: Duration, now: Instant) {
        let mut server = self.server();
        server.down_until = Some(now + down);
        std::mem::take(&mut server.restart).cancel();
    }

    /// What is there now behind the message `after`, as much as one answer holds.
    pub fn read(&self, after: u64) -> Vec<StreamMessage> {
        let there = self.stream.there(self.us());
        let mut text = 0;
        (after..there)
            .map_while(|before| self.stream.message(before + 1))
            .take(MOST_MESSAGES)
            .take_while(|message| {
                let is_first = text == 0;
                text += message.text.len();
                is_first || text <= MOST_TEXT
            })
            .collect()
    }

    /// When something happens behind the message `after`: the next message, or the end of the stream.
    pub fn due(&self, after: u64) -> tokio::time::Instant {
        let next = after.checked_add(1).and_then(|seq| self.stream.us(seq));
        next.map_or_else(|| self.end(), |us| self.at(us))
    }

    /// When the stream is over.
    pub fn end(&self) -> tokio::time::Instant {
        self.at(self.stream.end_us())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(last: u8) -> ClientAddress {
        ClientAddress::of([10, 0, 0, last].into())
    }

    const ASKED: NewRun = NewRun {
        every_ms: 20,
        seed: None,
        bytes: 4096,
        last_ms: 1000,
    };

    #[test]
    fn runs_are_bounded_and_forgotten() {
        let memory = Duration::from_secs(9);
        let runs = Runs::new(3, Cap::new(Some(2), 3), memory);
        let now = Instant::now();
        let at = |s| now + Duration::from_secs(s);
        let first = runs.create(client(1), &ASKED, now).unwrap();
        runs.create(client(1), &ASKED, at(1)).unwrap();
        assert_eq!(
            runs.create(client(1), &ASKED, at(2)).unwrap_err(),
            NoRun::TooManyOfAddress {
                again: Duration::from_secs(8)
            }
        );
        runs.create(client(2), &ASKED, at(2)).unwrap();
        assert_eq!(
            runs.create(client(3), &ASKED, at(3)).unwrap_err(),
            NoRun::TooMany
        );
        assert!(runs.get(&first.name).is_some());
        let name = first.name.clone();
        drop(first);
        runs.sweep(at(10));
        assert!(runs.get(&name).is_none());
        assert_eq!(runs.lock().len(), 2);
        runs.create(client(1), &ASKED, at(10)).unwrap();
    }

    #[test]
    fn a_restart_ends_what_was_let_in_and_lets_nothing_in_for_a_while() {
        let runs = Runs::new(1, Cap::new(None, 1), Duration::ZERO);
        let now = Instant::now();
        let run = runs.create(client(1), &ASKED, now).unwrap();
        let before = run.enter(now).unwrap();
        let second = Duration::from_secs(1);
        run.restart(3 * second, now + second);
        assert!(before.is_cancelled());
        assert_eq!(run.enter(now + 2 * second).unwrap_err(), 2 * second);
        let after = run.enter(now + 4 * second).unwrap();
        assert!(!after.is_cancelled());
    }

    #[test]
    fn an_answer_is_bounded() {
        let runs = Runs::new(1, Cap::new(None, 1), Duration::from_secs(600));
        let long_ago = Instant::now()
            .checked_sub(Duration::from_secs(300))
            .unwrap();
        let read = |bytes, after| {
            let runs = Runs::new(1, Cap::new(None, 1), runs.memory);
            let asked = NewRun {
                bytes,
                last_ms: 200_000,
                ..ASKED
            };
            let run = runs.create(client(1), &asked, long_ago).unwrap();
            let read = run.read(after);
            (read.len(), read.first().map(|message| message.seq))
        };
        assert_eq!(read(10, 0), (1000, Some(1)));
        assert_eq!(read(4096, 7), (64, Some(8)));
        assert_eq!(read(10, 9_999), (1, Some(10_000)));
        assert_eq!(read(10, 10_000), (0, None));
        assert_eq!(read(10, u64::MAX), (0, None));
    }
}

//! Wires: each joins one WebSocket to one reader of its bytes.
//!
//! A wire is created by `POST /api/wires` and known by 128 random bits. One WebSocket claims it (`/echo?wire=ID`), one
//! reader claims it (`/tap/ID`), in either order; when both have, the id is forgotten, so nobody can use it again. A
//! wire that still waits for one of the two after `--wire-lifetime` is dropped, with what it had recorded.
//!
//! Recording never waits: the connection pushes, the reader pulls, and what doesn't fit in `--tap-memory` is counted
//! and reported as lost, in its place in the order.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use protocol::{ConnectionEnd, LostRecords, SentBy, TapEvent, TapRecord};
use tokio::sync::Notify;

use crate::{
    client_address::{Cap, ClientAddress, Share, Shares},
    config::Config,
    metrics::{GaugeGuard, Metrics},
};

/// Most bytes of one [`TapRecord`]: keeps one event of the tap small enough to handle as it comes.
pub const PIECE: usize = 32 * 1024;

/// Memory that a record takes beside its bytes, rounded up.
const RECORD_OVERHEAD: usize = 96;

/// Why a wire can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// No wire has this id: it never existed, is used up, or is too old. They can't be told apart on purpose.
    Unknown,
    /// The id's one WebSocket, or its one reader, is already there.
    Taken,
    /// `--max-wires` are already waiting.
    TooMany,
    /// As many as one address may have are waiting for it.
    TooManyOfAddress {
        /// Until the oldest of them is dropped.
        again: Duration,
    },
}

/// All wires that wait for a WebSocket, a reader, or both.
#[derive(Debug)]
pub struct Wires {
    waiting: Mutex<HashMap<String, Waiting>>,
    shares: Shares,
    max_waiting: usize,
    lifetime: Duration,
    tap_memory: usize,
    budget: Arc<Budget>,
    metrics: Arc<Metrics>,
}

/// A wire, as a part of the share of the client that asked for it.
#[derive(Debug)]
struct Waiting {
    wire: Arc<Wire>,
    share: Share,
}

/// The bytes that all taps hold together.
#[derive(Debug)]
struct Budget {
    used: AtomicUsize,
    most: usize,
}

impl Budget {
    fn take(&self, size: usize) -> bool {
        self.used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(size).filter(|sum| *sum <= self.most)
            })
            .is_ok()
    }

    fn give_back(&self, size: usize) {
        self.used.fetch_sub(size, Ordering::Relaxed);
    }
}

/// One connection's recording, shared by the connection and its reader.
#[derive(Debug)]
pub struct Wire {
    created: Instant,
    tap_memory: usize,
    budget: Arc<Budget>,
    metrics: Arc<Metrics>,
    state: Mutex<State>,
    news: Notify,
}

#[derive(Debug, Default)]
struct State {
    socket_came: bool,
    reader_came: bool,
    /// Nobody will ever read: nothing is kept.
    unread: bool,
    ended: bool,
    queue: VecDeque<TapEvent>,
    held: usize,
    next_seq: u64,
    losing: bool,
}

/// A poisoned lock is taken over: the state is a queue and some flags, and no update of it can stop half-way.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wires {
    /// A registry without wires.
    pub fn new(config: &Config, metrics: Arc<Metrics>) -> Self {
        Self {
            waiting: Mutex::default(),
            shares: Shares::new(Cap::new(config.max_wires_per_address, config.max_wires)),
            max_waiting: config.max_wires,
            lifetime: config.wire_lifetime,
            tap_memory: config.tap_memory,
            budget: Arc::new(Budget {
                used: AtomicUsize::new(0),
                most: config.tap_memory_total,
            }),
            metrics,
        }
    }

    /// Creates a wire and returns its id: 32 hexadecimal digits, 128 bits from the operating system.
    ///
    /// # Errors
    ///
    /// [`Refused::TooManyOfAddress`] when too many of this client are waiting, [`Refused::TooMany`] when `--max-wires` are,
    /// or when the system has no random bits to give.
    pub fn create(&self, client: ClientAddress) -> Result<String, Refused> {
        self.sweep();
        let mut bits = [0; 16];
        getrandom::fill(&mut bits).map_err(|error| {
            tracing::error!(%error, "no random bits for a wire");
            Refused::TooMany
        })?;
        let id = bits
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        let mut waiting = lock(&self.waiting);
        if waiting.len() >= self.max_waiting {
            return Err(Refused::TooMany);
        }
        let Some(share) = self.shares.take(client) else {
            let theirs = waiting
                .values()
                .filter(|waiting| waiting.share.client() == client);
            let oldest = theirs.map(|waiting| waiting.wire.created.elapsed()).max();
            return Err(Refused::TooManyOfAddress {
                again: self.lifetime.saturating_sub(oldest.unwrap_or_default()),
            });
        };
        let wire = Wire {
            created: Instant::now(),
            tap_memory: self.tap_memory,
            budget: Arc::clone(&self.budget),
            metrics: Arc::clone(&self.metrics),
            state: Mutex::default(),
            news: Notify::new(),
        };
        let wire = Arc::new(wire);
        waiting.insert(id.clone(), Waiting { wire, share });
        self.metrics.wires_created.inc();
        self.metrics.wires_waiting.set(waiting.len() as i64);
        Ok(id)
    }

    /// Claims a wire for a WebSocket.
    ///
    /// # Errors
    ///
    /// [`Refused::Unknown`] or [`Refused::Taken`].
    pub fn claim_socket(&self, id: &str) -> Result<Arc<Wire>, Refused> {
        self.claim(id, |state| &mut state.socket_came)
    }

    /// Claims a wire for its reader.
    ///
    /// # Errors
    ///
    /// [`Refused::Unknown`] or [`Refused::Taken`].
    pub fn claim_reader(&self, id: &str) -> Result<Reader, Refused> {
        let wire = self.claim(id, |state| &mut state.reader_came)?;
        let held = GaugeGuard::new(&self.metrics.tap_readers);
        Ok(Reader { wire, _held: held })
    }

    fn claim(
        &self,
        id: &str,
        side: impl Fn(&mut State) -> &mut bool,
    ) -> Result<Arc<Wire>, Refused> {
        self.sweep();
        let mut waiting = lock(&self.waiting);
        let wire = Arc::clone(&waiting.get(id).ok_or(Refused::Unknown)?.wire);
        let complete = {
            let mut state = lock(&wire.state);
            if std::mem::replace(side(&mut state), true) {
                return Err(Refused::Taken);
            }
            state.socket_came && state.reader_came
        };
        if complete {
            waiting.remove(id);
            self.metrics.wires_waiting.set(waiting.len() as i64);
        }
        Ok(wire)
    }

    /// Drops the wires that have waited too long. Called now and then by the server, so that what they hold is freed
    /// although nobody asks.
    pub fn sweep(&self) {
        let mut waiting = lock(&self.waiting);
        waiting.retain(|_, Waiting { wire, .. }| {
            if wire.created.elapsed() < self.lifetime {
                return true;
            }
            let socket_came = {
                let mut state = lock(&wire.state);
                if !state.reader_came {
                    wire.forget(&mut state);
                }
                state.socket_came
            };
            if !socket_came {
                let lifetime = humantime::format_duration(self.lifetime);
                wire.end(0, format!("no connection came within {lifetime}"));
            }
            false
        });
        self.metrics.wires_waiting.set(waiting.len() as i64);
    }
}

impl Wire {
    /// Records bytes that the socket carried, `us` microseconds after it was accepted.
    pub fn record(&self, from: SentBy, us: u64, bytes: &[u8]) {
        let mut state = lock(&self.state);
        if state.unread || state.ended {
            return;
        }
        for piece in bytes.chunks(PIECE) {
            let seq = state.next_seq;
            state.next_seq += 1;
            let size = piece.len() + RECORD_OVERHEAD;
            // Once something is lost, all is, until the reader has caught up by half: one gap to explain, not many.
            let room = if state.losing {
                self.tap_memory / 2
            } else {
                self.tap_memory
            };
            if state.held + size <= room && self.budget.take(size) {
                state.losing = false;
                state.held += size;
                let bytes = piece.to_vec();
                state.queue.push_back(TapEvent::Bytes(TapRecord {
                    seq,
                    us,
                    from,
                    bytes,
                }));
                continue;
            }
            state.losing = true;
            self.metrics.tap_lost_bytes.inc_by(piece.len() as u64);
            let (more_client, more_server) = match from {
                SentBy::Client => (piece.len() as u64, 0),
                SentBy::Server => (0, piece.len() as u64),
            };
            if let Some(TapEvent::Lost(lost)) = state.queue.back_mut() {
                lost.records += 1;
                lost.client += more_client;
                lost.server += more_server;
            } else {
                state.queue.push_back(TapEvent::Lost(LostRecords {
                    seq,
                    us,
                    records: 1,
                    client: more_client,
                    server: more_server,
                }));
            }
        }
        drop(state);
        self.news.notify_one();
    }

    /// Says that the connection is over. Only the first call counts.
    pub fn end(&self, us: u64, why: String) {
        let mut state = lock(&self.state);
        if std::mem::replace(&mut state.ended, true) || state.unread {
            return;
        }
        state
            .queue
            .push_back(TapEvent::End(ConnectionEnd { us, why }));
        drop(state);
        self.news.notify_one();
    }

    fn forget(&self, state: &mut State) {
        state.unread = true;
        state.queue = VecDeque::new();
        self.budget.give_back(std::mem::take(&mut state.held));
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        let held = self
            .state
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .held;
        self.budget.give_back(held);
    }
}

/// The one reader of a wire. Recording stops when it is dropped.
#[derive(Debug)]
pub struct Reader {
    wire: Arc<Wire>,
    _held: GaugeGuard,
}

impl Reader {
    /// The next event, as soon as there is one. After [`TapEvent::End`] it never returns. Cancel-safe.
    pub async fn next(&mut self) -> TapEvent {
        loop {
            {
                let mut state = lock(&self.wire.state);
                if let Some(event) = state.queue.pop_front() {
                    if let TapEvent::Bytes(record) = &event {
                        let size = record.bytes.len() + RECORD_OVERHEAD;
                        state.held -= size;
                        self.wire.budget.give_back(size);
                    }
                    return event;
                }
            }
            // `notify_one` keeps a permit, so news between the look and the wait isn't missed.
            self.wire.news.notified().await;
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.wire.forget(&mut lock(&self.wire.state));
    }
}

#[cfg(test)]
mod tests;

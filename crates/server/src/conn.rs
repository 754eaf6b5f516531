//! What a connection is known by, and where the bytes go that its stream carries.
//!
//! Until a connection is upgraded, the stream keeps the bytes of the request that is being read, because only the
//! request itself says whether it is to be tapped. A handler that wants that calls [`Conn::tap`]; from then on each read
//! and each accepted write is recorded. A response that doesn't upgrade empties the buffer, and an upgrade without a
//! wire ends all of this.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use protocol::SentBy;
use tokio_util::sync::CancellationToken;

use crate::{
    admission::{Admission, Refusal},
    client_address::{ClientAddress, Share},
    cost::Tally,
    transports::count::{Exchange, head_end},
    wires::Wire,
};

/// What a connection is known by while handlers work for it: a request carries it as an extension.
#[derive(Debug)]
pub struct Conn {
    /// The client's address and port.
    pub peer: SocketAddr,
    /// Why this connection is only here to be told no.
    pub refusal: Option<Refusal>,
    /// The share that the client's address has in this connection, where a proxy brought it.
    share: Mutex<Option<Share>>,
    accepted: Instant,
    last_read_us: AtomicU64,
    linger: AtomicBool,
    reset: AtomicBool,
    cut: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    mode: Mode,
    why: Option<String>,
    /// Counts the answer to the present request, where somebody wants to know.
    tally: Option<Arc<Tally>>,
    /// What the present request is a part of, where a transport's costs are counted.
    metered: Option<Metered>,
}

#[derive(Debug)]
struct Metered {
    exchange: Arc<Exchange>,
    /// Bytes of the request's head, which are the first of those that are kept.
    head: usize,
    /// Whether everything else that the client sends belongs to this request.
    owns_rest: bool,
    /// Ends the connection when the client takes nothing of the answer.
    cut: Option<CancellationToken>,
}

#[derive(Debug)]
enum Mode {
    /// HTTP: the bytes of the present request, and when the first of them came.
    Request {
        first_us: u64,
        bytes: Vec<u8>,
        most: usize,
        overflowed: bool,
        /// All of its bytes, also those that were not kept.
        count: u64,
    },
    /// Upgraded, and recorded.
    Tapped(Arc<Wire>),
    /// Upgraded without a wire: nothing is kept.
    Untapped,
}

impl Mode {
    /// Drops the first `head` bytes of what is kept: they were a request that is answered.
    fn forget(&mut self, head: usize) {
        if let Self::Request {
            bytes,
            overflowed,
            count,
            ..
        } = self
        {
            bytes.drain(..head.min(bytes.len()));
            *count = count.saturating_sub(head as u64);
            if std::mem::take(overflowed) {
                // A part of it is missing, so that the next request is not known.
                *bytes = Vec::new();
            }
            bytes.shrink_to_fit();
        }
    }
}

impl State {
    /// The connection is no longer HTTP.
    fn upgrade(&mut self, to: Mode) {
        let before = std::mem::replace(&mut self.mode, to);
        if let (Some(metered), Mode::Request { bytes, .. }) = (&mut self.metered, before) {
            // What came right behind the handshake; with a body that was counted already.
            if !metered.owns_rest {
                metered
                    .exchange
                    .received(&bytes[metered.head.min(bytes.len())..]);
            }
        }
    }
}

/// Why a connection can't be tapped or counted: the bytes kept aren't those of the one request that asks for it. Only a client that
/// sends requests without waiting for the answers gets here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pipelined;

impl Conn {
    /// A connection accepted now. At most `most` bytes of a request are kept.
    pub fn new(peer: SocketAddr, refusal: Option<Refusal>, most: usize) -> Self {
        Self {
            peer,
            refusal,
            share: Mutex::default(),
            accepted: Instant::now(),
            last_read_us: AtomicU64::new(0),
            linger: AtomicBool::new(false),
            reset: AtomicBool::new(false),
            cut: AtomicBool::new(false),
            state: Mutex::new(State {
                mode: Mode::Request {
                    first_us: 0,
                    bytes: Vec::new(),
                    most,
                    overflowed: false,
                    count: 0,
                },
                why: None,
                tally: None,
                metered: None,
            }),
        }
    }

    /// Counts this connection as the client's. One that a proxy brings is only known by its requests, and may carry those
    /// of one client after those of another.
    ///
    /// # Errors
    ///
    /// When that client holds as many connections as it may.
    pub fn belongs_to(&self, client: ClientAddress, admission: &Admission) -> Result<(), Refusal> {
        if client == ClientAddress::of(self.peer.ip()) {
            // It was counted when it was accepted, or is the proxy's own.
            return Ok(());
        }
        let mut share = self.share.lock().unwrap_or_else(PoisonError::into_inner);
        if share.as_ref().is_none_or(|share| share.client() != client) {
            *share = None;
            *share = Some(admission.share(client)?);
        }
        Ok(())
    }

    /// Microseconds since the connection was accepted, by a clock that never goes back.
    pub fn us(&self) -> u64 {
        self.accepted.elapsed().as_micros() as u64
    }

    /// How long ago the client last sent anything.
    pub fn idle(&self) -> Duration {
        Duration::from_micros(
            self.us()
                .saturating_sub(self.last_read_us.load(Ordering::Relaxed)),
        )
    }

    /// Records this connection on a wire from now on, beginning with the bytes of the request that is being answered.
    ///
    /// `request_line` has to be the beginning of that request as the client wrote it.
    ///
    /// # Errors
    ///
    /// [`Pipelined`] when the bytes at hand don't begin with `request_line`; the connection isn't recorded.
    pub fn tap(&self, wire: Arc<Wire>, request_line: &[u8]) -> Result<(), Pipelined> {
        let mut state = self.lock();
        let Mode::Request {
            first_us,
            bytes,
            overflowed,
            ..
        } = &state.mode
        else {
            return Err(Pipelined);
        };
        if *overflowed || !bytes.starts_with(request_line) {
            return Err(Pipelined);
        }
        wire.record(SentBy::Client, *first_us, bytes);
        state.upgrade(Mode::Tapped(wire));
        Ok(())
    }

    /// Has the request at hand, which begins with `request_line`, and its answer counted; where it leads to an upgrade, all
    /// that follows as well. With a body (`has_body`) it has to be the last of its connection.
    ///
    /// # Errors
    ///
    /// [`Pipelined`] when the bytes at hand don't begin with `request_line`, or the request before is still being counted:
    /// nothing new is.
    pub fn meter(
        &self,
        exchange: Arc<Exchange>,
        request_line: &[u8],
        has_body: bool,
    ) -> Result<(), Pipelined> {
        let mut state = self.lock();
        let Mode::Request { bytes, .. } = &state.mode else {
            return Err(Pipelined);
        };
        if state.metered.is_some() || !bytes.starts_with(request_line) {
            return Err(Pipelined);
        }
        let head = head_end(bytes).ok_or(Pipelined)?;
        exchange.begin(&bytes[..head]);
        if has_body {
            exchange.received(&bytes[head..]);
        }
        state.metered = Some(Metered {
            exchange,
            head,
            owns_rest: has_body,
            cut: None,
        });
        Ok(())
    }

    /// Has the connection end while an answer that is being counted waits for the client to take it, when `cut` is cancelled.
    /// In all other moments whoever makes the answer sees to that.
    pub fn cut_a_stalled_answer(&self, cut: CancellationToken) {
        if let Some(metered) = &mut self.lock().metered {
            metered.cut = Some(cut);
        }
    }

    /// What [`cut_a_stalled_answer`](Self::cut_a_stalled_answer) was told.
    pub(crate) fn stalled_cut(&self) -> Option<CancellationToken> {
        self.lock().metered.as_ref()?.cut.clone()
    }

    /// Has the answer to the request at hand counted. Gives the bytes of that request, and the first of them; `None`
    /// where the connection is no longer HTTP.
    pub fn tally(&self, tally: Arc<Tally>) -> Option<(u64, Vec<u8>)> {
        let mut state = self.lock();
        let Mode::Request { bytes, count, .. } = &state.mode else {
            return None;
        };
        let request = (*count, bytes.clone());
        state.tally = Some(tally);
        Some(request)
    }

    /// Keeps nothing of this connection from now on.
    pub fn leave_untapped(&self) {
        self.lock().upgrade(Mode::Untapped);
    }

    /// Says why the connection ends. Only the first call counts.
    pub fn set_why(&self, why: impl Into<String>) {
        self.lock().why.get_or_insert_with(|| why.into());
    }

    /// Asks for the stream to be read to its end, for a bounded time, after the server has closed its side. Otherwise
    /// bytes that were never read would make the kernel answer with a reset, which can destroy a Close frame that is
    /// still under way.
    pub fn set_linger(&self) {
        self.linger.store(true, Ordering::Relaxed);
    }

    /// Whether [`set_linger`](Self::set_linger) was called.
    pub(crate) fn lingers(&self) -> bool {
        self.linger.load(Ordering::Relaxed)
    }

    /// Takes [`set_linger`](Self::set_linger) back: nothing that was sent is worth waiting for.
    pub fn do_not_linger(&self) {
        self.linger.store(false, Ordering::Relaxed);
    }

    /// Has the connection end with a TCP reset instead of whatever would be sent next.
    pub fn reset_instead(&self) {
        self.do_not_linger();
        self.reset.store(true, Ordering::Relaxed);
    }

    /// Has the connection end, as that of a process that was killed does, instead of whatever would be sent next.
    pub fn cut_instead(&self) {
        self.do_not_linger();
        self.cut.store(true, Ordering::Relaxed);
    }

    /// Whether [`cut_instead`](Self::cut_instead) was called.
    pub(crate) fn is_to_be_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }

    /// Whether [`reset_instead`](Self::reset_instead) was called.
    pub(crate) fn is_to_be_reset(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what was carried.
    pub(crate) fn on_bytes(&self, from: SentBy, data: &[u8]) {
        let us = self.us();
        if from == SentBy::Client {
            self.last_read_us.store(us, Ordering::Relaxed);
        }
        let state = &mut *self.lock();
        match (&state.tally, from) {
            (Some(tally), SentBy::Server) => tally.sent(data),
            // The next request. What is left of the present one may still come before its answer.
            (Some(tally), SentBy::Client) if tally.began() => state.tally = None,
            _ => {}
        }
        let upgraded = !matches!(state.mode, Mode::Request { .. });
        match (&state.metered, from) {
            (Some(metered), SentBy::Server) => metered.exchange.sent(data),
            (Some(metered), SentBy::Client) if metered.owns_rest || upgraded => {
                metered.exchange.received(data);
            }
            _ => {}
        }
        match &mut state.mode {
            Mode::Untapped => {}
            Mode::Tapped(wire) => wire.record(from, us, data),
            Mode::Request {
                first_us,
                bytes,
                most,
                overflowed,
                count,
            } => match from {
                // What is kept is the present request and, behind it, the beginning of the next.
                SentBy::Server if state.metered.is_some() => {}
                SentBy::Server => {
                    *bytes = Vec::new();
                    *overflowed = false;
                    *count = 0;
                }
                SentBy::Client => {
                    *count += data.len() as u64;
                    if bytes.is_empty() {
                        *first_us = us;
                    }
                    let room = most.saturating_sub(bytes.len());
                    *overflowed |= data.len() > room;
                    bytes.extend_from_slice(&data[..data.len().min(room)]);
                }
            },
        }
    }

    /// Everything that was written has been taken by the kernel.
    pub(crate) fn on_flush(&self) {
        let mut state = self.lock();
        let State { mode, metered, .. } = &mut *state;
        let (Some(present), Mode::Request { .. }) = (&*metered, &*mode) else {
            return;
        };
        present.exchange.on_flush();
        if !present.exchange.is_answered() {
            return;
        }
        present.exchange.end();
        let head = present.head;
        *metered = None;
        mode.forget(head);
    }

    /// The connection is over.
    pub(crate) fn finish(&self) {
        let mut state = self.lock();
        if let Some(metered) = state.metered.take() {
            metered.exchange.end();
        }
        let why = state.why.take();
        if let Mode::Tapped(wire) = std::mem::replace(&mut state.mode, Mode::Untapped) {
            wire.end(
                self.us(),
                why.unwrap_or_else(|| "the connection was lost".into()),
            );
        }
    }
}

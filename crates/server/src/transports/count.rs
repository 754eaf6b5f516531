//! What the transports of a run cost, counted at TCP: each exchange by the connection that carries it, and their sums.
//!
//! An exchange begins when its request is read, and ends when its answer has been taken by the kernel, or with the
//! connection. So a connection that carries several exchanges, one after another, gives each of them its own bytes.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use protocol::{
    Counted, Transport,
    transports::{Directions, Heads, TransportCost},
};
use tokio::sync::Notify;

/// Bytes of a head that are kept to be shown.
const MAX_HEAD: usize = 16 * 1024;
const HEAD_END: &[u8] = b"\r\n\r\n";

/// The position behind the empty line that ends a head.
pub(crate) fn head_end(bytes: &[u8]) -> Option<usize> {
    let found = bytes.windows(HEAD_END.len()).position(|w| w == HEAD_END);
    found.map(|at| at + HEAD_END.len())
}

/// The sums of one run.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<[Sums; Transport::ALL.len()]>);

#[derive(Debug, Default)]
struct Sums {
    requests: u64,
    empty: u64,
    open: u64,
    head: Directions,
    body: Directions,
    first: Option<Heads>,
}

impl Ledger {
    fn with<T>(&self, transport: Transport, change: impl FnOnce(&mut Sums) -> T) -> T {
        // Numbers: no update of them can stop half-way.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut all[transport as usize])
    }

    /// The cost so far of each transport that was used.
    pub fn costs(&self) -> Vec<TransportCost> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = Transport::ALL.into_iter().zip(all.iter());
        used.filter(|(_, sums)| sums.requests > 0)
            .map(|(transport, sums)| TransportCost {
                transport,
                requests: sums.requests,
                empty: sums.empty,
                open: sums.open,
                head_bytes: sums.head,
                body_bytes: sums.body,
                first: sums.first.clone(),
            })
            .collect()
    }
}

/// One request with what it led to.
#[derive(Debug)]
pub struct Exchange {
    ledger: Arc<Ledger>,
    transport: Transport,
    state: Mutex<State>,
    flushed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Whether the transport had no exchange before this one.
    is_first: bool,
    request: Side,
    response: Side,
    messages: u64,
    /// The whole answer has been handed over to be written.
    answered: bool,
    ended: bool,
}

/// One direction.
#[derive(Debug, Default)]
struct Side {
    bytes: u64,
    /// The head as far as it came, where it is to be shown, and not more of it than is.
    head: Vec<u8>,
    /// The last bytes of the head, among which its end may begin.
    tail: Vec<u8>,
    head_ended: bool,
}

impl Side {
    /// Takes bytes; says how many of them belong to the head.
    fn take(&mut self, data: &[u8], shown: bool) -> u64 {
        self.bytes += data.len() as u64;
        if self.head_ended {
            return 0;
        }
        let before = self.tail.len();
        self.tail.extend_from_slice(data);
        let of_head = match head_end(&self.tail) {
            Some(end) => {
                self.head_ended = true;
                self.tail = Vec::new();
                end - before
            }
            None => {
                let keep = self.tail.len().min(HEAD_END.len() - 1);
                self.tail.drain(..self.tail.len() - keep);
                data.len()
            }
        };
        if shown {
            let room = MAX_HEAD.saturating_sub(self.head.len());
            self.head.extend_from_slice(&data[..of_head.min(room)]);
        }
        of_head as u64
    }

    fn counted(&self) -> Counted {
        Counted {
            bytes: self.bytes,
            head: String::from_utf8_lossy(&self.head).into_owned(),
        }
    }
}

impl Exchange {
    /// An exchange that isn't counted before it begins, which its connection says.
    pub fn new(ledger: Arc<Ledger>, transport: Transport) -> Arc<Self> {
        Arc::new(Self {
            ledger,
            transport,
            state: Mutex::default(),
            flushed: Notify::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The request came, with this head.
    pub(crate) fn begin(&self, head: &[u8]) {
        let mut state = self.lock();
        let is_first = self.ledger.with(self.transport, |sums| {
            sums.requests += 1;
            sums.open += 1;
            sums.head.client += head.len() as u64;
            sums.requests == 1
        });
        state.is_first = is_first;
        state.request.take(head, is_first);
    }

    /// The client sent this, behind the head.
    pub(crate) fn received(&self, data: &[u8]) {
        self.lock().request.bytes += data.len() as u64;
        self.ledger.with(self.transport, |sums| {
            sums.body.client += data.len() as u64;
        });
    }

    /// The kernel took this from the server.
    pub(crate) fn sent(&self, data: &[u8]) {
        let of_head = {
            let state = &mut *self.lock();
            state.response.take(data, state.is_first)
        };
        self.ledger.with(self.transport, |sums| {
            sums.head.server += of_head;
            sums.body.server += data.len() as u64 - of_head;
        });
    }

    /// So many more messages are in the answer.
    pub fn carries(&self, messages: usize) {
        self.lock().messages += messages as u64;
    }

    /// Whether the exchange is over when what has been written is flushed.
    pub(crate) fn is_answered(&self) -> bool {
        self.lock().answered
    }

    /// Everything that was written so far has been taken by the kernel.
    pub(crate) fn on_flush(&self) {
        self.flushed.notify_waiters();
    }

    /// Waits until everything that is written by now, or in this turn of the connection's task, has been taken by the kernel.
    pub async fn flushed(&self) {
        self.flushed.notified().await;
    }

    /// The exchange is over. Only the first call counts.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        if std::mem::replace(&mut state.ended, true) {
            return;
        }
        let is_empty = state.messages == 0 && state.response.bytes > 0;
        let heads = state.is_first.then(|| Heads {
            request: state.request.counted(),
            response: state.response.counted(),
        });
        self.ledger.with(self.transport, |sums| {
            sums.open -= 1;
            sums.empty += u64::from(is_empty);
            if heads.is_some() {
                sums.first = heads;
            }
        });
    }
}

/// The body of an answer, which tells its exchange when it has been handed over.
#[derive(Debug)]
pub struct Watched {
    body: Body,
    exchange: Arc<Exchange>,
}

impl Watched {
    /// Watches the body of this exchange's answer.
    pub fn new(body: Body, exchange: Arc<Exchange>) -> Self {
        Self { body, exchange }
    }
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_frame(cx)
    }

    // Otherwise the answer would have no Content-Length.
    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // hyper drops a body when it has put the last of it into its buffer.
        self.exchange.lock().answered = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_wherever_it_is_cut() {
        let answer = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n[]\r\n\r\n";
        for cut in 0..answer.len() {
            for second in cut..answer.len() {
                let mut side = Side::default();
                let parts = [&answer[..cut], &answer[cut..second], &answer[second..]];
                let of_head: u64 = parts.iter().map(|part| side.take(part, true)).sum();
                assert_eq!(of_head, 25, "{cut} {second}");
                let counted = side.counted();
                assert_eq!(counted.bytes, answer.len() as u64);
                assert_eq!(counted.head.as_bytes(), &answer[..25]);
            }
        }
    }

    #[test]
    fn an_exchange_is_counted_while_it_is_open_and_once() {
        let ledger = Arc::new(Ledger::default());
        assert!(ledger.costs().is_empty());
        let exchange = Exchange::new(Arc::clone(&ledger), Transport::Sse);
        exchange.begin(b"GET / HTTP/1.1\r\n\r\n");
        exchange.sent(b"HTTP/1.1 200 OK\r\n\r\n1\r\n");
        exchange.received(b"more");
        let costs = ledger.costs();
        assert_eq!(costs.len(), 1);
        let cost = &costs[0];
        assert_eq!((cost.requests, cost.open, cost.empty), (1, 1, 0));
        let both = |client, server| Directions { client, server };
        assert_eq!(cost.head_bytes, both(18, 19));
        assert_eq!(cost.body_bytes, both(4, 3));
        assert_eq!(cost.first, None);
        exchange.end();
        exchange.end();
        let cost = &ledger.costs()[0];
        assert_eq!((cost.requests, cost.open, cost.empty), (1, 0, 1));
        let first = cost.first.clone().unwrap();
        assert_eq!((first.request.bytes, first.response.bytes), (22, 22));
        assert_eq!(first.response.head, "HTTP/1.1 200 OK\r\n\r\n");
        // One that was cut before anything of it was answered isn't an empty answer.
        let cut = Exchange::new(Arc::clone(&ledger), Transport::Sse);
        cut.begin(b"GET / HTTP/1.1\r\n\r\n");
        cut.end();
        let cost = &ledger.costs()[0];
        assert_eq!((cost.requests, cost.empty), (2, 1));
        assert_eq!(cost.first.as_ref(), Some(&first));
    }
}

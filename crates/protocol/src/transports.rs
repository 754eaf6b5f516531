//! One stream of messages by four transports: what page and server say to each other under `/transports`.
//!
//! A page makes a *run*, which is one stream, and then reads that stream by polling, long polling, server-sent events and
//! WebSocket at once. The server counts at TCP what each of them costs.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::{cost::Counted, paths};

/// What [`NewRun::every_ms`] may be.
pub const EVERY_MS: RangeInclusive<u32> = 20..=60_000;
/// What [`NewRun::bytes`] may be.
pub const BYTES: RangeInclusive<u32> = 1..=4096;
/// What [`NewRun::last_ms`] may be.
pub const LAST_MS: RangeInclusive<u32> = 1000..=300_000;
/// How long a long poll may be held, in milliseconds: `timeout=` in its query.
pub const HOLD_MS: RangeInclusive<u32> = 100..=60_000;
/// After how long the proxy that cuts does so, in milliseconds: `cut=` in the query. It is 60 s where nothing is said.
pub const CUT_MS: RangeInclusive<u32> = 500..=120_000;
/// What [`RunRestart::down_ms`] may be.
pub const DOWN_MS: RangeInclusive<u32> = 0..=30_000;
/// After how long an `EventSource` is told to come back, in milliseconds: `retry=` in the query of SSE.
pub const RETRY_MS: RangeInclusive<u32> = 100..=60_000;
/// What `timeout=` is where nothing is said, in milliseconds.
pub const HOLD_MS_DEFAULT: u32 = 30_000;
/// What `cut=` is where nothing is said, in milliseconds.
pub const CUT_MS_DEFAULT: u32 = 60_000;
/// What `retry=` is where nothing is said, in milliseconds.
pub const RETRY_MS_DEFAULT: u32 = 1000;
/// Messages in one answer of polling or long polling, at most. Who gets so many asks again at once.
pub const MOST_MESSAGES: usize = 1000;
/// Bytes of text of all messages in such an answer, at most; one message there may always be.
pub const MOST_TEXT: usize = 256 << 10;

/// The body of `POST /transports/runs`: what the stream is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// Mean time between two messages in milliseconds: [`EVERY_MS`].
    pub every_ms: u32,
    /// Whether they come evenly, or at random times (a Poisson process) from this seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Bytes of each message's text: [`BYTES`].
    pub bytes: u32,
    /// How long messages come, in milliseconds: [`LAST_MS`].
    pub last_ms: u32,
}

/// A sentence where a field is not in its range.
fn check(fields: &[(&str, u32, RangeInclusive<u32>)]) -> Result<(), String> {
    for (name, value, allowed) in fields {
        if !allowed.contains(value) {
            let (least, most) = (allowed.start(), allowed.end());
            return Err(format!("{name} is {value}; allowed are {least} to {most}"));
        }
    }
    Ok(())
}

impl NewRun {
    /// Whether every field is in its range.
    ///
    /// # Errors
    ///
    /// A sentence that names the field, what it was, and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        check(&[
            ("every_ms", self.every_ms, EVERY_MS),
            ("bytes", self.bytes, BYTES),
            ("last_ms", self.last_ms, LAST_MS),
        ])
    }
}

/// The answer, 201.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The run's name: 32 hexadecimal digits from 128 random bits. Only who knows it reads the run.
    pub run: String,
    /// Microseconds from the start of the run to this answer, by the server's clock.
    pub us: u64,
}

/// One message of the stream. By polling and long polling the body is a list of them; by SSE each is the `data` of an event
/// whose `id` is `seq`; by WebSocket each is a text message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamMessage {
    /// Counts from 1.
    pub seq: u64,
    /// Microseconds from the start of the run to the moment when the message was there to be fetched.
    pub us: u64,
    /// [`NewRun::bytes`] characters of ASCII.
    pub text: String,
}

/// The `data` of SSE's last event, `event: end`, after the last message. An `EventSource` that is not closed then comes back,
/// and is told the end again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamEnd {
    /// Messages of the stream.
    pub messages: u64,
}

/// A transport, by the last part of its path: `/transports/polling?run=RUN&after=SEQ` and so on. All but SSE say in `after`
/// what they have seen; an `EventSource` does so by `Last-Event-ID`, and by `after` on its first connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// `GET`, answered at once.
    Polling,
    /// `GET`, answered when there is something, or after `timeout` milliseconds with an empty list.
    LongPolling,
    /// `GET` by an `EventSource`.
    Sse,
    /// A WebSocket.
    Websocket,
}

impl Transport {
    /// Every transport, from the oldest.
    pub const ALL: [Transport; 4] = [
        Transport::Polling,
        Transport::LongPolling,
        Transport::Sse,
        Transport::Websocket,
    ];

    /// The last part of the transport's path.
    pub const fn name(self) -> &'static str {
        match self {
            Transport::Polling => "polling",
            Transport::LongPolling => "long-polling",
            Transport::Sse => "sse",
            Transport::Websocket => "websocket",
        }
    }

    /// The path and query for this run, from the message after `after`.
    pub fn path(self, run: &str, after: u64) -> String {
        format!(
            "{}/{}?run={run}&after={after}",
            paths::TRANSPORTS,
            self.name()
        )
    }
}

/// What stands between page and server, played by the server: `proxy=` in a transport's query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyFault {
    /// It does not pass `Upgrade` on: the answer to a WebSocket's handshake is a 403 with a page of its own.
    Blocks,
    /// It passes an answer on when it has all of it: an event stream shows nothing until the stream ends. What follows a 101
    /// is no answer, and is not held back.
    Buffers,
    /// It cuts whatever has been open for `cut` milliseconds: requests with a 504 if nothing came yet, and else TCP.
    Cuts,
}

impl ProxyFault {
    /// Every fault.
    pub const ALL: [ProxyFault; 3] = [ProxyFault::Blocks, ProxyFault::Buffers, ProxyFault::Cuts];

    /// Its name in a query.
    pub const fn name(self) -> &'static str {
        match self {
            ProxyFault::Blocks => "blocks",
            ProxyFault::Buffers => "buffers",
            ProxyFault::Cuts => "cuts",
        }
    }
}

/// The answer to `GET /transports/runs/RUN`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCost {
    /// Microseconds from the start of the run to this answer, by the server's clock.
    pub us: u64,
    /// Messages of the stream so far.
    pub messages: u64,
    /// What each transport that was used has cost so far.
    pub transports: Vec<TransportCost>,
}

/// What one transport of a run has cost, counted at TCP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportCost {
    /// Which.
    pub transport: Transport,
    /// Requests that came, handshakes among them, refused ones too.
    pub requests: u64,
    /// Requests that were answered with no message in them.
    pub empty: u64,
    /// Requests or WebSockets that are open now.
    pub open: u64,
    /// Bytes of the heads of requests and answers, up to and with the empty line.
    pub head_bytes: Directions,
    /// All other bytes: bodies with their chunk sizes, frames with their headers.
    pub body_bytes: Directions,
    /// The first exchange, for a look; nothing before it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Heads>,
}

/// Bytes each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directions {
    /// From the client.
    pub client: u64,
    /// From the server.
    pub server: u64,
}

/// One exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// From the client.
    pub request: Counted,
    /// From the server.
    pub response: Counted,
}

/// The body of `POST /transports/runs/RUN/restart`: the server of this run restarts. All of the run's requests and
/// WebSockets are cut, and new ones are answered 503 for a while; the stream goes on meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRestart {
    /// For how long, in milliseconds: [`DOWN_MS`].
    pub down_ms: u32,
}

impl RunRestart {
    /// Whether the time is in its range.
    ///
    /// # Errors
    ///
    /// A sentence that names the field, what it was, and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        check(&[("down_ms", self.down_ms, DOWN_MS)])
    }
}

/// Where [`NewRun`] is sent to.
pub fn runs_path() -> String {
    format!("{}/runs", paths::TRANSPORTS)
}

/// Where a run tells its [`RunCost`].
pub fn run_path(run: &str) -> String {
    format!("{}/{run}", runs_path())
}

/// Where a run's [`RunRestart`] is sent to; the answer is 204.
pub fn restart_path(run: &str) -> String {
    format!("{}/restart", run_path(run))
}

/// Streams that one connection of `/transports/streams` has at once, at most.
pub const MOST_STREAMS: usize = 64;
/// What [`Subscribe::per_second`] may be.
pub const PER_SECOND: RangeInclusive<u32> = 1..=100;
/// Updates in a second of all streams of one connection together, at most.
pub const MOST_PER_SECOND: u32 = 1000;
/// What [`Subscribe::bytes`] may be.
pub const UPDATE_BYTES: RangeInclusive<u32> = 64..=4096;
/// Characters in a stream's name, at most.
pub const LONGEST_STREAM_NAME: usize = 32;

/// What a client of `/transports/streams` sends, as a text message: many streams over one WebSocket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StreamsRequest {
    /// Send me this one, too. A stream that is already subscribed to changes.
    Subscribe(Subscribe),
    /// Send this one no more.
    Unsubscribe(String),
}

/// What a stream is like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// 1 to 32 of `A`–`Z`, `a`–`z`, `0`–`9`, `_` and `-`.
    pub stream: String,
    /// Updates in a second: [`PER_SECOND`].
    pub per_second: u32,
    /// Bytes of each update as JSON, the whole message: [`UPDATE_BYTES`]. An update is never shorter than its fields, so that
    /// a long name can make it longer than the least.
    pub bytes: u32,
}

impl Subscribe {
    /// Whether name, rate and size are allowed.
    ///
    /// # Errors
    ///
    /// A sentence that names the field, what it was, and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        let name = &self.stream;
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if !(1..=LONGEST_STREAM_NAME).contains(&name.len()) || !name.bytes().all(is_plain) {
            return Err(format!(
                "subscribe.stream is not a name of a stream; allowed are 1 to {LONGEST_STREAM_NAME} of A-Z, a-z, 0-9, _ and -"
            ));
        }
        check(&[
            ("subscribe.per_second", self.per_second, PER_SECOND),
            ("subscribe.bytes", self.bytes, UPDATE_BYTES),
        ])
    }
}

/// What the server sends there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum StreamsNews {
    /// It is subscribed to.
    Subscribed {
        /// Which.
        stream: String,
    },
    /// It is not any more.
    Unsubscribed {
        /// Which.
        stream: String,
    },
    /// An update.
    Update {
        /// Of which.
        stream: String,
        /// Counts from 1 in each stream of a connection, from its subscription on: also the updates that were dropped, because
        /// the client had not taken the one before when they were due. So a gap says how many were dropped.
        seq: u64,
        /// A made-up price, in hundredths.
        price: u64,
        /// Fills the message up to [`Subscribe::bytes`].
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pad: String,
    },
    /// A request was wrong, and did nothing.
    Error {
        /// What was wrong, and where.
        error: String,
        /// What to do about it.
        what_to_do: String,
    },
}

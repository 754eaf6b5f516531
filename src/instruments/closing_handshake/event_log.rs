//! What a run of the model leaves behind: everything that was sent, everything that happened, and how far both ends were
//! at each time.

use sim::Micros;
use wire::Role;
use wire::close::Close;
use wire::rule::Violation;
use wire::session::Outcome;

use super::endpoint::{Program, TcpState};

/// What one arrow carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Segment {
    /// A message, in one frame, and its text.
    Message(Vec<u8>, String),
    /// A close frame, and what it says.
    Close(Vec<u8>, Option<Close>),
    /// No more bytes from here. The kernel's, also where no program is left.
    Fin {
        /// It acknowledges the other end's FIN as well.
        ack: bool,
    },
    /// The other end's FIN has come.
    Ack,
    /// There is no such connection any more.
    Rst,
}

/// Something that one end sent.
#[derive(Clone, Debug, PartialEq)]
pub struct SentSegment {
    /// Who sent it.
    pub from: Role,
    /// What it carries.
    pub segment: Segment,
    /// When it left, in microseconds.
    pub left: Micros,
    /// When it arrived, or would have.
    pub arrives: Micros,
    /// Where on its way the pulled cable stopped it, from 0 to 1.
    pub lost: Option<f64>,
}

/// What happens inside one end.
#[derive(Clone, Debug, PartialEq)]
pub enum EndpointEvent {
    /// The application begins the closing handshake.
    Calls(Option<Close>),
    /// The application tries to, and is refused.
    Throws(String),
    /// A message reaches the application.
    Delivered(String),
    /// A message has come, and a browser keeps it from the script, which has called `close()`.
    Withheld(String),
    /// The application tries to send a message behind the close frame.
    SendRefused,
    /// The program goes on existing, and does nothing.
    Hangs,
    /// The program is gone; the kernel closes its sockets.
    Crashes,
    /// The program closes its socket without a close frame.
    Drops,
    /// The program, or something in front of it, throws the connection away.
    Resets,
    /// The kernel keeps what has come for a program that does not read.
    Unread,
    /// The other end broke a rule, so this one fails the connection.
    Fails(Violation),
    /// Nothing acknowledges what was sent, so TCP sends it again.
    Repeats,
    /// Nothing was heard for a while, so TCP asks.
    Probes,
    /// The WebSocket connection is closed, as far as this end is concerned.
    Closed(Ending),
    /// TCP remembers the connection, because this end's FIN was the first.
    TimeWait,
}

/// How a connection ended for one end.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// When, in microseconds.
    pub at: Micros,
    /// What is known of it.
    pub outcome: Outcome,
    /// What ended it.
    pub by: EndedBy,
}

/// What ended a connection for one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The other end's FIN.
    Fin,
    /// The other end's RST.
    Rst,
    /// The closing handshake took too long.
    Timeout,
    /// TCP repeated what it had sent for too long.
    GaveUp,
    /// TCP asked too often without an answer.
    Silence,
    /// A rule that the other end broke.
    Failure,
    /// Its own doing.
    Itself,
}

/// What can be told of a moment.
#[derive(Clone, Debug, PartialEq)]
pub enum LogEvent {
    /// The arrow of this number leaves.
    Leaves(usize),
    /// It arrives.
    Arrives(usize),
    /// It is lost.
    Lost(usize),
    /// Something happens inside one end.
    Inside(Role, EndpointEvent),
    /// The cable is pulled.
    Cut,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// When, in microseconds.
    pub at: Micros,
    /// What.
    pub what: LogEvent,
}

/// How far one end is, on both levels.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointState {
    /// What its close frame says, once it has left.
    pub sent: Option<Option<Close>>,
    /// What the other end's says, once it has come.
    pub received: Option<Option<Close>>,
    /// How it ended.
    pub ended: Option<Ending>,
    /// Its TCP.
    pub tcp: TcpState,
    /// Whether anyone is there.
    pub program: Program,
}

/// The states of a WebSocket connection (RFC 6455 §7.1.3–4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WebSocketState {
    /// Messages come and go.
    Open,
    /// _The WebSocket Closing Handshake is Started_: a close frame has been sent or received.
    Closing,
    /// _The WebSocket Connection is Closed_: TCP is.
    Closed,
}

impl EndpointState {
    /// The state in the RFC's terms.
    pub fn state(&self) -> WebSocketState {
        if self.ended.is_some() {
            WebSocketState::Closed
        } else if self.sent.is_some() || self.received.is_some() {
            WebSocketState::Closing
        } else {
            WebSocketState::Open
        }
    }
}

/// The end of a connection, from its last message on.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Everything that was sent.
    pub segments: Vec<SentSegment>,
    /// Everything that happened, in order.
    pub log: Vec<LogEntry>,
    /// Both ends' standing after each entry of the log that changed one, the client's first.
    pub(super) endpoints: Vec<(Micros, [EndpointState; 2])>,
    /// When the close begins, or would.
    pub close_at: Micros,
    /// When something goes wrong.
    pub wrong_at: Option<Micros>,
}

impl Run {
    /// When the last thing happens.
    pub fn last(&self) -> Micros {
        self.log.last().map_or(0, |entry| entry.at)
    }

    /// How far an end is at a time.
    pub fn endpoint(&self, role: Role, now: Micros) -> &EndpointState {
        let after = self.endpoints.partition_point(|(at, _)| *at <= now);
        &self.endpoints[after.saturating_sub(1)].1[index(role)]
    }

    /// How it ended for an end, if it ever does.
    pub fn ended(&self, role: Role) -> Option<&Ending> {
        self.endpoint(role, Micros::MAX).ended.as_ref()
    }
}

/// Where an end stands in a pair.
pub(super) fn index(role: Role) -> usize {
    match role {
        Role::Client => 0,
        Role::Server => 1,
    }
}

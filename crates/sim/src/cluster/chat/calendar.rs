//! What stands in the calendar of a run.

use crate::Micros;

/// What a sender sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Message,
    Typing,
    Presence,
}

/// Something in the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    /// A sender sends.
    Source,
    /// The fault comes.
    Fault,
    /// A heartbeat reaches a server.
    Heartbeat { server: u16 },
    /// A message reaches the sender's server.
    Publish {
        room: u32,
        origin: u16,
        created: Micros,
        what: What,
    },
    /// A message reaches a server that held so many members of its room when it was published.
    Arrive {
        room: u32,
        server: u16,
        members: u32,
        published: Micros,
        created: Micros,
        hop: u32,
        what: What,
    },
}

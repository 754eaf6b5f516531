//! The WebSocket wire format without I/O: bytes in, events out.
//!
//! What is typed into the page, what the live wire carried and what a capture holds are all read by this crate.
//! It performs no I/O, reads no clock, draws no random number and contains no `unsafe`.
//!
//! | module | what it knows | where it is written |
//! | --- | --- | --- |
//! | [`frame`] | header and payload of one frame, and where each field lies | RFC 6455 §5.2 |
//! | [`mask`] | the XOR that a client applies to its payload | RFC 6455 §5.3 |
//! | [`decode`] | frames from a byte stream, cut anywhere | RFC 6455 §5.2 |
//! | [`handshake`] | the request and the answer that open a connection, and where each part lies | RFC 6455 §4 |
//! | [`deflate`] | compressed messages, and what is inside them | RFC 7692, RFC 1951 |
//! | [`close`] | close codes and the payload of a close frame | RFC 6455 §5.5.1, §7.4 |
//! | [`utf8`] | text that comes in pieces | RFC 6455 §8.1 |
//! | [`session`] | one endpoint: messages, control frames, closing | RFC 6455 §5–§8, RFC 7692 |
//! | [`walk`] | what a receiver makes of every frame, also behind one that is broken | RFC 6455 §5, RFC 7692 |
//! | [`rule`] | what an endpoint must not see, and what it does about it | RFC 6455 §5, §7, §8 |
#![forbid(unsafe_code)]

pub mod close;
pub mod decode;
pub mod deflate;
pub mod frame;
pub mod handshake;
mod judgement;
pub mod mask;
pub mod rule;
pub mod session;
pub mod utf8;
pub mod walk;

/// One of the two ends of a connection.
///
/// Which end sent a frame decides whether it has to be masked (RFC 6455 §5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The end that opened the connection. Masks every frame it sends.
    Client,
    /// The end that accepted it. Masks none.
    Server,
}

impl Role {
    /// The other end.
    pub fn peer(self) -> Role {
        match self {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        }
    }

    /// `"client"` or `"server"`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Client => "client",
            Role::Server => "server",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(s: &str) -> Result<Role, UnknownRole> {
        match s {
            "client" => Ok(Role::Client),
            "server" => Ok(Role::Server),
            _ => Err(UnknownRole),
        }
    }
}

/// A role is neither `client` nor `server`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRole;

impl std::fmt::Display for UnknownRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a sender is `client` or `server`")
    }
}

impl std::error::Error for UnknownRole {}

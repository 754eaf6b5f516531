//! What a text was read as.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Form, Tool};

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Who opened the connection.
    Client,
    /// Who accepted the connection.
    Server,
}

impl Side {
    /// `client` or `server`.
    pub fn name(self) -> &'static str {
        match self {
            Side::Client => "client",
            Side::Server => "server",
        }
    }
}

/// What one end sent, of a listing that holds both directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    /// Who sent the bytes.
    pub from: Side,
    /// The bytes, in the order of the listing.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Headers that stood before what the connection carries, and were passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// A name of the header, such as `IPv4`.
    pub what: Cow<'static, str>,
    /// Its length in bytes.
    pub bytes: usize,
}

/// A message without its frame, as a browser saves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who sent the message.
    pub from: Side,
    /// The opcode of the message's first frame (RFC 6455 §5.2), from 0 to 15.
    pub opcode: u8,
    /// The payload, unmasked.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Bytes that a text holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The bytes, at least one; of both directions where there are two, in the order of the listing.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
    /// The form in which they were written.
    pub form: Form,
    /// What printed them, where that can be seen.
    pub tool: Option<Tool>,
    /// Whether the text announces more bytes than it holds.
    pub cut: bool,
    /// Both directions of a connection where the text holds both, the client's first; empty otherwise.
    pub streams: Vec<Stream>,
    /// Headers of packets that were passed over, in their order in the first packet.
    pub skipped: Vec<Skipped>,
    /// The messages of a HAR file, which have no frames.
    pub messages: Vec<Message>,
    /// Forms in which the same text means other bytes.
    pub alternatives: Vec<Form>,
}

impl Reading {
    pub(crate) fn new(bytes: Vec<u8>, form: Form) -> Reading {
        Reading {
            bytes,
            form,
            tool: None,
            cut: false,
            streams: Vec::new(),
            skipped: Vec::new(),
            messages: Vec::new(),
            alternatives: Vec::new(),
        }
    }

    pub(crate) fn by(mut self, tool: Option<Tool>) -> Reading {
        self.tool = tool;
        self
    }

    pub(crate) fn cut(mut self, cut: bool) -> Reading {
        self.cut |= cut;
        self
    }

    /// A name for people of what was read, to stand after “Read as”.
    pub fn name(&self) -> &'static str {
        self.tool.map_or(self.form.name(), Tool::name)
    }
}

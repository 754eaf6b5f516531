//! From messages to bytes for the peer.

use super::{Core, Session};
use crate::deflate::Deflater;
use crate::frame::Opcode;
use crate::mask;

/// Unsent bytes from which on pings are answered late: a peer that pings without reading the pongs would fill memory.
const ENOUGH: usize = 64 << 10;

/// Bytes that are copied and masked at a time. They stay in the processor's first cache in between.
const BLOCK: usize = 8 << 10;

/// What a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// UTF-8.
    Text,
    /// Any bytes.
    Binary,
}

/// Why something cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// This end has sent a close frame, after which it sends nothing (RFC 6455 §5.5.1).
    Closing,
    /// The fragments of another message are under way (RFC 6455 §5.4).
    InsideMessage,
    /// A ping or pong carries at most 125 bytes (RFC 6455 §5.5).
    TooLong,
    /// A text was given as bytes that are not UTF-8.
    NotUtf8,
}

impl std::fmt::Display for SendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            SendError::Closing => "nothing can be sent after a close frame",
            SendError::InsideMessage => "the fragments of another message are under way",
            SendError::TooLong => "a control frame carries at most 125 bytes",
            SendError::NotUtf8 => "a text message has to be UTF-8",
        })
    }
}

impl std::error::Error for SendError {}

/// Bytes to be sent.
#[derive(Debug, Default)]
pub(super) struct Output {
    bytes: Vec<u8>,
    at: usize,
    /// A compressed message, on its way into a frame.
    compressed: Vec<u8>,
    /// The kind of the message whose fragments are under way, and what of its text is checked.
    fragments: Option<(Kind, crate::utf8::Validator)>,
    /// The last ping that was not answered when it came.
    late_ping: Option<Vec<u8>>,
}

impl Output {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn sent(&mut self, n: usize) {
        self.at = self.at.saturating_add(n).min(self.bytes.len());
        if self.at == self.bytes.len() {
            self.bytes.clear();
            self.at = 0;
        }
    }

    /// Makes room in front of what is unsent before growing behind it.
    fn reserve(&mut self, more: usize) {
        if self.at > 0 && self.bytes.capacity() - self.bytes.len() < more {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.reserve(more);
    }
}

impl Session {
    /// Sends a text message in one frame.
    pub fn send_text(&mut self, text: &str) -> Result<(), SendError> {
        self.core.send(Kind::Text, text.as_bytes())
    }

    /// Sends a binary message in one frame.
    pub fn send_binary(&mut self, bytes: &[u8]) -> Result<(), SendError> {
        self.core.send(Kind::Binary, bytes)
    }

    /// Sends the next fragment of a message; `last` ends it. All fragments of a message have the same kind. A text may
    /// be cut anywhere, also within a character. Fragments are not compressed.
    pub fn send_fragment(&mut self, kind: Kind, bytes: &[u8], last: bool) -> Result<(), SendError> {
        let core = &mut self.core;
        core.may_send()?;
        let (mut validator, opcode) = match core.output.fragments {
            None => (Default::default(), kind.opcode()),
            Some((open, validator)) if open == kind => (validator, Opcode::Continuation),
            Some(_) => return Err(SendError::InsideMessage),
        };
        if kind == Kind::Text
            && (validator.push(bytes).is_err() || (last && !validator.is_complete()))
        {
            return Err(SendError::NotUtf8);
        }
        core.output.fragments = (!last).then_some((kind, validator));
        core.write(opcode, last, false, bytes);
        Ok(())
    }

    /// Sends a ping.
    pub fn send_ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.core.send_control(Opcode::Ping, payload)
    }

    /// Sends a pong that nobody asked for: a one-way heartbeat (RFC 6455 §5.5.3). Pings are answered without it.
    pub fn send_pong(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.core.send_control(Opcode::Pong, payload)
    }
}

impl Kind {
    fn opcode(self) -> Opcode {
        match self {
            Kind::Text => Opcode::Text,
            Kind::Binary => Opcode::Binary,
        }
    }
}

impl Core {
    fn may_send(&self) -> Result<(), SendError> {
        match self.closing.sent {
            None => Ok(()),
            Some(_) => Err(SendError::Closing),
        }
    }

    fn send(&mut self, kind: Kind, payload: &[u8]) -> Result<(), SendError> {
        self.may_send()?;
        if self.output.fragments.is_some() {
            return Err(SendError::InsideMessage);
        }
        match &self.config.compression {
            Some(params) if payload.len() >= self.config.compress_from => {
                let (role, level) = (self.role, self.config.compression_level);
                // A deflater takes hundreds of kilobytes, which a connection that only listens does not need.
                let deflater = self
                    .deflater
                    .get_or_insert_with(|| Deflater::with_level(params, role, level));
                let mut compressed = std::mem::take(&mut self.output.compressed);
                compressed.clear();
                deflater.message_into(payload, &mut compressed);
                self.write(kind.opcode(), true, true, &compressed);
                self.output.compressed = compressed;
            }
            _ => self.write(kind.opcode(), true, false, payload),
        }
        Ok(())
    }

    pub(super) fn send_control(&mut self, opcode: Opcode, payload: &[u8]) -> Result<(), SendError> {
        self.may_send()?;
        if payload.len() > 125 {
            return Err(SendError::TooLong);
        }
        self.write(opcode, true, false, payload);
        Ok(())
    }

    pub(super) fn answer_ping(&mut self, payload: &[u8]) {
        if self.closing.sent.is_some() {
            return;
        }
        // Only the last of several pings has to be answered (RFC 6455 §5.5.3).
        if self.output.bytes().len() >= ENOUGH {
            self.output.late_ping = Some(payload.to_vec());
        } else {
            self.write(Opcode::Pong, true, false, payload);
        }
    }

    pub(super) fn answer_late_ping(&mut self) {
        if self.output.bytes().len() < ENOUGH
            && let Some(payload) = self.output.late_ping.take()
        {
            self.answer_ping(&payload);
        }
    }

    /// Appends a frame to the output.
    pub(super) fn write(&mut self, opcode: Opcode, fin: bool, rsv1: bool, payload: &[u8]) {
        let key = self.keys.as_mut().map(|keys| keys());
        let first = u8::from(fin) << 7 | u8::from(rsv1) << 6 | opcode.bits();
        self.output
            .reserve(payload.len() + crate::frame::MAX_HEADER);
        write_frame(first, key, payload, &mut self.output.bytes);
    }
}

/// Appends a frame whose length says the truth.
fn write_frame(first: u8, key: Option<[u8; 4]>, payload: &[u8], out: &mut Vec<u8>) {
    let mask_bit = if key.is_some() { 0x80 } else { 0 };
    let mut head = [0; crate::frame::MAX_HEADER];
    head[0] = first;
    let length_end = match payload.len() {
        n @ 0..=125 => {
            head[1] = mask_bit | n as u8;
            2
        }
        n @ 126..=0xffff => {
            head[1] = mask_bit | 126;
            head[2..4].copy_from_slice(&(n as u16).to_be_bytes());
            4
        }
        n => {
            head[1] = mask_bit | 127;
            head[2..10].copy_from_slice(&(n as u64).to_be_bytes());
            10
        }
    };
    let Some(key) = key else {
        out.extend_from_slice(&head[..length_end]);
        out.extend_from_slice(payload);
        return;
    };
    head[length_end..length_end + 4].copy_from_slice(&key);
    out.extend_from_slice(&head[..length_end + 4]);
    // The block's length is a multiple of four, so that every block begins with the first byte of the key.
    for block in payload.chunks(BLOCK) {
        let start = out.len();
        out.extend_from_slice(block);
        mask::apply(key, 0, &mut out[start..]);
    }
}

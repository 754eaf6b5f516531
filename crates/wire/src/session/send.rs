//! From messages to bytes for the peer.

use super::{Core, Session};
use crate::close::Close;
use crate::frame::{MAX_HEADER, Opcode};
use crate::mask;

/// Unsent bytes from which on pings are answered late: a peer that pings without reading the pongs would fill memory.
const ENOUGH: usize = 64 << 10;

/// Bytes that an empty buffer may keep.
const KEEP: usize = 4 << 20;

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
    /// What is to be sent lies between `at` and `end`. The bytes after it are left over from earlier, so that frames can
    /// be written in place without clearing the place first.
    bytes: Vec<u8>,
    at: usize,
    end: usize,
    /// A compressed message, on its way into a frame.
    compressed: Vec<u8>,
    /// The kind of the message whose fragments are under way, and what of its text is checked.
    fragments: Option<(Kind, crate::utf8::Validator)>,
    /// The last ping that was not answered when it came.
    late_ping: Option<Vec<u8>>,
}

impl Output {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.at..self.end]
    }

    pub(super) fn sent(&mut self, n: usize) {
        self.at = self.at.saturating_add(n).min(self.end);
        if self.at == self.end {
            (self.at, self.end) = (0, 0);
            if self.bytes.len() > KEEP {
                self.bytes = Vec::new();
            }
        }
    }

    /// Room for `more` bytes behind what is unsent.
    fn room(&mut self, more: usize) -> &mut [u8] {
        if self.bytes.len() - self.end < more {
            // What is unsent moves to the front before the buffer grows behind it.
            self.bytes.copy_within(self.at..self.end, 0);
            (self.at, self.end) = (0, self.end - self.at);
            let needed = self.end + more;
            if self.bytes.len() < needed {
                self.bytes.resize(needed.next_power_of_two(), 0);
            }
        }
        &mut self.bytes[self.end..]
    }
}

/// The half of an endpoint that sends. It leaves the other half alone, so that what came can be sent on while it is
/// borrowed. See [`Session::next_to_answer`].
pub struct Sender<'a>(pub(super) &'a mut Core);

impl std::fmt::Debug for Sender<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sender")
            .field("role", &self.0.role)
            .field("unsent", &self.output().len())
            .finish_non_exhaustive()
    }
}

impl Sender<'_> {
    /// Sends a text message in one frame.
    ///
    /// # Errors
    /// Nothing follows a close frame, nor stands between the fragments of another message.
    pub fn send_text(&mut self, text: &str) -> Result<(), SendError> {
        self.0.send(Kind::Text, text.as_bytes())
    }

    /// Sends a binary message in one frame.
    ///
    /// # Errors
    /// As for [`Sender::send_text`].
    pub fn send_binary(&mut self, bytes: &[u8]) -> Result<(), SendError> {
        self.0.send(Kind::Binary, bytes)
    }

    /// Sends the next fragment of a message; `last` ends it. All fragments of a message have the same kind. A text may
    /// be cut anywhere, also within a character. Fragments are not compressed.
    ///
    /// # Errors
    /// As for [`Sender::send_text`], and for a text that is not UTF-8.
    pub fn send_fragment(&mut self, kind: Kind, bytes: &[u8], last: bool) -> Result<(), SendError> {
        let core = &mut *self.0;
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
    ///
    /// # Errors
    /// Nothing follows a close frame, and the payload has at most 125 bytes.
    pub fn send_ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.0.send_control(Opcode::Ping, payload)
    }

    /// Sends a pong that nobody asked for: a one-way heartbeat (RFC 6455 §5.5.3). Pings are answered without it.
    ///
    /// # Errors
    /// As for [`Sender::send_ping`].
    pub fn send_pong(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.0.send_control(Opcode::Pong, payload)
    }

    /// Begins the closing handshake, as [`Session::close`] does.
    pub fn close(&mut self, close: Option<Close>) {
        self.0.begin_close(close.as_ref());
    }

    /// Bytes to be sent to the peer.
    pub fn output(&self) -> &[u8] {
        self.0.output.bytes()
    }

    /// Says that the first `n` bytes of [`Sender::output`] have been sent.
    pub fn sent(&mut self, n: usize) {
        self.0.output.sent(n);
        self.0.answer_late_ping();
    }
}

impl Session {
    /// [`Sender::send_text`].
    ///
    /// # Errors
    /// As there.
    pub fn send_text(&mut self, text: &str) -> Result<(), SendError> {
        self.sender().send_text(text)
    }

    /// [`Sender::send_binary`].
    ///
    /// # Errors
    /// As there.
    pub fn send_binary(&mut self, bytes: &[u8]) -> Result<(), SendError> {
        self.sender().send_binary(bytes)
    }

    /// [`Sender::send_fragment`].
    ///
    /// # Errors
    /// As there.
    pub fn send_fragment(&mut self, kind: Kind, bytes: &[u8], last: bool) -> Result<(), SendError> {
        self.sender().send_fragment(kind, bytes, last)
    }

    /// [`Sender::send_ping`].
    ///
    /// # Errors
    /// As there.
    pub fn send_ping(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.sender().send_ping(payload)
    }

    /// [`Sender::send_pong`].
    ///
    /// # Errors
    /// As there.
    pub fn send_pong(&mut self, payload: &[u8]) -> Result<(), SendError> {
        self.sender().send_pong(payload)
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
            Some(compression) if payload.len() >= self.config.compress_from => {
                let (role, level) = (self.role, self.config.compression_level);
                // A deflater takes hundreds of kilobytes, which a connection that only listens does not need.
                let deflater = self
                    .deflater
                    .get_or_insert_with(|| compression.deflater(role, level));
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
        let room = self.output.room(MAX_HEADER + payload.len());
        self.output.end += write_frame(first, key, payload, room);
    }
}

/// Writes a frame whose length says the truth to the start of `out`, and gives its size.
fn write_frame(first: u8, key: Option<[u8; 4]>, payload: &[u8], out: &mut [u8]) -> usize {
    let mask_bit = if key.is_some() { 0x80 } else { 0 };
    out[0] = first;
    let mut at = match payload.len() {
        n @ 0..=125 => {
            out[1] = mask_bit | n as u8;
            2
        }
        n @ 126..=0xffff => {
            out[1] = mask_bit | 126;
            out[2..4].copy_from_slice(&(n as u16).to_be_bytes());
            4
        }
        n => {
            out[1] = mask_bit | 127;
            out[2..10].copy_from_slice(&(n as u64).to_be_bytes());
            10
        }
    };
    match key {
        None => out[at..at + payload.len()].copy_from_slice(payload),
        Some(key) => {
            out[at..at + 4].copy_from_slice(&key);
            at += 4;
            mask::copy(key, 0, payload, &mut out[at..]);
        }
    }
    at + payload.len()
}

//! The bytes that came and are not used up.

/// A buffer with a place from which it is unread.
#[derive(Debug, Default)]
pub(super) struct Input {
    bytes: Vec<u8>,
    /// Where the first unread byte lies.
    at: usize,
    /// Bytes of the stream before the first unread one.
    offset: u64,
}

impl Input {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.at == self.bytes.len() {
            self.bytes.clear();
            self.at = 0;
        } else if self.at > 0 && self.bytes.capacity() - self.bytes.len() < bytes.len() {
            // Moving what is unread is cheaper than growing: it is a part of a header or of a control frame, if events are
            // taken as they come.
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// All of the buffer, also what has been read: events borrow from there.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// What is unread.
    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    /// Where the first unread byte lies in [`Input::bytes`].
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Bytes of the stream before the first unread one.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The first `n` unread bytes.
    pub(super) fn rest_mut(&mut self, n: usize) -> &mut [u8] {
        &mut self.bytes[self.at..self.at + n]
    }

    /// Counts bytes that never came here.
    pub(super) fn skip(&mut self, n: usize) {
        self.offset += n as u64;
    }

    pub(super) fn take(&mut self, n: usize) {
        self.at += n;
        self.offset += n as u64;
    }

    /// Throws away all that came.
    pub(super) fn discard(&mut self) {
        self.at = self.bytes.len();
    }
}

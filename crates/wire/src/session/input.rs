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
            // Moving what is unread is cheaper than growing, and keeps the buffer at the size of a frame.
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Makes room for all of a frame of which a part has come, so that the buffer does not grow step by step. A header
    /// alone gets no more than a megabyte: it is easily written.
    pub(super) fn expect(&mut self, frame: usize) {
        let unread = self.bytes.len() - self.at;
        let missing = frame.saturating_sub(unread).min(1 << 20);
        if self.bytes.capacity() - self.bytes.len() < missing {
            self.bytes.drain(..self.at);
            self.at = 0;
            self.bytes.reserve(missing);
        }
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

    pub(super) fn take(&mut self, n: usize) {
        self.at += n;
        self.offset += n as u64;
    }

    /// Throws away all that came.
    pub(super) fn discard(&mut self) {
        self.at = self.bytes.len();
    }
}

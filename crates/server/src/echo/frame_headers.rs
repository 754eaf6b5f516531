//! What the headers of a client's frames tell ahead of their payloads (RFC 6455 §5.2): where frames end, whether they are
//! masked, how many make up a message, and which are work to take apart.
//!
//! The library does the decoding, and judges the rest. This only follows.

use std::{fmt, time::Instant};

/// A longer compressed frame is work to inflate.
const WORK_COMPRESSED: u64 = 4 * 1024;
/// A longer frame of any kind is work to unmask and to check; a megabyte of it takes less than a millisecond.
const WORK_PLAIN: u64 = 2 * 1024 * 1024;
/// Frames that a message may have beside one for each [`BYTES_PER_FRAME`].
pub const FREE_FRAMES: u64 = 1024;
/// See [`FREE_FRAMES`].
pub const BYTES_PER_FRAME: u64 = 16;

/// What a client may not send, seen in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderFault {
    /// A frame without a mask (RFC 6455 §5.1).
    Unmasked,
    /// A message in far more frames than its bytes need.
    TooManyFrames,
}

impl fmt::Display for HeaderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unmasked => "an unmasked frame",
            Self::TooManyFrames => "a message in too many frames",
        })
    }
}

impl std::error::Error for HeaderFault {}

/// What to do with bytes that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// So many may be decoded now.
    pub bytes: usize,
    /// Why no more.
    pub stop: Option<Stop>,
}

/// Why bytes may not be decoded now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The next byte is the last of a frame that is work.
    Work,
    /// Nothing more is to be decoded at all.
    Fault(HeaderFault),
}

/// Follows the frames of one client.
#[derive(Debug, Default)]
pub struct FrameHeaders {
    head: [u8; 10],
    head_len: u8,
    /// Bytes of the present frame that are still to come: its masking key and its payload.
    left: u64,
    /// Whether the present frame is work.
    work: bool,
    /// Whether the last byte of a frame that is work may pass.
    allowed: bool,
    /// Whether this client's messages have become large by being inflated.
    expands: bool,
    fault: Option<HeaderFault>,
    message: Option<Message>,
    frames: u64,
}

/// A message of which not everything has come.
#[derive(Debug)]
struct Message {
    began: Instant,
    compressed: bool,
    last: bool,
    frames: u64,
    bytes: u64,
}

impl FrameHeaders {
    /// Follows bytes that came, as far as they may be decoded now. What is left is to be given again.
    pub fn follow(&mut self, bytes: &[u8]) -> Passed {
        let mut at = 0;
        loop {
            if let Some(fault) = self.fault {
                return Passed {
                    bytes: at,
                    stop: Some(Stop::Fault(fault)),
                };
            }
            if self.left > 0 {
                let mut pass = self.left.min((bytes.len() - at) as u64);
                let held = self.work && !self.allowed && pass == self.left && pass > 0;
                if held {
                    pass -= 1;
                }
                self.payload(pass);
                at += pass as usize;
                if held {
                    return Passed {
                        bytes: at,
                        stop: Some(Stop::Work),
                    };
                }
            }
            if at == bytes.len() {
                return Passed {
                    bytes: at,
                    stop: None,
                };
            }
            if self.left == 0 {
                self.header(bytes[at]);
                // A header that is at fault isn't passed on with the byte that shows it.
                at += usize::from(self.fault.is_none());
            }
        }
    }

    fn payload(&mut self, count: u64) {
        self.left -= count;
        let is_data = self.head[0] & 0x08 == 0;
        if let Some(message) = self.message.as_mut().filter(|_| is_data) {
            message.bytes += count;
        }
        if self.left == 0 && count > 0 {
            self.end_of_frame();
        }
    }

    fn end_of_frame(&mut self) {
        self.head_len = 0;
        self.allowed = false;
        let is_data = self.head[0] & 0x08 == 0;
        if is_data && self.message.as_ref().is_some_and(|message| message.last) {
            self.message = None;
        }
    }

    fn header(&mut self, byte: u8) {
        self.head[usize::from(self.head_len)] = byte;
        self.head_len += 1;
        if self.head_len < 2 {
            return;
        }
        let head = &self.head;
        if head[1] & 0x80 == 0 {
            self.fault = Some(HeaderFault::Unmasked);
            return;
        }
        let len = match (head[1] & 0x7f, self.head_len) {
            (126, 4) => u64::from(u16::from_be_bytes([head[2], head[3]])),
            (127, 10) => head[2..10]
                .iter()
                .fold(0, |len, byte| len << 8 | u64::from(*byte)),
            (126 | 127, _) => return,
            (len, _) => u64::from(len),
        };
        // The key comes before the payload, so that no frame ends with its header.
        self.left = len.saturating_add(4);
        self.frames += 1;
        let (is_data, last, rsv1) = (
            head[0] & 0x08 == 0,
            head[0] & 0x80 != 0,
            head[0] & 0x40 != 0,
        );
        self.work = false;
        if !is_data {
            return;
        }
        let message = self.message.get_or_insert_with(|| Message {
            began: Instant::now(),
            compressed: rsv1,
            last,
            frames: 0,
            bytes: 0,
        });
        message.last = last;
        message.frames += 1;
        if message.frames > FREE_FRAMES + message.bytes / BYTES_PER_FRAME {
            self.fault = Some(HeaderFault::TooManyFrames);
        }
        self.work = len > WORK_PLAIN
            || (message.compressed && len > if self.expands { 0 } else { WORK_COMPRESSED });
    }

    /// Lets the frame that is held pass.
    pub fn allow(&mut self) {
        self.allowed = true;
    }

    /// Says that a message of this client became large by being inflated: from now on every compressed one may.
    pub fn expands(&mut self) {
        self.expands = true;
    }

    /// Frames that began so far, of any kind.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// When the message began of which not everything has come, and how many bytes of its frames came.
    pub fn unfinished(&self) -> Option<(Instant, u64)> {
        self.message
            .as_ref()
            .map(|message| (message.began, message.bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 4] = [1, 2, 3, 4];

    fn frame(first: u8, len: usize) -> Vec<u8> {
        let mut frame = vec![first];
        match len {
            0..126 => frame.push(0x80 | len as u8),
            126..65536 => {
                frame.push(0xfe);
                frame.extend((len as u16).to_be_bytes());
            }
            _ => {
                frame.push(0xff);
                frame.extend((len as u64).to_be_bytes());
            }
        }
        frame.extend(KEY);
        frame.resize(frame.len() + len, 0);
        frame
    }

    fn all(bytes: &[u8]) -> Passed {
        Passed {
            bytes: bytes.len(),
            stop: None,
        }
    }

    #[test]
    fn any_split_of_the_bytes_tells_the_same() {
        let bytes = [
            frame(0x01, 3),
            frame(0x89, 5),
            frame(0x00, 0),
            frame(0x80, 70_000),
            frame(0x82, 0),
            frame(0xc1, 300),
        ]
        .concat();
        for step in [1, 2, 7, 1000, bytes.len()] {
            let mut headers = FrameHeaders::default();
            for piece in bytes.chunks(step) {
                assert_eq!(headers.follow(piece), all(piece));
            }
            assert_eq!(headers.frames(), 6);
            assert!(headers.unfinished().is_none());
        }
    }

    #[test]
    fn the_last_byte_of_work_waits() {
        let work = frame(0xc1, 5000);
        for step in [1, 1000, work.len()] {
            let mut headers = FrameHeaders::default();
            let mut passed = 0;
            let stop = loop {
                let end = work.len().min(passed + step);
                let now = headers.follow(&work[passed..end]);
                passed += now.bytes;
                if now.stop.is_some() {
                    break now.stop;
                }
            };
            assert_eq!((passed, stop), (work.len() - 1, Some(Stop::Work)));
            let rest = [&[0][..], &frame(0x81, 3)].concat();
            assert_eq!(
                headers.follow(&rest),
                Passed {
                    bytes: 0,
                    stop: Some(Stop::Work)
                }
            );
            headers.allow();
            assert_eq!(headers.follow(&rest), all(&rest));
        }
    }

    #[test]
    fn what_is_work() {
        let is_work = |frames: &[Vec<u8>], expands: bool| {
            let mut headers = FrameHeaders::default();
            if expands {
                headers.expands();
            }
            headers.follow(&frames.concat()).stop == Some(Stop::Work)
        };
        assert!(!is_work(&[frame(0xc2, 4096)], false));
        assert!(
            is_work(&[frame(0x42, 10), frame(0x80, 4097)], false),
            "a fragment of it"
        );
        assert!(
            !is_work(&[frame(0x02, 10), frame(0x80, 4097)], false),
            "not compressed"
        );
        assert!(is_work(&[frame(0x82, 2 * 1024 * 1024 + 1)], false));
        assert!(is_work(&[frame(0xc2, 20)], true));
        assert!(!is_work(&[frame(0x89, 20), frame(0x82, 20)], true));
    }

    #[test]
    fn a_mask_is_judged_with_the_header() {
        let mut headers = FrameHeaders::default();
        let unmasked = [frame(0x81, 3), vec![0x82, 0x7e]].concat();
        let fault = Some(Stop::Fault(HeaderFault::Unmasked));
        assert_eq!(
            headers.follow(&unmasked),
            Passed {
                bytes: unmasked.len() - 1,
                stop: fault
            }
        );
        assert_eq!(
            headers.follow(&unmasked),
            Passed {
                bytes: 0,
                stop: fault
            }
        );
    }

    #[test]
    fn frames_of_a_message_are_bounded_by_its_bytes() {
        let stop = |len: usize, count: usize| {
            let mut headers = FrameHeaders::default();
            headers.follow(&frame(0x01, 1));
            let stop = headers.follow(&frame(0x00, len).repeat(count)).stop;
            assert!(headers.unfinished().is_some());
            stop
        };
        assert_eq!(stop(0, 1000), None);
        assert_eq!(stop(16, 20_000), None);
        assert_eq!(stop(0, 2000), Some(Stop::Fault(HeaderFault::TooManyFrames)));
    }
}

//! How much bytes look like frames. Only for choosing between readings of a text: the codec judges them.

/// Frames beyond so many say nothing more.
const MOST: usize = 8;

/// The header at the beginning of bytes.
struct Header {
    masked: bool,
    /// Whether FIN, the reserved bits, the opcode and the length go together (RFC 6455 §5.2 and §5.5).
    sane: bool,
    /// The length of the whole frame, where the header is complete.
    whole: Option<u64>,
}

fn header(bytes: &[u8]) -> Option<Header> {
    let [first, second, rest @ ..] = bytes else {
        return None;
    };
    let (opcode, length) = (first & 0x0f, second & 0x7f);
    let masked = second & 0x80 != 0;
    let control = opcode & 8 != 0;
    // RSV1 marks a compressed message (RFC 7692 §6), never a control frame.
    let reserved = first & 0x30 != 0 || (control && first & 0x40 != 0);
    let known = matches!(opcode, 0..=2 | 8..=10);
    let fits = !control || (first & 0x80 != 0 && length < 126);
    let number = |n: usize| {
        let bytes = rest.get(..n)?;
        Some(bytes.iter().fold(0, |sum, b| sum << 8 | u64::from(*b)))
    };
    let (payload, extended) = match length {
        126 => (number(2), 2),
        127 => (number(8), 8),
        n => (Some(n.into()), 0),
    };
    let before = 2 + extended + if masked { 4 } else { 0 };
    let minimal = match (length, payload) {
        (126, Some(n)) => n > 125,
        (127, Some(n)) => n > 0xffff && n >> 63 == 0,
        _ => true,
    };
    Some(Header {
        masked,
        sane: known && !reserved && fits && minimal,
        whole: payload.and_then(|n| n.checked_add(before)),
    })
}

/// How much the bytes look like a chain of frames: above 0 where they rather do.
pub(crate) fn score(bytes: &[u8]) -> i32 {
    let mut rest = bytes;
    let mut score = 0;
    for nth in 0..MOST {
        if rest.is_empty() {
            return score + 6;
        }
        let Some(header) = header(rest) else {
            return score;
        };
        if !header.sane {
            return score - if nth == 0 { 20 } else { 8 };
        }
        // A message begins with a data or control frame.
        if nth == 0 && rest.first().is_some_and(|b| b & 0x0f == 0) {
            score -= if rest.starts_with(&[0, 0]) { 60 } else { 6 };
        }
        let whole = header.whole.and_then(|n| usize::try_from(n).ok());
        match whole.and_then(|n| rest.get(n..)) {
            Some(later) => {
                score += 8;
                rest = later;
            }
            // What is there may be the beginning of a longer one.
            None => {
                return score
                    + if whole.is_some_and(|n| n < 1 << 16) {
                        3
                    } else {
                        0
                    };
            }
        }
    }
    score
}

/// Whether the first frame is masked, which only a client's is; `None` where there is no sane frame.
pub(crate) fn masked(bytes: &[u8]) -> Option<bool> {
    header(bytes).filter(|h| h.sane).map(|h| h.masked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_look_like_frames_and_text_does_not() {
        for good in [
            &b"\x81\x05Hello"[..],
            b"\x88\x02\x03\xe8",
            b"\x89\x00\x8a\x00",
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
            b"\x81\x05He",
        ] {
            assert!(score(good) > 0, "{good:?}");
        }
        for bad in [
            &b"GET / HTTP/1.1"[..],
            b"Q\x05\x30\x41",
            b"\x16\x03\x01\x02",
        ] {
            assert!(score(bad) < 0, "{bad:?}");
        }
        assert!(score(b"\x81\x05Hello") > score(b"\x81\x05Hel"));
        assert_eq!(masked(b"\x81\x85"), Some(true));
        assert_eq!(masked(b"\x81\x05"), Some(false));
        assert_eq!(masked(b"HTTP"), None);
    }
}

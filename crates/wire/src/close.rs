//! Close codes and the payload of a close frame (RFC 6455 §5.5.1, §7.4).
//!
//! ```
//! use wire::close::{Close, CloseCode};
//! let close = Close::read(&[0x03, 0xe9, b'b', b'y', b'e']).unwrap();
//! assert_eq!(close.code, CloseCode(1001));
//! assert_eq!(close.code.name(), "going away");
//! assert_eq!(close.reason, "bye");
//! assert!(!CloseCode(1006).may_be_sent());
//! ```

/// The longest reason, in bytes: a control frame carries 125, and the code takes two (RFC 6455 §5.5).
pub const MAX_REASON: usize = 123;

/// A close code, any of the 65,536 that two bytes can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CloseCode(pub u16);

/// Who may use a close code for what (RFC 6455 §7.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeKind {
    /// 0–999: not used.
    Unused,
    /// Has a meaning given by RFC 6455 or by IANA's registry, and may be sent.
    Defined,
    /// 1005, 1006 and 1015: an endpoint tells its own application, never its peer (§7.4.1).
    LocalOnly,
    /// 1004 and the rest of 1000–2999: kept for the protocol's future, not to be sent today.
    Reserved,
    /// 3000–3999: for libraries, frameworks and applications that register with IANA.
    Registered,
    /// 4000–4999: for private agreements between both ends.
    Private,
    /// 5000 and above: no range that §7.4.2 knows.
    OutOfRange,
}

impl CloseCode {
    /// What the range of this code is for.
    pub fn kind(self) -> CodeKind {
        match self.0 {
            0..=999 => CodeKind::Unused,
            1005 | 1006 | 1015 => CodeKind::LocalOnly,
            1000..=1003 | 1007..=1014 => CodeKind::Defined,
            1004 | 1016..=2999 => CodeKind::Reserved,
            3000..=3999 => CodeKind::Registered,
            4000..=4999 => CodeKind::Private,
            5000.. => CodeKind::OutOfRange,
        }
    }

    /// Whether the code may stand in a close frame.
    pub fn may_be_sent(self) -> bool {
        matches!(
            self.kind(),
            CodeKind::Defined | CodeKind::Registered | CodeKind::Private
        )
    }

    /// Whether a page's script may pass the code to `WebSocket.close()`: 1000, or 3000–4999 (WHATWG WebSockets).
    pub fn script_may_send(self) -> bool {
        matches!(self.0, 1000 | 3000..=4999)
    }

    /// A short name, as in RFC 6455 §7.4.1 or IANA's registry of close codes.
    pub fn name(self) -> &'static str {
        let registered = REGISTERED.iter().find(|entry| entry.code == self);
        registered.map_or_else(
            || match self.kind() {
                CodeKind::Registered => "registered use",
                CodeKind::Private => "private use",
                CodeKind::Reserved => "reserved",
                _ => "not a close code",
            },
            |entry| entry.name,
        )
    }
}

/// An entry of IANA's registry of close codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegisteredCode {
    /// The code.
    pub code: CloseCode,
    /// A short name.
    pub name: &'static str,
    /// Whether RFC 6455 §7.4.1 has it; the others were registered later.
    pub in_rfc: bool,
}

const fn entry(code: u16, name: &'static str, in_rfc: bool) -> RegisteredCode {
    RegisteredCode {
        code: CloseCode(code),
        name,
        in_rfc,
    }
}

/// All that IANA's registry of close codes lists one by one (<https://www.iana.org/assignments/websocket>), in order.
pub const REGISTERED: [RegisteredCode; 19] = [
    entry(1000, "normal closure", true),
    entry(1001, "going away", true),
    entry(1002, "protocol error", true),
    entry(1003, "unsupported data", true),
    entry(1004, "reserved", true),
    entry(1005, "no status received", true),
    entry(1006, "abnormal closure", true),
    entry(1007, "invalid payload data", true),
    entry(1008, "policy violation", true),
    entry(1009, "message too big", true),
    entry(1010, "mandatory extension", true),
    entry(1011, "internal error", true),
    entry(1012, "service restart", false),
    entry(1013, "try again later", false),
    entry(1014, "bad gateway", false),
    entry(1015, "TLS handshake failed", true),
    entry(3000, "unauthorized", false),
    entry(3003, "forbidden", false),
    entry(3008, "timeout", false),
];

impl std::fmt::Display for CloseCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a close frame says: nothing, or a code and a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// Why the sender closes.
    pub code: CloseCode,
    /// A note for logs, at most [`MAX_REASON`] bytes of UTF-8. A client must not show it to its user (RFC 6455 §5.5.1).
    pub reason: String,
}

impl Close {
    /// Reads the payload of a close frame. `None` when there is none, or when it cannot be read: the decoder
    /// reports that as a violation of its own.
    pub fn read(payload: &[u8]) -> Option<Close> {
        let (code, reason) = payload.split_first_chunk::<2>()?;
        Some(Close {
            code: CloseCode(u16::from_be_bytes(*code)),
            reason: simdutf8::basic::from_utf8(reason).ok()?.to_owned(),
        })
    }

    /// The payload: two bytes of code, then the reason, which is cut at a character where it is too long.
    pub fn payload(&self) -> Vec<u8> {
        let mut end = self.reason.len().min(MAX_REASON);
        while !self.reason.is_char_boundary(end) {
            end -= 1;
        }
        let mut out = self.code.0.to_be_bytes().to_vec();
        out.extend_from_slice(&self.reason.as_bytes()[..end]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_codes_travel() {
        let sent: Vec<u16> = (0..=u16::MAX)
            .filter(|c| CloseCode(*c).may_be_sent())
            .collect();
        assert_eq!(
            sent[..11],
            [
                1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013
            ]
        );
        assert_eq!(sent[11], 1014);
        assert_eq!(sent[12], 3000);
        assert_eq!(sent.last(), Some(&4999));
        assert_eq!(sent.len(), 12 + 2000);
    }

    #[test]
    fn registered_codes_come_in_order_and_give_their_names() {
        assert!(REGISTERED.is_sorted_by_key(|entry| entry.code));
        for entry in REGISTERED {
            assert_eq!(entry.code.name(), entry.name);
        }
        assert_eq!(CloseCode(3001).name(), "registered use");
        assert_eq!(CloseCode(1016).name(), "reserved");
    }

    #[test]
    fn a_long_reason_is_cut_between_characters() {
        let close = Close {
            code: CloseCode(1000),
            reason: "é".repeat(100),
        };
        let payload = close.payload();
        assert_eq!(payload.len(), 2 + 122);
        assert_eq!(Close::read(&payload).unwrap().reason, "é".repeat(61));
    }
}

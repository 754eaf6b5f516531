//! From the client's key to the server's proof that it has read it (RFC 6455 §1.3, §4.2.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

/// What a server joins to the key. No other protocol has a reason to do so, which is the point (RFC 6455 §1.3).
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Bytes that a key decodes to.
pub const KEY_BYTES: usize = 16;

/// The value of `Sec-WebSocket-Accept` and every step on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    /// The key as it stood in the request, without the white space around it.
    pub key: String,
    /// The key and the [`GUID`], joined as text: the key is not decoded.
    pub concatenation: String,
    /// SHA-1 of that text.
    pub digest: [u8; 20],
    /// The digest in base64: what goes into the header.
    pub value: String,
}

/// Derives the answer to a key. Any text will do, as the derivation never looks into it; see [`key_bytes`].
///
/// ```
/// let accept = wire::handshake::accept("dGhlIHNhbXBsZSBub25jZQ==");
/// assert_eq!(accept.digest[..4], [0xb3, 0x7a, 0x4f, 0x2c]);
/// assert_eq!(accept.value, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
/// ```
pub fn accept(key: &str) -> Accept {
    let key = key.trim_matches([' ', '\t']);
    let concatenation = format!("{key}{GUID}");
    let digest: [u8; 20] = Sha1::digest(concatenation.as_bytes()).into();
    Accept {
        key: key.to_owned(),
        value: STANDARD.encode(digest),
        concatenation,
        digest,
    }
}

/// The bytes that a key stands for, or `None` when it is not base64. A legal key has [`KEY_BYTES`].
pub fn key_bytes(key: &str) -> Option<Vec<u8>> {
    STANDARD.decode(key).ok()
}

/// The usual mistake that gives this wrong accept value for a key, in a few words that continue “it is the value …”.
///
/// ```
/// use wire::handshake::accept_mistake;
/// let of_the_decoded_key = "BXhwxM0SZasKmCD9S4BfpPmCnEw=";
/// let mistake = accept_mistake("dGhlIHNhbXBsZSBub25jZQ==", of_the_decoded_key);
/// assert_eq!(mistake, Some("for the key decoded from base64; what is hashed is its text"));
/// ```
pub fn accept_mistake(key: &str, value: &str) -> Option<&'static str> {
    let key = key.trim_matches([' ', '\t']);
    let right = accept(key);
    let hash = |parts: &[&[u8]]| {
        let mut sha = Sha1::new();
        parts.iter().for_each(|part| sha.update(part));
        STANDARD.encode(sha.finalize())
    };
    let hex: String = right.digest.iter().map(|b| format!("{b:02x}")).collect();
    let guid = GUID.as_bytes();
    let lower = GUID.to_ascii_lowercase();
    let decoded = key_bytes(key).unwrap_or_default();
    let mistakes = [
        (hash(&[guid]), "for an empty key"),
        (
            hash(&[&decoded, guid]),
            "for the key decoded from base64; what is hashed is its text",
        ),
        (hash(&[key.as_bytes()]), "for the key without the GUID"),
        (
            hash(&[key.as_bytes(), lower.as_bytes()]),
            "for the GUID in small letters",
        ),
        (
            hash(&[key.as_bytes(), b" ", guid]),
            "for the key with a space after it",
        ),
        (
            hash(&[b" ", key.as_bytes(), guid]),
            "for the key with a space before it",
        ),
        (
            hash(&[key.as_bytes(), b"\r", guid]),
            "for the key with the CR after it",
        ),
        (
            hash(&[key.as_bytes(), b"\r\n", guid]),
            "for the key with the line end after it",
        ),
        (
            hash(&[key.as_bytes(), guid, b"\n"]),
            "for the joined text with a line end after it",
        ),
        (
            hash(&[guid, key.as_bytes()]),
            "for the GUID before the key, where the key comes first",
        ),
        (
            STANDARD.encode(&hex),
            "in base64 of the hash’s hexadecimal digits; its 20 bytes are to be encoded",
        ),
    ];
    let found = mistakes.into_iter().find(|(wrong, _)| wrong == value);
    let other = || {
        let hex_digits = value.eq_ignore_ascii_case(&hex);
        let capitals = value.eq_ignore_ascii_case(&right.value) && value != right.value;
        let padding = right.value.trim_end_matches('=') == value;
        [
            (hex_digits, "in hexadecimal digits; base64 is needed"),
            (capitals, "but for the capitals, which count"),
            (padding, "without the = at its end"),
        ]
        .into_iter()
        .find_map(|(is, words)| is.then_some(words))
    };
    found.map(|(_, words)| words).or_else(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc() {
        let accept = accept(" dGhlIHNhbXBsZSBub25jZQ== ");
        assert_eq!(
            accept.concatenation,
            "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        );
        assert_eq!(
            accept.digest,
            [
                0xb3, 0x7a, 0x4f, 0x2c, 0xc0, 0x62, 0x4f, 0x16, 0x90, 0xf6, 0x46, 0x06, 0xcf, 0x38,
                0x59, 0x45, 0xb2, 0xbe, 0xc4, 0xea
            ]
        );
        assert_eq!(accept.value, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn the_usual_mistakes_are_told_apart() {
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        for (value, says) in [
            ("Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=", "for an empty key"),
            ("s3pplmbitxaq9kygzzhzrbk+xoo=", "but for the capitals"),
            ("s3pPLMBiTxaQ9kYGzzhZRbK+xOo", "without the ="),
            (
                "B37A4F2CC0624F1690F64606CF385945B2BEC4EA",
                "in hexadecimal digits",
            ),
            (
                "YjM3YTRmMmNjMDYyNGYxNjkwZjY0NjA2Y2YzODU5NDViMmJlYzRlYQ==",
                "in base64 of the hash’s hexadecimal digits",
            ),
        ] {
            let found = accept_mistake(key, value).unwrap_or_default();
            assert!(found.starts_with(says), "{value}: {found}");
        }
        let with_line_end = STANDARD.encode(Sha1::digest(format!("{key}\r\n{GUID}")));
        let found = accept_mistake(key, &with_line_end);
        assert_eq!(found, Some("for the key with the line end after it"));
        assert_eq!(accept_mistake(key, &accept(key).value), None);
        assert_eq!(accept_mistake(key, &accept("another").value), None);
        assert_eq!(accept_mistake("é", ""), None);
    }

    #[test]
    fn a_key_is_base64_of_any_length() {
        assert_eq!(
            key_bytes("dGhlIHNhbXBsZSBub25jZQ==").as_deref(),
            Some(&b"the sample nonce"[..])
        );
        assert_eq!(key_bytes("dGhl").map(|b| b.len()), Some(3));
        assert_eq!(key_bytes("dGhlIHNhbXBsZSBub25jZQ"), None);
        assert_eq!(key_bytes("é"), None);
    }
}

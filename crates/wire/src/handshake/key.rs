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

//! What is wrong with a key, and the digest in groups.

use wire::handshake::{KEY_BYTES, key_bytes};

use crate::kit::number::{counted, hex_spaced};

/// The key of the example in RFC 6455 §1.3.
pub const EXAMPLE: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// What is wrong with a key, in words; nothing where it is a legal one.
pub fn problem(key: &str) -> Option<String> {
    let key = key.trim_matches([' ', '\t']);
    match key_bytes(key) {
        _ if key.is_empty() => Some(
            "There is no key yet. A key is base64 of 16 bytes: 24 characters, the last two of them “=”."
                .to_owned(),
        ),
        None => {
            let odd = key
                .chars()
                .enumerate()
                .find(|(_, c)| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/' | '='));
            Some(match odd {
                Some((at, c)) => format!(
                    "This is not base64: character {}, “{c}”, is none of A–Z, a–z, 0–9, “+” and “/”.",
                    at + 1
                ),
                None => "This is not base64: characters come in groups of four, the last group filled up with “=”.".to_owned(),
            })
        }
        Some(bytes) if bytes.len() != KEY_BYTES => Some(format!(
            "This is base64 of {}, and a key is base64 of 16.",
            counted(bytes.len() as u64, "byte", "bytes")
        )),
        Some(_) => None,
    }
}

/// Three bytes of the digest and the four characters that stand for them, seven times; the last time two and four.
pub fn groups(digest: &[u8], value: &str) -> Vec<(String, String)> {
    let letters: Vec<char> = value.chars().collect();
    digest
        .chunks(3)
        .zip(letters.chunks(4))
        .map(|(bytes, letters)| (hex_spaced(bytes), letters.iter().collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::handshake::accept;

    #[test]
    fn what_is_wrong_with_a_key() {
        assert_eq!(problem(EXAMPLE), None);
        assert_eq!(problem(&format!(" {EXAMPLE} ")), None);
        for (key, word) in [
            ("", "no key yet"),
            ("aGVsbG8=", "base64 of 5 bytes"),
            ("AA==", "base64 of 1 byte,"),
            ("hello", "groups of four"),
            ("dGhlIHNhbXBsZSBub25jZQé=", "character 23, “é”"),
        ] {
            let said = problem(key).unwrap();
            assert!(said.contains(word), "{key}: {said}");
        }
    }

    #[test]
    fn the_groups_make_up_the_value() {
        let derived = accept(EXAMPLE);
        let groups = groups(&derived.digest, &derived.value);
        assert_eq!(groups.len(), 7);
        assert_eq!(groups[0], ("b3 7a 4f".into(), "s3pP".into()));
        assert_eq!(groups[6], ("c4 ea".into(), "xOo=".into()));
        let joined: String = groups.into_iter().map(|g| g.1).collect();
        assert_eq!(joined, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}

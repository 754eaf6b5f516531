//! What the instruments about messages share.

use wire::Role;
use wire::session::Kind;

use super::frame_inspector::link_at;
use crate::kit::number::hex_spaced;

/// Bytes as people read them: text where they are text, `⟨e2 82⟩` where they are not.
pub fn readable(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        out.extend(
            chunk
                .valid()
                .chars()
                .map(|c| if c.is_control() { '·' } else { c }),
        );
        if !chunk.invalid().is_empty() {
            out.push_str(&format!("⟨{}⟩", hex_spaced(chunk.invalid())));
        }
    }
    out.replace("⟩⟨", " ")
}

/// A message as it stands in its box.
pub fn write_message(kind: Kind, message: &[u8]) -> String {
    match kind {
        Kind::Text => String::from_utf8_lossy(message).into_owned(),
        Kind::Binary => hex_spaced(message),
    }
}

/// A message from its box: at most so many bytes.
///
/// # Errors
/// Says what is wrong with it.
pub fn read_message(kind: Kind, text: &str, most: usize) -> Result<Vec<u8>, String> {
    let bytes = match kind {
        Kind::Text => text.as_bytes().to_vec(),
        Kind::Binary => read_bytes(text)?,
    };
    if bytes.len() <= most {
        Ok(bytes)
    } else {
        Err(format!(
            "That is {} bytes. Every byte is drawn, up to {most}; below is what there was before.",
            bytes.len()
        ))
    }
}

/// The most bytes that are read at all. How many a message may have is said where it is used.
const MAX_PASTE: usize = 64 << 10;

/// Bytes in hexadecimal digits; none is allowed.
pub fn read_bytes(text: &str) -> Result<Vec<u8>, String> {
    if text.trim().is_empty() {
        Ok(Vec::new())
    } else {
        notation::read_hex(text, MAX_PASTE).map_err(|trouble| trouble.to_string())
    }
}

/// A masking key of this page: different for each frame, but no secret. A real one has to be unpredictable.
pub fn made_up_key(number: usize) -> [u8; 4] {
    let mut x = (number as u32)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9)
        .wrapping_add(0x37fa_213d);
    x = (x ^ x >> 16).wrapping_mul(0x85eb_ca6b);
    (x ^ x >> 13).to_be_bytes()
}

/// The frame inspector on one of several frames, at its first byte: path and query. The others come along: a continuation
/// means nothing alone, and a compressed message may refer to the one before. `None` where they are too many for a link.
pub fn in_frame_inspector<'a>(
    frames: impl Iterator<Item = &'a [u8]>,
    number: usize,
    from: Role,
    deflate: bool,
) -> Option<String> {
    let (mut all, mut at) = (Vec::new(), 0);
    for (place, frame) in frames.enumerate() {
        if place == number {
            at = all.len();
        }
        all.extend_from_slice(frame);
    }
    link_at(&all, from, deflate, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::MAX_LINK_BYTES;

    #[test]
    fn a_frame_is_taken_apart_among_the_others() {
        let frames = [&[1u8, 0][..], &[2], &[3]];
        let link = |deflate| in_frame_inspector(frames.into_iter(), 1, Role::Server, deflate);
        assert_eq!(
            link(true).as_deref(),
            Some("/frames?hex=01000203&from=server&step=2&deflate=1")
        );
        assert!(!link(false).unwrap().contains("deflate"));
        let long = [0u8; MAX_LINK_BYTES + 1];
        assert_eq!(
            in_frame_inspector([&long[..]].into_iter(), 0, Role::Client, false),
            None
        );
    }

    #[test]
    fn keys_differ() {
        let keys: std::collections::BTreeSet<_> = (0..40).map(made_up_key).collect();
        assert_eq!(keys.len(), 40);
    }

    #[test]
    fn what_is_typed_is_read_or_refused() {
        assert_eq!(read_message(Kind::Text, "é", 2), Ok(vec![0xc3, 0xa9]));
        assert!(
            read_message(Kind::Text, "é", 1)
                .unwrap_err()
                .contains("2 bytes")
        );
        assert_eq!(read_message(Kind::Binary, " ", 0), Ok(vec![]));
        assert!(read_message(Kind::Binary, "f", 9).is_err());
        assert_eq!(write_message(Kind::Binary, &[1, 2]), "01 02");
    }

    #[test]
    fn what_is_no_text_is_shown_as_bytes() {
        assert_eq!(readable("é\n".as_bytes()), "é·");
        assert_eq!(readable(b"a\xe2\x82"), "a⟨e2 82⟩");
        assert_eq!(readable(b"\x82\xacb"), "⟨82 ac⟩b");
    }
}

//! Messages: cut into fragments, checked as they arrive, compressed.

mod cutter;
mod deflate;
mod gate;

pub use cutter::MessageCutter;
pub use deflate::DeflateInside;
pub use gate::Utf8Gate;

use crate::ui::hex_spaced;

/// Bytes as people read them: text where they are text, `⟨e2 82⟩` where they are not.
fn readable(bytes: &[u8]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_shown_as_bytes() {
        assert_eq!(readable("é\n".as_bytes()), "é·");
        assert_eq!(readable(b"a\xe2\x82"), "a⟨e2 82⟩");
        assert_eq!(readable(b"\x82\xacb"), "⟨82 ac⟩b");
    }
}

//! Bytes, written for people and programs.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Into what bytes can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Two digits a byte, a space between two bytes.
    Hex,
    /// An array of Rust.
    Rust,
    /// Bytes of Python 3.
    Python,
    /// An array of C.
    C,
    /// A `Uint8Array` of JavaScript.
    JavaScript,
    /// Base64, padded.
    Base64,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 6] = [
        Language::Hex,
        Language::Rust,
        Language::Python,
        Language::C,
        Language::JavaScript,
        Language::Base64,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Language::Hex => "Hex",
            Language::Rust => "Rust",
            Language::Python => "Python",
            Language::C => "C",
            Language::JavaScript => "JavaScript",
            Language::Base64 => "Base64",
        }
    }
}

/// Bytes on a line of an array: 16 times six characters fit on a screen.
const ON_A_LINE: usize = 16;

/// Writes bytes so that a program compiles with them, or [`read`](crate::read) reads them again.
pub fn write(bytes: &[u8], language: Language) -> String {
    let n = bytes.len();
    match language {
        Language::Hex => {
            let mut out = String::with_capacity(n * 3);
            for (i, byte) in bytes.iter().enumerate() {
                let _ = write!(out, "{}{byte:02x}", if i == 0 { "" } else { " " });
            }
            out
        }
        Language::Rust => format!("const FRAME: [u8; {n}] = [\n{}];\n", numbers(bytes, "    ")),
        Language::C => format!(
            "static const unsigned char frame[{n}] = {{\n{}}};\n",
            numbers(bytes, "    ")
        ),
        Language::JavaScript => {
            format!(
                "const frame = new Uint8Array([\n{}]);\n",
                numbers(bytes, "  ")
            )
        }
        Language::Python => {
            let mut out = String::from("frame = (\n");
            for line in bytes.chunks(ON_A_LINE) {
                out.push_str("    b\"");
                for byte in line {
                    let _ = write!(out, "\\x{byte:02x}");
                }
                out.push_str("\"\n");
            }
            out.push_str(")\n");
            out
        }
        Language::Base64 => STANDARD.encode(bytes),
    }
}

fn numbers(bytes: &[u8], indent: &str) -> String {
    let mut out = String::with_capacity(bytes.len() * 6 + bytes.len() / ON_A_LINE * 5);
    for line in bytes.chunks(ON_A_LINE) {
        out.push_str(indent);
        for (i, byte) in line.iter().enumerate() {
            let _ = write!(out, "{}0x{byte:02x},", if i == 0 { "" } else { " " });
        }
        out.push('\n');
    }
    out
}

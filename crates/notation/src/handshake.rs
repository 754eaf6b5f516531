//! The two halves of an opening handshake, as a text holds them.

use serde::{Deserialize, Serialize};

use crate::Side;

/// How a handshake is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandshakeForm {
    /// Lines as they are sent, perhaps behind the prefix of a log.
    Lines,
    /// A string of a programming language.
    Literal,
    /// What `curl -v` or `curl -i -v` prints.
    CurlVerbose,
    /// What `curl --trace` or `--trace-ascii` prints.
    CurlTrace,
    /// A command line of curl.
    CurlCommand,
    /// The headers panel of a browser's developer tools.
    DevTools,
    /// A map or list of names and values, as a program prints it.
    Pairs,
    /// Bytes in a dump.
    Dump,
}

impl HandshakeForm {
    /// A name for people, to stand after “Read as”.
    pub fn name(self) -> &'static str {
        match self {
            HandshakeForm::Lines => "header lines",
            HandshakeForm::Literal => "header lines in a string",
            HandshakeForm::CurlVerbose => "header lines with curl's marks",
            HandshakeForm::CurlTrace => "header lines in a trace of curl",
            HandshakeForm::CurlCommand => "a command line of curl",
            HandshakeForm::DevTools => "headers from a browser's developer tools",
            HandshakeForm::Pairs => "a map of headers",
            HandshakeForm::Dump => "header lines in a dump",
        }
    }
}

/// What a reader of a handshake should know of how it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// The empty line that ends the header is not in the text. Copies lose it; it was put back.
    EmptyLine(Side),
    /// The first line is not in the text. A usual one stands in for it.
    FirstLine(Side),
    /// Each line was there twice; one of each was taken.
    Doubled,
    /// The request was made from the options of a command line.
    FromCommand,
    /// Lines that are not on the wire were left out.
    LeftOut,
}

impl Note {
    /// A sentence for people.
    pub fn text(self) -> &'static str {
        match self {
            Note::EmptyLine(Side::Client) => {
                "The empty line that ends the request is not in the text. Copies often lose it, so it was put back."
            }
            Note::EmptyLine(Side::Server) => {
                "The empty line that ends the response is not in the text. Copies often lose it, so it was put back."
            }
            Note::FirstLine(Side::Client) => {
                "The request line is not in the text. A usual one stands in for it."
            }
            Note::FirstLine(Side::Server) => {
                "The status line is not in the text. A usual one stands in for it."
            }
            Note::Doubled => "Each line was there twice; one of each was taken.",
            Note::FromCommand => {
                "The request was put together from the options of the command, as curl does it."
            }
            Note::LeftOut => "Lines that are not on the wire were left out.",
        }
    }
}

/// A request, a response, or both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// The request's header with CRLF behind each line, and the empty line unless that is known to be missing.
    pub request: Option<String>,
    /// The response's header, in the same way.
    pub response: Option<String>,
    /// How they were written.
    pub form: HandshakeForm,
    /// What is to be known of how they were read.
    pub notes: Vec<Note>,
}

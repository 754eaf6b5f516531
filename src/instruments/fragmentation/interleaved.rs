//! Frames that are no fragments of the message.

use wire::close::{Close, CloseCode};
use wire::frame::Opcode;

/// A frame that is no fragment of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interleaved {
    /// A ping.
    Ping,
    /// A pong that nobody asked for.
    Pong,
    /// A close frame with code 1000.
    Close,
    /// A whole text message.
    Text,
    /// A whole binary message.
    Binary,
    /// A continuation frame with FIN 1 that belongs to nothing of the message.
    Continuation,
    /// A ping with FIN 0.
    CutPing,
}

impl Interleaved {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Interleaved; 7] = [
        Interleaved::Ping,
        Interleaved::Pong,
        Interleaved::Close,
        Interleaved::Text,
        Interleaved::Binary,
        Interleaved::Continuation,
        Interleaved::CutPing,
    ];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Interleaved::Ping => "ping",
            Interleaved::Pong => "pong",
            Interleaved::Close => "close",
            Interleaved::Text => "text",
            Interleaved::Binary => "binary",
            Interleaved::Continuation => "continuation",
            Interleaved::CutPing => "ping-without-fin",
        }
    }

    /// What the reader sees.
    pub fn label(self) -> &'static str {
        match self {
            Interleaved::Ping => "Ping",
            Interleaved::Pong => "Pong",
            Interleaved::Close => "Close",
            Interleaved::Text => "Text frame",
            Interleaved::Binary => "Binary frame",
            Interleaved::Continuation => "Continuation",
            Interleaved::CutPing => "Ping without FIN",
        }
    }

    /// Its opcode, its FIN bit and its payload.
    pub fn frame(self) -> (Opcode, bool, Vec<u8>) {
        match self {
            Interleaved::Ping => (Opcode::Ping, true, b"?".to_vec()),
            Interleaved::Pong => (Opcode::Pong, true, Vec::new()),
            Interleaved::Close => {
                let close = Close {
                    code: CloseCode(1000),
                    reason: String::new(),
                };
                (Opcode::Close, true, close.payload())
            }
            Interleaved::Text => (Opcode::Text, true, b"Hi".to_vec()),
            Interleaved::Binary => (Opcode::Binary, true, vec![1, 2]),
            Interleaved::Continuation => (Opcode::Continuation, true, b"+".to_vec()),
            Interleaved::CutPing => (Opcode::Ping, false, b"?".to_vec()),
        }
    }
}

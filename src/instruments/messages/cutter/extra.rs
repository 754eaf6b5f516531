//! Frames that are no fragments of the message.

use wire::close::{Close, CloseCode};
use wire::frame::Opcode;

/// A frame that is no fragment of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
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

impl Extra {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Extra; 7] = [
        Extra::Ping,
        Extra::Pong,
        Extra::Close,
        Extra::Text,
        Extra::Binary,
        Extra::Continuation,
        Extra::CutPing,
    ];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Extra::Ping => "ping",
            Extra::Pong => "pong",
            Extra::Close => "close",
            Extra::Text => "text",
            Extra::Binary => "binary",
            Extra::Continuation => "continuation",
            Extra::CutPing => "ping-without-fin",
        }
    }

    /// What the reader sees.
    pub fn label(self) -> &'static str {
        match self {
            Extra::Ping => "Ping",
            Extra::Pong => "Pong",
            Extra::Close => "Close",
            Extra::Text => "Text frame",
            Extra::Binary => "Binary frame",
            Extra::Continuation => "Continuation",
            Extra::CutPing => "Ping without FIN",
        }
    }

    /// Its opcode, its FIN bit and its payload.
    pub fn frame(self) -> (Opcode, bool, Vec<u8>) {
        match self {
            Extra::Ping => (Opcode::Ping, true, b"?".to_vec()),
            Extra::Pong => (Opcode::Pong, true, Vec::new()),
            Extra::Close => {
                let close = Close {
                    code: CloseCode(1000),
                    reason: String::new(),
                };
                (Opcode::Close, true, close.payload())
            }
            Extra::Text => (Opcode::Text, true, b"Hi".to_vec()),
            Extra::Binary => (Opcode::Binary, true, vec![1, 2]),
            Extra::Continuation => (Opcode::Continuation, true, b"+".to_vec()),
            Extra::CutPing => (Opcode::Ping, false, b"?".to_vec()),
        }
    }
}

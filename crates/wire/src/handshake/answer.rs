//! The bytes of a request, and of the answers to it.

use std::fmt::Write as _;

use super::judge::Asked;
use super::judge_request::RequestVerdict;
use super::key::accept;
use super::list::extensions;
use crate::deflate;

/// A server's answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 101, or the status of a refusal.
    pub status: u16,
    /// The head, and for a refusal the body.
    pub bytes: Vec<u8>,
}

/// The standard words for a status.
fn reason_phrase(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        403 => "Forbidden",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        426 => "Upgrade Required",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        _ => "Bad Request",
    }
}

impl RequestVerdict {
    /// What the server sends: 101 where all is well, or a refusal that says what is not (RFC 6455 §4.2.2).
    pub fn answer(&self) -> Answer {
        match self.broken() {
            None => self.switch(),
            Some(broken) => {
                let status = broken.requirement.status();
                refusal(status, &broken.message)
            }
        }
    }

    fn switch(&self) -> Answer {
        let mut head = String::from(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
        );
        // Writing to a string cannot fail.
        let _ = write!(
            head,
            "Sec-WebSocket-Accept: {}\r\n",
            accept(&self.key).value
        );
        if let Some(protocol) = &self.protocol {
            let _ = write!(head, "Sec-WebSocket-Protocol: {protocol}\r\n");
        }
        if let Some(answer) = &self.deflate {
            let _ = write!(head, "Sec-WebSocket-Extensions: {}\r\n", answer.header);
        }
        head.push_str("\r\n");
        Answer {
            status: 101,
            bytes: head.into_bytes(),
        }
    }
}

/// A refusal: a status and a sentence for people. What a status needs beside it is added, such as the version that the
/// server speaks with 426 (RFC 6455 §4.2.2, RFC 9110 §15.5.22) and the methods that it takes with 405.
pub fn refusal(status: u16, message: &str) -> Answer {
    let mut head = format!("HTTP/1.1 {status} {}\r\n", reason_phrase(status));
    match status {
        405 => head.push_str("Allow: GET\r\nConnection: close\r\n"),
        426 => head.push_str(
            "Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Version: 13\r\n",
        ),
        _ => head.push_str("Connection: close\r\n"),
    }
    let _ = write!(
        head,
        "Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\r\n{message}\n",
        message.len() + 1
    );
    Answer {
        status,
        bytes: head.into_bytes(),
    }
}

/// A client's request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientRequest {
    /// Host, and port where it is not the usual one, such as `example.com:8080`.
    pub host: String,
    /// Path and query, such as `/chat?room=1`.
    pub target: String,
    /// 16 random bytes.
    pub key: [u8; super::KEY_BYTES],
    /// Where the page came from; browsers send it.
    pub origin: Option<String>,
    /// Subprotocols, best first.
    pub protocols: Vec<String>,
    /// Offers of permessage-deflate, best first.
    pub deflate: Vec<deflate::Offer>,
}

impl ClientRequest {
    /// The bytes to send.
    ///
    /// The fields are written as they are: text from outside must not hold line breaks.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\n",
            self.target,
            self.host,
            self.key_text()
        );
        if let Some(origin) = &self.origin {
            let _ = write!(head, "Origin: {origin}\r\n");
        }
        if !self.protocols.is_empty() {
            let _ = write!(
                head,
                "Sec-WebSocket-Protocol: {}\r\n",
                self.protocols.join(", ")
            );
        }
        if !self.deflate.is_empty() {
            let _ = write!(head, "Sec-WebSocket-Extensions: {}\r\n", self.offers());
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// What the answer will be judged by.
    pub fn asked(&self) -> Asked {
        Asked {
            key: self.key_text(),
            protocols: self.protocols.clone(),
            extensions: extensions(&self.offers()).unwrap_or_default(),
        }
    }

    fn key_text(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(self.key)
    }

    fn offers(&self) -> String {
        let offers: Vec<_> = self.deflate.iter().map(deflate::Offer::to_string).collect();
        offers.join(", ")
    }
}

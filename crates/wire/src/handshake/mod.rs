//! The opening handshake: an HTTP/1.1 request, and the answer that turns the connection into a WebSocket
//! (RFC 6455 §4, §9, §11.3).
//!
//! ```
//! use wire::handshake::{accept, head_len, Response};
//! let bytes = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
//!     Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x05Hello";
//! let end = head_len(bytes).expect("the blank line is there");
//! assert_eq!(bytes[end], 0x81, "frames follow the head at once");
//! let response = Response::parse(&bytes[..end]).unwrap();
//! assert_eq!(response.status(), 101);
//! assert!(response.head().has_token("connection", "upgrade"));
//! assert_eq!(response.head().value("sec-websocket-accept"), Some(&*accept("dGhlIHNhbXBsZSBub25jZQ==").value));
//! ```

mod answer;
mod browser;
mod copied;
mod exchange;
mod finding;
mod head;
mod judge;
mod judge_request;
mod judge_response;
mod key;
mod list;
mod malformed;
mod requirement;

pub use answer::{Answer, ClientRequest, refusal};
pub use browser::{BrowserNote, BrowserRule};
pub use copied::{Copied, End, Found};
pub use exchange::{Exchange, SideFinding, judge_exchange, response_behind};
pub use finding::{Fault, Finding, Section};
pub use head::{Head, HeaderLine, MAX_HEADERS, Request, Response, head_len};
pub use judge::{Asked, DEFAULT_MAX_HEAD, Policy};
pub use judge_request::{Declined, RequestVerdict, judge_copied_request, judge_request};
pub use judge_response::{ResponseVerdict, judge_copied_response, judge_response};
pub use key::{Accept, GUID, KEY_BYTES, accept, accept_mistake, key_bytes};
pub use list::{Extension, ListError, Param, extensions, is_token, tokens};
pub use malformed::Malformed;
pub use requirement::Requirement;

//! What Duplex's server and its page say to each other, beside WebSocket itself: declared once, used by both.
//!
//! ```
//! use protocol::{NewWire, SentBy, TapEvent};
//!
//! let wire = NewWire::with_id("ab".into());
//! assert_eq!(wire.echo, "/echo?wire=ab");
//!
//! let mut data = serde_json::Deserializer::from_str(r#"{"seq":0,"us":12,"from":"client","b64":"gQBI"}"#);
//! let TapEvent::Bytes(record) = TapEvent::read("bytes", &mut data)? else { panic!() };
//! assert_eq!((record.from, &record.bytes[..]), (SentBy::Client, &[0x81, 0x00, 0x48][..]));
//! # Ok::<(), serde_json::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod cost;
pub mod error;
pub mod fault;
pub mod memory;
pub mod paths;
pub mod restart;
pub mod rooms;
pub mod tap;
pub mod transports;
pub mod wires;

pub use cost::{Counted, ExchangeCost};
pub use error::ErrorBody;
pub use fault::{FaultGroup, LabFault};
pub use memory::MemoryUse;
pub use restart::{Accepted, RefuseWith, Restart, RestartEnd, RestartNews, RestartRequest};
pub use rooms::{RoomMessage, RoomNews, Say};
pub use tap::{ConnectionEnd, LostRecords, SentBy, TapEvent, TapRecord};
pub use transports::{ProxyFault, Transport};
pub use wires::NewWire;

#[cfg(test)]
mod tests;

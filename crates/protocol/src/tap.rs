//! What the tap of a connection tells: events of `text/event-stream`, each with a name and JSON.

use base64::prelude::*;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Who sent bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SentBy {
    /// The visitor's side.
    Client,
    /// The server.
    Server,
}

/// An event of the tap. `Serialize` writes its data; its name is beside the data, not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum TapEvent {
    /// Bytes that crossed.
    Bytes(TapRecord),
    /// Bytes that crossed, and were not kept.
    Lost(LostRecords),
    /// The connection is over, or never came. Always the last.
    End(ConnectionEnd),
}

/// Bytes as one read or write of the socket carried them, or a piece of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TapRecord {
    /// Counts the records of both directions, from 0.
    pub seq: u64,
    /// Microseconds since the connection was accepted.
    pub us: u64,
    /// Who sent the bytes.
    pub from: SentBy,
    /// The bytes; base64 in JSON.
    #[serde(rename = "b64", serialize_with = "encode", deserialize_with = "decode")]
    pub bytes: Vec<u8>,
}

/// Records that did not fit in the server's memory, because the reader was late.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostRecords {
    /// The number of the first of them.
    pub seq: u64,
    /// When the first of them was carried.
    pub us: u64,
    /// How many there were.
    pub records: u64,
    /// How many bytes from the client they held.
    pub client: u64,
    /// How many bytes from the server they held.
    pub server: u64,
}

/// The end of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionEnd {
    /// Microseconds since the connection was accepted; 0 when there was none.
    pub us: u64,
    /// Who ended it, and how.
    pub why: String,
}

impl TapEvent {
    /// The names of the events.
    pub const NAMES: [&'static str; 3] = ["bytes", "lost", "end"];

    /// The name of this event.
    pub fn name(&self) -> &'static str {
        Self::NAMES[match self {
            TapEvent::Bytes(_) => 0,
            TapEvent::Lost(_) => 1,
            TapEvent::End(_) => 2,
        }]
    }

    /// Reads the data of the event of this name.
    ///
    /// # Errors
    ///
    /// The name is none of [`TapEvent::NAMES`], or the data is not what belongs to the name.
    pub fn read<'de, D: Deserializer<'de>>(name: &str, data: D) -> Result<TapEvent, D::Error> {
        match name {
            "bytes" => TapRecord::deserialize(data).map(TapEvent::Bytes),
            "lost" => LostRecords::deserialize(data).map(TapEvent::Lost),
            "end" => ConnectionEnd::deserialize(data).map(TapEvent::End),
            _ => Err(D::Error::custom(format_args!(
                "no event of a tap is named “{name}”"
            ))),
        }
    }
}

fn encode<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&BASE64_STANDARD.encode(bytes))
}

fn decode<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(from)?;
    BASE64_STANDARD.decode(text).map_err(D::Error::custom)
}

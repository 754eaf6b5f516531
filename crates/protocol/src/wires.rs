//! Wires: each joins one WebSocket to one reader of its bytes.

use serde::{Deserialize, Serialize};

use crate::paths;

/// The answer to `POST /api/wires`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewWire {
    /// 128 random bits in hexadecimal, good for one WebSocket and one reader.
    pub id: String,
    /// The path and query of the echo, with the id.
    pub echo: String,
    /// The path of the tap.
    pub tap: String,
}

impl NewWire {
    /// The wire with this id, and where it is used.
    pub fn with_id(id: String) -> NewWire {
        NewWire {
            echo: format!("{}?wire={id}", paths::ECHO),
            tap: format!("{}/{id}", paths::TAP),
            id,
        }
    }
}

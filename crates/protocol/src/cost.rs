//! What one HTTP exchange costs, counted at TCP.

use serde::{Deserialize, Serialize};

/// The longest body that the server takes in order to count it, in bytes: 4 MiB.
pub const MAX_BODY: u64 = 4 << 20;
/// Bytes of the name of an exchange. In the path they are hexadecimal digits, chosen at random by the client, so that
/// nobody else can ask.
pub const NAME_BYTES: usize = 16;

/// What the server counted of one exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeCost {
    /// From the client.
    pub request: Counted,
    /// From the server.
    pub response: Counted,
}

/// One direction of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// All bytes.
    pub bytes: u64,
    /// The head's text, up to and with the empty line.
    pub head: String,
}

impl ExchangeCost {
    /// Both directions, in bytes.
    pub fn bytes(&self) -> u64 {
        self.request.bytes.saturating_add(self.response.bytes)
    }
}

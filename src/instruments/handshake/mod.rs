//! The opening handshake: stepped through, edited and judged, and its accept value derived.

mod accept;
mod editor;
mod exchange;
mod findings;
pub(crate) mod link;
mod model;
mod presets;
mod script;

pub use accept::AcceptKey;
pub use editor::HandshakeEditor;
pub use exchange::HandshakeExchange;

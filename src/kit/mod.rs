//! What all instruments share. Nothing here knows a page, an instrument, or a WebSocket.

pub mod browser;
pub mod motion;
pub mod number;
pub mod settings;
pub mod slider;
pub mod url_report;
pub mod url_state;

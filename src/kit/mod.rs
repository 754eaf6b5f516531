//! What all instruments share. Nothing here knows a page, an instrument, or a WebSocket.

pub mod chart;
pub mod sequence_diagram;

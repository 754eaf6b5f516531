//! What all instruments share. Nothing here knows a page, an instrument, or a WebSocket.

pub mod browser;
pub mod byte_input;
pub mod chart;
pub mod choice;
pub mod copy;
pub mod deferred;
pub mod icon;
pub mod inline;
pub mod link;
pub mod load_error;
pub mod motion;
pub mod number;
pub mod panel;
pub mod playback;
mod playback_bar;
mod query;
pub mod rfc_link;
pub mod secrets;
pub mod sequence_diagram;
pub mod settings;
pub mod settings_panel;
pub mod shared;
pub mod slices;
pub mod slider;
pub mod url_report;
pub mod url_state;
pub mod wire_text;

//! The interactive views that chapters are made of.

pub mod closing;
pub mod composer;
pub mod compression_inspector;
pub mod fault_lab;
pub mod fragmentation;
pub mod frame;
pub mod handshake;
pub mod heartbeat;
pub mod messages;
pub mod polling_vs_websocket;
pub mod timeline;
pub mod utf8_validation;

//! The interactive views that chapters are made of.

pub mod closing;
pub mod composer;
pub mod fault_lab;
pub mod frame;
pub mod handshake;
pub mod heartbeat;
pub mod messages;
pub mod polling_vs_websocket;
pub mod timeline;

//! The interactive views that chapters are made of.

pub mod closing;
pub mod fault_lab;
pub mod frame_inspector;
pub mod handshake;
pub mod heartbeat;
pub mod messages;
pub mod polling_vs_websocket;
pub mod timeline;

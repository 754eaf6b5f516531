//! The interactive views that chapters are made of.

pub mod clock;
pub mod closing;
pub mod composer;
pub mod duo;
pub mod fault_lab;
pub mod frame;
pub mod handshake;
pub mod heartbeat;
pub mod knob;
pub mod messages;

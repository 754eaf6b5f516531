//! The interactive views that chapters are made of.

pub mod accept_key;
pub mod channel_fanout;
pub mod chat_load;
pub mod close_codes;
pub mod closing_handshake;
pub mod compression_inspector;
pub mod connection_cost;
pub mod connection_limit;
pub mod fault_lab;
pub mod fragmentation;
pub mod frame_inspector;
pub mod handshake_editor;
pub mod heartbeat;
pub mod inspector;
pub mod live_room;
pub mod message_routing;
pub mod messages;
pub mod opening_handshake;
pub mod polling_vs_websocket;
pub mod reconnect_live;
pub mod reconnect_storm;
pub mod shared_editing;
pub mod stream_multiplexing;
pub mod transport_chooser;
pub mod transport_comparison;
pub mod utf8_validation;

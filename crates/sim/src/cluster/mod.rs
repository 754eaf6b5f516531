//! Many servers behind a balancer: what a connection costs, which server gets it, how a message finds it, and what it all
//! comes to under load.
//!
//! - [`memory`] adds up what one connection takes, and says where ports run out.
//! - [`routing`] follows which server holds which client, through failures and deployments, and what becomes of messages
//!   between them.
//! - [`channel`] counts an hour of one channel by polling, long polling and WebSocket.
//! - [`chat`] runs a chat, a market data feed or a collaborative editor under load, and measures how long messages take.

pub mod channel;
pub mod chat;
pub mod memory;
pub mod routing;

//! The server as its clients see it: over real sockets, with frames written by hand or by another implementation.

mod body;
mod close;
mod copied;
mod cost;
mod deflate;
mod echo;
mod fair;
mod help;
mod host;
mod lab;
mod limits;
#[cfg(unix)]
mod log;
mod memory;
#[cfg(unix)]
mod process;
mod restart;
mod rooms;
#[cfg(unix)]
mod rooms_redis;
mod site;
mod streaming;
mod streams;
mod tap;
mod transports;
mod transports_cost;
mod transports_proxy;
mod transports_wrong;
mod work;

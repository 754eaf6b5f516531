//! The server as its clients see it: over real sockets, with frames written by hand or by another implementation.

mod close;
mod cost;
mod deflate;
mod echo;
mod help;
mod lab;
mod limits;
#[cfg(unix)]
mod log;
#[cfg(unix)]
mod process;
mod site;
mod tap;

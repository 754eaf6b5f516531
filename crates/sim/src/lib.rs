//! Models of connections over time. Each is a plain struct: parameters and a seed in, a recorded series out, the same
//! on every machine. Nothing here does I/O, reads a clock or draws a number that no seed decides, and nothing here
//! knows what a header or a frame looks like: sizes are arguments.
#![forbid(unsafe_code)]

pub mod chance;
pub mod cluster;
pub mod heartbeat;
pub mod job;
pub mod news;
pub mod reconnecting;

/// A time of a model, or a span of one, in microseconds.
pub type Micros = u64;

/// One second.
pub const SECOND: Micros = 1_000_000;
/// One minute.
pub const MINUTE: Micros = 60 * SECOND;

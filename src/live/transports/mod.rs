//! The same stream of messages by four transports at once, from the page's server.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `plan` | what the stream is like, and what is asked for it |
//! | `reading` | what the server answers |
//! | `client` | one client: what it has got, and what it does next; no clock, no dice, no browser |
//! | `clock` | the server's clock as the page sees it |
//! | `race` | the clients of a run, what they cost, and when they are done |
//! | `browser_io` | the only one that calls the browser |

mod browser_io;
mod client;
mod clock;
mod plan;
mod race;
mod reading;

pub use browser_io::RaceDriver;
pub use client::{Arrival, Client, Ended, Exchange, Kind, Step, StepKind};
pub use clock::Clock;
pub use plan::{Clients, Plan};
pub use protocol::transports::{
    BYTES, CUT_MS, Directions, EVERY_MS, HOLD_MS, LAST_MS, RunCost, TransportCost,
};
pub use protocol::{ProxyFault, Transport};
pub use race::{CostSample, Delays, Race, Stage};
pub use reading::{new_run, run_of};

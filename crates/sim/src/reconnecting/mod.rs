//! A server goes away, and all its clients come back: when, in how many attempts, and what that does to the server.
//!
//! [`Backoff`] says how long a client waits before each attempt. In a [`Storm`], every client loses its connection at time
//! 0 and tries until it is connected or gives up; the [`Server`] does one handshake after the other, lets a bounded number
//! of connections wait, and turns the others away. [`contention`] is another model: clients that are in each other's way
//! rather than in that of a server's capacity.
//!
//! # How a storm goes
//!
//! - Before its first attempt a client waits as [`Backoff::delay`] says for attempt 0, or as the server asked ([`Hint`]),
//!   and [`Backoff::spread`] besides. After attempt *n* in vain it waits as for attempt *n + 1*. So a Retry-After is waited
//!   for first, and the strategy's wait comes on top.
//! - An attempt reaches the server half a round trip after it leaves, and is counted there. It is *accepted* where its
//!   handshake will be done in time, and the client is connected half a round trip after that.
//! - A handshake whose client has stopped waiting in the meantime is work in vain: the server cannot know.
//! - While the server is away, and where there is no room for an attempt, [`Overflow`] and [`StormParams::down`] say what
//!   the client learns, and when.
//!
//! # How it is run, and what is exact
//!
//! Every client has lost its connection at the same time, and no number that comes out belongs to one client. So of two
//! clients that arrive in the same slot of time after as many attempts, nothing tells one from the other, and the run
//! keeps only how many there are (a *cohort*). Which of them the server takes first is drawn, each client as likely as any
//! other. Memory does not grow with the number of clients, and a million that try again at once cost as much as one.
//!
//! - **Exact**: the server's queue, in any case. And where chance has no part in when clients come
//!   ([`StormParams::is_random`]) and all times are multiples of a slot, everything is as in [`mod@reference`], to the last
//!   attempt.
//! - **Rounded**: times, to slots of a millisecond at most ([`StormOutput::resolution`]; slots are longer from the start
//!   where waits of many minutes would take too much memory). Where chance has a part, those that arrive in a slot are
//!   spread evenly over it.
//! - **In distribution**: waits are drawn for each client, as long as a run takes no more than ten million draws. After
//!   that slots are made longer, up to a sixteenth of the time from one attempt to the next, and where at least 32 clients
//!   are to be expected in each slot, their number is drawn instead: a normal approximation of the binomial distribution.
//! - **Approximate**: the previous wait, on which the next depends with [`Strategy::Decorrelated`]. It is kept as one of 32
//!   classes (12 where clients give up), rounded at random such that its mean is kept. Where some of a slot's clients were
//!   answered with 503 and some could not even be answered, each cohort is shared out in proportion.
//!
//! # What it leaves out
//!
//! - TLS, name resolution, and what SYNs sent again by TCP do: an attempt is one round trip, and the time at the server.
//! - Loss and jitter of the network; clients at different distances. A real crowd is a little less in step than this one
//!   where all wait the same.
//! - Clients that were not connected when the server went, connections that end again, and the work of connected clients.
//! - Load balancers and more than one server; a server that takes up its work slowly, or whose handshakes take longer
//!   under load.
//!
//! ```
//! use sim::job::Job;
//! use sim::reconnecting::{Backoff, Storm, StormParams, Strategy};
//! let run = |strategy| {
//!     let backoff = Backoff { strategy, ..Backoff::default() };
//!     Storm::run(&StormParams { backoff, ..StormParams::default() }).unwrap()
//! };
//! let (together, spread) = (run(Strategy::Exponential), run(Strategy::FullJitter));
//! assert!(spread.wasted < together.wasted);
//! assert!(spread.reconnected.p99 < together.reconnected.p99);
//! ```

mod cohorts;
pub mod contention;
mod params;
mod record;
pub mod reference;
mod server;
mod shape;
mod storm;
mod strategy;
#[cfg(test)]
mod tests;

pub use params::{Hint, Overflow, RESTART_WAIT, StormParams};
pub use record::{Bucket, MAX_BUCKETS, Peak, Reconnected, StormOutput};
pub use server::{Admission, Server};
pub use storm::Storm;
pub use strategy::{Backoff, MAX_EXPONENT, MAX_WAIT, Strategy};

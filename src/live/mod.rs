//! The live wire: the browser's socket, the tap, what they record.
//!
//! Shown on every page, without the code that connects:
//!
//! | module | what it knows |
//! | --- | --- |
//! | `status` | what there is to show, as plain data, and the trait of what drives the wire |
//! | `provider` | keeps the driver from page to page |
//! | `card` | the status in the shell |
//!
//! Loaded by whoever uses the wire:
//!
//! | module | what it knows |
//! | --- | --- |
//! | `machine` | where the connection stands and what comes next; no clock, no dice |
//! | `backoff` | how long to wait before the next attempt |
//! | `settings` | what an address sets: where the wire leads |
//! | `links` | where links to other pages lead |
//! | `endpoint_url`, `compose` | what the reader types, and why it cannot be used |
//! | `api`, `json` | what the server says: wires, and events of the tap |
//! | `stream` | one connection's bytes: handshake, frames, messages |
//! | `record`, `entry` | the lines of the timeline, within a budget |
//! | `trips` | round trips by the page's clock |
//! | `restart_group` | connections whose server restarts, and how they come back |
//! | `rooms` | two members of a room, on one server or on two |
//! | `streams` | many streams over one connection, or over one each |
//! | `transports` | one stream by four transports at once, and what each costs |
//! | `connection_limit` | how many event streams a browser takes from one server |
//! | `connection`, `browser_io` | the only ones that call the browser: a WebSocket and its tap |
//! | `client` | when to connect, what to keep, when to try again |
//! | `timeline` | what crossed, line by line, and one line in detail |
//! | `panel`, `notice`, `controls` | what the reader sees and works |

use std::rc::Rc;

use yew::prelude::*;

pub mod api;
pub mod backoff;
pub mod browser_io;
pub mod card;
mod client;
pub mod compose;
pub mod connection;
pub mod connection_limit;
mod controls;
pub mod endpoint_url;
pub mod entry;
mod json;
pub mod links;
pub mod machine;
pub mod memory_probe;
mod notice;
mod panel;
pub mod provider;
pub mod record;
pub mod restart_group;
pub mod rooms;
pub mod script_socket;
mod settings;
pub mod state;
pub mod status;
pub mod stream;
pub mod streams;
pub mod timeline;

pub mod transports;
pub mod trips;

pub use browser_io::now as page_clock;
pub use card::{LiveCard, LivePip};
pub use client::Client;
pub use panel::LiveWire;
#[cfg(test)]
pub use panel::SETTINGS;
pub use provider::LiveProvider;
pub use state::Live;

use provider::{LiveHandle, use_revision};
use status::Driver;

/// Gets what drives the live wire. The shell knows no other way to that code.
///
/// # Errors
/// Why it cannot be had, in a sentence.
pub async fn load_driver() -> Result<Rc<dyn Driver>, String> {
    make_driver().await.map_err(|why| why.to_string())
}

crate::split_point!(
    live_wire,
    fn make_driver() -> Rc<dyn Driver> {
        Client::shared()
    }
);

/// The live wire, for whatever shows or uses it. Two contexts are equal when nothing has happened in between.
#[derive(Clone)]
pub struct LiveContext {
    client: Rc<Client>,
    revision: u64,
}

impl PartialEq for LiveContext {
    fn eq(&self, other: &LiveContext) -> bool {
        self.revision == other.revision && Rc::ptr_eq(&self.client, &other.client)
    }
}

impl std::ops::Deref for LiveContext {
    type Target = Rc<Client>;

    fn deref(&self) -> &Rc<Client> {
        &self.client
    }
}

/// A wire of one's own, which nobody has opened yet, and which is closed when its owner goes.
#[hook]
pub fn use_wire() -> LiveContext {
    let client = (*use_state(Client::shared)).clone();
    let (revision, changed) = use_revision();
    {
        let client = client.clone();
        use_effect_with((), move |()| {
            client.attach(changed);
            move || client.detach()
        });
    }
    LiveContext { client, revision }
}

/// The live wire, which stays open from page to page; made here where nobody has used it before. Nothing where no
/// provider is around, as in tests of a part.
#[hook]
pub fn use_live() -> Option<LiveContext> {
    let handle = use_context::<LiveHandle>();
    let client = handle.as_ref().and_then(|handle| {
        let driver = handle.driver_or(|| Client::shared());
        driver.into_any().downcast::<Client>().ok()
    });
    let revision = handle.as_ref().map_or(0, LiveHandle::revision);
    use_effect_with((), move |()| {
        if let Some(handle) = handle {
            handle.attach();
        }
    });
    client.map(|client| LiveContext { client, revision })
}

#[cfg(test)]
mod render_tests;

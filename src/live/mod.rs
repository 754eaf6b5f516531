//! The live wire: the browser's socket, the tap, what they record.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `phase` | where the connection stands and what comes next; no clock, no dice |
//! | `backoff` | how long to wait before the next attempt |
//! | `address`, `compose` | what the reader types, and why it cannot be used |
//! | `api` | what the server says: wires, and events of the tap |
//! | `stream` | one connection's bytes: handshake, frames, messages |
//! | `record`, `entry` | the lines of the timeline, within a budget |
//! | `trips` | round trips by the page's clock |
//! | `connection`, `browser_io` | the only ones that call the browser: a WebSocket and its tap |
//! | `client` | when to connect, what to keep, when to try again |
//! | `card`, `panel`, `notice`, `controls` | what the reader sees and works |

use std::rc::Rc;

use yew::prelude::*;

pub mod address;
pub mod api;
pub mod backoff;
pub mod browser_io;
pub mod card;
mod client;
pub mod compose;
pub mod connection;
mod controls;
pub mod entry;
mod notice;
mod panel;
pub mod phase;
pub mod record;
pub mod state;
pub mod stream;
pub mod trips;

pub use browser_io::now as page_clock;
pub use card::{LiveCard, LivePip};
pub use client::Client;
pub use panel::Panel;
pub use state::Live;

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

/// Properties of [`LiveProvider`].
#[derive(Properties, PartialEq)]
pub struct LiveProviderProps {
    /// What may use the live wire.
    #[prop_or_default]
    pub children: Html,
}

/// Keeps the live wire open while the reader goes from page to page.
#[component]
pub fn LiveProvider(props: &LiveProviderProps) -> Html {
    let context = use_wire();
    let announcement = context.live().announcement();
    html! {
        <ContextProvider<LiveContext> {context}>
            { props.children.clone() }
            <p class="sr" role="status">{ announcement }</p>
        </ContextProvider<LiveContext>>
    }
}

/// A wire of one's own, which nobody has opened yet, and which is closed when its owner goes.
#[hook]
pub fn use_wire() -> LiveContext {
    let client = (*use_state(Client::shared)).clone();
    let revision = use_reducer(Revision::default);
    {
        let client = client.clone();
        let dispatcher = revision.dispatcher();
        use_effect_with((), move |()| {
            client.attach(Callback::from(move |()| dispatcher.dispatch(())));
            move || client.detach()
        });
    }
    LiveContext {
        client,
        revision: revision.0,
    }
}

/// Counts changes.
#[derive(Default)]
struct Revision(u64);

impl Reducible for Revision {
    type Action = ();

    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Rc::new(Revision(self.0.wrapping_add(1)))
    }
}

/// The live wire. Nothing where no provider is around, as in tests of a part.
#[hook]
pub fn use_live() -> Option<LiveContext> {
    use_context::<LiveContext>()
}

#[cfg(test)]
mod render_tests;

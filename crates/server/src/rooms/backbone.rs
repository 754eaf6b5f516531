//! Redis between the servers: what one of them publishes, all of them receive, in the order of its numbers.
//!
//! A script gives the number and publishes in one step, so that no message overtakes another. Everything else comes the
//! same way: who is in a room, and what a room's numbers are when a server begins to listen (`script`). The answer to
//! that question is published to the server that asks, on the connection that brings the messages, and so it stands at
//! the right place among these.
//!
//! Pub/sub keeps nothing: what is published while a server is cut off is gone for its members, and shows as a gap in the
//! numbers. With `--backbone-history` the same script adds each message to a stream of Redis, and the gap is filled from it.

mod listen;
mod script;

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use redis::{
    Client,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use tokio::sync::{Notify, mpsc};

use super::{Rooms, room::Said};
use crate::App;
use script::Scripts;

/// How long an answer of Redis may take.
const ANSWER: Duration = Duration::from_secs(1);
/// Time between two signs of life.
const BEAT: Duration = Duration::from_secs(1);
/// After so long without one, a server and its members are gone, and so is the connection to Redis.
const SILENT: Duration = Duration::from_secs(4);

/// The address of a Redis, checked.
#[derive(Debug, Clone)]
pub struct BackboneUrl(Client);

impl BackboneUrl {
    /// Reads the address.
    ///
    /// # Errors
    ///
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let example = "write it like redis://127.0.0.1:6379 or redis://:password@host:6379/0";
        if text.starts_with("rediss://") || text.starts_with("valkeys://") {
            return Err(format!(
                "this server has no TLS for Redis; use redis:// through a private network or a tunnel. {example}"
            ));
        }
        if !text.starts_with("redis://") {
            return Err(format!("not the address of a Redis; {example}"));
        }
        Client::open(text)
            .map(Self)
            .map_err(|error| format!("{error}; {example}"))
    }
}

impl fmt::Display for BackboneUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the password.
        write!(f, "{}", self.0.get_connection_info().addr())
    }
}

/// What is asked of the task that listens.
#[derive(Debug)]
enum Request {
    Subscribe(String),
    Unsubscribe(String),
    Names(String),
}

/// The way to Redis.
pub struct Backbone {
    client: Client,
    /// Connects when it is first used, and again by itself.
    commands: Mutex<Option<ConnectionManager>>,
    scripts: Scripts,
    up: AtomicBool,
    /// Something went wrong: the connection is to be looked at.
    doubt: Notify,
    requests: mpsc::UnboundedSender<Request>,
    /// Taken by the task that listens.
    asked: Mutex<Option<mpsc::UnboundedReceiver<Request>>>,
}

impl fmt::Debug for Backbone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backbone")
            .field("up", &self.up)
            .finish_non_exhaustive()
    }
}

impl Backbone {
    /// Not connected yet. Redis keeps the last `history` messages of each room.
    pub fn new(url: &BackboneUrl, history: usize) -> Self {
        let (requests, asked) = mpsc::unbounded_channel();
        Self {
            client: url.0.clone(),
            commands: Mutex::default(),
            scripts: Scripts::new(history),
            up: AtomicBool::new(false),
            doubt: Notify::new(),
            requests,
            asked: Mutex::new(Some(asked)),
        }
    }

    /// Whether messages go through it.
    pub fn is_up(&self) -> bool {
        self.up.load(Ordering::Relaxed)
    }

    /// The connection for commands. It is made in a runtime, which a constructor need not have.
    fn commands(&self) -> Option<ConnectionManager> {
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if commands.is_none() {
            let config = ConnectionManagerConfig::new()
                .set_number_of_retries(1)
                .set_connection_timeout(Some(ANSWER))
                .set_response_timeout(Some(ANSWER));
            *commands = self.client.get_connection_manager_lazy(config).ok();
        }
        commands.clone()
    }

    fn ask(&self, request: Request) {
        // The receiver lives as long as the server runs.
        let _ = self.requests.send(request);
    }

    /// Messages of this room are wanted.
    pub fn subscribe(&self, room: &str) {
        self.ask(Request::Subscribe(room.to_owned()));
    }

    /// They aren't any more.
    pub fn unsubscribe(&self, room: &str) {
        self.ask(Request::Unsubscribe(room.to_owned()));
    }

    /// Somebody came into this room here, or went.
    pub fn names_changed(&self, room: &str) {
        self.ask(Request::Names(room.to_owned()));
    }

    /// Publishes a message, whose number is to be above `last`. Whether that is certain: if not, nobody knows.
    pub async fn publish(&self, room: &str, last: u64, said: &Said) -> bool {
        if !self.is_up() {
            return false;
        }
        let Some(mut commands) = self.commands() else {
            return false;
        };
        let published = self.scripts.publish(&mut commands, room, last, said);
        match tokio::time::timeout(ANSWER, published).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::debug!(%error, "a message could not be published");
                self.doubt.notify_one();
                false
            }
            Err(_) => {
                self.doubt.notify_one();
                false
            }
        }
    }
}

/// Keeps the server on the backbone until it stops, if it has one.
pub async fn run(app: Arc<App>) {
    let Some(backbone) = &app.rooms.backbone else {
        return;
    };
    let asked = backbone
        .asked
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(asked) = asked {
        listen::Listener::new(&app, backbone, asked).run().await;
    }
}

/// Who is on another server, as it is published.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Names {
    server: String,
    names: BTreeSet<String>,
}

fn silent_from(now: Instant) -> Instant {
    now + SILENT
}

impl Rooms {
    fn heard_names(&self, room: &str, names: Names) {
        self.elsewhere(
            room,
            &names.server,
            names.names,
            silent_from(Instant::now()),
        );
    }
}

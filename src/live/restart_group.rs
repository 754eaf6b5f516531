//! Real connections to a server that restarts when one of them asks: it ends them all, refuses every handshake for a
//! while, and then takes so many a second. What happens is recorded; when to try again is up to who holds the group.

mod record;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo::events::EventListener;
use gloo::timers::callback::{Interval, Timeout};
use protocol::restart::restart_path;
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::browser_io::{Socket, now, said};
use super::json::Object;
use crate::kit::browser;
use crate::kit::number::hex;

pub use protocol::RestartEnd;
pub use record::{Attempt, AttemptEnd, Ended, Loss, MEMBERS, Member, Record, Stage};

/// How long the first connections may take to open, and how long the server may take to restart, in milliseconds.
const PATIENCE_MS: u32 = 15_000;
/// How often the clock is read while connections come back, in milliseconds.
const TICK_MS: u32 = 150;

/// What the restart is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How long the server is away, in milliseconds.
    pub away_ms: u32,
    /// Handshakes that it takes in a second afterwards.
    pub takes: u32,
    /// How it ends the connections.
    pub end: RestartEnd,
}

impl Plan {
    /// The text message that asks for it. `protocol` declares it; its own writer is for servers.
    fn request(self) -> String {
        let code = match self.end.code() {
            Some(code) => code.to_string(),
            None => "\"cut\"".to_owned(),
        };
        format!(
            r#"{{"restart":{{"down_ms":{},"code":{code},"capacity":{},"refuse":"503"}}}}"#,
            self.away_ms, self.takes
        )
    }
}

/// Says how long a connection waits before it tries again, in milliseconds: which one it is, what code its loss was told
/// as, and how many attempts it has made since. Nothing where it gives up.
pub type NextWait = Box<dyn FnMut(usize, u16, usize) -> Option<u32>>;

/// A group of connections. Dropping it closes them all.
pub struct RestartGroup(Rc<Inner>);

struct Inner {
    /// For callbacks, which must not keep it alive.
    me: Weak<Inner>,
    url: String,
    plan: Plan,
    next_wait: RefCell<NextWait>,
    changed: Box<dyn Fn(&Record)>,
    record: RefCell<Record>,
    held: RefCell<Held>,
}

/// What is held of the browser. Dropping a part lets go of it.
#[derive(Default)]
struct Held {
    sockets: [Option<Socket>; MEMBERS],
    timers: [Option<Timeout>; MEMBERS],
    patience: Option<Timeout>,
    ticker: Option<Interval>,
}

impl RestartGroup {
    /// Opens the connections; as soon as all are open, one of them asks for the restart. `changed` hears of whatever
    /// happens after this call.
    ///
    /// # Errors
    /// A sentence, where the browser does not begin.
    pub fn open(
        plan: Plan,
        next_wait: NextWait,
        changed: impl Fn(&Record) + 'static,
    ) -> Result<RestartGroup, String> {
        // Whoever knows the name can restart the group.
        let name: [u8; 16] =
            browser::random().ok_or("Your browser gives no random numbers to name a group by.")?;
        let inner = Rc::new_cyclic(|me| Inner {
            me: me.clone(),
            url: browser::websocket_url(&restart_path(&hex(&name))),
            plan,
            next_wait: RefCell::new(next_wait),
            changed: Box::new(changed),
            record: RefCell::default(),
            held: RefCell::default(),
        });
        for member in 0..MEMBERS {
            inner.connect(member)?;
        }
        inner.be_patient();
        Ok(RestartGroup(inner))
    }

    /// Closes all connections, and tries no more.
    pub fn stop(&self) {
        self.0.end(Stage::Stopped);
    }
}

impl Inner {
    /// Makes an attempt.
    fn connect(&self, member: usize) -> Result<(), String> {
        let socket = WebSocket::new(&self.url)
            .map_err(|error| format!("Your browser did not connect: {}.", said(&error)))?;
        self.record.borrow_mut().tries(member, now());
        let mut listeners = vec![
            self.listen(&socket, "open", move |inner, _| inner.opened(member)),
            self.listen(&socket, "close", move |inner, event| {
                let code = event.dyn_ref::<CloseEvent>().map(CloseEvent::code);
                inner.closed(member, code.unwrap_or(1006));
            }),
        ];
        if member == 0 {
            listeners.push(self.listen(&socket, "message", |inner, event| {
                let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
                inner.heard(&data.and_then(|data| data.as_string()).unwrap_or_default());
            }));
        }
        let socket = Socket {
            ws: socket,
            _listeners: listeners,
        };
        let place = |held: &mut Held| held.sockets.get_mut(member)?.replace(socket);
        let old = place(&mut self.held.borrow_mut());
        // Outside of the borrow: closing calls into the browser.
        drop(old);
        Ok(())
    }

    fn listen(
        &self,
        socket: &WebSocket,
        event: &'static str,
        heard: impl Fn(&Inner, &Event) + 'static,
    ) -> EventListener {
        let me = self.me.clone();
        EventListener::new(socket, event, move |event| {
            if let Some(inner) = me.upgrade() {
                heard(&inner, event);
            }
        })
    }

    fn opened(&self, member: usize) {
        let stage = self.record.borrow_mut().opened(member, now());
        match stage {
            Stage::Asked => self.ask(),
            Stage::Done => self.end_soon(Stage::Done),
            _ => {}
        }
        self.show();
    }

    /// Asks for the restart, from the first connection.
    fn ask(&self) {
        let request = self.plan.request();
        let sent = match &self.held.borrow().sockets[0] {
            Some(socket) => socket.ws.send_with_str(&request).is_ok(),
            None => false,
        };
        if sent {
            self.be_patient();
        } else {
            self.end_soon(Stage::Failed(
                "The request for the restart could not be sent.".into(),
            ));
        }
    }

    fn heard(&self, text: &str) {
        let asked = self.record.borrow().stage == Stage::Asked;
        let error = Object::read(text).and_then(|mut news| news.text("error"));
        if let (true, Some(error)) = (asked, error) {
            self.end_soon(Stage::Failed(format!(
                "The server did not restart: {error}"
            )));
        }
    }

    fn closed(&self, member: usize, code: u16) {
        let (loss, stage) = {
            let mut record = self.record.borrow_mut();
            (record.closed(member, now(), code), record.stage.clone())
        };
        match (loss, stage) {
            (_, Stage::Failed(why)) => self.end_soon(Stage::Failed(why)),
            (Some(loss), _) => {
                self.begin_clock();
                self.wait(member, loss);
            }
            (None, _) => {}
        }
        self.show();
    }

    /// Tries again after a while, or gives up.
    fn wait(&self, member: usize, loss: Loss) {
        let made = self.record.borrow().members[member].attempts.len();
        let wait = self.next_wait.borrow_mut()(member, loss.code, made);
        let Some(wait) = wait else {
            if self.record.borrow_mut().gives_up(member) == Stage::Done {
                self.end_soon(Stage::Done);
            }
            return;
        };
        let me = self.me.clone();
        let timer = Timeout::new(wait, move || {
            let Some(inner) = me.upgrade() else { return };
            if let Err(why) = inner.connect(member) {
                inner.end_soon(Stage::Failed(why));
            }
            inner.show();
        });
        self.held.borrow_mut().timers[member] = Some(timer);
    }

    /// Reads the clock now and then, as soon as the first connection is lost.
    fn begin_clock(&self) {
        let mut held = self.held.borrow_mut();
        held.patience = None;
        let me = &self.me;
        held.ticker.get_or_insert_with(|| {
            let me = me.clone();
            Interval::new(TICK_MS, move || {
                if let Some(inner) = me.upgrade() {
                    inner.record.borrow_mut().passes(now());
                    inner.show();
                }
            })
        });
    }

    /// Gives up what takes too long before the restart.
    fn be_patient(&self) {
        let me = self.me.clone();
        let timer = Timeout::new(PATIENCE_MS, move || {
            if let Some(inner) = me.upgrade() {
                let why = inner.record.borrow().why_so_long();
                inner.end(Stage::Failed(why));
            }
        });
        self.held.borrow_mut().patience = Some(timer);
    }

    /// Ends it when the event at hand is over: its listener is among what is let go of.
    fn end_soon(&self, stage: Stage) {
        self.record.borrow_mut().ends(stage.clone(), now());
        let me = self.me.clone();
        let timer = Timeout::new(0, move || {
            if let Some(inner) = me.upgrade() {
                inner.end(stage);
            }
        });
        self.held.borrow_mut().patience = Some(timer);
    }

    /// Closes all, and says how it ended.
    fn end(&self, stage: Stage) {
        self.record.borrow_mut().ends(stage, now());
        let old = self.held.take();
        // Outside of the borrow: closing calls into the browser.
        drop(old);
        self.show();
    }

    fn show(&self) {
        let record = self.record.borrow().clone();
        (self.changed)(&record);
    }
}

#[cfg(test)]
mod tests {
    use protocol::{RefuseWith, Restart, RestartNews, RestartRequest};

    use super::*;

    #[test]
    fn the_server_reads_what_the_page_asks_for() {
        for end in [
            RestartEnd::GoingAway,
            RestartEnd::ServiceRestart,
            RestartEnd::TryAgainLater,
            RestartEnd::Cut,
        ] {
            let plan = Plan {
                away_ms: 2000,
                takes: 5,
                end,
            };
            let text = plan.request();
            assert!(RestartRequest::is_meant(&text));
            let RestartRequest::Restart(read) = serde_json::from_str(&text).unwrap();
            let asked = Restart {
                down_ms: 2000,
                code: end,
                capacity: 5,
                refuse: RefuseWith::Status503,
                retry_after_s: None,
            };
            assert_eq!(read, asked, "{text}");
            assert_eq!(read.check(), Ok(()));
        }
    }

    #[test]
    fn the_page_reads_why_the_server_did_not_restart() {
        let news = RestartNews::Error("restart.capacity is “0”; \"no\"".into());
        let text = serde_json::to_string(&news).unwrap();
        let said = Object::read(&text).and_then(|mut news| news.text("error"));
        assert_eq!(said.as_deref(), Some("restart.capacity is “0”; \"no\""));
    }
}

//! Two members of a real room, on one server or on two: joining, saying, leaving, coming back.

mod record;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use protocol::{paths, rooms::room_path};
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::browser_io::{self, Socket, now, said};
use super::json::Object;
use crate::kit::browser;
use crate::kit::number::hex;

pub use record::{MEMBERS, Member, Record, Said, Stage};

/// How long a message may take to everybody, in milliseconds: who has not heard it then is taken not to hear it.
const SETTLES_MS: u32 = 2_000;

/// What a page knows of the server before it joins a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The name of this server.
    pub server: String,
    /// Whether anything joins it with others.
    pub joined: bool,
    /// The address of another server with the same rooms, such as `ws://127.0.0.1:8081`.
    pub peer: Option<String>,
}

impl Site {
    fn read(text: &str) -> Option<Site> {
        let mut info = Object::read(text)?;
        Some(Site {
            server: info.text("server")?,
            joined: info.text("backbone")? != "none",
            peer: info.texts("peers")?.into_iter().next(),
        })
    }
}

/// Asks the server about its rooms.
///
/// # Errors
/// A sentence, where it has none or does not answer.
pub async fn ask() -> Result<Site, String> {
    const NONE: &str = "This site has no server behind it that has rooms.";
    let (status, body) = browser_io::ask("GET", paths::ROOMS, None, None).await?;
    match Site::read(&body) {
        Some(site) if status == 200 => Ok(site),
        _ => Err(format!(
            "{NONE} ({} was answered with {status}.)",
            paths::ROOMS
        )),
    }
}

/// The text message by which a member says something. `protocol` declares it; its own writer is for servers. The text is one of
/// the page’s own, without a quotation mark.
fn say(text: &str) -> String {
    format!(r#"{{"say":"{text}"}}"#)
}

/// A room with members of this page. Dropping it closes their connections.
pub struct Room(Rc<Inner>);

struct Inner {
    /// For callbacks, which must not keep it alive.
    me: Weak<Inner>,
    name: String,
    /// Where the second member connects; the first is on the server of the page.
    peer: Option<String>,
    changed: Box<dyn Fn(&Record)>,
    record: RefCell<Record>,
    sockets: RefCell<[Option<Socket>; MEMBERS]>,
    said: RefCell<u32>,
}

impl Room {
    /// A new room, with nobody in it yet. `changed` hears of what happens.
    ///
    /// # Errors
    /// A sentence, where the browser has no random numbers to name it by.
    pub fn new(peer: Option<String>, changed: impl Fn(&Record) + 'static) -> Result<Room, String> {
        // Whoever knows the name can come in.
        let name: [u8; 16] =
            browser::random().ok_or("Your browser gives no random numbers to name a room by.")?;
        Ok(Room(Rc::new_cyclic(|me| Inner {
            me: me.clone(),
            name: hex(&name),
            peer,
            changed: Box::new(changed),
            record: RefCell::default(),
            sockets: RefCell::default(),
            said: RefCell::default(),
        })))
    }

    /// Has a member come in; one that was there before resumes behind what it has heard.
    pub fn join(&self, member: usize) {
        let before = self
            .0
            .record
            .borrow()
            .members
            .get(member)
            .map(|m| (m.name.is_empty(), m.seq));
        let resume = before.filter(|(new, _)| !new).map(|(_, seq)| seq);
        if let Err(why) = self.0.connect(member, resume) {
            self.0.record.borrow_mut().trouble = Some(why);
        }
        self.0.show();
    }

    /// Has a member say something.
    pub fn say(&self, member: usize) {
        let number = {
            let mut said = self.0.said.borrow_mut();
            *said += 1;
            *said
        };
        let text = format!("Message {number}");
        {
            let (me, text) = (self.0.me.clone(), text.clone());
            let settle = move || {
                if let Some(inner) = me.upgrade() {
                    inner.record.borrow_mut().settles(&text);
                    inner.show();
                }
            };
            Timeout::new(SETTLES_MS, settle).forget();
        }
        let sent = match self.0.sockets.borrow().get(member) {
            Some(Some(socket)) => {
                self.0.record.borrow_mut().says(member, &text, now());
                socket.ws.send_with_str(&say(&text)).is_ok()
            }
            _ => false,
        };
        if !sent {
            self.0.record.borrow_mut().trouble =
                Some("This member is not in the room. Let it come in first.".to_owned());
        }
        self.0.show();
    }

    /// Has a member go out.
    pub fn leave(&self, member: usize) {
        let old = self
            .0
            .sockets
            .borrow_mut()
            .get_mut(member)
            .and_then(Option::take);
        // Outside of the borrow: closing calls into the browser.
        drop(old);
        self.0.record.borrow_mut().ended(member, 1000);
        self.0.show();
    }
}

impl Inner {
    fn connect(&self, member: usize, resume: Option<u64>) -> Result<(), String> {
        let path = room_path(&self.name, resume);
        let url = match &self.peer {
            Some(peer) if member == 1 => format!("{}{path}", peer.trim_end_matches('/')),
            _ => browser::websocket_url(&path),
        };
        let socket = WebSocket::new(&url)
            .map_err(|error| format!("Your browser did not connect: {}.", said(&error)))?;
        self.record.borrow_mut().opens(member);
        let listeners = vec![
            self.listen(&socket, "message", move |inner, event| {
                let data = event.dyn_ref::<MessageEvent>().map(MessageEvent::data);
                let text = data.and_then(|data| data.as_string()).unwrap_or_default();
                inner.record.borrow_mut().told(member, &text, now());
                inner.show();
            }),
            self.listen(&socket, "close", move |inner, event| {
                let code = event.dyn_ref::<CloseEvent>().map(CloseEvent::code);
                inner
                    .record
                    .borrow_mut()
                    .ended(member, code.unwrap_or(1006));
                inner.show();
            }),
        ];
        let socket = Socket {
            ws: socket,
            _listeners: listeners,
        };
        let old = self
            .sockets
            .borrow_mut()
            .get_mut(member)
            .and_then(|place| place.replace(socket));
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

    fn show(&self) {
        let record = self.record.borrow().clone();
        (self.changed)(&record);
    }
}

#[cfg(test)]
mod tests {
    use protocol::Say;
    use protocol::rooms::{BackboneState, RoomsInfo};

    use super::*;

    #[test]
    fn the_server_reads_what_a_member_says() {
        let read: Say = serde_json::from_str(&say("Message 7")).unwrap();
        assert_eq!(read.say, "Message 7");
    }

    #[test]
    fn the_page_reads_what_the_server_says_of_itself() {
        let text = |backbone, peers: &[&str]| {
            let peers = peers.iter().map(|peer| (*peer).to_owned()).collect();
            let info = RoomsInfo {
                server: "a".into(),
                backbone,
                peers,
            };
            serde_json::to_string(&info).unwrap()
        };
        let alone = Site {
            server: "a".into(),
            joined: false,
            peer: None,
        };
        assert_eq!(
            Site::read(&text(BackboneState::None, &[])),
            Some(alone.clone())
        );
        let peer = Some("ws://127.0.0.1:8081".to_owned());
        let two = Site {
            joined: true,
            peer,
            ..alone
        };
        assert_eq!(
            Site::read(&text(BackboneState::Up, &["ws://127.0.0.1:8081", "ws://b"])),
            Some(two)
        );
        assert_eq!(Site::read("<!doctype html>"), None);
    }
}

//! One endpoint of a connection after its handshake, in either role (RFC 6455 §5–§8, RFC 7692).
//!
//! A [`Session`] does no I/O. Bytes that came go in, events come out, and bytes to be sent pile up until they are taken:
//!
//! ```
//! use wire::session::{Config, Event, Session};
//! let mut server = Session::server(Config::default());
//! // In real life the masking keys have to be unpredictable (RFC 6455 §10.3).
//! let mut client = Session::client(Config::default(), || [1, 2, 3, 4]);
//!
//! client.send_text("Hello").unwrap();
//! server.receive(client.output());
//! client.sent(client.output().len());
//!
//! assert_eq!(server.next_event(), Some(Event::Text("Hello")));
//! assert_eq!(server.next_event(), None);
//! ```
//!
//! Payloads are unmasked where they lie. A message whose one frame has come whole is lent out from there; one that comes
//! in pieces is joined piece by piece, so that a large one never waits in two buffers.

mod closing;
mod input;
mod receive;
mod send;
mod time;

use crate::Role;
use crate::close::Close;
use crate::deflate::{Compression, Deflate, Inflate};
use crate::rule::{Rule, Violation};
use crate::utf8::Validator;
use crate::utf8::valid;

pub use closing::{Closing, Outcome};
pub use send::{Kind, SendError, Sender};
pub use time::{Timeout, Timing};

pub(crate) use receive::check_text;

use input::Input;
use receive::{Current, Reassembly, Step};

/// What a session is willing to do.
#[derive(Clone, Debug)]
pub struct Config {
    /// The longest payload of one frame, in bytes. 64 MiB unless set.
    pub max_frame: u64,
    /// The longest message, in bytes, inflated where it was compressed. 64 MiB unless set.
    pub max_message: usize,
    /// What the handshake agreed on for permessage-deflate; `None` where it agreed on nothing.
    pub compression: Option<Compression>,
    /// Messages shorter than this are sent uncompressed, in bytes: they rarely get smaller. 0 unless set.
    pub compress_from: usize,
    /// How hard to compress, from 0 to 9. 6 unless set, as in zlib.
    pub compression_level: u8,
    /// How long to wait for what.
    pub timing: Timing,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            max_frame: 64 << 20,
            max_message: 64 << 20,
            compression: None,
            compress_from: 0,
            compression_level: 6,
            timing: Timing::default(),
        }
    }
}

/// What has happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// A whole text message.
    Text(&'a str),
    /// A whole binary message.
    Binary(&'a [u8]),
    /// A ping. Its pong is in the output already.
    Ping(&'a [u8]),
    /// A pong, asked for or not.
    Pong(&'a [u8]),
    /// The peer's close frame, and what it says. Where it began the closing, the answer is in the output already.
    /// Nothing comes after it.
    Close(Option<Close>),
    /// The peer broke a rule, so this end fails the connection (RFC 6455 §7.1.7): its close frame is in the output
    /// already, and nothing comes after this event.
    Failed(Violation),
}

/// What has come of a message that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SoFar<'a> {
    /// What kind of message it is.
    pub kind: Kind,
    /// What is held of it, unmasked and inflated. Of a text: its characters that are complete.
    pub bytes: &'a [u8],
    /// The bytes of a text that begin a character: none, or up to three.
    pub pending: &'a [u8],
}

/// One endpoint. See the [module](self).
pub struct Session {
    /// What has come and is not used up. Apart from the rest, so that an event can borrow it while the rest changes.
    input: Input,
    /// The message under way, where it is not in one piece.
    reassembly: Reassembly,
    /// A message that was complete before it was asked for.
    ready: Reassembly,
    core: Core,
}

/// A buffer that an event borrows from, other than the input.
#[derive(Clone, Copy, Debug, Default)]
enum Lent {
    #[default]
    Nothing,
    Reassembly,
    Ready,
}

/// All of a session but the bytes that its events borrow.
struct Core {
    role: Role,
    config: Config,
    keys: Option<Box<dyn FnMut() -> [u8; 4] + Send>>,
    inflater: Option<Box<dyn Inflate>>,
    deflater: Option<Box<dyn Deflate>>,
    /// The frame that is being read.
    current: Option<Current>,
    /// What the message under way is, once a fragment of it has come.
    in_progress: Option<receive::MessageInProgress>,
    validator: Validator,
    /// A rule that was found broken while bytes were taken, for the next event to say.
    found: Option<Violation>,
    /// The kind of the message in the buffer for such, if there is one.
    ready: Option<Kind>,
    /// The buffer that the last event borrows from. It is cleared when the borrow is over.
    lent: Lent,
    output: send::Output,
    closing: Closing,
    clock: time::Clock,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("role", &self.core.role)
            .field("closing", &self.core.closing)
            .field("unread", &self.input.rest().len())
            .field("unsent", &self.output().len())
            .finish_non_exhaustive()
    }
}

impl Session {
    /// The end that accepted the connection.
    pub fn server(config: Config) -> Session {
        Session::new(Role::Server, config, None)
    }

    /// The end that opened it. `keys` gives a fresh masking key for every frame; keys that a page or a peer can foresee
    /// defeat what masking is for (RFC 6455 §10.3).
    pub fn client(config: Config, keys: impl FnMut() -> [u8; 4] + Send + 'static) -> Session {
        Session::new(Role::Client, config, Some(Box::new(keys)))
    }

    fn new(
        role: Role,
        mut config: Config,
        keys: Option<Box<dyn FnMut() -> [u8; 4] + Send>>,
    ) -> Session {
        // On wasm32 no buffer holds what 64 bits can announce.
        config.max_frame = config.max_frame.min(isize::MAX as u64);
        Session {
            input: Input::default(),
            reassembly: Reassembly::default(),
            ready: Reassembly::default(),
            core: Core {
                role,
                keys,
                inflater: None,
                deflater: None,
                current: None,
                in_progress: None,
                validator: Validator::default(),
                found: None,
                ready: None,
                lent: Lent::Nothing,
                output: send::Output::default(),
                closing: Closing::default(),
                clock: time::Clock::default(),
                config,
            },
        }
    }

    /// Which end this is.
    pub fn role(&self) -> Role {
        self.core.role
    }

    /// Takes bytes that came from the peer. Any way of cutting them gives the same events.
    ///
    /// Call [`Session::next_event`] until it gives none before reading more: then nothing but the message under way and
    /// a part of a header or control frame is kept.
    pub fn receive(&mut self, bytes: &[u8]) {
        if self.core.closing.listens() {
            self.core.clock.heard();
            self.clear_lent();
            let taken = self.core.consume_payload(
                bytes,
                &mut self.input,
                &mut self.reassembly,
                &mut self.ready,
            );
            self.input.push(&bytes[taken..]);
        }
    }

    /// What the peer's bytes mean next. `None` when more are needed, or when nothing can come any more.
    pub fn next_event(&mut self) -> Option<Event<'_>> {
        self.next_to_answer().map(|(event, _)| event)
    }

    /// [`Session::next_event`], with the means to answer it while its payload is borrowed: an echo, a relay or a server
    /// that answers out of what it was asked then copies nothing first.
    ///
    /// ```
    /// use wire::session::{Config, Event, Session};
    /// let mut server = Session::server(Config::default());
    /// server.receive(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    /// while let Some((event, mut sender)) = server.next_to_answer() {
    ///     if let Event::Text(text) = event {
    ///         sender.send_text(text).unwrap();
    ///     }
    /// }
    /// assert_eq!(server.output(), b"\x81\x05Hello");
    /// ```
    pub fn next_to_answer(&mut self) -> Option<(Event<'_>, Sender<'_>)> {
        self.clear_lent();
        let event = match self.core.step(&mut self.input, &mut self.reassembly)? {
            Step::Text { payload, at } => {
                let bytes = &self.input.bytes()[payload];
                match valid(bytes) {
                    Some(text) => Event::Text(text),
                    None => self.core.refuse_text(bytes, at),
                }
            }
            Step::Binary(payload) => Event::Binary(&self.input.bytes()[payload]),
            Step::Joined { message, at } => {
                self.core.lent = Lent::Reassembly;
                match (message.kind, message.compressed) {
                    (Kind::Binary, false) => Event::Binary(self.reassembly.binary()),
                    (Kind::Binary, true) => Event::Binary(&self.reassembly.inflated),
                    (Kind::Text, false) => Event::Text(&self.reassembly.text),
                    (Kind::Text, true) => {
                        match valid(&self.reassembly.inflated) {
                            Some(text) => Event::Text(text),
                            // The validator has seen every byte, so this cannot be.
                            None => self.core.refuse_text(&self.reassembly.inflated, at),
                        }
                    }
                }
            }
            Step::Ready(kind) => {
                self.core.lent = Lent::Ready;
                match kind {
                    Kind::Text => Event::Text(&self.ready.text),
                    Kind::Binary => Event::Binary(self.ready.binary()),
                }
            }
            Step::Ping(payload) => Event::Ping(&self.input.bytes()[payload]),
            Step::Pong(payload) => Event::Pong(&self.input.bytes()[payload]),
            Step::Close(close) => Event::Close(close),
            Step::Failed(violation) => Event::Failed(violation),
        };
        Some((event, Sender(&mut self.core)))
    }

    /// The half of this end that sends.
    pub fn sender(&mut self) -> Sender<'_> {
        Sender(&mut self.core)
    }

    /// The message that is under way: what of it has come, once [`Session::next_event`] has given none. `None` between
    /// messages.
    pub fn so_far(&self) -> Option<SoFar<'_>> {
        let current = self.core.current.map(|current| current.message);
        let message = current.or(self.core.in_progress)?;
        let pending = self.core.validator.pending();
        let bytes = match (message.kind, message.compressed) {
            (Kind::Binary, false) => self.reassembly.binary(),
            (Kind::Text, false) => self.reassembly.text.as_bytes(),
            (_, true) => {
                let whole = self.reassembly.inflated.len().saturating_sub(pending.len());
                &self.reassembly.inflated[..whole]
            }
        };
        Some(SoFar {
            kind: message.kind,
            bytes,
            pending,
        })
    }

    /// Once an event's borrow is over, its message can go.
    fn clear_lent(&mut self) {
        match std::mem::take(&mut self.core.lent) {
            Lent::Nothing => {}
            Lent::Reassembly => self.reassembly.clear(),
            Lent::Ready => self.ready.clear(),
        }
    }

    /// Bytes to be sent to the peer.
    pub fn output(&self) -> &[u8] {
        self.core.output.bytes()
    }

    /// Says that the first `n` bytes of [`Session::output`] have been sent.
    pub fn sent(&mut self, n: usize) {
        self.sender().sent(n);
    }
}

impl Core {
    /// Fails the connection for a text that is known not to be UTF-8. `at` is its place in the stream.
    fn refuse_text(&mut self, bytes: &[u8], at: u64) -> Event<'static> {
        let checked = receive::check_text(&mut Validator::default(), bytes, None, at, at, true);
        let violation = checked.err().unwrap_or(Violation {
            rule: Rule::TextNotUtf8,
            at: at..at + bytes.len() as u64,
            value: 0,
        });
        self.fail(&violation);
        Event::Failed(violation)
    }
}

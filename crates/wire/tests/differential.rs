//! The same streams, through this crate's session and through tungstenite's and yawc's, which share no code with it.
//!
//! `DIFFERENTIAL_CASES=1000000 cargo test --release -p wire --test differential` looks harder.

mod support;

use std::io::{self, Cursor, ErrorKind, Read, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use support::{Bytes, Owned, drain, pieces, reader, role, stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tungstenite::{Error, Message, error::ProtocolError};
use wire::Role;
use wire::close::CloseCode;
use wire::deflate::Params;
use wire::frame::Opcode;
use wire::rule::Rule;
use wire::session::{Config, Event};

fn cases() -> u32 {
    let asked = std::env::var("DIFFERENTIAL_CASES").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(500)
}

/// What an endpoint made of a stream.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    /// Messages and control frames, in order. A close frame ends them.
    events: Vec<Owned>,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// The stream ended while all was well.
    Open,
    /// A close frame came.
    Closed,
    /// The stream was refused. The code, where it is known.
    Failed(Option<u16>),
}

/// What our session makes of it, and the rule that was broken.
fn ours(sender: Role, config: Config, bytes: &[&[u8]]) -> (Seen, Option<Rule>) {
    let mut session = reader(sender, config);
    let mut events = Vec::new();
    for piece in bytes {
        session.receive(piece);
        drain(&mut session, &mut events);
    }
    match events.last() {
        Some(Owned::Other(Event::Failed(violation))) => {
            let rule = violation.rule;
            events.pop();
            let end = End::Failed(Some(rule.close_code().0));
            (Seen { events, end }, Some(rule))
        }
        Some(Owned::Other(_)) => (
            Seen {
                events,
                end: End::Closed,
            },
            None,
        ),
        _ => (
            Seen {
                events,
                end: End::Open,
            },
            None,
        ),
    }
}

/// A stream that gives one piece with each read, and then ends.
struct Pieces<'a> {
    pieces: Vec<&'a [u8]>,
    at: Cursor<&'a [u8]>,
    /// What to do at the end: nothing more for now, or the end of the stream.
    ends: bool,
}

impl<'a> Pieces<'a> {
    fn new(pieces: &[&'a [u8]], ends: bool) -> Pieces<'a> {
        let pieces = pieces
            .iter()
            .rev()
            .copied()
            .filter(|p| !p.is_empty())
            .collect();
        Pieces {
            pieces,
            at: Cursor::default(),
            ends,
        }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.at.read(buffer)? {
                0 => match self.pieces.pop() {
                    Some(piece) => self.at = Cursor::new(piece),
                    None if self.ends => return Ok(0),
                    None => return Err(ErrorKind::WouldBlock.into()),
                },
                n => return Ok(n),
            }
        }
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn close_event(close: Option<(u16, String)>) -> Owned {
    Owned::Other(Event::Close(close.map(|(code, reason)| {
        wire::close::Close {
            code: CloseCode(code),
            reason,
        }
    })))
}

fn tungstenite(sender: Role, bytes: &[&[u8]]) -> Seen {
    let role = match sender {
        Role::Client => tungstenite::protocol::Role::Server,
        Role::Server => tungstenite::protocol::Role::Client,
    };
    // Its own limit for a frame is 16 MiB; ours is the limit for a message. Unequal limits are no disagreement.
    let limits = Config::default();
    let config = tungstenite::protocol::WebSocketConfig::default()
        .max_frame_size(usize::try_from(limits.max_frame).ok())
        .max_message_size(Some(limits.max_message));
    let mut socket =
        tungstenite::WebSocket::from_raw_socket(Pieces::new(bytes, true), role, Some(config));
    let mut events = Vec::new();
    loop {
        events.push(match socket.read() {
            Ok(Message::Text(text)) => Owned::Text(text.to_string()),
            Ok(Message::Binary(bytes)) => Owned::Binary(Bytes(bytes.to_vec())),
            Ok(Message::Ping(bytes)) => Owned::Ping(Bytes(bytes.to_vec())),
            Ok(Message::Pong(bytes)) => Owned::Pong(Bytes(bytes.to_vec())),
            Ok(Message::Close(close)) => {
                events.push(close_event(
                    close.map(|c| (c.code.into(), c.reason.to_string())),
                ));
                return Seen {
                    events,
                    end: End::Closed,
                };
            }
            Ok(Message::Frame(_)) => continue,
            Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => {
                return Seen {
                    events,
                    end: End::Open,
                };
            }
            Err(error) => {
                let code = match error {
                    Error::Protocol(_) => 1002,
                    Error::Utf8(_) => 1007,
                    Error::Capacity(_) => 1009,
                    _ => panic!("{error}"),
                };
                return Seen {
                    events,
                    end: End::Failed(Some(code)),
                };
            }
        });
    }
}

/// Where tungstenite 0.30 is known to differ, who is right, and why.
fn tungstenite_differs(ours: &Seen, rule: Option<Rule>, theirs: &Seen) -> bool {
    let common = ours
        .events
        .iter()
        .zip(&theirs.events)
        .take_while(|(a, b)| a == b)
        .count();
    let (our_rest, their_rest) = (&ours.events[common..], &theirs.events[common..]);
    match rule {
        // RFC 6455 §5.2, "the minimal number of bytes MUST be used to encode the length": tungstenite takes any length.
        // It goes on where we stop, so everything before is the same.
        Some(Rule::LengthNotMinimal) => our_rest.is_empty(),
        // §7.4: a code that must not be sent is handed on as 1002, where the connection should fail. If the reason is not
        // UTF-8 either, it says so (1007); the code comes first.
        Some(Rule::CloseCodeInvalid) => our_rest.is_empty() && theirs.end != End::Open,
        // §8.1, §5.2: when a frame has more than one thing wrong, or is wrong before it is complete, either may say so
        // first; we say what is wrong first in the stream, as soon as it has come, and tungstenite once the frame has
        // come. So it may still be waiting. A length with its top bit set is a protocol error (1002) to us, since §5.2 says
        // that the bit MUST be 0, and too big (1009) to tungstenite, which waits for the masking key first.
        Some(_) => {
            our_rest.is_empty()
                && their_rest.is_empty()
                && matches!(theirs.end, End::Failed(_) | End::Open)
        }
        // IANA has registered 1014 (bad gateway) for close frames; tungstenite takes it for invalid.
        None => match (our_rest, their_rest) {
            ([Owned::Other(Event::Close(Some(close)))], [Owned::Other(Event::Close(Some(_)))]) => {
                close.code == CloseCode(1014)
            }
            _ => false,
        },
    }
}

fn explain(ours: &Seen, rule: Option<Rule>, theirs: &Seen) -> String {
    format!("\nours   {ours:?} {rule:?}\ntheirs {theirs:?}")
}

/// A stream in memory for yawc, which reads with tokio's traits.
impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut piece = vec![0; buffer.remaining()];
        match self.read(&mut piece) {
            Ok(n) => {
                buffer.put_slice(&piece[..n]);
                Poll::Ready(Ok(()))
            }
            Err(_) => Poll::Pending,
        }
    }
}

impl AsyncWrite for Pieces<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

const AGREED: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

fn yawc(sender: Role, bytes: &[&[u8]]) -> Seen {
    let role = match sender {
        Role::Client => yawc::Role::Server,
        Role::Server => yawc::Role::Client,
    };
    let options = yawc::Options::default()
        .with_utf8()
        .with_limits(Config::default().max_message, 128 << 20)
        .with_balanced_compression();
    let mut socket = yawc::WebSocket::from_stream_with_extensions(
        Pieces::new(bytes, false),
        role,
        Some(AGREED),
        options,
    )
    .unwrap();
    let mut events = Vec::new();
    loop {
        let mut context = Context::from_waker(Waker::noop());
        let frame = match pin!(socket.next_frame()).poll(&mut context) {
            Poll::Pending => {
                return Seen {
                    events,
                    end: End::Open,
                };
            }
            Poll::Ready(Err(_)) => {
                return Seen {
                    events,
                    end: End::Failed(None),
                };
            }
            Poll::Ready(Ok(frame)) => frame,
        };
        let payload = frame.payload().to_vec();
        events.push(match frame.opcode() {
            yawc::OpCode::Text => Owned::Text(String::from_utf8(payload).unwrap()),
            yawc::OpCode::Binary => Owned::Binary(Bytes(payload)),
            yawc::OpCode::Ping => Owned::Ping(Bytes(payload)),
            yawc::OpCode::Pong => Owned::Pong(Bytes(payload)),
            yawc::OpCode::Close => {
                let reason = String::from_utf8_lossy(payload.get(2..).unwrap_or_default());
                let code = payload.first_chunk::<2>().map(|b| u16::from_be_bytes(*b));
                events.push(close_event(code.map(|code| (code, reason.into_owned()))));
                return Seen {
                    events,
                    end: End::Closed,
                };
            }
            yawc::OpCode::Continuation => panic!("yawc hands out whole messages"),
        });
    }
}

/// Where yawc 0.5 is known to differ, who is right, and why.
fn yawc_differs(ours: &Seen, rule: Option<Rule>, theirs: &Seen) -> bool {
    let common = ours
        .events
        .iter()
        .zip(&theirs.events)
        .take_while(|(a, b)| a == b)
        .count();
    let (our_rest, their_rest) = (&ours.events[common..], &theirs.events[common..]);
    match rule {
        // RFC 6455 §5.2: yawc takes lengths in any form, too.
        Some(Rule::LengthNotMinimal) => our_rest.is_empty(),
        // RFC 7692 §6.1: RSV1 is for the first frame of a message. yawc takes it on continuations, too.
        Some(Rule::ReservedBit) => our_rest.is_empty(),
        // RFC 6455 §5.5: it takes pongs of more than 125 bytes.
        Some(Rule::ControlTooLong) => our_rest.is_empty(),
        // §8.1: "whenever": we refuse a text at its first impossible byte, yawc once the message is whole, and hands out
        // the control frames in between.
        Some(Rule::TextNotUtf8) => {
            let control = |e: &Owned| !matches!(e, Owned::Text(_) | Owned::Binary(_));
            our_rest.is_empty() && their_rest.iter().all(control)
        }
        // RFC 7692 §7.2.2: a message's blocks end where the appended tail ends. When bytes go wrong, a block marked final
        // may end before; yawc leaves the rest unread, we read it and find that it is no block.
        Some(Rule::DeflateCorrupt) => our_rest.is_empty(),
        // RFC 6455 §5.1: "A client MUST close a connection if it detects a masked frame." yawc unmasks it.
        Some(Rule::MaskPresent) => our_rest.is_empty(),
        // Both refuse, or yawc waits for the whole frame first.
        Some(_) => {
            our_rest.is_empty()
                && their_rest.is_empty()
                && matches!(theirs.end, End::Failed(_) | End::Open)
        }
        // IANA has registered 1014 (bad gateway) for close frames; yawc takes it for invalid.
        None => match our_rest {
            [Owned::Other(Event::Close(Some(close)))] => {
                close.code == CloseCode(1014) && their_rest.is_empty()
            }
            _ => false,
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn tungstenite_sees_the_same(
        (sender, bytes) in role().prop_flat_map(|sender| (Just(sender), stream(sender, false))),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let pieces = pieces(&bytes.0, &cuts);
        let (ours, rule) = ours(sender, Config::default(), &pieces);
        let theirs = tungstenite(sender, &pieces);
        prop_assert!(
            ours == theirs || tungstenite_differs(&ours, rule, &theirs),
            "{}", explain(&ours, rule, &theirs)
        );
    }

    #[test]
    fn yawc_sees_the_same(
        (sender, bytes) in role().prop_flat_map(|sender| (Just(sender), stream(sender, true))),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let pieces = pieces(&bytes.0, &cuts);
        let params: Params = AGREED.parse().unwrap();
        let config = Config { compression: Some(params.into()), ..Config::default() };
        let (ours, rule) = ours(sender, config, &pieces);
        let theirs = yawc(sender, &pieces);
        prop_assert!(
            ours == theirs || yawc_differs(&ours, rule, &theirs),
            "{}", explain(&ours, rule, &theirs)
        );
    }
}

/// A random stream says such a length once in millions: both must draw the line in the same place.
#[test]
fn both_have_the_same_limit_for_a_frame() {
    let limit = Config::default().max_frame;
    for (length, fits) in [(limit, true), (limit + 1, false)] {
        let header = wire::frame::Header::new(Opcode::Binary, length, Some([0; 4]));
        let mut bytes = Vec::new();
        wire::frame::encode(&header, b"", &mut bytes);
        let end = if fits {
            End::Open
        } else {
            End::Failed(Some(1009))
        };
        assert_eq!(ours(Role::Client, Config::default(), &[&bytes]).0.end, end);
        assert_eq!(tungstenite(Role::Client, &[&bytes]).end, end);
    }
}

#[test]
fn opcodes_are_the_same_numbers() {
    // The comparison above maps their opcodes to ours by name.
    assert_eq!(u8::from(yawc::OpCode::Pong), Opcode::Pong.bits());
    let theirs: u8 = tungstenite::protocol::frame::coding::OpCode::Control(
        tungstenite::protocol::frame::coding::Control::Pong,
    )
    .into();
    assert_eq!(theirs, Opcode::Pong.bits());
}

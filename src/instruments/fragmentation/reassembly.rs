//! What a real endpoint makes of the frames, one after the other.

use wire::Role;
use wire::close::Close;
use wire::rule::Violation;
use wire::session::{Config, Event, Kind, Session};
use wire::utf8::Validator;

use super::interleaved::Interleaved;
use super::message::{FragmentedMessage, SentFrame};
use crate::instruments::messages::made_up_key;

/// What the endpoint says has happened.
#[derive(Clone, Debug, PartialEq)]
pub enum ReceiverEvent {
    /// A whole text message.
    Text(String),
    /// A whole binary message.
    Binary(Vec<u8>),
    /// A ping.
    Ping,
    /// A pong.
    Pong,
    /// The peer's close frame.
    Close(Option<Close>),
    /// The peer broke a rule.
    Failed(Violation),
}

/// What is held of a message under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldMessage {
    /// What kind of message it is.
    pub kind: Kind,
    /// What is whole.
    pub bytes: Vec<u8>,
    /// The beginning of a character.
    pub pending: Vec<u8>,
    /// How many bytes that character still takes.
    pub missing: usize,
}

/// The endpoint once it has read so many frames.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReceiverState {
    /// What the last frame brought.
    pub happened: Vec<ReceiverEvent>,
    /// What was sent back for it.
    pub answer: Vec<u8>,
    /// What is held now.
    pub held: Option<HeldMessage>,
    /// Whether the last frame was read at all: nothing is, once the connection has failed or is closing.
    pub read: bool,
}

impl ReceiverState {
    /// The rule that the last frame broke.
    pub fn violation(&self) -> Option<&Violation> {
        self.happened.iter().find_map(|h| match h {
            ReceiverEvent::Failed(violation) => Some(violation),
            _ => None,
        })
    }
}

/// Feeds the frames to a session in the other role. The first state is that before any frame.
pub fn run(from: Role, frames: &[SentFrame]) -> Vec<ReceiverState> {
    let mut session = match from {
        Role::Client => Session::server(Config::default()),
        Role::Server => Session::client(Config::default(), || made_up_key(99)),
    };
    let mut states = vec![ReceiverState {
        read: true,
        ..ReceiverState::default()
    }];
    let mut over = false;
    for frame in frames {
        let mut state = ReceiverState {
            read: !over,
            ..ReceiverState::default()
        };
        session.receive(&frame.bytes);
        while let Some(event) = session.next_event() {
            let happened = match event {
                Event::Text(text) => ReceiverEvent::Text(text.to_owned()),
                Event::Binary(bytes) => ReceiverEvent::Binary(bytes.to_owned()),
                Event::Ping(_) => ReceiverEvent::Ping,
                Event::Pong(_) => ReceiverEvent::Pong,
                Event::Close(close) => ReceiverEvent::Close(close),
                Event::Failed(violation) => ReceiverEvent::Failed(violation),
            };
            over |= matches!(happened, ReceiverEvent::Close(_) | ReceiverEvent::Failed(_));
            state.happened.push(happened);
        }
        state.answer = session.output().to_vec();
        session.sent(state.answer.len());
        state.held = session.so_far().filter(|_| !over).map(|held| {
            let mut validator = Validator::default();
            // What a session holds back has been found to be right so far.
            let _ = validator.push(held.pending);
            HeldMessage {
                kind: held.kind,
                bytes: held.bytes.to_vec(),
                pending: held.pending.to_vec(),
                missing: validator.next().missing,
            }
        });
        states.push(state);
    }
    states
}

/// How it ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Every message has come, so many.
    Delivered(usize),
    /// The last message has no end.
    Waiting,
    /// A close frame came, with frames behind it or without.
    Closed {
        /// Frames that nobody reads.
        unread: usize,
        /// Whether a message was under way.
        lost: bool,
    },
    /// The frame with this number broke a rule.
    Failed(usize, Violation),
}

/// How the frames end.
pub fn outcome(states: &[ReceiverState]) -> Outcome {
    let mut delivered = 0;
    for (number, state) in states.iter().enumerate() {
        for happened in &state.happened {
            match happened {
                ReceiverEvent::Failed(violation) => {
                    return Outcome::Failed(number.saturating_sub(1), violation.clone());
                }
                ReceiverEvent::Close(_) => {
                    let before = number.checked_sub(1).and_then(|n| states.get(n));
                    return Outcome::Closed {
                        unread: states.len() - 1 - number,
                        lost: before.is_some_and(|s| s.held.is_some()),
                    };
                }
                ReceiverEvent::Text(_) | ReceiverEvent::Binary(_) => delivered += 1,
                ReceiverEvent::Ping | ReceiverEvent::Pong => {}
            }
        }
    }
    match states.last() {
        Some(state) if state.held.is_some() => Outcome::Waiting,
        _ => Outcome::Delivered(delivered),
    }
}

/// Whether the connection would fail if this frame, and no other, stood there.
pub fn breaks(message: &FragmentedMessage, gap: usize, what: Interleaved) -> bool {
    let mut message = FragmentedMessage {
        interleaved: Vec::new(),
        flipped: Vec::new(),
        ..message.clone()
    };
    message.put(gap, what);
    matches!(
        outcome(&run(message.from, &message.frames())),
        Outcome::Failed(..)
    )
}

#[cfg(test)]
mod tests {
    use super::super::narration::explain;
    use super::*;
    use wire::rule::Rule;

    fn states(message: &FragmentedMessage) -> Vec<ReceiverState> {
        run(message.from, &message.frames())
    }

    #[test]
    fn a_character_cut_in_half_waits() {
        for from in [Role::Client, Role::Server] {
            let message = FragmentedMessage {
                from,
                ..FragmentedMessage::default()
            };
            let states = states(&message);
            assert_eq!(states.len(), 4);
            let held = states[1].held.as_ref().unwrap();
            assert_eq!(
                (held.bytes.as_slice(), held.pending.as_slice()),
                (&b"Caf"[..], &[0xc3][..])
            );
            assert_eq!(held.missing, 1);
            assert_eq!(
                states[3].happened,
                [ReceiverEvent::Text("Café: 3 €".into())]
            );
            assert_eq!(outcome(&states), Outcome::Delivered(1));
            assert!(
                explain(&message.frames()[0], &states[0], &states[1])
                    .0
                    .contains("1 byte is to come")
            );
        }
    }

    #[test]
    fn a_ping_in_between_is_answered_at_once() {
        let mut message = FragmentedMessage {
            from: Role::Server,
            ..FragmentedMessage::default()
        };
        message.put(1, Interleaved::Ping);
        let states = states(&message);
        assert_eq!(states[2].happened, [ReceiverEvent::Ping]);
        assert_eq!(states[2].answer[..2], [0x8a, 0x81]);
        assert_eq!(states[2].held, states[1].held);
        assert_eq!(outcome(&states), Outcome::Delivered(1));
    }

    #[test]
    fn what_may_not_stand_where() {
        let message = FragmentedMessage::default();
        // Before, between, between, behind.
        for (what, broken) in [
            (Interleaved::Ping, [false; 4]),
            (Interleaved::Pong, [false; 4]),
            (Interleaved::Close, [false; 4]),
            (Interleaved::Text, [false, true, true, false]),
            (Interleaved::Binary, [false, true, true, false]),
            (Interleaved::Continuation, [true; 4]),
            (Interleaved::CutPing, [true; 4]),
        ] {
            let found: Vec<_> = (0..4).map(|gap| breaks(&message, gap, what)).collect();
            assert_eq!(found, broken, "{what:?}");
        }
    }

    #[test]
    fn a_text_frame_in_between_fails_there() {
        let mut message = FragmentedMessage::default();
        message.put(1, Interleaved::Text);
        let frames = message.frames();
        let states = states(&message);
        let Outcome::Failed(1, violation) = outcome(&states) else {
            panic!("{states:?}");
        };
        assert_eq!(violation.rule, Rule::MessageInterleaved);
        assert_eq!(violation.at.start, frames[1].offset);
        assert!(states[2].answer.len() > 2 && !states[3].read);
        assert_eq!(states[4].happened, []);
        assert!(
            explain(&frames[2], &states[2], &states[3])
                .0
                .contains("Nobody reads")
        );
    }

    #[test]
    fn a_message_that_ends_within_a_character() {
        let mut message = FragmentedMessage::default();
        message.turn(0);
        let Outcome::Failed(0, violation) = outcome(&states(&message)) else {
            panic!();
        };
        assert_eq!(violation.rule.close_code().0, 1007);
        // Without an end, it waits for ever.
        message.flipped = vec![2];
        assert_eq!(outcome(&states(&message)), Outcome::Waiting);
    }

    #[test]
    fn a_continuation_in_between_becomes_part_of_the_message() {
        let mut message = FragmentedMessage {
            cuts: vec![1],
            ..FragmentedMessage::default()
        };
        message.put(1, Interleaved::Continuation);
        let states = states(&message);
        assert_eq!(states[2].happened, [ReceiverEvent::Text("C+".into())]);
        let Outcome::Failed(2, violation) = outcome(&states) else {
            panic!();
        };
        assert_eq!(violation.rule, Rule::ContinuationUnexpected);
    }

    #[test]
    fn a_close_in_the_middle_loses_the_message() {
        let mut message = FragmentedMessage::default();
        message.put(2, Interleaved::Close);
        let end = outcome(&states(&message));
        assert_eq!(
            end,
            Outcome::Closed {
                unread: 1,
                lost: true
            }
        );
    }
}

//! What a real endpoint makes of the frames, one after the other.

use wire::Role;
use wire::close::Close;
use wire::rule::Violation;
use wire::session::{Config, Event, Kind, Session};
use wire::utf8::Validator;

use super::interleaved::Interleaved;
use super::model::{FragmentedMessage, SentFrame};
use crate::instruments::messages::made_up_key;
use crate::ui::counted;

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

/// Feeds the frames to a session in the other role. The first stage is that before any frame.
pub fn run(from: Role, frames: &[SentFrame]) -> Vec<ReceiverState> {
    let mut session = match from {
        Role::Client => Session::server(Config::default()),
        Role::Server => Session::client(Config::default(), || made_up_key(99)),
    };
    let mut stages = vec![ReceiverState {
        read: true,
        ..ReceiverState::default()
    }];
    let mut over = false;
    for frame in frames {
        let mut stage = ReceiverState {
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
            stage.happened.push(happened);
        }
        stage.answer = session.output().to_vec();
        session.sent(stage.answer.len());
        stage.held = session.so_far().filter(|_| !over).map(|held| {
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
        stages.push(stage);
    }
    stages
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

/// How a desk's frames end.
pub fn outcome(stages: &[ReceiverState]) -> Outcome {
    let mut delivered = 0;
    for (number, stage) in stages.iter().enumerate() {
        for happened in &stage.happened {
            match happened {
                ReceiverEvent::Failed(violation) => {
                    return Outcome::Failed(number.saturating_sub(1), violation.clone());
                }
                ReceiverEvent::Close(_) => {
                    let before = number.checked_sub(1).and_then(|n| stages.get(n));
                    return Outcome::Closed {
                        unread: stages.len() - 1 - number,
                        lost: before.is_some_and(|s| s.held.is_some()),
                    };
                }
                ReceiverEvent::Text(_) | ReceiverEvent::Binary(_) => delivered += 1,
                ReceiverEvent::Ping | ReceiverEvent::Pong => {}
            }
        }
    }
    match stages.last() {
        Some(stage) if stage.held.is_some() => Outcome::Waiting,
        _ => Outcome::Delivered(delivered),
    }
}

/// Whether the connection would fail if this frame, and no other, stood there.
pub fn breaks(desk: &FragmentedMessage, gap: usize, extra: Interleaved) -> bool {
    let mut desk = FragmentedMessage {
        interleaved: Vec::new(),
        flipped: Vec::new(),
        ..desk.clone()
    };
    desk.put(gap, extra);
    matches!(
        outcome(&run(desk.from, &desk.frames())),
        Outcome::Failed(..)
    )
}

/// What the frame that was read last did, in a few sentences, and where that is written.
pub fn explain(
    frame: &SentFrame,
    before: &ReceiverState,
    now: &ReceiverState,
) -> (String, &'static [&'static str]) {
    if !now.read {
        return (
            "Nobody reads this. Once a connection has failed or a close frame has come, whatever follows is thrown away."
                .to_owned(),
            &["7.1.7", "1.4"],
        );
    }
    if let Some(violation) = now.violation() {
        return (
            format!("{} {}", violation.message(), violation.rule.reason()),
            &[],
        );
    }
    let (fin, begun) = (frame.header.fin, before.held.is_some());
    let mut text = match now.happened.first() {
        Some(ReceiverEvent::Ping) if begun => "A ping may come between two fragments. It is answered at once, and the message under way is not touched.".to_owned(),
        Some(ReceiverEvent::Ping) => "A ping. The pong goes back at once, with the same payload.".to_owned(),
        Some(ReceiverEvent::Pong) => "A pong that nobody asked for: a sign of life. It needs no answer, and leaves the message under way alone.".to_owned(),
        Some(ReceiverEvent::Close(_)) if begun => "A close frame may come in the middle of a message. It is answered, and what was held is thrown away: the message will never be complete.".to_owned(),
        Some(ReceiverEvent::Close(_)) => "A close frame. It is answered, and nothing is read after it.".to_owned(),
        Some(ReceiverEvent::Text(_) | ReceiverEvent::Binary(_)) if !begun => "The opcode begins a message and FIN ends it: one frame, one message.".to_owned(),
        Some(ReceiverEvent::Text(_) | ReceiverEvent::Binary(_)) => "FIN is 1: the message is complete. The application gets all of it at once, and cannot tell that it was cut.".to_owned(),
        _ => match (begun, fin) {
            (false, _) => "The opcode says what is coming, and FIN is 0: there is more. The receiver keeps what it has, and tells nobody.".to_owned(),
            (true, _) => "Opcode 0x0: more of the same message. FIN is still 0, so it waits.".to_owned(),
        },
    };
    let cites: &'static [&'static str] = match now.happened.first() {
        Some(ReceiverEvent::Ping) => &["5.4", "5.5.2"],
        Some(ReceiverEvent::Pong) => &["5.5.3"],
        Some(ReceiverEvent::Close(_)) => &["5.5.1"],
        _ => &["5.4"],
    };
    match &now.held {
        Some(held) if held.missing > 0 && now.happened.is_empty() => {
            let begun = match held.pending.len() {
                1 => "byte begins".to_owned(),
                n => format!("{n} bytes begin"),
            };
            text = format!(
                "{text} The last {begun} a character, and {} to come. A fragment may end like that; a message may not.",
                counted(held.missing as u64, "byte is", "bytes are")
            );
            (text, &["5.4", "5.6"])
        }
        _ => (text, cites),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::rule::Rule;

    fn stages(desk: &FragmentedMessage) -> Vec<ReceiverState> {
        run(desk.from, &desk.frames())
    }

    #[test]
    fn a_character_cut_in_half_waits() {
        for from in [Role::Client, Role::Server] {
            let desk = FragmentedMessage {
                from,
                ..FragmentedMessage::default()
            };
            let stages = stages(&desk);
            assert_eq!(stages.len(), 4);
            let held = stages[1].held.as_ref().unwrap();
            assert_eq!(
                (held.bytes.as_slice(), held.pending.as_slice()),
                (&b"Caf"[..], &[0xc3][..])
            );
            assert_eq!(held.missing, 1);
            assert_eq!(
                stages[3].happened,
                [ReceiverEvent::Text("Café: 3 €".into())]
            );
            assert_eq!(outcome(&stages), Outcome::Delivered(1));
            assert!(
                explain(&desk.frames()[0], &stages[0], &stages[1])
                    .0
                    .contains("1 byte is to come")
            );
        }
    }

    #[test]
    fn a_ping_in_between_is_answered_at_once() {
        let mut desk = FragmentedMessage {
            from: Role::Server,
            ..FragmentedMessage::default()
        };
        desk.put(1, Interleaved::Ping);
        let stages = stages(&desk);
        assert_eq!(stages[2].happened, [ReceiverEvent::Ping]);
        assert_eq!(stages[2].answer[..2], [0x8a, 0x81]);
        assert_eq!(stages[2].held, stages[1].held);
        assert_eq!(outcome(&stages), Outcome::Delivered(1));
    }

    #[test]
    fn what_may_not_stand_where() {
        let desk = FragmentedMessage::default();
        // Before, between, between, behind.
        for (extra, broken) in [
            (Interleaved::Ping, [false; 4]),
            (Interleaved::Pong, [false; 4]),
            (Interleaved::Close, [false; 4]),
            (Interleaved::Text, [false, true, true, false]),
            (Interleaved::Binary, [false, true, true, false]),
            (Interleaved::Continuation, [true; 4]),
            (Interleaved::CutPing, [true; 4]),
        ] {
            let found: Vec<_> = (0..4).map(|gap| breaks(&desk, gap, extra)).collect();
            assert_eq!(found, broken, "{extra:?}");
        }
    }

    #[test]
    fn a_text_frame_in_between_fails_there() {
        let mut desk = FragmentedMessage::default();
        desk.put(1, Interleaved::Text);
        let frames = desk.frames();
        let stages = stages(&desk);
        let Outcome::Failed(1, violation) = outcome(&stages) else {
            panic!("{stages:?}");
        };
        assert_eq!(violation.rule, Rule::MessageInterleaved);
        assert_eq!(violation.at.start, frames[1].offset);
        assert!(stages[2].answer.len() > 2 && !stages[3].read);
        assert_eq!(stages[4].happened, []);
        assert!(
            explain(&frames[2], &stages[2], &stages[3])
                .0
                .contains("Nobody reads")
        );
    }

    #[test]
    fn a_message_that_ends_within_a_character() {
        let mut desk = FragmentedMessage::default();
        desk.turn(0);
        let Outcome::Failed(0, violation) = outcome(&stages(&desk)) else {
            panic!();
        };
        assert_eq!(violation.rule.close_code().0, 1007);
        // Without an end, it waits for ever.
        desk.flipped = vec![2];
        assert_eq!(outcome(&stages(&desk)), Outcome::Waiting);
    }

    #[test]
    fn a_continuation_in_between_becomes_part_of_the_message() {
        let mut desk = FragmentedMessage {
            cuts: vec![1],
            ..FragmentedMessage::default()
        };
        desk.put(1, Interleaved::Continuation);
        let stages = stages(&desk);
        assert_eq!(stages[2].happened, [ReceiverEvent::Text("C+".into())]);
        let Outcome::Failed(2, violation) = outcome(&stages) else {
            panic!();
        };
        assert_eq!(violation.rule, Rule::ContinuationUnexpected);
    }

    #[test]
    fn a_close_in_the_middle_loses_the_message() {
        let mut desk = FragmentedMessage::default();
        desk.put(2, Interleaved::Close);
        let end = outcome(&stages(&desk));
        assert_eq!(
            end,
            Outcome::Closed {
                unread: 1,
                lost: true
            }
        );
    }
}

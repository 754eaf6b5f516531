//! A handshake that succeeds, step by step, and where the reader is in it.

use std::rc::Rc;

use wire::Role;
use wire::frame::{Header, Opcode, encode};
use wire::handshake::{Request, RequestVerdict, Response};
use yew::prelude::*;

use super::narration;
use super::settings::{LAST_STEP, Settings};
use crate::instruments::handshake_editor::example;
use crate::kit::playback::{Playback, PlaybackAction};
use crate::kit::settings::Parsed;

/// How long a step stays while playing, in milliseconds: time to read it.
const PLAY_MS: u32 = 4500;

/// Where in the drawing a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before HTTP: TCP.
    Tcp,
    /// A line of the request or the response, from 0; the empty line is the last.
    Line(Role, usize),
    /// The server judges.
    Judge,
    /// After HTTP: frames.
    Frames,
}

/// A step of the exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it is.
    pub place: Place,
    /// Its heading.
    pub title: String,
    /// What it is.
    pub what: String,
    /// Why it is there.
    pub why: &'static str,
    /// Where that is written: RFC and section.
    pub cites: &'static [(u16, &'static str)],
}

/// How much of a head has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Bytes so far.
    pub bytes: usize,
    /// Bytes in all.
    pub of: usize,
}

/// Where things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the connection carries.
    pub speaks: &'static str,
    /// Whether the page's script has its connection.
    pub opened: bool,
    /// The request.
    pub request: Sent,
    /// The response.
    pub response: Sent,
}

/// One exchange that succeeds, and the way through it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The lines of the request, without their ends; the empty one is the last.
    pub request: Vec<String>,
    /// The lines of the answer.
    pub response: Vec<String>,
    /// What the server found.
    pub verdict: RequestVerdict,
    /// The first frame, in full.
    pub frame: Vec<u8>,
    /// Every step, in order.
    pub steps: Vec<Step>,
}

/// The masking key of the examples in RFC 6455 §5.7.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

impl Exchange {
    /// The exchange of the editor's first preset.
    pub fn new() -> Exchange {
        let judged = example();
        let mut steps = vec![narration::connection()];
        if let Ok(request) = Request::parse(judged.request_wire.as_bytes()) {
            steps.push(narration::request_line(&request));
            steps.extend(narration::headers(request.head(), Role::Client));
        }
        steps.push(narration::judgement(&judged.request));
        if let Ok(response) = Response::parse(judged.response_wire.as_bytes()) {
            steps.push(narration::status_line(&response));
            steps.extend(narration::headers(response.head(), Role::Server));
        }
        steps.push(narration::frames());
        let mut frame = Vec::new();
        encode(
            &Header::new(Opcode::Text, 5, Some(KEY)),
            b"Hello",
            &mut frame,
        );
        Exchange {
            request: lines(&judged.request_wire),
            response: lines(&judged.response_wire),
            verdict: judged.request,
            frame,
            steps,
        }
    }

    /// Where things stand once a step is done.
    pub fn standing(&self, step: usize) -> Standing {
        let done = |place: Place| self.step_of(place).is_some_and(|at| at <= step);
        let sent = |from: Role, lines: &[String]| {
            let whole = |(i, _): &(usize, &String)| done(Place::Line(from, *i));
            let len = |line: &String| line.len() + "\r\n".len();
            Sent {
                bytes: lines
                    .iter()
                    .enumerate()
                    .filter(whole)
                    .map(|(_, l)| len(l))
                    .sum(),
                of: lines.iter().map(len).sum(),
            }
        };
        let end = self.response.len().saturating_sub(1);
        let opened = done(Place::Line(Role::Server, end));
        Standing {
            speaks: match (opened, step) {
                (true, _) => "WebSocket",
                (_, 0) => "nothing yet",
                _ => "HTTP/1.1",
            },
            opened,
            request: sent(Role::Client, &self.request),
            response: sent(Role::Server, &self.response),
        }
    }

    /// The step that a place of the drawing belongs to.
    pub fn step_of(&self, place: Place) -> Option<usize> {
        self.steps.iter().position(|step| step.place == place)
    }
}

/// The lines of a head, the empty one included.
fn lines(wire: &str) -> Vec<String> {
    let end = wire.find("\r\n\r\n").map_or(wire.len(), |at| at + 2);
    wire[..end]
        .lines()
        .map(str::to_owned)
        .chain([String::new()])
        .collect()
}

/// Where the reader is.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The step, and whether the steps pass by themselves.
    pub playback: Playback,
    /// What of the address cannot be used.
    pub problems: Vec<String>,
    /// Whether the step has changed here: only then does the page scroll by itself, and the address say where the reader is.
    pub moved: bool,
}

/// What changes it.
#[derive(Clone, Debug)]
pub enum Action {
    /// The address says something else.
    UrlChanged(Parsed<Settings>),
    /// The reader steps, or a step has stayed for its time.
    Playback(PlaybackAction),
}

impl State {
    /// What an address asks for.
    pub fn of(parsed: Parsed<Settings>) -> State {
        let mut playback = Playback::of_steps(LAST_STEP as usize, PLAY_MS);
        playback.apply(PlaybackAction::Go(parsed.settings.step.into()));
        State {
            playback,
            problems: parsed.problems,
            moved: false,
        }
    }

    /// The settings that say where the reader is.
    pub fn settings(&self) -> Settings {
        Settings {
            // There are no more steps than `LAST_STEP`.
            step: u32::try_from(self.playback.now).unwrap_or(LAST_STEP),
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        match action {
            Action::UrlChanged(parsed) => State::of(parsed).into(),
            Action::Playback(action) => {
                let mut state = (*self).clone();
                if !state.playback.apply(action) {
                    return self;
                }
                if state.playback.now != self.playback.now {
                    state.moved = true;
                    state.problems.clear();
                }
                state.into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_go_through_every_line_once_and_in_order() {
        let exchange = Exchange::new();
        let mut places = vec![Place::Tcp];
        places.extend((0..exchange.request.len()).map(|i| Place::Line(Role::Client, i)));
        places.push(Place::Judge);
        places.extend((0..exchange.response.len()).map(|i| Place::Line(Role::Server, i)));
        places.push(Place::Frames);
        let found: Vec<_> = exchange.steps.iter().map(|s| s.place).collect();
        assert_eq!(found, places);
        assert_eq!(
            exchange.step_of(Place::Frames),
            Some(LAST_STEP as usize),
            "the last step is as settings.rs has it"
        );
    }

    #[test]
    fn the_exchange_succeeds_and_nothing_in_it_is_left_unexplained() {
        let exchange = Exchange::new();
        assert!(exchange.verdict.accepted());
        assert_eq!(exchange.response[0], "HTTP/1.1 101 Switching Protocols");
        assert_eq!(exchange.verdict.protocol.as_deref(), Some("chat.v1"));
        for step in &exchange.steps {
            assert!(!step.cites.is_empty(), "{}", step.title);
            assert!(!step.what.contains("no use for"), "{}", step.title);
        }
        assert!(
            exchange
                .steps
                .iter()
                .any(|s| s.title == "Sec-WebSocket-Extensions"
                    && matches!(s.place, Place::Line(Role::Server, _)))
        );
    }

    #[test]
    fn what_has_been_sent_grows_to_the_whole() {
        let exchange = Exchange::new();
        let judged = example();
        let (mut before, last) = (exchange.standing(0), exchange.standing(LAST_STEP as usize));
        assert_eq!((before.request.bytes, before.response.bytes), (0, 0));
        assert_eq!((before.speaks, before.opened), ("nothing yet", false));
        for step in 1..=LAST_STEP as usize {
            let now = exchange.standing(step);
            assert!(now.request.bytes >= before.request.bytes);
            assert!(now.response.bytes == 0 || now.request.bytes == now.request.of);
            before = now;
        }
        assert_eq!(last.request.bytes, judged.request_wire.len());
        assert_eq!(last.response.bytes, judged.response_wire.len());
        assert_eq!((last.speaks, last.opened), ("WebSocket", true));
        let end = exchange.step_of(Place::Line(Role::Server, exchange.response.len() - 1));
        assert!(!exchange.standing(end.unwrap() - 1).opened);
        assert!(exchange.standing(end.unwrap()).opened);
    }

    #[test]
    fn the_reader_moves_and_the_address_places() {
        let parsed = Parsed {
            settings: Settings { step: 3 },
            problems: vec!["step=x".to_owned()],
        };
        let act = |state: &State, action| (*Rc::new(state.clone()).reduce(action)).clone();
        let state = State::of(parsed.clone());
        assert_eq!((state.settings().step, state.moved), (3, false));
        let go = |step| Action::Playback(PlaybackAction::Go(step));
        assert_eq!(act(&state, go(3)), state, "nothing has moved");
        let moved = act(&state, go(99));
        assert_eq!((moved.settings().step, moved.moved), (LAST_STEP, true));
        assert!(moved.problems.is_empty());
        assert_eq!(act(&moved, Action::UrlChanged(parsed)), state);
    }

    #[test]
    fn the_frame_is_the_example_of_the_rfc() {
        assert_eq!(
            crate::kit::number::hex(&Exchange::new().frame),
            "818537fa213d7f9f4d5158"
        );
    }
}

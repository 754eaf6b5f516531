//! What the reader does to the message, and how far the receiver has read.

use std::rc::Rc;

use wire::Role;
use wire::session::Kind;
use yew::prelude::*;

use super::interleaved::Interleaved;
use super::message::{FragmentedMessage, Origin};
use super::settings::Settings;
use crate::kit::playback::{Playback, PlaybackAction};
use crate::kit::settings::Parsed;

/// How long a frame stays while it plays, in milliseconds.
const STEP_MS: u32 = 1400;

/// Where the reader is.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The message and its frames.
    pub message: FragmentedMessage,
    /// How many frames the receiver has read.
    pub playback: Playback,
    /// What in the address could not be used.
    pub problems: Vec<String>,
    /// Why the message cannot be of the kind that was asked for.
    pub refused: Option<&'static str>,
    /// How often another message has taken the place of whatever was typed.
    pub shown: u32,
    /// The gap that is open for another frame.
    pub open: Option<usize>,
    /// The cut that the reader touched last.
    pub held: Option<usize>,
    /// How often a cut has been moved: its handle is drawn anew then, and takes the focus again.
    pub moves: u32,
    /// Whether the reader has changed something that a link should say.
    pub touched: bool,
}

impl State {
    /// Where a reader begins.
    pub fn of(parsed: Parsed<Settings>) -> State {
        let mut state = State {
            playback: Playback::of_steps(0, STEP_MS),
            problems: parsed.problems,
            refused: None,
            shown: 0,
            open: None,
            held: None,
            moves: 0,
            touched: false,
            message: parsed.settings.message.clone(),
        };
        state.read_to(parsed.settings.step());
        state
    }

    /// The number of frames that the receiver has read.
    pub fn step(&self) -> usize {
        self.playback.step()
    }

    /// What a link says.
    pub fn settings(&self) -> Settings {
        Settings::at(self.message.clone(), self.step())
    }

    /// Has the receiver read as many frames, or all there are.
    fn read_to(&mut self, step: usize) {
        self.playback.end = self.message.frames().len() as u64;
        self.playback.apply(PlaybackAction::Go(step as u64));
    }

    fn read_after(&mut self, is: impl Fn(Origin) -> bool) {
        let frames = self.message.frames();
        let place = frames.iter().position(|frame| is(frame.origin));
        self.read_to(place.map_or(frames.len(), |place| place + 1));
    }

    fn hold(&mut self, cut: Option<usize>) {
        let Some(cut) = cut else { return };
        self.held = Some(cut);
        self.moves += 1;
        self.open = None;
        self.read_after(|origin| origin == Origin::Fragment(cut));
    }

    fn replace(&mut self, parsed: Parsed<Settings>) {
        *self = State {
            shown: self.shown.wrapping_add(1),
            ..State::of(parsed)
        };
    }
}

/// What the reader does.
#[derive(Clone)]
pub enum Action {
    /// The address changed.
    UrlChanged(Parsed<Settings>),
    /// A preset.
    Show(Settings),
    /// Another message of the same kind.
    SetBytes(Rc<[u8]>),
    /// The same bytes as a message of this kind.
    SetKind(Kind),
    /// Another sender.
    SetSender(Role),
    /// Cuts before this byte.
    Cut(usize),
    /// Cuts the longest fragment in two.
    CutLongest,
    /// Removes this cut.
    Join(usize),
    /// Moves this cut to this byte.
    Shift(usize, usize),
    /// Touches this cut.
    Hold(usize),
    /// Puts a frame behind so many fragments.
    Put(usize, Interleaved),
    /// Takes this frame away again.
    Take(usize),
    /// Turns the FIN bit of this fragment.
    Turn(usize),
    /// Reads on, or less far.
    Playback(PlaybackAction),
    /// Opens a gap for another frame, or closes it.
    Open(Option<usize>),
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        if !matches!(action, Action::Hold(_) | Action::Open(_)) {
            state.touched = true;
            state.problems.clear();
        }
        match action {
            Action::UrlChanged(parsed) => state.replace(parsed),
            Action::Show(settings) => {
                state.replace(Parsed::fine(settings));
                state.touched = true;
            }
            Action::SetBytes(bytes) => {
                state.refused = None;
                state.message.say(state.message.kind, bytes.to_vec());
                state.read_to(usize::MAX);
            }
            Action::SetKind(kind) => {
                let bytes = state.message.bytes.clone();
                if kind == Kind::Text && std::str::from_utf8(&bytes).is_err() {
                    state.refused = Some(
                        "These bytes are not UTF-8, so they cannot be a text message. Change them, or leave them binary.",
                    );
                } else {
                    state.refused = None;
                    state.message.say(kind, bytes);
                }
            }
            Action::SetSender(role) => state.message.from = role,
            Action::Cut(at) => {
                let cut = state.message.cut(at);
                state.hold(cut);
            }
            Action::CutLongest => {
                let cut = state.message.cut_longest();
                state.hold(cut);
            }
            Action::Join(cut) => {
                state.message.join(cut);
                state.held = None;
                state.open = None;
                state.read_to(self.step());
            }
            Action::Shift(cut, to) => {
                state.message.shift(cut, to);
                if state.message.cuts == self.message.cuts {
                    return self;
                }
                state.hold(Some(cut));
            }
            Action::Hold(cut) => state.held = Some(cut),
            Action::Put(gap, what) => {
                let before = state
                    .message
                    .interleaved
                    .iter()
                    .filter(|e| e.0 <= gap)
                    .count();
                state.message.put(gap, what);
                state.open = None;
                state.read_after(|origin| origin == Origin::Interleaved(before, what));
            }
            Action::Take(number) => {
                if number < state.message.interleaved.len() {
                    state.message.interleaved.remove(number);
                }
                state.read_to(self.step());
            }
            Action::Turn(fragment) => {
                state.message.turn(fragment);
                state.read_after(|origin| origin == Origin::Fragment(fragment));
            }
            Action::Playback(action) => {
                if !state.playback.apply(action) {
                    return self;
                }
            }
            Action::Open(gap) => state.open = gap,
        }
        Rc::new(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Rc<State> {
        Rc::new(State::of(Parsed::default()))
    }

    #[test]
    fn the_receiver_stands_where_something_has_changed() {
        let state = state().reduce(Action::Put(1, Interleaved::Ping));
        assert_eq!((state.step(), state.touched), (2, true));
        let state = state.reduce(Action::Put(1, Interleaved::Pong));
        assert_eq!(state.step(), 3);
        let state = state.reduce(Action::Shift(1, 8));
        assert_eq!((state.step(), state.held), (4, Some(1)));
        let state = state.reduce(Action::Turn(0));
        assert_eq!(state.step(), 1);
        let state = state.reduce(Action::Cut(2));
        assert_eq!((state.step(), &state.message.cuts[..]), (1, &[2, 4, 8][..]));
        let state = state.reduce(Action::Playback(PlaybackAction::Go(99)));
        assert_eq!(state.step(), 6);
        let state = state.reduce(Action::Take(0)).reduce(Action::Take(9));
        assert_eq!(state.step(), 5);
        let state = state.reduce(Action::SetBytes(b"ab"[..].into()));
        assert_eq!(state.step(), state.message.frames().len());
    }

    #[test]
    fn bytes_that_are_no_text_stay_binary_and_say_why() {
        let state = state()
            .reduce(Action::SetBytes(b"ab"[..].into()))
            .reduce(Action::SetKind(Kind::Binary));
        assert_eq!((state.message.kind, state.refused), (Kind::Binary, None));
        let state = state
            .reduce(Action::SetBytes([0xff][..].into()))
            .reduce(Action::SetKind(Kind::Text));
        assert!(state.refused.unwrap().contains("not UTF-8"));
        assert_eq!(
            (state.message.kind, &state.message.bytes[..]),
            (Kind::Binary, &[0xff][..])
        );
        let state = state
            .reduce(Action::SetBytes(b"ok"[..].into()))
            .reduce(Action::SetKind(Kind::Text));
        assert_eq!((state.message.kind, state.refused), (Kind::Text, None));
    }

    #[test]
    fn what_is_shown_takes_the_place_of_what_was_typed() {
        let state = state();
        let shown = state.clone().reduce(Action::Show(Settings::default()));
        assert!(shown.touched && shown.shown != state.shown);
        let followed = shown.clone().reduce(Action::UrlChanged(Parsed::default()));
        assert!(!followed.touched && followed.shown != shown.shown);
    }

    #[test]
    fn looking_changes_no_address() {
        let state = state()
            .reduce(Action::Open(Some(1)))
            .reduce(Action::Hold(0));
        assert!(!state.touched);
        assert!(Rc::ptr_eq(
            &state.clone().reduce(Action::Shift(0, 4)),
            &state
        ));
    }

    #[test]
    fn the_prediction_is_what_a_receiver_makes_of_the_frames() {
        let (choice, _) = crate::kit::prediction::answers::right("message-events");
        let state = state().reduce(Action::Put(1, Interleaved::Ping));
        let message = &state.settings().message;
        let frames = message.frames();
        assert!(frames.len() > 2, "fragments, and a ping between them");
        let states = super::super::reassembly::run(message.from, &frames);
        let outcome = super::super::reassembly::outcome(&states);
        assert_eq!(outcome, super::super::reassembly::Outcome::Delivered(1));
        assert_eq!(choice, "One");
    }
}

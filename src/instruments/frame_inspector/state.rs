//! What the reader does, and what is there then.

use std::rc::Rc;

use wire::Role;
use yew::prelude::*;

use super::draft::Draft;
use super::model::Source;
use super::presets::Preset;
use super::sequence::FrameSequence;
use super::settings::Settings;
use crate::kit::playback::{Playback, PlaybackAction};
use crate::kit::settings::Parsed;

/// How long a byte stays in view while playing, in milliseconds.
const PLAY_MS: u32 = 700;

/// A way through the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// To the end of the field before.
    FieldBack,
    /// To the end of this field, or of the next.
    FieldOn,
    /// To the frame before.
    FrameBack,
    /// To the next frame.
    FrameOn,
}

impl Move {
    fn from(self, sequence: &FrameSequence, step: usize) -> usize {
        match self {
            Move::FieldBack => sequence.previous_field(step),
            Move::FieldOn => sequence.next_field(step),
            Move::FrameBack => sequence.previous_frame(step),
            Move::FrameOn => sequence.next_frame(step),
        }
    }

    /// What a key does, with and without shift.
    pub fn of_key(key: &str, shift: bool) -> Option<Move> {
        match (key, shift) {
            ("ArrowLeft", true) => Some(Move::FieldBack),
            ("ArrowRight", true) => Some(Move::FieldOn),
            ("[", _) => Some(Move::FrameBack),
            ("]", _) => Some(Move::FrameOn),
            _ => None,
        }
    }
}

/// What the reader or an address does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The address says something else.
    UrlChanged(Parsed<Settings>),
    /// To another byte, by hand or by playing.
    Playback(PlaybackAction),
    /// To another byte, a field or a frame away.
    Move(Move),
    /// The header is drawn as the RFC does, or as a ruler.
    DrawFigure(bool),
    /// Other bytes, or the same from the other end.
    Show(Source),
    /// Bytes that the reader has pasted or opened.
    Decoded(Rc<FrameSequence>),
    /// The same bytes, sent by this end.
    SentBy(Role),
    /// The same for so many bytes that they were judged before.
    Judged(Rc<FrameSequence>),
    /// The frame that is being composed changes.
    Compose(Draft),
    /// What was agreed on for the frame that is being composed.
    Deflate(bool),
    /// The composer is opened or closed.
    ToggleComposer,
    /// The box for bytes is opened or closed.
    TogglePaste,
}

/// What the address has to say of a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// How many there have been.
    pub count: u32,
    /// Whether Back leads to what was there before.
    pub pushes: bool,
}

/// The inspector as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What is set.
    pub settings: Settings,
    /// What of the address could not be used.
    pub problems: Vec<String>,
    /// The frames. Finding them goes over all bytes: once for each source, not for each step.
    pub sequence: Rc<FrameSequence>,
    /// The preset with exactly these bytes.
    pub preset: Option<&'static str>,
    /// The byte that the reader has reached.
    pub playback: Playback,
    /// Whether the box for bytes is open.
    pub pasting: bool,
    /// How many times the reader has had bytes decoded.
    pub decoded: u32,
    /// A composition that was left, so that it is there again when the reader comes back to the same bytes.
    parked: Option<Draft>,
    /// The last change that the address has to follow.
    pub change: Change,
}

impl State {
    /// What an address asks for.
    pub fn of(parsed: Parsed<Settings>) -> State {
        let source = parsed.settings.source();
        let mut state = State {
            settings: Settings::default(),
            problems: Vec::new(),
            preset: Preset::of(&source),
            sequence: Rc::new(FrameSequence::new(source)),
            playback: Playback::of_steps(0, PLAY_MS),
            pasting: false,
            decoded: 0,
            parked: None,
            change: Change::default(),
        };
        state.set(parsed.settings);
        state.problems = parsed.problems;
        state
    }

    /// The byte that the reader has reached, from 0.
    pub fn step(&self) -> usize {
        self.playback.step()
    }

    fn take(&mut self, sequence: Rc<FrameSequence>) {
        self.preset = Preset::of(&sequence.source);
        self.sequence = sequence;
    }

    fn set(&mut self, settings: Settings) {
        let source = settings.source();
        if source != self.sequence.source {
            self.take(Rc::new(FrameSequence::new(source)));
        }
        let last = self.sequence.source.bytes.len().saturating_sub(1);
        self.playback = Playback::of_steps(last, PLAY_MS);
        self.playback.now = settings.step.unwrap_or(last).min(last) as u64;
        self.settings = settings;
        self.problems.clear();
    }

    /// Sets, with a place in the history of the browser.
    fn push(&mut self, settings: Settings) {
        self.set(settings);
        self.changed(true);
    }

    fn changed(&mut self, pushes: bool) {
        self.change.count = self.change.count.wrapping_add(1);
        self.change.pushes = pushes;
    }

    fn play(&mut self, action: PlaybackAction) -> bool {
        let played = self.playback.playing;
        if !self.playback.apply(action) {
            return false;
        }
        let (step, last) = (self.playback.step(), self.playback.end as usize);
        self.settings.step = (step < last).then_some(step);
        // An address does not follow every byte that is played.
        if action.moves() || (played && !self.playback.playing) {
            self.problems.clear();
            self.changed(false);
        }
        true
    }

    /// Closes the composer; its bytes stay.
    fn leave_composer(&mut self) {
        self.parked = Some(self.settings.draft.clone());
        self.push(self.settings.showing(self.sequence.source.clone()));
    }

    fn open_composer(&mut self) {
        let source = &self.sequence.source;
        let parked = self.parked.clone();
        let parked = parked.filter(|draft| draft.build().bytes == source.bytes);
        let draft = parked.or_else(|| Draft::of(source)).unwrap_or_default();
        self.push(self.settings.composing(draft));
    }

    /// Shows a source. Whoever composes goes on to do so where the source is one frame.
    fn show(&mut self, source: Source) {
        let draft = Some(&source).filter(|_| self.settings.composing);
        let draft = draft.and_then(Draft::of);
        let mut settings = self.settings.showing(source);
        if let Some(draft) = draft {
            settings = settings.composing(draft);
        }
        self.push(settings);
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        match action {
            Action::UrlChanged(parsed) => {
                state.set(parsed.settings);
                state.problems = parsed.problems;
            }
            Action::Playback(action) => {
                if !state.play(action) {
                    return self;
                }
            }
            Action::Move(way) => {
                let to = way.from(&state.sequence, state.step());
                state.play(PlaybackAction::Go(to as u64));
            }
            Action::DrawFigure(figure) => {
                state.settings.figure = figure;
                state.problems.clear();
                state.changed(true);
            }
            Action::Show(source) => state.show(source),
            Action::Decoded(sequence) => {
                let source = sequence.source.clone();
                state.take(sequence);
                state.show(source);
                state.decoded = state.decoded.wrapping_add(1);
            }
            Action::Judged(sequence) => {
                let source = &sequence.source;
                if !Rc::ptr_eq(&source.bytes, &state.sequence.source.bytes) {
                    return self;
                }
                let settings = Settings {
                    from: source.from,
                    ..state.settings.clone()
                };
                state.take(sequence);
                state.push(settings);
            }
            Action::SentBy(from) => {
                let settings = Settings {
                    from,
                    ..state.settings.clone()
                };
                state.push(settings);
            }
            Action::Compose(draft) => {
                state.set(state.settings.composing(draft));
                state.changed(false);
            }
            Action::Deflate(deflate) => {
                let settings = Settings {
                    deflate,
                    step: None,
                    ..state.settings.clone()
                };
                state.push(settings);
            }
            Action::ToggleComposer => {
                state.pasting = false;
                if state.settings.composing {
                    state.leave_composer();
                } else {
                    state.open_composer();
                }
            }
            Action::TogglePaste => {
                if !state.pasting && state.settings.composing {
                    state.leave_composer();
                }
                state.pasting = !state.pasting;
            }
        }
        state.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::frame_inspector::presets;
    use crate::kit::url_state::{query_of, read};

    fn of(query: &str) -> Rc<State> {
        Rc::new(State::of(read(query)))
    }

    #[test]
    fn moves_stay_inside() {
        use Move::*;
        for name in ["hello", "several", "interleaved"] {
            let sequence = FrameSequence::new(presets::Preset::named(name).unwrap().source());
            for way in [FieldBack, FieldOn, FrameBack, FrameOn] {
                for step in 0..sequence.source.bytes.len() {
                    assert!(
                        way.from(&sequence, step) < sequence.source.bytes.len(),
                        "{way:?} from {step}"
                    );
                }
            }
        }
        assert_eq!(Move::of_key("ArrowRight", true), Some(FieldOn));
        assert_eq!(Move::of_key("]", false), Some(FrameOn));
        assert_eq!(Move::of_key("a", false), None);
    }

    #[test]
    fn the_address_follows_the_reader() {
        let state = of("hex=890548656c6c6f&from=server&step=0");
        let on = state.reduce(Action::Playback(PlaybackAction::Go(1)));
        assert_eq!((on.step(), on.change.pushes), (1, false));
        assert!(query_of(&on.settings).ends_with("step=1"));
        let turned = on.clone().reduce(Action::SentBy(Role::Client));
        assert_eq!((turned.step(), turned.change.pushes), (1, true));
        let drawn = on.clone().reduce(Action::DrawFigure(true));
        assert_eq!((drawn.step(), drawn.change.pushes), (1, true));
        let last = on.reduce(Action::Playback(PlaybackAction::Go(6)));
        assert_eq!(query_of(&last.settings), "?hex=890548656c6c6f");
        let count = last.change.count;
        let ping = presets::Preset::named("close").unwrap().source();
        let shown = last.reduce(Action::Show(ping));
        assert_eq!(
            (shown.preset, shown.change.pushes, shown.change.count),
            (Some("close"), true, count + 1)
        );
        let back = shown.reduce(Action::UrlChanged(read("step=x")));
        assert_eq!((back.step(), back.problems.len()), (0, 1));
        assert_eq!(back.change.count, count + 1);
    }

    #[test]
    fn playing_writes_where_it_ends() {
        let state = of("hex=8900&from=server&step=0");
        let playing = state.reduce(Action::Playback(PlaybackAction::Play));
        let count = playing.change.count;
        let ended = playing.reduce(Action::Playback(PlaybackAction::Tick(700.0)));
        assert_eq!((ended.step(), ended.playback.playing), (1, false));
        assert_eq!(ended.change.count, count + 1);
    }

    #[test]
    fn a_composition_that_was_left_is_there_again() {
        let state = of("compose=1&length=0x5&text=Hello&mask=0&from=server");
        let bytes = state.sequence.source.bytes.clone();
        let left = state.reduce(Action::ToggleComposer);
        assert!(!left.settings.composing);
        assert_eq!(left.sequence.source.bytes, bytes);
        let again = left.reduce(Action::ToggleComposer);
        assert_eq!(again.settings.draft.length, "0x5");
        assert_eq!(again.settings.from, Role::Server);
        let pasting = again.reduce(Action::TogglePaste);
        assert!(pasting.pasting && !pasting.settings.composing);
    }

    #[test]
    fn what_was_judged_in_slices_is_not_judged_again() {
        let state = of("");
        let source = presets::Preset::named("several").unwrap().source();
        let decoded = Rc::new(FrameSequence::new(source.clone()));
        let shown = state.reduce(Action::Decoded(decoded.clone()));
        assert!(Rc::ptr_eq(&shown.sequence, &decoded));
        assert_eq!((shown.decoded, shown.preset), (1, Some("several")));
        let turned = Rc::new(FrameSequence::new(Source {
            from: Role::Client,
            ..source.clone()
        }));
        let judged = shown.reduce(Action::Judged(turned.clone()));
        assert!(Rc::ptr_eq(&judged.sequence, &turned));
        assert_eq!((judged.settings.from, judged.preset), (Role::Client, None));
        // What the reader has left by then is of no interest.
        let ping = judged.reduce(Action::Show(
            presets::Preset::named("ping").unwrap().source(),
        ));
        let still = ping.clone().reduce(Action::Judged(turned));
        assert_eq!(*still, *ping);
    }

    #[test]
    fn whoever_composes_goes_on_with_another_frame() {
        let state = of("compose=1&text=Hi");
        let source = state.sequence.source.clone();
        let turned = state.reduce(Action::SentBy(Role::Server));
        assert_eq!(turned.sequence.source.bytes, source.bytes);
        assert_eq!(turned.settings.draft.text, "Hi");
        let ping = presets::Preset::named("ping").unwrap().source();
        let other = turned.reduce(Action::Show(ping));
        assert_eq!(
            (other.settings.composing, other.settings.draft.opcode),
            (true, 9)
        );
        let many = presets::Preset::named("several").unwrap().source();
        assert!(!other.reduce(Action::Show(many)).settings.composing);
    }
}

//! Where the reader is, what is set, and what changes it.

use std::rc::Rc;

use sim::{Micros, SECOND};
use yew::Reducible;

use super::settings::{DURATION, Settings};
use super::transmissions::Transmission;
use crate::kit::playback::{Playback, PlaybackAction, Speed};
use crate::kit::settings::Parsed;

/// How fast the model's time passes, and how that is written.
static SPEEDS: [Speed; 4] = [
    (0.25, "¼×", "a quarter of real time"),
    (1.0, "1×", "real time"),
    (4.0, "4×", "four times real time"),
    (16.0, "16×", "sixteen times real time"),
];
const REAL_TIME: usize = 1;

/// Where the stills begin for whoever asked for less motion: late enough that there is something to see.
const FIRST_STILL: Micros = 12 * SECOND;

/// The state of the instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What is set. Where the reader stands is in `playback`.
    pub settings: Settings,
    /// What in the address cannot be used.
    pub problems: Vec<String>,
    /// Where the reader stands.
    pub playback: Playback,
    /// What is open in the inspector.
    pub open: Option<Transmission>,
    /// Whether the reader has changed something that a link should say.
    pub touched: bool,
}

/// What the reader, the clock or the browser does.
#[derive(Clone)]
pub enum Action {
    /// The page is there; the reader asked for less motion or did not.
    Mounted(bool),
    /// The address says something else.
    UrlChanged(Parsed<Settings>),
    /// Something else is set.
    SetSettings(Settings),
    /// Time passes, or the reader goes elsewhere.
    Playback(PlaybackAction),
    /// Something is opened, or nothing any more.
    Open(Option<Transmission>),
}

impl State {
    /// As an address wants it, before it is known whether it may move.
    pub fn of(parsed: Parsed<Settings>) -> State {
        let mut playback = Playback::of_time(DURATION, &SPEEDS, REAL_TIME);
        playback.now = parsed.settings.at.unwrap_or(0);
        State {
            settings: parsed.settings,
            problems: parsed.problems,
            playback,
            open: None,
            touched: false,
        }
    }

    /// Standing still where the address says so, else playing, for whoever can bear the motion.
    fn begin(&mut self, still: bool) {
        let at = self.settings.at;
        self.playback.still = still;
        self.playback.playing = at.is_none() && !still;
        self.playback.now = at.unwrap_or(if still { FIRST_STILL } else { 0 });
    }

    /// What a link to it says.
    pub fn linked(&self) -> Settings {
        Settings {
            at: self.playback.at(),
            ..self.settings
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        state.touched |= match &action {
            Action::SetSettings(_) => true,
            Action::Playback(action) => action.moves(),
            _ => false,
        };
        match action {
            Action::Mounted(still) => state.begin(still),
            Action::UrlChanged(parsed) => {
                let (still, speed) = (state.playback.still, state.playback.speed);
                state = State::of(parsed);
                state.playback.speed = speed;
                state.begin(still);
            }
            Action::SetSettings(settings) => {
                state.settings = settings;
                state.problems.clear();
            }
            Action::Playback(action) => {
                if !state.playback.apply(action) {
                    return self;
                }
            }
            Action::Open(transmission) => state.open = transmission,
        }
        Rc::new(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::url_state::read;

    fn state(query: &str) -> Rc<State> {
        Rc::new(State::of(read(query)))
    }

    fn tick(state: Rc<State>) -> Rc<State> {
        state.reduce(Action::Playback(PlaybackAction::Tick(50.0)))
    }

    #[test]
    fn the_plain_page_plays_from_the_beginning() {
        let state = state("").reduce(Action::Mounted(false));
        assert_eq!((state.playback.now, state.playback.playing), (0, true));
        let state = tick(state);
        assert_eq!(state.playback.now, 50_000);
        assert!(!state.touched, "watching changes no address");
    }

    #[test]
    fn a_link_to_a_moment_stands_still_there() {
        for still in [false, true] {
            let state = state("?at=30.5").reduce(Action::Mounted(still));
            let playback = &state.playback;
            assert_eq!((playback.now, playback.playing), (30_500_000, false));
            assert_eq!(tick(state.clone()).playback.now, state.playback.now);
        }
    }

    #[test]
    fn whoever_asked_for_less_motion_gets_stills() {
        let mut state = state("").reduce(Action::Mounted(true));
        for _ in 0..2 {
            let playback = &state.playback;
            assert_eq!((playback.now, playback.playing), (FIRST_STILL, false));
            state = state.reduce(Action::UrlChanged(read("?news=30")));
        }
    }

    #[test]
    fn setting_something_clears_what_was_wrong_with_the_address() {
        let state = state("?news=lots");
        assert_eq!(state.problems.len(), 1);
        let state = state.reduce(Action::SetSettings(Settings::default()));
        assert!(state.problems.is_empty() && state.touched);
    }
}

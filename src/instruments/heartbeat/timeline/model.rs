//! Where the reader is, what is set, and what changes it.

use std::rc::Rc;

use sim::Micros;
use sim::heartbeat::Fault;
use yew::Reducible;

use super::faults;
use super::settings::Settings;
use crate::kit::playback::{Playback, PlaybackAction, Speed};
use crate::kit::settings::Parsed;

/// How fast the model's time passes.
static SPEEDS: [Speed; 4] = [
    (1.0, "1×", "real time"),
    (4.0, "4×", "four times real time"),
    (16.0, "16×", "sixteen times real time"),
    (64.0, "64×", "sixty-four times real time"),
];
const QUICK: usize = 2;

/// The state of the instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What is set. Where the reader stands is in `playback`.
    pub settings: Settings,
    /// What in the address cannot be used.
    pub problems: Vec<String>,
    /// Where the reader stands.
    pub playback: Playback,
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
    /// A fault where the reader stands.
    InjectFault(Fault),
    /// This fault never happened.
    TakeBack(Micros, Fault),
}

impl State {
    /// As an address wants it.
    pub fn of(parsed: Parsed<Settings>) -> State {
        let Parsed {
            mut settings,
            problems,
        } = parsed;
        let mut playback = Playback::of_time(settings.end(), &SPEEDS, QUICK);
        playback.now = settings.at.take().unwrap_or(settings.start());
        State {
            settings,
            problems,
            playback,
            touched: false,
        }
    }

    /// What a link to it says.
    pub fn linked(&self) -> Settings {
        Settings {
            at: Some(self.playback.now),
            ..self.settings.clone()
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        if matches!(action, Action::Mounted(still) if still == self.playback.still) {
            return self;
        }
        let mut state = (*self).clone();
        state.touched |= match &action {
            Action::Mounted(_) | Action::UrlChanged(_) => false,
            Action::Playback(action) => action.moves(),
            _ => true,
        };
        match action {
            Action::Mounted(still) => state.playback.still = still,
            Action::UrlChanged(parsed) => {
                let (still, speed) = (state.playback.still, state.playback.speed);
                state = State::of(parsed);
                (state.playback.still, state.playback.speed) = (still, speed);
            }
            Action::SetSettings(settings) => {
                state.playback.end = settings.end();
                state.playback.now = state.playback.now.min(state.playback.end);
                state.settings = settings;
                state.problems.clear();
            }
            Action::Playback(action) => {
                if !state.playback.apply(action) {
                    return self;
                }
            }
            Action::InjectFault(fault) => {
                let now = state.playback.now;
                state.settings.faults = faults::with(&state.settings.faults, now, fault);
            }
            Action::TakeBack(at, fault) => {
                state.settings.faults.retain(|&one| one != (at, fault));
            }
        }
        Rc::new(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::url_state::read;
    use sim::SECOND;

    fn state(query: &str) -> Rc<State> {
        Rc::new(State::of(read(query)))
    }

    #[test]
    fn the_plain_page_stands_at_the_beginning_and_another_story_where_it_happens() {
        assert_eq!(state("").playback.now, 0);
        assert_eq!(state("?faults=crash-30").playback.now, 30 * SECOND);
        let state = state("?at=45");
        let struck = state.reduce(Action::InjectFault(Fault::Crash));
        assert_eq!(struck.settings.faults, [(45 * SECOND, Fault::Crash)]);
        assert!(struck.touched);
        let back = struck.reduce(Action::TakeBack(45 * SECOND, Fault::Crash));
        assert!(back.settings.faults.is_empty());
    }

    #[test]
    fn a_link_to_a_moment_leads_there() {
        let state = state("?at=110").reduce(Action::Playback(PlaybackAction::Go(SECOND)));
        assert_eq!(state.linked().at, Some(SECOND));
        let back = State::of(Parsed::fine(state.linked()));
        assert_eq!(back.playback.now, SECOND);
        assert_eq!(back.settings, state.settings);
    }

    #[test]
    fn a_shorter_run_keeps_the_reader_inside() {
        let state = state("?at=110");
        let settings = Settings {
            run: 60_000,
            ..state.settings.clone()
        };
        let state = state.reduce(Action::SetSettings(settings));
        assert_eq!(
            (state.playback.now, state.playback.end),
            (60 * SECOND, 60 * SECOND)
        );
    }

    #[test]
    fn watching_changes_no_address() {
        let state = state("")
            .reduce(Action::Mounted(false))
            .reduce(Action::Playback(PlaybackAction::Speed(1)));
        assert!(!state.touched);
        assert!(state.reduce(Action::Playback(PlaybackAction::Play)).touched);
    }
}

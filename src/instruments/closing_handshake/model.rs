//! What is tried, how that runs and where it stands in the ladder, and how far down the reader is.
//!
//! The reader moves through the drawing and not through its time: hours take no more room there than a glance. So
//! [`Playback`] counts millionths of a pixel, as elsewhere it counts millionths of a second.

use std::rc::Rc;

use sim::Micros;
use yew::Reducible;

use super::event_log::Run;
use super::layout::layout;
use super::scenario::Scenario;
use super::settings::Settings;
use crate::kit::playback::{Playback, PlaybackAction, Speed, neighbour};
use crate::kit::sequence_diagram::layout::Layout;
use crate::kit::settings::Parsed;
use crate::kit::shared::Shared;

/// A pixel in the units of the playback.
pub const PIXEL: u64 = 1_000_000;

/// How fast the ladder grows: in pixels per second.
static SPEEDS: [Speed; 1] = [(62.0, "", "")];

/// A run, and where everything stands in the ladder.
#[derive(Debug)]
pub struct Scene {
    /// What happens.
    pub run: Run,
    /// Where it stands.
    pub layout: Layout,
}

impl Scene {
    fn of(scenario: &Scenario) -> Shared<Scene> {
        let run = Run::new(scenario);
        let layout = layout(&run, scenario.latency());
        Shared::new(Scene { run, layout })
    }

    /// Where the ladder ends, in the units of the playback: a whole pixel.
    fn end(&self) -> u64 {
        self.layout.height.ceil() as u64 * PIXEL
    }

    /// Where a time is over, in the units of the playback.
    fn place(&self, at: Micros) -> u64 {
        if at >= self.run.last() {
            self.end()
        } else {
            (self.layout.y_of(at) * PIXEL as f64).round() as u64
        }
    }

    /// The moment that is over at this very place.
    fn moment_at(&self, place: u64) -> Option<Micros> {
        let mut moments = self.layout.moments.iter().map(|moment| moment.at);
        moments.find(|&at| self.place(at) == place)
    }

    /// The place of the next moment after a time, or of the last before.
    pub fn step(&self, now: Micros, on: bool) -> u64 {
        let moments = self.layout.moments.iter().map(|moment| moment.at);
        self.place(neighbour(&moments.collect::<Vec<_>>(), now, on))
    }
}

/// The state of the instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What is set. Its time is there while the reader stands at one; a place on the way between two moments is kept in
    /// `playback` alone.
    pub settings: Settings,
    /// What in the address cannot be used.
    pub problems: Vec<String>,
    /// What happens, and where it stands.
    pub scene: Shared<Scene>,
    /// How far down the ladder the reader is.
    pub playback: Playback,
    /// Whether the reader has changed something that a link should say.
    pub touched: bool,
    /// How often the reader has gone to a moment by steps: then the page follows.
    pub steps: u32,
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
    /// The ladder grows, or the reader goes elsewhere.
    Playback(PlaybackAction),
    /// To this time, and stand still.
    GoTo(Micros),
}

impl State {
    /// As an address wants it.
    pub fn of(parsed: Parsed<Settings>) -> State {
        let Parsed { settings, problems } = parsed;
        let scene = Scene::of(&settings.scenario);
        let mut state = State {
            playback: Playback::of_time(scene.end(), &SPEEDS, 0),
            settings,
            problems,
            scene,
            touched: false,
            steps: 0,
        };
        if let Some(at) = state.settings.at {
            state.go_to(at);
        }
        state
    }

    /// How far down the ladder the reader is, in pixels.
    pub fn y(&self) -> f64 {
        let layout = &self.scene.layout;
        match self.settings.at {
            Some(at) => layout.y_of(at),
            None => (self.playback.now as f64 / PIXEL as f64).min(layout.height),
        }
    }

    /// The time of the model.
    pub fn now(&self) -> Micros {
        let at = self.settings.at;
        at.unwrap_or_else(|| self.scene.layout.time_of(self.y()))
    }

    /// What a link to it says.
    pub fn linked(&self) -> Settings {
        Settings {
            at: (!self.playback.playing).then(|| self.now()),
            ..self.settings.clone()
        }
    }

    fn go_to(&mut self, at: Micros) {
        let at = at.min(self.scene.run.last());
        self.settings.at = Some(at);
        self.playback
            .apply(PlaybackAction::Go(self.scene.place(at)));
    }

    /// From the beginning, for whoever can bear the motion; else as it is in the end.
    fn restart(&mut self) {
        self.settings.at = None;
        let end = self.playback.end;
        let to = if self.playback.still { end } else { 0 };
        self.playback.apply(PlaybackAction::Go(to));
        if !self.playback.still {
            self.playback.apply(PlaybackAction::Play);
        }
    }

    /// Whether anything may have changed.
    fn apply(&mut self, action: PlaybackAction) -> bool {
        if !self.playback.apply(action) {
            return false;
        }
        match action {
            PlaybackAction::Go(_) | PlaybackAction::On(_) => {
                // A place is not as fine as a time: in a long wait, a millionth of a pixel is many microseconds.
                self.settings.at = self.scene.moment_at(self.playback.now);
                self.steps += u32::from(self.settings.at.is_some());
            }
            PlaybackAction::Play | PlaybackAction::Restart => self.settings.at = None,
            _ => {}
        }
        true
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        state.touched |= match &action {
            Action::Mounted(_) | Action::UrlChanged(_) => false,
            Action::Playback(action) => action.moves(),
            _ => true,
        };
        match action {
            Action::Mounted(still) => {
                state.playback.still = still;
                // Only a link to a moment stands elsewhere than at the beginning.
                if state.settings.at.is_none() {
                    state.restart();
                }
            }
            Action::UrlChanged(parsed) => {
                let (still, steps) = (state.playback.still, state.steps);
                state = State::of(parsed);
                (state.playback.still, state.steps) = (still, steps);
                if state.settings.at.is_none() {
                    state.restart();
                }
            }
            Action::SetSettings(settings) => {
                state.scene = Scene::of(&settings.scenario);
                state.playback.end = state.scene.end();
                state.settings = settings;
                state.problems.clear();
                state.restart();
            }
            Action::Playback(action) => {
                if !state.apply(action) {
                    return self;
                }
            }
            Action::GoTo(at) => state.go_to(at),
        }
        Rc::new(state)
    }
}

//! Playing: a place that moves by itself or by hand, through a model's time or from step to step.

use std::rc::Rc;

use gloo::timers::callback::Interval;
use sim::Micros;
use yew::prelude::*;

use super::motion::use_frames;

pub use super::playback_bar::{PlaybackBar, PlaybackNames, TIME, is_typing};

/// How fast a model's time can pass: times real time, how that is written, and how it is read aloud.
pub type Speed = (f64, &'static str, &'static str);

/// How a place moves by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// A time in microseconds, passing at one of these speeds.
    Time(&'static [Speed]),
    /// A number of steps, each of which stays for so many milliseconds.
    Steps(u32),
}

/// A place between a beginning and an end.
#[derive(Clone, Debug, PartialEq)]
pub struct Playback {
    /// Where the reader is: a time or a number of steps.
    pub now: u64,
    /// Where it ends.
    pub end: u64,
    /// Whether it moves by itself.
    pub playing: bool,
    /// Whether the reader asked for less motion: then what plays goes from one moment to the next, and stays there.
    pub still: bool,
    /// Which of the speeds.
    pub speed: usize,
    /// How it moves.
    pub pace: Pace,
}

/// What the reader or the browser's clock does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlaybackAction {
    /// Lets it move, from the beginning where it is over.
    Play,
    /// Stops it.
    Pause,
    /// So many milliseconds of real time have passed, or a step has stayed for its time.
    Tick(f64),
    /// To this place, and stand still.
    Go(u64),
    /// To this place, and go on from there.
    On(u64),
    /// To the beginning.
    Restart,
    /// Another speed.
    Speed(usize),
}

impl PlaybackAction {
    /// Whether the reader is somewhere else by it, so that a link should say so.
    pub fn moves(self) -> bool {
        !matches!(
            self,
            PlaybackAction::Tick(_) | PlaybackAction::On(_) | PlaybackAction::Speed(_)
        )
    }
}

impl Playback {
    /// A model's time, standing still at the beginning.
    pub fn of_time(end: Micros, speeds: &'static [Speed], speed: usize) -> Playback {
        Playback {
            now: 0,
            end,
            playing: false,
            still: false,
            speed,
            pace: Pace::Time(speeds),
        }
    }

    /// Steps from 0 to `last`, standing still at the first. Playing, each stays for `ms` milliseconds.
    pub fn of_steps(last: usize, ms: u32) -> Playback {
        Playback {
            now: 0,
            end: last as u64,
            playing: false,
            still: false,
            speed: 0,
            pace: Pace::Steps(ms),
        }
    }

    /// Does it. Whether anything may have changed.
    pub fn apply(&mut self, action: PlaybackAction) -> bool {
        match action {
            PlaybackAction::Play => {
                if self.now >= self.end {
                    self.now = 0;
                }
                self.playing = true;
            }
            PlaybackAction::Pause => self.playing = false,
            PlaybackAction::Tick(_) if !self.playing => return false,
            PlaybackAction::Tick(ms) => {
                let on = match self.pace {
                    Pace::Time(speeds) => {
                        let speed = speeds.get(self.speed).map_or(1.0, |speed| speed.0);
                        (ms * 1000.0 * speed) as u64
                    }
                    Pace::Steps(_) => 1,
                };
                self.now = (self.now + on).min(self.end);
                self.playing = self.now < self.end;
            }
            PlaybackAction::Go(now) => {
                self.now = now.min(self.end);
                self.playing = false;
            }
            PlaybackAction::On(_) if !self.playing => return false,
            PlaybackAction::On(to) => {
                self.playing = to > self.now && to < self.end;
                self.now = to.min(self.end);
            }
            PlaybackAction::Restart => self.now = 0,
            PlaybackAction::Speed(speed) => {
                if let Pace::Time(speeds) = self.pace {
                    self.speed = speed.min(speeds.len().saturating_sub(1));
                }
            }
        }
        true
    }

    /// Where it stands still.
    pub fn at(&self) -> Option<u64> {
        (!self.playing).then_some(self.now)
    }

    /// The number of the step.
    pub fn step(&self) -> usize {
        self.now as usize
    }
}

/// The next of these times, or the last before; where there is none, the present one.
pub fn neighbour(moments: &[Micros], now: Micros, on: bool) -> Micros {
    let found = if on {
        moments.iter().find(|&&at| at > now)
    } else {
        moments.iter().rev().find(|&&at| at < now)
    };
    found.copied().unwrap_or(now)
}

/// How long a moment stays for whoever asked for less motion, in milliseconds.
const STILL_MS: u32 = 1500;

/// Moves what these controls stand for while it plays and can be seen: with every frame of the screen, or from moment to moment
/// for whoever asked for less motion.
#[hook]
pub fn use_ticks(bar: &PlaybackBar<'_>, on_screen: bool) {
    let (playback, on_action) = (bar.playback, bar.on_action);
    let runs = playback.playing && on_screen;
    let smooth = matches!(playback.pace, Pace::Time(_)) && !playback.still;
    use_frames(runs && smooth, on_action.reform(PlaybackAction::Tick));
    let stays = match playback.pace {
        Pace::Steps(ms) if runs => Some(ms),
        Pace::Time(_) if runs && playback.still => Some(STILL_MS),
        _ => None,
    };
    let next: Rc<dyn Fn()> = match playback.pace {
        Pace::Steps(ms) => {
            let on_action = on_action.clone();
            Rc::new(move || on_action.emit(PlaybackAction::Tick(f64::from(ms))))
        }
        Pace::Time(_) => {
            let (on_action, step) = (on_action.clone(), bar.stepper());
            Rc::new(move || on_action.emit(PlaybackAction::On(step(true))))
        }
    };
    // What comes next changes with every render, the timer does not.
    let latest = use_mut_ref(|| next.clone());
    latest.replace(next);
    use_effect_with(stays, move |stays| {
        let timer = stays.map(|ms| {
            Interval::new(ms, move || {
                let next = latest.borrow().clone();
                next();
            })
        });
        move || drop(timer)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::SECOND;

    fn time() -> Playback {
        Playback {
            playing: true,
            ..Playback::of_time(
                180 * SECOND,
                &[(1.0, "1×", "real time"), (4.0, "4×", "four times")],
                0,
            )
        }
    }

    #[test]
    fn time_passes_as_fast_as_asked() {
        let mut time = time();
        time.apply(PlaybackAction::Tick(50.0));
        time.apply(PlaybackAction::Speed(1));
        time.apply(PlaybackAction::Tick(50.0));
        assert_eq!(time.now, 50_000 + 200_000);
        time.apply(PlaybackAction::Pause);
        assert!(!time.apply(PlaybackAction::Tick(50.0)));
        assert_eq!(time.at(), Some(250_000));
        time.apply(PlaybackAction::Speed(9));
        assert_eq!(time.speed, 1);
    }

    #[test]
    fn a_run_ends_and_play_begins_it_again() {
        let mut time = time();
        time.apply(PlaybackAction::Go(Micros::MAX));
        assert_eq!((time.now, time.playing), (time.end, false));
        time.apply(PlaybackAction::Play);
        assert_eq!((time.now, time.playing), (0, true));
        time.now = time.end - 1;
        time.apply(PlaybackAction::Tick(100.0));
        assert_eq!((time.now, time.playing), (time.end, false));
    }

    #[test]
    fn a_tick_is_a_step_where_there_are_steps() {
        let mut steps = Playback::of_steps(2, 700);
        assert!(!steps.apply(PlaybackAction::Tick(700.0)));
        steps.apply(PlaybackAction::Play);
        steps.apply(PlaybackAction::Tick(700.0));
        assert_eq!((steps.step(), steps.playing), (1, true));
        steps.apply(PlaybackAction::Tick(700.0));
        assert_eq!((steps.step(), steps.playing), (2, false));
        steps.apply(PlaybackAction::Go(9));
        assert_eq!(steps.step(), 2);
    }

    #[test]
    fn what_plays_without_motion_goes_from_moment_to_moment_to_the_end() {
        let mut time = time();
        time.apply(PlaybackAction::On(3 * SECOND));
        assert_eq!((time.now, time.playing), (3 * SECOND, true));
        time.apply(PlaybackAction::On(time.end));
        assert_eq!((time.now, time.playing), (time.end, false));
        assert!(!time.apply(PlaybackAction::On(SECOND)));
        time.apply(PlaybackAction::Play);
        time.apply(PlaybackAction::On(0));
        assert!(!time.playing, "there is no further moment");
    }

    #[test]
    fn steps_go_on_and_back_and_stay_inside() {
        let moments = [3, 5, 9];
        let all = |on: bool| [0, 3, 4, 9, 10].map(|now| neighbour(&moments, now, on));
        assert_eq!(all(true), [3, 5, 5, 9, 10]);
        assert_eq!(all(false), [0, 3, 3, 5, 9]);
    }
}

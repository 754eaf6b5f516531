//! A model's time, as the reader lets it pass: play, pause, step, scrub, how fast.

use sim::{Micros, SECOND};
use yew::prelude::*;

use crate::address::cut;
use crate::controls::{Drive, Transport};

/// How fast a model's time can pass: times real time, how that is written, and how it is read aloud.
pub type Speed = (f64, &'static str, &'static str);

/// A model's time.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// Where the reader is.
    pub now: Micros,
    /// Where the run ends.
    pub end: Micros,
    /// Whether time passes.
    pub playing: bool,
    /// Whether the reader asked for less motion.
    pub still: bool,
    /// Which of the speeds.
    pub speed: usize,
    /// The speeds there are.
    pub speeds: &'static [Speed],
}

/// What the reader or the browser's clock does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    /// Lets time pass, from the beginning where it is over.
    Play,
    /// Stops it.
    Pause,
    /// So many milliseconds of real time have passed.
    Beat(f64),
    /// To this time, and stand still.
    Go(Micros),
    /// To the beginning.
    Restart,
    /// Another speed.
    Speed(usize),
}

impl Clock {
    /// Takes a turn. Whether anything may have changed.
    pub fn turn(&mut self, turn: Turn) -> bool {
        match turn {
            Turn::Play => {
                if self.now >= self.end {
                    self.now = 0;
                }
                self.playing = true;
            }
            Turn::Pause => self.playing = false,
            Turn::Beat(_) if !self.playing => return false,
            Turn::Beat(ms) => {
                let speed = self.speeds.get(self.speed).map_or(1.0, |speed| speed.0);
                self.now = (self.now + (ms * 1000.0 * speed) as Micros).min(self.end);
                self.playing = self.now < self.end;
            }
            Turn::Go(now) => {
                self.now = now.min(self.end);
                self.playing = false;
            }
            Turn::Restart => self.now = 0,
            Turn::Speed(speed) => self.speed = speed.min(self.speeds.len().saturating_sub(1)),
        }
        true
    }

    /// Where it stands still.
    pub fn at(&self) -> Option<Micros> {
        (!self.playing).then_some(self.now)
    }
}

impl Turn {
    /// Whether the reader is somewhere else by it, so that a link should say so.
    pub fn moves(self) -> bool {
        !matches!(self, Turn::Beat(_) | Turn::Speed(_))
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

/// A time of a model: `1:05.2`.
pub fn minutes(at: Micros) -> String {
    let tenths = at / (SECOND / 10);
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// The time that an address names in seconds, at most `end`. What cannot be used is named.
pub fn read_at(text: Option<&str>, end: Micros, problems: &mut Vec<String>) -> Option<Micros> {
    let (text, last) = (text?, end as f64 / SECOND as f64);
    match text.parse::<f64>() {
        Ok(s) if (0.0..=last).contains(&s) => Some((s * SECOND as f64).round() as Micros),
        _ => {
            problems.push(format!(
                "at={}: a time from 0 to {last} seconds is needed.",
                cut(text)
            ));
            None
        }
    }
}

/// The seed that an address names. What cannot be used leaves it as it is, and is named.
pub fn read_seed(text: Option<&str>, seed: &mut u32, problems: &mut Vec<String>) {
    let Some(text) = text else { return };
    match text.parse() {
        Ok(read) => *seed = read,
        Err(_) => problems.push(format!(
            "seed={}: a whole number up to {} is needed. Here it is {seed}.",
            cut(text),
            u32::MAX
        )),
    }
}

/// The slider's step.
const TENTH: Micros = SECOND / 10;

/// Properties of [`TimeBar`].
#[derive(Properties, PartialEq)]
pub struct TimeBarProps {
    /// The time.
    pub clock: Clock,
    /// Gives the time of a step on (`true`) or back.
    pub step: Callback<bool, Micros>,
    /// What the reader does.
    pub on_turn: Callback<Turn>,
    /// What stands behind it.
    #[prop_or_default]
    pub children: Html,
}

/// The controls of a model's time.
#[component]
pub fn TimeBar(props: &TimeBarProps) -> Html {
    let TimeBarProps { clock, on_turn, .. } = props;
    let on_drive = {
        let step = props.step.clone();
        on_turn.reform(move |drive| match drive {
            Drive::Play => Turn::Play,
            Drive::Pause => Turn::Pause,
            Drive::Back => Turn::Go(step.emit(false)),
            Drive::Step => Turn::Go(step.emit(true)),
            Drive::Restart => Turn::Restart,
            Drive::Go(tenths) => Turn::Go(tenths.saturating_mul(TENTH)),
        })
    };
    let speeds = clock.speeds.iter().enumerate().map(|(i, (_, short, long))| {
        let onclick = on_turn.reform(move |_: MouseEvent| Turn::Speed(i));
        html! {
            <button type="button" {onclick} aria-pressed={(clock.speed == i).to_string()} aria-label={*long}>{ *short }</button>
        }
    });
    html! {
        <Transport playing={clock.playing} still={clock.still} at={clock.now / TENTH} last={clock.end / TENTH}
            clock={minutes(clock.now)} aloud={format!("{} of {} seconds", clock.now / SECOND, clock.end / SECOND)} {on_drive}>
            if !clock.still {
                <div class="switch" role="group" aria-label="Speed">{ for speeds }</div>
            }
            { props.children.clone() }
        </Transport>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        Clock {
            now: 0,
            end: 180 * SECOND,
            playing: true,
            still: false,
            speed: 0,
            speeds: &[(1.0, "1×", "real time"), (4.0, "4×", "four times")],
        }
    }

    #[test]
    fn time_passes_as_fast_as_asked() {
        let mut clock = clock();
        clock.turn(Turn::Beat(50.0));
        clock.turn(Turn::Speed(1));
        clock.turn(Turn::Beat(50.0));
        assert_eq!(clock.now, 50_000 + 200_000);
        clock.turn(Turn::Pause);
        assert!(!clock.turn(Turn::Beat(50.0)));
        assert_eq!(clock.at(), Some(250_000));
        clock.turn(Turn::Speed(9));
        assert_eq!(clock.speed, 1);
    }

    #[test]
    fn a_run_ends_and_play_begins_it_again() {
        let mut clock = clock();
        clock.turn(Turn::Go(Micros::MAX));
        assert_eq!((clock.now, clock.playing), (clock.end, false));
        clock.turn(Turn::Play);
        assert_eq!((clock.now, clock.playing), (0, true));
        clock.now = clock.end - 1;
        clock.turn(Turn::Beat(100.0));
        assert_eq!((clock.now, clock.playing), (clock.end, false));
    }

    #[test]
    fn steps_go_on_and_back_and_stay_inside() {
        let moments = [3, 5, 9];
        let all = |on: bool| [0, 3, 4, 9, 10].map(|now| neighbour(&moments, now, on));
        assert_eq!(all(true), [3, 5, 5, 9, 10]);
        assert_eq!(all(false), [0, 3, 3, 5, 9]);
    }

    #[test]
    fn an_address_names_a_time_and_a_seed() {
        let end = 180 * SECOND;
        for (text, at) in [("0", 0), ("30.5", 30_500_000), ("180", end)] {
            let mut problems = Vec::new();
            assert_eq!(read_at(Some(text), end, &mut problems), Some(at));
            assert_eq!(problems, [""; 0]);
        }
        for text in ["-1", "NaN", "180.1", "soon", ""] {
            let mut problems = Vec::new();
            assert_eq!(read_at(Some(text), end, &mut problems), None);
            assert!(problems[0].contains(&format!("at={text}: a time from 0 to 180")));
        }
        let (mut seed, mut problems) = (3, Vec::new());
        read_seed(Some("7"), &mut seed, &mut problems);
        assert_eq!((seed, problems.len()), (7, 0));
        read_seed(Some("1.5"), &mut seed, &mut problems);
        assert_eq!((seed, problems.len()), (7, 1));
    }

    #[test]
    fn times_as_they_are_written() {
        assert_eq!(minutes(0), "0:00.0");
        assert_eq!(minutes(65_290_000), "1:05.2");
        assert_eq!(minutes(180 * SECOND), "3:00.0");
    }
}

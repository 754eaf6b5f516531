//! Playing: a place that moves by itself or by hand, through a model's time or from step to step.

use gloo_timers::callback::Interval;
use sim::{Micros, SECOND};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::icon::Icon;
use super::motion::use_frames;
use super::number::{grouped, minutes};
use super::slider::slid;

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
    /// Whether the reader asked for less motion: then a model's time is stepped through, not played.
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
    /// To the beginning.
    Restart,
    /// Another speed.
    Speed(usize),
}

impl PlaybackAction {
    /// Whether the reader is somewhere else by it, so that a link should say so.
    pub fn moves(self) -> bool {
        !matches!(self, PlaybackAction::Tick(_) | PlaybackAction::Speed(_))
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

/// Ticks while it plays and can be seen.
#[hook]
pub fn use_ticks(playback: &Playback, on_screen: bool, on_action: &Callback<PlaybackAction>) {
    let runs = playback.playing && on_screen;
    let time = matches!(playback.pace, Pace::Time(_));
    use_frames(runs && time, on_action.reform(PlaybackAction::Tick));
    let stays = match playback.pace {
        Pace::Steps(ms) if runs => Some(ms),
        _ => None,
    };
    // The callback changes with every render, the timer does not.
    let latest = use_mut_ref(|| on_action.clone());
    latest.replace(on_action.clone());
    use_effect_with(stays, move |stays| {
        let timer = stays.map(|ms| {
            Interval::new(ms, move || {
                let on_action = latest.borrow().clone();
                on_action.emit(PlaybackAction::Tick(f64::from(ms)));
            })
        });
        move || drop(timer)
    });
}

/// What the parts of a [`PlaybackBar`] are called.
#[derive(Clone, Copy, Debug)]
pub struct PlaybackNames {
    /// All of it.
    pub group: &'static str,
    /// To the beginning, where there is such a button.
    pub first: Option<&'static str>,
    /// One back.
    pub previous: &'static str,
    /// One on.
    pub next: &'static str,
    /// To the end, where there is such a button.
    pub last: Option<&'static str>,
    /// The slider.
    pub slider: &'static str,
    /// What is counted, as it is read aloud: `byte`; empty where the numbers say enough.
    pub unit: &'static str,
}

/// The names for a model's time.
pub static TIME: PlaybackNames = PlaybackNames {
    group: "Time",
    first: Some("Restart"),
    previous: "Step back",
    next: "Step",
    last: None,
    slider: "Time",
    unit: "",
};

/// The slider's step through a model's time.
const TENTH: Micros = SECOND / 10;

/// The controls of a [`Playback`]: play, step, scrub, how fast.
pub struct PlaybackBar<'a> {
    /// Where it is.
    pub playback: &'a Playback,
    /// What its parts are called.
    pub names: &'a PlaybackNames,
    /// Gives the place of a step on (`true`) or back; without it, the next number or the one before.
    pub step: Option<Callback<bool, u64>>,
    /// The slider moves in steps of this.
    pub grain: u64,
    /// The place as it is written, and as it is read aloud.
    pub readout: (String, String),
    /// What the reader does.
    pub on_action: &'a Callback<PlaybackAction>,
}

impl<'a> PlaybackBar<'a> {
    /// Controls of a model's time. `step` gives the time of a step on (`true`) or back.
    pub fn of_time(
        playback: &'a Playback,
        step: Callback<bool, Micros>,
        on_action: &'a Callback<PlaybackAction>,
    ) -> PlaybackBar<'a> {
        let (now, end) = (playback.now, playback.end);
        PlaybackBar {
            playback,
            names: &TIME,
            step: Some(step),
            grain: TENTH,
            readout: (
                minutes(now),
                format!("{} of {} seconds", now / SECOND, end / SECOND),
            ),
            on_action,
        }
    }

    /// Controls that go from step to step.
    pub fn of_steps(
        playback: &'a Playback,
        names: &'a PlaybackNames,
        on_action: &'a Callback<PlaybackAction>,
    ) -> PlaybackBar<'a> {
        let (now, end) = (playback.now, playback.end);
        let unit = if names.unit.is_empty() { "" } else { " " };
        PlaybackBar {
            playback,
            names,
            step: None,
            grain: 1,
            readout: (
                format!("{} / {}", grouped(now), grouped(end)),
                format!("{}{unit}{now} of {end}", names.unit),
            ),
            on_action,
        }
    }

    /// The controls. `more` stands behind them.
    pub fn view(&self, more: Html) -> Html {
        let PlaybackBar {
            playback,
            names,
            grain,
            on_action,
            ..
        } = self;
        let (by_step, grain) = (matches!(playback.pace, Pace::Steps(_)), (*grain).max(1));
        // aria-disabled keeps the focus where it is when the reader arrives at the end.
        let (start, end) = (playback.now == 0, playback.now >= playback.end);
        let off = |off: bool| (by_step && off).then_some("true");
        let icon_button = |name: &'static str, icon: Icon, action: Callback<MouseEvent>, end| {
            html! {
                <button type="button" class="btn" aria-label={name} title={name} onclick={action} aria-disabled={off(end)}>{ icon.view() }</button>
            }
        };
        let does = |action| on_action.reform(move |_: MouseEvent| action);
        let first = if by_step {
            PlaybackAction::Go(0)
        } else {
            PlaybackAction::Restart
        };
        let (play, play_icon, play_name) = if playback.playing {
            (PlaybackAction::Pause, Icon::Pause, "Pause")
        } else {
            (PlaybackAction::Play, Icon::Play, "Play")
        };
        let oninput = {
            let on_action = (*on_action).clone();
            Callback::from(move |event: InputEvent| {
                if let Some(to) = slid(&event) {
                    on_action.emit(PlaybackAction::Go(to.saturating_mul(grain)));
                }
            })
        };
        let class = if by_step {
            "playback"
        } else {
            "playback playback--time"
        };
        let speeds = match playback.pace {
            Pace::Time(speeds) if !playback.still && speeds.len() > 1 => speeds,
            _ => &[],
        };
        html! {
            <div {class} role="group" aria-label={names.group}>
                if !playback.still {
                    <button type="button" class="btn playback__play" onclick={does(play)}>{ play_icon.view() }{ play_name }</button>
                }
                if let (Some(name), true) = (names.first, by_step) {
                    { icon_button(name, Icon::First, does(first), start) }
                }
                { icon_button(names.previous, Icon::Back, self.stepping(false), start) }
                <button type="button" class={classes!("btn", by_step.then_some("primary"))} onclick={self.stepping(true)} aria-disabled={off(end)}>
                    { names.next }{ Icon::Forward.view() }
                </button>
                if let (Some(name), false) = (names.first, by_step) {
                    { icon_button(name, Icon::First, does(first), start) }
                }
                if let Some(name) = names.last {
                    { icon_button(name, Icon::Last, does(PlaybackAction::Go(playback.end)), end) }
                }
                <input type="range" aria-label={names.slider} min="0" max={(playback.end / grain).to_string()} value={(playback.now / grain).to_string()}
                    {oninput} aria-valuetext={self.readout.1.clone()}/>
                <output class="mono">{ &self.readout.0 }</output>
                if !speeds.is_empty() {
                    <div class="segmented" role="group" aria-label="Speed">
                        for (i, (_, short, aloud)) in speeds.iter().enumerate() {
                            <button type="button" onclick={does(PlaybackAction::Speed(i))} aria-pressed={(playback.speed == i).to_string()} aria-label={*aloud}>{ *short }</button>
                        }
                    </div>
                }
                { more }
            </div>
        }
    }

    fn stepping(&self, on: bool) -> Callback<MouseEvent> {
        let step = self.stepper();
        self.on_action
            .reform(move |_: MouseEvent| PlaybackAction::Go(step(on)))
    }

    /// The place of a step on or back.
    fn stepper(&self) -> impl Fn(bool) -> u64 + 'static {
        let (step, now) = (self.step.clone(), self.playback.now);
        move |on| match &step {
            Some(step) => step.emit(on),
            None if on => now + 1,
            None => now.saturating_sub(1),
        }
    }

    /// What keys do anywhere on the panel: space plays and pauses, the arrows step, Home and End go there.
    pub fn keys(&self) -> Callback<KeyboardEvent> {
        let (step, on_action) = (self.stepper(), self.on_action.clone());
        let (playing, still, end) = (
            self.playback.playing,
            self.playback.still,
            self.playback.end,
        );
        Callback::from(move |event: KeyboardEvent| {
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if modified || event.shift_key() || event.default_prevented() || is_typing(&event) {
                return;
            }
            let action = match event.key().as_str() {
                "ArrowLeft" => PlaybackAction::Go(step(false)),
                "ArrowRight" => PlaybackAction::Go(step(true)),
                "Home" => PlaybackAction::Go(0),
                "End" => PlaybackAction::Go(end),
                " " if still || presses(&event) => return,
                " " if playing => PlaybackAction::Pause,
                " " => PlaybackAction::Play,
                _ => return,
            };
            event.prevent_default();
            on_action.emit(action);
        })
    }
}

/// Whether the key belongs to a control that takes text, or that uses arrows itself.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target() else {
        return false;
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return !matches!(input.type_().as_str(), "button" | "checkbox");
    }
    if target.dyn_ref::<HtmlTextAreaElement>().is_some() {
        return true;
    }
    target.dyn_ref::<HtmlElement>().is_some_and(|element| {
        let role = element.get_attribute("role");
        element.tag_name() == "SELECT"
            || element.is_content_editable()
            || role.is_some_and(|role| matches!(role.as_str(), "slider" | "textbox"))
    })
}

/// Whether space presses what has the focus.
fn presses(event: &KeyboardEvent) -> bool {
    let target = event.target();
    let element = target.and_then(|target| target.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|element| {
        matches!(
            element.tag_name().as_str(),
            "BUTTON" | "A" | "SUMMARY" | "INPUT"
        ) || element.get_attribute("role").as_deref() == Some("button")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn steps_go_on_and_back_and_stay_inside() {
        let moments = [3, 5, 9];
        let all = |on: bool| [0, 3, 4, 9, 10].map(|now| neighbour(&moments, now, on));
        assert_eq!(all(true), [3, 5, 5, 9, 10]);
        assert_eq!(all(false), [0, 3, 3, 5, 9]);
    }
}

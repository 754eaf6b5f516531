//! The controls of a [`Playback`], and what keys do.

use sim::{Micros, SECOND};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::icon::Icon;
use super::number::{grouped, minutes};
use super::playback::{Pace, Playback, PlaybackAction};
use super::slider::slid;

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
                <button type="button" class="btn playback__play" onclick={does(play)}>{ play_icon.view() }<span>{ play_name }</span></button>
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
                            <button type="button" onclick={does(PlaybackAction::Speed(i))} aria-pressed={(playback.speed == i).to_string()} aria-label={format!("{short}, {aloud}")}>{ *short }</button>
                        }
                    </div>
                }
                { more }
                <p class="playback__keys"><kbd>{ "←" }</kbd>{ " " }<kbd>{ "→" }</kbd>{ " step " }<kbd>{ "Space" }</kbd>{ " plays" }</p>
            </div>
        }
    }

    fn stepping(&self, on: bool) -> Callback<MouseEvent> {
        let step = self.stepper();
        self.on_action
            .reform(move |_: MouseEvent| PlaybackAction::Go(step(on)))
    }

    /// The place of a step on or back.
    pub(super) fn stepper(&self) -> impl Fn(bool) -> u64 + 'static {
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
        let (playing, end) = (self.playback.playing, self.playback.end);
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
                " " if presses(&event) => return,
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

//! What models are run by: knobs that set them, and a bar that moves through their time.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::ui::Icon;

/// The stop nearest to a value. The stops are in order, and there is at least one.
pub fn nearest(stops: &[u32], value: u32) -> usize {
    let after = stops.partition_point(|&stop| stop < value);
    match after {
        0 => 0,
        n if n == stops.len() => n - 1,
        n if value - stops[n - 1] < stops[n] - value => n - 1,
        n => n,
    }
}

/// The whole number at which a slider stands.
pub fn slid(event: &InputEvent) -> Option<u64> {
    let field = event
        .target()
        .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
    field.and_then(|field| field.value().parse().ok())
}

/// Properties of [`Knob`].
#[derive(Properties, PartialEq)]
pub struct KnobProps {
    /// The id of its slider.
    pub id: AttrValue,
    /// Its label.
    pub label: AttrValue,
    /// The values along its way, in order.
    pub stops: &'static [u32],
    /// Its value, which may lie between two stops.
    pub value: u32,
    /// The value as it is written beside it.
    pub short: AttrValue,
    /// The value as it is read aloud.
    pub long: AttrValue,
    /// The reader turned it to this value.
    pub on_turn: Callback<u32>,
}

/// A slider with its label and its value. Several stand in an element of class `knobs`.
#[component]
pub fn Knob(props: &KnobProps) -> Html {
    let KnobProps {
        id,
        label,
        stops,
        value,
        short,
        long,
        on_turn,
    } = props;
    let oninput = {
        let (on_turn, stops) = (on_turn.clone(), *stops);
        Callback::from(move |event: InputEvent| {
            let stop = slid(&event).and_then(|stop| stops.get(usize::try_from(stop).ok()?));
            if let Some(&value) = stop {
                on_turn.emit(value);
            }
        })
    };
    html! {
        <div class="knob">
            <label for={id.clone()}>{ label }</label>
            <output for={id.clone()}>{ short }</output>
            <input type="range" {id} min="0" max={stops.len().saturating_sub(1).to_string()} value={nearest(stops, *value).to_string()}
                {oninput} aria-valuetext={long}/>
        </div>
    }
}

/// What the reader does with a model's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drive {
    /// Let it run.
    Play,
    /// Stop it.
    Pause,
    /// To the moment before.
    Back,
    /// To the next moment.
    Step,
    /// To the beginning.
    Restart,
    /// To this place of the slider.
    Go(u64),
}

/// Properties of [`Transport`].
#[derive(Properties, PartialEq)]
pub struct TransportProps {
    /// Whether time runs.
    pub playing: bool,
    /// Whether the reader asked for less motion: then there is nothing to play, only to step.
    pub still: bool,
    /// Where the slider stands.
    pub at: u64,
    /// Where it ends.
    pub last: u64,
    /// The time as it is written.
    pub clock: AttrValue,
    /// The time as it is read aloud.
    pub aloud: AttrValue,
    /// What the reader does.
    pub on_drive: Callback<Drive>,
    /// What else belongs into the bar.
    #[prop_or_default]
    pub children: Html,
}

/// Time: play, pause, step, scrub.
#[component]
pub fn Transport(props: &TransportProps) -> Html {
    let TransportProps {
        playing,
        still,
        at,
        last,
        clock,
        aloud,
        on_drive,
        children,
    } = props;
    let button = |drive: Drive, name: &'static str, icon: Icon, words: bool| {
        let onclick = on_drive.reform(move |_: MouseEvent| drive);
        html! {
            <button type="button" class="btn" {onclick} aria-label={(!words).then_some(name)}>
                { icon.view() }
                if words { { name } }
            </button>
        }
    };
    let oninput = {
        let on_drive = on_drive.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(to) = slid(&event) {
                on_drive.emit(Drive::Go(to));
            }
        })
    };
    html! {
        <div class="bar transport">
            if !still {
                if *playing {
                    { button(Drive::Pause, "Pause", Icon::Pause, true) }
                } else {
                    { button(Drive::Play, "Play", Icon::Play, true) }
                }
            }
            { button(Drive::Back, "Step back", Icon::Back, false) }
            { button(Drive::Step, "Step", Icon::Forward, true) }
            { button(Drive::Restart, "Restart", Icon::First, false) }
            <input type="range" aria-label="Time" min="0" max={last.to_string()} value={at.to_string()} {oninput} aria-valuetext={aloud}/>
            <output class="mono">{ clock }</output>
            { children.clone() }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_between_two_stops_belongs_to_the_nearer_one() {
        let stops = [10, 20, 40];
        for (value, stop) in [
            (0, 0),
            (10, 0),
            (14, 0),
            (15, 1),
            (20, 1),
            (29, 1),
            (31, 2),
            (99, 2),
        ] {
            assert_eq!(nearest(&stops, value), stop, "{value}");
        }
    }
}

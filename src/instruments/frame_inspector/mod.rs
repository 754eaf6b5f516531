//! One frame, bit by bit: ruler, bytes, stepper, explanation, unmasking, verdict.
//!
//! | module | what it is for |
//! | --- | --- |
//! | `sequence`, `model` | the frames of some bytes, and what a reader who has come to one of them can know; no browser |
//! | `explain`, `verdict` | the same in words |
//! | `views`, `bytes`, `rfc_diagram`, `frame_list` | the same in pictures |
//! | `copy`, `http_comparison`, `send_payload` | what can be done with a frame |
//! | `desk`, `composer`, `paste`, `presets` | where the bytes come from, and the address |

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::ui::{CopyButton, Icon, counted, grouped};

mod bytes;
pub mod composer;
mod copy;
mod desk;
pub mod explain;
mod frame_list;
mod http_comparison;
pub mod model;
mod paste;
pub mod presets;
mod rfc_diagram;
mod send_payload;
pub mod sequence;
pub mod verdict;
mod views;

use std::rc::Rc;

use bytes::Bytes;
use copy::CopyMenu;
pub use desk::FrameInspector;
use http_comparison::HttpComparison;
use model::{FieldGroup, Reading};
use send_payload::SendPayload;
use sequence::FrameSequence;

/// How long a byte stays in view while playing, in milliseconds.
const PLAY_MS: u32 = 700;

/// Properties of [`FrameView`].
#[derive(Properties, PartialEq)]
pub struct FrameViewProps {
    /// What is being read.
    pub sequence: Rc<FrameSequence>,
    /// The byte that the reader has reached, from 0.
    pub step: usize,
    /// The reader goes to another byte.
    pub on_step: Callback<usize>,
    /// Whether the header is drawn as the RFC does, 32 bits a row.
    #[prop_or_default]
    pub figure: bool,
    /// The reader wants the other drawing.
    pub on_figure: Callback<bool>,
    /// The instrument on the page.
    #[prop_or_default]
    pub panel: NodeRef,
    /// Path and query of a link to all this, where the bytes fit into one.
    #[prop_or_default]
    pub link: Option<AttrValue>,
    /// The toolbar.
    #[prop_or_default]
    pub bar: Html,
    /// What stands between the toolbar and the frame.
    #[prop_or_default]
    pub above: Html,
    /// More buttons for the foot.
    #[prop_or_default]
    pub foot: Html,
}

/// A way through the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    First,
    Back,
    On,
    Last,
    FieldBack,
    FieldOn,
    FrameBack,
    FrameOn,
}

impl Move {
    fn from(self, sequence: &FrameSequence, step: usize) -> usize {
        let last = sequence.source.bytes.len().saturating_sub(1);
        match self {
            Move::First => 0,
            Move::Back => step.saturating_sub(1),
            Move::On => (step + 1).min(last),
            Move::Last => last,
            Move::FieldBack => sequence.previous_field(step),
            Move::FieldOn => sequence.next_field(step),
            Move::FrameBack => sequence.previous_frame(step),
            Move::FrameOn => sequence.next_frame(step),
        }
    }

    /// What a key does, with and without shift.
    fn of_key(key: &str, shift: bool) -> Option<Move> {
        match (key, shift) {
            ("ArrowLeft", false) => Some(Move::Back),
            ("ArrowRight", false) => Some(Move::On),
            ("ArrowLeft", true) => Some(Move::FieldBack),
            ("ArrowRight", true) => Some(Move::FieldOn),
            ("[", _) => Some(Move::FrameBack),
            ("]", _) => Some(Move::FrameOn),
            _ => None,
        }
    }
}

/// Takes a frame apart.
#[component]
pub fn FrameView(props: &FrameViewProps) -> Html {
    let FrameViewProps {
        sequence,
        step,
        on_step,
        ..
    } = props;
    let hot = use_state(|| None::<FieldGroup>);
    let playing = use_state(|| false);
    let found = use_memo((sequence.clone(), *step), |(sequence, step)| {
        Found::new(sequence, *step)
    });
    let source = &sequence.source;
    let last = source.bytes.len().saturating_sub(1);

    // Timers and listeners live longer than a render; they ask here where the reader is.
    let now = use_mut_ref(|| (sequence.clone(), *step, on_step.clone()));
    now.replace((sequence.clone(), *step, on_step.clone()));
    let go = {
        let now = now.clone();
        Callback::from(move |way: Move| {
            let (sequence, step, on_step) = now.borrow().clone();
            let to = way.from(&sequence, step);
            if to != step {
                on_step.emit(to);
            }
        })
    };
    {
        let (go, playing) = (go.clone(), playing.setter());
        use_effect_with((), move |()| {
            let window = gloo_utils::window();
            let listener = EventListener::new(&window, "keydown", move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
                    return;
                };
                // On many keyboards a bracket takes AltGr, which browsers report as Alt, or as Alt and Ctrl.
                let bracket = matches!(event.key().as_str(), "[" | "]") && event.alt_key();
                let other = event.ctrl_key() || event.alt_key();
                if event.meta_key() || (other && !bracket) || types_there(event) {
                    return;
                }
                if let Some(way) = Move::of_key(&event.key(), event.shift_key()) {
                    playing.set(false);
                    go.emit(way);
                }
            });
            move || drop(listener)
        });
    }
    {
        let (go, at_end, setter) = (go.clone(), *step >= last, playing.setter());
        use_effect_with((*playing, at_end), move |(playing, at_end)| {
            if *playing && *at_end {
                setter.set(false);
            }
            let timer =
                (*playing && !*at_end).then(|| Interval::new(PLAY_MS, move || go.emit(Move::On)));
            move || drop(timer)
        });
    }
    // Where the pointer or the focus is, that field lights up everywhere: the style sheet does it from one attribute.
    let point = {
        let hot = hot.clone();
        move |target: Option<web_sys::EventTarget>| {
            let group = target
                .and_then(|t| t.dyn_into::<Element>().ok())
                .and_then(|e| e.closest("[data-f]").ok().flatten())
                .and_then(|e| e.get_attribute("data-f"))
                .and_then(|name| FieldGroup::of_class(&name));
            if *hot != group {
                hot.set(group);
            }
        }
    };
    let onmouseover = {
        let point = point.clone();
        Callback::from(move |event: MouseEvent| point(event.target()))
    };
    let onmouseleave = {
        let point = point.clone();
        Callback::from(move |_: MouseEvent| point(None))
    };
    let onfocusin = Callback::from(move |event: FocusEvent| point(event.target()));

    let step_to = {
        let (on_step, playing) = (on_step.clone(), playing.setter());
        Callback::from(move |to: usize| {
            playing.set(false);
            on_step.emit(to);
        })
    };
    let Some(found) = found.as_ref() else {
        return Html::default();
    };
    let reading = &found.reading;
    let choose = {
        let (ends, step_to) = (
            FieldGroup::ALL.map(|group| (group, reading.end_of(group))),
            step_to.clone(),
        );
        Callback::from(move |group: FieldGroup| {
            if let Some((_, Some(end))) = ends.iter().find(|(h, _)| *h == group) {
                step_to.emit(*end);
            }
        })
    };
    html! {
        <section class="panel frame-panel" aria-label="Frame decoder" data-hot={hot.map(FieldGroup::class)} ref={props.panel.clone()} tabindex="-1"
            {onmouseover} {onmouseleave} {onfocusin}>
            { props.bar.clone() }
            { props.above.clone() }
            <div class="body">
                <div class="left">
                    { frame_list::frame_list(sequence, reading, &go, &step_to) }
                    <section aria-label="Bits">
                        <div class="fr-head">
                            <h2 class="cap">{ "Header bits" }</h2>
                            { drawings(props.figure, &props.on_figure) }
                        </div>
                        if props.figure {
                            { rfc_diagram::rfc_diagram(sequence, reading, &choose, &step_to) }
                        } else {
                            { views::ruler(reading, &choose) }
                        }
                    </section>
                    <section aria-label="Bytes">
                        <h2 class="sr">{ "Bytes" }</h2>
                        <Bytes sequence={sequence.clone()} reading={reading.clone()} on_step={step_to.clone()}/>
                    </section>
                    { stepper(reading, last, &go, &step_to, &playing) }
                    if let Some(explanation) = &found.explanation {
                        { views::explanation(explanation) }
                    }
                    { views::unmasking(source, reading) }
                </div>
                <div class="right">
                    <section aria-label="Decoded frame">
                        <h2 class="cap">{ "What the decoder knows" }</h2>
                        { views::facts(source, reading, found.payload.clone(), &choose) }
                    </section>
                    <section aria-label="Verdict" aria-live="polite">
                        <h2 class="sr">{ "Verdict" }</h2>
                        { verdict::view(sequence, reading) }
                    </section>
                    <section aria-label="Cost on the wire">
                        <h2 class="cap">{ "Cost on the wire" }</h2>
                        { views::cost(reading) }
                        <HttpComparison sequence={sequence.clone()} number={reading.number}/>
                    </section>
                </div>
            </div>
            <SendPayload sequence={sequence.clone()} number={reading.number}/>
            <div class="foot">
                <span>{ summary(sequence, reading) }</span>
                <span class="grow"></span>
                { props.foot.clone() }
                <CopyButton label="Copy bytes" bytes={Some(source.bytes.clone())}/>
                <CopyMenu sequence={sequence.clone()} link={props.link.clone()}/>
            </div>
        </section>
    }
}

/// What one step shows, found once: a hand that moves over the page draws it many times.
#[derive(PartialEq)]
struct Found {
    reading: Reading,
    explanation: Option<explain::Explanation>,
    payload: Option<(String, String)>,
}

impl Found {
    fn new(sequence: &FrameSequence, step: usize) -> Option<Found> {
        let reading = sequence.read(step)?;
        Some(Found {
            explanation: explain::explain(&sequence.source, &reading),
            payload: views::payload_fact(&sequence.source, &reading),
            reading,
        })
    }
}

/// The two drawings of a header.
fn drawings(figure: bool, on_figure: &Callback<bool>) -> Html {
    let one = |wanted: bool, name: &'static str| {
        let onclick = on_figure.reform(move |_: MouseEvent| wanted);
        html! { <button type="button" {onclick} aria-pressed={(figure == wanted).to_string()}>{ name }</button> }
    };
    html! {
        <div class="switch" role="group" aria-label="Drawn as">
            { one(false, "Ruler") }
            { one(true, "RFC figure") }
        </div>
    }
}

/// Whether the key belongs to a control that uses arrows itself.
fn types_there(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target() else {
        return false;
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return !matches!(input.type_().as_str(), "button" | "checkbox");
    }
    target.dyn_ref::<HtmlElement>().is_some_and(|e| {
        matches!(e.tag_name().as_str(), "TEXTAREA" | "SELECT") || e.is_content_editable()
    })
}

fn summary(sequence: &FrameSequence, reading: &Reading) -> String {
    let size = sequence.source.bytes.len();
    let all = counted(size as u64, "byte", "bytes");
    let whole = reading.frame == (0..size);
    if whole {
        format!("{all} · one frame")
    } else {
        format!(
            "{all} · frame {} is bytes {}–{}",
            reading.number + 1,
            grouped(reading.frame.start as u64),
            grouped(reading.frame.end.saturating_sub(1) as u64)
        )
    }
}

fn stepper(
    reading: &Reading,
    last: usize,
    go: &Callback<Move>,
    step_to: &Callback<usize>,
    playing: &UseStateHandle<bool>,
) -> Html {
    let step = reading.step;
    let button = |way: Move, icon: Icon, name: &'static str, off: bool| {
        let (go, playing) = (go.clone(), playing.setter());
        let onclick = Callback::from(move |_| {
            playing.set(false);
            go.emit(way);
        });
        // aria-disabled keeps the focus where it is when the reader arrives at the end.
        html! {
            <button type="button" class="btn" aria-label={name} title={name} {onclick} aria-disabled={off.then_some("true")}>{ icon.view() }</button>
        }
    };
    let next = {
        let (go, playing) = (go.clone(), playing.setter());
        Callback::from(move |_| {
            playing.set(false);
            go.emit(Move::On);
        })
    };
    let field = {
        let (go, playing) = (go.clone(), playing.setter());
        move |way: Move| {
            let (go, playing) = (go.clone(), playing.clone());
            Callback::from(move |_| {
                playing.set(false);
                go.emit(way);
            })
        }
    };
    let play = {
        let (playing, go) = (playing.clone(), go.clone());
        Callback::from(move |_| {
            if !*playing && step >= last {
                go.emit(Move::First);
            }
            playing.set(!*playing);
        })
    };
    let scrub = {
        let step_to = step_to.clone();
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            if let Some(to) = input.and_then(|i| i.value().parse().ok()) {
                step_to.emit(to);
            }
        })
    };
    let (start, end) = (step == 0, step >= last);
    html! {
        <div class="step" role="group" aria-label="Step through the bytes">
            { button(Move::First, Icon::First, "First byte", start) }
            { button(Move::Back, Icon::Back, "Previous byte", start) }
            <button type="button" class="btn primary" onclick={next} aria-disabled={end.then_some("true")}>{ "Next byte" }{ Icon::Forward.view() }</button>
            { button(Move::Last, Icon::Last, "Last byte", end) }
            <button type="button" class="btn play" onclick={play}>
                { if **playing { Icon::Pause.view() } else { Icon::Play.view() } }
                { if **playing { "Pause" } else { "Play" } }
            </button>
            <input type="range" aria-label="Byte" min="0" max={last.to_string()} value={step.to_string()} oninput={scrub}
                aria-valuetext={format!("byte {step} of {last}")}/>
            <output class="mono">{ format!("{} / {}", grouped(step as u64), grouped(last as u64)) }</output>
            <div class="by-field">
                <button type="button" class="btn" onclick={field(Move::FieldBack)} aria-disabled={start.then_some("true")}>{ "Previous field" }</button>
                <button type="button" class="btn" onclick={field(Move::FieldOn)} aria-disabled={end.then_some("true")}>{ "Next field" }</button>
                <span class="keys"><kbd>{ "←" }</kbd>{ " " }<kbd>{ "→" }</kbd>{ " byte · with " }<kbd>{ "Shift" }</kbd>{ " field" }</span>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_stay_inside() {
        use Move::*;
        for name in ["hello", "several", "interleaved"] {
            let sequence = FrameSequence::new(presets::Preset::named(name).unwrap().source());
            for way in [
                First, Back, On, Last, FieldBack, FieldOn, FrameBack, FrameOn,
            ] {
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
}

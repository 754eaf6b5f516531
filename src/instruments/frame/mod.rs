//! One frame, bit by bit: ruler, bytes, stepper, explanation, unmasking, verdict.

use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::ui::{CopyButton, Icon, counted, grouped};

mod desk;
pub mod explain;
pub mod input;
pub mod model;
pub mod presets;
mod verdict;
mod views;

pub use desk::FrameDesk;
use model::{Hue, Reading, Source};

/// How long a byte stays in view while playing, in milliseconds.
const PLAY_MS: u32 = 700;

/// Properties of [`FrameDecoder`].
#[derive(Properties, PartialEq)]
pub struct FrameDecoderProps {
    /// What is being read.
    pub source: Source,
    /// The byte that the reader has reached, from 0.
    pub step: usize,
    /// The reader goes to another byte.
    pub on_step: Callback<usize>,
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
}

impl Move {
    fn from(self, source: &Source, step: usize) -> usize {
        let last = source.bytes.len().saturating_sub(1);
        match self {
            Move::First => 0,
            Move::Back => step.saturating_sub(1),
            Move::On => (step + 1).min(last),
            Move::Last => last,
            Move::FieldBack => source.previous_field(step),
            Move::FieldOn => source.next_field(step),
        }
    }

    /// What an arrow key does, with and without shift.
    fn of_key(key: &str, shift: bool) -> Option<Move> {
        match (key, shift) {
            ("ArrowLeft", false) => Some(Move::Back),
            ("ArrowRight", false) => Some(Move::On),
            ("ArrowLeft", true) => Some(Move::FieldBack),
            ("ArrowRight", true) => Some(Move::FieldOn),
            _ => None,
        }
    }
}

/// Takes a frame apart.
#[component]
pub fn FrameDecoder(props: &FrameDecoderProps) -> Html {
    let FrameDecoderProps {
        source,
        step,
        on_step,
        ..
    } = props;
    let hot = use_state(|| None::<Hue>);
    let playing = use_state(|| false);
    let reading = use_memo((source.clone(), *step), |(source, step)| source.read(*step));
    let last = source.bytes.len().saturating_sub(1);

    // Timers and listeners live longer than a render; they ask here where the reader is.
    let now = use_mut_ref(|| (source.clone(), *step, on_step.clone()));
    now.replace((source.clone(), *step, on_step.clone()));
    let go = {
        let now = now.clone();
        Callback::from(move |way: Move| {
            let (source, step, on_step) = now.borrow().clone();
            let to = way.from(&source, step);
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
                if event.ctrl_key() || event.meta_key() || event.alt_key() || types_there(event) {
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
            let hue = target
                .and_then(|t| t.dyn_into::<Element>().ok())
                .and_then(|e| e.closest("[data-f]").ok().flatten())
                .and_then(|e| e.get_attribute("data-f"))
                .and_then(|name| Hue::of_class(&name));
            if *hot != hue {
                hot.set(hue);
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
    let Some(reading) = reading.as_ref() else {
        return Html::default();
    };
    let choose = {
        let (ends, step_to) = (
            Hue::ALL.map(|hue| (hue, reading.end_of(hue))),
            step_to.clone(),
        );
        Callback::from(move |hue: Hue| {
            if let Some((_, Some(end))) = ends.iter().find(|(h, _)| *h == hue) {
                step_to.emit(*end);
            }
        })
    };
    html! {
        <section class="panel frame-panel" aria-label="Frame decoder" data-hot={hot.map(Hue::class)}
            {onmouseover} {onmouseleave} {onfocusin}>
            { props.bar.clone() }
            { props.above.clone() }
            <div class="body">
                <div class="left">
                    <section aria-label="Bits">
                        <h2 class="cap">{ "Header bits" }</h2>
                        { views::ruler(reading, &choose) }
                    </section>
                    <section aria-label="Bytes">
                        <h2 class="sr">{ "Bytes" }</h2>
                        { views::bytes(source, reading, &step_to) }
                    </section>
                    { stepper(reading, last, &go, &step_to, &playing) }
                    { views::explanation(source, reading) }
                    { views::unmasking(source, reading) }
                </div>
                <div class="right">
                    <section aria-label="Decoded frame">
                        <h2 class="cap">{ "What the decoder knows" }</h2>
                        { views::facts(source, reading, &choose) }
                    </section>
                    <section aria-label="Verdict" aria-live="polite">
                        <h2 class="sr">{ "Verdict" }</h2>
                        { verdict::view(source, reading) }
                    </section>
                    <section aria-label="Cost on the wire">
                        <h2 class="cap">{ "Cost on the wire" }</h2>
                        { views::cost(reading) }
                    </section>
                </div>
            </div>
            <div class="foot">
                <span>{ summary(source, reading) }</span>
                <span class="grow"></span>
                <CopyButton label="Copy bytes" bytes={Some(source.bytes.clone())}/>
                { props.foot.clone() }
            </div>
        </section>
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

fn summary(source: &Source, reading: &Reading) -> String {
    let all = counted(source.bytes.len() as u64, "byte", "bytes");
    let whole = reading.frame == (0..source.bytes.len());
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
        let source = Source {
            bytes: presets::Preset::named("hello").unwrap().bytes().into(),
            from: wire::Role::Client,
            deflate: false,
        };
        use Move::*;
        for way in [First, Back, On, Last, FieldBack, FieldOn] {
            for step in 0..source.bytes.len() {
                assert!(
                    way.from(&source, step) < source.bytes.len(),
                    "{way:?} from {step}"
                );
            }
        }
        assert_eq!(Move::of_key("ArrowRight", true), Some(FieldOn));
        assert_eq!(Move::of_key("a", false), None);
    }
}

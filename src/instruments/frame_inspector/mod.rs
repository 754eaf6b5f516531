//! One frame, bit by bit: ruler, bytes, stepper, explanation, unmasking, verdict.
//!
//! | module | what it is for |
//! | --- | --- |
//! | `slices` | megabytes are gone over so that the page answers in between |
//! | `settings`, `state` | what the address says, and what the reader does |
//! | `sequence`, `model` | the frames of some bytes, and what a reader who has come to one of them can know; no browser |
//! | `explain`, `verdict` | the same in words |
//! | `views`, `bytes`, `rfc_diagram`, `frame_list` | the same in pictures |
//! | `actions` | what can be done with a frame: buttons |
//! | `copy`, `http_comparison`, `send_payload` | what they do |
//! | `extras` | the parts that are fetched when they are wanted: these, `composer`, `paste`, `rfc_diagram` |
//! | `draft`, `composer`, `paste`, `long_paste`, `presets` | where the bytes come from |

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, ScrollIntoViewOptions, ScrollLogicalPosition};
use wire::Role;
use yew::prelude::*;

use crate::kit::choice::{Chip, chips, segmented};
use crate::kit::copy::CopyButton;
use crate::kit::deferred::use_deferred;
use crate::kit::motion::use_on_screen;
use crate::kit::number::{counted, grouped};
use crate::kit::panel::Panel;
use crate::kit::playback::{PlaybackAction, PlaybackBar, PlaybackNames, is_typing, use_ticks};
use crate::kit::settings::MAX_LINK_BYTES;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::slices::Work;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};

mod actions;
mod bytes;
mod composer;
mod copy;
mod draft;
pub mod explain;
mod extras;
mod frame_list;
mod http_comparison;
mod long_paste;
pub mod model;
mod paste;
pub mod presets;
mod rfc_diagram;
mod send_payload;
pub mod sequence;
mod settings;
mod slices;
mod state;
pub mod verdict;
mod views;

use actions::Asked;
use bytes::Bytes;
use composer::ComposerProps;
use extras::{load_composer, load_extras, load_paste};
use model::{FieldGroup, Reading, Source, sender_by_mask};
use paste::PasteProps;
use presets::PRESETS;
use sequence::FrameSequence;
use settings::Settings;
pub use settings::{link, link_at};
use slices::{AT_ONCE, read_frames};
use state::{Action, Move, State};

/// The name of the instrument.
const NAME: &str = "frame-inspector";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// What the stepper's parts are called.
static STEPPER: PlaybackNames = PlaybackNames {
    group: "Step through the bytes",
    first: Some("First byte"),
    previous: "Previous byte",
    next: "Next byte",
    last: Some("Last byte"),
    slider: "Byte",
    unit: "byte",
};

/// Takes a frame apart.
#[component]
pub fn FrameInspector() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let state = use_reducer(|| State::of(url.parsed().clone()));
    let act = state.dispatcher().to_callback();
    let panel = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    let hot = use_state(|| None::<FieldGroup>);
    // What was typed into the box for bytes and not decoded when it was closed.
    let typed = use_memo((), |()| RefCell::new(None::<AttrValue>));
    {
        let act = act.clone();
        use_on_navigate(&url, move |parsed| {
            act.emit(Action::UrlChanged(parsed.clone()));
        });
    }
    // The inspector is at the head of its page: whoever arrives sees it, and links further down lead back to it.
    use_reveal(&url, &panel, Reveal::OnFollowing);
    // Bytes that are too many for a link stay in the page, and the address says nothing of them.
    let link = use_memo(state.settings.clone(), |settings| url.link(settings));
    {
        let settings = state.settings.clone();
        use_effect_with(state.change, move |change| match change {
            change if change.count == 0 => {}
            change if change.pushes => url.push(&settings),
            _ => url.replace_soon(&settings),
        });
    }
    let judged = use_node_ref();
    {
        // Whoever decodes bytes wants to know what becomes of them.
        let judged = judged.clone();
        use_effect_with(state.decoded, move |decoded| {
            if let (true, Some(verdict)) = (*decoded > 0, judged.cast::<Element>()) {
                let nearest = ScrollIntoViewOptions::new();
                nearest.set_block(ScrollLogicalPosition::Nearest);
                verdict.scroll_into_view_with_scroll_into_view_options(&nearest);
            }
        });
    }
    let on_playback = act.reform(Action::Playback);
    let found = use_memo(
        (state.sequence.clone(), state.step()),
        |(sequence, step)| Found::new(sequence, *step),
    );
    let number = found
        .as_ref()
        .as_ref()
        .map_or(0, |found| found.reading.number);
    let asked = use_state(Asked::default);
    let asked_of = asked.of(&state.sequence, number);
    let copying = use_state(|| false);
    let figure = state.settings.figure;
    let work = use_mut_ref(Work::default);
    let judging = use_state_eq(|| false);
    let on_sender = {
        let (source, act) = (state.sequence.source.clone(), act.clone());
        let (work, judging) = (work.clone(), judging.setter());
        Callback::from(move |i: usize| {
            let from = [Role::Client, Role::Server][i];
            let now = Work::default();
            work.replace(now.clone()).cancel();
            if source.bytes.len() <= AT_ONCE {
                judging.set(false);
                act.emit(Action::SentBy(from));
                return;
            }
            let (act, judging) = (act.clone(), judging.clone());
            let source = Source {
                from,
                ..source.clone()
            };
            spawn_local(async move {
                let judged = read_frames(&now, source, |_| judging.set(true)).await;
                if let Some(judged) = judged {
                    act.emit(Action::Judged(judged));
                    judging.set(false);
                }
            });
        })
    };
    let extras = use_deferred(figure || *copying || asked_of.anything(), load_extras);
    let composer = use_deferred(state.settings.composing, load_composer);
    let paste = use_deferred(state.pasting, load_paste);
    let Some(found) = found.as_ref() else {
        return Html::default();
    };

    let (sequence, reading) = (&state.sequence, &found.reading);
    let source = &sequence.source;
    let go = act.reform(Action::Move);
    let step_to = on_playback.reform(|to: usize| PlaybackAction::Go(to as u64));
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
    // Where the pointer or the focus is, that field lights up everywhere: the style sheet does it from one attribute.
    let point = {
        let hot = hot.clone();
        Callback::from(move |target: Option<web_sys::EventTarget>| {
            let group = field_at(target);
            if *hot != group {
                hot.set(group);
            }
        })
    };
    let frame = (sequence, number);
    let on_ask = {
        let asked = asked.setter();
        Callback::from(move |now| asked.set(now))
    };
    let on_copy = {
        let copying = copying.setter();
        Callback::from(move |()| copying.set(true))
    };
    let bar = PlaybackBar::of_steps(&state.playback, &STEPPER, &on_playback);
    use_ticks(&bar, on_screen);
    html! {
        <Panel name={NAME} title="Frame inspector" class="frame-inspector" node={panel} toolbar={toolbar(&state, &act, *judging, &on_sender)}
            problems={state.problems.clone()} link={(*link).clone()} onkeydown={keys(bar.keys(), &act)}
            foot={html! { <span>{ summary(sequence, reading) }</span> }}
            actions={html! {
                <>
                    if link.is_none() {
                        <span>{ format!("More than {} bytes: too many for a link.", grouped(MAX_LINK_BYTES as u64)) }</span>
                    }
                    <CopyButton label="Copy bytes" bytes={Some(source.bytes.clone())}/>
                    { actions::copy_menu(sequence, link.as_ref().as_ref(), *copying, &extras, &on_copy) }
                </>
            }}>
            <div class="frame-inspector__body" data-hot={hot.map(FieldGroup::class)} onmouseover={point.reform(|event: MouseEvent| event.target())}
                onmouseleave={point.reform(|_: MouseEvent| None)} onfocusin={point.reform(|event: FocusEvent| event.target())}>
                if state.pasting {
                    { paste.view("The box for bytes", |view| view(PasteProps {
                        source: source.clone(),
                        show: act.reform(Action::Decoded),
                        kept: typed.clone(),
                    })) }
                }
                if state.settings.composing {
                    { composer.view("The composer", |view| view(ComposerProps {
                        draft: state.settings.draft.clone(),
                        deflate: source.deflate,
                        on_change: act.reform(Action::Compose),
                        on_deflate: act.reform(Action::Deflate),
                    })) }
                }
                <div class="frame-inspector__stage">
                    { frame_list::frame_list(sequence, reading, &go, &step_to) }
                    <section aria-label="Bits">
                        <div class="frame-inspector__head">
                            <h2 class="eyebrow">{ "Header bits" }</h2>
                            { segmented("Drawn as", "", &["Ruler", "RFC figure"], Some(usize::from(figure)), &act.reform(|i| Action::DrawFigure(i == 1))) }
                        </div>
                        if figure {
                            { extras.view("The figure of the RFC", |extras| (extras.figure)(sequence, reading, &choose, &step_to)) }
                        } else {
                            { views::ruler(reading, &choose) }
                        }
                    </section>
                    <section aria-label="Bytes">
                        <h2 class="visually-hidden">{ "Bytes" }</h2>
                        <Bytes sequence={sequence.clone()} reading={reading.clone()} on_step={step_to.clone()}/>
                    </section>
                    { bar.view(by_field(&state, &go)) }
                </div>
                <div class="panel__columns">
                    <div class="panel__main">
                        if let Some(explanation) = &found.explanation {
                            { views::explanation(explanation, state.playback.now == 0 && state.playback.end > 0) }
                        }
                        { views::unmasking(source, reading) }
                    </div>
                    <div class="panel__side">
                        <section class="frame-inspector__verdict" aria-label="Verdict" aria-live="polite" ref={judged}>
                            <h2 class="visually-hidden">{ "Verdict" }</h2>
                            { verdict::view(sequence, reading) }
                        </section>
                        <section aria-label="Decoded frame">
                            <h2 class="eyebrow">{ "What the decoder knows" }</h2>
                            { views::facts(source, reading, found.payload.clone(), &choose) }
                        </section>
                        <section aria-label="Cost on the wire">
                            <h2 class="eyebrow">{ "Cost on the wire" }</h2>
                            { views::cost(reading) }
                            { actions::http_comparison(frame, &asked_of, &extras, &on_ask) }
                        </section>
                    </div>
                </div>
                { actions::send_payload(frame, &asked_of, &extras, &on_ask) }
            </div>
        </Panel>
    }
}

/// The presets, who sends, and the ways to bytes of one's own.
fn toolbar(
    state: &State,
    act: &Callback<Action>,
    judging: bool,
    on_sender: &Callback<usize>,
) -> Html {
    let server = state.sequence.source.from == Role::Server;
    let presets = PRESETS.map(|preset| Chip {
        label: preset.label.into(),
        pressed: state.preset == Some(preset.name),
        broken: preset.broken,
    });
    let on_preset = act.reform(|i: usize| Action::Show(PRESETS[i].source()));
    let way = |name: &'static str, open: bool, action: Action, id: &'static str| {
        let onclick = act.reform(move |_: MouseEvent| action.clone());
        html! {
            <button type="button" class="btn" {onclick} aria-expanded={open.to_string()} aria-controls={open.then_some(id)}>{ name }</button>
        }
    };
    html! {
        <>
            { chips("Examples", &presets, &on_preset) }
            <div class="frame-inspector__sender">
                { segmented("Sent by", "from", &["client", "server"], Some(usize::from(server)), on_sender) }
                <p role="status">{ if judging { "Judging them anew…" } else { told(state) } }</p>
            </div>
            <span class="spacer"></span>
            { way("Paste bytes", state.pasting, Action::TogglePaste, "paste") }
            { way("Compose", state.settings.composing, Action::ToggleComposer, "composer") }
        </>
    }
}

/// What MASK says of who sent the bytes; nothing where it is not there, or is being composed.
fn told(state: &State) -> &'static str {
    let source = &state.sequence.source;
    let told = sender_by_mask(&source.bytes).filter(|_| !state.settings.composing);
    match (told, source.from) {
        (Some(Role::Client), Role::Client) => "Taken from MASK: 1, so a client sent it.",
        (Some(Role::Server), Role::Server) => "Taken from MASK: 0, so a server sent it.",
        (Some(Role::Client), Role::Server) => "Not as MASK says: 1 is a client’s.",
        (Some(Role::Server), Role::Client) => "Not as MASK says: 0 is a server’s.",
        (None, _) => "",
    }
}

/// The steps from field to field.
fn by_field(state: &State, go: &Callback<Move>) -> Html {
    let button = |way: Move, name: &'static str, off: bool| {
        // aria-disabled keeps the focus where it is when the reader arrives at the end.
        html! { <button type="button" class="btn" onclick={go.reform(move |_: MouseEvent| way)} aria-disabled={off.then_some("true")}>{ name }</button> }
    };
    let (now, end) = (state.playback.now, state.playback.end);
    html! {
        <div class="frame-inspector__by-field">
            { button(Move::FieldBack, "Previous field", now == 0) }
            { button(Move::FieldOn, "Next field", now >= end) }
            <span class="frame-inspector__keys">{ "with " }<kbd>{ "Shift" }</kbd>{ " by field" }</span>
        </div>
    }
}

/// What keys do: those of `bar`, and with Shift or as brackets a field or a frame at a time.
fn keys(bar: Callback<KeyboardEvent>, act: &Callback<Action>) -> Callback<KeyboardEvent> {
    let act = act.clone();
    Callback::from(move |event: KeyboardEvent| {
        // On many keyboards a bracket takes AltGr, which browsers report as Alt, or as Alt and Ctrl.
        let bracket = matches!(event.key().as_str(), "[" | "]") && event.alt_key();
        let other = event.ctrl_key() || event.alt_key();
        let taken = event.default_prevented() || is_typing(&event);
        let way = Move::of_key(&event.key(), event.shift_key());
        match way {
            Some(way) if !(event.meta_key() || (other && !bracket) || taken) => {
                event.prevent_default();
                act.emit(Action::Move(way));
            }
            _ => bar.emit(event),
        }
    })
}

/// The field to which a part of the page belongs.
fn field_at(target: Option<web_sys::EventTarget>) -> Option<FieldGroup> {
    let element = target?.dyn_into::<Element>().ok()?;
    let field = element.closest("[data-f]").ok().flatten()?;
    FieldGroup::of_class(&field.get_attribute("data-f")?)
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

//! The messages with their back-references, and the payloads that came of them.

use std::ops::Range;
use std::rc::Rc;

use gloo::events::EventListener;
use web_sys::Element;
use wire::session::Kind;
use yew::prelude::*;

use super::model::{CompressedMessage, ReferenceId, Run, runs, split};
use super::narration::{name_of, spoken};
use super::payload;
use super::settings::Settings;
use crate::instruments::messages::readable;
use crate::kit::number::{counted, hex_spaced};

/// Properties of [`Drawing`].
#[derive(Properties, PartialEq)]
pub struct DrawingProps {
    pub settings: Settings,
    pub compressed: Rc<Vec<CompressedMessage>>,
    pub pick: Option<ReferenceId>,
    pub on_pick: Callback<ReferenceId>,
}

/// The id of the first part of what is copied.
const SOURCE: &str = "compression-source";

fn run_id((message, run): ReferenceId) -> String {
    format!("compression-run-{message}-{run}")
}

/// What the picked back-reference copies, as bytes of all messages.
fn source(
    settings: &Settings,
    compressed: &[CompressedMessage],
    pick: Option<ReferenceId>,
) -> Option<Range<usize>> {
    let (message, run) = pick?;
    let compressed = compressed.get(message)?;
    let run = runs(&compressed.inside).into_iter().nth(run)?;
    compressed.source(run.tokens.start, settings.before(message))
}

/// The curve from what is copied to where it goes, in the drawing's own measure.
fn curve(drawing: &Element, pick: ReferenceId) -> Option<String> {
    let document = gloo::utils::document();
    let zero = drawing.get_bounding_client_rect();
    let from = document.get_element_by_id(SOURCE)?;
    let to = document.get_element_by_id(&run_id(pick))?;
    let place = |element: &Element| {
        let all = element.get_bounding_client_rect();
        let x = all.left() - zero.left() + all.width() / 2.0;
        (x, all.top() - zero.top(), all.bottom() - zero.top())
    };
    let ((x1, top1, bottom1), (x2, top2, _)) = (place(&from), place(&to));
    Some(if bottom1 > top2 {
        // On one line, or on lines that overlap: over the top of both.
        let rise = top1.min(top2) - 12.0 - (x2 - x1).abs() / 14.0;
        format!("M {x1:.1} {top1:.1} C {x1:.1} {rise:.1}, {x2:.1} {rise:.1}, {x2:.1} {top2:.1}")
    } else {
        let bend = ((top2 - bottom1) * 0.6).clamp(14.0, 90.0);
        let (y1, y2) = (bottom1 + bend, top2 - bend);
        format!("M {x1:.1} {bottom1:.1} C {x1:.1} {y1:.1}, {x2:.1} {y2:.1}, {x2:.1} {top2:.1}")
    })
}

/// The messages, one under the other.
#[component]
pub fn Drawing(props: &DrawingProps) -> Html {
    let DrawingProps {
        settings,
        compressed,
        pick,
        on_pick,
    } = props;
    let drawing = use_node_ref();
    let path = use_node_ref();
    let resized = use_state(|| 0u32);
    {
        let (setter, count) = (resized.setter(), use_mut_ref(|| 0u32));
        use_effect_with((), move |()| {
            let listener = EventListener::new(&gloo::utils::window(), "resize", move |_| {
                let next = count.borrow().wrapping_add(1);
                *count.borrow_mut() = next;
                setter.set(next);
            });
            move || drop(listener)
        });
    }
    {
        let (drawing, path) = (drawing.clone(), path.clone());
        // Where things lie is known once they are drawn.
        use_effect_with((settings.clone(), *pick, *resized), move |(_, pick, _)| {
            if let (Some(drawing), Some(path)) = (drawing.cast::<Element>(), path.cast::<Element>())
            {
                let d = pick
                    .and_then(|pick| curve(&drawing, pick))
                    .unwrap_or_default();
                // An attribute that cannot be set leaves the page without its curve.
                let _ = path.set_attribute("d", &d);
            }
        });
    }
    let source = source(settings, compressed, *pick);
    let mut named = false;
    let texts: Vec<Html> = compressed
        .iter()
        .enumerate()
        .map(|(number, compressed)| {
            text(
                settings,
                number,
                compressed,
                *pick,
                source.as_ref(),
                &mut named,
                on_pick,
            )
        })
        .collect();
    html! {
        <>
            <div class="compression-inspector__drawing drawing" ref={drawing}>
                { for texts }
                <svg class="compression-inspector__arc" aria-hidden="true">
                    <defs><marker id="compression-head" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
                    <path class="compression-inspector__line" ref={path} marker-end="url(#compression-head)"/>
                </svg>
            </div>
            <h2 class="eyebrow compression-inspector__sent">{ "What is sent" }</h2>
            { for (0..compressed.len()).map(|number| payload::sent(settings, number, compressed, *pick)) }
        </>
    }
}

/// A message, run by run.
fn text(
    settings: &Settings,
    number: usize,
    compressed: &CompressedMessage,
    pick: Option<ReferenceId>,
    source: Option<&Range<usize>>,
    named: &mut bool,
    on_pick: &Callback<ReferenceId>,
) -> Html {
    let before = settings.before(number);
    let drawn: Vec<Html> = runs(&compressed.inside)
        .iter()
        .enumerate()
        .map(|(place, run)| {
            let here = (number, place);
            let text = letters(settings, compressed, run, before, source, named);
            let hot = (pick == Some(here)).then_some("compression-inspector__copy--hot");
            if run.copy {
                let enter = on_pick.reform(move |_: MouseEvent| here);
                let focus = on_pick.reform(move |_: FocusEvent| here);
                let click = on_pick.reform(move |_: MouseEvent| here);
                let onkeydown = {
                    let on_pick = on_pick.clone();
                    Callback::from(move |event: KeyboardEvent| {
                        if matches!(event.key().as_str(), " " | "Enter") {
                            event.prevent_default();
                            on_pick.emit(here);
                        }
                    })
                };
                // A real button would not break over lines like the words that it stands for.
                html! {
                    <span role="button" tabindex="0" id={run_id(here)} class={classes!("compression-inspector__copy", hot)} onmouseenter={enter} onfocus={focus} onclick={click} {onkeydown}
                        aria-label={spoken(compressed, run)} aria-pressed={hot.is_some().to_string()}>{ text }</span>
                }
            } else {
                html! { <span class="compression-inspector__literal">{ text }</span> }
            }
        })
        .collect();
    html! {
        <section class="compression-inspector__message" aria-label={name_of(number)}>
            <h3>{ name_of(number) }<small>{ counted(compressed.inside.message.len() as u64, "byte", "bytes") }</small></h3>
            <p class="compression-inspector__text">
                if drawn.is_empty() { <em>{ "nothing" }</em> }
                { for drawn }
            </p>
        </section>
    }
}

/// The bytes of a run as they are read, those that are copied marked.
fn letters(
    settings: &Settings,
    compressed: &CompressedMessage,
    run: &Run,
    before: usize,
    source: Option<&Range<usize>>,
    named: &mut bool,
) -> Html {
    let whole = before + run.out.start..before + run.out.end;
    split(&whole, source)
        .into_iter()
        .map(|(part, copied)| {
            let bytes = compressed
                .inside
                .message
                .get(part.start - before..part.end - before)
                .unwrap_or_default();
            let text = match settings.kind {
                Kind::Text => readable(bytes),
                Kind::Binary => hex_spaced(bytes) + " ",
            };
            if copied {
                let id = (!std::mem::replace(named, true)).then_some(SOURCE);
                html! { <mark {id}>{ text }</mark> }
            } else {
                html! { <span>{ text }</span> }
            }
        })
        .collect()
}

//! The messages with their back-references, and the payloads that came of them.

use std::ops::Range;
use std::rc::Rc;

use gloo_events::EventListener;
use web_sys::Element;
use wire::deflate::inside::{Block, BlockKind, Symbol};
use wire::session::Kind;
use yew::prelude::*;

use super::ReferenceId;
use super::model::{CompressedMessage, Desk, Run, runs, split};
use crate::instruments::messages::{in_frame_inspector, readable};
use crate::kit::page_link::page_link;
use crate::ui::{counted, grouped, hex_spaced};

#[derive(Properties, PartialEq)]
pub struct DrawingProps {
    pub desk: Desk,
    pub compressed: Rc<Vec<CompressedMessage>>,
    pub pick: Option<ReferenceId>,
    pub on_pick: Callback<ReferenceId>,
}

/// The id of the first part of what is copied.
const SOURCE: &str = "df-source";

fn run_id((message, run): ReferenceId) -> String {
    format!("df-run-{message}-{run}")
}

/// What the picked back-reference copies, as bytes of all messages.
fn source(
    desk: &Desk,
    compressed: &[CompressedMessage],
    pick: Option<ReferenceId>,
) -> Option<Range<usize>> {
    let (message, run) = pick?;
    let compressed = compressed.get(message)?;
    let run = runs(&compressed.inside).into_iter().nth(run)?;
    compressed.source(run.tokens.start, desk.before(message))
}

/// The curve from what is copied to where it goes, in the drawing's own measure.
fn curve(drawing: &Element, pick: ReferenceId) -> Option<String> {
    let document = gloo_utils::document();
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
        desk,
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
            let listener = EventListener::new(&gloo_utils::window(), "resize", move |_| {
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
        use_effect_with((desk.clone(), *pick, *resized), move |(_, pick, _)| {
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
    let source = source(desk, compressed, *pick);
    let mut named = false;
    let texts: Vec<Html> = compressed
        .iter()
        .enumerate()
        .map(|(number, compressed)| {
            text(
                desk,
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
            <div class="df-drawing" ref={drawing}>
                { for texts }
                <svg class="df-arc" aria-hidden="true">
                    <defs><marker id="df-head" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>
                    <path class="line" ref={path} marker-end="url(#df-head)"/>
                </svg>
            </div>
            <h2 class="cap df-sent">{ "What is sent" }</h2>
            { for (0..compressed.len()).map(|number| sent(desk, number, compressed, *pick)) }
        </>
    }
}

const NAMES: [&str; 3] = ["First message", "Second message", "Third message"];

fn name_of(number: usize) -> &'static str {
    NAMES.get(number).copied().unwrap_or("Message")
}

/// A message, run by run.
fn text(
    desk: &Desk,
    number: usize,
    compressed: &CompressedMessage,
    pick: Option<ReferenceId>,
    source: Option<&Range<usize>>,
    named: &mut bool,
    on_pick: &Callback<ReferenceId>,
) -> Html {
    let before = desk.before(number);
    let drawn: Vec<Html> = runs(&compressed.inside)
        .iter()
        .enumerate()
        .map(|(place, run)| {
            let here = (number, place);
            let text = letters(desk, compressed, run, before, source, named);
            let hot = (pick == Some(here)).then_some("hot");
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
                    <span role="button" tabindex="0" id={run_id(here)} class={classes!("df-copy", hot)} onmouseenter={enter} onfocus={focus} onclick={click} {onkeydown}
                        aria-label={spoken(compressed, run)} aria-pressed={hot.is_some().to_string()}>{ text }</span>
                }
            } else {
                html! { <span class="df-literal">{ text }</span> }
            }
        })
        .collect();
    html! {
        <section class="df-message" aria-label={name_of(number)}>
            <h3>{ name_of(number) }<small>{ counted(compressed.inside.message.len() as u64, "byte", "bytes") }</small></h3>
            <p class="df-text">
                if drawn.is_empty() { <em>{ "nothing" }</em> }
                { for drawn }
            </p>
        </section>
    }
}

/// What becomes of it on the wire.
fn sent(desk: &Desk, number: usize, all: &[CompressedMessage], pick: Option<ReferenceId>) -> Html {
    let Some(compressed) = all.get(number) else {
        return Html::default();
    };
    let picked = pick.filter(|(message, _)| *message == number);
    let lit = picked
        .and_then(|(_, run)| runs(&compressed.inside).into_iter().nth(run))
        .map(|run| run.bits);
    html! {
        <section class="df-payload" aria-label={format!("{}, compressed", name_of(number))}>
            <h3>{ name_of(number) }<small>{ format!("payload {}", counted(compressed.payload.len() as u64, "byte", "bytes")) }</small></h3>
            { frame(desk, all, number) }
            { payload(compressed, lit) }
            <p class="df-blocks">{ blocks(&compressed.inside.blocks, compressed) }</p>
        </section>
    }
}

/// The bytes of a run as they are read, those that are copied marked.
fn letters(
    desk: &Desk,
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
            let text = match desk.kind {
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

fn copied(compressed: &CompressedMessage, run: &Run) -> (usize, usize) {
    match compressed
        .inside
        .tokens
        .get(run.tokens.start)
        .map(|t| t.symbol)
    {
        Some(Symbol::Copy { length, distance }) => (length, distance),
        _ => (run.out.len(), 0),
    }
}

fn spoken(compressed: &CompressedMessage, run: &Run) -> String {
    let (length, distance) = copied(compressed, run);
    let bytes = compressed
        .inside
        .message
        .get(run.out.clone())
        .unwrap_or_default();
    format!(
        "“{}”: {length} bytes copied from {distance} back",
        readable(bytes)
    )
}

/// The payload, with the bytes that hold the picked symbol lit, and behind it what is removed.
fn payload(compressed: &CompressedMessage, lit: Option<Range<usize>>) -> Html {
    let lit = lit.map(|bits| bits.start / 8..bits.end.div_ceil(8).max(bits.start / 8 + 1));
    let parts = split(&(0..compressed.payload.len()), lit.as_ref());
    let removed = compressed.removed();
    html! {
        <p class="df-bytes payload" aria-label="The compressed payload" role="group" tabindex="0">
            { for parts.into_iter().map(|(part, lit)| {
                let text = hex_spaced(compressed.payload.get(part).unwrap_or_default());
                html! { <><code class={lit.then_some("lit")}>{ text }</code>{ " " }</> }
            }) }
            if !removed.is_empty() {
                <del><span class="sr">{ "removed: " }</span>{ hex_spaced(removed) }</del><small>{ " not sent" }</small>
            }
        </p>
    }
}

fn blocks(blocks: &[Block], compressed: &CompressedMessage) -> Html {
    blocks
        .iter()
        .map(|block| {
            let tokens = compressed
                .inside
                .tokens
                .iter()
                .filter(|t| block.bits.contains(&t.bits.start));
            let (mut literals, mut copies) = (0u64, 0u64);
            for token in tokens {
                match token.symbol {
                    Symbol::Literal(_) => literals += 1,
                    Symbol::Copy { .. } => copies += 1,
                    _ => {}
                }
            }
            let last = if block.last {
                ", the last of its stream"
            } else {
                ""
            };
            let text = match block.kind {
                BlockKind::Stored if block.out.is_empty() => {
                    "an empty stored block, which ends the message on a whole byte".to_owned()
                }
                BlockKind::Stored => format!(
                    "stored: {} as they were",
                    counted(block.out.len() as u64, "byte", "bytes")
                ),
                BlockKind::Fixed | BlockKind::Dynamic => {
                    let code = if block.kind == BlockKind::Fixed {
                        "the fixed code".to_owned()
                    } else {
                        format!(
                            "a code of its own, described in {} bits",
                            block.body - block.bits.start
                        )
                    };
                    format!(
                        "{}, {} in {} bits, with {code}",
                        counted(literals, "literal", "literals"),
                        counted(copies, "back-reference", "back-references"),
                        grouped(block.bits.len() as u64)
                    )
                }
            };
            html! { <span class="df-block">{ text }{ last }</span> }
        })
        .collect()
}

fn frame(desk: &Desk, all: &[CompressedMessage], number: usize) -> Html {
    let Some(compressed) = all.get(number) else {
        return Html::default();
    };
    let frames = all.iter().map(|compressed| compressed.frame.as_slice());
    let link = in_frame_inspector(frames, number, desk.sender, true);
    let head = compressed.frame.len() - compressed.payload.len();
    let first = compressed.frame.first().copied().unwrap_or_default();
    let rest = compressed.frame.get(1..head).unwrap_or_default();
    let (length, key) = match desk.sender {
        wire::Role::Client => rest.split_at(rest.len().saturating_sub(4)),
        wire::Role::Server => (rest, &[][..]),
    };
    html! {
        <p class="df-frame">
            <code class="rsv">{ format!("{first:02x}") }</code>{ " " }
            <code class="len">{ hex_spaced(length) }</code>{ " " }
            if !key.is_empty() { <code class="key">{ hex_spaced(key) }</code>{ " " } }
            <span>{ format!("FIN 1, RSV1 1, opcode 0x{:x}, then the payload{}. ", first & 0x0f, if key.is_empty() { "" } else { ", shown before it is masked" }) }</span>
            if let Some(link) = link {
                { page_link(link, "", html! { <>{ "Take the frame apart" }<span class="sr">{ format!(" of message {}", number + 1) }</span></> }) }
            }
        </p>
    }
}

/// What the picked back-reference does.
pub fn explanation(
    desk: &Desk,
    compressed: &[CompressedMessage],
    pick: Option<ReferenceId>,
) -> Html {
    let found = pick.and_then(|(message, place)| {
        let compressed = compressed.get(message)?;
        let run = runs(&compressed.inside).into_iter().nth(place)?;
        Some((message, compressed, run))
    });
    let Some((message, compressed, run)) = found else {
        return html! {
            <section class="df-say" aria-label="This back-reference">
                <h3>{ "No back-reference" }</h3>
                <p>{ "Three bytes have to repeat before it is worth saying so. Here nothing does, so every byte stands for itself." }</p>
            </section>
        };
    };
    let (length, distance) = copied(compressed, &run);
    let before = desk.before(message);
    let at = before + run.out.start;
    let from = at.saturating_sub(distance);
    let place = match (0..desk.messages.len())
        .rev()
        .find(|m| desk.before(*m) <= from)
    {
        Some(m) if m != message => format!("message {}", m + 1),
        _ => "this message".to_owned(),
    };
    let repeats = if length > distance {
        " It is longer than it reaches back, so it goes on with what it has just written itself."
    } else {
        ""
    };
    let bytes = compressed
        .inside
        .message
        .get(run.out.clone())
        .unwrap_or_default();
    let text = match desk.kind {
        Kind::Text => readable(bytes),
        Kind::Binary => hex_spaced(bytes),
    };
    html! {
        <section class="df-say" aria-label="This back-reference" aria-live="polite">
            <h3>{ format!("Copy {length} from {} back", grouped(distance as u64)) }</h3>
            <p class="df-quote">{ text }</p>
            <p>{ format!("Found in {place}. Written in {} bits, where the bytes themselves take {}.{repeats}", run.bits.len(), grouped(run.out.len() as u64 * 8)) }</p>
        </section>
    }
}

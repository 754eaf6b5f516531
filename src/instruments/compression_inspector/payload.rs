//! The payloads, the frames around them, and what the chosen back-reference is in them.

use std::ops::Range;

use wire::Role;
use yew::prelude::*;

use super::model::{CompressedMessage, ReferenceId, runs, split};
use super::narration::{self, name_of};
use super::settings::Settings;
use crate::instruments::messages::in_frame_inspector;
use crate::kit::link::page_link;
use crate::kit::number::{counted, hex_spaced};

/// What becomes of it on the wire.
pub fn sent(
    settings: &Settings,
    number: usize,
    all: &[CompressedMessage],
    pick: Option<ReferenceId>,
) -> Html {
    let Some(compressed) = all.get(number) else {
        return Html::default();
    };
    let picked = pick.filter(|(message, _)| *message == number);
    let lit = picked
        .and_then(|(_, run)| runs(&compressed.inside).into_iter().nth(run))
        .map(|run| run.bits);
    html! {
        <section class="compression-inspector__payload" aria-label={format!("{}, compressed", name_of(number))}>
            <h3>{ name_of(number) }<small>{ format!("payload {}", counted(compressed.payload.len() as u64, "byte", "bytes")) }</small></h3>
            { frame(settings, all, number) }
            { payload(compressed, lit) }
            <p class="compression-inspector__blocks">for block in &compressed.inside.blocks { <span class="compression-inspector__block">{ narration::block(block, compressed) }</span> }</p>
        </section>
    }
}

/// The payload, with the bytes that hold the picked symbol lit, and behind it what is removed.
fn payload(compressed: &CompressedMessage, lit: Option<Range<usize>>) -> Html {
    let lit = lit.map(|bits| bits.start / 8..bits.end.div_ceil(8).max(bits.start / 8 + 1));
    let parts = split(&(0..compressed.payload.len()), lit.as_ref());
    let removed = compressed.removed();
    html! {
        <p class="compression-inspector__bytes payload" aria-label="The compressed payload" role="group" tabindex="0">
            { for parts.into_iter().map(|(part, lit)| {
                let text = hex_spaced(compressed.payload.get(part).unwrap_or_default());
                html! { <><code class={lit.then_some("compression-inspector__lit")}>{ text }</code>{ " " }</> }
            }) }
            if !removed.is_empty() {
                <del><span class="visually-hidden">{ "removed: " }</span>{ hex_spaced(removed) }</del><small>{ " not sent" }</small>
            }
        </p>
    }
}

fn frame(settings: &Settings, all: &[CompressedMessage], number: usize) -> Html {
    let Some(compressed) = all.get(number) else {
        return Html::default();
    };
    let frames = all.iter().map(|compressed| compressed.frame.as_slice());
    let link = in_frame_inspector(frames, number, settings.sender, true);
    let head = compressed.frame.len() - compressed.payload.len();
    let first = compressed.frame.first().copied().unwrap_or_default();
    let rest = compressed.frame.get(1..head).unwrap_or_default();
    let (length, key) = match settings.sender {
        Role::Client => rest.split_at(rest.len().saturating_sub(4)),
        Role::Server => (rest, &[][..]),
    };
    html! {
        <p class="compression-inspector__frame">
            <code class="rsv">{ format!("{first:02x}") }</code>{ " " }
            <code class="len">{ hex_spaced(length) }</code>{ " " }
            if !key.is_empty() { <code class="key">{ hex_spaced(key) }</code>{ " " } }
            <span>{ format!("FIN 1, RSV1 1, opcode 0x{:x}, then the payload{}. ", first & 0x0f, if key.is_empty() { "" } else { ", shown before it is masked" }) }</span>
            if let Some(link) = link {
                { page_link(link, Classes::new(), html! { <>{ "Take the frame apart" }<span class="visually-hidden">{ format!(" of message {}", number + 1) }</span></> }) }
            }
        </p>
    }
}

/// What the chosen back-reference does.
pub fn explanation(
    settings: &Settings,
    compressed: &[CompressedMessage],
    pick: Option<ReferenceId>,
) -> Html {
    let found = pick.and_then(|(message, place)| {
        let compressed = compressed.get(message)?;
        let run = runs(&compressed.inside).into_iter().nth(place)?;
        Some(narration::explain(settings, message, compressed, &run))
    });
    html! {
        <section class="compression-inspector__say" aria-label="This back-reference" aria-live="polite">
            if let Some(explanation) = found {
                <h3>{ explanation.title }</h3>
                <p class="compression-inspector__quote" tabindex="0">{ explanation.quote }</p>
                <p>{ explanation.text }</p>
            } else {
                <h3>{ "No back-reference" }</h3>
                <p>{ "Deflate refers back only to three or more repeated bytes. Here there are none, so every byte is written out." }</p>
            }
        </section>
    }
}

//! The decoder's parts, each a picture of the same reading.

use wire::frame::{LengthForm, Opcode};
use wire::mask;
use wire::rule::Rule;
use yew::prelude::*;

use super::explain::{Explanation, inflate, preview};
use super::model::{FieldGroup, Reading, Segment, Source};
use crate::kit::number::{counted, grouped, hex, hex_spaced, printable};
use crate::kit::rfc_link::rfc_of;

/// Bytes of a payload that is still coming of which the beginning is shown.
const GLANCE: usize = 400;
/// Columns of the unmasking table.
const COLUMNS: usize = 8;

/// The first sixteen bits, and what each run of them is.
pub fn ruler(reading: &Reading, choose: &Callback<FieldGroup>) -> Html {
    let known = &reading.known;
    let first = known.first.map(|f| {
        u8::from(f.fin) << 7
            | u8::from(f.rsv1) << 6
            | u8::from(f.rsv2) << 5
            | u8::from(f.rsv3) << 4
            | f.opcode.bits()
    });
    let second = known.second.map(|s| u8::from(s.masked) << 7 | s.short);
    let group = |bit: u32| match bit {
        0 => FieldGroup::Fin,
        1..=3 => FieldGroup::Rsv,
        4..=7 => FieldGroup::Opcode,
        8 => FieldGroup::Mask,
        _ => FieldGroup::Len,
    };
    let bits = (0..16u32).map(|bit| {
        let byte = if bit < 8 { first } else { second };
        let sign = match byte.map(|b| b >> (7 - bit % 8) & 1) {
            Some(1) => "1",
            Some(_) => "0",
            None => "·",
        };
        let class = group(bit).class();
        html! {
            <div class={classes!("frame-inspector__bit", class, byte.is_none().then_some("todo"))} data-f={class}>{ sign }<small>{ bit }</small></div>
        }
    });
    let rsv = known.first.map(|f| {
        let set: Vec<_> = [(f.rsv1, "1"), (f.rsv2, "2"), (f.rsv3, "3")]
            .into_iter()
            .filter_map(|(s, n)| s.then_some(n))
            .collect();
        if set.is_empty() {
            "none".to_owned()
        } else {
            set.join(", ")
        }
    });
    let opcode = known
        .first
        .map(|f| format!("0x{:X} {}", f.opcode.bits(), f.opcode));
    let len = known.second.map(|s| match s.form {
        LengthForm::Bits7 => s.short.to_string(),
        form => format!("{}: in the next {} bytes", s.short, form.extended_bytes()),
    });
    let labels = [
        (FieldGroup::Fin, 1, "FIN", None),
        (FieldGroup::Rsv, 3, "RSV1–3", rsv),
        (FieldGroup::Opcode, 4, "opcode", opcode),
        (FieldGroup::Mask, 1, "MASK", None),
        (FieldGroup::Len, 7, "payload length", len),
    ];
    let labels = labels.into_iter().map(|(group, span, name, value)| {
        let choose = choose.clone();
        let onclick = Callback::from(move |_| choose.emit(group));
        html! {
            <button type="button" class={classes!("frame-inspector__label", group.class(), format!("frame-inspector__label--{span}"))} data-f={group.class()} {onclick}>
                <span>{ name }</span>
                if span > 1 { <i>{ value.unwrap_or_else(|| "not yet".to_owned()) }</i> }
            </button>
        }
    });
    html! {
        <div class="frame-inspector__bits">
            { for bits }
            { for labels }
        </div>
    }
}

/// What the reader's byte means. `begins` where it is the first of several: then what to do is said too.
pub fn explanation(explanation: &Explanation, begins: bool) -> Html {
    let (rfc, section) = explanation.source;
    html! {
        <section class={classes!("frame-inspector__explanation", explanation.group.class())} aria-label="Explanation">
            <h2>{ format!("{} ", explanation.title) }<code>{ &explanation.code }</code></h2>
            <p>
                { for explanation.sentences.iter().map(|(group, text)| html! {
                    <><span class={classes!("frame-inspector__sentence", group.class())} data-f={group.class()}>{ text }</span>{ " " }</>
                }) }
                { rfc_of(rfc, section) }
            </p>
            if begins {
                <p class="frame-inspector__begin">{ "This is the first byte, and all that a decoder knows so far. Press “Next byte” or " }<kbd>{ "→" }</kbd>{ " to read on." }</p>
            }
        </section>
    }
}

/// Payload, key and what they give, column by column.
pub fn unmasking(source: &Source, reading: &Reading) -> Html {
    let (Some(key), Some(range)) = (reading.known.key, reading.range(Segment::Payload)) else {
        return Html::default();
    };
    let index = reading
        .step
        .saturating_sub(range.start)
        .min(range.len() - 1);
    let start = index / COLUMNS * COLUMNS;
    let plain = reading.plain(source, start..(start + COLUMNS).min(reading.read));
    let columns = (start..(start + COLUMNS).min(range.len())).map(|i| {
        let at = range.start + i;
        let plain = plain.get(i - start);
        let out = plain.map_or_else(|| "··".to_owned(), |b| format!("{b:02x} {}", printable(*b)));
        let here = (at == reading.step).then_some("here");
        (
            format!("{:02x}", source.bytes[at]),
            format!("{:02x}", mask::key_byte(key, i as u64)),
            out,
            here,
        )
    });
    let columns: Vec<_> = columns.collect();
    let row = |head: &'static str,
               group: Option<FieldGroup>,
               class: &'static str,
               cell: fn(&Cells) -> &str| {
        html! {
            <tr class={classes!(class, group.map(FieldGroup::class))} data-f={group.map(FieldGroup::class)}>
                <th scope="row">{ head }</th>
                { for columns.iter().map(|c| html! { <td class={classes!(c.3)}>{ cell(c).to_owned() }</td> }) }
            </tr>
        }
    };
    html! {
        <section aria-label="Unmasking">
            <h2 class="eyebrow">
                { "Unmasking" }
                if range.len() > COLUMNS {
                    { format!(" · payload bytes {}–{} of {}", grouped(start as u64), grouped((start + columns.len() - 1) as u64), grouped(range.len() as u64)) }
                }
            </h2>
            <div class="frame-inspector__unmasking" tabindex="0" role="group" aria-label="Unmasking, column by column">
                <table>
                    <tbody>
                        { row("payload", Some(FieldGroup::Payload), "p", |c| &c.0) }
                        { row("⊕ key", Some(FieldGroup::Key), "k", |c| &c.1) }
                        { row("=", None, "o", |c| &c.2) }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

type Cells = (String, String, String, Option<&'static str>);

/// The frame's fields with their values, as far as they are known.
pub fn facts(
    source: &Source,
    reading: &Reading,
    payload: Option<(String, String)>,
    choose: &Callback<FieldGroup>,
) -> Html {
    let known = &reading.known;
    let waits = || (String::new(), "not yet".to_owned());
    let bit = |set: bool| if set { "1" } else { "0" }.to_owned();
    let first = known.first;
    let fin = first.map(|f| {
        let note = match (f.fin, f.opcode.is_control()) {
            (true, true) => "whole",
            (true, false) => "last frame of its message",
            (false, _) => "more frames follow",
        };
        (bit(f.fin), note.to_owned())
    });
    let rsv = first.map(|f| {
        let set = f.rsv1 || f.rsv2 || f.rsv3;
        let note = match (set, source.deflate) {
            (false, true) if f.opcode == Opcode::Continuation => "the first frame says",
            (false, true) => "not compressed",
            (true, true) if f.rsv1 => "compressed",
            (_, _) => "no extension was agreed on",
        };
        (
            format!("{}{}{}", bit(f.rsv1), bit(f.rsv2), bit(f.rsv3)),
            note.to_owned(),
        )
    });
    let opcode = first.map(|f| {
        (
            format!("0x{:X}", f.opcode.bits()),
            f.opcode.name().to_owned(),
        )
    });
    let mask = known.second.map(|s| {
        (
            bit(s.masked),
            if s.masked {
                "as a client’s frame is"
            } else {
                "as a server’s frame is"
            }
            .to_owned(),
        )
    });
    let len = known.length.map(|n| {
        let form = match known.second.map(|s| s.form) {
            Some(LengthForm::Bits16) => "in 16 bits",
            Some(LengthForm::Bits64) => "in 64 bits",
            _ => "fits in 7 bits",
        };
        if n >> 63 == 0 {
            (grouped(n), form.to_owned())
        } else {
            (format!("0x{n:016x}"), "its top bit is 1".to_owned())
        }
    });
    let key = match known.second {
        Some(s) if !s.masked => Some((String::new(), "none".to_owned())),
        _ => known.key.map(|k| (hex(&k), String::new())),
    };
    let rows = [
        (FieldGroup::Fin, "FIN", fin),
        (FieldGroup::Rsv, "RSV", rsv),
        (FieldGroup::Opcode, "Opcode", opcode),
        (FieldGroup::Mask, "Mask", mask),
        (FieldGroup::Len, "Length", len),
        (FieldGroup::Key, "Key", key),
        (FieldGroup::Payload, "Payload", payload),
    ];
    html! {
        <dl class="facts">
            { for rows.into_iter().map(|(group, name, fact)| {
                let (value, note) = fact.unwrap_or_else(waits);
                let choose = choose.clone();
                let onclick = Callback::from(move |_| choose.emit(group));
                html! {
                    <>
                        <dt class={group.class()} data-f={group.class()} onclick={onclick.clone()}>{ name }</dt>
                        <dd class={group.class()} data-f={group.class()} {onclick}>{ value }{ " " }<em>{ note }</em></dd>
                    </>
                }
            }) }
        </dl>
    }
}

/// What the payload says, and a note, from its beginning: how long it is makes no difference. Only what is compressed has
/// to be inflated.
pub fn payload_fact(source: &Source, reading: &Reading) -> Option<(String, String)> {
    let length = reading.known.length.filter(|n| n >> 63 == 0)?;
    let first = reading.known.first?;
    let glance = reading.payload(source, GLANCE);
    let compressed = source.deflate && first.rsv1;
    if !reading.complete {
        let left = counted(length - reading.read as u64, "byte", "bytes");
        let value = if first.opcode == Opcode::Text && !compressed {
            preview(&String::from_utf8_lossy(&glance))
        } else {
            short_hex(&glance)
        };
        return Some((value, format!("waiting for {left}")));
    }
    if length == 0 {
        return Some((String::new(), "empty".to_owned()));
    }
    let printable = |b: &u8| b.is_ascii_graphic() || *b == b' ';
    Some(match first.opcode {
        Opcode::Text if compressed => {
            let plain = inflate(&reading.payload(source, usize::MAX));
            match plain.as_deref().map(std::str::from_utf8) {
                Some(Ok(text)) => (preview(text), "inflated".to_owned()),
                _ => (short_hex(&glance), "compressed".to_owned()),
            }
        }
        Opcode::Text => match beginning(&glance, reading) {
            Some(text) => (preview(text), String::new()),
            None => (short_hex(&glance), "not UTF-8".to_owned()),
        },
        Opcode::Close => match wire::close::Close::read(&glance) {
            Some(close) => (
                format!("{} {}", close.code, preview(&close.reason)),
                close.code.name().to_owned(),
            ),
            None => (short_hex(&glance), String::new()),
        },
        Opcode::Ping | Opcode::Pong if glance.iter().all(printable) => {
            (preview(&String::from_utf8_lossy(&glance)), String::new())
        }
        _ => (short_hex(&glance), counted(length, "byte", "bytes")),
    })
}

/// The text at the beginning of a payload. A character may be cut where the glance ends, or where the piece does.
fn beginning<'a>(glance: &'a [u8], reading: &Reading) -> Option<&'a str> {
    if reading
        .violations
        .iter()
        .any(|v| v.rule == Rule::TextNotUtf8)
    {
        return None;
    }
    match std::str::from_utf8(glance) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&glance[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

fn short_hex(bytes: &[u8]) -> String {
    const MOST: usize = 8;
    let shown = hex_spaced(&bytes[..bytes.len().min(MOST)]);
    if bytes.len() > MOST {
        format!("{shown} …")
    } else {
        shown
    }
}

/// What the frame costs, in bytes.
pub fn cost(reading: &Reading) -> Html {
    let header = reading.known.header_len();
    let payload = reading.known.length.filter(|n| n >> 63 == 0);
    let bytes = |n: Option<u64>| {
        n.map_or_else(
            || "not known yet".to_owned(),
            |n| counted(n, "byte", "bytes"),
        )
    };
    html! {
        <dl class="facts">
            <dt class="len">{ "Header" }</dt><dd>{ bytes(header.map(|n| n as u64)) }</dd>
            <dt class="payload">{ "Payload" }</dt><dd>{ bytes(payload) }</dd>
        </dl>
    }
}

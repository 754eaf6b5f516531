//! The decoder's parts, each a picture of the same reading.

use std::ops::Range;

use wire::frame::{LengthForm, Opcode};
use wire::mask;
use yew::prelude::*;

use super::explain::{explain, inflate, preview};
use super::model::{Hue, Part, Reading, Source};
use crate::ui::{Rfc, counted, grouped, hex, printable};

/// Payload bytes shown at once. A payload of megabytes costs no more to draw than this.
const PAGE: usize = 64;
/// Columns of the unmasking table.
const COLUMNS: usize = 8;

/// The first sixteen bits, and what each run of them is.
pub fn ruler(reading: &Reading, choose: &Callback<Hue>) -> Html {
    let known = &reading.known;
    let first = known.first.map(|f| {
        u8::from(f.fin) << 7
            | u8::from(f.rsv1) << 6
            | u8::from(f.rsv2) << 5
            | u8::from(f.rsv3) << 4
            | f.opcode.bits()
    });
    let second = known.second.map(|s| u8::from(s.masked) << 7 | s.short);
    let hue = |bit: u32| match bit {
        0 => Hue::Fin,
        1..=3 => Hue::Rsv,
        4..=7 => Hue::Opcode,
        8 => Hue::Mask,
        _ => Hue::Len,
    };
    let bits = (0..16u32).map(|bit| {
        let byte = if bit < 8 { first } else { second };
        let sign = match byte.map(|b| b >> (7 - bit % 8) & 1) {
            Some(1) => "1",
            Some(_) => "0",
            None => "·",
        };
        let class = hue(bit).class();
        html! {
            <div class={classes!("bit", class, byte.is_none().then_some("todo"))} data-f={class}>{ sign }<small>{ bit }</small></div>
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
        (Hue::Fin, 1, "FIN", None),
        (Hue::Rsv, 3, "RSV1–3", rsv),
        (Hue::Opcode, 4, "opcode", opcode),
        (Hue::Mask, 1, "MASK", None),
        (Hue::Len, 7, "payload length", len),
    ];
    let labels = labels.into_iter().map(|(hue, span, name, value)| {
        let choose = choose.clone();
        let onclick = Callback::from(move |_| choose.emit(hue));
        html! {
            <button type="button" class={classes!("lab", hue.class(), format!("span{span}"))} data-f={hue.class()} {onclick}>
                <span>{ name }</span>
                if span > 1 { <i>{ value.unwrap_or_else(|| "not yet".to_owned()) }</i> }
            </button>
        }
    });
    html! {
        <div class="bits">
            { for bits }
            { for labels }
        </div>
    }
}

/// The payload bytes in view: the page that holds the reader's byte.
fn window(payload: &Range<usize>, step: usize) -> Range<usize> {
    let index = step.clamp(
        payload.start,
        payload.end.saturating_sub(1).max(payload.start),
    ) - payload.start;
    let start = payload.start + index / PAGE * PAGE;
    start..(start + PAGE).min(payload.end)
}

/// The bytes, those not reached yet as outlines.
pub fn bytes(source: &Source, reading: &Reading, step_to: &Callback<usize>) -> Html {
    let at = reading.step;
    let payload = reading
        .range(Part::Payload)
        .unwrap_or(reading.frame.end..reading.frame.end);
    let shown = window(&payload, at);
    let chip = |i: usize, part: Option<Part>| {
        let onclick = {
            let step_to = step_to.clone();
            Callback::from(move |_| step_to.emit(i))
        };
        let hue = part.map(|p| p.hue().class());
        let here = i == at;
        let name = part.map_or("out of reach", Part::name);
        let offset = i - reading.frame.start;
        html! {
            <li key={i}>
                <button type="button" class={classes!("byte", hue, (i > at).then_some("todo"))} data-f={hue} {onclick}
                    tabindex={if here { "0" } else { "-1" }} aria-current={here.then_some("step")}
                    aria-label={format!("Byte {offset}, {:02x}, {name}", source.bytes[i])}>
                    { format!("{:02x}", source.bytes[i]) }<small>{ offset }</small>
                </button>
            </li>
        }
    };
    let jump = |to: usize, label: String| {
        let step_to = step_to.clone();
        html! {
            <li><button type="button" class="byte more" onclick={Callback::from(move |_| step_to.emit(to))}>{ label }</button></li>
        }
    };
    let header = reading
        .parts()
        .iter()
        .filter(|(part, _)| *part != Part::Payload);
    let header = header.flat_map(|(part, range)| range.clone().map(move |i| chip(i, Some(*part))));
    let before = shown.start - payload.start;
    let after = payload.end - shown.end;
    // What lies behind a length that cannot be true: one byte of it is in view, so that stepping shows where one is.
    let lost = (at >= reading.frame.end).then(|| chip(at, None));
    html! {
        <ul class="bytes" role="list">
            { for header }
            if before > 0 {
                { jump(shown.start - 1, format!("← {} before", grouped(before as u64))) }
            }
            { for shown.clone().map(|i| chip(i, Some(Part::Payload))) }
            if after > 0 {
                { jump(shown.end, format!("{} more →", grouped(after as u64))) }
            }
            { for lost }
        </ul>
    }
}

/// What the reader's byte means.
pub fn explanation(source: &Source, reading: &Reading) -> Html {
    let Some(explanation) = explain(source, reading) else {
        return Html::default();
    };
    let (rfc, section) = explanation.source;
    html! {
        <section class={classes!("say", explanation.hue.class())} aria-label="Explanation">
            <h2>{ format!("{} ", explanation.title) }<code>{ &explanation.code }</code></h2>
            <p>
                { for explanation.sentences.iter().map(|(hue, text)| html! {
                    <><span class={classes!("tells", hue.class())} data-f={hue.class()}>{ text }</span>{ " " }</>
                }) }
                <Rfc {rfc} {section}/>
            </p>
        </section>
    }
}

/// Payload, key and what they give, column by column.
pub fn unmasking(source: &Source, reading: &Reading) -> Html {
    let (Some(key), Some(range)) = (reading.known.key, reading.range(Part::Payload)) else {
        return Html::default();
    };
    let index = reading
        .step
        .saturating_sub(range.start)
        .min(range.len() - 1);
    let start = index / COLUMNS * COLUMNS;
    let columns = (start..(start + COLUMNS).min(range.len())).map(|i| {
        let at = range.start + i;
        let plain = reading.payload.get(i);
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
               hue: Option<Hue>,
               class: &'static str,
               cell: fn(&Cells) -> &str| {
        html! {
            <tr class={classes!(class, hue.map(Hue::class))} data-f={hue.map(Hue::class)}>
                <th scope="row">{ head }</th>
                { for columns.iter().map(|c| html! { <td class={classes!(c.3)}>{ cell(c).to_owned() }</td> }) }
            </tr>
        }
    };
    html! {
        <section aria-label="Unmasking">
            <h2 class="cap">
                { "Unmasking" }
                if range.len() > COLUMNS {
                    { format!(" · payload bytes {}–{} of {}", start, start + columns.len() - 1, grouped(range.len() as u64)) }
                }
            </h2>
            <div class="xor" tabindex="0" role="group" aria-label="Unmasking, column by column">
                <table>
                    <tbody>
                        { row("payload", Some(Hue::Payload), "p", |c| &c.0) }
                        { row("⊕ key", Some(Hue::Key), "k", |c| &c.1) }
                        { row("=", None, "o", |c| &c.2) }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

type Cells = (String, String, String, Option<&'static str>);

/// The frame's fields with their values, as far as they are known.
pub fn facts(source: &Source, reading: &Reading, choose: &Callback<Hue>) -> Html {
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
        let note = match (set, source.deflate && f.rsv1) {
            (false, _) => "no extension in use",
            (true, true) => "compressed",
            (true, false) => "no extension was agreed on",
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
        (Hue::Fin, "FIN", fin),
        (Hue::Rsv, "RSV", rsv),
        (Hue::Opcode, "Opcode", opcode),
        (Hue::Mask, "Mask", mask),
        (Hue::Len, "Length", len),
        (Hue::Key, "Key", key),
        (Hue::Payload, "Payload", payload_fact(source, reading)),
    ];
    html! {
        <dl class="facts">
            { for rows.into_iter().map(|(hue, name, fact)| {
                let (value, note) = fact.unwrap_or_else(waits);
                let choose = choose.clone();
                let onclick = Callback::from(move |_| choose.emit(hue));
                html! {
                    <>
                        <dt class={hue.class()} data-f={hue.class()} onclick={onclick.clone()}>{ name }</dt>
                        <dd class={hue.class()} data-f={hue.class()} {onclick}>{ value }{ " " }<em>{ note }</em></dd>
                    </>
                }
            }) }
        </dl>
    }
}

fn payload_fact(source: &Source, reading: &Reading) -> Option<(String, String)> {
    let length = reading.known.length.filter(|n| n >> 63 == 0)?;
    if !reading.complete {
        let have = reading.payload.len() as u64;
        let left = counted(length - have, "byte", "bytes");
        let text = matches!(reading.opcode(), Some(Opcode::Text))
            && !(source.deflate && reading.known.first?.rsv1);
        let value = if text {
            preview(&String::from_utf8_lossy(&reading.payload))
        } else {
            short_hex(&reading.payload)
        };
        return Some((value, format!("waiting for {left}")));
    }
    if length == 0 {
        return Some((String::new(), "empty".to_owned()));
    }
    let first = reading.known.first?;
    let utf8 = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(preview);
    Some(match first.opcode {
        Opcode::Text if source.deflate && first.rsv1 => {
            match inflate(&reading.payload).as_deref().and_then(utf8) {
                Some(text) => (text, "inflated".to_owned()),
                None => (short_hex(&reading.payload), "compressed".to_owned()),
            }
        }
        Opcode::Text => match utf8(&reading.payload) {
            Some(text) => (text, String::new()),
            None => (short_hex(&reading.payload), "not UTF-8".to_owned()),
        },
        Opcode::Close => match wire::close::Close::read(&reading.payload) {
            Some(close) => (
                format!("{} {}", close.code, preview(&close.reason)),
                close.code.name().to_owned(),
            ),
            None => (short_hex(&reading.payload), String::new()),
        },
        Opcode::Ping | Opcode::Pong
            if reading
                .payload
                .iter()
                .all(|b| b.is_ascii_graphic() || *b == b' ') =>
        {
            (utf8(&reading.payload).unwrap_or_default(), String::new())
        }
        _ => (
            short_hex(&reading.payload),
            counted(length, "byte", "bytes"),
        ),
    })
}

fn short_hex(bytes: &[u8]) -> String {
    const MOST: usize = 8;
    let shown = crate::ui::hex_spaced(&bytes[..bytes.len().min(MOST)]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_holds_the_byte_and_stays_inside() {
        let payload = 4..260;
        for step in 0..300 {
            let shown = window(&payload, step);
            assert!(shown.start >= 4 && shown.end <= 260 && shown.len() <= PAGE);
            if payload.contains(&step) {
                assert!(shown.contains(&step), "{step}");
            }
        }
        assert_eq!(window(&(7..7), 3), 7..7);
    }
}

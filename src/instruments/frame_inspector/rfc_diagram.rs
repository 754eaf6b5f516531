//! The frame as RFC 6455 §5.2 draws it: 32 bits a row, here with the values of this frame.

use std::ops::Range;

use yew::prelude::*;

use super::bytes::by_data;
use super::model::{FieldGroup, Reading, Segment};
use super::sequence::FrameSequence;
use crate::kit::number::{counted, printable};

/// Bytes in a row.
const WORD: usize = 4;
/// Rows of the payload that are drawn at once.
const PAYLOAD_ROWS: usize = 4;

/// A field, or as much of it as stands in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cell {
    group: FieldGroup,
    name: &'static str,
    /// Its bits, from the beginning of the frame.
    bits: Range<usize>,
    /// Whether the field began in the row before.
    continued: bool,
}

/// The fields of the first two bytes, by their bits.
const FIRST: [(FieldGroup, &str, Range<usize>); 7] = [
    (FieldGroup::Fin, "FIN", 0..1),
    (FieldGroup::Rsv, "RSV1", 1..2),
    (FieldGroup::Rsv, "RSV2", 2..3),
    (FieldGroup::Rsv, "RSV3", 3..4),
    (FieldGroup::Opcode, "opcode", 4..8),
    (FieldGroup::Mask, "MASK", 8..9),
    (FieldGroup::Len, "Payload len", 9..16),
];

/// The cells of a row: words of four bytes, from the beginning of the frame.
fn cells(reading: &Reading, word: usize) -> Vec<Cell> {
    let row = word * 32..word * 32 + 32;
    let mut cells = Vec::new();
    if word == 0 {
        cells.extend(FIRST.map(|(group, name, bits)| Cell {
            group,
            name,
            bits,
            continued: false,
        }));
    }
    let start = reading.frame.start;
    for (segment, range) in reading.segments() {
        let bits = (range.start - start) * 8..(range.end - start) * 8;
        let (group, name) = match segment {
            Segment::First | Segment::Second => continue,
            Segment::Extended => (FieldGroup::Len, "Extended payload length"),
            Segment::Key => (FieldGroup::Key, "Masking key"),
            Segment::Payload => (FieldGroup::Payload, "Payload data"),
        };
        let here = bits.start.max(row.start)..bits.end.min(row.end);
        if here.is_empty() {
            continue;
        }
        if *segment == Segment::Payload {
            // A byte is what the reader steps by, so each has a cell.
            cells.extend(here.clone().step_by(8).map(|at| Cell {
                group,
                name,
                bits: at..at + 8,
                continued: at > bits.start,
            }));
        } else {
            cells.push(Cell {
                group,
                name,
                continued: here.start > bits.start,
                bits: here,
            });
        }
    }
    cells
}

/// The rows to draw: the header's, and those of the payload around the reader.
fn rows(reading: &Reading) -> (Range<usize>, Range<usize>, usize) {
    let start = reading.frame.start;
    let all = (reading.frame.end - start).max(2).div_ceil(WORD);
    let payload = reading
        .range(Segment::Payload)
        .map_or(reading.frame.end, |range| range.start);
    let header = (payload - start).max(2).div_ceil(WORD).min(all);
    let here = (reading.step - start) / WORD;
    let first = here
        .saturating_sub(1)
        .max(header)
        .min(all.saturating_sub(PAYLOAD_ROWS).max(header));
    (0..header, first..(first + PAYLOAD_ROWS).min(all), all)
}

/// The drawing.
pub fn rfc_diagram(
    sequence: &FrameSequence,
    reading: &Reading,
    choose: &Callback<FieldGroup>,
    on_step: &Callback<usize>,
) -> Html {
    let (header, payload, all) = rows(reading);
    let skipped = |rows: usize| {
        (rows > 0).then(|| {
            html! { <p class="frame-inspector__figure-gap">{ format!("⋮ {} not drawn here", counted((rows * WORD) as u64, "byte", "bytes")) }</p> }
        })
    };
    let units = (0..32).map(|bit| html! { <span key={bit}>{ bit % 10 }</span> });
    let tens = (0..32).map(|bit| {
        let sign = if bit % 10 == 0 {
            (bit / 10).to_string()
        } else {
            String::new()
        };
        html! { <span key={bit}>{ sign }</span> }
    });
    let draw = |word: usize| {
        html! {
            <div class="frame-inspector__figure-row" key={word}>
                { for cells(reading, word).iter().map(|cell| view(sequence, reading, cell, choose)) }
            </div>
        }
    };
    html! {
        <div class="frame-inspector__figure-scroll" tabindex="0" role="group" aria-label="The frame, 32 bits a row">
        <div class="frame-inspector__figure" onclick={by_data(on_step)}>
            <div class="frame-inspector__figure-scale" aria-hidden="true">{ for tens }</div>
            <div class="frame-inspector__figure-scale" aria-hidden="true">{ for units }</div>
            { for header.clone().map(draw) }
            { for skipped(payload.start - header.end) }
            { for payload.clone().map(draw) }
            { for skipped(all - payload.end.max(header.end)) }
        </div>
        </div>
    }
}

fn view(
    sequence: &FrameSequence,
    reading: &Reading,
    cell: &Cell,
    choose: &Callback<FieldGroup>,
) -> Html {
    let start = reading.frame.start;
    let bytes = &sequence.source.bytes;
    let touched = start + cell.bits.start / 8..start + cell.bits.end.div_ceil(8);
    let here = touched.contains(&reading.step);
    let read = touched.start <= reading.step;
    let width = cell.bits.len();
    let value = if width < 8 {
        let byte = bytes.get(touched.start).copied().unwrap_or(0);
        let value = byte >> (8 - (cell.bits.start % 8 + width)) & ((1u16 << width) - 1) as u8;
        let known = match cell.group {
            _ if !read || touched.start >= bytes.len() => "·".to_owned(),
            FieldGroup::Opcode => format!("0x{value:X}"),
            _ => value.to_string(),
        };
        html! { <span class="frame-inspector__figure-value">{ known }</span> }
    } else {
        let plain = (cell.group == FieldGroup::Payload && read).then(|| {
            let from = reading
                .range(Segment::Payload)
                .map_or(0, |range| touched.start - range.start);
            reading.plain(&sequence.source, from..from + 1)
        });
        let sign = plain.and_then(|plain| plain.first().map(|b| printable(*b).to_string()));
        html! {
            <span class="frame-inspector__figure-value">
                { for touched.clone().map(|i| html! {
                    <b class={classes!((i == reading.step).then_some("now"))}>
                        { if i <= reading.step { format!("{:02x}", bytes[i]) } else { "··".to_owned() } }
                    </b>
                }) }
                if let Some(sign) = sign { <i>{ sign }</i> }
            </span>
        }
    };
    let more = if cell.continued { ", continued" } else { "" };
    let name = if width == 1 {
        html! { <span class="frame-inspector__figure-tall">{ for cell.name.chars().map(|c| html! { <i>{ c }</i> }) }</span> }
    } else if cell.group == FieldGroup::Payload && cell.continued {
        Html::default()
    } else {
        html! { <span class="frame-inspector__figure-name">{ cell.name }{ more }</span> }
    };
    let said = match (read, width) {
        (false, _) => "not read yet".to_owned(),
        (true, 1) => {
            let byte = bytes.get(touched.start).copied().unwrap_or(0);
            (byte >> (7 - cell.bits.start % 8) & 1).to_string()
        }
        _ => touched
            .clone()
            .filter(|i| *i <= reading.step)
            .map(|i| format!("{:02x}", bytes[i]))
            .collect::<Vec<_>>()
            .join(" "),
    };
    let label = format!(
        "{}{more}, bits {} to {}: {said}",
        cell.name,
        cell.bits.start,
        cell.bits.end - 1
    );
    let class = classes!(
        "frame-inspector__figure-cell",
        cell.group.class(),
        (!read).then_some("todo"),
        here.then_some("here"),
        (width == 1).then_some("one")
    );
    let style = format!("grid-column: {} / span {width}", cell.bits.start % 32 + 1);
    // A byte of the payload is gone to by its number, a field by its name.
    let (onclick, data) = if cell.group == FieldGroup::Payload {
        (None, Some(touched.start.to_string()))
    } else {
        let group = cell.group;
        (Some(choose.reform(move |_: MouseEvent| group)), None)
    };
    html! {
        <button type="button" {class} {style} data-f={cell.group.class()} data-i={data} {onclick} tabindex={(cell.group == FieldGroup::Payload).then_some("-1")}
            aria-label={label}>{ name }{ value }</button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::frame_inspector::presets::PRESETS;

    #[test]
    fn cells_tile_the_frame_in_rows_of_32_bits() {
        for preset in PRESETS {
            let sequence = FrameSequence::new(preset.source());
            let last = sequence.source.bytes.len() - 1;
            for step in (0..=last).step_by((last / 50).max(1)) {
                let reading = sequence.read(step).unwrap();
                let (header, payload, all) = rows(&reading);
                assert!(payload.len() <= PAYLOAD_ROWS && payload.start >= header.end.min(all));
                for word in header.chain(payload) {
                    let mut at = word * 32;
                    for cell in cells(&reading, word) {
                        assert_eq!(cell.bits.start, at, "{} at {step}", preset.name);
                        at = cell.bits.end;
                    }
                    let end = ((reading.frame.end - reading.frame.start) * 8).min(word * 32 + 32);
                    assert_eq!(at, end, "{} at {step}", preset.name);
                }
            }
        }
    }

    #[test]
    fn the_row_of_the_reader_is_drawn() {
        let sequence = FrameSequence::new(PRESETS[4].source());
        for step in [0, 3, 9, 10, 11, 12, 13, 4000, 65_545] {
            let reading = sequence.read(step).unwrap();
            let (header, payload, _) = rows(&reading);
            let word = step / WORD;
            assert!(header.contains(&word) || payload.contains(&word), "{step}");
        }
    }

    #[test]
    fn a_field_that_does_not_fit_goes_on_in_the_next_row() {
        let sequence = FrameSequence::new(PRESETS[0].source());
        let reading = sequence.read(10).unwrap();
        let names: Vec<_> = (0..3)
            .flat_map(|word| cells(&reading, word))
            .filter(|cell| cell.group == FieldGroup::Key)
            .map(|cell| (cell.bits, cell.continued))
            .collect();
        assert_eq!(names, [(16..32, false), (32..48, true)]);
    }
}

//! The bytes of a frame: small ones side by side, a long payload in rows of which only those in view are drawn.

use std::ops::Range;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::model::{Reading, Segment};
use super::sequence::FrameSequence;
use crate::kit::number::{counted, grouped, printable};

/// The longest payload that is shown side by side with its header, in bytes.
const ALONGSIDE: usize = 64;
/// The height of a row, in pixels; the style sheet says the same.
const ROW: f64 = 28.0;
/// The height of the window, in rows.
const IN_VIEW: usize = 6;
/// The highest that a list of rows is made, in pixels. Browsers stop somewhere between 17 and 33 millions.
const HIGHEST: f64 = 8e6;
/// A list narrower than this, in pixels, has eight bytes a row.
const NARROW: i32 = 520;

/// Properties of [`Bytes`].
#[derive(Properties, PartialEq)]
pub struct BytesProps {
    /// What is being read.
    pub sequence: Rc<FrameSequence>,
    /// How far.
    pub reading: Reading,
    /// The reader chooses a byte.
    pub on_step: Callback<usize>,
}

/// The bytes, those not reached yet as outlines.
#[component]
pub fn Bytes(props: &BytesProps) -> Html {
    let BytesProps {
        sequence,
        reading,
        on_step,
    } = props;
    let bytes = &sequence.source.bytes;
    let at = reading.step;
    let none = reading.frame.end..reading.frame.end;
    let payload = reading.range(Segment::Payload).unwrap_or(none);
    let chip = |i: usize, segment: Option<Segment>| {
        let group = segment.map(|p| p.group().class());
        let here = i == at;
        let name = segment.map_or("out of reach", Segment::name);
        let offset = i - reading.frame.start;
        html! {
            <li key={i}>
                <button type="button" class={classes!("frame-inspector__byte", group, (i > at).then_some("todo"))} data-f={group} data-i={i.to_string()}
                    tabindex={if here { "0" } else { "-1" }} aria-current={here.then_some("step")}
                    data-offset={offset.to_string()} aria-label={format!("{:02x}, byte {offset}, {name}", bytes[i])}>{ format!("{:02x}", bytes[i]) }</button>
            </li>
        }
    };
    let header = reading
        .segments()
        .iter()
        .filter(|(segment, _)| *segment != Segment::Payload);
    let header =
        header.flat_map(|(segment, range)| range.clone().map(move |i| chip(i, Some(*segment))));
    let long = payload.len() > ALONGSIDE;
    let beside = if long { 0..0 } else { payload.clone() };
    // What lies behind a length that cannot be true: one byte of it is in view, so that stepping shows where one is.
    let lost = (at >= reading.frame.end).then(|| chip(at, None));
    html! {
        <div onclick={by_data(on_step)}>
            <ul class="frame-inspector__bytes" role="list">
                { for header }
                { for beside.map(|i| chip(i, Some(Segment::Payload))) }
                { for lost }
            </ul>
            if long {
                <Rows sequence={sequence.clone()} reading={reading.clone()} {payload}/>
            }
        </div>
    }
}

/// One listener for all bytes: the number of the byte that was pressed stands in `data-i`.
pub fn by_data(on_step: &Callback<usize>) -> Callback<MouseEvent> {
    let on_step = on_step.clone();
    Callback::from(move |event: MouseEvent| {
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let pressed = target.and_then(|e| e.closest("[data-i]").ok().flatten());
        let number = pressed.and_then(|e| e.get_attribute("data-i"));
        if let Some(i) = number.and_then(|n| n.parse().ok()) {
            on_step.emit(i);
        }
    })
}

/// How far a list of rows is scrolled, and what is in view.
#[derive(Clone, Copy, Debug, PartialEq)]
struct View {
    /// All rows.
    rows: usize,
    /// Pixels above the window.
    top: f64,
}

impl View {
    /// The height of the whole list, in pixels.
    fn height(self) -> f64 {
        (self.rows as f64 * ROW).min(HIGHEST)
    }

    /// The height of the window, in pixels.
    fn window(self) -> f64 {
        self.rows.min(IN_VIEW) as f64 * ROW
    }

    /// The row at the top of the window, with its fraction. A list of more rows than a browser can hold is moved through
    /// faster than it is scrolled.
    fn first(self) -> f64 {
        let most = self.height() - self.window();
        let all = self.rows as f64 - self.window() / ROW;
        if most <= 0.0 {
            return 0.0;
        }
        (self.top / most).clamp(0.0, 1.0) * all
    }

    /// The rows to draw, one more at either end, so that a fast hand meets no gap.
    fn shown(self) -> Range<usize> {
        let first = self.first() as usize;
        first.saturating_sub(1)..(first + IN_VIEW + 2).min(self.rows)
    }

    /// Where a row stands in the list, in pixels.
    fn place(self, row: usize) -> f64 {
        self.top + (row as f64 - self.first()) * ROW
    }

    /// How far to scroll so that a row is in the middle; `None` where it is in view.
    fn reveal(self, row: usize) -> Option<f64> {
        let first = self.first();
        let inside = row as f64 >= first && row as f64 + 1.0 <= first + self.window() / ROW + 0.01;
        if inside {
            return None;
        }
        let most = self.height() - self.window();
        let all = (self.rows as f64 - self.window() / ROW).max(1.0);
        let first = (row as f64 - (IN_VIEW / 2) as f64).clamp(0.0, all);
        Some(first / all * most)
    }
}

#[derive(Properties, PartialEq)]
struct RowsProps {
    sequence: Rc<FrameSequence>,
    reading: Reading,
    payload: Range<usize>,
}

/// A long payload.
#[component]
fn Rows(props: &RowsProps) -> Html {
    let RowsProps {
        sequence,
        reading,
        payload,
    } = props;
    let node = use_node_ref();
    let top = use_state_eq(|| 0.0f64);
    let columns = use_state_eq(|| 16usize);
    let columns_now = *columns;
    let view = View {
        rows: payload.len().div_ceil(columns_now),
        top: *top,
    };
    {
        let (node, columns) = (node.clone(), columns.setter());
        use_effect_with((), move |()| {
            let fit = move || {
                if let Some(element) = node.cast::<Element>() {
                    let narrow = element.client_width() < NARROW;
                    columns.set(if narrow { 8 } else { 16 });
                }
            };
            fit();
            let listener = EventListener::new(&gloo::utils::window(), "resize", move |_| fit());
            move || drop(listener)
        });
    }
    // Where the reader steps, the list follows.
    let index = reading.step.checked_sub(payload.start);
    {
        let (node, top) = (node.clone(), top.setter());
        let row = index.unwrap_or(0).min(payload.len() - 1) / columns_now;
        use_effect_with((row, view.rows, payload.start), move |(row, ..)| {
            if let (Some(to), Some(element)) = (view.reveal(*row), node.cast::<Element>()) {
                element.set_scroll_top(to as i32);
                // The list itself knows best how far it could be scrolled.
                top.set(f64::from(element.scroll_top()));
            }
        });
    }
    let onscroll = {
        let top = top.setter();
        Callback::from(move |event: Event| {
            if let Some(element) = event.target_dyn_into::<Element>() {
                top.set(f64::from(element.scroll_top()));
            }
        })
    };
    let label = format!(
        "Payload, {}, {columns_now} a row",
        counted(payload.len() as u64, "byte", "bytes")
    );
    html! {
        <div class="frame-inspector__rows" ref={node} {onscroll} tabindex="0" role="group" aria-label={label}
            style={format!("height: {}px", view.window())}>
            <div class="frame-inspector__rows-all" style={format!("height: {}px", view.height())}>
                { for view.shown().map(|row| {
                    let start = row * columns_now;
                    let range = start..(start + columns_now).min(payload.len());
                    draw(sequence, reading, payload.start, range, view.place(row))
                }) }
            </div>
        </div>
    }
}

/// One row: where it is, its bytes, and what they say without the mask.
fn draw(
    sequence: &FrameSequence,
    reading: &Reading,
    base: usize,
    range: Range<usize>,
    y: f64,
) -> Html {
    let bytes = &sequence.source.bytes;
    let plain = reading.plain(&sequence.source, range.clone());
    let head = base - reading.frame.start;
    let at = reading.step;
    html! {
        <div class="frame-inspector__row" key={range.start} style={format!("top: {y}px")}>
            <span class="frame-inspector__offset" aria-hidden="true">{ grouped(range.start as u64) }</span>
            { for range.clone().map(|i| {
                let (place, byte) = (base + i, bytes[base + i]);
                let here = place == at;
                html! {
                    <button type="button" class={classes!("frame-inspector__cell", "payload", (place > at).then_some("todo"))} data-f="payload"
                        data-i={place.to_string()} tabindex={if here { "0" } else { "-1" }} aria-current={here.then_some("step")}
                        aria-label={format!("{byte:02x}, byte {}, payload", head + i)}>{ format!("{byte:02x}") }</button>
                }
            }) }
            <span class="frame-inspector__signs" aria-hidden="true">
                { plain.iter().enumerate().map(|(i, b)| if base + range.start + i <= at { printable(*b) } else { ' ' }).collect::<String>() }
            </span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_are_drawn_however_many_there_are() {
        for rows in [5, 11, 4096, 65_536, 1 << 20, 2 << 20] {
            let mut view = View { rows, top: 0.0 };
            assert_eq!(view.first(), 0.0);
            for step in 0..=20 {
                view.top = (view.height() - view.window()) * f64::from(step) / 20.0;
                let shown = view.shown();
                assert!(
                    shown.len() <= IN_VIEW + 3 && shown.end <= rows,
                    "{rows}: {shown:?}"
                );
                // The row at the top stands at the top.
                let first = view.first() as usize;
                assert!(
                    view.place(first) <= view.top + 0.01
                        && view.place(first) > view.top - ROW - 0.01
                );
            }
            // At the end the last row is the last that is seen.
            assert_eq!(view.shown().end, rows);
            let bottom = view.place(rows - 1) + ROW;
            assert!((bottom - view.height()).abs() < 0.01, "{rows}: {bottom}");
        }
    }

    #[test]
    fn every_row_can_be_brought_into_view() {
        for rows in [5, 11, 4096, 1 << 20] {
            for row in [0, 1, rows / 3, rows - 1] {
                for top in [0.0, 1e5, 7.9e6] {
                    let view = View { rows, top };
                    let view = match view.reveal(row) {
                        Some(top) => View { rows, top },
                        None => view,
                    };
                    assert_eq!(view.reveal(row), None, "{row} of {rows}");
                    assert!(view.shown().contains(&row), "{row} of {rows}");
                }
            }
        }
    }
}

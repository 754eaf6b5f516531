//! One editor: the drawing, its shapes, their colours, the title.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::document::{COLOURS, LONGEST_TITLE, Rgb, SHAPES, SIZE, Shape, colour_name};
use super::session::Session;
use crate::kit::choice::segmented;

/// The editors, by where they stand.
pub const SIDES: [&str; 2] = ["Left", "Right"];
/// How far an arrow key moves a shape.
const STEP: i32 = 10;

/// What a user does in a pane.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Takes a shape to work on.
    Select(u8),
    /// Takes hold of a shape.
    Hold(u8),
    /// Has the pointer there, and with it the shape that is held.
    Point(u16, u16),
    /// Lets go, there.
    LetGo(Option<(u16, u16)>),
    /// Moves the shape by this much.
    Nudge(u8, i32, i32),
    /// Paints the shape that is selected.
    Paint(Rgb),
    /// Types a title.
    Title(String),
}

fn css(rgb: Rgb) -> String {
    format!("#{:02x}{:02x}{:02x}", rgb[0], rgb[1], rgb[2])
}

/// The drawing in which something happened. Where a pointer is captured, or a shape is under it, the target says which.
fn drawing(event: &PointerEvent) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest("svg").ok().flatten()
}

/// Where in the drawing a pointer is.
fn place(event: &PointerEvent) -> Option<(u16, u16)> {
    let element = drawing(event)?;
    let bounds = element.get_bounding_client_rect();
    let along = |at: f64, start: f64, length: f64, size: u16| {
        let share = if length > 0.0 {
            (at - start) / length
        } else {
            0.0
        };
        (share * f64::from(size)).clamp(0.0, f64::from(size)) as u16
    };
    Some((
        along(
            event.client_x().into(),
            bounds.left(),
            bounds.width(),
            SIZE.0,
        ),
        along(
            event.client_y().into(),
            bounds.top(),
            bounds.height(),
            SIZE.1,
        ),
    ))
}

fn figure(index: u8, shape: &Shape, selected: bool, on_edit: &Callback<Edit>) -> Html {
    let (x, y) = shape.place.value;
    let fill = css(shape.colour.value);
    let name = SHAPES[usize::from(index)];
    let label = format!(
        "{name}, {}, at {x}, {y}; arrow keys move it",
        colour_name(shape.colour.value)
    );
    let onpointerdown = on_edit.reform(move |event: PointerEvent| {
        if let Some(svg) = drawing(&event) {
            // Where a browser gives no capture, dragging ends at the edge.
            let _ = svg.set_pointer_capture(event.pointer_id());
        }
        Edit::Hold(index)
    });
    let onkeydown = {
        let on_edit = on_edit.clone();
        Callback::from(move |event: KeyboardEvent| {
            let (dx, dy) = match event.key().as_str() {
                "ArrowLeft" => (-STEP, 0),
                "ArrowRight" => (STEP, 0),
                "ArrowUp" => (0, -STEP),
                "ArrowDown" => (0, STEP),
                "Enter" | " " => (0, 0),
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            on_edit.emit(Edit::Nudge(index, dx, dy));
        })
    };
    let drawn = match index {
        0 => html! { <rect x="-24" y="-24" width="48" height="48" rx="4" {fill}/> },
        1 => html! { <circle r="24" {fill}/> },
        _ => html! { <path d="M0 -24 L24 24 L-24 24 Z" {fill}/> },
    };
    html! {
        <g class={classes!("editing__shape", selected.then_some("is-selected"))} transform={format!("translate({x} {y})")} role="button" tabindex="0"
            aria-label={label} aria-pressed={selected.to_string()} {onpointerdown} {onkeydown}>{ drawn }</g>
    }
}

/// One editor.
pub fn pane(at: usize, session: &Session, selected: u8, on_edit: &Callback<Edit>) -> Html {
    let side = SIDES[at];
    let document = &session.documents()[at];
    let onpointermove = {
        let on_edit = on_edit.clone();
        Callback::from(move |event: PointerEvent| {
            if let Some((x, y)) = place(&event) {
                on_edit.emit(Edit::Point(x, y));
            }
        })
    };
    let let_go = on_edit.reform(|event: PointerEvent| Edit::LetGo(place(&event)));
    let on_shape = on_edit.reform(|chosen: usize| Edit::Select(chosen as u8));
    let oninput = {
        let on_edit = on_edit.clone();
        Callback::from(move |event: InputEvent| {
            let field = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
            if let Some(field) = field {
                on_edit.emit(Edit::Title(field.value()));
            }
        })
    };
    let id = format!("editing-title-{at}");
    let shape = &document.shapes()[usize::from(selected)];
    html! {
        <div class="editing__pane" role="group" aria-label={format!("{side} editor")}>
            <p class="editing__side">{ side }</p>
            <label class="editing__label" for={id.clone()}>{ "Title" }</label>
            <input class="editing__title" type="text" {id} value={document.title().to_owned()} maxlength={LONGEST_TITLE.to_string()} autocomplete="off" {oninput}/>
            <svg class="editing__drawing drawing" viewBox={format!("0 0 {} {}", SIZE.0, SIZE.1)} role="group" aria-label={format!("{side} drawing")}
                {onpointermove} onpointerup={let_go} onpointercancel={on_edit.reform(|_: PointerEvent| Edit::LetGo(None))}>
                for (index, shape) in document.shapes().iter().enumerate() {
                    { figure(index as u8, shape, index == usize::from(selected), on_edit) }
                }
                if let Some((x, y)) = session.cursors()[at] {
                    <g class="editing__cursor" transform={format!("translate({x} {y})")} aria-hidden="true">
                        <path d="M0 0 L0 16 L4.5 12 L11 12 Z"/>
                    </g>
                }
            </svg>
            { segmented(&format!("{side}: which shape"), "", &SHAPES, Some(usize::from(selected)), &on_shape) }
            <div class="editing__colours" role="group" aria-label={format!("{side}: colour of the {}", SHAPES[usize::from(selected)])}>
                for (name, rgb) in COLOURS {
                    <button type="button" class="chip" aria-pressed={(shape.colour.value == rgb).to_string()}
                        onclick={on_edit.reform(move |_: MouseEvent| Edit::Paint(rgb))}><i class="drawing" style={format!("background: {}", css(rgb))} aria-hidden="true"></i>{ name }</button>
                }
            </div>
        </div>
    }
}

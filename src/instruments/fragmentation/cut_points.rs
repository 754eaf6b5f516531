//! The message as a strip: its characters over their bytes, and the cuts between them.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use wire::session::Kind;
use yew::prelude::*;

use super::message::{CharacterPiece, FragmentedMessage, MAX_CUTS};
use super::model::Action;
use crate::kit::browser;
use crate::kit::number::counted;
use crate::kit::wire_text::unseen;

#[derive(Properties, PartialEq)]
pub struct CutPointsProps {
    pub message: FragmentedMessage,
    /// The cut that was touched last.
    pub held: Option<usize>,
    pub on_action: Callback<Action>,
}

/// The id of a cut's handle.
pub fn handle_id(cut: usize) -> String {
    format!("fragmentation-cut-{cut}")
}

fn byte_id(byte: usize) -> String {
    format!("fragmentation-byte-{byte}")
}

/// The place between two bytes that is nearest to a point of the window.
fn nearest(bytes: usize, x: f64, y: f64) -> Option<usize> {
    let document = gloo::utils::document();
    let mut best: Option<(f64, usize)> = None;
    for byte in 0..bytes {
        let place = document
            .get_element_by_id(&byte_id(byte))?
            .get_bounding_client_rect();
        let off = (place.top() - y).max(y - place.bottom()).max(0.0);
        for (at, edge) in [(byte, place.left()), (byte + 1, place.right())] {
            // The row that the pointer is in counts for more than the column.
            let far = (edge - x).abs() + 4.0 * off;
            if best.is_none_or(|(least, _)| far < least) {
                best = Some((far, at));
            }
        }
    }
    best.map(|(_, at)| at)
}

/// What a key does to a cut: where it goes, or `None` for away with it.
fn key(message: &FragmentedMessage, cut: usize, key: &str) -> Option<Option<usize>> {
    let at = message.cuts.get(cut).copied()?;
    let room = message.room(cut);
    let borders = || {
        let text = std::str::from_utf8(&message.bytes).unwrap_or_default();
        (0..=message.bytes.len()).filter(move |i| text.is_char_boundary(*i))
    };
    Some(match key {
        "ArrowLeft" | "ArrowDown" => Some(at.saturating_sub(1)),
        "ArrowRight" | "ArrowUp" => Some(at + 1),
        "PageDown" => Some(borders().rfind(|i| *i < at).unwrap_or(at)),
        "PageUp" => Some(borders().find(|i| *i > at).unwrap_or(at)),
        "Home" => Some(room.start),
        "End" => Some(room.end - 1),
        "Delete" | "Backspace" => None,
        _ => return None,
    })
}

/// The strip.
#[component]
pub fn CutPoints(props: &CutPointsProps) -> Html {
    let CutPointsProps {
        message,
        held,
        on_action,
    } = props;
    let dragged = use_state(|| None::<usize>);
    let bytes = message.bytes.len();
    // Listeners live longer than a render; they ask here what there is now.
    let now = use_mut_ref(|| (bytes, on_action.clone()));
    now.replace((bytes, on_action.clone()));
    {
        let (setter, now) = (dragged.setter(), now.clone());
        use_effect_with(*dragged, move |dragged| {
            let listeners = dragged.map(|cut| {
                let window = gloo::utils::window();
                let on_move = EventListener::new(&window, "pointermove", move |event| {
                    if let Some(event) = event.dyn_ref::<MouseEvent>() {
                        let (bytes, on_action) = now.borrow().clone();
                        let (x, y) = (event.client_x().into(), event.client_y().into());
                        if let Some(to) = nearest(bytes, x, y) {
                            on_action.emit(Action::Shift(cut, to));
                        }
                    }
                });
                let ends = ["pointerup", "pointercancel"].map(|name| {
                    let setter = setter.clone();
                    EventListener::new(&window, name, move |_| setter.set(None))
                });
                (on_move, ends)
            });
            move || drop(listeners)
        });
    }
    let edge = |at: usize| {
        if let Ok(cut) = message.cuts.binary_search(&at) {
            let onpointerdown = {
                let (dragged, on_action) = (dragged.setter(), on_action.clone());
                Callback::from(move |event: PointerEvent| {
                    if event.button() == 0 {
                        // Without this the browser begins to select text.
                        event.prevent_default();
                        dragged.set(Some(cut));
                        on_action.emit(Action::Hold(cut));
                        browser::focus(&handle_id(cut));
                    }
                })
            };
            let onkeydown = {
                let (message, on_action) = (message.clone(), on_action.clone());
                Callback::from(move |event: KeyboardEvent| {
                    if event.ctrl_key() || event.meta_key() || event.alt_key() {
                        return;
                    }
                    match key(&message, cut, &event.key()) {
                        Some(Some(to)) => on_action.emit(Action::Shift(cut, to)),
                        Some(None) => {
                            on_action.emit(Action::Join(cut));
                            browser::focus("fragmentation-add");
                        }
                        None => return,
                    }
                    event.prevent_default();
                })
            };
            let onfocus = on_action.reform(move |_: FocusEvent| Action::Hold(cut));
            let room = message.room(cut);
            let through = message.through(at);
            html! {
                <span id={handle_id(cut)} role="slider" tabindex="0" aria-label={format!("Cut {}", cut + 1)}
                    class={classes!("fragmentation__cut", through.is_some().then_some("fragmentation__cut--through"), (*held == Some(cut)).then_some("fragmentation__cut--held"))}
                    aria-valuemin={room.start.to_string()} aria-valuemax={(room.end - 1).to_string()} aria-valuenow={at.to_string()}
                    aria-valuetext={spoken(at, bytes, through)} {onpointerdown} {onkeydown} {onfocus}></span>
            }
        } else if at > 0 && at < bytes && message.cuts.len() < MAX_CUTS {
            let onclick = on_action.reform(move |_: MouseEvent| Action::Cut(at));
            html! { <span class="fragmentation__gap" {onclick} title="Cut here"></span> }
        } else {
            Html::default()
        }
    };
    let pieces = message.pieces();
    let mut last = None;
    let drawn = pieces.iter().map(|piece| {
        let first = last.replace(piece.fragment) != Some(piece.fragment);
        one(message, piece, first, &edge)
    });
    let drawn: Vec<Html> = drawn.collect();
    html! {
        <div class={classes!("fragmentation__message-box", dragged.is_some().then_some("fragmentation__message-box--dragging"))}>
            <div class="fragmentation__strip drawing" role="group" aria-label={format!("The message: {}, {}",
                counted(bytes as u64, "byte", "bytes"), counted(message.cuts.len() as u64 + 1, "fragment", "fragments"))}>
                { for drawn }
                <span class="fragmentation__piece fragmentation__last">
                    if bytes == 0 { <em>{ "an empty message" }</em> }
                    <span class="fragmentation__byte">{ edge(bytes) }</span>
                </span>
            </div>
            <p class="fragmentation__hint">
                { "Drag a cut. Click or tap between two bytes to cut there. " }
                <span class="fragmentation__keys">{ "On a cut, " }<kbd>{ "←" }</kbd>{ " " }<kbd>{ "→" }</kbd>{ " move it by a byte, " }<kbd>{ "Del" }</kbd>{ " removes it." }</span>
            </p>
        </div>
    }
}

fn spoken(at: usize, of: usize, through: Option<(char, usize, usize)>) -> String {
    match through {
        Some((c, before, length)) => {
            let c = unseen(c).map_or_else(|| c.to_string(), |unseen| unseen.title);
            format!("after byte {at} of {of}, within “{c}”, after {before} of its {length} bytes")
        }
        None => format!("after byte {at} of {of}"),
    }
}

fn one(
    message: &FragmentedMessage,
    piece: &CharacterPiece,
    first: bool,
    edge: &dyn Fn(usize) -> Html,
) -> Html {
    let odd = if piece.fragment % 2 == 1 {
        "fragmentation__piece--odd"
    } else {
        "fragmentation__piece--even"
    };
    let style = format!(
        "--of: {}; --skip: {}; --n: {}",
        piece.whole.len(),
        piece.bytes.start - piece.whole.start,
        piece.bytes.len()
    );
    let torn = classes!(
        (piece.bytes.start > piece.whole.start).then_some("fragmentation__piece--torn-left"),
        (piece.bytes.end < piece.whole.end).then_some("fragmentation__piece--torn-right"),
    );
    html! {
        <span class={classes!("fragmentation__piece", odd, torn)} {style}>
            if first {
                <b class="fragmentation__tag"><span class="visually-hidden">{ "fragment " }</span>{ piece.fragment + 1 }</b>
            }
            { view_sign(message, piece) }
            { for piece.bytes.clone().map(|at| html! {
                <span class="fragmentation__byte" id={byte_id(at)}>
                    { edge(at) }
                    <code>{ message.bytes.get(at).map(|b| format!("{b:02x}")) }</code>
                </span>
            }) }
        </span>
    }
}

/// The character over its bytes. What cannot be seen stands there by name.
fn view_sign(message: &FragmentedMessage, piece: &CharacterPiece) -> Html {
    let whole = message.bytes.get(piece.whole.clone()).unwrap_or_default();
    let text = std::str::from_utf8(whole).ok();
    let c = text
        .filter(|_| message.kind == Kind::Text)
        .and_then(|text| text.chars().next());
    let title = c.and_then(unseen).map(|unseen| unseen.title);
    let class = title.is_some().then_some("fragmentation__sign--unseen");
    html! { <span class={classes!("fragmentation__sign", class)} {title}><bdi>{ &piece.sign }</bdi></span> }
}

/// A character as something that can be seen.
pub fn sign(c: char) -> String {
    match c {
        ' ' => "␣".to_owned(),
        // A mark that goes on top of what is before it needs something to go on.
        '\u{300}'..='\u{36f}' => format!("◌{c}"),
        _ => unseen(c).map_or_else(|| c.to_string(), |unseen| unseen.label),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_a_cut_and_remove_it() {
        let message = FragmentedMessage::default();
        for (name, to) in [
            ("ArrowLeft", Some(Some(3))),
            ("ArrowRight", Some(Some(5))),
            ("PageDown", Some(Some(3))),
            ("PageUp", Some(Some(5))),
            ("Home", Some(Some(0))),
            ("End", Some(Some(8))),
            ("Delete", Some(None)),
            ("a", None),
        ] {
            assert_eq!(key(&message, 0, name), to, "{name}");
        }
        assert_eq!(key(&message, 7, "Home"), None);
    }

    #[test]
    fn a_cut_says_where_it_is() {
        let message = FragmentedMessage::default();
        assert_eq!(spoken(5, 12, message.through(5)), "after byte 5 of 12");
        assert!(
            spoken(10, 12, message.through(10)).ends_with("within “€”, after 1 of its 3 bytes")
        );
    }
}

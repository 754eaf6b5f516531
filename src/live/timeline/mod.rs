//! The timeline of a live wire: what crossed, both ways, in the order in which it crossed.

use std::collections::VecDeque;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wire::Role;
use yew::prelude::*;

use crate::kit::deferred::use_deferred;
use crate::kit::number::{counted, grouped};
use crate::kit::wire_text::wire_text;
use crate::live::LiveContext;
use crate::live::entry::{Entry, EntryKind};
use crate::live::machine::ConnectionState;
use crate::split_point;

mod detail;
mod head;
pub mod narration;
mod selected;

use narration::Part;
pub use selected::Selected;

/// Lines that are drawn while the newest is followed.
const WINDOW: u64 = 120;
/// Lines that are drawn more when the reader asks for earlier ones.
const MORE: u64 = 240;
/// So close to the end, in pixels, the reader is at the end.
const NEAR: i32 = 48;

/// Draws lines, from so many on: which one is current, and what chooses another.
type Rows = fn(&VecDeque<Rc<Entry>>, usize, Option<u64>, &Callback<u64>) -> Html;

split_point!(
    live_parts,
    fn timeline_rows() -> Rows {
        rows
    }
);

/// Properties of [`Timeline`].
#[derive(Properties, PartialEq)]
pub struct TimelineProps {
    /// The live wire.
    pub live: LiveContext,
    /// The line that is shown in detail.
    pub current: Option<u64>,
    /// Whether the reader has chosen it.
    pub pinned: bool,
    /// Counts what makes the reader want to see the newest: messages sent.
    pub sent: u32,
    /// The reader chooses a line, or goes back to the newest.
    pub onselect: Callback<Option<u64>>,
}

/// The lines, oldest first.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    // The first line that is drawn, where the reader has stopped following.
    let hold = use_state_eq(|| None::<u64>);
    let scroller = use_node_ref();
    // Nothing crosses before a connection has been asked for; then the rows come beside the handshake.
    let asked = props.live.live().machine.state != ConnectionState::Idle;
    let rows = use_deferred(asked, timeline_rows);
    let is_drawn = rows.ready().is_some();
    let state = props.live.live();
    let entries = state.record.entries();
    let oldest = entries.front().map_or(0, |entry| entry.id);
    let end = entries.back().map_or(0, |entry| entry.id + 1);
    let follow = hold.is_none() && !props.pinned;
    let first = match *hold {
        Some(first) => first,
        None => end.saturating_sub(WINDOW),
    }
    .clamp(oldest, end);
    {
        let hold = hold.setter();
        use_effect_with((props.sent, props.pinned), move |(_, pinned)| {
            if !*pinned {
                hold.set(None);
            }
        });
    }
    {
        let scroller = scroller.clone();
        use_effect_with((end, follow, is_drawn), move |(_, follow, _)| {
            if let (true, Some(element)) = (*follow, scroller.cast::<web_sys::Element>()) {
                element.set_scroll_top(element.scroll_height());
            }
        });
    }
    let onscroll = {
        let (hold, pinned) = (hold.clone(), props.pinned);
        Callback::from(move |event: Event| {
            let Some(element) = event.target_dyn_into::<web_sys::Element>() else {
                return;
            };
            let left = element.scroll_height() - element.scroll_top() - element.client_height();
            match (left <= NEAR, hold.is_some()) {
                (true, true) if !pinned => hold.set(None),
                (false, false) => hold.set(Some(first)),
                _ => {}
            }
        })
    };
    let onselect = {
        let (hold, onselect) = (hold.clone(), props.onselect.clone());
        Callback::from(move |id: u64| {
            hold.set(Some(first));
            onselect.emit(Some(id));
        })
    };
    let onfollow = {
        let (hold, onselect) = (hold.clone(), props.onselect.clone());
        Callback::from(move |_: MouseEvent| {
            hold.set(None);
            onselect.emit(None);
        })
    };
    let onearlier = {
        let hold = hold.clone();
        Callback::from(move |_: MouseEvent| hold.set(Some(first.saturating_sub(MORE).max(oldest))))
    };
    let onkeydown = keys(props.onselect.clone());
    let server = if state.machine.target.is_own() {
        "Echo server"
    } else {
        "Server"
    };
    html! {
        <div class="timeline">
            <div class="timeline__heads" aria-hidden="true">
                <span class="from-client"><i class="dot"></i>{ "Your browser" }</span>
                <span class="from-server">{ server }<i class="dot"></i></span>
            </div>
            <div class="timeline__lines" ref={scroller} {onscroll}>
                { earlier(first, oldest, state.record.dropped(), onearlier) }
                <ol aria-label="Timeline" {onkeydown}>
                    if let Some(rows) = rows.ready() {
                        { rows(entries, (first - oldest) as usize, props.current, &onselect) }
                    }
                </ol>
                if !is_drawn && !entries.is_empty() {
                    { rows.view("What crosses", |_| Html::default()) }
                }
                if entries.is_empty() {
                    <p class="timeline__empty">{ "Nothing has crossed yet. What crosses appears here, line by line." }</p>
                }
            </div>
            if !follow {
                <button type="button" class="chip timeline__newest" onclick={onfollow}>{ "Follow the newest" }</button>
            }
        </div>
    }
}

fn earlier(first: u64, oldest: u64, dropped: u64, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <>
            if first > oldest {
                <p class="timeline__empty">
                    <button type="button" class="chip" {onclick}>
                        { format!("Show earlier lines ({} more)", grouped(first - oldest)) }
                    </button>
                </p>
            } else if dropped > 0 {
                <p class="timeline__empty">
                    { format!("{} dropped to bound the page’s memory.", counted(dropped, "older line was", "older lines were")) }
                </p>
            }
        </>
    }
}

fn rows(
    entries: &VecDeque<Rc<Entry>>,
    from: usize,
    current: Option<u64>,
    onselect: &Callback<u64>,
) -> Html {
    let mut out: Vec<Html> = Vec::new();
    let mut before: Option<&Rc<Entry>> = None;
    for entry in entries.iter().skip(from) {
        if let Some(before) = before
            && let Some(quiet) = narration::between(before, Some(entry))
        {
            out.push(quiet_row(before.id, quiet));
        }
        if before.is_some_and(|before| before.connection != entry.connection) {
            let key = format!("c{}", entry.connection);
            let text = format!("Connection {}", entry.connection);
            out.push(html! { <li {key} class="timeline__quiet timeline__quiet--connection">{ text }</li> });
        }
        let starts = before.is_none_or(|before| before.connection != entry.connection);
        out.push(html! {
            <Row key={entry.id} entry={entry.clone()} {starts} current={current == Some(entry.id)} onselect={onselect.clone()}/>
        });
        before = Some(entry);
    }
    if let Some(before) = before
        && let Some(quiet) = narration::between(before, None)
    {
        out.push(quiet_row(before.id, quiet));
    }
    out.into_iter().collect()
}

fn quiet_row(after: u64, text: String) -> Html {
    html! { <li key={format!("q{after}")} class="timeline__quiet">{ text }</li> }
}

/// Arrow keys go from line to line, Home and End to the first and the last, Escape back to the newest.
fn keys(onselect: Callback<Option<u64>>) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        let Some(list) = event
            .current_target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        else {
            return;
        };
        let key = event.key();
        if key == "Escape" {
            onselect.emit(None);
            return;
        }
        let buttons = list.get_elements_by_class_name("timeline__lane");
        let count = buttons.length();
        let focused = gloo::utils::document().active_element();
        let at = (0..count).find(|i| buttons.item(*i) == focused);
        let to = match (key.as_str(), at) {
            ("ArrowDown", Some(at)) => at + 1,
            ("ArrowUp", Some(at)) => at.wrapping_sub(1),
            ("Home", _) => 0,
            ("End", _) => count.wrapping_sub(1),
            _ => return,
        };
        event.prevent_default();
        if let Some(button) = buttons
            .item(to)
            .and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok())
        {
            // A line that cannot take the focus keeps things as they were.
            let _ = button.focus();
            button.click();
        }
    })
}

#[derive(Properties, PartialEq)]
struct RowProps {
    entry: Rc<Entry>,
    starts: bool,
    current: bool,
    onselect: Callback<u64>,
}

/// One line.
#[component]
fn Row(props: &RowProps) -> Html {
    let RowProps {
        entry,
        starts,
        current,
        onselect,
    } = props;
    let onclick = {
        let (onselect, id) = (onselect.clone(), entry.id);
        Callback::from(move |_: MouseEvent| onselect.emit(id))
    };
    let from = entry.kind.from();
    let (class, spoken) = match from {
        Some(Role::Client) => ("timeline__lane--up from-client", "Client to server: "),
        Some(Role::Server) => ("timeline__lane--down from-server", "Server to client: "),
        None => ("timeline__lane--aside", ""),
    };
    let broken = match &entry.kind {
        EntryKind::Frame(frame) => !frame.violations.is_empty() || frame.trouble.is_some(),
        EntryKind::Unread(_) | EntryKind::Lost(_) => true,
        _ => false,
    };
    let time = entry.us.map(narration::ms).unwrap_or_default();
    let unit = *starts && entry.us.is_some();
    html! {
        <li class="timeline__line">
            <span class="timeline__time">{ time }if unit { { "\u{a0}ms" } }</span>
            <button
                type="button"
                class={classes!("timeline__lane", class, current.then_some("timeline__lane--current"), broken.then_some("broken"))}
                aria-current={current.then_some("true")}
                {onclick}
            >
                <span class="timeline__label"><span class="visually-hidden">{ spoken }</span>{ parts(&entry.kind) }</span>
            </button>
        </li>
    }
}

/// The words of a line.
pub fn parts(kind: &EntryKind) -> Html {
    narration::line(kind)
        .into_iter()
        .enumerate()
        .map(|(i, part)| {
            // The first word stands alone; a dot separates what follows.
            let gap = match i {
                0 => "",
                1 => " ",
                _ => " · ",
            };
            match part {
                Part::Strong(text) => html! { <>{ gap }<b>{ wire_text(&text) }</b></> },
                Part::Code(text) => html! { <>{ gap }<code>{ wire_text(&text) }</code></> },
                Part::Plain(text) => html! { <>{ gap }{ wire_text(&text) }</> },
                Part::Bad(text) => html! { <>{ gap }<em class="bad">{ wire_text(&text) }</em></> },
            }
        })
        .collect()
}

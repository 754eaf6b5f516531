//! The chapter's state in the address. Its instruments share one query; each reads and writes its own part.

use gloo_timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::NodeRef;
use yew_router::prelude::*;

use crate::routes::{HandshakeQuery, Route};

/// How long the reader has to rest before the address says so, in milliseconds. Browsers refuse an address that
/// changes many times a second.
pub const SETTLE_MS: u32 = 300;

/// Reads the query as it stands in an address.
///
/// # Errors
/// Says what cannot be read.
pub fn parse(query: &str) -> Result<HandshakeQuery, String> {
    serde_urlencoded::from_str(query.strip_prefix('?').unwrap_or(query)).map_err(|e| e.to_string())
}

/// Changes this instrument's part of the address and leaves the others' as they are.
pub fn write(navigator: Option<&Navigator>, push: bool, change: impl FnOnce(&mut HandshakeQuery)) {
    let Some(navigator) = navigator else { return };
    // What the address says now, not what it said at the last render: another instrument may have written since.
    let now = gloo_utils::window().location().search().unwrap_or_default();
    let mut query = parse(&now).unwrap_or_default();
    change(&mut query);
    // The query is made of strings, which always have a form in an address.
    let _ = if push {
        navigator.push_with_query(&Route::Handshake, &query)
    } else {
        navigator.replace_with_query(&Route::Handshake, &query)
    };
}

/// Brings the instrument that an address speaks of into view. On `arriving`, only for a reader who is still at the top
/// of the page; otherwise a link on the page has been followed, and the focus goes along.
///
/// Dropping what it returns calls it off.
pub fn reveal(panel: NodeRef, arriving: bool) -> Timeout {
    // Only after the shell has placed the reader of a new page at its heading.
    Timeout::new(0, move || {
        let Some(panel) = panel.cast::<HtmlElement>() else {
            return;
        };
        let window = gloo_utils::window();
        let (top, height) = (window.scroll_y(), window.inner_height());
        let height = height.ok().and_then(|h| h.as_f64()).unwrap_or_default();
        let place = panel.get_bounding_client_rect();
        let seen = place.top() < height * 0.7 && place.bottom() > height * 0.2;
        if seen || (arriving && top.unwrap_or_default() > 0.0) {
            return;
        }
        if !arriving {
            // A panel that cannot take the focus is still brought into view.
            let _ = panel.focus();
        }
        panel.scroll_into_view();
    })
}

/// The beginning of a text from an address, to name it by.
pub fn cut(text: &str) -> String {
    const MOST: usize = 24;
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

//! Small things that only a browser can do. Call them from effects and callbacks, never from render.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, HtmlTextAreaElement, ScrollBehavior, ScrollIntoViewOptions, ScrollLogicalPosition,
};
use yew::NodeRef;

/// Puts text on the clipboard. The error says why it could not.
pub async fn copy(text: &str) -> Result<(), String> {
    let navigator = gloo::utils::window().navigator();
    // Without a secure context (plain http on another host) there is no clipboard at all.
    let has = js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false);
    if !has {
        return Err("this browser gives the clipboard to https and localhost only".to_owned());
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .map(|_| ())
        .map_err(|_| "the browser did not allow it".to_owned())
}

/// What stands in a field once `text` has taken the place of what is selected there.
pub fn spliced(field: &HtmlTextAreaElement, text: String) -> String {
    let value: Vec<u16> = field.value().encode_utf16().collect();
    let at = |place: Option<u32>| (place.unwrap_or_default() as usize).min(value.len());
    let start = at(field.selection_start().ok().flatten());
    let end = at(field.selection_end().ok().flatten()).max(start);
    if (start, end) == (0, value.len()) {
        return text;
    }
    let before = String::from_utf16_lossy(&value[..start]);
    let after = String::from_utf16_lossy(&value[end..]);
    format!("{before}{text}{after}")
}

/// Random bytes that nobody can foresee. `None` where the browser has none to give.
pub fn random<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let crypto = gloo::utils::window().crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes)
}

/// The address in the address bar.
pub fn href() -> String {
    gloo::utils::window().location().href().unwrap_or_default()
}

/// The whole address of a path and query of this site.
pub fn address(path: &str) -> String {
    let origin = gloo::utils::window().location().origin();
    format!("{}{path}", origin.unwrap_or_default())
}

/// The address of `path` on this site's server with scheme `ws` or `wss`.
pub fn websocket_url(path: &str) -> String {
    let location = gloo::utils::window().location();
    let scheme = match location.protocol().as_deref() {
        Ok("https:") => "wss",
        _ => "ws",
    };
    format!("{scheme}://{}{path}", location.host().unwrap_or_default())
}

/// Whether the reader asked for less motion.
pub fn prefers_reduced_motion() -> bool {
    gloo::utils::window()
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

/// Scrolls, no further than needed, to the first part of an instrument that a selector names.
pub fn show(panel: &NodeRef, selector: &str) {
    let part = panel
        .cast::<Element>()
        .and_then(|panel| panel.query_selector(selector).ok().flatten());
    if let Some(part) = part {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        options.set_behavior(ScrollBehavior::Instant);
        part.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Shows what the page says where its program could not be fetched. It stands in the page itself.
pub fn say_program_failed() {
    let document = gloo::utils::document();
    if let Some(said) = document.get_element_by_id("program-failed") {
        let _ = said.remove_attribute("hidden");
    }
    if let Some(root) = document.document_element() {
        let _ = root.remove_attribute("data-asked");
    }
}

/// Whether a good part of an instrument is on the screen: a third of the screen, or most of the instrument.
pub fn is_in_view(panel: &NodeRef) -> bool {
    let Some(panel) = panel.cast::<Element>() else {
        return false;
    };
    let height = gloo::utils::window().inner_height();
    let height = height.ok().and_then(|h| h.as_f64()).unwrap_or_default();
    let place = panel.get_bounding_client_rect();
    let seen = place.bottom().min(height) - place.top().max(0.0);
    seen > (height / 3.0).min(place.height() * 0.6)
}

/// Moves the focus to the element with this id, and brings it into view.
pub fn focus(id: &str) {
    if let Some(element) = gloo::utils::document()
        .get_element_by_id(id)
        .and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // An element that cannot take the focus keeps the page as it was.
        let _ = element.focus();
    }
}

/// The page works: what was held back until then is shown.
///
/// An address with a query asks for another state than the prerendered one, so that the words below the first instrument
/// would move; the page's own script hides them until now.
pub fn page_is_ready() {
    // After what the address asks for has been drawn, and after what is drawn to measure has been measured.
    next_frame(|| {
        next_frame(|| {
            if let Some(root) = gloo::utils::document().document_element() {
                // An element of a document that is shown takes attributes.
                let _ = root.remove_attribute("data-asked");
                let _ = root.set_attribute("data-ready", "");
            }
        });
    });
}

fn next_frame(call: impl FnOnce() + 'static) {
    let call = Closure::once_into_js(call);
    let _ = gloo::utils::window().request_animation_frame(call.unchecked_ref());
}

/// Calls when the browser has nothing better to do, or in a moment where it does not say when that is.
pub fn when_idle(call: impl FnOnce() + 'static) {
    let call = Closure::once_into_js(call);
    let window = gloo::utils::window();
    let has = js_sys::Reflect::has(&window, &"requestIdleCallback".into()).unwrap_or(false);
    if has {
        let _ = window.request_idle_callback(call.unchecked_ref());
    } else {
        let _ = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(call.unchecked_ref(), 1000);
    }
}

/// Today in the time zone of the browser, in days since 1970-01-01.
pub fn today() -> i32 {
    let now = js_sys::Date::new_0();
    let local = now.get_time() - now.get_timezone_offset() * 60_000.0;
    (local / 86_400_000.0).floor() as i32
}

/// Has the element with this id say this.
pub fn set_text(id: &str, words: &str) {
    if let Some(element) = gloo::utils::document().get_element_by_id(id) {
        element.set_text_content(Some(words));
    }
}

/// Puts the definitions of terms away, or lets them show on hover and on focus again.
pub fn put_definitions_away(away: bool) {
    if let Some(root) = gloo::utils::document().document_element() {
        let _ = if away {
            root.set_attribute("data-definitions", "away")
        } else {
            root.remove_attribute("data-definitions")
        };
    }
}

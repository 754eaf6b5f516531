//! Following a link to an instrument that stands further down on the page.

use gloo_timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::NodeRef;

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

//! What every page can do and none needs at once. Fetched when the page is at rest.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, EventTarget, HtmlAnchorElement};
use yew::prelude::*;
use yew_router::Routable;

use super::paste_anywhere::PasteAnywhere;
use super::present::Present;
use super::{Route, pages, slot};
use crate::kit::browser;
use crate::learn::search::Search;
use crate::split_point;
use crate::store;

/// The module of the split program that has them.
pub const MODULE: &str = "page_tools";

/// The file in `static/styles` that draws them, without its ending.
pub const STYLE: &str = "presenter";

split_point!(
    /// The tools of the page at hand.
    page_tools,
    pub fn load_tools() -> fn(Route) -> Html {
        tools
    }
);

fn tools(route: Route) -> Html {
    html! { <Tools {route}/> }
}

/// Properties of [`Tools`].
#[derive(Clone, PartialEq, Properties)]
pub struct ToolsProps {
    /// The page at hand.
    pub route: Route,
}

/// The search, the presentation, pasting anywhere; definitions that Escape puts away, pages that are fetched when a link is
/// pointed at, and the progress in the navigation.
#[component]
pub fn Tools(props: &ToolsProps) -> Html {
    use_effect_with((), move |()| {
        if let Some(root) = gloo::utils::document().document_element() {
            // For whoever waits until the keys are heard.
            let _ = root.set_attribute("data-tools", "");
        }
        show_progress();
        let window = gloo::utils::window();
        let listeners = (
            store::on_progress(show_progress),
            EventListener::new(&window, "mouseover", |event| pointed(event.target())),
            EventListener::new(&window, "focusin", |event| pointed(event.target())),
            // A definition hides what lies under it, wherever the focus is.
            EventListener::new(&window, "keydown", |event| {
                let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
                if key.is_some_and(|key| key == "Escape") {
                    browser::put_definitions_away(true);
                }
            }),
        );
        move || drop(listeners)
    });
    html! {
        <>
            <Search/>
            <Present route={props.route}/>
            <PasteAnywhere/>
        </>
    }
}

/// Shows in the navigation how many questions of each chapter were answered rightly the last time.
fn show_progress() {
    let progress = store::load().progress;
    for page in pages().filter(|page| page.questions > 0) {
        let link = format!("#nav li > a[href='{}']", page.path);
        let link = gloo::utils::document().query_selector(&link).ok().flatten();
        let known = progress.get(page.path).and_then(|n| n.parse::<u16>().ok());
        let _ = match (link, known.filter(|n| *n <= page.questions)) {
            (Some(link), Some(known)) => {
                let said = format!("{known}/{}", page.questions);
                // The style writes it behind the title, where it is read aloud too.
                link.set_attribute("data-known", &said)
            }
            (Some(link), None) => link.remove_attribute("data-known"),
            (None, _) => Ok(()),
        };
    }
}

/// Something is pointed at or focused. A page that a link leads to is fetched; definitions that were put away may show again,
/// unless this is still the term of one.
fn pointed(target: Option<EventTarget>) {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    let within = |selector: &str| element.as_ref()?.closest(selector).ok().flatten();
    if within(".term").is_none() {
        browser::put_definitions_away(false);
    }
    let link =
        within("a[href^='/']").and_then(|element| element.dyn_into::<HtmlAnchorElement>().ok());
    let Some(link) = link else { return };
    match Route::recognize(&link.pathname()) {
        Some(Route::NotFound | Route::Embed(_)) | None => {}
        Some(route) => spawn_local(slot::prefetch(route)),
    }
}

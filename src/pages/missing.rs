//! Pages that are not there.

use yew::prelude::*;
use yew_router::prelude::*;

use super::Route;

/// A chapter that the design has and the site does not yet.
pub fn not_yet(route: Route) -> Html {
    html! {
        <>
            <h1>{ route.title() }</h1>
            <p class="lede">{ "This chapter is not written yet." }</p>
            { ways_on() }
        </>
    }
}

/// An address that is no page's.
pub fn not_found() -> Html {
    html! {
        <>
            <h1>{ "No page here" }</h1>
            <p class="lede">{ "Nothing lives at this address. It may be cut off, or mistyped." }</p>
            { ways_on() }
        </>
    }
}

fn ways_on() -> Html {
    html! {
        <p class="cta">
            <a class="btn primary" href={Route::Home.to_path()}>{ "To the first page" }</a>
            <a class="btn" href={Route::Frames.to_path()}>{ "Take a frame apart" }</a>
            <a class="btn" href={Route::Live.to_path()}>{ "Open the live wire" }</a>
        </p>
    }
}

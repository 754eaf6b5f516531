//! The pages, in reading order: chapters in Markdown from `content/`, and those that are made in code.

use yew::prelude::*;

use crate::prose;
use crate::routes::Route;

mod live;
mod missing;
mod quiz;

/// The page of a route.
pub fn view(route: Route) -> Html {
    match route {
        Route::Live => html! { <live::Live/> },
        Route::Quiz => html! { <quiz::Quiz/> },
        Route::NotFound => html! { <missing::NotFound/> },
        other => match prose::chapter(other) {
            Some(chapter) => prose::view(chapter),
            None => html! { <missing::NotYet route={other}/> },
        },
    }
}

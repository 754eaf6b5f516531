//! One module for each page, in reading order.

use yew::prelude::*;

use crate::routes::Route;

mod frames;
mod home;
mod live;
mod missing;
mod quiz;

/// The page of a route.
pub fn view(route: Route) -> Html {
    match route {
        Route::Home => html! { <home::Home/> },
        Route::Frames => html! { <frames::Frames/> },
        Route::Live => html! { <live::Live/> },
        Route::Quiz => html! { <quiz::Quiz/> },
        Route::NotFound => html! { <missing::NotFound/> },
        other => html! { <missing::NotYet route={other}/> },
    }
}

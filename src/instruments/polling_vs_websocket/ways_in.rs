//! The ways in: the tour from its first chapter, or a real connection at once.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::routes::{PARTS, Route};

/// The chapter after the home page, in reading order, that is there.
fn first_chapter() -> Option<Route> {
    PARTS
        .iter()
        .flat_map(|part| part.pages)
        .map(|page| page.1)
        .find(|route| *route != Route::Home && route.is_built())
}

/// Two buttons.
#[component]
pub fn WaysIn() -> Html {
    html! {
        <div class="cta ways-in">
            if let Some(route) = first_chapter() {
                <Link<Route> to={route} classes="btn primary">{ format!("Start with the {}", route.title().to_lowercase()) }</Link<Route>>
            }
            <Link<Route> to={Route::Live} classes="btn">{ "Open the live wire" }</Link<Route>>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tour_begins_with_a_chapter_that_is_there() {
        let route = first_chapter().unwrap();
        assert!(route.is_built() && route != Route::Home && route != Route::Live);
    }
}

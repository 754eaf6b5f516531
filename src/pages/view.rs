//! The page at hand. Another page takes its place only when its words and its first instrument are there.

use std::pin::Pin;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::prose::{self, Chapter};
use super::reading_place::UseReadingPlace;
use super::registry::{load_chapter, prefetch_instrument};
use super::slot::PageSlots;
use super::{Instrument, Route, embed, missing};
use crate::kit::icon::Icon;
use crate::kit::load_error::LoadError;
use crate::kit::url_report::UrlReportProvider;
use crate::kit::url_state::Arrival;

/// A page whose words are there.
#[derive(Clone, Copy, Debug)]
struct Shown {
    route: Route,
    chapter: Option<&'static Chapter>,
}

impl PartialEq for Shown {
    /// A page has one chapter, so that nobody need compare the words.
    fn eq(&self, other: &Shown) -> bool {
        self.route == other.route
    }
}

impl Shown {
    fn view(self) -> Html {
        match (self.chapter, self.route) {
            (Some(chapter), route) => prose::view(chapter, route),
            (None, Route::Embed(instrument)) => embed::view(instrument),
            (None, Route::NotFound) => missing::not_found(),
            (None, route) => missing::not_yet(route),
        }
    }
}

/// Fetches a page's words and, unless it is the first page, its first instrument. Boxed, so that the code is there once and not in
/// each caller.
fn fetch(
    route: Route,
    first_page: bool,
) -> Pin<Box<dyn Future<Output = Result<Shown, LoadError>>>> {
    Box::pin(async move {
        let chapter = load_chapter(route).await?;
        if let (Some(first), false) = (route.instruments().first(), first_page) {
            prefetch_instrument(*first).await?;
        }
        Ok(Shown { route, chapter })
    })
}

/// The page that the address names when the program starts, or why its words could not be fetched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstPage(Result<Shown, LoadError>);

impl FirstPage {
    /// Fetches the page's words.
    pub async fn fetch(route: Route) -> FirstPage {
        FirstPage(fetch(route, true).await)
    }

    /// Whether there is nothing to show.
    pub fn failed(&self) -> bool {
        self.0.is_err()
    }
}

/// Properties of [`PageView`].
#[derive(Properties, PartialEq)]
pub struct PageViewProps {
    /// The page that the address names.
    pub route: Route,
    /// Whether the program takes over a prerendered page.
    pub hydrating: bool,
    /// The page that the address named at first.
    pub first: FirstPage,
    /// Where the page begins when it is shown.
    pub reading_place: UseReadingPlace,
    /// Called with a page when it is shown, and with whether it is the first.
    pub on_shown: Callback<(Route, bool)>,
    /// Called when all instruments that are wanted at once work, or could not be fetched.
    pub on_settled: Callback<()>,
}

/// The page at hand.
#[component]
pub fn PageView(props: &PageViewProps) -> Html {
    let PageViewProps {
        route,
        on_shown,
        first,
        ..
    } = props;
    let shown = use_state(|| None::<Shown>);
    let failed = use_state_eq(|| None::<Route>);
    let attempt = use_state(|| 0u32);
    // What was asked for last: a page that comes late is not shown.
    let wish = use_mut_ref(|| *route);
    let present = shown.or(first.0.ok());
    {
        let (shown, failed) = (shown.setter(), failed.setter());
        use_effect_with((*route, *attempt), move |(route, _)| {
            let route = *route;
            wish.replace(route);
            failed.set(None);
            if present.is_some_and(|present| present.route == route) {
                return;
            }
            spawn_local(async move {
                let fetched = fetch(route, false).await;
                if *wish.borrow() != route {
                    return;
                }
                match fetched {
                    Ok(page) => shown.set(Some(page)),
                    Err(LoadError) => failed.set(Some(route)),
                }
            });
        });
    }
    {
        let on_shown = on_shown.clone();
        let is_first = use_mut_ref(|| true);
        use_effect_with(present.map(|present| present.route), move |route| {
            if let Some(route) = route {
                on_shown.emit((*route, is_first.replace(false)));
            }
        });
    }
    let slots = use_slots(present.map(|present| present.route), props);
    let again = {
        let attempt = attempt.clone();
        Callback::from(move |_: MouseEvent| attempt.set(attempt.wrapping_add(1)))
    };
    let failure = failed.or_else(|| present.is_none().then_some(*route));
    html! {
        <>
            if let Some(route) = failure {
                <p class="slot-failed" role="alert">
                    { Icon::Warn.view() }
                    { format!(" The page “{}” could not be fetched. The network may be away, or the site has a newer version. ", route.title()) }
                    <button type="button" class="btn" onclick={again}>{ "Try again" }</button>
                </p>
            }
            if let Some(present) = present {
                <ContextProvider<Arrival> context={Arrival { hydrating: props.hydrating && shown.is_none() }} key={present.route.to_path()}>
                    <UrlReportProvider>
                        <ContextProvider<PageSlots> context={slots}>
                            { present.view() }
                        </ContextProvider<PageSlots>>
                    </UrlReportProvider>
                </ContextProvider<Arrival>>
            }
        </>
    }
}

/// What the slots of the page share, and whether all that is wanted at once has settled. An address with a query speaks of
/// instruments anywhere on the page, and the way back leads to a line below them, so that none waits until the reader comes near
/// it.
#[hook]
fn use_slots(route: Option<Route>, props: &PageViewProps) -> PageSlots {
    let on_settled = &props.on_settled;
    let location = use_location();
    let all = location.is_some_and(|l| !l.query_str().is_empty() || !l.hash().is_empty());
    let all = (all || props.reading_place.needs_all()) && cfg!(target_arch = "wasm32");
    let settled = use_mut_ref(Vec::<(Option<Route>, Instrument)>::new);
    let done = use_state_eq(|| None::<(Option<Route>, bool)>);
    let wanted: &'static [Instrument] = route.map_or(&[], |route| route.instruments());
    let check = {
        let (settled, done, on_settled) = (settled.clone(), done.setter(), on_settled.clone());
        use_callback((route, all), move |(), &(route, all)| {
            let needed = if all {
                wanted
            } else {
                wanted.get(..1).unwrap_or(wanted)
            };
            let settled = settled.borrow();
            if needed.iter().all(|one| settled.contains(&(route, *one))) {
                done.set(Some((route, all)));
                on_settled.emit(());
            }
        })
    };
    {
        let (check, settled) = (check.clone(), settled.clone());
        use_effect_with((route, all), move |&(route, _)| {
            // The instruments of a page that was left settle anew when the reader comes back.
            settled.borrow_mut().retain(|(of, _)| *of == route);
            check.emit(());
        });
    }
    let on_one = use_callback((route, check), move |instrument, (route, check)| {
        let one = (*route, instrument);
        if !settled.borrow().contains(&one) {
            settled.borrow_mut().push(one);
        }
        check.emit(());
    });
    PageSlots {
        all,
        settled: *done == Some((route, all)) && route.is_some(),
        on_settled: on_one,
    }
}

//! The shell: router, navigation, theme, the live wire's status.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;
use yew_router::AnyRoute;
use yew_router::history::AnyHistory;
use yew_router::prelude::*;

use wasm_bindgen_futures::spawn_local;

use crate::kit::browser;
use crate::kit::icon::Icon;
use crate::learn::search;
use crate::live::{LiveCard, LivePip, LiveProvider};
use crate::pages::reading_place::use_reading_place;
use crate::pages::tools::load_tools;
use crate::pages::view::{FirstPage, PageView};
use crate::pages::{PARTS, Page, Part, Route, Sign, present, slot};
use crate::theme::ThemeSwitch;

/// Properties of [`App`].
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// Where addresses come from: the browser's, or one in memory on the host.
    pub history: AnyHistory,
    /// Whether the program takes over a prerendered page.
    #[prop_or_default]
    pub hydrating: bool,
    /// The page that the address names at first.
    pub first: FirstPage,
}

/// The HTML of the page at an address, which is a path and perhaps a query, as somebody typed it. `hydratable` is the HTML that
/// the program can take over.
#[cfg(not(target_arch = "wasm32"))]
pub async fn render(address: &str, hydratable: bool) -> String {
    use yew_router::history::{History, MemoryHistory};
    use yew_router::query::Raw;

    let address = address.to_owned();
    let path = address.split('?').next().unwrap_or_default();
    let first = FirstPage::fetch(Route::recognize(path).unwrap_or(Route::NotFound)).await;
    let renderer = yew::ServerRenderer::<App>::with_props(move || {
        let history = MemoryHistory::new();
        match address.split_once('?') {
            Some((path, query)) => {
                let Ok(()) = history.replace_with_query(path, Raw(query));
            }
            None => history.replace(address),
        }
        AppProps {
            history: AnyHistory::Memory(history),
            hydrating: false,
            first,
        }
    });
    renderer.hydratable(hydratable).render().await
}

/// The whole page.
#[component]
pub fn App(props: &AppProps) -> Html {
    html! {
        <Router history={props.history.clone()}>
            <LiveProvider>
                <Shell hydrating={props.hydrating} first={props.first}/>
            </LiveProvider>
        </Router>
    }
}

#[derive(Properties, PartialEq)]
struct ShellProps {
    hydrating: bool,
    first: FirstPage,
}

#[component]
fn Shell(props: &ShellProps) -> Html {
    let route = use_route::<Route>().unwrap_or(Route::NotFound);
    let menu = use_state_eq(|| false);
    // The page that is shown: the one before, while that of the address is being fetched.
    let here = use_state_eq(|| route);
    let place = use_reading_place();
    let on_shown = {
        let (menu, here, place) = (menu.setter(), here.setter(), place.clone());
        Callback::from(move |(route, is_first): (Route, bool)| {
            menu.set(false);
            here.set(route);
            gloo::utils::document().set_title(&format!("{} · Duplex", route.title()));
            // The browser has placed the reader of the first page.
            if !is_first {
                browser::focus("main");
                place.show();
            }
        })
    };
    let tools = use_state(|| None::<fn(Route) -> Html>);
    let on_settled = {
        let (next, place, tools) = (here.next(), place.clone(), tools.clone());
        Callback::from(move |()| {
            browser::page_is_ready();
            place.settle();
            if tools.is_none() {
                let tools = tools.setter();
                browser::when_idle(move || {
                    // Without them every page still works; the next page that is at rest tries again.
                    spawn_local(async move { tools.set(load_tools().await.ok()) });
                });
            }
            if let Some(next) = next {
                browser::when_idle(move || spawn_local(slot::prefetch(next)));
            }
        })
    };
    let toggle = {
        let menu = menu.clone();
        Callback::from(move |_| menu.set(!*menu))
    };
    let onkeydown = {
        let menu = menu.clone();
        Callback::from(move |event: KeyboardEvent| {
            if *menu && event.key() == "Escape" {
                menu.set(false);
                browser::focus("menu");
            }
        })
    };
    // The link must not change the address: the query is the instrument's state.
    let skip = |to: &'static str| {
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            browser::focus(to);
        })
    };
    let first = here.instruments().first().map(|one| one.entry().name);
    let on_contents = {
        let menu = menu.clone();
        Callback::from(move |_: MouseEvent| menu.set(false))
    };
    let on_link = use_page_links();
    let open = *menu;
    let page = html! {
        <PageView {route} reading_place={place} hydrating={props.hydrating} first={props.first} {on_shown} {on_settled}/>
    };
    if let Route::Embed(_) = route {
        return html! { <main id="main" tabindex="-1" class="alone" onclick={on_link}>{ page }</main> };
    }
    html! {
        <div class="app" onclick={on_link}>
            <a class="skip" href="#main" onclick={skip("main")}>{ "Skip to the page" }</a>
            if let Some(first) = first {
                <a class="skip" href={format!("#{first}")} onclick={skip(first)}>{ "Skip to the instrument" }</a>
            }
            <header class={classes!("side", open.then_some("open"))} {onkeydown}>
                <div class="brand">
                    <a href={Route::Home.to_path()}>
                        { mark() }
                        { "Duplex" }
                    </a>
                    <LivePip/>
                    { search::button() }
                    <button id="menu" type="button" class="menu" aria-expanded={open.to_string()} aria-controls="nav" onclick={toggle}>
                        { if open { Icon::Cross.view() } else { Icon::Menu.view() } }
                        <span>{ if open { "Close" } else { "Menu" } }</span>
                    </button>
                </div>
                <div id="nav" class="fold">
                    <nav aria-label="Chapters">
                        { for PARTS.iter().map(|part| view_part(part, *here, &on_contents)) }
                    </nav>
                    <LiveCard/>
                    <ThemeSwitch/>
                    { present::button() }
                </div>
            </header>
            <main id="main" tabindex="-1">{ page }</main>
            if let Some(tools) = *tools {
                { tools(*here) }
            }
        </div>
    }
}

fn view_part(part: &Part, current: Route, on_contents: &Callback<MouseEvent>) -> Html {
    let built = || part.pages.iter().filter(|page| page.is_built);
    if built().next().is_none() {
        return Html::default();
    }
    html! {
        <>
            if !part.title.is_empty() {
                <h2 class="sect">{ part.title }</h2>
            }
            <ol>
                { for built().map(|page| html! {
                    <li>
                        { entry(page, page.route == current) }
                        if page.route == current && !page.contents.is_empty() {
                            <ul class="contents" aria-label="On this page">
                                for (id, words) in page.contents {
                                    <li><a href={format!("#{id}")} onclick={on_contents.clone()}>{ *words }</a></li>
                                }
                            </ul>
                        }
                    </li>
                }) }
            </ol>
        </>
    }
}

/// An entry of the navigation.
fn entry(page: &Page, here: bool) -> Html {
    html! {
        <a href={page.path} aria-current={here.then_some("page")}>
            <span class="n" aria-hidden="true">
                { match page.sign {
                    Sign::Written(sign) => html! { sign },
                    Sign::Drawn(icon) => icon.view(),
                } }
            </span>
            { page.title }
        </a>
    }
}

/// Follows the links to pages of this site, wherever they stand, without loading the page anew. One for all: a component for each
/// link would be most of what the program has to take over.
#[hook]
fn use_page_links() -> Callback<MouseEvent> {
    let navigator = use_navigator();
    Callback::from(move |event: MouseEvent| {
        // With a modifier the reader wants a new tab or window, which is the browser's work.
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if modified || event.default_prevented() {
            return;
        }
        let target = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let link = target.and_then(|t| t.closest("a[href]").ok().flatten());
        let Some(link) =
            link.filter(|l| !l.has_attribute("target") && !l.has_attribute("download"))
        else {
            return;
        };
        let to = link.get_attribute("href").unwrap_or_default();
        let path = to.split(['?', '#']).next().unwrap_or_default();
        let is_page = Route::recognize(path).is_some_and(Route::is_built);
        let is_here = || {
            gloo::utils::window()
                .location()
                .pathname()
                .is_ok_and(|here| here == path)
        };
        if let (Some(navigator), true) = (&navigator, is_page || is_here()) {
            event.prevent_default();
            navigator.push(&AnyRoute::new(to));
        }
    })
}

/// Two arrows, one each way, in the colours of the two directions.
fn mark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <path class="to-server" d="M5 11h20l-5-5"/>
            <path class="to-client" d="M27 21H7l5 5"/>
        </svg>
    }
}

//! The shell: router, navigation, theme, the live wire's status.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::chapters;
use crate::live::{LiveCard, LivePip, LiveProvider};
use crate::routes::{PARTS, Part, Route};
use crate::theme::ThemeSwitch;
use crate::ui::Icon;
use yew_router::history::AnyHistory;

/// Properties of [`App`].
#[derive(Properties, PartialEq)]
pub struct AppProps {
    /// Where addresses come from: the browser's, or one in memory on the host.
    pub history: AnyHistory,
}

/// The whole page.
#[component]
pub fn App(props: &AppProps) -> Html {
    html! {
        <Router history={props.history.clone()}>
            <LiveProvider>
                <Shell/>
            </LiveProvider>
        </Router>
    }
}

#[component]
fn Shell() -> Html {
    let route = use_route::<Route>().unwrap_or(Route::NotFound);
    let menu = use_state(|| false);
    let first = use_mut_ref(|| true);
    {
        let menu = menu.setter();
        use_effect_with(route, move |route| {
            menu.set(false);
            gloo_utils::document().set_title(&format!("{} · Duplex", route.title()));
            // The browser has placed the reader of the first page; after that a new page starts at its heading.
            if !first.replace(false) {
                gloo_utils::window().scroll_to_with_x_and_y(0.0, 0.0);
                crate::browser::focus("main");
            }
        });
    }
    let toggle = {
        let menu = menu.clone();
        Callback::from(move |_| menu.set(!*menu))
    };
    let onkeydown = {
        let menu = menu.clone();
        Callback::from(move |event: KeyboardEvent| {
            if *menu && event.key() == "Escape" {
                menu.set(false);
                crate::browser::focus("menu");
            }
        })
    };
    // The link must not change the address: the query is the instrument's state.
    let skip = Callback::from(|event: MouseEvent| {
        event.prevent_default();
        crate::browser::focus("main");
    });
    let open = *menu;
    html! {
        <div class="app">
            <a class="skip" href="#main" onclick={skip}>{ "Skip to the page" }</a>
            <header class={classes!("side", open.then_some("open"))} {onkeydown}>
                <div class="brand">
                    <Link<Route> to={Route::Home}>
                        <Mark/>
                        { "Duplex" }
                    </Link<Route>>
                    <LivePip/>
                    <button id="menu" type="button" class="menu" aria-expanded={open.to_string()} aria-controls="nav" onclick={toggle}>
                        { if open { Icon::Cross.view() } else { Icon::Menu.view() } }
                        <span>{ if open { "Close" } else { "Menu" } }</span>
                    </button>
                </div>
                <div id="nav" class="fold">
                    <nav aria-label="Chapters">
                        { for PARTS.iter().map(|part| view_part(part, route)) }
                    </nav>
                    <LiveCard/>
                    <ThemeSwitch/>
                </div>
            </header>
            <main id="main" tabindex="-1">
                <Switch<Route> render={chapters::view}/>
            </main>
        </div>
    }
}

fn view_part(part: &Part, current: Route) -> Html {
    let pages = part
        .pages
        .iter()
        .filter(|(_, route)| route.is_built())
        .map(|(sign, route)| {
            let here = *route == current;
            html! {
                <li><Go to={*route} {here} sign={*sign}/></li>
            }
        });
    let pages: Html = pages.collect();
    if part.pages.iter().all(|(_, route)| !route.is_built()) {
        return Html::default();
    }
    html! {
        <>
            if !part.title.is_empty() {
                <h2 class="sect">{ part.title }</h2>
            }
            <ol>{ pages }</ol>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct GoProps {
    to: Route,
    here: bool,
    sign: &'static str,
}

/// An entry of the navigation. The router's own link cannot say that it is the current page.
#[component]
fn Go(props: &GoProps) -> Html {
    let navigator = use_navigator();
    let to = props.to;
    let onclick = Callback::from(move |event: MouseEvent| {
        // With a modifier the reader wants a new tab or window, which is the browser's work.
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
            return;
        }
        if let Some(navigator) = &navigator {
            event.prevent_default();
            navigator.push(&to);
        }
    });
    html! {
        <a href={to.to_path()} {onclick} aria-current={props.here.then_some("page")}>
            <span class="n" aria-hidden="true">{ props.sign }</span>
            { to.title() }
        </a>
    }
}

/// Two arrows, one each way, in the colours of the two directions.
#[component]
pub fn Mark() -> Html {
    html! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <path class="to-server" d="M5 11h20l-5-5"/>
            <path class="to-client" d="M27 21H7l5 5"/>
        </svg>
    }
}

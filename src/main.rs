//! Mounts the app in the page: takes over what was prerendered, or draws anew.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        use duplex::app::{App, AppProps};
        use duplex::kit::browser;
        use duplex::pages::Route;
        use duplex::pages::view::FirstPage;
        use yew_router::Routable;
        use yew_router::history::{AnyHistory, BrowserHistory};

        let Some(root) = gloo::utils::document().get_element_by_id("app") else {
            return;
        };
        let path = gloo::utils::window().location().pathname();
        let page = |path: Option<String>| path.and_then(|path| Route::recognize(&path));
        let prerendered = page(root.get_attribute("data-prerendered"));
        let route = page(path.ok());
        let hydrating = prerendered.is_some() && prerendered == route;
        wasm_bindgen_futures::spawn_local(async move {
            // The browser has just put the program together; it may answer the reader before the next piece of work.
            gloo::timers::future::TimeoutFuture::new(0).await;
            let first = FirstPage::fetch(route.unwrap_or(Route::NotFound)).await;
            if hydrating && first.failed() {
                // The words that stand here are right, and there is nothing to take them over with.
                browser::say_program_failed();
                return;
            }
            let history = AnyHistory::Browser(BrowserHistory::new());
            let props = AppProps {
                history,
                hydrating,
                first,
            };
            if hydrating {
                yew::Renderer::<App>::with_root_and_props(root, props).hydrate();
            } else {
                root.set_inner_html("");
                yew::Renderer::<App>::with_root_and_props(root, props).render();
            }
        });
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        eprintln!("The app runs in a browser: `cargo xtask serve` builds it and serves it.");
        std::process::exit(2);
    }
}

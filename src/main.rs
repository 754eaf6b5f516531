//! Mounts the app in the page.

fn main() {
    #[cfg(target_arch = "wasm32")]
    {
        use yew_router::history::{AnyHistory, BrowserHistory};

        let history = AnyHistory::Browser(BrowserHistory::new());
        if let Some(root) = gloo_utils::document().get_element_by_id("app") {
            root.set_inner_html("");
            let props = duplex::app::AppProps { history };
            yew::Renderer::<duplex::app::App>::with_root_and_props(root, props).render();
        }
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        eprintln!("The app runs in a browser: `cargo xtask serve` builds it and serves it.");
        std::process::exit(2);
    }
}

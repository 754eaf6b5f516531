use super::*;
use yew::ServerRenderer;
use yew_router::Router;
use yew_router::history::{AnyHistory, History, MemoryHistory};

#[component]
fn Page() -> Html {
    let history = AnyHistory::Memory(MemoryHistory::new());
    history.push("/live");
    html! {
        <Router {history}>
            <LiveProvider><LiveCard/><LivePip/><Panel/></LiveProvider>
        </Router>
    }
}

/// Render calls no browser API, and names what people and tests look for.
#[test]
fn the_instrument_is_drawn_on_the_host() {
    let html = pollster::block_on(ServerRenderer::<Page>::new().hydratable(false).render());
    for part in [
        r#"aria-label="Live wire status""#,
        r#"aria-label="Live wire""#,
        r#"aria-label="Address""#,
        r#"aria-label="Message""#,
        r#"aria-label="Timeline""#,
        r#"aria-label="Selected""#,
        r#"aria-label="Round trip""#,
        "Live wire closed",
        "Nothing has crossed yet",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

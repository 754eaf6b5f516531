use super::*;
use yew::ServerRenderer;
use yew_router::Router;
use yew_router::history::{AnyHistory, History, MemoryHistory};

#[derive(Properties, PartialEq)]
struct PageProps {
    children: Html,
}

#[component]
fn Page(props: &PageProps) -> Html {
    let history = AnyHistory::Memory(MemoryHistory::new());
    history.push("/live");
    html! {
        <Router {history}>
            <LiveProvider><LiveCard/><LivePip/>{ props.children.clone() }</LiveProvider>
        </Router>
    }
}

fn draw(children: fn() -> Html) -> String {
    let renderer = ServerRenderer::<Page>::with_props(move || PageProps {
        children: children(),
    });
    pollster::block_on(renderer.hydratable(false).render())
}

/// Render calls no browser API, and names what people and tests look for.
#[test]
fn the_instrument_is_drawn_on_the_host() {
    let html = draw(|| html! { <LiveWire/> });
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

/// The shell is drawn on the host for every page, and taken over in the browser before the page's own code is there.
#[test]
fn the_shell_looks_the_same_with_and_without_the_code_that_connects() {
    let shell = |html: String| {
        let end = html.find(r#"class="live-pip"#).expect("a pip");
        html[..end].to_owned()
    };
    let without = draw(Html::default);
    assert!(!without.contains(r#"aria-label="Address""#));
    assert_eq!(shell(draw(|| html! { <LiveWire/> })), shell(without));
}

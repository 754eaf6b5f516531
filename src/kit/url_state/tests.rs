//! What a page says on the host, where there are no effects: the first render.

use yew_router::history::{AnyHistory, History, MemoryHistory};
use yew_router::query::Raw;

use super::super::settings::Field;
use super::super::url_report::{UrlReportProvider, use_url_problems};
use super::*;

#[derive(Clone, Default, PartialEq)]
struct Number(u32);

impl Settings for Number {
    const FIELDS: &'static [Field<Number>] = &[Field::whole("n", 0, 9, |s| s.0, |s, n| s.0 = n)];
}

#[component]
fn Probe() -> Html {
    let settings = use_settings::<Number>("probe");
    let link = settings.url.link(&Number(3));
    let page = use_url_problems().join("; ");
    html! { <p>{ format!("n {} | {:?} | {link:?} | {page}", settings.parsed.settings.0, settings.parsed.problems) }</p> }
}

#[derive(Properties, PartialEq)]
struct PageProps {
    query: &'static str,
    hydrating: bool,
}

#[component]
fn Page(props: &PageProps) -> Html {
    let history = use_memo(props.query, |query| {
        let history = MemoryHistory::new();
        let Ok(()) = history.replace_with_query("/page", Raw(*query));
        AnyHistory::Memory(history)
    });
    html! {
        <Router history={(*history).clone()}>
            <ContextProvider<Arrival> context={Arrival { hydrating: props.hydrating }}>
                <UrlReportProvider><Probe/></UrlReportProvider>
            </ContextProvider<Arrival>>
        </Router>
    }
}

fn rendered(query: &'static str, hydrating: bool) -> String {
    let page = yew::ServerRenderer::<Page>::with_props(move || PageProps { query, hydrating });
    pollster::block_on(page.hydratable(false).render())
}

#[test]
fn the_address_counts_from_the_first_render() {
    let html = rendered("n=7", false);
    assert!(html.contains("n 7 | [] |"), "{html}");
    assert!(html.contains("/page?n=3#probe"), "{html}");
    let html = rendered("n=10&x=1&x=2", false);
    assert!(
        html.contains("n 0 |") && html.contains("n=10: a whole number"),
        "{html}"
    );
    assert!(
        html.contains("“x” is in the address more than once"),
        "{html}"
    );
}

#[test]
fn a_page_that_is_brought_to_life_begins_as_it_was_prerendered() {
    let plain = rendered("", true);
    for query in ["n=7", "n=10", "n=1&n=2", "%"] {
        assert_eq!(rendered(query, true), plain, "{query}");
    }
}

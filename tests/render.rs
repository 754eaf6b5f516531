//! Every page renders on the host, without a browser, whatever its address says.

use std::collections::BTreeSet;

use duplex::app;
use duplex::instruments::inspector::errors::ERRORS;
use duplex::live::links;
use duplex::pages::{PARTS, Route};
use wire::Role;
use yew_router::Routable;

/// The HTML of the whole page at this address.
fn render(address: &str) -> String {
    pollster::block_on(app::render(address, false))
}

/// The words of the page's first heading.
fn h1(html: &str) -> &str {
    let start = html.find("<h1").expect("a heading");
    let html = &html[start..];
    let start = html.find('>').expect("an opened heading") + 1;
    let end = html.find("</h1>").expect("a closed heading");
    assert_eq!(html.matches("<h1").count(), 1, "one first heading");
    &html[start..end]
}

/// The heading that a page has to have: its chapter's, where there is one in `content/`.
fn title(route: Route) -> String {
    let path = route.to_path();
    let stem = match path.trim_start_matches('/') {
        "" => "home",
        stem => stem,
    };
    let chapter = format!("{}/content/{stem}.md", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(chapter).unwrap_or_default();
    match text.lines().next().and_then(|line| line.strip_prefix("# ")) {
        Some(heading) => heading.to_owned(),
        None => route.title().to_owned(),
    }
}

#[test]
fn every_route_renders_with_its_heading() {
    for route in PARTS
        .iter()
        .flat_map(|part| part.pages)
        .map(|page| page.route)
    {
        let html = render(&route.to_path());
        let wanted = title(route);
        assert_eq!(h1(&html), wanted, "{}", route.to_path());
        assert!(!html.contains("undefined"), "{}", route.to_path());
    }
}

#[test]
fn an_unknown_address_is_the_page_that_says_so() {
    for address in ["/nowhere", "/frames/5", "/%F0%9F%98%80", "/quiz/"] {
        let html = render(address);
        let wanted = if address == "/quiz/" {
            "Quiz"
        } else {
            "No page here"
        };
        assert_eq!(h1(&html), wanted, "{address}");
    }
}

#[test]
fn pages_that_are_not_built_are_linked_from_nowhere() {
    let pages: Vec<Route> = PARTS
        .iter()
        .flat_map(|part| part.pages)
        .map(|page| page.route)
        .collect();
    for from in &pages {
        let html = render(&from.to_path());
        for to in pages.iter().filter(|to| !to.is_built()) {
            let link = format!("href=\"{}\"", to.to_path());
            assert!(!html.contains(&link), "{from:?} links to {to:?}");
        }
    }
}

#[test]
fn a_link_to_a_frame_shows_that_frame() {
    let html = render("/frames?hex=818537fa213d7f9f4d5158&from=client");
    for part in ["37fa213d", "Hello", "0x1"] {
        assert!(html.contains(part), "{part}");
    }
    assert!(!render("/frames?hex=8900&from=server").contains("37fa213d"));
}

/// Rooms that know no page write its address by hand; the page has to be there, and to read it.
#[test]
fn links_of_the_live_wire_lead_where_they_say() {
    assert_eq!(Route::recognize(links::LIVE), Some(Route::Live));
    let bytes = [0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let link = links::frames(&bytes, Role::Server, true).expect("a short link");
    assert!(render(&link).contains("A client accepts this"), "{link}");
    let link = links::frames(&bytes, Role::Server, false).expect("a short link");
    assert!(render(&link).contains("fails the connection"), "{link}");
    assert_eq!(links::frames(&[0; 1 << 12], Role::Client, false), None);
}

#[test]
fn an_address_that_is_no_websockets_is_named() {
    let html = render("/live?url=example.com");
    assert!(html.contains("url=example.com: The address has no scheme."));
}

#[test]
fn hostile_addresses_do_no_harm() {
    let huge = format!("/frames?hex={}", "81".repeat(200_000));
    let deep = format!("/frames?hex={}", "%2581".repeat(1000));
    let long = format!(
        "/closing?start=both&server-reason={}",
        "%C3%A9".repeat(50_000)
    );
    for address in [
        huge.as_str(),
        deep.as_str(),
        "/frames?hex=8",
        "/frames?hex=zz&from=nobody&step=-1",
        "/frames?hex=81fe",
        "/frames?hex=82ffffffffffffffffff&step=9",
        "/frames?hex=827f7fffffffffffffff&from=server",
        "/frames?hex=81&step=18446744073709551616",
        "/frames?hex=8180&step=99999999999999999999999",
        "/frames?hex=%ff%fe&from=%c3%28",
        "/frames?%=%&&&==",
        "/frames?hex=81&hex=82",
        "/frames?compose=1&key=%ff&length=99999999999999999999&bytes=8&form=64&rsv=%00&view=%f0",
        "/frames?compose=1&length=0xffffffffffffffff&mask=0&from=server&step=9",
        "/frames?preset=%00&from=%F0%9F%98%80",
        "/frames?hex=c107f248cdc9c90700&deflate=1&from=server",
        "/frames?hex=c10affffffffffffffffffff&deflate=1&from=server",
        "/messages?text=%00%ff&cuts=0,1,2,3&between=0:close,4:ping&fin=1,2,3&from=server&step=3",
        "/messages?data=&cuts=0&utf8=&carried=close&byte=0&first=&second=&takeover=0&bits=8,15",
        "/messages?cuts=99999999999999999999&between=:,:&fin=-1&byte=x&bits=,&connections=-1",
        "/messages?utf8=ff&carried=binary&written=hex&first=00&second=zz&third=%ff&sender=nobody",
        "/handshake?step=-1&preset=%00&request=%ff%0d&response=&origin=%00&protocols=%F0%9F%98%80&deflate=9&key=%ff",
        "/closing?fault=%00&guess=%F0%9F%98%80",
        "/closing?fault=silence&fault=silence",
        "/closing?fault=silence&guess=...........",
        "/closing?start=%00&wrong=%ff&trip=-1&patience=1e9&at=-0.0&code=%F0%9F%98%80",
        "/closing?start=server&server-code=65535&at=9999999.999",
        long.as_str(),
        "/live?url=javascript:alert(1)",
        "/live?%ff",
        "/quiz?question=%00",
        "/heartbeat?faults=cable-1e308,back--1,nat-NaN&every=99999999999&at=inf&clients=%00&pings=%ff",
        "/heartbeat?asks=both&every=1000&run=1200000&faults=power-0,server-0,sleep-0,wake-0&at=0",
        "/?%",
    ] {
        let html = render(address);
        let short = &address[..address.len().min(60)];
        assert!(h1(&html).len() > 2, "{short}");
        assert!(!html.contains("alert(1)\""), "{short}");
    }
}

#[test]
fn words_from_an_address_stay_words() {
    let html = render("/frames?from=%3Cscript%3Ealert(1)%3C/script%3E&preset=%3Cimg%3E");
    assert!(!html.contains("<script>"), "{html}");
    assert!(!html.contains("<img>"), "{html}");
}

#[test]
fn bad_parameters_give_the_default_and_say_so() {
    let html = render("/frames?hex=81zz");
    assert!(html.contains("81zz") && html.contains("byte 0 of 10"));
}

/// What one client refuses, against the RFC, and others take: there the page shows nothing wrong.
const REFUSED_BY_ONE: &str = "okhttp-connection";

/// `content/errors.toml` names addresses with the bytes that produce an error text: the page has to read them, and what it
/// shows has to go wrong.
#[test]
fn links_of_the_error_texts_show_what_goes_wrong() {
    let (mut seen, mut sound) = (BTreeSet::new(), Vec::new());
    for error in ERRORS.iter().filter(|error| seen.insert(error.shows)) {
        let address = error.shows.split('#').next().unwrap_or(error.shows);
        let html = render(address);
        let id = error.id;
        assert!(
            !html.contains("class=\"problems\""),
            "{id}: {address} is not read"
        );
        let wrong: &[&str] = match address.split_once('?') {
            Some(("/frames", _)) => &["fails the connection"],
            Some(("/handshake", _)) => &[
                "The client fails the connection.",
                "By the browsers’ standard the connection fails.",
                "The server refuses",
            ],
            _ => continue,
        };
        if !wrong.iter().any(|part| html.contains(part)) {
            sound.push(id);
        }
    }
    assert_eq!(sound, [REFUSED_BY_ONE]);
}

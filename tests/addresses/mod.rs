//! What is wrong with an address of the site, found by rendering it.

use std::collections::BTreeMap;

use duplex::app;
use duplex::pages::Route;
use yew_router::Routable;

/// The HTML of the page at this address, without the part behind `#`.
fn render(address: &str) -> String {
    pollster::block_on(app::render(address, false))
}

/// What is wrong with a link; pages are rendered once for each address.
pub fn wrong(link: &str, pages: &mut BTreeMap<String, String>) -> Option<String> {
    let (address, place) = match link.split_once('#') {
        Some((address, place)) => (address, Some(place)),
        None => (link, None),
    };
    let path = address.split('?').next().unwrap_or_default();
    match Route::recognize(path) {
        Some(route) if route.is_built() => {}
        _ => return Some(format!("{link} leads to no page that is built")),
    }
    let html = pages
        .entry(address.to_owned())
        .or_insert_with(|| render(address));
    if let Some(place) = place
        && !html.contains(&format!("id=\"{place}\""))
    {
        return Some(format!("{link} leads to no place on its page"));
    }
    if let Some(at) = html.find("class=\"problems\"") {
        let said: String = html[at..].chars().take(300).collect();
        return Some(format!("{link} asks for what cannot be used: {said}"));
    }
    if let Some((_, query)) = address.split_once('?') {
        // A parameter that nothing reads changes nothing.
        let plain = pages.entry(path.to_owned()).or_insert_with(|| render(path));
        let plain = plain.clone();
        if pages[address] == plain {
            return Some(format!("{link} shows what {path} shows: is {query} read?"));
        }
    }
    None
}

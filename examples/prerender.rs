//! Renders every page of the site on the host and prints them as JSON, for `cargo xtask build`.

use duplex::app::render;
use duplex::learn::search;
use duplex::pages::tools;
use duplex::pages::{INSTRUMENTS, Route, pages};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use yew_router::Routable;

/// Everything that the build wants to know.
#[derive(Serialize)]
struct Site {
    pages: Vec<Prerendered>,
    /// The style files that each module's instruments need.
    styles: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

/// A page as it is written down.
#[derive(Serialize)]
struct Prerendered {
    /// Its path.
    path: String,
    /// The window's title.
    title: String,
    /// What a search engine shows of it; empty for what no search engine should show.
    description: &'static str,
    /// The path that search engines should know it by.
    canonical: String,
    /// The modules that its words and its first instrument need.
    first: Vec<&'static str>,
    /// The modules of its other instruments.
    rest: Vec<&'static str>,
    /// The files in `static/styles` that draw its instruments, without their endings.
    styles: Vec<&'static str>,
    /// Whether one of its instruments runs its model in the worker.
    worker: bool,
    /// What stands in the element `app`.
    html: String,
}

fn main() -> Result<(), serde_json::Error> {
    let built = pages().filter(|page| page.is_built).map(|page| page.route);
    let embeds = INSTRUMENTS
        .iter()
        .map(|entry| Route::Embed(entry.instrument));
    let all: Vec<_> = built
        .chain(embeds)
        .chain([Route::NotFound])
        .map(prerendered)
        .collect();
    let mut styles = BTreeMap::<_, BTreeSet<_>>::new();
    for entry in INSTRUMENTS {
        styles.entry(entry.module).or_default().extend(entry.styles);
    }
    for page in pages().filter(|page| page.is_built) {
        styles.entry(page.module).or_default().extend(page.styles);
    }
    styles
        .entry(search::MODULE)
        .or_default()
        .insert(search::STYLE);
    styles
        .entry(tools::MODULE)
        .or_default()
        .insert(tools::STYLE);
    let site = Site { pages: all, styles };
    serde_json::to_writer(std::io::stdout().lock(), &site)
}

fn prerendered(route: Route) -> Prerendered {
    let path = route.to_path();
    let instruments = route.instruments();
    let mut modules = instruments
        .iter()
        .map(|instrument| instrument.entry().module);
    let words = route.page().map(|page| page.module);
    let mut styles = route
        .page()
        .map_or_else(Vec::new, |page| page.styles.to_vec());
    for style in instruments.iter().flat_map(|i| i.entry().styles) {
        if !styles.contains(style) {
            styles.push(*style);
        }
    }
    let canonical = match route {
        Route::Embed(instrument) => instrument.entry().chapter.to_path(),
        route => route.to_path(),
    };
    Prerendered {
        title: format!("{} · Duplex", route.title()),
        description: route.page().map_or("", |page| page.description),
        canonical,
        first: words.into_iter().chain(modules.next()).collect(),
        rest: modules.collect(),
        styles,
        worker: instruments.iter().any(|i| i.entry().worker),
        html: pollster::block_on(render(&path, true)),
        path,
    }
}

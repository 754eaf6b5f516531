//! The page table, made from `content/site.toml`, and what shows a page.
//!
//! | module | what it knows |
//! | --- | --- |
//! | this one | every route, every instrument by name; imports no instrument |
//! | `prose` | how a chapter looks |
//! | `entries` | tables of the reference, in which each row has a name in an address |
//! | `registry` | the split points: one for each chapter's words and for each instrument |
//! | `reading_place` | where the reader was on each page, for the way back |
//! | `slot` | the place of an instrument: its first picture, its module, what happens without it |
//! | `view` | the page at hand, and the way from one page to the next |
//! | `embed` | one instrument alone |
//! | `missing` | addresses that are no page's |
//! | `paste_anywhere` | what is pasted or dropped on any page |
//! | `tools` | what every page can do, fetched when the page is at rest |
//! | `present` | a chapter for a projector |

pub mod embed;
pub mod entries;
pub mod missing;
pub mod paste_anywhere;
pub mod present;
mod presenter;
pub mod prose;
pub mod reading_place;
pub mod registry;
pub mod slot;
pub mod tools;
pub mod view;

use std::collections::HashMap;

use yew_router::Routable;

use crate::kit::icon::Icon;

include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// A part of the navigation.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// Its heading; empty for the part without one.
    pub title: &'static str,
    /// Its pages in reading order.
    pub pages: &'static [Page],
}

/// What stands before a page in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A character or two.
    Written(&'static str),
    /// A drawing, where common fonts lack the character.
    Drawn(Icon),
}

/// What the page table says of a page.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// Its route.
    pub route: Route,
    /// Its path.
    pub path: &'static str,
    /// The sign that stands before it in the navigation.
    pub sign: Sign,
    /// Its name in the navigation and in the window's title.
    pub title: &'static str,
    /// What a search engine shows of it.
    #[cfg(not(target_arch = "wasm32"))]
    pub description: &'static str,
    /// Whether the page is there already. Pages that are not are linked from nowhere.
    pub is_built: bool,
    /// The split module of its words.
    #[cfg(not(target_arch = "wasm32"))]
    pub module: &'static str,
    /// Its instruments, in the order in which they stand on it.
    pub instruments: &'static [Instrument],
    /// How many written questions are about it.
    pub questions: u16,
    /// Its headings: the name in an address, and the words.
    pub contents: &'static [(&'static str, &'static str)],
    /// The files in `static/styles` that draw the page itself, without their endings.
    #[cfg(not(target_arch = "wasm32"))]
    pub styles: &'static [&'static str],
}

/// What the page table says of an instrument.
#[derive(Debug, PartialEq, Eq)]
pub struct InstrumentEntry {
    /// The instrument.
    pub instrument: Instrument,
    /// Its name in chapters, in links and under `/embed`.
    pub name: &'static str,
    /// Its title, where it stands alone.
    pub title: &'static str,
    /// The files in `static/styles` that draw it, without their endings.
    #[cfg(not(target_arch = "wasm32"))]
    pub styles: &'static [&'static str],
    /// Its split module.
    #[cfg(not(target_arch = "wasm32"))]
    pub module: &'static str,
    /// Whether it runs a model in the worker.
    #[cfg(not(target_arch = "wasm32"))]
    pub worker: bool,
    /// The first page on which it stands.
    pub chapter: Route,
}

/// Where embeds live: `/embed/close-codes`.
const EMBED: &str = "/embed/";

/// The page after the last: a path that no page has.
const NOWHERE: &str = "/404";

/// Every page, in reading order.
pub fn pages() -> impl DoubleEndedIterator<Item = &'static Page> {
    PARTS.iter().flat_map(|part| part.pages)
}

impl Page {
    /// Its name in the addresses of other pages: its path without the slash.
    pub fn name(&self) -> &'static str {
        match self.path.trim_start_matches('/') {
            "" => "home",
            name => name,
        }
    }
}

impl Route {
    /// What the table says of it, where it is a page of the table.
    pub fn page(self) -> Option<&'static Page> {
        pages().find(|page| page.route == self)
    }

    /// Its name in the navigation and in the window's title.
    pub fn title(self) -> &'static str {
        match self {
            Route::Embed(instrument) => instrument.entry().title,
            route => route.page().map_or("Not found", |page| page.title),
        }
    }

    /// Whether the page is there already.
    pub fn is_built(self) -> bool {
        self.page().is_some_and(|page| page.is_built)
    }

    /// Its instruments, in the order in which they stand on it.
    pub fn instruments(self) -> &'static [Instrument] {
        match self {
            Route::Embed(instrument) => std::slice::from_ref(&instrument.entry().instrument),
            route => route.page().map_or(&[], |page| page.instruments),
        }
    }

    /// The built page after this one in reading order.
    pub fn next(self) -> Option<Route> {
        let mut after = pages().skip_while(|page| page.route != self).skip(1);
        after.find(|page| page.is_built).map(|page| page.route)
    }

    /// The built page before this one in reading order.
    pub fn previous(self) -> Option<Route> {
        let mut before = pages().rev().skip_while(|page| page.route != self).skip(1);
        before.find(|page| page.is_built).map(|page| page.route)
    }
}

impl Instrument {
    /// What the table says of it.
    pub fn entry(self) -> &'static InstrumentEntry {
        // Both are made from the same lines, in the same order.
        &INSTRUMENTS[self as usize]
    }

    /// The instrument of this name.
    pub fn named(name: &str) -> Option<Instrument> {
        let found = INSTRUMENTS.iter().find(|entry| entry.name == name);
        found.map(|entry| entry.instrument)
    }
}

impl Routable for Route {
    fn from_path(path: &str, _: &HashMap<&str, &str>) -> Option<Self> {
        Self::recognize(path)
    }

    fn to_path(&self) -> String {
        match self {
            Route::Embed(instrument) => format!("{EMBED}{}", instrument.entry().name),
            route => route.page().map_or(NOWHERE, |page| page.path).to_owned(),
        }
    }

    fn routes() -> Vec<&'static str> {
        pages().map(|page| page.path).collect()
    }

    fn not_found_route() -> Option<Self> {
        Some(Route::NotFound)
    }

    /// The page of a path, with or without a slash at its end.
    fn recognize(path: &str) -> Option<Self> {
        let plain = match path.strip_suffix('/') {
            Some("") | None => path,
            Some(plain) => plain,
        };
        if let Some(name) = plain.strip_prefix(EMBED) {
            return Some(Instrument::named(name).map_or(Route::NotFound, Route::Embed));
        }
        let page = pages().find(|page| page.path == plain);
        Some(page.map_or(Route::NotFound, |page| page.route))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_page_and_a_page_is_its_path() {
        for page in pages() {
            assert_eq!(Route::recognize(page.path), Some(page.route));
            assert_eq!(page.route.to_path(), page.path);
            assert_eq!(
                Route::recognize(&format!("{}/", page.path.trim_end_matches('/'))),
                Some(page.route)
            );
        }
        for path in [
            "",
            "/nowhere",
            "/frames/5",
            "/Frames",
            "/embed/",
            "/embed/x",
        ] {
            assert_eq!(Route::recognize(path), Some(Route::NotFound), "{path}");
        }
    }

    #[test]
    fn every_instrument_has_a_name_a_place_and_an_address_of_its_own() {
        for entry in INSTRUMENTS {
            assert_eq!(entry.instrument.entry(), entry);
            assert_eq!(Instrument::named(entry.name), Some(entry.instrument));
            assert!(entry.chapter.instruments().contains(&entry.instrument));
            let route = Route::Embed(entry.instrument);
            assert_eq!(Route::recognize(&route.to_path()), Some(route));
        }
    }

    #[test]
    fn the_pages_before_and_after_are_built() {
        assert_eq!(Route::Home.next(), Some(Route::Handshake));
        assert_eq!(Route::Home.previous(), None);
        for page in pages() {
            assert!(page.route.next().is_none_or(Route::is_built));
            if let Some(next) = page.route.next().filter(|_| page.is_built) {
                assert_eq!(next.previous(), Some(page.route));
            }
        }
        assert_eq!(Route::NotFound.next(), None);
    }
}

//! The chapters: what the build script made of `content/*.md`, and how it looks.

use std::collections::BTreeMap;

use yew::prelude::*;
use yew_router::prelude::*;

use super::slot::Slot;
use super::{Instrument, Route};
use crate::kit::rfc_link::rfc_as;

/// A chapter.
#[derive(Debug, PartialEq, Eq)]
pub struct Chapter {
    /// Its heading.
    pub title: &'static str,
    /// The paragraph that leads in.
    pub lede: &'static [Inline],
    /// Prose and instruments.
    pub body: &'static [Block],
    /// How it ends, where it ends as chapters do.
    pub ending: Option<Ending>,
}

/// The end of a chapter.
#[derive(Debug, PartialEq, Eq)]
pub struct Ending {
    /// Three lines to remember.
    pub remember: &'static [&'static [Inline]],
    /// What usually goes wrong.
    pub wrong: &'static [&'static [Inline]],
    /// Where to read on.
    pub read_on: &'static [&'static [Inline]],
}

/// A part of a chapter.
#[derive(Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of level 2 or 3.
    Heading {
        /// 2 or 3.
        level: u8,
        /// Its name in an address.
        id: &'static str,
        /// Its words.
        text: &'static [Inline],
    },
    /// A paragraph.
    Paragraph(&'static [Inline]),
    /// A list.
    List {
        /// Whether the order matters.
        ordered: bool,
        /// Its items.
        items: &'static [&'static [Inline]],
    },
    /// What is on the wire or in code, line by line.
    Code(&'static str),
    /// A table.
    Table {
        /// The heads of the columns.
        head: &'static [&'static [Inline]],
        /// The rows.
        rows: &'static [&'static [&'static [Inline]]],
    },
    /// An instrument.
    Instrument(Instrument),
    /// Where to begin: the first chapter, or the live wire.
    StartButtons,
}

/// A part of a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(&'static str),
    /// What is on the wire or in code.
    Code(&'static str),
    /// Stressed words.
    Emphasis(&'static [Inline]),
    /// Words to find again.
    Strong(&'static [Inline]),
    /// A link.
    Link(To, &'static [Inline]),
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub enum To {
    /// A page of the site, with its query.
    Page(Route, &'static str),
    /// A section of an RFC.
    Section(u16, &'static str),
    /// Elsewhere.
    Web(&'static str),
}

/// A whole chapter.
pub fn view(chapter: &'static Chapter) -> Html {
    let box_of = |title: &str, items: &'static [&'static [Inline]]| {
        html! {
            <section>
                <h2>{ title }</h2>
                <ul>{ for items.iter().map(|item| html! { <li>{ inlines(item) }</li> }) }</ul>
            </section>
        }
    };
    let first = chapter.body.iter().find_map(|part| match part {
        Block::Instrument(instrument) => Some(*instrument),
        _ => None,
    });
    html! {
        <article class="prose">
            <h1>{ chapter.title }</h1>
            <p class="lede">{ inlines(chapter.lede) }</p>
            { for chapter.body.iter().map(|part| block(part, first)) }
            if let Some(ending) = &chapter.ending {
                <footer class="ending">
                    { box_of("What to remember", ending.remember) }
                    { box_of("What usually goes wrong", ending.wrong) }
                    { box_of("Where to read on", ending.read_on) }
                </footer>
            }
        </article>
    }
}

fn block(block: &'static Block, first: Option<Instrument>) -> Html {
    match block {
        Block::Heading { level: 2, id, text } => html! { <h2 id={*id}>{ inlines(text) }</h2> },
        Block::Heading { id, text, .. } => html! { <h3 id={*id}>{ inlines(text) }</h3> },
        Block::Paragraph(text) => html! { <p>{ inlines(text) }</p> },
        Block::List { ordered, items } => {
            let items = items
                .iter()
                .map(|item| html! { <li>{ inlines(item) }</li> });
            if *ordered {
                html! { <ol>{ for items }</ol> }
            } else {
                html! { <ul>{ for items }</ul> }
            }
        }
        Block::Code(text) => html! { <pre class="letter" tabindex="0">{ *text }</pre> },
        Block::Table { head, rows } => html! {
            <div class="table" tabindex="0" role="group" aria-label="Table">
                <table>
                    <thead><tr>{ for head.iter().map(|cell| html! { <th scope="col">{ inlines(cell) }</th> }) }</tr></thead>
                    <tbody>
                        { for rows.iter().map(|row| html! {
                            <tr>{ for row.iter().map(|cell| html! { <td>{ inlines(cell) }</td> }) }</tr>
                        }) }
                    </tbody>
                </table>
            </div>
        },
        Block::Instrument(instrument) => html! {
            <Slot instrument={*instrument} first={first == Some(*instrument)}/>
        },
        Block::StartButtons => start_buttons(),
    }
}

/// Where to begin: the first chapter after the home page, or a real connection at once.
fn start_buttons() -> Html {
    html! {
        <div class="cta ways-in">
            if let Some(route) = Route::Home.next() {
                <Link<Route> to={route} classes="btn primary">{ format!("Start with the {}", route.title().to_lowercase()) }</Link<Route>>
            }
            <Link<Route> to={Route::Live} classes="btn">{ "Open the live wire" }</Link<Route>>
        </div>
    }
}

/// A line.
pub fn inlines(parts: &'static [Inline]) -> Html {
    parts
        .iter()
        .map(|part| match part {
            Inline::Text(text) => html! { *text },
            Inline::Code(text) => html! { <code>{ *text }</code> },
            Inline::Emphasis(inner) => html! { <em>{ inlines(inner) }</em> },
            Inline::Strong(inner) => html! { <strong>{ inlines(inner) }</strong> },
            Inline::Link(To::Section(rfc, section), text) => {
                rfc_as(*rfc, section, inlines(text))
            }
            Inline::Link(To::Web(to), text) => html! { <a href={*to} rel="noopener">{ inlines(text) }</a> },
            Inline::Link(To::Page(route, query), text) => {
                let query = query_map(query);
                html! {
                    <Link<Route, BTreeMap<String, String>> to={*route} {query}>{ inlines(text) }</Link<Route, BTreeMap<String, String>>>
                }
            }
        })
        .collect()
}

/// The query as the router's link wants it. The build script knows of none that is written wrongly.
fn query_map(query: &str) -> Option<BTreeMap<String, String>> {
    let map: BTreeMap<String, String> = serde_urlencoded::from_str(query).unwrap_or_default();
    (!map.is_empty()).then_some(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_of_links() {
        assert_eq!(query_map(""), None);
        let map = query_map("hex=8105&from=server").unwrap();
        assert_eq!(map.get("from").map(String::as_str), Some("server"));
    }
}

//! A line of words, as the build script makes it of Markdown, and how it looks.

use yew::prelude::*;

use super::link::page_link;
use super::rfc_link::rfc_as;

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
    /// A term where it first appears in a chapter.
    Term {
        /// The term, as it is written here.
        words: &'static str,
        /// Its name in the page.
        id: &'static str,
        /// What it means.
        definition: &'static str,
        /// Where that is written, such as `RFC 6455 §5.3`; empty where no section has it.
        source: &'static str,
    },
    /// A link.
    Link(To, &'static [Inline]),
}

/// Where a link leads.
#[derive(Debug, PartialEq, Eq)]
pub enum To {
    /// A page of the site: its path, with its query.
    Page(&'static str),
    /// A section of an RFC.
    Section(u16, &'static str),
    /// Elsewhere.
    Web(&'static str),
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
            Inline::Term {
                words,
                id,
                definition,
                source,
            } => html! {
                // The definition shows on hover and on focus, which a touch gives too: the style does it, and no script.
                <span class="term">
                    <dfn tabindex="0" aria-describedby={*id}>{ *words }</dfn>
                    <span class="term__definition" role="tooltip" id={*id}>
                        { *definition }
                        if !source.is_empty() { { " " }<small>{ *source }</small> }
                    </span>
                </span>
            },
            Inline::Link(To::Section(rfc, section), text) => rfc_as(*rfc, section, inlines(text)),
            Inline::Link(To::Web(to), text) => {
                html! { <a href={*to} rel="noopener">{ inlines(text) }</a> }
            }
            Inline::Link(To::Page(path), text) => page_link(*path, Classes::new(), inlines(text)),
        })
        .collect()
}

//! The chapters: what the build script made of `content/*.md`, and how it looks.

use yew::prelude::*;
use yew_router::prelude::*;

use super::paste_anywhere::paste_box;
use super::slot::Slot;
use super::{Instrument, Route};
use crate::kit::copy::CopyButton;
use crate::kit::inline::{Inline, inlines};
use crate::kit::link::page_link;
use crate::kit::number::counted;
use crate::kit::prediction::{Prediction, prediction};

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
    /// What draws itself. What only such a block needs lies in the module of the words, and not in what every page loads.
    Drawn(Drawing),
    /// A question before an instrument.
    Ask(Prediction),
    /// An instrument.
    Instrument(Instrument),
    /// Where to begin: the first chapter, the live wire, or the close codes.
    StartButtons,
}

/// What draws itself.
#[derive(Clone, Copy, Debug)]
pub struct Drawing(pub fn() -> Html);

impl PartialEq for Drawing {
    fn eq(&self, other: &Drawing) -> bool {
        // Two that are taken for different are drawn anew, no more.
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

impl Eq for Drawing {}

/// A whole chapter, and the ways to the chapters before and after it.
pub fn view(chapter: &'static Chapter, route: Route) -> Html {
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
            { questions(route) }
            { turn(route) }
        </article>
    }
}

/// The way to the questions about a chapter.
fn questions(route: Route) -> Html {
    let page = route.page().filter(|page| page.questions > 0);
    html! {
        if let Some(page) = page {
            <p class="to-questions">
                { page_link(
                    format!("/quiz?chapter={}", page.name()),
                    classes!("btn", "primary"),
                    html! { { counted(u64::from(page.questions), "question about this", "questions about this") } },
                ) }
                { " Every answer is explained, and a question that you miss comes back." }
            </p>
        }
    }
}

/// The ways on and back, in reading order.
fn turn(route: Route) -> Html {
    let way = |to: Route, rel: &'static str, said: &'static str| {
        html! {
            <a class={classes!("turn__way", rel)} href={to.to_path()}>
                <small>{ said }</small>
                { to.title() }
            </a>
        }
    };
    html! {
        <nav class="turn" aria-label="Reading order">
            if let Some(to) = route.previous() {
                { way(to, "turn__previous", "Previous") }
            }
            if let Some(to) = route.next() {
                { way(to, "turn__next", "Next") }
            }
        </nav>
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
        Block::Code(text) => html! {
            <div class="code">
                <pre class="http-message" tabindex="0">{ *text }</pre>
                <CopyButton label="Copy the code" text={*text}/>
            </div>
        },
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
        Block::Ask(asked) => prediction(asked),
        Block::Instrument(instrument) => html! {
            <Slot instrument={*instrument} first={first == Some(*instrument)}/>
        },
        Block::Drawn(Drawing(draw)) => draw(),
        Block::StartButtons => html! { <>{ start_buttons() }{ paste_box() }</> },
    }
}

/// Where to begin: the first chapter after the home page, a real connection at once, or what a close code means.
fn start_buttons() -> Html {
    html! {
        <div class="cta ways-in">
            if let Some(route) = Route::Home.next() {
                <a class="btn primary" href={route.to_path()}>{ format!("Start with the {}", route.title().to_ascii_lowercase()) }</a>
            }
            <a class="btn" href={Route::Live.to_path()}>{ "Open the live wire" }</a>
            { page_link(format!("{}#close-codes", Route::Closing.to_path()), classes!("btn"), html! { "My socket closes" }) }
        </div>
    }
}

//! The chapters: what the build script made of `content/*.md`, and how it looks.

use yew::prelude::*;
use yew_router::prelude::*;

use super::paste_anywhere::paste_box;
use super::slot::Slot;
use super::{Instrument, Route};
use crate::kit::copy::CopyButton;
use crate::kit::inline::{Inline, write_element, write_inlines, write_text};
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
    let first = chapter.body.iter().find_map(|part| match part {
        Block::Instrument(instrument) => Some(*instrument),
        _ => None,
    });
    let mut still = String::from("<h1>");
    write_text(&mut still, chapter.title);
    still.push_str("</h1><p class=\"lede\">");
    write_inlines(&mut still, chapter.lede);
    still.push_str("</p>");
    let mut pieces = Vec::new();
    let mut put = |still: &mut String, then: Html| {
        let html = std::mem::take(still);
        pieces.extend([Html::from_html_unchecked(html.into()), then]);
    };
    for part in chapter.body {
        if let Some(moving) = block(&mut still, part, first) {
            put(&mut still, moving);
        }
    }
    if let Some(ending) = &chapter.ending {
        write_ending(&mut still, ending);
    }
    put(&mut still, questions(route));
    html! {
        <article class="prose">
            { for pieces }
            { turn(route) }
        </article>
    }
}

fn write_ending(html: &mut String, ending: &Ending) {
    html.push_str("<footer class=\"ending\">");
    for (title, items) in [
        ("What to remember", ending.remember),
        ("What usually goes wrong", ending.wrong),
        ("Where to read on", ending.read_on),
    ] {
        html.push_str("<section><h2>");
        html.push_str(title);
        html.push_str("</h2>");
        write_list(html, "ul", items);
        html.push_str("</section>");
    }
    html.push_str("</footer>");
}

fn write_list(html: &mut String, name: &str, items: &[&[Inline]]) {
    html.push_str(&format!("<{name}>"));
    for item in items {
        write_element(html, "li", item);
    }
    html.push_str(&format!("</{name}>"));
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

/// Writes a part that stands still as HTML, and gives one that does not.
fn block(html: &mut String, block: &'static Block, first: Option<Instrument>) -> Option<Html> {
    match block {
        Block::Heading { level, id, text } => {
            html.push_str(&format!("<h{level} id=\"{id}\">"));
            write_inlines(html, text);
            html.push_str(&format!("</h{level}>"));
        }
        Block::Paragraph(text) => write_element(html, "p", text),
        Block::List { ordered, items } => {
            write_list(html, if *ordered { "ol" } else { "ul" }, items);
        }
        Block::Table { head, rows } => {
            html.push_str(
                "<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><thead><tr>",
            );
            for cell in *head {
                html.push_str("<th scope=\"col\">");
                write_inlines(html, cell);
                html.push_str("</th>");
            }
            html.push_str("</tr></thead><tbody>");
            for row in *rows {
                html.push_str("<tr>");
                for cell in *row {
                    write_element(html, "td", cell);
                }
                html.push_str("</tr>");
            }
            html.push_str("</tbody></table></div>");
        }
        Block::Code(text) => {
            return Some(html! {
                <div class="code">
                    <pre class="http-message" tabindex="0">{ *text }</pre>
                    <CopyButton label="Copy the code" text={*text}/>
                </div>
            });
        }
        Block::Ask(asked) => return Some(prediction(asked)),
        Block::Instrument(instrument) => {
            return Some(html! {
                <Slot instrument={*instrument} first={first == Some(*instrument)}/>
            });
        }
        Block::Drawn(Drawing(draw)) => return Some(draw()),
        Block::StartButtons => return Some(html! { <>{ start_buttons() }{ paste_box() }</> }),
    }
    None
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

//! A line of words, as the build script makes it of Markdown, and how it looks.

use yew::prelude::*;

use super::rfc_link::rfc_address;

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
pub fn inlines(parts: &[Inline]) -> Html {
    let mut html = String::new();
    write_inlines(&mut html, parts);
    Html::from_html_unchecked(html.into())
}

/// Writes a line as HTML. The program takes over a piece of HTML at once, and not each of its elements.
pub fn write_inlines(html: &mut String, parts: &[Inline]) {
    for part in parts {
        match part {
            Inline::Text(text) => write_text(html, text),
            Inline::Code(text) => {
                html.push_str("<code>");
                write_text(html, text);
                html.push_str("</code>");
            }
            Inline::Emphasis(inner) => write_element(html, "em", inner),
            Inline::Strong(inner) => write_element(html, "strong", inner),
            Inline::Term {
                words,
                id,
                definition,
                source,
            } => {
                // The definition shows on hover and on focus, which a touch gives too: the style does it, and no script.
                html.push_str("<span class=\"term\"><dfn tabindex=\"0\" aria-describedby=\"");
                write_text(html, id);
                html.push_str("\">");
                write_text(html, words);
                html.push_str("</dfn><span class=\"term__definition\" role=\"tooltip\" id=\"");
                write_text(html, id);
                html.push_str("\">");
                write_text(html, definition);
                if !source.is_empty() {
                    html.push_str(" <small>");
                    write_text(html, source);
                    html.push_str("</small>");
                }
                html.push_str("</span></span>");
            }
            Inline::Link(to, text) => {
                let (class, rel) = match to {
                    To::Page(_) => ("", ""),
                    To::Section(..) => (" class=\"rfc\"", " rel=\"noopener\""),
                    To::Web(_) => ("", " rel=\"noopener\""),
                };
                html.push_str("<a");
                html.push_str(class);
                html.push_str(" href=\"");
                match to {
                    To::Page(to) | To::Web(to) => write_text(html, to),
                    To::Section(rfc, section) => write_text(html, &rfc_address(*rfc, section)),
                }
                html.push('"');
                html.push_str(rel);
                html.push('>');
                write_inlines(html, text);
                html.push_str("</a>");
            }
        }
    }
}

/// Writes a line in an element that has no attributes.
pub fn write_element(html: &mut String, name: &str, parts: &[Inline]) {
    for piece in ["<", name, ">"] {
        html.push_str(piece);
    }
    write_inlines(html, parts);
    for piece in ["</", name, ">"] {
        html.push_str(piece);
    }
}

/// Writes words, or the value of an attribute, as HTML.
pub fn write_text(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_html_and_what_it_says_is_text() {
        let mut html = String::new();
        write_inlines(
            &mut html,
            &[
                Inline::Text("a < b & \"c\" "),
                Inline::Strong(&[Inline::Code("<script>")]),
                Inline::Link(To::Page("/frames?hex=89&from=server"), &[Inline::Text("x")]),
                Inline::Link(To::Section(6455, "5.2"), &[Inline::Text("§5.2")]),
            ],
        );
        assert_eq!(
            html,
            "a &lt; b &amp; &quot;c&quot; <strong><code>&lt;script&gt;</code></strong>\
             <a href=\"/frames?hex=89&amp;from=server\">x</a>\
             <a class=\"rfc\" href=\"https://www.rfc-editor.org/rfc/rfc6455#section-5.2\" rel=\"noopener\">§5.2</a>"
        );
    }
}

//! Tables of the reference, as the build script makes them, and how they look.

use yew::prelude::*;

use crate::kit::inline::{Inline, write_inlines, write_text};

/// A table in which each row has a name in an address.
#[derive(Debug, PartialEq, Eq)]
pub struct Entries {
    /// Its name in the style.
    pub name: &'static str,
    /// What it is called aloud, and on paper.
    pub caption: &'static str,
    /// The heads of the columns.
    pub head: &'static [&'static str],
    /// The rows.
    pub rows: &'static [Row],
}

/// A row of such a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// Its name in an address.
    pub id: &'static str,
    /// What it has in each column. The first cell is its head.
    pub cells: &'static [&'static [Inline]],
}

/// A field of a frame's header, or as much of it as stands in one row of 32 bits.
#[derive(Debug, PartialEq, Eq)]
pub struct Bits {
    /// The class of the field's colour.
    pub field: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How many bits it has here: 1 to 32.
    pub bits: u8,
}

impl Entries {
    /// The table.
    pub fn view(&'static self) -> Html {
        let class = classes!("table", "entries", format!("entries--{}", self.name));
        let mut table = String::from("<table><caption>");
        write_text(&mut table, self.caption);
        table.push_str("</caption><thead><tr>");
        for head in self.head {
            table.push_str("<th scope=\"col\">");
            write_text(&mut table, head);
            table.push_str("</th>");
        }
        table.push_str("</tr></thead><tbody>");
        for row in self.rows {
            self.write_row(&mut table, row);
        }
        table.push_str("</tbody></table>");
        html! {
            <div {class} tabindex="0" role="group" aria-label={self.caption}>
                { Html::from_html_unchecked(table.into()) }
            </div>
        }
    }

    fn write_row(&self, html: &mut String, row: &Row) {
        html.push_str("<tr id=\"");
        write_text(html, row.id);
        html.push_str("\">");
        for (i, (cell, head)) in row.cells.iter().zip(self.head).enumerate() {
            match (i, cell) {
                (0, cell) => {
                    html.push_str("<th scope=\"row\">");
                    if let [Inline::Link(..)] = cell {
                        write_inlines(html, cell);
                    } else {
                        html.push_str("<a href=\"#");
                        write_text(html, row.id);
                        html.push_str("\">");
                        write_inlines(html, cell);
                        html.push_str("</a>");
                    }
                    html.push_str("</th>");
                }
                // On a small screen a row is a card, and each cell says its column.
                _ => {
                    html.push_str("<td data-head=\"");
                    write_text(html, head);
                    html.push_str("\">");
                    write_inlines(html, cell);
                    html.push_str("</td>");
                }
            }
        }
        html.push_str("</tr>");
    }
}

/// The header of a frame, 32 bits a row.
pub fn bits(rows: &'static [&'static [Bits]]) -> Html {
    let said: Vec<String> = rows
        .iter()
        .flat_map(|row| row.iter())
        .map(|field| format!("{} {}", field.name, field.bits))
        .collect();
    let label = format!(
        "The header of a frame, with the bits of each field: {}",
        said.join(", ")
    );
    html! {
        <div class="header-bits drawing" role="img" aria-label={label}>
            { for rows.iter().flat_map(|row| row.iter()).map(|field| html! {
                <span class={field.field} style={format!("--bits: {}", field.bits)}>
                    <b>{ field.name }</b>
                    <small>{ field.bits }</small>
                </span>
            }) }
        </div>
    }
}

/// Links to the headings of a page.
pub fn contents(headings: &'static [(&'static str, &'static str)]) -> Html {
    html! {
        <nav class="contents-list" aria-label="Contents">
            <ul>{ for headings.iter().map(|(id, words)| html! { <li><a href={format!("#{id}")}>{ *words }</a></li> }) }</ul>
        </nav>
    }
}

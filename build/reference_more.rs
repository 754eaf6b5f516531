//! The tables of the reference that `content` alone has: browsers, limits, ports, glossary, texts.

use super::{
    Data, Limit, Port, STANDARD, Table, Term, Writer, code, id, page, section, web, words,
};

impl Writer<'_> {
    pub(super) fn browser(&mut self, data: &Data) {
        let browser = &data.browser;
        let mut rows = Vec::new();
        for state in &browser.state {
            let id = id("state", &state.name);
            self.find(
                "Browser’s API",
                &format!("readyState {} {}", state.value, state.name),
                &state.means,
                &id,
            );
            let cells = [
                words(&state.value.to_string()),
                words(&state.name),
                self.marked("browser", &state.means),
            ];
            rows.push((id, cells.to_vec()));
        }
        let cells: Vec<String> = rows
            .iter()
            .map(|(_, cells)| format!("&[{}]", cells.join(", ")))
            .collect();
        let head = [code("readyState"), words("Name"), words("What it means")];
        let block = format!(
            "Block::Table {{ head: &[{}], rows: &[{}] }}",
            head.join(", "),
            cells.join(", ")
        );
        self.blocks.insert("ready-states".to_owned(), block);
        self.table(&Table {
            name: "states",
            caption: "States of a WebSocket",
            head: &["readyState", "Name", "What it means"],
            rows,
        });
        let mut rows = Vec::new();
        for event in &browser.event {
            let id = id("event", &event.name);
            self.find(
                "Browser’s API",
                &format!("event {}", event.name),
                &event.when,
                &id,
            );
            let cells = [
                code(&event.name),
                self.marked("browser", &event.when),
                self.marked("browser", &event.carries),
                web(&format!("{STANDARD}{}", event.link), "standard"),
            ];
            rows.push((id, cells.to_vec()));
        }
        self.table(&Table {
            name: "events",
            caption: "Events of a WebSocket",
            head: &["Event", "When", "What it carries", "Where"],
            rows,
        });
        let mut rows = Vec::new();
        for call in &browser.call {
            let id = id("call", call.what.split('(').next().unwrap_or(&call.what));
            self.find("Browser’s API", &call.what, &call.throws, &id);
            let cells = [
                code(&call.what),
                self.marked("browser", &call.throws),
                web(&format!("{STANDARD}{}", call.link), "standard"),
            ];
            rows.push((id, cells.to_vec()));
        }
        self.table(&Table {
            name: "calls",
            caption: "What is thrown, and when",
            head: &["Call or property", "Throws", "Where"],
            rows,
        });
    }

    pub(super) fn limits(&mut self, data: &Data) {
        let mut rows = Vec::new();
        for limit in &data.limits {
            let id = id("limit", &limit.place);
            let about = format!("{}. {}", limit.after, limit.note);
            self.find("Limit", &limit.place, &about, &id);
            let note = self.marked("limits", &limit.note);
            let [place, after, source] = limit_cells(limit);
            rows.push((id, vec![place, after, note, source]));
        }
        self.table(&Table {
            name: "limits",
            caption: "How long a connection may be silent",
            head: &[
                "Where",
                "Closes or forgets after",
                "What else",
                "As reported in",
            ],
            rows,
        });
        let heartbeat = data.limits.iter().filter(|limit| limit.heartbeat);
        let rows: Vec<String> = heartbeat
            .map(|limit| format!("&[{}]", limit_cells(limit).join(", ")))
            .collect();
        let head = ["Where", "Forgets or closes after", "As reported in"].map(words);
        let block = format!(
            "Block::Table {{ head: &[{}], rows: &[{}] }}",
            head.join(", "),
            rows.join(", ")
        );
        self.blocks.insert("idle-timeouts".to_owned(), block);
    }

    pub(super) fn rest(&mut self, data: &Data) {
        let mut rows = Vec::new();
        for scheme in &data.schemes {
            let id = id("scheme", &scheme.name);
            let port = match &scheme.port {
                Port::Number(port) => port.to_string(),
                Port::Words(ports) => ports.clone(),
            };
            self.find(
                "Scheme",
                &format!("{} (port {port})", scheme.name),
                &scheme.what,
                &id,
            );
            let place = match (&scheme.section, &scheme.link) {
                (Some(place), None) => {
                    self.marked("ports", &format!("[{}]({place})", shown(place)))
                }
                (None, Some(link)) => web(link, "standard"),
                _ => {
                    self.problem(
                        "ports",
                        format!("{}: either a section or a link", scheme.name),
                    );
                    continue;
                }
            };
            let cells = [
                code(&scheme.name),
                words(&port),
                self.marked("ports", &scheme.what),
                place,
            ];
            rows.push((id, cells.to_vec()));
        }
        self.table(&Table {
            name: "ports",
            caption: "Schemes and ports",
            head: &["Scheme", "Port", "What it means", "Where"],
            rows,
        });
        let mut rows = Vec::new();
        for (i, thumb) in data.thumbs.iter().enumerate() {
            let path = thumb.page.split(['?', '#']).next().unwrap_or(&thumb.page);
            let Some(known) = self
                .pages
                .iter()
                .find(|page| page.path == path && page.chapter.is_some())
            else {
                self.problem("thumb", format!("`{}` leads nowhere", thumb.page));
                continue;
            };
            let title = known.title.clone();
            let cells = [self.marked("thumb", &thumb.rule), page(&thumb.page, &title)];
            rows.push((format!("thumb-{}", i + 1), cells.to_vec()));
        }
        self.table(&Table {
            name: "thumbs",
            caption: "Rules of thumb",
            head: &["Rule", "Explained in"],
            rows,
        });
        let mut rows = Vec::new();
        for text in &data.texts {
            if !text.link.starts_with("https://") {
                self.problem(
                    "reading",
                    format!("`{}` does not begin with https://", text.link),
                );
            }
            let cells = [
                web(&text.link, &text.title),
                self.marked("reading", &text.why),
            ];
            rows.push((id("text", &text.title), cells.to_vec()));
        }
        self.table(&Table {
            name: "reading",
            caption: "Further reading",
            head: &["Text", "Why"],
            rows,
        });
    }

    pub(super) fn glossary(&mut self, terms: &[Term]) {
        let mut terms: Vec<&Term> = terms.iter().collect();
        terms.sort_by_key(|term| term.term.to_lowercase());
        let mut rows = Vec::new();
        for term in terms {
            self.find("Term", &term.term, &term.definition, &term.id());
            if let Some(found) = self.found.last_mut() {
                found.also = term.also.join(" ");
            }
            let mut on = Vec::new();
            let place = term
                .section
                .as_deref()
                .and_then(|s| s.strip_prefix("rfc")?.split_once('#'));
            if let Some((rfc, place)) = place
                && let Ok(rfc) = rfc.parse()
            {
                on.push(section(rfc, place));
            }
            if let Some(link) = &term.link {
                on.push(web(link, &source(link)));
            }
            if let Some(path) = &term.page {
                let known = self
                    .pages
                    .iter()
                    .find(|page| path.starts_with(&page.path) && page.path != "/");
                on.push(page(
                    path,
                    known.map_or("chapter", |page| page.title.as_str()),
                ));
            }
            rows.push((
                term.id(),
                vec![words(&term.term), words(&term.definition), joined(&on)],
            ));
        }
        self.table(&Table {
            name: "glossary",
            caption: "Glossary",
            head: &["Term", "What it means", "Read on"],
            rows,
        });
    }
}

/// What every table of limits shows of one.
fn limit_cells(limit: &Limit) -> [String; 3] {
    [
        words(&limit.place),
        words(&limit.after),
        web(&limit.link, &limit.source),
    ]
}

/// What a link to elsewhere is called: the RFC, or the site.
fn source(link: &str) -> String {
    let rest = link.trim_start_matches("https://");
    let rfc = rest.strip_prefix("www.rfc-editor.org/rfc/rfc");
    match rfc.and_then(|rest| rest.split('#').next()) {
        Some(number) => format!("RFC {number}"),
        None => rest.split('/').next().unwrap_or(rest).to_owned(),
    }
}

/// How a place is shown: `rfc6455#3` is §3.
fn shown(place: &str) -> String {
    match place.split_once('#') {
        Some(("rfc6455", section)) => format!("§{section}"),
        Some((rfc, section)) => format!("{} §{section}", rfc.replace("rfc", "RFC ")),
        None => place.to_owned(),
    }
}

/// Several cells in one, with commas between.
fn joined(cells: &[String]) -> String {
    let inner: Vec<&str> = cells
        .iter()
        .filter_map(|cell| cell.strip_prefix("&[")?.strip_suffix(']'))
        .collect();
    format!("&[{}]", inner.join(", Inline::Text(\", \"), "))
}

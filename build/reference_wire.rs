//! The tables of the reference that `wire` has: opcodes, close codes, the handshake, parameters, rules.

use std::collections::BTreeSet;

use wire::Role;
use wire::close::{CloseCode, REGISTERED};
use wire::deflate::{NAME, Params};
use wire::frame::Opcode;
use wire::handshake::Requirement;
use wire::rule::Rule;

use super::{
    Data, RANGES, Table, Writer, broken, code, id, meaning, page, page_code, section, words,
};

impl Writer<'_> {
    pub(super) fn opcodes(&mut self, data: &Data) {
        let mut rows = Vec::new();
        let mut bits = 0u8;
        while bits <= 0xf {
            let opcode = Opcode::from_bits(bits);
            let kind = if opcode.is_control() {
                "control"
            } else {
                "data"
            };
            if let Opcode::Reserved(first) = opcode {
                while matches!(Opcode::from_bits(bits + 1), Opcode::Reserved(_)) && bits < 0xf {
                    bits += 1;
                }
                let range = format!("0x{first:X}–0x{bits:X}");
                let id = id("opcode", &range);
                self.find("Opcode", &range, "Reserved: no meaning yet.", &id);
                let cells = [
                    code(&range),
                    words(opcode.name()),
                    words(kind),
                    words("No meaning yet. A receiver fails the connection."),
                    words("–"),
                ];
                rows.push((id, cells.to_vec()));
            } else if let Some(entry) = data.opcodes.iter().find(|entry| entry.bits == bits) {
                let number = format!("0x{bits:X}");
                let id = id("opcode", &number);
                self.find(
                    "Opcode",
                    &format!("{number} {}", opcode.name()),
                    &entry.what,
                    &id,
                );
                let read = broken::bytes(&entry.hex);
                match read.map(|bytes| (broken::broken(&bytes, Role::Server, false), bytes)) {
                    Ok((rules, bytes)) => {
                        let has = bytes.windows(1).any(|byte| byte[0] & 0xf == bits);
                        if !rules.is_empty() || !has {
                            self.problem("opcodes", format!("`{}` is no good example", entry.hex));
                        }
                    }
                    Err(why) => self.problem("opcodes", why),
                }
                let cells = [
                    code(&number),
                    words(opcode.name()),
                    words(kind),
                    self.marked("opcodes", &entry.what),
                    page_code(
                        &broken::link(&entry.hex, Role::Server, false),
                        &spaced(&entry.hex),
                    ),
                ];
                rows.push((id, cells.to_vec()));
            } else {
                self.problem("opcodes", format!("nothing says what 0x{bits:X} is for"));
            }
            bits += 1;
        }
        self.table(&Table {
            name: "opcodes",
            caption: "Opcodes",
            head: &["Opcode", "Name", "Kind", "What for", "A frame with it"],
            rows,
        });
    }

    pub(super) fn close_codes(&mut self) {
        let mut rows = Vec::new();
        for entry in REGISTERED {
            let CloseCode(number) = entry.code;
            let said = meaning(entry.code);
            let id = id("close", &number.to_string());
            let title = format!("{number} {}", entry.name);
            self.find("Close code", &title, said.means, &id);
            let may = match (entry.code.may_be_sent(), entry.code.script_may_send()) {
                (_, true) => "yes",
                (true, _) => "not by a page’s script",
                _ => "no",
            };
            let behind: Vec<&str> = said.who.into_iter().chain(said.behind).collect();
            let behind = match behind.is_empty() {
                true => "–".to_owned(),
                false => behind.join(" "),
            };
            let link = format!("/closing?code={number}#close-codes");
            let cells = [
                words(&title),
                words(said.means),
                words(&behind),
                words(said.then.unwrap_or("–")),
                page(&link, may),
            ];
            rows.push((id, cells.to_vec()));
        }
        for range in &RANGES {
            let id = id("close", range.name);
            self.find("Close code", range.name, range.what, &id);
            // Its last code has no name, so that this is what the range says.
            let said = meaning(CloseCode(*range.codes.end()));
            let means = match range.codes.contains(&1000) {
                true => "Those above, and others that have no meaning yet.",
                false => said.means,
            };
            let link = format!("/closing?code={}#close-codes", range.example);
            let cells = [
                words(&format!("{}: {}", range.name, range.what)),
                words(means),
                words("–"),
                words(
                    said.then
                        .filter(|_| !range.codes.contains(&1000))
                        .unwrap_or("–"),
                ),
                page(&link, "see an example"),
            ];
            rows.push((id, cells.to_vec()));
        }
        self.table(&Table {
            name: "close-codes",
            caption: "Close codes",
            head: &[
                "Code",
                "Means",
                "Who says it, and the usual cause",
                "What a page does",
                "May be sent",
            ],
            rows,
        });
    }

    pub(super) fn headers(&mut self, data: &Data) {
        let mut rows = Vec::new();
        for header in &data.headers {
            let asked = header.requirement.as_deref().map(|name| {
                let of_request = Requirement::OF_REQUEST.iter().find(|r| r.name() == name);
                let of_response = Requirement::OF_RESPONSE.iter().find(|r| r.name() == name);
                match (of_request, of_response) {
                    (Some(r), _) => Some((r.section(Role::Server), Some(r.status()))),
                    (None, Some(r)) => Some((r.section(Role::Client), None)),
                    (None, None) => None,
                }
            });
            if asked == Some(None) || !["request", "response", "both"].contains(&&*header.side) {
                self.problem(
                    "headers",
                    format!(
                        "{}: wire asks no `{:?}`, or `{}` is no side",
                        header.name, header.requirement, header.side
                    ),
                );
            }
            let id = id("header", &header.name);
            self.find("Header", &header.name, &header.what, &id);
            let (place, wrong) = match asked.flatten() {
                Some((place, Some(status))) => {
                    (section(place.rfc, place.section), format!("{status}"))
                }
                Some((place, None)) => (
                    section(place.rfc, place.section),
                    "the client fails the connection".to_owned(),
                ),
                None => (words("–"), "–".to_owned()),
            };
            let cells = [
                code(&header.name),
                words(&header.side),
                self.marked("headers", &header.value),
                self.marked("headers", &header.what),
                words(&wrong),
                place,
            ];
            rows.push((id, cells.to_vec()));
        }
        self.table(&Table {
            name: "headers",
            caption: "Headers of the handshake",
            head: &["Header", "In", "Value", "What for", "If wrong", "Section"],
            rows,
        });
    }

    pub(super) fn requirements(&mut self) {
        for (name, caption, judge, all) in [
            (
                "request",
                "What a server asks of the request",
                Role::Server,
                &Requirement::OF_REQUEST[..],
            ),
            (
                "response",
                "What a client asks of the response",
                Role::Client,
                &Requirement::OF_RESPONSE[..],
            ),
        ] {
            let mut rows = Vec::new();
            for asked in all {
                let id = id(name, asked.name());
                let title = format!("{} ({name})", asked.title());
                self.find("Requirement", &title, asked.reason(judge), &id);
                let mut cells = vec![words(asked.title()), words(asked.reason(judge))];
                if judge == Role::Server {
                    cells.push(words(&asked.status().to_string()));
                }
                let place = asked.section(judge);
                cells.push(section(place.rfc, place.section));
                rows.push((id, cells));
            }
            self.table(&Table {
                name,
                caption,
                head: match judge {
                    Role::Server => &["Requirement", "Why", "Refused with", "Section"],
                    Role::Client => &["Requirement", "Why", "Section"],
                },
                rows,
            });
        }
    }

    pub(super) fn parameters(&mut self, data: &Data) {
        let mut rows = Vec::new();
        for parameter in &data.parameters {
            let value = parameter.value.as_ref().map_or("", |_| "=15");
            let answer = format!("{NAME}; {}{value}", parameter.name);
            if let Err(why) = answer.parse::<Params>() {
                self.problem("parameters", format!("{}: {why}", parameter.name));
            }
            let id = id("parameter", &parameter.name);
            self.find(
                "Extension parameter",
                &parameter.name,
                &parameter.offer,
                &id,
            );
            let cells = [
                code(&parameter.name),
                words(parameter.value.as_deref().unwrap_or("none")),
                self.marked("parameters", &parameter.offer),
                self.marked("parameters", &parameter.answer),
                section(7692, &parameter.section),
            ];
            rows.push((id, cells.to_vec()));
        }
        self.table(&Table {
            name: "parameters",
            caption: "Parameters of permessage-deflate",
            head: &[
                "Parameter",
                "Value",
                "In the offer",
                "In the answer",
                "Section",
            ],
            rows,
        });
    }

    pub(super) fn rules(&mut self, data: &Data) {
        let mut rows = Vec::new();
        for rule in Rule::ALL {
            let mut entries = data.broken.iter().filter(|b| b.rule == rule.name());
            let shown = match (entries.next(), entries.next()) {
                (Some(entry), None) => match (&entry.hex, &entry.from, &entry.why_not) {
                    (Some(hex), Some(from), None) => self.broken(rule, hex, from, entry.deflate),
                    (None, None, Some(why)) => words(why),
                    _ => {
                        self.problem(
                            "broken",
                            format!("{rule}: either `hex` and `from`, or `why_not`"),
                        );
                        continue;
                    }
                },
                (None, _) => {
                    self.problem("broken", format!("nothing breaks {rule}"));
                    continue;
                }
                (_, Some(_)) => {
                    self.problem("broken", format!("{rule} stands there twice"));
                    continue;
                }
            };
            let id = id("rule", rule.name());
            self.find("Rule", rule.title(), rule.reason(), &id);
            let cells = [
                words(rule.title()),
                words(rule.reason()),
                words(&rule.close_code().to_string()),
                section(rule.rfc(), rule.section()),
                shown,
            ];
            rows.push((id, cells.to_vec()));
        }
        let known: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        for entry in data.broken.iter().filter(|b| !known.contains(&*b.rule)) {
            self.problem("broken", format!("wire has no rule `{}`", entry.rule));
        }
        self.table(&Table {
            name: "rules",
            caption: "Rules of the wire",
            head: &[
                "Rule",
                "Why",
                "Close code",
                "Section",
                "Bytes that break it",
            ],
            rows,
        });
    }

    /// The link to bytes that break this rule and no other.
    fn broken(&mut self, rule: Rule, hex: &str, from: &str, deflate: bool) -> String {
        let judged = from
            .parse::<Role>()
            .map_err(|_| format!("`{from}` is neither client nor server"))
            .and_then(|from| Ok((from, broken::bytes(hex)?)));
        match judged {
            Ok((from, bytes)) => {
                let rules = broken::broken(&bytes, from, deflate);
                if rules != BTreeSet::from([rule]) {
                    self.problem(
                        "broken",
                        format!("`{hex}` does not break {rule} alone, but {rules:?}"),
                    );
                }
                page_code(&broken::link(hex, from, deflate), &spaced(hex))
            }
            Err(why) => {
                self.problem("broken", format!("{rule}: {why}"));
                String::new()
            }
        }
    }
}

/// Digits by bytes.
fn spaced(hex: &str) -> String {
    let digits: Vec<char> = hex.chars().collect();
    let bytes: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    bytes.join(" ")
}

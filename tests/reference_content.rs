//! What the build script says about `content/reference`: it must name the file and what contradicts the code. And what the page
//! shows: every link to a frame breaks what it says it breaks.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use duplex::app;
use wire::Role;
use wire::close::REGISTERED;
use wire::handshake::Requirement;
use wire::rule::Rule;

// The build script's modules, which belong to no crate.
#[path = "../build/broken.rs"]
mod broken;
#[path = "../build/glossary.rs"]
#[allow(dead_code)]
mod glossary;
#[path = "../build/inline.rs"]
#[allow(dead_code)]
mod inline;
#[path = "../src/instruments/close_codes/meanings.rs"]
#[allow(dead_code)]
mod meanings;
#[path = "../build/reference.rs"]
mod reference;
#[path = "../build/reference_cells.rs"]
mod reference_cells;
#[path = "../build/reference_data.rs"]
mod reference_data;
#[path = "../build/search.rs"]
#[allow(dead_code)]
mod search;
#[path = "../build/sections.rs"]
mod sections;
#[path = "../build/site.rs"]
#[allow(dead_code)]
mod site;

fn file(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// The tables of the content as it is, but for one thing in one file.
fn tables(changed: &str, from: &str, to: &str) -> Result<reference::Reference, Vec<String>> {
    let site = site::read(&file(site::FILE)).unwrap();
    let pages: Vec<_> = site.pages().cloned().collect();
    let terms = glossary::read(&file(glossary::FILE), &pages).unwrap();
    let data = reference_data::read(|path| {
        let text = file(path);
        if !path.ends_with(changed) {
            return Ok(text);
        }
        assert!(text.contains(from), "{path} has no {from}");
        Ok(text.replacen(from, to, 1))
    })?;
    reference::tables(&data, &terms, &pages)
}

#[test]
fn what_contradicts_the_code_is_named() {
    for (name, from, to, says) in [
        (
            "broken.toml",
            "hex = \"8300\"",
            "hex = \"8100\"",
            "`8100` does not break reserved-opcode alone, but {}",
        ),
        (
            "broken.toml",
            "hex = \"8300\"",
            "hex = \"c300\"",
            "`c300` does not break reserved-opcode alone, but {ReservedOpcode, ReservedBit}",
        ),
        (
            "broken.toml",
            "hex = \"8300\"",
            "hex = \"830\"",
            "`830` is no bytes in hexadecimal",
        ),
        (
            "broken.toml",
            "rule = \"mask-missing\"",
            "rule = \"mask\"",
            "nothing breaks mask-missing",
        ),
        (
            "broken.toml",
            "rule = \"mask-missing\"",
            "rule = \"mask\"",
            "wire has no rule `mask`",
        ),
        (
            "broken.toml",
            "rule = \"mask-missing\"",
            "rule = \"mask-present\"",
            "mask-present stands there twice",
        ),
        (
            "broken.toml",
            "from = \"client\"",
            "from = \"nobody\"",
            "`nobody` is neither client nor server",
        ),
        (
            "broken.toml",
            "hex = \"8300\"",
            "",
            "either `hex` and `from`, or `why_not`",
        ),
        (
            "opcodes.toml",
            "bits = 0x9",
            "bits = 0xb",
            "nothing says what 0x9 is for",
        ),
        (
            "opcodes.toml",
            "890548656c6c6f",
            "8a0548656c6c6f",
            "`8a0548656c6c6f` is no good example",
        ),
        (
            "headers.toml",
            "requirement = \"key\"",
            "requirement = \"keys\"",
            "Sec-WebSocket-Key: wire asks no",
        ),
        (
            "parameters.toml",
            "\"server_no_context_takeover\"",
            "\"server_no_context\"",
            "permessage-deflate has no parameter `server_no_context`",
        ),
        (
            "ports.toml",
            "rfc6455#3",
            "rfc6455#99",
            "RFC 6455 has no section 99",
        ),
        (
            "thumb.toml",
            "page = \"/handshake\"",
            "page = \"/hand\"",
            "`/hand` leads nowhere",
        ),
        (
            "reading.toml",
            "link = \"https:",
            "link = \"http:",
            "does not begin with https://",
        ),
        (
            "limits.toml",
            "place = \"Envoy\"",
            "plaice = \"Envoy\"",
            "content/reference/limits.toml:",
        ),
        (
            "browser.toml",
            "`send()` throws",
            "`send()` <b>throws</b>",
            "InlineHtml",
        ),
    ] {
        let found = tables(name, from, to).err().unwrap_or_default();
        assert!(found.iter().any(|p| p.contains(says)), "{says}: {found:?}");
        assert!(found.iter().all(|p| p.contains(name)), "{found:?}");
    }
}

#[test]
fn the_content_as_it_is_has_all_that_the_code_knows() {
    let reference = tables("none", "", "").unwrap_or_else(|why| panic!("{why:?}"));
    let block = |name: &str| &reference.blocks[&format!("reference:{name}")];
    assert_eq!(REGISTERED.len(), 19);
    for entry in REGISTERED {
        let id = format!("id: \"close-{}\"", entry.code);
        assert_eq!(block("close-codes").matches(&id).count(), 1, "{id}");
    }
    for rule in Rule::ALL {
        assert!(block("rules").contains(rule.reason()), "{rule}");
    }
    for asked in Requirement::OF_REQUEST {
        assert!(
            block("request").contains(asked.reason(Role::Server)),
            "{asked}"
        );
    }
    for asked in Requirement::OF_RESPONSE {
        assert!(
            block("response").contains(asked.reason(Role::Client)),
            "{asked}"
        );
    }
    // The longest header has 14 bytes; two more rows are its payload's.
    let bits = block("frame").split("bits: ").skip(1);
    let bits = bits.map(|rest| {
        rest.split(' ')
            .next()
            .and_then(|n| n.parse::<u32>().ok())
            .unwrap()
    });
    assert_eq!(bits.sum::<u32>(), 14 * 8 + 48);
    let paths: BTreeSet<_> = reference.found.iter().map(|found| &found.path).collect();
    assert_eq!(
        paths.len(),
        reference.found.len(),
        "every row has an address of its own"
    );
}

fn render(address: &str) -> String {
    pollster::block_on(app::render(address, false))
}

/// What stands between two marks in a text, wherever they do.
fn between<'a>(text: &'a str, from: &str, to: &'a str) -> Vec<&'a str> {
    let parts = text.split(from).skip(1);
    parts.filter_map(|part| part.split(to).next()).collect()
}

#[test]
fn the_page_is_there_in_full_with_an_address_for_every_row() {
    let html = render("/reference");
    let ids = between(&html, " id=\"", "\"");
    let mut count = BTreeMap::new();
    for id in &ids {
        *count.entry(*id).or_insert(0) += 1;
    }
    assert!(count.values().all(|n| *n == 1), "{count:?}");
    for found in tables("none", "", "")
        .unwrap_or_else(|why| panic!("{why:?}"))
        .found
    {
        let (path, id) = found.path.split_once('#').expect("a row has a name");
        assert_eq!(path, reference::PATH);
        assert!(count.contains_key(id), "{id}");
    }
    // Links to places on the page lead to one.
    for id in between(&html, "href=\"#", "\"") {
        assert!(count.contains_key(id), "#{id}");
    }
}

#[test]
fn every_link_of_a_rule_breaks_this_rule_in_the_inspector() {
    let html = render("/reference");
    let mut seen = 0;
    for rule in Rule::ALL {
        let from = format!("id=\"rule-{}\"", rule.name());
        let row = between(&html, &from, "</tr>").concat();
        let Some(link) = between(&row, "href=\"/frames?", "\"").first().copied() else {
            assert_eq!(rule, Rule::InflatesTooBig, "{rule} has no link");
            continue;
        };
        let query = link.replace("&amp;", "&");
        let get = |key: &str| {
            let value = query
                .split('&')
                .find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
            value.unwrap_or_default().to_owned()
        };
        let bytes = broken::bytes(&get("hex")).unwrap();
        let from: Role = get("from").parse().unwrap();
        let deflate = get("deflate") == "1";
        assert_eq!(
            broken::broken(&bytes, from, deflate),
            BTreeSet::from([rule]),
            "{query}"
        );
        let page = render(&format!("/frames?{query}"));
        assert!(!page.contains("class=\"problems\""), "{query}");
        // Bytes out of the middle of a connection may refer to a window that is not here, so that nobody is blamed.
        let said = match rule {
            Rule::DeflateCorrupt => "cannot be inflated",
            _ => "fails the connection",
        };
        assert!(page.contains(said), "{rule}: {query}");
        seen += 1;
    }
    assert_eq!(seen, Rule::ALL.len() - 1);
}

use super::super::ENTRIES;
use super::*;

/// The titles of what is found, best first.
fn found(typed: &str) -> Vec<&'static str> {
    let index = Index::new(ENTRIES);
    index.find(typed).iter().map(|entry| entry.title).collect()
}

/// Whether an entry with this title and kind is among the first three.
fn finds(typed: &str, kind: &str, title: &str) -> bool {
    let index = Index::new(ENTRIES);
    let found = index.find(typed);
    found
        .iter()
        .take(3)
        .any(|entry| entry.kind == kind && entry.title == title)
}

#[test]
fn what_is_typed_is_found_among_the_first() {
    for (typed, kind, title) in [
        ("frames", "Page", "Frames"),
        ("heartbeat", "Page", "Heartbeat"),
        ("1006", "Close code", "1006 abnormal closure"),
        ("policy violation", "Close code", "1008 policy violation"),
        ("ping", "Opcode", "0x9 ping"),
        ("0x9", "Opcode", "0x9 ping"),
        ("sec-websocket-accept", "Header", "Sec-WebSocket-Accept"),
        (
            "client_max_window_bits",
            "Extension parameter",
            "client_max_window_bits",
        ),
        ("reserved bit", "Rule", "Reserved bit set"),
        ("backoff", "Term", "backoff"),
        ("nginx", "Limit", "nginx as a proxy"),
        ("fault lab", "Instrument", "Fault lab"),
        ("wss", "Scheme", "wss (port 443)"),
        (
            "readystate closing",
            "Browser’s API",
            "readyState 2 CLOSING",
        ),
    ] {
        assert!(
            finds(typed, kind, title),
            "{typed}: {:?}",
            &found(typed)[..found(typed).len().min(5)]
        );
    }
}

#[test]
fn one_mistake_another_order_and_a_beginning_do_not_matter() {
    for (typed, kind, title) in [
        ("heartbaet", "Page", "Heartbeat"),
        ("hartbeat", "Page", "Heartbeat"),
        ("reconecting", "Page", "Reconnecting"),
        ("handshakke", "Page", "Handshake"),
        ("violation policy", "Close code", "1008 policy violation"),
        ("polcy viol", "Close code", "1008 policy violation"),
        ("lab fault", "Instrument", "Fault lab"),
        ("mask key", "Term", "masking key"),
        ("what is the masking key", "Term", "masking key"),
        ("loadbalancer", "Term", "load balancer"),
    ] {
        assert!(
            finds(typed, kind, title),
            "{typed}: {:?}",
            &found(typed)[..found(typed).len().min(5)]
        );
    }
}

#[test]
fn a_number_is_that_number() {
    assert!(
        found("1007")
            .iter()
            .all(|title| *title != "1006 abnormal closure")
    );
}

#[test]
fn nothing_is_found_where_nothing_is_like_it() {
    assert_eq!(found("qqqqqq"), [""; 0]);
    assert_eq!(
        found("handshake qqqqqq"),
        [""; 0],
        "of two words both count"
    );
    assert_eq!(found("🙂"), found(""), "no word at all");
}

#[test]
fn before_anything_is_typed_the_pages_are_there() {
    let pages = found("");
    assert!(
        pages.contains(&"Frames") && pages.contains(&"Reference"),
        "{pages:?}"
    );
    assert_eq!(found("  "), pages);
}

#[test]
fn every_title_finds_its_entry() {
    let index = Index::new(ENTRIES);
    for (entry, words) in ENTRIES.iter().zip(&index.words) {
        assert!(score(&wanted(entry.title), words).is_some(), "{entry:?}");
    }
}

#[test]
fn a_mistake_is_one_letter_or_two_in_each_others_place() {
    for (one, other) in [
        ("close", "clos"),
        ("close", "closse"),
        ("close", "clpse"),
        ("close", "colse"),
        ("é", "e"),
        ("a", ""),
    ] {
        assert!(
            one_mistake(one, other) && one_mistake(other, one),
            "{one} {other}"
        );
    }
    for (one, other) in [
        ("close", "cl"),
        ("close", "clsoee"),
        ("close", "open"),
        ("abcd", "badc"),
        ("ab", ""),
    ] {
        assert!(
            !one_mistake(one, other) && !one_mistake(other, one),
            "{one} {other}"
        );
    }
}

#[test]
fn hostile_input_does_no_harm() {
    let index = Index::new(ENTRIES);
    for typed in [
        "é",
        "日本語 frame",
        "\u{0}",
        &"a".repeat(10_000),
        &"ping ".repeat(500),
        "İ",
        "ß",
        "﷽",
    ] {
        let _ = index.find(typed);
    }
}

//! Extensions and subprotocols that go wrong, offered and chosen: each fault by its own section.

#[path = "support/exchange.rs"]
mod exchange;

use exchange::{OPEN, REQUEST, RESPONSE, SHUT, broken, judge, opens, with};

#[test]
fn every_fault_of_the_extensions_is_named_by_its_own_section() {
    let plain = "permessage-deflate; client_max_window_bits";
    for (offer, answer, faults) in [
        // What an answer can say wrongly of itself (RFC 7692 §7.1).
        (
            plain,
            "permessage-deflate; client_max_window_bits",
            &[("§7.1.2.2, §7.1", "needs a value")][..],
        ),
        (
            plain,
            "permessage-deflate; server_max_window_bits",
            &[("§7.1.2.1, §7.1", "needs a value")],
        ),
        (
            plain,
            "permessage-deflate; server_max_window_bits=16",
            &[("§7.1.2.1, §7.1", "is 16, but has to be from 8 to 15")],
        ),
        (
            plain,
            "permessage-deflate; client_max_window_bits=7",
            &[("§7.1.2.2, §7.1", "is 7, but")],
        ),
        (
            plain,
            "permessage-deflate; client_max_window_bits=010",
            &[("§7.1.2.2, §7.1", "is 010, but")],
        ),
        (
            plain,
            "permessage-deflate; server_no_context_takeover=true",
            &[("§7.1.1.1, §7.1", "takes no value")],
        ),
        (
            plain,
            "permessage-deflate; client_no_context_takeover=1",
            &[("§7.1.1.2, §7.1", "takes no value")],
        ),
        (
            plain,
            "permessage-deflate; mem_level=9",
            &[("RFC 7692 §7.1", "has no parameter `mem_level`")],
        ),
        (
            plain,
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
            &[(
                "RFC 7692 §7.1",
                "`client_no_context_takeover` is there twice",
            )],
        ),
        // What does not fit the offer.
        (
            "permessage-deflate",
            "permessage-deflate; client_max_window_bits=12",
            &[("§7.1.2.2", "was not offered")],
        ),
        (
            "permessage-deflate; server_max_window_bits=9",
            "permessage-deflate",
            &[("§7.1.2.1", "sets no limit")],
        ),
        (
            "permessage-deflate; server_no_context_takeover",
            "permessage-deflate; server_max_window_bits=9",
            &[("§7.1.1.1", "not promised")],
        ),
        // Several at once, over several extensions.
        (
            "permessage-deflate; client_max_window_bits=9; server_max_window_bits=9",
            "permessage-deflate; client_max_window_bits=11; server_max_window_bits=12; level=1, x-mux",
            &[
                ("RFC 7692 §7.1", "`level`"),
                ("§7.1.2.1", "is 12, but at most 9"),
                ("§7.1.2.2", "is 11, but at most 9"),
                (
                    "RFC 6455 §4.1 answer item 5",
                    "`x-mux` was chosen, but not offered",
                ),
            ],
        ),
        (
            "x-mux",
            "permessage-deflate",
            &[("RFC 6455 §4.1 answer item 5", "not offered")],
        ),
        (
            plain,
            "permessage-deflate, permessage-deflate",
            &[("RFC 7692 §5", "chosen twice")],
        ),
        (
            plain,
            "permessage-deflate;",
            &[("RFC 6455 §9.1", "list of extensions is broken")],
        ),
    ] {
        let request = with(REQUEST, &format!("Sec-WebSocket-Extensions: {offer}"));
        let response = with(RESPONSE, &format!("Sec-WebSocket-Extensions: {answer}"));
        let exchange = judge(Some(&request), Some(&response));
        assert_eq!(opens(&exchange), SHUT, "{answer}");
        let found = broken(&exchange);
        assert_eq!(found.len(), faults.len(), "{answer}: {found:?}");
        for ((place, message), (wanted_place, wanted)) in found.iter().zip(faults) {
            assert!(place.ends_with(wanted_place), "{answer}: {place}");
            assert!(message.contains(wanted), "{answer}: {message}");
        }
    }
}

#[test]
fn an_answer_that_fits_one_of_the_offers() {
    let offers = "permessage-deflate; server_max_window_bits=10, permessage-deflate";
    for answer in [
        "permessage-deflate",
        "permessage-deflate; server_max_window_bits=8",
    ] {
        let request = with(REQUEST, &format!("Sec-WebSocket-Extensions: {offers}"));
        let response = with(RESPONSE, &format!("Sec-WebSocket-Extensions: {answer}"));
        let exchange = judge(Some(&request), Some(&response));
        assert_eq!(
            (opens(&exchange), broken(&exchange)),
            (OPEN, vec![]),
            "{answer}"
        );
    }
}

#[test]
fn an_offer_that_makes_no_sense_is_declined_and_the_connection_opens() {
    for (offer, place, says) in [
        (
            "permessage-deflate; client_max_window_bits=16",
            "§7.1.2.2, §7.1",
            "is 16",
        ),
        (
            "permessage-deflate; server_max_window_bits",
            "§7.1.2.1, §7.1",
            "needs a value",
        ),
        ("permessage-deflate; level=3", "RFC 7692 §7.1", "`level`"),
    ] {
        let request = with(REQUEST, &format!("Sec-WebSocket-Extensions: {offer}"));
        let exchange = judge(Some(&request), Some(RESPONSE));
        assert_eq!(opens(&exchange), OPEN, "{offer}");
        let found = broken(&exchange);
        assert!(found.len() == 1 && found[0].0.ends_with(place), "{found:?}");
        assert!(found[0].1.contains(says), "{found:?}");
        // A server that takes it up all the same.
        let response = with(RESPONSE, "Sec-WebSocket-Extensions: permessage-deflate");
        let exchange = judge(Some(&request), Some(&response));
        assert_eq!(opens(&exchange), SHUT, "{offer}");
        assert!(
            broken(&exchange)[1].1.contains("had to decline"),
            "{:?}",
            broken(&exchange)
        );
    }
}

#[test]
fn subprotocols_have_their_own_sections() {
    let asking = |line: &str| with(REQUEST, &format!("Sec-WebSocket-Protocol: {line}"));
    for (request, chosen, place, says) in [
        (
            asking("mqtt"),
            "MQTT",
            "RFC 6455 §4.1 answer item 6",
            "not offered: `mqtt` was",
        ),
        (
            asking("a, b"),
            "c",
            "RFC 6455 §4.1 answer item 6",
            "not offered: `a` and `b` were",
        ),
        (
            REQUEST.to_owned(),
            "mqtt",
            "RFC 6455 §4.1 answer item 6",
            "no subprotocol was",
        ),
        (
            asking("a, b"),
            "a, b",
            "RFC 6455 §11.3.4",
            "several subprotocols",
        ),
        (asking("a, b"), "", "RFC 6455 §11.3.4", "is empty"),
        (
            asking("a, b"),
            "a\r\nSec-WebSocket-Protocol: b",
            "RFC 6455 §11.3.4",
            "2 times",
        ),
    ] {
        let response = with(RESPONSE, &format!("Sec-WebSocket-Protocol: {chosen}"));
        let exchange = judge(Some(&request), Some(&response));
        assert_eq!(opens(&exchange), SHUT, "{chosen}");
        let found = broken(&exchange);
        assert!(
            found[0].0.starts_with(place) && found[0].1.contains(says),
            "{found:?}"
        );
    }
    for (offer, says) in [
        ("a b", "not a token"),
        ("a, a", "offered twice"),
        (",", "is empty"),
    ] {
        let exchange = judge(Some(&asking(offer)), None);
        assert!(
            broken(&exchange)[0].1.contains(says),
            "{:?}",
            broken(&exchange)
        );
        assert!(broken(&exchange)[0].0.ends_with("§11.3.4"));
    }
}

//! Kinds of broken handshakes, each by inputs of its own: what is said, by which section, and whether the connection opens
//! by RFC 6455 and in browsers.

#[path = "support/exchange.rs"]
mod exchange;

use exchange::{OPEN, REQUEST, RESPONSE, SHUT, UNKNOWN, all, broken, judge, opens, with};
use wire::handshake::{Exchange, Policy, Requirement, judge_exchange};

#[test]
fn both_messages_and_either_alone() {
    let both = judge(Some(REQUEST), Some(RESPONSE));
    assert_eq!((opens(&both), broken(&both)), (OPEN, vec![]));
    let request: Vec<_> = both
        .findings
        .iter()
        .take(15)
        .map(|f| f.finding.requirement)
        .collect();
    assert_eq!(request, Requirement::OF_REQUEST);
    let response: Vec<_> = both
        .findings
        .iter()
        .skip(15)
        .map(|f| f.finding.requirement)
        .collect();
    assert_eq!(response, Requirement::OF_RESPONSE);
    for alone in [judge(Some(REQUEST), None), judge(None, Some(RESPONSE))] {
        assert_eq!((opens(&alone), broken(&alone)), (UNKNOWN, vec![]));
    }
    // A response that stands behind the request, in one text.
    let one = judge(Some(&format!("{REQUEST}{RESPONSE}")), None);
    assert_eq!(
        (opens(&one), one.findings.len()),
        (OPEN, both.findings.len())
    );
    let wrong = judge(
        Some(&format!("{REQUEST}\r\n{}", RESPONSE.replace("s3p", "S3P"))),
        None,
    );
    assert_eq!(opens(&wrong), SHUT);
}

#[test]
fn an_accept_value_without_a_key_is_judged_by_itself() {
    // The hash of the GUID alone, which is no expected value of anybody.
    let of_nothing = "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=";
    let without_key: String = REQUEST
        .split_inclusive("\r\n")
        .filter(|line| !line.starts_with("Sec-WebSocket-Key"))
        .collect();
    let empty_key = REQUEST.replace("dGhlIHNhbXBsZSBub25jZQ==", "");
    for request in [None, Some(&*without_key), Some(&*empty_key)] {
        let exchange = judge(request, Some(RESPONSE));
        let [accept] = all(&exchange, Requirement::Accept)[..] else {
            panic!("one finding");
        };
        assert!(
            accept.met && accept.message.contains("cannot be checked"),
            "{accept:?}"
        );
        assert_eq!(exchange.accept_expected, None);
        assert_eq!(
            exchange.accept_sent.as_deref(),
            Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        );
        assert!(
            exchange
                .findings
                .iter()
                .all(|f| !f.finding.message.contains(of_nothing))
        );
    }
    let no_hash = judge(
        None,
        Some(&RESPONSE.replace("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "dGVzdA==")),
    );
    assert_eq!(opens(&no_hash), SHUT);
    assert!(broken(&no_hash)[0].1.contains("not base64 of the 20 bytes"));
}

#[test]
fn the_last_empty_line_is_a_note_and_the_rest_is_judged() {
    let short = |head: &str, n: usize| head[..head.len() - n].to_owned();
    // As a file or a terminal has it, without CR: whoever copied it has lost the line.
    let lf = short(REQUEST, 2).replace("\r\n", "\n");
    for request in [short(REQUEST, 4), lf] {
        let exchange = judge(Some(&request), None);
        assert_eq!(
            (opens(&exchange), broken(&exchange)),
            (UNKNOWN, vec![]),
            "{request:?}"
        );
        let [end] = all(&exchange, Requirement::End)[..] else {
            panic!("one finding");
        };
        assert!(end.message.contains("not in this text"), "{end:?}");
    }
    // As on the wire: the head is not ended.
    let exchange = judge(Some(&short(REQUEST, 2)), None);
    assert_eq!(opens(&exchange), SHUT);
    assert!(broken(&exchange)[0].0.starts_with("RFC 9112 §2.1"));
    // An answer came, so the line was there.
    let exchange = judge(Some(&short(REQUEST, 2)), Some(RESPONSE));
    assert_eq!((opens(&exchange), broken(&exchange)), (OPEN, vec![]));
    // The real fault is found, and stands before the note.
    let request = short(REQUEST, 2).replace("Version: 13", "Version: 7");
    let exchange = judge(Some(&request), None);
    let rules: Vec<_> = broken(&exchange)
        .iter()
        .map(|(_, message)| *message)
        .collect();
    assert!(rules[0].contains("`7`") && rules.len() == 2, "{rules:?}");
    let exchange = judge(
        Some(REQUEST),
        Some(&short(RESPONSE, 4).replace("s3p", "S3P")),
    );
    assert_eq!((opens(&exchange), broken(&exchange).len()), (SHUT, 1));
    let exchange = judge(Some(REQUEST), Some(&short(RESPONSE, 4)));
    assert_eq!(opens(&exchange), OPEN);
    let exchange = judge(Some(REQUEST), Some(&short(RESPONSE, 2)));
    assert_eq!((opens(&exchange), broken(&exchange).len()), (SHUT, 1));
}

#[test]
fn a_text_without_its_first_line() {
    let behind = |head: &str| head.split_once("\r\n").unwrap().1.to_owned();
    let exchange = judge(Some(&behind(REQUEST)), Some(RESPONSE));
    assert_eq!((opens(&exchange), broken(&exchange)), (OPEN, vec![]));
    assert!(all(&exchange, Requirement::Method).is_empty());
    let exchange = judge(Some(REQUEST), Some(&behind(RESPONSE)));
    assert_eq!((opens(&exchange), broken(&exchange)), (UNKNOWN, vec![]));
    let exchange = judge(
        Some(&behind(REQUEST).replace("Host: shop.test\r\n", "")),
        None,
    );
    assert_eq!(opens(&exchange), SHUT);
    assert_eq!(broken(&exchange)[0].1, "There is no Host header.");
}

#[test]
fn what_is_no_head_says_what_is_wrong() {
    for (request, says) in [
        (
            "GET /feed HTTP/3\r\nHost: a\r\n\r\n",
            "`GET /feed HTTP/3` is not a request line",
        ),
        (
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "`HTTP/1.1 101 Switching Protocols` is not a request line",
        ),
        (
            "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            "`no colon` is not a header line",
        ),
    ] {
        let exchange = judge(Some(request), None);
        assert_eq!(opens(&exchange), SHUT, "{request}");
        assert!(
            broken(&exchange)[0].1.starts_with(says),
            "{:?}",
            broken(&exchange)
        );
    }
    let exchange = judge(
        Some(REQUEST),
        Some("HTTP/2 101\r\nupgrade: websocket\r\n\r\n"),
    );
    assert!(
        broken(&exchange)[0]
            .1
            .starts_with("`HTTP/2 101` does not begin with HTTP/1.1")
    );
    let exchange = judge(Some(&REQUEST.replace("HTTP/1.1", "HTTP/1.0")), None);
    assert!(
        broken(&exchange)[0]
            .1
            .starts_with("The version is HTTP/1.0, which has no Upgrade")
    );
}

#[test]
fn a_wrong_accept_value_names_the_mistake_behind_it() {
    // SHA-1 of the key alone, in base64.
    let without_guid = RESPONSE.replace(
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        "hHLtf2V1k8aDQZfNjw3Ia1hCwt0=",
    );
    for (response, says) in [
        (
            RESPONSE.replace("s3pP", "S3PP"),
            "It is the value but for the capitals",
        ),
        (RESPONSE.replace("xOo=", "xOo"), "without the ="),
        (
            without_guid,
            "for this key it is `s3pPLMBiTxaQ9kYGzzhZRbK+xOo=`. It is the value for the key without the GUID.",
        ),
    ] {
        let exchange = judge(Some(REQUEST), Some(&response));
        assert!(
            broken(&exchange)[0].1.contains(says),
            "{:?}",
            broken(&exchange)
        );
    }
}

#[test]
fn a_key_of_a_draft_is_told_from_a_missing_one() {
    let request = REQUEST.replace("Sec-WebSocket-Key:", "Sec-WebSocket-Key1:");
    let exchange = judge(Some(&request), None);
    assert!(broken(&exchange)[0].1.contains("draft of 2010"));
    assert_eq!(exchange.accept_expected, None);
}

#[test]
fn any_origin_is_welcome_without_a_list() {
    let request = with(REQUEST, "Origin: https://elsewhere.test");
    let exchange = judge(Some(&request), Some(RESPONSE));
    assert_eq!((opens(&exchange), broken(&exchange)), (OPEN, vec![]));
    let policy = Policy {
        origins: Some(vec!["https://shop.test".into()]),
        ..Policy::default()
    };
    let exchange = judge_exchange(Some(request.as_bytes()), None, &policy);
    assert!(broken(&exchange)[0].0.contains("§10.2"));
}

#[test]
fn targets_are_paths_or_uris_of_http() {
    for target in [
        "ws://shop.test/feed",
        "WSS://shop.test/feed",
        "shop.test/feed",
        "*",
        "/feed#top",
    ] {
        let exchange = judge(Some(&REQUEST.replace("/feed", target)), None);
        assert_eq!(opens(&exchange), SHUT, "{target}");
        assert_eq!(
            broken(&exchange)[0].0,
            "RFC 6455 §4.1 request item 3, §4.2.1 item 1"
        );
    }
    for target in ["http://shop.test/feed", "https://shop.test/feed?a=ws://b"] {
        let exchange = judge(Some(&REQUEST.replace("/feed", target)), Some(RESPONSE));
        assert_eq!(opens(&exchange), OPEN, "{target}");
    }
}

#[test]
fn where_browsers_and_the_rfc_differ() {
    let names = |exchange: &Exchange| exchange.browsers.iter().map(|b| b.name).collect::<Vec<_>>();
    let offering = with(REQUEST, "Sec-WebSocket-Protocol: mqtt");
    let exchange = judge(Some(&offering), Some(RESPONSE));
    assert_eq!(opens(&exchange), (Some(true), Some(false)));
    assert_eq!(names(&exchange), ["subprotocol-missing"]);
    for (from, to, name) in [
        ("HTTP/1.1 101", "HTTP/1.0 101", "http-1.0"),
        (
            "Upgrade: websocket",
            "Upgrade: websocket, h2c",
            "upgrade-list",
        ),
        (
            "Upgrade: websocket",
            "Upgrade: websocket\r\nUpgrade: websocket",
            "upgrade-list",
        ),
        (
            "Connection: Upgrade",
            "Connection: keep-alive Upgrade",
            "connection-blanks",
        ),
        (
            "Connection: ",
            "Sec-WebSocket-Protocol: mqtt\r\nConnection: ",
            "subprotocol-unasked",
        ),
        ("101 Switching Protocols", "302 Found", "redirect"),
        (
            "101 Switching Protocols",
            "401 Unauthorized",
            "authentication",
        ),
    ] {
        let response = RESPONSE.replacen(from, to, 1);
        let exchange = judge(Some(REQUEST), Some(&response));
        assert_eq!(opens(&exchange), SHUT, "{to}");
        assert_eq!(names(&exchange), [name], "{to}");
        assert!(exchange.browsers[0].source.starts_with("https://"));
    }
    // The words behind the status, other tokens of Connection and the case of names mean nothing.
    for (from, to) in [
        (
            "101 Switching Protocols",
            "101 Web Socket Protocol Handshake",
        ),
        ("101 Switching Protocols", "101"),
        ("Connection: Upgrade", "connection: close, upgrade"),
        ("Upgrade: websocket", "UPGRADE: WEBSOCKET"),
    ] {
        let exchange = judge(Some(REQUEST), Some(&RESPONSE.replacen(from, to, 1)));
        assert_eq!((opens(&exchange), names(&exchange)), (OPEN, vec![]), "{to}");
    }
    let twice = with(
        RESPONSE,
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    );
    let exchange = judge(Some(REQUEST), Some(&twice));
    assert_eq!((opens(&exchange), &exchange.accept_sent), (SHUT, &None));
}

#[test]
fn a_status_says_what_it_means() {
    for (status, says) in [
        ("200 OK", "a page, not frames"),
        ("301 Moved Permanently", "Browsers follow no redirect here."),
        ("401 Unauthorized", "sign in"),
        (
            "426 Upgrade Required\r\nSec-WebSocket-Version: 13, 8",
            "version `13, 8`",
        ),
        ("503 Service Unavailable", "refuses"),
    ] {
        let exchange = judge(
            Some(REQUEST),
            Some(&RESPONSE.replace("101 Switching Protocols", status)),
        );
        let [found] = all(&exchange, Requirement::Status)[..] else {
            panic!("one finding");
        };
        assert!(!found.met && found.message.contains(says), "{found:?}");
        // An ordinary answer owes nothing else to a client of WebSocket.
        assert_eq!(broken(&exchange).len(), 1, "{status}");
        assert!(all(&exchange, Requirement::Accept).is_empty());
    }
}

#[test]
fn a_head_that_is_long_breaks_no_rfc() {
    let request = with(REQUEST, &format!("Cookie: {}", "a".repeat(20_000)));
    let exchange = judge(Some(&request), Some(RESPONSE));
    assert_eq!(opens(&exchange), OPEN);
    assert_eq!(broken(&exchange)[0].0, "RFC 6455 §10.4");
}

//! Every requirement of the opening handshake, broken one at a time.

use wire::deflate::{self, Offer, Params};
use wire::handshake::{
    Asked, BrowserRule, ClientRequest, DEFAULT_MAX_HEAD, Policy, Request, RequestVerdict,
    Requirement, Response, ResponseVerdict, head_len, judge_request, judge_response,
};

/// The request of RFC 6455 §1.2.
const REQUEST: &str = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://example.com\r\n\
    Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n";

const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n";

fn server(request: &str, policy: &Policy) -> RequestVerdict {
    judge_request(&Request::parse(request.as_bytes()), policy)
}

fn client(response: &str) -> ResponseVerdict {
    let asked = Asked {
        extensions: wire::handshake::extensions(
            "permessage-deflate; client_max_window_bits=12, permessage-deflate; server_max_window_bits=9, x-other",
        )
        .unwrap(),
        ..Asked::of(&Request::parse(REQUEST.as_bytes()).unwrap())
    };
    judge_response(
        &Response::parse(response.as_bytes()),
        &asked,
        DEFAULT_MAX_HEAD,
    )
}

#[test]
fn the_handshake_of_the_rfc() {
    let policy = Policy {
        protocols: vec!["superchat".into(), "chat".into()],
        ..Policy::default()
    };
    let verdict = server(REQUEST, &policy);
    assert!(verdict.accepted(), "{:?}", verdict.broken());
    let looked: Vec<_> = verdict.findings.iter().map(|f| f.requirement).collect();
    assert_eq!(looked, Requirement::OF_REQUEST);
    assert_eq!(verdict.protocol.as_deref(), Some("chat"));
    let answer = verdict.answer();
    assert_eq!(answer.status, 101);
    assert_eq!(String::from_utf8(answer.bytes).unwrap(), RESPONSE);

    let verdict = client(RESPONSE);
    assert!(verdict.accepted(), "{:?}", verdict.broken());
    let looked: Vec<_> = verdict.findings.iter().map(|f| f.requirement).collect();
    assert_eq!(looked, Requirement::OF_RESPONSE);
    assert_eq!(verdict.protocol.as_deref(), Some("chat"));
}

#[test]
fn what_a_server_refuses() {
    use Requirement::*;
    let policy = Policy {
        max_head: 400,
        origins: Some(vec!["http://example.com".into()]),
        ..Policy::default()
    };
    assert!(server(REQUEST, &policy).accepted());
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    for (from, to, requirement, status) in [
        ("GET /chat", "POST /chat", Method, 405),
        ("GET /chat", "get /chat", Method, 405),
        ("GET /chat", "GET", Syntax, 400),
        ("HTTP/1.1", "HTTP/1.0", HttpVersion, 400),
        ("HTTP/1.1", "HTTP/2.0", Syntax, 400),
        ("/chat", "/chat#here", Target, 400),
        ("/chat", "*", Target, 400),
        ("Host: server.example.com\r\n", "", Host, 400),
        ("Host: server.example.com", "Host:", Host, 400),
        ("Host: ", "Host: a\r\nHost: ", Host, 400),
        ("Upgrade: websocket\r\n", "", Upgrade, 426),
        ("Upgrade: websocket", "Upgrade: h2c", Upgrade, 426),
        (
            "Connection: Upgrade",
            "Connection: keep-alive",
            Connection,
            400,
        ),
        (key, "dGhlIHNhbXBsZSBub25jZQ", Key, 400),
        (key, "dGhlIHNhbXBsZQ==", Key, 400),
        ("Sec-WebSocket-Key", "X-Key", Key, 400),
        ("Origin", "Sec-WebSocket-Key: a\r\nOrigin", Key, 400),
        ("Version: 13", "Version: 8", Version, 426),
        ("Version: 13", "Version: 13, 8", Version, 426),
        ("Sec-WebSocket-Version: 13\r\n", "", Version, 426),
        ("http://example.com", "http://evil.example", Origin, 403),
        ("http://example.com", "null", Origin, 403),
        ("chat, superchat", "chat, chat", Protocols, 400),
        ("chat, superchat", "chat room", Protocols, 400),
        ("chat, superchat", ",", Protocols, 400),
        (
            "Origin",
            "Sec-WebSocket-Extensions: a;;\r\nOrigin",
            Extensions,
            400,
        ),
    ] {
        let request = REQUEST.replacen(from, to, 1);
        assert_ne!(request, REQUEST, "{from}");
        let verdict = server(&request, &policy);
        let broken = verdict
            .broken()
            .unwrap_or_else(|| panic!("accepted: {from} -> {to}"));
        assert_eq!(
            broken.requirement, requirement,
            "{from} -> {to}: {broken:?}"
        );
        let others = verdict.findings.iter().filter(|f| !f.met).count();
        assert_eq!(others, 1, "{from} -> {to}");
        let answer = verdict.answer();
        assert_eq!(answer.status, status);
        let end = head_len(&answer.bytes).unwrap();
        let response = Response::parse(&answer.bytes).unwrap();
        assert_eq!(response.status(), status);
        let length = response.head().value("content-length").unwrap();
        assert_eq!(length, (answer.bytes.len() - end).to_string());
        assert_eq!(
            response.head().value("sec-websocket-version"),
            (status == 426).then_some("13")
        );
        assert_eq!(
            response.head().value("allow"),
            (status == 405).then_some("GET")
        );
    }
    let long = REQUEST.replacen(
        "\r\n\r\n",
        &format!("\r\nCookie: {}\r\n\r\n", "a".repeat(400)),
        1,
    );
    assert_eq!(server(&long, &policy).answer().status, 431);
}

#[test]
fn what_a_server_lets_pass() {
    let policy = Policy::default();
    for (from, to) in [
        ("Upgrade: websocket", "upgrade: WebSocket, foo"),
        ("Connection: Upgrade", "Connection: keep-alive, upgrade"),
        (
            "Connection: Upgrade",
            "Connection: keep-alive\r\nConnection: UPGRADE",
        ),
        ("GET /chat", "GET http://server.example.com/chat"),
        ("Origin: http://example.com\r\n", ""),
        ("Key: ", "Key:\t "),
    ] {
        let verdict = server(&REQUEST.replacen(from, to, 1), &policy);
        assert!(verdict.accepted(), "{from} -> {to}: {:?}", verdict.broken());
    }
}

#[test]
fn what_a_client_refuses() {
    use Requirement::*;
    let with = |value: &str| format!("Connection: Upgrade\r\nSec-WebSocket-Extensions: {value}");
    for (from, to, requirement) in [
        ("HTTP/1.1 101", "HTTP/1.1 1O1", Syntax),
        ("HTTP/1.1", "HTTP/1.0", HttpVersion),
        ("101 Switching Protocols", "200 OK", Status),
        ("Upgrade: websocket\r\n", "", Upgrade),
        ("Upgrade: websocket", "Upgrade: websocket, h2c", Upgrade),
        ("Connection: Upgrade", "Connection: close", Connection),
        ("s3pP", "s3pp", Accept),
        ("Sec-WebSocket-Accept", "X-Accept", Accept),
        ("Protocol: chat", "Protocol: other", ProtocolChosen),
        (
            "Protocol: chat",
            "Protocol: chat\r\nSec-WebSocket-Protocol: superchat",
            ProtocolChosen,
        ),
        ("Connection: Upgrade", &with("x-unknown"), ExtensionsChosen),
        (
            "Connection: Upgrade",
            &with("x-other, x-other"),
            ExtensionsChosen,
        ),
        ("Connection: Upgrade", &with("x-other;"), ExtensionsChosen),
        (
            "Connection: Upgrade",
            &with("permessage-deflate; client_max_window_bits=13"),
            ExtensionsChosen,
        ),
        (
            "Connection: Upgrade",
            &with("permessage-deflate; nonsense"),
            ExtensionsChosen,
        ),
    ] {
        let response = RESPONSE.replacen(from, to, 1);
        assert_ne!(response, RESPONSE, "{from}");
        let verdict = client(&response);
        let broken = verdict
            .broken()
            .unwrap_or_else(|| panic!("accepted: {from} -> {to}"));
        assert_eq!(
            broken.requirement, requirement,
            "{from} -> {to}: {broken:?}"
        );
    }
}

#[test]
fn what_was_agreed_on() {
    let with = |value: &str| {
        client(&RESPONSE.replacen(
            "Connection:",
            &format!("Sec-WebSocket-Extensions: {value}\r\nConnection:"),
            1,
        ))
    };
    assert_eq!(client(RESPONSE).deflate, None);
    let verdict = with("permessage-deflate, x-other");
    assert!(verdict.accepted());
    // The client offered to keep to 12 bits, so it does, also when the answer does not say so.
    assert_eq!(verdict.deflate.unwrap().client_max_window_bits, 12);
    // This can only be an answer to the second offer.
    let verdict = with("permessage-deflate; server_max_window_bits=9");
    assert_eq!(verdict.deflate.unwrap().server_max_window_bits, 9);
}

#[test]
fn declined_offers_say_why() {
    let request = REQUEST.replacen(
        "Origin",
        "Sec-WebSocket-Extensions: x-zip, permessage-deflate; server_max_window_bits=7\r\n\
         sec-websocket-extensions: permessage-deflate; client_max_window_bits, permessage-deflate\r\nOrigin",
        1,
    );
    let policy = Policy {
        deflate: Some(deflate::Policy::default()),
        ..Policy::default()
    };
    let verdict = server(&request, &policy);
    let declined: Vec<_> = verdict
        .declined
        .iter()
        .map(|d| (&*d.extension, &*d.reason))
        .collect();
    assert_eq!(
        declined,
        [
            ("x-zip", "this server does not know it"),
            (
                "permessage-deflate; server_max_window_bits=7",
                "`server_max_window_bits` is 7, but has to be from 8 to 15"
            ),
            ("permessage-deflate", "an earlier offer was taken up"),
        ]
    );
    assert_eq!(verdict.deflate.unwrap().params, Params::default());
    assert_eq!(server(&request, &Policy::default()).declined.len(), 4);
}

#[test]
fn a_client_and_a_server_of_this_crate_agree() {
    for offer in [
        Offer::default(),
        Offer {
            client_max_window_bits: Some(None),
            ..Offer::default()
        },
        Offer {
            server_max_window_bits: Some(8),
            server_no_context_takeover: true,
            ..Offer::default()
        },
        Offer {
            client_max_window_bits: Some(Some(9)),
            client_no_context_takeover: true,
            ..Offer::default()
        },
    ] {
        let request = ClientRequest {
            host: "localhost:9001".into(),
            target: "/".into(),
            key: *b"the sample nonce",
            origin: None,
            protocols: vec!["chat".into()],
            deflate: vec![offer],
        };
        let policy = Policy {
            protocols: vec!["chat".into()],
            deflate: Some(deflate::Policy::default()),
            ..Policy::default()
        };
        let judged = judge_request(&Request::parse(&request.bytes()), &policy);
        assert!(judged.accepted(), "{:?}", judged.broken());
        let answer = judged.answer();
        let verdict = judge_response(
            &Response::parse(&answer.bytes),
            &request.asked(),
            DEFAULT_MAX_HEAD,
        );
        assert!(verdict.accepted(), "{:?}", verdict.broken());
        assert_eq!(verdict.deflate, judged.deflate.map(|a| a.params));
        assert_eq!(verdict.protocol.as_deref(), Some("chat"));
    }
}

#[test]
fn a_browser_wants_one_of_the_subprotocols_that_it_offered() {
    let none = RESPONSE.replace("Sec-WebSocket-Protocol: chat\r\n", "");
    let verdict = client(&none);
    assert!(
        verdict.accepted(),
        "RFC 6455 §4.1 lets a server choose none"
    );
    assert_eq!(
        verdict.broken_in_browser,
        Some(BrowserRule::SubprotocolMissing)
    );
    assert!(!verdict.accepted_in_browser());

    let chosen = client(RESPONSE);
    assert!(chosen.accepted_in_browser());
    let nothing_offered = judge_response(
        &Response::parse(none.as_bytes()),
        &Asked {
            protocols: Vec::new(),
            ..Asked::of(&Request::parse(REQUEST.as_bytes()).unwrap())
        },
        DEFAULT_MAX_HEAD,
    );
    assert!(nothing_offered.accepted_in_browser());
    // What the RFC forbids a browser forbids too.
    let other = client(&RESPONSE.replace("Protocol: chat\r\n", "Protocol: other\r\n"));
    assert!(!other.accepted() && !other.accepted_in_browser());
}

#[test]
fn an_absolute_target_is_one_of_http() {
    for (target, met) in [
        ("http://server.example.com/chat", true),
        ("HTTPS://server.example.com/chat", true),
        ("ws://server.example.com/chat", false),
        ("wss://server.example.com/chat", false),
    ] {
        let verdict = server(&REQUEST.replace("/chat", target), &Policy::default());
        let found = verdict
            .findings
            .iter()
            .find(|f| f.requirement == Requirement::Target);
        assert_eq!(found.map(|f| f.met), Some(met), "{target}");
    }
}

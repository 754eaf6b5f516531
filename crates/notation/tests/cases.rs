//! Inputs from public bug reports, each with what is right beside it.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use notation::{Handshake, Pasted, Reading, inspect_file};
use serde_json::Value;
use sha1::{Digest as _, Sha1};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value of a header, without the blanks around it.
fn header(text: &str, name: &str) -> Option<String> {
    text.split("\r\n").find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found
            .eq_ignore_ascii_case(name)
            .then(|| value.trim().to_owned())
    })
}

/// `Sec-WebSocket-Accept` for a request (RFC 6455 §4.2.2).
fn accept(request: &str) -> Option<String> {
    let key = header(request, "Sec-WebSocket-Key")?;
    let whole = format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    Some(STANDARD.encode(Sha1::digest(whole)))
}

fn wrong(
    truth: &Value,
    from: &str,
    bytes: Option<&Reading>,
    found: Option<&Handshake>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut same = |what: &str, ours: Value, right: &Value| {
        if !right.is_null() && ours != *right {
            wrong.push(format!("{what}: {ours} instead of {right}"));
        }
    };
    same(
        "bytes",
        bytes.map(|r| hex(&r.bytes)).into(),
        &truth["bytes"],
    );
    if let Some(streams) = truth["streams"].as_array() {
        for (i, right) in streams.iter().enumerate() {
            let ours = bytes.and_then(|r| r.streams.get(i));
            same("from", ours.map(|s| s.from.name()).into(), &right["from"]);
            same(
                "stream",
                ours.map(|s| hex(&s.bytes)).into(),
                &right["bytes"],
            );
        }
    }
    let (request, response) = (
        found.and_then(|f| f.request.as_deref()),
        found.and_then(|f| f.response.as_deref()),
    );
    same(
        "accept",
        request.and_then(accept).into(),
        &truth["accept_expected"],
    );
    let sent = response.and_then(|r| header(r, "Sec-WebSocket-Accept"));
    same("accept that was sent", sent.into(), &truth["accept_sent"]);
    if truth["kind"] == "handshake" {
        let sides = (request.is_some(), response.is_some());
        let right = (from != "server", from != "client");
        if sides != right {
            wrong.push(format!(
                "request and response: {sides:?} instead of {right:?}"
            ));
        }
        for text in [request, response].into_iter().flatten() {
            let clean = text.split("\r\n").skip(1).all(|l| {
                l.is_empty()
                    || l.split(':')
                        .next()
                        .is_some_and(|n| !n.contains([' ', '[', '(']))
            });
            if !clean || text.replace("\r\n", "").contains(['\r', '\n']) {
                wrong.push(format!("lines that are none of a header: {text:?}"));
            }
        }
    }
    wrong
}

#[test]
fn every_case_is_read_rightly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut count = 0;
    let mut problems = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "txt") {
            continue;
        }
        count += 1;
        let case: Value =
            serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
        let found = inspect_file(&std::fs::read(&path).unwrap());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (kind, bytes, handshake) = match &found {
            Ok(Pasted::Bytes(reading, found)) => ("bytes", Some(reading), found.as_ref()),
            Ok(Pasted::Handshake(found, reading)) => ("handshake", reading.as_ref(), Some(found)),
            other => {
                problems.push(format!("{name}: {other:?}"));
                continue;
            }
        };
        let right = match case["truth"]["kind"].as_str() {
            Some("handshake") => "handshake",
            _ => "bytes",
        };
        if kind != right {
            problems.push(format!("{name}: {kind} instead of {right}"));
        }
        let from = case["from"].as_str().unwrap();
        for what in wrong(&case["truth"], from, bytes, handshake) {
            problems.push(format!("{name}: {what}"));
        }
    }
    assert_eq!(count, 46);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_text_that_is_cut_says_so() {
    for (name, cut) in [
        ("01-ws-get-as-frame", true),
        ("23-domoticz-4-byte-length", true),
        ("29-websocketpp-frame-log", true),
        ("73-jsse-raw-write-tls", true),
        ("75-jetty-heapbytebuffer", false),
        ("05-faye-split-across-tcp", false),
        ("87-unfiltered-127-form", false),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/{name}.txt"));
        match inspect_file(&std::fs::read(path).unwrap()) {
            Ok(Pasted::Bytes(reading, _)) => assert_eq!(reading.cut, cut, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

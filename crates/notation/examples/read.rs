//! Reads what people paste from standard input, and prints what it is as one JSON object.

use std::io::Read as _;
use std::process::ExitCode;

use notation::payload::as_header;
use notation::{Handshake, LONGEST, Note, Pasted, Reading, inspect_file, read_as};
use serde_json::{Map, Value, json};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn put_bytes(out: &mut Map<String, Value>, reading: &Reading, text: &str) {
    out.insert("hex".into(), hex(&reading.bytes).into());
    out.insert("cut".into(), reading.cut.into());
    if !reading.streams.is_empty() {
        let streams = reading
            .streams
            .iter()
            .map(|s| json!({"from": s.from.name(), "hex": hex(&s.bytes)}));
        out.insert("streams".into(), streams.collect());
    }
    let skipped = reading
        .skipped
        .iter()
        .map(|s| json!({"what": s.what, "bytes": s.bytes}));
    out.insert("skipped".into(), skipped.collect());
    if !reading.messages.is_empty() {
        let messages = reading
            .messages
            .iter()
            .map(|m| json!({"from": m.from.name(), "opcode": m.opcode, "hex": hex(&m.bytes)}));
        out.insert("messages".into(), messages.collect());
    }
    let others = reading.alternatives.iter().filter_map(|form| {
        let other = read_as(text, *form, LONGEST).ok()?;
        Some(json!({"form": form.name(), "hex": hex(&other.bytes)}))
    });
    out.insert("alternatives".into(), others.collect());
    if let Some(found) = reading.looks_like() {
        let first = reading.bytes.first().copied().unwrap_or_default();
        let error = found.error.map(|e| e.to_string());
        out.insert(
            "looks_like".into(),
            json!({
                "name": found.protocol.name(),
                "reason": found.protocol.reason(),
                "as_header": as_header(first),
                "error": error,
            }),
        );
    }
}

fn put_handshake(out: &mut Map<String, Value>, found: &Handshake) {
    out.insert("request".into(), json!(found.request));
    out.insert("response".into(), json!(found.response));
    let notes = found.notes.iter().copied().map(Note::text);
    out.insert("notes".into(), notes.collect());
}

fn object(pasted: &Pasted, text: &str) -> Value {
    let mut out = Map::new();
    match pasted {
        Pasted::Bytes(reading, found) => {
            out.insert("kind".into(), "bytes".into());
            out.insert("form".into(), reading.name().into());
            put_bytes(&mut out, reading, text);
            if let Some(found) = found {
                put_handshake(&mut out, found);
            }
        }
        Pasted::Handshake(found, reading) => {
            out.insert("kind".into(), "handshake".into());
            out.insert("form".into(), found.form.name().into());
            put_handshake(&mut out, found);
            if let Some(reading) = reading {
                put_bytes(&mut out, reading, text);
            }
        }
        Pasted::Code(code, reading) => {
            out.insert("kind".into(), "code".into());
            out.insert("form".into(), "a close code".into());
            out.insert("code".into(), (*code).into());
            let other = reading
                .iter()
                .map(|r| json!({"form": r.name(), "hex": hex(&r.bytes)}));
            out.insert("alternatives".into(), other.collect());
        }
        Pasted::Error(words) => {
            out.insert("kind".into(), "error".into());
            out.insert("form".into(), "an error message".into());
            out.insert("text".into(), words.as_str().into());
            out.insert("alternatives".into(), json!([]));
        }
    }
    Value::Object(out)
}

fn main() -> ExitCode {
    let mut input = Vec::new();
    // One byte more than is read says that there is too much.
    let most = LONGEST as u64 + 1;
    if let Err(error) = std::io::stdin().lock().take(most).read_to_end(&mut input) {
        eprintln!("Standard input cannot be read: {error}.");
        return ExitCode::FAILURE;
    }
    match inspect_file(&input) {
        Ok(pasted) => {
            let text = String::from_utf8_lossy(&input);
            println!("{}", object(&pasted, &text));
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{}", json!({"kind": Value::Null, "error": why.to_string()}));
            ExitCode::FAILURE
        }
    }
}

//! Judges a handshake, or one message of it, and prints what it finds as one JSON object.
//!
//! ```sh
//! printf '%s' '{"request": "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "response": null}' | cargo run -q -p wire --example judge
//! ```

use std::io::{self, Read};
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use wire::Role;
use wire::handshake::{Exchange, Policy, SideFinding, judge_exchange};

const USAGE: &str = "\
Judges an opening handshake by RFC 6455 and RFC 7692, and by what browsers do where that differs.

usage: judge < HANDSHAKE

Standard input is one JSON object: {\"request\": TEXT or null, \"response\": TEXT or null}. A text is a head as on the wire,
with or without its first line, its last empty line, and what follows it.

Standard output is one JSON object:
  findings            [{side, rule, section, met, message}], one for each requirement; a requirement that is broken in
                      several ways has one for each. side is who sent the message: client for the request, server for
                      the response
  accept_expected     the accept value for the request's key, or null
  accept_sent         the accept value in the response, or null
  opens_by_rfc        whether the connection opens by RFC 6455; null where what is there does not tell
  opens_in_browsers   whether it opens in browsers, in all of them; null where what is there does not tell
  browsers            [{rule, message, source}]: where browsers judge otherwise than the RFC, or than each other

Exit code: 0 when the handshake was judged, whatever the verdict; 1 when the input could not be read; 2 for bad input or
arguments.";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default)]
    request: Option<String>,
    #[serde(default)]
    response: Option<String>,
}

#[derive(Serialize)]
struct FindingOut<'a> {
    side: &'static str,
    rule: &'static str,
    section: &'static str,
    met: bool,
    message: &'a str,
}

#[derive(Serialize)]
struct BrowserOut {
    rule: &'static str,
    message: &'static str,
    source: &'static str,
}

#[derive(Serialize)]
struct Output<'a> {
    findings: Vec<FindingOut<'a>>,
    accept_expected: Option<&'a str>,
    accept_sent: Option<&'a str>,
    opens_by_rfc: Option<bool>,
    opens_in_browsers: Option<bool>,
    browsers: Vec<BrowserOut>,
}

impl<'a> Output<'a> {
    fn of(exchange: &'a Exchange) -> Output<'a> {
        let finding = |side: &'a SideFinding| FindingOut {
            side: match side.sender {
                Role::Client => "client",
                Role::Server => "server",
            },
            rule: side.finding.requirement.name(),
            section: side.finding.places(side.judge()),
            met: side.finding.met,
            message: &side.finding.message,
        };
        let browsers = exchange.browsers.iter().map(|note| BrowserOut {
            rule: note.name,
            message: note.message,
            source: note.source,
        });
        Output {
            findings: exchange.findings.iter().map(finding).collect(),
            accept_expected: exchange.accept_expected.as_deref(),
            accept_sent: exchange.accept_sent.as_deref(),
            opens_by_rfc: exchange.opens_by_rfc,
            opens_in_browsers: exchange.opens_in_browsers,
            browsers: browsers.collect(),
        }
    }
}

fn main() -> ExitCode {
    if let Some(argument) = std::env::args().nth(1) {
        if matches!(argument.as_str(), "--help" | "-h") {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        eprintln!("judge: there is no argument `{argument}`\n\n{USAGE}");
        return ExitCode::from(2);
    }
    let mut text = String::new();
    if let Err(error) = io::stdin().lock().read_to_string(&mut text) {
        eprintln!("judge: standard input cannot be read: {error}");
        return ExitCode::from(1);
    }
    match judge(&text) {
        Ok(json) => {
            println!("{json}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("judge: {message}");
            ExitCode::from(2)
        }
    }
}

/// The verdict on a handshake, both as JSON.
fn judge(text: &str) -> Result<String, String> {
    let input: Input = serde_json::from_str(text).map_err(|e| {
        format!(
            "standard input is not {{\"request\": TEXT or null, \"response\": TEXT or null}}: {e}"
        )
    })?;
    if input.request.is_none() && input.response.is_none() {
        return Err("neither a request nor a response is there".to_owned());
    }
    let exchange = judge_exchange(
        input.request.as_deref().map(str::as_bytes),
        input.response.as_deref().map(str::as_bytes),
        &Policy::default(),
    );
    serde_json::to_string_pretty(&Output::of(&exchange)).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_has_the_form_that_the_help_tells() {
        let json = judge(r#"{"request": null, "response": "HTTP/1.1 200 OK\r\n\r\n"}"#).unwrap();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(value["opens_by_rfc"], false);
        assert_eq!(value["accept_expected"], serde_json::Value::Null);
        let findings = value["findings"].as_array().unwrap();
        let status = findings.iter().find(|f| f["rule"] == "status").unwrap();
        assert_eq!(status["side"], "server");
        assert_eq!(status["met"], false);
        assert!(
            status["section"]
                .as_str()
                .unwrap()
                .starts_with("RFC 6455 §4.1 answer item 1")
        );
    }

    #[test]
    fn bad_input_is_named() {
        for (text, says) in [
            ("", "standard input is not"),
            ("{\"requst\": null}", "unknown field `requst`"),
            ("{}", "neither a request nor a response"),
        ] {
            let error = judge(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}

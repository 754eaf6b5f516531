//! Reads what the server answers under `/transports`, in the types of `protocol`.

use protocol::Counted;
use protocol::transports::{Directions, Heads, Run, RunCost, StreamMessage, TransportCost};

use super::Transport;
use super::plan::Plan;
use crate::live::json::Object;

/// What is sent to make a run for a plan.
pub fn new_run(plan: &Plan) -> String {
    plan.request()
}

/// Reads the answer to `POST /transports/runs`.
///
/// # Errors
/// A sentence: what the server said, or that there is none of Duplex.
pub fn run_of(status: u16, body: &str) -> Result<Run, String> {
    let mut object = Object::read(body);
    if (200..300).contains(&status)
        && let Some(run) = object.as_mut().and_then(read_run)
    {
        return Ok(run);
    }
    Err(refusal(status, body))
}

/// Why the server did not do what it was asked, in a sentence or two.
pub fn refusal(status: u16, body: &str) -> String {
    let said = Object::read(body)
        .and_then(|mut o| Some((o.text("error")?, o.text("what_to_do").unwrap_or_default())));
    match said {
        Some((error, what_to_do)) => {
            let mut out = format!(
                "The server refused (status {status}): {}.",
                error.trim_end_matches('.')
            );
            if !what_to_do.is_empty() {
                out += &format!(" What to do: {}.", what_to_do.trim_end_matches('.'));
            }
            out
        }
        None => format!(
            "This site has no server behind it that sends the stream (it answered with status {status}). Start one with “cargo xtask serve”, and open its page."
        ),
    }
}

/// Reads a cost: the answer to `GET /transports/runs/RUN`.
pub fn cost(body: &str) -> Option<RunCost> {
    let mut object = Object::read(body)?;
    let transports = object.list("transports")?;
    Some(RunCost {
        us: object.whole("us")?,
        messages: object.whole("messages")?,
        transports: transports
            .into_iter()
            .map(transport_cost)
            .collect::<Option<_>>()?,
    })
}

/// Reads the body of an answer to a poll.
pub fn messages(body: &str) -> Option<Vec<StreamMessage>> {
    Object::read_list(body)?
        .into_iter()
        .map(read_message)
        .collect()
}

/// Reads one message: the data of an event, or a text message.
pub fn message(text: &str) -> Option<StreamMessage> {
    read_message(Object::read(text)?)
}

fn read_run(object: &mut Object) -> Option<Run> {
    let run = object.text("run")?;
    let named = !run.is_empty() && run.bytes().all(|b| b.is_ascii_hexdigit());
    named.then_some(Run {
        run,
        us: object.whole("us")?,
    })
}

fn read_message(mut object: Object) -> Option<StreamMessage> {
    Some(StreamMessage {
        seq: object.whole("seq")?,
        us: object.whole("us")?,
        text: object.text("text")?,
    })
}

fn transport_cost(mut object: Object) -> Option<TransportCost> {
    let name = object.text("transport")?;
    let transport = Transport::ALL.into_iter().find(|t| t.name() == name)?;
    let first = object.object("first").and_then(|mut heads| {
        Some(Heads {
            request: counted(heads.object("request")?)?,
            response: counted(heads.object("response")?)?,
        })
    });
    Some(TransportCost {
        transport,
        requests: object.whole("requests")?,
        empty: object.whole("empty")?,
        open: object.whole("open")?,
        head_bytes: directions(object.object("head_bytes")?)?,
        body_bytes: directions(object.object("body_bytes")?)?,
        first,
    })
}

fn directions(mut object: Object) -> Option<Directions> {
    Some(Directions {
        client: object.whole("client")?,
        server: object.whole("server")?,
    })
}

fn counted(mut object: Object) -> Option<Counted> {
    Some(Counted {
        bytes: object.whole("bytes")?,
        head: object.text("head")?,
    })
}

#[cfg(test)]
mod tests {
    use protocol::ErrorBody;

    use super::*;

    fn json(value: &impl serde::Serialize) -> String {
        serde_json::to_string(value).unwrap()
    }

    #[test]
    fn what_is_read_is_what_the_server_writes() {
        let run = Run {
            run: "0123456789abcdef0123456789abcdef".into(),
            us: 17,
        };
        assert_eq!(run_of(201, &json(&run)), Ok(run));
        let one = StreamMessage {
            seq: 3,
            us: u64::MAX,
            text: "a\"]}".into(),
        };
        assert_eq!(message(&json(&one)), Some(one.clone()));
        let many = vec![one.clone(), one];
        assert_eq!(messages(&json(&many)), Some(many));
        let counted = |bytes| Counted {
            bytes,
            head: "GET / HTTP/1.1\r\n\r\n".into(),
        };
        let both = Directions {
            client: 1,
            server: 2,
        };
        let one = |transport, first| TransportCost {
            transport,
            requests: 3,
            empty: 2,
            open: 1,
            head_bytes: both,
            body_bytes: both,
            first,
        };
        let first = Heads {
            request: counted(18),
            response: counted(99),
        };
        let told = RunCost {
            us: 5,
            messages: 6,
            transports: vec![
                one(Transport::LongPolling, Some(first)),
                one(Transport::Websocket, None),
            ],
        };
        assert_eq!(cost(&json(&told)), Some(told));
    }

    #[test]
    fn what_is_something_else_is_told_or_left() {
        let body = json(&ErrorBody {
            error: "too many runs.".into(),
            what_to_do: "wait a minute".into(),
        });
        assert_eq!(
            run_of(429, &body).unwrap_err(),
            "The server refused (status 429): too many runs. What to do: wait a minute."
        );
        for (status, body) in [
            (404, "<!doctype html>"),
            (200, "<!doctype html>"),
            (201, r#"{"run":"../../x","us":1}"#),
            (201, r#"{"run":"","us":1}"#),
        ] {
            let why = run_of(status, body).unwrap_err();
            assert!(why.contains("no server behind it"), "{why}");
            assert!(why.contains(&status.to_string()), "{why}");
        }
        assert_eq!(messages(r#"[{"seq":1}]"#), None);
        assert_eq!(messages("[]"), Some(vec![]));
        assert_eq!(message("[]"), None);
        assert_eq!(cost(r#"{"us":1,"messages":2,"transports":[{}]}"#), None);
    }
}

//! What the server answers to `POST /api/wires`, and what the tap tells.

use std::fmt;

use protocol::{ConnectionEnd, LostRecords, NewWire, SentBy, TapEvent, TapRecord};
use wire::Role;

use super::json::{self, Object};

/// Why there is no wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoWire {
    /// Nothing answered: no network, or no server.
    Unreachable,
    /// Something answered, but it is not Duplex's server: the page lies on a static host.
    NotHere(u16),
    /// The server refused, in its own words: what is wrong, and what to do.
    Refused(u16, String, String),
}

impl NoWire {
    /// Whether the same question may meet a better answer later.
    pub fn may_pass(&self) -> bool {
        match self {
            NoWire::Unreachable => true,
            NoWire::NotHere(_) => false,
            NoWire::Refused(status, ..) => *status == 429 || *status >= 500,
        }
    }
}

impl fmt::Display for NoWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoWire::Unreachable => write!(f, "The server does not answer."),
            NoWire::NotHere(status) => write!(
                f,
                "This site has no echo server behind it (POST /api/wires was answered with status {status})."
            ),
            NoWire::Refused(status, error, what_to_do) => {
                write!(
                    f,
                    "The server refused a new wire (status {status}): {}.",
                    error.trim_end_matches('.')
                )?;
                if !what_to_do.is_empty() {
                    write!(f, " What to do: {}.", what_to_do.trim_end_matches('.'))?;
                }
                Ok(())
            }
        }
    }
}

/// Reads the answer to `POST /api/wires`.
pub fn wire(status: u16, body: &str) -> Result<NewWire, NoWire> {
    let mut object = Object::read(body);
    if (200..300).contains(&status)
        && let Some(wire) = object.as_mut().and_then(read_wire)
        && wire.echo.starts_with('/')
        && wire.tap.starts_with('/')
    {
        return Ok(wire);
    }
    let refusal = object
        .as_mut()
        .and_then(|o| Some((o.text("error")?, o.text("what_to_do").unwrap_or_default())));
    if let Some((error, what_to_do)) = refusal {
        return Err(NoWire::Refused(status, error, what_to_do));
    }
    match status {
        // A proxy whose server is gone.
        502..=504 => Err(NoWire::Unreachable),
        _ => Err(NoWire::NotHere(status)),
    }
}

/// Reads an event of the tap. The error says what could not be read.
pub fn tap_event(name: &str, data: &str) -> Result<TapEvent, String> {
    let event = Object::read(data).and_then(|object| read_event(name, object));
    event.ok_or_else(|| ["an event “", name, "” of the tap cannot be read"].concat())
}

fn read_wire(object: &mut Object) -> Option<NewWire> {
    Some(NewWire {
        id: object.text("id")?,
        echo: object.text("echo")?,
        tap: object.text("tap")?,
    })
}

fn read_event(name: &str, mut object: Object) -> Option<TapEvent> {
    let us = object.whole("us")?;
    Some(match name {
        "bytes" => TapEvent::Bytes(TapRecord {
            seq: object.whole("seq")?,
            us,
            from: match object.text("from")?.as_str() {
                "client" => SentBy::Client,
                "server" => SentBy::Server,
                _ => return None,
            },
            bytes: json::base64(&object.text("b64")?)?,
        }),
        "lost" => TapEvent::Lost(LostRecords {
            seq: object.whole("seq")?,
            us,
            records: object.whole("records")?,
            client: object.whole("client")?,
            server: object.whole("server")?,
        }),
        "end" => TapEvent::End(ConnectionEnd {
            us,
            why: object.text("why")?,
        }),
        _ => return None,
    })
}

/// The role of who sent bytes.
pub fn role(from: SentBy) -> Role {
    match from {
        SentBy::Client => Role::Client,
        SentBy::Server => Role::Server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::ErrorBody;

    /// Whatever the server writes is read as what it is: the names stand in `protocol` too.
    #[test]
    fn what_is_read_is_what_the_server_writes() {
        for event in [
            TapEvent::Bytes(TapRecord {
                seq: u64::MAX,
                us: 7,
                from: SentBy::Client,
                bytes: (0..=255).collect(),
            }),
            TapEvent::Bytes(TapRecord {
                seq: 0,
                us: 0,
                from: SentBy::Server,
                bytes: vec![],
            }),
            TapEvent::Lost(LostRecords {
                seq: 1,
                us: 2,
                records: 3,
                client: 4,
                server: 5,
            }),
            TapEvent::End(ConnectionEnd {
                us: 1,
                why: "a “b”\n\"c\"".into(),
            }),
        ] {
            let data = serde_json::to_string(&event).unwrap();
            assert_eq!(tap_event(event.name(), &data), Ok(event));
        }
        let new = NewWire::with_id("ab".into());
        assert_eq!(wire(201, &serde_json::to_string(&new).unwrap()), Ok(new));
        let refusal = ErrorBody {
            error: "no".into(),
            what_to_do: "wait".into(),
        };
        let body = serde_json::to_string(&refusal).unwrap();
        assert_eq!(
            wire(429, &body),
            Err(NoWire::Refused(429, "no".into(), "wait".into()))
        );
    }

    #[test]
    fn a_wire() {
        let body = r#"{"id":"ab","echo":"/echo?wire=ab","tap":"/tap/ab"}"#;
        assert_eq!(wire(201, body), Ok(NewWire::with_id("ab".into())));
    }

    #[test]
    fn no_wire() {
        let refusal =
            r#"{"error":"too many wires are waiting","what_to_do":"try again in a minute"}"#;
        let refused = wire(503, refusal).unwrap_err();
        assert!(refused.may_pass());
        assert_eq!(
            refused.to_string(),
            "The server refused a new wire (status 503): too many wires are waiting. What to do: try again in a minute."
        );
        let foreign = wire(403, refusal).unwrap_err();
        assert!(!foreign.may_pass());
        for (status, body) in [
            (404, "<!doctype html>"),
            (405, ""),
            (200, "<!doctype html>"),
            (201, "{}"),
            (201, r#"{"id":"ab","echo":"//evil","tap":"x"}"#),
            (201, r#"{"echo":"/echo?wire=ab","tap":"/tap/ab"}"#),
        ] {
            assert_eq!(wire(status, body), Err(NoWire::NotHere(status)), "{body}");
        }
        assert_eq!(wire(502, "Bad Gateway"), Err(NoWire::Unreachable));
    }

    #[test]
    fn events() {
        let data = r#"{"seq":12,"us":40312,"from":"client","b64":"gYU3+iE9f59NUVg="}"#;
        let Ok(TapEvent::Bytes(record)) = tap_event("bytes", data) else {
            panic!("{:?}", tap_event("bytes", data));
        };
        assert_eq!((record.seq, record.us), (12, 40312));
        assert_eq!(role(record.from), Role::Client);
        assert_eq!(
            crate::kit::number::hex(&record.bytes),
            "818537fa213d7f9f4d5158"
        );
        for (name, data) in [
            ("bytes", ""),
            ("bytes", r#"{"seq":1,"us":1,"from":"nobody","b64":""}"#),
            ("bytes", r#"{"seq":1,"us":1,"from":"client","b64":"?"}"#),
            ("bytes", r#"{"seq":-1,"us":1,"from":"client","b64":""}"#),
            ("lost", "{}"),
            ("end", "[]"),
            ("end", r#"{"us":1,"why":""} {}"#),
            ("news", "{}"),
        ] {
            let why = tap_event(name, data).unwrap_err();
            assert!(why.contains(name), "{name} {data}: {why}");
        }
        assert!(matches!(
            tap_event("end", r#"{"us":90211,"why":"closed by client, 1000"}"#),
            Ok(TapEvent::End(ConnectionEnd { us: 90211, .. }))
        ));
    }
}

//! What the server answers to `POST /api/wires`, and what the tap tells.

use std::fmt;

use base64::prelude::*;
use serde::Deserialize;
use wire::Role;

/// A wire: the paths of its WebSocket and of its tap.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Wire {
    /// The path of the WebSocket, with the wire's id.
    pub echo: String,
    /// The path of the tap.
    pub tap: String,
}

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

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    what_to_do: String,
}

/// Reads the answer to `POST /api/wires`.
pub fn wire(status: u16, body: &str) -> Result<Wire, NoWire> {
    if (200..300).contains(&status)
        && let Ok(wire) = serde_json::from_str::<Wire>(body)
        && wire.echo.starts_with('/')
        && wire.tap.starts_with('/')
    {
        return Ok(wire);
    }
    if let Ok(refusal) = serde_json::from_str::<Refusal>(body) {
        return Err(NoWire::Refused(status, refusal.error, refusal.what_to_do));
    }
    match status {
        // A proxy whose server is gone.
        502..=504 => Err(NoWire::Unreachable),
        _ => Err(NoWire::NotHere(status)),
    }
}

/// An event of the tap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TapEvent {
    /// Bytes as one read or write of the socket carried them.
    Bytes {
        /// Counts the records of both directions, from 0.
        seq: u64,
        /// Microseconds since the connection was accepted.
        us: u64,
        /// Who sent them.
        from: Role,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Records that the tap could not keep.
    Lost {
        /// The number of the first of them.
        seq: u64,
        /// When it was carried.
        us: u64,
        /// How many there were.
        records: u64,
        /// How many bytes from the client they held.
        client: u64,
        /// How many bytes from the server they held.
        server: u64,
    },
    /// The last event.
    End {
        /// Microseconds since the connection was accepted.
        us: u64,
        /// Who ended it, and how.
        why: String,
    },
}

/// The names of the tap's events.
pub const TAP_EVENTS: [&str; 3] = ["bytes", "lost", "end"];

#[derive(Deserialize)]
struct Bytes {
    seq: u64,
    us: u64,
    from: String,
    b64: String,
}

#[derive(Deserialize)]
struct Lost {
    seq: u64,
    us: u64,
    records: u64,
    client: u64,
    server: u64,
}

#[derive(Deserialize)]
struct End {
    us: u64,
    why: String,
}

/// Reads an event of the tap. The error says what could not be read.
pub fn tap_event(name: &str, data: &str) -> Result<TapEvent, String> {
    let unread = |e: &dyn fmt::Display| format!("an event “{name}” of the tap cannot be read: {e}");
    match name {
        "bytes" => {
            let Bytes { seq, us, from, b64 } =
                serde_json::from_str(data).map_err(|e| unread(&e))?;
            Ok(TapEvent::Bytes {
                seq,
                us,
                from: from.parse().map_err(|e| unread(&e))?,
                bytes: BASE64_STANDARD.decode(b64).map_err(|e| unread(&e))?,
            })
        }
        "lost" => {
            let lost: Lost = serde_json::from_str(data).map_err(|e| unread(&e))?;
            Ok(TapEvent::Lost {
                seq: lost.seq,
                us: lost.us,
                records: lost.records,
                client: lost.client,
                server: lost.server,
            })
        }
        "end" => {
            let End { us, why } = serde_json::from_str(data).map_err(|e| unread(&e))?;
            Ok(TapEvent::End { us, why })
        }
        _ => Err(format!(
            "the tap told “{name}”, which this page does not know"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wire() {
        let body = r#"{"id":"ab","echo":"/echo?wire=ab","tap":"/tap/ab"}"#;
        assert_eq!(
            wire(201, body),
            Ok(Wire {
                echo: "/echo?wire=ab".into(),
                tap: "/tap/ab".into()
            })
        );
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
            (201, r#"{"echo":"//evil","tap":"x"}"#),
        ] {
            assert_eq!(wire(status, body), Err(NoWire::NotHere(status)), "{body}");
        }
        assert_eq!(wire(502, "Bad Gateway"), Err(NoWire::Unreachable));
    }

    #[test]
    fn events() {
        let data = r#"{"seq":12,"us":40312,"from":"client","b64":"gYU3+iE9f59NUVg="}"#;
        let Ok(TapEvent::Bytes {
            seq: 12,
            us: 40312,
            from: Role::Client,
            bytes,
        }) = tap_event("bytes", data)
        else {
            panic!("{:?}", tap_event("bytes", data));
        };
        assert_eq!(crate::ui::hex(&bytes), "818537fa213d7f9f4d5158");
        for (name, data) in [
            ("bytes", ""),
            ("bytes", r#"{"seq":1,"us":1,"from":"nobody","b64":""}"#),
            ("bytes", r#"{"seq":1,"us":1,"from":"client","b64":"?"}"#),
            ("bytes", r#"{"seq":-1,"us":1,"from":"client","b64":""}"#),
            ("lost", "{}"),
            ("end", "[]"),
            ("news", "{}"),
        ] {
            assert!(tap_event(name, data).is_err(), "{name} {data}");
        }
        assert!(matches!(
            tap_event("end", r#"{"us":90211,"why":"closed by client, 1000"}"#),
            Ok(TapEvent::End { us: 90211, .. })
        ));
    }
}

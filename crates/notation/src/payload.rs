//! What bytes look like that are no frame, or the payload of one: HTTP, TLS, and the protocols that are spoken over WebSockets.

use std::fmt;

/// A protocol that bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A request of HTTP/1.1, such as the opening handshake (RFC 9112 §3).
    HttpRequest,
    /// An answer of HTTP/1.1 (RFC 9112 §4).
    HttpResponse,
    /// The beginning of an HTTP/2 connection (RFC 9113 §3.4).
    Http2Preface,
    /// A record of TLS (RFC 8446 §5.1).
    Tls,
    /// A header of the PROXY protocol, version 1: text.
    ProxyV1,
    /// A header of the PROXY protocol, version 2: binary.
    ProxyV2,
    /// A packet of Engine.IO 4.
    EngineIo,
    /// A body of Engine.IO 3's long polling.
    EngineIoPolling,
    /// A packet of Socket.IO within one of Engine.IO.
    SocketIo,
    /// A frame of STOMP.
    Stomp,
    /// A record of SignalR's JSON protocol.
    SignalR,
    /// A control packet of MQTT.
    Mqtt,
    /// A message of graphql-ws or its predecessor.
    GraphqlWs,
}

impl Protocol {
    /// A name for people.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::HttpRequest => "an HTTP request",
            Protocol::HttpResponse => "an HTTP answer",
            Protocol::Http2Preface => "the beginning of an HTTP/2 connection",
            Protocol::Tls => "a TLS record",
            Protocol::ProxyV1 => "a PROXY protocol header, version 1",
            Protocol::ProxyV2 => "a PROXY protocol header, version 2",
            Protocol::EngineIo => "an Engine.IO packet",
            Protocol::EngineIoPolling => "a long-polling body of Engine.IO 3",
            Protocol::SocketIo => "a Socket.IO packet",
            Protocol::Stomp => "a STOMP frame",
            Protocol::SignalR => "a SignalR record",
            Protocol::Mqtt => "an MQTT control packet",
            Protocol::GraphqlWs => "a graphql-ws message",
        }
    }

    /// Whether the protocol is spoken in the payloads of frames.
    pub fn in_frames(self) -> bool {
        !matches!(
            self,
            Protocol::HttpRequest
                | Protocol::HttpResponse
                | Protocol::Http2Preface
                | Protocol::Tls
                | Protocol::ProxyV1
                | Protocol::ProxyV2
                | Protocol::EngineIoPolling
        )
    }

    /// Why such bytes arrive where frames are expected.
    pub fn reason(self) -> &'static str {
        match self {
            Protocol::HttpRequest => {
                "One end sends an HTTP request while the other reads frames: the handshake is sent again, or a proxy has put a new request on the open connection."
            }
            Protocol::HttpResponse => {
                "One end answers with HTTP while the other reads frames: an error page after the handshake, or an answer that was sent twice."
            }
            Protocol::Http2Preface => {
                "The other end speaks HTTP/2 without asking, where HTTP/1.1 is expected."
            }
            Protocol::Tls => {
                "The other end speaks TLS (wss:) to a port that expects plain text (ws:)."
            }
            Protocol::ProxyV1 | Protocol::ProxyV2 => {
                "A load balancer puts the address of its client before everything else, and the server was not told to expect that."
            }
            Protocol::EngineIoPolling => {
                "This is the body of an HTTP answer of long polling; there are no frames in it."
            }
            Protocol::EngineIo
            | Protocol::SocketIo
            | Protocol::Stomp
            | Protocol::SignalR
            | Protocol::Mqtt
            | Protocol::GraphqlWs => {
                "This is what a frame carries, without the frame: the header was taken off already, or was never written."
            }
        }
    }
}

/// A framing error of the protocol inside, of the simplest kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FramingError {
    /// A SignalR record does not end with 0x1E.
    NoRecordSeparator,
    /// A STOMP frame does not end with NUL.
    NoNul,
    /// A digit is no packet type of Engine.IO, which are 0 to 6.
    UnknownPacketType(u8),
    /// An MQTT packet announces more or fewer bytes than there are.
    RemainingLength {
        /// Bytes that the packet announces.
        announced: usize,
        /// Bytes that follow.
        found: usize,
    },
}

impl fmt::Display for FramingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FramingError::NoRecordSeparator => f.write_str(
                "The record does not end with 0x1E, so a SignalR server waits for the rest of it. Write that byte after each record.",
            ),
            FramingError::NoNul => f.write_str(
                "The frame does not end with NUL (0x00), so a STOMP server waits for the rest of it. Write that byte after the body.",
            ),
            FramingError::UnknownPacketType(byte) => write!(
                f,
                "“{}” is not a packet type of Engine.IO; those are the digits 0 to 6.",
                char::from(*byte).escape_default()
            ),
            FramingError::RemainingLength { announced, found } => write!(
                f,
                "The packet announces {announced} bytes after its header, and {found} follow."
            ),
        }
    }
}

/// What bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LooksLike {
    /// The protocol.
    pub protocol: Protocol,
    /// What is wrong with their own framing.
    pub error: Option<FramingError>,
}

impl fmt::Display for LooksLike {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.protocol.name())
    }
}

/// What bytes look like, whether they are a whole input or the payload of a frame. `None` where they look like nothing known.
pub fn looks_like(bytes: &[u8]) -> Option<LooksLike> {
    let plain = |protocol| {
        Some(LooksLike {
            protocol,
            error: None,
        })
    };
    if bytes.starts_with(b"PRI * HTTP/2.0") {
        return plain(Protocol::Http2Preface);
    }
    if bytes.starts_with(b"HTTP/1.") || bytes.starts_with(b"HTTP/2 ") {
        return plain(Protocol::HttpResponse);
    }
    if http_request(bytes) {
        return plain(Protocol::HttpRequest);
    }
    if bytes.starts_with(b"\r\n\r\n\0\r\nQUIT\n") {
        return plain(Protocol::ProxyV2);
    }
    if bytes.starts_with(b"PROXY TCP") || bytes.starts_with(b"PROXY UNKNOWN") {
        return plain(Protocol::ProxyV1);
    }
    if tls(bytes) {
        return plain(Protocol::Tls);
    }
    if let Some(error) = mqtt(bytes) {
        let protocol = Protocol::Mqtt;
        return Some(LooksLike { protocol, error });
    }
    if engine_io_polling(bytes) {
        return plain(Protocol::EngineIoPolling);
    }
    let text = std::str::from_utf8(bytes).ok()?;
    stomp(text)
        .or_else(|| json(text))
        .or_else(|| engine_io(text))
}

/// The header that an endpoint reads from a first byte which is none: FIN, the reserved bits and the opcode (RFC 6455 §5.2).
pub fn as_header(first: u8) -> String {
    let bit = |n: u8| first >> n & 1;
    let shown = match first {
        b'!'..=b'~' => format!("“{}” (0x{first:02x})", char::from(first)),
        _ => format!("0x{first:02x}"),
    };
    format!(
        "{shown} is FIN {}, RSV1 {}, RSV2 {}, RSV3 {}, opcode {}",
        bit(7),
        bit(6),
        bit(5),
        bit(4),
        first & 0x0f
    )
}

fn http_request(bytes: &[u8]) -> bool {
    const METHODS: [&[u8]; 8] = [
        b"GET ",
        b"POST ",
        b"PUT ",
        b"HEAD ",
        b"OPTIONS ",
        b"CONNECT ",
        b"DELETE ",
        b"PATCH ",
    ];
    METHODS.iter().any(|method| {
        bytes.strip_prefix(*method).is_some_and(|rest| {
            // The target of a request begins so, or is an authority.
            let line = rest.split(|b| *b == b'\r').next().unwrap_or_default();
            matches!(rest.first(), Some(b'/' | b'h' | b'w' | b'*')) || line.ends_with(b"HTTP/1.1")
        })
    })
}

/// A type, version 3.0 to 3.4, and a length that a record may have.
fn tls(bytes: &[u8]) -> bool {
    match bytes {
        [kind @ 0x14..=0x17, 3, 0..=4, high, low, ..] => {
            let length = u16::from(*high) << 8 | u16::from(*low);
            length > 0
                && length <= (1 << 14) + 2048
                && (*kind != 0x15 || length == 2 || length > 16)
        }
        _ => false,
    }
}

/// `Some` where the bytes are a packet of MQTT, with what is wrong with its length.
fn mqtt(bytes: &[u8]) -> Option<Option<FramingError>> {
    let (first, rest) = bytes.split_first()?;
    // Four bytes at most, seven bits each, the lowest first.
    let mut announced = 0_usize;
    let mut length = 0;
    for (i, byte) in rest.iter().take(4).enumerate() {
        announced |= usize::from(byte & 0x7f) << (7 * i);
        length = i + 1;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let body = rest.get(length..)?;
    let found = body.len();
    let known = match first {
        // CONNECT names its protocol.
        0x10 => body.starts_with(b"\0\x04MQTT") || body.starts_with(b"\0\x06MQIsdp"),
        // CONNACK has a flag and a code.
        0x20 => announced == 2 && found == 2 && matches!(body, [0 | 1, 0..=5]),
        // SUBSCRIBE has a packet identifier and a topic whose length is given.
        0x82 => {
            announced == found
                && match body {
                    [_, _, high, low, topic @ ..] => {
                        usize::from(*high) << 8 | usize::from(*low) < topic.len().max(1)
                    }
                    _ => false,
                }
                && found > 5
                && body
                    .get(4..found - 1)
                    .is_some_and(|t| t.iter().all(|b| (0x20..0x7f).contains(b)))
        }
        _ => false,
    };
    let error = (announced != found).then_some(FramingError::RemainingLength { announced, found });
    known.then_some(error)
}

/// 0 or 1 for text or binary, the digits of a length as bytes 0 to 9, then 0xFF.
fn engine_io_polling(bytes: &[u8]) -> bool {
    let [0 | 1, rest @ ..] = bytes else {
        return false;
    };
    let digits = rest.iter().take_while(|b| **b <= 9).count();
    (1..=8).contains(&digits)
        && rest.get(digits) == Some(&0xff)
        && rest
            .get(digits + 1)
            .is_some_and(|b| (b'0'..=b'6').contains(b) || *b <= 6)
}

fn stomp(text: &str) -> Option<LooksLike> {
    const COMMANDS: [&str; 15] = [
        "CONNECT",
        "STOMP",
        "CONNECTED",
        "SEND",
        "SUBSCRIBE",
        "UNSUBSCRIBE",
        "ACK",
        "NACK",
        "BEGIN",
        "COMMIT",
        "ABORT",
        "DISCONNECT",
        "MESSAGE",
        "RECEIPT",
        "ERROR",
    ];
    let (command, rest) = text.trim_start_matches(['\r', '\n']).split_once('\n')?;
    let command = command.trim_end_matches('\r');
    let next = rest.split('\n').next().unwrap_or_default();
    let header = next.contains(':') || next.trim_end_matches('\r').is_empty();
    if !COMMANDS.contains(&command) || !header {
        return None;
    }
    let ended = text.trim_end_matches(['\r', '\n']).ends_with('\0');
    Some(LooksLike {
        protocol: Protocol::Stomp,
        error: (!ended).then_some(FramingError::NoNul),
    })
}

/// The value of a key at the top of a JSON object, where that value is a string or a number. Only what stands before the first
/// inner object is looked at.
fn value<'a>(object: &'a str, key: &str) -> Option<&'a str> {
    let at = object.find(&format!("\"{key}\""))?;
    let rest = object
        .get(at + key.len() + 2..)?
        .trim_start()
        .strip_prefix(':')?;
    let rest = rest.trim_start();
    match rest.strip_prefix('"') {
        Some(inner) => inner.split('"').next(),
        None => rest.split([',', '}', ' ', '\n']).next(),
    }
}

fn json(text: &str) -> Option<LooksLike> {
    const GRAPHQL: [&str; 16] = [
        "connection_init",
        "connection_ack",
        "connection_error",
        "connection_terminate",
        "ka",
        "subscribe",
        "next",
        "complete",
        "start",
        "stop",
        "data",
        "ping",
        "pong",
        "error",
        "GQL_CONNECTION_INIT",
        "subscribe_complete",
    ];
    let object = text.trim_start();
    if !object.starts_with('{') {
        return None;
    }
    let separated = text.ends_with('\u{1e}');
    let version = value(object, "protocol").is_some() && value(object, "version").is_some();
    let kind = value(object, "type");
    let number = kind.and_then(|k| k.parse::<u8>().ok());
    let invocation = number.is_some_and(|n| (1..=7).contains(&n))
        && (value(object, "target").is_some()
            || value(object, "invocationId").is_some()
            || number == Some(6) && object.len() < 20);
    if version && object.len() < 80
        || invocation
        || (separated && object.trim_end_matches('\u{1e}') == "{}")
    {
        return Some(LooksLike {
            protocol: Protocol::SignalR,
            error: (!separated).then_some(FramingError::NoRecordSeparator),
        });
    }
    let kind = kind?;
    // `ping`, `data` and `error` alone are anybody's: what belongs to graphql-ws has an id or a payload beside it.
    let own = kind.starts_with("connection_") || kind == "ka" || kind.starts_with("GQL_");
    let beside = value(object, "id").is_some() && object.contains("\"payload\"")
        || value(object, "id").is_some() && kind == "complete";
    (GRAPHQL.contains(&kind) && (own || beside)).then_some(LooksLike {
        protocol: Protocol::GraphqlWs,
        error: None,
    })
}

fn engine_io(text: &str) -> Option<LooksLike> {
    let mut letters = text.chars();
    let kind = letters.next().filter(char::is_ascii_digit)?;
    let rest = letters.as_str();
    let found = |protocol| {
        Some(LooksLike {
            protocol,
            error: None,
        })
    };
    if kind == '4' {
        // Socket.IO: its own type, perhaps a namespace and an id, then JSON.
        let body = rest.strip_prefix(|c: char| ('0'..='6').contains(&c))?;
        let body = match body.strip_prefix('/') {
            Some(named) => named.split_once(',').map_or("", |(_, body)| body),
            None => body.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-'),
        };
        let body = body.trim_start_matches(|c: char| c.is_ascii_digit());
        let json = body.is_empty() || body.starts_with(['[', '{']);
        return json.then_some(()).and_then(|()| found(Protocol::SocketIo));
    }
    if rest == "probe" && matches!(kind, '2' | '3') || kind == '0' && rest.starts_with("{\"sid\"") {
        return found(Protocol::EngineIo);
    }
    if matches!(kind, '7' | '8' | '9') && (rest.starts_with("[\"") || rest.starts_with("{\"")) {
        return Some(LooksLike {
            protocol: Protocol::EngineIo,
            error: Some(FramingError::UnknownPacketType(kind as u8)),
        });
    }
    None
}

#[cfg(test)]
mod tests;

//! What the lines of a timeline say. No markup here, so that the sentences can be tested.

use wire::Role;
use wire::close::CloseCode;
use wire::frame::Opcode;

use crate::kit::number::{counted, fixed, grouped, hex_spaced};
use crate::live::entry::{Answer, Body, CloseInfo, Entry, EntryKind, FrameEntry, Message};

/// Characters of a text that a line shows. A longer one is counted instead.
const LINE_CHARS: u64 = 36;
/// Bytes that a line shows.
const LINE_BYTES: usize = 8;
/// A silence that is worth a line of its own, in microseconds.
pub const QUIET_US: u64 = 1_000_000;

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// What it is, in a word.
    Strong(String),
    /// What was on the wire.
    Code(String),
    /// A remark.
    Plain(String),
    /// A remark on what is wrong.
    Bad(String),
}

/// A time in milliseconds with one digit: `2,104.2`.
pub fn ms(us: u64) -> String {
    let tenths = us.saturating_add(50) / 100;
    format!("{}.{}", grouped(tenths / 10), tenths % 10)
}

/// A span of time: `0.31 ms`, `12.4 ms`, `2.1 s`, `3 min 5 s`.
pub fn span(us: u64) -> String {
    match us {
        0..10_000 => fixed((us + 5) / 10, 2) + "\u{a0}ms",
        10_000..1_000_000 => fixed((us + 50) / 100, 1) + "\u{a0}ms",
        1_000_000..60_000_000 => fixed((us + 50_000) / 100_000, 1) + "\u{a0}s",
        _ => format!(
            "{}\u{a0}min {}\u{a0}s",
            us / 60_000_000,
            us / 1_000_000 % 60
        ),
    }
}

/// `client to server`, or the other way.
pub fn way(from: Role) -> &'static str {
    match from {
        Role::Client => "client to server",
        Role::Server => "server to client",
    }
}

/// The remark between two lines of one connection, where there is one.
pub fn between(earlier: &Entry, later: Option<&Entry>) -> Option<String> {
    let opened =
        matches!(&earlier.kind, EntryKind::Response(answer) if answer.response.status() == 101);
    let gap = later
        .filter(|later| later.connection == earlier.connection)
        .and_then(|later| later.us?.checked_sub(earlier.us?))
        .filter(|gap| *gap >= QUIET_US);
    match (opened, gap) {
        (true, None) => Some("HTTP ends here".into()),
        (true, Some(gap)) => Some(format!(
            "HTTP ends here · {} of nothing, for free",
            span(gap)
        )),
        (false, Some(gap)) => Some(format!("{} of nothing", span(gap))),
        (false, None) => None,
    }
}

/// What a line says.
pub fn line(kind: &EntryKind) -> Vec<Part> {
    use Part::{Bad, Code, Plain, Strong};
    match kind {
        EntryKind::Request(request) => {
            let target = request.target();
            let path = target.split('?').next().unwrap_or_default();
            vec![
                Strong(format!("{} {}", request.method(), cut(path, 30))),
                Plain("Upgrade: websocket".into()),
            ]
        }
        EntryKind::Response(answer) => response(answer),
        EntryKind::Frame(frame) => frame_line(frame),
        EntryKind::ScriptMessage(seen) => vec![
            Strong(kind_of(&seen.body).into()),
            body(&seen.body, seen.len),
            Plain(counted(seen.len, "byte", "bytes")),
        ],
        EntryKind::Unread(unread) => vec![
            Strong("not read".into()),
            Bad(unread.why.trim_end_matches('.').to_owned()),
        ],
        EntryKind::Lost(lost) => vec![
            Strong("Bytes are missing".into()),
            Bad(match lost.records {
                Some(_) => format!(
                    "the tap was full: {} from the client, {} from the server",
                    counted(lost.client, "byte", "bytes"),
                    counted(lost.server, "byte", "bytes")
                ),
                None => "a piece of the tap did not arrive".into(),
            }),
        ],
        EntryKind::End(why) => vec![Strong("TCP ends".into()), Plain(end_in_short(why))],
        EntryKind::TapLost(why) => vec![
            Strong("No more bytes".into()),
            Plain(why.trim_end_matches('.').to_owned()),
        ],
        EntryKind::Opened(_) => vec![
            Strong("open".into()),
            Plain("the browser shook hands; a page is not shown how".into()),
        ],
        EntryKind::CloseInfo(told) => vec![
            Strong("Your script is told".into()),
            Code(told.code.to_string()),
            Plain(told_in_short(told)),
        ],
    }
}

/// Who ended TCP, and what came before. The server says who sent the first close frame; it ends TCP itself once the
/// frames are through.
fn end_in_short(why: &str) -> String {
    match end_of(why) {
        TcpEnd::AfterClientsClose(code) => {
            format!("the server’s FIN comes first; the first close frame was the client’s, {code}")
        }
        TcpEnd::AfterServersClose(said) => {
            format!("the server’s FIN comes first; the first close frame was its own, {said}")
        }
        TcpEnd::WithoutClose => "the client’s FIN comes first, without a close frame".to_owned(),
        TcpEnd::Other => why.to_owned(),
    }
}

/// What the server’s account of the end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpEnd<'a> {
    /// The client began the closing handshake with this code, or with none.
    AfterClientsClose(&'a str),
    /// The server began the closing handshake with this code and reason.
    AfterServersClose(&'a str),
    /// The client ended TCP in the middle of it all.
    WithoutClose,
    /// Another end, in the server’s words.
    Other,
}

/// Reads the server’s account of the end.
pub fn end_of(why: &str) -> TcpEnd<'_> {
    if why == "closed by client without a close frame" {
        return TcpEnd::WithoutClose;
    }
    if let Some(code) = why.strip_prefix("closed by client, ") {
        return TcpEnd::AfterClientsClose(code);
    }
    match why.strip_prefix("closed by server, ") {
        Some(said) => TcpEnd::AfterServersClose(said),
        None => TcpEnd::Other,
    }
}

fn told_in_short(told: &CloseInfo) -> String {
    let name = CloseCode(told.code).name();
    let clean = if told.clean { "clean" } else { "not clean" };
    if told.reason.is_empty() {
        format!("{name}, {clean}")
    } else {
        format!("{name}, “{}”, {clean}", cut(&told.reason, 40))
    }
}

fn response(answer: &Answer) -> Vec<Part> {
    let mut parts = vec![
        Part::Strong(answer.response.status().to_string()),
        Part::Plain(cut(&answer.response.reason(), 40)),
    ];
    if answer.deflate.is_some() {
        parts.push(Part::Plain("permessage-deflate".into()));
    }
    if answer.response.status() == 101 && !answer.accepted {
        parts.push(Part::Bad("the accept value is wrong".into()));
    }
    parts
}

fn frame_line(frame: &FrameEntry) -> Vec<Part> {
    use Part::{Bad, Code, Plain, Strong};
    let header = &frame.header;
    let mut parts = vec![Strong(header.opcode.name().to_owned())];
    match header.opcode {
        Opcode::Ping | Opcode::Pong => {
            if !frame.payload.is_empty() {
                parts.push(Code(readable(&frame.payload, header.length)));
            }
            parts.push(Plain(heartbeat_remark(frame).into()));
        }
        Opcode::Close => {
            match &frame.close {
                Some(close) => {
                    parts.push(Code(close.code.to_string()));
                    parts.push(Plain(if close.reason.is_empty() {
                        close.code.name().to_owned()
                    } else {
                        format!("“{}”", cut(&close.reason, 40))
                    }));
                }
                None if header.length == 0 => parts.push(Plain("without a code".into())),
                None => {}
            }
            parts.push(Plain(counted(frame.wire_len(), "byte", "bytes")));
        }
        _ => data_line(frame, &mut parts),
    }
    if header.key.is_some() && !frame.is_heartbeat() {
        parts.push(Plain("masked".into()));
    }
    if let Some(violation) = frame.violations.first() {
        parts.push(Bad(violation.rule.title().to_ascii_lowercase()));
    } else if frame.trouble.is_some() {
        parts.push(Bad("out of place".into()));
    }
    parts
}

fn heartbeat_remark(frame: &FrameEntry) -> &'static str {
    match (frame.header.opcode, frame.from) {
        (Opcode::Ping, Role::Server) => "your script never sees this",
        (Opcode::Pong, Role::Client) => "the browser answered by itself",
        (Opcode::Ping, Role::Client) => "no script can send this",
        _ => "nobody asked",
    }
}

fn data_line(frame: &FrameEntry, parts: &mut Vec<Part>) {
    use Part::{Bad, Plain};
    if let Some(n) = frame.fragment {
        parts.push(Plain(format!("fragment {n}")));
    }
    if let Some(message) = &frame.message {
        match &message.trouble {
            Some(_) => parts.push(Bad("cannot be read".into())),
            None => parts.push(body(&message.body, message.len)),
        }
    }
    if frame.header.rsv1 {
        parts.push(Plain("RSV1".into()));
    }
    let deflated = frame.message.as_ref().is_some_and(is_deflated);
    parts.push(Plain(if deflated && frame.fragment.is_none() {
        format!("{} deflated", counted(frame.header.length, "byte", "bytes"))
    } else {
        counted(frame.wire_len(), "byte", "bytes")
    }));
}

fn is_deflated(message: &Message) -> bool {
    message.deflated.is_some()
}

fn kind_of(body: &Body) -> &'static str {
    match body {
        Body::Text(..) => "text",
        Body::Binary(_) => "binary",
    }
}

fn body(body: &Body, len: u64) -> Part {
    match body {
        Body::Text(text, chars) if *chars <= LINE_CHARS => {
            // Whoever draws the line names what cannot be seen.
            Part::Code(format!("“{text}”"))
        }
        Body::Text(_, chars) => Part::Plain(format!("{} chars", grouped(*chars))),
        Body::Binary(bytes) if bytes.is_empty() => Part::Plain("empty".into()),
        Body::Binary(bytes) => Part::Code(some_bytes(bytes, len)),
    }
}

/// A payload that may be anything: as text where it is printable, else as bytes.
fn readable(bytes: &[u8], len: u64) -> String {
    let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    if bytes.len() as u64 == len && bytes.iter().all(printable) {
        format!("“{}”", cut(&String::from_utf8_lossy(bytes), 20))
    } else {
        some_bytes(bytes, len)
    }
}

fn some_bytes(bytes: &[u8], len: u64) -> String {
    let shown = &bytes[..bytes.len().min(LINE_BYTES)];
    let more = if len > shown.len() as u64 { " …" } else { "" };
    format!("{}{more}", hex_spaced(shown))
}

/// At most `chars` characters, and a sign where more were there.
pub fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A paragraph of explanation and where it is written: an RFC and a section.
pub type Said = (String, Option<(u16, &'static str)>);

/// What a frame means, why it is so, and where that is written.
pub fn explain(frame: &FrameEntry) -> Vec<Said> {
    let mut said = Vec::new();
    let mut say = |text: &str, at: Option<(u16, &'static str)>| said.push((text.to_owned(), at));
    match (frame.header.opcode, frame.from) {
        (Opcode::Ping, Role::Server) => {
            say(
                "The server asks whether you are still there. Your browser answers by itself.",
                Some((6455, "5.5.2")),
            );
            say(
                "A page’s script can neither send a ping nor see one. So a page that has to notice a dead server needs messages of its own for it.",
                None,
            );
        }
        (Opcode::Pong, Role::Client) => say(
            "Your browser sent this without asking the page. It carries the ping’s payload back, so that the server knows which ping is meant.",
            Some((6455, "5.5.3")),
        ),
        (Opcode::Close, Role::Client) => say(
            "Your browser closes, or answers a close frame. After this it sends no more messages. Then it waits for the server to end TCP: the end that closes it first has to remember both addresses and ports for a while, and a client could not open a connection with the same ports meanwhile.",
            Some((6455, "7.1.1")),
        ),
        (Opcode::Close, Role::Server) => say(
            "The server closes, or answers a close frame. Once a close frame has gone each way, the server ends TCP first.",
            Some((6455, "7.1.1")),
        ),
        (_, Role::Client) if frame.header.key.is_some() => {
            say(
                "Your browser chose the key at random just now. Send the same word again, and other payload bytes will cross.",
                Some((6455, "5.3")),
            );
            say(
                "Masking hides nothing: the key is in the frame. It keeps a page from choosing the bytes that a confused proxy on the way would see.",
                Some((6455, "10.3")),
            );
        }
        (_, Role::Server) => say(
            "A server never masks: there is no page behind it to guard against. So its header is four bytes shorter than yours.",
            Some((6455, "5.1")),
        ),
        _ => {}
    }
    if frame.header.rsv1 && frame.deflate {
        say(
            "RSV1 says that the message is compressed. Both sides agreed on permessage-deflate in the handshake. Unless they agreed to forget, the window stays from message to message: send the same text twice and the second is smaller. It may then refer to what was sent before, and cannot be inflated alone.",
            Some((7692, "7.2")),
        );
    }
    if frame.fragment.is_some() {
        say(
            "This is a part of a message. Only the first part carries the opcode and RSV1, only the last carries FIN; control frames may come in between.",
            Some((6455, "5.4")),
        );
    }
    said
}

/// What a header line of the handshake is for.
pub fn header_meaning(name: &str, request: bool) -> Option<&'static str> {
    Some(match (name.to_ascii_lowercase().as_str(), request) {
        ("host", true) => "Which site is meant. One address may serve many.",
        ("connection", true) => "Upgrade counts for this hop only, so Connection has to name it.",
        ("upgrade", true) => "The protocol to change to.",
        ("origin", true) => {
            "Which site’s page asks. A server that does not check it lets any site’s page connect, with your cookies as far as their SameSite lets them go along."
        }
        ("cookie", true) => "Cookies go along, as with any request to this site.",
        ("sec-websocket-key", true) => {
            "16 random bytes in base64. Not a secret: a question that only a WebSocket server knows how to answer."
        }
        ("sec-websocket-version", true) => "13 is the version of RFC 6455.",
        ("sec-websocket-extensions", true) => "What the browser could do, such as compression.",
        ("sec-websocket-protocol", true) => "The subprotocols that the page offers.",
        ("cache-control" | "pragma", true) => "No cache may answer this.",
        ("user-agent" | "accept-encoding" | "accept-language", true) => {
            "Sent with every request. The handshake has no use for it."
        }
        ("connection" | "upgrade", false) => "Agreed: after the empty line, no more HTTP.",
        ("sec-websocket-extensions", false) => "What the server chose from the browser’s offer.",
        ("sec-websocket-protocol", false) => "The one subprotocol that the server chose.",
        ("date" | "server", false) => "Sent with every answer.",
        _ => return None,
    })
}

/// What a close code that a script is told means to the reader.
pub fn told_meaning(told: &CloseInfo) -> &'static str {
    match (told.code, told.clean) {
        (1006, _) => {
            "1006 must not be sent in a frame. Your browser made it up for a connection that ended without a close frame, and says no more on purpose: a page that knew more could scan its user’s network."
        }
        (1005, _) => {
            "1005 must not be sent in a frame. It stands for a close frame that had no code in it."
        }
        (1001, _) => {
            "1001: the other side is going away: a server shutting down, or a page that was left."
        }
        (1009, _) => "1009: a message was bigger than the server takes.",
        (_, true) => "A close frame went each way. That is all a page’s script learns of the end.",
        (_, false) => "The close frames did not go both ways.",
    }
}

#[cfg(test)]
#[path = "narration_tests.rs"]
mod tests;

//! The exchange, step by step: what happens, what it is for, and where that is written.

use std::ops::Range;

use wire::Role;
use wire::frame::{Header, Opcode, encode};
use wire::handshake::{Head, Request, RequestVerdict, Response};

use crate::instruments::handshake_editor::example;

/// Which of the two messages.
pub type Sender = Role;

/// Where in the drawing a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before HTTP: TCP.
    Tcp,
    /// A line of the request or the response, from 0; the empty line is the last.
    Line(Sender, usize),
    /// The server judges.
    Judge,
    /// After HTTP: frames.
    Frames,
}

/// A step of the exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where it is.
    pub place: Place,
    /// Its heading.
    pub title: String,
    /// What it is.
    pub what: String,
    /// Why it is there.
    pub why: &'static str,
    /// Where that is written: RFC and section.
    pub cites: &'static [(u16, &'static str)],
}

/// How much of a head has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Bytes so far.
    pub bytes: usize,
    /// Bytes in all.
    pub of: usize,
}

/// Where things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the connection carries.
    pub speaks: &'static str,
    /// Whether the page's script has its connection.
    pub opened: bool,
    /// The request.
    pub request: Sent,
    /// The response.
    pub response: Sent,
}

/// One exchange that succeeds, and the way through it.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The lines of the request, without their ends; the empty one is the last.
    pub request: Vec<String>,
    /// The lines of the answer.
    pub response: Vec<String>,
    /// What the server found.
    pub verdict: RequestVerdict,
    /// The first frame, in full.
    pub frame: Vec<u8>,
    /// Every step, in order.
    pub steps: Vec<Step>,
}

/// The masking key of the examples in RFC 6455 §5.7.
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

impl Exchange {
    /// The exchange of the editor's first preset.
    pub fn new() -> Exchange {
        let judged = example();
        let mut steps = vec![Step {
            place: Place::Tcp,
            title: "First a connection".to_owned(),
            what: "The browser opens a TCP connection to the server: one packet each way, and a third to confirm. For a wss address a TLS handshake follows, in which both agree on HTTP/1.1.".to_owned(),
            why: "Everything below crosses this one connection, and so does every frame after it. No second one is ever opened.",
            cites: &[(9293, "3.5"), (6455, "4.1")],
        }];
        if let Ok(request) = Request::parse(judged.request_wire.as_bytes()) {
            steps.push(request_line(&request));
            steps.extend(headers(request.head(), Role::Client));
        }
        steps.push(judgement(&judged.request));
        if let Ok(response) = Response::parse(judged.response_wire.as_bytes()) {
            steps.push(status_line(&response));
            steps.extend(headers(response.head(), Role::Server));
        }
        steps.push(Step {
            place: Place::Frames,
            title: "From here on, frames".to_owned(),
            what: "Either side may send now, whenever it likes. Here the browser does: a text frame that says “Hello”, eleven bytes in all.".to_owned(),
            why: "There are no more headers, no requests and no answers. The connection stays as it is until one side closes it.",
            cites: &[(6455, "5.2"), (6455, "1.2")],
        });
        let mut frame = Vec::new();
        encode(
            &Header::new(Opcode::Text, 5, Some(KEY)),
            b"Hello",
            &mut frame,
        );
        Exchange {
            request: lines(&judged.request_wire),
            response: lines(&judged.response_wire),
            verdict: judged.request,
            frame,
            steps,
        }
    }

    /// The last step.
    pub fn last(&self) -> usize {
        self.steps.len().saturating_sub(1)
    }

    /// Where things stand once a step is done.
    pub fn standing(&self, step: usize) -> Standing {
        let done = |place: Place| self.step_of(place).is_some_and(|at| at <= step);
        let sent = |from: Sender, lines: &[String]| {
            let whole = |(i, _): &(usize, &String)| done(Place::Line(from, *i));
            let len = |line: &String| line.len() + "\r\n".len();
            Sent {
                bytes: lines
                    .iter()
                    .enumerate()
                    .filter(whole)
                    .map(|(_, l)| len(l))
                    .sum(),
                of: lines.iter().map(len).sum(),
            }
        };
        let end = self.response.len().saturating_sub(1);
        let opened = done(Place::Line(Role::Server, end));
        Standing {
            speaks: match (opened, step) {
                (true, _) => "WebSocket",
                (_, 0) => "nothing yet",
                _ => "HTTP/1.1",
            },
            opened,
            request: sent(Role::Client, &self.request),
            response: sent(Role::Server, &self.response),
        }
    }

    /// The step that a place of the drawing belongs to.
    pub fn step_of(&self, place: Place) -> Option<usize> {
        self.steps.iter().position(|step| step.place == place)
    }
}

/// The lines of a head, the empty one included.
fn lines(wire: &str) -> Vec<String> {
    let end = wire.find("\r\n\r\n").map_or(wire.len(), |at| at + 2);
    wire[..end]
        .lines()
        .map(str::to_owned)
        .chain([String::new()])
        .collect()
}

fn request_line(request: &Request) -> Step {
    Step {
        place: Place::Line(Role::Client, 0),
        title: format!(
            "{} {} {}",
            request.method(),
            request.target(),
            request.version()
        ),
        what: format!(
            "An ordinary request line. The method is always GET, and {} says which of the server’s endpoints is meant.",
            request.target()
        ),
        why: "A WebSocket begins as HTTP, so that it can share a port, a certificate and a load balancer with the pages around it.",
        cites: &[(6455, "4.1"), (9112, "3")],
    }
}

fn status_line(response: &Response) -> Step {
    Step {
        place: Place::Line(Role::Server, 0),
        title: format!("{} {}", response.status(), response.reason()),
        what: "The server agrees to change protocols. The number counts; the words after it are for people.".to_owned(),
        why: "Any other status is an ordinary HTTP answer, and leaves no WebSocket: a redirect, a sign-in page, even 200.",
        cites: &[(6455, "4.2.2"), (9110, "15.2.2")],
    }
}

fn judgement(verdict: &RequestVerdict) -> Step {
    let found = verdict.findings.len();
    let chosen = match &verdict.protocol {
        Some(protocol) => format!(" It speaks {protocol}, and takes up the offer to compress."),
        None => String::new(),
    };
    Step {
        place: Place::Judge,
        title: "The server judges".to_owned(),
        what: format!("It looks at {found} things, and all are as they should be.{chosen}"),
        why: "Were one of them wrong, it would answer with a status that says what, and the connection would stay with HTTP. Break one yourself in the editor below.",
        cites: &[(6455, "4.2.1"), (6455, "4.2.2")],
    }
}

/// The header lines of a head, and the empty line that ends it.
fn headers(head: &Head, from: Sender) -> Vec<Step> {
    let text = |span: &Range<usize>| head.text(span).into_owned();
    let mut steps: Vec<Step> = head
        .lines()
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let name = text(&line.name);
            let (what, why, cites) = meaning(&name, from);
            Step {
                place: Place::Line(from, i + 1),
                title: name,
                what: what.to_owned(),
                why,
                cites,
            }
        })
        .collect();
    let place = Place::Line(from, head.lines().len() + 1);
    steps.push(match from {
        Role::Client => Step {
            place,
            title: "An empty line".to_owned(),
            what: "The request is complete. The browser waits, and must not send a frame before it has the answer.".to_owned(),
            why: "This request has no body, so the empty line is its end.",
            cites: &[(9112, "2.1"), (6455, "4.1")],
        },
        Role::Server => Step {
            place,
            title: "HTTP ends here".to_owned(),
            what: "This empty line is the last of HTTP. The browser checks the status, both Upgrade lines, the accept value and what was chosen. Then its script’s open event fires.".to_owned(),
            why: "The next byte, in either direction, is the first byte of a frame. A server may send one in the same packet, right behind this line.",
            cites: &[(6455, "4.1"), (6455, "4.2.2")],
        },
    });
    steps
}

type Meaning = (&'static str, &'static str, &'static [(u16, &'static str)]);

/// What a header line is and why it is there.
fn meaning(name: &str, from: Sender) -> Meaning {
    match (name.to_ascii_lowercase().as_str(), from) {
        ("host", _) => (
            "Which site is meant. Exactly one such line has to be there.",
            "One address serves many sites, and the TCP connection does not say which.",
            &[(6455, "4.1"), (9110, "7.2")],
        ),
        ("connection", Role::Client) => (
            "Names the headers that count for this hop only. Here that is Upgrade.",
            "A proxy in between has to remove what Connection names. One that does not know WebSocket therefore passes on an ordinary request, and the handshake fails cleanly.",
            &[(6455, "4.1"), (9110, "7.6.1")],
        ),
        ("upgrade", Role::Client) => (
            "The protocol to change to. It is a list, in which websocket has to stand, in any case.",
            "HTTP/1.1 has this way out built in. WebSocket only uses it.",
            &[(6455, "4.1"), (9110, "7.8")],
        ),
        ("origin", _) => (
            "The site whose page asks. The browser writes it; a script cannot change it. Programs that are not browsers need not send it.",
            "Any page may open a WebSocket to any server. A server that holds something private has to look here, because nothing else stops a foreign page.",
            &[(6455, "10.2"), (6454, "7")],
        ),
        ("sec-websocket-version", _) => (
            "13, the version that RFC 6455 defines. There is no newer one.",
            "The drafts before it had other frames under other numbers. A server that speaks another version answers 426 and names it.",
            &[(6455, "4.1"), (6455, "4.4")],
        ),
        ("sec-websocket-key", _) => (
            "16 random bytes in base64, fresh for every connection. Not a secret, and not a password.",
            "The server has to answer with a value made from it. A cached answer cannot fit, nor one from a server that does not know WebSocket.",
            &[(6455, "4.1"), (6455, "11.3.1")],
        ),
        ("sec-websocket-protocol", Role::Client) => (
            "Subprotocols: the languages that the page’s script can speak over the connection, best first. They are the second argument of new WebSocket(…).",
            "Frames carry any text and any bytes. What those mean is for the two programs to agree on, and this is a place to do it.",
            &[(6455, "1.9"), (6455, "11.3.4")],
        ),
        ("sec-websocket-extensions", Role::Client) => (
            "The browser offers compression. Its client_max_window_bits says that the server may set the size of the browser’s window.",
            "Extensions change what is in the frames, so both sides have to agree before the first one.",
            &[(6455, "9.1"), (7692, "7.1.2.2")],
        ),
        ("cookie", _) => (
            "Cookies go along, as with any request to this site, whichever site’s page has asked.",
            "It makes signing in easy. It is also what another site’s page could misuse; Origin, above, is the line to check.",
            &[(6455, "10.5"), (6265, "5.4")],
        ),
        ("upgrade", Role::Server) => (
            "The protocol that follows. Here it is not a list: websocket, and nothing else.",
            "The client compares it with what it asked for.",
            &[(6455, "4.2.2"), (6455, "4.1")],
        ),
        ("connection", Role::Server) => (
            "Names Upgrade again, as in the request.",
            "The answer crosses the same proxies on the way back, by the same rules.",
            &[(6455, "4.2.2"), (9110, "7.6.1")],
        ),
        ("sec-websocket-accept", _) => (
            "The answer to the key: the key’s text and a fixed GUID, joined, hashed with SHA-1, in base64.",
            "It proves that the peer understood this as a WebSocket handshake. It does not prove who the peer is; that is the work of TLS.",
            &[(6455, "4.2.2"), (6455, "1.3")],
        ),
        ("sec-websocket-protocol", Role::Server) => (
            "The one subprotocol that the server chose: the first in the browser’s list that it speaks.",
            "A server that speaks none of them leaves the line out, and the connection opens without one. A server that names one nobody offered fails it.",
            &[(6455, "4.2.2"), (6455, "11.3.4")],
        ),
        ("sec-websocket-extensions", Role::Server) => (
            "The server takes up compression. From now on RSV1 marks a compressed message.",
            "A server may only choose from what was offered, with parameters that fit the offer.",
            &[(6455, "9.1"), (7692, "5.1")],
        ),
        _ => (
            "A header that the handshake has no use for.",
            "HTTP allows any; they are passed over.",
            &[(6455, "4.1")],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_go_through_every_line_once_and_in_order() {
        let exchange = Exchange::new();
        let mut places = vec![Place::Tcp];
        places.extend((0..exchange.request.len()).map(|i| Place::Line(Role::Client, i)));
        places.push(Place::Judge);
        places.extend((0..exchange.response.len()).map(|i| Place::Line(Role::Server, i)));
        places.push(Place::Frames);
        let found: Vec<_> = exchange.steps.iter().map(|s| s.place).collect();
        assert_eq!(found, places);
        assert_eq!(exchange.step_of(Place::Frames), Some(exchange.last()));
    }

    #[test]
    fn the_exchange_succeeds_and_nothing_in_it_is_left_unexplained() {
        let exchange = Exchange::new();
        assert!(exchange.verdict.accepted());
        assert_eq!(exchange.response[0], "HTTP/1.1 101 Switching Protocols");
        assert_eq!(exchange.verdict.protocol.as_deref(), Some("chat.v1"));
        for step in &exchange.steps {
            assert!(!step.cites.is_empty(), "{}", step.title);
            assert!(!step.what.contains("no use for"), "{}", step.title);
        }
        assert!(
            exchange
                .steps
                .iter()
                .any(|s| s.title == "Sec-WebSocket-Extensions"
                    && matches!(s.place, Place::Line(Role::Server, _)))
        );
    }

    #[test]
    fn what_has_been_sent_grows_to_the_whole() {
        let exchange = Exchange::new();
        let judged = example();
        let (mut before, last) = (exchange.standing(0), exchange.standing(exchange.last()));
        assert_eq!((before.request.bytes, before.response.bytes), (0, 0));
        assert_eq!((before.speaks, before.opened), ("nothing yet", false));
        for step in 1..=exchange.last() {
            let now = exchange.standing(step);
            assert!(now.request.bytes >= before.request.bytes);
            assert!(now.response.bytes == 0 || now.request.bytes == now.request.of);
            before = now;
        }
        assert_eq!(last.request.bytes, judged.request_wire.len());
        assert_eq!(last.response.bytes, judged.response_wire.len());
        assert_eq!((last.speaks, last.opened), ("WebSocket", true));
        let end = exchange.step_of(Place::Line(Role::Server, exchange.response.len() - 1));
        assert!(!exchange.standing(end.unwrap() - 1).opened);
        assert!(exchange.standing(end.unwrap()).opened);
    }

    #[test]
    fn the_frame_is_the_example_of_the_rfc() {
        assert_eq!(
            crate::ui::hex(&Exchange::new().frame),
            "818537fa213d7f9f4d5158"
        );
    }
}

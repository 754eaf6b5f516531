//! What each step says: what happens, what it is for, and where that is written.

use std::ops::Range;

use wire::Role;
use wire::handshake::{Head, Request, RequestVerdict, Response};

use super::model::{Place, Step};

/// Before HTTP: the TCP connection.
pub fn connection() -> Step {
    Step {
        place: Place::Tcp,
        title: "First a connection".to_owned(),
        what: "The browser opens a TCP connection to the server: one packet each way, and a third to confirm. For a wss \
               address a TLS handshake follows, in which both agree on HTTP/1.1."
            .to_owned(),
        why: "Everything below crosses this one connection, and so does every frame after it. No second one is ever opened.",
        cites: &[(9293, "3.5"), (6455, "4.1")],
    }
}

/// After HTTP: the first frame.
pub fn frames() -> Step {
    Step {
        place: Place::Frames,
        title: "From here on, frames".to_owned(),
        what: "Either side may send now, whenever it likes. Here the browser does: a text frame that says “Hello”, eleven \
               bytes in all."
            .to_owned(),
        why: "There are no more headers, no requests and no answers. The connection stays as it is until one side closes it.",
        cites: &[(6455, "5.2"), (6455, "1.2")],
    }
}

/// The first line of the request.
pub fn request_line(request: &Request) -> Step {
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

/// The first line of the response.
pub fn status_line(response: &Response) -> Step {
    Step {
        place: Place::Line(Role::Server, 0),
        title: format!("{} {}", response.status(), response.reason()),
        what: "The server agrees to change protocols. The number counts; the words after it are for people.".to_owned(),
        why: "Any other status is an ordinary HTTP answer, and leaves no WebSocket: a redirect, a sign-in page, even 200.",
        cites: &[(6455, "4.2.2"), (9110, "15.2.2")],
    }
}

/// What the server finds.
pub fn judgement(verdict: &RequestVerdict) -> Step {
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
pub fn headers(head: &Head, from: Role) -> Vec<Step> {
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
            why: "The next byte, in either direction, is the first byte of a frame. A server may send one in the same packet, right after this line.",
            cites: &[(6455, "4.1"), (6455, "4.2.2")],
        },
    });
    steps
}

type Meaning = (&'static str, &'static str, &'static [(u16, &'static str)]);

/// What a header line is and why it is there.
fn meaning(name: &str, from: Role) -> Meaning {
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
            "The protocol to change to. A list that must contain websocket, in upper or lower case.",
            "HTTP/1.1 has this way out built in. WebSocket only uses it.",
            &[(6455, "4.1"), (9110, "7.8")],
        ),
        ("origin", _) => (
            "The site whose page asks. The browser writes it; a script cannot change it. Programs that are not browsers need not send it.",
            "Any page may open a WebSocket to any server. A server that holds something private has to look here, because the protocol has nothing else that stops a foreign page.",
            &[(6455, "10.2"), (6454, "7")],
        ),
        ("sec-websocket-version", _) => (
            "13, the version that RFC 6455 defines. There is no newer one.",
            "The drafts before it differ from it and from each other. A server that speaks another version refuses, with a status such as 426, and names the version that it speaks.",
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
            "The cookies of this site go along, as with any request. Where another site’s page has asked, they go along only as far as SameSite and the browser’s rules for third-party cookies let them.",
            "They make signing in easy. They are also what another site’s page could misuse; Origin, above, is the line to check.",
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
            "The one subprotocol that the server chose. This server takes the first in the browser’s list that it speaks; the RFC leaves the choice to the server.",
            "A server that speaks none of them leaves the line out. By the RFC the connection then opens without one; a browser that offered some fails it. A server must not name one that nobody offered.",
            &[(6455, "4.2.2"), (6455, "11.3.4")],
        ),
        ("sec-websocket-extensions", Role::Server) => (
            "The server takes up compression. From now on RSV1, a bit in the header of a message’s first frame, marks a compressed message.",
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

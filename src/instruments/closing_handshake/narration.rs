//! What happens, in words: a few beside the ladder, a few more for the moment that the reader looks at.

use sim::{MINUTE, Micros, SECOND};
use wire::Role;
use wire::close::Close;

use super::endpoint::Program;
use super::event_log::{EndedBy, Ending, EndpointEvent, LogEntry, LogEvent, Run, Segment};
use super::simulation::{PROBE_AFTER, PROBES, TCP_GIVES_UP};
use crate::kit::number::grouped;

/// A span or a time of the model: `350 ms`, `60.1 s`, `15 min 25 s`.
pub fn clock(at: Micros) -> String {
    if at < 10 * SECOND {
        let (ms, rest) = (at / 1000, at % 1000);
        return if rest == 0 || ms >= 100 {
            format!("{} ms", grouped(ms))
        } else {
            format!("{:.1} ms", at as f64 / 1000.0)
        };
    }
    if at < 2 * MINUTE {
        let tenths = at / (SECOND / 10);
        return match tenths % 10 {
            0 => format!("{} s", tenths / 10),
            n => format!("{}.{n} s", tenths / 10),
        };
    }
    let s = (at + SECOND / 2) / SECOND;
    match s % 60 {
        0 => format!("{} min", s / 60),
        rest => format!("{} min {rest} s", s / 60),
    }
}

/// What a close frame says: `1000 “bye”`.
pub fn says(close: &Option<Close>) -> String {
    match close {
        None => "no code".to_owned(),
        Some(close) if close.reason.is_empty() => close.code.to_string(),
        Some(close) => format!("{} “{}”", close.code, close.reason),
    }
}

/// The end, at the beginning of a sentence.
pub fn name(role: Role) -> &'static str {
    match role {
        Role::Client => "The browser",
        Role::Server => "The server",
    }
}

/// What stands above an arrow.
pub fn arrow_name(segment: &Segment) -> String {
    match segment {
        Segment::Message(_, text) => format!("text “{text}”"),
        Segment::Close(_, close) => format!("Close {}", says(close)),
        Segment::Fin { ack: true } => "FIN, ACK".to_owned(),
        Segment::Fin { ack: false } => "FIN".to_owned(),
        Segment::Ack => "ACK".to_owned(),
        Segment::Rst => "RST".to_owned(),
    }
}

/// What stands beside an end's line.
pub fn note(role: Role, event: &EndpointEvent) -> String {
    let client = role == Role::Client;
    match event {
        EndpointEvent::Calls(None) if client => "close()".to_owned(),
        EndpointEvent::Calls(Some(close)) if client && close.reason.is_empty() => {
            format!("close({})", close.code)
        }
        EndpointEvent::Calls(Some(close)) if client => {
            format!("close({}, “{}”)", close.code, close.reason)
        }
        EndpointEvent::Calls(_) => "begins to close".to_owned(),
        EndpointEvent::Throws(why) => match why.split_once(':') {
            Some((error, _)) if client => error.to_owned(),
            _ => "nothing is sent".to_owned(),
        },
        EndpointEvent::Delivered(text) if client => format!("onmessage: {text}"),
        EndpointEvent::Delivered(text) => format!("receives: {text}"),
        EndpointEvent::Withheld(text) => format!("withheld: {text}"),
        EndpointEvent::SendRefused if client => "send(): nothing".to_owned(),
        EndpointEvent::SendRefused => "send: refused".to_owned(),
        EndpointEvent::Hangs => "hangs".to_owned(),
        EndpointEvent::Crashes => "process gone".to_owned(),
        EndpointEvent::Drops => "closes the socket".to_owned(),
        EndpointEvent::Resets => "resets".to_owned(),
        EndpointEvent::Unread => "kept, unread".to_owned(),
        EndpointEvent::Fails(_) => "fails the connection".to_owned(),
        EndpointEvent::Repeats => "TCP sends it again".to_owned(),
        EndpointEvent::Probes => "TCP asks".to_owned(),
        EndpointEvent::Closed(ended) if client => format!("onclose: {}", ended.outcome.code),
        EndpointEvent::Closed(ended) => format!("closed: {}", ended.outcome.code),
        EndpointEvent::TimeWait => "TIME_WAIT".to_owned(),
    }
}

/// Where the browsers' standard says what a script may pass to `close()`.
pub const CLOSE_IN_SCRIPTS: &str = "https://websockets.spec.whatwg.org/#dom-websocket-close";

/// What is told of an entry at length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Where it happens.
    pub role: Option<Role>,
    /// What.
    pub title: String,
    /// Why, or what follows.
    pub text: String,
    /// Where it is written: a section of RFC 6455, or an address.
    pub section: Option<&'static str>,
}

/// Everything there is to tell of the moment at a time.
pub fn told(run: &Run, at: Micros) -> Vec<Paragraph> {
    let entries: Vec<_> = run.log.iter().filter(|e| e.at == at).collect();
    let told = entries.iter().filter_map(|e| tell(run, e, &entries));
    told.collect()
}

/// The last moment until now of which there is anything to tell, and what.
pub fn latest(run: &Run, now: Micros) -> Option<(Micros, Vec<Paragraph>)> {
    let until = run.log.partition_point(|e| e.at <= now);
    let mut entries = run.log[..until].iter().rev();
    entries.find_map(|e| Some((e.at, told(run, e.at))).filter(|(_, told)| !told.is_empty()))
}

fn tell(run: &Run, entry: &LogEntry, beside: &[&LogEntry]) -> Option<Paragraph> {
    let inside = |role: Role, is: fn(&EndpointEvent) -> bool| {
        let mut here = beside.iter();
        here.any(|e| matches!(&e.what, LogEvent::Inside(r, h) if *r == role && is(h)))
    };
    let (role, (title, text, section)) = match &entry.what {
        LogEvent::Cut => (
            None,
            (
                "The cable is pulled".to_owned(),
                "From now on nothing gets through, either way, and neither end is told. A machine without power looks the same from the other end, and so does a connection on which neither end has anything to say.".to_owned(),
                None,
            ),
        ),
        LogEvent::Lost(_) => return None,
        LogEvent::Inside(role, event) => (Some(*role), happens(*role, event)?),
        LogEvent::Leaves(number) => {
            let arrow = &run.segments[*number];
            let role = arrow.from;
            let words = match &arrow.segment {
                Segment::Message(..) => (
                    format!("{} sends a message", name(role)),
                    "One frame. TCP will deliver it, or the connection will end.".to_owned(),
                    None,
                ),
                Segment::Close(..) if inside(role, |h| matches!(h, EndpointEvent::Calls(_))) => {
                    return None;
                }
                Segment::Close(_, close) if inside(role, |h| matches!(h, EndpointEvent::Fails(_))) => (
                    format!("It says why: Close {}", says(close)),
                    "The last frame from here, for the other end’s log. No answer is waited for.".to_owned(),
                    Some("7.1.7"),
                ),
                Segment::Close(..) => (
                    "It answers with a close frame".to_owned(),
                    match role {
                        Role::Client => "The answer repeats the code. Both close frames are under way or through; now it is for the server to close TCP.",
                        Role::Server => "The answer repeats the code. With that this end has sent and received a close frame, and the handshake is complete.",
                    }
                    .to_owned(),
                    Some("5.5.1"),
                ),
                Segment::Fin { .. } => fin(run, role, entry.at),
                Segment::Rst if inside(role, |h| matches!(h, EndpointEvent::Resets)) => return None,
                Segment::Rst => (
                    "Its kernel answers with RST".to_owned(),
                    "The socket is closed, so nobody will ever read what came. RST says that there is no such connection.".to_owned(),
                    None,
                ),
                Segment::Ack => return None,
            };
            (Some(role), words)
        }
        LogEvent::Arrives(number) => {
            let arrow = &run.segments[*number];
            let role = arrow.from.peer();
            let there = run.endpoint(role, entry.at);
            let words = match &arrow.segment {
                Segment::Message(..) | Segment::Ack => return None,
                Segment::Close(_, close) if there.program == Program::Running => (
                    format!("Close {} arrives", says(close)),
                    arrived(run, role, entry.at),
                    Some("7.1.3"),
                ),
                // What the kernel does with it is told for itself.
                Segment::Close(..) if there.program == Program::Hung => return None,
                Segment::Close(_, close) => (
                    format!("Close {} arrives", says(close)),
                    "At a kernel. The program that it is for is gone.".to_owned(),
                    None,
                ),
                Segment::Fin { .. } if there.program != Program::Running => (
                    "FIN arrives".to_owned(),
                    "The kernel acknowledges it by itself. No program takes note.".to_owned(),
                    None,
                ),
                Segment::Fin { .. } if run.endpoint(role, entry.at.saturating_sub(1)).ended.is_some() => (
                    "FIN arrives".to_owned(),
                    "This end had closed its socket before. Only its kernel takes note.".to_owned(),
                    None,
                ),
                Segment::Fin { .. } => return None,
                Segment::Rst => (
                    "RST arrives".to_owned(),
                    "There is no such connection any more. What had come and was not read yet is thrown away.".to_owned(),
                    Some("1.4"),
                ),
            };
            (Some(role), words)
        }
    };
    Some(Paragraph {
        role,
        title,
        text,
        section,
    })
}

type Words = (String, String, Option<&'static str>);

/// A close frame has come to a program that reads it.
fn arrived(run: &Run, role: Role, at: Micros) -> String {
    let before = run.endpoint(role, at.saturating_sub(1));
    let text = match (before.sent.is_some(), role) {
        _ if before.ended.is_some() => "Too late: this end is done with the connection.",
        (true, Role::Client) => {
            "Both ends have now sent and received a close frame, so the handshake is complete. The browser waits for the server to close TCP."
        }
        (true, Role::Server) => {
            "Both ends have now sent and received a close frame, so the handshake is complete."
        }
        (false, Role::Client) => {
            "The closing handshake is started here as well: readyState becomes CLOSING."
        }
        (false, Role::Server) => "The closing handshake is started here as well.",
    };
    text.to_owned()
}

/// Why a FIN leaves.
fn fin(run: &Run, role: Role, at: Micros) -> Words {
    let endpoint = run.endpoint(role, at);
    let by = endpoint.ended.as_ref().map(|ended| ended.by);
    let (title, text, section) = match (endpoint.program, by) {
        (Program::Dead, _) => (
            "Its kernel sends FIN".to_owned(),
            "It closes what the process had open. A close frame is for programs to write, and there is none.",
            None,
        ),
        (_, Some(EndedBy::Fin)) => (
            format!("{} closes TCP as well", name(role)),
            "Its FIN goes along with the acknowledgement.",
            Some("7.1.1"),
        ),
        (_, Some(EndedBy::Timeout | EndedBy::Failure)) => (
            format!("{} closes TCP itself", name(role)),
            "It does not wait for the other end any longer.",
            Some("7.1.1"),
        ),
        (_, Some(_)) => (
            "FIN leaves".to_owned(),
            "It means: no more bytes from here. It does not mean: I have said what I had to say.",
            None,
        ),
        (_, None) => (
            format!("{} closes TCP", name(role)),
            "Both close frames are through, so it sends the first FIN. The end that does so has to remember the connection afterwards; better the server than the client.",
            Some("7.1.1"),
        ),
    };
    (title, text.to_owned(), section)
}

fn happens(role: Role, event: &EndpointEvent) -> Option<Words> {
    let client = role == Role::Client;
    let who = name(role);
    let (title, text, section): (String, String, _) = match event {
        EndpointEvent::Calls(_) if client => (
            format!("The script calls {}", note(role, event)),
            "The close frame goes out after everything sent so far. readyState becomes CLOSING: the closing handshake is started.".into(),
            Some("7.1.2"),
        ),
        EndpointEvent::Calls(close) => (
            format!("The server closes: {}", says(close)),
            "The close frame goes out after everything sent so far. The closing handshake is started.".into(),
            Some("7.1.2"),
        ),
        EndpointEvent::Throws(why) if client => (
            "The browser throws".into(),
            format!("{why} No frame is sent, and the connection stays open."),
            Some(CLOSE_IN_SCRIPTS),
        ),
        EndpointEvent::Throws(why) => (
            "There is no such close frame".into(),
            format!("{why} Nothing is sent, and the connection stays open."),
            Some("5.5.1"),
        ),
        EndpointEvent::Delivered(text) if client => (
            format!("The script gets “{text}”"),
            "readyState is OPEN, so there is a message event.".into(),
            None,
        ),
        EndpointEvent::Delivered(text) => (
            format!("The server gets “{text}”"),
            "It has sent its close frame, and still listens: messages may come until the other close frame does.".into(),
            Some("1.4"),
        ),
        EndpointEvent::Withheld(text) => (
            format!("The script does not get “{text}”"),
            "It has called close(), and a browser hands messages on only while readyState is OPEN. The bytes came all the same.".into(),
            None,
        ),
        EndpointEvent::SendRefused if client => (
            "The script calls send()".into(),
            "No frame and no exception: no message may follow a close frame. Only bufferedAmount grows.".into(),
            Some("5.5.1"),
        ),
        EndpointEvent::SendRefused => (
            "The server tries to send".into(),
            "Its library refuses: no message may follow a close frame.".into(),
            Some("5.5.1"),
        ),
        EndpointEvent::Hangs => (
            format!("{who} hangs"),
            "The process exists and does nothing: a deadlock, an endless loop, a debugger. Its kernel goes on acknowledging what comes, so TCP finds nothing wrong.".into(),
            None,
        ),
        EndpointEvent::Crashes => (
            format!("{who}’s process is gone"),
            "It was killed, or it crashed. There was no time for a close frame. Its kernel sends FIN for it, or RST where bytes lay unread.".into(),
            None,
        ),
        EndpointEvent::Drops => (
            format!("{who} just closes its socket"),
            "No close frame: a library that forgot it, a proxy that does not know what it is carrying, a deploy that ends processes.".into(),
            None,
        ),
        EndpointEvent::Resets => (
            format!("{who} resets the connection"),
            "RST, and the connection is gone on the spot, with all that was under way: a proxy out of memory, a firewall, a socket closed in haste.".into(),
            None,
        ),
        EndpointEvent::Unread => (
            "Its kernel takes the bytes".into(),
            "It acknowledges them and keeps them for a program that does not read.".into(),
            None,
        ),
        EndpointEvent::Fails(violation) => (
            format!("{who} fails the connection"),
            violation.message(),
            Some("7.1.7"),
        ),
        EndpointEvent::Repeats => (
            "Nothing acknowledges it".into(),
            format!(
                "So TCP sends it again, and again, after waits that double. Linux goes on for {} at least.",
                clock(TCP_GIVES_UP)
            ),
            None,
        ),
        EndpointEvent::Probes => (
            "The browser’s TCP asks: are you there?".into(),
            format!(
                "Nothing was heard for {}. Chromium has its kernel ask then, and again as often; {} questions without an answer are enough.",
                clock(PROBE_AFTER),
                PROBES
            ),
            None,
        ),
        EndpointEvent::Closed(ended) => return Some(closed(role, ended)),
        EndpointEvent::TimeWait => (
            "TIME_WAIT".into(),
            match role {
                Role::Server => "The server sent the first FIN, so its kernel remembers both addresses and ports for a while, one minute on Linux: nothing late may end up in a new connection. It costs the server little.",
                Role::Client => "The browser sent the first FIN, so it is its kernel that remembers both addresses and ports, one minute on Linux. Until then the same pair of addresses and ports cannot be used again.",
            }
            .into(),
            Some("7.1.1"),
        ),
    };
    Some((title, text, section))
}

/// What ended it, in a sentence.
pub fn by(role: Role, by: EndedBy) -> &'static str {
    match (by, role) {
        (EndedBy::Fin, _) => "FIN came from the other end.",
        (EndedBy::Rst, _) => "RST came from the other end.",
        (EndedBy::Timeout, _) => "The close timeout is over.",
        (EndedBy::GaveUp, _) => "TCP gave up sending again.",
        (EndedBy::Silence, _) => "TCP gave up asking.",
        (EndedBy::Failure, _) => "The other end broke a rule.",
        (EndedBy::Itself, _) => "It was its own doing.",
    }
}

fn closed(role: Role, ended: &Ending) -> Words {
    let outcome = &ended.outcome;
    let how = if outcome.clean {
        "Cleanly: both close frames went through first."
    } else if outcome.code.0 == 1006 {
        "Not cleanly, and no close frame came: 1006."
    } else {
        "Not cleanly."
    };
    let title = match role {
        Role::Client => "For the browser the connection is closed",
        Role::Server => "For the server the connection is closed",
    };
    (
        title.to_owned(),
        format!("{} {how}", by(role, ended.by)),
        Some("7.1.4"),
    )
}

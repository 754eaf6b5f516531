//! What the RFC asks beside what the browser did, and the prediction beside both.

use protocol::{FaultGroup, LabFault};

use super::faults::{Duty, FaultNotes};
use super::prediction::{Choice, Fires, Prediction, Sent, code_words};
use super::run::{Run, Seen};
use crate::kit::number::grouped;

/// Where the browsers' standard says which events fire.
pub const WHATWG: &str = "https://websockets.spec.whatwg.org/#feedback-from-the-protocol";

/// How what was seen stands to what is asked. From best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Met {
    /// It could not be seen.
    Unseen,
    /// As asked.
    Yes,
    /// Nothing is asked, or it is left open.
    Free,
    /// Not what a SHOULD, or another standard, asks.
    Less,
    /// Not what a MUST asks.
    No,
}

impl Met {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Met::Unseen => "not seen",
            Met::Yes => "as asked",
            Met::Free => "left open",
            Met::Less => "not quite",
            Met::No => "not as asked",
        }
    }
}

/// Where something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A section of RFC 6455.
    Rfc(&'static str),
    /// The browsers' standard.
    Whatwg,
}

/// One thing that is asked, and what was seen of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// How they stand to each other.
    pub met: Met,
    /// Both, in a sentence or two.
    pub text: String,
    /// Where it is asked.
    pub source: Source,
}

fn point(met: Met, source: Source, text: impl Into<String>) -> Point {
    Point {
        met,
        text: text.into(),
        source,
    }
}

/// What was asked of the browser in this run, and what it did.
pub fn points(run: &Run) -> Vec<Point> {
    let (fault, seen) = (run.fault, run.observe());
    if fault.in_handshake() {
        return handshake_points(fault, &seen);
    }
    if fault.duty == Duty::Nothing {
        return silence_points(run, &seen);
    }
    let mut out = Vec::new();
    let ended = seen.told.is_some();
    if let Some(point) = kept_back(fault, &seen) {
        out.push(point);
    }
    out.push(match (ended, fault.duty) {
        (true, Duty::Fail) => point(
            Met::Yes,
            Source::Rfc(fault.section()),
            "It had to fail the connection, and did.",
        ),
        (true, _) => point(
            Met::Yes,
            Source::Rfc("7.1.7"),
            "It failed the connection, as the RFC provides for a peer that breaks the protocol.",
        ),
        (false, Duty::Fail) => point(
            Met::No,
            Source::Rfc(fault.section()),
            "It had to fail the connection, and did not: it goes on as if nothing had happened.",
        ),
        (false, Duty::Limit) => point(
            Met::Free,
            Source::Rfc(fault.section()),
            "It keeps the connection open: as far as it can tell, nothing is wrong.",
        ),
        (false, _) => point(
            Met::Free,
            Source::Rfc(fault.section()),
            "It keeps the connection open. The RFC forbids the sender to do this, and does not say what a receiver has to do.",
        ),
    });
    if ended {
        out.extend(close_frame(fault, &seen));
    }
    out.extend(told_points(fault, &seen));
    out
}

/// Whether the broken message was kept from the script.
fn kept_back(fault: &FaultNotes, seen: &Seen) -> Option<Point> {
    fault.close_code()?;
    let source = Source::Rfc(fault.section());
    let bytes = grouped(seen.messages.iter().sum());
    Some(match (seen.messages.is_empty(), fault.duty) {
        (false, Duty::Limit) => point(
            Met::Free,
            source,
            format!(
                "It inflated all of it and handed {bytes} bytes to your script. Each endpoint chooses its own limit; this one’s is higher, or there is none."
            ),
        ),
        (true, Duty::Limit) => point(
            Met::Yes,
            source,
            "It has a limit, and kept to it: the message did not reach your script.",
        ),
        (false, Duty::Fail) => point(
            Met::No,
            source,
            format!("It handed {bytes} bytes of a broken message to your script."),
        ),
        (false, _) => point(
            Met::Free,
            source,
            format!("It handed {bytes} bytes to your script, as if all were well."),
        ),
        (true, _) => point(
            Met::Yes,
            Source::Rfc("7.1.7"),
            "Nothing of what was broken reached your script.",
        ),
    })
}

/// What the browser told the server, where the server has broken a rule.
fn close_frame(fault: &FaultNotes, seen: &Seen) -> Option<Point> {
    let source = Source::Rfc("7.1.7");
    // Beneath the frames nobody is left to read a close frame, or nothing says so.
    let expected = fault.close_code()?;
    Some(match seen.sent {
        None => point(
            Met::Unseen,
            source,
            "It should send a close frame with a code that fits. A page cannot see whether it did.",
        ),
        Some(Sent::Close(code)) if code == expected => point(
            Met::Yes,
            source,
            format!(
                "It should send a close frame with a code that fits, and sent {}.",
                code_words(code)
            ),
        ),
        Some(Sent::Close(code)) => point(
            Met::Less,
            source,
            format!(
                "It should send a close frame with a code that fits. That is {}; it sent {}.",
                code_words(expected),
                code_words(code)
            ),
        ),
        Some(Sent::Bare) => point(
            Met::Less,
            source,
            format!(
                "It should send a close frame with a code that fits, {}. It sent one without a code.",
                code_words(expected)
            ),
        ),
        Some(Sent::Nothing) => point(
            Met::Free,
            source,
            "It sent no close frame. It should, but may leave it out where it thinks that nobody would read it.",
        ),
    })
}

/// What the script was told.
fn told_points(fault: &FaultNotes, seen: &Seen) -> Vec<Point> {
    let Some(told) = &seen.told else {
        return Vec::new();
    };
    let mut out = Vec::new();
    out.push(if fault.group() == FaultGroup::Closing {
        point(
            Met::Free,
            Source::Rfc("7.1.5"),
            format!(
                "A close frame came, and no code that may be in it. The RFC does not say which code is then to be reported. Your script was told {}.",
                told.code
            ),
        )
    } else if told.code == 1006 {
        point(
            Met::Yes,
            Source::Rfc("7.1.5"),
            "No close frame came from the server, so the code is 1006.",
        )
    } else {
        point(
            Met::Less,
            Source::Rfc("7.1.5"),
            format!(
                "No close frame came from the server, so the code is to be 1006. Your script was told {}.",
                told.code
            ),
        )
    });
    out.push(if seen.error {
        point(
            Met::Yes,
            Source::Whatwg,
            "Where a connection had to be failed, an error event comes before the close event. It did.",
        )
    } else {
        point(
            Met::Less,
            Source::Whatwg,
            "Strictly, an error event comes before the close event where a connection had to be failed. None came.",
        )
    });
    out
}

fn handshake_points(fault: &FaultNotes, seen: &Seen) -> Vec<Point> {
    let mut out = Vec::new();
    out.push(if seen.opened {
        point(
            Met::No,
            Source::Rfc("4.1"),
            "It had to fail the connection, and opened it.",
        )
    } else {
        point(
            Met::Yes,
            Source::Rfc("4.1"),
            "It had to fail the connection before it was open, and did: your script saw no open event.",
        )
    });
    out.push(match seen.sent {
        None => point(
            Met::Unseen,
            Source::Rfc("7.1.7"),
            "Before the connection is established there is no close frame to send. A page cannot see whether it sent one.",
        ),
        Some(Sent::Nothing) => point(
            Met::Yes,
            Source::Rfc("7.1.7"),
            "Before the connection is established there is no close frame to send, and it sent none.",
        ),
        Some(_) => point(
            Met::Less,
            Source::Rfc("7.1.7"),
            "Before the connection is established there is no close frame to send. It sent one.",
        ),
    });
    out.extend(told_points(fault, seen));
    out
}

fn silence_points(run: &Run, seen: &Seen) -> Vec<Point> {
    let quiet_ms = run.quiet_ms.unwrap_or_default();
    let quiet = seconds(quiet_ms);
    let mut out = vec![match &seen.told {
        None => point(
            Met::Free,
            Source::Rfc("5.5.2"),
            format!(
                "Nothing is asked, and nothing happened for {quiet}. TCP does not end a connection because it is quiet."
            ),
        ),
        Some(told) => point(
            Met::Free,
            Source::Rfc("5.5.2"),
            format!(
                "Nothing is asked. Your browser ended the connection by itself, and told your script {}.",
                told.code
            ),
        ),
    }];
    if let Some((ms, told)) = run.waited(quiet_ms) {
        out.push(match told {
            None => point(
                Met::Free,
                Source::Rfc("7.1.1"),
                "You closed it. Your browser has sent its close frame and waits for one; for how long, it decides itself.",
            ),
            Some(told) => point(
                Met::Free,
                Source::Rfc("7.1.1"),
                format!(
                    "You closed it. Your browser waited {} for an answer that never came, then gave up and told your script {}. How long to wait, it decides itself.",
                    seconds(ms),
                    told.code
                ),
            ),
        });
    }
    out
}

/// A time in seconds with a digit: `4.0 s`.
pub fn seconds(ms: f64) -> String {
    crate::live::trips::seconds(ms)
}

/// All points in one: the worst that was seen.
pub fn overall(points: &[Point]) -> Met {
    let worst = points.iter().map(|point| point.met).max();
    match worst {
        // What is left open is no fault of the browser's.
        Some(Met::Free) if points.iter().any(|point| point.met == Met::Yes) => Met::Yes,
        worst => worst.unwrap_or(Met::Unseen),
    }
}

/// A question, what was predicted, what was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What was asked.
    pub question: &'static str,
    /// The prediction.
    pub predicted: Option<String>,
    /// What was seen; nothing where it could not be.
    pub seen: Option<String>,
    /// Whether both are the same; nothing without a prediction or without sight.
    pub right: Option<bool>,
    /// Why it came so.
    pub why: String,
}

fn mark<C: Choice>(
    question: &'static str,
    predicted: Option<C>,
    seen: Option<C>,
    why: String,
) -> Mark {
    Mark {
        question,
        predicted: predicted.map(C::label),
        seen: seen.map(C::label),
        right: predicted
            .zip(seen)
            .map(|(predicted, seen)| predicted == seen),
        why,
    }
}

/// The three questions.
pub const QUESTIONS: [&str; 3] = [
    "What does your script get?",
    "Which code does the close event report?",
    "What does your browser send?",
];

/// The prediction, question by question.
pub fn marks(fault: &FaultNotes, prediction: &Prediction, seen: &Seen) -> [Mark; 3] {
    let [fires, code, sent] = QUESTIONS;
    [
        mark(
            fires,
            prediction.fires,
            Some(seen.fires()),
            why_fires(fault, seen),
        ),
        mark(
            code,
            prediction.code,
            Some(seen.code()),
            why_code(fault, seen),
        ),
        mark(sent, prediction.sent, seen.sent, why_sent(fault, seen)),
    ]
}

fn why_fires(fault: &FaultNotes, seen: &Seen) -> String {
    match seen.fires() {
        Fires::Message if fault.duty == Duty::Limit => {
            "The message was inflated and joined before any script was asked.".to_owned()
        }
        Fires::Message => "Your browser took it for a message like any other.".to_owned(),
        Fires::ErrorClose if fault.in_handshake() => {
            "The connection never opened. The error event has nothing in it: the reason goes to the developer’s console, where no script can read it.".to_owned()
        }
        Fires::ErrorClose => {
            "Your browser failed the connection itself. The error event has nothing in it, and the close event follows at once.".to_owned()
        }
        Fires::Close => {
            "The connection was lost, and your browser fires no error event for that.".to_owned()
        }
        Fires::Nothing => "Nothing has happened that an event could report.".to_owned(),
    }
}

fn why_code(fault: &FaultNotes, seen: &Seen) -> String {
    let close_came = fault.group() == FaultGroup::Closing;
    match (seen.code(), seen.sent) {
        (None, _) => "Without a close event there is no code.".to_owned(),
        (Some(1006), _) if fault.in_handshake() => {
            "Your browser knows exactly what was wrong and does not say: a page that could tell one failure from another could scan its user’s network.".to_owned()
        }
        (Some(1006), _) if close_came => {
            "A close frame came, but none that can be read. 1006 must not be sent; it is how your browser says that nobody told why.".to_owned()
        }
        (Some(1006), Some(Sent::Close(code))) => format!(
            "The code is what the server’s close frame says, and none came. The {code} that your browser sent is for the server: your own script is not told."
        ),
        (Some(1006), _) => {
            "No close frame came. 1006 must not be sent; your browser makes it up for that.".to_owned()
        }
        (Some(code), _) => format!("{}.", code_words(code)),
    }
}

fn why_sent(fault: &FaultNotes, seen: &Seen) -> String {
    match (seen.sent, &seen.told) {
        (None, _) => "A page cannot see what its browser sends. Only a tap at the server can.".to_owned(),
        (Some(Sent::Close(code)), _) => format!(
            "{}: that is for the server to read, and for its log.",
            code_words(code)
        ),
        (Some(Sent::Bare), _) => "A close frame, but without a code in it.".to_owned(),
        (Some(Sent::Nothing), _) if fault.in_handshake() => {
            "A close frame is for a connection that is open. This one never was, so TCP just ends.".to_owned()
        }
        (Some(Sent::Nothing), Some(_)) if fault.fault == LabFault::HalfClose => {
            "It could have: the server still listens. It took the end of one direction for the end of both.".to_owned()
        }
        (Some(Sent::Nothing), Some(_)) => "It ended TCP without a word.".to_owned(),
        (Some(Sent::Nothing), None) => {
            "It has nothing to say: as far as it can tell, nothing is wrong.".to_owned()
        }
    }
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;

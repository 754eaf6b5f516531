//! The right side: what happened, line by line, what was wrong, and what the RFC asks.

use wire::Role;
use yew::prelude::*;

use super::run::{Found, LIMIT, Line, Phase, Run, Said, frame_of};
use super::verdict::{Met, Source, WHATWG, marks, overall, points, seconds};
use crate::instruments::frame_inspector::link as frame_link;
use crate::instruments::handshake_editor::link as head_link;
use crate::kit::icon::Icon;
use crate::kit::link::page_link;
use crate::kit::number::{counted, grouped, hex_spaced};
use crate::kit::rfc_link::{rfc, rfc_section};
use crate::kit::settings::MAX_LINK_BYTES;
use crate::kit::wire_text::wire_text;
use crate::live::entry::{Entry, EntryKind};
use crate::live::timeline::{narration, parts};

/// Bytes of a broken frame that are shown.
const SHOWN: usize = 24;

/// What happened, in a sentence, for who cannot see the lines.
pub fn summary(run: &Run) -> String {
    match &run.phase {
        Phase::Asking | Phase::Connecting | Phase::Watching => {
            format!("{}: running.", run.fault.title)
        }
        Phase::Failed(why) => why.clone(),
        Phase::Quiet | Phase::Closing | Phase::Done => {
            let seen = run.observe();
            let marks = marks(run.fault, &run.prediction, &seen);
            let judged = marks.iter().filter(|mark| mark.right.is_some()).count();
            let right = marks.iter().filter(|mark| mark.right == Some(true)).count();
            let sent = match &marks[2].seen {
                Some(sent) => format!(" Your browser sent {sent}."),
                None => String::new(),
            };
            let score = match judged {
                0 => String::new(),
                n => format!(" Predicted: {right} of {n} right."),
            };
            format!("Your script got {}.{sent}{score}", events(run))
        }
    }
}

/// The events of a script, in order: `open, error, close 1006`.
pub fn events(run: &Run) -> String {
    let seen = run.observe();
    let mut names = Vec::new();
    if seen.opened {
        names.push("open".to_owned());
    }
    match seen.messages.len() {
        0 => {}
        1 => names.push("message".to_owned()),
        n => names.push(format!("{n} messages")),
    }
    if seen.error {
        names.push("error".to_owned());
    }
    if let Some(told) = &seen.told {
        names.push(format!("close {}", told.code));
    }
    match names.is_empty() {
        true => "nothing".to_owned(),
        false if seen.told.is_none() => format!("{}, then nothing", names.join(", ")),
        false => names.join(", "),
    }
}

/// The lines of a run.
pub fn ladder(run: &Run, chosen: Option<u64>, choose: &Callback<Option<u64>>) -> Html {
    let lines = run.lines();
    let opened = run.observe().opened;
    let rows = lines.iter().enumerate().map(|(n, line)| match line {
        Line::Script(ms, said) => script_row(n, *ms, said),
        Line::Wire(entry) => html! {
            <>
                { wire_row(entry, chosen == Some(entry.id), choose) }
                if opened && matches!(entry.kind, EntryKind::Response(_)) {
                    <li class="timeline__quiet">{ "HTTP ends here" }</li>
                }
            </>
        },
    });
    let waits = match &run.phase {
        Phase::Asking => Some("Asking the server for a wire of your own…".to_owned()),
        Phase::Connecting => Some("Shaking hands…".to_owned()),
        Phase::Watching => Some("Watching…".to_owned()),
        phase => {
            let quiet = run.quiet_ms.filter(|_| !run.closed()).map(seconds);
            match (phase, quiet) {
                (Phase::Quiet, Some(quiet)) => Some(format!(
                    "{quiet} after the start, and the connection is still open"
                )),
                (Phase::Done, Some(quiet)) => Some(format!(
                    "{quiet} after the start it was still open, and the page let go of it"
                )),
                _ => None,
            }
        }
    };
    html! {
        <div class="fault-lab__run-lines">
            <div class="timeline__heads" aria-hidden="true">
                <span class="from-client"><i class="dot"></i>{ "Your browser" }</span>
                <span class="from-server">{ "Lab server" }<i class="dot"></i></span>
            </div>
            <ol aria-label="What happened">
                { for rows }
                if let Some(waits) = waits {
                    <li class="timeline__quiet">{ waits }</li>
                }
            </ol>
            <p class="note note--small">
                if run.tapped {
                    { "On the left, milliseconds by the server’s clock since it accepted the connection. Beside the events, by this page’s clock since it asked for the WebSocket." }
                } else {
                    { "Milliseconds by this page’s clock. Another server has no tap for this page, so only events can be seen." }
                }
            </p>
        </div>
    }
}

fn wire_row(entry: &Entry, current: bool, choose: &Callback<Option<u64>>) -> Html {
    let (class, spoken) = match entry.kind.from() {
        Some(Role::Client) => ("timeline__lane--up from-client", "Client to server: "),
        Some(Role::Server) => ("timeline__lane--down from-server", "Server to client: "),
        None => ("timeline__lane--aside", ""),
    };
    let broken = frame_of(entry)
        .is_some_and(|frame| !frame.violations.is_empty() || frame.trouble.is_some());
    let id = entry.id;
    let onclick = choose.reform(move |_: MouseEvent| (!current).then_some(id));
    html! {
        <li class="timeline__line" key={format!("w{id}")}>
            <span class="timeline__time">{ entry.us.map(narration::ms).unwrap_or_default() }</span>
            <button type="button" class={classes!("timeline__lane", class, current.then_some("timeline__lane--current"), broken.then_some("broken"))}
                aria-expanded={current.to_string()} {onclick}>
                <span class="timeline__label"><span class="visually-hidden">{ spoken }</span>{ parts(&entry.kind) }</span>
            </button>
        </li>
    }
}

fn script_row(n: usize, ms: f64, said: &Said) -> Html {
    let (what, name, more) = match said {
        Said::Open => ("event", "open".to_owned(), String::new()),
        Said::Message { text, len } => (
            "event",
            "message".to_owned(),
            format!(
                "{} of {}",
                counted(*len, "byte", "bytes"),
                if *text { "text" } else { "binary data" }
            ),
        ),
        Said::Error => ("event", "error".to_owned(), "with nothing in it".to_owned()),
        Said::Close(told) => (
            "event",
            "close".to_owned(),
            format!(
                "code {} · reason “{}” · wasClean {}",
                told.code, told.reason, told.clean
            ),
        ),
        Said::Called(code) => ("your call", format!("close({code})"), String::new()),
    };
    html! {
        <li class="timeline__line" key={format!("s{n}")}>
            <span class="timeline__time"></span>
            <span class="fault-lab__event-row"><span class="fault-lab__event">
                <small>{ what }</small>{ " " }<b>{ name }</b>{ " " }<span>{ wire_text(&more) }</span>
                <small class="fault-lab__event-time">{ format!(" {}\u{a0}ms", narration::ms((ms * 1000.0).max(0.0) as u64)) }</small>
            </span></span>
        </li>
    }
}

/// What is wrong with what the server sent, and the way to take it apart.
pub fn broken(run: &Run) -> Html {
    match run.found() {
        Some(Found::Frame(violation)) => {
            let (frames, at) = run.frames();
            let frame = at.and_then(|at| frames.get(at)).and_then(|e| frame_of(e));
            let before: u64 = frames
                .iter()
                .take(at.unwrap_or_default())
                .filter_map(|e| frame_of(e))
                .map(|f| f.wire_len())
                .sum();
            let all: Vec<u8> = frames
                .iter()
                .filter_map(|e| frame_of(e))
                .flat_map(|f| f.raw.iter().copied())
                .collect();
            let deflate = frame.is_some_and(|frame| frame.deflate);
            let path = frame_link(&all, Role::Server, deflate);
            let ours = violation.rule == wire::rule::Rule::InflatesTooBig;
            html! {
                <div class="fault-lab__broken">
                    <p class="eyebrow">{ "What was wrong" }</p>
                    <p><b>{ violation.rule.title() }</b>{ ". " }
                        if ours {
                            { format!("This page’s own decoder stops at {} bytes; it found the message to inflate to more. ", grouped(LIMIT as u64)) }
                        } else {
                            { violation.message() }{ " " }
                        }
                        { violation.rule.reason() }{ " " }{ rfc_section(run.fault.section()) }
                    </p>
                    if let Some(frame) = frame {
                        { marked(&frame.raw, violation.at.start.saturating_sub(before), violation.at.end.saturating_sub(before), frame.wire_len()) }
                    }
                    if let Some(path) = path {
                        <p class="fault-lab__actions">{ page_link(path, classes!("btn"), html! { "Take it apart" }) }</p>
                    } else {
                        <p class="note note--small">{ format!("{}: too many for a link, where {} fit.", counted(all.len() as u64, "byte", "bytes"), grouped(MAX_LINK_BYTES as u64)) }</p>
                    }
                </div>
            }
        }
        Some(Found::Head(finding)) => {
            let editor = run
                .heads()
                .and_then(|(request, response)| head_link(&request, Some(&response)));
            html! {
                <div class="fault-lab__broken">
                    <p class="eyebrow">{ "What was wrong" }</p>
                    <p><b>{ finding.requirement.title() }</b>{ ": not met. " }{ code_spans(&finding.message) }{ " " }{ finding.reason(Role::Client) }{ " " }{ rfc_section(run.fault.section()) }</p>
                    if let Some(editor) = editor {
                        <p class="fault-lab__actions">{ page_link(editor, classes!("btn"), html! { "Judge it in the handshake editor" }) }</p>
                    }
                </div>
            }
        }
        None => Html::default(),
    }
}

/// What stands between backticks, as code.
fn code_spans(text: &str) -> Html {
    text.split('`')
        .enumerate()
        .map(|(n, part)| match n % 2 {
            0 => wire_text(part),
            _ => html! { <code>{ wire_text(part) }</code> },
        })
        .collect()
}

/// The bytes of a frame, those that break the rule marked.
fn marked(raw: &[u8], from: u64, to: u64, len: u64) -> Html {
    let shown = &raw[..raw.len().min(SHOWN)];
    let at = |n: u64| (n as usize).min(shown.len());
    let (from, to) = (at(from), at(to).max(at(from)));
    let more = len - shown.len() as u64;
    html! {
        <p class="fault-lab__bytes mono">
            { hex_spaced(&shown[..from]) }{ " " }
            if from < to { <mark>{ hex_spaced(&shown[from..to]) }</mark>{ " " } }
            { hex_spaced(&shown[to..]) }
            if more > 0 { <span>{ format!(" … {}", counted(more, "more byte", "more bytes")) }</span> }
        </p>
    }
}

/// The sign of a judgement, and its class.
pub fn sign(met: Met) -> (Html, &'static str) {
    match met {
        Met::Yes => (Icon::Check.view(), "yes"),
        Met::No | Met::Less => (Icon::Warn.view(), "no"),
        Met::Free | Met::Unseen => (
            html! { <i class="fault-lab__ring" aria-hidden="true"></i> },
            "free",
        ),
    }
}

/// What the RFC asks, and whether this browser did that.
pub fn asked(run: &Run) -> Html {
    let points = points(run);
    let all = overall(&points);
    let verdict = match all {
        Met::Yes => "Your browser did what is asked.",
        Met::Free => "Your browser did what it may: nothing else is asked.",
        Met::Less => "Your browser did what it must, but not all that it should.",
        Met::No => "Your browser did not do what is asked.",
        Met::Unseen => "This could not be seen.",
    };
    let list = points.into_iter().map(|point| {
        let (icon, class) = sign(point.met);
        html! {
            <li {class}>
                { icon }
                <span>
                    <span class="visually-hidden">{ point.met.word() }{ ": " }</span>{ wire_text(&point.text) }{ " " }
                    { match point.source {
                        Source::Rfc(section) => rfc_section(section),
                        Source::Whatwg => html! { <a class="rfc" href={WHATWG} rel="noopener">{ "WHATWG" }</a> },
                    } }
                </span>
            </li>
        }
    });
    html! {
        <div class="fault-lab__asked">
            <p class="eyebrow">{ "What is asked" }</p>
            <p class="fault-lab__duty">{ run.fault.asks }{ " " }{ rfc(run.fault.section()) }</p>
            <ul>{ for list }</ul>
            <p class={classes!("fault-lab__overall", match all { Met::Yes => "good", Met::Less | Met::No => "bad", _ => "open" })}><b>{ verdict }</b></p>
        </div>
    }
}

//! What is said of what was pasted.

use notation::Form;
use notation::payload::LooksLike;
use wire::Role;
use wire::close::CloseCode;
use yew::prelude::*;

use super::errors::{ErrorText, Recognised};
use super::frames::{Frames, SHOWN};
use super::model::{Found, Judged, Part};
use crate::instruments::close_codes::meanings::meaning;
use crate::kit::choice::{Chip, chips};
use crate::kit::icon::Icon;
use crate::kit::link::page_link;
use crate::kit::number::{counted, grouped};
use crate::kit::rfc_link::rfc_of;
use crate::kit::wire_text::wire_text;

/// Things to try.
pub fn examples(
    examples: &[(&'static str, &'static str)],
    text: &str,
    on_choose: &Callback<usize>,
) -> Html {
    let all: Vec<_> = examples
        .iter()
        .map(|(name, example)| Chip {
            label: AttrValue::from(*name),
            pressed: *example == text,
            broken: false,
        })
        .collect();
    html! {
        <div class="inspector__examples">
            <span class="eyebrow">{ "Try" }</span>
            { chips("Things to try", &all, on_choose) }
        </div>
    }
}

/// Why something is not read.
pub fn refused(why: &str) -> Html {
    html! {
        <div class="verdict bad">
            <p>{ Icon::Warn.view() }<b>{ " This is not read." }</b></p>
            <p>{ why }</p>
            <p>
                { "If it came from a tool, paste all that the tool printed, with its line numbers and marks. " }
                { page_link("/inspect#what-it-reads", Classes::new(), html! { "What is read here" }) }{ "." }
            </p>
        </div>
    }
}

/// What was found.
pub fn found(found: &Found, chosen: Option<Form>, on_form: &Callback<Form>) -> Html {
    html! {
        <>
            <p class="inspector__what">{ "Read as " }<b>{ wire_text(&found.what) }</b>{ "." }</p>
            if !found.alternatives.is_empty() {
                <p class="inspector__other">
                    { "It may be something else: " }
                    for form in found.alternatives.iter().copied() {
                        <button type="button" class="btn" aria-pressed={(chosen == Some(form)).to_string()}
                            onclick={on_form.reform(move |_: MouseEvent| form)}>{ "read as " }{ form.name() }</button>
                    }
                </p>
            }
            { for found.parts.iter().map(part) }
        </>
    }
}

fn part(part: &Part) -> Html {
    match part {
        Part::Notes(notes) => html! {
            <ul class="inspector__notes">{ for notes.iter().map(|note| html! { <li>{ note }</li> }) }</ul>
        },
        Part::Frames(frames) => view_frames(frames),
        Part::Message {
            from,
            words,
            looks_like,
        } => html! {
            <p class="inspector__message"><b>{ sender(*from) }</b>{ " " }{ wire_text(words) }{ what_inside(*looks_like) }</p>
        },
        Part::Handshake(judged) => view_handshake(judged),
        Part::Code(code) => view_code(*code),
        Part::Errors(known) => view_errors(known),
    }
}

fn sender(from: Role) -> &'static str {
    match from {
        Role::Client => "From the client:",
        Role::Server => "From the server:",
    }
}

/// What a payload looks like, and what is wrong with it by its own rules.
fn what_inside(looks_like: Option<LooksLike>) -> Html {
    html! {
        if let Some(what) = looks_like {
            <small class="inspector__inside">
                { format!(" {}", what.protocol.name()) }
                if let Some(error) = what.error { { ". " }{ error.to_string() } }
            </small>
        }
    }
}

fn view_frames(frames: &Frames) -> Html {
    let size = counted(frames.bytes as u64, "byte", "bytes");
    if let Some(not) = &frames.not_frames {
        return html! {
            <section class="inspector__part">
                <div class="verdict bad">
                    <p>{ Icon::Cross.view() }<b>{ format!(" These {size} are {}, not frames.", not.what.protocol.name()) }</b></p>
                    <p>{ not.what.protocol.reason() }</p>
                    if let Some(error) = not.what.error { <p>{ error.to_string() }</p> }
                    if let Some(read_as) = &not.read_as {
                        <p>{ "An endpoint that takes them for a frame complains of the first byte: " }{ read_as }{ "." }</p>
                    }
                </div>
                { open_in(frames.link.as_deref(), "See what a frame decoder makes of them") }
            </section>
        };
    }
    let count = counted(frames.count, "frame", "frames");
    let verdict = match (&frames.wrong, frames.left) {
        (Some(wrong), _) => html! {
            <div class="verdict bad">
                <p>{ Icon::Cross.view() }<b>{ format!(" Frame {}: {}.", wrong.frame + 1, wrong.violation.rule.title()) }</b></p>
                <p>{ wire_text(&wrong.violation.message()) }</p>
                <p>{ wrong.violation.rule.reason() }{ " " }{ rfc_of(wrong.violation.rule.rfc(), wrong.violation.rule.section()) }</p>
                <p>{ format!("A receiver fails the connection with {}.", wrong.violation.rule.close_code().0) }</p>
            </div>
        },
        (None, 0) => html! {
            <div class="verdict">
                <p>{ Icon::Check.view() }<b>{ format!(" {count}, and nothing wrong with {}.", if frames.count == 1 { "it" } else { "them" }) }</b></p>
            </div>
        },
        (None, left) => html! {
            <div class="verdict unfinished">
                <p>{ Icon::Warn.view() }<b>{ format!(" The last frame is not whole: {} of it are here.", counted(left, "byte", "bytes")) }</b></p>
                <p>{ "Either the text was cut, or the length in its header is wrong, or the rest comes in another read: TCP keeps no message boundaries." }</p>
            </div>
        },
    };
    html! {
        <section class="inspector__part">
            <h2>{ format!("{} {size}", sender(frames.from)) }</h2>
            { verdict }
            if !frames.hints.is_empty() {
                <ul class="inspector__hints">
                    for hint in frames.hints.iter() { <li><b>{ "Most likely: " }</b>{ hint }</li> }
                </ul>
            }
            if frames.compressed {
                <p>{ "RSV1 is set, so permessage-deflate must have been agreed on; read that way, the messages come out." }</p>
            }
            if !frames.lines.is_empty() {
                <ol class="inspector__frames">
                    for line in frames.lines.iter() {
                        <li class={(!line.broken.is_empty()).then_some("is-broken")}>
                            { &line.words }
                            if let Some(text) = &line.text { { " " }<code>{ wire_text(text) }</code> }
                            { what_inside(line.looks_like) }
                            if !line.broken.is_empty() {
                                <small>{ Icon::Cross.view() }{ line.broken.join(", ") }</small>
                            }
                        </li>
                    }
                </ol>
                if frames.count > SHOWN as u64 {
                    <p>{ format!("and {} more.", grouped(frames.count - SHOWN as u64)) }</p>
                }
            }
            { open_in(frames.link.as_deref(), if frames.wrong.is_some() { "See the byte where it breaks" } else { "Take them apart" }) }
        </section>
    }
}

fn open_in(link: Option<&str>, words: &'static str) -> Html {
    match link {
        Some(link) => html! {
            <p>{ page_link(link, classes!("btn", "primary"), html! { <>{ words }{ Icon::Forward.view() }</> }) }</p>
        },
        None => html! {
            <p>{ "They are too many for a link: paste them into the box of " }{ page_link("/frames", Classes::new(), html! { "Frames" }) }{ "." }</p>
        },
    }
}

fn view_handshake(judged: &Judged) -> Html {
    let exchange = &judged.exchange;
    let broken: Vec<_> = exchange
        .findings
        .iter()
        .filter(|one| !one.finding.met)
        .collect();
    let (good, words) = match (exchange.opens_by_rfc, exchange.opens_in_browsers) {
        (Some(true), Some(false)) => (false, "By the RFC this opens; in browsers it does not."),
        (Some(false), Some(true)) => (false, "Browsers open this; by the RFC it fails."),
        (Some(true), _) => (true, "This handshake opens the connection."),
        (Some(false), _) => (false, "This handshake fails."),
        (None, _) if broken.is_empty() => (
            true,
            "Nothing is wrong with this half. Whether the connection opens, the other half decides.",
        ),
        (None, _) => (false, "This half is already wrong."),
    };
    html! {
        <section class="inspector__part">
            <div class={classes!("verdict", (!good).then_some("bad"))}>
                <p>{ if good { Icon::Check.view() } else { Icon::Cross.view() } }<b>{ format!(" {words}") }</b></p>
                if let (Some(expected), Some(sent)) = (&exchange.accept_expected, &exchange.accept_sent) {
                    if expected != sent {
                        <p>{ "For this key the accept value is " }<code>{ expected }</code>{ ", and the response says " }<code>{ wire_text(sent) }</code>{ "." }</p>
                    }
                }
            </div>
            if !broken.is_empty() {
                <ul class="inspector__findings">
                    for one in broken {
                        <li>
                            <b>{ match one.sender { Role::Client => "Request: ", Role::Server => "Response: " } }</b>
                            { ticked(&one.finding.message) }
                            <small>{ " " }{ one.finding.places(one.sender.peer()) }</small>
                        </li>
                    }
                </ul>
            }
            if !exchange.browsers.is_empty() {
                <ul class="inspector__notes">
                    for note in exchange.browsers.iter() {
                        <li>{ ticked(note.message) }{ " " }<a href={note.source} rel="noopener">{ "Source" }</a></li>
                    }
                </ul>
            }
            if !judged.secrets.is_empty() {
                <p>{ format!("{} left out of the link: an address goes to servers and into chats.", judged.secrets.join(", ")) }</p>
            }
            if let Some(link) = &judged.link {
                <p>{ page_link(link.clone(), classes!("btn", "primary"), html! { <>{ "Repair it in the editor" }{ Icon::Forward.view() }</> }) }</p>
            }
        </section>
    }
}

/// A sentence of the codec: what stands between backticks is on the wire.
fn ticked(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    parts
        .map(|(i, part)| match i % 2 {
            0 => wire_text(part),
            _ => html! { <code>{ wire_text(part) }</code> },
        })
        .collect()
}

fn view_code(code: u16) -> Html {
    let of = CloseCode(code);
    let meaning = meaning(of);
    html! {
        <section class="inspector__part">
            <h2>{ format!("{code}: {}", of.name()) }</h2>
            <p>{ meaning.means }</p>
            <dl class="inspector__code">
                if let Some(who) = meaning.who { <dt>{ "Who says it" }</dt><dd>{ who }</dd> }
                if let Some(behind) = meaning.behind { <dt>{ "What is behind it" }</dt><dd>{ behind }</dd> }
                if let Some(then) = meaning.then { <dt>{ "What to do" }</dt><dd>{ then }</dd> }
                if !of.may_be_sent() { <dt>{ "On the wire" }</dt><dd>{ "Never: no close frame may carry it." }</dd> }
            </dl>
            <p>{ page_link(format!("/closing?code={code}#close-codes"), classes!("btn", "primary"), html! { <>{ "See it among the close codes" }{ Icon::Forward.view() }</> }) }</p>
        </section>
    }
}

fn view_errors(known: &Recognised) -> Html {
    let others = known.errors.iter().skip(1);
    html! {
        <>
            if let Some(first) = known.errors.first() {
                <section class="inspector__part">{ view_error(first) }</section>
            }
            for other in others {
                <details class="inspector__part">
                    <summary>{ format!("It could be {} too", other.product) }</summary>
                    { view_error(other) }
                </details>
            }
        </>
    }
}

fn view_error(error: &ErrorText) -> Html {
    html! {
        <>
            <h2>{ error.product }</h2>
            <p>{ ticked(error.means) }</p>
            <h3>{ "What usually causes it" }</h3>
            <ol class="inspector__causes">
                for cause in error.causes {
                    <li><b>{ ticked(cause.cause) }</b><br/>{ ticked(cause.tell) }</li>
                }
            </ol>
            <p class="inspector__ways">
                { page_link(error.shows, classes!("btn", "primary"), html! { <>{ "See the bytes that do this" }{ Icon::Forward.view() }</> }) }
                <a href={error.source} rel="noopener">{ "Where the text is written" }</a>
            </p>
        </>
    }
}

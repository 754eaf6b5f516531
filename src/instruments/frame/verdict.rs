//! What the other end does with the frame.

use wire::Role;
use wire::frame::Opcode;
use wire::rule::Violation;
use yew::prelude::*;

use super::model::{Reading, Source};
use crate::ui::{Icon, Rfc, counted};

/// A verdict in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is wrong so far, and more has to come.
    Open(String),
    /// The receiver takes it.
    Accepts(String),
    /// The receiver fails the connection.
    Fails(Vec<Violation>),
}

/// Judges as the receiver of the frame does.
pub fn judge(source: &Source, reading: &Reading) -> Verdict {
    if !reading.violations.is_empty() {
        return Verdict::Fails(reading.violations.clone());
    }
    if let Some(need) = reading.need {
        return Verdict::Open(format!(
            "Nothing wrong so far. {} of {} to come.",
            counted(need.bytes, "byte", "bytes"),
            need.field.name()
        ));
    }
    let fin = reading.known.first.is_some_and(|first| first.fin);
    let then = match (reading.opcode(), fin) {
        (Some(Opcode::Text), true) => "It hands the text to its application.",
        (Some(Opcode::Binary), true) => "It hands the bytes to its application.",
        (Some(Opcode::Text | Opcode::Binary), false) => {
            "It keeps the piece and waits for the rest of the message."
        }
        (Some(Opcode::Continuation), _) => {
            "That is, if a message was begun and not ended; alone, this frame breaks §5.4."
        }
        (Some(Opcode::Ping), _) => "It answers with a pong that carries the same payload.",
        (Some(Opcode::Pong), _) => "It needs no answer.",
        (Some(Opcode::Close), _) if source.from == Role::Client => {
            "It answers with a close frame, then closes the TCP connection."
        }
        (Some(Opcode::Close), _) => {
            "It answers with a close frame and waits for the server to close the TCP connection."
        }
        _ => "",
    };
    Verdict::Accepts(then.to_owned())
}

/// What the same bytes would mean had the other end sent them.
pub fn turned(source: &Source, reading: &Reading) -> Option<(Role, Violation)> {
    let turned = Source {
        from: source.from.peer(),
        ..source.clone()
    };
    let masking = |v: &Violation| v.rule.section() == "5.1";
    let violation = turned
        .read(reading.step)?
        .violations
        .into_iter()
        .find(masking)?;
    Some((turned.from, violation))
}

fn named(role: Role) -> &'static str {
    match role {
        Role::Client => "A client",
        Role::Server => "A server",
    }
}

/// The panel's words.
pub fn view(source: &Source, reading: &Reading) -> Html {
    let receiver = source.from.peer();
    match judge(source, reading) {
        Verdict::Open(text) => html! {
            <div class="verdict open"><p>{ text }</p></div>
        },
        Verdict::Accepts(then) => html! {
            <div class="verdict">
                <p>{ Icon::Check.view() }<b>{ format!(" {} accepts this. ", named(receiver)) }</b>{ then }</p>
                if let Some((_, violation)) = turned(source, reading) {
                    <p>
                        { format!("{} that received it would fail the connection with {}. {} ",
                            named(source.from), violation.rule.close_code(), violation.rule.reason()) }
                        <Rfc section={violation.rule.section()} long={false}/>
                    </p>
                }
            </div>
        },
        Verdict::Fails(violations) => {
            let code = violations[0].rule.close_code();
            html! {
                <div class="verdict bad">
                    <p>{ Icon::Warn.view() }<b>{ format!(" {} fails the connection with {code}.", named(receiver)) }</b></p>
                    { for violations.iter().map(|v| html! {
                        <p>
                            { format!("{} {} ", v.message(), v.rule.reason()) }
                            <Rfc section={v.rule.section()} long={false}/>
                        </p>
                    }) }
                </div>
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::frame::presets::{PRESETS, Preset};
    use wire::rule::Rule;

    fn source(name: &str) -> Source {
        let preset = Preset::named(name).unwrap();
        Source {
            bytes: preset.bytes().into(),
            from: preset.from,
            deflate: preset.deflate,
        }
    }

    #[test]
    fn presets_are_judged_as_they_are_labelled() {
        for preset in PRESETS {
            let source = source(preset.name);
            let reading = source.read(usize::MAX).unwrap();
            let fails = matches!(judge(&source, &reading), Verdict::Fails(_));
            assert_eq!(fails, preset.broken, "{}", preset.name);
        }
    }

    #[test]
    fn the_other_sender_would_break_the_masking_rule() {
        let hello = source("hello");
        let (role, violation) = turned(&hello, &hello.read(10).unwrap()).unwrap();
        assert_eq!((role, violation.rule), (Role::Server, Rule::MaskPresent));
    }

    #[test]
    fn an_unfinished_frame_has_no_verdict_yet() {
        let hello = source("hello");
        let verdict = judge(&hello, &hello.read(7).unwrap());
        assert_eq!(
            verdict,
            Verdict::Open("Nothing wrong so far. 3 bytes of payload to come.".into())
        );
    }
}

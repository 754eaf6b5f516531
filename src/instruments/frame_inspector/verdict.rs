//! What the other end does with the frame.

use wire::Role;
use wire::frame::Opcode;
use wire::rule::Violation;
use wire::walk::ReceiverOutcome;
use yew::prelude::*;

use super::model::Reading;
use super::sequence::FrameSequence;
use crate::kit::icon::Icon;
use crate::kit::number::{counted, grouped};
use crate::kit::rfc_link::rfc_short;

/// A verdict in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is wrong so far, and more has to come.
    Open(String),
    /// The receiver takes it.
    Accepts(String),
    /// The receiver fails the connection.
    Fails(Vec<Violation>),
    /// The receiver has stopped reading at an earlier frame, and why.
    Over(String),
}

/// Judges as the receiver of the frame does.
pub fn judge(sequence: &FrameSequence, reading: &Reading) -> Verdict {
    let source = &sequence.source;
    if let Some(over) = reading.over {
        let why = match sequence.outcome() {
            ReceiverOutcome::Failed(_, violation) => format!(
                "it has failed the connection with {} at frame {}.",
                violation.rule.close_code(),
                over + 1
            ),
            _ => format!(
                "frame {} is a close frame, and after that nothing is read.",
                over + 1
            ),
        };
        return Verdict::Over(why);
    }
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
        (Some(Opcode::Continuation), _) if sequence.count() == 1 => {
            "That is, if a message was begun and not ended; alone, this frame breaks §5.4."
        }
        (Some(Opcode::Continuation), true) => {
            "The message is whole now, and goes to its application."
        }
        (Some(Opcode::Continuation), false) => "It adds the piece to the message under way.",
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

fn named(role: Role) -> &'static str {
    match role {
        Role::Client => "A client",
        Role::Server => "A server",
    }
}

/// The verdict on a frame that stands for itself and is shown from both ends: which rules it breaks, without the reasons.
pub fn compact(sequence: &FrameSequence, reading: &Reading) -> Html {
    let receiver = named(sequence.source.from.peer());
    match judge(sequence, reading) {
        Verdict::Open(text) | Verdict::Over(text) => html! {
            <div class="verdict open"><p>{ text }</p></div>
        },
        Verdict::Accepts(then) => html! {
            <div class="verdict">
                <p>{ Icon::Check.view() }<b>{ format!(" {receiver} accepts this. ") }</b>{ then }</p>
            </div>
        },
        Verdict::Fails(violations) => html! {
            <div class="verdict bad">
                <p>{ Icon::Warn.view() }<b>{ format!(" {receiver} fails the connection with {}.", violations[0].rule.close_code()) }</b></p>
                <ul>
                    { for violations.iter().map(|v| html! {
                        <li>
                            { format!("{} · {} ", v.rule.title(), v.rule.close_code()) }
                            { rfc_short(v.rule.rfc(), v.rule.section()) }
                        </li>
                    }) }
                </ul>
            </div>
        },
    }
}

/// The panel's words.
pub fn view(sequence: &FrameSequence, reading: &Reading) -> Html {
    let receiver = sequence.source.from.peer();
    match judge(sequence, reading) {
        Verdict::Over(why) => html! {
            <div class="verdict open">
                <p><b>{ format!("{} does not read this frame: ", named(receiver)) }</b>{ why }</p>
            </div>
        },
        Verdict::Open(text) => html! {
            <div class="verdict open"><p>{ text }</p></div>
        },
        Verdict::Accepts(then) => html! {
            <div class="verdict">
                <p>{ Icon::Check.view() }<b>{ format!(" {} accepts this. ", named(receiver)) }</b>{ then }</p>
            </div>
        },
        Verdict::Fails(violations) => {
            let code = violations[0].rule.close_code();
            let at = match sequence.count() {
                1 => String::new(),
                count => format!(
                    " At frame {} of {}.",
                    grouped(reading.number as u64 + 1),
                    grouped(count as u64)
                ),
            };
            html! {
                <div class="verdict bad">
                    <p>{ Icon::Warn.view() }<b>{ format!(" {} fails the connection with {code}.", named(receiver)) }</b>{ at }</p>
                    { for violations.iter().map(|v| html! {
                        <p>
                            { format!("{} {} ", v.message(), v.rule.reason()) }
                            { rfc_short(v.rule.rfc(), v.rule.section()) }
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
    use crate::instruments::frame_inspector::presets::{PRESETS, Preset};

    fn sequence(name: &str) -> FrameSequence {
        FrameSequence::new(Preset::named(name).unwrap().source())
    }

    #[test]
    fn presets_are_judged_as_they_are_labelled() {
        for preset in PRESETS {
            let sequence = FrameSequence::new(preset.source());
            let fails = (0..sequence.count()).any(|n| {
                let reading = sequence.read(sequence.last_of(n)).unwrap();
                matches!(judge(&sequence, &reading), Verdict::Fails(_))
            });
            assert_eq!(fails, preset.broken, "{}", preset.name);
        }
    }

    #[test]
    fn an_unfinished_frame_has_no_verdict_yet() {
        let hello = sequence("hello");
        let verdict = judge(&hello, &hello.read(7).unwrap());
        assert_eq!(
            verdict,
            Verdict::Open("Nothing wrong so far. 3 bytes of payload to come.".into())
        );
    }

    #[test]
    fn after_the_end_nothing_is_judged() {
        let broken = sequence("interleaved");
        let at = |n| judge(&broken, &broken.read(broken.last_of(n)).unwrap());
        assert!(matches!(at(0), Verdict::Accepts(_)));
        assert!(matches!(at(1), Verdict::Fails(_)));
        assert!(matches!(at(2), Verdict::Over(why) if why.contains("1002 at frame 2")));
    }

    #[test]
    fn the_predictions_are_what_the_codec_says() {
        use crate::kit::prediction::answers::right;
        let mut payload = [0x10, 0x20, 0x30];
        wire::mask::apply([1, 2, 3, 4], 0, &mut payload);
        assert_eq!(right("third-byte").0, format!("{:02x}", payload[2]));

        let mut bytes = vec![0x89, 0x7e, 0x00, 0x80];
        bytes.extend([0; 128]);
        let mut rest = &bytes[..];
        let mut walk = wire::walk::Walk::new(wire::Role::Server);
        let frame = walk.next_frame(&mut rest).expect("a whole frame");
        let rules: Vec<_> = frame.violations().iter().map(|v| v.rule.name()).collect();
        assert_eq!(rules, ["control-too-long"]);
        assert!(right("rule-that-breaks").0.contains("125 bytes at most"));

        // RSV1 with text, and without.
        assert!(
            right("says-compressed")
                .1
                .contains("c1 where an uncompressed text has 81")
        );
    }
}

//! What happens at the receiver, in sentences.

use super::message::SentFrame;
use super::reassembly::{ReceiverEvent, ReceiverState};
use crate::kit::number::counted;

/// What the frame that was read last did, in a few sentences, and where that is written.
pub fn explain(
    frame: &SentFrame,
    before: &ReceiverState,
    now: &ReceiverState,
) -> (String, &'static [&'static str]) {
    if !now.read {
        return (
            "Nobody reads this. Once a connection has failed or a close frame has come, whatever follows is thrown away."
                .to_owned(),
            &["7.1.7", "1.4"],
        );
    }
    if let Some(violation) = now.violation() {
        return (
            format!("{} {}", violation.message(), violation.rule.reason()),
            &[],
        );
    }
    let (fin, begun) = (frame.header.fin, before.held.is_some());
    let mut text = match now.happened.first() {
        Some(ReceiverEvent::Ping) if begun => "A ping may come between two fragments. It is answered at once, and the message under way is not touched.".to_owned(),
        Some(ReceiverEvent::Ping) => "A ping. The pong goes back at once, with the same payload.".to_owned(),
        Some(ReceiverEvent::Pong) => "A pong that nobody asked for: a sign of life. It needs no answer, and leaves the message under way alone.".to_owned(),
        Some(ReceiverEvent::Close(_)) if begun => "A close frame may come in the middle of a message. It is answered, and what was held is thrown away: the message will never be complete.".to_owned(),
        Some(ReceiverEvent::Close(_)) => "A close frame. It is answered, and nothing is read after it.".to_owned(),
        Some(ReceiverEvent::Text(_) | ReceiverEvent::Binary(_)) if !begun => "The opcode begins a message and FIN ends it: one frame, one message.".to_owned(),
        Some(ReceiverEvent::Text(_) | ReceiverEvent::Binary(_)) => "FIN is 1: the message is complete. The application gets all of it at once, and cannot tell that it was cut.".to_owned(),
        _ => match (begun, fin) {
            (false, _) => "The opcode says what is coming, and FIN is 0: there is more. The receiver keeps what it has, and tells nobody.".to_owned(),
            (true, _) => "Opcode 0x0: more of the same message. FIN is still 0, so it waits.".to_owned(),
        },
    };
    let cites: &'static [&'static str] = match now.happened.first() {
        Some(ReceiverEvent::Ping) => &["5.4", "5.5.2"],
        Some(ReceiverEvent::Pong) => &["5.5.3"],
        Some(ReceiverEvent::Close(_)) => &["5.5.1"],
        _ => &["5.4"],
    };
    match &now.held {
        Some(held) if held.missing > 0 && now.happened.is_empty() => {
            let begun = match held.pending.len() {
                1 => "byte begins".to_owned(),
                n => format!("{n} bytes begin"),
            };
            text = format!(
                "{text} The last {begun} a character, and {} to come. A fragment may end like that; a message may not.",
                counted(held.missing as u64, "byte is", "bytes are")
            );
            (text, &["5.4", "5.6"])
        }
        _ => (text, cites),
    }
}

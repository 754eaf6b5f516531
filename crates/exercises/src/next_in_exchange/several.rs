//! What is owed after several frames: pings at once, a ping amid a message, a closing handshake.

use wire::Role;

use super::end;
use super::words::{close, frame, made, nothing, opening_step};
use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, joined, key_of};
use crate::words::{code, counted, frames_link, hex, ping_payload, short_text};
use crate::{Figure, Made, Section};

/// Two or three different payloads of pings.
fn payloads(draw: &mut Draw) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let count = draw.length(2, 3);
    while all.len() < count {
        let payload = ping_payload(draw);
        if !all.contains(&payload) {
            all.push(payload);
        }
    }
    all
}

pub(super) fn to_several_pings(draw: &mut Draw) -> Made {
    let from = end(draw);
    let answers = from.peer();
    let payloads = payloads(draw);
    let frames: Vec<FrameSpec> = payloads
        .iter()
        .map(|payload| {
            let key = key_of(from, draw);
            FrameSpec::new(9, payload.as_str(), key)
        })
        .collect();
    let (first, last) = (&payloads[0], &payloads[payloads.len() - 1]);
    let count = payloads.len();
    let mut choices = Choices::right(
        frame("pong", last),
        format!("Of several pings only the latest need be answered, and that is `{last}`."),
    );
    choices.add(
        frame("pong", first),
        format!(
            "`{first}` was the first. It may be answered too, but `{last}` came after it and \
             has to be."
        ),
    );
    choices.add(
        frame("pong", &payloads.concat()),
        format!(
            "Payloads are not joined. Each pong carries what one ping carried, such as `{last}`."
        ),
    );
    choices.add(
        frame("pong", ""),
        format!("An empty pong would answer an empty ping. None of the {count} is empty."),
    );
    choices.add(
        nothing(answers),
        format!("Pings do not cancel each other. At least `{last}` has to be answered."),
    );
    let steps =
        vec![
        format!("The frames are {count} pings, with `{}`.", payloads.join("`, `")),
        "An end that has not answered the earlier ones may leave them out and answer the latest \
         alone.".to_owned(),
        format!("So one pong with `{last}` is enough."),
    ];
    let text = format!(
        "The {answers} was busy, and finds these frames from the {from} all at once. It wants \
         to answer with one frame: which is enough?"
    );
    made(text, from, &frames, choices, steps, "5.5.3", draw)
}

pub(super) fn within_a_message(draw: &mut Draw) -> Made {
    let from = end(draw);
    let answers = from.peer();
    let (text, payload) = (short_text(draw), ping_payload(draw));
    let opcode = draw.one([1, 2]);
    let mut frames = Vec::new();
    let key = key_of(from, draw);
    frames.push(FrameSpec::new(opcode, text.as_str(), key).unfinished());
    if draw.flip() {
        let (more, key) = (short_text(draw), key_of(from, draw));
        frames.push(FrameSpec::new(0, more, key).unfinished());
    }
    let key = key_of(from, draw);
    frames.push(FrameSpec::new(9, payload.as_str(), key));
    let fragments = frames.len() as u64 - 1;
    let mut choices = Choices::right(
        frame("pong", &payload),
        format!(
            "The ping is answered at once, although the message around it is not complete. The \
             pong carries `{payload}`."
        ),
    );
    choices.add(
        nothing(answers),
        format!(
            "The ping does not wait for the rest of the message. It may come between fragments \
             so that `{payload}` is answered now."
        ),
    );
    choices.add(
        close(1002),
        format!(
            "The ping is between {} and the rest of the message, which is allowed. No rule \
             is broken.",
            counted(fragments, "fragment", "fragments")
        ),
    );
    choices.add(
        frame("continuation", &payload),
        format!(
            "Each direction has its own messages: the {answers} has none under way, and a pong \
             is never a continuation."
        ),
    );
    choices.add(
        frame("ping", &payload),
        format!("A ping is answered with a pong, opcode `0xa`. `0x9` would ask the {from} back."),
    );
    choices.add(
        frame("pong", &text),
        format!("`{text}` is a fragment of the message. The ping itself carries `{payload}`."),
    );
    let mut steps: Vec<String> = frames.iter().map(opening_step).collect();
    steps.push(
        "A control frame may come between the fragments of a message, and is handled when it \
         comes."
            .to_owned(),
    );
    steps.push(format!(
        "So the {answers} sends a pong with `{payload}` now. The message goes on afterwards."
    ));
    let text = format!(
        "These frames have come from the {from}, and no more for now. What does the {answers} \
         have to send?"
    );
    made(text, from, &frames, choices, steps, "5.4", draw)
}

pub(super) fn after_its_own_close(draw: &mut Draw) -> Made {
    let began = end(draw);
    let other = began.peer();
    let number = draw.one([1000u16, 1001, 1008, 4000, 4001]);
    let key = key_of(began, draw);
    let own = FrameSpec::new(8, number.to_be_bytes(), key);
    let text = short_text(draw);
    let mut frames = Vec::new();
    if draw.flip() {
        let key = key_of(other, draw);
        frames.push(FrameSpec::new(1, text.as_str(), key));
    }
    let key = key_of(other, draw);
    frames.push(FrameSpec::new(8, number.to_be_bytes(), key));
    let mut choices = Choices::right(
        nothing(began),
        format!(
            "Both close frames with {number} have crossed, so the closing handshake is over. \
             What is left is for TCP to close."
        ),
    );
    choices.add(
        close(number),
        format!(
            "The {began} has sent its close frame with {number} already. The {other}'s is the \
             answer to it, and answers are not answered."
        ),
    );
    choices.add(
        frame("text", &text),
        format!(
            "After its own close frame the {began} sends no data any more, `{text}` or anything \
             else."
        ),
    );
    choices.add(
        frame("pong", ""),
        format!(
            "No ping has come, and after the {other}'s close frame with {number} none would \
             have to be answered."
        ),
    );
    choices.add(
        close(1005),
        format!("1005 must not be sent, and the {began} has sent its only close frame already."),
    );
    let line = |from: Role, spec: &FrameSpec| {
        format!("{from} to {}: {}\n", from.peer(), hex(&spec.bytes()))
    };
    let mut figure = line(began, &own);
    figure.extend(frames.iter().map(|spec| line(other, spec)));
    let mut steps = vec![format!(
        "The {began} sends {}, a close frame with {number}. After that it sends nothing but \
         what the closing needs.",
        code(&own.bytes()[..2])
    )];
    steps.extend(
        frames
            .iter()
            .map(|spec| format!("The {other} sends: {}.", spec.summary())),
    );
    steps.push(format!(
        "Each end has now sent one close frame. {}",
        match began {
            Role::Client => "The server closes the TCP connection, and the client waits for that.",
            Role::Server =>
                "The server closes the TCP connection at once; it need not send a frame for it.",
        }
    ));
    let on_wire = joined(&frames);
    Made {
        text: format!(
            "These frames have crossed, in this order. Which frame does the {began} have to \
             send next?"
        ),
        choices: choices.finish(draw),
        steps,
        section: Section::of_6455("7.1.4"),
        link: frames_link(&on_wire, other, on_wire.len()),
        figure: Some(Figure::Text(figure)),
    }
}

//! The answer to one frame, and how choices say in words what is sent.

use wire::Role;

use super::end;
use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, joined, key_of};
use crate::words::{code, frames_link, ping_payload, short_text};
use crate::{Figure, Made, Section};

/// A frame as a choice says it. The tests read it back.
pub(super) fn frame(name: &str, payload: &str) -> String {
    match payload {
        "" => format!("A `{name}` frame without a payload"),
        _ => format!("A `{name}` frame with the payload `{payload}`"),
    }
}

/// A close frame as a choice says it.
pub(super) fn close(number: u16) -> String {
    format!("A `close` frame with the code `{number}`")
}

/// The choice of who has nothing to send.
pub(super) fn nothing(end: Role) -> String {
    format!("Nothing: the {end} owes no frame now")
}

/// Frames of one end, and a question about the other.
pub(super) fn made(
    text: String,
    from: Role,
    frames: &[FrameSpec],
    choices: Choices,
    steps: Vec<String>,
    section: &'static str,
    draw: &mut Draw,
) -> Made {
    let on_wire = joined(frames);
    Made {
        text,
        choices: choices.finish(draw),
        steps,
        section: Section::of_6455(section),
        link: frames_link(&on_wire, from, on_wire.len()),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

pub(super) fn to_one_frame(draw: &mut Draw) -> Made {
    let from = end(draw);
    let answers = from.peer();
    let key = key_of(from, draw);
    let (frames, choices, steps, section) = match draw.below(5) {
        0 | 1 => ping(from, key, draw),
        2 => closing(from, key, draw),
        3 => pong(from, key, draw),
        _ => message(from, key, draw),
    };
    let text = format!(
        "All is well on a connection, and this frame comes from the {from}. What does the \
         {answers} have to send because of it?"
    );
    made(text, from, &[frames], choices, steps, section, draw)
}

type Parts = (FrameSpec, Choices, Vec<String>, &'static str);

pub(super) fn opening_step(spec: &FrameSpec) -> String {
    format!(
        "{} begins the frame: {}.",
        code(&[spec.first(), spec.second()]),
        spec.summary()
    )
}

fn ping(from: Role, key: Option<[u8; 4]>, draw: &mut Draw) -> Parts {
    let payload = ping_payload(draw);
    let end = from.peer();
    let spec = FrameSpec::new(9, payload.as_str(), key);
    let mut choices = Choices::right(
        frame("pong", &payload),
        format!("A ping is answered with a pong that carries the same payload, here `{payload}`."),
    );
    choices.add(
        frame("pong", ""),
        format!("The pong is right, but it has to carry what the ping carried: `{payload}`."),
    );
    choices.add(
        frame("ping", &payload),
        format!("Opcode `0x9` asks, and `0xa` answers. Another ping would ask the {from} in turn."),
    );
    choices.add(
        frame("text", &payload),
        format!("Pings never reach the application, so no message answers `{payload}`."),
    );
    choices.add(
        nothing(end),
        format!(
            "A ping has to be answered as soon as practical, unless a close frame has come \
             before it. Here none has come, and `{payload}` waits."
        ),
    );
    let steps = vec![
        opening_step(&spec),
        format!("Opcode `0x9` is a ping. Its payload is `{payload}`."),
        format!("The {end} sends a pong, opcode `0xa`, with `{payload}`."),
    ];
    (spec, choices, steps, "5.5.2")
}

fn closing(from: Role, key: Option<[u8; 4]>, draw: &mut Draw) -> Parts {
    let number = match draw.below(2) {
        0 => draw.one([1000u16, 1001, 1008, 1011, 1012, 3000]),
        _ => draw.between(4000, 4999) as u16,
    };
    let end = from.peer();
    let spec = FrameSpec::new(8, number.to_be_bytes(), key);
    let mut choices = Choices::right(
        close(number),
        format!(
            "A close frame is answered with a close frame, which as a rule says the same: \
             {number}."
        ),
    );
    choices.add(
        close(1005),
        format!(
            "1005 must not be sent. It stands for a close frame without a code, and this \
             one has {number}."
        ),
    );
    choices.add(
        close(1006),
        format!(
            "1006 must not be sent. It stands for an end without a close frame, and here \
             one came with {number}."
        ),
    );
    choices.add(
        nothing(end),
        format!(
            "The {end} would leave the {from} waiting for the answer to {number}: only with \
             both close frames is the connection closed cleanly."
        ),
    );
    choices.add(
        frame("pong", ""),
        format!("Pongs answer pings. Opcode `0x8` with {number} is a close frame."),
    );
    let steps = vec![
        opening_step(&spec),
        format!("Opcode `0x8` is a close frame. Its payload is the code {number}."),
        format!(
            "The {end} has not sent a close frame yet, so it sends one, with {number}. After it \
             no frame follows."
        ),
    ];
    (spec, choices, steps, "5.5.1")
}

fn pong(from: Role, key: Option<[u8; 4]>, draw: &mut Draw) -> Parts {
    let payload = ping_payload(draw);
    let end = from.peer();
    let spec = FrameSpec::new(10, payload.as_str(), key);
    let mut choices = Choices::right(
        nothing(end),
        "A pong needs no answer, whether it was asked for or not.",
    );
    choices.add(
        frame("pong", &payload),
        format!(
            "A pong that answered a pong with `{payload}` would be answered in turn, and so on \
             for ever."
        ),
    );
    choices.add(
        frame("ping", &payload),
        format!("The {end} may ping whenever it likes, but `{payload}` does not oblige it to."),
    );
    choices.add(
        close(1002),
        "A pong that nobody asked for is allowed: it can serve as a heartbeat in one direction.",
    );
    choices.add(
        frame("text", &payload),
        format!("The application does not hear of pongs, so it has nothing to say to `{payload}`."),
    );
    let steps = vec![
        opening_step(&spec),
        format!("Opcode `0xa` is a pong. Its payload is `{payload}`."),
        "No answer is expected to a pong, so nothing has to be sent.".to_owned(),
    ];
    (spec, choices, steps, "5.5.3")
}

fn message(from: Role, key: Option<[u8; 4]>, draw: &mut Draw) -> Parts {
    let text = short_text(draw);
    let end = from.peer();
    let unfinished = draw.flip();
    let mut spec = FrameSpec::new(1, text.as_str(), key);
    spec.fin = !unfinished;
    let what = if unfinished {
        "the first fragment of a message"
    } else {
        "a whole message"
    };
    let mut choices = Choices::right(
        nothing(end),
        format!(
            "The frame is {what}. WebSocket acknowledges no messages; whether one is answered \
             is up to the application."
        ),
    );
    choices.add(
        frame("pong", &text),
        format!("A pong answers a ping. `{text}` came with opcode `0x1`, as text."),
    );
    choices.add(
        frame("text", &text),
        format!(
            "The {from} does not get `{text}` back unless the application of the {end} decides \
             so."
        ),
    );
    choices.add(
        frame("continuation", ""),
        format!(
            "Continuations come from the end that sends the message, and `{text}` is the \
             {from}'s."
        ),
    );
    choices.add(
        frame("pong", ""),
        "An empty pong is no acknowledgement. That the bytes have arrived is TCP's concern.",
    );
    let steps = vec![
        opening_step(&spec),
        format!(
            "Opcode `0x1` begins a text message, and FIN {} makes it {what}.",
            u8::from(spec.fin)
        ),
        "Data frames are not acknowledged by WebSocket, so nothing has to be sent.".to_owned(),
    ];
    (spec, choices, steps, "5.6")
}

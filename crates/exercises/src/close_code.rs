//! Which close code: in a close frame, in the answer to a broken rule, in the event that a page gets.

mod reported;

use wire::Role;
use wire::close::CloseCode;
use wire::rule::Rule;

use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, joined, key_of};
use crate::words::{code, frames_link, ping_payload, short_text};
use crate::{Figure, Level, Made, Section};

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    match level {
        Level::First => carried(Role::Server, draw),
        Level::Second if draw.flip() => carried(Role::Client, draw),
        Level::Second => sent(false, draw),
        Level::Third if draw.once_in(3) => sent(true, draw),
        Level::Third => reported::make(draw),
    }
}

/// A code with its name.
pub(crate) fn named(number: u16) -> String {
    format!("`{number}`, {}", CloseCode(number).name())
}

/// The code that a close frame carries.
fn carried(from: Role, draw: &mut Draw) -> Made {
    let number = match draw.below(4) {
        0 => draw.between(4000, 4999) as u16,
        1 => draw.one([3000, 3003, 3008]),
        _ => draw.one([
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
        ]),
    };
    let [high, low] = number.to_be_bytes();
    let mut payload = vec![high, low];
    payload.extend(short_text(draw).bytes());
    let frame = FrameSpec::new(8, payload, key_of(from, draw));
    let on_wire = frame.bytes();
    let header = frame.header_len();
    let pair = |at: usize| match on_wire.get(at..at + 2) {
        Some(&[a, b]) => u16::from_be_bytes([a, b]),
        _ => 0,
    };
    let shown = |n: u16| format!("`{n}`");
    let mut choices = Choices::right(
        shown(number),
        format!(
            "{} in network byte order: {high} · 256 + {low}.",
            code(&[high, low])
        ),
    );
    choices.add(
        shown(u16::from_le_bytes([high, low])),
        format!(
            "The two bytes were swapped. {} is the most significant one: {high} · 256 + {low}.",
            code(&[high])
        ),
    );
    let mut steps = frame.header_steps();
    if let Some([a, b, ..]) = frame.key {
        let (x, y) = (high ^ a, low ^ b);
        choices.add(
            shown(u16::from_be_bytes([x, y])),
            format!(
                "{} was read as it crosses the wire. It is masked with {}.",
                code(&[x, y]),
                code(&[a, b])
            ),
        );
        choices.add(
            shown(u16::from_be_bytes([a, b])),
            format!(
                "{} are the first two bytes of the masking key. The payload comes behind all \
                 four.",
                code(&[a, b])
            ),
        );
        choices.add(
            shown(u16::from_be_bytes([high, y])),
            format!(
                "Only the first byte was unmasked. The second, {}, goes with key byte {}.",
                code(&[y]),
                code(&[b])
            ),
        );
        steps.push(format!(
            "The key begins with {}, and the payload with {}: XOR gives {}.",
            code(&[a, b]),
            code(&[x, y]),
            code(&[high, low])
        ));
    } else {
        choices.add(
            shown(pair(0)),
            format!(
                "{} is the header of the frame. The code is the beginning of its payload.",
                code(&on_wire[..2])
            ),
        );
        choices.add(
            shown(u16::from(high) * 1000 + u16::from(low)),
            format!(
                "{} were read as the digits {high} and {low}, one after the other. The first \
                 counts 256 times.",
                code(&[high, low])
            ),
        );
        choices.add(
            shown(pair(header + 2)),
            format!(
                "{} belongs to the reason, which comes after the code.",
                code(&on_wire[header + 2..header + 4])
            ),
        );
        steps.push(format!("The payload begins with {}.", code(&[high, low])));
    }
    steps.push(format!(
        "The first two bytes are the code, the most significant byte first: {high} · 256 + \
         {low} = {number} ({}).",
        CloseCode(number).name()
    ));
    Made {
        text: format!("A close frame from a {from}. Which code does it carry?"),
        choices: choices.finish(draw),
        steps,
        section: Section::of_6455("5.5.1"),
        link: frames_link(&on_wire, from, header + 1),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

/// What is wrong with the frames, and the rule that they break.
fn mistake(among: bool, from: Role, draw: &mut Draw) -> (Vec<FrameSpec>, Rule, String) {
    let mut frames = Vec::new();
    if among {
        let key = key_of(from, draw);
        frames.push(FrameSpec::new(1, short_text(draw), key).unfinished());
        if draw.flip() {
            let key = key_of(from, draw);
            frames.push(FrameSpec::new(9, ping_payload(draw), key));
        }
    }
    let key = key_of(from, draw);
    let data = if among { 0 } else { 1 };
    let (frame, rule, why) = match draw.below(if among { 4 } else { 5 }) {
        0 | 1 => {
            let wrong = draw.one([0xffu8, 0xc0, 0xfe, 0xf8]);
            let mut payload = short_text(draw).into_bytes();
            payload.push(wrong);
            let why = format!("The text ends with {}, which is not UTF-8.", code(&[wrong]));
            (FrameSpec::new(data, payload, key), Rule::TextNotUtf8, why)
        }
        2 => {
            let mut frame = FrameSpec::new(data, short_text(draw), key);
            frame.rsv = draw.one([1, 2, 4]);
            let why = format!(
                "{} has a reserved bit set, and no extension was agreed on.",
                code(&[frame.first()])
            );
            (frame, Rule::ReservedBit, why)
        }
        3 if among => {
            let frame = FrameSpec::new(1, short_text(draw), key);
            let why = "A text frame comes before the message under way has ended.".to_owned();
            (frame, Rule::MessageInterleaved, why)
        }
        3 => {
            let opcode = draw.one([3u8, 5, 7, 11, 12, 15]);
            let frame = FrameSpec::new(opcode, short_text(draw), key);
            let why = format!(
                "Opcode `0x{opcode:x}` in {} is reserved.",
                code(&[frame.first()])
            );
            (frame, Rule::ReservedOpcode, why)
        }
        _ => {
            let frame = FrameSpec::new(0, short_text(draw), key);
            (
                frame,
                Rule::ContinuationUnexpected,
                "No message is under way that could be continued.".to_owned(),
            )
        }
    };
    frames.push(frame);
    (frames, rule, why)
}

/// The code with which the receiver of a broken rule fails the connection.
fn sent(among: bool, draw: &mut Draw) -> Made {
    let from = draw.one([Role::Client, Role::Server]);
    let (frames, rule, why) = mistake(among, from, draw);
    let on_wire = joined(&frames);
    let right = rule.close_code().0;
    let receiver = from.peer();
    let mut choices = Choices::right(named(right), why.clone());
    if right == 1007 {
        choices.add(
            named(1002),
            "The frames themselves are in order, so it is no protocol error. What they carry \
             does not fit its kind.",
        );
    } else {
        choices.add(
            named(1007),
            format!(
                "1007 is for data that does not fit its kind, such as text that is not UTF-8. \
                 Here: {why}"
            ),
        );
    }
    choices.add(
        named(1006),
        format!(
            "1006 must not be sent: an end reports it to its own application when no close \
             frame came. The {receiver} does send one."
        ),
    );
    choices.add(
        named(1005),
        format!(
            "1005 says that a close frame came without a code. It is never sent, and the \
             {receiver} has a code to give: {right}."
        ),
    );
    choices.add(
        named(1000),
        format!(
            "1000 would say that the connection has done its work. The {receiver} gives up on \
             it because of a broken rule."
        ),
    );
    choices.add(
        named(1003),
        format!(
            "1003 is for a kind of data that an end does not take at all, such as binary. The \
             {receiver} takes text."
        ),
    );
    choices.add(
        named(1011),
        format!(
            "1011 is for a failure of the end that sends it. The mistake here is the {from}'s, \
             not the {receiver}'s."
        ),
    );
    let step = on_wire.len() - frames.last().map_or(0, |f| f.bytes().len());
    Made {
        text: format!(
            "{} from a {from}, without extensions. The {receiver} fails the connection. Which \
             code does its close frame carry?",
            if frames.len() == 1 {
                "A frame"
            } else {
                "Frames"
            }
        ),
        choices: choices.finish(draw),
        steps: vec![
            why,
            format!("The rule: {}", rule.reason()),
            format!(
                "For this the {receiver} sends {right} ({}) and then closes the TCP connection.",
                CloseCode(right).name()
            ),
        ],
        section: Section::of_6455("7.4.1"),
        link: frames_link(&on_wire, from, step),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

//! Exercises whose choices are the bytes that are sent.

use wire::Role;

use super::end;
use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, joined, key_of};
use crate::words::{code, frames_link, ping_payload, short_text};
use crate::{Figure, Made, Section};

/// The answer to a ping or a close frame, byte by byte.
pub(super) fn answer(draw: &mut Draw) -> Made {
    let from = end(draw);
    let answers = from.peer();
    let closes = draw.once_in(3);
    let key = key_of(from, draw);
    let asked = if closes {
        let number = draw.one([1000u16, 1001, 1008, 1011, 3000, 4000, 4001]);
        FrameSpec::new(8, number.to_be_bytes(), key)
    } else {
        FrameSpec::new(9, ping_payload(draw), key)
    };
    let own_key = key_of(answers, draw);
    let opcode = if closes { 8 } else { 10 };
    let right = FrameSpec::new(opcode, asked.payload.clone(), own_key);
    let on_wire = asked.bytes();
    let kind = right.name();
    let mut choices = Choices::right(
        code(&right.bytes()),
        format!(
            "{} is a {kind} frame with FIN 1, and the payload is the same as in the {}.",
            code(&[right.first()]),
            asked.name()
        ),
    );
    let mut add = |bytes: &[u8], why: String| choices.add(code(bytes), why);
    if !closes {
        let ping = FrameSpec {
            opcode: 9,
            ..right.clone()
        };
        add(
            &ping.bytes(),
            format!(
                "{} is another ping. A pong has opcode `0xa`.",
                code(&[ping.first()])
            ),
        );
        let empty = FrameSpec::new(10, Vec::new(), own_key);
        add(
            &empty.bytes(),
            format!(
                "The pong is empty, and has to carry the ping's payload of {} bytes.",
                asked.length
            ),
        );
    } else {
        let empty = FrameSpec::new(10, asked.payload.clone(), own_key);
        add(
            &empty.bytes(),
            format!(
                "{} is a pong, which answers a ping. This is a close frame.",
                code(&[empty.first()])
            ),
        );
        let mut swapped = right.clone();
        swapped.payload.reverse();
        add(
            &swapped.bytes(),
            "The two bytes of the code were swapped. The most significant one comes first."
                .to_owned(),
        );
    }
    match (key, own_key) {
        // A server answers a client.
        (Some(key), _) => {
            let mut copied = on_wire.clone();
            copied[0] = right.first();
            add(
                &copied,
                format!(
                    "The masking key {} was copied from the client's frame. A server does not \
                     mask.",
                    code(&key)
                ),
            );
            let masked = FrameSpec {
                payload: on_wire[asked.header_len()..].to_vec(),
                ..right.clone()
            };
            add(
                &masked.bytes(),
                format!(
                    "The payload is still masked with {}. A server sends it as it is.",
                    code(&key)
                ),
            );
        }
        // A client answers a server.
        (None, Some(own)) => {
            let bare = FrameSpec {
                key: None,
                ..right.clone()
            };
            add(
                &bare.bytes(),
                "The frame is not masked. A client masks every frame, control frames too."
                    .to_owned(),
            );
            let mut plain = right.bytes();
            plain.truncate(right.header_len());
            plain.extend(&asked.payload);
            add(
                &plain,
                format!(
                    "The key {} is there, but the payload was not XORed with it.",
                    code(&own)
                ),
            );
        }
        (None, None) => {}
    }
    let fragment = right.clone().unfinished();
    add(
        &fragment.bytes(),
        format!(
            "{} has FIN 0. A control frame is never fragmented.",
            code(&[fragment.first()])
        ),
    );
    let steps = vec![
        format!(
            "{} begins the frame: {}.",
            code(&[asked.first(), asked.second()]),
            asked.summary()
        ),
        format!("The payload, unmasked, is {}.", code(&asked.payload)),
        format!(
            "The answer begins with {}: FIN 1 and opcode `0x{opcode:x}`, {kind}.",
            code(&[right.first()])
        ),
        match own_key {
            Some(own) => format!(
                "A client masks: {} is MASK 1 and length {}, then come the key {} and the \
                 payload XORed with it.",
                code(&[right.second()]),
                right.length,
                code(&own)
            ),
            None => format!(
                "A server does not mask: {} is MASK 0 and length {}, then the payload as it is.",
                code(&[right.second()]),
                right.length
            ),
        },
    ];
    let with = own_key.map_or(String::new(), |own| {
        format!(" The {answers}'s next masking key is {}.", code(&own))
    });
    Made {
        text: format!(
            "This frame comes from the {from}.{with} Which bytes does the {answers} answer with?"
        ),
        choices: choices.finish(draw),
        steps,
        section: Section::of_6455(if closes { "5.5.1" } else { "5.5.2" }),
        link: frames_link(&on_wire, from, on_wire.len()),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

/// What may follow fragments of a message, from the same end.
pub(super) fn amid_fragments(draw: &mut Draw) -> Made {
    let from = end(draw);
    let opcode = draw.one([1u8, 2]);
    let mut frames = Vec::new();
    let key = key_of(from, draw);
    frames.push(FrameSpec::new(opcode, short_text(draw), key).unfinished());
    for _ in 0..draw.below(3) {
        let key = key_of(from, draw);
        frames.push(match draw.flip() {
            true => FrameSpec::new(0, short_text(draw), key).unfinished(),
            false => FrameSpec::new(draw.one([9, 10]), ping_payload(draw), key),
        });
    }
    let key = key_of(from, draw);
    let tail = short_text(draw);
    let name = frames[0].name();
    let plain = |opcode: u8| FrameSpec::new(opcode, tail.as_str(), key);
    let (right, why) = match draw.below(4) {
        0 => (
            plain(10),
            "It is a pong with FIN 1. A control frame may come between the fragments of a \
             message.",
        ),
        1 => (
            plain(9),
            "It is a ping with FIN 1. A control frame may come between the fragments of a \
             message.",
        ),
        2 => (
            plain(0).unfinished(),
            "It is a continuation with FIN 0: it goes on with the message, and more is to come.",
        ),
        _ => (
            plain(0),
            "It is a continuation with FIN 1: it ends the message.",
        ),
    };
    let mut choices = Choices::right(
        code(&right.bytes()),
        format!("{} begins the frame. {why}", code(&[right.first()])),
    );
    let mut add = |frame: FrameSpec, why: &str| {
        choices.add(
            code(&frame.bytes()),
            format!("{}: {why}", code(&[frame.first(), frame.second()])),
        );
    };
    add(
        plain(opcode),
        &format!(
            "the opcode of the first fragment was repeated. What goes on with a {name} message \
             has opcode `0x0`."
        ),
    );
    add(
        plain(3 - opcode),
        "this begins a message of another kind before the one under way has ended. Frames carry \
         no message number, so messages cannot be mixed.",
    );
    add(
        plain(opcode).unfinished(),
        "every fragment but the first has opcode `0x0`; this would begin a second message \
         inside the first.",
    );
    add(
        plain(9).unfinished(),
        "this is a ping with FIN 0. A control frame may come here, but never as a fragment.",
    );
    if from == Role::Client {
        add(
            FrameSpec {
                key: None,
                ..right.clone()
            },
            "the MASK bit is 0. A client masks each fragment and each control frame, with a key \
             of its own.",
        );
    } else {
        add(
            FrameSpec {
                key: Some(draw.key()),
                ..right.clone()
            },
            "the MASK bit is 1. A server masks nothing, fragments and control frames included.",
        );
    }
    let mut steps: Vec<String> = frames
        .iter()
        .map(|frame| {
            format!(
                "{} begins a frame: {}.",
                code(&[frame.first(), frame.second()]),
                frame.summary()
            )
        })
        .collect();
    steps.push(format!(
        "No data frame so far has FIN 1, so the {name} message is under way: a continuation or \
         a control frame may come next."
    ));
    steps.push(format!(
        "Of the choices only {} is one, {}.",
        code(&right.bytes()),
        match from {
            Role::Client => "masked as a client's frames are",
            Role::Server => "without a mask as a server's frames are",
        }
    ));
    let on_wire = joined(&frames);
    Made {
        text: format!(
            "The {from} has sent these frames. Which of the following may it send next, without \
             extensions?"
        ),
        choices: choices.finish(draw),
        steps,
        section: Section::of_6455("5.4"),
        link: frames_link(&on_wire, from, on_wire.len()),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

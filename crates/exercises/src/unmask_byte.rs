//! What a byte of a masked payload is.

use wire::Role;

use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, joined};
use crate::words::{code, frames_link, long_text, ordinal, short_text};
use crate::{Figure, Level, Made, Section};

/// One masked byte: where it is, and what is around it.
struct Place {
    /// The frames, of which the last may be shown in part.
    frames: Vec<FrameSpec>,
    /// The frame that is asked about.
    frame: usize,
    /// The byte of its payload, from 0.
    at: usize,
}

fn place(level: Level, draw: &mut Draw) -> Place {
    match level {
        // The third byte, as long as no turn of the key is needed.
        Level::First => {
            let text = loop {
                let text = short_text(draw);
                if text.len() >= 3 {
                    break text;
                }
            };
            let frame = FrameSpec::new(1, text, Some(draw.key()));
            let at = draw.length(1, 3.min(frame.payload.len() as u32 - 1));
            Place {
                frames: vec![frame],
                frame: 0,
                at,
            }
        }
        Level::Second => {
            let frame = FrameSpec::new(1, long_text(draw), Some(draw.key()));
            Place {
                at: draw.length(4, 15),
                frames: vec![frame],
                frame: 0,
            }
        }
        Level::Third if draw.flip() => {
            let text = long_text(draw);
            let (head, tail) = text.split_at(draw.length(3, 9));
            let frames = vec![
                FrameSpec::new(1, head, Some(draw.key())).unfinished(),
                FrameSpec::new(0, tail, Some(draw.key())),
            ];
            Place {
                frames,
                frame: 1,
                at: draw.length(1, 9),
            }
        }
        Level::Third => {
            let length = u64::from(draw.between(126, 60_000));
            let frame = FrameSpec {
                extended: 2,
                length,
                ..FrameSpec::new(draw.one([1, 2]), long_text(draw), Some(draw.key()))
            };
            Place {
                at: draw.length(3, 15),
                frames: vec![frame],
                frame: 0,
            }
        }
    }
}

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    let place = place(level, draw);
    let on_wire = joined(&place.frames);
    let frame = &place.frames[place.frame];
    let key = frame.key.unwrap_or_default();
    let (at, plain) = (place.at, frame.payload[place.at]);
    let masked = plain ^ key[at % 4];
    let nth = ordinal(at + 1);
    let of = match place.frames.len() {
        1 => "the payload".to_owned(),
        _ => format!("the {} frame's payload", ordinal(place.frame + 1)),
    };
    let what = match (
        place.frames.len(),
        frame.payload.len() as u64 == frame.length,
    ) {
        (1, true) => "A masked frame".to_owned(),
        (1, false) => format!("The first {} bytes of a masked frame", on_wire.len()),
        _ => "A message in two frames".to_owned(),
    };
    let begin: usize = place.frames[..place.frame]
        .iter()
        .map(|f| f.frame_len() as usize)
        .sum();
    let header = frame.header_len();
    let mut steps = vec![
        format!(
            "The frame has a header of {header} bytes. Its last four, {}, are the masking key.",
            code(&key)
        ),
        format!(
            "The payload begins after it, so its {nth} byte is byte {} from the start, counted \
             from 0: {}.",
            begin + header + at,
            code(&[masked])
        ),
        format!(
            "The key is used in turn: payload byte {at}, counted from 0, goes with key byte \
             {at} mod 4 = {}, which is {}.",
            at % 4,
            code(&[key[at % 4]])
        ),
        format!(
            "`0x{masked:02x}` XOR `0x{:02x}` = `0x{plain:02x}`, the character `{}`.",
            key[at % 4],
            char::from(plain)
        ),
    ];
    if place.frame > 0 {
        steps.insert(
            0,
            format!(
                "The first frame takes {begin} bytes. The second has a key of its own, and its \
                 payload counts from 0 again."
            ),
        );
    }
    Made {
        text: format!("{what} from a client. What is the {nth} byte of {of} once it is unmasked?"),
        choices: choices(&place).finish(draw),
        steps,
        section: Section::of_6455("5.3"),
        link: frames_link(&on_wire, Role::Client, begin + header + at),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from: Role::Client,
        }),
    }
}

fn choices(place: &Place) -> Choices {
    let frame = &place.frames[place.frame];
    let (at, key) = (place.at, frame.key.unwrap_or_default());
    let on_wire: Vec<u8> = (frame.payload.iter().enumerate())
        .map(|(i, byte)| byte ^ key[i % 4])
        .collect();
    let (plain, masked) = (frame.payload[at], on_wire[at]);
    let with = |byte: u8| code(&[byte]);
    let mut choices = Choices::right(
        with(plain),
        format!(
            "{} XOR {}, byte {} of the key.",
            with(masked),
            with(key[at % 4]),
            at % 4
        ),
    );
    choices.add(
        with(masked),
        format!(
            "That is the byte as it crosses the wire. It still has to be XORed with {}.",
            with(key[at % 4])
        ),
    );
    let wrong_key = |n: usize| masked ^ key[n % 4];
    choices.add(
        with(wrong_key(at + 1)),
        format!(
            "{} XOR {}: the key was taken one byte too far. Payload and key both begin with \
             their byte 0.",
            with(masked),
            with(key[(at + 1) % 4])
        ),
    );
    if at % 4 != 0 {
        choices.add(
            with(wrong_key(0)),
            format!(
                "{} XOR {}: the first byte of the key was used for every byte of the payload.",
                with(masked),
                with(key[0])
            ),
        );
    }
    let from_start = frame.header_len() + at;
    choices.add(
        with(wrong_key(from_start)),
        format!(
            "{} XOR {}: the turns of the key were counted from the first byte of the frame, not \
             from the first of the payload.",
            with(masked),
            with(key[from_start % 4])
        ),
    );
    if let [first, _] = &place.frames[..] {
        let old = first.key.unwrap_or_default();
        choices.add(
            with(masked ^ old[at % 4]),
            format!(
                "{} XOR {}: that is the key of the first frame. Each frame has its own.",
                with(masked),
                with(old[at % 4])
            ),
        );
        let on = at + first.payload.len();
        choices.add(
            with(wrong_key(on)),
            format!(
                "{} XOR {}: the key was carried on from the {} bytes of the first fragment. \
                 With each frame it begins again.",
                with(masked),
                with(key[on % 4]),
                first.payload.len()
            ),
        );
    }
    if frame.extended > 0
        && let Some(early) = at.checked_sub(frame.extended)
    {
        choices.add(
            with(on_wire[early] ^ key[early % 4]),
            format!(
                "That is {} bytes too early: the extended length was left out when the start of \
                 the payload was looked for.",
                frame.extended
            ),
        );
    }
    choices.add(
        with(frame.payload[at - 1]),
        "That is the byte before. The first byte of the payload is the one directly after the \
         key.",
    );
    choices.add(
        with(masked | key[at % 4]),
        format!(
            "{} OR {}. Masking is XOR: a bit that is 1 in both becomes 0.",
            with(masked),
            with(key[at % 4])
        ),
    );
    choices
}

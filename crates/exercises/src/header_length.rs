//! How long is the header, or the frame, and where does the next frame begin?

use wire::Role;

use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, joined, key_of, shortest};
use crate::words::{
    bytes, code, frames_link, grouped, long_text, ordinal, ping_payload, short_text,
};
use crate::{Figure, Level, Made, Section};

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    match level {
        Level::First => header(false, draw),
        Level::Second => match draw.below(3) {
            0 => whole(false, draw),
            _ => header(true, draw),
        },
        Level::Third => match draw.below(2) {
            0 => whole(true, draw),
            _ => next_frame(draw),
        },
    }
}

/// A frame of which only the beginning is shown, with an extended length.
fn long_frame(length: u64, key: Option<[u8; 4]>, draw: &mut Draw) -> FrameSpec {
    FrameSpec {
        extended: shortest(length),
        length,
        fin: draw.one([true, true, false]),
        ..FrameSpec::new(draw.one([1, 2]), &long_text(draw).as_bytes()[..4], key)
    }
}

fn steps(frame: &FrameSpec) -> Vec<String> {
    let mut steps = frame.header_steps();
    steps.push(match frame.key {
        None => "MASK is 0, so there is no masking key.".to_owned(),
        Some(_) => "MASK is 1, so four bytes of masking key follow.".to_owned(),
    });
    steps.push(format!(
        "The header is made of {}: {}.",
        frame.header_parts(),
        bytes(frame.header_len() as u64)
    ));
    steps
}

fn header(long: bool, draw: &mut Draw) -> Made {
    let from = draw.one([Role::Client, Role::Server, Role::Client]);
    let key = key_of(from, draw);
    let frame = if long {
        let length = match draw.below(2) {
            0 => draw.between(126, 65_535),
            _ => draw.between(65_536, 4_000_000),
        };
        long_frame(length.into(), key, draw)
    } else {
        FrameSpec::new(draw.one([1, 1, 2, 9]), short_text(draw), key)
    };
    let on_wire = frame.bytes();
    let masked = frame.key.is_some();
    let right = frame.header_len() as u64;
    let low = frame.second() & 0x7f;
    let mut choices = Choices::right(
        bytes(right),
        format!(
            "{}{}.",
            if long || masked { "" } else { "Nothing but " },
            frame.header_parts()
        ),
    );
    if masked {
        choices.add(
            bytes(right - 4),
            format!(
                "The masking key was forgotten. {} has its top bit set, so 4 more bytes belong \
                 to the header.",
                code(&[frame.second()])
            ),
        );
    } else {
        choices.add(
            bytes(right + 4),
            format!(
                "There is no masking key here: the top bit of {} is 0.",
                code(&[frame.second()])
            ),
        );
    }
    for extended in [0usize, 2, 8, 4] {
        let key = if masked { 4 } else { 0 };
        let explanation = match extended {
            0 => format!(
                "The extended length was left out. {low} in the second byte says that the \
                 length takes {} more bytes.",
                frame.extended
            ),
            2 if frame.extended == 0 => format!(
                "An extended length of 2 bytes was counted. It is there only where the seven \
                 bits hold 126; here they hold {low}."
            ),
            8 if frame.extended == 0 => format!(
                "An extended length of 8 bytes was counted. It is there only where the seven \
                 bits hold 127; here they hold {low}."
            ),
            4 if frame.extended > 0 => format!(
                "No extended length has 4 bytes: {low} in the second byte stands for {}.",
                frame.extended
            ),
            4 => continue,
            other => format!(
                "126 and 127 were mixed up: {low} in the second byte stands for {} more bytes, \
                 not for {other}.",
                frame.extended
            ),
        };
        choices.add(bytes((2 + extended + key) as u64), explanation);
    }
    if !long {
        choices.add(
            bytes(frame.frame_len()),
            format!(
                "The payload of {} was counted too. It is not part of the header.",
                bytes(frame.length)
            ),
        );
    }
    let what = if long {
        format!("The first {} bytes of a frame", on_wire.len())
    } else {
        "A frame".to_owned()
    };
    Made {
        text: format!(
            "{what} from a {from}. How many bytes is the header of this frame long, masking key \
             included?"
        ),
        choices: choices.finish(draw),
        steps: steps(&frame),
        section: Section::of_6455("5.2"),
        link: frames_link(&on_wire, from, frame.header_len().saturating_sub(1)),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

fn whole(long: bool, draw: &mut Draw) -> Made {
    let from = draw.one([Role::Client, Role::Server, Role::Client]);
    let key = key_of(from, draw);
    let length = match (long, draw.below(2)) {
        (false, _) => draw.between(20, 125),
        (true, 0) => draw.between(1, 250) << 8 | draw.between(1, 255),
        (true, _) => draw.between(65_536, 4_000_000),
    };
    let frame = long_frame(length.into(), key, draw);
    let on_wire = frame.bytes();
    let (right, header) = (frame.frame_len(), frame.header_len() as u64);
    let low = u64::from(frame.second() & 0x7f);
    let mut choices = Choices::right(
        bytes(right),
        format!(
            "{header} bytes of header and {} of payload.",
            grouped(frame.length)
        ),
    );
    choices.add(
        bytes(frame.length),
        format!(
            "{} is the length of the payload. The header's {header} bytes come on top.",
            grouped(frame.length)
        ),
    );
    if key.is_some() {
        choices.add(
            bytes(right - 4),
            "The four bytes of the masking key were left out. They are not counted in the \
             length field either.",
        );
        if frame.extended == 0 {
            choices.add(
                bytes(right + 128),
                format!(
                    "The MASK bit was counted into the length: without it {} says {low}.",
                    code(&[frame.second()])
                ),
            );
        }
    } else {
        choices.add(
            bytes(right + 4),
            "A masking key was counted, but MASK is 0: a server does not mask.",
        );
    }
    if frame.extended > 0 {
        let extended = frame.extended_bytes();
        let backwards = extended
            .iter()
            .rev()
            .fold(0u64, |n, b| n << 8 | u64::from(*b));
        if let Some(sum) = backwards.checked_add(header) {
            choices.add(
                bytes(sum),
                format!(
                    "{} was read with its least significant byte first. In network byte order \
                     it is {}.",
                    code(&extended),
                    grouped(frame.length)
                ),
            );
        }
        choices.add(
            bytes(header + low),
            format!(
                "{low} was taken for the length. It only says that {} bytes of length follow.",
                frame.extended
            ),
        );
        choices.add(
            bytes(right - frame.extended as u64),
            format!(
                "The {} bytes of extended length were left out. They belong to the header.",
                frame.extended
            ),
        );
    } else {
        choices.add(
            bytes(right + 2),
            format!(
                "Two bytes of extended length were counted. They are there only where the seven \
                 bits hold 126; here they hold {}.",
                frame.length
            ),
        );
    }
    let mut steps = steps(&frame);
    steps.push(format!(
        "Header and payload together: {header} + {} = {}.",
        grouped(frame.length),
        grouped(right)
    ));
    Made {
        text: format!(
            "The first {} bytes of a frame from a {from}. How many bytes does the whole frame \
             take on the wire?",
            on_wire.len()
        ),
        choices: choices.finish(draw),
        steps,
        section: Section::of_6455("5.2"),
        link: frames_link(&on_wire, from, header as usize - 1),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

fn next_frame(draw: &mut Draw) -> Made {
    let from = draw.one([Role::Client, Role::Server]);
    let count = draw.length(2, 3);
    let mut frames = Vec::new();
    for _ in 0..count {
        let key = key_of(from, draw);
        frames.push(match draw.below(3) {
            0 => FrameSpec::new(9, ping_payload(draw), key),
            _ => FrameSpec::new(draw.one([1, 2]), short_text(draw), key),
        });
    }
    let wanted = count;
    let last = FrameSpec::new(1, short_text(draw), key_of(from, draw));
    let before: u64 = frames.iter().map(FrameSpec::frame_len).sum();
    let payloads: u64 = frames.iter().map(|f| f.length).sum();
    let shown = {
        let mut all = joined(&frames);
        all.extend(&last.bytes()[..2]);
        all
    };
    let name = ordinal(wanted + 1);
    let lengths: Vec<String> = frames
        .iter()
        .map(|f| format!("{} + {}", f.header_len(), f.length))
        .collect();
    let mut choices = Choices::right(
        format!("At byte {before}"),
        format!(
            "The frames before it take {}, and counting begins at 0.",
            bytes(before)
        ),
    );
    let mut add = |at: u64, why: String| choices.add(format!("At byte {at}"), why);
    add(
        before + 1,
        format!(
            "The count began at 1. The first byte is number 0, so after {} comes number \
             {before}.",
            bytes(before)
        ),
    );
    let headers = before - payloads;
    add(
        payloads,
        format!("Only the payloads were added, {payloads} bytes. The headers take {headers} more."),
    );
    if from == Role::Client {
        add(
            before - 4 * count as u64,
            format!("The masking keys were forgotten: {count} frames have 4 bytes of key each."),
        );
        add(
            before - 4 * (count as u64 - 1),
            "One masking key was counted for the whole connection. Each frame has a key of its \
             own."
                .to_owned(),
        );
    } else {
        add(
            before + 4 * count as u64,
            format!(
                "A masking key was counted for each of {count} frames. A server's frames have \
                 none."
            ),
        );
    }
    add(
        before - frames.last().map_or(0, FrameSpec::frame_len),
        format!(
            "That is where the {} frame begins, the one before it.",
            ordinal(wanted)
        ),
    );
    let mut steps: Vec<String> = Vec::new();
    let mut at = 0;
    for (i, frame) in frames.iter().enumerate() {
        steps.push(format!(
            "Frame {} begins at byte {at} with {}: {}. Its header takes {} bytes.",
            i + 1,
            code(&[frame.first(), frame.second()]),
            frame.summary(),
            frame.header_len()
        ));
        at += frame.frame_len();
    }
    steps.push(format!(
        "Headers and payloads together: {} = {before}. There the {name} frame begins, with {}.",
        lengths.join(" + "),
        code(&[last.first(), last.second()])
    ));
    Made {
        text: format!(
            "The first bytes from a {from} after the handshake. Counted from byte 0, where does \
             the {name} frame begin?"
        ),
        choices: choices.finish(draw),
        steps,
        section: Section::of_6455("5.2"),
        link: frames_link(&shown, from, before as usize),
        figure: Some(Figure::Bytes { bytes: shown, from }),
    }
}

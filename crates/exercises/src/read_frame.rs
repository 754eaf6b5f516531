//! Read this frame: opcode, FIN, MASK and length.

use wire::Role;
use wire::frame::Opcode;

use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, key_of, shortest};
use crate::words::{bytes, code, frames_link, grouped, long_text, ping_payload, short_text};
use crate::{Figure, Level, Made, Section};

/// What somebody reads in a frame.
#[derive(Clone, Copy)]
struct Reading {
    opcode: u8,
    fin: bool,
    masked: bool,
    length: u64,
}

impl Reading {
    /// The sentence of a choice. The tests read it back.
    fn text(&self) -> String {
        format!(
            "`{}`, FIN {}, {}, payload of {}",
            Opcode::from_bits(self.opcode).name(),
            u8::from(self.fin),
            if self.masked { "masked" } else { "not masked" },
            bytes(self.length)
        )
    }
}

fn frame(level: Level, from: Role, draw: &mut Draw) -> FrameSpec {
    let key = key_of(from, draw);
    match level {
        Level::First => {
            let opcode = draw.one([1, 1, 2, 9, 10]);
            FrameSpec::new(opcode, short_text(draw), key)
        }
        Level::Second => match draw.below(4) {
            0 => FrameSpec::new(draw.one([0, 1, 2]), long_text(draw), key).unfinished(),
            1 => FrameSpec::new(0, short_text(draw), key),
            2 => FrameSpec::new(draw.one([9, 10]), ping_payload(draw), key),
            _ => {
                let code = draw.one([1000u16, 1001, 1008, 1011, 4000]);
                let mut payload = code.to_be_bytes().to_vec();
                payload.extend(short_text(draw).bytes());
                FrameSpec::new(8, payload, key)
            }
        },
        Level::Third => {
            let length = match draw.below(3) {
                // Neither byte of a length is 0 here, so that both ways to read it stay apart.
                0 => u64::from(draw.between(1, 255)) << 8 | u64::from(draw.between(1, 255)),
                1 => u64::from(draw.between(126, 255)),
                _ => u64::from(draw.between(1, 40)) << 16 | u64::from(draw.below(65_536)),
            };
            let opcode = draw.one([0, 1, 2]);
            FrameSpec {
                fin: draw.flip(),
                extended: shortest(length),
                length,
                ..FrameSpec::new(opcode, &long_text(draw).as_bytes()[..4], key)
            }
        }
    }
}

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    let from = draw.one([Role::Client, Role::Server]);
    let frame = frame(level, from, draw);
    let on_wire = frame.bytes();
    let whole = frame.payload.len() as u64 == frame.length;
    let right = Reading {
        opcode: frame.opcode,
        fin: frame.fin,
        masked: frame.key.is_some(),
        length: frame.length,
    };
    let what = if whole {
        "A frame".to_owned()
    } else {
        format!("The first {} bytes of a frame", on_wire.len())
    };
    let mut steps = frame.header_steps();
    steps.push(match frame.key {
        Some(key) => format!(
            "MASK is 1, so the four bytes of the masking key, {}, come before the payload. They \
             do not count into its length.",
            code(&key)
        ),
        None => "MASK is 0, so the payload follows the length at once.".to_owned(),
    });
    steps.push(format!("Together: {}.", right.text()));
    Made {
        text: format!("{what} from a {from}, as it crosses the wire. What is it?"),
        choices: choices(&frame, right).finish(draw),
        steps,
        section: Section::of_6455("5.2"),
        link: frames_link(&on_wire, from, 1 + frame.extended),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

/// What mistakes make of the frame.
fn choices(frame: &FrameSpec, right: Reading) -> Choices {
    let (first, second, low) = (frame.first(), frame.second(), frame.second() & 0x7f);
    let mut choices = Choices::right(
        right.text(),
        format!(
            "{} gives FIN {} and opcode `0x{:x}`, {} gives MASK {}, and the length is {}.",
            code(&[first]),
            u8::from(right.fin),
            right.opcode,
            code(&[second]),
            u8::from(right.masked),
            grouped(right.length)
        ),
    );
    let mut add = |reading: Reading, explanation: String| choices.add(reading.text(), explanation);
    if frame.extended > 0 {
        let extended = frame.extended_bytes();
        let backwards = extended
            .iter()
            .rev()
            .fold(0u64, |n, b| n << 8 | u64::from(*b));
        add(
            Reading {
                length: u64::from(low),
                ..right
            },
            format!(
                "{low} was taken for the length. It says that the length follows in {} bytes, \
                 {}.",
                extended.len(),
                code(&extended)
            ),
        );
        add(
            Reading {
                length: backwards,
                ..right
            },
            format!(
                "The length was read with its least significant byte first. In network byte \
                 order {} is {}.",
                code(&extended),
                grouped(right.length)
            ),
        );
        if frame.extended == 8 {
            let half = right.length >> 16;
            add(
                Reading {
                    length: half,
                    ..right
                },
                format!(
                    "Only the first six of the eight bytes {} were read. All eight together say \
                     {}.",
                    code(&extended),
                    grouped(right.length)
                ),
            );
        }
    } else if right.masked {
        add(
            Reading {
                length: u64::from(second),
                ..right
            },
            format!(
                "The MASK bit was counted into the length: {} is {second}, but without its top \
                 bit it is {low}.",
                code(&[second])
            ),
        );
    }
    if right.masked {
        add(
            Reading {
                length: right.length + 4,
                ..right
            },
            format!(
                "The four bytes of the masking key were counted into the payload. They are part \
                 of the header; the payload has {}.",
                bytes(right.length)
            ),
        );
    }
    add(
        Reading {
            masked: !right.masked,
            ..right
        },
        format!(
            "MASK is the top bit of the second byte. In {}, `{second:08b}`, it is {}.",
            code(&[second]),
            u8::from(right.masked)
        ),
    );
    add(
        Reading {
            fin: !right.fin,
            ..right
        },
        format!(
            "FIN is the top bit of the first byte. In {}, `{first:08b}`, it is {}.",
            code(&[first]),
            u8::from(right.fin)
        ),
    );
    add(
        Reading {
            opcode: first >> 4,
            ..right
        },
        format!(
            "The opcode was taken from the upper half of {}, where FIN and the RSV bits are. \
             The lower half is `0x{:x}`.",
            code(&[first]),
            right.opcode
        ),
    );
    if frame.extended == 0 {
        add(
            Reading {
                length: frame.frame_len(),
                ..right
            },
            format!(
                "{} is what the whole frame takes. The length field, {low}, is about the \
                 payload alone.",
                bytes(frame.frame_len())
            ),
        );
    }
    choices
}

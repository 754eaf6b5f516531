//! The gate's state in an address, and the bytes to begin with.

use super::model::{Carrier, Desk, MAX_BYTES};
use crate::address::{Said, cut};
use crate::instruments::messages::hex_or_nothing;
use crate::routes::GateQuery;
use crate::ui::hex;

/// Bytes to begin with.
pub struct Preset {
    /// What its button says.
    pub label: &'static str,
    /// Whether the connection fails.
    pub broken: bool,
    /// The bytes.
    pub bytes: &'static [u8],
}

/// All of them.
pub const PRESETS: [Preset; 8] = [
    Preset {
        label: "Past U+10FFFF",
        broken: true,
        bytes: &[0xf4, 0x90, 0x80, 0x80],
    },
    Preset {
        label: "Four bytes that fit",
        broken: false,
        bytes: "a👋".as_bytes(),
    },
    Preset {
        label: "Overlong",
        broken: true,
        bytes: &[0xc0, 0xaf],
    },
    Preset {
        label: "Surrogate",
        broken: true,
        bytes: &[0xed, 0xa0, 0x80],
    },
    Preset {
        label: "Stray continuation",
        broken: true,
        bytes: b"ok\x80ok",
    },
    Preset {
        label: "Ends too early",
        broken: true,
        bytes: &[0xf0, 0x9f, 0x91],
    },
    Preset {
        label: "Latin-1",
        broken: true,
        bytes: b"Un caf\xe9 au lait, s'il vous pla\xeet",
    },
    Preset {
        label: "Three bytes that fit",
        broken: false,
        bytes: "€".as_bytes(),
    },
];

/// What is in front of the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The bytes and what carries them.
    pub desk: Desk,
    /// How many bytes have been read.
    pub step: usize,
    /// What in the address could not be used.
    pub problems: Vec<String>,
}

/// Where a reader begins: at the end, and on the plain page one byte before it is decided.
fn first_step(desk: &Desk) -> usize {
    if *desk == Desk::default() {
        1
    } else {
        desk.read().len() - 1
    }
}

/// This instrument's part of a query.
pub fn query(desk: &Desk, step: usize) -> GateQuery {
    GateQuery {
        utf8: (desk.bytes != Desk::default().bytes).then(|| hex(&desk.bytes)),
        carried: (desk.carried != Carrier::Text).then(|| desk.carried.name().to_owned()),
        byte: (step != first_step(desk)).then(|| step.to_string()),
    }
}

/// Reads this instrument's part of an address.
pub fn opened(said: &Said<GateQuery>) -> Opened {
    // An address that cannot be read is the cutter's to speak of, further up.
    let query = said.clone().unwrap_or_default();
    let mut problems = Vec::new();
    let mut desk = Desk::default();
    match query
        .utf8
        .as_deref()
        .map(|text| (text, hex_or_nothing(text)))
    {
        None => {}
        Some((_, Ok(bytes))) if bytes.len() <= MAX_BYTES => desk.bytes = bytes,
        Some((text, Ok(bytes))) => problems.push(format!(
            "utf8={}: {} bytes, and the gate takes {MAX_BYTES}. Here are the first ones.",
            cut(text),
            bytes.len()
        )),
        Some((text, Err(why))) => problems.push(format!("utf8={}: {why}", cut(text))),
    }
    if let Some(name) = &query.carried {
        match Carrier::ALL.into_iter().find(|c| c.name() == name) {
            Some(carried) => desk.carried = carried,
            None => problems.push(format!(
                "carried={}: it is text, binary or close. Here it is text.",
                cut(name)
            )),
        }
    }
    let mut step = first_step(&desk);
    let last = desk.read().len() - 1;
    if let Some(text) = &query.byte {
        match text.parse::<usize>().ok().filter(|step| *step <= last) {
            Some(to) => step = to,
            None => problems.push(format!(
                "byte={}: {last} of these bytes are read, so it is 0 to {last}.",
                cut(text)
            )),
        }
    }
    Opened {
        desk,
        step,
        problems,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address;

    fn of(bytes: &[u8], carried: Carrier) -> Desk {
        Desk {
            bytes: bytes.to_vec(),
            carried,
        }
    }

    #[test]
    fn links_lead_back_and_bad_ones_say_so() {
        for carried in Carrier::ALL {
            for preset in PRESETS {
                let desk = of(preset.bytes, carried);
                for step in 0..desk.read().len() {
                    let text = serde_urlencoded::to_string(query(&desk, step)).unwrap();
                    let back = opened(&address::read(&text));
                    assert_eq!(
                        (back.desk, back.step, back.problems.len()),
                        (desk.clone(), step, 0)
                    );
                }
            }
        }
        for (link, word) in [
            ("utf8=f", "utf8=f"),
            ("utf8=zz", "utf8=zz"),
            ("carried=pigeon", "carried=pigeon"),
            ("byte=3", "byte=3"),
            ("byte=-1", "byte=-1"),
        ] {
            let opened = opened(&address::read(link));
            assert_eq!((&opened.desk, opened.step), (&Desk::default(), 1), "{link}");
            assert!(opened.problems[0].contains(word));
        }
        let long = format!("utf8={}", "41".repeat(65));
        assert!(opened(&address::read(&long)).problems[0].contains("65 bytes"));
        // As people write them.
        let opened = opened(&address::read("utf8=f0+9f+91+8b&byte=4"));
        assert_eq!(
            (opened.desk.bytes.as_slice(), opened.step),
            ("👋".as_bytes(), 4)
        );
    }
}

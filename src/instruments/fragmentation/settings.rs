//! What the reader sets, how it stands in the address, and the messages to begin with.

use wire::Role;
use wire::session::Kind;

use super::interleaved::Interleaved;
use super::message::{FragmentedMessage, MAX_BYTES, MAX_CUTS, MAX_INTERLEAVED};
use crate::instruments::messages::read_bytes;
use crate::kit::number::hex;
use crate::kit::settings::{self, Field, Grammar, Parsed, options};
use crate::kit::url_state;

/// The frame up to which the page begins: the one that ends within a character.
const FIRST_STEP: usize = 1;

/// What the reader sets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The message and its frames.
    pub message: FragmentedMessage,
    /// How many frames the receiver has read; without it, all of them, and on the plain page the first.
    pub step: Option<usize>,
}

impl Settings {
    /// A message of which so many frames have been read.
    pub fn at(message: FragmentedMessage, step: usize) -> Settings {
        let step = (step != first_step(&message)).then_some(step);
        Settings { message, step }
    }

    /// How many frames the receiver has read.
    pub fn step(&self) -> usize {
        self.step.unwrap_or_else(|| first_step(&self.message))
    }

    /// Another message, cut as it usually is.
    fn say(&mut self, kind: Kind, bytes: Vec<u8>) -> Result<(), String> {
        if bytes.len() > MAX_BYTES {
            return Err(format!(
                "{} bytes, and every byte is drawn, up to {MAX_BYTES}. Here is the first message.",
                bytes.len()
            ));
        }
        self.message.kind = kind;
        self.message.bytes = bytes;
        self.message.cuts = usual_cuts(&self.message);
        Ok(())
    }
}

fn first_step(message: &FragmentedMessage) -> usize {
    if *message == FragmentedMessage::default() {
        FIRST_STEP
    } else {
        message.frames().len()
    }
}

/// Whether it is the message of the plain page, however it is cut.
fn is_usual(message: &FragmentedMessage) -> bool {
    let usual = FragmentedMessage::default();
    (message.kind, &message.bytes) == (usual.kind, &usual.bytes)
}

/// The cuts where an address names none.
fn usual_cuts(message: &FragmentedMessage) -> Vec<usize> {
    if is_usual(message) {
        FragmentedMessage::default().cuts
    } else {
        Vec::new()
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::affecting(
            &["text", "cuts", "between", "fin", "step"],
            Field::parsed(
                "data",
                Grammar {
                    write: |s| {
                        let own = !is_usual(&s.message) && s.message.kind == Kind::Binary;
                        own.then(|| hex(&s.message.bytes))
                    },
                    read: |s, text| s.say(Kind::Binary, read_bytes(text)?),
                    examples: &["00ff", "", "89 50 4e 47"],
                    refuses: &["xyz", "f"],
                },
            ),
        ),
        // Where an address has both, it is the text that counts.
        Field::affecting(
            &["cuts", "between", "fin", "step"],
            Field::parsed(
                "text",
                Grammar {
                    write: |s| {
                        let own = !is_usual(&s.message) && s.message.kind == Kind::Text;
                        own.then(|| String::from_utf8_lossy(&s.message.bytes).into_owned())
                    },
                    read: |s, text| s.say(Kind::Text, text.as_bytes().to_vec()),
                    examples: &["Hello", "", "a, b & ü", "Café: 3 €"],
                    refuses: &[TOO_LONG],
                },
            ),
        ),
        Field::affecting(
            &["between", "fin", "step"],
            Field::parsed(
                "cuts",
                Grammar {
                    write: |s| {
                        let cuts = &s.message.cuts;
                        (*cuts != usual_cuts(&s.message)).then(|| list(cuts, 0))
                    },
                    read: |s, text| {
                        let most = s.message.bytes.len();
                        s.message.cuts = places(text, most).ok_or_else(|| {
                            format!("up to {MAX_CUTS} numbers from 0 to {most}, ascending, with commas between them.")
                        })?;
                        Ok(())
                    },
                    examples: &["2,6", "", "0", "0,1,12"],
                    refuses: &["99", "4,2", "4,4", "x", "-1", "99999999999999999999"],
                },
            ),
        ),
        Field::affecting(
            &["step"],
            Field::parsed(
                "between",
                Grammar {
                    write: |s| {
                        let all = s.message.interleaved.iter();
                        let all: Vec<_> = all
                            .map(|(gap, what)| format!("{gap}:{}", what.name()))
                            .collect();
                        (!all.is_empty()).then(|| all.join(","))
                    },
                    read: |s, text| {
                        let most = s.message.cuts.len() + 1;
                        let all = between(text, most).ok_or_else(|| {
                            format!("up to {MAX_INTERLEAVED} pairs such as 1:ping, from 0 to {most} fragments, with commas between them.")
                        })?;
                        for (gap, what) in all {
                            s.message.put(gap, what);
                        }
                        Ok(())
                    },
                    examples: &["1:ping", "0:text,1:ping,1:pong", "0:ping-without-fin"],
                    refuses: &["9:ping", "1:pling", "ping", "", ":,:"],
                },
            ),
        ),
        Field::affecting(
            &["step"],
            Field::parsed(
                "fin",
                Grammar {
                    write: |s| {
                        let flipped = &s.message.flipped;
                        (!flipped.is_empty()).then(|| list(flipped, 1))
                    },
                    read: |s, text| {
                        let count = s.message.cuts.len() + 1;
                        let flipped = places(text, count).filter(|p| !p.contains(&0));
                        let flipped = flipped.ok_or_else(|| {
                            format!("numbers of fragments, 1 to {count}, ascending, with commas between them.")
                        })?;
                        s.message.flipped = flipped.into_iter().map(|n| n - 1).collect();
                        Ok(())
                    },
                    examples: &["1", "", "1,2,3"],
                    refuses: &["0", "4", "2,1", "x"],
                },
            ),
        ),
        Field::affecting(
            &["step"],
            Field::choice(
                "from",
                "Sender",
                options!(message.from { "client": "Client" => Role::Client, "server": "Server" => Role::Server }),
            ),
        ),
        Field::parsed(
            "step",
            Grammar {
                write: |s| s.step.map(|step| step.to_string()),
                read: |s, text| {
                    let last = s.message.frames().len();
                    let step = text.parse::<usize>().ok().filter(|step| *step <= last);
                    let step =
                        step.ok_or_else(|| format!("there are 0 to {last} frames to read."))?;
                    *s = Settings::at(s.message.clone(), step);
                    Ok(())
                },
                examples: &["2", "0", "1", "3"],
                refuses: &["4", "-1", "x", "", "99999999999999999999"],
            },
        ),
    ];
}

/// A text of one byte too many, for the tests.
const TOO_LONG: &str = match std::str::from_utf8(&[b'x'; MAX_BYTES + 1]) {
    Ok(text) => text,
    Err(_) => "",
};

fn list(items: &[usize], plus: usize) -> String {
    let items: Vec<_> = items.iter().map(|i| (i + plus).to_string()).collect();
    items.join(",")
}

/// Ascending numbers up to `most`. There are never more fragments than one more than cuts.
fn places(text: &str, most: usize) -> Option<Vec<usize>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let places: Option<Vec<usize>> = text
        .split(',')
        .take(MAX_CUTS + 1)
        .map(|t| t.trim().parse().ok().filter(|at| *at <= most))
        .collect();
    places.filter(|p| p.len() <= MAX_CUTS && p.windows(2).all(|w| w[0] < w[1]))
}

fn between(text: &str, most: usize) -> Option<Vec<(usize, Interleaved)>> {
    let pairs: Option<Vec<_>> = text
        .split(',')
        .take(MAX_INTERLEAVED + 1)
        .map(|pair| {
            let (gap, name) = pair.trim().split_once(':')?;
            let gap = gap.parse().ok().filter(|gap| *gap <= most)?;
            let what = Interleaved::ALL.into_iter().find(|e| e.name() == name)?;
            Some((gap, what))
        })
        .collect();
    pairs.filter(|p| p.len() <= MAX_INTERLEAVED)
}

/// A message to begin with.
pub struct Preset {
    /// What its button says.
    pub label: &'static str,
    /// Whether it breaks a rule.
    pub broken: bool,
    /// The link to it.
    link: &'static str,
}

/// All of them.
pub const PRESETS: [Preset; 9] = [
    Preset {
        label: "One frame",
        broken: false,
        link: "cuts=&step=1",
    },
    Preset {
        label: "Half a character",
        broken: false,
        link: "",
    },
    Preset {
        label: "A ping in between",
        broken: false,
        link: "between=1:ping&step=2",
    },
    Preset {
        label: "A text frame in between",
        broken: true,
        link: "between=1:text&step=2",
    },
    Preset {
        label: "Nothing to continue",
        broken: true,
        link: "between=0:continuation&step=1",
    },
    Preset {
        label: "Ends within a character",
        broken: true,
        link: "fin=1&step=1",
    },
    Preset {
        label: "A ping without FIN",
        broken: true,
        link: "between=1:ping-without-fin&step=2",
    },
    Preset {
        label: "The RFC’s “Hello”",
        broken: false,
        link: "text=Hello&cuts=3&from=server",
    },
    Preset {
        label: "Binary",
        broken: false,
        link: "data=89504e470d0a1a0a0000000d49484452&cuts=8&step=1",
    },
];

impl Preset {
    /// What it shows.
    pub fn parsed(&self) -> Parsed<Settings> {
        url_state::read(self.link)
    }
}

/// The other role's name for whoever receives.
pub fn receiver(from: Role) -> &'static str {
    match from {
        Role::Client => "The server",
        Role::Server => "The client",
    }
}

#[cfg(test)]
mod tests {
    use super::super::reassembly::{Outcome, outcome, run};
    use super::*;
    use crate::kit::url_state::{query_of, read};

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        let mut messages = vec![FragmentedMessage::default()];
        let mut message = FragmentedMessage::default();
        message.cuts.clear();
        messages.push(message.clone());
        message.say(Kind::Text, "a, b & ü".into());
        message.cut(0);
        message.cut(8);
        message.put(0, Interleaved::Text);
        message.put(3, Interleaved::CutPing);
        message.put(1, Interleaved::Ping);
        message.put(1, Interleaved::Pong);
        message.turn(0);
        message.turn(2);
        message.from = Role::Server;
        messages.push(message.clone());
        message.say(Kind::Binary, vec![0, 0xff]);
        messages.push(message.clone());
        message.say(Kind::Binary, vec![]);
        messages.push(message);
        for message in messages {
            for step in 0..=message.frames().len() {
                let settings = Settings::at(message.clone(), step);
                assert_eq!(settings.step(), step);
                assert_eq!(read(&query_of(&settings)), Parsed::fine(settings));
            }
        }
    }

    #[test]
    fn presets_are_what_they_are_called() {
        for preset in PRESETS {
            let Parsed { settings, problems } = preset.parsed();
            assert_eq!(problems, Vec::<String>::new(), "{}", preset.label);
            let states = run(settings.message.from, &settings.message.frames());
            let failed = matches!(outcome(&states), Outcome::Failed(..));
            assert_eq!(failed, preset.broken, "{}", preset.label);
            if failed {
                let now = &states[settings.step()];
                assert!(now.violation().is_some(), "{}", preset.label);
            }
        }
    }

    #[test]
    fn the_text_counts_where_an_address_has_both() {
        let parsed = read::<Settings>("text=a&data=00ff&cuts=1");
        assert_eq!(parsed.settings.message.bytes, b"a");
        assert_eq!(parsed.settings.message.kind, Kind::Text);
        assert_eq!(parsed.problems, Vec::<String>::new());
    }

    #[test]
    fn more_cuts_than_there_can_be_are_named_once() {
        let many: Vec<_> = (0..50).map(|n| n.to_string()).collect();
        let link = format!("text={}&cuts={}", "x".repeat(60), many.join(","));
        let parsed = read::<Settings>(&link);
        assert_eq!(parsed.problems.len(), 1);
        assert_eq!(parsed.settings.message.bytes.len(), 60);
    }
}

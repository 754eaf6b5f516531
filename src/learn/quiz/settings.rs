//! What the quiz asks, and how that stands in the address.

use exercises::{Kind, Level};

use super::item::chapters;
use crate::kit::settings::{self, Field, Grammar};
use crate::learn::questions::IDS;
use crate::options;

/// The longest list of answers in a link, in bytes.
const MOST_ANSWERS: usize = 1200;

/// What the quiz asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// All written questions, from chapter to chapter.
    #[default]
    Mixed,
    /// Those of one chapter, by its path.
    Chapter(&'static str),
    /// Those whose last answer was wrong.
    Wrong,
    /// Those that are due today.
    Due,
    /// Generated ones without end, of one kind or of all.
    Practice(Option<Kind>),
    /// Twenty that a seed gives.
    Exam(u32),
}

/// What the address says: what is asked and where the reader is, without the answers; with them in an exam.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// What the quiz asks.
    pub mode: Mode,
    /// How hard practice is.
    pub level: Level,
    /// The seed of the first question of practice.
    pub seed: u32,
    /// The index of the written question to open; without it, where the reader left off.
    pub question: Option<usize>,
    /// The answers of an exam, as [`super::exam`] writes them; empty where there are none.
    pub answers: String,
    /// Whether the exam was handed in.
    pub handed_in: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            mode: Mode::Mixed,
            level: Level::First,
            seed: 1,
            question: None,
            answers: String::new(),
            handed_in: false,
        }
    }
}

/// The name of a chapter in an address: its path without the slash.
pub fn chapter_name(path: &str) -> &str {
    match path.trim_start_matches('/') {
        "" => "home",
        name => name,
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[
        Field::parsed(
            "chapter",
            Grammar {
                write: |s| match s.mode {
                    Mode::Chapter(path) => Some(chapter_name(path).to_owned()),
                    _ => None,
                },
                read: |s, name| {
                    let chapters = chapters();
                    let found = chapters.iter().find(|(path, _)| chapter_name(path) == name);
                    let (path, _) = found.ok_or(
                        "there is no chapter of that name with questions. Here are all chapters.",
                    )?;
                    s.mode = Mode::Chapter(path);
                    Ok(())
                },
                examples: &["frames", "home"],
                refuses: &["", "/frames", "nowhere"],
            },
        ),
        Field::parsed(
            "review",
            Grammar {
                write: |s| match s.mode {
                    Mode::Wrong => Some("wrong".to_owned()),
                    Mode::Due => Some("due".to_owned()),
                    _ => None,
                },
                read: |s, name| {
                    s.mode = match name {
                        "wrong" => Mode::Wrong,
                        "due" => Mode::Due,
                        _ => return Err("a review is of what was wrong or of what is due.".into()),
                    };
                    Ok(())
                },
                examples: &["wrong", "due"],
                refuses: &["", "right"],
            },
        ),
        Field::parsed(
            "practice",
            Grammar {
                write: |s| match s.mode {
                    Mode::Practice(kind) => Some(kind.map_or("any", Kind::name).to_owned()),
                    _ => None,
                },
                read: |s, name| {
                    s.mode = match (name, Kind::named(name)) {
                        ("any", _) => Mode::Practice(None),
                        (_, Some(kind)) => Mode::Practice(Some(kind)),
                        _ => return Err("there is no exercise of that name.".into()),
                    };
                    Ok(())
                },
                examples: &["any", "unmask-byte"],
                refuses: &["", "Unmask-byte", "all"],
            },
        ),
        Field::parsed(
            "exam",
            Grammar {
                write: |s| match s.mode {
                    Mode::Exam(seed) => Some(seed.to_string()),
                    _ => None,
                },
                read: |s, seed| {
                    let digits = seed.bytes().all(|b| b.is_ascii_digit());
                    let seed = seed.parse().ok().filter(|_| digits);
                    let seed = seed.ok_or("an exam has a number from 0 to 4,294,967,295.")?;
                    s.mode = Mode::Exam(seed);
                    Ok(())
                },
                examples: &["4711", "0"],
                refuses: &["", "-1", "+1", "4294967296", "one"],
            },
        ),
        Field::choice(
            "level",
            "Level",
            options!(level {
                "1": "1" => Level::First,
                "2": "2" => Level::Second,
                "3": "3" => Level::Third,
            }),
        ),
        Field::whole("seed", 0, u32::MAX, |s| s.seed, |s, seed| s.seed = seed),
        Field::text(
            "answers",
            MOST_ANSWERS,
            |s| &s.answers,
            |s, answers| s.answers = answers,
        ),
        Field::flag(
            "result",
            "Result",
            ["Not handed in", "Handed in"],
            |s| s.handed_in,
            |s, handed_in| s.handed_in = handed_in,
        ),
        Field::parsed(
            "question",
            Grammar {
                write: |s| {
                    let id = s.question.and_then(|i| IDS.get(i))?;
                    Some((*id).to_owned())
                },
                read: |s, id| {
                    let found = IDS.iter().position(|of| *of == id);
                    let found = found
                        .ok_or("there is no question of that name. Here is where you left off.")?;
                    s.question = Some(found);
                    Ok(())
                },
                examples: &["ping-pong"],
                refuses: &["", "nobody", "Ping-pong"],
            },
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::settings::Parsed;
    use crate::kit::url_state::read;

    #[test]
    fn every_question_has_an_address() {
        for (i, id) in IDS.iter().enumerate() {
            let settings = Settings {
                question: Some(i),
                ..Settings::default()
            };
            let query = format!("question={id}");
            assert_eq!(read(&query), Parsed::fine(settings));
        }
    }

    #[test]
    fn a_link_names_what_is_asked() {
        let mode = |query: &str| read::<Settings>(query).settings.mode;
        assert_eq!(mode("chapter=frames"), Mode::Chapter("/frames"));
        assert_eq!(mode("review=due"), Mode::Due);
        assert_eq!(mode("practice=any&level=3"), Mode::Practice(None));
        assert_eq!(mode("exam=4711"), Mode::Exam(4711));
        assert_eq!(mode("question=ping-pong"), Mode::Mixed);
    }
}

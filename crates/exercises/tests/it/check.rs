//! What holds for exercises of any kind.

use std::collections::BTreeSet;

use exercises::{Exercise, Figure, Kind, Level, exercise};
use wire::Role;

/// Exercises of each kind.
const COUNT: u64 = 10_000;

/// Whether what a choice says holds.
pub type Judge<'a> = Box<dyn Fn(&str) -> bool + 'a>;

/// Makes the exercises of a kind, checks what holds for all, and has every choice judged: exactly the right one holds.
pub fn all(kind: Kind, judge_of: impl Fn(&Exercise) -> Judge<'_>) {
    for n in 0..COUNT {
        let level = Level::ALL[(n % 3) as usize];
        let made = exercise(kind, level, n / 3);
        let name = Name(&made);
        form(&made, name);
        let judge = judge_of(&made);
        for choice in &made.choices {
            let holds = judge(&choice.text);
            assert_eq!(holds, choice.right, "`{}` of {name}", choice.text);
        }
    }
}

/// An exercise as a failure says it, which takes long and is rarely wanted.
#[derive(Clone, Copy)]
struct Name<'a>(&'a Exercise);

impl std::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let made = self.0;
        write!(
            f,
            "{} {} {}: {made:#?}",
            made.kind.name(),
            made.level.number(),
            made.seed
        )
    }
}

/// The form of an exercise.
fn form(made: &Exercise, name: Name<'_>) {
    assert!((3..=5).contains(&made.choices.len()), "{name}");
    let right = made.choices.iter().filter(|choice| choice.right).count();
    assert_eq!(right, 1, "{name}");
    let texts: BTreeSet<_> = made.choices.iter().map(|choice| &choice.text).collect();
    assert_eq!(texts.len(), made.choices.len(), "{name}");
    let explanations: BTreeSet<_> = made
        .choices
        .iter()
        .map(|choice| &choice.explanation)
        .collect();
    assert_eq!(explanations.len(), made.choices.len(), "{name}");
    assert!(!made.steps.is_empty(), "{name}");
    words(&made.text, name);
    for choice in &made.choices {
        words(&choice.explanation, name);
        phrase(&choice.text, name);
    }
    for step in &made.steps {
        words(step, name);
    }
    assert!(
        section_exists(made.section.rfc, made.section.number),
        "{name}"
    );
    link(made, name);
}

/// One or more whole sentences.
fn words(text: &str, name: Name<'_>) {
    phrase(text, name);
    assert!(text.ends_with(['.', '?']), "`{text}` of {name}");
    assert!(!text.ends_with(".."), "`{text}` of {name}");
}

/// Words in which code stands between backticks.
fn phrase(text: &str, name: Name<'_>) {
    assert!(text.len() > 3, "`{text}` of {name}");
    let first = text.chars().next();
    let begins = first.is_some_and(|c| c.is_uppercase() || c == '`' || c.is_ascii_digit());
    assert!(begins, "`{text}` of {name}");
    assert_eq!(text.matches('`').count() % 2, 0, "`{text}` of {name}");
    for wrong in ["``", "  ", "{", "}", " .", " ,", "\n"] {
        assert!(!text.contains(wrong), "`{text}` of {name}");
    }
}

/// The sections that exercises cite. The numbers are those of RFC 6455's table of contents.
fn section_exists(rfc: u16, number: &str) -> bool {
    const SECTIONS: [&str; 17] = [
        "4.1", "4.2.1", "4.4", "5.1", "5.2", "5.3", "5.4", "5.5", "5.5.1", "5.5.2", "5.5.3", "5.6",
        "7.1.4", "7.1.5", "7.2.3", "7.4", "7.4.1",
    ];
    rfc == 6455 && (SECTIONS.contains(&number) || matches!(number, "8.1" | "10.2"))
}

/// The parameters of a link, unescaped.
pub fn parameters(link: &str) -> (String, Vec<(String, String)>) {
    let (path, query) = link.split_once('?').expect("a link has parameters");
    let pairs = query.split('&').map(|pair| {
        let (key, value) = pair.split_once('=').expect("a parameter has a value");
        (key.to_owned(), unescaped(value))
    });
    (path.to_owned(), pairs.collect())
}

/// The value of one parameter.
pub fn parameter(link: &str, key: &str) -> Option<String> {
    parameters(link)
        .1
        .into_iter()
        .find(|(name, _)| name == key)
        .map(|(_, value)| value)
}

fn unescaped(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let digits = rest.get(..2).and_then(|two| std::str::from_utf8(two).ok());
            let escaped = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
            bytes.push(escaped.expect("two hexadecimal digits follow a per cent sign"));
            rest = &rest[2..];
        } else {
            assert!(
                byte.is_ascii_alphanumeric() || b"-._~,".contains(&byte),
                "{value}"
            );
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("a value is text")
}

/// The link names parameters of an instrument of the site, and shows what the figure shows.
fn link(made: &Exercise, name: Name<'_>) {
    assert!(made.link.len() < 2048, "{name}");
    let (path, pairs) = parameters(&made.link);
    let keys: Vec<&str> = pairs.iter().map(|(key, _)| key.as_str()).collect();
    let get = |key: &str| {
        pairs
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
            .expect("it is there")
    };
    match path.as_str() {
        "/frames" => {
            assert_eq!(keys, ["hex", "from", "step"], "{name}");
            let bytes = hex(get("hex"));
            let from: Role = get("from").parse().expect("a role");
            let step: usize = get("step").parse().expect("a number");
            assert!(step < bytes.len(), "{name}");
            if let Some(Figure::Bytes {
                bytes: shown,
                from: sender,
            }) = &made.figure
            {
                assert_eq!((&bytes, from), (shown, *sender), "{name}");
            }
        }
        "/closing" => {
            assert_eq!(keys, ["code"], "{name}");
            assert!(get("code").parse::<u16>().is_ok(), "{name}");
        }
        "/handshake" => {
            assert_eq!(keys, ["request", "response", "origin"], "{name}");
            let Some(Figure::Text(text)) = &made.figure else {
                panic!("{name}");
            };
            assert_eq!(
                *text,
                format!("{}{}", get("request"), get("response")),
                "{name}"
            );
        }
        "/reconnecting" => {
            assert_eq!(keys, ["left", "right", "base", "factor", "cap"], "{name}");
            for key in ["left", "right"] {
                assert!(
                    ["fixed", "exponential", "full", "equal", "decorrelated"].contains(&get(key)),
                    "{name}"
                );
            }
            // The stops of the instrument's sliders.
            assert!(
                ["100", "200", "500", "1000", "2000", "5000"].contains(&get("base")),
                "{name}"
            );
            assert!(["2", "3", "4"].contains(&get("factor")), "{name}");
            assert!(
                ["10000", "20000", "30000", "60000", "120000", "300000"].contains(&get("cap")),
                "{name}"
            );
        }
        "/heartbeat" => {
            assert_eq!(
                keys,
                [
                    "asks", "every", "wait", "misses", "trip", "run", "seed", "faults"
                ],
                "{name}"
            );
            assert!(
                [
                    "10000", "15000", "20000", "25000", "30000", "45000", "60000"
                ]
                .contains(&get("every")),
                "{name}"
            );
            assert!(
                ["2000", "3000", "5000", "7000", "10000", "15000", "20000"].contains(&get("wait")),
                "{name}"
            );
            assert!(
                ["60000", "120000", "300000", "600000", "1200000"].contains(&get("run")),
                "{name}"
            );
            assert_eq!(get("trip"), "20", "{name}");
        }
        _ => panic!("{name}"),
    }
}

/// The bytes of hexadecimal digits, with or without spaces between them.
pub fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let (pairs, []) = digits.as_chunks::<2>() else {
        panic!("an odd number of digits: {text}");
    };
    pairs
        .iter()
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("digits are text");
            u8::from_str_radix(pair, 16).expect("hexadecimal digits")
        })
        .collect()
}

/// The bytes of the figure and the end that sends them.
pub fn bytes(made: &Exercise) -> (&[u8], Role) {
    match &made.figure {
        Some(Figure::Bytes { bytes, from }) => (bytes, *from),
        other => panic!("no bytes but {other:?}"),
    }
}

/// What stands between backticks, in order.
pub fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A number in which commas may stand between groups of digits.
pub fn number(text: &str) -> u64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let rest: String = text
        .chars()
        .filter(|c| !c.is_ascii_digit() && *c != ',')
        .collect();
    assert_eq!(rest, "", "{text}");
    digits.parse().expect("a number")
}

/// The number before the word `byte` or `bytes`.
pub fn number_of_bytes(text: &str) -> u64 {
    let text = text
        .strip_suffix(" bytes")
        .or_else(|| text.strip_suffix(" byte"));
    number(text.expect("a number of bytes"))
}

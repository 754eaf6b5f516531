//! One check for the fields of every instrument.

use super::*;
use crate::kit::url_state::Query;

/// The table of fields of an instrument, for the test that runs over all of them.
pub struct SettingsTable {
    /// The name of the instrument, as it knows itself.
    pub name: &'static str,
    /// The names of its parameters.
    pub keys: fn() -> Vec<&'static str>,
    /// Checks the table: see [`check_settings`].
    pub check: fn(),
}

impl SettingsTable {
    /// The table of these settings.
    pub const fn of<S: Settings>(name: &'static str) -> SettingsTable {
        SettingsTable {
            name,
            keys: keys::<S>,
            check: check_settings::<S>,
        }
    }
}

/// Checks a table of fields: what is written can be read back, what cannot be used is named and gives the default, no key
/// reads another, and no two are the same.
pub fn check_settings<S: Settings>() {
    check_table::<S>();
    for field in S::FIELDS {
        for text in samples(field) {
            check_sample(field, &text);
        }
        for text in useless(field) {
            let parsed = parse::<S>(&vec![(field.key, text.clone())]);
            let said = parsed.problems.join(" ");
            let name = format!("{}={}", field.key, ellipsize(&text));
            assert_eq!(parsed.problems.len(), 1, "{name} is not named once: {said}");
            assert!(said.starts_with(&format!("{name}: ")), "{name}: {said}");
            assert!(said.ends_with('.'), "no sentence: {said}");
            assert!(
                parsed.settings == S::default(),
                "{name} does not give the default"
            );
        }
    }
    check_together::<S>();
}

fn check_table<S: Settings>() {
    let usual = S::default();
    let keys = keys::<S>();
    for (i, field) in S::FIELDS.iter().enumerate() {
        let key = field.key;
        assert!(!keys[..i].contains(&key), "two fields are named {key}");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!key.is_empty() && key.chars().all(plain), "{key}");
        for other in field.affects {
            let place = keys.iter().position(|k| k == other);
            assert!(
                place.is_some_and(|place| place > i),
                "{other} depends on {key} and stands before it"
            );
        }
        match &field.kind {
            Kind::Stops { spec, get, .. } => {
                assert!(spec.stops.is_sorted() && !spec.stops.is_empty(), "{key}");
                let (least, most) = spec.bounds();
                assert!((least..=most).contains(&get(&usual)), "{key}");
                for &stop in spec.stops {
                    assert!(!(spec.short)(stop).is_empty() && !(spec.aloud)(stop).is_empty());
                }
            }
            Kind::Choice(options) => {
                let chosen = options.iter().filter(|option| (option.is)(&usual));
                assert_eq!(chosen.count(), 1, "{key} has one option that is usual");
            }
            Kind::Parsed(grammar) => {
                assert!(!grammar.examples.is_empty(), "{key} has no example");
            }
            _ => {}
        }
    }
    assert!(
        write(&usual).is_some_and(|pairs| pairs.is_empty()),
        "the default is written: {:?}",
        write(&usual)
    );
    assert!(parse::<S>(&Pairs::new()) == Parsed::fine(usual));
}

/// Values of all sorts that a field takes.
fn samples<S: Settings>(field: &Field<S>) -> Vec<String> {
    let mut samples = Vec::<String>::new();
    match &field.kind {
        Kind::Stops { spec, .. } => {
            samples.extend(spec.stops.iter().map(u32::to_string));
            let between = spec.stops.windows(2).map(|two| two[0].midpoint(two[1]));
            samples.extend(between.map(|n| n.to_string()));
        }
        Kind::Whole { least, most, .. } => {
            samples.extend([*least, least.midpoint(*most), *most].map(|n| n.to_string()));
        }
        Kind::Choice(options) => samples.extend(options.iter().map(|o| o.name.to_owned())),
        Kind::Flag { .. } => samples.extend(["0", "1"].map(str::to_owned)),
        Kind::Bytes { max, read, .. } => {
            let most = (*max).min(MAX_LINK_BYTES);
            samples.extend(["00ff".repeat(most / 2), "a5".to_owned()]);
            samples.extend(read("").is_ok().then(String::new));
        }
        Kind::Text { max, .. } => {
            let most = (*max).min(MAX_LINK_BYTES);
            let odd = "é &=#+%41?👋\n";
            samples.extend([String::new(), "x".repeat(most)]);
            samples.extend((odd.len() <= most).then(|| odd.to_owned()));
        }
        Kind::Parsed(grammar) => samples.extend(grammar.examples.iter().map(|&s| s.to_owned())),
    }
    samples
}

/// Values of all sorts that a field cannot take.
fn useless<S: Settings>(field: &Field<S>) -> Vec<String> {
    let mut useless = Vec::<String>::new();
    let number = |least: u32, most: u32| {
        let beyond = [
            least.checked_sub(1).map(|n| n.to_string()),
            Some((u64::from(most) + 1).to_string()),
        ];
        let odd = ["", "-1", "1.5", "x", "NaN", "1e3", "99999999999999999999"];
        let odd = odd.into_iter().map(str::to_owned);
        beyond.into_iter().flatten().chain(odd).collect::<Vec<_>>()
    };
    match &field.kind {
        Kind::Stops { spec, .. } => {
            let (least, most) = spec.bounds();
            useless.extend(number(least, most));
        }
        Kind::Whole { least, most, .. } => useless.extend(number(*least, *most)),
        Kind::Choice(_) => useless.extend(["", "none of them", "\0"].map(str::to_owned)),
        Kind::Flag { .. } => useless.extend(["", "2", "yes", "true"].map(str::to_owned)),
        Kind::Bytes { max, read, .. } => {
            useless.extend(read("").is_err().then(String::new));
            useless.extend(["8", "zz", "é"].map(str::to_owned));
            useless.push("00".repeat(max + 1));
        }
        Kind::Text { max, .. } => useless.push("x".repeat(max + 1)),
        Kind::Parsed(grammar) => useless.extend(grammar.refuses.iter().map(|&s| s.to_owned())),
    }
    useless
}

/// One field alone: it is read, it comes back, and it moves no other.
fn check_sample<S: Settings>(field: &Field<S>, text: &str) {
    let name = format!("{}={}", field.key, ellipsize(text));
    let parsed = parse::<S>(&vec![(field.key, text.to_owned())]);
    assert_eq!(parsed.problems, Vec::<String>::new(), "{name}");
    check_round_trip(&parsed.settings, &name);
    let usual = S::default();
    for other in S::FIELDS {
        if other.key != field.key && !field.affects.contains(&other.key) {
            assert_eq!(
                other.written(&parsed.settings),
                other.written(&usual),
                "{name} moves {}",
                other.key
            );
        }
    }
}

fn check_round_trip<S: Settings>(settings: &S, name: &str) {
    let Some(pairs) = write(settings) else { return };
    let query = Query::default().with(&keys::<S>(), &pairs);
    let back = parse::<S>(&Query::parse(&query).own(&keys::<S>()));
    assert_eq!(back.problems, Vec::<String>::new(), "{name} as {query}");
    assert!(
        back.settings == *settings,
        "{name} does not come back from {query}"
    );
}

/// All fields at once, each at another of its samples: whatever they make of it, it comes back.
fn check_together<S: Settings>() {
    let all: Vec<Vec<String>> = S::FIELDS.iter().map(samples).collect();
    let most = all.iter().map(Vec::len).max().unwrap_or(0);
    for turn in 0..most * 3 {
        let pairs: Pairs = S::FIELDS
            .iter()
            .zip(&all)
            .enumerate()
            .filter(|(i, (_, samples))| (turn + i) % 4 != 3 && !samples.is_empty())
            .map(|(i, (field, samples))| {
                let place = (turn + i * (1 + turn / most)) % samples.len();
                (field.key, samples[place].clone())
            })
            .collect();
        let settings = parse::<S>(&pairs).settings;
        check_round_trip(&settings, &format!("{pairs:?}"));
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Sample {
    number: u32,
    seed: u32,
    side: &'static str,
    loud: bool,
    bytes: Vec<u8>,
    text: String,
    cuts: Vec<usize>,
}

impl Default for Sample {
    fn default() -> Sample {
        Sample {
            number: 20,
            seed: 1,
            side: "left",
            loud: false,
            bytes: vec![1, 2],
            text: "Hello".to_owned(),
            cuts: vec![2],
        }
    }
}

impl Settings for Sample {
    const FIELDS: &'static [Field<Sample>] = &[
        Field::stops(
            "number",
            SliderSpec {
                label: "Number",
                stops: &[1, 10, 100],
                short: |n| n.to_string(),
                aloud: |n| format!("{n} of them"),
            },
            |s| s.number,
            |s, n| s.number = n,
        ),
        Field::whole("seed", 0, u32::MAX, |s| s.seed, |s, n| s.seed = n),
        Field::choice(
            "side",
            "Side",
            options!(side { "left": "Left" => "left", "right": "Right" => "right" }),
        ),
        Field::flag(
            "loud",
            "Loud",
            ["no", "yes"],
            |s| s.loud,
            |s, on| s.loud = on,
        ),
        Field::bytes("bytes", 4, |s| &s.bytes, |s, bytes| s.bytes = bytes),
        Field::affecting(
            &["cuts"],
            Field::text(
                "text",
                20,
                |s| &s.text,
                |s, text| {
                    s.text = text;
                    s.cuts.clear();
                },
            ),
        ),
        Field::parsed(
            "cuts",
            Grammar {
                write: |s| {
                    let usual = if s.text == "Hello" { vec![2] } else { vec![] };
                    let cuts = s.cuts.iter().map(usize::to_string).collect::<Vec<_>>();
                    (s.cuts != usual).then(|| cuts.join(","))
                },
                read: |s, text| {
                    let parts = text.split(',').filter(|part| !part.is_empty());
                    let cuts: Result<Vec<usize>, _> = parts.map(str::parse).collect();
                    match cuts {
                        Ok(cuts) if cuts.iter().all(|&cut| cut <= s.text.len()) => s.cuts = cuts,
                        _ => return Err(format!("numbers up to {} are needed", s.text.len())),
                    }
                    Ok(())
                },
                examples: &["1,3", ""],
                refuses: &["x", "9"],
            },
        ),
    ];
}

#[test]
fn every_kind_of_field_passes() {
    check_settings::<Sample>();
}

#[test]
fn problems_say_what_where_and_what_to_do() {
    for (key, text, sentence) in [
        (
            "number",
            "0",
            "number=0: a whole number from 1 to 100 is needed. Here it is 20.",
        ),
        (
            "side",
            "top",
            "side=top: it is one of left, right. Here it is left.",
        ),
        ("loud", "yes", "loud=yes: it is 1 or 0. Here it is 0."),
        ("bytes", "0g", "bytes=0g: “g” is not a hexadecimal digit."),
        (
            "bytes",
            "0000000000",
            "bytes=0000000000: 5 bytes are more than the 4 that fit here.",
        ),
        (
            "cuts",
            "9",
            "cuts=9: numbers up to 5 are needed. An example is cuts=1,3.",
        ),
    ] {
        let parsed = parse::<Sample>(&vec![(key, text.to_owned())]);
        assert_eq!(parsed.problems, [sentence]);
    }
}

#[test]
fn one_bad_parameter_leaves_the_others() {
    let pairs = [("number", "soon"), ("seed", "7"), ("loud", "1")];
    let parsed = parse::<Sample>(&pairs.map(|(key, text)| (key, text.to_owned())).into());
    assert_eq!((parsed.settings.number, parsed.settings.seed), (20, 7));
    assert!(parsed.settings.loud && parsed.problems.len() == 1);
}

/// Reads another's member, as a slip of the hand would have it.
#[derive(Clone, Default, PartialEq)]
struct Slip(u32, u32);

impl Settings for Slip {
    const FIELDS: &'static [Field<Slip>] = &[
        Field::whole("a", 0, 9, |s| s.0, |s, n| s.0 = n),
        Field::whole("b", 0, 9, |s| s.1, |s, n| s.0 = n),
    ];
}

#[test]
#[should_panic(expected = "moves a")]
fn a_key_that_reads_another_is_found() {
    check_settings::<Slip>();
}

//! The cutter's state in an address, and the messages to begin with.

use wire::Role;
use wire::session::Kind;

use super::interleaved::Interleaved;
use super::model::{FragmentedMessage, MAX_BYTES, MAX_CUTS, MAX_INTERLEAVED};
use crate::address::{self, Said, cut};
use crate::instruments::messages::read_bytes;
use crate::routes::CutQuery;
use crate::ui::hex;

/// The frame up to which the page begins: the one that ends within a character.
const FIRST_STEP: usize = 1;

/// What is in front of the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The message and its frames.
    pub desk: FragmentedMessage,
    /// How many frames the receiver has read.
    pub step: usize,
    /// What in the address could not be used.
    pub problems: Vec<String>,
}

fn first_step(desk: &FragmentedMessage) -> usize {
    if *desk == FragmentedMessage::default() {
        FIRST_STEP
    } else {
        desk.frames().len()
    }
}

/// This instrument's origin of a query.
pub fn query(desk: &FragmentedMessage, step: usize) -> CutQuery {
    let usual = FragmentedMessage::default();
    let same = desk.kind == usual.kind && desk.message == usual.message;
    let usual_cuts = if same { usual.cuts } else { Vec::new() };
    let list = |items: &[usize], plus: usize| {
        let items: Vec<_> = items.iter().map(|i| (i + plus).to_string()).collect();
        items.join(",")
    };
    let interleaved: Vec<_> = desk
        .interleaved
        .iter()
        .map(|(gap, extra)| format!("{gap}:{}", extra.name()))
        .collect();
    CutQuery {
        text: (!same && desk.kind == Kind::Text)
            .then(|| String::from_utf8_lossy(&desk.message).into_owned()),
        data: (!same && desk.kind == Kind::Binary).then(|| hex(&desk.message)),
        cuts: (desk.cuts != usual_cuts).then(|| list(&desk.cuts, 0)),
        between: (!interleaved.is_empty()).then(|| interleaved.join(",")),
        fin: (!desk.flipped.is_empty()).then(|| list(&desk.flipped, 1)),
        from: (desk.from != usual.from).then(|| desk.from.name().to_owned()),
        step: (step != first_step(desk)).then(|| step.to_string()),
    }
}

/// Reads this instrument's origin of an address. Whatever cannot be used gives the default and a line that says so.
pub fn opened(said: &Said<CutQuery>) -> Opened {
    let mut problems = Vec::new();
    let query = address::asked_for(
        said.clone(),
        "Every instrument on this page begins afresh.",
        &mut problems,
    );
    let usual = FragmentedMessage::default();
    let mut desk = usual.clone();
    let too_long = |name: &str, value: &str, bytes: usize| {
        format!(
            "{name}={}: {bytes} bytes, and the strip takes {MAX_BYTES}. Here is the first message.",
            cut(value)
        )
    };
    match (&query.text, &query.data) {
        (Some(text), _) if text.len() > MAX_BYTES => {
            problems.push(too_long("text", text, text.len()));
        }
        (Some(text), _) => desk.say(Kind::Text, text.clone().into_bytes()),
        (None, Some(data)) => match read_bytes(data) {
            Ok(bytes) if bytes.len() > MAX_BYTES => {
                problems.push(too_long("data", data, bytes.len()));
            }
            Ok(bytes) => desk.say(Kind::Binary, bytes),
            Err(why) => problems.push(format!("data={}: {why}", cut(data))),
        },
        (None, None) => {}
    }
    let same = desk.kind == usual.kind && desk.message == usual.message;
    desk.cuts = if same { usual.cuts } else { Vec::new() };
    if let Some(text) = &query.cuts {
        match places(text, desk.message.len()) {
            Some(cuts) => desk.cuts = cuts,
            None => problems.push(format!(
                "cuts={}: up to {MAX_CUTS} numbers from 0 to {}, ascending, with commas between them.",
                cut(text),
                desk.message.len()
            )),
        }
    }
    if let Some(text) = &query.between {
        match between(text, desk.cuts.len() + 1) {
            Some(interleaved) => {
                for (gap, extra) in interleaved {
                    desk.put(gap, extra);
                }
            }
            None => problems.push(format!(
                "between={}: up to {MAX_INTERLEAVED} pairs such as 1:ping, from 0 to {} fragments, with commas between them.",
                cut(text),
                desk.cuts.len() + 1
            )),
        }
    }
    if let Some(text) = &query.fin {
        let count = desk.cuts.len() + 1;
        match places(text, count).filter(|p| !p.contains(&0)) {
            Some(turned) => desk.flipped = turned.into_iter().map(|n| n - 1).collect(),
            None => problems.push(format!(
                "fin={}: numbers of fragments, 1 to {count}, ascending, with commas between them.",
                cut(text)
            )),
        }
    }
    if let Some(from) = &query.from {
        match from.parse() {
            Ok(role) => desk.from = role,
            Err(_) => problems.push(format!(
                "from={}: the sender is client or server. Here it is the client.",
                cut(from)
            )),
        }
    }
    let last = desk.frames().len();
    let mut step = first_step(&desk);
    if let Some(text) = &query.step {
        match text.parse::<usize>().ok().filter(|step| *step <= last) {
            Some(to) => step = to,
            None => problems.push(format!(
                "step={}: there are 0 to {last} frames to read.",
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
            let extra = Interleaved::ALL.into_iter().find(|e| e.name() == name)?;
            Some((gap, extra))
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
    pub fn opened(&self) -> Opened {
        opened(&crate::address::read(self.link))
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

    fn back(query: &CutQuery) -> Opened {
        opened(&address::read(&serde_urlencoded::to_string(query).unwrap()))
    }

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        let mut desks = vec![FragmentedMessage::default()];
        let mut desk = FragmentedMessage::default();
        desk.cuts.clear();
        desks.push(desk.clone());
        desk.say(Kind::Text, "a, b & ü".into());
        desk.cut(0);
        desk.cut(8);
        desk.put(0, Interleaved::Text);
        desk.put(3, Interleaved::CutPing);
        desk.put(1, Interleaved::Ping);
        desk.put(1, Interleaved::Pong);
        desk.turn(0);
        desk.turn(2);
        desk.from = Role::Server;
        desks.push(desk.clone());
        desk.say(Kind::Binary, vec![0, 0xff]);
        desks.push(desk.clone());
        desk.say(Kind::Binary, vec![]);
        desks.push(desk);
        for desk in desks {
            for step in 0..=desk.frames().len() {
                let opened = back(&query(&desk, step));
                let wanted = Opened {
                    desk: desk.clone(),
                    step,
                    problems: vec![],
                };
                assert_eq!(opened, wanted);
            }
        }
        assert_eq!(
            query(&FragmentedMessage::default(), FIRST_STEP),
            CutQuery::default()
        );
    }

    #[test]
    fn presets_are_what_they_are_called() {
        for preset in PRESETS {
            let opened = preset.opened();
            assert_eq!(opened.problems, Vec::<String>::new(), "{}", preset.label);
            let stages = run(opened.desk.from, &opened.desk.frames());
            let failed = matches!(outcome(&stages), Outcome::Failed(..));
            assert_eq!(failed, preset.broken, "{}", preset.label);
            if failed {
                let now = &stages[opened.step];
                assert!(now.violation().is_some(), "{}", preset.label);
            }
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_default_is_shown() {
        for (link, word) in [
            ("cuts=99", "cuts=99"),
            ("cuts=4,2", "cuts=4,2"),
            ("cuts=4,4", "cuts=4,4"),
            ("cuts=x", "cuts=x"),
            ("between=9:ping", "between=9:ping"),
            ("between=1:pling", "between=1:pling"),
            ("between=ping", "between=ping"),
            ("fin=0", "fin=0"),
            ("fin=4", "fin=4"),
            ("from=nobody", "from=nobody"),
            ("step=9", "step=9"),
            ("step=-1", "step=-1"),
            ("data=xyz", "data=xyz"),
            ("text=a&text=b", "cannot be read"),
        ] {
            let opened = opened(&address::read(link));
            assert_eq!(opened.desk, FragmentedMessage::default(), "{link}");
            assert_eq!(opened.step, FIRST_STEP, "{link}");
            assert!(opened.problems[0].contains(word), "{:?}", opened.problems);
        }
        let long = format!("text={}", "x".repeat(MAX_BYTES + 1));
        assert!(opened(&address::read(&long)).problems[0].contains("97 bytes"));
        let many: Vec<_> = (0..50).map(|n| n.to_string()).collect();
        let link = format!("text={}&cuts={}", "x".repeat(60), many.join(","));
        assert_eq!(opened(&address::read(&link)).problems.len(), 1);
    }
}

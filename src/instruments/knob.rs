//! Knobs: whole numbers that the reader sets by a slider, and how they stand in an address.

use yew::prelude::*;

use crate::address::cut;
use crate::controls;

/// One knob of a set `K`: how it is called, what it can be, how its value is said.
pub struct Knob<K: 'static> {
    /// Its name in the address.
    pub key: &'static str,
    /// Its label.
    pub label: &'static str,
    /// The values along its way, in order, at least one. An address may name any number between the first and the last.
    pub stops: &'static [u32],
    /// Its value as it is written beside it.
    pub short: fn(u32) -> String,
    /// Its value as it is read aloud.
    pub long: fn(u32) -> String,
    /// Reads its value.
    pub get: fn(&K) -> u32,
    /// Sets it.
    pub set: fn(&mut K, u32),
}

impl<K> Knob<K> {
    /// The least and the greatest value.
    pub fn bounds(&self) -> (u32, u32) {
        (self.stops[0], self.stops[self.stops.len() - 1])
    }

    /// Sets it to what an address says. What cannot be used leaves it where it is, and is named.
    pub fn read(&self, text: Option<&str>, knobs: &mut K, problems: &mut Vec<String>) {
        let Some(text) = text else { return };
        let (low, high) = self.bounds();
        match text.parse() {
            Ok(value) if (low..=high).contains(&value) => (self.set)(knobs, value),
            _ => problems.push(format!(
                "{}={}: a whole number from {low} to {high} is needed. Here it is {}.",
                self.key,
                cut(text),
                (self.get)(knobs)
            )),
        }
    }
}

/// All knobs of a set. Two are the same if they are one.
pub struct Knobs<K: 'static>(pub &'static [Knob<K>]);

impl<K> PartialEq for Knobs<K> {
    fn eq(&self, other: &Knobs<K>) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

/// Properties of [`KnobBoard`].
#[derive(Properties, PartialEq)]
pub struct KnobBoardProps<K: PartialEq + 'static> {
    /// All knobs, in the order in which they stand.
    pub all: Knobs<K>,
    /// Where they stand.
    pub values: K,
    /// The reader turned one.
    pub on_turn: Callback<K>,
    /// What stands between them, at the end.
    #[prop_or_default]
    pub children: Html,
}

/// A board of knobs.
#[component]
pub fn KnobBoard<K: Clone + PartialEq + 'static>(props: &KnobBoardProps<K>) -> Html {
    let knobs = props.all.0.iter().map(|knob| {
        let value = (knob.get)(&props.values);
        let (at, on_turn) = (props.values.clone(), props.on_turn.clone());
        let on_turn = Callback::from(move |value| {
            let mut turned = at.clone();
            (knob.set)(&mut turned, value);
            on_turn.emit(turned);
        });
        html! {
            <controls::Knob id={format!("knob-{}", knob.key)} label={knob.label} stops={knob.stops} {value}
                short={(knob.short)(value)} long={(knob.long)(value)} {on_turn}/>
        }
    });
    html! { <div class="knobs">{ for knobs }{ props.children.clone() }</div> }
}

/// A span of milliseconds as it is written: `80 ms`, `1.5 s`, `2 min`, `2 h 4 min`.
pub fn span(ms: u32) -> String {
    let seconds = f64::from(ms) / 1000.0;
    match ms {
        ..1000 => format!("{ms} ms"),
        1000..120_000 => format!("{seconds} s"),
        _ => {
            let (hours, minutes, rest) = (ms / 3_600_000, ms / 60_000 % 60, ms % 60_000);
            let parts = [
                (hours > 0).then(|| format!("{hours} h")),
                (minutes > 0).then(|| format!("{minutes} min")),
                (rest > 0).then(|| format!("{} s", f64::from(rest) / 1000.0)),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
    }
}

/// The same, as it is read aloud.
pub fn span_aloud(ms: u32) -> String {
    match ms {
        ..1000 => format!("{ms} milliseconds"),
        1000 => "1 second".to_owned(),
        1001..120_000 => format!("{} seconds", f64::from(ms) / 1000.0),
        _ => span(ms)
            .replace(" min", " minutes")
            .replace(" h", " hours")
            .replace(" s", " seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ONE: [Knob<u32>; 1] = [Knob {
        key: "n",
        label: "Number",
        stops: &[1, 2, 10, 100],
        short: |n| n.to_string(),
        long: |n| n.to_string(),
        get: |n| *n,
        set: |n, value| *n = value,
    }];

    #[test]
    fn an_address_sets_what_it_can() {
        for (text, value) in [("7", 7), ("0", 3), ("101", 3), ("x", 3), ("-1", 3)] {
            let (mut knob, mut problems) = (3, Vec::new());
            ONE[0].read(Some(text), &mut knob, &mut problems);
            assert_eq!(knob, value, "{text}");
            assert_eq!(problems.is_empty(), value == 7, "{text}");
        }
    }

    #[test]
    fn spans() {
        for (ms, text, aloud) in [
            (80, "80 ms", "80 milliseconds"),
            (1000, "1 s", "1 second"),
            (1500, "1.5 s", "1.5 seconds"),
            (90_000, "90 s", "90 seconds"),
            (120_000, "2 min", "2 minutes"),
            (7_440_000, "2 h 4 min", "2 hours 4 minutes"),
            (924_600, "15 min 24.6 s", "15 minutes 24.6 seconds"),
        ] {
            assert_eq!(
                (span(ms), span_aloud(ms)),
                (text.to_owned(), aloud.to_owned())
            );
        }
    }
}

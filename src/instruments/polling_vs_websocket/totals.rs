//! The numbers: what the model has counted by now.

use sim::Micros;
use sim::news::{Run, Tally};
use yew::prelude::*;

use crate::kit::number::{counted, grouped};

/// Bytes: all digits as long as they can be read at a glance.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 3] = ["MB", "GB", "TB"];
    if n < 1_000_000 {
        return format!("{} B", grouped(n));
    }
    let mut value = n as f64 / 1e6;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = if value < 10.0 {
        2
    } else if value < 100.0 {
        1
    } else {
        0
    };
    format!("{value:.digits$} {}", UNITS[unit])
}

/// A wait, in seconds.
pub fn seconds(micros: f64) -> String {
    let s = micros / 1e6;
    let digits = if s < 10.0 { 2 } else { 1 };
    format!("{s:.digits$} s")
}

/// A share, in whole percent.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Said instead of a number that there is not yet.
const NONE: &str = "–";

/// Numbers with what they count.
pub fn numbers(all: &[(String, AttrValue)]) -> Html {
    html! {
        <dl class="nums">
            { for all.iter().map(|(value, of)| html! {
                <div><dt>{ of.clone() }</dt><dd>{ value }</dd></div>
            }) }
        </dl>
    }
}

/// What the bytes of a channel are, beside those of the other.
pub fn on_the_wire(bytes: u64, other: u64) -> String {
    // Only a whole multiple is worth a word.
    match bytes.checked_div(other) {
        Some(times @ 2..) => format!("on the wire, {}\u{a0}× as much", grouped(times)),
        _ => "on the wire".to_owned(),
    }
}

/// The numbers of one channel.
pub fn of_channel(tally: &Tally, bytes_label: String) -> Html {
    let wait = tally.mean_wait().map_or(NONE.to_owned(), seconds);
    let worst = tally
        .mean_wait()
        .map_or(NONE.to_owned(), |_| seconds(tally.worst as f64));
    // A WebSocket makes no trips, so none is for nothing.
    let empty = percent(tally.empty_share().unwrap_or(0.0));
    numbers(&[
        (grouped(tally.delivered), "messages delivered".into()),
        (bytes(tally.bytes), bytes_label.into()),
        (grouped(tally.envelopes), "envelopes".into()),
        (empty, "trips for nothing".into()),
        (wait, "average wait".into()),
        (worst, "longest wait".into()),
    ])
}

/// The same in a sentence.
pub fn in_words(run: &Run, now: Micros) -> String {
    let one = |tally: &Tally| {
        let wait = tally.mean_wait().map_or_else(String::new, |wait| {
            format!(", {} of waiting on average", seconds(wait))
        });
        let delivered = counted(tally.delivered, "message", "messages");
        format!("{delivered}, {}{wait}", bytes(tally.bytes))
    };
    let (mail, radio) = (run.mail(now), run.radio(now));
    format!(
        "After {}. By mail: {}; {} of {} for nothing. By walkie-talkie: {}.",
        seconds(now as f64),
        one(&mail),
        grouped(mail.empty),
        counted(mail.trips, "trip", "trips"),
        one(&radio)
    )
}

/// Everybody at once: who holds a frequency, and what it comes to.
pub fn everybody(run: &Run, now: Micros) -> Html {
    let params = run.params();
    let (mail, radio) = (run.mail_crowd(now), run.radio_crowd(now));
    let has = params.frequencies;
    // Room for everybody who could stand outside, so that the bars keep their length.
    let room = u64::from(has.max(params.people));
    let letters = match mail.waiting {
        0 => String::new(),
        n => format!(
            "; {} to go out",
            counted(n.into(), "letter waits", "letters wait")
        ),
    };
    let deaf = match radio.unheard {
        0 => String::new(),
        n => format!(
            "; {} nothing",
            counted(n.into(), "person hears", "people hear")
        ),
    };
    html! {
        <div class="way crowd">
            <div>
                <h2>{ "Everybody" }</h2>
                <p class="sub">{ format!("{}, {}", counted(params.people.into(), "person", "people"), counted(has.into(), "frequency", "frequencies")) }</p>
            </div>
            <div class="bars">
                { bar("The mail carrier", mail.in_use, mail.waiting, has, room, letters) }
                { bar("The walkie-talkie", radio.in_use, radio.unheard, has, room, deaf) }
            </div>
            { numbers(&[
                (bytes(mail.bytes), "by mail, all together".into()),
                (bytes(radio.bytes), "by walkie-talkie".into()),
                (grouped(mail.peak.into()), "frequencies at most by mail".into()),
                (grouped(radio.in_use.into()), "by walkie-talkie".into()),
            ]) }
        </div>
    }
}

fn bar(name: &str, used: u32, outside: u32, has: u32, room: u64, more: String) -> Html {
    let width = |n: u32| format!("width: {:.3}%", 100.0 * f64::from(n) / room as f64);
    html! {
        <div>
            <p>
                <b>{ name }</b>
                { format!(" {} of {} in use{more}", grouped(used.into()), grouped(has.into())) }
            </p>
            <div class="gauge drawing" aria-hidden="true">
                <span class="all" style={width(has)}><i style={format!("width: {:.3}%", 100.0 * f64::from(used) / f64::from(has))}></i></span>
                <span class="outside" style={width(outside)}></span>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::super::transmissions::sizes;
    use super::*;

    #[test]
    fn bytes_are_exact_until_they_are_many() {
        for (n, text) in [
            (0, "0 B"),
            (94_118, "94,118 B"),
            (999_999, "999,999 B"),
            (1_000_000, "1.00 MB"),
            (112_940_000, "113 MB"),
            (4_200_000_000, "4.20 GB"),
            (u64::MAX, "18446744 TB"),
        ] {
            assert_eq!(bytes(n), text);
        }
    }

    #[test]
    fn multiples_are_whole() {
        assert_eq!(on_the_wire(500, 0), "on the wire");
        assert_eq!(on_the_wire(500, 300), "on the wire");
        assert_eq!(on_the_wire(999, 100), "on the wire, 9\u{a0}× as much");
    }

    #[test]
    fn waits_in_seconds() {
        assert_eq!(seconds(40_000.0), "0.04 s");
        assert_eq!(seconds(1_040_000.0), "1.04 s");
        assert_eq!(seconds(61_040_000.0), "61.0 s");
    }

    #[test]
    fn the_sentence_says_what_the_model_counted() {
        let run = Run::new(Settings::default().params(), &sizes());
        let now = 30 * sim::SECOND;
        let (mail, words) = (run.mail(now), in_words(&run, now));
        for part in [
            "After 30.0 s.".to_owned(),
            format!("{} of {} trips for nothing", mail.empty, mail.trips),
            format!("{} messages", run.radio(now).delivered),
        ] {
            assert!(words.contains(&part), "{words}: {part}");
        }
        assert!(in_words(&run, 0).contains("0 messages"));
    }
}

//! Many streams over one real connection: subscribed to, measured in this browser, and beside what a connection for each would
//! cost.

use std::rc::Rc;

use yew::prelude::*;

use crate::kit::choice::{Chip, chips};
use crate::kit::number::{counted, fixed, grouped};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, choice_chips, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::streams::{Line, Pace, Record, Streams};

mod cost;
mod settings;

use cost::{ANSWER, Cost, MOST_OWN, PING_S, REQUEST, header, header_permille};
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "stream-multiplexing";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// Streams that can be subscribed to. Their prices are made up by the server.
const SYMBOLS: [&str; 12] = [
    "ALFA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL", "INDIA", "JULIETT",
    "KILO", "LIMA",
];
/// Streams that are begun with.
const FIRST: usize = 4;

/// Answers: of a thousand bytes, from so many on, and below so many.
const ANSWERS: [(&str, u64, u64); 3] = [
    ("about half", 200, 1001),
    ("about a tenth", 50, 200),
    ("a fiftieth, or less", 0, 50),
];

/// The instrument.
#[component]
pub fn StreamMultiplexing() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let record = use_state_eq(|| Rc::new(Record::default()));
    let trouble = use_state_eq(|| None::<String>);
    let guess = use_state_eq(|| None::<usize>);
    let streams = use_mut_ref(|| None::<Streams>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    {
        let streams = streams.clone();
        use_effect_with((), move |()| {
            move || {
                let left = streams.take();
                drop(left);
            }
        });
    }
    let pace = Pace {
        per_second: settings.rate,
        bytes: settings.size,
    };
    let own = settings.own;
    let subscribe = {
        let (streams, record, trouble) = (streams.clone(), record.setter(), trouble.setter());
        move |name: &str| {
            let mut streams = streams.borrow_mut();
            let record = record.clone();
            let streams = streams.get_or_insert_with(|| {
                Streams::new(move |heard| record.set(Rc::new(heard.clone())))
            });
            trouble.set(streams.subscribe(name, pace, own).err());
        }
    };
    let on_stop = {
        let (streams, record, trouble) = (streams.clone(), record.setter(), trouble.setter());
        Callback::from(move |_: MouseEvent| {
            let old = streams.take();
            drop(old);
            record.set(Rc::default());
            trouble.set(None);
        })
    };
    {
        // A new pace is asked for by subscribing again; another kind of connection begins anew.
        let (streams, subscribe) = (streams.clone(), subscribe.clone());
        let names: Vec<String> = record
            .streams
            .iter()
            .map(|stream| stream.name.clone())
            .collect();
        let before = use_mut_ref(|| (pace, own));
        use_effect_with((pace, own), move |(pace, own)| {
            let (old_pace, old_own) = before.replace((*pace, *own));
            if streams.borrow().is_none()
                || names.is_empty()
                || (old_pace, old_own) == (*pace, *own)
            {
                return;
            }
            if old_own != *own {
                let old = streams.take();
                drop(old);
            }
            for name in names
                .iter()
                .take(if *own { MOST_OWN } else { SYMBOLS.len() })
            {
                subscribe(name);
            }
        });
    }
    let on_symbol = {
        let (streams, record, trouble, subscribe) = (
            streams.clone(),
            record.clone(),
            trouble.setter(),
            subscribe.clone(),
        );
        Callback::from(move |chosen: usize| {
            let Some(name) = SYMBOLS.get(chosen) else {
                return;
            };
            let is = record.streams.iter().any(|stream| stream.name == *name);
            match &*streams.borrow() {
                Some(streams) if is => return streams.unsubscribe(name),
                _ => {}
            }
            if own && record.streams.len() >= MOST_OWN {
                trouble.set(Some(format!("{MOST_OWN} connections are enough here. Leave a stream first, or have one connection for all.")));
                return;
            }
            subscribe(name);
        })
    };
    let on_guess = {
        let (guess, subscribe) = (guess.setter(), subscribe);
        Callback::from(move |said: usize| {
            guess.set(Some(said));
            for name in SYMBOLS.iter().take(FIRST) {
                subscribe(name);
            }
        })
    };
    let symbols = SYMBOLS.map(|name| Chip {
        label: name.into(),
        pressed: record.streams.iter().any(|stream| stream.name == name),
        broken: false,
    });
    let begun = !record.lines.is_empty() || guess.is_some();
    let said = (*trouble).clone().or_else(|| record.trouble.clone());
    html! {
        <Panel name={NAME} title="Many streams, one connection" class="streams" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={choice_chips("per", &settings, &on_change)}
            foot={html! { <span>{ "Real connections to the server of this page. The prices are made up. Headers are counted without compression." }</span> }}>
            { settings_panel(&settings, Show::Only(&["rate", "size"]), &on_change, Html::default()) }
            <div class="streams__question" role="group" aria-label="Your prediction">
                <p><b>{ format!("Updates of {} come one by one, each in a frame of its own. How much of what arrives is frame header?", counted(settings.size.into(), "byte", "bytes")) }</b></p>
                <div class="streams__answers">
                    for (i, (label, ..)) in ANSWERS.iter().enumerate() {
                        <button type="button" class="btn" aria-pressed={(*guess == Some(i)).to_string()} onclick={on_guess.reform(move |_: MouseEvent| i)}>{ *label }</button>
                    }
                </div>
                if begun {
                    <p role="status">{ verdict(&settings, *guess) }</p>
                }
            </div>
            <div class="streams__live">
                <p class="streams__title">{ "Subscribe and unsubscribe" }</p>
                { chips("Streams", &symbols, &on_symbol) }
                if let Some(said) = said {
                    <p class="error" role="alert">{ said }</p>
                }
                { measured(&settings, &record, on_stop) }
            </div>
            { compared(&settings, &on_change) }
        </Panel>
    }
}

fn verdict(settings: &Settings, guess: Option<usize>) -> Html {
    let share = header_permille(settings.size);
    let said = match guess.and_then(|guess| ANSWERS.get(guess)) {
        Some((_, least, below)) if (*least..*below).contains(&share) => "As you said. ",
        Some(_) => "Not what you said. ",
        None => "",
    };
    html! {
        <><b>{ said }{ format!("{} of header before {} of update: {} %.", counted(header(settings.size), "byte", "bytes"), grouped(settings.size.into()), fixed(share, 1)) }</b>
        { " Up to 125 bytes a server’s header has 2, and up to 65,535 it has 4. So nothing is gained by waiting until there are several to send." }</>
    }
}

/// What comes, measured in this browser.
fn measured(settings: &Settings, record: &Record, on_stop: Callback<MouseEvent>) -> Html {
    if record.lines.is_empty() {
        return html! { <p class="streams__none">{ "None is open. The first that you choose opens a connection." }</p> };
    }
    let rates = record.rates().unwrap_or_default();
    let asked = record.streams.len() as u64 * u64::from(settings.rate);
    let share = (record.sums.headers * 1000)
        .checked_div(record.sums.headers + record.sums.payload)
        .unwrap_or(0);
    let ended = record.lines.iter().rev().find_map(|line| match line {
        Line::Closed(code) if !record.goes_on() => Some(*code),
        _ => None,
    });
    html! {
        <div class="streams__measured">
            <dl class="streams__figures">
                <div><dt>{ "connections open" }</dt><dd>{ record.open() }</dd></div>
                <div><dt>{ "streams" }</dt><dd>{ record.streams.len() }</dd></div>
                <div><dt>{ "updates a second" }</dt><dd>{ format!("{:.0}", rates.messages) }<small>{ format!(" of {asked} asked for") }</small></dd></div>
                <div><dt>{ "kB a second" }</dt><dd>{ format!("{:.1}", rates.bytes / 1000.0) }</dd></div>
                <div><dt>{ "of it header" }</dt><dd>{ format!("{} %", fixed(share, 1)) }</dd></div>
            </dl>
            if let Some(code) = ended {
                <p>{ format!("All connections have ended ({code}).") }</p>
            }
            if !record.streams.is_empty() {
                <div class="table" tabindex="0" role="group" aria-label="Streams">
                    <table class="streams__table">
                        <thead><tr>
                            for head in ["Stream", "Connection", "Updates", "Missing", "Price"] {
                                <th scope="col">{ head }</th>
                            }
                        </tr></thead>
                        <tbody>
                            for stream in &record.streams {
                                <tr>
                                    <th scope="row">{ &stream.name }</th>
                                    <td>{ stream.line + 1 }</td>
                                    <td>{ grouped(stream.updates) }</td>
                                    <td>{ grouped(stream.missing) }</td>
                                    <td>{ if stream.updates > 0 { fixed(stream.price, 2) } else if stream.confirmed { "subscribed".to_owned() } else { "asked for".to_owned() } }</td>
                                </tr>
                            }
                        </tbody>
                    </table>
                </div>
            }
            if record.streams.iter().any(|stream| stream.missing > 0) {
                <p>{ "“Missing” counts updates left out: where the server, the network or this page does not keep up, old prices are worth nothing." }</p>
            }
            <p><button type="button" class="btn" onclick={on_stop}>{ "Close everything" }</button></p>
        </div>
    }
}

/// One connection for all streams beside one for each.
fn compared(settings: &Settings, on_change: &Callback<Settings>) -> Html {
    let (one, own) = (Cost::of(settings, 1), Cost::of(settings, settings.each));
    let size = |n: u64| {
        const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
        let mut tenths = n.saturating_mul(10);
        let mut unit = 0;
        while tenths >= 10_000 && unit + 1 < UNITS.len() {
            tenths /= 1000;
            unit += 1;
        }
        format!("{} {}", fixed(tenths, 1), UNITS[unit])
    };
    let rows: [(&str, String, String); 6] = [
        (
            "Connections, and file descriptors",
            grouped(one.descriptors),
            grouped(own.descriptors),
        ),
        (
            "Bytes of handshakes",
            size(one.handshakes),
            size(own.handshakes),
        ),
        ("Memory, a lean server", size(one.lean), size(own.lean)),
        (
            "Memory, TLS and a small window",
            size(one.usual),
            size(own.usual),
        ),
        (
            "Pings and pongs in a minute",
            grouped(one.beats),
            grouped(own.beats),
        ),
        (
            "Reconnections when a server restarts",
            grouped(one.connections),
            grouped(own.connections),
        ),
    ];
    html! {
        <div class="streams__cost">
            <p class="streams__title">{ "What a connection for each stream would cost" }</p>
            { settings_panel(settings, Show::Only(&["each", "crowd"]), on_change, Html::default()) }
            <div class="table" tabindex="0" role="group" aria-label="One connection, or one for each stream">
                <table class="streams__table">
                    <thead><tr>
                        <th scope="col">{ format!("{} with {}", counted(settings.crowd.into(), "client", "clients"), counted(settings.each.into(), "stream each", "streams each")) }</th>
                        <th scope="col">{ "One for all" }</th>
                        <th scope="col">{ "One for each" }</th>
                    </tr></thead>
                    <tbody>
                        for (what, one, own) in rows {
                            <tr><th scope="row">{ what }</th><td>{ one }</td><td>{ own }</td></tr>
                        }
                    </tbody>
                </table>
            </div>
            <p>{ format!("Reckoned: a handshake of {} and an answer of {}, as written below; the parts of a connection’s memory as on the page about a million sockets; a ping every {PING_S} s. The updates themselves are the same either way.",
                counted(REQUEST.len() as u64, "byte", "bytes"), counted(ANSWER.len() as u64, "byte", "bytes")) }</p>
            <details>
                <summary>{ "The handshake that was counted" }</summary>
                <pre class="http-message" tabindex="0">{ format!("{REQUEST}{ANSWER}") }</pre>
            </details>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_has_one_answer() {
        for size in [100, 125, 126, 500] {
            let share = header_permille(size);
            let right = ANSWERS
                .iter()
                .filter(|(_, least, below)| (*least..*below).contains(&share));
            assert_eq!(right.count(), 1, "{share}");
        }
    }
}

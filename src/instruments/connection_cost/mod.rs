//! What a million open connections hold: the parts of one, their sum, and a measured figure beside it.

use sim::cluster::memory::{ConnectionCost as Parts, descriptors, ports_for};
use yew::prelude::*;

use crate::kit::choice::{Chip, chips};
use crate::kit::number::{counted, grouped};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::memory_probe::{self, Measured, PROBES};

mod settings;

use settings::{Settings, bytes};

/// The name of the instrument.
const NAME: &str = "connection-cost";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// A set-up to begin with: what its chip says, and its parts.
type SetUp = (&'static str, fn() -> Parts);

/// Set-ups to begin with.
const SET_UPS: [SetUp; 3] = [
    ("Lean, TLS elsewhere", Parts::bare),
    ("TLS, a small window", Parts::typical_tls_deflate),
    ("Compression’s defaults", Parts::full_deflate),
];

/// Answers to begin with: from so many bytes on.
const ANSWERS: [(&str, u64, u64); 4] = [
    ("about 100 MB", 0, 400_000_000),
    ("one or two GB", 400_000_000, 4_000_000_000),
    ("about 10 GB", 4_000_000_000, 40_000_000_000),
    ("more", 40_000_000_000, u64::MAX),
];

/// The measurement of the real thing.
#[derive(Clone, Debug, PartialEq)]
enum Probe {
    Not,
    Running,
    Done(Measured),
    Failed(String),
}

/// The instrument.
#[component]
pub fn ConnectionCost() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        on_choose,
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let guess = use_state_eq(|| None::<usize>);
    let probe = use_state_eq(|| Probe::Not);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    let on_guess = {
        let (guess, on_change) = (guess.setter(), on_change.clone());
        Callback::from(move |said: usize| {
            guess.set(Some(said));
            on_change.emit(Settings {
                shown: true,
                ..settings
            });
        })
    };
    let on_probe = {
        let probe = probe.setter();
        Callback::from(move |_: MouseEvent| {
            probe.set(Probe::Running);
            let probe = probe.clone();
            wasm_bindgen_futures::spawn_local(async move {
                probe.set(match memory_probe::measure().await {
                    Ok(measured) => Probe::Done(measured),
                    Err(why) => Probe::Failed(why),
                });
            });
        })
    };
    let on_set_up = on_choose.reform(move |chosen: usize| {
        SET_UPS.get(chosen).map_or(settings, |(_, set_up)| {
            settings.like(Settings::of(&set_up()))
        })
    });
    let all = SET_UPS.map(|(label, set_up)| Chip {
        label: label.into(),
        pressed: settings.like(Settings::of(&set_up())) == settings,
        broken: false,
    });
    html! {
        <Panel name={NAME} title="What connections hold" class="connection-cost" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={chips("To begin with", &all, &on_set_up)}
            foot={html! { <span>{ "A sum, of parts that you set. What a server really holds is measured below." }</span> }}>
            { settings_panel(&settings, Show::Sliders, &on_change, Html::default()) }
            if settings.shown {
                { sum(&settings, *guess) }
            } else {
                { question(&settings, &on_guess) }
            }
            { measured(&settings, &probe, on_probe) }
        </Panel>
    }
}

fn question(settings: &Settings, on_guess: &Callback<usize>) -> Html {
    html! {
        <div class="connection-cost__question" role="group" aria-label="Your prediction">
            <p><b>{ format!("How much memory do {} hold while idle?", counted(settings.connections.into(), "connection", "connections")) }</b></p>
            <div class="connection-cost__answers">
                for (i, (label, ..)) in ANSWERS.iter().enumerate() {
                    <button type="button" class="btn" onclick={on_guess.reform(move |_: MouseEvent| i)}>{ *label }</button>
                }
            </div>
        </div>
    }
}

/// The parts, and what they come to.
fn sum(settings: &Settings, guess: Option<usize>) -> Html {
    let cost = settings.cost();
    let (one, all) = (cost.sum(), cost.times(settings.connections.into()));
    let parts = [
        ("kernel", cost.kernel_socket + cost.kernel_receive),
        ("TLS", cost.tls),
        ("library", cost.library),
        ("compression", cost.compression),
        ("application", cost.application),
    ];
    let said = match guess.and_then(|guess| ANSWERS.get(guess)) {
        Some((_, least, below)) if (*least..*below).contains(&all) => "As you said. ",
        Some(_) => "Not what you said. ",
        None => "",
    };
    let ports = ports_for(settings.connections.into(), 1, 1);
    let share = |part: u64| part as f64 / (one as f64).max(1.0) * 100.0;
    html! {
        <div class="connection-cost__sum">
            <p role="status"><b>{ said }{ format!("{} each, and {} in all.", bytes(one), bytes(all)) }</b>
                { format!(" They take {}. ", counted(descriptors(settings.connections.into(), false), "file descriptor", "file descriptors")) }
                { if ports.missing > 0 {
                    format!("Ports do not matter here: all of these come to one. But a proxy with one address, in front of one server, has {} ports, and could not open {} of them.", grouped(ports.available), grouped(ports.missing))
                } else {
                    "Ports do not matter here, and a proxy in front would have enough.".to_owned()
                } }</p>
            <ul class="connection-cost__parts drawing">
                for (name, part) in parts {
                    <li class="connection-cost__part">
                        <span>{ name }</span>
                        <i aria-hidden="true" style={format!("width: {:.2}%", share(part))}></i>
                        <span class="mono">{ format!("{}, {:.0} %", bytes(part), share(part)) }</span>
                    </li>
                }
            </ul>
        </div>
    }
}

/// What this page's server holds, measured.
fn measured(settings: &Settings, probe: &Probe, onclick: Callback<MouseEvent>) -> Html {
    let running = *probe == Probe::Running;
    let outcome = match probe {
        Probe::Not => Html::default(),
        Probe::Running => {
            html! { <p role="status">{ format!("Opening {PROBES} WebSockets to this page’s server…") }</p> }
        }
        Probe::Failed(why) => html! { <p class="error" role="alert">{ why }</p> },
        Probe::Done(measured) => found(settings, measured),
    };
    html! {
        <div class="connection-cost__measured">
            <p class="connection-cost__title">{ "And measured" }</p>
            <p>{ format!("Your browser opens {PROBES} WebSockets to the server that this page is from. The server says what its process held before, and what it holds with them. Then they are closed.") }</p>
            <p><button type="button" class="btn" {onclick} disabled={running}>{ format!("Open {PROBES} real ones") }</button></p>
            { outcome }
        </div>
    }
}

fn found(settings: &Settings, measured: &Measured) -> Html {
    let say = |each: Option<f64>| match each {
        // Memory that was free already is used again.
        Some(each) if each < 1.0 => "nothing more: it used memory that it had".to_owned(),
        Some(each) => format!("{} each", bytes(each.round() as u64)),
        None => "not reported by this system".to_owned(),
    };
    let all = measured
        .resident_each()
        .filter(|each| *each >= 1.0)
        .map(|each| {
            format!(
                " {} like these would be {}.",
                grouped(settings.connections.into()),
                bytes((each * f64::from(settings.connections)) as u64)
            )
        });
    html! {
        <p role="status">
            <b>{ format!("{} opened. In the process: {}. In the kernel, on the whole machine: {}.", measured.opened, say(measured.resident_each()), say(measured.kernel_each())) }</b>
            { all }
            { " The figures of others, in the same run, are in the README of the server; an idle connection there held 6.2 KiB in a run of ten thousand." }
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_up_keeps_its_sum() {
        for (_, set_up) in SET_UPS {
            assert_eq!(Settings::of(&set_up()).cost().sum(), set_up().sum());
        }
    }

    #[test]
    fn every_sum_has_one_answer() {
        for all in [0, 399_999_999, 400_000_000, 4_000_000_000, u64::MAX - 1] {
            let right = ANSWERS
                .iter()
                .filter(|(_, least, below)| (*least..*below).contains(&all));
            assert_eq!(right.count(), 1, "{all}");
        }
    }

    #[test]
    fn quantities() {
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(5_120), "5.1 kB");
        assert_eq!(bytes(999_900), "1.0 MB");
        assert_eq!(bytes(1_536_000_000), "1.5 GB");
        assert_eq!(bytes(3_225_600_000_000), "3.2 TB");
    }
}

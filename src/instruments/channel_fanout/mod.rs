//! A message to a channel through gateways that pub/sub joins, and an hour of the same channel by polling and by WebSocket.

use yew::prelude::*;

use crate::kit::number::{counted, fixed, grouped};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, choice_chips, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod model;
mod settings;

use model::{Counts, FanOut, MESSAGE, NOTHING, POLL, SOMETHING, Way};
use settings::{HOLD_S, PING_S, Settings, Topics};

/// The name of the instrument.
const NAME: &str = "channel-fanout";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// Answers: from so many thousandths on, and below so many.
const ANSWERS: [(&str, u64, u64); 4] = [
    ("less than half", 0, 500),
    ("half to nine tenths", 500, 900),
    ("nine tenths to 99 of 100", 900, 990),
    ("more than that", 990, 1001),
];

/// The instrument.
#[component]
pub fn ChannelFanout() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let guess = use_state_eq(|| None::<usize>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let counts = use_memo(settings, Counts::of);
    let sent = use_memo(settings, FanOut::of);
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
    html! {
        <Panel name={NAME} title="A channel and its members" class="fanout" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)} toolbar={choice_chips("topics", &settings, &on_change)}
            foot={html! { <span>{ "A model: counted, not measured, and the same on every machine." }</span> }}>
            { settings_panel(&settings, Show::Sliders, &on_change, Html::default()) }
            { way_of_a_message(&settings, &sent) }
            if settings.shown {
                { hour(&settings, &counts, *guess) }
            } else {
                { question(&settings, &on_guess) }
            }
        </Panel>
    }
}

/// One message, from its sender to the members.
fn way_of_a_message(settings: &Settings, sent: &FanOut) -> Html {
    let delivery = &sent.delivery;
    let holders = sent.holders();
    let told = match settings.topics {
        Topics::Channel => holders,
        Topics::All => settings.gateways.into(),
    };
    let none = u64::from(settings.gateways) - holders;
    html! {
        <div class="fanout__way">
            <p class="fanout__title">{ "One message" }</p>
            <ol class="fanout__steps">
                <li><b>{ "A member" }</b>{ " sends it to its gateway: 1 frame." }</li>
                <li><b>{ "The database" }</b>{ " stores it. Then it is published: 1 copy." }</li>
                <li><b>{ "Pub/sub" }</b>{ format!(" hands it to {}: {}.", counted(told, "gateway", "gateways"), counted(u64::from(delivery.copies) - 1, "copy", "copies")) }
                    if delivery.needless > 0 {
                        { format!(" {} of them have nobody for it.", grouped(delivery.needless.into())) }
                    }
                </li>
                <li><b>{ "The gateways" }</b>{ format!(" send it to their members: {}.", counted(delivery.reached.into(), "frame", "frames")) }</li>
            </ol>
            <ul class="fanout__gateways" aria-label={format!("Members on each of {}: {} without any", counted(settings.gateways.into(), "gateway", "gateways"), grouped(none))}>
                for members in &sent.members {
                    <li class={classes!((*members == 0).then_some("is-empty"), (*members == 0 && settings.topics == Topics::Channel).then_some("is-untold"))}>
                        { if *members == 0 { "–".to_owned() } else { grouped((*members).into()) } }
                    </li>
                }
            </ul>
            <p class="fanout__caption">{ format!("Members on each gateway, of ten times as many users in all. {}", if none == 0 {
                "Each gateway has some, so each gets a copy.".to_owned()
            } else if settings.topics == Topics::Channel {
                format!("{} none, and no copy.", counted(none, "gateway has", "gateways have"))
            } else {
                format!("{} none, and a copy all the same.", counted(none, "gateway has", "gateways have"))
            }) }</p>
        </div>
    }
}

fn question(settings: &Settings, on_guess: &Callback<usize>) -> Html {
    html! {
        <div class="fanout__question" role="group" aria-label="Your prediction">
            <p><b>{ format!("If instead all {} ask every {} s, and {} in an hour: how many of their requests bring nothing?",
                counted(settings.members.into(), "member", "members"), settings.poll, counted(settings.messages.into(), "message comes", "messages come")) }</b></p>
            <div class="fanout__answers">
                for (i, (label, ..)) in ANSWERS.iter().enumerate() {
                    <button type="button" class="btn" onclick={on_guess.reform(move |_: MouseEvent| i)}>{ *label }</button>
                }
            </div>
        </div>
    }
}

fn percent(permille: u64) -> String {
    format!("{} %", fixed(permille, 1))
}

/// An hour, counted.
fn hour(settings: &Settings, counts: &Counts, guess: Option<usize>) -> Html {
    let empty = counts.empty_permille();
    let said = match guess.and_then(|guess| ANSWERS.get(guess)) {
        Some((_, least, below)) if (*least..*below).contains(&empty) => "As you said. ",
        Some((label, ..)) => &format!("You said {label}. "),
        None => "",
    };
    let row = |name: &str, way: &Way| {
        html! {
            <tr>
                <th scope="row">{ name }</th>
                <td>{ grouped(way.requests) }</td>
                <td>{ grouped(way.empty) }</td>
                <td>{ grouped(way.frames) }</td>
                <td>{ grouped(way.bytes / 1000) }</td>
            </tr>
        }
    };
    let blocked = settings.blocked_members();
    let saved = [
        ("requests", counts.saved_requests()),
        ("bytes", counts.saved_bytes()),
        ("pieces of work", counts.saved_work()),
    ];
    let over = |permille: u64| {
        if permille > 900 {
            "over 90 %"
        } else {
            "not over 90 %"
        }
    };
    html! {
        <div class="fanout__hour">
            <p role="status"><b>{ said }{ format!("{} of {} polls bring nothing: {}.", grouped(counts.polling.empty), grouped(counts.polling.requests), percent(empty)) }</b></p>
            <div class="table" tabindex="0" role="group" aria-label="An hour of the channel">
                <table class="fanout__table">
                    <thead><tr>
                        for head in ["An hour of it", "Requests", "of them empty", "Frames", "kB"] {
                            <th scope="col">{ head }</th>
                        }
                    </tr></thead>
                    <tbody>
                        { row("All poll", &counts.polling) }
                        { row("WebSocket", &counts.websocket) }
                        if blocked > 0 {
                            { row(&format!("Long polling, {blocked} blocked"), &counts.long_polling) }
                        }
                    </tbody>
                </table>
            </div>
            <ul class="fanout__saved">
                for (what, permille) in saved {
                    <li><b>{ percent(permille) }</b>{ format!(" of the {what} saved: {}", over(permille)) }</li>
                }
            </ul>
            <p>{ format!("{}. A piece of work is a request or a frame. {} of the frames are pings and pongs: one of each every {PING_S} s on each WebSocket, which finds the dead and is most of what an idle channel sends. A long poll is held {HOLD_S} s.",
                counted(counts.hour.messages, "message came in this hour", "messages came in this hour"),
                grouped(counts.websocket.frames - counts.hour.messages * (u64::from(settings.members) - blocked))) }</p>
            <details class="fanout__counted">
                <summary>{ "What was counted as bytes" }</summary>
                <pre class="http-message" tabindex="0">{ format!("{POLL}{NOTHING}{SOMETHING}{MESSAGE}") }</pre>
                <p>{ format!("A poll has {} bytes, an empty answer {}, a full one {} and the message’s {}. By WebSocket the message has 2 bytes more, a ping 2 bytes, a pong 6. TCP, IP and TLS are left out on both sides, and so is the one handshake for each connection.",
                    POLL.len(), NOTHING.len(), SOMETHING.len(), MESSAGE.len()) }</p>
            </details>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_share_has_one_answer() {
        for permille in [0, 499, 500, 899, 900, 989, 990, 1000] {
            let right = ANSWERS
                .iter()
                .filter(|(_, least, below)| (*least..*below).contains(&permille));
            assert_eq!(right.count(), 1, "{permille}");
        }
    }
}

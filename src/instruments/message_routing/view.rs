//! Servers with their users as rows, and the load of many servers as bars.

use sim::cluster::routing::{Backplane, Output};
use yew::prelude::*;

use super::drawn::{Drawn, Part, Place, User};
use super::settings::{Settings, name};
use crate::kit::number::{counted, grouped};

/// What a part looks like, in a square of 24: the shape says it, the colour repeats it. Before the message is sent nobody
/// has got it.
fn shape(part: Part, sent: bool) -> Html {
    match (part, sent) {
        (Part::Other, _) => html! { <circle class="other" cx="12" cy="12" r="4"/> },
        (Part::Sender, _) => html! { <path class="sender" d="M12 3 L21 12 L12 21 L3 12 Z"/> },
        (_, false) => html! { <rect class="member" x="4" y="4" width="16" height="16" rx="3"/> },
        (Part::Got, true) => html! {
            <><rect class="got" x="4" y="4" width="16" height="16" rx="3"/><path class="tick" d="M8 12.5 L11 15.5 L16 9"/></>
        },
        (Part::Missed, true) => html! {
            <><rect class="missed" x="4" y="4" width="16" height="16" rx="3"/><path class="cross" d="M8.5 8.5 L15.5 15.5 M15.5 8.5 L8.5 15.5"/></>
        },
    }
}

fn mark(user: User, sent: bool) -> Html {
    html! {
        <svg class="drawing" width="24" height="30" viewBox="0 0 24 30">
            <g transform="translate(0 3)">{ shape(user.part, sent) }</g>
            if user.office {
                <path class="roof" d="M4 5 L12 1.5 L20 5"/>
            }
            if user.moved {
                <path class="moved" d="M5 28 H19"/>
            }
        </svg>
    }
}

/// What the shapes mean.
fn legend(settings: &Settings, drawn: &Drawn) -> Html {
    let all = drawn
        .places
        .iter()
        .flat_map(|place| &place.users)
        .chain(&drawn.stranded);
    let users: Vec<User> = all.copied().collect();
    let plain = |part| User {
        part,
        office: false,
        moved: false,
    };
    let office = User {
        office: true,
        ..plain(Part::Other)
    };
    let moved = User {
        moved: true,
        ..plain(Part::Other)
    };
    let members = match (settings.sent, settings.room) {
        (false, 1) => vec![(Part::Got, "the recipient")],
        (false, _) => vec![(Part::Got, "in the room")],
        (true, _) => vec![(Part::Got, "got it"), (Part::Missed, "missed it")],
    };
    html! {
        <ul class="routing__legend">
            <li>{ mark(plain(Part::Sender), false) }{ "sends" }</li>
            for (part, text) in members {
                <li>{ mark(plain(part), settings.sent) }{ text }</li>
            }
            <li>{ mark(plain(Part::Other), false) }{ "another user" }</li>
            if users.iter().any(|user| user.office) {
                <li>{ mark(office, false) }{ "shares an address" }</li>
            }
            if users.iter().any(|user| user.moved) {
                <li>{ mark(moved, false) }{ "on another server than before" }</li>
            }
        </ul>
    }
}

/// How the line between the servers runs through a row.
#[derive(Clone, Copy)]
struct Lane {
    /// Whether it comes from the row above, and goes on to the one below.
    runs: [bool; 2],
    /// Whether a copy goes to this row, and whether the message comes from it.
    copy: bool,
    origin: bool,
}

fn lane(lane: Lane) -> Html {
    let [above, below] = lane.runs.map(|runs| if runs { 1 } else { 0 });
    let from = if above == 1 { "0" } else { "50%" };
    let until = if below == 1 { "100%" } else { "50%" };
    html! {
        <svg class="drawing routing__lane" width="44" height="100%">
            if above + below > 0 {
                <line class="bus" x1="10" x2="10" y1={from} y2={until}/>
            }
            if lane.origin {
                <line class="out" x1="10" x2="42" y1="50%" y2="50%"/>
                <svg x="10" y="50%" overflow="visible"><circle class="joint" cx="0" cy="0" r="4"/></svg>
            }
            if lane.copy {
                <line class="copy" x1="10" x2="40" y1="50%" y2="50%"/>
                <svg x="42" y="50%" overflow="visible"><path class="head" d="M-9 -5 L0 0 L-9 5 Z"/></svg>
            }
        </svg>
    }
}

/// What a row says of its server.
fn said(settings: &Settings, place: &Place) -> String {
    if !place.up {
        return "died; its users are on the others".to_owned();
    }
    let [got, missed, sends] =
        [Part::Got, Part::Missed, Part::Sender].map(|part| place.count(part) as u64);
    let mut parts = vec![counted(place.users.len() as u64, "user", "users")];
    if sends > 0 {
        parts.push("the sender".to_owned());
    }
    match settings.sent {
        false if got + missed > 0 => parts.push(match settings.room {
            1 => "the recipient".to_owned(),
            _ if sends > 0 => format!("{} more in the room", got + missed),
            _ => format!("{} in the room", got + missed),
        }),
        true => {
            if got > 0 {
                parts.push(format!("{got} got it"));
            }
            if missed > 0 {
                parts.push(format!("{missed} missed it"));
            }
            if place.copy {
                parts.push("a copy came".to_owned());
            }
        }
        false => {}
    }
    parts.join(", ")
}

/// The balancer, what joins the servers, and the servers with their users.
pub fn picture(settings: &Settings, drawn: &Drawn) -> Html {
    let (joined, broker) = match settings.join {
        Backplane::None => (false, None),
        Backplane::PubSub => (true, Some("a topic for each room")),
        Backplane::Broadcast => (true, Some("one topic for all")),
        Backplane::Gossip { .. } => (true, None),
    };
    let up: Vec<usize> = (0..drawn.places.len())
        .filter(|&i| drawn.places[i].up)
        .collect();
    let (first, last) = (up.first().copied(), up.last().copied());
    let row = |(i, place): (usize, &Place)| {
        let within =
            joined && first.is_some_and(|first| i >= first) && last.is_some_and(|last| i <= last);
        let lines = Lane {
            runs: [
                within && (broker.is_some() || first != Some(i)),
                within && last != Some(i),
            ],
            copy: settings.sent && place.copy,
            origin: settings.sent && joined && place.origin && drawn.delivery.copies > 0,
        };
        html! {
            <li class={classes!("routing__server", (!place.up).then_some("is-down"))}>
                { lane(lines) }
                <div class="routing__box">
                    <p><b>{ format!("Server {}", place.server + 1) }</b>{ ": " }{ said(settings, place) }</p>
                    <div class="routing__users" aria-hidden="true">
                        for user in place.users.iter() { { mark(*user, settings.sent) } }
                    </div>
                </div>
            </li>
        }
    };
    html! {
        <div class="routing__picture">
            <p class="routing__balancer"><b>{ "Balancer" }</b>{ format!(": each connection once, by {}", name(settings.balancer)) }</p>
            <ul class="routing__rows">
                if let Some(topics) = broker {
                    <li class="routing__server">
                        { lane(Lane { runs: [false, !up.is_empty()], copy: false, origin: settings.sent && drawn.delivery.copies > 0 }) }
                        <div class="routing__box routing__broker"><p><b>{ "Broker" }</b>{ format!(": {topics}") }</p></div>
                    </li>
                }
                for each in drawn.places.iter().enumerate() { { row(each) } }
                if !drawn.stranded.is_empty() {
                    <li class="routing__server is-down">
                        { lane(Lane { runs: [false; 2], copy: false, origin: false }) }
                        <div class="routing__box">
                            <p><b>{ "No server" }</b>{ ": " }{ counted(drawn.stranded.len() as u64, "user", "users") }</p>
                            <div class="routing__users" aria-hidden="true">
                                for user in drawn.stranded.iter() { { mark(*user, settings.sent) } }
                            </div>
                        </div>
                    </li>
                }
            </ul>
            { legend(settings, drawn) }
        </div>
    }
}

/// What each of many servers holds.
pub fn bars(output: &Output) -> Html {
    let most = output.most.max(1);
    let height = |clients: u32| f64::from(clients) / f64::from(most) * 100.0;
    let level = 100.0 - output.mean / f64::from(most) * 100.0;
    let servers = output.loads.len();
    let label = format!(
        "Users on each of {}: {} at the least, {} at the most.",
        counted(servers as u64, "server", "servers"),
        grouped(output.least.into()),
        grouped(output.most.into())
    );
    html! {
        <figure class="routing__bars">
            <svg class="drawing" role="img" aria-label={label} viewBox={format!("0 0 {} 100", servers.max(1))} preserveAspectRatio="none">
                for (i, load) in output.loads.iter().enumerate() {
                    <rect class="load" x={format!("{i}.1")} width=".8" y={(100.0 - height(load.clients)).to_string()} height={height(load.clients).to_string()}/>
                }
                <line class="mean" x1="0" x2={servers.to_string()} y1={level.to_string()} y2={level.to_string()}/>
            </svg>
            <figcaption>{ format!("Users on each server, from nought to {}. The line is the mean.", grouped(output.most.into())) }</figcaption>
        </figure>
    }
}

/// What there is to count.
pub fn figures(output: &Output) -> Html {
    let messages = &output.messages;
    let rows = [
        ("users with a server", output.connected),
        ("reconnections", output.reconnected),
        ("sessions lost", output.sessions_lost),
        ("messages", messages.sent),
        ("that missed somebody", messages.incomplete),
        ("copies between machines", messages.copies),
        ("to a server that had it already", messages.redundant),
        ("servers that had a message for nobody", messages.needless),
    ];
    html! {
        <div class="table" tabindex="0" role="group" aria-label="What there is to count">
            <table class="routing__figures">
                <thead><tr><th scope="col">{ "Counted" }</th><th scope="col">{ "In all" }</th></tr></thead>
                <tbody>
                    for (what, value) in rows {
                        <tr><th scope="row">{ what }</th><td>{ grouped(value) }</td></tr>
                    }
                </tbody>
            </table>
        </div>
    }
}

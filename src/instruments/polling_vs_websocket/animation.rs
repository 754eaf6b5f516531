//! The drawing: where everything is at a time of the model.

use sim::news::Run;
use sim::{Micros, SECOND};
use yew::prelude::*;

use super::in_flight::{InFlight, held, in_flight, queues, until_next, waits, window};
use super::transmissions::{Channel, Transmission};

/// What is drawn of one channel, and what the reader does with it.
pub struct Scene<'a> {
    /// What happened.
    pub run: &'a Run,
    /// Which channel.
    pub channel: Channel,
    /// The time of the model, in microseconds.
    pub now: Micros,
    /// What is open in the inspector.
    pub open: Option<Transmission>,
    /// The reader wants to see what is inside.
    pub on_open: &'a Callback<Option<Transmission>>,
}

/// The road or the channel, and below it a tape of what has been. Everything that it shows is said in words and numbers
/// beside it, so it is hidden from screen readers.
pub fn animation(scene: &Scene) -> Html {
    html! {
        <div class="air" aria-hidden="true">
            { lane(scene) }
            { tape(scene) }
        </div>
    }
}

/// The ends of the roads, in percent of the width.
const CLIENT: f64 = 13.0;
const SERVER: f64 = 87.0;

fn percent(x: f64) -> String {
    format!("{x:.3}%")
}

fn lane(scene: &Scene) -> Html {
    let &Scene {
        run, channel, now, ..
    } = scene;
    let middle = 55;
    let road = |y: i32| {
        html! { <line class="road" x1={percent(CLIENT)} x2={percent(SERVER)} y1={y.to_string()} y2={y.to_string()}/> }
    };
    let flights = in_flight(channel, run, now);
    let ground = match channel {
        Channel::Polling => html! { <>{ road(34) }{ road(78) }</> },
        Channel::WebSocket => {
            let open = run.handshake().back <= now;
            html! {
                <>
                    if open {
                        <line class="channel" x1={percent(CLIENT)} x2={percent(SERVER)} y1="56" y2="56"/>
                    }
                    <line class={if open { "road open" } else { "road" }} x1={percent(CLIENT)} x2={percent(SERVER)} y1="56" y2="56"/>
                    <text class="say" x="50%" y="100" text-anchor="middle">
                        { if open { "one channel, and it stays open" } else { "tuning in" } }
                    </text>
                </>
            }
        }
    };
    let things = flights.iter().map(|flight| {
        let x = percent(CLIENT + (SERVER - CLIENT) * flight.along);
        let y = match (channel, flight.from_client) {
            (Channel::WebSocket, _) => 56,
            (Channel::Polling, true) => 34,
            (Channel::Polling, false) => 78,
        };
        let label = if flight.from_client { y - 19 } else { y + 27 };
        let label = if channel == Channel::WebSocket { 32 } else { label };
        html! {
            <>
                if let Some(says) = &flight.says {
                    <text class="say" x={x.clone()} y={label.to_string()} text-anchor="middle">{ says }</text>
                }
                { thing(flight, &x, y, scene) }
            </>
        }
    });
    let waiting = held(channel, run, now);
    let ring = (channel == Channel::Polling)
        .then(|| until_next(run, now))
        .flatten();
    html! {
        <svg class="roads drawing" height="112" width="100%">
            { ground }
            <svg x="5%" y={middle.to_string()} overflow="visible" class="end">
                <circle r="11"/>
                if let Some(share) = ring {
                    <circle class="ring" r="15" pathLength="100" stroke-dasharray={format!("{:.1} 100", share * 100.0)} transform="rotate(-90)"/>
                }
                <path d="M-4.5 4.5a4.5 4.5 0 0 1 9 0M0 -5.5a2.6 2.6 0 1 0 .01 0"/>
                <text y="33" text-anchor="middle">{ "you" }</text>
                if channel == Channel::Polling && queues(run, now) {
                    <text y="47" text-anchor="start" x="-14">{ "waits for a frequency" }</text>
                }
            </svg>
            <svg x="95%" y={middle.to_string()} overflow="visible" class="end">
                <rect x="-12" y="-14" width="24" height="28" rx="4"/>
                <path d="M-6 -6h12M-6 0h12M-6 6h5"/>
                <text y="33" text-anchor="middle">{ "server" }</text>
                if waiting > 0 {
                    <text class="held" y="-32" text-anchor="end" x="14">{ format!("{waiting} waiting") }</text>
                }
            </svg>
            { for things }
        </svg>
    }
}

/// An envelope, or a word on the channel.
fn thing(flight: &InFlight, x: &str, y: i32, scene: &Scene) -> Html {
    let transmission = flight.transmission;
    let onclick = scene
        .on_open
        .reform(move |_: MouseEvent| Some(transmission));
    let who = if flight.from_client {
        "from-client"
    } else {
        "from-server"
    };
    let open = (scene.open == Some(transmission)).then_some("opened");
    let empty = (flight.letter
        && !flight.from_client
        && scene.channel == Channel::Polling
        && flight.carries == 0)
        .then_some("empty");
    html! {
        <svg x={x.to_owned()} y={y.to_string()} overflow="visible" class={classes!("thing", who, open, empty)} {onclick}>
            if flight.letter {
                <rect class="paper" x="-13" y="-9" width="26" height="18" rx="3"/>
                <path class="flap" d="M-12 -7L0 2L12 -7"/>
            } else {
                <circle class="halo" r="10"/>
                <circle class="word" r="6"/>
            }
            <rect class="hit" x="-22" y="-22" width="44" height="44"/>
        </svg>
    }
}

/// The tape's height; where the waits lie, and where what was sent lies, in pixels.
const TAPE: u32 = 54;
const ROWS: usize = 4;
const MARKS_Y: u32 = 36;

fn tape(scene: &Scene) -> Html {
    let &Scene {
        run, channel, now, ..
    } = scene;
    let window = window(run);
    let since = now.saturating_sub(window);
    let x = |at: Micros| 100.0 * (1.0 - (now.saturating_sub(at)) as f64 / window as f64);
    let waits = waits(channel, run, since, now).into_iter().map(|wait| {
        let y = 5 + 7 * (wait.news % ROWS) as u32;
        let (from, to) = (x(wait.from.max(since)).max(0.0), x(wait.to));
        html! {
            <g class={classes!("wait", wait.over.then_some("over"))}>
                <line x1={percent(from)} x2={percent(to)} y1={y.to_string()} y2={y.to_string()}/>
                if wait.from >= since && x(wait.from) >= 0.0 {
                    <svg x={percent(from)} y={y.to_string()} overflow="visible"><path d="M0 -4L4 0L0 4L-4 0z"/></svg>
                }
                if wait.over {
                    <svg x={percent(to)} y={y.to_string()} overflow="visible"><circle r="2.6"/></svg>
                }
            </g>
        }
    });
    let mark = |transmission: Transmission, at: Micros, letter: bool, class: &'static str| {
        let onclick = scene
            .on_open
            .reform(move |_: MouseEvent| Some(transmission));
        let open = (scene.open == Some(transmission)).then_some("opened");
        html! {
            <svg x={percent(x(at))} y={MARKS_Y.to_string()} overflow="visible" class={classes!("mark-sent", class, open)} {onclick}>
                if letter {
                    <rect class="paper" x="-5.5" y="-4" width="11" height="8" rx="1.5"/>
                    <path class="flap" d="M-5 -3L0 1L5 -3"/>
                } else {
                    <circle class="word" r="3.6"/>
                }
                <rect class="hit" x="-9" y="-10" width="18" height="22"/>
            </svg>
        }
    };
    let inside = |at: Micros| at <= now && at >= since;
    let marks: Html = match channel {
        Channel::Polling => {
            let trips = run.trips().iter().enumerate();
            let backs = trips
                .filter(|(_, trip)| inside(trip.back))
                .map(|(i, trip)| {
                    let class = if trip.news.is_empty() {
                        "from-server empty"
                    } else {
                        "from-server"
                    };
                    let transmission = Transmission {
                        channel,
                        index: 2 * i + 1,
                    };
                    mark(transmission, trip.back, true, class)
                });
            backs.collect()
        }
        Channel::WebSocket => {
            let h = run.handshake();
            let shake = inside(h.back).then(|| {
                mark(
                    Transmission { channel, index: 1 },
                    h.back,
                    true,
                    "from-server",
                )
            });
            let frames = run.frames().iter().enumerate();
            let frames = frames
                .filter(|(_, frame)| inside(frame.arrived))
                .map(|(i, frame)| {
                    mark(
                        Transmission {
                            channel,
                            index: i + 2,
                        },
                        frame.arrived,
                        false,
                        "from-server",
                    )
                });
            shake.into_iter().chain(frames).collect()
        }
    };
    html! {
        <svg class="tape drawing" height={TAPE.to_string()} width="100%">
            <line class="base" x1="0" x2="100%" y1="43" y2="43"/>
            { for waits }
            { marks }
            <text x="0" y="54">{ format!("{} s ago", window / SECOND) }</text>
            <text x="100%" y="54" text-anchor="end">{ "now" }</text>
        </svg>
    }
}

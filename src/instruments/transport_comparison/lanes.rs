//! The lanes: each message from when it was there to when it came, and below it the requests and connections.

use std::fmt::Write as _;

use yew::prelude::*;

use super::narration;
use crate::kit::number::{counted, span};
use crate::live::transports::{Client, Ended, Race};

/// The width of a lane in its own units: whole numbers are short to write.
const WIDTH: f64 = 10_000.0;
/// Where a lane may end, and how far apart its ticks are then, in milliseconds.
const ENDS: [(u32, u32); 13] = [
    (3000, 1000),
    (4000, 1000),
    (5000, 1000),
    (6000, 1000),
    (10_000, 2000),
    (12_000, 2000),
    (20_000, 5000),
    (24_000, 4000),
    (30_000, 5000),
    (36_000, 6000),
    (60_000, 15_000),
    (72_000, 12_000),
    (90_000, 15_000),
];
/// How wide a request is drawn at least, however short it was.
const LEAST: i32 = 24;

/// Where the axis ends, and how far apart its ticks are, in milliseconds.
fn axis(race: &Race) -> (u32, u32) {
    let most = race.elapsed().max(f64::from(race.plan.last_ms));
    let fits = |(end, _): &&(u32, u32)| f64::from(*end) >= most;
    ENDS.iter()
        .find(fits)
        .copied()
        .unwrap_or(ENDS[ENDS.len() - 1])
}

/// The lines of one lane.
#[derive(Debug, Default, PartialEq)]
struct Paths {
    /// From when a message was there to when it came.
    ways: String,
    /// When messages came.
    arrivals: String,
    /// Requests and connections that ended well or are open.
    well: String,
    /// Requests that were answered with nothing.
    empty: String,
    /// Where something ended badly.
    badly: String,
}

impl Paths {
    fn of(race: &Race, client: &Client, end: u32) -> Paths {
        let place = |server_ms: f64| (server_ms / f64::from(end)).clamp(0.0, 1.0) * WIDTH;
        let at = |page_ms: f64| place(race.clock.server(page_ms).unwrap_or_default()) as i32;
        let mut paths = Paths::default();
        for arrival in &client.arrivals {
            let (there, came) = (place(arrival.us as f64 / 1000.0) as i32, at(arrival.at));
            // Writing to a String does not fail.
            let _ = write!(paths.ways, "M{there} 3L{came} 25");
            let _ = write!(paths.arrivals, "M{came} 25h1");
        }
        for exchange in &client.exchanges {
            let (to, how) = match exchange.ended {
                Some((to, how)) => (to, how),
                None => (race.now, Ended::Well),
            };
            let (from, to) = (at(exchange.from), at(to));
            let line = match how {
                Ended::Well => &mut paths.well,
                Ended::Empty => &mut paths.empty,
                Ended::Badly => {
                    let _ = write!(paths.badly, "M{to} 29v10");
                    &mut paths.well
                }
            };
            let _ = write!(line, "M{from} 34H{}", to.max(from + LEAST));
        }
        paths
    }
}

/// All lanes, with their axis.
pub fn lanes(race: &Race) -> Html {
    let (end, step) = axis(race);
    let share = |ms: f64| (ms / f64::from(end) * 100.0).clamp(0.0, 100.0);
    let restarts: Vec<(f64, f64)> = race
        .restarts
        .iter()
        .filter_map(|(at, down)| {
            let from = race.clock.server(*at)?;
            Some((share(from), share(from + f64::from(*down))))
        })
        .collect();
    html! {
        <div class="transport-comparison__lanes drawing" role="img" aria-label={narration::lanes(race)}>
            for client in &race.clients {
                { lane(race, client, end, &restarts) }
            }
            <div class="transport-comparison__axis">
                <div>
                    for tick in (0..=end).step_by(step as usize) {
                        <span style={format!("left: {:.2}%", share(f64::from(tick)))}>{ if tick == 0 { "0".to_owned() } else { span(tick) } }</span>
                    }
                </div>
            </div>
        </div>
    }
}

fn lane(race: &Race, client: &Client, end: u32, restarts: &[(f64, f64)]) -> Html {
    let paths = Paths::of(race, client, end);
    let late = race
        .delays(client)
        .map(|delays| format!("median {}", narration::ms(delays.median)));
    html! {
        <div class="transport-comparison__lane">
            <div class="transport-comparison__who">
                <b>{ narration::client_name(client) }</b>
                <span>{ counted(client.arrivals.len() as u64, "message", "messages") }</span>
                <span>{ late.unwrap_or_else(|| "no message yet".to_owned()) }</span>
            </div>
            <div class="transport-comparison__way">
                for (from, to) in restarts {
                    <i class="transport-comparison__down" style={format!("left: {from:.2}%; width: {:.2}%", to - from)}></i>
                }
                <svg viewBox="0 0 10000 42" preserveAspectRatio="none" aria-hidden="true">
                    <path class="transport-comparison__line" d="M0 3H10000"/>
                    <path class="transport-comparison__message" d={paths.ways}/>
                    <path class="transport-comparison__arrival" d={paths.arrivals}/>
                    <path class="transport-comparison__open" d={paths.well}/>
                    <path class="transport-comparison__empty" d={paths.empty}/>
                    <path class="transport-comparison__bad" d={paths.badly}/>
                </svg>
            </div>
        </div>
    }
}

/// What the marks are.
pub fn legend(race: &Race) -> Html {
    let mark = |class: &'static str, d: &'static str| {
        html! {
            <svg viewBox="0 0 26 18" aria-hidden="true"><path {class} {d}/></svg>
        }
    };
    html! {
        <ul class="transport-comparison__legend">
            <li>{ mark("transport-comparison__message", "M6 1L20 17") }{ "a message, from there to here: the more it leans, the later" }</li>
            <li>{ mark("transport-comparison__open", "M3 9H23") }{ "a request or connection that is open" }</li>
            <li>{ mark("transport-comparison__empty", "M3 9H23") }{ "answered with nothing" }</li>
            <li>{ mark("transport-comparison__bad", "M13 2v14") }{ "refused or cut" }</li>
            if !race.restarts.is_empty() {
                <li><i class="transport-comparison__down" aria-hidden="true"></i>{ "the server is away" }</li>
            }
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::transport_comparison::settings::Settings;
    use crate::live::transports::{Arrival, Exchange, Race, Transport};

    fn race() -> Race {
        let mut race = Race::new(Settings::default().plan(1));
        race.clock.asked(100.0, 100.0, 0);
        race
    }

    #[test]
    fn a_message_leads_from_when_it_was_there_to_when_it_came() {
        let mut race = race();
        race.clients[0].arrivals.push(Arrival {
            seq: 1,
            us: 2_000_000,
            at: 4100.0,
        });
        let exchange = |from: f64, to: f64, how| Exchange {
            transport: Transport::Polling,
            from,
            ended: Some((to, how)),
        };
        race.clients[0].exchanges = vec![
            exchange(100.0, 101.0, Ended::Empty),
            exchange(2100.0, 4100.0, Ended::Badly),
        ];
        let paths = Paths::of(&race, &race.clients[0], 20_000);
        assert_eq!(paths.ways, "M1000 3L2000 25");
        assert_eq!(paths.empty, "M0 34H24");
        assert_eq!(paths.well, "M1000 34H2000");
        assert_eq!(paths.badly, "M2000 29v10");
    }

    #[test]
    fn what_is_open_is_drawn_up_to_now() {
        let mut race = race();
        race.now = 10_100.0;
        race.clients[3].start(100.0);
        let paths = Paths::of(&race, &race.clients[3], 20_000);
        assert_eq!(paths.well, "M0 34H5000");
    }

    #[test]
    fn the_axis_has_room_for_what_happened() {
        let mut race = race();
        assert_eq!(axis(&race), (20_000, 5000));
        race.now = 20_200.0;
        assert_eq!(axis(&race), (24_000, 4000));
        race.now = 1e9;
        assert_eq!(axis(&race), (90_000, 15_000));
        for (end, step) in ENDS {
            assert!(end % step == 0 && end / step <= 6, "{end}");
        }
    }
}

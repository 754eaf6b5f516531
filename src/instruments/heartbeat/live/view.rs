//! The parts of the panel.

use yew::prelude::*;

use super::ping_log::{Kind, PingExchange, exchanges, round_trips};
use crate::kit::number::counted;
use crate::live::LiveContext;
use crate::live::machine::{Closed, ConnectionState};
use crate::live::state::closed_sentence;
use crate::live::trips::trip;

/// How many pings have room on the lanes.
const ROOM: u64 = 15;

/// Where the connection stands, in a sentence.
pub fn status(live: &LiveContext) -> String {
    let state = live.live();
    match &state.machine.state {
        ConnectionState::Idle => {
            "Not connected. Connect, and this site’s server pings your browser.".into()
        }
        ConnectionState::Asking => "Asking the server for a wire…".into(),
        ConnectionState::Connecting => "Shaking hands…".into(),
        ConnectionState::Open(_) => format!(
            "Connected to {}. Your script has been told of none of the pings below.",
            state.address()
        ),
        ConnectionState::Closing(_) => "Closing…".into(),
        ConnectionState::Waiting(waiting) => format!("{} Trying again soon.", waiting.why),
        ConnectionState::Closed(closed @ Closed::NoWire(_)) => format!(
            "{} Real pings need Duplex’s server; the models above need none.",
            closed_sentence(closed)
        ),
        ConnectionState::Closed(closed) => closed_sentence(closed),
    }
}

/// Properties of [`PingLanes`].
#[derive(Properties, PartialEq)]
pub struct PingLanesProps {
    /// The connection.
    pub live: LiveContext,
    /// The page's clock, in milliseconds; 0 before it moves.
    pub page: f64,
    /// Seconds between two pings.
    pub every: u32,
    /// When the page hung, by its clock.
    pub hung: Vec<(f64, f64)>,
}

/// The lanes of script, browser and server, and what has passed between them lately.
#[component]
pub fn PingLanes(props: &PingLanesProps) -> Html {
    let state = props.live.live();
    let record = &state.record;
    let exchanges = exchanges(record.entries(), record.connection());
    // How far the page's clock is ahead of the server's, at least: whatever is seen was told a little later.
    let ahead = use_mut_ref(|| (0u32, f64::INFINITY, 0u64));
    let last = record
        .entries()
        .iter()
        .rev()
        .filter(|entry| entry.connection == record.connection())
        .find_map(|entry| entry.us)
        .unwrap_or(0);
    let (now, delay) = {
        let mut ahead = ahead.borrow_mut();
        if ahead.0 != record.connection() {
            *ahead = (record.connection(), f64::INFINITY, 0);
        }
        if props.page > 0.0 && last != ahead.2 {
            ahead.1 = ahead.1.min(props.page * 1000.0 - last as f64);
            ahead.2 = last;
        }
        let guess = props.page * 1000.0 - ahead.1;
        let now = if state.machine.state.is_open() && guess.is_finite() && guess > last as f64 {
            guess as u64
        } else {
            last
        };
        (now, ahead.1)
    };
    let window = ROOM * u64::from(props.every.max(1)) * 1_000_000;
    let since = now.saturating_sub(window);
    let share = |at: u64| 100.0 * (1.0 - now.saturating_sub(at) as f64 / window as f64);
    let shown: Vec<&PingExchange> = exchanges.iter().filter(|one| one.at >= since).collect();
    let marks = shown.iter().map(|one| {
        let style = format!("--at:{:.2}%", share(one.at));
        match (one.kind, one.answered) {
            (Kind::Ping, Some(us)) => html! { <i class="ping" {style}><b></b><em>{ trip(us as f64 / 1000.0) }</em></i> },
            (Kind::Ping, None) => html! { <i class="ping open" {style}><em>{ "no pong yet" }</em></i> },
            (Kind::Message, answered) => html! { <i class={classes!("message", answered.is_none().then_some("open"))} {style}></i> },
        }
    });
    let hung = props.hung.iter().filter(|_| delay.is_finite()).map(|&(from, to)| {
        let at = |page: f64| share((page * 1000.0 - delay).max(0.0) as u64);
        let (from, to) = (at(from).max(0.0), at(to).min(100.0));
        html! {
            if from < to {
                <i class="hung" style={format!("--at:{from:.2}%;width:{:.2}%", to - from)}><em>{ "hangs" }</em></i>
            }
        }
    });
    let words = match shown.iter().filter(|one| one.kind == Kind::Ping).count() {
        0 => format!("No ping in the last {} seconds.", window / 1_000_000),
        n => format!(
            "{} and {} in the last {} seconds.",
            counted(n as u64, "ping", "pings"),
            counted(
                (shown.len() - n) as u64,
                "message of the script",
                "messages of the script"
            ),
            window / 1_000_000
        ),
    };
    html! {
        <div class="pulse__lanes drawing" role="img" aria-label={words}>
            <div class="track script"><b>{ "Your script" }</b></div>
            <div class="track browser"><b>{ "Your browser" }</b></div>
            <div class="track server"><b>{ "The server" }</b></div>
            <div class="marks" aria-hidden="true">
                { for hung }
                { for marks }
                if exchanges.is_empty() {
                    <p>{ if state.machine.state.is_open() { "The first ping comes in a moment." } else { "Silence." } }</p>
                }
            </div>
            <div class="scale" aria-hidden="true"><span>{ format!("{} s ago", window / 1_000_000) }</span><span>{ "now" }</span></div>
        </div>
    }
}

/// The round trips, each with what it measures.
pub fn figures(live: &LiveContext) -> Html {
    let state = live.live();
    let exchanges = exchanges(state.record.entries(), state.record.connection());
    let three = |numbers: Option<(f64, f64, f64)>| {
        let text = |n: Option<f64>| n.map_or("–".to_owned(), trip);
        let all = [
            (numbers.map(|n| n.0), "least"),
            (numbers.map(|n| n.1), "median"),
            (numbers.map(|n| n.2), "most"),
        ];
        html! {
            <dl class="nums">
                { for all.into_iter().map(|(n, of)| html! { <div><dt>{ of }</dt><dd>{ text(n) }</dd></div> }) }
            </dl>
        }
    };
    let pings = round_trips(&exchanges);
    let trips = &state.trips;
    let own = trips.best().zip(trips.median()).zip(trips.worst());
    let spark = trips.path(110.0, 30.0);
    html! {
        <div class="figures">
            <section>
                <h3>{ "Ping and pong" }</h3>
                <p>{ "From the ping’s write to the pong’s arrival, by the server’s clock. The browser answers, not the page; in Chromium the pong comes however busy the script is." }</p>
                { three(pings.map(|(least, median, most, _)| (least, median, most))) }
                <p class="count">{ counted(pings.map_or(0, |p| p.3) as u64, "pong", "pongs") }</p>
            </section>
            <section>
                <h3>{ "The script’s own heartbeat" }</h3>
                <p>{ "From send() to the echo’s message event, by the page’s clock. It includes the wait until the script has time to listen." }</p>
                { three(own.map(|((least, median), most)| (least, median, most))) }
                <p class="count">
                    { counted(trips.count() as u64, "echo", "echoes") }
                    if let Some(d) = spark {
                        <svg class="spark" viewBox="0 0 110 30" aria-hidden="true"><path {d}/></svg>
                    }
                </p>
            </section>
        </div>
    }
}

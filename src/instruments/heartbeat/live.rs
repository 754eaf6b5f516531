//! The live wire's heart: the server's real pings and the browser's pongs, and beside them what a page can do itself.

use gloo_timers::callback::{Interval, Timeout};
use serde::{Deserialize, Serialize};
use yew::prelude::*;

use super::tape::{Beat, Kind, beats, round_trips};
use crate::address::{self, Query, Said, cut, use_address, use_arrival};
use crate::browser;
use crate::live::endpoint_url::Target;
use crate::live::machine::{Closed, ConnectionState};
use crate::live::state::closed_sentence;
use crate::live::trips::trip;
use crate::live::{LiveContext, page_clock, use_wire};
use crate::motion::{use_frames, use_on_screen};
use crate::routes::Route;
use crate::ui::{CopyButton, counted};

/// How many pings have room on the tape.
const ROOM: u64 = 15;
/// The drawing moves on in steps of this many milliseconds.
const STEP_MS: f64 = 50.0;
/// How long the page can be frozen, in milliseconds.
const FREEZE_MS: f64 = 3000.0;
/// How many times of hanging are remembered.
const KEPT: usize = 50;
/// The seconds that can be chosen; 0 for never.
const PINGS: [u32; 4] = [1, 2, 5, 10];
const BEATS: [u32; 5] = [0, 1, 2, 5, 10];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Settings {
    /// Seconds from one ping of the server to the next.
    pings: u32,
    /// Seconds from one heartbeat of the script to the next; 0 for none.
    beats: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { pings: 2, beats: 5 }
    }
}

/// The live pulse in `/heartbeat`: `?pings=2&beats=5`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PulseQuery {
    /// Seconds between two pings of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pings: Option<String>,
    /// Seconds between two heartbeats of the script; 0 for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beats: Option<String>,
}

impl Query for PulseQuery {
    const NAMES: &'static [&'static str] = &["pings", "beats"];
}

impl PulseQuery {
    fn of(settings: Settings) -> PulseQuery {
        let plain = Settings::default();
        PulseQuery {
            pings: (settings.pings != plain.pings).then(|| settings.pings.to_string()),
            beats: (settings.beats != plain.beats).then(|| settings.beats.to_string()),
        }
    }
}

fn asked(said: Said<PulseQuery>) -> (Settings, Vec<String>) {
    let (mut settings, mut problems) = (Settings::default(), Vec::new());
    // What is wrong with the whole address, the timeline above has said.
    let query = said.unwrap_or_default();
    for (name, text, known, value) in [
        ("pings", &query.pings, &PINGS[..], &mut settings.pings),
        ("beats", &query.beats, &BEATS[..], &mut settings.beats),
    ] {
        let Some(text) = text else { continue };
        match text.parse::<u32>() {
            Ok(n) if known.contains(&n) => *value = n,
            _ => {
                let known: Vec<_> = known.iter().map(u32::to_string).collect();
                problems.push(format!(
                    "{name}={}: it is one of {}. Here it is {value}.",
                    cut(text),
                    known.join(", ")
                ));
            }
        }
    }
    (settings, problems)
}

/// The instrument.
#[component]
pub fn HeartbeatLive() -> Html {
    let address = use_address::<PulseQuery>(Route::Heartbeat);
    let state = use_state(|| asked(address.said().clone()));
    let (settings, problems) = &*state;
    let settings = *settings;
    let live = use_wire();
    let panel = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    let still = use_state_eq(|| true);
    {
        let still = still.setter();
        use_effect_with((), move |()| still.set(browser::prefers_reduced_motion()));
    }
    {
        let setter = state.setter();
        use_arrival(&address, move |said| setter.set(asked(said.clone())));
    }
    let open = live.live().machine.state.is_open();
    // A heartbeat of the application: nothing that a timer and `send` could not do on any page.
    {
        let live = live.clone();
        let number = use_mut_ref(|| 0u32);
        use_effect_with((open, settings.beats), move |&(open, beats)| {
            let timer = (open && beats > 0).then(|| {
                Interval::new(beats * 1000, move || beat(&live, &mut number.borrow_mut()))
            });
            move || drop(timer)
        });
    }
    // The server's clock now, from the least delay with which anything of it has been seen.
    let page = use_state_eq(|| 0.0f64);
    {
        // Also where nothing moves by itself.
        let page = page.setter();
        use_effect_with(live.clone(), move |_| page.set(page_clock()));
    }
    // When the page has hung, by its own clock.
    let hung = use_state_eq(Vec::<(f64, f64)>::new);
    let moved = {
        let page = page.setter();
        Callback::from(move |_: f64| page.set((page_clock() / STEP_MS).floor() * STEP_MS))
    };
    use_frames(open && on_screen && !*still, moved);

    let connect = |pings: u32| {
        let live = live.clone();
        move || live.connect_to(Target::Own(format!("ping={pings}s")))
    };
    let choose = |next: Settings| {
        let (setter, address) = (state.setter(), address.clone());
        let again = (open && next.pings != settings.pings).then(|| connect(next.pings));
        Callback::from(move |_: MouseEvent| {
            address.rest(PulseQuery::of(next));
            setter.set((next, Vec::new()));
            if let Some(again) = &again {
                again();
            }
        })
    };
    let pings = PINGS.map(|n| {
        let next = Settings { pings: n, ..settings };
        html! { <button type="button" onclick={choose(next)} aria-pressed={(n == settings.pings).to_string()}>{ format!("{n} s") }</button> }
    });
    let beats_of = BEATS.map(|n| {
        let next = Settings { beats: n, ..settings };
        let label = if n == 0 { "off".to_owned() } else { format!("{n} s") };
        html! { <button type="button" onclick={choose(next)} aria-pressed={(n == settings.beats).to_string()}>{ label }</button> }
    });
    let begin = {
        let connect = connect(settings.pings);
        Callback::from(move |_: MouseEvent| connect())
    };
    let end = {
        let live = live.clone();
        Callback::from(move |_: MouseEvent| live.close())
    };
    let freeze = {
        let (live, hung) = (live.clone(), hung.clone());
        Callback::from(move |_: MouseEvent| {
            let (live, hung) = (live.clone(), hung.clone());
            // First let the browser draw that the button is pressed.
            Timeout::new(30, move || {
                live.say("heartbeat before the page freezes");
                let from = page_clock();
                while page_clock() < from + FREEZE_MS {}
                let mut all = (*hung).clone();
                all.push((from, page_clock()));
                // Older ones have left the tape.
                all.drain(..all.len().saturating_sub(KEPT));
                hung.set(all);
            })
            .forget();
        })
    };
    let busy = live.live().machine.state.is_busy();
    let link = address::link(Route::Heartbeat, &PulseQuery::of(settings));
    html! {
        <section class="panel pulse" aria-label="Real pings and pongs" ref={panel}>
            <div class="bar">
                <div class="switch" role="group" aria-label="The server pings every"><span>{ "Server pings" }</span>{ for pings }</div>
                <div class="switch" role="group" aria-label="The script asks every"><span>{ "Script asks" }</span>{ for beats_of }</div>
                <span class="grow"></span>
                if open {
                    <button type="button" class="btn" onclick={freeze}>{ "Freeze this page for 3 s" }</button>
                    <button type="button" class="btn" onclick={end}>{ "Disconnect" }</button>
                } else {
                    <button type="button" class="btn primary" onclick={begin} disabled={busy}>{ "Connect and listen" }</button>
                }
            </div>
            if !problems.is_empty() {
                <div class="problems" role="status">
                    { for problems.iter().map(|p| html! { <p>{ p }</p> }) }
                </div>
            }
            <p class="state" role="status">{ status(&live) }</p>
            <Tape live={live.clone()} page={*page} every={settings.pings} hung={(*hung).clone()}/>
            { figures(&live) }
            <div class="foot">
                <span>{ "A connection of its own, beside the live wire’s. In a hidden tab a browser runs a page’s timers less often; Chrome, as its developers report, as rarely as once a minute. Its pongs go on." }</span>
                <span class="grow"></span>
                <CopyButton label="Copy link" path={link}/>
            </div>
        </section>
    }
}

fn beat(live: &LiveContext, number: &mut u32) {
    *number = number.wrapping_add(1);
    live.say(&format!("heartbeat {number}"));
}

/// Where the connection stands, in a sentence.
fn status(live: &LiveContext) -> String {
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

#[derive(Properties, PartialEq)]
struct TapeProps {
    live: LiveContext,
    /// The page's clock, in milliseconds; 0 before it moves.
    page: f64,
    /// Seconds between two pings.
    every: u32,
    /// When the page hung, by its clock.
    hung: Vec<(f64, f64)>,
}

/// The lanes of script, browser and server, and what has passed between them lately.
#[component]
fn Tape(props: &TapeProps) -> Html {
    let state = props.live.live();
    let record = &state.record;
    let beats = beats(record.entries(), record.connection());
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
    let shown: Vec<&Beat> = beats.iter().filter(|beat| beat.at >= since).collect();
    let marks = shown.iter().map(|beat| {
        let style = format!("--at:{:.2}%", share(beat.at));
        match (beat.kind, beat.answered) {
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
    let words = match shown.iter().filter(|beat| beat.kind == Kind::Ping).count() {
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
        <div class="tape" role="img" aria-label={words}>
            <div class="track script"><b>{ "Your script" }</b></div>
            <div class="track browser"><b>{ "Your browser" }</b></div>
            <div class="track server"><b>{ "The server" }</b></div>
            <div class="marks" aria-hidden="true">
                { for hung }
                { for marks }
                if beats.is_empty() {
                    <p>{ if state.machine.state.is_open() { "The first ping comes in a moment." } else { "Silence." } }</p>
                }
            </div>
            <div class="scale" aria-hidden="true"><span>{ format!("{} s ago", window / 1_000_000) }</span><span>{ "now" }</span></div>
        </div>
    }
}

/// The round trips, each with what it measures.
fn figures(live: &LiveContext) -> Html {
    let state = live.live();
    let beats = beats(state.record.entries(), state.record.connection());
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
    let pings = round_trips(&beats);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> (Settings, Vec<String>) {
        asked(address::read(query))
    }

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        for pings in PINGS {
            for beats in BEATS {
                let settings = Settings { pings, beats };
                let query = serde_urlencoded::to_string(PulseQuery::of(settings)).unwrap();
                assert_eq!(of(&format!("?{query}")), (settings, Vec::new()));
            }
        }
        assert_eq!(PulseQuery::of(Settings::default()), PulseQuery::default());
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        for query in [
            "pings=0",
            "pings=3",
            "pings=x",
            "beats=-1",
            "beats=99999999999",
        ] {
            let (settings, problems) = of(query);
            assert_eq!(settings, Settings::default());
            assert!(
                problems.len() == 1 && problems[0].starts_with(query),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn what_is_offered_is_what_the_server_takes() {
        // `crates/server` allows 100ms to 1h.
        assert!(PINGS.iter().all(|s| (1..=3600).contains(s)));
        let plain = Settings::default();
        assert!(PINGS.contains(&plain.pings) && BEATS.contains(&plain.beats));
    }
}

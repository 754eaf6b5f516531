//! The timeline: a connection, what happens to it, and who knows.

use std::rc::Rc;

use sim::heartbeat::{Fault, Run, Side};
use sim::{Micros, SECOND};
use web_sys::Element;
use yew::prelude::*;

use super::faults::{self, Order};
use super::knobs::{Asked, KNOBS, Settings, TimelineQuery, WHO, asked};
use super::log;
use super::outcome::{Log, outcomes};
use super::scene::{CLIENT, Moving, NAT, SERVER, Scene, Shared, drawn_way};
use super::words::{self, Stand};
use crate::address::{self, use_address, use_arrival};
use crate::browser;
use crate::instruments::clock::{Clock, Speed, TimeBar, Turn, minutes, neighbour};
use crate::instruments::knob::{self, KnobBoard};
use crate::motion::{use_frames, use_on_screen};
use crate::routes::Route;
use crate::ui::{CopyButton, Icon};

/// How fast the model's time passes.
static SPEEDS: [Speed; 4] = [
    (1.0, "1×", "real time"),
    (4.0, "4×", "four times real time"),
    (16.0, "16×", "sixteen times real time"),
    (64.0, "64×", "sixty-four times real time"),
];
const QUICK: usize = 2;

/// While time passes, the log moves on in stretches: nobody reads faster.
const STRETCH: Micros = 5 * SECOND;

#[derive(Clone, Debug, PartialEq)]
struct State {
    settings: Settings,
    problems: Vec<String>,
    clock: Clock,
    /// Whether the reader has changed something that a link should say.
    touched: bool,
}

impl State {
    fn of(asked: Asked) -> State {
        State {
            clock: Clock {
                now: asked.at,
                end: asked.settings.end(),
                playing: false,
                still: false,
                speed: QUICK,
                speeds: &SPEEDS,
            },
            settings: asked.settings,
            problems: asked.problems,
            touched: false,
        }
    }
}

#[derive(Clone)]
enum Do {
    /// The page is there; the reader asked for less motion or did not.
    Begin(bool),
    Ask(Asked),
    Turn(Settings),
    Clock(Turn),
    /// A fault where the reader stands.
    Strike(Fault),
    /// This fault never happened.
    Undo(Micros, Fault),
}

impl Reducible for State {
    type Action = Do;

    fn reduce(self: Rc<Self>, action: Do) -> Rc<Self> {
        let mut state = (*self).clone();
        state.touched |= match &action {
            Do::Begin(_) | Do::Ask(_) => false,
            Do::Clock(turn) => turn.moves(),
            _ => true,
        };
        match action {
            Do::Begin(still) => state.clock.still = still,
            Do::Ask(asked) => {
                let (still, speed) = (state.clock.still, state.clock.speed);
                state = State::of(asked);
                (state.clock.still, state.clock.speed) = (still, speed);
            }
            Do::Turn(settings) => {
                state.settings = settings;
                state.problems.clear();
                state.clock.end = state.settings.end();
                state.clock.now = state.clock.now.min(state.clock.end);
            }
            Do::Clock(turn) => {
                if !state.clock.turn(turn) {
                    return self;
                }
            }
            Do::Strike(fault) => {
                let now = state.clock.now;
                state.settings.faults = faults::with(&state.settings.faults, now, fault);
            }
            Do::Undo(at, fault) => state.settings.faults.retain(|&one| one != (at, fault)),
        }
        Rc::new(state)
    }
}

/// The instrument.
#[component]
pub fn HeartbeatTimeline() -> Html {
    let address = use_address::<TimelineQuery>(Route::Heartbeat);
    let state = use_reducer(|| State::of(asked(address.said().clone())));
    let panel = use_node_ref();
    let scene = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    let settings = &state.settings;
    let now = state.clock.now;
    let run = use_memo(settings.clone(), |settings| {
        Shared(Rc::new(Run::new(settings.params(), &settings.faults)))
    });
    let run = (*run).clone();

    {
        let dispatcher = state.dispatcher();
        use_effect_with((), move |()| {
            dispatcher.dispatch(Do::Begin(browser::prefers_reduced_motion()));
        });
    }
    {
        let dispatcher = state.dispatcher();
        use_arrival(&address, move |said| {
            dispatcher.dispatch(Do::Ask(asked(said.clone())));
        });
    }
    {
        let key = (state.touched, settings.clone(), state.clock.at());
        use_effect_with(key, move |(touched, settings, at)| {
            if let (true, Some(at)) = (*touched, *at) {
                address.rest(TimelineQuery::of(settings, at));
            }
        });
    }
    {
        let dispatcher = state.dispatcher();
        let beat = Callback::from(move |ms| dispatcher.dispatch(Do::Clock(Turn::Beat(ms))));
        use_frames(state.clock.playing && on_screen, beat);
    }

    let dispatcher = state.dispatcher();
    let on_turn = Callback::from(move |settings| dispatcher.dispatch(Do::Turn(settings)));
    let dispatcher = state.dispatcher();
    let on_time = Callback::from(move |turn| dispatcher.dispatch(Do::Clock(turn)));
    let dispatcher = state.dispatcher();
    let on_strike = Callback::from(move |fault| dispatcher.dispatch(Do::Strike(fault)));
    let step = {
        let run = run.clone();
        Callback::from(move |on| neighbour(&log::moments(&run.0), now, on))
    };
    let other = Settings {
        seed: settings.seed.wrapping_add(1),
        ..settings.clone()
    };
    let on_other = on_turn.reform(move |_: MouseEvent| other.clone());
    let link = address::link(Route::Heartbeat, &TimelineQuery::of(settings, now));
    html! {
        <section class="panel heartbeat" aria-label="A connection over time" ref={panel}>
            { who(settings, &on_turn) }
            if !state.problems.is_empty() {
                <div class="problems" role="status">
                    { for state.problems.iter().map(|p| html! { <p>{ p }</p> }) }
                </div>
            }
            { picture(&run, now, &on_time, &scene) }
            { legend() }
            <TimeBar clock={state.clock.clone()} {step} on_turn={on_time.clone()}>
                <button type="button" class="btn" onclick={on_other}>{ "Other luck" }</button>
            </TimeBar>
            { strikes(settings, now, &on_strike) }
            { happened(&state, &run) }
            { outcomes(&run) }
            <KnobBoard<Settings> all={knob::Knobs(&KNOBS)} values={settings.clone()} on_turn={on_turn.clone()}/>
            <Log run={run.clone()} from={state.clock.at().unwrap_or(now - now % STRETCH)}/>
            <div class="foot">
                <span>{ note(&run) }</span>
                <span class="grow"></span>
                <CopyButton label="Copy link" path={link}/>
            </div>
        </section>
    }
}

/// Who asks, and what the NAT box does about strangers.
fn who(settings: &Settings, on_turn: &Callback<Settings>) -> Html {
    let whos = WHO.iter().map(|&(asks, _, label)| {
        let turned = Settings {
            asks,
            ..settings.clone()
        };
        let onclick = on_turn.reform(move |_: MouseEvent| turned.clone());
        html! { <button type="button" class="chip" {onclick} aria-pressed={(settings.asks == asks).to_string()}>{ label }</button> }
    });
    let boxes = [(false, "drops"), (true, "resets")].into_iter().map(|(resets, label)| {
        let turned = Settings {
            resets,
            ..settings.clone()
        };
        let onclick = on_turn.reform(move |_: MouseEvent| turned.clone());
        html! { <button type="button" {onclick} aria-pressed={(settings.resets == resets).to_string()}>{ label }</button> }
    });
    html! {
        <div class="bar">
            <div class="chips" role="group" aria-label="Who asks whether the other is there">{ for whos }</div>
            <span class="grow"></span>
            <div class="switch" role="group" aria-label="What the NAT box does with packets of a connection that it has forgotten">
                <span>{ "NAT" }</span>{ for boxes }
            </div>
        </div>
    }
}

/// What can be done to the connection where the reader stands.
fn strikes(settings: &Settings, now: Micros, on_strike: &Callback<Fault>) -> Html {
    let buttons = Order::before(&settings.faults, now).buttons();
    let buttons = buttons.into_iter().map(|(label, fault, can)| {
        let here = settings.faults.contains(&(now, fault));
        let onclick = on_strike.reform(move |_: MouseEvent| fault);
        html! { <button type="button" class="btn" {onclick} disabled={!can || here}>{ label }</button> }
    });
    html! {
        <div class="bar strikes" role="group" aria-label="What happens now">
            <span class="cap">{ format!("At {}", minutes(now)) }</span>
            { for buttons }
        </div>
    }
}

/// What happens in this run, each to be taken back.
fn happened(state: &UseReducerHandle<State>, run: &Shared) -> Html {
    let all = state.settings.faults.iter().map(|&(at, fault)| {
        let dispatcher = state.dispatcher();
        let undo = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Do::Undo(at, fault)));
        let dispatcher = state.dispatcher();
        let go = Callback::from(move |_: MouseEvent| dispatcher.dispatch(Do::Clock(Turn::Go(at))));
        // What came before may leave nothing to happen: a machine without power can't crash.
        let name = if run.0.faults().contains(&(at, fault)) {
            faults::label(fault).to_owned()
        } else {
            format!("{}: too late to happen", faults::label(fault))
        };
        html! {
            <li>
                <button type="button" class="btn" onclick={go} aria-label={format!("Go to {}: {name}", minutes(at))}>
                    <span class="mono">{ minutes(at) }</span>{ " " }{ name.clone() }
                </button>
                <button type="button" class="btn" onclick={undo} aria-label={format!("Take back: {name} at {}", minutes(at))}>{ Icon::Cross.view() }</button>
            </li>
        }
    });
    html! {
        <div class="happened">
            if state.settings.faults.is_empty() {
                <p>{ "Nothing is done to it. Go to a moment, then choose what happens there." }</p>
            } else {
                <ul aria-label="What happens">{ for all }</ul>
            }
        </div>
    }
}

/// The three lanes with their names, and what stands there now.
fn picture(run: &Shared, now: Micros, on_time: &Callback<Turn>, scene: &NodeRef) -> Html {
    let name = |title: &str, (stand, says): (Stand, String), lane: f64| {
        let (class, sign) = match stand {
            Stand::Well => ("well", "●"),
            Stand::Ghost => ("wrong", "◌"),
            Stand::Knows => ("known", "✓"),
            Stand::Away => ("away", "○"),
        };
        html! {
            <div class={classes!("who", class)} style={format!("--lane:{:.3}%", lane * 100.0)}>
                <b>{ title }</b>
                <span><i aria-hidden="true">{ sign }</i>{ " " }{ says }</span>
            </div>
        }
    };
    let end = run.0.params().duration;
    let place = scene.clone();
    let onclick = on_time.reform(move |event: MouseEvent| {
        let size = place
            .cast::<Element>()
            .map(|element| element.get_bounding_client_rect());
        let share = size.map_or(0.0, |rect| {
            // On a small screen time runs down.
            if rect.height() > rect.width() {
                (f64::from(event.client_y()) - rect.top()) / rect.height()
            } else {
                (f64::from(event.client_x()) - rect.left()) / rect.width()
            }
        });
        let tenths = (share.clamp(0.0, 1.0) * end as f64 / 1e5).round() as Micros;
        Turn::Go(tenths * 100_000)
    });
    html! {
        <div class="lanes">
            <div class="names">
                { name("Client", words::stand(&run.0, Side::Client, now), CLIENT) }
                { name("NAT box", words::nat_stand(&run.0, now), NAT) }
                { name("Server", words::stand(&run.0, Side::Server, now), SERVER) }
            </div>
            <div class="scene" aria-hidden="true" {onclick} ref={scene.clone()}>
                <Scene run={run.clone()}/>
                <Moving run={run.clone()} {now}/>
            </div>
        </div>
    }
}

/// What the drawing does to the model.
fn note(run: &Shared) -> String {
    let (way, drawn) = (run.0.params().one_way_delay(), drawn_way(&run.0));
    if drawn > way {
        format!(
            "A model, packet by packet. A way of {} is drawn {} long, so that there is something to see.",
            words::seconds(way),
            words::seconds(drawn)
        )
    } else {
        "A model, packet by packet.".to_owned()
    }
}

fn legend() -> Html {
    html! {
        <p class="legend" aria-hidden="true">
            <span class="from-server"><i></i>{ "from the server" }</span>
            <span class="from-client"><i></i>{ "from the client" }</span>
            <span class="again"><i></i>{ "sent again by TCP" }</span>
            <span class="lost"><i>{ "✕" }</i>{ "lost" }</span>
            <span class="believes"><i></i>{ "believes that it is connected, and nobody can be reached" }</span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sim::heartbeat::Detection;

    fn state(query: &str) -> Rc<State> {
        Rc::new(State::of(asked(address::read(query))))
    }

    #[test]
    fn the_plain_page_stands_where_the_cable_is_pulled() {
        let state = state("");
        assert_eq!(state.clock.now, 45 * SECOND);
        let struck = state.reduce(Do::Strike(Fault::Crash));
        assert_eq!(struck.settings.faults, [(45 * SECOND, Fault::Crash)]);
        assert!(struck.touched);
        let back = struck.reduce(Do::Undo(45 * SECOND, Fault::Crash));
        assert!(back.settings.faults.is_empty());
    }

    #[test]
    fn a_shorter_run_keeps_the_reader_inside() {
        let state = state("?at=110");
        let settings = Settings {
            run: 60_000,
            ..state.settings.clone()
        };
        let state = state.reduce(Do::Turn(settings));
        assert_eq!(
            (state.clock.now, state.clock.end),
            (60 * SECOND, 60 * SECOND)
        );
    }

    /// Settings from anywhere on the knobs, and faults at any time: everything has words and a place.
    #[test]
    fn every_setting_can_be_shown() {
        let mut chance = sim::chance::Chance::new(3, 0);
        let mut below = |n: usize| (chance.unit() * n as f64) as usize;
        for _ in 0..150 {
            let mut settings = Settings {
                faults: Vec::new(),
                ..Settings::default()
            };
            for knob in &KNOBS {
                (knob.set)(&mut settings, knob.stops[below(knob.stops.len())]);
            }
            // Long runs of quick questions are slow where nothing is optimized.
            settings.run = settings.run.min(300_000);
            settings.asks = WHO[below(WHO.len())].0;
            settings.resets = below(2) == 1;
            for _ in 0..below(6) {
                let at = below(settings.run as usize) as Micros * 1000;
                let (_, fault, can) = Order::before(&settings.faults, at).buttons()[below(6)];
                if can {
                    settings.faults = faults::with(&settings.faults, at, fault);
                }
            }
            let run = Run::new(settings.params(), &settings.faults);
            assert!(words::result(&run).ends_with('.'));
            assert!(!words::instead(&run).is_empty());
            for side in [Side::Client, Side::Server] {
                let (number, why) = words::outcome(&run, side);
                assert!(!number.is_empty() && !why.is_empty());
            }
            // One fault, and none by itself: the run keeps to the formula.
            if let ([(at, _)], None) = (run.faults(), run.nat_forgot())
                && *at > run.params().round_trip
            {
                for formula in words::formulas(&run) {
                    let by_asking = matches!(run.detection(formula.side), Detection::At(..));
                    assert_eq!(formula.took.is_some(), by_asking, "{settings:?}");
                }
            }
            let moments = log::moments(&run);
            for &now in moments.iter().step_by(moments.len() / 20 + 1) {
                assert!(!words::stand(&run, Side::Server, now).1.is_empty());
                assert!(!words::nat_stand(&run, now).1.is_empty());
            }
        }
    }

    #[test]
    fn watching_changes_no_address() {
        let state = state("")
            .reduce(Do::Begin(false))
            .reduce(Do::Clock(Turn::Speed(1)));
        assert!(!state.touched);
        assert!(state.reduce(Do::Clock(Turn::Play)).touched);
    }
}

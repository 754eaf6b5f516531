//! The same news by mail and by walkie-talkie, in motion and counted. Every number and every position is the model's, at
//! one time of the model; the drawing adds nothing.

use std::rc::Rc;

use sim::news::Run;
use sim::{Micros, SECOND};
use yew::prelude::*;

use crate::address::{self, use_address, use_arrival};
use crate::browser;
use crate::instruments::clock::{Clock, Speed, TimeBar, Turn, neighbour};
use crate::instruments::knob::{self, KnobBoard};
use crate::motion::{use_frames, use_on_screen};
use crate::routes::Route;
use crate::ui::CopyButton;

mod breaks;
mod knobs;
mod post;
mod reader;
mod scene;
mod tallies;

use breaks::Breaks;
pub use knobs::HomeQuery;
use knobs::{Asked, DURATION, KNOBS, Knobs, asked};
use post::{Item, Line, sizes};
use reader::Reader;
use scene::{Scene, Shared, moments};
use tallies::{Everybody, in_words, of_line, on_the_wire};

/// How fast the model's time passes, and how that is written.
static SPEEDS: [Speed; 4] = [
    (0.25, "¼×", "a quarter of real time"),
    (1.0, "1×", "real time"),
    (4.0, "4×", "four times real time"),
    (16.0, "16×", "sixteen times real time"),
];
const REAL_TIME: usize = 1;

/// Where the stills begin for whoever asked for less motion: late enough that there is something to see.
const FIRST_STILL: Micros = 12 * SECOND;

/// Where the reader is.
#[derive(Clone, Debug, PartialEq)]
struct State {
    asked: Asked,
    clock: Clock,
    open: Option<Item>,
    /// Whether the reader has changed something that a link should say.
    touched: bool,
}

impl State {
    fn of(asked: Asked) -> State {
        State {
            clock: Clock {
                now: asked.at.unwrap_or(0),
                end: DURATION,
                playing: false,
                still: false,
                speed: REAL_TIME,
                speeds: &SPEEDS,
            },
            asked,
            open: None,
            touched: false,
        }
    }

    /// As an address wants it: standing still where that says so, else playing, for whoever can bear the motion.
    fn begin(&mut self, still: bool) {
        self.clock.still = still;
        self.clock.playing = self.asked.at.is_none() && !still;
        self.clock.now = match self.asked.at {
            Some(at) => at,
            None if still => FIRST_STILL,
            None => 0,
        };
    }
}

/// What the reader or the clock does.
#[derive(Clone)]
enum Do {
    /// The page is there; the reader asked for less motion or did not.
    Begin(bool),
    /// The address changed.
    Ask(Asked),
    Turn(Knobs),
    Clock(Turn),
    Open(Option<Item>),
}

impl Reducible for State {
    type Action = Do;

    fn reduce(self: Rc<Self>, action: Do) -> Rc<Self> {
        let mut state = (*self).clone();
        state.touched |= match &action {
            Do::Turn(_) => true,
            Do::Clock(turn) => turn.moves(),
            _ => false,
        };
        match action {
            Do::Begin(still) => state.begin(still),
            Do::Ask(asked) => {
                let (still, speed) = (state.clock.still, state.clock.speed);
                state = State::of(asked);
                state.clock.speed = speed;
                state.begin(still);
            }
            Do::Turn(knobs) => {
                state.asked.knobs = knobs;
                state.asked.problems.clear();
            }
            Do::Clock(turn) => {
                if !state.clock.turn(turn) {
                    return self;
                }
            }
            Do::Open(item) => state.open = item,
        }
        Rc::new(state)
    }
}

/// The instrument.
#[component]
pub fn Duo() -> Html {
    let address = use_address::<HomeQuery>(Route::Home);
    let state = use_reducer(|| State::of(asked(address.said().clone())));
    let breaks = use_state(|| false);
    let panel = use_node_ref();
    let on_screen = use_on_screen(panel.clone());

    let knobs = state.asked.knobs;
    let run = use_memo(knobs, |knobs| {
        Shared(Rc::new(Run::new(knobs.params(), &sizes())))
    });
    let run = (*run).clone();
    let now = state.clock.now;

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
        let at = state.clock.at();
        use_effect_with((state.touched, knobs, at), move |&(touched, knobs, at)| {
            if touched {
                address.rest(HomeQuery::of(&knobs, at));
            }
        });
    }
    {
        let dispatcher = state.dispatcher();
        let beat = Callback::from(move |ms| dispatcher.dispatch(Do::Clock(Turn::Beat(ms))));
        use_frames(state.clock.playing && on_screen, beat);
    }
    use_effect_with(state.open, |open| {
        if open.is_some() {
            browser::focus(reader::HEADING);
        }
    });

    let dispatcher = state.dispatcher();
    let on_turn = Callback::from(move |knobs| dispatcher.dispatch(Do::Turn(knobs)));
    let dispatcher = state.dispatcher();
    let on_open = Callback::from(move |item| dispatcher.dispatch(Do::Open(item)));
    let dispatcher = state.dispatcher();
    let on_time = Callback::from(move |turn| dispatcher.dispatch(Do::Clock(turn)));
    let step = {
        let run = run.clone();
        Callback::from(move |on| neighbour(&moments(&run.0), now, on))
    };
    let other = Knobs {
        seed: knobs.seed.wrapping_add(1),
        ..knobs
    };
    let on_other = on_turn.reform(move |_: MouseEvent| other);
    let toggle_breaks = {
        let breaks = breaks.clone();
        Callback::from(move |_| breaks.set(!*breaks))
    };
    let way = |line: Line| {
        html! { <Way run={run.clone()} {line} {now} open={state.open} on_open={on_open.clone()}/> }
    };
    let link = address::link(Route::Home, &HomeQuery::of(&knobs, state.clock.at()));
    html! {
        <section class="panel duo" aria-label="Mail and walkie-talkie, side by side" ref={panel}>
            <KnobBoard<Knobs> all={knob::Knobs(&KNOBS)} values={knobs} {on_turn}/>
            if !state.asked.problems.is_empty() {
                <div class="problems" role="status">
                    { for state.asked.problems.iter().map(|p| html! { <p>{ p }</p> }) }
                </div>
            }
            <TimeBar clock={state.clock.clone()} {step} on_turn={on_time}>
                <button type="button" class="btn" onclick={on_other}>{ "Other news" }</button>
            </TimeBar>
            <p class="sr" role="status">{ if state.clock.playing { String::new() } else { in_words(&run.0, now) } }</p>
            { way(Line::Mail) }
            { way(Line::Radio) }
            <p class="legend" aria-hidden="true">
                <span>{ "◇ something happens; the line is its wait until you have it" }</span>
                <span>{ "✉ an answer, empty if it brought nothing" }</span>
                <span>{ "● a frame" }</span>
            </p>
            <Everybody run={run.clone()} {now}/>
            if let Some(item) = state.open {
                <Reader run={run.clone()} {now} {item} {on_open}/>
            }
            if *breaks {
                <Breaks/>
            }
            <div class="foot">
                <span>{ "Bytes are those of real headers and real frames; open any of them." }</span>
                <span class="grow"></span>
                <button type="button" class="btn" onclick={toggle_breaks} aria-expanded={breaks.to_string()} aria-controls="duo-breaks">{ "Where the analogy breaks" }</button>
                <CopyButton label="Copy link" path={link}/>
            </div>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct WayProps {
    run: Shared,
    line: Line,
    now: Micros,
    open: Option<Item>,
    on_open: Callback<Option<Item>>,
}

/// One line: its name, its drawing, its numbers.
#[component]
fn Way(props: &WayProps) -> Html {
    let WayProps {
        run,
        line,
        now,
        open,
        on_open,
    } = props;
    let (mail, radio) = (run.0.mail(*now), run.0.radio(*now));
    let (name, sub, what) = match line {
        Line::Mail => ("The mail carrier", "HTTP, polling", "Open a letter"),
        Line::Radio => ("The walkie-talkie", "WebSocket", "Open a frame"),
    };
    let numbers = match line {
        Line::Mail => of_line(&mail, on_the_wire(mail.bytes, radio.bytes)),
        Line::Radio => of_line(&radio, "on the wire, with the handshake".to_owned()),
    };
    let last = {
        let (run, line, now, on_open) = (run.clone(), *line, *now, on_open.clone());
        Callback::from(move |_| on_open.emit(Some(Item::last(line, &run.0, now))))
    };
    html! {
        <div class="way">
            <div class="name">
                <h2>{ name }</h2>
                <p class="sub">{ sub }</p>
                <button type="button" class="btn" onclick={last}>{ what }</button>
            </div>
            <Scene run={run.clone()} line={*line} now={*now} open={*open} on_open={on_open.reform(Some)}/>
            { numbers }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(query: &str) -> Rc<State> {
        Rc::new(State::of(asked(address::read(query))))
    }

    #[test]
    fn the_plain_page_plays_from_the_beginning() {
        let state = state("").reduce(Do::Begin(false));
        assert_eq!((state.clock.now, state.clock.playing), (0, true));
        let state = state.reduce(Do::Clock(Turn::Beat(50.0)));
        assert_eq!(state.clock.now, 50_000);
        assert!(!state.touched, "watching changes no address");
    }

    #[test]
    fn a_link_to_a_moment_stands_still_there() {
        for still in [false, true] {
            let state = state("?at=30.5").reduce(Do::Begin(still));
            assert_eq!((state.clock.now, state.clock.playing), (30_500_000, false));
            let later = state.clone().reduce(Do::Clock(Turn::Beat(50.0)));
            assert_eq!(later.clock.now, state.clock.now);
        }
    }

    #[test]
    fn whoever_asked_for_less_motion_gets_stills() {
        let state = state("").reduce(Do::Begin(true));
        assert_eq!((state.clock.now, state.clock.playing), (FIRST_STILL, false));
        let state = state.reduce(Do::Ask(asked(address::read("?news=30"))));
        assert_eq!((state.clock.now, state.clock.playing), (FIRST_STILL, false));
    }

    #[test]
    fn turning_a_knob_clears_what_was_wrong_with_the_address() {
        let state = state("?news=lots");
        assert_eq!(state.asked.problems.len(), 1);
        let state = state.reduce(Do::Turn(Knobs::default()));
        assert!(state.asked.problems.is_empty() && state.touched);
    }

    #[test]
    fn steps_go_on_and_back_and_stay_inside() {
        let run = Run::new(Knobs::default().params(), &sizes());
        let moments = moments(&run);
        let (mut now, mut seen) = (0, vec![0]);
        loop {
            let next = neighbour(&moments, now, true);
            if next == now {
                break;
            }
            assert_eq!(neighbour(&moments, next, false), now);
            seen.push(next);
            now = next;
        }
        assert_eq!(now, DURATION);
        assert_eq!(seen, moments);
    }
}

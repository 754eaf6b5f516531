//! The instrument: what the reader chooses, both ends, and the ladder of frames between them, at one time of the model.

use std::rc::Rc;

use sim::Micros;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use wire::Role;
use yew::prelude::*;

use super::board::Board;
use super::ends::{End, Outcomes};
use super::ladder::ladder;
use super::layout::layout;
use super::record::Run;
use super::setup::{Asked, ClosingQuery, Setup, asked};
use super::words::{clock, latest};
use crate::address::{self, use_address, use_links};
use crate::browser;
use crate::controls::{Drive, Transport};
use crate::kit::sequence_diagram::layout::Layout;
use crate::motion::{use_frames, use_on_screen};
use crate::routes::Route;
use crate::ui::{CopyButton, Rfc};

/// How fast the ladder grows, in pixels per second. A long wait is short there, so it is short to watch.
const SPEED: f64 = 62.0;

/// A run and where everything stands in it, shared by the views. Two are the same if they are one.
#[derive(Clone, Debug)]
pub struct Story(Rc<(Run, Layout)>);

impl Story {
    fn of(setup: &Setup) -> Story {
        let run = Run::new(setup);
        let layout = layout(&run, setup.latency());
        Story(Rc::new((run, layout)))
    }

    /// What happened.
    pub fn run(&self) -> &Run {
        &self.0.0
    }

    /// Where it stands.
    pub fn layout(&self) -> &Layout {
        &self.0.1
    }
}

impl PartialEq for Story {
    fn eq(&self, other: &Story) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Where the reader is.
#[derive(Clone, Debug, PartialEq)]
struct State {
    setup: Setup,
    problems: Vec<String>,
    story: Story,
    /// How far down the ladder.
    y: f64,
    playing: bool,
    /// Whether the reader asked for less motion.
    still: bool,
    /// Whether the reader has changed something that a link should say.
    touched: bool,
    /// How often the reader has gone somewhere by hand: then the page follows.
    steps: u32,
}

impl State {
    fn of(asked: Asked) -> State {
        let story = Story::of(&asked.setup);
        let y = asked.at.map_or(0.0, |at| story.layout().y_of(at));
        State {
            setup: asked.setup,
            problems: asked.problems,
            story,
            y,
            playing: false,
            still: false,
            touched: false,
            steps: 0,
        }
    }

    fn now(&self) -> Micros {
        self.story.layout().time_of(self.y)
    }

    fn end(&self) -> f64 {
        self.story.layout().height
    }

    /// From the beginning, for whoever can bear the motion; else as it is in the end.
    fn restart(&mut self) {
        self.playing = !self.still;
        self.y = if self.still { self.end() } else { 0.0 };
    }

    /// To the moment before or the next one.
    fn step(&mut self, on: bool) {
        let now = self.now();
        let layout = self.story.layout();
        let here = layout.moment(now);
        let to = match (here, on) {
            (Some(i), true) => i + 1,
            // Between two moments, the one before is the last.
            (Some(i), false) if now > layout.moments[i].at => i,
            (Some(i), false) => i.saturating_sub(1),
            (None, _) => 0,
        };
        let moment = layout.moments.get(to).or(layout.moments.last());
        self.y = moment.map_or(0.0, |m| layout.y_of(m.at));
        self.playing = false;
    }
}

/// What the reader or the clock does.
#[derive(Clone)]
enum Do {
    /// The page is there; the reader asked for less motion or did not.
    Begin(bool),
    /// The address changed.
    Ask(Asked),
    Choose(Setup),
    Drive(Drive),
    /// To this time, and stand still.
    To(Micros),
    /// The clock goes on by so many milliseconds.
    Beat(f64),
}

impl Reducible for State {
    type Action = Do;

    fn reduce(self: Rc<Self>, action: Do) -> Rc<Self> {
        let mut state = (*self).clone();
        match action {
            Do::Begin(still) => {
                state.still = still;
                // Only a link to a moment stands elsewhere than at the beginning.
                if state.y == 0.0 {
                    state.restart();
                }
            }
            Do::Ask(asked) => {
                let stands = asked.at.is_some();
                state = State {
                    still: self.still,
                    steps: self.steps,
                    ..State::of(asked)
                };
                if !stands {
                    state.restart();
                }
            }
            Do::Choose(setup) => {
                state.touched = true;
                state.problems.clear();
                state.story = Story::of(&setup);
                state.setup = setup;
                state.restart();
            }
            Do::Drive(drive) => {
                state.touched = true;
                match drive {
                    Drive::Play => {
                        if state.y >= state.end() {
                            state.y = 0.0;
                        }
                        state.playing = true;
                    }
                    Drive::Pause => state.playing = false,
                    Drive::Back => state.step(false),
                    Drive::Step => state.step(true),
                    Drive::Restart => state.y = 0.0,
                    Drive::Go(y) => {
                        state.y = (y as f64).min(state.end());
                        state.playing = false;
                    }
                }
                state.steps += u32::from(matches!(drive, Drive::Back | Drive::Step));
            }
            Do::To(at) => {
                state.touched = true;
                state.playing = false;
                state.y = state.story.layout().y_of(at);
            }
            Do::Beat(ms) => {
                if !state.playing {
                    return self;
                }
                state.y = (state.y + ms / 1000.0 * SPEED).min(state.end());
                state.playing = state.y < state.end();
            }
        }
        Rc::new(state)
    }
}

/// The closing handshake, from either side and with whatever goes wrong.
#[component]
pub fn ClosingHandshake() -> Html {
    let address = use_address::<ClosingQuery>(Route::Closing);
    let state = use_reducer(|| State::of(asked(address.said().clone())));
    let panel = use_node_ref();
    // Where a link on the page leads: to the choices, which say what is about to be seen.
    let choices = use_node_ref();
    // It plays only while the ladder can be seen.
    let drawing = use_node_ref();
    let on_screen = use_on_screen(drawing.clone());
    let now = state.now();
    {
        let dispatcher = state.dispatcher();
        use_effect_with((), move |()| {
            dispatcher.dispatch(Do::Begin(browser::prefers_reduced_motion()));
        });
    }
    {
        // The reader who arrives is shown the whole page; this instrument is at its head.
        let dispatcher = state.dispatcher();
        use_links(&address, &choices, true, move |said| {
            dispatcher.dispatch(Do::Ask(asked(said.clone())));
        });
    }
    let at = (!state.playing).then_some(now);
    let part = ClosingQuery::of(&state.setup, at);
    {
        let part = part.clone();
        let changed = (state.touched, state.setup.clone(), at);
        use_effect_with(changed, move |(touched, ..)| {
            if *touched {
                address.rest(part);
            }
        });
    }
    {
        let dispatcher = state.dispatcher();
        let beat = Callback::from(move |ms| dispatcher.dispatch(Do::Beat(ms)));
        use_frames(state.playing && on_screen, beat);
    }
    {
        let panel = panel.clone();
        use_effect_with(state.steps, move |&steps| {
            if steps > 0 {
                browser::show(&panel, "[aria-current=step]");
            }
        });
    }
    let dispatcher = state.dispatcher();
    let on_choose = Callback::from(move |setup| dispatcher.dispatch(Do::Choose(setup)));
    let dispatcher = state.dispatcher();
    let on_drive = Callback::from(move |drive| dispatcher.dispatch(Do::Drive(drive)));
    let onkeydown = {
        let on_drive = on_drive.clone();
        Callback::from(move |event: KeyboardEvent| {
            let typing = event
                .target()
                .is_some_and(|t| t.dyn_ref::<HtmlInputElement>().is_some());
            if typing || event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let drive = match event.key().as_str() {
                "ArrowLeft" => Drive::Back,
                "ArrowRight" => Drive::Step,
                "Home" => Drive::Go(0),
                "End" => Drive::Go(u64::MAX),
                _ => return,
            };
            event.prevent_default();
            on_drive.emit(drive);
        })
    };
    let dispatcher = state.dispatcher();
    let on_go = Callback::from(move |at| dispatcher.dispatch(Do::To(at)));
    let (story, run) = (state.story.clone(), state.story.run());
    let end = |role: Role| html! { <End standing={run.standing(role, now).clone()} {role}/> };
    html! {
        <section class="panel cl-panel" aria-label="The closing handshake" ref={panel} {onkeydown}>
            <div class="cl-board" role="group" aria-label="What to try" tabindex="-1" ref={choices}>
                <Board setup={state.setup.clone()} {on_choose}/>
            </div>
            if !state.problems.is_empty() {
                <div class="problems" role="status">
                    { for state.problems.iter().map(|p| html! { <p>{ p }</p> }) }
                </div>
            }
            <div class="body" ref={drawing}>
                <div class="left">
                    <div class="cl-ends">{ end(Role::Client) }{ end(Role::Server) }</div>
                    { ladder(&story, state.y, &on_go).view() }
                </div>
                <div class="right">
                    <div class="cl-side">
                        <div class="cl-now">
                            <Transport playing={state.playing} still={state.still} at={state.y as u64} last={state.end() as u64}
                                clock={clock(now)} aloud={format!("{} of {}", clock(now), clock(run.last()))} {on_drive}/>
                            { explanation(run, now) }
                            <p class="keys"><kbd>{ "←" }</kbd>{ " " }<kbd>{ "→" }</kbd>{ " step" }</p>
                        </div>
                        <Outcomes story={story.clone()} {now}/>
                        { legend() }
                    </div>
                </div>
            </div>
            <div class="foot">
                <span>{ "The frames are real, and so are both ends that write them. TCP’s acknowledgements of data are left out." }</span>
                <span class="grow"></span>
                <CopyButton label="Copy link" path={address::link(Route::Closing, &part)}/>
            </div>
        </section>
    }
}

/// What the lines mean.
fn legend() -> Html {
    let swatch = |class: &'static str, words: &'static str| {
        html! {
            <li>
                <svg width="18" height="22" aria-hidden="true"><line class={class} x1="9" x2="9" y1="0" y2="22"/></svg>
                { words }
            </li>
        }
    };
    html! {
        <ul class="cl-legend">
            { swatch("cl-ws", "open") }
            { swatch("cl-ws cl-closing", "closing") }
            { swatch("cl-under", "TCP open") }
            { swatch("cl-under ends", "ending") }
            { swatch("cl-under waits", "TIME_WAIT") }
        </ul>
    }
}

/// What happens at this moment.
fn explanation(run: &Run, now: Micros) -> Html {
    let (at, told) = latest(run, now).unwrap_or_default();
    let over = run.last() <= now;
    html! {
        <section class="cl-say" aria-label="What happens" aria-live="polite">
            <p class="cap">{ format!("At {}", clock(at)) }</p>
            { for told.iter().map(|t| {
                let class = match t.role {
                    Some(Role::Client) => "from-client",
                    Some(Role::Server) => "from-server",
                    None => "both",
                };
                html! {
                    <div class={classes!("cl-told", class)}>
                        <h2>{ &t.title }</h2>
                        <p>
                            { &t.text }
                            if let Some(section) = t.section {
                                { " " }<Rfc {section} long={false}/>
                            }
                        </p>
                    </div>
                }
            }) }
            if over {
                <p class="cl-over">{ "Nothing more happens." }</p>
            }
        </section>
    }
}

#[cfg(test)]
#[path = "handshake_tests.rs"]
mod tests;

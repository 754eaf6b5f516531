//! A message cut into fragments, the frames that come of it, and an endpoint that reads them.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use wire::Role;
use wire::session::Kind;
use yew::prelude::*;

use crate::address::{self, use_address, use_links};
use crate::browser;
use crate::instruments::messages::{read_message, write_message};
use crate::routes::{CutQuery, Route};
use crate::ui::{CopyButton, Icon, counted};

mod cut_points;
mod frame_list;
mod interleaved;
mod model;
mod reassembly;
mod receiver;
mod settings;

use interleaved::Interleaved;
use model::{FragmentedMessage, MAX_BYTES, MAX_CUTS, Origin};
use settings::{Opened, PRESETS, opened, query};

/// Where the reader is.
#[derive(Clone, Debug, PartialEq)]
struct State {
    desk: FragmentedMessage,
    /// How many frames the receiver has read.
    step: usize,
    problems: Vec<String>,
    /// What stands in the text box, also when it cannot be used.
    draft: String,
    wrong: Option<String>,
    /// The gap that is open for another frame.
    open: Option<usize>,
    /// The cut that the reader touched last.
    held: Option<usize>,
    /// How often a cut has been moved: its handle is drawn anew then, and takes the focus again.
    moves: u32,
    /// Whether the reader has changed something that a link should say.
    touched: bool,
}

impl State {
    fn of(opened: Opened) -> State {
        State {
            draft: write_message(opened.desk.kind, &opened.desk.message),
            desk: opened.desk,
            step: opened.step,
            problems: opened.problems,
            wrong: None,
            open: None,
            held: None,
            moves: 0,
            touched: false,
        }
    }

    fn step_after(&mut self, origin: impl Fn(Origin) -> bool) {
        let frames = self.desk.frames();
        let place = frames.iter().position(|f| origin(f.origin));
        self.step = place.map_or(frames.len(), |place| place + 1);
    }

    fn hold(&mut self, cut: Option<usize>) {
        let Some(cut) = cut else { return };
        self.held = Some(cut);
        self.moves += 1;
        self.open = None;
        self.step_after(|origin| origin == Origin::Fragment(cut));
    }
}

/// What the reader does.
#[derive(Clone)]
enum Action {
    /// The address changed.
    UrlChanged(Opened),
    /// A preset.
    Show(Opened),
    Type(String),
    Kind(Kind),
    From(Role),
    /// Cuts before this byte.
    Cut(usize),
    CutLongest,
    /// Removes this cut.
    Join(usize),
    /// Moves this cut to this byte.
    Shift(usize, usize),
    /// Touches this cut.
    Hold(usize),
    Put(usize, Interleaved),
    /// Takes this frame away again.
    Take(usize),
    /// Turns the FIN bit of this fragment.
    Turn(usize),
    Step(usize),
    Open(Option<usize>),
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        if !matches!(
            action,
            Action::UrlChanged(_) | Action::Hold(_) | Action::Open(_)
        ) {
            state.touched = true;
            state.problems.clear();
        }
        match action {
            Action::UrlChanged(opened) => state = State::of(opened),
            Action::Show(opened) => {
                state = State {
                    touched: true,
                    ..State::of(opened)
                };
            }
            Action::Type(text) => {
                state.wrong = read_message(state.desk.kind, &text, MAX_BYTES)
                    .map(|bytes| state.desk.say(state.desk.kind, bytes))
                    .err();
                state.draft = text;
                state.step = state.step.min(state.desk.frames().len());
                if state.wrong.is_none() {
                    state.step = state.desk.frames().len();
                }
            }
            Action::Kind(kind) => {
                let message = state.desk.message.clone();
                if kind == Kind::Text && std::str::from_utf8(&message).is_err() {
                    state.wrong = Some(
                        "These bytes are not UTF-8, so they cannot be a text message. Change them, or leave them binary."
                            .to_owned(),
                    );
                } else {
                    state.draft = write_message(kind, &message);
                    state.wrong = None;
                    state.desk.say(kind, message);
                }
            }
            Action::From(role) => state.desk.from = role,
            Action::Cut(at) => {
                let cut = state.desk.cut(at);
                state.hold(cut);
            }
            Action::CutLongest => {
                let cut = state.desk.cut_longest();
                state.hold(cut);
            }
            Action::Join(cut) => {
                state.desk.join(cut);
                state.held = None;
                state.open = None;
                state.step = state.step.min(state.desk.frames().len());
            }
            Action::Shift(cut, to) => {
                let before = state.desk.cuts.clone();
                state.desk.shift(cut, to);
                if state.desk.cuts == before {
                    return self;
                }
                state.hold(Some(cut));
            }
            Action::Hold(cut) => state.held = Some(cut),
            Action::Put(gap, extra) => {
                let before = state.desk.interleaved.iter().filter(|e| e.0 <= gap).count();
                state.desk.put(gap, extra);
                state.open = None;
                state.step_after(|origin| origin == Origin::Interleaved(before, extra));
            }
            Action::Take(number) => {
                if number < state.desk.interleaved.len() {
                    state.desk.interleaved.remove(number);
                }
                state.step = state.step.min(state.desk.frames().len());
            }
            Action::Turn(fragment) => {
                state.desk.turn(fragment);
                state.step_after(|origin| origin == Origin::Fragment(fragment));
            }
            Action::Step(to) => state.step = to.min(state.desk.frames().len()),
            Action::Open(gap) => state.open = gap,
        }
        Rc::new(state)
    }
}

/// The instrument `{{message-cutter}}`.
#[component]
pub fn Fragmentation() -> Html {
    let address = use_address::<CutQuery>(Route::Messages);
    let state = use_reducer(|| State::of(opened(address.said())));
    let panel = use_node_ref();
    {
        let dispatcher = state.dispatcher();
        use_links(&address, &panel, false, move |said| {
            dispatcher.dispatch(Action::UrlChanged(opened(said)));
        });
    }
    {
        let address = address.clone();
        use_effect_with(
            (state.touched, state.desk.clone(), state.step),
            move |(touched, desk, step)| {
                if *touched {
                    address.rest(query(desk, *step));
                }
            },
        );
    }
    use_effect_with((state.moves, state.held), |&(moves, held)| {
        if let (1.., Some(cut)) = (moves, held) {
            browser::focus(&cut_points::handle_id(cut));
        }
    });
    let act = {
        let dispatcher = state.dispatcher();
        Callback::from(move |action: Action| dispatcher.dispatch(action))
    };
    let frames = use_memo(state.desk.clone(), FragmentedMessage::frames);
    let stages = use_memo(state.desk.clone(), |desk| {
        reassembly::run(desk.from, &desk.frames())
    });
    let show = {
        let (act, address) = (act.clone(), address.clone());
        move |number: usize| {
            let (act, address) = (act.clone(), address.clone());
            Callback::from(move |_: MouseEvent| {
                let opened = PRESETS[number].opened();
                address.push(query(&opened.desk, opened.step));
                act.emit(Action::Show(opened));
            })
        }
    };
    let chips = PRESETS.iter().enumerate().map(|(number, preset)| {
        let pressed = preset.opened().desk == state.desk;
        html! {
            <button type="button" class={classes!("chip", preset.broken.then_some("broken"))} onclick={show(number)} aria-pressed={pressed.to_string()}>{ preset.label }</button>
        }
    });
    let link = address::link(Route::Messages, &query(&state.desk, state.step));
    html! {
        <section class="panel ms-cutter" aria-label="Message cutter" tabindex="-1" ref={panel}>
            <div class="bar"><div class="chips" role="group" aria-label="Messages to begin with">{ for chips }</div></div>
            if !state.problems.is_empty() {
                <div class="problems" role="status">{ for state.problems.iter().map(|p| html! { <p>{ p }</p> }) }</div>
            }
            { message_box(&state, &act) }
            <cut_points::CutPoints desk={state.desk.clone()} held={state.held} on_do={act.clone()}/>
            <div class="body">
                <div class="left">
                    <h2 class="cap">{ "On the wire" }</h2>
                    { frame_list::list(&state, &frames, &stages, &act) }
                </div>
                <div class="right ms-now">{ receiver::view(&state, &frames, &stages, &act) }</div>
            </div>
            <div class="foot">
                { costs(&state.desk, &frames) }
                <span class="grow"></span>
                <CopyButton label="Copy link" path={link}/>
            </div>
        </section>
    }
}

fn message_box(state: &State, act: &Callback<Action>) -> Html {
    let oninput = {
        let act = act.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                act.emit(Action::Type(input.value()));
            }
        })
    };
    let choice = |chosen: bool, action: Action, name: &'static str| {
        let onclick = act.reform(move |_: MouseEvent| action.clone());
        html! { <button type="button" {onclick} aria-pressed={chosen.to_string()}>{ name }</button> }
    };
    let desk = &state.desk;
    let label = match desk.kind {
        Kind::Text => "The message",
        Kind::Binary => "The message, in hexadecimal",
    };
    let full = desk.cuts.len() >= MAX_CUTS || desk.fragments().iter().all(|f| f.len() < 2);
    let remove = state.held.filter(|held| *held < desk.cuts.len());
    html! {
        <div class="ms-top">
            <div class="field ms-text">
                <label for="ms-text">{ label }</label>
                <input id="ms-text" class="input mono" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={state.draft.clone()} {oninput} aria-invalid={state.wrong.is_some().then_some("true")} aria-describedby="ms-wrong"/>
            </div>
            <div class="switch" role="group" aria-label="Kind of message">
                { choice(desk.kind == Kind::Text, Action::Kind(Kind::Text), "Text") }
                { choice(desk.kind == Kind::Binary, Action::Kind(Kind::Binary), "Binary") }
            </div>
            <div class="switch" role="group" aria-label="Sender">
                <span>{ "from" }</span>
                { choice(desk.from == Role::Client, Action::From(Role::Client), "Client") }
                { choice(desk.from == Role::Server, Action::From(Role::Server), "Server") }
            </div>
            <div class="ms-cuts">
                <button type="button" id="ms-add" class="btn" onclick={act.reform(|_: MouseEvent| Action::CutLongest)} disabled={full}>{ "Add a cut" }</button>
                if let Some(cut) = remove {
                    <button type="button" class="btn" onclick={act.reform(move |_: MouseEvent| Action::Join(cut))}>{ format!("Remove cut {}", cut + 1) }</button>
                }
            </div>
            <div class="ms-wrong" id="ms-wrong" aria-live="polite">
                if let Some(wrong) = &state.wrong {
                    <p class="error">{ Icon::Warn.view() }{ format!(" {wrong}") }</p>
                }
            </div>
        </div>
    }
}

fn costs(desk: &FragmentedMessage, frames: &[model::SentFrame]) -> Html {
    let cost = desk.cost(frames);
    let spent = cost.headers + cost.keys;
    let parts = desk.cuts.len() + 1;
    let of = if cost.keys > 0 {
        format!(", {} of them masking keys", cost.keys)
    } else {
        String::new()
    };
    let one = if parts > 1 {
        format!(" In one frame: {}.", cost.whole)
    } else {
        String::new()
    };
    let others = if cost.interleaved > 0 {
        format!(
            " Other frames: {}.",
            counted(cost.interleaved as u64, "byte", "bytes")
        )
    } else {
        String::new()
    };
    html! {
        <span>{ format!("Message {} · {} of header in {}{of}.{one}{others}",
            counted(cost.payload as u64, "byte", "bytes"),
            counted(spent as u64, "byte", "bytes"),
            counted(parts as u64, "frame", "frames")) }</span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Rc<State> {
        Rc::new(State::of(opened(&address::read(""))))
    }

    #[test]
    fn the_receiver_stands_where_something_has_changed() {
        let state = state().reduce(Action::Put(1, Interleaved::Ping));
        assert_eq!((state.step, state.touched), (2, true));
        let state = state.reduce(Action::Put(1, Interleaved::Pong));
        assert_eq!(state.step, 3);
        let state = state.reduce(Action::Shift(1, 8));
        assert_eq!((state.step, state.held), (4, Some(1)));
        let state = state.reduce(Action::Turn(0));
        assert_eq!(state.step, 1);
        let state = state.reduce(Action::Cut(2));
        assert_eq!((state.step, &state.desk.cuts[..]), (1, &[2, 4, 8][..]));
        let state = state.reduce(Action::Step(99));
        assert_eq!(state.step, 6);
        let state = state.reduce(Action::Take(0)).reduce(Action::Take(9));
        assert_eq!(state.step, 5);
    }

    #[test]
    fn what_was_typed_stays_also_where_it_cannot_be_used() {
        let long = "é".repeat(49);
        let state = state().reduce(Action::Type(long.clone()));
        assert_eq!(state.draft, long);
        assert!(state.wrong.as_ref().unwrap().contains("98 bytes"));
        assert_eq!(state.desk.message, "Café: 3 €".as_bytes());
        let state = state
            .reduce(Action::Type("ab".into()))
            .reduce(Action::Kind(Kind::Binary));
        assert_eq!((state.draft.as_str(), &state.wrong), ("61 62", &None));
        let state = state.reduce(Action::Type("ff f".into()));
        assert!(state.wrong.is_some() && state.draft == "ff f" && state.desk.message == b"ab");
        let state = state
            .reduce(Action::Type("ff".into()))
            .reduce(Action::Kind(Kind::Text));
        assert!(state.wrong.as_ref().unwrap().contains("not UTF-8"));
        assert_eq!(state.desk.kind, Kind::Binary);
    }

    #[test]
    fn looking_changes_no_address() {
        let state = state()
            .reduce(Action::Open(Some(1)))
            .reduce(Action::Hold(0));
        assert!(!state.touched);
        assert!(Rc::ptr_eq(
            &state.clone().reduce(Action::Shift(0, 4)),
            &state
        ));
    }
}

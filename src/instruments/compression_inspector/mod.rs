//! permessage-deflate from the inside: what became of each letter, what is sent, and what it costs.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use wire::Role;
use wire::session::Kind;
use yew::prelude::*;

use crate::address::{self, use_address, use_links};
use crate::instruments::messages::{read_message, write_message};
use crate::routes::{InsideQuery, Route};
use crate::ui::{CopyButton, Icon, grouped};

mod costs;
mod drawing;
mod model;
mod settings;

use model::{CompressedMessage, Desk, LEAST_BITS, MAX_BYTES, MAX_MESSAGES, MOST_BITS, runs};
use settings::{CONNECTIONS, Opened, PRESETS, opened, query};

/// A back-reference: the number of its message, and of its run there.
type ReferenceId = (usize, usize);

#[derive(Clone, Debug, PartialEq)]
struct State {
    desk: Desk,
    problems: Vec<String>,
    /// What stands in the boxes, also when it cannot be used.
    drafts: Vec<String>,
    wrong: Vec<Option<String>>,
    /// What the reader points at; until then, the page chooses.
    pick: Option<ReferenceId>,
    touched: bool,
}

impl State {
    fn of(opened: Opened) -> State {
        let mut state = State {
            desk: opened.desk,
            problems: opened.problems,
            drafts: Vec::new(),
            wrong: Vec::new(),
            pick: None,
            touched: false,
        };
        state.redraft();
        state
    }

    fn redraft(&mut self) {
        let desk = &self.desk;
        self.drafts = desk
            .messages
            .iter()
            .map(|m| write_message(desk.kind, m))
            .collect();
        self.wrong = vec![None; self.drafts.len()];
    }
}

#[derive(Clone)]
enum Action {
    UrlChanged(Opened),
    Show(Opened),
    Type(usize, String),
    Kind(Kind),
    Sender(Role),
    More,
    Fewer,
    Takeover(Role, bool),
    Bits(Role, u8),
    Connections(u32),
    ReferenceId(ReferenceId),
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        if let Action::ReferenceId(pick) = action {
            if self.pick == Some(pick) {
                return self;
            }
            return Rc::new(State {
                pick: Some(pick),
                ..(*self).clone()
            });
        }
        let mut state = (*self).clone();
        state.touched = true;
        state.problems.clear();
        state.pick = None;
        match action {
            Action::UrlChanged(opened) => state = State::of(opened),
            Action::Show(opened) => {
                let (params, sender, connections) =
                    (state.desk.params, state.desk.sender, state.desk.connections);
                state = State {
                    touched: true,
                    ..State::of(opened)
                };
                // A preset is about messages; what was agreed on stays.
                state.desk.params = params;
                state.desk.sender = sender;
                state.desk.connections = connections;
            }
            Action::Type(number, text) => {
                let message = read_message(state.desk.kind, &text, MAX_BYTES);
                if let (Some(place), Ok(message)) = (state.desk.messages.get_mut(number), &message)
                {
                    *place = message.clone();
                }
                if let Some(wrong) = state.wrong.get_mut(number) {
                    *wrong = message.err();
                }
                if let Some(draft) = state.drafts.get_mut(number) {
                    *draft = text;
                }
            }
            Action::Kind(kind) => {
                let text = |m: &Vec<u8>| std::str::from_utf8(m).is_ok();
                if kind == Kind::Binary || state.desk.messages.iter().all(text) {
                    state.desk.kind = kind;
                    state.redraft();
                } else {
                    for (wrong, message) in state.wrong.iter_mut().zip(&state.desk.messages) {
                        *wrong = (!text(message)).then(|| {
                            "These bytes are not UTF-8, so they cannot be text.".to_owned()
                        });
                    }
                }
            }
            Action::Sender(role) => state.desk.sender = role,
            Action::More => {
                if state.desk.messages.len() < MAX_MESSAGES {
                    let last = state.desk.messages.last().cloned().unwrap_or_default();
                    state.drafts.push(write_message(state.desk.kind, &last));
                    state.wrong.push(None);
                    state.desk.messages.push(last);
                }
            }
            Action::Fewer => {
                if state.desk.messages.len() > 1 {
                    state.desk.messages.pop();
                    state.drafts.pop();
                    state.wrong.pop();
                }
            }
            Action::Takeover(Role::Client, keeps) => {
                state.desk.params.client_no_context_takeover = !keeps
            }
            Action::Takeover(Role::Server, keeps) => {
                state.desk.params.server_no_context_takeover = !keeps
            }
            Action::Bits(Role::Client, bits) => {
                state.desk.params.client_max_window_bits = bits.clamp(LEAST_BITS, MOST_BITS);
            }
            Action::Bits(Role::Server, bits) => {
                state.desk.params.server_max_window_bits = bits.clamp(LEAST_BITS, MOST_BITS);
            }
            Action::Connections(number) => state.desk.connections = number,
            Action::ReferenceId(_) => {}
        }
        Rc::new(state)
    }
}

/// The back-reference to begin with: the longest that reaches into an earlier message, else the longest of all.
fn first_pick(desk: &Desk, compressed: &[CompressedMessage]) -> Option<ReferenceId> {
    let all = compressed.iter().enumerate().flat_map(|(m, p)| {
        let before = desk.before(m);
        runs(&p.inside)
            .into_iter()
            .enumerate()
            .filter(|(_, run)| run.copy)
            .map(move |(r, run)| {
                let reaches = p
                    .source(run.tokens.start, before)
                    .is_some_and(|s| s.start < before);
                ((reaches, run.out.len()), (m, r))
            })
    });
    all.max_by_key(|(rank, _)| *rank).map(|(_, pick)| pick)
}

/// The instrument `{{deflate-inside}}`.
#[component]
pub fn CompressionInspector() -> Html {
    let address = use_address::<InsideQuery>(Route::Messages);
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
            (state.touched, state.desk.clone()),
            move |(touched, desk)| {
                if *touched {
                    address.rest(query(desk));
                }
            },
        );
    }
    let act = {
        let dispatcher = state.dispatcher();
        Callback::from(move |action: Action| dispatcher.dispatch(action))
    };
    let desk = &state.desk;
    let compressed = use_memo(desk.clone(), Desk::pack);
    let pick = state.pick.or_else(|| first_pick(desk, &compressed));
    let same = |preset: &settings::Preset| {
        let other = preset.opened().desk;
        other.kind == desk.kind && other.messages == desk.messages
    };
    let note = PRESETS.iter().find(|p| same(p)).map(|p| p.note);
    let chips = PRESETS.iter().enumerate().map(|(number, preset)| {
        let onclick = act.reform(move |_: MouseEvent| Action::Show(PRESETS[number].opened()));
        html! {
            <button type="button" class="chip" {onclick} aria-pressed={same(preset).to_string()}>{ preset.label }</button>
        }
    });
    let link = address::link(Route::Messages, &query(desk));
    html! {
        <section class="panel df" aria-label="Compression from the inside" tabindex="-1" ref={panel}>
            <div class="bar"><div class="chips" role="group" aria-label="Messages to compress">{ for chips }</div></div>
            if !state.problems.is_empty() {
                <div class="problems" role="status">{ for state.problems.iter().map(|p| html! { <p>{ p }</p> }) }</div>
            }
            <p class="df-note" aria-live="polite">{ note.unwrap_or("Messages of your own. Point at what is underlined to see where it was copied from.") }</p>
            { boxes(&state, &act) }
            { agreement(desk, &act) }
            <div class="body">
                <div class="left">
                    <drawing::Drawing desk={desk.clone()} compressed={compressed.clone()} {pick} on_pick={act.reform(Action::ReferenceId)}/>
                </div>
                <div class="right">
                    { drawing::explanation(desk, &compressed, pick) }
                    { costs::numbers(desk, &compressed) }
                    { costs::memory(desk, &act) }
                </div>
            </div>
            <div class="foot">
                <span>{ "Compressed here by zlib’s algorithm, level 6, as a server would." }</span>
                <span class="grow"></span>
                <CopyButton label="Copy link" path={link}/>
            </div>
        </section>
    }
}

fn choice(act: &Callback<Action>, chosen: bool, action: Action, name: &'static str) -> Html {
    let onclick = act.reform(move |_: MouseEvent| action.clone());
    html! { <button type="button" {onclick} aria-pressed={chosen.to_string()}>{ name }</button> }
}

fn boxes(state: &State, act: &Callback<Action>) -> Html {
    const NAMES: [&str; MAX_MESSAGES] = ["First message", "Second message", "Third message"];
    let desk = &state.desk;
    let fields = NAMES.into_iter().zip(&state.drafts).enumerate().map(|(number, (name, draft))| {
        let oninput = {
            let act = act.clone();
            Callback::from(move |event: InputEvent| {
                if let Some(field) = event.target_dyn_into::<HtmlTextAreaElement>() {
                    act.emit(Action::Type(number, field.value()));
                }
            })
        };
        let wrong = state.wrong.get(number).cloned().flatten();
        let id = format!("df-message-{number}");
        html! {
            <div class="field">
                <label for={id.clone()}>{ name }</label>
                <textarea id={id.clone()} class="input" rows="2" spellcheck="false" autocomplete="off" autocapitalize="off" value={draft.clone()} {oninput}
                    aria-invalid={wrong.is_some().then_some("true")} aria-describedby={format!("{id}-wrong")}/>
                <div id={format!("{id}-wrong")} aria-live="polite">
                    if let Some(wrong) = wrong { <p class="error">{ Icon::Warn.view() }{ format!(" {wrong}") }</p> }
                </div>
            </div>
        }
    });
    html! {
        <div class="df-top">
            <div class="df-boxes">{ for fields }</div>
            <div class="df-row">
                <div class="switch" role="group" aria-label="Kind of messages">
                    { choice(act, desk.kind == Kind::Text, Action::Kind(Kind::Text), "Text") }
                    { choice(act, desk.kind == Kind::Binary, Action::Kind(Kind::Binary), "Binary") }
                </div>
                <div class="switch" role="group" aria-label="Sender of the messages">
                    <span>{ "from" }</span>
                    { choice(act, desk.sender == Role::Client, Action::Sender(Role::Client), "Client") }
                    { choice(act, desk.sender == Role::Server, Action::Sender(Role::Server), "Server") }
                </div>
                if desk.messages.len() < MAX_MESSAGES {
                    <button type="button" class="btn" onclick={act.reform(|_: MouseEvent| Action::More)}>{ "One message more" }</button>
                }
                if desk.messages.len() > 1 {
                    <button type="button" class="btn" onclick={act.reform(|_: MouseEvent| Action::Fewer)}>{ "One less" }</button>
                }
            </div>
        </div>
    }
}

/// What the handshake agreed on, one row for each direction.
fn agreement(desk: &Desk, act: &Callback<Action>) -> Html {
    let row = |role: Role| {
        let (name, class) = match role {
            Role::Client => ("Client → server", "from-client"),
            Role::Server => ("Server → client", "from-server"),
        };
        let keeps = desk.params.context_takeover(role);
        let bits = desk.params.window_bits(role);
        let oninput = {
            let act = act.clone();
            Callback::from(move |event: InputEvent| {
                let input = event.target_dyn_into::<HtmlInputElement>();
                if let Some(bits) = input.and_then(|i| i.value().parse().ok()) {
                    act.emit(Action::Bits(role, bits));
                }
            })
        };
        let id = format!("df-bits-{role}");
        html! {
            <div class={classes!("df-way", class)} role="group" aria-label={name}>
                <b>{ name }{ (desk.sender == role).then(|| html! { <small>{ "these messages" }</small> }) }</b>
                <div class="switch" role="group" aria-label={format!("{name}: after a message")}>
                    { choice(act, keeps, Action::Takeover(role, true), "Keeps its context") }
                    { choice(act, !keeps, Action::Takeover(role, false), "Starts afresh") }
                </div>
                <label for={id.clone()}>{ "Window" }</label>
                <input type="range" {id} min={LEAST_BITS.to_string()} max={MOST_BITS.to_string()} value={bits.to_string()} {oninput}
                    aria-valuetext={format!("2 to the power of {bits}: {} bytes", 1u32 << bits)}/>
                <output class="mono">{ "2" }<sup>{ bits }</sup>{ format!(" = {} bytes", grouped(1 << bits)) }</output>
            </div>
        }
    };
    let small = [Role::Client, Role::Server]
        .into_iter()
        .map(|role| desk.params.window_bits(role))
        .min()
        .filter(|bits| *bits <= 9);
    html! {
        <div class="df-agreed">
            { row(Role::Client) }
            { row(Role::Server) }
            <p class="df-header"><code>{ format!("Sec-WebSocket-Extensions: {}", desk.params) }</code></p>
            if let Some(bits) = small {
                <p class="df-trap">
                    { if bits == 8 {
                        "zlib cannot compress raw deflate with a window of 256 bytes. Whoever agreed on 8 lets it work with 9: it leaves 262 bytes of that window unused, so it reaches back 250 bytes at most, and the other end’s 256 are enough."
                    } else {
                        "With a window of 512 bytes zlib reaches back 250 at most: it keeps 262 for looking ahead."
                    } }
                </p>
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Rc<State> {
        Rc::new(State::of(opened(&address::read(""))))
    }

    #[test]
    fn the_page_begins_with_a_reference_into_the_first_message() {
        let desk = Desk::default();
        let compressed = desk.pack();
        let (message, run) = first_pick(&desk, &compressed).unwrap();
        assert_eq!(message, 1);
        let runs = runs(&compressed[1].inside);
        let source = compressed[1]
            .source(runs[run].tokens.start, desk.before(1))
            .unwrap();
        assert!(source.start < desk.before(1));
        assert_eq!(
            first_pick(
                &Desk {
                    messages: vec![b"ab".to_vec()],
                    ..desk.clone()
                },
                &[]
            ),
            None
        );
    }

    #[test]
    fn what_was_typed_stays_also_where_it_cannot_be_used() {
        let long = "x".repeat(601);
        let state = state().reduce(Action::Type(0, long.clone()));
        assert_eq!(state.drafts[0], long);
        assert!(state.wrong[0].is_some());
        assert_eq!(state.desk, Desk::default());
        let state = state
            .reduce(Action::Type(0, "é".into()))
            .reduce(Action::Kind(Kind::Binary));
        assert_eq!(
            (state.drafts[0].as_str(), &state.wrong[0]),
            ("c3 a9", &None)
        );
        let state = state
            .reduce(Action::Type(0, "ff".into()))
            .reduce(Action::Kind(Kind::Text));
        assert!(state.wrong[0].is_some() && state.wrong[1].is_none());
        assert_eq!(state.desk.kind, Kind::Binary);
        let state = state.reduce(Action::Type(7, "ff".into()));
        assert_eq!(state.desk.messages.len(), 2);
    }

    #[test]
    fn presets_leave_what_was_agreed_on() {
        let state = state()
            .reduce(Action::Takeover(Role::Server, false))
            .reduce(Action::Bits(Role::Client, 99))
            .reduce(Action::Bits(Role::Server, 10))
            .reduce(Action::Show(PRESETS[2].opened()));
        assert_eq!(
            state.desk.params.to_string(),
            "permessage-deflate; server_no_context_takeover; server_max_window_bits=10"
        );
        assert_eq!(state.desk.messages, [b"Hello", b"Hello"]);
        let state = state
            .reduce(Action::More)
            .reduce(Action::More)
            .reduce(Action::Fewer);
        assert_eq!(state.desk.messages.len(), 2);
        let state = state.reduce(Action::Fewer).reduce(Action::Fewer);
        assert_eq!(state.desk.messages.len(), 1);
        let picked = state.clone().reduce(Action::ReferenceId((0, 0)));
        assert!(
            picked.pick.is_some()
                && Rc::ptr_eq(&picked.clone().reduce(Action::ReferenceId((0, 0))), &picked)
        );
    }
}

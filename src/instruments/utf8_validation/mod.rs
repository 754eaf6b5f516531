//! Text checked byte by byte, as it arrives.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::address::{self, use_address, use_links, use_spoken_of};
use crate::instruments::messages::{Stepper, hex_or_nothing};
use crate::routes::{CutQuery, GateQuery, Route};
use crate::ui::{CopyButton, Icon, Rfc, counted, hex_spaced};

mod model;
mod next_byte_table;
mod settings;

use model::{Carrier, Desk, MAX_BYTES, ValidationState};
use settings::{Opened, PRESETS, opened, query};

#[derive(Clone, Debug, PartialEq)]
struct State {
    desk: Desk,
    step: usize,
    problems: Vec<String>,
    /// What stands in the two boxes, also when it cannot be used.
    text: String,
    hex: String,
    wrong: Option<String>,
    touched: bool,
}

impl State {
    fn of(opened: Opened) -> State {
        let bytes = &opened.desk.bytes;
        State {
            text: String::from_utf8_lossy(bytes).into_owned(),
            hex: hex_spaced(bytes),
            desk: opened.desk,
            step: opened.step,
            problems: opened.problems,
            wrong: None,
            touched: false,
        }
    }

    fn take(&mut self, bytes: Vec<u8>) -> bool {
        if bytes.len() > MAX_BYTES {
            self.wrong = Some(format!(
                "That is {} bytes, and the gate takes {MAX_BYTES}. Below are the bytes as they were before.",
                bytes.len()
            ));
            return false;
        }
        self.wrong = None;
        self.desk.bytes = bytes;
        self.step = self.desk.read().len() - 1;
        true
    }
}

#[derive(Clone)]
enum Action {
    UrlChanged(Opened),
    Show(usize),
    Text(String),
    Hex(String),
    Carrier(Carrier),
    Step(usize),
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut state = (*self).clone();
        state.touched = true;
        state.problems.clear();
        match action {
            Action::UrlChanged(opened) => state = State::of(opened),
            Action::Show(number) => {
                let desk = Desk {
                    bytes: PRESETS.get(number).map_or(Vec::new(), |p| p.bytes.to_vec()),
                    carried: state.desk.carried,
                };
                // Before the first byte: the reader says what will happen, then steps.
                state = State {
                    touched: true,
                    ..State::of(Opened {
                        desk,
                        step: 0,
                        problems: Vec::new(),
                    })
                };
            }
            Action::Text(text) => {
                if state.take(text.clone().into_bytes()) {
                    state.hex = hex_spaced(&state.desk.bytes);
                }
                state.text = text;
            }
            Action::Hex(text) => {
                match hex_or_nothing(&text) {
                    Ok(bytes) => {
                        if state.take(bytes) {
                            state.text = String::from_utf8_lossy(&state.desk.bytes).into_owned();
                        }
                    }
                    Err(why) => state.wrong = Some(why),
                }
                state.hex = text;
            }
            Action::Carrier(carried) => {
                state.desk.carried = carried;
                state.step = state.step.min(state.desk.read().len() - 1);
            }
            Action::Step(to) => state.step = to.min(state.desk.read().len() - 1),
        }
        Rc::new(state)
    }
}

/// The instrument `{{utf8-gate}}`.
#[component]
pub fn Utf8Validation() -> Html {
    let address = use_address::<GateQuery>(Route::Messages);
    let state = use_reducer(|| State::of(opened(address.said())));
    let panel = use_node_ref();
    let above = use_spoken_of::<CutQuery>(Route::Messages);
    {
        let dispatcher = state.dispatcher();
        use_links(&address, &panel, above, move |said| {
            dispatcher.dispatch(Action::UrlChanged(opened(said)));
        });
    }
    {
        let key = (state.touched, state.desk.clone(), state.step);
        use_effect_with(key, move |(touched, desk, step)| {
            if *touched {
                address.rest(query(desk, *step));
            }
        });
    }
    let act = {
        let dispatcher = state.dispatcher();
        Callback::from(move |action: Action| dispatcher.dispatch(action))
    };
    let stages = use_memo(state.desk.clone(), Desk::read);
    let step = state.step.min(stages.len().saturating_sub(1));
    let chips = PRESETS.iter().enumerate().map(|(number, preset)| {
        let pressed = state.desk.bytes == preset.bytes;
        html! {
            <button type="button" class={classes!("chip", preset.broken.then_some("broken"))} onclick={act.reform(move |_: MouseEvent| Action::Show(number))}
                aria-pressed={pressed.to_string()}>{ preset.label }</button>
        }
    });
    let link = address::link(Route::Messages, &query(&state.desk, step));
    html! {
        <section class="panel ug" aria-label="UTF-8 gate" tabindex="-1" ref={panel}>
            <div class="bar"><div class="chips" role="group" aria-label="Bytes to begin with">{ for chips }</div></div>
            if !state.problems.is_empty() {
                <div class="problems" role="status">{ for state.problems.iter().map(|p| html! { <p>{ p }</p> }) }</div>
            }
            { boxes(&state, &act) }
            <div class="body">
                <div class="left">
                    { bytes(&state.desk, step, &stages, &act) }
                    { STEPPER.view(step, stages.len().saturating_sub(1), &act.reform(Action::Step)) }
                    <section class="ug-say" aria-label="What this byte says" aria-live="polite">
                        <h3>{ if step == 0 { "Before the first byte".to_owned() } else { format!("Byte {step} of {}", state.desk.bytes.len()) } }</h3>
                        <p>{ state.desk.explain(step, &stages) }</p>
                    </section>
                    { verdict(&state.desk, step, &stages) }
                </div>
                <div class="right">{ next_byte_table::view(&state.desk, step, &stages) }</div>
            </div>
            <div class="foot">
                <span>{ "The frame comes from a server, unmasked, and a client reads it byte by byte." }</span>
                <span class="grow"></span>
                <CopyButton label="Copy link" path={link}/>
            </div>
        </section>
    }
}

fn boxes(state: &State, act: &Callback<Action>) -> Html {
    let typed = |of: fn(String) -> Action| {
        let act = act.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                act.emit(of(input.value()));
            }
        })
    };
    let bad = state.wrong.is_some().then_some("true");
    html! {
        <div class="ms-top ug-top">
            <div class="field ug-text">
                <label for="ug-text">{ "Text" }</label>
                <input id="ug-text" class="input" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={state.text.clone()} oninput={typed(Action::Text)} aria-describedby="ug-wrong"/>
            </div>
            <div class="field ug-hex">
                <label for="ug-hex">{ "Its bytes, in hexadecimal" }</label>
                <input id="ug-hex" class="input mono" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={state.hex.clone()} oninput={typed(Action::Hex)} aria-invalid={bad} aria-describedby="ug-wrong"/>
            </div>
            <div class="switch" role="group" aria-label="What carries the bytes">
                { for Carrier::ALL.into_iter().map(|carried| html! {
                    <button type="button" onclick={act.reform(move |_: MouseEvent| Action::Carrier(carried))} aria-pressed={(state.desk.carried == carried).to_string()}>{ carried.label() }</button>
                }) }
            </div>
            <div class="ms-wrong" id="ug-wrong" aria-live="polite">
                if let Some(wrong) = &state.wrong {
                    <p class="error">{ Icon::Warn.view() }{ format!(" {wrong}") }</p>
                }
            </div>
        </div>
    }
}

/// How many of a byte's eight bits say what kind of byte it is. `None` where no byte of UTF-8 begins like that.
fn marker(byte: u8) -> Option<usize> {
    match byte.leading_ones() {
        0 => Some(1),
        ones @ 1..=4 => Some(ones as usize + 1),
        _ => None,
    }
}

fn bytes(desk: &Desk, step: usize, stages: &[ValidationState], act: &Callback<Action>) -> Html {
    let last = stages.len().saturating_sub(1);
    let text = desk.carried == Carrier::Text;
    let ends = if text {
        desk.characters(step)
    } else {
        Vec::new()
    };
    let failed = stages.get(step).is_some_and(|s| s.failed.is_some());
    let over = step >= last;
    let cells = desk.bytes.iter().enumerate().map(|(at, byte)| {
        let to = at + 1;
        let never = over && at >= last;
        let class = classes!(
            "ug-byte",
            if at < step { "past" } else { "todo" },
            (to == step).then_some("here"),
            (to == step && failed).then_some("bad"),
            never.then_some("never"),
        );
        let bits = format!("{byte:08b}");
        let (kind, value) = bits.split_at(marker(*byte).filter(|_| text).unwrap_or(0));
        let done = ends.iter().find(|(end, _)| *end == to);
        let click = act.reform(move |_: MouseEvent| Action::Step(to));
        html! {
            <li>
                <button type="button" {class} onclick={click} aria-current={(to == step).then_some("step")} disabled={never}
                    aria-label={format!("Byte {to}: {byte:02x}{}", if never { ", never read" } else { "" })}>
                    <b>{ format!("{byte:02x}") }</b>
                    <span><i>{ kind }</i>{ value }</span>
                </button>
                <small>
                    if let Some((_, c)) = done {
                        { if c.is_control() { format!("U+{:04X}", u32::from(*c)) } else { format!("{c} U+{:04X}", u32::from(*c)) } }
                    }
                </small>
            </li>
        }
    });
    html! {
        <>
            <ol class="ug-bytes" aria-label="The bytes">{ for cells }</ol>
            if text && !desk.bytes.is_empty() {
                <p class="ug-hint">{ "The bold bits say what kind of byte it is; the others make up the character." }</p>
            }
        </>
    }
}

const STEPPER: Stepper = Stepper {
    group: "Step through the text",
    previous: "Previous byte",
    next: "Next byte",
    slider: "Bytes read",
};

fn verdict(desk: &Desk, step: usize, stages: &[ValidationState]) -> Html {
    let all = desk.bytes.len();
    let Some(now) = stages.get(step) else {
        return Html::default();
    };
    let inner = match (&now.failed, now.done) {
        (Some(violation), _) => {
            let rule = violation.rule;
            html! {
                <div class="verdict bad">
                    <p>{ Icon::Warn.view() }<b>{ format!(" The client fails the connection with {}, {}. ", rule.close_code(), rule.close_code().name()) }</b><Rfc section={rule.section()} long={false}/></p>
                    <p>{ "It sends " }<code>{ hex_spaced(now.answer.get(..now.answer.len().min(8)).unwrap_or_default()) }{ " …" }</code>{ ": a close frame with that code, masked." }</p>
                </div>
            }
        }
        (None, true) => {
            html! { <div class="verdict"><p>{ Icon::Check.view() }<b>{ " Accepted." }</b></p></div> }
        }
        _ => {
            html! { <div class="verdict open"><p>{ "Nothing wrong so far. " }{ counted((all - step.min(all)) as u64, "byte", "bytes") }{ " to come." }</p></div> }
        }
    };
    let fast = stages.len().saturating_sub(1);
    let compare = desk.carried == Carrier::Text && now.failed.is_some();
    html! {
        <>
            <section class="ug-verdict" aria-label="The gate’s verdict" aria-live="polite">{ inner }</section>
            if compare {
                <dl class="ug-two">
                    <dt>{ "Checked as it comes" }</dt>
                    <dd><span class="ug-bar"><i style={format!("width: {:.1}%", share(fast, all))}></i></span><b>{ format!("{fast} of {all}") }</b></dd>
                    <dt>{ "Checked at the end" }</dt>
                    <dd><span class="ug-bar"><i style="width: 100%"></i></span><b>{ format!("{all} of {all}") }</b></dd>
                </dl>
                <p class="ug-note">{ "Bytes taken in before the same 1007. The RFC asks that the connection fails, and leaves open when. Early saves the reading, and the memory, for a message that is lost anyhow." }</p>
            }
        </>
    }
}

fn share(part: usize, of: usize) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> Rc<State> {
        Rc::new(State::of(opened(&address::read(""))))
    }

    #[test]
    fn both_boxes_say_the_same_and_keep_what_was_typed() {
        let state = state().reduce(Action::Text("é!".into()));
        assert_eq!((state.hex.as_str(), state.step), ("c3 a9 21", 3));
        let state = state.reduce(Action::Hex("c3 2".into()));
        assert!(
            state.wrong.is_some() && state.hex == "c3 2" && state.desk.bytes == "é!".as_bytes()
        );
        let state = state.reduce(Action::Hex("c3 28 41".into()));
        assert_eq!((state.text.as_str(), state.step), ("\u{fffd}(A", 2));
        let long = "x".repeat(65);
        let state = state.reduce(Action::Text(long.clone()));
        assert!(state.wrong.as_ref().unwrap().contains("65 bytes") && state.text == long);
        let state = state.reduce(Action::Hex(String::new()));
        assert_eq!((state.desk.bytes.len(), state.step), (0, 0));
    }

    #[test]
    fn steps_end_where_reading_ends() {
        let state = state().reduce(Action::Step(99));
        assert_eq!(state.step, 2);
        let state = state
            .reduce(Action::Carrier(Carrier::Binary))
            .reduce(Action::Step(99));
        assert_eq!(state.step, 4);
        let state = state.reduce(Action::Carrier(Carrier::Text));
        assert_eq!(state.step, 2);
        let state = state.reduce(Action::Show(6));
        assert_eq!((state.step, state.desk.bytes.len()), (0, 32));
    }

    #[test]
    fn the_bits_that_say_what_a_byte_is() {
        for (byte, bits) in [
            (0x41, Some(1)),
            (0x80, Some(2)),
            (0xc3, Some(3)),
            (0xe2, Some(4)),
            (0xf4, Some(5)),
            (0xf8, None),
            (0xff, None),
        ] {
            assert_eq!(marker(byte), bits);
        }
    }
}

//! What the reader chooses: who begins, what is said, what goes wrong, and how long things take.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use wire::Role;
use wire::close::{CloseCode, MAX_REASON};
use yew::prelude::*;

use super::setup::{Choice, PATIENCES, Said, Setup, Spoken, Start, TRIPS, When, Wrong};
use crate::controls::Knob;
use crate::ui::{Icon, grouped};

/// Properties of [`Board`].
#[derive(Properties, PartialEq)]
pub struct BoardProps {
    /// What is chosen.
    pub setup: Setup,
    /// The reader chooses otherwise.
    pub on_choose: Callback<Setup>,
}

/// The choices.
#[component]
pub fn Board(props: &BoardProps) -> Html {
    let BoardProps { setup, on_choose } = props;
    let change = |change: Box<dyn Fn(&mut Setup)>| {
        let (setup, on_choose) = (setup.clone(), on_choose.clone());
        Callback::from(move |_: MouseEvent| {
            let mut setup = setup.clone();
            change(&mut setup);
            on_choose.emit(setup);
        })
    };
    let starts = Start::ALL.iter().map(|&(start, _, words)| {
        let onclick = change(Box::new(move |s| s.start = start));
        html! { <button type="button" {onclick} aria-pressed={(setup.start == start).to_string()}>{ words }</button> }
    });
    let wrongs = Wrong::ALL.iter().map(|&(wrong, _, words)| {
        let onclick = change(Box::new(move |s| s.wrong = wrong));
        let broken = (wrong != Wrong::Nothing).then_some("broken");
        html! { <button type="button" class={classes!("chip", broken)} {onclick} aria-pressed={(setup.wrong == wrong).to_string()}>{ words }</button> }
    });
    let whom = Role::ALL.iter().map(|&(role, _, words)| {
        let onclick = change(Box::new(move |s| s.whom = role));
        html! { <button type="button" {onclick} aria-pressed={(setup.whom == role).to_string()}>{ words }</button> }
    });
    let when = When::ALL.iter().map(|&(when, _, words)| {
        let onclick = change(Box::new(move |s| s.when = when));
        html! { <button type="button" {onclick} aria-pressed={(setup.when == when).to_string()}>{ words }</button> }
    });
    let traffic = change(Box::new(|s| s.traffic = !s.traffic));
    let says = [Role::Client, Role::Server]
        .into_iter()
        .filter(|&role| setup.starts(role));
    let turn = |turn: fn(&mut Setup, u32)| {
        let (setup, on_choose) = (setup.clone(), on_choose.clone());
        Callback::from(move |value| {
            let mut setup = setup.clone();
            turn(&mut setup, value);
            on_choose.emit(setup);
        })
    };
    let whose = !matches!(setup.wrong, Wrong::Nothing | Wrong::Cable);
    let timed = setup.wrong != Wrong::Nothing && setup.start != Start::Nobody;
    html! {
        <>
            <div class="bar cl-choice" role="group" aria-labelledby="cl-start">
                <span class="cl-ask" id="cl-start">{ "Who begins" }</span>
                <div class="switch">{ for starts }</div>
                <button type="button" class="chip" onclick={traffic} aria-pressed={setup.traffic.to_string()}>
                    { if setup.start == Start::Nobody { "The client sends a message" } else { "Messages around the close" } }
                </button>
            </div>
            <div class="bar cl-choice" role="group" aria-labelledby="cl-wrong">
                <span class="cl-ask" id="cl-wrong">{ "What goes wrong" }</span>
                { for wrongs }
            </div>
            if whose || timed {
                <div class="bar cl-choice">
                    if whose {
                        <div class="switch" role="group" aria-label="With whom"><span aria-hidden="true">{ "with" }</span>{ for whom }</div>
                    }
                    if timed {
                        <div class="switch" role="group" aria-label="When">{ for when }</div>
                    }
                </div>
            }
            <div class="knobs cl-knobs">
                { for says.map(|role| html! { <Saying {role} said={setup.said(role).clone()} on_say={say(props, role)}/> }) }
                <Knob id="cl-trip" label="Round trip" stops={TRIPS} value={setup.trip} short={format!("{} ms", grouped(setup.trip.into()))}
                    long={format!("{} milliseconds", setup.trip)} on_turn={turn(|s, n| s.trip = n)}/>
                <Knob id="cl-patience" label="Close timeout" stops={PATIENCES} value={setup.patience} short={format!("{} s", setup.patience)}
                    long={format!("{} seconds", setup.patience)} on_turn={turn(|s, n| s.patience = n)}/>
            </div>
        </>
    }
}

fn say(props: &BoardProps, role: Role) -> Callback<Said> {
    let (setup, on_choose) = (props.setup.clone(), props.on_choose.clone());
    Callback::from(move |said| {
        let mut setup = setup.clone();
        match role {
            Role::Client => setup.client = said,
            Role::Server => setup.server = said,
        }
        on_choose.emit(setup);
    })
}

#[derive(Properties, PartialEq)]
struct SayingProps {
    role: Role,
    said: Said,
    on_say: Callback<Said>,
}

/// The code and the reason of one end, and what comes of them.
#[component]
fn Saying(props: &SayingProps) -> Html {
    let SayingProps { role, said, on_say } = props;
    let typed = |set: fn(&mut Said, String)| {
        let (said, on_say) = (said.clone(), on_say.clone());
        Callback::from(move |event: InputEvent| {
            let field = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
            if let Some(field) = field {
                let mut said = said.clone();
                set(&mut said, field.value());
                on_say.emit(said);
            }
        })
    };
    let (class, title) = match role {
        Role::Client => ("from-client", "The script says"),
        Role::Server => ("from-server", "The server says"),
    };
    let (bad, words) = verdict(*role, said);
    let id = format!("cl-said-{role}");
    let invalid = bad.then_some("true");
    html! {
        <div class={classes!("cl-saying", class)} role="group" aria-label={title}>
            <span class="cl-title" aria-hidden="true">{ title }</span>
            <input class="input mono code" aria-label="Close code" placeholder="none" size="5" inputmode="numeric" value={said.code.clone()}
                oninput={typed(|s, text| s.code = text)} aria-invalid={invalid} aria-describedby={id.clone()} autocomplete="off" spellcheck="false"/>
            <input class="input mono" aria-label="Reason" placeholder="no reason" value={said.reason.clone()}
                oninput={typed(|s, text| s.reason = text)} aria-describedby={id.clone()} autocomplete="off"/>
            <p {id} class={classes!("cl-verdict", bad.then_some("bad"))} role="status">
                if bad { { Icon::Warn.view() }{ " " } }
                { words }
            </p>
        </div>
    }
}

/// What to say of what an end is to say, and whether that is a warning.
fn verdict(role: Role, said: &Said) -> (bool, String) {
    let close = match said.spoken(role) {
        Spoken::Throws(why) => return (true, why),
        Spoken::Sends(None) => {
            return (
                false,
                "An empty close frame; the other end is told 1005.".to_owned(),
            );
        }
        Spoken::Sends(Some(close)) => close,
    };
    let CloseCode(code) = close.code;
    if !close.code.may_be_sent() {
        let why =
            format!("{code} must not stand in a close frame. This server sends it all the same.");
        return (true, why);
    }
    let bytes = close.reason.len();
    if bytes > MAX_REASON {
        let why = format!("The reason has {bytes} bytes and is cut to {MAX_REASON} or fewer.");
        return (true, why);
    }
    (false, format!("{code}: {}.", close.code.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_gets_a_verdict() {
        let of = |role, code: &str, reason: &str| {
            verdict(
                role,
                &Said {
                    code: code.into(),
                    reason: reason.into(),
                },
            )
        };
        for (role, code, reason, bad, word) in [
            (Role::Client, "1000", "bye", false, "normal closure"),
            (Role::Client, "", "", false, "1005"),
            (Role::Client, "1001", "", true, "InvalidAccessError"),
            (Role::Server, "1001", "", false, "going away"),
            (Role::Server, "1006", "", true, "must not stand"),
            (Role::Server, "4000", "", false, "private use"),
        ] {
            let (is, words) = of(role, code, reason);
            assert!(is == bad && words.contains(word), "{code}: {words}");
        }
        let long = "x".repeat(124);
        assert!(of(Role::Server, "1000", &long).1.contains("124 bytes"));
        assert!(of(Role::Client, "1000", &long).1.contains("SyntaxError"));
    }
}

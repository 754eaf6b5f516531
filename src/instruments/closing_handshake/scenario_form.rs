//! What the reader chooses: who begins, what is said, what goes wrong, and how long things take.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use wire::Role;
use wire::close::{CloseCode, MAX_REASON};
use yew::prelude::*;

use super::scenario::{
    CallResult, Choice, CloseCall, Initiator, Mishap, MishapTime, PATIENCES, Scenario, TRIPS,
};
use crate::controls::Knob;
use crate::ui::{Icon, grouped};

/// Properties of [`ScenarioForm`].
#[derive(Properties, PartialEq)]
pub struct ScenarioFormProps {
    /// What is chosen.
    pub scenario: Scenario,
    /// The reader chooses otherwise.
    pub on_choose: Callback<Scenario>,
}

/// The choices.
#[component]
pub fn ScenarioForm(props: &ScenarioFormProps) -> Html {
    let ScenarioFormProps {
        scenario,
        on_choose,
    } = props;
    let change = |change: Box<dyn Fn(&mut Scenario)>| {
        let (scenario, on_choose) = (scenario.clone(), on_choose.clone());
        Callback::from(move |_: MouseEvent| {
            let mut scenario = scenario.clone();
            change(&mut scenario);
            on_choose.emit(scenario);
        })
    };
    let starts = Initiator::ALL.iter().map(|&(start, _, words)| {
        let onclick = change(Box::new(move |s| s.start = start));
        html! { <button type="button" {onclick} aria-pressed={(scenario.start == start).to_string()}>{ words }</button> }
    });
    let wrongs = Mishap::ALL.iter().map(|&(wrong, _, words)| {
        let onclick = change(Box::new(move |s| s.wrong = wrong));
        let broken = (wrong != Mishap::Nothing).then_some("broken");
        html! { <button type="button" class={classes!("chip", broken)} {onclick} aria-pressed={(scenario.wrong == wrong).to_string()}>{ words }</button> }
    });
    let whom = Role::ALL.iter().map(|&(role, _, words)| {
        let onclick = change(Box::new(move |s| s.whom = role));
        html! { <button type="button" {onclick} aria-pressed={(scenario.whom == role).to_string()}>{ words }</button> }
    });
    let when = MishapTime::ALL.iter().map(|&(when, _, words)| {
        let onclick = change(Box::new(move |s| s.when = when));
        html! { <button type="button" {onclick} aria-pressed={(scenario.when == when).to_string()}>{ words }</button> }
    });
    let traffic = change(Box::new(|s| s.traffic = !s.traffic));
    let says = [Role::Client, Role::Server]
        .into_iter()
        .filter(|&role| scenario.starts(role));
    let turn = |turn: fn(&mut Scenario, u32)| {
        let (scenario, on_choose) = (scenario.clone(), on_choose.clone());
        Callback::from(move |value| {
            let mut scenario = scenario.clone();
            turn(&mut scenario, value);
            on_choose.emit(scenario);
        })
    };
    let whose = !matches!(scenario.wrong, Mishap::Nothing | Mishap::Cable);
    let timed = scenario.wrong != Mishap::Nothing && scenario.start != Initiator::Nobody;
    html! {
        <>
            <div class="bar cl-choice" role="group" aria-labelledby="cl-start">
                <span class="cl-ask" id="cl-start">{ "Who begins" }</span>
                <div class="switch">{ for starts }</div>
                <button type="button" class="chip" onclick={traffic} aria-pressed={scenario.traffic.to_string()}>
                    { if scenario.start == Initiator::Nobody { "The client sends a message" } else { "Messages around the close" } }
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
                { for says.map(|role| html! { <Saying {role} said={scenario.said(role).clone()} on_say={say(props, role)}/> }) }
                <Knob id="cl-trip" label="Round trip" stops={TRIPS} value={scenario.trip} short={format!("{} ms", grouped(scenario.trip.into()))}
                    long={format!("{} milliseconds", scenario.trip)} on_turn={turn(|s, n| s.trip = n)}/>
                <Knob id="cl-patience" label="Close timeout" stops={PATIENCES} value={scenario.patience} short={format!("{} s", scenario.patience)}
                    long={format!("{} seconds", scenario.patience)} on_turn={turn(|s, n| s.patience = n)}/>
            </div>
        </>
    }
}

fn say(props: &ScenarioFormProps, role: Role) -> Callback<CloseCall> {
    let (scenario, on_choose) = (props.scenario.clone(), props.on_choose.clone());
    Callback::from(move |said| {
        let mut scenario = scenario.clone();
        match role {
            Role::Client => scenario.client = said,
            Role::Server => scenario.server = said,
        }
        on_choose.emit(scenario);
    })
}

#[derive(Properties, PartialEq)]
struct SayingProps {
    role: Role,
    said: CloseCall,
    on_say: Callback<CloseCall>,
}

/// The code and the reason of one end, and what comes of them.
#[component]
fn Saying(props: &SayingProps) -> Html {
    let SayingProps { role, said, on_say } = props;
    let typed = |set: fn(&mut CloseCall, String)| {
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
fn verdict(role: Role, said: &CloseCall) -> (bool, String) {
    let close = match said.result(role) {
        CallResult::Throws(why) => return (true, why),
        CallResult::Sends(None) => {
            return (
                false,
                "An empty close frame; the other end is told 1005.".to_owned(),
            );
        }
        CallResult::Sends(Some(close)) => close,
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
                &CloseCall {
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

//! The form: who begins, what is said, what goes wrong, and how long things take.

use wire::Role;
use wire::close::{CloseCode, MAX_REASON};
use yew::prelude::*;

use super::scenario::{CallResult, CloseCall, Initiator, Mishap, Scenario};
use super::settings::{PATIENCE, Settings, TRIP};
use crate::kit::byte_input::typed_text;
use crate::kit::choice::{Chip, chips};
use crate::kit::icon::Icon;
use crate::kit::settings::{Field, Kind, Settings as _};
use crate::kit::settings_panel::choice;
use crate::kit::slider::SliderSpec;

/// The choices. `node` is where they stand.
pub fn scenario_form(settings: &Settings, on_change: &Callback<Settings>, node: &NodeRef) -> Html {
    let scenario = &settings.scenario;
    let says = [Role::Client, Role::Server].into_iter();
    let says = says.filter(|&role| scenario.starts(role));
    let whose = !matches!(scenario.wrong, Mishap::Nothing | Mishap::Cable);
    let timed = scenario.wrong != Mishap::Nothing && scenario.start != Initiator::Nobody;
    html! {
        <div class="closing-handshake__scenario" role="group" aria-label="What to try" tabindex="-1" ref={node.clone()}>
            <div class="panel__toolbar closing-handshake__choice">
                <span class="closing-handshake__ask" aria-hidden="true">{ "Who begins" }</span>
                { choice("start", "", settings, on_change) }
                { messages(settings, on_change) }
            </div>
            <div class="panel__toolbar closing-handshake__choice">
                <span class="closing-handshake__ask" aria-hidden="true">{ "What goes wrong" }</span>
                { mishaps(settings, on_change) }
            </div>
            if whose || timed {
                <div class="panel__toolbar closing-handshake__choice">
                    if whose {
                        { choice("whom", "with", settings, on_change) }
                    }
                    if timed {
                        { choice("when", "", settings, on_change) }
                    }
                </div>
            }
            <div class="settings closing-handshake__settings">
                for role in says {
                    { close_call(role, settings, on_change) }
                }
                { slider("trip", &TRIP, scenario.trip, changing(settings, on_change, |s, ms| s.trip = ms)) }
                { slider("patience", &PATIENCE, scenario.patience, changing(settings, on_change, |s, n| s.patience = n)) }
            </div>
        </div>
    }
}

/// Changes the scenario by a value.
fn changing<T: 'static>(
    settings: &Settings,
    on_change: &Callback<Settings>,
    change: impl Fn(&mut Scenario, T) + 'static,
) -> Callback<T> {
    let settings = settings.clone();
    on_change.reform(move |value| {
        let mut settings = settings.clone();
        change(&mut settings.scenario, value);
        settings
    })
}

fn slider(key: &str, spec: &SliderSpec, value: u32, on_value: Callback<u32>) -> Html {
    spec.view(&format!("setting-{key}"), value, &on_value)
}

/// Whether messages are sent: one button, which is pressed or not.
fn messages(settings: &Settings, on_change: &Callback<Settings>) -> Html {
    let scenario = &settings.scenario;
    let label = match scenario.start {
        Initiator::Nobody => "The client sends a message",
        _ => "Messages around the close",
    };
    let chip = Chip {
        label: label.into(),
        pressed: scenario.traffic,
        broken: false,
    };
    let on_press = changing(settings, on_change, |s, _| s.traffic = !s.traffic);
    chips("Messages", &[chip], &on_press)
}

/// What can go wrong. What does is marked.
fn mishaps(settings: &Settings, on_change: &Callback<Settings>) -> Html {
    let field = Settings::FIELDS.iter().find(|field| field.key == "wrong");
    let Some(Field {
        label,
        kind: Kind::Choice(options),
        ..
    }) = field
    else {
        return Html::default();
    };
    let all = options.iter().map(|option| {
        let mut chosen = settings.clone();
        (option.choose)(&mut chosen);
        Chip {
            label: option.label.into(),
            pressed: (option.is)(settings),
            broken: chosen.scenario.wrong != Mishap::Nothing,
        }
    });
    let at = settings.clone();
    let on_choose = on_change.reform(move |chosen: usize| {
        let mut settings = at.clone();
        if let Some(option) = options.get(chosen) {
            (option.choose)(&mut settings);
        }
        settings
    });
    chips(label, &all.collect::<Vec<_>>(), &on_choose)
}

/// The code and the reason of one end, and what comes of them.
fn close_call(role: Role, settings: &Settings, on_change: &Callback<Settings>) -> Html {
    let call = settings.scenario.said(role);
    let typed = |set: fn(&mut CloseCall, String)| {
        let on_typed = changing(settings, on_change, move |s, text| match role {
            Role::Client => set(&mut s.client, text),
            Role::Server => set(&mut s.server, text),
        });
        Callback::from(move |event: InputEvent| {
            if let Some(text) = typed_text(&event) {
                on_typed.emit(text);
            }
        })
    };
    let (class, title) = match role {
        Role::Client => ("from-client", "The script says"),
        Role::Server => ("from-server", "The server says"),
    };
    let (bad, words) = verdict(role, call);
    let id = format!("close-call-{role}");
    let invalid = bad.then_some("true");
    html! {
        <div class={classes!("closing-handshake__call", class)} role="group" aria-label={title}>
            <span class="closing-handshake__caller" aria-hidden="true">{ title }</span>
            <input class="input mono" aria-label="Close code" placeholder="none" size="5" inputmode="numeric" value={call.code.clone()}
                oninput={typed(|s, text| s.code = text)} aria-invalid={invalid} aria-describedby={id.clone()} autocomplete="off" spellcheck="false"/>
            <input class="input mono" aria-label="Reason" placeholder="no reason" value={call.reason.clone()}
                oninput={typed(|s, text| s.reason = text)} aria-describedby={id.clone()} autocomplete="off"/>
            <p {id} class={classes!("closing-handshake__verdict", bad.then_some("closing-handshake__verdict--bad"))} role="status">
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
            format!("{code} must not be in a close frame. This server sends it all the same.");
        return (true, why);
    }
    if said.code.trim().is_empty() {
        // Measured in both, with `close(undefined, "why")`.
        let why = "By the browsers’ standard 1000 goes before a reason without a code. Measured: Chromium 156 throws instead, and Firefox 153 sends an empty close frame.";
        return (true, why.to_owned());
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
            (Role::Client, "", "why", true, "1000 goes before"),
            (Role::Server, "", "why", true, "without a code before it"),
            (Role::Server, "1001", "", false, "going away"),
            (Role::Server, "1006", "", true, "must not be"),
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

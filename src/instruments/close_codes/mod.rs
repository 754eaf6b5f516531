//! Close codes: who may say which, what the other end makes of it, and what usually stands behind it.

mod meanings;

use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use wire::Role;
use wire::close::{Close, CloseCode, CodeKind, usual_sender};
use wire::rule::Violation;
use wire::session::{Config, Event, Session};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::address::{self, Query, Said, cut, use_address, use_links, use_spoken_of};
use crate::browser;
use crate::instruments::closing_handshake::ClosingQuery;
use crate::routes::{FramesQuery, Route};
use crate::ui::{CopyButton, Icon, Rfc, hex_spaced};
use meanings::{Meaning, RANGES, meaning};

/// The query of the close codes: `?code=1006`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodesQuery {
    /// The code, as it is typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Query for CodesQuery {
    const NAMES: &'static [&'static str] = &["code"];
}

/// The code that most people look for.
const USUAL: &str = "1006";

/// Where codes beyond the RFC's are listed.
const IANA: &str = "https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number";

/// Reads an address: what stands in the field, and what could not be used.
fn asked(said: &Said<CodesQuery>) -> (String, Vec<String>) {
    let usual = USUAL.to_owned();
    match said {
        Err(why) => (
            usual,
            vec![format!(
                "The address after “?” cannot be read: {why}. Here is {USUAL}."
            )],
        ),
        Ok(CodesQuery { code: None }) => (usual, Vec::new()),
        Ok(CodesQuery { code: Some(text) }) => match code(text) {
            Ok(_) => (text.clone(), Vec::new()),
            Err(why) => (
                usual,
                vec![format!("code={}: {why} Here is {USUAL}.", cut(text))],
            ),
        },
    }
}

/// Reads a code.
///
/// # Errors
/// Says why this is none.
fn code(typed: &str) -> Result<CloseCode, String> {
    let number = typed.trim().parse::<u16>().map(CloseCode);
    number.map_err(|_| "a close code is a number of two bytes, from 0 to 65535.".to_owned())
}

/// What an end that takes part in the protocol makes of a close frame with this code: its answer, or the rule it sees
/// broken. The codec itself decides.
fn received(code: CloseCode) -> Result<Vec<u8>, Violation> {
    let mut browser = Session::client(Config::default(), || [0x37, 0xfa, 0x21, 0x3d]);
    browser.receive(&frame(code));
    match browser.next_event() {
        Some(Event::Failed(violation)) => Err(violation),
        _ => Ok(browser.output().to_vec()),
    }
}

/// The frame in which a server says this.
fn frame(code: CloseCode) -> Vec<u8> {
    let mut server = Session::server(Config::default());
    let reason = String::new();
    server.close(Some(Close { code, reason }));
    server.output().to_vec()
}

/// The instrument.
#[component]
pub fn CloseCodes() -> Html {
    let address = use_address::<CodesQuery>(Route::Closing);
    let first = asked(address.said());
    let typed = use_state(|| first.0.clone());
    let problems = use_state(|| first.1.clone());
    // What is shown while what is typed is no code.
    let shown = use_state(|| code(&first.0).unwrap_or(CloseCode(1006)));
    let panel = use_node_ref();
    let above = use_spoken_of::<ClosingQuery>(Route::Closing);
    {
        let (typed, problems, shown) = (typed.setter(), problems.setter(), shown.setter());
        use_links(&address, &panel, above, move |said| {
            let (text, found) = asked(said);
            if let Ok(code) = code(&text) {
                shown.set(code);
            }
            typed.set(text);
            problems.set(found);
        });
    }
    let choose = {
        let (typed, problems, shown) = (typed.setter(), problems.setter(), shown.setter());
        Callback::from(move |text: String| {
            if let Ok(code) = code(&text) {
                shown.set(code);
                address.rest(CodesQuery {
                    code: (text.trim() != USUAL).then(|| code.to_string()),
                });
            }
            problems.set(Vec::new());
            typed.set(text);
        })
    };
    // On a small screen what is said of a code stands far below the button.
    let press = {
        let (choose, panel) = (choose.clone(), panel.clone());
        Callback::from(move |text: String| {
            choose.emit(text);
            browser::show(&panel, ".cc-verdict h2");
        })
    };
    let oninput = {
        let choose = choose.clone();
        Callback::from(move |event: InputEvent| {
            let field = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
            if let Some(field) = field {
                choose.emit(field.value());
            }
        })
    };
    let error = code(&typed).err();
    let now = *shown;
    let ranges = RANGES.iter().map(|range| {
        let here = range.codes.contains(&now.0);
        let (press, first) = (press.clone(), range.example.to_string());
        let onclick = Callback::from(move |_| press.emit(first.clone()));
        html! {
            <li><button type="button" class={classes!("cc-range", range.class)} {onclick} aria-pressed={here.to_string()}>
                <b>{ range.name }</b><span>{ range.what }</span>
            </button></li>
        }
    });
    let named = (1000..=1015).map(|n| {
        let of = CloseCode(n);
        let press = press.clone();
        let onclick = Callback::from(move |_| press.emit(n.to_string()));
        let (class, word) = match of.kind() {
            CodeKind::LocalOnly => ("local", Some("never on the wire")),
            CodeKind::Reserved => ("reserved", None),
            _ if of.script_may_send() => ("script", Some("scripts too")),
            _ => ("sent", None),
        };
        html! {
            <li><button type="button" class={classes!("cc-code", class)} {onclick} aria-pressed={(of == now).to_string()}>
                <b>{ n }</b><span>{ of.name() }</span>
                if let Some(word) = word {
                    <small>{ word }</small>
                }
            </button></li>
        }
    });
    let link = address::link(
        Route::Closing,
        &CodesQuery {
            code: (now != CloseCode(1006)).then(|| now.to_string()),
        },
    );
    html! {
        <section class="panel cc-panel" aria-label="Close codes" ref={panel} tabindex="-1">
            <div class="bar">
                <label class="cc-ask" for="cc-code">{ "A close code" }</label>
                <input id="cc-code" class="input mono" inputmode="numeric" autocomplete="off" spellcheck="false" value={(*typed).clone()} {oninput}
                    aria-invalid={error.is_some().then_some("true")} aria-describedby="cc-error"/>
                <p id="cc-error" class="error" role="status">{ error.map(|why| format!("“{}”: {why}", cut(&typed))).unwrap_or_default() }</p>
            </div>
            if !problems.is_empty() {
                <div class="problems" role="status">{ for problems.iter().map(|p| html! { <p>{ p }</p> }) }</div>
            }
            <div class="body">
                <div class="left">
                    <h2 class="cap">{ "Ranges" }</h2>
                    <ul class="cc-ranges">{ for ranges }</ul>
                    <h2 class="cap">{ "Codes with a name" }</h2>
                    <ul class="cc-codes">{ for named }</ul>
                </div>
                <div class="right" aria-live="polite">{ verdict(now) }</div>
            </div>
            <div class="foot">
                <span>{ "The codec of this page decides what may be sent, and what is done on getting it." }</span>
                <span class="grow"></span>
                <CopyButton label="Copy link" path={link}/>
            </div>
        </section>
    }
}

fn verdict(code: CloseCode) -> Html {
    let Meaning {
        means,
        who,
        behind,
        iana,
    } = meaning(code);
    let sender = match usual_sender(code) {
        Some(Role::Client) => Some("A client."),
        Some(Role::Server) => Some("A server or a gateway."),
        None => who,
    };
    let answer = |yes: bool, yes_words: Html, no_words: Html| {
        let (icon, class) = if yes {
            (Icon::Check, "good")
        } else {
            (Icon::Cross, "bad")
        };
        html! { <dd><span class={class}>{ icon.view() }</span><span>{ if yes { yes_words } else { no_words } }</span></dd> }
    };
    let bytes = frame(code);
    let local = code.kind() == CodeKind::LocalOnly;
    let travels = match code.kind() {
        CodeKind::LocalOnly => "Never. An endpoint tells it to its own application.",
        CodeKind::Reserved => "Not today: it is kept for the protocol’s future.",
        _ => "No. It is no close code.",
    };
    let query = FramesQuery::of_bytes(&bytes, Role::Server, false);
    html! {
        <section class="cc-verdict" aria-label="What this code means">
            <h2><b class="mono">{ code.to_string() }</b>{ " " }{ code.name() }</h2>
            <p>{ means }</p>
            <dl>
                <dt>{ "May it stand in a close frame?" }</dt>
                { answer(code.may_be_sent(), html! { "Yes." }, html! { travels }) }
                <dt>{ "May a page’s script pass it to close()?" }</dt>
                { answer(code.script_may_send(), html! { "Yes." }, html! { <>{ "No: " }<code>{ "InvalidAccessError" }</code>{ "." }</> }) }
                if let Some(sender) = sender {
                    <dt>{ if local { "Who says it?" } else { "Who sends it?" } }</dt>
                    <dd><span>{ sender }</span></dd>
                }
                <dt>{ "And if it comes in a frame?" }</dt>
                <dd><span>{ gets(code) }</span></dd>
                if let Some(behind) = behind {
                    <dt>{ "What usually stands behind it?" }</dt>
                    <dd><span>{ behind }</span></dd>
                }
            </dl>
            <p class="cc-frame">
                <span>{ if code.may_be_sent() { "On the wire, from a server: " } else { "As a frame that breaks the rule: " } }</span>
                <Link<Route, FramesQuery> classes="mono" to={Route::Frames} {query}>{ hex_spaced(&bytes) }</Link<Route, FramesQuery>>
            </p>
            <p class="cc-cite">
                if iana {
                    <a class="rfc" href={IANA} rel="noopener">{ "IANA’s registry" }</a>
                } else if (1000..=1015).contains(&code.0) {
                    <Rfc section="7.4.1"/>
                } else {
                    <Rfc section="7.4.2"/>
                }
            </p>
        </section>
    }
}

/// What the other end does.
fn gets(code: CloseCode) -> String {
    match received(code) {
        Ok(_) => format!("The other end answers with {code} and tells its application so."),
        Err(violation) => {
            let fails = format!(
                "The other end fails the connection with {}, and its application is told 1006.",
                violation.rule.close_code()
            );
            match code.kind() {
                // Measured with 1004 and 2000.
                CodeKind::Reserved => format!("{fails} Chromium 156 takes it all the same."),
                _ => fails,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::rule::Rule;

    #[test]
    fn the_code_of_a_link() {
        let of = |query: &str| asked(&address::read(query));
        assert_eq!(of(""), ("1006".to_owned(), vec![]));
        assert_eq!(of("?code=4999"), ("4999".to_owned(), vec![]));
        for (query, word) in [
            ("?code=", "code="),
            ("?code=65536", "code=65536"),
            ("?code=-1", "code=-1"),
            ("?code=%3Cb%3E", "code=<b>"),
            ("?code=1&code=2", "cannot be read"),
        ] {
            let (text, problems) = of(query);
            assert_eq!(text, USUAL, "{query}");
            assert!(problems[0].contains(word), "{query}: {problems:?}");
        }
    }

    #[test]
    fn what_comes_back_is_what_the_codec_does() {
        for n in 0..=u16::MAX {
            let code = CloseCode(n);
            match received(code) {
                Ok(bytes) => {
                    assert!(code.may_be_sent(), "{n}");
                    // Masked: two bytes, the key, then the same code under it.
                    let said = [bytes[6] ^ 0x37, bytes[7] ^ 0xfa];
                    assert_eq!(u16::from_be_bytes(said), n);
                }
                Err(violation) => {
                    assert!(!code.may_be_sent(), "{n}");
                    assert_eq!(violation.rule, Rule::CloseCodeInvalid);
                }
            }
        }
    }

    #[test]
    fn every_code_lies_in_one_range_and_has_a_meaning() {
        for n in 0..=u16::MAX {
            let ranges = RANGES.iter().filter(|range| range.codes.contains(&n));
            assert_eq!(ranges.count(), 1, "{n}");
            assert!(!meaning(CloseCode(n)).means.is_empty());
        }
        for range in &RANGES {
            assert!(range.codes.contains(&range.example));
        }
    }
}

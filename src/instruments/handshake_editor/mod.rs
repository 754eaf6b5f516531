//! The editor: a request, a response, the server's rules, and what both sides make of them.

use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use wire::Role;
use wire::handshake::Requirement;
use yew::prelude::*;
use yew_router::prelude::*;

mod model;
mod narration;
mod presets;

use crate::address::{use_address, use_links};
use crate::routes::{EditorQuery, MAX_LINK_BYTES, Route};
use crate::ui::{CopyButton, Icon, grouped};
pub use model::Judged;
use model::{Desk, Knobs, Opened, off_wire, pieces};
use narration::{Side, agreed, client_verdict, findings, server_verdict};
use presets::{PRESETS, Preset};

/// What the reader points at: a finding of one side.
pub type Hot = Option<(Side, Requirement)>;

/// The first handshake of the editor, which succeeds, and what both sides make of it.
pub fn example() -> Judged {
    PRESETS[0].desk().judge()
}

/// The instrument.
#[component]
pub fn HandshakeEditor() -> Html {
    let address = use_address::<EditorQuery>(Route::Handshake);
    // An address that cannot be read is the exchange's to speak of, further up.
    let state = use_state(|| Desk::opened(&address.said().clone().unwrap_or_default()));
    // What the reader wrote and then left for a preset or another address: nothing that was typed is lost.
    let kept = use_state(|| None::<Desk>);
    let hot = use_state(|| None::<(Side, Requirement)>);
    let panel = use_node_ref();
    {
        let (state, kept) = (state.clone(), kept.setter());
        use_links(&address, &panel, false, move |said| {
            keep(&kept, &state.desk);
            state.set(Desk::opened(&said.clone().unwrap_or_default()));
        });
    }
    // Texts that are too long for a link stay in the page, and the address says nothing of them.
    let edit = {
        let (state, address) = (state.setter(), address.clone());
        Callback::from(move |desk: Desk| {
            address.rest(desk.query().unwrap_or_default());
            state.set(Opened {
                desk,
                problems: Vec::new(),
            });
        })
    };
    let show = {
        let (state, kept) = (state.clone(), kept.setter());
        Callback::from(move |desk: Desk| {
            keep(&kept, &state.desk);
            address.push(desk.query().unwrap_or_default());
            state.set(Opened {
                desk,
                problems: Vec::new(),
            });
        })
    };
    let desk = state.desk.clone();
    let judged = use_memo(desk.clone(), Desk::judge);
    let preset = Preset::of(&desk);
    let point = {
        let hot = hot.setter();
        Callback::from(move |to: Hot| hot.set(to))
    };
    let chips = PRESETS.into_iter().map(|p| {
        let onclick = show.reform(move |_: MouseEvent| p.desk());
        let pressed = preset.is_some_and(|now| now.name == p.name);
        html! {
            <button type="button" class={classes!("chip", p.broken().then_some("broken"))} {onclick} aria-pressed={pressed.to_string()}>{ p.label }</button>
        }
    });
    let own = (*kept).clone().filter(|own| *own != desk).map(|own| {
        let onclick = show.reform(move |_: MouseEvent| own.clone());
        html! { <button type="button" class="chip" {onclick}>{ "What you wrote" }</button> }
    });
    let request = {
        let (edit, desk) = (edit.clone(), desk.clone());
        Callback::from(move |request: String| {
            edit.emit(Desk {
                request,
                ..desk.clone()
            })
        })
    };
    let response = {
        let (edit, desk) = (edit.clone(), desk.clone());
        Callback::from(move |text: String| {
            edit.emit(Desk {
                response: Some(text),
                ..desk.clone()
            });
        })
    };
    let follow = {
        let (edit, desk, kept) = (edit.clone(), desk.clone(), kept.setter());
        Callback::from(move |_: MouseEvent| {
            keep(&kept, &desk);
            edit.emit(Desk {
                response: None,
                ..desk.clone()
            })
        })
    };
    let knobs = {
        let (edit, desk) = (edit.clone(), desk.clone());
        Callback::from(move |knobs: Knobs| {
            edit.emit(Desk {
                knobs,
                ..desk.clone()
            })
        })
    };
    let lit = |side: Side| hot.filter(|(of, _)| *of == side).map(|(_, r)| r);
    let response_text = desk
        .response
        .clone()
        .unwrap_or_else(|| off_wire(&judged.response_wire));
    html! {
        <section class="panel hs-editor" aria-label="Handshake editor" tabindex="-1" ref={panel}>
            <div class="bar"><div class="chips" role="group" aria-label="Handshakes to begin with">{ for chips }{ for own }</div></div>
            if !state.problems.is_empty() {
                <div class="problems" role="status">{ for state.problems.iter().map(|p| html! { <p>{ p }</p> }) }</div>
            }
            <div class="hs-note" aria-live="polite">
                { match preset {
                    Some(preset) => html! { <p>{ preset.note }</p> },
                    None => html! { <p>{ "A handshake of your own. Both sides judge it as you type." }</p> },
                } }
            </div>
            <Rules knobs={desk.knobs.clone()} on_change={knobs}/>
            <div class="hs-two">
                <section class="from-client" aria-labelledby="hs-request-head">
                    <h2 id="hs-request-head" class="hs-way"><span aria-hidden="true">{ "→" }</span>{ " What the server receives" }</h2>
                    <Box id="hs-request" label="The request" text={desk.request.clone()} wire={judged.request_wire.clone()}
                        bad={!judged.request.accepted()} findings={judged.request.findings.clone()} lit={lit(Side::Server)} on_input={request}/>
                    { server_verdict(&judged) }
                    { findings(Side::Server, &judged.request.findings, &point) }
                    if desk.response.is_some() {
                        { own_answer(&judged) }
                    }
                </section>
                <section class="from-server" aria-labelledby="hs-response-head">
                    <h2 id="hs-response-head" class="hs-way"><span aria-hidden="true">{ "←" }</span>{ " What the client receives" }</h2>
                    <Box id="hs-response" label="The response" text={response_text} wire={judged.response_wire.clone()}
                        bad={!judged.response.accepted()} findings={judged.response.findings.clone()} lit={lit(Side::Client)} on_input={response}/>
                    <p class="hs-source">
                        if desk.response.is_some() {
                            <span>{ "Not what the server answers." }</span>
                            <button type="button" class="btn" onclick={follow}>{ "Use the server’s answer" }</button>
                        } else {
                            <span>{ "Exactly what the server answers. Type, and it is yours." }</span>
                        }
                    </p>
                    { client_verdict(&judged) }
                    { findings(Side::Client, &judged.response.findings, &point) }
                    { agreed(&judged) }
                </section>
            </div>
            <div class="foot">
                <span>{ format!("Request {} bytes · response {} bytes", grouped(judged.request_wire.len() as u64), grouped(judged.response_wire.len() as u64)) }</span>
                <span class="grow"></span>
                <Link<Route> classes="btn" to={Route::Live}>{ "A real one, on the live wire" }</Link<Route>>
                if desk.query().is_some() {
                    <CopyButton label="Copy link"/>
                } else {
                    <span>{ format!("More than {} bytes: too many for a link.", grouped(MAX_LINK_BYTES as u64)) }</span>
                }
            </div>
        </section>
    }
}

/// Keeps what the reader wrote. A preset is there again at the press of its button.
fn keep(kept: &UseStateSetter<Option<Desk>>, desk: &Desk) {
    if Preset::of(desk).is_none() {
        kept.set(Some(desk.clone()));
    }
}

/// What the server sends itself, where something else reaches the client.
fn own_answer(judged: &Judged) -> Html {
    html! {
        <details class="hs-own">
            <summary>{ "What this server answers itself" }</summary>
            <pre class="letter" tabindex="0" aria-label="The server’s own answer">{ String::from_utf8_lossy(&judged.answer.bytes).into_owned() }</pre>
        </details>
    }
}

#[derive(Properties, PartialEq)]
struct RulesProps {
    knobs: Knobs,
    on_change: Callback<Knobs>,
}

/// The server's rules.
#[component]
fn Rules(props: &RulesProps) -> Html {
    let RulesProps { knobs, on_change } = props;
    let field = |change: fn(&mut Knobs, String)| {
        let (knobs, on_change) = (knobs.clone(), on_change.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                let mut knobs = knobs.clone();
                change(&mut knobs, input.value());
                on_change.emit(knobs);
            }
        })
    };
    let switch = |compress: bool, name: &'static str| {
        let knobs = Knobs {
            compress,
            ..knobs.clone()
        };
        let pressed = props.knobs.compress == compress;
        let onclick = on_change.reform(move |_: MouseEvent| knobs.clone());
        html! { <button type="button" {onclick} aria-pressed={pressed.to_string()}>{ name }</button> }
    };
    html! {
        <div class="hs-rules" role="group" aria-label="The server’s rules">
            <div class="field">
                <label for="hs-origins">{ "Origins welcome, empty for any" }</label>
                <input id="hs-origins" class="input mono" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={knobs.origins.clone()} oninput={field(|k, v| k.origins = v)}/>
            </div>
            <div class="field">
                <label for="hs-protocols">{ "Subprotocols that the server speaks" }</label>
                <input id="hs-protocols" class="input mono" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={knobs.protocols.clone()} oninput={field(|k, v| k.protocols = v)}/>
            </div>
            <div class="field">
                <span id="hs-deflate">{ "permessage-deflate" }</span>
                <div class="switch" role="group" aria-labelledby="hs-deflate">
                    { switch(true, "Compress") }
                    { switch(false, "Do not") }
                </div>
            </div>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct BoxProps {
    id: &'static str,
    label: &'static str,
    text: String,
    wire: String,
    bad: bool,
    findings: Vec<wire::handshake::Finding>,
    lit: Option<Requirement>,
    on_input: Callback<String>,
}

/// A text box over a drawing of the same text, which shows the line ends and marks what was found.
#[component]
fn Box(props: &BoxProps) -> Html {
    let BoxProps {
        id,
        label,
        text,
        wire,
        bad,
        findings,
        lit,
        on_input,
    } = props;
    let oninput = {
        let on_input = on_input.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event.target_dyn_into::<HtmlTextAreaElement>() {
                on_input.emit(field.value());
            }
        })
    };
    let drawn = pieces(wire, findings, *lit).into_iter().map(|piece| {
        let class = classes!(piece.bad.then_some("bad"), piece.lit.then_some("lit"));
        html! { <span {class}>{ with_ends(piece.text) }</span> }
    });
    html! {
        <div class="hs-box">
            <label for={*id}>{ *label }</label>
            <div class="hs-paper">
                // The last line of a drawing needs something in it to be as high as that of a text box.
                <div class="hs-ghost" aria-hidden="true">{ for drawn }{ "\u{200b}" }</div>
                <textarea id={*id} spellcheck="false" autocomplete="off" autocapitalize="off" {oninput} value={text.clone()}
                    aria-invalid={bad.then_some("true")} aria-describedby={format!("{id}-verdict")}/>
            </div>
        </div>
    }
}

/// The text, with a sign before each line end that takes no room.
fn with_ends(text: &str) -> Html {
    text.split_inclusive('\n')
        .map(
            |line| match (line.strip_suffix("\r\n"), line.strip_suffix('\n')) {
                (Some(line), _) => html! { <>{ line.to_owned() }<i>{ "\\r\\n" }</i>{ "\n" }</> },
                (None, Some(line)) => html! { <>{ line.to_owned() }<i>{ "\\n" }</i>{ "\n" }</> },
                _ => html! { line.to_owned() },
            },
        )
        .collect()
}

/// Who judges, for the words of a verdict.
impl Side {
    /// The id of its verdict.
    pub fn verdict_id(self) -> &'static str {
        match self {
            Side::Server => "hs-request-verdict",
            Side::Client => "hs-response-verdict",
        }
    }

    /// The end that judges.
    pub fn role(self) -> Role {
        match self {
            Side::Server => Role::Server,
            Side::Client => Role::Client,
        }
    }
}

/// The sign of a finding.
pub fn sign(met: bool) -> Html {
    let (icon, word) = if met {
        (Icon::Check, "met")
    } else {
        (Icon::Warn, "not met")
    };
    html! { <>{ icon.view() }<span class="sr">{ format!("{word}: ") }</span></> }
}

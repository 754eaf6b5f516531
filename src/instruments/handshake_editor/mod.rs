//! The handshake editor: a request, a response, the server's rules, and what both sides make of them.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::kit::byte_input::typed_text;
use crate::kit::choice::{Chip, chips};
use crate::kit::icon::Icon;
use crate::kit::link::page_link;
use crate::kit::number::grouped;
use crate::kit::panel::Panel;
use crate::kit::secrets;
use crate::kit::settings::MAX_LINK_BYTES;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::choice;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};
use crate::kit::wire_text::wire_text;

mod findings;
mod http_message;
mod model;
mod presets;
mod settings;
mod state;

use findings::{Hot, Side, agreed, client_verdict, findings, server_verdict};
use http_message::HttpMessage;
pub use model::Judged;
use model::off_wire;
use presets::{PRESETS, Preset};
pub use settings::link;
use settings::{Rules, Settings, is_pasted, load_marks};
use state::{Action, State};

/// The name of the instrument.
const NAME: &str = "handshake-editor";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The first handshake of the editor, which succeeds, and what both sides make of it.
pub fn example() -> Judged {
    Settings::default().judge()
}

/// The instrument.
#[component]
pub fn HandshakeEditor() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let state = use_reducer(|| State::of(url.parsed().clone()));
    let act = state.dispatcher().to_callback();
    let hot = use_state_eq(Hot::default);
    let panel = use_node_ref();
    {
        let act = act.clone();
        use_on_navigate(&url, move |parsed| {
            act.emit(Action::UrlChanged(parsed.clone()));
        });
    }
    use_reveal(&url, &panel, Reveal::Always);
    let settings = &state.settings;
    let judged = use_memo(settings.clone(), Settings::judge);
    let link = url.link(settings);
    let left_out = use_memo(settings.clone(), |settings| settings.without_secrets().1);
    let on_edit = {
        let (act, url) = (act.clone(), url.clone());
        Callback::from(move |settings: Settings| {
            url.write(&settings);
            act.emit(Action::Edit(settings));
        })
    };
    let on_preset = {
        let (act, url) = (act.clone(), url.clone());
        Callback::from(move |settings: Settings| {
            url.push(&settings);
            act.emit(Action::Show(settings));
        })
    };
    let on_follow = {
        let settings = Settings {
            response: None,
            ..settings.clone()
        };
        Callback::from(move |_: MouseEvent| {
            url.write(&settings);
            act.emit(Action::Show(settings.clone()));
        })
    };
    // The marks of a tool around a pasted handshake are taken off once what knows them is there; until then, and where it
    // cannot be fetched, the text stands as it was pasted.
    let last = use_mut_ref(String::new);
    let answer = settings
        .response
        .clone()
        .unwrap_or_else(|| off_wire(&judged.response_wire));
    let put = |side: Side| {
        let (settings, on_edit, last) = (settings.clone(), on_edit.clone(), last.clone());
        let before = match side {
            Side::Server => settings.request.clone(),
            Side::Client => answer.clone(),
        };
        Callback::from(move |text: String| {
            let plain = match side {
                Side::Server => settings.with_request(text.clone()),
                Side::Client => Settings {
                    response: Some(text.clone()),
                    ..settings.clone()
                },
            };
            let pasted = is_pasted(&before, &text);
            last.replace(text.clone());
            on_edit.emit(plain);
            if !pasted {
                return;
            }
            let (settings, on_edit, last) = (settings.clone(), on_edit.clone(), last.clone());
            spawn_local(async move {
                let Ok(marked_handshake) = load_marks().await else {
                    return;
                };
                let found = marked_handshake(&text).filter(|_| *last.borrow() == text);
                if let Some(found) = found {
                    on_edit.emit(settings.with_handshake(&found));
                }
            });
        })
    };
    let point = {
        let hot = hot.setter();
        Callback::from(move |to: Hot| hot.set(to))
    };
    let lit = |side: Side| hot.filter(|(of, _)| *of == side).map(|(_, r)| r);
    let request = HttpMessage {
        side: Side::Server,
        text: settings.request.clone(),
        wire: &judged.request_wire,
        findings: &judged.request.findings,
        accepted: judged.request.accepted(),
        lit: lit(Side::Server),
    };
    let response = HttpMessage {
        side: Side::Client,
        text: answer.clone(),
        wire: &judged.response_wire,
        findings: &judged.response.findings,
        accepted: judged.response.accepted_in_browser(),
        lit: lit(Side::Client),
    };
    let own_answer = settings.response.is_some();
    html! {
        <Panel name={NAME} title="Handshake editor" class="handshake-editor" node={panel} problems={state.problems.clone()}
            toolbar={preset_chips(&state, &on_preset)} foot={foot(&judged, link.is_some(), &left_out)} {link}
            actions={page_link("/live", classes!("btn"), html! { "A real one, on the live wire" })}>
            <div class="handshake-editor__note" aria-live="polite">
                <p>
                    { Preset::of(settings).map_or("A handshake of your own. Both sides judge it as you type.", |preset| preset.note) }
                    if let Some(said) = secrets::left_out(&left_out, "the address") {
                        { " " }<b>{ said }</b>{ " What you typed stays in the boxes as long as this page is open." }
                    }
                </p>
            </div>
            { rules(settings, &on_edit) }
            <div class="handshake-editor__two">
                <section class="from-client" aria-labelledby="handshake-request-head">
                    <h2 id="handshake-request-head"><span aria-hidden="true">{ "→" }</span>{ " What the server receives" }</h2>
                    { request.view("The request", &put(Side::Server)) }
                    { server_verdict(&judged) }
                    { findings(Side::Server, &judged.request.findings, &point) }
                    if own_answer {
                        <details class="handshake-editor__own-answer">
                            <summary>{ "What this server answers itself" }</summary>
                            <pre class="http-message" tabindex="0" aria-label="The server’s own answer">{ answer_text(&judged.answer.bytes) }</pre>
                        </details>
                    }
                </section>
                <section class="from-server" aria-labelledby="handshake-response-head">
                    <h2 id="handshake-response-head"><span aria-hidden="true">{ "←" }</span>{ " What the client receives" }</h2>
                    { response.view("The response", &put(Side::Client)) }
                    <p class="handshake-editor__source">
                        if own_answer {
                            <span>{ "Not what the server answers." }</span>
                            <button type="button" class="btn" onclick={on_follow}>{ "Use the server’s answer" }</button>
                        } else {
                            <span>{ "This is what the server answers. Edit it to send the client something else." }</span>
                        }
                    </p>
                    { client_verdict(&judged) }
                    { findings(Side::Client, &judged.response.findings, &point) }
                    { agreed(&judged) }
                </section>
            </div>
        </Panel>
    }
}

/// An answer, line by line.
fn answer_text(bytes: &[u8]) -> Html {
    let text = off_wire(&String::from_utf8_lossy(bytes));
    let line = |line: &str| html! { <>{ wire_text(line.trim_end_matches('\n')) }{ "\n" }</> };
    text.split_inclusive('\n').map(line).collect()
}

/// Handshakes to begin with, and what the reader wrote before one of them took its place.
fn preset_chips(state: &State, on_preset: &Callback<Settings>) -> Html {
    let now = Preset::of(&state.settings).map(|preset| preset.name);
    let own = state.kept.clone().filter(|own| *own != state.settings);
    let presets = PRESETS.iter().map(|preset| Chip {
        label: preset.label.into(),
        pressed: now == Some(preset.name),
        broken: preset.broken(),
    });
    let kept = own.iter().map(|_| Chip {
        label: "What you wrote".into(),
        pressed: false,
        broken: false,
    });
    let all: Vec<Chip> = presets.chain(kept).collect();
    let on_preset = on_preset.clone();
    let on_choose = Callback::from(move |chosen: usize| {
        let preset = PRESETS.get(chosen).map(|preset| preset.settings());
        if let Some(settings) = preset.or_else(|| own.clone()) {
            on_preset.emit(settings);
        }
    });
    chips("Handshakes to begin with", &all, &on_choose)
}

/// The server's rules.
fn rules(settings: &Settings, on_edit: &Callback<Settings>) -> Html {
    let field = |change: fn(&mut Rules, String)| {
        let (settings, on_edit) = (settings.clone(), on_edit.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(text) = typed_text(&event) {
                let mut settings = settings.clone();
                change(&mut settings.rules, text);
                on_edit.emit(settings);
            }
        })
    };
    let origins = settings.origins().to_owned();
    let protocols = &settings.rules.protocols;
    html! {
        <div class="handshake-editor__rules" role="group" aria-label="The server’s rules">
            <div class="field">
                <label for="handshake-origins">{ "Origins welcome, empty for any" }</label>
                <input id="handshake-origins" class="input mono" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={origins} oninput={field(|rules, text| rules.origins = text)}/>
            </div>
            <div class="field">
                <label for="handshake-protocols">{ "Subprotocols that the server speaks" }</label>
                <input id="handshake-protocols" class="input mono" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={protocols.clone()} oninput={field(|rules, text| rules.protocols = text)}/>
            </div>
            <div class="field">
                <span aria-hidden="true">{ "permessage-deflate" }</span>
                { choice("deflate", "", settings, on_edit) }
            </div>
        </div>
    }
}

/// How long both messages are, why there is no link where there is none, and what a link does not have.
fn foot(judged: &Judged, has_link: bool, left_out: &[String]) -> Html {
    let (request, response) = (&judged.request_wire, &judged.response_wire);
    html! {
        <>
            <span>{ format!("Request {} bytes · response {} bytes", grouped(request.len() as u64), grouped(response.len() as u64)) }</span>
            if !has_link {
                <span>{ format!("More than {} bytes: too many for a link.", grouped(MAX_LINK_BYTES as u64)) }</span>
            } else if !left_out.is_empty() {
                <span>{ Icon::Warn.view() }{ format!(" “Copy link” copies a placeholder for {}.", left_out.join(", ")) }</span>
            }
        </>
    }
}

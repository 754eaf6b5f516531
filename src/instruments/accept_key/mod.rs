//! The accept value, derived in front of the reader.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::handshake::{Accept, GUID, KEY_BYTES, accept, key_bytes};
use yew::prelude::*;

use crate::kit::browser;
use crate::kit::byte_input::typed_text;
use crate::kit::copy::CopyButton;
use crate::kit::icon::Icon;
use crate::kit::number::{counted, hex_spaced};
use crate::kit::panel::Panel;
use crate::kit::rfc_link::rfc;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod model;
mod settings;

use model::{EXAMPLE, groups, problem};
use settings::{MAX_LENGTH, Settings};

/// The name of the instrument.
const NAME: &str = "accept-key";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn AcceptKey() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        on_choose,
    } = use_settings::<Settings>(NAME);
    let no_random = use_state_eq(|| false);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    let key = parsed.settings.key.clone();
    let on_key = on_change.reform(|key: String| Settings { key });
    let on_chosen = on_choose.reform(|key: String| Settings { key });
    let oninput = {
        let on_key = on_key.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(key) = typed_text(&event) {
                on_key.emit(key);
            }
        })
    };
    let on_fresh = {
        let (on_chosen, no_random) = (on_chosen.clone(), no_random.setter());
        Callback::from(move |_: MouseEvent| {
            let fresh = browser::random::<KEY_BYTES>();
            no_random.set(fresh.is_none());
            if let Some(bytes) = fresh {
                on_chosen.emit(STANDARD.encode(bytes));
            }
        })
    };
    let on_example = on_chosen.reform(|_: MouseEvent| EXAMPLE.to_owned());
    let mut problems = parsed.problems.clone();
    if *no_random {
        problems.push("This browser gives no random numbers to this page.".to_owned());
    }
    let wrong = problem(&key);
    let derived = accept(&key);
    let command = format!(
        "printf %s '{}' | openssl dgst -sha1 -binary | base64",
        derived.concatenation
    );
    html! {
        <Panel name={NAME} title="The accept value" class="accept-key" node={panel} {problems} link={url.link(&parsed.settings)}
            toolbar={html! {
                <>
                    <div class="field accept-key__key">
                        <label for="accept-key-box">{ "Sec-WebSocket-Key" }</label>
                        <input id="accept-key-box" class="input mono" type="text" maxlength={MAX_LENGTH.to_string()} spellcheck="false" autocomplete="off" autocapitalize="off"
                            value={key.clone()} {oninput} aria-invalid={wrong.is_some().then_some("true")} aria-describedby="accept-key-problem"/>
                    </div>
                    <button type="button" class="btn primary" onclick={on_fresh}>{ "A fresh key" }</button>
                    <button type="button" class="btn" onclick={on_example} disabled={key == EXAMPLE}>{ "The RFC’s example" }</button>
                </>
            }}
            actions={html! {
                <>
                    if wrong.is_none() {
                        <CopyButton label="Copy as a shell command" text={command}/>
                    }
                    <CopyButton label="Copy the value" text={derived.value.clone()}/>
                </>
            }}>
            <div class="accept-key__problem" id="accept-key-problem" aria-live="polite">
                if let Some(wrong) = &wrong {
                    <p class="error">{ Icon::Warn.view() }{ format!(" {wrong} ") }{ rfc("4.1") }</p>
                    <p>{ "A strict server answers 400. The steps below go through all the same: they take the key as text, and never decode it." }</p>
                }
            </div>
            { steps(&derived, wrong.is_none()) }
        </Panel>
    }
}

/// The way from the key to the value.
fn steps(derived: &Accept, legal: bool) -> Html {
    html! {
        <ol class="accept-key__steps">
            <li>
                <h2>{ "The key, as it is in the request" }</h2>
                <p class="accept-key__run"><code class="key">{ if derived.key.is_empty() { "(nothing)".to_owned() } else { derived.key.clone() } }</code></p>
                <p>
                    { match key_bytes(&derived.key) {
                        Some(bytes) if legal => html! { <>{ "It encodes 16 random bytes, " }<code>{ hex_spaced(&bytes) }</code>{ ", but nobody decodes it: what counts is the text." }</> },
                        _ => html! { "What counts is the text." },
                    } }
                </p>
            </li>
            <li>
                <h2>{ "Join the GUID to it" }</h2>
                <p class="accept-key__run"><code><span class="key">{ &derived.key }</span><wbr/><span class="guid">{ GUID }</span></code></p>
                <p>{ "Always the same 36 characters, fixed in the RFC. No other protocol has a reason to know them. " }{ rfc("1.3") }</p>
            </li>
            <li>
                <h2>{ "Hash the text with SHA-1" }</h2>
                <p>{ format!("{} in, 20 bytes out. Change one character of the key, and about half of all bits change.", counted(derived.concatenation.len() as u64, "byte", "bytes")) }</p>
                <p class="accept-key__run"><code>{ hex_spaced(&derived.digest) }</code></p>
            </li>
            <li>
                <h2>{ "Write the digest in base64" }</h2>
                <p>{ "Three bytes at a time become four characters. The last two bytes give three and one “=”." }</p>
                <ol class="accept-key__groups" aria-label="Bytes of the digest, and the characters that stand for them">
                    for (bytes, letters) in groups(&derived.digest, &derived.value) {
                        <li><code>{ bytes }</code><span class="visually-hidden">{ " becomes " }</span><b>{ letters }</b></li>
                    }
                </ol>
            </li>
            <li>
                <h2>{ "What the server sends" }</h2>
                <p class="accept-key__run from-server"><code>{ "Sec-WebSocket-Accept: " }<wbr/><b>{ &derived.value }</b></code></p>
                <p>{ "The client has done the same sum and compares. If the values are equal, the peer has understood WebSocket. That is all they prove: anybody can do this sum, so it does not say who the peer is. " }{ rfc("4.2.2") }</p>
            </li>
        </ol>
    }
}

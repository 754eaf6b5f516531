//! The accept value, derived in front of the reader.

use js_sys::{Function, Reflect, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use wire::handshake::{GUID, KEY_BYTES, accept, key_bytes};
use yew::prelude::*;

use crate::address::{Said, cut, use_address, use_arrival};
use crate::routes::{KeyQuery, Route};
use crate::ui::{CopyButton, Icon, Rfc, counted, hex_spaced};

/// The key of the example in RFC 6455 §1.3.
const EXAMPLE: &str = "dGhlIHNhbXBsZSBub25jZQ==";
/// The longest key that goes into a link, and into the box.
const LONGEST: usize = 200;

/// What is wrong with a key, in words; nothing where it is a legal one.
fn trouble(key: &str) -> Option<String> {
    let key = key.trim_matches([' ', '\t']);
    match key_bytes(key) {
        _ if key.is_empty() => Some(
            "There is no key yet. A key is base64 of 16 bytes: 24 characters, the last two of them “=”."
                .to_owned(),
        ),
        None => {
            let odd = key
                .chars()
                .enumerate()
                .find(|(_, c)| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/' | '='));
            Some(match odd {
                Some((at, c)) => format!(
                    "This is not base64: character {}, “{c}”, is none of A–Z, a–z, 0–9, “+” and “/”.",
                    at + 1
                ),
                None => "This is not base64: characters come in groups of four, the last group filled up with “=”.".to_owned(),
            })
        }
        Some(bytes) if bytes.len() != KEY_BYTES => Some(format!(
            "This is base64 of {}, and a key is base64 of 16.",
            counted(bytes.len() as u64, "byte", "bytes")
        )),
        Some(_) => None,
    }
}

/// What an address asks for: the key, and what could not be used.
fn asked(said: &Said<KeyQuery>) -> (String, Option<String>) {
    // An address that cannot be read is the exchange's to speak of, further up.
    match said.clone().unwrap_or_default().key {
        None => (EXAMPLE.to_owned(), None),
        Some(key) if key.len() > LONGEST => (
            EXAMPLE.to_owned(),
            Some(format!(
                "key={}: longer than {LONGEST} bytes. Here is the RFC’s example.",
                cut(&key)
            )),
        ),
        Some(key) => (key.replace(['\r', '\n'], ""), None),
    }
}

/// 16 bytes from the browser's own source of random numbers, in base64.
fn fresh() -> Option<String> {
    use base64::Engine as _;
    let crypto = Reflect::get(&gloo_utils::window(), &"crypto".into()).ok()?;
    let draw = Reflect::get(&crypto, &"getRandomValues".into()).ok()?;
    let bytes = Uint8Array::new_with_length(KEY_BYTES as u32);
    draw.dyn_ref::<Function>()?.call1(&crypto, &bytes).ok()?;
    Some(base64::engine::general_purpose::STANDARD.encode(bytes.to_vec()))
}

/// The instrument.
#[component]
pub fn AcceptKey() -> Html {
    let address = use_address::<KeyQuery>(Route::Handshake);
    let state = use_state(|| asked(address.said()));
    {
        let state = state.setter();
        use_arrival(&address, move |said| state.set(asked(said)));
    }
    let (key, problem) = &*state;
    let change = {
        let state = state.setter();
        Callback::from(move |to: String| {
            state.set((to.clone(), None));
            address.rest(KeyQuery {
                key: (to != EXAMPLE).then_some(to),
            });
        })
    };
    let oninput = {
        let change = change.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                change.emit(input.value());
            }
        })
    };
    let renew = {
        let (change, state) = (change.clone(), state.clone());
        Callback::from(move |_: MouseEvent| match fresh() {
            Some(key) => change.emit(key),
            None => state.set((
                state.0.clone(),
                Some("This browser gives no random numbers to this page.".to_owned()),
            )),
        })
    };
    let again = change.reform(|_: MouseEvent| EXAMPLE.to_owned());
    let wrong = trouble(key);
    let derived = accept(key);
    html! {
        <section class="panel hs-accept" aria-label="The accept value">
            <div class="bar">
                <div class="field hs-key">
                    <label for="hs-key">{ "Sec-WebSocket-Key" }</label>
                    <input id="hs-key" class="input mono" type="text" maxlength={LONGEST.to_string()} spellcheck="false" autocomplete="off" autocapitalize="off"
                        value={(*key).clone()} {oninput} aria-invalid={wrong.is_some().then_some("true")} aria-describedby="hs-key-trouble"/>
                </div>
                <button type="button" class="btn primary" onclick={renew}>{ "A fresh key" }</button>
                <button type="button" class="btn" onclick={again} disabled={*key == EXAMPLE}>{ "The RFC’s example" }</button>
            </div>
            if let Some(problem) = problem {
                <div class="problems" role="status"><p>{ problem }</p></div>
            }
            <div class="hs-trouble" id="hs-key-trouble" aria-live="polite">
                if let Some(wrong) = &wrong {
                    <p class="error">{ Icon::Warn.view() }{ format!(" {wrong} ") }<Rfc section="4.1"/></p>
                    <p>{ "A strict server answers 400. The steps below go through all the same: they take the key as text, and never decode it." }</p>
                }
            </div>
            <ol class="hs-steps">
                <li>
                    <h2>{ "The key, as it stands in the request" }</h2>
                    <p class="hs-run"><code class="key">{ or_nothing(&derived.key) }</code></p>
                    <p>
                        { match key_bytes(&derived.key) {
                            Some(bytes) if wrong.is_none() => html! { <>{ "It stands for 16 random bytes, " }<code>{ hex_spaced(&bytes) }</code>{ ", but nobody decodes it: what counts is the text." }</> },
                            _ => html! { "What counts is the text." },
                        } }
                    </p>
                </li>
                <li>
                    <h2>{ "Join the GUID to it" }</h2>
                    <p class="hs-run"><code><span class="key">{ &derived.key }</span><wbr/><span class="guid">{ GUID }</span></code></p>
                    <p>{ "Always the same 36 characters, fixed in the RFC. No other protocol has a reason to know them. " }<Rfc section="1.3"/></p>
                </li>
                <li>
                    <h2>{ "Hash the text with SHA-1" }</h2>
                    <p>{ format!("{} in, 20 bytes out. Change one character of the key, and about half of all bits change.", counted(derived.concatenation.len() as u64, "byte", "bytes")) }</p>
                    <p class="hs-run"><code>{ hex_spaced(&derived.digest) }</code></p>
                </li>
                <li>
                    <h2>{ "Write the digest in base64" }</h2>
                    <p>{ "Three bytes at a time become four characters. The last two bytes give three and one “=”." }</p>
                    <ol class="hs-groups" aria-label="Bytes of the digest, and the characters that stand for them">
                        { for groups(&derived.digest, &derived.value).into_iter().map(|(bytes, letters)| html! {
                            <li><code>{ bytes }</code><span class="sr">{ " becomes " }</span><b>{ letters }</b></li>
                        }) }
                    </ol>
                </li>
                <li>
                    <h2>{ "What the server sends" }</h2>
                    <p class="hs-run from-server"><code>{ "Sec-WebSocket-Accept: " }<wbr/><b>{ &derived.value }</b></code></p>
                    <p>{ "The client has done the same sum and compares. If the values are equal, the peer has understood WebSocket. That is all they prove: anybody can do this sum, so they say nothing of who the peer is. " }<Rfc section="4.2.2"/></p>
                </li>
            </ol>
            <div class="foot">
                if wrong.is_none() {
                    <CopyButton label="Copy as a shell command" text={format!("printf %s '{}' | openssl dgst -sha1 -binary | base64", derived.concatenation)}/>
                }
                <CopyButton label="Copy the value" text={derived.value.clone()}/>
                <span class="grow"></span>
                <CopyButton label="Copy link"/>
            </div>
        </section>
    }
}

fn or_nothing(key: &str) -> String {
    if key.is_empty() {
        "(nothing)".to_owned()
    } else {
        key.to_owned()
    }
}

/// Three bytes of the digest and the four characters that stand for them, seven times; the last time two and four.
fn groups(digest: &[u8], value: &str) -> Vec<(String, String)> {
    let letters: Vec<char> = value.chars().collect();
    digest
        .chunks(3)
        .zip(letters.chunks(4))
        .map(|(bytes, letters)| (hex_spaced(bytes), letters.iter().collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address;

    fn of(query: &str) -> (String, Option<String>) {
        asked(&address::read(query))
    }

    #[test]
    fn what_is_wrong_with_a_key() {
        assert_eq!(trouble(EXAMPLE), None);
        assert_eq!(trouble(&format!(" {EXAMPLE} ")), None);
        for (key, word) in [
            ("", "no key yet"),
            ("aGVsbG8=", "base64 of 5 bytes"),
            ("AA==", "base64 of 1 byte,"),
            ("hello", "groups of four"),
            ("dGhlIHNhbXBsZSBub25jZQé=", "character 23, “é”"),
        ] {
            let said = trouble(key).unwrap();
            assert!(said.contains(word), "{key}: {said}");
        }
    }

    #[test]
    fn the_groups_make_up_the_value() {
        let derived = accept(EXAMPLE);
        let groups = groups(&derived.digest, &derived.value);
        assert_eq!(groups.len(), 7);
        assert_eq!(groups[0], ("b3 7a 4f".into(), "s3pP".into()));
        assert_eq!(groups[6], ("c4 ea".into(), "xOo=".into()));
        let joined: String = groups.into_iter().map(|g| g.1).collect();
        assert_eq!(joined, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn the_key_of_a_link() {
        assert_eq!(of(""), (EXAMPLE.into(), None));
        assert_eq!(of("?key=aGVsbG8%3D"), ("aGVsbG8=".into(), None));
        let (key, problem) = of(&format!("?key={}", "x".repeat(201)));
        assert_eq!(key, EXAMPLE);
        assert!(problem.unwrap().contains("key=xxx"));
        assert_eq!(of("?key=%ff%00").1, None);
        assert_eq!(of("?key=a&key=b").0, EXAMPLE);
    }
}

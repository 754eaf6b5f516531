//! A box into which bytes are typed.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::number::hex_spaced;

/// Properties of [`ByteInput`].
#[derive(Properties, PartialEq)]
pub struct ByteInputProps {
    /// The id of the box.
    pub id: AttrValue,
    /// Its label.
    pub label: AttrValue,
    /// The bytes. Where they change from elsewhere, they take the place of what was typed.
    pub bytes: Rc<[u8]>,
    /// Reads what is typed, in whatever forms; or says what is wrong.
    pub read: Callback<String, Result<Vec<u8>, String>>,
    /// Writes bytes that come from elsewhere; without it, in hexadecimal digits.
    #[prop_or_default]
    pub write: Option<Callback<Rc<[u8]>, String>>,
    /// What is typed has been read.
    pub on_bytes: Callback<Rc<[u8]>>,
    /// How many lines there are; a box of one line where it is 1.
    #[prop_or(1)]
    pub rows: u32,
}

/// What was typed, and what came of it.
#[derive(Clone, PartialEq)]
struct Typed {
    text: String,
    /// The bytes as they were when it was typed, or that it gave.
    bytes: Rc<[u8]>,
    error: Option<String>,
}

/// A box into which bytes are typed. What cannot be read stays there, and is named.
#[component]
pub fn ByteInput(props: &ByteInputProps) -> Html {
    let typed = use_state(|| None::<Typed>);
    let current = typed.as_ref().filter(|typed| typed.bytes == props.bytes);
    let text = match (current, &props.write) {
        (Some(typed), _) => typed.text.clone(),
        (None, Some(write)) => write.emit(props.bytes.clone()),
        (None, None) => hex_spaced(&props.bytes),
    };
    let error = current.and_then(|typed| typed.error.clone());
    let oninput = {
        let (typed, bytes) = (typed.setter(), props.bytes.clone());
        let (read, on_bytes) = (props.read.clone(), props.on_bytes.clone());
        Callback::from(move |event: InputEvent| {
            let Some(text) = typed_text(&event) else {
                return;
            };
            let (bytes, error) = match read.emit(text.clone()) {
                Ok(bytes) => {
                    let bytes: Rc<[u8]> = bytes.into();
                    on_bytes.emit(bytes.clone());
                    (bytes, None)
                }
                Err(why) => (bytes.clone(), Some(why)),
            };
            typed.set(Some(Typed { text, bytes, error }));
        })
    };
    let (id, wrong) = (props.id.clone(), format!("{}-wrong", props.id));
    let invalid = error.is_some().then_some("true");
    html! {
        <div class="byte-input">
            <label for={id.clone()}>{ &props.label }</label>
            if props.rows > 1 {
                <textarea {id} class="input" rows={props.rows.to_string()} spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={text} {oninput} aria-invalid={invalid} aria-describedby={wrong.clone()}/>
            } else {
                <input {id} class="input mono" type="text" spellcheck="false" autocomplete="off" autocapitalize="off"
                    value={text} {oninput} aria-invalid={invalid} aria-describedby={wrong.clone()}/>
            }
            <p id={wrong} class="byte-input__error" aria-live="polite">{ error.unwrap_or_default() }</p>
        </div>
    }
}

/// What stands in the box in which something was typed.
pub fn typed_text(event: &InputEvent) -> Option<String> {
    let target = event.target()?;
    match target.dyn_into::<HtmlInputElement>() {
        Ok(input) => Some(input.value()),
        Err(target) => Some(target.dyn_into::<HtmlTextAreaElement>().ok()?.value()),
    }
}

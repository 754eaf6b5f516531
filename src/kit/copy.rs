//! A button that copies a text, and says whether it did.

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use super::browser;
use super::number::hex_spaced;

/// Properties of [`CopyButton`].
#[derive(Properties)]
pub struct CopyProps {
    /// What the button says.
    pub label: AttrValue,
    /// What it copies.
    #[prop_or_default]
    pub text: Option<AttrValue>,
    /// A path and query of this site, to copy as a whole address. The address bar may be a moment behind.
    #[prop_or_default]
    pub path: Option<AttrValue>,
    /// Bytes to copy in hexadecimal instead, written out only when they are wanted.
    #[prop_or_default]
    pub bytes: Option<Rc<[u8]>>,
    /// Whether it can be used now.
    #[prop_or_default]
    pub disabled: bool,
}

impl PartialEq for CopyProps {
    fn eq(&self, other: &CopyProps) -> bool {
        // Megabytes that are the same ones are not compared at every render.
        let same = |a: &Rc<[u8]>, b: &Rc<[u8]>| Rc::ptr_eq(a, b) || a == b;
        let bytes = match (&self.bytes, &other.bytes) {
            (Some(a), Some(b)) => same(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        bytes
            && self.label == other.label
            && self.text == other.text
            && self.path == other.path
            && self.disabled == other.disabled
    }
}

/// How many milliseconds the button says that it has copied.
const COPIED_MS: u32 = 1600;

/// A button that copies a text, and says whether it did.
#[component]
pub fn CopyButton(props: &CopyProps) -> Html {
    let said = use_state_eq(|| None::<String>);
    let timer = use_mut_ref(|| None::<Timeout>);
    {
        // What was copied before is not what the button would copy now.
        let said = said.setter();
        let bytes = props.bytes.as_ref().map(|bytes| bytes.as_ptr());
        use_effect_with((props.text.clone(), bytes), move |_| said.set(None));
    }
    let onclick = {
        let (said, text, path, bytes) = (
            said.clone(),
            props.text.clone(),
            props.path.clone(),
            props.bytes.clone(),
        );
        Callback::from(move |_| {
            let (said, timer) = (said.clone(), timer.clone());
            let text = match (&text, &bytes) {
                (Some(text), _) => text.to_string(),
                (None, Some(bytes)) => hex_spaced(bytes),
                (None, None) => path.as_deref().map_or_else(browser::href, browser::address),
            };
            wasm_bindgen_futures::spawn_local(async move {
                let word = match browser::copy(&text).await {
                    Ok(()) => "Copied".to_owned(),
                    Err(why) => format!("Not copied: {why}"),
                };
                said.set(Some(word));
                *timer.borrow_mut() = Some(Timeout::new(COPIED_MS, move || said.set(None)));
            });
        })
    };
    html! {
        <button type="button" class="btn copy" {onclick} disabled={props.disabled}>
            <span aria-hidden={said.is_some().then_some("true")}>{ &props.label }</span>
            <span class="said" role="status">{ said.as_deref().unwrap_or_default() }</span>
        </button>
    }
}

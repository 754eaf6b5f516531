//! Small parts that many views use.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::browser;

pub use crate::kit::number::{counted, grouped, hex, hex_spaced, printable};

/// A link to a section of RFC 6455, such as `5.2`.
#[derive(Properties, PartialEq)]
pub struct RfcProps {
    /// The number of the section.
    pub section: AttrValue,
    /// Another RFC's number.
    #[prop_or(6455)]
    pub rfc: u16,
    /// Whether to write `RFC 6455` before the section.
    #[prop_or(true)]
    pub long: bool,
    /// Other words for the link.
    #[prop_or_default]
    pub text: Option<Html>,
}

/// A link to the place where something is written.
#[component]
pub fn Rfc(props: &RfcProps) -> Html {
    let RfcProps {
        section,
        rfc,
        long,
        text,
    } = props;
    let href = format!("https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section}");
    let label = match text {
        Some(text) => text.clone(),
        None if *long => html! { format!("RFC {rfc} §{section}") },
        None => html! { format!("§{section}") },
    };
    html! { <a class="rfc" {href} rel="noopener">{ label }</a> }
}

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
    let said = use_state(|| None::<String>);
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

/// Drawn signs. Each takes the colour and the size of the text around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// The system's theme.
    Monitor,
    /// The light theme.
    Sun,
    /// The dark theme.
    Moon,
    /// Opens the navigation.
    Menu,
    /// Closes it.
    Cross,
    /// Starts playing.
    Play,
    /// Stops playing.
    Pause,
    /// One byte back.
    Back,
    /// One byte on.
    Forward,
    /// To the first byte.
    First,
    /// To the last byte.
    Last,
    /// All is well.
    Check,
    /// Something is wrong.
    Warn,
}

impl Icon {
    /// The drawing, hidden from screen readers: the control around it has a name.
    pub fn view(self) -> Html {
        let d = match self {
            Icon::Monitor => "M3 5h18v11H3zM9 20h6M12 16v4",
            Icon::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1"
            }
            Icon::Moon => "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5",
            Icon::Menu => "M4 7h16M4 12h16M4 17h16",
            Icon::Cross => "M6 6l12 12M18 6L6 18",
            Icon::Play => "M8 5.5v13l10.5-6.5z",
            Icon::Pause => "M8.5 5.5v13M15.5 5.5v13",
            Icon::Back => "M15 5.5L8 12l7 6.5",
            Icon::Forward => "M9 5.5l7 6.5-7 6.5",
            Icon::First => "M6 5.5v13M17.5 5.5L10.5 12l7 6.5",
            Icon::Last => "M18 5.5v13M6.5 5.5l7 6.5-7 6.5",
            Icon::Check => "M5 12.5l4.5 4.5L19 7.5",
            Icon::Warn => "M12 4L2.8 20h18.4zM12 10v4.5M12 17.2v.3",
        };
        html! {
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d={d}/></svg>
        }
    }
}

//! Copying: bytes as a link, as digits, or as a program writes them.

use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use notation::{Language, write};
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};
use yew::prelude::*;

use super::sequence::FrameSequence;
use crate::kit::browser;

/// How many milliseconds the button says that it has copied.
const COPIED_MS: u32 = 1600;
/// The id of the button; its entries have the same with a number behind it.
const ID: &str = "copy-as";

/// Properties of [`CopyMenu`].
#[derive(Properties, PartialEq)]
pub struct CopyMenuProps {
    /// The frames whose bytes are copied.
    pub sequence: Rc<FrameSequence>,
    /// Path and query of the link, where the bytes fit into one.
    #[prop_or_default]
    pub link: Option<AttrValue>,
}

/// An entry of the menu.
#[derive(Clone, Copy, PartialEq)]
enum Entry {
    Link,
    In(Language),
}

impl Entry {
    fn name(self) -> &'static str {
        match self {
            Entry::Link => "Link",
            Entry::In(language) => language.name(),
        }
    }
}

/// The button that opens the menu.
pub fn button(open: bool, onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button id={ID} type="button" class="btn" {onclick} aria-haspopup="menu" aria-expanded={open.to_string()}
            aria-controls={open.then_some("copy-as-menu")}>
            { "Copy as" }<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M6 9.5l6 6 6-6"/></svg>
        </button>
    }
}

/// A menu that is open to begin with, and its button (WAI-ARIA's menu button: arrows, Home, End, Escape).
#[component]
pub fn CopyMenu(props: &CopyMenuProps) -> Html {
    let open = use_state(|| true);
    let said = use_state(|| None::<String>);
    let timer = use_mut_ref(|| None::<Timeout>);
    let root = use_node_ref();
    let mut entries: Vec<Entry> = Language::ALL.into_iter().map(Entry::In).collect();
    if props.link.is_some() {
        entries.insert(0, Entry::Link);
    }
    let count = entries.len();
    {
        // The menu takes the focus when it appears.
        use_effect_with(*open, move |open| {
            if *open {
                browser::focus(&format!("{ID}-0"));
            }
        });
    }
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            let at = event
                .target()
                .and_then(|t| t.dyn_into::<Element>().ok())
                .and_then(|e| {
                    e.id()
                        .strip_prefix(ID)?
                        .strip_prefix('-')?
                        .parse::<usize>()
                        .ok()
                });
            let to = match (event.key().as_str(), at) {
                ("ArrowDown" | "ArrowUp", None) if !*open => {
                    event.prevent_default();
                    open.set(true);
                    return;
                }
                ("Escape", _) if *open => {
                    event.prevent_default();
                    open.set(false);
                    browser::focus(ID);
                    return;
                }
                ("ArrowDown", Some(at)) => (at + 1) % count,
                ("ArrowUp", Some(at)) => (at + count - 1) % count,
                ("Home", Some(_)) => 0,
                ("End", Some(_)) => count - 1,
                _ => return,
            };
            event.prevent_default();
            browser::focus(&format!("{ID}-{to}"));
        })
    };
    {
        // Whoever presses or goes elsewhere is done with it.
        let (setter, root) = (open.setter(), root.clone());
        use_effect_with(*open, move |open| {
            let listeners = open.then(|| {
                ["pointerdown", "focusin"].map(|kind| {
                    let (setter, root) = (setter.clone(), root.clone());
                    EventListener::new(&gloo::utils::document(), kind, move |event| {
                        let to = event.target().and_then(|t| t.dyn_into::<Node>().ok());
                        let inside = root
                            .cast::<Node>()
                            .is_some_and(|root| root.contains(to.as_ref()));
                        if !inside {
                            setter.set(false);
                        }
                    })
                })
            });
            move || drop(listeners)
        });
    }
    let copy = |entry: Entry| {
        let (open, said, timer) = (open.clone(), said.clone(), timer.clone());
        let (sequence, link) = (props.sequence.clone(), props.link.clone());
        Callback::from(move |_: MouseEvent| {
            open.set(false);
            browser::focus(ID);
            let (said, timer) = (said.clone(), timer.clone());
            // Written only when it is wanted: megabytes take a moment.
            let text = match entry {
                Entry::Link => browser::address(link.as_deref().unwrap_or_default()),
                Entry::In(language) => write(&sequence.source.bytes, language),
            };
            wasm_bindgen_futures::spawn_local(async move {
                let word = match browser::copy(&text).await {
                    Ok(()) => format!("Copied: {}", entry.name()),
                    Err(why) => format!("Not copied: {why}"),
                };
                said.set(Some(word));
                *timer.borrow_mut() = Some(Timeout::new(COPIED_MS, move || said.set(None)));
            });
        })
    };
    html! {
        <div class="frame-inspector__copy" ref={root} {onkeydown}>
            { button(*open, toggle) }
            <span class="frame-inspector__copied" role="status">{ said.as_deref().unwrap_or_default() }</span>
            if *open {
                <div id="copy-as-menu" class="frame-inspector__menu" role="menu" aria-labelledby={ID}>
                    { for entries.iter().enumerate().map(|(i, entry)| html! {
                        <button id={format!("{ID}-{i}")} type="button" role="menuitem" tabindex="-1" onclick={copy(*entry)}>{ entry.name() }</button>
                    }) }
                </div>
            }
        </div>
    }
}

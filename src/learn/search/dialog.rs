//! The dialog of the search: a combobox over a list of what was found.

use gloo::utils::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;
use yew_router::AnyRoute;
use yew_router::prelude::*;

use super::ENTRIES;
use super::input::{self, Suggestion};
use super::model::{Entry, Index};
use crate::kit::browser;
use crate::kit::byte_input::typed_text;
use crate::kit::icon::Icon;

/// The most results that are shown.
const MOST: usize = 30;

/// The name of an option in the page.
fn option_id(i: usize) -> String {
    format!("search-option-{i}")
}

/// A result, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hit {
    kind: &'static str,
    title: AttrValue,
    about: AttrValue,
    path: AttrValue,
}

impl From<&'static Entry> for Hit {
    fn from(entry: &'static Entry) -> Hit {
        Hit {
            kind: entry.kind,
            title: entry.title.into(),
            about: entry.about.into(),
            path: entry.path.into(),
        }
    }
}

impl From<Suggestion> for Hit {
    fn from(suggestion: Suggestion) -> Hit {
        Hit {
            kind: "Instrument",
            title: suggestion.title.into(),
            about: suggestion.about.into(),
            path: suggestion.path.into(),
        }
    }
}

/// What was found, and how many that are in all.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hits {
    shown: Vec<Hit>,
    count: usize,
}

/// What is found for what was typed.
fn results(index: &Index, typed: &str) -> Hits {
    let input = input::read(typed, ENTRIES);
    let found = index.find(input.words);
    let count = found.len() + usize::from(input.suggestion.is_some());
    let first = input.suggestion.into_iter().map(Hit::from);
    let shown = first.chain(found.into_iter().map(Hit::from));
    Hits {
        shown: shown.take(MOST).collect(),
        count,
    }
}

/// What is said of the results, to the eye and aloud.
fn status(typed: &str, results: &Hits) -> String {
    match (typed.trim().is_empty(), results.count) {
        (true, _) => {
            "All pages. Type a word, a code, a header, or bytes in hexadecimal.".to_owned()
        }
        (_, 0) => "Nothing matches. Try another word, a code, a header, or bytes in hexadecimal."
            .to_owned(),
        (_, 1) => "1 result".to_owned(),
        (_, count) if count > MOST => format!("{count} results; the first {MOST} are shown"),
        (_, count) => format!("{count} results"),
    }
}

/// Properties of [`SearchDialog`].
#[derive(Clone, PartialEq, Properties)]
pub struct DialogProps {
    /// Called when the dialog is closed.
    pub on_close: Callback<()>,
}

/// The dialog. It is modal, so that the focus stays in it and Escape closes it.
#[component]
pub fn SearchDialog(props: &DialogProps) -> Html {
    let (dialog, list) = (use_node_ref(), use_node_ref());
    let navigator = use_navigator();
    let typed = use_state(String::new);
    let selected = use_state(|| 0usize);
    let index = use_memo((), |()| Index::new(ENTRIES));
    let results = use_memo((*typed).clone(), |typed| results(&index, typed));
    use_effect_with(dialog.clone(), |dialog| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            // A dialog that is in the page and not open can be opened.
            let _ = dialog.show_modal();
        }
        browser::focus("search-input");
    });
    {
        let list = list.clone();
        use_effect_with(*selected, move |selected| {
            browser::show(&list, &format!("#{}", option_id(*selected)));
        });
    }
    let close = {
        let dialog = dialog.clone();
        move || {
            if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
                dialog.close();
            }
        }
    };
    let go = {
        let close = close.clone();
        Callback::from(move |path: AttrValue| {
            close();
            lead(navigator.as_ref(), &path);
        })
    };
    let oninput = {
        let (typed, selected) = (typed.setter(), selected.setter());
        Callback::from(move |event: InputEvent| {
            if let Some(text) = typed_text(&event) {
                typed.set(text);
                selected.set(0);
            }
        })
    };
    let onkeydown = {
        let (results, selected, go) = (results.clone(), selected.clone(), go.clone());
        Callback::from(move |event: KeyboardEvent| {
            // Nothing that is typed here is a key of the page.
            event.stop_propagation();
            let count = results.shown.len();
            match event.key().as_str() {
                // The keys that opened the dialog are not the browser's here either.
                "k" | "K" if event.ctrl_key() || event.meta_key() => {}
                _ if event.is_composing() || count == 0 => return,
                "ArrowDown" => selected.set((*selected + 1) % count),
                "ArrowUp" => selected.set((*selected + count - 1) % count),
                "PageDown" => selected.set((*selected + 8).min(count - 1)),
                "PageUp" => selected.set(selected.saturating_sub(8)),
                "Enter" => {
                    if let Some(result) = results.shown.get(*selected) {
                        go.emit(result.path.clone());
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let onclose = props.on_close.reform(|_: Event| ());
    let on_backdrop = {
        let (close, dialog) = (close.clone(), dialog.clone());
        Callback::from(move |event: MouseEvent| {
            // What lies around the dialog belongs to it; all that is in it lies in its one child.
            let target = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlElement>().ok());
            if target.is_some() && target == dialog.cast::<HtmlElement>() {
                close();
            }
        })
    };
    // No key that is pressed here is one of the page.
    let on_key = Callback::from(|event: KeyboardEvent| event.stop_propagation());
    let on_cross = Callback::from(move |_: MouseEvent| close());
    let has_results = !results.shown.is_empty();
    let active = has_results.then(|| option_id(*selected));
    html! {
        <dialog ref={dialog} class="search" aria-label="Search" {onclose} onclick={on_backdrop} onkeydown={on_key}>
            <div class="search__body">
                <div class="search__field">
                    { Icon::Search.view() }
                    <input id="search-input" class="search__input" type="text" role="combobox" aria-label="Search" aria-autocomplete="list"
                        aria-expanded={has_results.to_string()} aria-controls="search-list" aria-activedescendant={active}
                        autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="go" maxlength="5000"
                        placeholder="A word, 1006, a header, 81 05 …" value={(*typed).clone()} {oninput} {onkeydown}/>
                    <button type="button" class="btn search__close" onclick={on_cross} aria-label="Close the search">{ Icon::Cross.view() }</button>
                </div>
                <p class="search__status" role="status">{ status(&typed, &results) }</p>
                <div ref={list} id="search-list" class="search__list" role="listbox" aria-label="Results">
                    { for results.shown.iter().enumerate().map(|(i, result)| view(result, i, i == *selected, &go)) }
                </div>
            </div>
        </dialog>
    }
}

/// A result. It is a link, so that it can be opened elsewhere; the keyboard reaches it by way of the field.
fn view(result: &Hit, i: usize, is_selected: bool, go: &Callback<AttrValue>) -> Html {
    let onclick = {
        let (go, path) = (go.clone(), result.path.clone());
        Callback::from(move |event: MouseEvent| {
            // With a modifier the reader wants a new tab or window, which is the browser's work.
            if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
                event.prevent_default();
                go.emit(path.clone());
            }
        })
    };
    html! {
        <a key={i} id={option_id(i)} class="search__option" role="option" tabindex="-1" aria-selected={is_selected.to_string()}
            href={result.path.clone()} {onclick}>
            <b>{ result.title.clone() }</b>
            <small class="search__kind">{ result.kind }</small>
            <span class="search__about">{ result.about.clone() }</span>
        </a>
    }
}

/// Leads to a path of this site. A place on the page at hand is the browser's work.
fn lead(navigator: Option<&Navigator>, path: &str) {
    let here = window().location().pathname().unwrap_or_default();
    match path.split_once('#') {
        Some((page, place)) if page == here => {
            // A page that is shown has an address that takes a fragment.
            let _ = window().location().set_hash(place);
            if let Some(element) = document().get_element_by_id(place) {
                element.scroll_into_view();
            }
        }
        _ => {
            if let Some(navigator) = navigator {
                navigator.push(&AnyRoute::new(path));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_instrument_takes_comes_first() {
        let index = Index::new(ENTRIES);
        let found = results(&index, "81 05 48 65 6c 6c 6f");
        assert_eq!(found.shown[0].title, "Read these bytes in Frames");
        assert_eq!(found.shown[0].path, "/frames?hex=810548656c6c6f");
        let found = results(&index, "1006");
        assert_eq!(found.shown[0].path, "/closing?code=1006#close-codes");
        // The term of the glossary, and the code.
        let titles = [&found.shown[1].title, &found.shown[2].title];
        assert!(
            titles.contains(&&"1006 abnormal closure".into()),
            "{titles:?}"
        );
        let found = results(&index, "Sec-WebSocket-Accept: x");
        assert_eq!(found.shown[1].title, "Sec-WebSocket-Accept");
    }

    #[test]
    fn the_number_of_results_is_said() {
        let index = Index::new(ENTRIES);
        let said = |typed: &str| status(typed, &results(&index, typed));
        assert!(said("").starts_with("All pages."));
        assert!(said("qqqqqq").starts_with("Nothing matches."));
        let count = results(&index, "close").count;
        assert!(count > 1 && said("close").starts_with(&format!("{count} result")));
        assert!(results(&index, "a").shown.len() <= MOST);
    }
}

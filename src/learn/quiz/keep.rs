//! What this browser keeps of the answers, to take along, bring back or erase.

use exercises::Kind;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use super::model::{Action, State};
use crate::kit::number::counted;
use crate::kit::{browser, file};
use crate::learn::questions::IDS;
use crate::store;

/// The name of the file that answers are taken along in.
const FILE: &str = "duplex-progress.json";
/// The largest file that is read, in bytes. One with every question answered has some ten thousand.
const MOST_BYTES: f64 = 1_000_000.0;
/// The place of what is said about a file.
const SAID: &str = "quiz-kept-said";

/// Where the answers are.
pub fn foot(is_kept: bool) -> Html {
    let said = if is_kept {
        "Your answers stay in this browser."
    } else {
        "This browser keeps nothing for this site: your answers are gone when you leave this page."
    };
    html! { <span>{ said }</span> }
}

/// What was answered so far, and what can be done with that.
pub fn view(state: &State, act: &Callback<Action>) -> Html {
    let record = &state.record;
    let known = IDS.iter().filter_map(|id| record.cards.of(id));
    let (answered, right) = known.fold((0u64, 0u64), |(answered, right), card| {
        (answered + 1, right + u64::from(card.right))
    });
    let practice = Kind::ALL.iter().filter_map(|kind| {
        let (right, all) = record.practice.get(kind.name())?;
        Some(html! { <li>{ kind.title() }{ format!(" {right} of {all} right") }</li> })
    });
    let export = Callback::from(|_: MouseEvent| {
        let done = file::download(FILE, "application/json", &store::export());
        say(&done
            .err()
            .unwrap_or_else(|| format!("The file {FILE} has your answers.")));
    });
    let import = {
        let (act, today) = (act.clone(), state.today);
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
            let Some(input) = input else { return };
            let chosen = input.files().and_then(|files| files.get(0));
            // The same file can be chosen again.
            input.set_value("");
            let (Some(chosen), act) = (chosen, act.clone()) else {
                return;
            };
            spawn_local(async move { say(&bring_back(chosen, today, &act).await) });
        })
    };
    let erase = act.reform(|_: MouseEvent| Action::Erase);
    html! {
        <details class="quiz__kept">
            <summary>{ "Your progress" }</summary>
            <p>
                { format!("{} answered of {}, ", answered, counted(IDS.len() as u64, "question", "questions")) }
                { format!("{right} of them right the last time.") }
            </p>
            <ul>{ for practice }</ul>
            <div class="quiz__kept-actions">
                <button type="button" class="btn" onclick={export}>{ "Save to a file" }</button>
                <label class="btn">
                    { "Load from a file" }
                    <input type="file" class="visually-hidden" accept=".json,application/json" onchange={import}/>
                </label>
                <details class="quiz__erase">
                    <summary class="btn">{ "Erase" }</summary>
                    <p>{ "All answers and reviews in this browser will be gone. " }
                        <button type="button" class="btn" onclick={erase}>{ "Erase them" }</button></p>
                </details>
            </div>
            <p id={SAID} role="status"></p>
        </details>
    }
}

/// Reads a file that [`store::export`] wrote, and asks what it says. What is said about it.
async fn bring_back(chosen: File, today: i32, act: &Callback<Action>) -> String {
    if chosen.size() > MOST_BYTES {
        return format!(
            "That file has {} bytes and is not one with answers; the largest that is read has {MOST_BYTES}.",
            chosen.size()
        );
    }
    let read = JsFuture::from(chosen.text()).await.ok();
    let Some(text) = read.and_then(|text| text.as_string()) else {
        return "The browser could not read that file.".to_owned();
    };
    if !store::import(&text) {
        return "That file has no answers of Duplex in it. Take one that “Save to a file” made. Nothing has changed."
            .to_owned();
    }
    act.emit(Action::Restore(Box::new(store::load()), today));
    "Your answers are back.".to_owned()
}

fn say(words: &str) {
    browser::set_text(SAID, words);
}

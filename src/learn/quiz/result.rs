//! The result, and what can be done after it.

use yew::prelude::*;

use super::RESULT;
use super::model::Action;
use super::questions::{Question, letter};
use super::session::Session;
use super::view::{explanation, reading, score};
use crate::kit::icon::Icon;
use crate::kit::inline::inlines;
use crate::kit::link::page_link;

/// How it went, question by question.
pub fn result(session: &Session, act: &Callback<Action>) -> Html {
    let total = session.questions().len();
    let open = total - session.answered();
    let summary = match (session.wrong(), open) {
        (_, open) if open > 0 => "Some questions have no answer yet.",
        (0, _) => "Nothing to go over again. You may want to see it happen on a real connection.",
        (1, _) => "One answer was not right. Here is why.",
        _ => "These answers were not right. Here is why.",
    };
    let items = session.questions().iter().enumerate().map(|(i, question)| {
        let (class, icon, said) = match session.verdict(i) {
            Some(true) => ("is-right", Icon::Check, "Right"),
            Some(false) => ("is-wrong", Icon::Cross, "Not right"),
            None => ("is-open", Icon::Forward, "Not answered"),
        };
        let onclick = act.reform(move |_| Action::Review(i));
        html! {
            <li class={class}>
                <h3>{ inlines(question.text) }</h3>
                <p class="quiz__mark">{ icon.view() }{ said }</p>
                if let (Some(false), Some(answer)) = (session.verdict(i), session.answer(i)) {
                    <dl class="quiz__review">
                        { view_reviewed("You chose", question, answer) }
                        { view_reviewed("The right answer is", question, question.right()) }
                    </dl>
                    { reading(question) }
                }
                <button type="button" class="btn" {onclick}>
                    { "Open question " }{ i + 1 }
                </button>
            </li>
        }
    });
    html! {
        <div class="quiz__result">
            <h2 id={RESULT} tabindex="-1">{ score(session) }</h2>
            <p>{ summary }</p>
            <ol>
                for item in items {
                    { item }
                }
            </ol>
        </div>
    }
}

/// What can be done after the result.
pub fn after(session: &Session, act: &Callback<Action>) -> Html {
    let again = act.reform(|_: MouseEvent| Action::StartAgain);
    let repeat = act.reform(|_: MouseEvent| Action::RepeatWrong);
    html! {
        <>
            <button type="button" class="btn" onclick={again}>{ "Start again" }</button>
            if session.wrong() > 0 {
                <button type="button" class="btn primary" onclick={repeat}>{ "Ask the wrong ones again" }</button>
            } else {
                { page_link("/live", classes!("btn", "primary"), html! { "Open the live wire" }) }
            }
        </>
    }
}

/// A choice, and why it is right or not.
fn view_reviewed(said: &'static str, question: &'static Question, choice: usize) -> Html {
    html! {
        <>
            <dt>{ said }{ " " }<b>{ letter(choice) }</b></dt>
            <dd>
                <p>{ question.choices.get(choice).map(|c| inlines(c.text)).unwrap_or_default() }</p>
                <p class="quiz__why">{ explanation(question, choice) }</p>
            </dd>
        </>
    }
}

//! The live wire's status, in view on every page.

use yew::prelude::*;

use super::links::LIVE;
use super::provider::LiveHandle;
use super::status::{StatusLine, countdown};
use crate::kit::link::page_link;
use crate::kit::number::{counted, grouped};

/// The status in a word, for the head of a small screen, where the card is folded away.
#[component]
pub fn LivePip() -> Html {
    let Some(live) = use_context::<LiveHandle>() else {
        return Html::default();
    };
    let tone = live.status().tone;
    let text = html! {
        <>
            <i class="dot" aria-hidden="true"></i>
            <span><span class="visually-hidden">{ "Live wire " }</span>{ tone.word() }</span>
        </>
    };
    page_link(LIVE, classes!("live-pip", tone.class()), text)
}

/// The live wire's status, in view on every page.
#[component]
pub fn LiveCard() -> Html {
    let Some(live) = use_context::<LiveHandle>() else {
        return Html::default();
    };
    let status = live.status();
    let button = status.action.map(|action| {
        let onclick = Callback::from(move |_: MouseEvent| live.act(action));
        html! { <button type="button" class="btn" {onclick}>{ action.label() }</button> }
    });
    let name = html! {
        <>
            <i class="dot" aria-hidden="true"></i>
            <b>{ status.words }</b>
        </>
    };
    html! {
        <section class={classes!("live-status", status.tone.class())} aria-label="Live wire status">
            { page_link(LIVE, classes!("live-status__name"), name) }
            { view_line(&status.line) }
            { button.unwrap_or_default() }
        </section>
    }
}

fn view_line(line: &StatusLine) -> Html {
    let one = |text: String| html! { <span class="live-status__line">{ text }</span> };
    match line {
        StatusLine::Text(text) => one(text.clone()),
        StatusLine::Countdown(seconds) => one(countdown(*seconds)),
        StatusLine::Traffic {
            address,
            unit: (singular, plural),
            up,
            down,
        } => {
            let spoken = format!(
                "{} sent, {} received",
                counted(*up, singular, plural),
                counted(*down, singular, plural)
            );
            let short =
                |n: u64| format!("{} {}", grouped(n), if n == 1 { singular } else { plural });
            html! {
                <>
                    { one(address.clone()) }
                    <span class="live-status__line" aria-hidden="true">
                        { format!("↑ {} · ↓ {}", short(*up), short(*down)) }
                    </span>
                    <span class="visually-hidden">{ spoken }</span>
                </>
            }
        }
    }
}

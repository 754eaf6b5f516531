//! The live wire's status, in view on every page.

use yew::prelude::*;
use yew_router::prelude::*;

use super::phase::Phase;
use super::{Live, use_live};
use crate::routes::Route;
use crate::ui::{counted, grouped};

/// The status in a word, for the head of a small screen, where the card is folded away.
#[component]
pub fn LivePip() -> Html {
    let Some(live) = use_live() else {
        return Html::default();
    };
    let state = live.live();
    let phase = &state.line.phase;
    let word = match phase {
        Phase::Open(_) => "open",
        Phase::Waiting(_) => "lost",
        phase if phase.is_busy() => "busy",
        _ => "closed",
    };
    html! {
        <Link<Route> to={Route::Live} classes={classes!("pip", tone(phase))}>
            <i class="dot" aria-hidden="true"></i>
            <span><span class="sr">{ "Live wire " }</span>{ word }</span>
        </Link<Route>>
    }
}

/// The class that colours the dot: it never says anything that the words beside it do not.
pub fn tone(phase: &Phase) -> &'static str {
    match phase {
        Phase::Open(_) => "is-open",
        Phase::Waiting(_) => "is-lost",
        phase if phase.is_busy() => "is-busy",
        _ => "is-closed",
    }
}

/// The live wire's status, in view on every page.
#[component]
pub fn LiveCard() -> Html {
    let Some(live) = use_live() else {
        return Html::default();
    };
    let state = live.live();
    let phase = &state.line.phase;
    let open = {
        let live = live.clone();
        Callback::from(move |_: MouseEvent| live.connect())
    };
    let retry = {
        let live = live.clone();
        Callback::from(move |_: MouseEvent| live.retry())
    };
    html! {
        <section class={classes!("live", tone(phase))} aria-label="Live wire status">
            <Link<Route> to={Route::Live} classes="live-name">
                <i class="dot" aria-hidden="true"></i>
                <b>{ state.status() }</b>
            </Link<Route>>
            { details(&state) }
            if matches!(phase, Phase::Idle | Phase::Closed(_)) {
                <button type="button" class="btn" onclick={open}>
                    { if *phase == Phase::Idle { "Open it" } else { "Connect again" } }
                </button>
            }
            if matches!(phase, Phase::Waiting(_)) {
                <button type="button" class="btn" onclick={retry}>{ "Connect now" }</button>
            }
        </section>
    }
}

fn details(state: &Live) -> Html {
    match &state.line.phase {
        Phase::Idle => {
            html! { <span class="live-line">{ "Nothing is sent until you open it." }</span> }
        }
        Phase::Waiting(waiting) => html! {
            <span class="live-line">{ countdown(waiting.seconds(state.now)) }</span>
        },
        Phase::Open(_) | Phase::Closing(_) => {
            let (up, down) = state.record.counts();
            let (one, many) = if state.line.target.is_own() {
                ("frame", "frames")
            } else {
                ("message", "messages")
            };
            let spoken = format!(
                "{} sent, {} received",
                counted(up, one, many),
                counted(down, one, many)
            );
            html! {
                <>
                    <span class="live-line">{ state.address() }</span>
                    <span class="live-line" aria-hidden="true">
                        { format!("↑ {} {} · ↓ {} {}", grouped(up), if up == 1 { one } else { many }, grouped(down), if down == 1 { one } else { many }) }
                    </span>
                    <span class="sr">{ spoken }</span>
                </>
            }
        }
        _ => html! { <span class="live-line">{ state.address() }</span> },
    }
}

/// `Trying again in 3 s`.
pub fn countdown(seconds: u32) -> String {
    match seconds {
        0 => "Trying again now".into(),
        n => format!("Trying again in {n}\u{a0}s"),
    }
}

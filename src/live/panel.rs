//! The instrument: connection, timeline, what is selected, round trips, composer.

use yew::prelude::*;

use super::controls::{Bar, Composer};
use super::notice::Notice;
use super::status::Driver as _;
use super::trips::{self, Trips};
use super::{Live, LiveContext, use_live};
use crate::instruments::timeline::{Selected, Timeline};
use crate::ui::counted;

/// The live wire, to look at and to use.
#[component]
pub fn Panel() -> Html {
    match use_live() {
        Some(live) => html! { <Whole {live}/> },
        None => Html::default(),
    }
}

#[derive(Properties, PartialEq)]
struct WholeProps {
    live: LiveContext,
}

#[component]
fn Whole(props: &WholeProps) -> Html {
    let live = &props.live;
    let chosen = use_state_eq(|| None::<u64>);
    {
        let live = live.clone();
        // A reader who comes to this page wants a connection; on all others nothing is sent until asked for.
        use_effect_with((), move |()| live.open_first());
    }
    let onselect = {
        let chosen = chosen.setter();
        Callback::from(move |id| chosen.set(id))
    };
    let sent = use_state(|| 0u32);
    let onsend = {
        let (live, chosen, sent) = (live.clone(), chosen.setter(), sent.clone());
        Callback::from(move |()| {
            live.send();
            chosen.set(None);
            sent.set(sent.wrapping_add(1));
        })
    };
    let state = live.live();
    let current = match *chosen {
        Some(id) => state.record.get(id).cloned(),
        None => newest(&state),
    };
    let dropped = chosen.is_some() && current.is_none();
    html! {
        <section class="panel wirepanel" aria-label="Live wire">
            <Bar live={live.clone()}/>
            <Notice live={live.clone()}/>
            <div class="body">
                <Timeline live={live.clone()} current={current.as_ref().map(|entry| entry.id)} pinned={chosen.is_some()} sent={*sent} {onselect}/>
                <Composer live={live.clone()} {onsend}/>
                <div class="right">
                    <section class="chosen" aria-label="Selected" tabindex="0">
                        <Selected entry={current} {dropped}/>
                    </section>
                    <section class="trips" aria-label="Round trip">
                        { round_trip(&state) }
                    </section>
                </div>
            </div>
        </section>
    }
}

/// The newest line that is worth being shown without having been chosen: pings and pongs come and go by themselves,
/// and would take away what the reader is reading.
fn newest(state: &Live) -> Option<std::rc::Rc<super::entry::Entry>> {
    let entries = state.record.entries();
    entries
        .iter()
        .rev()
        .find(|entry| !entry.kind.is_heartbeat())
        .or_else(|| entries.back())
        .cloned()
}

fn round_trip(state: &Live) -> Html {
    let trips = &state.trips;
    let said = if state.machine.target.is_own() {
        "From send() to the echo’s message event, by this page’s clock."
    } else {
        "From send() to an equal message, by this page’s clock. Only a server that echoes gives any."
    };
    html! {
        <>
            <p class="cap">{ "Round trip" }</p>
            { numbers(trips) }
            <p class="say3">{ said }</p>
        </>
    }
}

fn numbers(trips: &Trips) -> Html {
    let (Some(last), Some(median), Some(worst)) = (trips.last(), trips.median(), trips.worst())
    else {
        return html! { <p class="say2">{ "Send a message and it is measured." }</p> };
    };
    let number = |ms: f64, name: &str| html! { <div><b>{ trips::trip(ms) }</b><span>{ name.to_owned() }</span></div> };
    html! {
        <div class="stat">
            { number(last, "last") }
            { number(median, "median") }
            { number(worst, "worst") }
            if let Some(d) = trips.path(110.0, 30.0) {
                <svg class="spark" viewBox="0 0 110 30" role="img" aria-label={format!("The last {}", counted(trips.count() as u64, "round trip", "round trips"))}>
                    <path {d}/>
                </svg>
            }
        </div>
    }
}

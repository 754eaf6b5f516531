//! The instrument: connection, timeline, what is selected, round trips, composer.

use web_sys::HtmlInputElement;
use yew::prelude::*;
use yew_router::prelude::*;

use super::controls::{closing_form, composer, target_form};
use super::machine::ConnectionState;
use super::notice::{self, notice};
use super::settings::Settings;
use super::timeline::{Selected, Timeline};
use super::trips::{self, Trips};
use super::{Live, LiveContext, use_live};
use crate::kit::deferred::use_deferred;
use crate::kit::number::counted;
use crate::kit::panel::Panel;
use crate::kit::secrets;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{self, Reveal, use_on_navigate, use_reveal, use_url_state};
use crate::split_point;

/// The name of the instrument.
const NAME: &str = "live-wire";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<Settings>(NAME);

/// What is shown of the wire only once it has been asked for: fetched then, since no way leads to it when the server is gone.
#[derive(Clone, Copy)]
pub struct LiveParts {
    /// How to close.
    pub closing_form: fn(&LiveContext, &Live) -> Html,
    /// What there is to say when the wire is closed, lost, or leads elsewhere.
    pub notice: fn(&LiveContext, &Live) -> Html,
}

split_point!(
    live_parts,
    fn live_parts() -> LiveParts {
        LiveParts {
            closing_form,
            notice: notice::at_length,
        }
    }
);

/// The live wire, to look at and to use.
#[component]
pub fn LiveWire() -> Html {
    let live = use_live();
    let url = use_url_state::<Settings>(NAME);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let location = use_location();
    {
        let live = live.clone();
        // A reader who comes to this page wants a connection; on all others nothing is sent until asked for. What the
        // address says counts from the beginning, also where the prerendered page is taken over.
        use_effect_with((), move |()| {
            let query = location.as_ref().map_or("", |l| l.query_str());
            let asked = url_state::read::<Settings>(query).settings;
            if let Some(live) = live {
                live.follow(asked.url.as_deref());
            }
        });
    }
    {
        let live = live.clone();
        use_on_navigate(&url, move |parsed| {
            if let Some(live) = live {
                live.follow(parsed.settings.url.as_deref());
            }
        });
    }
    let target = live
        .as_ref()
        .map_or_else(Settings::default, |live| Settings::of_target(&live.live()));
    {
        let url = url.clone();
        let is_first = use_mut_ref(|| true);
        use_effect_with(target.clone(), move |target| {
            let parsed = url.parsed();
            let says_nothing = parsed.problems.is_empty() && parsed.settings == Settings::default();
            // A link that asks for something else stays as it is until the reader has connected.
            if !is_first.replace(false) || (says_nothing && *target != Settings::default()) {
                url.write(target);
            }
        });
    }
    let chosen = use_state_eq(|| None::<u64>);
    let closing = use_state(|| false);
    let sent = use_state(|| 0u32);
    let message = use_node_ref();
    let asked = live
        .as_ref()
        .is_some_and(|live| live.live().machine.state != ConnectionState::Idle);
    let parts = use_deferred(asked, live_parts);
    let Some(live) = live else {
        return Html::default();
    };
    let onselect = {
        let chosen = chosen.setter();
        Callback::from(move |id| chosen.set(id))
    };
    let onmore = {
        let closing = closing.clone();
        Callback::from(move |_: MouseEvent| closing.set(!*closing))
    };
    let onsend = {
        let (live, chosen, sent) = (live.clone(), chosen.setter(), sent.clone());
        let message = message.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            live.send();
            chosen.set(None);
            sent.set(sent.wrapping_add(1));
            // The text stays, ready to be sent again or typed over.
            if let Some(message) = message.cast::<HtmlInputElement>() {
                message.select();
            }
        })
    };
    let state = live.live();
    let current = match *chosen {
        Some(id) => state.record.get(id).cloned(),
        None => newest(&state),
    };
    let dropped = chosen.is_some() && current.is_none();
    let linked = if state.machine.state == ConnectionState::Idle {
        &url.parsed().settings
    } else {
        &target
    };
    html! {
        <Panel name={NAME} title="Live wire" class="live-wire" node={panel} problems={url.parsed().problems.clone()}
            toolbar={target_form(&live, &state, *closing, onmore)} link={url.link(linked)} foot={left_out(linked)}>
            if state.machine.state.is_open() && (*closing || state.trouble.close.is_some()) {
                { parts.view("The close frame", |parts| (parts.closing_form)(&live, &state)) }
            }
            { notice(&live, &state, parts.ready()) }
            <div class="panel__columns">
                <Timeline live={live.clone()} current={current.as_ref().map(|entry| entry.id)} pinned={chosen.is_some()} sent={*sent} {onselect}/>
                { composer(&live, &state, message, onsend) }
                <div class="panel__side">
                    <section class="live-wire__selected" aria-label="Selected" tabindex="0">
                        <Selected entry={current} {dropped}/>
                    </section>
                    <section class="live-wire__trips" aria-label="Round trip">
                        { round_trip(&state) }
                    </section>
                </div>
            </div>
        </Panel>
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

/// What a link to this does not have.
fn left_out(linked: &Settings) -> Html {
    let names = linked.url.as_deref().map(|url| secrets::url(url).names);
    let said =
        names.and_then(|names| secrets::left_out(&names, "the page’s address and its links"));
    said.map(|said| html! { <span>{ said }</span> })
        .unwrap_or_default()
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
            <p class="eyebrow">{ "Round trip" }</p>
            { numbers(trips) }
            <p class="note note--small">{ said }</p>
        </>
    }
}

fn numbers(trips: &Trips) -> Html {
    let (Some(last), Some(median), Some(worst)) = (trips.last(), trips.median(), trips.worst())
    else {
        return html! { <p class="note">{ "Send a message and it is measured." }</p> };
    };
    let number = |ms: f64, name: &str| html! { <div><b>{ trips::trip(ms) }</b><span>{ name.to_owned() }</span></div> };
    html! {
        <div class="live-wire__numbers">
            { number(last, "last") }
            { number(median, "median") }
            { number(worst, "worst") }
            if let Some(d) = trips.path(110.0, 30.0) {
                <svg class="live-wire__spark" viewBox="0 0 110 30" role="img" aria-label={format!("The last {}", counted(trips.count() as u64, "round trip", "round trips"))}>
                    <path {d}/>
                </svg>
            }
        </div>
    }
}

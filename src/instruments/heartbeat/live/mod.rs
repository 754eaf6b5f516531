//! The live wire's heart: the server's real pings and the browser's pongs, and beside them what a page can do itself.

use gloo::timers::callback::{Interval, Timeout};
use yew::prelude::*;

use crate::kit::browser;
use crate::kit::motion::{use_frames, use_on_screen};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::choice;
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::endpoint_url::Target;
use crate::live::{LiveContext, page_clock, use_wire};

mod ping_log;
mod settings;
mod view;

use settings::Settings;
use view::PingLanes;

/// The name of the instrument.
const NAME: &str = "heartbeat-live";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The drawing moves on in steps of this many milliseconds.
const STEP_MS: f64 = 50.0;
/// How long the page can be frozen, in milliseconds.
const FREEZE_MS: f64 = 3000.0;
/// How many times of hanging are remembered.
const KEPT: usize = 50;

/// The instrument.
#[component]
pub fn HeartbeatLive() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let live = use_wire();
    let panel = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    let still = use_state_eq(|| true);
    {
        let still = still.setter();
        use_effect_with((), move |()| still.set(browser::prefers_reduced_motion()));
    }
    use_reveal(&url, &panel, Reveal::Always);
    let open = live.live().machine.state.is_open();
    // A heartbeat of the application: nothing that a timer and `send` could not do on any page.
    {
        let live = live.clone();
        let number = use_mut_ref(|| 0u32);
        use_effect_with((open, settings.beats), move |&(open, beats)| {
            let timer = (open && beats > 0).then(|| {
                Interval::new(beats * 1000, move || beat(&live, &mut number.borrow_mut()))
            });
            move || drop(timer)
        });
    }
    // The server's clock now, from the least delay with which anything of it has been seen.
    let page = use_state_eq(|| 0.0f64);
    {
        // Also where nothing moves by itself.
        let page = page.setter();
        use_effect_with(live.clone(), move |_| page.set(page_clock()));
    }
    // When the page has hung, by its own clock.
    let hung = use_state_eq(Vec::<(f64, f64)>::new);
    let moved = {
        let page = page.setter();
        Callback::from(move |_: f64| page.set((page_clock() / STEP_MS).floor() * STEP_MS))
    };
    use_frames(open && on_screen && !*still, moved);

    let on_choose = {
        let live = live.clone();
        Callback::from(move |next: Settings| {
            on_change.emit(next);
            if open && next.pings != settings.pings {
                connect(&live, next.pings);
            }
        })
    };
    let begin = {
        let live = live.clone();
        Callback::from(move |_: MouseEvent| connect(&live, settings.pings))
    };
    let end = {
        let live = live.clone();
        Callback::from(move |_: MouseEvent| live.close())
    };
    let freeze = {
        let (live, hung) = (live.clone(), hung.clone());
        Callback::from(move |_: MouseEvent| {
            let (live, hung) = (live.clone(), hung.clone());
            // First let the browser draw that the button is pressed.
            Timeout::new(30, move || {
                live.say("heartbeat before the page freezes");
                let from = page_clock();
                while page_clock() < from + FREEZE_MS {}
                let mut all = (*hung).clone();
                all.push((from, page_clock()));
                // Older ones have left the tape.
                all.drain(..all.len().saturating_sub(KEPT));
                hung.set(all);
            })
            .forget();
        })
    };
    let busy = live.live().machine.state.is_busy();
    let toolbar = html! {
        <>
            { choice("pings", "Server pings", &settings, &on_choose) }
            { choice("beats", "Script asks", &settings, &on_choose) }
            <span class="spacer"></span>
            if open {
                <button type="button" class="btn" onclick={freeze}>{ "Freeze this page for 3 s" }</button>
                <button type="button" class="btn" onclick={end}>{ "Disconnect" }</button>
            } else {
                <button type="button" class="btn primary" onclick={begin} disabled={busy}>{ "Connect and listen" }</button>
            }
        </>
    };
    let foot = html! {
        <span>{ "A connection of its own, beside the live wire’s. In a hidden tab a browser runs a page’s timers less often; Chrome, as its developers report, as rarely as once a minute. Its pongs go on." }</span>
    };
    html! {
        <Panel name={NAME} title="Real pings and pongs" class="pulse" node={panel} {toolbar} problems={parsed.problems}
            {foot} link={url.link(&settings)}>
            <p class="pulse__state" role="status">{ view::status(&live) }</p>
            <PingLanes live={live.clone()} page={*page} every={settings.pings} hung={(*hung).clone()}/>
            { view::figures(&live) }
        </Panel>
    }
}

fn connect(live: &LiveContext, pings: u32) {
    live.connect_to(Target::Own(format!("ping={pings}s")));
}

fn beat(live: &LiveContext, number: &mut u32) {
    *number = number.wrapping_add(1);
    live.say(&format!("heartbeat {number}"));
}

//! The parts of the panel.

use sim::Micros;
use sim::heartbeat::{Fault, Run, Side};
use web_sys::Element;
use yew::prelude::*;

use super::faults::{self, Order};
use super::lanes::{CLIENT, Lanes, NAT, SERVER, drawn_way, on_the_way};
use super::model::Action;
use super::narration::{self, Stand};
use super::settings::Settings;
use crate::kit::icon::Icon;
use crate::kit::number::{minutes, seconds};
use crate::kit::playback::PlaybackAction;
use crate::kit::settings_panel::{choice, choice_chips};
use crate::kit::shared::Shared;

/// Who asks, and what the NAT box does about strangers.
pub fn toolbar(settings: &Settings, on_change: &Callback<Settings>) -> Html {
    html! {
        <>
            { choice_chips("asks", settings, on_change) }
            <span class="spacer"></span>
            { choice("resets", "NAT", settings, on_change) }
        </>
    }
}

/// What can be done to the connection where the reader stands.
pub fn fault_buttons(settings: &Settings, now: Micros, on_fault: &Callback<Fault>) -> Html {
    let buttons = Order::before(&settings.faults, now).buttons();
    html! {
        <div class="heartbeat__faults" role="group" aria-label="What happens now">
            <span class="eyebrow">{ format!("At {}", minutes(now)) }</span>
            for (label, fault, can) in buttons {
                <button type="button" class="btn" onclick={on_fault.reform(move |_: MouseEvent| fault)}
                    disabled={!can || settings.faults.contains(&(now, fault))}>{ label }</button>
            }
        </div>
    }
}

/// What happens in this run, each to be taken back.
pub fn happened(settings: &Settings, run: &Run, now: Micros, act: &Callback<Action>) -> Html {
    if settings.faults.is_empty() {
        return html! {
            <div class="heartbeat__happened">
                <p>{ "Nothing goes wrong yet. Go to a moment, then choose what happens there." }</p>
            </div>
        };
    }
    let first = settings.faults.iter().find(|&&(at, _)| at > now);
    let coming = first.filter(|_| now == 0).map(|&(at, fault)| {
        format!(
            "Press Play, or step. At {}: {} Who notices, and when?",
            minutes(at),
            faults::sentence(fault)
        )
    });
    let all = settings.faults.iter().map(|&(at, fault)| {
        // What came before may leave nothing to happen: a machine without power can't crash.
        let name = if run.faults().contains(&(at, fault)) {
            faults::label(fault).to_owned()
        } else {
            format!("{}: too late to happen", faults::label(fault))
        };
        (at, fault, name)
    });
    html! {
        <div class="heartbeat__happened">
            if let Some(coming) = coming {
                <p>{ coming }</p>
            }
            <ul aria-label="What happens">
                for (at, fault, name) in all {
                    <li>
                        <button type="button" class="btn" aria-label={format!("Go to {}: {name}", minutes(at))}
                            onclick={act.reform(move |_: MouseEvent| Action::Playback(PlaybackAction::Go(at)))}>
                            <span class="mono">{ minutes(at) }</span>{ " " }{ name.clone() }
                        </button>
                        <button type="button" class="btn" aria-label={format!("Take back: {name} at {}", minutes(at))}
                            onclick={act.reform(move |_: MouseEvent| Action::TakeBack(at, fault))}>{ Icon::Cross.view() }</button>
                    </li>
                }
            </ul>
        </div>
    }
}

/// The three lanes with their names, and what stands there now.
pub fn picture(
    run: &Shared<Run>,
    now: Micros,
    on_playback: &Callback<PlaybackAction>,
    scene: &NodeRef,
) -> Html {
    let name = |title: &str, (stand, says): (Stand, String), lane: f64| {
        let (class, sign) = match stand {
            Stand::Well => ("well", "●"),
            Stand::Ghost => ("wrong", "◌"),
            Stand::Knows => ("known", "✓"),
            Stand::Away => ("away", "○"),
        };
        html! {
            <div class={classes!("who", class)} style={format!("--lane:{:.3}%", lane * 100.0)}>
                <b>{ title }</b>
                <span><i aria-hidden="true">{ sign }</i>{ " " }{ says }</span>
            </div>
        }
    };
    let end = run.params().duration;
    let place = scene.clone();
    let onclick = on_playback.reform(move |event: MouseEvent| {
        let size = place
            .cast::<Element>()
            .map(|element| element.get_bounding_client_rect());
        let share = size.map_or(0.0, |rect| {
            // On a small screen time runs down.
            if rect.height() > rect.width() {
                (f64::from(event.client_y()) - rect.top()) / rect.height()
            } else {
                (f64::from(event.client_x()) - rect.left()) / rect.width()
            }
        });
        let tenths = (share.clamp(0.0, 1.0) * end as f64 / 1e5).round() as Micros;
        PlaybackAction::Go(tenths * 100_000)
    });
    html! {
        <div class="lanes">
            <div class="names">
                { name("Client", narration::stand(run, Side::Client, now), CLIENT) }
                { name("NAT box", narration::nat_stand(run, now), NAT) }
                { name("Server", narration::stand(run, Side::Server, now), SERVER) }
            </div>
            <div class="scene ladder-lying drawing" aria-hidden="true" {onclick} ref={scene.clone()}>
                <Lanes run={run.clone()}/>
                { on_the_way(run, now) }
            </div>
        </div>
    }
}

/// What the drawing does to the model.
pub fn note(run: &Run) -> String {
    let (way, drawn) = (run.params().one_way_delay(), drawn_way(run));
    if drawn > way {
        format!(
            "A model, packet by packet. A trip of {} is drawn {} long, so that there is something to see.",
            seconds(way),
            seconds(drawn)
        )
    } else {
        "A model, packet by packet.".to_owned()
    }
}

/// What the signs of the drawing mean.
pub fn legend() -> Html {
    html! {
        <p class="legend" aria-hidden="true">
            <span class="from-server"><i></i>{ "from the server" }</span>
            <span class="from-client"><i></i>{ "from the client" }</span>
            <span class="again"><i></i>{ "sent again by TCP" }</span>
            <span class="lost"><i>{ "✕" }</i>{ "lost" }</span>
            <span class="believes"><i></i>{ "believes that it is connected, and nobody can be reached" }</span>
        </p>
    }
}

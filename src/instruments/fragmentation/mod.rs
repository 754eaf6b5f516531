//! A message cut into fragments, the frames that come of it, and an endpoint that reads them.

use std::rc::Rc;

use wire::session::Kind;
use yew::prelude::*;

use crate::instruments::messages::{read_message, write_message};
use crate::kit::browser;
use crate::kit::byte_input::ByteInput;
use crate::kit::choice::{Chip, chips, segmented};
use crate::kit::icon::Icon;
use crate::kit::motion::use_on_screen;
use crate::kit::number::counted;
use crate::kit::panel::Panel;
use crate::kit::playback::{PlaybackBar, PlaybackNames, use_ticks};
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::choice;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};

mod cut_points;
mod frame_list;
mod interleaved;
mod message;
mod model;
mod narration;
mod reassembly;
mod receiver;
mod settings;

use cut_points::CutPoints;
use message::{FragmentedMessage, MAX_BYTES, MAX_CUTS, SentFrame};
use model::{Action, State};
use settings::{PRESETS, Settings};

/// The name of the instrument.
const NAME: &str = "fragmentation";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

static NAMES: PlaybackNames = PlaybackNames {
    group: "Step through the frames",
    first: None,
    previous: "Previous frame",
    next: "Next frame",
    last: None,
    slider: "Frames read",
    unit: "",
};

/// The instrument.
#[component]
pub fn Fragmentation() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let state = use_reducer(|| State::of(url.parsed().clone()));
    let act = state.dispatcher().to_callback();
    let panel = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    {
        let act = act.clone();
        use_on_navigate(&url, move |parsed| {
            act.emit(Action::UrlChanged(parsed.clone()));
        });
    }
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let linked = state.settings();
    let link = url.link(&linked);
    {
        let url = url.clone();
        use_effect_with((state.touched, linked), move |(touched, linked)| {
            if *touched {
                url.write(linked);
            }
        });
    }
    use_effect_with((state.moves, state.held), |&(moves, held)| {
        if let (1.., Some(cut)) = (moves, held) {
            browser::focus(&cut_points::handle_id(cut));
        }
    });
    let frames = use_memo(state.message.clone(), FragmentedMessage::frames);
    let states = use_memo(state.message.clone(), |message| {
        reassembly::run(message.from, &message.frames())
    });
    let presets: Vec<Chip> = PRESETS
        .iter()
        .map(|preset| Chip {
            label: preset.label.into(),
            pressed: preset.parsed().settings.message == state.message,
            broken: preset.broken,
        })
        .collect();
    let on_preset = act.reform(move |number: usize| {
        let settings = PRESETS.get(number).map(|preset| preset.parsed().settings);
        let settings = settings.unwrap_or_default();
        url.push(&settings);
        Action::Show(settings)
    });
    let on_playback = act.reform(Action::Playback);
    let bar = PlaybackBar::of_steps(&state.playback, &NAMES, &on_playback);
    use_ticks(&bar, on_screen);
    html! {
        <Panel name={NAME} title="Fragmentation" class="fragmentation" node={panel} problems={state.problems.clone()} {link}
            toolbar={chips("Messages to begin with", &presets, &on_preset)} onkeydown={bar.keys()}
            foot={html! { <span>{ costs(&state.message, &frames) }</span> }}>
            { inputs(&state, &act) }
            <CutPoints message={state.message.clone()} held={state.held} on_action={act.clone()}/>
            <div class="panel__columns">
                <div class="panel__main">
                    <h2 class="eyebrow">{ "On the wire" }</h2>
                    { frame_list::list(&state, &frames, &states, &act) }
                </div>
                <div class="panel__side fragmentation__receiver">{ receiver::view(&state, &frames, &states, &bar) }</div>
            </div>
        </Panel>
    }
}

/// The message, its kind, its sender, and buttons for cuts.
fn inputs(state: &State, act: &Callback<Action>) -> Html {
    let message = &state.message;
    let kind = message.kind;
    let label = match kind {
        Kind::Text => "The message",
        Kind::Binary => "The message, in hexadecimal",
    };
    let bytes: Rc<[u8]> = message.bytes.as_slice().into();
    let read = Callback::from(move |text: String| read_message(kind, &text, MAX_BYTES));
    let write = Callback::from(move |bytes: Rc<[u8]>| write_message(kind, &bytes));
    let on_kind = act.reform(|chosen: usize| {
        Action::SetKind(if chosen == 0 {
            Kind::Text
        } else {
            Kind::Binary
        })
    });
    let on_sender = act.reform(|settings: Settings| Action::SetSender(settings.message.from));
    let full = message.cuts.len() >= MAX_CUTS || message.fragments().iter().all(|f| f.len() < 2);
    let remove = state.held.filter(|held| *held < message.cuts.len());
    html! {
        <div class="fragmentation__inputs">
            <div class="fragmentation__message" key={format!("{label} {}", state.shown)}>
                <ByteInput id="fragmentation-message" {label} {bytes} {read} {write} on_bytes={act.reform(Action::SetBytes)}/>
            </div>
            <div class="fragmentation__choices" key="choices">
                { segmented("Kind of message", "", &["Text", "Binary"], Some(usize::from(kind == Kind::Binary)), &on_kind) }
                { choice("from", "from", &state.settings(), &on_sender) }
                <button type="button" id="fragmentation-add" class="btn" onclick={act.reform(|_: MouseEvent| Action::CutLongest)} disabled={full}>{ "Add a cut" }</button>
                if let Some(cut) = remove {
                    <button type="button" class="btn" onclick={act.reform(move |_: MouseEvent| Action::Join(cut))}>{ format!("Remove cut {}", cut + 1) }</button>
                }
            </div>
            <div class="fragmentation__refused" key="refused" aria-live="polite">
                if let Some(why) = state.refused {
                    <p class="error">{ Icon::Warn.view() }{ format!(" {why}") }</p>
                }
            </div>
        </div>
    }
}

/// What the frames cost, in a sentence.
fn costs(message: &FragmentedMessage, frames: &[SentFrame]) -> String {
    let cost = message.cost(frames);
    let spent = cost.headers + cost.keys;
    let parts = message.cuts.len() + 1;
    let of = if cost.keys > 0 {
        format!(", {} of them masking keys", cost.keys)
    } else {
        String::new()
    };
    let one = if parts > 1 {
        format!(" In one frame: {}.", cost.whole)
    } else {
        String::new()
    };
    let others = if cost.interleaved > 0 {
        format!(
            " Other frames: {}.",
            counted(cost.interleaved as u64, "byte", "bytes")
        )
    } else {
        String::new()
    };
    format!(
        "Message {} · {} of header in {}{of}.{one}{others}",
        counted(cost.payload as u64, "byte", "bytes"),
        counted(spent as u64, "byte", "bytes"),
        counted(parts as u64, "frame", "frames")
    )
}

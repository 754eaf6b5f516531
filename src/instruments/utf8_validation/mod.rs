//! Text that is checked byte by byte, as it arrives.

use std::rc::Rc;

use yew::prelude::*;

use crate::instruments::messages::read_bytes;
use crate::kit::byte_input::ByteInput;
use crate::kit::choice::{Chip, chips};
use crate::kit::motion::use_on_screen;
use crate::kit::panel::Panel;
use crate::kit::playback::{Playback, PlaybackAction, PlaybackBar, PlaybackNames, use_ticks};
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::choice;
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod model;
mod narration;
mod next_byte_table;
mod settings;
mod view;

use settings::{PRESETS, Settings, few_enough};

/// The name of the instrument.
const NAME: &str = "utf8-validation";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

static NAMES: PlaybackNames = PlaybackNames {
    group: "Step through the text",
    first: None,
    previous: "Previous byte",
    next: "Next byte",
    last: None,
    slider: "Bytes read",
    unit: "",
};

/// How long a byte stays while it plays, in milliseconds.
const STEP_MS: u32 = 900;

/// The instrument.
#[component]
pub fn Utf8Validation() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        on_choose,
    } = use_settings::<Settings>(NAME);
    let settings = &parsed.settings;
    let panel = use_node_ref();
    let on_screen = use_on_screen(panel.clone());
    use_reveal(&url, &panel, Reveal::Always);
    // A preset takes the place of what was typed, also where that could not be used.
    let shown = use_state(|| 0u32);
    let states = use_memo((settings.bytes.clone(), settings.carrier), |_| {
        settings.read()
    });
    let last = states.len().saturating_sub(1);
    let step = settings.step().min(last);
    let on_step = {
        let settings = settings.clone();
        on_change.reform(move |step| settings.clone().at(step))
    };
    let playing = use_state_eq(|| false);
    let playback = Playback {
        now: step as u64,
        playing: *playing,
        ..Playback::of_steps(last, STEP_MS)
    };
    let on_playback = {
        let (playback, playing) = (playback.clone(), playing.setter());
        on_step.reform(move |action: PlaybackAction| {
            let mut playback = playback.clone();
            playback.apply(action);
            playing.set(playback.playing);
            playback.step()
        })
    };
    let bar = PlaybackBar::of_steps(&playback, &NAMES, &on_playback);
    use_ticks(&bar, on_screen);
    let on_preset = {
        let (settings, shown) = (settings.clone(), shown.clone());
        on_choose.reform(move |number: usize| {
            shown.set(shown.wrapping_add(1));
            let bytes = PRESETS.get(number).map_or(&[][..], |preset| preset.bytes);
            // Before the first byte: the reader says what will happen, then steps.
            settings.with_bytes(bytes).at(0)
        })
    };
    let presets: Vec<Chip> = PRESETS
        .iter()
        .map(|preset| Chip {
            label: preset.label.into(),
            pressed: settings.bytes == preset.bytes,
            broken: preset.broken,
        })
        .collect();
    let title = match step {
        0 => "Before the first byte".to_owned(),
        step => format!("Byte {step} of {}", settings.bytes.len()),
    };
    html! {
        <Panel name={NAME} title="UTF-8 validation" class="utf8-validation" node={panel} problems={parsed.problems.clone()}
            toolbar={chips("Bytes to begin with", &presets, &on_preset)} link={url.link(settings)} onkeydown={bar.keys()}
            foot={html! { <span>{ "The frame comes from a server, unmasked, and a client reads it byte by byte." }</span> }}>
            { inputs(settings, *shown, &on_change) }
            <div class="panel__columns">
                <div class="panel__main">
                    { view::bytes(settings, step, &states, &on_step) }
                    <div class="utf8-validation__steps">{ bar.view(Html::default()) }</div>
                    <section class="utf8-validation__say" aria-label="What this byte says" aria-live="polite">
                        <h3>{ title }</h3>
                        <p>{ narration::explain(settings, step, &states) }</p>
                    </section>
                    { view::verdict(settings, step, &states) }
                </div>
                <div class="panel__side">{ next_byte_table::view(settings, step, &states) }</div>
            </div>
        </Panel>
    }
}

/// The same bytes twice, as text and in hexadecimal digits, and what carries them.
fn inputs(settings: &Settings, shown: u32, on_change: &Callback<Settings>) -> Html {
    let bytes: Rc<[u8]> = settings.bytes.as_slice().into();
    let on_bytes = {
        let settings = settings.clone();
        on_change.reform(move |bytes: Rc<[u8]>| settings.with_bytes(&bytes))
    };
    let on_carrier = {
        let step = settings.step();
        on_change.reform(move |settings: Settings| settings.at(step))
    };
    let read_text = Callback::from(|text: String| few_enough(text.into_bytes()));
    let read_hex = Callback::from(|text: String| read_bytes(&text).and_then(few_enough));
    let write_text = Callback::from(|bytes: Rc<[u8]>| String::from_utf8_lossy(&bytes).into_owned());
    html! {
        <div class="utf8-validation__inputs">
            <div class="utf8-validation__text" key={format!("text {shown}")}>
                <ByteInput id="utf8-text" label="Text" bytes={bytes.clone()} read={read_text} write={write_text} on_bytes={on_bytes.clone()}/>
            </div>
            <div class="utf8-validation__hex" key={format!("hex {shown}")}>
                <ByteInput id="utf8-hex" label="Its bytes, in hexadecimal" {bytes} read={read_hex} {on_bytes}/>
            </div>
            <div class="utf8-validation__carrier" key="carrier">{ choice("carried", "", settings, &on_carrier) }</div>
        </div>
    }
}

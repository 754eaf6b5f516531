//! permessage-deflate from the inside: what became of each letter, what is sent, and what it costs.

use std::rc::Rc;

use wire::Role;
use wire::session::Kind;
use yew::prelude::*;

use crate::instruments::messages::{read_message, write_message};
use crate::kit::byte_input::ByteInput;
use crate::kit::choice::{Chip, chips, segmented};
use crate::kit::icon::Icon;
use crate::kit::number::grouped;
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::choice;
use crate::kit::slider::slid;
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod costs;
mod drawing;
mod model;
mod narration;
mod payload;
mod presets;
mod settings;

use drawing::Drawing;
use model::{ReferenceId, first_pick};
use presets::PRESETS;
use settings::{LEAST_BITS, MAX_BYTES, MAX_MESSAGES, MOST_BITS, Settings};

/// The name of the instrument.
const NAME: &str = "compression-inspector";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn CompressionInspector() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        on_choose,
    } = use_settings::<Settings>(NAME);
    let settings = &parsed.settings;
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    // What the reader points at, and why the messages cannot be text: both are true of these settings alone.
    let picked = use_state_eq(|| None::<(Settings, ReferenceId)>);
    let refused = use_state_eq(|| None::<(Settings, String)>);
    // A preset takes the place of what was typed, also where that could not be used.
    let shown = use_state(|| 0u32);
    let compressed = use_memo(settings.clone(), Settings::compress);
    let pick = picked.as_ref().filter(|(at, _)| at == settings);
    let pick = match pick {
        Some((_, pick)) => Some(*pick),
        None => first_pick(settings, &compressed),
    };
    let on_pick = {
        let (picked, settings) = (picked.setter(), settings.clone());
        Callback::from(move |pick| picked.set(Some((settings.clone(), pick))))
    };
    let on_kind = {
        let (refused, settings, on_change) =
            (refused.setter(), settings.clone(), on_change.clone());
        Callback::from(move |chosen: usize| {
            let kind = if chosen == 0 {
                Kind::Text
            } else {
                Kind::Binary
            };
            match settings.with_kind(kind) {
                Ok(settings) => on_change.emit(settings),
                Err(why) => refused.set(Some((settings.clone(), why))),
            }
        })
    };
    let refused = refused.as_ref().filter(|(at, _)| at == settings);
    let on_preset = {
        let (settings, shown) = (settings.clone(), shown.clone());
        on_choose.reform(move |number: usize| {
            shown.set(shown.wrapping_add(1));
            PRESETS
                .get(number)
                .map_or_else(|| settings.clone(), |preset| preset.on(&settings))
        })
    };
    let presets: Vec<Chip> = PRESETS
        .iter()
        .map(|preset| Chip {
            label: preset.label.into(),
            pressed: preset.is_on(settings),
            broken: false,
        })
        .collect();
    let note = PRESETS.iter().find(|preset| preset.is_on(settings));
    let note = note.map_or(
        "Messages of your own. Point at what is underlined to see where it was copied from.",
        |preset| preset.note,
    );
    html! {
        <Panel name={NAME} title="Compression inspector" class="compression-inspector" node={panel} problems={parsed.problems.clone()}
            toolbar={chips("Messages to compress", &presets, &on_preset)} link={url.link(settings)}
            foot={html! { <span>{ "Compressed here by zlib’s algorithm, level 6, as a server would." }</span> }}>
            <p class="compression-inspector__note" aria-live="polite">{ note }</p>
            <div class="compression-inspector__inputs">
                { boxes(settings, *shown, &on_change) }
                { choices(settings, &on_kind, &on_change) }
                <div aria-live="polite" class="compression-inspector__refused">
                    if let Some((_, why)) = refused {
                        <p class="error">{ Icon::Warn.view() }{ format!(" {why}") }</p>
                    }
                </div>
            </div>
            { agreement(settings, &on_change) }
            <div class="panel__columns">
                <div class="panel__main">
                    <Drawing settings={settings.clone()} compressed={compressed.clone()} {pick} {on_pick}/>
                </div>
                <div class="panel__side">
                    { payload::explanation(settings, &compressed, pick) }
                    { costs::numbers(settings, &compressed) }
                    { costs::memory(settings, &on_change) }
                </div>
            </div>
        </Panel>
    }
}

/// The messages. They are typed anew after a preset, and where they become of another kind.
fn boxes(settings: &Settings, shown: u32, on_change: &Callback<Settings>) -> Html {
    let kind = settings.kind;
    let read = Callback::from(move |text: String| read_message(kind, &text, MAX_BYTES));
    let write = Callback::from(move |bytes: Rc<[u8]>| write_message(kind, &bytes));
    let messages = settings.messages();
    let boxes = narration::NAMES.into_iter().zip(messages).enumerate();
    let boxes = boxes.map(|(number, (label, message))| {
        let on_bytes = {
            let settings = settings.clone();
            on_change.reform(move |bytes: Rc<[u8]>| settings.with_message(number, &bytes))
        };
        let bytes: Rc<[u8]> = message.into();
        html! {
            <ByteInput key={format!("{label} {kind:?} {shown}")} id={format!("compression-message-{number}")} {label} {bytes}
                read={read.clone()} write={write.clone()} {on_bytes} rows={2}/>
        }
    });
    html! { <div class="compression-inspector__boxes">{ for boxes }</div> }
}

/// What all messages have in common, and how many there are.
fn choices(settings: &Settings, on_kind: &Callback<usize>, on_change: &Callback<Settings>) -> Html {
    let count = settings.messages().len();
    let button = |name: &'static str, change: fn(&Settings) -> Settings| {
        let settings = settings.clone();
        let onclick = on_change.reform(move |_: MouseEvent| change(&settings));
        html! { <button type="button" class="btn" {onclick}>{ name }</button> }
    };
    html! {
        <div class="compression-inspector__choices">
            { segmented("Kind of messages", "", &["Text", "Binary"], Some(usize::from(settings.kind == Kind::Binary)), on_kind) }
            { choice("sender", "from", settings, on_change) }
            if count < MAX_MESSAGES {
                { button("One message more", Settings::with_one_more) }
            }
            if count > 1 {
                { button("One less", Settings::with_one_less) }
            }
        </div>
    }
}

/// What the handshake agreed on, one row for each direction.
fn agreement(settings: &Settings, on_change: &Callback<Settings>) -> Html {
    let row = |role: Role| {
        let (name, class) = match role {
            Role::Client => ("Client → server", "from-client"),
            Role::Server => ("Server → client", "from-server"),
        };
        let keeps = settings.params.context_takeover(role);
        let bits = settings.params.window_bits(role);
        let on_takeover = {
            let settings = settings.clone();
            on_change.reform(move |chosen: usize| settings.with_takeover(role, chosen == 0))
        };
        let oninput = {
            let (settings, on_change) = (settings.clone(), on_change.clone());
            Callback::from(move |event: InputEvent| {
                if let Some(bits) = slid(&event).and_then(|bits| u8::try_from(bits).ok()) {
                    on_change.emit(settings.with_bits(role, bits));
                }
            })
        };
        let id = format!("compression-bits-{role}");
        html! {
            <div class={classes!("compression-inspector__way", class)} role="group" aria-label={name}>
                <b>{ name }{ (settings.sender == role).then(|| html! { <small>{ "these messages" }</small> }) }</b>
                { segmented(&format!("{name}: after a message"), "", &["Keeps its context", "Starts afresh"], Some(usize::from(!keeps)), &on_takeover) }
                <label for={id.clone()}>{ "Window" }</label>
                <input type="range" {id} min={LEAST_BITS.to_string()} max={MOST_BITS.to_string()} value={bits.to_string()} {oninput}
                    aria-valuetext={format!("2 to the power of {bits}: {} bytes", 1u32 << bits)}/>
                <output class="mono">{ "2" }<sup>{ bits }</sup>{ format!(" = {} bytes", grouped(1 << bits)) }</output>
            </div>
        }
    };
    let small = [Role::Client, Role::Server]
        .into_iter()
        .map(|role| settings.params.window_bits(role))
        .min()
        .filter(|bits| *bits <= 9);
    html! {
        <div class="compression-inspector__agreed">
            { row(Role::Client) }
            { row(Role::Server) }
            <p class="compression-inspector__header"><code>{ format!("Sec-WebSocket-Extensions: {}", settings.params) }</code></p>
            if let Some(bits) = small {
                <p class="compression-inspector__trap">
                    { if bits == 8 {
                        "zlib cannot compress raw deflate with a window of 256 bytes. An end that agreed on 8 lets it work with 9: it leaves 262 bytes of that window unused, so it reaches back 250 bytes at most, and the other end’s 256 are enough."
                    } else {
                        "With a window of 512 bytes zlib reaches back 250 at most: it keeps 262 for looking ahead."
                    } }
                </p>
            }
        </div>
    }
}

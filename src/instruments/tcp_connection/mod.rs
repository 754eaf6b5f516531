//! The connection beneath a WebSocket: its segments one by one, and what each acknowledges.

use yew::prelude::*;

use crate::kit::number::grouped;
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod model;
mod settings;

use model::{Segment, Sender, segments, summary};
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "tcp-connection";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn TcpConnection() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    let segments = segments(&settings);
    html! {
        <Panel name={NAME} title="A TCP connection, segment by segment" class="tcp-connection" node={panel}
            problems={parsed.problems.clone()} link={url.link(&settings)}
            foot={html! { <span>{ "Numbers count from 0 on each side, as packet analysers show them; real ones begin at a random number." }</span> }}>
            { settings_panel(&settings, Show::All, &on_change, Html::default()) }
            <div class="tcp-connection__segments" tabindex="0" role="region" aria-label="Segments">
                <table>
                    <thead><tr>
                        <th scope="col">{ "Sent by" }</th>
                        <th scope="col">{ "Flags" }</th>
                        <th scope="col" class="num">{ "Seq" }</th>
                        <th scope="col" class="num">{ "Ack" }</th>
                        <th scope="col" class="num">{ "Bytes" }</th>
                        <th scope="col">{ "What it says" }</th>
                    </tr></thead>
                    <tbody>{ for segments.iter().map(row) }</tbody>
                </table>
            </div>
            <p class="tcp-connection__summary" role="status">{ summary(&settings, &segments) }</p>
        </Panel>
    }
}

fn row(segment: &Segment) -> Html {
    let (class, from, arrow) = match segment.from {
        Sender::Client => ("to-server", "client", "→"),
        Sender::Server => ("to-client", "server", "←"),
    };
    html! {
        <tr class={classes!(class, segment.lost.then_some("is-lost"))}>
            <th scope="row"><span aria-hidden="true">{ if segment.lost { "⤬" } else { arrow } }</span>{ " " }{ from }</th>
            <td><code>{ segment.flags }</code></td>
            <td class="num">{ grouped(segment.seq.into()) }</td>
            <td class="num">{ segment.ack.map_or_else(|| "–".to_owned(), |ack| grouped(ack.into())) }</td>
            <td class="num">{ if segment.bytes == 0 { "–".to_owned() } else { grouped(segment.bytes.into()) } }</td>
            <td>{ &segment.words }</td>
        </tr>
    }
}

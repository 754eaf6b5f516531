//! What compression saves, and what it costs.

use wire::Role;
use yew::prelude::*;

use super::model::{CompressedMessage, MEM_LEVEL, deflate_bytes, inflate_bytes};
use super::settings::{CONNECTIONS, Settings};
use crate::kit::link::page_link;
use crate::kit::number::grouped;
use crate::kit::rfc_link::rfc_of;

/// The frames with compression and without.
pub fn numbers(settings: &Settings, compressed: &[CompressedMessage]) -> Html {
    let rows = compressed.iter().enumerate().map(|(number, p)| {
        html! {
            <tr>
                <th scope="row">{ number + 1 }</th>
                <td>{ grouped(p.plain as u64) }</td>
                <td>{ grouped(p.frame.len() as u64) }</td>
                <td class={(p.frame.len() > p.plain).then_some("compression-inspector__more")}>{ saved(p.plain, p.frame.len()) }</td>
            </tr>
        }
    });
    let second = compressed.get(1..).unwrap_or_default();
    let (alone, with): (usize, usize) = second
        .iter()
        .fold((0, 0), |(a, w), p| (a + p.alone, w + p.payload.len()));
    let later = match second.len() {
        0 => None,
        1 => Some("The second message"),
        _ => Some("The messages after the first"),
    };
    html! {
        <section aria-label="Bytes on the wire">
            <h2 class="eyebrow">{ "Bytes on the wire" }</h2>
            <table class="compression-inspector__numbers">
                <thead><tr><th scope="col">{ "Frame" }</th><th scope="col">{ "plain" }</th><th scope="col">{ "deflated" }</th><th scope="col">{ "saved" }</th></tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
            if let Some(later) = later {
                <p class="compression-inspector__small">
                    if settings.takeover() {
                        { format!("{later}, payload alone: {} bytes. With an empty window it would be {}.", grouped(with as u64), grouped(alone as u64)) }
                    } else {
                        { format!("{later}, payload alone: {} bytes. The window is empty each time, so nothing refers to what came before.", grouped(with as u64)) }
                    }
                </p>
            }
        </section>
    }
}

fn saved(plain: usize, deflated: usize) -> String {
    let (plain, deflated) = (plain as i64, deflated as i64);
    let percent = 100 * (plain - deflated) / plain.max(1);
    match plain - deflated {
        0 => "0".to_owned(),
        less if less > 0 => format!("{less} ({percent} %)"),
        more => format!("−{} (longer)", -more),
    }
}

/// What the windows cost a server.
pub fn memory(settings: &Settings, on_change: &Callback<Settings>) -> Html {
    let (sends, receives) = settings.memory();
    let (server, client) = (
        settings.params.server_max_window_bits,
        settings.params.client_max_window_bits,
    );
    let on_connections = {
        let settings = settings.clone();
        on_change.reform(move |connections| Settings {
            connections,
            ..settings.clone()
        })
    };
    let all = (sends + receives) * u64::from(settings.connections);
    let keeps = |role: Role| settings.params.context_takeover(role);
    let line = |kept: bool, formula: String, bytes: u64| {
        if kept {
            html! { <><code>{ formula }</code>{ " " }<b>{ size(bytes) }</b></> }
        } else {
            html! { <><b>{ "0" }</b>{ " between messages: the next one begins with an empty window." }</> }
        }
    };
    html! {
        <section aria-label="Memory at the server">
            <h2 class="eyebrow">{ "Memory at the server" }</h2>
            <dl class="compression-inspector__memory">
                <dt>{ "To compress what it sends" }</dt>
                <dd>{ line(keeps(Role::Server), format!("2^({}+2) + 2^({MEM_LEVEL}+9)", server.max(9)), deflate_bytes(server)) }</dd>
                <dt>{ "To inflate what it receives" }</dt>
                <dd>{ line(keeps(Role::Client), format!("2^{} + 7 · 2^10", client.max(9)), inflate_bytes(client)) }</dd>
            </dl>
            { CONNECTIONS.view("compression-connections", settings.connections, &on_connections) }
            <p class="compression-inspector__total"><b>{ size(all) }</b>{ format!(" for {} × {}", grouped(settings.connections.into()), size(sends + receives)) }</p>
            <p class="compression-inspector__small">
                { "By zlib’s own formulas (" }<a href="https://github.com/madler/zlib/blob/master/zconf.h" rel="noopener">{ "zconf.h" }</a>
                { "), with memLevel 8. Without takeover the state can be shared between connections; a library may keep it all the same. " }
                { rfc_of(7692, "7.1.1") }
                { " " }{ page_link("/closing", Classes::new(), html! { "What a browser does about a bomb" }) }
            </p>
        </section>
    }
}

/// Bytes as people say them: `256 KiB`, `2.8 GiB`.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let whole = (value - value.round()).abs() < 0.05;
    if whole {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_as_people_say_them() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (39 << 10, "39 KiB"),
            ((256 + 39) << 10, "295 KiB"),
            ((295 << 10) * 10_000, "2.8 GiB"),
            ((295 << 10) * 1_000_000, "281.3 GiB"),
            (1 << 40, "1 TiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn longer_is_said_to_be_longer() {
        assert_eq!(saved(100, 25), "75 (75 %)");
        assert_eq!(saved(4, 6), "−2 (longer)");
        assert_eq!(saved(4, 4), "0");
    }
}

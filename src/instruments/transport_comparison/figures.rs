//! What each transport cost and how late it was: a table, and the bytes over time.

use yew::prelude::*;

use super::narration::{bytes, ms, name};
use crate::kit::chart::{Axis, Plot, Point, Series, Shape, Unit};
use crate::kit::number::grouped;
use crate::live::transports::{Directions, Race, Transport, TransportCost};

/// The colour of each transport in the chart, and its dashes.
fn look(transport: Transport) -> (&'static str, usize) {
    match transport {
        Transport::Polling => ("var(--ink-3)", 0),
        Transport::LongPolling => ("var(--ink)", 1),
        Transport::Sse => ("var(--to-client)", 2),
        Transport::Websocket => ("var(--accent)", 3),
    }
}

fn both(sum: Directions) -> u64 {
    sum.client.saturating_add(sum.server)
}

/// One row of the table, as it is written.
fn row(race: &Race, cost: &TransportCost) -> [String; 9] {
    let delays = race
        .clients
        .iter()
        .find(|client| client.transport == cost.transport)
        .and_then(|client| race.delays(client));
    let (median, p95) = match delays {
        Some(delays) => (ms(delays.median), ms(delays.p95)),
        None => ("–".to_owned(), "–".to_owned()),
    };
    let all = both(cost.head_bytes).saturating_add(both(cost.body_bytes));
    let messages = race.cost().map_or(0, |cost| cost.messages);
    let each = all.checked_div(messages);
    [
        grouped(cost.requests),
        grouped(cost.empty),
        grouped(cost.open),
        bytes(both(cost.head_bytes)),
        bytes(both(cost.body_bytes)),
        bytes(all),
        each.map_or_else(|| "–".to_owned(), bytes),
        median,
        p95,
    ]
}

/// The figures of every transport that was used.
pub fn table(race: &Race) -> Html {
    const HEADS: [&str; 10] = [
        "Transport",
        "Requests",
        "without a message",
        "Open now",
        "Bytes of heads",
        "All other bytes",
        "Bytes in all",
        "for each message",
        "Delay, median",
        "95 of 100 within",
    ];
    let Some(cost) = race.cost() else {
        return html! { <p class="transport-comparison__note">{ "The server has counted nothing yet." }</p> };
    };
    html! {
        <div class="table transport-comparison__table" tabindex="0" role="group" aria-label="What each transport cost">
            <table>
                <thead><tr>
                    for head in HEADS {
                        <th scope="col">{ head }</th>
                    }
                </tr></thead>
                <tbody>
                    for of in &cost.transports {
                        <tr>
                            <th scope="row">{ name(of.transport) }</th>
                            for cell in row(race, of) {
                                <td>{ cell }</td>
                            }
                        </tr>
                    }
                </tbody>
            </table>
        </div>
    }
}

/// The first exchange of each, as the server saw it.
pub fn heads(race: &Race) -> Html {
    let Some(cost) = race.cost() else {
        return Html::default();
    };
    let known: Vec<_> = cost
        .transports
        .iter()
        .filter_map(|of| Some((of.transport, of.first.as_ref()?)))
        .collect();
    if known.is_empty() {
        return Html::default();
    }
    html! {
        <details class="transport-comparison__heads">
            <summary>{ "The first exchange of each, as it crossed" }</summary>
            for (transport, first) in known {
                <p class="eyebrow">{ format!("{}: {} there, {} back", name(transport), bytes(first.request.bytes), bytes(first.response.bytes)) }</p>
                <pre class="http-message" tabindex="0" aria-label={format!("The first exchange by {}", name(transport))}><code class="from-client">{ first.request.head.trim_end() }</code>{ "\n\n" }<code class="from-server">{ first.response.head.trim_end() }</code></pre>
            }
        </details>
    }
}

/// The bytes of each transport over time.
pub fn over_time(race: &Race) -> Plot {
    let points = |transport: Transport| -> Vec<Point> {
        let mut points: Vec<Point> = vec![(0.0, 0.0)];
        for sample in &race.costs {
            let at = sample.cost.us as f64 / 1_000_000.0;
            let of = sample
                .cost
                .transports
                .iter()
                .find(|of| of.transport == transport);
            let later = points.last().is_none_or(|last| at > last.0);
            if let (Some(of), true) = (of, later) {
                let all = both(of.head_bytes).saturating_add(both(of.body_bytes));
                points.push((at, all as f64));
            }
        }
        points
    };
    let used = |transport: &Transport| {
        race.cost()
            .is_some_and(|cost| cost.transports.iter().any(|of| of.transport == *transport))
    };
    let series: Vec<Series> = Transport::ALL
        .into_iter()
        .filter(used)
        .map(|transport| {
            let (color, dashes) = look(transport);
            Series::line(name(transport), color, points(transport))
                .shaped(Shape::Line)
                .looking(dashes)
        })
        .collect();
    let most: Vec<String> = race.cost().map_or_else(Vec::new, |cost| {
        let all = |of: &TransportCost| both(of.head_bytes).saturating_add(both(of.body_bytes));
        let each = |of: &TransportCost| format!("{} {}", name(of.transport), bytes(all(of)));
        cost.transports.iter().map(each).collect()
    });
    let end = (race.elapsed() / 1000.0).max(f64::from(race.plan.last_ms) / 1000.0);
    Plot {
        title: "Bytes so far, heads and all else, both ways".into(),
        summary: format!("Bytes by transport: {}.", most.join(", ")).into(),
        x: Axis::new("time since the stream began", Unit::Seconds).from_to(0.0, end),
        y: Axis::new("bytes", Unit::Bytes),
        right: None,
        series: series.into(),
        marks: [].into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::transport_comparison::settings::Settings;
    use crate::live::transports::RunCost;

    fn race() -> Race {
        let mut race = Race::new(Settings::default().plan(1));
        race.clock.asked(0.0, 0.0, 0);
        for (us, client) in [(1_000_000, 100), (2_000_000, 300)] {
            let of = TransportCost {
                transport: Transport::Sse,
                requests: 1,
                empty: 0,
                open: 1,
                head_bytes: Directions { client, server: 50 },
                body_bytes: Directions {
                    client: 0,
                    server: 40,
                },
                first: None,
            };
            race.counted(RunCost {
                us,
                messages: 4,
                transports: vec![of],
            });
        }
        race
    }

    #[test]
    fn a_row_has_what_was_counted_and_shares_it_out() {
        let race = race();
        let cost = &race.cost().unwrap().transports[0];
        assert_eq!(
            row(&race, cost),
            ["1", "0", "1", "350 B", "40 B", "390 B", "97 B", "–", "–"]
        );
    }

    #[test]
    fn the_chart_has_each_transport_that_was_used() {
        let plot = over_time(&race());
        assert_eq!(plot.series.len(), 1);
        let points = [(0.0, 0.0), (1.0, 190.0), (2.0, 390.0)];
        assert_eq!(*plot.series[0].points, points);
    }
}

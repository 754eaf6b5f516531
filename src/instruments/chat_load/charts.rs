//! A run as charts: connections, latencies over time, all latencies, and where the time goes.

use sim::cluster::chat::{Bucket, FaultKind, Latency, Output, Params, Spent};
use sim::{Micros, SECOND};
use yew::prelude::*;

use super::narration::ms;
use crate::kit::chart::{Axis, Mark, Plot, Point, Series, Shape, Unit};
use crate::kit::number::{grouped, seconds};

/// How many times the least the greatest latency is before an axis is logarithmic.
const DECADES: f64 = 20.0;

fn in_seconds(at: Micros) -> f64 {
    at as f64 / SECOND as f64
}

fn time(params: &Params) -> Axis {
    Axis::new("time", Unit::Seconds).from_to(0.0, in_seconds(params.duration))
}

/// When the fault comes, and what it is.
fn marks(params: &Params) -> Vec<Mark> {
    let mark = params.fault.map(|fault| Mark {
        at: in_seconds(fault.at),
        label: match fault.kind {
            FaultKind::ServerDies => "a server dies".to_owned(),
            FaultKind::PubSubPauses(lasts) => format!("pub/sub pauses, {}", seconds(lasts)),
            FaultKind::ServerSlows { lasts, .. } => format!("a server slows, {}", seconds(lasts)),
        }
        .into(),
    });
    mark.into_iter().collect()
}

/// `websocket_connections` over time.
pub fn connections(params: &Params, output: &Output) -> Plot {
    let open: Vec<Point> = output
        .points
        .iter()
        .map(|point| (in_seconds(point.at), point.websocket_connections.into()))
        .collect();
    let counts = output
        .points
        .iter()
        .map(|point| point.websocket_connections);
    let last = output
        .points
        .last()
        .map(|point| point.websocket_connections);
    let summary = match (counts.clone().min(), counts.max(), last) {
        (Some(least), Some(most), Some(last)) => format!(
            "Between {} and {} connections are open, {} at the end.",
            grouped(least.into()),
            grouped(most.into()),
            grouped(last.into())
        ),
        _ => "Nothing is known yet.".to_owned(),
    };
    Plot {
        title: "Open connections".into(),
        summary: summary.into(),
        x: time(params),
        y: Axis::new("connections", Unit::Count).from_to(0.0, f64::from(params.users) * 1.1),
        right: None,
        series: [Series::line("open", "var(--accent)", open).shaped(Shape::Steps)].into(),
        marks: marks(params).into(),
    }
}

/// `message_delivery_latency_ms` over time: half, 95 and 99 of a hundred.
pub fn latencies(params: &Params, output: &Output) -> Plot {
    let of = |value: fn(&Latency) -> f64| -> Vec<Point> {
        let points = output.points.iter().map(|point| {
            let latency = point.message_delivery_latency_ms.as_ref();
            let seconds = latency.map_or(f64::NAN, |latency| value(latency) / 1000.0);
            (in_seconds(point.at), seconds)
        });
        points.collect()
    };
    let all = [of(|l| l.p50), of(|l| l.p95), of(|l| l.p99)];
    let numbers = |points: &[Point]| -> Vec<f64> {
        let values = points.iter().map(|point| point.1);
        values.filter(|value| *value > 0.0).collect()
    };
    let least = numbers(&all[0]).into_iter().fold(f64::INFINITY, f64::min);
    let most = numbers(&all[2]).into_iter().fold(0.0, f64::max);
    let [p50, p95, p99] = all;
    let axis = Axis::new("latency", Unit::Seconds);
    Plot {
        title: "Latency of what arrived in each part of the run".into(),
        summary: if most > 0.0 {
            format!(
                "The 99th percentile is {} at the most.",
                Unit::Seconds.say(most)
            )
        } else {
            "No message has arrived yet.".to_owned()
        }
        .into(),
        x: time(params),
        y: if most > least * DECADES {
            axis.logarithmic()
        } else {
            axis
        },
        right: None,
        series: [
            Series::line("p99", "var(--bad)", p99),
            Series::line("p95", "var(--to-client)", p95).looking(1),
            Series::line("p50", "var(--accent)", p50).looking(2),
        ]
        .into(),
        marks: marks(params).into(),
    }
}

/// All latencies of a run, each bucket a bar.
pub fn histogram(output: &Output) -> Plot {
    let all: u64 = output.histogram.iter().map(|bucket| bucket.count).sum();
    let middle = |bucket: &Bucket| {
        // In the middle as a logarithmic axis has it.
        let (from, until) = (bucket.from.max(1) as f64, bucket.until.max(1) as f64);
        (from * until).sqrt() / SECOND as f64
    };
    let bars: Vec<Point> = output
        .histogram
        .iter()
        .map(|bucket| (middle(bucket), bucket.count as f64 / all.max(1) as f64))
        .collect();
    let ends = output.histogram.first().zip(output.histogram.last());
    let (low, high) = ends.map_or((0.01, 1.0), |(first, last)| {
        (in_seconds(first.from.max(1)), in_seconds(last.until.max(2)))
    });
    let Latency { p50, p99, .. } = output.message_delivery_latency_ms;
    let mark = |value: f64, label: &'static str| Mark {
        at: value / 1000.0,
        label: label.into(),
    };
    Plot {
        title: "All latencies of the run".into(),
        summary: format!(
            "Of {} deliveries, half took {} or less, and 99 of a hundred {} or less.",
            grouped(all),
            ms(p50),
            ms(p99)
        )
        .into(),
        x: Axis::new("latency", Unit::Seconds)
            .from_to(low * 0.9, high * 1.1)
            .logarithmic(),
        y: Axis::new("share of the deliveries", Unit::Percent),
        right: None,
        series: [Series::line("deliveries", "var(--accent)", bars).shaped(Shape::Bars)].into(),
        marks: match all {
            0 => Vec::new(),
            _ => vec![mark(p50, "p50"), mark(p99, "p99")],
        }
        .into(),
    }
}

/// The parts of a mean latency: the name of each in a class, its words, and its milliseconds.
fn parts(spent: &Spent) -> [(&'static str, &'static str, f64); 5] {
    [
        ("network", "the network", spent.network),
        ("hop", "the hop through pub/sub", spent.pubsub_hop),
        ("wait", "waiting for the server", spent.queue_wait),
        ("service", "the server’s work", spent.service),
        ("client", "a slow client’s queue", spent.client_queue),
    ]
}

/// Where the time of a message goes, part by part.
pub fn spent(spent: &Spent) -> Html {
    let all = spent.sum();
    let row = |(class, name, value): (&str, &str, f64)| {
        let share = if all > 0.0 { value / all * 100.0 } else { 0.0 };
        html! {
            <li class={classes!("chat-load__part", format!("chat-load__part--{class}"))}>
                <span>{ name }</span>
                <span class="chat-load__bar drawing" aria-hidden="true"><i style={format!("width:{share:.1}%")}></i></span>
                <span class="mono">{ format!("{}, {share:.0} %", ms(value)) }</span>
            </li>
        }
    };
    html! {
        <ul class="chat-load__parts">
            for part in parts(spent) {
                { row(part) }
            }
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::chat_load::settings::{Fault, Settings};
    use sim::cluster::chat::ChatRun;
    use sim::job::Job;

    fn run(settings: &Settings) -> (Params, Output) {
        let params = settings.shorter(60_000.0);
        let output = ChatRun::run(&params).unwrap();
        (params, output)
    }

    #[test]
    fn a_fault_is_marked_where_it_comes() {
        let settings = Settings {
            fault: Fault::PubSubPauses,
            ..Settings::default()
        };
        let (params, output) = run(&settings);
        for plot in [connections(&params, &output), latencies(&params, &output)] {
            assert!((plot.marks[0].at - in_seconds(params.duration) / 3.0).abs() < 1e-3);
            assert!(plot.marks[0].label.starts_with("pub/sub pauses"));
        }
    }

    #[test]
    fn an_axis_is_logarithmic_where_it_spans_decades() {
        let (params, mut output) = run(&Settings {
            slow: 0,
            ..Settings::default()
        });
        assert!(!latencies(&params, &output).y.log);
        let late = output.points.last_mut().unwrap();
        late.message_delivery_latency_ms = Some(Latency {
            p50: 5_000.0,
            p95: 6_000.0,
            p99: 7_000.0,
        });
        assert!(latencies(&params, &output).y.log);
    }

    #[test]
    fn bars_are_shares_of_all() {
        let (_, output) = run(&Settings::default());
        let plot = histogram(&output);
        let sum: f64 = plot.series[0].points.iter().map(|point| point.1).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        assert!(plot.along().low() < plot.marks[0].at && plot.marks[0].at < plot.marks[1].at);
    }

    #[test]
    fn nothing_yet_is_drawn_without_numbers_that_are_none() {
        let params = Settings::default().params();
        let empty = Output::default();
        let html = format!(
            "{:?}{:?}{:?}",
            connections(&params, &empty).summary,
            latencies(&params, &empty).summary,
            histogram(&empty).summary
        );
        assert!(!html.contains("NaN") && !html.contains("inf"), "{html}");
        assert!(histogram(&empty).marks.is_empty());
    }

    #[test]
    fn the_parts_are_the_whole() {
        let (_, output) = run(&Settings::default());
        let sum: f64 = parts(&output.spent).iter().map(|part| part.2).sum();
        assert!((sum - output.spent.sum()).abs() < 1e-9 && sum > 40.0);
    }
}

//! Two storms as charts: what reaches the server, and who is back.

use sim::reconnecting::{Bucket, StormOutput};
use sim::{Micros, SECOND};

use super::settings::{Settings, name};
use crate::kit::chart::{Axis, Mark, Plot, Point, Series, Unit};
use crate::kit::number::grouped;

/// The colours of the two crowds.
const COLORS: [&str; 2] = ["var(--bad)", "var(--accent)"];

fn in_seconds(at: Micros) -> f64 {
    at as f64 / SECOND as f64
}

/// How long both are followed, so that both have one axis.
fn end(left: &StormOutput, right: &StormOutput) -> f64 {
    in_seconds(left.now.max(right.now)).max(1.0)
}

/// A value of each bucket, at its end. `value` is given the bucket and how long it is, in seconds.
fn points(output: &StormOutput, value: fn(&Bucket, f64) -> f64) -> Vec<Point> {
    let width = in_seconds(output.width);
    let ends = (1..).map(|i| f64::from(i) * width);
    ends.zip(&output.series)
        .map(|(end, bucket)| (end, value(bucket, width)))
        .collect()
}

/// The names of the two, told apart where both do the same.
fn names(settings: &Settings) -> [String; 2] {
    let [left, right] = [settings.left, settings.right].map(name);
    match left == right {
        true => [format!("{left} (one)"), format!("{right} (other)")],
        false => [left.to_owned(), right.to_owned()],
    }
}

fn marks(settings: &Settings) -> [Mark; 1] {
    [Mark {
        at: f64::from(settings.down) / 1000.0,
        label: "the server is back".into(),
    }]
}

/// Attempts in a second, against what the server takes.
pub fn attempts(settings: &Settings, left: &StormOutput, right: &StormOutput) -> Plot {
    let end = end(left, right);
    let rate = f64::from(settings.rate);
    let names = names(settings);
    let series = [left, right].map(|output| {
        let most = points(output, |bucket, width| bucket.attempts as f64 / width);
        // A logarithmic axis has no nought.
        most.into_iter()
            .map(|(x, y)| (x, y.max(0.1)))
            .collect::<Vec<_>>()
    });
    let [one, other] = series;
    let peak = [left, right].map(|output| output.peak.attempts as f64);
    Plot {
        title: "Attempts a second".into(),
        summary: format!(
            "At the most {} attempts a second of {}, and {} of {}; the server takes {}.",
            Unit::Count.say(peak[0]),
            names[0],
            Unit::Count.say(peak[1]),
            names[1],
            grouped(settings.rate.into())
        )
        .into(),
        x: Axis::new("time", Unit::Seconds).from_to(0.0, end),
        y: Axis::new("attempts a second", Unit::Count)
            .from_to(0.1, peak[0].max(peak[1]).max(rate) * 2.0)
            .logarithmic(),
        right: None,
        series: [
            Series::line(names[0].clone(), COLORS[0], one).looking(1),
            Series::line(names[1].clone(), COLORS[1], other),
            Series::line(
                "what the server takes",
                "var(--ink)",
                [(0.0, rate), (end, rate)],
            )
            .looking(2),
        ]
        .into(),
        marks: marks(settings).into(),
    }
}

/// Clients that are connected again.
pub fn connected(
    settings: &Settings,
    clients: u32,
    left: &StormOutput,
    right: &StormOutput,
) -> Plot {
    let end = end(left, right);
    let names = names(settings);
    let [one, other] = [left, right].map(|o| points(o, |bucket, _| bucket.connected as f64));
    // The line of a server that works all the time.
    let (from, rate) = (f64::from(settings.down) / 1000.0, f64::from(settings.rate));
    let all = f64::from(clients);
    let full = (from + all / rate).min(end);
    Plot {
        title: "Clients that are back".into(),
        summary: format!(
            "Of {} clients, {} are back with {} and {} with {}.",
            Unit::Count.say(all),
            grouped(left.accepted),
            names[0],
            grouped(right.accepted),
            names[1]
        )
        .into(),
        x: Axis::new("time", Unit::Seconds).from_to(0.0, end),
        y: Axis::new("clients", Unit::Count).from_to(0.0, all),
        right: None,
        series: [
            Series::line(names[0].clone(), COLORS[0], one).looking(1),
            Series::line(names[1].clone(), COLORS[1], other),
            Series::line(
                "at best",
                "var(--ink)",
                [
                    (0.0, 0.0),
                    (from.min(end), 0.0),
                    (full, (full - from).max(0.0) * rate),
                    (end, ((end - from).max(0.0) * rate).min(all)),
                ],
            )
            .looking(2),
        ]
        .into(),
        marks: marks(settings).into(),
    }
}

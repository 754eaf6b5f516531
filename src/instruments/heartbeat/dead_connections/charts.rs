//! The dead connections as charts: over time, and over the interval of the pings.

use sim::heartbeat::{Crowd, CrowdParams, Sample};
use sim::{Micros, SECOND};

use super::settings::Settings;
use crate::kit::chart::{Axis, Mark, Plot, Point, Series, Unit};
use crate::kit::number::{grouped, span, span_aloud};

/// The shortest interval of the pings that is drawn, and the longest, in seconds.
const FIRST: f64 = 1.0;
const LAST: f64 = 600.0;

fn in_seconds(at: Micros) -> f64 {
    at as f64 / SECOND as f64
}

fn curve(crowd: &Crowd, value: fn(&Sample) -> u64) -> Vec<Point> {
    let samples = crowd.samples().iter();
    samples
        .map(|sample| (in_seconds(sample.at), value(sample) as f64))
        .collect()
}

fn time(crowd: &Crowd) -> Axis {
    Axis::new("time", Unit::Seconds).from_to(0.0, in_seconds(crowd.params().duration))
}

/// The dead over time, on a server that pings and on one that does not.
pub fn over_time(crowd: &Crowd) -> Plot {
    let last = crowd.last();
    Plot {
        title: "Dead connections over time".into(),
        summary: format!(
            "After {}: {} dead connections without pings, {} with.",
            Unit::Seconds.say(in_seconds(crowd.params().duration)),
            grouped(last.without),
            grouped(last.with)
        )
        .into(),
        x: time(crowd),
        y: Axis::new("dead connections", Unit::Count),
        right: None,
        series: [
            Series::line("without pings", "var(--bad)", curve(crowd, |s| s.without)).looking(1),
            Series::line("with pings", "var(--accent)", curve(crowd, |s| s.with)),
        ]
        .into(),
        marks: [].into(),
    }
}

/// The dead on the server that pings alone, beside its formula.
pub fn enlarged(crowd: &Crowd) -> Plot {
    let steady = crowd.params().steady_with();
    let end = in_seconds(crowd.params().duration);
    Plot {
        title: "With pings, enlarged".into(),
        summary: format!(
            "With pings: around {} dead connections, as the formula says.",
            Unit::Count.say(steady)
        )
        .into(),
        x: time(crowd),
        y: Axis::new("dead connections", Unit::Count),
        right: None,
        series: [
            Series::line("with pings", "var(--accent)", curve(crowd, |s| s.with)),
            Series::line("by formula", "var(--ink)", [(0.0, steady), (end, steady)]).looking(1),
        ]
        .into(),
        marks: [].into(),
    }
}

/// What both cost over the interval: one rises with it, the other falls.
pub fn over_interval(settings: &Settings) -> Plot {
    const POINTS: u32 = 80;
    let dead = |interval: Micros| {
        let params = CrowdParams {
            interval,
            ..settings.params()
        };
        params.steady_with()
    };
    let spent = |interval: Micros| settings.cost(interval).bytes_per_second;
    let curve = |value: &dyn Fn(Micros) -> f64| {
        let points = (0..=POINTS).map(|i| {
            let share = f64::from(i) / f64::from(POINTS);
            let interval = FIRST * (LAST / FIRST).powf(share);
            (interval, value((interval * SECOND as f64) as Micros))
        });
        points.collect::<Vec<Point>>()
    };
    let here = Micros::from(settings.beat) * 1000;
    Plot {
        title: "Both costs over the interval".into(),
        summary: format!(
            "With a ping every {}: about {} dead connections, and {} for pings and pongs. Half the interval costs twice the bytes.",
            span_aloud(settings.beat),
            Unit::Count.say(dead(here)),
            Unit::BytesPerSecond.say(spent(here)).replace("/s", " a second")
        )
        .into(),
        x: Axis::new("a ping every", Unit::Seconds)
            .from_to(FIRST, LAST)
            .logarithmic(),
        y: Axis::new("dead connections", Unit::Count),
        right: Some(Axis::new("bytes of pings and pongs", Unit::BytesPerSecond)),
        series: [
            Series::line("dead connections", "var(--accent)", curve(&dead)),
            Series::line("pings and pongs", "var(--to-client)", curve(&spent))
                .looking(1)
                .at_right(),
        ]
        .into(),
        marks: [Mark {
            at: in_seconds(here),
            label: format!("yours: {}", span(settings.beat)).into(),
        }]
        .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charts_say_what_the_model_counted() {
        let settings = Settings::default();
        let crowd = Crowd::new(settings.params());
        let both = over_time(&crowd);
        assert!(both.summary.contains(&grouped(crowd.last().without)));
        let ends = both.series.iter().map(|series| series.last().unwrap().1);
        let last = crowd.last();
        assert!(ends.eq([last.without as f64, last.with as f64]));
        let one = enlarged(&crowd);
        assert_eq!(one.series[0].points, both.series[1].points);
        for plot in [both, one] {
            let (_, end) = plot.x.range.unwrap();
            for series in plot.series.iter() {
                assert!(
                    series
                        .points
                        .iter()
                        .all(|point| (0.0..=end).contains(&point.0))
                );
            }
        }
    }

    #[test]
    fn a_longer_interval_carries_more_and_costs_less() {
        let plot = over_interval(&Settings::default());
        let [dead, spent] = &plot.series[..] else {
            panic!()
        };
        assert!(dead.points.windows(2).all(|two| two[0].1 <= two[1].1));
        assert!(spent.points.windows(2).all(|two| two[0].1 >= two[1].1));
        assert!((FIRST..=LAST).contains(&plot.marks[0].at));
    }
}

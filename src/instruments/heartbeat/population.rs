//! Many connections: the dead that a server carries with pings and without, and what either costs.

use sim::heartbeat::{Crowd, CrowdParams, Sample};
use sim::{MINUTE, Micros};
use yew::prelude::*;

use super::chart::{Chart, round_up};
use super::crowd::{CrowdQuery, KNOBS, Settings, asked, long};
use super::words::seconds;
use crate::address::{self, use_address, use_arrival};
use crate::instruments::knob::{self, KnobBoard, span, span_aloud};
use crate::routes::Route;
use crate::ui::{CopyButton, counted, grouped};

/// The instrument.
#[component]
pub fn HeartbeatPopulation() -> Html {
    let address = use_address::<CrowdQuery>(Route::Heartbeat);
    let state = use_state(|| asked(address.said().clone()));
    let (settings, problems) = &*state;
    let crowd = use_memo(settings.params(), |params| Crowd::new(*params));
    {
        let setter = state.setter();
        use_arrival(&address, move |said| setter.set(asked(said.clone())));
    }
    let on_turn = {
        let setter = state.setter();
        Callback::from(move |settings: Settings| {
            address.rest(CrowdQuery::of(&settings));
            setter.set((settings, Vec::new()));
        })
    };
    let counts = [(true, "with headers"), (false, "frames only")].into_iter().map(|(headers, label)| {
        let turned = Settings { headers, ..*settings };
        let onclick = on_turn.reform(move |_: MouseEvent| turned);
        html! { <button type="button" {onclick} aria-pressed={(settings.headers == headers).to_string()}>{ label }</button> }
    });
    let link = address::link(Route::Heartbeat, &CrowdQuery::of(settings));
    html! {
        <section class="panel deadcount" aria-label="Dead connections on a server">
            <KnobBoard<Settings> all={knob::Knobs(&KNOBS)} values={*settings} on_turn={on_turn.clone()}/>
            if !problems.is_empty() {
                <div class="problems" role="status">
                    { for problems.iter().map(|p| html! { <p>{ p }</p> }) }
                </div>
            }
            <div class="pair">
                <div>
                    <p class="cap">{ "Dead connections over time" }</p>
                    { over_time(&crowd, true).view() }
                    { keys([("without", "without pings"), ("with", "with pings")]) }
                </div>
                <div>
                    <p class="cap">{ "With pings, enlarged" }</p>
                    { over_time(&crowd, false).view() }
                    { keys([("with", "with pings"), ("steady", "by formula")]) }
                </div>
                <div>
                    <p class="cap">{ "Both costs over the interval" }</p>
                    { over_interval(settings).view() }
                    { keys([("memory", "dead connections"), ("spent", "bytes of pings and pongs"), ("here", "your interval")]) }
                </div>
            </div>
            { figures(settings, &crowd) }
            <div class="foot">
                <span>{ "Sizes are those of real frames. Deaths are drawn from a seed; the formula knows nothing of them." }</span>
                <span class="grow"></span>
                <div class="switch" role="group" aria-label="What is counted">{ for counts }</div>
                <CopyButton label="Copy link" path={link}/>
            </div>
        </section>
    }
}

fn keys<const N: usize>(all: [(&'static str, &'static str); N]) -> Html {
    html! {
        <p class="legend" aria-hidden="true">
            { for all.into_iter().map(|(class, label)| html! { <span class={class}><i></i>{ label }</span> }) }
        </p>
    }
}

/// A quantity of bytes.
fn bytes(n: f64) -> String {
    const UNITS: [&str; 4] = ["B", "kB", "MB", "GB"];
    let (mut value, mut unit) = (n, 0);
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = usize::from(unit > 0 && value < 100.0);
    format!("{value:.digits$} {}", UNITS[unit])
}

/// A number of connections on average.
fn many(n: f64) -> String {
    if n < 10.0 {
        format!("{n:.1}")
    } else {
        grouped(n.round() as u64)
    }
}

/// The dead over time: on both servers, or on the one that pings, beside its formula.
fn over_time(crowd: &Crowd, both: bool) -> Chart {
    let samples = crowd.samples();
    let last = crowd.last();
    let params = crowd.params();
    let steady = params.steady_with();
    let most = |value: fn(&Sample) -> u64| samples.iter().map(value).max().unwrap_or(0) as f64;
    let top = if both {
        round_up(most(|sample| sample.with.max(sample.without)))
    } else {
        round_up(most(|sample| sample.with).max(steady))
    };
    let curve = |value: fn(&Sample) -> u64| {
        let points = samples.iter().map(|sample| {
            (
                sample.at as f64 / params.duration as f64,
                value(sample) as f64 / top,
            )
        });
        points.collect::<Vec<_>>()
    };
    let with = ("with", curve(|sample| sample.with));
    let hours = params.duration as f64 / (60 * MINUTE) as f64;
    let (label, curves) = if both {
        let label = format!(
            "After {}: {} dead connections without pings, {} with.",
            hours_of(hours),
            grouped(last.without),
            grouped(last.with)
        );
        (label, vec![("without", curve(|s| s.without)), with])
    } else {
        let label = format!(
            "With pings: around {} dead connections, as the formula says.",
            many(steady)
        );
        let formula = vec![(0.0, steady / top), (1.0, steady / top)];
        (label, vec![("close", with.1), ("steady", formula)])
    };
    Chart {
        label,
        curves,
        bottom: [0.0, 0.5, 1.0].map(|at| (at, hours_of(hours * at))).into(),
        left: [0.0, 0.5, 1.0].map(|at| (at, short(top * at))).into(),
        right: Vec::new(),
        here: None,
    }
}

/// A number on an axis: `50 k`.
fn short(n: f64) -> String {
    match n {
        1e6.. => format!("{} M", n / 1e6),
        1e4.. => format!("{} k", n / 1e3),
        _ => format!("{n}"),
    }
}

fn hours_of(hours: f64) -> String {
    if hours > 0.0 && hours < 1.0 {
        format!("{:.0} min", hours * 60.0)
    } else {
        format!("{} h", (hours * 10.0).round() / 10.0)
    }
}

/// The intervals that the second chart spans.
const FIRST: f64 = 1e6;
const LAST: f64 = 600e6;

fn over_interval(settings: &Settings) -> Chart {
    const POINTS: usize = 80;
    let at = |share: f64| (FIRST * (LAST / FIRST).powf(share)) as Micros;
    let dead = |interval: Micros| {
        let params = CrowdParams {
            interval,
            ..settings.params()
        };
        params.steady_with()
    };
    let spent = |interval: Micros| settings.cost(interval).bytes_per_second;
    let shares: Vec<f64> = (0..=POINTS).map(|i| i as f64 / POINTS as f64).collect();
    // Each against its own greatest: one rises with the interval, the other falls.
    let (most_dead, most_spent) = (dead(at(1.0)), spent(at(0.0)));
    let curve = |value: &dyn Fn(Micros) -> f64, most: f64| {
        let points = shares.iter().map(|&share| (share, value(at(share)) / most));
        points.collect::<Vec<_>>()
    };
    let here = Micros::from(settings.beat) * 1000;
    let label = format!(
        "With a ping every {}: about {} dead connections, and {} a second for pings and pongs. Half the interval costs twice the bytes.",
        span_aloud(settings.beat),
        many(dead(here)),
        bytes(spent(here))
    );
    Chart {
        label,
        curves: vec![
            ("memory", curve(&dead, most_dead)),
            ("spent", curve(&spent, most_spent)),
        ],
        bottom: [1u32, 10, 60, 600]
            .map(|s| ((f64::from(s).ln()) / (LAST / FIRST).ln(), span(s * 1000)))
            .into(),
        left: vec![
            (0.0, "0".to_owned()),
            (1.0, format!("{}/s", bytes(most_spent))),
        ],
        right: vec![(1.0, format!("{} dead", many(most_dead)))],
        here: Some((here as f64 / FIRST).ln() / (LAST / FIRST).ln()),
    }
}

fn figures(settings: &Settings, crowd: &Crowd) -> Html {
    let params = crowd.params();
    let last = crowd.last();
    let detection = params.detection_time();
    let cost = settings.cost(params.interval);
    let hold = |dead: f64| bytes(dead * f64::from(settings.kib) * 1024.0);
    let after = hours_of(params.duration as f64 / (60 * MINUTE) as f64);
    let cut_short = params.duration < settings.params().duration;
    let number = |value: String, of: String| html! { <div><dt>{ of }</dt><dd>{ value }</dd></div> };
    let measured = crowd
        .mean_with()
        .map_or("the run is too short to say".to_owned(), |mean| {
            format!("{} on average in this run", many(mean))
        });
    let without = match params.steady_without() {
        None => "and growing: a connection on which nothing is sent is never found dead".to_owned(),
        Some(steady) => format!(
            "by formula {} in the long run: TCP gives up 924.6 s after it has sent in vain",
            many(steady)
        ),
    };
    html! {
        <div class="figures">
            <section>
                <h3>{ "Without pings" }</h3>
                <dl class="nums">
                    { number(grouped(last.without), format!("dead after {after}, {without}")) }
                    { number(hold(last.without as f64), "of memory for nobody".into()) }
                </dl>
            </section>
            <section>
                <h3>{ "With pings" }</h3>
                <dl class="nums">
                    { number(many(params.steady_with()), format!("dead by formula; {measured}")) }
                    { number(hold(params.steady_with()), "of memory for nobody".into()) }
                </dl>
            </section>
            <section>
                <h3>{ "What the pings cost" }</h3>
                <dl class="nums">
                    { number(format!("{}/s", bytes(cost.bytes_per_second)), format!("{} a heartbeat, {} packets a second", counted(cost.bytes, "byte", "bytes"), grouped(cost.packets_per_second.round() as u64))) }
                    { number(many(cost.wakeups_per_hour), "times an hour each client’s radio is woken".into()) }
                </dl>
            </section>
            <p class="sum">
                <b>{ "The formula. " }</b>
                { format!("{} clients, each gone after {} on average, are {:.2} deaths a second. A dead one is found after {} to {}, {} on average. ", grouped(params.clients.into()), long(settings.life), params.deaths_per_second(), seconds(detection.least), seconds(detection.most), seconds(detection.mean as Micros)) }
                { format!("Deaths a second times seconds carried: {} (Little’s law). ", many(params.steady_with())) }
                { "13 KiB is what an idle connection holds on this site’s server, measured; kernel buffers come on top." }
                if cut_short {
                    { format!(" So many deaths fill the model after {after}; it shows no more.") }
                }
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_charts_say_what_the_model_counted() {
        let settings = Settings::default();
        let crowd = Crowd::new(settings.params());
        let [both, one] = [true, false].map(|both| over_time(&crowd, both));
        assert!(both.label.contains(&grouped(crowd.last().without)));
        for (_, points) in both.curves.iter().chain(&one.curves) {
            assert!(
                points
                    .iter()
                    .all(|&(x, y)| (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y))
            );
        }
        let chart = over_interval(&settings);
        let [(_, dead), (_, spent)] = &chart.curves[..] else {
            panic!()
        };
        assert!(dead.windows(2).all(|two| two[0].1 <= two[1].1));
        assert!(spent.windows(2).all(|two| two[0].1 >= two[1].1));
    }

    #[test]
    fn quantities() {
        assert_eq!(
            (short(50.0), short(0.5), short(50_000.0), short(2e6)),
            ("50".into(), "0.5".into(), "50 k".into(), "2 M".into())
        );
        assert_eq!(bytes(999.0), "999 B");
        assert_eq!(bytes(466_666.0), "467 kB");
        assert_eq!(bytes(66_500_000.0), "66.5 MB");
        assert_eq!(
            (hours_of(0.5), hours_of(0.0), hours_of(12.0)),
            ("30 min".into(), "0 h".into(), "12 h".into())
        );
    }
}

//! Many connections: the dead that a server carries with pings and without, and what either costs.

use sim::heartbeat::Crowd;
use sim::{MINUTE, Micros};
use yew::prelude::*;

use crate::kit::chart::Chart;
use crate::kit::number::{counted, grouped, seconds};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings_panel::{Show, choice, settings_panel};
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};

mod charts;
mod settings;

use charts::{enlarged, over_interval, over_time};
use settings::{Settings, long};

/// The name of the instrument.
const NAME: &str = "dead-connections";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The instrument.
#[component]
pub fn DeadConnections() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = &parsed.settings;
    let crowd = use_memo(settings.params(), |params| Crowd::new(*params));
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    html! {
        <Panel name={NAME} title="Dead connections on a server" class="deadcount" node={panel} problems={parsed.problems.clone()}
            link={url.link(settings)} actions={choice("headers", "", settings, &on_change)}
            foot={html! { <span>{ "Sizes are those of real frames. Deaths are drawn from a seed; the formula knows nothing of them." }</span> }}>
            { settings_panel(settings, Show::Sliders, &on_change, Html::default()) }
            <div class="pair">
                <Chart plot={over_time(&crowd)}/>
                <Chart plot={enlarged(&crowd)}/>
                <Chart plot={over_interval(settings)}/>
            </div>
            { figures(settings, &crowd) }
        </Panel>
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

fn hours_of(hours: f64) -> String {
    if hours > 0.0 && hours < 1.0 {
        format!("{:.0} min", hours * 60.0)
    } else {
        format!("{} h", (hours * 10.0).round() / 10.0)
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
                { "An idle connection holds 6.2 KiB on this site’s server, measured; kernel buffers come on top." }
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
    fn quantities() {
        assert_eq!(bytes(999.0), "999 B");
        assert_eq!(bytes(466_666.0), "467 kB");
        assert_eq!(bytes(66_500_000.0), "66.5 MB");
        assert_eq!(
            (hours_of(0.5), hours_of(0.0), hours_of(12.0)),
            ("30 min".into(), "0 h".into(), "12 h".into())
        );
    }
}

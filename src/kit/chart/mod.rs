//! One chart for the whole house: lines, steps, areas, bands and bars over a numeric axis, with units and round ticks,
//! values under the pointer and by keyboard, a table behind it, and its values and its picture to take away.
//!
//! Lines live in a square that is stretched to its place, words beside it that are not: so words have one size at any
//! width. A chart may grow while a model runs: say the range of its axis, and give it longer series.

mod csv;
mod drawing;
mod palette;
mod plot;
mod scale;
mod series;
mod svg;
mod unit;
mod view;

use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

pub use plot::{Axis, Mark, Plot};
pub use series::{Point, Series, Shape};
pub use unit::Unit;

use super::file;
use crate::split_point;
use view::Still;

/// Properties of [`Chart`].
#[derive(Properties, PartialEq)]
pub struct ChartProps {
    /// What it shows.
    pub plot: Plot,
}

/// Where the reader is on the axis along the bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cursor {
    x: f64,
    /// Whether it came there by a key. Then the values are spoken.
    by_key: bool,
}

/// Gives a chart away under a name. The error says why it could not.
type SaveFile = fn(&Plot, &Element, &str) -> Result<(), String>;

/// What few readers want of a chart: its code comes when they do.
#[derive(Clone, Copy)]
struct ChartFiles {
    csv: SaveFile,
    svg: SaveFile,
}

split_point!(
    chart_files,
    fn chart_files() -> ChartFiles {
        ChartFiles {
            csv: |plot, _, name| file::download(name, "text/csv", &csv::csv(plot)),
            svg: |plot, figure, name| {
                let text = svg::svg(plot, &palette::seen(figure));
                file::download(name, "image/svg+xml", &text)
            },
        }
    }
);

/// A chart.
#[component]
pub fn Chart(props: &ChartProps) -> Html {
    let plot = &props.plot;
    let figure = use_node_ref();
    let cursor = use_state_eq(|| None::<Cursor>);
    let trouble = use_state_eq(|| None::<String>);
    let still = use_memo(plot.clone(), Still::new);
    let index = cursor.and_then(|cursor| still.nearest(cursor.x));
    let shown = index.or(still.places.len().checked_sub(1));

    let onpointermove = {
        let (cursor, still) = (cursor.setter(), still.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(target) = event
                .current_target()
                .and_then(|t| wasm_bindgen::JsCast::dyn_into::<Element>(t).ok())
            else {
                return;
            };
            let place = target.get_bounding_client_rect();
            if place.width() > 0.0 {
                let share = (f64::from(event.client_x()) - place.left()) / place.width();
                let x = still.snapped(still.along.value(share.clamp(0.0, 1.0)));
                cursor.set(x.map(|x| Cursor { x, by_key: false }));
            }
        })
    };
    let onpointerleave = {
        let cursor = cursor.setter();
        // A finger that is lifted leaves what it has found.
        Callback::from(move |event: PointerEvent| {
            if event.pointer_type() == "mouse" {
                cursor.set(None);
            }
        })
    };
    let to = {
        let (cursor, still) = (cursor.setter(), still.clone());
        move |i: usize| {
            let x = still.places.get(i).copied();
            cursor.set(x.map(|x| Cursor { x, by_key: true }));
        }
    };
    let onkeydown = {
        let (to, last) = (to.clone(), still.places.len().saturating_sub(1));
        let here = shown.unwrap_or(0);
        Callback::from(move |event: KeyboardEvent| {
            if event.alt_key() || event.ctrl_key() || event.meta_key() {
                return;
            }
            if let Some(i) = moved(&event.key(), here, last) {
                to(i);
                event.prevent_default();
                // A panel has keys of its own.
                event.stop_propagation();
            }
        })
    };
    let onfocus = shown.map(|i| Callback::from(move |_: FocusEvent| to(i)));
    let onblur = {
        let cursor = cursor.setter();
        Callback::from(move |_: FocusEvent| cursor.set(None))
    };
    let file = |which: fn(&ChartFiles) -> SaveFile, ending: &'static str| {
        let (plot, figure, trouble) = (plot.clone(), figure.clone(), trouble.setter());
        Callback::from(move |_: MouseEvent| {
            let (plot, figure, trouble) = (plot.clone(), figure.clone(), trouble.clone());
            spawn_local(async move {
                let Some(figure) = figure.cast::<Element>() else {
                    return;
                };
                let name = format!("{}.{ending}", view::file_name(&plot.title));
                let done = match chart_files().await {
                    Ok(files) => which(&files)(&plot, &figure, &name),
                    Err(why) => Err(why.to_string()),
                };
                trouble.set(done.err().map(|why| {
                    let why = why.trim_end_matches('.');
                    format!("{name} is not saved: {why}.")
                }));
            });
        })
    };
    let csv = file(|files| files.csv, "csv");
    let svg = file(|files| files.svg, "svg");
    let spoken = cursor.is_some_and(|cursor| cursor.by_key);
    html! {
        <figure class={classes!("chart", plot.right.is_some().then_some("chart--twin"))} ref={figure}>
            <figcaption class="chart__title">{ &plot.title }</figcaption>
            { view::axes(plot) }
            <div class="chart__plot drawing" style={still.room.clone()}>
                { still.picture.clone() }
                if let Some(shown) = shown {
                    <div class="chart__cursor" role="slider" tabindex="0" aria-label={format!("Values of: {}", plot.title)}
                        aria-valuemin="0" aria-valuemax={(still.places.len() - 1).to_string()} aria-valuenow={shown.to_string()}
                        aria-valuetext={plot.x.unit.say(still.places[shown])}
                        {onpointermove} {onpointerleave} {onkeydown} {onfocus} {onblur}>
                        if let Some(index) = index {
                            { still.cursor(plot, index) }
                        }
                    </div>
                } else {
                    <p class="chart__empty">{ "No values yet." }</p>
                }
            </div>
            <p class="chart__along" aria-hidden="true">{ &plot.x.label }</p>
            <output class="chart__values" aria-live={if spoken { "polite" } else { "off" }}>
                { still.values(plot, shown) }
            </output>
            <div class="chart__foot">
                <details class="chart__table">
                    <summary>{ "Table" }</summary>
                    { still.table.clone() }
                </details>
                <button type="button" class="btn" onclick={csv} aria-label={format!("CSV of: {}", plot.title)}>{ "CSV" }</button>
                <button type="button" class="btn" onclick={svg} aria-label={format!("SVG of: {}", plot.title)}>{ "SVG" }</button>
            </div>
            <p class="chart__trouble" role="status">{ trouble.as_deref().unwrap_or_default() }</p>
        </figure>
    }
}

/// Where a key leads from the place `here`. `None` for other keys.
fn moved(key: &str, here: usize, last: usize) -> Option<usize> {
    let far = (last / 10).max(1);
    Some(match key {
        "ArrowLeft" | "ArrowDown" => here.saturating_sub(1),
        "ArrowRight" | "ArrowUp" => (here + 1).min(last),
        "PageDown" => here.saturating_sub(far),
        "PageUp" => (here + far).min(last),
        "Home" => 0,
        "End" => last,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(plot: Plot) -> String {
        let renderer = yew::LocalServerRenderer::<Chart>::with_props(ChartProps { plot });
        pollster::block_on(renderer.hydratable(false).render())
    }

    fn plot(points: impl Fn(f64) -> f64) -> Plot {
        let points: Vec<Point> = (0..100)
            .map(|i| f64::from(i) * 36.0)
            .map(|x| (x, points(x)))
            .collect();
        Plot {
            title: "Dead over time".into(),
            summary: "They grow.".into(),
            x: Axis::new("time", Unit::Seconds).from_to(0.0, 3600.0),
            y: Axis::new("dead", Unit::Count),
            right: None,
            series: [
                Series::line("without", "var(--bad)", points.clone()),
                Series::line("with", "var(--accent)", points).looking(1),
            ]
            .into(),
            marks: [Mark {
                at: 1800.0,
                label: "here".into(),
            }]
            .into(),
        }
    }

    #[test]
    fn a_chart_renders_on_the_host_with_all_that_it_says() {
        let html = html(plot(|x| x));
        for part in [
            "Dead over time",
            "aria-label=\"They grow.\"",
            "role=\"slider\"",
            "<table",
            "without",
            "1 h",
            "4000",
            "here",
            "59 min 24 s",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("NaN") && !html.contains("inf"));
    }

    #[test]
    fn a_table_is_short_and_says_what_it_leaves_out() {
        let long = html(plot(|x| x));
        assert!(long.matches("<tr").count() <= 26);
        assert!(long.contains("all 100"));
    }

    #[test]
    fn a_chart_without_values_says_so() {
        let mut empty = plot(|x| x);
        empty.series = [].into();
        let html = html(empty);
        assert!(html.contains("No values yet.") && !html.contains("role=\"slider\""));
        let gaps = self::html(plot(|_| f64::NAN));
        assert!(!gaps.contains("NaN"), "{gaps}");
    }

    #[test]
    fn keys_lead_along_the_axis_and_stay_on_it() {
        for (key, here, there) in [
            ("ArrowRight", 5, 6),
            ("ArrowRight", 99, 99),
            ("ArrowLeft", 0, 0),
            ("PageDown", 50, 41),
            ("PageUp", 95, 99),
            ("Home", 50, 0),
            ("End", 50, 99),
        ] {
            assert_eq!(moved(key, here, 99), Some(there), "{key}");
        }
        assert_eq!(moved("a", 1, 99), None);
        assert_eq!(moved("PageUp", 0, 0), Some(0));
    }
}

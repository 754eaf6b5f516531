//! The parts of a chart's view that follow from its data alone.

use std::fmt::Write;
use std::rc::Rc;

use yew::prelude::*;

use super::drawing::{DASHES, Frame, Paths, ends, marker, paths};
use super::plot::Plot;
use super::scale::Scale;
use super::series::{Shape, nearest, places};

/// The square that lines are drawn in; it is stretched to its place.
const SQUARE: Frame = Frame {
    left: 0.0,
    top: 0.0,
    width: 1000.0,
    height: 1000.0,
    digits: 0,
};
/// The height of a line of words against the height of a chart, as the style sheet has them.
const LINE: f64 = 17.0 / 210.0;
/// Rows of the table, at most.
const ROWS: usize = 24;

/// All that does not move with the cursor.
pub struct Still {
    /// The scale along the bottom.
    pub along: Scale,
    /// The scales at the left and at the right.
    ups: [Scale; 2],
    /// Every place where a series has a point.
    pub places: Rc<[f64]>,
    /// How much room the words beside the picture need.
    pub room: AttrValue,
    /// The lines and the words around them.
    pub picture: Html,
    /// The values as a table.
    pub table: Html,
}

impl Still {
    /// What follows from the data.
    pub fn new(plot: &Plot) -> Still {
        let places = places(&plot.series);
        let mut still = Still {
            along: plot.along(),
            ups: [plot.up(false), plot.up(true)],
            room: room(plot).into(),
            picture: Html::default(),
            table: Html::default(),
            places,
        };
        still.picture = still.draw(plot);
        still.table = still.rows(plot);
        still
    }

    /// Which of the places is nearest.
    pub fn nearest(&self, x: f64) -> Option<usize> {
        nearest(&self.places, x, &self.along)
    }

    /// The nearest of the places.
    pub fn snapped(&self, x: f64) -> Option<f64> {
        self.nearest(x).map(|i| self.places[i])
    }

    fn value(&self, plot: &Plot, series: usize, x: f64) -> Option<f64> {
        let series = &plot.series[series];
        series.at(x, &self.along, &self.ups[usize::from(series.right)])
    }

    fn draw(&self, plot: &Plot) -> Html {
        let along = &self.along;
        let y_of = |value: &f64| SQUARE.y(self.ups[0].share(*value));
        let (left, right) = (plot.ticks_up(false), plot.ticks_up(true));
        let grid = left.iter().map(|(value, _)| {
            html! { <path class="chart__grid" d={format!("M0 {:.0}H1000", y_of(value))} vector-effect="non-scaling-stroke"/> }
        });
        let marks = plot.marks.iter().map(|mark| {
            let x = SQUARE.x(along.share(mark.at));
            html! { <path class="chart__mark" d={format!("M{x:.0} 0V1000")} vector-effect="non-scaling-stroke"/> }
        });
        let lines = plot.series.iter().map(|series| {
            let Paths { line, fill } = paths(series, along, &self.ups[usize::from(series.right)], &SQUARE);
            let style = color(series.color);
            let bars = (series.shape == Shape::Bars).then_some("chart__bars");
            html! {
                <>
                    if !fill.is_empty() {
                        <path class={classes!("chart__fill", bars)} d={fill} style={style.clone()}/>
                    }
                    if !line.is_empty() {
                        <path class="chart__line" d={line} {style} stroke-dasharray={dashes(series.look)} vector-effect="non-scaling-stroke"/>
                    }
                </>
            }
        });
        let tick = |class: &'static str, scale: Scale| {
            move |(value, text): &(f64, String)| {
                html! { <span {class} style={at(scale.share(*value))}>{ text }</span> }
            }
        };
        let low = plot.ticks_along().into_iter().enumerate().map(|(i, (value, text))| {
            // Where there is little room, every second one is left out.
            let odd = (i % 2 == 1).then_some("chart__low--odd");
            html! { <span class={classes!("chart__low", odd)} style={at(along.share(value))}>{ text }</span> }
        });
        let named = plot.marks.iter().map(|mark| {
            let share = along.share(mark.at);
            let late = (share > 0.6).then_some("chart__name--late");
            html! { <span class={classes!("chart__name", late)} style={at(share)}>{ &mark.label }</span> }
        });
        let names = ends(plot, LINE).into_iter().map(|end| {
            let series = &plot.series[end.series];
            let place = format!(
                "{};--x:{:.2}%;--y:{:.2}%;--label:{:.2}%",
                color(series.color),
                end.at.0 * 100.0,
                end.at.1 * 100.0,
                end.label * 100.0
            );
            html! {
                <>
                    { sign(series.look, "chart__end", place.clone()) }
                    <span class="chart__series" style={place}>{ &series.name }</span>
                </>
            }
        });
        html! {
            <div class="chart__picture" role="img" aria-label={&plot.summary}>
                <svg class="chart__lines" viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
                    { for grid }
                    { for marks }
                    { for lines }
                </svg>
                <div aria-hidden="true">
                    { for left.iter().map(tick("chart__up", self.ups[0])) }
                    if plot.right.is_some() {
                        { for right.iter().map(tick("chart__far", self.ups[1])) }
                    }
                    { for low }
                    { for named }
                    { for names }
                </div>
            </div>
        }
    }

    fn rows(&self, plot: &Plot) -> Html {
        let all = self.places.len();
        let every = all.div_ceil(ROWS).max(1);
        // The last one always: it is how things end.
        let shown = (0..all).filter(|i| i % every == 0 || i + 1 == all);
        let rows = shown.map(|i| {
            let x = self.places[i];
            let cells = (0..plot.series.len()).map(|series| {
                html! { <td>{ self.said(plot, series, x) }</td> }
            });
            html! { <tr><th scope="row">{ plot.x.unit.say(x) }</th>{ for cells }</tr> }
        });
        html! {
            <div class="chart__rows" tabindex="0" role="group" aria-label={format!("Table of: {}", plot.title)}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ &plot.x.label }</th>
                            { for plot.series.iter().map(|series| html! { <th scope="col">{ &series.name }</th> }) }
                        </tr>
                    </thead>
                    <tbody>{ for rows }</tbody>
                </table>
                if every > 1 {
                    <p>{ format!("One row of every {every}; the CSV has all {all}.") }</p>
                }
            </div>
        }
    }

    fn said(&self, plot: &Plot, series: usize, x: f64) -> String {
        let unit = plot.axis(plot.series[series].right).unit;
        self.value(plot, series, x)
            .map_or("–".to_owned(), |y| unit.say(y))
    }

    /// The names of the series, each with its value at a place.
    pub fn values(&self, plot: &Plot, place: Option<usize>) -> Html {
        let x = place.map(|i| self.places[i]);
        let series = plot.series.iter().enumerate().map(|(i, series)| {
            html! {
                <span class="chart__value">
                    <svg class="chart__swatch" viewBox="0 0 34 14" style={color(series.color)} aria-hidden="true">
                        <path class="chart__line" d="M1 7H33" stroke-dasharray={dashes(series.look)}/>
                        <path class="chart__dot" d={marker(series.look)} transform="translate(17 7)"/>
                    </svg>
                    { format!("{} ", series.name) }
                    if let Some(x) = x {
                        <b>{ self.said(plot, i, x) }</b>
                    }
                    { " " }
                </span>
            }
        });
        html! {
            <>
                if let Some(x) = x {
                    <span class="chart__at">{ format!("{}: ", plot.x.unit.say(x)) }</span>
                }
                { for series }
            </>
        }
    }

    /// The line of the cursor, and a sign on each series.
    pub fn cursor(&self, plot: &Plot, place: usize) -> Html {
        let x = self.places[place];
        let share = self.along.share(x).clamp(0.0, 1.0) * 100.0;
        let signs = plot.series.iter().enumerate().filter_map(|(i, series)| {
            let up = self.ups[usize::from(series.right)];
            let y = up.share(self.value(plot, i, x)?).clamp(0.0, 1.0) * 100.0;
            let place = format!("{};--x:{share:.2}%;--y:{y:.2}%", color(series.color));
            Some(sign(series.look, "chart__here", place))
        });
        html! {
            <>
                <i class="chart__line-here" style={format!("--x:{share:.2}%")}></i>
                { for signs }
            </>
        }
    }
}

/// What the axes up the sides count.
pub fn axes(plot: &Plot) -> Html {
    html! {
        <p class="chart__axes" aria-hidden="true">
            <span>{ &plot.y.label }</span>
            if let Some(axis) = &plot.right {
                <span>{ &axis.label }</span>
            }
        </p>
    }
}

/// The room that words need beside the picture, in characters.
fn room(plot: &Plot) -> String {
    let longest = |ticks: Vec<(f64, String)>| {
        let lengths = ticks.iter().map(|tick| tick.1.chars().count());
        lengths.max().unwrap_or(0)
    };
    let names = plot.series.iter().map(|series| series.name.chars().count());
    let mut room = format!(
        "--left:{};--names:{}",
        longest(plot.ticks_up(false)),
        names.max().unwrap_or(0).min(18)
    );
    if plot.right.is_some() {
        // Writing to a string cannot fail.
        let _ = write!(room, ";--far:{}", longest(plot.ticks_up(true)));
    }
    room
}

fn at(share: f64) -> String {
    format!("--at:{:.2}%", share.clamp(0.0, 1.0) * 100.0)
}

fn color(color: &str) -> String {
    format!("--c:{color}")
}

fn dashes(look: usize) -> Option<&'static str> {
    Some(DASHES[look % DASHES.len()]).filter(|dashes| !dashes.is_empty())
}

fn sign(look: usize, class: &'static str, style: String) -> Html {
    html! {
        <svg {class} viewBox="-7 -7 14 14" {style} aria-hidden="true"><path class="chart__dot" d={marker(look)}/></svg>
    }
}

/// A title as the name of a file.
pub fn file_name(title: &str) -> String {
    let words = title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    match name.is_empty() {
        true => "chart".to_owned(),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_title_becomes_the_name_of_a_file() {
        for (title, name) in [
            ("Dead connections over time", "dead-connections-over-time"),
            ("../../etc: passwd", "etc-passwd"),
            ("…", "chart"),
        ] {
            assert_eq!(file_name(title), name);
        }
    }
}

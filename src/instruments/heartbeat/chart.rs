//! Curves with their axes: lines in a square that is stretched to its place, words beside it that are not.

use std::fmt::Write;

use yew::prelude::*;

/// A curve: its class, and its points, both coordinates from 0 to 1, from the bottom left.
pub type Curve = (&'static str, Vec<(f64, f64)>);

/// A word at a place on an axis, from 0 to 1.
pub type Word = (f64, String);

/// A chart.
pub struct Chart {
    /// What it shows, for whoever can't see it.
    pub label: String,
    /// The curves.
    pub curves: Vec<Curve>,
    /// Words along the bottom.
    pub bottom: Vec<Word>,
    /// Words up the left side.
    pub left: Vec<Word>,
    /// Words up the right side.
    pub right: Vec<Word>,
    /// Where the reader is, from 0 to 1.
    pub here: Option<f64>,
}

impl Chart {
    /// The drawing.
    pub fn view(&self) -> Html {
        let curves = self.curves.iter().map(|(class, points)| {
            html! { <path class={*class} d={path(points)} vector-effect="non-scaling-stroke"/> }
        });
        let grid = self.left.iter().map(|(at, _)| {
            let y = format!("{:.1}", (1.0 - at) * 1000.0);
            html! { <path class="grid" d={format!("M0 {y}H1000")} vector-effect="non-scaling-stroke"/> }
        });
        let word = |side: &'static str| {
            move |(at, text): &Word| {
                html! { <span class={side} style={format!("--at:{:.2}%", at * 100.0)}>{ text }</span> }
            }
        };
        html! {
            <div class="chart" role="img" aria-label={self.label.clone()}>
                <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
                    { for grid }
                    if let Some(here) = self.here {
                        <path class="here" d={format!("M{:.1} 0V1000", here * 1000.0)} vector-effect="non-scaling-stroke"/>
                    }
                    { for curves }
                </svg>
                <div class="words" aria-hidden="true">
                    { for self.left.iter().map(word("up")) }
                    { for self.right.iter().map(word("far")) }
                    { for self.bottom.iter().map(word("low")) }
                </div>
            </div>
        }
    }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (i, (x, y)) in points.iter().enumerate() {
        let (x, y) = (
            x.clamp(0.0, 1.0) * 1000.0,
            (1.0 - y.clamp(0.0, 1.0)) * 1000.0,
        );
        // Writing to a string cannot fail.
        let _ = write!(d, "{}{x:.1} {y:.1}", if i == 0 { "M" } else { "L" });
    }
    d
}

/// A round number that is not less, for the top of an axis: 1, 2 or 5 and noughts.
pub fn round_up(value: f64) -> f64 {
    if !value.is_finite() || value <= 1.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    let first = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|first| first * power >= value);
    first.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_an_axis_is_round_and_high_enough() {
        for (value, top) in [
            (0.0, 1.0),
            (1.0, 1.0),
            (3.2, 5.0),
            (5.0, 5.0),
            (51_000.0, 100_000.0),
            (f64::NAN, 1.0),
            (f64::INFINITY, 1.0),
        ] {
            assert_eq!(round_up(value), top, "{value}");
        }
    }

    #[test]
    fn curves_stay_in_their_square() {
        assert_eq!(path(&[(0.0, 0.0), (0.5, 2.0)]), "M0.0 1000.0L500.0 0.0");
        assert_eq!(path(&[]), "");
    }
}

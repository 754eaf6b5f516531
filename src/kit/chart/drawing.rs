//! The drawing: paths in a box, and where the names at the ends of the lines stand.

use std::fmt::Write;

use super::plot::Plot;
use super::scale::Scale;
use super::series::{Point, Series, Shape, thinned};

/// Across how many columns a path is drawn. More can't be seen.
const COLUMNS: usize = 700;

/// Dashes of a line, by the look of its series.
pub const DASHES: [&str; 5] = ["", "8 5", "2 4", "12 4 2 4", "5 3"];

/// The outline of the marker of a look, about the origin, six to each side.
pub fn marker(look: usize) -> &'static str {
    match look % DASHES.len() {
        0 => "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
        1 => "M-4-4h8v8h-8z",
        2 => "M0-5.2L5 4H-5z",
        3 => "M0-5.5L5.5 0L0 5.5L-5.5 0z",
        _ => "M-5-2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",
    }
}

/// A box that is drawn in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Its left edge.
    pub left: f64,
    /// Its upper edge.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// Digits after the point of what is drawn in it.
    pub digits: usize,
}

impl Frame {
    /// The place of a share of the width.
    pub fn x(&self, share: f64) -> f64 {
        self.left + share.clamp(0.0, 1.0) * self.width
    }

    /// The place of a share of the height, from the bottom.
    pub fn y(&self, share: f64) -> f64 {
        self.top + (1.0 - share.clamp(0.0, 1.0)) * self.height
    }
}

/// How a series is drawn: its line and what is filled, each as the `d` of a path, empty where there is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Paths {
    /// The line.
    pub line: String,
    /// What is filled.
    pub fill: String,
}

/// The paths of a series in a box.
pub fn paths(series: &Series, along: &Scale, up: &Scale, frame: &Frame) -> Paths {
    let points = thinned(&series.points, along, COLUMNS);
    let place = |point: &Point| (frame.x(along.share(point.0)), frame.y(up.share(point.1)));
    let floor = frame.y(up.share(0.0));
    let mut out = Paths::default();
    if series.shape == Shape::Bars {
        out.fill = bars(points.iter().filter(number).map(place).collect(), floor);
        return out;
    }
    let steps = series.shape == Shape::Steps;
    for part in points.split(|point| !number(&point)) {
        let part: Vec<Point> = part.iter().map(place).collect();
        let (Some(first), Some(last)) = (part.first(), part.last()) else {
            continue;
        };
        let line = joined(&part, steps, frame.digits);
        // Writing to a string cannot fail.
        let _ = write!(out.line, "M{line}");
        match &series.shape {
            Shape::Area => {
                let (digits, from, to) = (frame.digits, first.0, last.0);
                let _ = write!(
                    out.fill,
                    "M{from:.digits$} {floor:.digits$}L{line}L{to:.digits$} {floor:.digits$}z"
                );
            }
            Shape::Band(low) => {
                let (from, to) = (first.0, last.0);
                let low = thinned(low, along, COLUMNS);
                let low = low.iter().filter(number).map(place).rev();
                let low: Vec<Point> = low.filter(|p| (from..=to).contains(&p.0)).collect();
                if !low.is_empty() {
                    let _ = write!(out.fill, "M{line}L{}z", joined(&low, false, frame.digits));
                }
            }
            Shape::Line | Shape::Steps | Shape::Bars => {}
        }
    }
    out
}

fn number(point: &&Point) -> bool {
    point.0.is_finite() && point.1.is_finite()
}

/// Points, joined by lines or by steps, without the letter that begins a path.
fn joined(points: &[Point], steps: bool, digits: usize) -> String {
    let mut d = String::with_capacity(points.len() * 12);
    for (i, (x, y)) in points.iter().enumerate() {
        let _ = match (i, steps) {
            (0, _) => write!(d, "{x:.digits$} {y:.digits$}"),
            (_, false) => write!(d, "L{x:.digits$} {y:.digits$}"),
            (_, true) => write!(d, "H{x:.digits$}V{y:.digits$}"),
        };
    }
    d
}

fn bars(points: Vec<Point>, floor: f64) -> String {
    let gaps = points.windows(2).map(|two| two[1].0 - two[0].0);
    let width = gaps.fold(40.0, f64::min) * 0.8;
    let mut d = String::new();
    for (x, y) in points {
        let left = x - width / 2.0;
        let _ = write!(d, "M{left:.1} {floor:.1}V{y:.1}h{width:.1}V{floor:.1}z");
    }
    d
}

/// The end of a series, where its name stands.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Which series.
    pub series: usize,
    /// Where its last point is, as shares of the width and of the height.
    pub at: Point,
    /// How high its name stands, as a share of the height.
    pub label: f64,
}

/// The ends of all series. `line` is the height of a line of words, as a share of the height of the chart.
pub fn ends(plot: &Plot, line: f64) -> Vec<End> {
    let along = plot.along();
    let ups = [plot.up(false), plot.up(true)];
    let ends = plot.series.iter().enumerate().filter_map(|(i, series)| {
        let (x, y) = series.last()?;
        let at = (
            along.share(x).clamp(0.0, 1.0),
            ups[usize::from(series.right)].share(y).clamp(0.0, 1.0),
        );
        Some(End {
            series: i,
            at,
            label: at.1,
        })
    });
    let mut ends: Vec<End> = ends.collect();
    let wanted: Vec<f64> = ends.iter().map(|end| end.at.1).collect();
    for (end, label) in ends.iter_mut().zip(spread(&wanted, line)) {
        end.label = label;
    }
    ends
}

/// Places from 0 to 1, moved apart as little as it takes to lie `gap` from each other, and kept within 0 and 1 as far as
/// there is room.
pub fn spread(wanted: &[f64], gap: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    // Neighbours that touch become a block around the middle of what they wanted.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    let length = |n: usize| (n.saturating_sub(1)) as f64 * gap;
    let inside = |middle: f64, n: usize| {
        let half = length(n) / 2.0;
        middle.min(1.0 - half).max(half)
    };
    for &i in &order {
        let mut block = (inside(wanted[i], 1), 1usize);
        while let Some(&(middle, n)) = blocks.last() {
            let touch = block.0 - middle < (length(n) + length(block.1)) / 2.0 + gap - 1e-9;
            if !touch {
                break;
            }
            blocks.pop();
            let all = n + block.1;
            let sum = middle * n as f64 + block.0 * block.1 as f64;
            block = (inside(sum / all as f64, all), all);
        }
        blocks.push(block);
    }
    let mut out = vec![0.0; wanted.len()];
    let mut order = order.into_iter();
    for (middle, n) in blocks {
        let first = middle - length(n) / 2.0;
        for (k, i) in order.by_ref().take(n).enumerate() {
            out[i] = first + k as f64 * gap;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    const FRAME: Frame = Frame {
        left: 0.0,
        top: 0.0,
        width: 100.0,
        height: 100.0,
        digits: 0,
    };

    fn drawn(shape: Shape, points: &[Point]) -> Paths {
        let scale = Scale::new(0.0, 10.0, false);
        let series = Series::line("a", "red", points).shaped(shape);
        paths(&series, &scale, &scale, &FRAME)
    }

    #[test]
    fn lines_and_steps() {
        let points = [(0.0, 0.0), (5.0, 10.0), (10.0, 5.0)];
        assert_eq!(drawn(Shape::Line, &points).line, "M0 100L50 0L100 50");
        assert_eq!(drawn(Shape::Steps, &points).line, "M0 100H50V0H100V50");
        assert_eq!(drawn(Shape::Line, &[]), Paths::default());
    }

    #[test]
    fn what_is_filled_is_closed() {
        let points = [(0.0, 4.0), (10.0, 6.0)];
        assert_eq!(
            drawn(Shape::Area, &points).fill,
            "M0 100L0 60L100 40L100 100z"
        );
        let low: Rc<[Point]> = [(0.0, 2.0), (10.0, 3.0)].into();
        assert_eq!(
            drawn(Shape::Band(low), &points).fill,
            "M0 60L100 40L100 70L0 80z"
        );
        let bars = drawn(Shape::Bars, &points);
        assert_eq!(
            (bars.fill.matches('z').count(), bars.line.as_str()),
            (2, "")
        );
    }

    #[test]
    fn a_gap_interrupts_a_line() {
        let points = [
            (0.0, 0.0),
            (1.0, 1.0),
            (2.0, f64::NAN),
            (3.0, 3.0),
            (4.0, 4.0),
        ];
        let line = drawn(Shape::Line, &points).line;
        assert_eq!(line.matches('M').count(), 2);
        assert!(!line.contains("NaN"));
    }

    #[test]
    fn lines_stay_in_their_box() {
        let line = drawn(Shape::Line, &[(-5.0, -5.0), (50.0, 50.0)]).line;
        assert_eq!(line, "M0 100L100 0");
    }

    #[test]
    fn names_do_not_lie_on_each_other() {
        let gap = 0.1;
        for wanted in [
            vec![0.5, 0.5, 0.5],
            vec![0.0, 0.01, 1.0],
            vec![0.98, 0.99, 0.2, 1.0],
            vec![0.3, 0.7],
            vec![],
        ] {
            let mut got = spread(&wanted, gap);
            for (got, wanted) in got.iter().zip(&wanted) {
                assert!((-1e-9..=1.0 + 1e-9).contains(got), "{got} for {wanted}");
            }
            got.sort_by(f64::total_cmp);
            assert!(
                got.windows(2).all(|two| two[1] - two[0] > gap - 1e-6),
                "{got:?}"
            );
        }
        assert_eq!(spread(&[0.3, 0.7], gap), [0.3, 0.7], "those with room stay");
        let got = spread(&[0.52, 0.48], gap);
        assert!(got[0] > got[1], "the order stays");
    }

    #[test]
    fn looks_are_told_apart_without_colour() {
        let looks = || DASHES.iter().enumerate().map(|(i, dash)| (dash, marker(i)));
        for (i, one) in looks().enumerate() {
            let same = |other: &(&&str, &str)| other.0 == one.0 || other.1 == one.1;
            assert_eq!(looks().filter(same).count(), 1, "{i}");
        }
    }
}

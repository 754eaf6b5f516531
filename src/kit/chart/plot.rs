//! What a chart shows, as plain data.

use std::rc::Rc;

use yew::AttrValue;

use super::scale::Scale;
use super::series::{Point, Series, Shape};
use super::unit::Unit;

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it counts, in a few words.
    pub label: AttrValue,
    /// In what it counts.
    pub unit: Unit,
    /// Whether each ten times as much is one step further, and not each ten more.
    pub log: bool,
    /// From where to where it goes; from 0, or from the least, to a round number above the greatest where nothing is
    /// said. Say it where values are still to come.
    pub range: Option<(f64, f64)>,
}

impl Axis {
    /// An axis that goes as far as its values.
    pub fn new(label: impl Into<AttrValue>, unit: Unit) -> Axis {
        Axis {
            label: label.into(),
            unit,
            log: false,
            range: None,
        }
    }

    /// The same from here to there.
    pub fn from_to(self, low: f64, high: f64) -> Axis {
        Axis {
            range: Some((low, high)),
            ..self
        }
    }

    /// The same, logarithmic.
    pub fn logarithmic(self) -> Axis {
        Axis { log: true, ..self }
    }
}

/// A place on the axis along the bottom that has a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Where.
    pub at: f64,
    /// What it is.
    pub label: AttrValue,
}

/// All that a chart shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    /// Its title.
    pub title: AttrValue,
    /// What can be seen in it, in a sentence, for whoever can't see it.
    pub summary: AttrValue,
    /// The axis along the bottom.
    pub x: Axis,
    /// The axis at the left.
    pub y: Axis,
    /// The axis at the right, for series that count something else.
    pub right: Option<Axis>,
    /// What is drawn.
    pub series: Rc<[Series]>,
    /// Places that have a name.
    pub marks: Rc<[Mark]>,
}

/// Ticks along the bottom and up the side, about.
const ALONG: usize = 5;
const UP: usize = 4;

impl Plot {
    /// The scale along the bottom. Without a range the axis goes from the first point to the last.
    pub fn along(&self) -> Scale {
        let (low, high) = self.x.range.unwrap_or_else(|| {
            let all = self.series.iter().flat_map(|series| series.points.iter());
            extent(all.map(|point| point.0), self.x.log)
        });
        Scale::new(low, high, self.x.log)
    }

    /// The scale at the left or at the right.
    pub fn up(&self, right: bool) -> Scale {
        let axis = self.axis(right);
        if let Some((low, high)) = axis.range {
            return Scale::new(low, high, axis.log);
        }
        let values = self
            .series
            .iter()
            .filter(|series| series.right == right)
            .flat_map(|series| {
                let low: &[Point] = match &series.shape {
                    Shape::Band(low) => low,
                    _ => &[],
                };
                series.points.iter().chain(low).map(|point| point.1)
            });
        let (low, high) = extent(values, axis.log);
        let low = if axis.log { low } else { low.min(0.0) };
        Scale::new(low, high, axis.log).rounded(axis.unit, UP)
    }

    /// The axis at the left or at the right. There is always one at the left.
    pub fn axis(&self, right: bool) -> &Axis {
        match &self.right {
            Some(axis) if right => axis,
            _ => &self.y,
        }
    }

    /// The ticks along the bottom: each value, and its text.
    pub fn ticks_along(&self) -> Vec<(f64, String)> {
        self.along().ticks(self.x.unit, ALONG)
    }

    /// The ticks at the left or at the right.
    pub fn ticks_up(&self, right: bool) -> Vec<(f64, String)> {
        self.up(right).ticks(self.axis(right).unit, UP)
    }
}

/// The least and the greatest of the numbers; of those above 0 where an axis is logarithmic.
fn extent(values: impl Iterator<Item = f64>, log: bool) -> (f64, f64) {
    let usable = values.filter(|value| value.is_finite() && (!log || *value > 0.0));
    let none = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = usable.fold(none, |(low, high), value| (low.min(value), high.max(value)));
    if low > high { (0.0, 0.0) } else { (low, high) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(series: Vec<Series>) -> Plot {
        Plot {
            title: "T".into(),
            summary: "S".into(),
            x: Axis::new("time", Unit::Seconds),
            y: Axis::new("things", Unit::Count),
            right: None,
            series: series.into(),
            marks: [].into(),
        }
    }

    #[test]
    fn an_axis_goes_as_far_as_its_values() {
        let line = Series::line("a", "red", [(3.0, 7.0), (9.0, f64::NAN), (12.0, 42.0)]);
        let mut plot = plot(vec![line]);
        assert_eq!((plot.along().low(), plot.along().high()), (3.0, 12.0));
        assert_eq!((plot.up(false).low(), plot.up(false).high()), (0.0, 60.0));
        plot.y.range = Some((0.0, 100.0));
        assert_eq!(plot.up(false).high(), 100.0);
        plot.y = Axis::new("things", Unit::Count).logarithmic();
        assert!((plot.up(false).low() - 1.0).abs() < 1e-9);
        assert!((plot.up(false).high() - 100.0).abs() < 1e-6);
    }

    #[test]
    fn each_side_has_the_values_of_its_own_series() {
        let left = Series::line("a", "red", [(0.0, 4.0)]);
        let right = Series::line("b", "blue", [(0.0, 4e6)]).at_right();
        let mut plot = plot(vec![left, right]);
        plot.right = Some(Axis::new("cost", Unit::Bytes));
        assert_eq!(plot.up(false).high(), 4.0);
        assert_eq!(plot.up(true).high(), 4e6);
        assert_eq!(plot.ticks_up(true).last().unwrap().1, "4 MB");
    }

    #[test]
    fn the_lower_edge_of_a_band_counts_too() {
        let low: Rc<[Point]> = [(0.0, -3.0)].into();
        let band = Series::line("a", "red", [(0.0, 4.0)]).shaped(Shape::Band(low));
        assert_eq!(plot(vec![band]).up(false).low(), -4.0);
    }

    #[test]
    fn a_plot_without_values_has_axes() {
        let plot = plot(vec![]);
        assert!(plot.along().high() > plot.along().low());
        assert!(plot.ticks_up(false).len() > 1 && plot.ticks_along().len() > 1);
    }
}

//! Series: what is drawn, and what a series says at a place.

use std::rc::Rc;

use yew::AttrValue;

use super::scale::Scale;

/// A point: where, and how much. A value that is no number leaves a gap.
pub type Point = (f64, f64);

/// How the points of a series are joined.
#[derive(Clone, Debug)]
pub enum Shape {
    /// By straight lines.
    Line,
    /// By steps: a value holds until the next one.
    Steps,
    /// By straight lines, and filled down to the bottom of the chart.
    Area,
    /// By straight lines, and filled down to other points.
    Band(Rc<[Point]>),
    /// Not at all: each is a bar.
    Bars,
}

impl PartialEq for Shape {
    fn eq(&self, other: &Shape) -> bool {
        match (self, other) {
            (Shape::Band(a), Shape::Band(b)) => same(a, b),
            (Shape::Line, Shape::Line)
            | (Shape::Steps, Shape::Steps)
            | (Shape::Area, Shape::Area)
            | (Shape::Bars, Shape::Bars) => true,
            _ => false,
        }
    }
}

/// One thing that is drawn in a chart.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is called.
    pub name: AttrValue,
    /// Its points, each further along than the one before it.
    pub points: Rc<[Point]>,
    /// How they are joined.
    pub shape: Shape,
    /// Its colour, as a style sheet names it: `var(--accent)`.
    pub color: &'static str,
    /// Which dashes and which marker it has. Two series of a chart have different ones.
    pub look: usize,
    /// Whether it counts on the axis at the right.
    pub right: bool,
}

impl Series {
    /// A line through points.
    pub fn line(
        name: impl Into<AttrValue>,
        color: &'static str,
        points: impl Into<Rc<[Point]>>,
    ) -> Series {
        Series {
            name: name.into(),
            points: points.into(),
            shape: Shape::Line,
            color,
            look: 0,
            right: false,
        }
    }

    /// The same in another shape.
    pub fn shaped(self, shape: Shape) -> Series {
        Series { shape, ..self }
    }

    /// The same with other dashes and another marker.
    pub fn looking(self, look: usize) -> Series {
        Series { look, ..self }
    }

    /// The same, counted on the axis at the right.
    pub fn at_right(self) -> Series {
        Series {
            right: true,
            ..self
        }
    }

    /// The value at a place, as it is drawn there. `None` outside of the points and in a gap.
    pub fn at(&self, x: f64, along: &Scale, up: &Scale) -> Option<f64> {
        at(&self.points, &self.shape, x, along, up)
    }

    /// The last point that is a number.
    pub fn last(&self) -> Option<Point> {
        let number = |point: &&Point| point.1.is_finite();
        self.points.iter().rev().find(number).copied()
    }
}

impl PartialEq for Series {
    fn eq(&self, other: &Series) -> bool {
        self.name == other.name
            && self.color == other.color
            && self.look == other.look
            && self.right == other.right
            && self.shape == other.shape
            && same(&self.points, &other.points)
    }
}

/// Points that are the same ones are not compared one by one.
fn same(a: &Rc<[Point]>, b: &Rc<[Point]>) -> bool {
    Rc::ptr_eq(a, b) || a == b
}

fn at(points: &[Point], shape: &Shape, x: f64, along: &Scale, up: &Scale) -> Option<f64> {
    let next = points.partition_point(|point| point.0 <= x);
    let before = points.get(next.checked_sub(1)?)?;
    if before.0 == x {
        return before.1.is_finite().then_some(before.1);
    }
    let after = points.get(next)?;
    let value = match shape {
        Shape::Bars => return None,
        Shape::Steps => before.1,
        Shape::Line | Shape::Area | Shape::Band(_) => {
            let (from, to) = (along.share(before.0), along.share(after.0));
            let part = (along.share(x) - from) / (to - from);
            let (low, high) = (up.share(before.1), up.share(after.1));
            up.value(low + (high - low) * part)
        }
    };
    value.is_finite().then_some(value)
}

/// Every place at which a series has a point, in order, each once.
pub fn places(all: &[Series]) -> Rc<[f64]> {
    let points = all.iter().flat_map(|series| series.points.iter());
    let mut places: Vec<f64> = points
        .map(|point| point.0)
        .filter(|x| x.is_finite())
        .collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    places.into()
}

/// The place nearest to a value on the axis. `None` where there are none.
pub fn nearest(places: &[f64], x: f64, along: &Scale) -> Option<usize> {
    let next = places.partition_point(|place| *place < x);
    let far = |i: &usize| {
        let distance = (along.share(places[*i]) - along.share(x)).abs();
        // What is no number is never nearest.
        if distance.is_nan() {
            f64::INFINITY
        } else {
            distance
        }
    };
    let candidates = [next.checked_sub(1), Some(next)].into_iter().flatten();
    candidates
        .filter(|i| *i < places.len())
        .min_by(|a, b| far(a).total_cmp(&far(b)))
}

/// The points that are worth drawing in `columns`: of each column the first, the least, the greatest and the last. All,
/// where there are few.
pub fn thinned(points: &[Point], along: &Scale, columns: usize) -> Vec<Point> {
    if points.len() <= columns * 4 {
        return points.to_vec();
    }
    let column = |point: &Point| {
        let share = along.share(point.0).clamp(0.0, 1.0);
        (share * columns as f64) as usize
    };
    let mut out = Vec::with_capacity(columns * 4);
    // A gap ends a column, so that it stays one.
    let together =
        |a: &Point, b: &Point| column(a) == column(b) && a.1.is_finite() == b.1.is_finite();
    for group in points.chunk_by(together) {
        let number = |i: &usize| group[*i].1;
        let by_value = |a: &usize, b: &usize| number(a).total_cmp(&number(b));
        let least = (0..group.len()).min_by(by_value).unwrap_or(0);
        let most = (0..group.len()).max_by(by_value).unwrap_or(0);
        let mut kept = [0, least.min(most), least.max(most), group.len() - 1].to_vec();
        kept.dedup();
        out.extend(kept.into_iter().map(|i| group[i]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Scale {
        Scale::new(0.0, 100.0, false)
    }

    fn series(points: &[Point]) -> Series {
        Series::line("a", "red", points)
    }

    #[test]
    fn a_value_is_read_where_it_is_drawn() {
        let line = series(&[(0.0, 0.0), (10.0, 5.0), (20.0, f64::NAN), (30.0, 1.0)]);
        let of = |series: &Series, x| series.at(x, &plain(), &plain());
        assert_eq!(of(&line, 5.0), Some(2.5));
        assert_eq!(of(&line, 10.0), Some(5.0));
        assert_eq!(of(&line, 15.0), None, "into a gap");
        assert_eq!(of(&line, 20.0), None);
        assert_eq!((of(&line, -1.0), of(&line, 31.0)), (None, None));
        assert_eq!(of(&line, 30.0), Some(1.0));
        let steps = line.clone().shaped(Shape::Steps);
        assert_eq!(of(&steps, 9.9), Some(0.0));
        assert_eq!(of(&steps, 15.0), Some(5.0));
        let bars = line.shaped(Shape::Bars);
        assert_eq!((of(&bars, 9.0), of(&bars, 10.0)), (None, Some(5.0)));
        assert_eq!(of(&series(&[]), 1.0), None);
    }

    #[test]
    fn between_two_points_of_a_logarithmic_axis_lies_their_geometric_mean() {
        let log = Scale::new(1.0, 100.0, true);
        let line = series(&[(1.0, 1.0), (100.0, 100.0)]);
        let middle = line.at(10.0, &log, &log).unwrap();
        assert!((middle - 10.0).abs() < 1e-9);
    }

    #[test]
    fn places_are_those_of_all_series() {
        let all = [
            series(&[(0.0, 1.0), (2.0, 1.0)]),
            series(&[(1.0, 1.0), (2.0, 3.0), (f64::NAN, 1.0)]),
        ];
        assert_eq!(places(&all)[..], [0.0, 1.0, 2.0]);
        assert!(places(&[]).is_empty());
    }

    #[test]
    fn the_nearest_place() {
        let places = [0.0, 10.0, 30.0];
        for (x, i) in [
            (-5.0, 0),
            (4.0, 0),
            (6.0, 1),
            (19.0, 1),
            (21.0, 2),
            (99.0, 2),
        ] {
            assert_eq!(nearest(&places, x, &plain()), Some(i), "{x}");
        }
        assert_eq!(nearest(&[], 1.0, &plain()), None);
        // As the eye sees it: 4 is nearer to 10 than to 1 where each ten is as long as the one before.
        let log = Scale::new(1.0, 100.0, true);
        assert_eq!(nearest(&[1.0, 10.0], 4.0, &log), Some(1));
        assert!(nearest(&places, f64::NAN, &plain()).is_some());
    }

    #[test]
    fn thinning_keeps_the_extremes_the_ends_and_the_gaps() {
        let scale = Scale::new(0.0, 100_000.0, false);
        let mut points: Vec<Point> = (0..100_000).map(|i| (f64::from(i), 1.0)).collect();
        points[777].1 = 50.0;
        points[60_000].1 = -8.0;
        points[80_000].1 = f64::NAN;
        let thin = thinned(&points, &scale, 500);
        assert!(thin.len() < 2100, "{}", thin.len());
        assert!(thin.contains(&(777.0, 50.0)) && thin.contains(&(60_000.0, -8.0)));
        assert_eq!((thin[0], thin.last().unwrap().0), (points[0], 99_999.0));
        assert!(thin.iter().any(|point| point.1.is_nan()));
        assert!(thin.windows(2).all(|two| two[0].0 < two[1].0));
        assert_eq!(thinned(&points[..9], &scale, 500), &points[..9]);
    }

    #[test]
    fn series_are_the_same_if_their_points_are() {
        let points: Rc<[Point]> = [(0.0, 1.0)].into();
        let of = |points: &Rc<[Point]>| Series::line("a", "red", points.clone());
        assert_eq!(of(&points), of(&points));
        assert_eq!(of(&points), of(&[(0.0, 1.0)].into()));
        assert_ne!(of(&points), of(&[(0.0, 1.0), (1.0, 2.0)].into()));
        // Even with a gap in them.
        let gap: Rc<[Point]> = [(0.0, f64::NAN)].into();
        assert_eq!(of(&gap), of(&gap));
    }
}

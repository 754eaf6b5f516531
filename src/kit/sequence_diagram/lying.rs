//! The ladder lying down: time runs to the right, and where there is little room it runs down. It holds thousands of
//! lines, so they have no heads and are drawn as one path for each kind; it is stretched to its place, its words are not.

use std::fmt::Write;

use yew::prelude::*;

/// A point: how far along time, and where across the lifelines, both from 0 to 1.
pub type Point = (f64, f64);

/// The side of the square that the lines are drawn in; it is stretched to its place.
const SQUARE: f64 = 1000.0;
/// Words beside a place later than this stand before it, so that they stay inside.
const LATE: f64 = 0.82;

/// A ladder that lies.
#[derive(Clone, Debug, Default)]
pub struct LyingLadder {
    /// What passes between the lifelines, by kind.
    pub bundles: Vec<Bundle>,
    /// The lifelines and what lies along them, the lowest first.
    pub spans: Vec<Span>,
    /// Where something is lost.
    pub crosses: Vec<Point>,
    /// The times below it.
    pub ticks: Vec<Tick>,
    /// What happens to all of them.
    pub flags: Vec<Tick>,
    /// What happens at one of them.
    pub marks: Vec<Mark>,
}

/// Lines of one kind.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// Their class.
    pub class: &'static str,
    /// Each with its points in order of time.
    pub lines: Vec<Vec<Point>>,
}

/// Something that lasts.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Its class.
    pub class: &'static str,
    /// From when.
    pub from: f64,
    /// Until when.
    pub to: f64,
    /// Where across.
    pub across: f64,
}

/// A time with words.
#[derive(Clone, Debug)]
pub struct Tick {
    /// When.
    pub at: f64,
    /// The words.
    pub label: String,
}

/// Words at a place.
#[derive(Clone, Debug)]
pub struct Mark {
    /// More classes.
    pub class: Classes,
    /// Where.
    pub at: Point,
    /// The words.
    pub label: String,
    /// Whether a dot stands there.
    pub dot: bool,
}

impl LyingLadder {
    /// All that stands still.
    pub fn view(&self) -> Html {
        let lines = |class: &'static str, right: bool| {
            html! {
                <svg class={classes!("ladder__ways", class)} viewBox="0 0 1000 1000" preserveAspectRatio="none">
                    for bundle in &self.bundles {
                        <path class={bundle.class} d={path(&bundle.lines, right)} vector-effect="non-scaling-stroke"/>
                    }
                </svg>
            }
        };
        html! {
            <>
                for tick in &self.ticks {
                    <span class="ladder__tick" style={style((tick.at, 1.0))}>{ &tick.label }</span>
                }
                for span in &self.spans {
                    <i class={classes!("ladder__span", span.class)} style={long(span)}></i>
                }
                { lines("ladder__ways--right", true) }
                { lines("ladder__ways--down", false) }
                for at in &self.crosses {
                    <b class="ladder__cross" style={style(*at)}>{ "✕" }</b>
                }
                for (i, flag) in self.flags.iter().enumerate() {
                    // Neighbours at different heights, so that their words have room.
                    <span class={classes!("ladder__flag", (i % 2 == 1).then_some("ladder__flag--second"), late(flag.at))}
                        style={style((flag.at, 0.0))}><em>{ &flag.label }</em></span>
                }
                for mark in &self.marks {
                    <span class={classes!("ladder__mark", mark.class.clone(), late(mark.at.0))} style={style(mark.at)}>
                        if mark.dot {
                            <i></i>
                        }
                        { &mark.label }
                    </span>
                }
            </>
        }
    }
}

/// The line of now, and what is on its way, each with its class.
pub fn now<'a>(at: f64, dots: impl Iterator<Item = (&'a str, Point)>) -> Html {
    html! {
        <>
            <span class="ladder__now-line" style={style((at, 0.0))}></span>
            for (class, at) in dots {
                <i class={classes!("ladder__dot", class.to_owned())} style={style(at)}></i>
            }
        </>
    }
}

/// A line up to a time; nothing of one that has not begun.
pub fn up_to(points: &[Point], until: f64) -> Vec<Point> {
    let mut out = Vec::with_capacity(points.len());
    for (i, &(at, across)) in points.iter().enumerate() {
        if at <= until {
            out.push((at, across));
            continue;
        }
        if let Some(&(from, before)) = i.checked_sub(1).and_then(|i| points.get(i))
            && from < until
        {
            let share = (until - from) / (at - from);
            out.push((until, before + (across - before) * share));
        }
        break;
    }
    out
}

/// Lines as a path: across where time runs to the `right`, else down.
fn path(lines: &[Vec<Point>], right: bool) -> String {
    let mut d = String::new();
    for line in lines {
        for (i, &(x, y)) in line.iter().enumerate() {
            let (x, y) = if right { (x, y) } else { (y, x) };
            let letter = if i == 0 { 'M' } else { 'L' };
            // Writing to a string cannot fail.
            let _ = write!(d, "{letter}{:.2} {:.2}", x * SQUARE, y * SQUARE);
        }
    }
    d
}

fn late(at: f64) -> Option<&'static str> {
    (at > LATE).then_some("ladder--late")
}

fn style((at, across): Point) -> String {
    format!("--at:{:.3}%;--lane:{:.3}%", at * 100.0, across * 100.0)
}

fn long(span: &Span) -> String {
    let long = (span.to - span.from) * 100.0;
    format!("{};--long:{long:.3}%", style((span.from, span.across)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_as_far_as_its_time() {
        let line = [(0.1, 0.0), (0.3, 0.4), (0.5, 1.0)];
        assert_eq!(up_to(&line, 0.05), []);
        assert_eq!(up_to(&line, 0.1), [(0.1, 0.0)]);
        let [first, second] = up_to(&line, 0.2)[..] else {
            panic!()
        };
        assert_eq!((first, second.0), (line[0], 0.2));
        assert!((second.1 - 0.2).abs() < 1e-9);
        assert_eq!(up_to(&line, 0.3), line[..2]);
        assert_eq!(up_to(&line, 9.0), line);
        assert_eq!(up_to(&[], 1.0), []);
    }

    #[test]
    fn time_runs_right_or_down() {
        let lines = [vec![(0.0, 0.5), (1.0, 1.0)], vec![(0.25, 0.0)]];
        assert_eq!(
            path(&lines, true),
            "M0.00 500.00L1000.00 1000.00M250.00 0.00"
        );
        assert_eq!(
            path(&lines, false),
            "M500.00 0.00L1000.00 1000.00M0.00 250.00"
        );
    }
}

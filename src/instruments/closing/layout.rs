//! Where everything stands in the ladder: time runs down, in pixels. A long wait takes no more room than a glance.

use sim::{Micros, SECOND};
use wire::Role;

use super::record::{Run, Segment, What};

/// The height of a line of words.
const LINE: f64 = 24.0;
/// What belongs to an arrow above its beginning: its name, and its bytes where it has any.
const NAME: f64 = 21.0;
const BYTES: f64 = 22.0;
/// One way of the network.
const WAY: f64 = 68.0;
/// The least and the most that a wait takes, and what a long one takes.
const LEAST: f64 = 16.0;
const MOST: f64 = 84.0;
const LONG: f64 = 64.0;
/// Between two arrows that leave or arrive together.
const BETWEEN: f64 = 11.0;
/// Above the first and below the last.
const MARGIN: f64 = 14.0;

/// Where an entry of the log stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The top of its words. For an arrival, where the arrow ends.
    pub y: f64,
    /// Whether the other end has nothing to say at this moment, so that the words may be as wide as they like.
    pub alone: bool,
}

/// Where an arrow runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line {
    /// Where it begins.
    pub from: f64,
    /// Where it ends: at the other end, or where it is lost.
    pub to: f64,
}

/// A moment, in which everything stands that happens at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The time.
    pub at: Micros,
    /// Where it begins.
    pub top: f64,
    /// Where it ends.
    pub bottom: f64,
    /// Whether the wait before it is long, and is drawn short.
    pub long: bool,
}

/// Where everything stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Each entry of the log.
    pub places: Vec<Place>,
    /// Each arrow.
    pub lines: Vec<Line>,
    /// Each moment.
    pub moments: Vec<Moment>,
    /// The height of all.
    pub height: f64,
}

impl Layout {
    /// Lays a run out. `latency` is one way of the network.
    pub fn new(run: &Run, latency: Micros) -> Layout {
        let mut layout = Layout {
            places: Vec::with_capacity(run.log.len()),
            lines: vec![Line::default(); run.arrows.len()],
            moments: Vec::new(),
            height: 0.0,
        };
        let (mut y, mut last) = (MARGIN, 0);
        for group in run.log.chunk_by(|a, b| a.at == b.at) {
            let at = group[0].at;
            let wait = at - last;
            let long = wait > (4 * latency).max(SECOND);
            if long {
                y += LONG;
            } else if !layout.moments.is_empty() {
                y += (wait as f64 / latency as f64 * WAY).clamp(LEAST, MOST);
            }
            let sides: Vec<_> = group.iter().map(|e| side(run, &e.what)).collect();
            let alone = |role| !sides.contains(&Some(role)) && !sides.contains(&None);
            // Each end has its own column, so that what both do at once stands side by side: first what comes, then the
            // words, then what leaves.
            let (mut ends, mut lost) = ([y; 2], 0u8);
            let column = |role| usize::from(role == Role::Server);
            for entry in group {
                if let (What::Arrives(arrow), Some(role)) = (&entry.what, side(run, &entry.what)) {
                    layout.lines[*arrow].to = ends[column(role)];
                    ends[column(role)] += BETWEEN;
                }
            }
            for (entry, side) in group.iter().zip(&sides) {
                let (y, height, alone) = match (&entry.what, side) {
                    (What::Leaves(arrow), Some(role)) => {
                        let height = label(&run.arrows[*arrow].segment);
                        (ends[column(*role)], height, alone(role.peer()))
                    }
                    (What::Inside(..), Some(role)) => {
                        (ends[column(*role)], LINE, alone(role.peer()))
                    }
                    (What::Lost(arrow), _) => {
                        layout.lines[*arrow].to = y + BETWEEN * f64::from(lost);
                        lost += 1;
                        (y, 0.0, true)
                    }
                    (What::Cut, _) => (ends[0].max(ends[1]), LINE, true),
                    _ => (y, 0.0, true),
                };
                layout.places.push(Place { y, alone });
                match side {
                    Some(role) => ends[column(*role)] += height,
                    None if height > 0.0 => ends = [y + height; 2],
                    None => {}
                }
            }
            for entry in group {
                if let (What::Leaves(arrow), Some(role)) = (&entry.what, side(run, &entry.what)) {
                    layout.lines[*arrow].from = ends[column(role)] + 1.0;
                    ends[column(role)] += BETWEEN;
                }
            }
            let bottom = ends[0].max(ends[1]);
            layout.moments.push(Moment {
                at,
                top: y,
                bottom,
                long,
            });
            (y, last) = (bottom, at);
        }
        layout.height = y + MARGIN;
        layout.straighten(run);
        layout
    }

    /// An arrow that is lost ends where it would have been by then, and no higher than it began.
    fn straighten(&mut self, run: &Run) {
        for (line, arrow) in self.lines.iter_mut().zip(&run.arrows) {
            if arrow.lost.is_some() {
                line.to = line.to.max(line.from + 6.0);
            }
        }
    }

    /// The place at which a time is over.
    pub fn y_of(&self, at: Micros) -> f64 {
        let after = self.moments.partition_point(|m| m.at <= at);
        let Some(before) = after.checked_sub(1).map(|i| self.moments[i]) else {
            return 0.0;
        };
        match self.moments.get(after) {
            None => self.height,
            Some(next) => {
                let share = (at - before.at) as f64 / (next.at - before.at) as f64;
                before.bottom + (next.top - before.bottom) * share
            }
        }
    }

    /// The time at a place.
    pub fn time_of(&self, y: f64) -> Micros {
        let after = self.moments.partition_point(|m| m.top <= y);
        let Some(before) = after.checked_sub(1).map(|i| self.moments[i]) else {
            return 0;
        };
        match self.moments.get(after) {
            Some(next) if y > before.bottom => {
                let share = (y - before.bottom) / (next.top - before.bottom);
                let wait = (next.at - before.at) as f64;
                // Not quite the next moment, as long as that is not reached.
                before.at + ((wait * share) as Micros).min(next.at - before.at - 1)
            }
            _ => before.at,
        }
    }

    /// The last moment that has begun at a time.
    pub fn moment(&self, at: Micros) -> Option<usize> {
        self.moments.partition_point(|m| m.at <= at).checked_sub(1)
    }
}

/// What an arrow has above its beginning.
fn label(segment: &Segment) -> f64 {
    match segment {
        Segment::Message(..) | Segment::Close(..) => NAME + BYTES,
        Segment::Fin { .. } | Segment::Ack | Segment::Rst => NAME,
    }
}

/// Where an entry happens; nowhere in particular on the way.
fn side(run: &Run, what: &What) -> Option<Role> {
    match what {
        What::Leaves(arrow) => Some(run.arrows[*arrow].from),
        What::Arrives(arrow) => Some(run.arrows[*arrow].from.peer()),
        What::Inside(role, _) => Some(*role),
        What::Lost(_) | What::Cut => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::setup::{Choice, Setup, Start, When, Wrong};
    use super::*;

    fn layouts() -> impl Iterator<Item = (Run, Layout)> {
        let starts = Start::ALL.iter().map(|c| c.0);
        let wrongs = |start| Wrong::ALL.iter().map(move |c| (start, c.0));
        let whens = |(start, wrong)| When::ALL.iter().map(move |c| (start, wrong, c.0));
        let all = starts.flat_map(wrongs).flat_map(whens);
        all.flat_map(|(start, wrong, when)| [false, true].map(|t| (start, wrong, when, t)))
            .map(|(start, wrong, when, traffic)| {
                let setup = Setup {
                    start,
                    wrong,
                    when,
                    traffic,
                    ..Setup::default()
                };
                let run = Run::new(&setup);
                let layout = Layout::new(&run, setup.latency());
                (run, layout)
            })
    }

    #[test]
    fn later_stands_lower() {
        for (run, layout) in layouts() {
            assert_eq!(layout.places.len(), run.log.len());
            for two in layout.moments.windows(2) {
                assert!(two[0].at < two[1].at && two[0].bottom < two[1].top);
            }
            for line in &layout.lines {
                assert!(line.from < line.to, "{:?}", run.arrows);
                assert!(line.to < layout.height);
            }
        }
    }

    #[test]
    fn words_of_one_end_do_not_lie_upon_each_other() {
        for (run, layout) in layouts() {
            for role in [Role::Client, Role::Server] {
                let words: Vec<f64> = run
                    .log
                    .iter()
                    .zip(&layout.places)
                    .filter(|(e, _)| side(&run, &e.what) == Some(role))
                    .filter(|(e, _)| !matches!(e.what, What::Arrives(_)))
                    .map(|(_, place)| place.y)
                    .collect();
                for two in words.windows(2) {
                    assert!(two[1] - two[0] >= 16.0, "{words:?}");
                }
            }
        }
    }

    #[test]
    fn places_and_times_agree() {
        for (run, layout) in layouts() {
            for moment in run.moments() {
                assert_eq!(layout.time_of(layout.y_of(moment)), moment);
            }
            let mut last = 0;
            for y in 0..=layout.height as u32 {
                let at = layout.time_of(f64::from(y));
                assert!(at >= last);
                last = at;
            }
            assert_eq!(last, run.last());
            assert_eq!(layout.y_of(Micros::MAX), layout.height);
        }
    }
}

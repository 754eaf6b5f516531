//! Where everything stands where time runs down, in pixels. A long wait takes no more room than a glance.

use sim::{Micros, SECOND};

/// The height of a line of words.
pub const LINE: f64 = 24.0;
/// One way from lifeline to lifeline.
const WAY: f64 = 68.0;
/// The least and the most that a wait takes, and what a long one takes.
const LEAST: f64 = 16.0;
const MOST: f64 = 84.0;
const LONG: f64 = 64.0;
/// Between two arrows that leave or arrive together.
const BETWEEN: f64 = 11.0;
/// An arrow goes down so far at least.
const STEEP: f64 = 6.0;
/// Above the first and below the last.
const MARGIN: f64 = 14.0;

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The arrow of this number leaves a lifeline.
    Leaves(usize),
    /// It arrives at one.
    Arrives(usize),
    /// It is lost on its way.
    Lost(usize),
    /// Something that one lifeline has words for, or none of them.
    Note,
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event {
    /// When, in microseconds.
    pub at: Micros,
    /// At which lifeline, if at any.
    pub lane: Option<usize>,
    /// What.
    pub kind: Kind,
    /// How high its words are, in pixels. For an arrow that leaves, what stands above its beginning.
    pub height: f64,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// The top of its words. For an arrival, where the arrow ends.
    pub y: f64,
    /// Whether nothing happens at the other lifelines at this moment, so that the words may be as wide as they like.
    pub alone: bool,
}

/// Where an arrow runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line {
    /// Where it begins.
    pub from: f64,
    /// Where it ends: at the other lifeline, or where it is lost.
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
    /// Each event.
    pub places: Vec<Place>,
    /// Each arrow.
    pub lines: Vec<Line>,
    /// Each moment.
    pub moments: Vec<Moment>,
    /// The height of all.
    pub height: f64,
}

impl Layout {
    /// Lays out what happens, in order of time, between so many lifelines. `way` is how long an arrow is on its way.
    pub fn new(events: &[Event], lanes: usize, way: Micros) -> Layout {
        let arrows = events.iter().filter_map(|event| match event.kind {
            Kind::Leaves(arrow) | Kind::Arrives(arrow) | Kind::Lost(arrow) => Some(arrow + 1),
            Kind::Note => None,
        });
        let mut layout = Layout {
            places: Vec::with_capacity(events.len()),
            lines: vec![Line::default(); arrows.max().unwrap_or(0)],
            moments: Vec::new(),
            height: 0.0,
        };
        let way = way.max(1);
        let (mut y, mut last) = (MARGIN, 0);
        for group in events.chunk_by(|a, b| a.at == b.at) {
            let at = group[0].at;
            let wait = at.saturating_sub(last);
            let long = wait > (4 * way).max(SECOND);
            if long {
                y += LONG;
            } else if !layout.moments.is_empty() {
                y += (wait as f64 / way as f64 * WAY).clamp(LEAST, MOST);
            }
            let bottom = layout.group(group, lanes, y);
            layout.moments.push(Moment {
                at,
                top: y,
                bottom,
                long,
            });
            (y, last) = (bottom, at);
        }
        layout.height = y + MARGIN;
        // An arrow that is lost ends where it would have been by then, and no higher than it began.
        for line in &mut layout.lines {
            line.to = line.to.max(line.from + STEEP);
        }
        layout
    }

    /// Lays out what happens at one time, and gives the bottom of it. Each lifeline has its own column, so that what
    /// several do at once stands side by side: first what comes, then the words, then what leaves.
    fn group(&mut self, group: &[Event], lanes: usize, y: f64) -> f64 {
        let (mut ends, mut lost) = (vec![y; lanes.max(1)], 0u8);
        let lowest = |ends: &[f64]| ends.iter().copied().fold(y, f64::max);
        let lane_of = |event: &Event| event.lane.filter(|lane| *lane < lanes);
        for event in group {
            if let (Kind::Arrives(arrow), Some(lane)) = (event.kind, lane_of(event)) {
                self.lines[arrow].to = ends[lane];
                ends[lane] += BETWEEN;
            }
        }
        for event in group {
            let lane = lane_of(event);
            let alone = group.iter().all(|other| lane_of(other) == lane);
            let place = match (event.kind, lane) {
                (Kind::Leaves(_) | Kind::Note, Some(lane)) => {
                    let y = ends[lane];
                    ends[lane] += event.height;
                    Place { y, alone }
                }
                (Kind::Note, None) => {
                    let y = lowest(&ends);
                    ends.fill(y + event.height);
                    Place { y, alone: true }
                }
                (Kind::Lost(arrow), _) => {
                    self.lines[arrow].to = y + BETWEEN * f64::from(lost);
                    lost = lost.saturating_add(1);
                    Place { y, alone: true }
                }
                _ => Place { y, alone: true },
            };
            self.places.push(place);
        }
        for event in group {
            if let (Kind::Leaves(arrow), Some(lane)) = (event.kind, lane_of(event)) {
                self.lines[arrow].from = ends[lane] + 1.0;
                ends[lane] += BETWEEN;
            }
        }
        lowest(&ends)
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

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Micros = 1000;

    fn event(at: Micros, lane: Option<usize>, kind: Kind) -> Event {
        let height = match kind {
            Kind::Note | Kind::Leaves(_) => LINE,
            Kind::Arrives(_) | Kind::Lost(_) => 0.0,
        };
        Event {
            at: at * MS,
            lane,
            kind,
            height,
        }
    }

    /// A question, its answer, and one that is lost, between the outer two of three.
    fn layout() -> (Vec<Event>, Layout) {
        let events = vec![
            event(0, Some(0), Kind::Note),
            event(0, Some(0), Kind::Leaves(0)),
            event(0, Some(2), Kind::Note),
            event(100, Some(2), Kind::Arrives(0)),
            event(100, Some(2), Kind::Leaves(1)),
            event(150, None, Kind::Lost(1)),
            event(60_000, None, Kind::Note),
        ];
        let layout = Layout::new(&events, 3, 100 * MS);
        (events, layout)
    }

    #[test]
    fn later_stands_lower_and_a_long_wait_is_short() {
        let (events, layout) = layout();
        assert_eq!(layout.places.len(), events.len());
        assert_eq!(layout.lines.len(), 2);
        for two in layout.moments.windows(2) {
            assert!(two[0].at < two[1].at && two[0].bottom < two[1].top);
        }
        for line in &layout.lines {
            assert!(line.from < line.to && line.to < layout.height);
        }
        let long: Vec<bool> = layout.moments.iter().map(|moment| moment.long).collect();
        assert_eq!(long, [false, false, false, true]);
        assert!(layout.height < 400.0);
    }

    #[test]
    fn what_happens_at_once_stands_side_by_side() {
        let (_, layout) = layout();
        let [first, second, other] = &layout.places[..3] else {
            panic!()
        };
        assert!(second.y >= first.y + LINE, "two of one lifeline do not");
        assert_eq!(first.y, other.y);
        assert!(!first.alone && !other.alone && layout.places[4].alone);
    }

    #[test]
    fn places_and_times_agree() {
        let (_, layout) = layout();
        for moment in &layout.moments {
            assert_eq!(layout.time_of(layout.y_of(moment.at)), moment.at);
        }
        let mut last = 0;
        for y in 0..=layout.height as u32 {
            let at = layout.time_of(f64::from(y));
            assert!(at >= last);
            last = at;
        }
        assert_eq!(last, 60_000 * MS);
        assert_eq!(layout.y_of(Micros::MAX), layout.height);
        assert_eq!(layout.moment(99 * MS), Some(0));
    }

    #[test]
    fn nothing_and_nonsense_are_laid_out_too() {
        let none = Layout::new(&[], 2, 0);
        assert_eq!((none.y_of(5), none.time_of(5.0)), (0.0, 0));
        // A lifeline that there isn't.
        let odd = [
            event(0, Some(9), Kind::Leaves(0)),
            event(0, Some(9), Kind::Note),
        ];
        assert_eq!(Layout::new(&odd, 2, 0).places.len(), 2);
    }
}

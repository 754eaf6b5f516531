//! Where everything stands in the ladder.

use sim::Micros;
use wire::Role;

use super::event_log::{LogEvent, Run, Segment};
use crate::kit::sequence_diagram::layout::{Event, Kind, LINE, Layout};

/// What belongs to an arrow above its beginning: its name, and its bytes where it has any.
const NAME: f64 = 21.0;
const BYTES: f64 = 22.0;

/// The number of an end's lifeline.
pub fn lane(role: Role) -> usize {
    match role {
        Role::Client => 0,
        Role::Server => 1,
    }
}

/// Lays a run out. `latency` is one way of the network.
pub fn layout(run: &Run, latency: Micros) -> Layout {
    let events = run.log.iter().map(|entry| {
        let (kind, height) = match &entry.what {
            LogEvent::Leaves(arrow) => (Kind::Leaves(*arrow), label(&run.segments[*arrow].segment)),
            LogEvent::Arrives(arrow) => (Kind::Arrives(*arrow), 0.0),
            LogEvent::Lost(arrow) => (Kind::Lost(*arrow), 0.0),
            LogEvent::Inside(..) | LogEvent::Cut => (Kind::Note, LINE),
        };
        Event {
            at: entry.at,
            lane: side(run, &entry.what).map(lane),
            kind,
            height,
        }
    });
    let events: Vec<Event> = events.collect();
    let mut layout = Layout::new(&events, 2, latency);
    layout.lines.resize(run.segments.len(), Default::default());
    layout
}

/// What an arrow has above its beginning.
fn label(segment: &Segment) -> f64 {
    match segment {
        Segment::Message(..) | Segment::Close(..) => NAME + BYTES,
        Segment::Fin { .. } | Segment::Ack | Segment::Rst => NAME,
    }
}

/// Where an entry happens; nowhere in particular on the way.
fn side(run: &Run, what: &LogEvent) -> Option<Role> {
    match what {
        LogEvent::Leaves(arrow) => Some(run.segments[*arrow].from),
        LogEvent::Arrives(arrow) => Some(run.segments[*arrow].from.peer()),
        LogEvent::Inside(role, _) => Some(*role),
        LogEvent::Lost(_) | LogEvent::Cut => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::every_choice;
    use super::*;

    fn layouts() -> impl Iterator<Item = (Run, Layout)> {
        every_choice().map(|scenario| {
            let run = Run::new(&scenario);
            let layout = layout(&run, scenario.latency());
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
                assert!(line.from < line.to, "{:?}", run.segments);
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
                    .filter(|(e, _)| !matches!(e.what, LogEvent::Arrives(_)))
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

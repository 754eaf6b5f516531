//! The drawing: three lanes and what passes between them. Time runs to the right, and on a small screen down. Everything
//! that it shows is said in words beside it, so it is hidden from screen readers.

use sim::heartbeat::{Knows, Loss, Packet, Place, Run, Side, What};
use sim::{Micros, SECOND};
use yew::prelude::*;

use super::faults;
use super::narration::after;
use crate::kit::sequence_diagram::lying::{
    self, Bundle, LyingLadder, Mark, Point, Span, Tick, up_to,
};
use crate::kit::shared::Shared;

/// Where the lanes lie across the drawing, as shares of it.
pub const CLIENT: f64 = 0.15;
pub const NAT: f64 = 0.45;
pub const SERVER: f64 = 0.86;

/// More lines than that, and the acknowledgements are left out.
const MANY: usize = 1_500;
/// Crosses that are drawn, at most.
const CROSSES: usize = 60;

fn lane(place: Place) -> f64 {
    match place {
        Place::Client => CLIENT,
        Place::Nat => NAT,
        Place::Server => SERVER,
    }
}

fn place_of(side: Side) -> Place {
    side.into()
}

/// A time as a share of the run.
pub fn along(run: &Run, at: Micros) -> f64 {
    at as f64 / run.params().duration as f64
}

/// A way is drawn so long at least, as a share of the run: else there would be nothing to see of it.
const SHORTEST: f64 = 0.006;

/// How long a way is drawn.
pub fn drawn_way(run: &Run) -> Micros {
    let shortest = (run.params().duration as f64 * SHORTEST) as Micros;
    run.params().way().max(shortest)
}

/// When a packet is drawn to leave and to end. What answers something leaves when that is drawn to arrive.
fn drawn(run: &Run, packet: &Packet) -> (Micros, Micros) {
    let (way, long) = (run.params().way(), drawn_way(run));
    let after = match packet.what {
        What::Pong(_) | What::Echo(_) => 1,
        What::Ack => 2,
        _ => 0,
    };
    let left = packet.left + after * (long - way);
    let took = packet.end - packet.left;
    let took = match way {
        0 if packet.lost.is_none() => long,
        0 => long * 2 / 5,
        way => (took as f64 / way as f64 * long as f64) as Micros,
    };
    (left, left + took)
}

/// The way of a packet as it is drawn, up to a time: by the NAT box, unless it ends there or before.
fn way(run: &Run, packet: &Packet, until: Micros) -> Vec<Point> {
    let (left, arrives) = drawn(run, packet);
    let long = drawn_way(run);
    let near = long / 10;
    let end = match packet.lost {
        Some(Loss::Cable) => (CLIENT + NAT) / 2.0,
        Some(Loss::Nat) => NAT,
        Some(Loss::Nobody) | None => lane(place_of(packet.to)),
    };
    let passes = match (packet.from, packet.lost) {
        (Place::Client, Some(Loss::Cable | Loss::Nat)) | (Place::Server, Some(Loss::Nat)) => None,
        (Place::Client, _) => Some(left + near),
        (Place::Server, _) => Some(left + long - near),
        (Place::Nat, _) => None,
    };
    let mut points = vec![(along(run, left), lane(packet.from))];
    points.extend(passes.map(|at| (along(run, at.min(arrives)), NAT)));
    points.push((along(run, arrives), end));
    up_to(&points, along(run, until))
}

/// Which line a packet is part of.
fn class(packet: &Packet) -> &'static str {
    match (packet.what, packet.from) {
        (What::Rst, _) => "rst",
        (What::Ack, _) => "ack",
        (_, Place::Client) if packet.resent > 0 => "client again",
        (_, _) if packet.resent > 0 => "server again",
        (_, Place::Client) => "client",
        _ => "server",
    }
}

const CLASSES: [&str; 6] = [
    "ack",
    "client",
    "server",
    "client again",
    "server again",
    "rst",
];

/// The step between two marks of time: about eight of them.
fn tick(duration: Micros) -> Micros {
    const STEPS: [Micros; 8] = [1, 2, 5, 10, 30, 60, 120, 300];
    let wanted = duration / 8;
    let step = STEPS.iter().find(|&&step| step * SECOND >= wanted);
    step.map_or(300 * SECOND, |step| step * SECOND)
}

/// Properties of [`Lanes`].
#[derive(Properties, PartialEq)]
pub struct LanesProps {
    /// What happens.
    pub run: Shared<Run>,
}

/// All that stands still.
#[component]
pub fn Lanes(props: &LanesProps) -> Html {
    ladder(&props.run).view()
}

fn ladder(run: &Run) -> LyingLadder {
    let duration = run.params().duration;
    let crowded = run.packets().len() > MANY;
    let bundles = CLASSES.iter().map(|&of| {
        let packets = run
            .packets()
            .iter()
            .filter(|packet| class(packet) == of && !(crowded && of == "ack"));
        Bundle {
            class: of,
            lines: packets.map(|packet| way(run, packet, duration)).collect(),
        }
    });
    let crosses = run
        .packets()
        .iter()
        .filter(|packet| packet.lost.is_some() && drawn(run, packet).1 <= duration)
        .take(CROSSES)
        .filter_map(|packet| way(run, packet, duration).last().copied());
    let flags = run.faults().iter().map(|&(at, fault)| Tick {
        at: along(run, at),
        label: faults::label(fault).to_owned(),
    });
    LyingLadder {
        bundles: bundles.collect(),
        spans: spans(run),
        crosses: crosses.collect(),
        ticks: ticks(run),
        flags: flags.collect(),
        marks: marks(run),
    }
}

/// Marks of time.
fn ticks(run: &Run) -> Vec<Tick> {
    let duration = run.params().duration;
    let step = tick(duration);
    let ticks = (0..=duration / step).map(|i| {
        let at = i * step;
        let label = if step < 60 * SECOND {
            format!("{} s", at / SECOND)
        } else {
            format!("{} min", at / (60 * SECOND))
        };
        Tick {
            at: along(run, at),
            label,
        }
    });
    ticks.collect()
}

/// The lanes, and how long what lasted: the lowest first.
fn spans(run: &Run) -> Vec<Span> {
    let duration = run.params().duration;
    let span = |class: &'static str, (from, to): (Micros, Micros), across: f64| Span {
        class,
        from: along(run, from),
        to: along(run, to.min(duration)),
        across,
    };
    let cut = run.cable_out().iter();
    let mut all: Vec<Span> = cut
        .map(|&times| span("cut", times, (CLIENT + NAT) / 2.0))
        .collect();
    for (side, across) in [(Side::Client, CLIENT), (Side::Server, SERVER)] {
        let ghosts = run.ghosts(side).into_iter();
        all.extend(ghosts.map(|times| span("ghost", times, across)));
    }
    for (across, side) in [
        (CLIENT, Some(Side::Client)),
        (NAT, None),
        (SERVER, Some(Side::Server)),
    ] {
        let ends = match side {
            None => run.nat_forgot(),
            Some(side) => [run.gone(side), known(run, side)]
                .into_iter()
                .flatten()
                .min(),
        };
        all.push(span("rest", (0, duration), across));
        all.push(span("wire", (0, ends.unwrap_or(duration)), across));
    }
    let naps = run.asleep().iter();
    all.extend(naps.map(|&times| span("nap", times, CLIENT)));
    all
}

/// Who forgets, and who learns.
fn marks(run: &Run) -> Vec<Mark> {
    let duration = run.params().duration;
    let scripted = |at| run.faults().iter().any(|&(t, _)| t == at);
    let forgets = run
        .nat_forgot()
        .filter(|&at| at <= duration && !scripted(at))
        .map(|at| Mark {
            class: Classes::new(),
            at: (along(run, at), NAT),
            label: "forgets".to_owned(),
            dot: false,
        });
    let knows = [Side::Client, Side::Server].into_iter().filter_map(|side| {
        let at = known(run, side).filter(|&at| at <= duration)?;
        let label = match after(run, side) {
            Some(long) => format!("knows after {long}"),
            None => "gives up".to_owned(),
        };
        Some(Mark {
            class: classes!("knows", (side == Side::Client).then_some("over")),
            at: (along(run, at), lane(place_of(side))),
            label,
            dot: true,
        })
    });
    forgets.into_iter().chain(knows).collect()
}

/// When this side learned.
fn known(run: &Run, side: Side) -> Option<Micros> {
    match run.knows(side) {
        Knows::At(at, _) => Some(at),
        _ => None,
    }
}

/// Where the reader is, and what is on its way there.
pub fn on_the_way(run: &Run, now: Micros) -> Html {
    let dots = flying(run, now);
    let dots = dots.iter().map(|&(packet, at)| (class(packet), at));
    lying::now(along(run, now), dots)
}

/// The packets that are drawn on their way, and where they are.
fn flying(run: &Run, now: Micros) -> Vec<(&Packet, Point)> {
    // Nothing is drawn later than three ways after it left.
    let longest = 3 * drawn_way(run);
    let begin = run
        .packets()
        .partition_point(|packet| packet.left + longest < now);
    run.packets()[begin..]
        .iter()
        .take_while(|packet| packet.left <= now)
        .filter(|packet| {
            let (left, end) = drawn(run, packet);
            left <= now && now < end
        })
        .filter_map(|packet| Some((packet, *way(run, packet, now).last()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::*;
    use sim::heartbeat::{Asks, Fault};

    fn run(change: impl FnOnce(&mut Settings)) -> Run {
        let mut settings = Settings {
            trip: 2000,
            ..Settings::default()
        };
        change(&mut settings);
        Run::new(settings.params(), &settings.faults)
    }

    #[test]
    fn a_packet_passes_the_box_and_arrives() {
        let run = run(|_| ());
        let ping = &run.packets()[0];
        let all = way(&run, ping, Micros::MAX);
        let lanes: Vec<f64> = all.iter().map(|point| point.1).collect();
        assert_eq!(lanes, [SERVER, NAT, CLIENT]);
        assert!((all[2].0 - along(&run, ping.end)).abs() < 1e-9);
        // Halfway to the box.
        let half = way(&run, ping, ping.left + 450_000);
        assert_eq!(half.len(), 2);
        assert!((half[1].1 - (SERVER + NAT) / 2.0).abs() < 1e-6);
    }

    #[test]
    fn a_loss_ends_where_it_happens() {
        for (fault, at) in [
            (Fault::CablePulled, (CLIENT + NAT) / 2.0),
            (Fault::NatForgets, NAT),
            (Fault::PowerLost, CLIENT),
        ] {
            let run = run(|s| s.faults = vec![(45 * SECOND, fault)]);
            let lost = run.packets().iter().find(|p| p.lost.is_some()).unwrap();
            let end = way(&run, lost, Micros::MAX).last().copied().unwrap();
            assert_eq!(end.1, at, "{fault:?}");
        }
    }

    #[test]
    fn what_flies_has_left_and_has_not_arrived() {
        let run = run(|s| s.asks = Asks::Both);
        let mut met = 0;
        for now in (0..run.params().duration).step_by(170_000) {
            for (packet, (x, y)) in flying(&run, now) {
                assert!(
                    packet.left <= now && now < packet.end,
                    "this long a way is drawn as it is"
                );
                assert!((0.0..=1.0).contains(&x) && (CLIENT..=SERVER).contains(&y));
                met += 1;
            }
        }
        assert!(met > 100);
    }

    #[test]
    fn a_short_way_is_drawn_longer_and_an_answer_waits_for_it() {
        let run = run(|s| s.trip = 80);
        let long = drawn_way(&run);
        assert!(long > run.params().way());
        let [ping, pong, ack] = &run.packets()[..3] else {
            panic!()
        };
        assert_eq!(drawn(&run, ping), (ping.left, ping.left + long));
        assert_eq!(drawn(&run, pong).0, drawn(&run, ping).1);
        assert_eq!(drawn(&run, ack).0, drawn(&run, pong).1);
    }

    #[test]
    fn every_packet_has_a_line() {
        let run = run(|s| s.asks = Asks::Both);
        for packet in run.packets() {
            assert!(CLASSES.contains(&class(packet)));
        }
        let drawn = ladder(&run)
            .bundles
            .iter()
            .map(|b| b.lines.len())
            .sum::<usize>();
        assert_eq!(drawn, run.packets().len());
    }

    #[test]
    fn marks_of_time_are_few_and_round() {
        for (seconds, step) in [(30, 5), (60, 10), (120, 30), (300, 60), (1200, 300)] {
            assert_eq!(tick(seconds * SECOND), step * SECOND);
        }
    }
}

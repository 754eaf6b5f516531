//! The drawing: three lanes and what passes between them. Time runs to the right, and on a small screen down. Everything
//! that it shows is said in words beside it, so it is hidden from screen readers.

use std::fmt::Write;
use std::rc::Rc;

use sim::heartbeat::{Detection, Loss, Packet, PacketKind, Place, Run, Side};
use sim::{Micros, SECOND};
use yew::prelude::*;

use super::faults;
use super::words::after;

/// A run, shared by the views. Two are the same if they are one.
#[derive(Clone, Debug)]
pub struct Shared(pub Rc<Run>);

impl PartialEq for Shared {
    fn eq(&self, other: &Shared) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Where the lanes lie across the drawing, as shares of it.
pub const CLIENT: f64 = 0.15;
pub const NAT: f64 = 0.45;
pub const SERVER: f64 = 0.86;

/// The side of the square that the lines are drawn in; it is stretched to its place.
const SQUARE: f64 = 1000.0;
/// More lines than that, and the acknowledgements are left out.
const MANY: usize = 1_500;
/// Crosses that are drawn, at most.
const CROSSES: usize = 60;

/// Words beside a place later than this stand before it, so that they stay inside.
const LATE: f64 = 0.82;

/// A point: how far along time, from 0 to 1, and where across the lanes.
type Point = (f64, f64);

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
    run.params().one_way_delay().max(shortest)
}

/// When a packet is drawn to leave and to end. What answers something leaves when that is drawn to arrive.
fn drawn(run: &Run, packet: &Packet) -> (Micros, Micros) {
    let (way, long) = (run.params().one_way_delay(), drawn_way(run));
    let after = match packet.kind {
        PacketKind::Pong(_) | PacketKind::Echo(_) => 1,
        PacketKind::Ack => 2,
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
    let mut points = vec![(left, lane(packet.from))];
    let passes = match (packet.from, packet.lost) {
        (Place::Client, Some(Loss::Cable | Loss::Nat)) | (Place::Server, Some(Loss::Nat)) => None,
        (Place::Client, _) => Some(left + near),
        (Place::Server, _) => Some(left + long - near),
        (Place::Nat, _) => None,
    };
    let passes = passes.map(|at| at.min(arrives));
    points.extend(passes.map(|at| (at, NAT)));
    points.push((arrives, end));
    // Cut where the reader is.
    let mut out: Vec<Point> = Vec::new();
    for two in points.windows(2) {
        let ((a, ya), (b, yb)) = (two[0], two[1]);
        if out.is_empty() {
            out.push((along(run, a), ya));
        }
        if until >= b {
            out.push((along(run, b), yb));
        } else {
            if until > a {
                let share = (until - a) as f64 / (b - a) as f64;
                out.push((along(run, until), ya + (yb - ya) * share));
            }
            break;
        }
    }
    out
}

/// Which line a packet is part of.
fn class(packet: &Packet) -> &'static str {
    match (packet.kind, packet.from) {
        (PacketKind::Rst, _) => "rst",
        (PacketKind::Ack, _) => "ack",
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

/// Lines as a path. `across` where time runs to the right.
fn path(lines: impl Iterator<Item = Vec<Point>>, across: bool) -> String {
    let mut d = String::new();
    for line in lines {
        for (i, &(x, y)) in line.iter().enumerate() {
            let (x, y) = if across { (x, y) } else { (y, x) };
            // Writing to a string cannot fail.
            let _ = write!(
                d,
                "{}{:.2} {:.2}",
                if i == 0 { "M" } else { "L" },
                x * SQUARE,
                y * SQUARE
            );
        }
    }
    d
}

/// The step between two marks of time: about eight of them.
fn tick(duration: Micros) -> Micros {
    const STEPS: [Micros; 8] = [1, 2, 5, 10, 30, 60, 120, 300];
    let wanted = duration / 8;
    let step = STEPS.iter().find(|&&step| step * SECOND >= wanted);
    step.map_or(300 * SECOND, |step| step * SECOND)
}

fn style(at: f64, lane: f64) -> String {
    format!("--at:{:.3}%;--lane:{:.3}%", at * 100.0, lane * 100.0)
}

/// Properties of [`Scene`].
#[derive(Properties, PartialEq)]
pub struct SceneProps {
    /// What happens.
    pub run: Shared,
}

/// All that stands still.
#[component]
pub fn Scene(props: &SceneProps) -> Html {
    let run = &props.run.0;
    let duration = run.params().duration;
    let crowded = run.packets().len() > MANY;
    let lines = |across: bool| {
        let paths = CLASSES.iter().map(|&of| {
            let packets = run
                .packets()
                .iter()
                .filter(|packet| class(packet) == of && !(crowded && of == "ack"));
            let d = path(packets.map(|packet| way(run, packet, duration)), across);
            html! { <path class={of} {d} vector-effect="non-scaling-stroke"/> }
        });
        html! {
            <svg class={if across { "hb-ways across" } else { "hb-ways down" }} viewBox="0 0 1000 1000" preserveAspectRatio="none">
                { for paths }
            </svg>
        }
    };
    let step = tick(duration);
    let ticks = (0..=duration / step).map(|i| {
        let at = i * step;
        let label = if step < 60 * SECOND {
            format!("{} s", at / SECOND)
        } else {
            format!("{} min", at / (60 * SECOND))
        };
        html! { <span class="tick" style={style(along(run, at), 1.0)}>{ label }</span> }
    });
    let span = |kind: &'static str, from: Micros, to: Micros, lane: f64| {
        let (from, to) = (along(run, from), along(run, to.min(duration)));
        html! { <i class={classes!("span", kind)} style={format!("{};--long:{:.3}%", style(from, lane), (to - from) * 100.0)}></i> }
    };
    let lanes = [
        (CLIENT, "wire", 0, Some(Side::Client)),
        (NAT, "wire", 0, None),
        (SERVER, "wire", 0, Some(Side::Server)),
    ];
    let lanes = lanes.into_iter().map(|(at, kind, from, side)| {
        let ends = match side {
            None => run.nat_forgot(),
            Some(side) => [run.gone(side), known(run, side)]
                .into_iter()
                .flatten()
                .min(),
        };
        let to = ends.unwrap_or(duration).min(duration);
        html! { <>{ span("rest", 0, duration, at) }{ span(kind, from, to, at) }</> }
    });
    let ghosts = [(Side::Client, CLIENT), (Side::Server, SERVER)]
        .into_iter()
        .flat_map(|(side, at)| run.ghosts(side).into_iter().map(move |ghost| (ghost, at)))
        .map(|((from, to), at)| span("ghost", from, to, at));
    let naps = run
        .asleep()
        .iter()
        .map(|&(from, to)| span("nap", from, to, CLIENT));
    let cut = run
        .cable_out()
        .iter()
        .map(|&(from, to)| span("cut", from, to, (CLIENT + NAT) / 2.0));
    let crosses = run
        .packets()
        .iter()
        .filter(|packet| packet.lost.is_some() && drawn(run, packet).1 <= duration)
        .take(CROSSES)
        .filter_map(|packet| way(run, packet, duration).last().copied())
        .map(|(x, y)| html! { <b class="cross" style={style(x, y)}>{ "✕" }</b> });
    let faults = run.faults().iter().enumerate().map(|(i, &(at, fault))| {
        let late = along(run, at) > LATE;
        html! { <span class={classes!("fault", (i % 2 == 1).then_some("second"), late.then_some("late"))} style={style(along(run, at), 0.0)}><em>{ faults::label(fault) }</em></span> }
    });
    let scripted = |at| run.faults().iter().any(|&(t, _)| t == at);
    let idle = run
        .nat_forgot()
        .filter(|&at| at <= duration && !scripted(at)).map(|at| {
        html! { <span class={classes!("says", (along(run, at) > LATE).then_some("late"))} style={style(along(run, at), NAT)}>{ "forgets" }</span> }
    });
    let knows = [Side::Client, Side::Server].into_iter().filter_map(|side| {
        let at = known(run, side).filter(|&at| at <= duration)?;
        let late = along(run, at) > LATE;
        let lane = lane(place_of(side));
        let said = match after(run, side) {
            Some(long) => format!("knows after {long}"),
            None => "gives up".to_owned(),
        };
        Some(html! {
            <span class={classes!("says", "knows", (side == Side::Client).then_some("over"), late.then_some("late"))} style={style(along(run, at), lane)}>
                <i></i>{ said }
            </span>
        })
    });
    html! {
        <>
            { for ticks }
            { for cut }
            { for ghosts }
            { for lanes }
            { for naps }
            { lines(true) }
            { lines(false) }
            { for crosses }
            { for faults }
            { for idle }
            { for knows }
        </>
    }
}

/// When this side learned.
fn known(run: &Run, side: Side) -> Option<Micros> {
    match run.detection(side) {
        Detection::At(at, _) => Some(at),
        _ => None,
    }
}

/// Properties of [`Moving`].
#[derive(Properties, PartialEq)]
pub struct MovingProps {
    /// What happens.
    pub run: Shared,
    /// Where the reader is.
    pub now: Micros,
}

/// Where the reader is, and what is on its way there.
#[component]
pub fn Moving(props: &MovingProps) -> Html {
    let (run, now) = (&props.run.0, props.now);
    let flying = flying(run, now).into_iter().map(|(packet, (x, y))| {
        let of = class(packet);
        html! { <i class={classes!("dot-on-its-way", of)} style={style(x, y)}></i> }
    });
    html! {
        <>
            <span class="now" style={style(along(run, now), 0.0)}></span>
            { for flying }
        </>
    }
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
    use super::super::knobs::Settings;
    use super::*;
    use sim::heartbeat::{Fault, Prober};

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
        let run = run(|s| s.asks = Prober::Both);
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
        assert!(long > run.params().one_way_delay());
        let [ping, pong, ack] = &run.packets()[..3] else {
            panic!()
        };
        assert_eq!(drawn(&run, ping), (ping.left, ping.left + long));
        assert_eq!(drawn(&run, pong).0, drawn(&run, ping).1);
        assert_eq!(drawn(&run, ack).0, drawn(&run, pong).1);
    }

    #[test]
    fn every_packet_has_a_line() {
        let run = run(|s| s.asks = Prober::Both);
        for packet in run.packets() {
            assert!(CLASSES.contains(&class(packet)));
        }
        let d = path(
            run.packets().iter().map(|p| way(&run, p, Micros::MAX)),
            true,
        );
        assert_eq!(d.matches('M').count(), run.packets().len());
    }

    #[test]
    fn marks_of_time_are_few_and_round() {
        for (seconds, step) in [(30, 5), (60, 10), (120, 30), (300, 60), (1200, 300)] {
            assert_eq!(tick(seconds * SECOND), step * SECOND);
        }
    }
}

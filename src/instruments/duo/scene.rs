//! The drawing: where everything is at a time of the model, and how that looks.

use std::rc::Rc;

use sim::news::Run;
use sim::{Micros, SECOND};
use yew::prelude::*;

use super::post::{Item, Line};

/// A run, shared by the views. Two are the same if they are one.
#[derive(Clone, Debug)]
pub struct Shared(pub Rc<Run>);

impl PartialEq for Shared {
    fn eq(&self, other: &Shared) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Something on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Flight {
    /// What it is.
    pub item: Item,
    /// Whether the client sent it.
    pub from_client: bool,
    /// Where it is: 0 at the client, 1 at the server.
    pub along: f64,
    /// How many pieces of news it carries.
    pub carries: usize,
    /// Whether it is HTTP, in an envelope.
    pub letter: bool,
    /// What it says.
    pub says: Option<String>,
}

fn along(left: Micros, arrives: Micros, now: Micros, from_client: bool) -> f64 {
    let share = if arrives > left {
        (now - left) as f64 / (arrives - left) as f64
    } else {
        1.0
    };
    if from_client { share } else { 1.0 - share }
}

/// What is on its way now.
pub fn flights(line: Line, run: &Run, now: Micros) -> Vec<Flight> {
    let mut flights = Vec::new();
    let mut add = |index, left, arrives, from_client, carries, letter, says: Option<String>| {
        if left <= now && now < arrives {
            flights.push(Flight {
                item: Item { line, index },
                from_client,
                along: along(left, arrives, now, from_client),
                carries,
                letter,
                says,
            });
        }
    };
    match line {
        Line::Mail => {
            let begin = run.trips().partition_point(|trip| trip.back <= now);
            for (i, trip) in run.trips().iter().enumerate().skip(begin).take(1) {
                let brings = match trip.news.len() {
                    0 => "no".to_owned(),
                    1 => "yes: one message".to_owned(),
                    n => format!("yes: {n} messages"),
                };
                let ask = Some("anything new?".to_owned());
                add(2 * i, trip.left, trip.reached, true, 0, true, ask);
                let news = trip.news.len();
                add(
                    2 * i + 1,
                    trip.reached,
                    trip.back,
                    false,
                    news,
                    true,
                    Some(brings),
                );
            }
        }
        Line::Radio => {
            let h = run.handshake();
            let hello = Some("shall we tune in?".to_owned());
            add(0, h.left, h.reached, true, 0, true, hello);
            add(
                1,
                h.reached,
                h.back,
                false,
                0,
                true,
                Some("101: tuned in".to_owned()),
            );
            let begin = run.frames().partition_point(|frame| frame.arrived <= now);
            for (i, frame) in run.frames().iter().enumerate().skip(begin) {
                if frame.left > now {
                    break;
                }
                add(i + 2, frame.left, frame.arrived, false, 1, false, None);
            }
        }
    }
    flights
}

/// How many pieces of news the server has that have not left yet.
pub fn held(line: Line, run: &Run, now: Micros) -> usize {
    let gone = match line {
        Line::Mail => {
            let trips = run.trips().partition_point(|trip| trip.reached <= now);
            trips
                .checked_sub(1)
                .map_or(0, |last| run.trips()[last].news.end)
        }
        Line::Radio => run.frames().partition_point(|frame| frame.left <= now),
    };
    run.news_by(now).saturating_sub(gone)
}

/// How much of the time to the client's next question has passed, from 0 to 1; `None` while one is on its way.
pub fn until_next(run: &Run, now: Micros) -> Option<f64> {
    let next = run.trips().partition_point(|trip| trip.wanted <= now);
    let (last, next) = (
        run.trips().get(next.checked_sub(1)?)?,
        run.trips().get(next)?,
    );
    let span = next.wanted - last.wanted;
    (now >= last.back && span > 0).then(|| (now - last.wanted) as f64 / span as f64)
}

/// Whether the client's letter waits for a frequency.
pub fn queues(run: &Run, now: Micros) -> bool {
    let at = run.trips().partition_point(|trip| trip.wanted <= now);
    at.checked_sub(1)
        .and_then(|i| run.trips().get(i))
        .is_none_or(|trip| trip.left > now)
}

/// A piece of news between happening and arriving.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wait {
    /// Its number.
    pub news: usize,
    /// When it happened.
    pub from: Micros,
    /// When it arrived, or now.
    pub to: Micros,
    /// Whether it has arrived.
    pub over: bool,
}

/// The waits that touch the time since `since`.
pub fn waits(line: Line, run: &Run, since: Micros, now: Micros) -> Vec<Wait> {
    let happened = run.news().iter().take(run.news_by(now)).enumerate();
    happened
        .map(|(news, &from)| {
            let arrived = match line {
                Line::Mail => run.by_mail(news),
                Line::Radio => run.by_radio(news),
            };
            let over = arrived.filter(|&arrived| arrived <= now);
            Wait {
                news,
                from,
                to: over.unwrap_or(now),
                over: over.is_some(),
            }
        })
        .filter(|wait| wait.to >= since)
        .collect()
}

/// The times worth standing still at: everything that happens, and everything on its way, halfway.
pub fn moments(run: &Run) -> Vec<Micros> {
    let end = run.params().duration;
    let half = |a: Micros, b: Micros| a + (b - a) / 2;
    let h = run.handshake();
    let mut all = vec![
        0,
        half(h.left, h.reached),
        half(h.reached, h.back),
        h.back,
        end,
    ];
    all.extend(run.news());
    for trip in run.trips() {
        all.extend([
            half(trip.left, trip.reached),
            half(trip.reached, trip.back),
            trip.back,
        ]);
    }
    for frame in run.frames() {
        all.extend([half(frame.left, frame.arrived), frame.arrived]);
    }
    all.retain(|&at| at <= end);
    all.sort_unstable();
    all.dedup();
    all
}

/// How much of the past the tape shows, in microseconds.
pub fn window(run: &Run) -> Micros {
    (5 * run.params().ask_every).clamp(12 * SECOND, 60 * SECOND)
}

/// Properties of [`Scene`].
#[derive(Properties, PartialEq)]
pub struct SceneProps {
    /// What happened.
    pub run: Shared,
    /// Which line.
    pub line: Line,
    /// The time of the model, in microseconds.
    pub now: Micros,
    /// What is open in the reader.
    pub open: Option<Item>,
    /// The reader wants to see what is inside.
    pub on_open: Callback<Item>,
}

/// The road or the channel, and below it a tape of what has been. Everything that it shows is said in words and numbers
/// beside it, so it is hidden from screen readers.
#[component]
pub fn Scene(props: &SceneProps) -> Html {
    let SceneProps { run, line, now, .. } = props;
    html! {
        <div class="air" aria-hidden="true">
            { lane(&run.0, *line, *now, props) }
            { tape(&run.0, *line, *now, props) }
        </div>
    }
}

/// The ends of the roads, in percent of the width.
const CLIENT: f64 = 13.0;
const SERVER: f64 = 87.0;

fn percent(x: f64) -> String {
    format!("{x:.3}%")
}

fn lane(run: &Run, line: Line, now: Micros, props: &SceneProps) -> Html {
    let middle = 55;
    let road = |y: i32| {
        html! { <line class="road" x1={percent(CLIENT)} x2={percent(SERVER)} y1={y.to_string()} y2={y.to_string()}/> }
    };
    let flights = flights(line, run, now);
    let ground = match line {
        Line::Mail => html! { <>{ road(34) }{ road(78) }</> },
        Line::Radio => {
            let open = run.handshake().back <= now;
            html! {
                <>
                    if open {
                        <line class="channel" x1={percent(CLIENT)} x2={percent(SERVER)} y1="56" y2="56"/>
                    }
                    <line class={if open { "road open" } else { "road" }} x1={percent(CLIENT)} x2={percent(SERVER)} y1="56" y2="56"/>
                    <text class="say" x="50%" y="100" text-anchor="middle">
                        { if open { "one channel, and it stays open" } else { "tuning in" } }
                    </text>
                </>
            }
        }
    };
    let things = flights.iter().map(|flight| {
        let x = percent(CLIENT + (SERVER - CLIENT) * flight.along);
        let y = match (line, flight.from_client) {
            (Line::Radio, _) => 56,
            (Line::Mail, true) => 34,
            (Line::Mail, false) => 78,
        };
        let label = if flight.from_client { y - 19 } else { y + 27 };
        let label = if line == Line::Radio { 32 } else { label };
        html! {
            <>
                if let Some(says) = &flight.says {
                    <text class="say" x={x.clone()} y={label.to_string()} text-anchor="middle">{ says }</text>
                }
                { thing(flight, &x, y, props) }
            </>
        }
    });
    let waiting = held(line, run, now);
    let ring = (line == Line::Mail).then(|| until_next(run, now)).flatten();
    html! {
        <svg class="roads" height="112" width="100%">
            { ground }
            <svg x="5%" y={middle.to_string()} overflow="visible" class="end">
                <circle r="11"/>
                if let Some(share) = ring {
                    <circle class="ring" r="15" pathLength="100" stroke-dasharray={format!("{:.1} 100", share * 100.0)} transform="rotate(-90)"/>
                }
                <path d="M-4.5 4.5a4.5 4.5 0 0 1 9 0M0 -5.5a2.6 2.6 0 1 0 .01 0"/>
                <text y="33" text-anchor="middle">{ "you" }</text>
                if line == Line::Mail && queues(run, now) {
                    <text y="47" text-anchor="start" x="-14">{ "waits for a frequency" }</text>
                }
            </svg>
            <svg x="95%" y={middle.to_string()} overflow="visible" class="end">
                <rect x="-12" y="-14" width="24" height="28" rx="4"/>
                <path d="M-6 -6h12M-6 0h12M-6 6h5"/>
                <text y="33" text-anchor="middle">{ "server" }</text>
                if waiting > 0 {
                    <text class="held" y="-32" text-anchor="end" x="14">{ format!("{waiting} waiting") }</text>
                }
            </svg>
            { for things }
        </svg>
    }
}

/// An envelope, or a word on the channel.
fn thing(flight: &Flight, x: &str, y: i32, props: &SceneProps) -> Html {
    let (on_open, item) = (props.on_open.clone(), flight.item);
    let onclick = Callback::from(move |_| on_open.emit(item));
    let who = if flight.from_client {
        "from-client"
    } else {
        "from-server"
    };
    let open = (props.open == Some(item)).then_some("opened");
    let empty =
        (flight.letter && !flight.from_client && props.line == Line::Mail && flight.carries == 0)
            .then_some("empty");
    html! {
        <svg x={x.to_owned()} y={y.to_string()} overflow="visible" class={classes!("thing", who, open, empty)} {onclick}>
            if flight.letter {
                <rect class="paper" x="-13" y="-9" width="26" height="18" rx="3"/>
                <path class="flap" d="M-12 -7L0 2L12 -7"/>
            } else {
                <circle class="halo" r="10"/>
                <circle class="word" r="6"/>
            }
            <rect class="hit" x="-22" y="-22" width="44" height="44"/>
        </svg>
    }
}

/// The tape's height; where the waits lie, and where what was sent lies, in pixels.
const TAPE: u32 = 54;
const ROWS: usize = 4;
const MARKS_Y: u32 = 36;

fn tape(run: &Run, line: Line, now: Micros, props: &SceneProps) -> Html {
    let window = window(run);
    let since = now.saturating_sub(window);
    let x = |at: Micros| 100.0 * (1.0 - (now.saturating_sub(at)) as f64 / window as f64);
    let waits = waits(line, run, since, now).into_iter().map(|wait| {
        let y = 5 + 7 * (wait.news % ROWS) as u32;
        let (from, to) = (x(wait.from.max(since)).max(0.0), x(wait.to));
        html! {
            <g class={classes!("wait", wait.over.then_some("over"))}>
                <line x1={percent(from)} x2={percent(to)} y1={y.to_string()} y2={y.to_string()}/>
                if wait.from >= since && x(wait.from) >= 0.0 {
                    <svg x={percent(from)} y={y.to_string()} overflow="visible"><path d="M0 -4L4 0L0 4L-4 0z"/></svg>
                }
                if wait.over {
                    <svg x={percent(to)} y={y.to_string()} overflow="visible"><circle r="2.6"/></svg>
                }
            </g>
        }
    });
    let mark = |item: Item, at: Micros, letter: bool, class: &'static str| {
        let on_open = props.on_open.clone();
        let onclick = Callback::from(move |_| on_open.emit(item));
        let open = (props.open == Some(item)).then_some("opened");
        html! {
            <svg x={percent(x(at))} y={MARKS_Y.to_string()} overflow="visible" class={classes!("mark-sent", class, open)} {onclick}>
                if letter {
                    <rect class="paper" x="-5.5" y="-4" width="11" height="8" rx="1.5"/>
                    <path class="flap" d="M-5 -3L0 1L5 -3"/>
                } else {
                    <circle class="word" r="3.6"/>
                }
                <rect class="hit" x="-9" y="-10" width="18" height="22"/>
            </svg>
        }
    };
    let inside = |at: Micros| at <= now && at >= since;
    let marks: Html = match line {
        Line::Mail => {
            let trips = run.trips().iter().enumerate();
            let backs = trips
                .filter(|(_, trip)| inside(trip.back))
                .map(|(i, trip)| {
                    let class = if trip.news.is_empty() {
                        "from-server empty"
                    } else {
                        "from-server"
                    };
                    let item = Item {
                        line,
                        index: 2 * i + 1,
                    };
                    mark(item, trip.back, true, class)
                });
            backs.collect()
        }
        Line::Radio => {
            let h = run.handshake();
            let shake =
                inside(h.back).then(|| mark(Item { line, index: 1 }, h.back, true, "from-server"));
            let frames = run.frames().iter().enumerate();
            let frames = frames
                .filter(|(_, frame)| inside(frame.arrived))
                .map(|(i, frame)| {
                    mark(
                        Item { line, index: i + 2 },
                        frame.arrived,
                        false,
                        "from-server",
                    )
                });
            shake.into_iter().chain(frames).collect()
        }
    };
    html! {
        <svg class="tape" height={TAPE.to_string()} width="100%">
            <line class="base" x1="0" x2="100%" y1="43" y2="43"/>
            { for waits }
            { marks }
            <text x="0" y="54">{ format!("{} s ago", window / SECOND) }</text>
            <text x="100%" y="54" text-anchor="end">{ "now" }</text>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::super::knobs::Knobs;
    use super::super::post::{sent, sizes};
    use super::*;

    fn run() -> Run {
        Run::new(
            Knobs {
                news: 60,
                ..Knobs::default()
            }
            .params(),
            &sizes(),
        )
    }

    #[test]
    fn a_letter_is_where_the_model_says() {
        let run = run();
        let trip = &run.trips()[3];
        let at = |now| flights(Line::Mail, &run, now);
        let half = trip.left + (trip.reached - trip.left) / 2;
        assert_eq!(at(trip.left)[0].along, 0.0);
        assert_eq!(at(half)[0].along, 0.5);
        assert!(at(half)[0].from_client);
        let answer = &at(trip.reached)[0];
        assert_eq!(
            (answer.along, answer.from_client, answer.item.index),
            (1.0, false, 7)
        );
        assert_eq!(at(trip.back), []);
    }

    #[test]
    fn what_is_on_its_way_was_sent_and_has_not_arrived() {
        let run = run();
        for now in (0..run.params().duration).step_by(37_000) {
            for line in [Line::Mail, Line::Radio] {
                for flight in flights(line, &run, now) {
                    assert!((0.0..=1.0).contains(&flight.along));
                    assert!(flight.item.index < sent(line, &run, now));
                    let opened = flight.item.open(&run).unwrap();
                    assert!(opened.left <= now && now < opened.arrives);
                    assert_eq!(opened.from_client, flight.from_client);
                }
            }
        }
    }

    /// News has happened and is held, is on its way, or has arrived; there is nowhere else to be.
    #[test]
    fn no_news_gets_lost() {
        let run = run();
        for now in (0..run.params().duration).step_by(41_000) {
            for line in [Line::Mail, Line::Radio] {
                let flying: usize = flights(line, &run, now).iter().map(|f| f.carries).sum();
                let arrived = match line {
                    Line::Mail => run.mail(now),
                    Line::Radio => run.radio(now),
                }
                .delivered as usize;
                assert_eq!(held(line, &run, now) + flying + arrived, run.news_by(now));
                let open = waits(line, &run, 0, now).iter().filter(|w| !w.over).count();
                assert_eq!(open, held(line, &run, now) + flying);
            }
        }
    }

    #[test]
    fn stepping_meets_every_letter_and_every_frame_on_its_way() {
        let run = run();
        let moments = moments(&run);
        assert!(moments.is_sorted() && moments[0] == 0);
        assert_eq!(moments.last(), Some(&run.params().duration));
        for line in [Line::Mail, Line::Radio] {
            let mut met: Vec<usize> = moments
                .iter()
                .flat_map(|&at| flights(line, &run, at))
                .map(|flight| flight.item.index)
                .collect();
            met.sort_unstable();
            met.dedup();
            // What is sent in the very last moment of the run is still on its way when it ends.
            let sent = sent(line, &run, run.params().duration);
            assert!(met.len() + 1 >= sent, "{} of {sent}", met.len());
        }
    }

    #[test]
    fn the_ring_closes_when_the_client_asks() {
        let run = run();
        let (this, next) = (&run.trips()[1], &run.trips()[2]);
        assert_eq!(until_next(&run, this.left), None);
        assert!(until_next(&run, this.back).unwrap() < 0.3);
        assert!(until_next(&run, next.wanted - 1).unwrap() > 0.999);
        assert!(!queues(&run, this.back));
    }
}

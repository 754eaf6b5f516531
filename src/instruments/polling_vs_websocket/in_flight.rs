//! What is on its way, what waits, and which times are worth standing still at.

use sim::news::Run;
use sim::{Micros, SECOND};

use super::transmissions::{Channel, Transmission};

/// Something on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct InFlight {
    /// What it is.
    pub transmission: Transmission,
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
pub fn in_flight(channel: Channel, run: &Run, now: Micros) -> Vec<InFlight> {
    let mut all = Vec::new();
    let mut add = |index, left, arrives, from_client, carries, letter, says: Option<String>| {
        if left <= now && now < arrives {
            all.push(InFlight {
                transmission: Transmission { channel, index },
                from_client,
                along: along(left, arrives, now, from_client),
                carries,
                letter,
                says,
            });
        }
    };
    match channel {
        Channel::Polling => {
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
        Channel::WebSocket => {
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
    all
}

/// How many pieces of news the server has that have not left yet.
pub fn held(channel: Channel, run: &Run, now: Micros) -> usize {
    let gone = match channel {
        Channel::Polling => {
            let trips = run.trips().partition_point(|trip| trip.reached <= now);
            trips
                .checked_sub(1)
                .map_or(0, |last| run.trips()[last].news.end)
        }
        Channel::WebSocket => run.frames().partition_point(|frame| frame.left <= now),
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
pub fn waits(channel: Channel, run: &Run, since: Micros, now: Micros) -> Vec<Wait> {
    let happened = run.news().iter().take(run.news_by(now)).enumerate();
    happened
        .map(|(news, &from)| {
            let arrived = match channel {
                Channel::Polling => run.by_mail(news),
                Channel::WebSocket => run.by_radio(news),
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

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::super::transmissions::{sent, sizes};
    use super::*;

    fn run() -> Run {
        Run::new(
            Settings {
                news: 60,
                ..Settings::default()
            }
            .params(),
            &sizes(),
        )
    }

    #[test]
    fn a_letter_is_where_the_model_says() {
        let run = run();
        let trip = &run.trips()[3];
        let at = |now| in_flight(Channel::Polling, &run, now);
        let half = trip.left + (trip.reached - trip.left) / 2;
        assert_eq!(at(trip.left)[0].along, 0.0);
        assert_eq!(at(half)[0].along, 0.5);
        assert!(at(half)[0].from_client);
        let answer = &at(trip.reached)[0];
        assert_eq!(
            (answer.along, answer.from_client, answer.transmission.index),
            (1.0, false, 7)
        );
        assert_eq!(at(trip.back), []);
    }

    #[test]
    fn what_is_on_its_way_was_sent_and_has_not_arrived() {
        let run = run();
        for now in (0..run.params().duration).step_by(37_000) {
            for channel in [Channel::Polling, Channel::WebSocket] {
                for flight in in_flight(channel, &run, now) {
                    assert!((0.0..=1.0).contains(&flight.along));
                    assert!(flight.transmission.index < sent(channel, &run, now));
                    let opened = flight.transmission.open(&run).unwrap();
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
            for channel in [Channel::Polling, Channel::WebSocket] {
                let flying: usize = in_flight(channel, &run, now)
                    .iter()
                    .map(|f| f.carries)
                    .sum();
                let arrived = match channel {
                    Channel::Polling => run.mail(now),
                    Channel::WebSocket => run.radio(now),
                }
                .delivered as usize;
                assert_eq!(
                    held(channel, &run, now) + flying + arrived,
                    run.news_by(now)
                );
                let open = waits(channel, &run, 0, now)
                    .iter()
                    .filter(|w| !w.over)
                    .count();
                assert_eq!(open, held(channel, &run, now) + flying);
            }
        }
    }

    #[test]
    fn stepping_meets_every_letter_and_every_frame_on_its_way() {
        let run = run();
        let moments = moments(&run);
        assert!(moments.is_sorted() && moments[0] == 0);
        assert_eq!(moments.last(), Some(&run.params().duration));
        for channel in [Channel::Polling, Channel::WebSocket] {
            let mut met: Vec<usize> = moments
                .iter()
                .flat_map(|&at| in_flight(channel, &run, at))
                .map(|flight| flight.transmission.index)
                .collect();
            met.sort_unstable();
            met.dedup();
            // What is sent in the very last moment of the run is still on its way when it ends.
            let sent = sent(channel, &run, run.params().duration);
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

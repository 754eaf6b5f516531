//! The sentences of a stream by four transports.

use crate::kit::number::{counted, fixed, grouped, span};
use crate::live::transports::{
    Client, Clients, Ended, Kind, ProxyFault, Race, Stage, Step, StepKind, Transport,
};

use super::settings::Settings;

/// What a transport is called.
pub fn name(transport: Transport) -> &'static str {
    match transport {
        Transport::Polling => "Polling",
        Transport::LongPolling => "Long polling",
        Transport::Sse => "SSE",
        Transport::Websocket => "WebSocket",
    }
}

/// What a transport is called within a sentence.
fn by_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Polling => "polling",
        Transport::LongPolling => "long polling",
        other => name(other),
    }
}

/// What a client is called.
pub fn client_name(client: &Client) -> &'static str {
    match client.kind {
        Kind::Only(transport) => name(transport),
        Kind::Fallback => "WebSocket, else long polling",
    }
}

/// Milliseconds for people: `0.4 ms`, `120 ms`, `1.25 s`.
pub fn ms(value: f64) -> String {
    let tenths = (value.max(0.0) * 10.0).round() as u64;
    match tenths {
        ..100 => format!("{} ms", fixed(tenths, 1)),
        100..10_000 => format!("{} ms", (tenths + 5) / 10),
        _ => format!("{} s", fixed((tenths + 50) / 100, 2)),
    }
}

/// Bytes for people: `712 B`, `12.3 kB`.
pub fn bytes(n: u64) -> String {
    match n {
        ..1000 => format!("{n} B"),
        1000..1_000_000 => format!("{} kB", fixed((n + 50) / 100, 1)),
        _ => format!("{} MB", fixed((n + 50_000) / 100_000, 1)),
    }
}

/// What the stream is like.
pub fn situation(settings: &Settings) -> String {
    let rhythm = if settings.random {
        "on average, at random times"
    } else {
        "evenly"
    };
    let polls = match settings.clients {
        Clients::All => format!("The poller asks every {}; a", span(settings.poll)),
        Clients::Fallback => "A".to_owned(),
    };
    format!(
        "A message every {} {rhythm}, for {}. {polls} long poll is held for {} at most.",
        span(settings.every),
        span(settings.lasts),
        span(settings.hold)
    )
}

/// What the proxy does, where there is one.
pub fn proxy(settings: &Settings) -> Option<String> {
    Some(match settings.proxy? {
        ProxyFault::Blocks => {
            "The proxy passes no Upgrade on, and answers a WebSocket’s handshake with 403.".to_owned()
        }
        ProxyFault::Buffers => {
            "The proxy passes an answer on when it has all of it. An event stream is one answer that does not end."
                .to_owned()
        }
        ProxyFault::Cuts => format!(
            "The proxy cuts whatever has been open for {}. Real ones often wait 60 s.",
            span(settings.cut)
        ),
    })
}

/// Where the run stands.
pub fn stage(race: &Race) -> String {
    match &race.stage {
        Stage::Starting => "The server is asked for a stream.".to_owned(),
        Stage::Running => "The stream runs.".to_owned(),
        Stage::Stopped => "You stopped it.".to_owned(),
        Stage::Done => "The stream is over.".to_owned(),
        Stage::Failed(why) => why.clone(),
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// What the reader said of the delay, and how it came.
pub fn quickest(race: &Race, guess: Option<Transport>) -> Option<String> {
    let best = race.quickest();
    let first = *best.first()?;
    let names: Vec<_> = best.iter().map(|transport| name(*transport)).collect();
    let client = race
        .clients
        .iter()
        .find(|client| client.transport == first)?;
    let said = match guess {
        Some(guess) if best.contains(&guess) => "As you said. ",
        Some(_) => "Not what you said. ",
        None => "",
    };
    let within = if best.len() > 1 {
        ", a millisecond apart at most"
    } else {
        ""
    };
    Some(format!(
        "{said}The shortest delay: {}{within}, with a median of {}.",
        listed(&names),
        ms(race.delays(client)?.median)
    ))
}

/// What the reader said of the bytes, and how it came.
pub fn heaviest(race: &Race, guess: Option<Transport>) -> Option<String> {
    let most = race.heaviest()?;
    let cost = race.cost()?;
    let of = cost.transports.iter().find(|cost| cost.transport == most)?;
    let said = match guess {
        Some(guess) if guess == most => "As you said. ",
        Some(_) => "Not what you said. ",
        None => "",
    };
    let sum = |both: crate::live::transports::Directions| both.client.saturating_add(both.server);
    let (heads, bodies) = (sum(of.head_bytes), sum(of.body_bytes));
    Some(format!(
        "{said}Most bytes: {}, {} of heads and {} of all else, for {}.",
        name(most),
        bytes(heads),
        bytes(bodies),
        counted(of.requests, "request", "requests")
    ))
}

/// By what the messages of a client with a fallback came, and what the reader said.
pub fn found_way(race: &Race, guess: Option<Transport>) -> Option<String> {
    let client = race.clients.first()?;
    let first = client.arrivals.first()?;
    let by = client
        .exchanges
        .iter()
        .rfind(|exchange| exchange.from <= first.at)?
        .transport;
    let in_vain = client
        .exchanges
        .iter()
        .filter(|exchange| exchange.from < first.at)
        .filter(|exchange| matches!(exchange.ended, Some((_, Ended::Badly))))
        .count() as u64;
    let said = match guess {
        Some(guess) if guess == by => "As you said. ",
        Some(_) => "Not what you said. ",
        None => "",
    };
    let late = (first.at - client.exchanges.first()?.from).max(0.0);
    Some(format!(
        "{said}The first messages came by {}, {} after it began and after {} in vain.",
        by_name(by),
        ms(late),
        counted(in_vain, "attempt", "attempts")
    ))
}

/// What came of one client, in a sentence.
pub fn outcome(race: &Race, client: &Client) -> String {
    let got = client.arrivals.len() as u64;
    let lacks = race.total().map(|total| total.saturating_sub(client.seen));
    let mut out = match (race.total(), lacks) {
        (Some(total), Some(0)) if client.missed == 0 => format!("It got all {}.", grouped(total)),
        (Some(total), Some(lacks)) => format!(
            "It got {} of {}; {} did not come in time.",
            grouped(got),
            grouped(total),
            grouped(lacks + client.missed)
        ),
        _ => format!("It got {}.", counted(got, "message", "messages")),
    };
    if client.twice > 0 {
        out += &format!(" {} came twice.", grouped(client.twice));
    }
    out
}

/// A step of a client.
pub fn step(client: &Client, i: usize) -> String {
    let Some(Step { kind, .. }) = client.steps.get(i) else {
        return String::new();
    };
    match *kind {
        StepKind::Refused(status) => format!("is answered {status}."),
        StepKind::Unanswered => "is cut off without an answer.".to_owned(),
        StepKind::Closed(code, true) => format!("loses its WebSocket: the page is told {code}."),
        StepKind::Closed(code, false) => {
            format!("gets no WebSocket: the page is told {code}, and not why.")
        }
        StepKind::BrowserReconnects => {
            "loses its event stream. The browser connects again by itself.".to_owned()
        }
        StepKind::BrowserGaveUp => {
            "is answered with something that is not an event stream. The browser gives up for good; the page’s own code has to make a new EventSource."
                .to_owned()
        }
        StepKind::Waits(wait) => format!(
            "waits {} (drawn at random, by its own code) and tries again.",
            ms(f64::from(wait))
        ),
        StepKind::FallsBack => "takes long polling instead.".to_owned(),
        StepKind::TriesWebSocket => "tries whether a WebSocket opens by now.".to_owned(),
        StepKind::Works(transport, after) => {
            let by = match transport {
                Transport::Sse if !gave_up_before(client, i) => "the browser says so in Last-Event-ID",
                _ => "the page’s code says so in after",
            };
            match after {
                0 => format!("is answered again, by {}.", by_name(transport)),
                _ => format!(
                    "is answered again, by {}, and asks for what comes after message {after}: {by}.",
                    by_name(transport)
                ),
            }
        }
    }
}

/// Whether the browser gave up since something worked last.
fn gave_up_before(client: &Client, i: usize) -> bool {
    let before = client.steps[..i].iter().rev().map(|step| step.kind);
    before
        .take_while(|kind| !matches!(kind, StepKind::Works(..)))
        .any(|kind| kind == StepKind::BrowserGaveUp)
}

/// The picture of the lanes in words.
pub fn lanes(race: &Race) -> String {
    let each: Vec<String> = race
        .clients
        .iter()
        .map(|client| {
            let delay = race.delays(client).map_or_else(String::new, |delays| {
                format!(", half of them within {}", ms(delays.median))
            });
            format!(
                "{}: {}{delay}",
                client_name(client),
                counted(client.arrivals.len() as u64, "message", "messages")
            )
        })
        .collect();
    format!(
        "A lane for each client, over time. {}. The table below has the figures.",
        each.join("; ")
    )
}

/// What is asked before the run.
pub fn button(settings: &Settings) -> &'static str {
    match settings.clients {
        Clients::All => "Run all four",
        Clients::Fallback => "Run it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::transports::{Arrival, Client, Exchange};

    #[test]
    fn quantities() {
        for (value, said) in [
            (-1.0, "0.0 ms"),
            (0.44, "0.4 ms"),
            (9.96, "10 ms"),
            (123.4, "123 ms"),
            (999.4, "999 ms"),
            (1254.0, "1.25 s"),
        ] {
            assert_eq!(ms(value), said);
        }
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(12_345), "12.3 kB");
        assert_eq!(bytes(2_000_000), "2.0 MB");
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
    }

    #[test]
    fn a_fallback_is_told_by_what_its_first_messages_came() {
        let settings = Settings {
            clients: Clients::Fallback,
            ..Settings::default()
        };
        let mut race = Race::new(settings.plan(1));
        assert_eq!(found_way(&race, None), None);
        let exchange = |transport, from, ended| Exchange {
            transport,
            from,
            ended,
        };
        race.clients[0].exchanges = vec![
            exchange(Transport::Websocket, 100.0, Some((110.0, Ended::Badly))),
            exchange(Transport::Websocket, 400.0, Some((410.0, Ended::Badly))),
            exchange(Transport::LongPolling, 410.0, Some((600.0, Ended::Well))),
            exchange(Transport::LongPolling, 600.0, None),
        ];
        race.clients[0].arrivals.push(Arrival {
            seq: 1,
            us: 0,
            at: 599.0,
        });
        let said = "The first messages came by long polling, 499 ms after it began and after 2 attempts in vain.";
        assert_eq!(found_way(&race, None).as_deref(), Some(said));
        let right = found_way(&race, Some(Transport::LongPolling));
        assert!(right.is_some_and(|said| said.starts_with("As you said.")));
        let wrong = found_way(&race, Some(Transport::Websocket));
        assert!(wrong.is_some_and(|said| said.starts_with("Not what you said.")));
    }

    #[test]
    fn who_says_what_was_seen_is_told_as_it_was() {
        let mut client = Client::new(Kind::Only(Transport::Sse));
        let kinds = [
            StepKind::BrowserReconnects,
            StepKind::Works(Transport::Sse, 4),
            StepKind::BrowserGaveUp,
            StepKind::Works(Transport::Sse, 9),
        ];
        client.steps = kinds.map(|kind| Step { at: 0.0, kind }).into();
        assert!(step(&client, 1).contains("Last-Event-ID"));
        assert!(step(&client, 3).contains("message 9: the page’s code"));
        assert_eq!(step(&client, 4), "");
    }
}

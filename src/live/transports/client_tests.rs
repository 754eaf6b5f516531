//! What a client does with what it is told.

use super::super::plan::tests::PLAN;
use super::*;

fn message(seq: u64) -> StreamMessage {
    StreamMessage {
        seq,
        us: seq * 1000,
        text: String::new(),
    }
}

fn messages(seqs: impl IntoIterator<Item = u64>) -> Event {
    Event::Answered(200, Some(seqs.into_iter().map(message).collect()))
}

fn kinds(client: &Client) -> Vec<StepKind> {
    client.steps.iter().map(|step| step.kind).collect()
}

/// A client of a kind, and what it does after each event, a hundred milliseconds apart.
fn run(kind: Kind, events: impl IntoIterator<Item = Event>) -> (Client, Vec<Action>) {
    let mut client = Client::new(kind);
    let mut actions = vec![client.start(0.0)];
    let mut at = 0.0;
    for event in events {
        at += 100.0;
        actions.push(client.hear(&PLAN, event, at, 0.5));
    }
    (client, actions)
}

#[test]
fn polling_asks_in_its_interval_and_says_what_it_has() {
    let (client, actions) = run(
        Kind::Only(Transport::Polling),
        [
            messages([]),
            Event::Waited,
            messages(1..=3),
            Event::Waited,
            Event::Answered(503, None),
            Event::Waited,
            messages(4..=4),
        ],
    );
    use Transport::Polling;
    assert_eq!(
        actions,
        [
            Action::Ask(Polling, 0),
            Action::Wait(500),
            Action::Ask(Polling, 0),
            Action::Wait(500),
            Action::Ask(Polling, 3),
            Action::Wait(500),
            Action::Ask(Polling, 3),
            Action::Wait(500),
        ]
    );
    let ends = client.exchanges.iter().map(|e| e.ended.unwrap().1);
    assert!(ends.eq([Ended::Empty, Ended::Well, Ended::Badly, Ended::Well]));
    assert_eq!(
        kinds(&client),
        [StepKind::Refused(503), StepKind::Works(Polling, 3)]
    );
    assert_eq!((client.missed, client.twice, client.seen), (0, 0, 4));
}

#[test]
fn long_polling_asks_again_at_once_and_waits_after_a_failure() {
    use Transport::LongPolling;
    let (client, actions) = run(
        Kind::Only(LongPolling),
        [
            messages(1..=1),
            messages([]),
            Event::Unanswered,
            Event::Waited,
            Event::Answered(504, None),
            Event::Waited,
            messages(2..=2),
        ],
    );
    assert_eq!(
        actions,
        [
            Action::Ask(LongPolling, 0),
            Action::Ask(LongPolling, 1),
            Action::Ask(LongPolling, 1),
            Action::Wait(500),
            Action::Ask(LongPolling, 1),
            Action::Wait(1000),
            Action::Ask(LongPolling, 1),
            Action::Ask(LongPolling, 2),
        ]
    );
    assert!(client.is_open());
}

#[test]
fn a_server_that_does_not_hold_is_not_asked_without_end() {
    let mut client = Client::new(Kind::Only(Transport::LongPolling));
    client.start(0.0);
    let next = client.hear(&PLAN, messages([]), 1.0, 0.5);
    assert_eq!(next, Action::Wait(50));
}

#[test]
fn the_browser_reconnects_an_event_stream_until_it_gives_up() {
    use Transport::Sse;
    let (client, actions) = run(
        Kind::Only(Sse),
        [
            Event::Opened,
            Event::Message(message(1)),
            Event::Reconnects,
            Event::GaveUp,
            Event::Waited,
            Event::Opened,
            Event::Message(message(2)),
        ],
    );
    assert_eq!(
        actions[2..5],
        [Action::Stay, Action::Stay, Action::Wait(500)]
    );
    assert_eq!(actions[5], Action::Ask(Sse, 1));
    assert_eq!(
        kinds(&client),
        [
            StepKind::BrowserReconnects,
            StepKind::BrowserGaveUp,
            StepKind::Waits(500),
            StepKind::Works(Sse, 1)
        ]
    );
    assert_eq!(client.exchanges.len(), 3);
}

#[test]
fn a_websocket_that_is_closed_in_good_order_stays_closed() {
    let (client, actions) = run(
        Kind::Only(Transport::Websocket),
        [
            Event::Opened,
            Event::Message(message(1)),
            Event::Closed(1000),
        ],
    );
    assert_eq!(actions[3], Action::Rest);
    assert!(!client.is_open() && client.steps.is_empty());
}

#[test]
fn an_event_stream_that_is_over_is_not_asked_for_again() {
    let (client, actions) = run(
        Kind::Only(Transport::Sse),
        [Event::Opened, Event::Message(message(1)), Event::Over],
    );
    assert_eq!(actions[3], Action::Rest);
    assert!(!client.is_open() && client.steps.is_empty());
}

#[test]
fn what_is_missing_or_comes_twice_is_counted() {
    let (client, _) = run(
        Kind::Only(Transport::Websocket),
        [
            Event::Opened,
            Event::Message(message(1)),
            Event::Message(message(4)),
            Event::Message(message(4)),
            Event::Message(message(2)),
        ],
    );
    assert_eq!((client.missed, client.twice, client.seen), (2, 2, 4));
    assert_eq!(client.arrivals.len(), 2);
}

#[test]
fn a_fallback_takes_long_polling_after_two_that_never_opened_and_tries_again_later() {
    let mut client = Client::new(Kind::Fallback);
    let mut hear = |event, at| client.hear(&PLAN, event, at, 0.5);
    assert_eq!(
        hear(Event::Waited, 0.0),
        Action::Ask(Transport::Websocket, 0)
    );
    assert_eq!(hear(Event::Closed(1006), 10.0), Action::Wait(500));
    assert_eq!(
        hear(Event::Waited, 510.0),
        Action::Ask(Transport::Websocket, 0)
    );
    assert_eq!(
        hear(Event::Closed(1006), 520.0),
        Action::Ask(Transport::LongPolling, 0)
    );
    assert_eq!(
        hear(messages(1..=2), 1000.0),
        Action::Ask(Transport::LongPolling, 2)
    );
    // Ten seconds later it tries a WebSocket, and once only.
    assert_eq!(
        hear(messages(3..=3), 10_521.0),
        Action::Ask(Transport::Websocket, 3)
    );
    assert_eq!(
        hear(Event::Closed(1006), 10_530.0),
        Action::Ask(Transport::LongPolling, 3)
    );
    assert_eq!(
        hear(messages(4..=4), 20_600.0),
        Action::Ask(Transport::LongPolling, 4)
    );
    assert_eq!(
        hear(messages(5..=5), 30_600.0),
        Action::Ask(Transport::Websocket, 5)
    );
    assert_eq!(hear(Event::Opened, 30_601.0), Action::Stay);
    assert_eq!(hear(Event::Message(message(6)), 30_700.0), Action::Stay);
    assert_eq!(client.transport, Transport::Websocket);
    assert_eq!((client.missed, client.twice), (0, 0));
    let falls = kinds(&client)
        .iter()
        .filter(|kind| **kind == StepKind::FallsBack)
        .count();
    assert_eq!(falls, 2);
}

#[test]
fn a_websocket_that_had_opened_comes_back_as_one() {
    let (client, actions) = run(
        Kind::Fallback,
        [Event::Opened, Event::Closed(1006), Event::Waited],
    );
    assert_eq!(actions[3], Action::Ask(Transport::Websocket, 0));
    assert_eq!(client.steps[0].kind, StepKind::Closed(1006, true));
}

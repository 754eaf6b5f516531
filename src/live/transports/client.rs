//! One client of a run: what it has got, what it does next, and what its own code had to do where the browser does nothing.

use protocol::Transport;
use protocol::transports::StreamMessage;

use super::plan::Plan;
use crate::live::backoff;

/// After so many WebSockets in a row that never opened, a client with a fallback takes long polling.
const NEVER_OPENED: u32 = 2;
/// How long a client that fell back waits before it tries the WebSocket again, in milliseconds; twice as long each time.
const TRY_AGAIN_MS: f64 = 10_000.0;
/// The least time between two long polls whose answers are empty, in milliseconds: a server that does not hold is not
/// asked for ever and ever.
const LEAST_MS: f64 = 50.0;
/// Steps that are kept of one client.
const MOST_STEPS: usize = 80;

/// What a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It knows one transport.
    Only(Transport),
    /// It takes a WebSocket, and long polling where that does not open.
    Fallback,
}

/// A message that came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// Its number in the stream.
    pub seq: u64,
    /// When it was there to be fetched, in microseconds by the server's clock.
    pub us: u64,
    /// When it came, in milliseconds by the page's clock.
    pub at: f64,
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With messages, or as asked.
    Well,
    /// Answered with no message.
    Empty,
    /// Refused, cut, or never answered.
    Badly,
}

/// A request, an event stream or a WebSocket. Times are in milliseconds by the page's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exchange {
    /// By which transport.
    pub transport: Transport,
    /// When it began.
    pub from: f64,
    /// When and how it ended; nothing while it is open.
    pub ended: Option<(f64, Ended)>,
}

/// What happened besides messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// A request was answered with this status.
    Refused(u16),
    /// A request was not answered.
    Unanswered,
    /// The WebSocket closed with this code; whether it had opened.
    Closed(u16, bool),
    /// The event stream broke, and the browser connects again by itself.
    BrowserReconnects,
    /// The event stream broke, and the browser gave it up.
    BrowserGaveUp,
    /// The client's own code waits so many milliseconds and tries again.
    Waits(u32),
    /// The client's own code takes long polling from now on.
    FallsBack,
    /// The client's own code tries a WebSocket again.
    TriesWebSocket,
    /// Something works again, by this transport; the last message seen before.
    Works(Transport, u64),
}

/// A step, when it was: in milliseconds by the page's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub at: f64,
    /// What.
    pub kind: StepKind,
}

/// What the browser tells a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The wait is over.
    Waited,
    /// The event stream or WebSocket is open.
    Opened,
    /// A message came by event stream or WebSocket.
    Message(StreamMessage),
    /// A request was answered. The messages are missing where the body was something else.
    Answered(u16, Option<Vec<StreamMessage>>),
    /// A request was not answered.
    Unanswered,
    /// The event stream said that it is over.
    Over,
    /// The event stream broke, and the browser connects again by itself.
    Reconnects,
    /// The event stream broke, and the browser does nothing more.
    GaveUp,
    /// The WebSocket is closed, with this code.
    Closed(u16),
}

/// What a client wants of the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing: what it has stays.
    Stay,
    /// Nothing any more: what it has is closed.
    Rest,
    /// A request, event stream or WebSocket by this transport, for what comes after this message.
    Ask(Transport, u64),
    /// [`Event::Waited`] after so many milliseconds.
    Wait(u32),
}

/// A client.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// What it is.
    pub kind: Kind,
    /// What it uses now.
    pub transport: Transport,
    /// What came, in the order of time.
    pub arrivals: Vec<Arrival>,
    /// Its requests and connections, in the order of time.
    pub exchanges: Vec<Exchange>,
    /// What else happened.
    pub steps: Vec<Step>,
    /// The number of the last message that came.
    pub seen: u64,
    /// Messages that never came: others with higher numbers did.
    pub missed: u64,
    /// Messages that came again.
    pub twice: u64,
    /// Attempts in vain, in a row.
    failures: u32,
    /// Whether the open WebSocket or event stream has opened.
    opened: bool,
    in_trouble: bool,
    /// When a client with a fallback tries a WebSocket next, and how long it waits after that.
    next_try: Option<f64>,
    try_again: f64,
}

impl Client {
    /// A client that has done nothing yet.
    pub fn new(kind: Kind) -> Client {
        Client {
            kind,
            transport: match kind {
                Kind::Only(transport) => transport,
                Kind::Fallback => Transport::Websocket,
            },
            arrivals: Vec::new(),
            exchanges: Vec::new(),
            steps: Vec::new(),
            seen: 0,
            missed: 0,
            twice: 0,
            failures: 0,
            opened: false,
            in_trouble: false,
            next_try: None,
            try_again: TRY_AGAIN_MS,
        }
    }

    /// Begins, at a time of the page's clock in milliseconds.
    pub fn start(&mut self, at: f64) -> Action {
        self.ask(at)
    }

    /// Something happened at a time of the page's clock. `random` is from 0 to 1, for the waits.
    pub fn hear(&mut self, plan: &Plan, event: Event, at: f64, random: f64) -> Action {
        match event {
            Event::Waited => self.ask(at),
            Event::Opened => {
                self.opened = true;
                self.next_try = None;
                self.try_again = TRY_AGAIN_MS;
                self.works(at);
                Action::Stay
            }
            Event::Message(message) => {
                self.take(&message, at);
                Action::Stay
            }
            Event::Answered(status, Some(messages)) if (200..300).contains(&status) => {
                self.answered(plan, &messages, at)
            }
            Event::Answered(status, _) => self.fails(plan, StepKind::Refused(status), at, random),
            Event::Unanswered => self.fails(plan, StepKind::Unanswered, at, random),
            Event::Over => {
                self.rest(at);
                Action::Rest
            }
            Event::Reconnects => {
                self.end(at, Ended::Badly);
                self.step(at, StepKind::BrowserReconnects);
                self.in_trouble = true;
                self.begin(at);
                Action::Stay
            }
            Event::GaveUp => self.fails(plan, StepKind::BrowserGaveUp, at, random),
            // The server closes so when it has said all.
            Event::Closed(1000) => {
                self.rest(at);
                Action::Rest
            }
            Event::Closed(code) => self.closed(plan, code, at, random),
        }
    }

    /// Has it end what is open.
    pub fn rest(&mut self, at: f64) {
        self.end(at, Ended::Well);
    }

    /// Whether something is open.
    pub fn is_open(&self) -> bool {
        self.exchanges
            .last()
            .is_some_and(|exchange| exchange.ended.is_none())
    }

    fn ask(&mut self, at: f64) -> Action {
        if self.next_try.is_some_and(|next| at >= next) {
            self.step(at, StepKind::TriesWebSocket);
            self.transport = Transport::Websocket;
            self.try_again *= 2.0;
        }
        self.begin(at);
        Action::Ask(self.transport, self.seen)
    }

    fn begin(&mut self, at: f64) {
        self.opened = false;
        self.exchanges.push(Exchange {
            transport: self.transport,
            from: at,
            ended: None,
        });
    }

    fn end(&mut self, at: f64, how: Ended) {
        if let Some(last) = self.exchanges.last_mut() {
            last.ended.get_or_insert((at, how));
        }
    }

    fn take(&mut self, message: &StreamMessage, at: f64) {
        if message.seq <= self.seen {
            self.twice += 1;
            return;
        }
        self.missed += message.seq - self.seen - 1;
        self.seen = message.seq;
        self.arrivals.push(Arrival {
            seq: message.seq,
            us: message.us,
            at,
        });
    }

    fn answered(&mut self, plan: &Plan, messages: &[StreamMessage], at: f64) -> Action {
        self.works(at);
        for message in messages {
            self.take(message, at);
        }
        let how = match messages {
            [] => Ended::Empty,
            _ => Ended::Well,
        };
        let took = self
            .exchanges
            .last()
            .map_or(0.0, |exchange| at - exchange.from);
        self.end(at, how);
        match self.transport {
            Transport::Polling => Action::Wait(plan.poll_ms),
            _ if how == Ended::Empty && took < LEAST_MS => Action::Wait(LEAST_MS as u32),
            _ => self.ask(at),
        }
    }

    /// Something works again, if it did not before.
    fn works(&mut self, at: f64) {
        self.failures = 0;
        if self.in_trouble {
            self.in_trouble = false;
            self.step(at, StepKind::Works(self.transport, self.seen));
        }
    }

    fn fails(&mut self, plan: &Plan, why: StepKind, at: f64, random: f64) -> Action {
        self.end(at, Ended::Badly);
        self.step(at, why);
        self.in_trouble = true;
        if self.transport == Transport::Polling {
            // The next poll comes as always.
            return Action::Wait(plan.poll_ms);
        }
        let wait = backoff::wait_ms(self.failures, random) as u32;
        self.failures += 1;
        self.step(at, StepKind::Waits(wait));
        Action::Wait(wait)
    }

    fn closed(&mut self, plan: &Plan, code: u16, at: f64, random: f64) -> Action {
        let opened = self.opened;
        let why = StepKind::Closed(code, opened);
        let gives_in = !opened
            && self.kind == Kind::Fallback
            && (self.next_try.is_some() || self.failures + 1 >= NEVER_OPENED);
        if !gives_in {
            return self.fails(plan, why, at, random);
        }
        self.end(at, Ended::Badly);
        self.step(at, why);
        self.step(at, StepKind::FallsBack);
        self.in_trouble = true;
        self.failures = 0;
        self.next_try = Some(at + self.try_again);
        self.transport = Transport::LongPolling;
        self.ask(at)
    }

    fn step(&mut self, at: f64, kind: StepKind) {
        if self.steps.len() < MOST_STEPS {
            self.steps.push(Step { at, kind });
        }
    }
}

#[cfg(test)]
mod tests {
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
}

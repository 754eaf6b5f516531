//! The states of the live wire, and what has to be done between them: events in, commands out, no clock, no dice.

use super::api::NoWire;
use super::backoff;
use super::endpoint_url::Target;
use super::entry::CloseInfo;
use super::status::Tone;

/// Where the wire stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ConnectionState {
    /// Nothing has been asked for.
    #[default]
    Idle,
    /// The server is asked for a wire.
    Asking,
    /// The browser shakes hands.
    Connecting,
    /// Open since this moment, in the page's milliseconds.
    Open(f64),
    /// A close frame with this code is on its way.
    Closing(u16),
    /// Over, and nobody tries again by themselves.
    Closed(Closed),
    /// Lost, and soon tried again.
    Waiting(Waiting),
}

/// Why nobody tries again.
#[derive(Clone, Debug, PartialEq)]
pub enum Closed {
    /// The reader closed it.
    ByReader(CloseInfo),
    /// The server closed it, and meant it.
    ByServer(CloseInfo),
    /// It was never open; what the browser said.
    Never(String),
    /// There is no wire to be had.
    NoWire(NoWire),
    /// The reader stopped the attempts.
    Stopped,
}

/// The wait before an attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Which attempt, from 0.
    pub attempt: u32,
    /// What happened, in a sentence.
    pub why: String,
    /// When the wait is over, in the page's milliseconds.
    pub until: f64,
}

impl Waiting {
    /// Whole seconds that are left at `now`, at least 1 until it is over.
    pub fn seconds(&self, now: f64) -> u32 {
        ((self.until - now) / 1000.0).ceil().clamp(0.0, 600.0) as u32
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The reader, or the page for them, wants a connection to this target.
    Connect(Target),
    /// The reader wants the connection anew, with other options.
    Restart,
    /// A wire came.
    Wire,
    /// No wire came.
    NoWire(NoWire),
    /// The browser has shaken hands.
    Opened,
    /// The reader closes.
    Close(u16, String),
    /// The connection is over.
    Ended(CloseInfo),
    /// The browser refused to begin; why.
    Refused(String),
    /// Nothing came for too long.
    Late,
    /// The wait is over, or the reader cut it short.
    Retry,
    /// The reader wants no more attempts.
    Stop,
}

/// What has to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Nothing.
    Nothing,
    /// Ask the server for a wire.
    Ask,
    /// Open a WebSocket to this address.
    Open(String),
    /// Send a close frame.
    Close(u16, String),
    /// Come back with [`Event::Retry`] after this many milliseconds.
    Wait(f64),
    /// Let go of everything.
    Drop,
}

/// The wire's state beside what it carried.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionMachine {
    /// Where it stands.
    pub state: ConnectionState,
    /// Where it leads.
    pub target: Target,
    /// Attempts since the last good connection.
    attempt: u32,
    /// Whether the target has ever been reached.
    reached: bool,
    /// Whether to connect again as soon as it is closed.
    restart: bool,
    /// Where to connect then, where that is elsewhere.
    next: Option<Target>,
}

impl Default for ConnectionMachine {
    fn default() -> ConnectionMachine {
        ConnectionMachine {
            state: ConnectionState::Idle,
            target: Target::Own(String::new()),
            attempt: 0,
            reached: false,
            restart: false,
            next: None,
        }
    }
}

impl ConnectionState {
    /// Whether messages can be sent.
    pub fn is_open(&self) -> bool {
        matches!(self, ConnectionState::Open(_))
    }

    /// The state in one word.
    pub fn tone(&self) -> Tone {
        match self {
            ConnectionState::Open(_) => Tone::Open,
            ConnectionState::Waiting(_) => Tone::Lost,
            state if state.is_busy() => Tone::Busy,
            _ => Tone::Closed,
        }
    }

    /// Whether something is under way that has to be waited for.
    pub fn is_busy(&self) -> bool {
        matches!(
            self,
            ConnectionState::Asking | ConnectionState::Connecting | ConnectionState::Closing(_)
        )
    }
}

/// Whether a server that closed with this code would say the same again: it objects to what was sent, or it is done.
fn is_final(told: &CloseInfo) -> bool {
    told.clean && !matches!(told.code, 1001 | 1011..=1014)
}

impl ConnectionMachine {
    /// Takes an event at `now`; `random` is a number from 0 to 1.
    pub fn step(&mut self, event: Event, now: f64, random: f64) -> Command {
        match event {
            Event::Connect(target) => {
                self.next = Some(target);
                match self.state {
                    ConnectionState::Open(_) => self.close_first(),
                    ConnectionState::Closing(_) => {
                        self.restart = true;
                        Command::Nothing
                    }
                    _ => self.begin(),
                }
            }
            Event::Restart => match self.state {
                ConnectionState::Open(_) => self.close_first(),
                ConnectionState::Asking | ConnectionState::Connecting => self.begin(),
                _ => Command::Nothing,
            },
            Event::Wire => self.when(&ConnectionState::Asking, ConnectionState::Connecting),
            Event::NoWire(why) => self.no_wire(why, now, random),
            Event::Opened => {
                self.reached = true;
                self.when(&ConnectionState::Connecting, ConnectionState::Open(now))
            }
            Event::Close(code, reason) => match self.state {
                ConnectionState::Open(_) | ConnectionState::Connecting => {
                    self.state = ConnectionState::Closing(code);
                    Command::Close(code, reason)
                }
                ConnectionState::Asking => {
                    self.state = ConnectionState::Closed(Closed::Stopped);
                    Command::Drop
                }
                _ => Command::Nothing,
            },
            Event::Ended(told) => self.ended(told, now, random),
            Event::Refused(why) => {
                self.state = ConnectionState::Closed(Closed::Never(why));
                Command::Drop
            }
            Event::Late => match self.state {
                ConnectionState::Asking | ConnectionState::Connecting => {
                    self.lost("Nothing came for ten seconds.".into(), now, random)
                }
                ConnectionState::Closing(_) if self.restart => self.begin(),
                _ => Command::Nothing,
            },
            Event::Retry => match self.state {
                ConnectionState::Waiting(_) => self.begin(),
                _ => Command::Nothing,
            },
            Event::Stop => {
                self.state = ConnectionState::Closed(Closed::Stopped);
                Command::Drop
            }
        }
    }

    /// Where it leads, or will lead as soon as it is closed.
    pub fn leads_to(&self) -> &Target {
        self.next.as_ref().unwrap_or(&self.target)
    }

    /// Whether it is closed only to be opened again.
    pub fn restarts(&self) -> bool {
        self.restart
    }

    /// Closes the present connection in order, and lets its last frames be seen, before the next one begins.
    fn close_first(&mut self) -> Command {
        self.restart = true;
        self.state = ConnectionState::Closing(1000);
        Command::Close(1000, String::new())
    }

    fn when(&mut self, from: &ConnectionState, to: ConnectionState) -> Command {
        if self.state == *from {
            self.state = to;
        }
        Command::Nothing
    }

    fn begin(&mut self) -> Command {
        self.restart = false;
        if let Some(target) = self.next.take() {
            self.reached &= target == self.target;
            self.target = target;
            self.attempt = 0;
        }
        match &self.target {
            Target::Own(_) => {
                self.state = ConnectionState::Asking;
                Command::Ask
            }
            Target::Other(url) => {
                self.state = ConnectionState::Connecting;
                Command::Open(url.clone())
            }
        }
    }

    fn no_wire(&mut self, why: NoWire, now: f64, random: f64) -> Command {
        if self.state != ConnectionState::Asking {
            return Command::Nothing;
        }
        if why.may_pass() {
            return self.lost(why.to_string(), now, random);
        }
        self.state = ConnectionState::Closed(Closed::NoWire(why));
        Command::Drop
    }

    fn ended(&mut self, told: CloseInfo, now: f64, random: f64) -> Command {
        match self.state {
            ConnectionState::Closing(_) if self.restart => {
                self.attempt = 0;
                self.begin()
            }
            ConnectionState::Closing(_) => {
                self.state = ConnectionState::Closed(Closed::ByReader(told));
                Command::Nothing
            }
            ConnectionState::Open(_) if is_final(&told) => {
                self.state = ConnectionState::Closed(Closed::ByServer(told));
                Command::Nothing
            }
            ConnectionState::Open(since) => {
                if now - since >= backoff::STEADY_MS {
                    self.attempt = 0;
                }
                self.lost(lost_sentence(&told), now, random)
            }
            ConnectionState::Connecting if self.reached => self.lost(
                "The connection failed before it was open.".into(),
                now,
                random,
            ),
            ConnectionState::Connecting => {
                self.state = ConnectionState::Closed(Closed::Never(String::new()));
                Command::Nothing
            }
            _ => Command::Nothing,
        }
    }

    fn lost(&mut self, why: String, now: f64, random: f64) -> Command {
        let attempt = self.attempt;
        let wait = backoff::wait_ms(attempt, random);
        self.attempt = attempt.saturating_add(1);
        self.state = ConnectionState::Waiting(Waiting {
            attempt,
            why,
            until: now + wait,
        });
        Command::Wait(wait)
    }
}

fn lost_sentence(told: &CloseInfo) -> String {
    match (told.clean, told.code) {
        (true, 1001) => "The server went away: it closed with 1001.".into(),
        (true, code) => format!("The server closed with {code}."),
        (false, _) => "The connection was lost without a close frame.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: u16, clean: bool) -> Event {
        Event::Ended(CloseInfo {
            code,
            reason: String::new(),
            clean,
        })
    }

    fn own() -> Event {
        Event::Connect(Target::Own(String::new()))
    }

    fn opened() -> ConnectionMachine {
        let mut machine = ConnectionMachine::default();
        assert_eq!(machine.step(own(), 0.0, 0.0), Command::Ask);
        assert_eq!(machine.step(Event::Wire, 0.0, 0.0), Command::Nothing);
        machine.step(Event::Opened, 100.0, 0.0);
        assert!(machine.state.is_open());
        machine
    }

    #[test]
    fn a_reader_who_closes_is_not_connected_again() {
        let mut machine = opened();
        assert_eq!(
            machine.step(Event::Close(1000, "bye".into()), 1.0, 0.5),
            Command::Close(1000, "bye".into())
        );
        assert_eq!(machine.step(told(1000, true), 2.0, 0.5), Command::Nothing);
        assert!(matches!(
            machine.state,
            ConnectionState::Closed(Closed::ByReader(_))
        ));
        assert_eq!(machine.step(Event::Retry, 3.0, 0.5), Command::Nothing);
        assert_eq!(machine.step(own(), 4.0, 0.5), Command::Ask);
    }

    #[test]
    fn a_lost_server_is_tried_again_later_and_later() {
        let mut machine = opened();
        let mut waits = Vec::new();
        assert_eq!(
            machine.step(told(1006, false), 60_000.0, 0.5),
            Command::Wait(500.0)
        );
        for _ in 0..6 {
            assert_eq!(machine.step(Event::Retry, 0.0, 0.5), Command::Ask);
            let Command::Wait(ms) = machine.step(Event::NoWire(NoWire::Unreachable), 0.0, 0.5)
            else {
                panic!("{:?}", machine.state)
            };
            waits.push(ms);
        }
        assert_eq!(waits, [1000.0, 2000.0, 4000.0, 8000.0, 15_000.0, 15_000.0]);
        assert_eq!(machine.step(Event::Stop, 0.0, 0.5), Command::Drop);
        assert_eq!(machine.step(Event::Retry, 0.0, 0.5), Command::Nothing);
    }

    #[test]
    fn a_server_that_accepts_and_drops_is_not_asked_faster() {
        let mut machine = opened();
        machine.step(told(1006, false), 200.0, 1.0);
        machine.step(Event::Retry, 1000.0, 1.0);
        machine.step(Event::Wire, 1000.0, 1.0);
        machine.step(Event::Opened, 1000.0, 1.0);
        assert_eq!(
            machine.step(told(1006, false), 1100.0, 1.0),
            Command::Wait(2000.0)
        );
    }

    #[test]
    fn codes_decide_who_tries_again() {
        for (code, clean, again) in [
            (1001, true, true),
            (1006, false, true),
            (1011, true, true),
            (1012, true, true),
            (1013, true, true),
            (1000, true, false),
            (1002, true, false),
            (1005, true, false),
            (1007, true, false),
            (1008, true, false),
            (1009, true, false),
            (4001, true, false),
        ] {
            let mut machine = opened();
            let command = machine.step(told(code, clean), 200.0, 0.5);
            assert_eq!(matches!(command, Command::Wait(_)), again, "{code}");
        }
    }

    #[test]
    fn another_address_is_tried_again_only_once_it_was_open() {
        let target = Target::Other("wss://a/".into());
        let mut machine = ConnectionMachine::default();
        assert_eq!(
            machine.step(Event::Connect(target.clone()), 0.0, 0.5),
            Command::Open("wss://a/".into())
        );
        assert_eq!(machine.step(told(1006, false), 0.0, 0.5), Command::Nothing);
        assert!(matches!(
            machine.state,
            ConnectionState::Closed(Closed::Never(_))
        ));
        machine.step(Event::Connect(target), 0.0, 0.5);
        machine.step(Event::Opened, 0.0, 0.5);
        machine.step(told(1006, false), 9000.0, 0.5);
        machine.step(Event::Retry, 9000.0, 0.5);
        assert!(matches!(
            machine.step(told(1006, false), 9000.0, 0.5),
            Command::Wait(_)
        ));
    }

    #[test]
    fn options_that_the_echo_refuses_are_not_tried_again() {
        let mut machine = ConnectionMachine::default();
        machine.step(Event::Connect(Target::Own("x=1".into())), 0.0, 0.5);
        machine.step(Event::Wire, 0.0, 0.5);
        assert_eq!(machine.step(told(1006, false), 0.0, 0.5), Command::Nothing);
        assert!(matches!(
            machine.state,
            ConnectionState::Closed(Closed::Never(_))
        ));
    }

    #[test]
    fn a_static_host_is_not_asked_again() {
        let mut machine = ConnectionMachine::default();
        machine.step(own(), 0.0, 0.5);
        assert_eq!(
            machine.step(Event::NoWire(NoWire::NotHere(404)), 0.0, 0.5),
            Command::Drop
        );
        assert!(matches!(
            machine.state,
            ConnectionState::Closed(Closed::NoWire(_))
        ));
    }

    #[test]
    fn other_options_need_a_new_connection() {
        let mut machine = opened();
        assert_eq!(
            machine.step(Event::Restart, 0.0, 0.5),
            Command::Close(1000, String::new())
        );
        assert_eq!(machine.step(told(1000, true), 0.0, 0.5), Command::Ask);
        let mut idle = ConnectionMachine::default();
        assert_eq!(idle.step(Event::Restart, 0.0, 0.5), Command::Nothing);
    }

    #[test]
    fn an_open_connection_is_closed_in_order_before_another_begins() {
        let other = |url: &str| Target::Other(url.into());
        let mut machine = opened();
        assert_eq!(
            machine.step(Event::Connect(other("wss://a/")), 0.0, 0.5),
            Command::Close(1000, String::new())
        );
        assert_eq!(machine.target, Target::Own(String::new()));
        assert_eq!(machine.leads_to(), &other("wss://a/"));
        // The last word counts.
        assert_eq!(
            machine.step(Event::Connect(other("wss://b/")), 0.0, 0.5),
            Command::Nothing
        );
        assert_eq!(
            machine.step(told(1000, true), 0.0, 0.5),
            Command::Open("wss://b/".into())
        );
        assert_eq!(machine.target, other("wss://b/"));
        // A peer that does not answer is not waited for for ever.
        machine.step(Event::Opened, 0.0, 0.5);
        machine.step(own(), 0.0, 0.5);
        assert_eq!(machine.step(Event::Late, 0.0, 0.5), Command::Ask);
    }

    #[test]
    fn whole_seconds_are_counted() {
        let waiting = Waiting {
            attempt: 0,
            why: String::new(),
            until: 2500.0,
        };
        let seconds: Vec<u32> = [0.0, 500.0, 501.0, 1500.0, 2499.0, 2500.0, 9000.0]
            .map(|now| waiting.seconds(now))
            .into();
        assert_eq!(seconds, [3, 2, 2, 1, 1, 0, 0]);
    }
}

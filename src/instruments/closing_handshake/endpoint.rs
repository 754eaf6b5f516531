//! One end of the model: a session, its socket, its TCP, and the program that is there, hangs or is gone.

use std::time::Duration;

use sim::Micros;
use wire::Role;
use wire::close::Close;
use wire::session::{Config, Event, Session, Timeout, Timing};

use super::event_log::{Ending, EndpointEvent, EndpointState};

/// The states of a TCP connection that is open or on its way out (RFC 9293 §3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpState {
    /// Both directions are open.
    Established,
    /// Its FIN is sent, and not acknowledged yet.
    FinWait1,
    /// Its FIN is acknowledged; the other end may still send.
    FinWait2,
    /// Both FINs have crossed.
    Closing,
    /// The other end's FIN has come; its own is not sent yet.
    CloseWait,
    /// Its FIN, the second, is not acknowledged yet.
    LastAck,
    /// It sent the first FIN, and remembers the connection for a while.
    TimeWait,
    /// There is no connection any more.
    Closed,
}

impl TcpState {
    /// Its name in the specification.
    pub fn name(self) -> &'static str {
        match self {
            TcpState::Established => "ESTABLISHED",
            TcpState::FinWait1 => "FIN_WAIT_1",
            TcpState::FinWait2 => "FIN_WAIT_2",
            TcpState::Closing => "CLOSING",
            TcpState::CloseWait => "CLOSE_WAIT",
            TcpState::LastAck => "LAST_ACK",
            TcpState::TimeWait => "TIME_WAIT",
            TcpState::Closed => "CLOSED",
        }
    }

    /// Whether bytes can still be sent.
    pub fn sends(self) -> bool {
        matches!(self, TcpState::Established | TcpState::CloseWait)
    }

    pub(super) fn after_fin_sent(self) -> TcpState {
        match self {
            TcpState::Established => TcpState::FinWait1,
            TcpState::CloseWait => TcpState::LastAck,
            other => other,
        }
    }

    pub(super) fn after_fin_received(self) -> TcpState {
        match self {
            TcpState::Established => TcpState::CloseWait,
            TcpState::FinWait1 => TcpState::Closing,
            TcpState::FinWait2 => TcpState::TimeWait,
            other => other,
        }
    }

    /// Its own FIN has been acknowledged.
    pub(super) fn after_ack(self) -> TcpState {
        match self {
            TcpState::FinWait1 => TcpState::FinWait2,
            TcpState::Closing => TcpState::TimeWait,
            TcpState::LastAck => TcpState::Closed,
            other => other,
        }
    }
}

/// Who is behind the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// A program that does what it should.
    Running,
    /// One that does nothing any more, while its kernel goes on.
    Hung,
    /// None.
    Dead,
}

/// What the program has done with its socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Socket {
    Open,
    /// Its direction is shut; it reads on until the other end's FIN.
    Shut,
    Closed,
}

pub(super) struct Endpoint {
    role: Role,
    pub(super) session: Session,
    pub(super) tcp: TcpState,
    pub(super) program: Program,
    pub(super) socket: Socket,
    /// Something it sent was lost, and its TCP repeats it.
    pub(super) repeats: bool,
    /// When its TCP last heard anything from the other end.
    pub(super) heard: Micros,
    pub(super) ended: Option<Ending>,
    /// Whether the close frame has been seen leaving.
    close_left: bool,
}

impl Endpoint {
    pub(super) fn new(role: Role, patience: Micros) -> Endpoint {
        let config = Config {
            timing: Timing {
                close: Some(Duration::from_micros(patience)),
                ..Timing::default()
            },
            ..Config::default()
        };
        // A browser's keys are unpredictable; a model's are the same in every run.
        let mut key = 0x37fa_213d_u32;
        let keys = move || {
            key = key.wrapping_mul(0x9e37_79b1).rotate_left(11);
            key.to_be_bytes()
        };
        Endpoint {
            role,
            session: match role {
                Role::Client => Session::client(config, keys),
                Role::Server => Session::server(config),
            },
            tcp: TcpState::Established,
            program: Program::Running,
            socket: Socket::Open,
            repeats: false,
            heard: 0,
            ended: None,
            close_left: false,
        }
    }

    /// Whether there is a program that still has to do with this connection.
    pub(super) fn works(&self) -> bool {
        self.program == Program::Running && self.socket != Socket::Closed
    }

    /// Says the time to the session. Whether it gives up.
    pub(super) fn tick(&mut self, now: Micros) -> bool {
        self.session.tick(Duration::from_micros(now)) == Some(Timeout::Close)
    }

    /// What the close frame says that is among what the session has just written.
    pub(super) fn new_close(&mut self) -> Option<Option<Close>> {
        let sent = self.session.closing().sent.clone()?;
        (!std::mem::replace(&mut self.close_left, true)).then_some(sent)
    }

    /// Reads what has come, and says what that makes happen.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Vec<EndpointEvent> {
        let mut events = Vec::new();
        // A browser hands messages to its script only while readyState is OPEN (WHATWG WebSockets).
        let withholds = self.role == Role::Client && self.session.closing().sent.is_some();
        self.session.receive(bytes);
        while let Some(event) = self.session.next_event() {
            match event {
                Event::Text(text) if withholds => {
                    events.push(EndpointEvent::Withheld(text.to_owned()));
                }
                Event::Text(text) => events.push(EndpointEvent::Delivered(text.to_owned())),
                Event::Failed(violation) => events.push(EndpointEvent::Fails(violation)),
                Event::Close(_) | Event::Binary(_) | Event::Ping(_) | Event::Pong(_) => {}
            }
        }
        events
    }

    pub(super) fn endpoint(&self) -> EndpointState {
        let closing = self.session.closing();
        EndpointState {
            sent: closing.sent.clone(),
            received: closing.received.clone(),
            ended: self.ended.clone(),
            tcp: self.tcp,
            program: self.program,
        }
    }
}

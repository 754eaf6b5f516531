//! What is tried: who begins to close, what they say, what goes wrong, and how long things take.

use sim::Micros;
use wire::Role;
use wire::close::{Close, CloseCode, MAX_REASON};

use crate::kit::number::ellipsize;

/// Who begins the closing handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initiator {
    /// The page's script.
    Client,
    /// The server.
    Server,
    /// Both, at the same moment.
    Both,
    /// Neither.
    Nobody,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing.
    Nothing,
    /// A program exists and does nothing any more.
    Hang,
    /// Nothing gets through, either way.
    Cable,
    /// A process is gone.
    Crash,
    /// A program closes TCP without a close frame.
    Fin,
    /// A connection is thrown away with a RST.
    Reset,
}

/// When it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MishapTime {
    /// Before anybody closes.
    Before,
    /// While the first close frame is on its way.
    Asked,
    /// While its answer is.
    Answered,
}

/// What is passed to `close()`, as it is typed: a code and a reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloseCall {
    /// Empty for a close frame without one.
    pub code: String,
    /// Empty for none.
    pub reason: String,
}

/// What comes of a [`CloseCall`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// A close frame that says this.
    Sends(Option<Close>),
    /// An error, and no frame.
    Throws(String),
}

impl CloseCall {
    /// What an end makes of it. A page's script is held to what the browsers’ standard allows, a server to what fits
    /// into a close frame.
    pub fn result(&self, role: Role) -> CallResult {
        let code = self.code.trim();
        let number = match (role, code, self.reason.as_str()) {
            (_, "", "") => return CallResult::Sends(None),
            // `close(undefined, reason)`: the browsers’ standard sets the code.
            (Role::Client, "", _) => Ok(CloseCode(1000)),
            (Role::Server, "", _) => {
                return CallResult::Throws(
                    "A close frame cannot hold a reason without a code before it.".into(),
                );
            }
            _ => code.parse::<u16>().map(CloseCode),
        };
        let throws = |name: &str, why: &str| CallResult::Throws(format!("{name}: {why}"));
        match (role, number) {
            (Role::Client, Ok(code)) if !code.script_may_send() => throws(
                "InvalidAccessError",
                "a script may say 1000, or 3000 to 4999.",
            ),
            (Role::Client, Err(_)) => throws(
                "InvalidAccessError",
                "a code is a number: 1000, or 3000 to 4999.",
            ),
            (Role::Server, Err(_)) => CallResult::Throws(format!(
                "“{}” does not fit: a code is a number of two bytes, 0 to 65,535.",
                ellipsize(code)
            )),
            (Role::Client, Ok(_)) if self.reason.len() > MAX_REASON => throws(
                "SyntaxError",
                &format!(
                    "the reason has {} bytes; {MAX_REASON} fit.",
                    self.reason.len()
                ),
            ),
            (_, Ok(code)) => CallResult::Sends(Some(Close {
                code,
                reason: self.reason.clone(),
            })),
        }
    }
}

/// What is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Who begins.
    pub start: Initiator,
    /// What the client says when it begins.
    pub client: CloseCall,
    /// What the server says when it begins.
    pub server: CloseCall,
    /// What goes wrong.
    pub wrong: Mishap,
    /// With whom.
    pub whom: Role,
    /// When.
    pub when: MishapTime,
    /// Whether messages are sent around the close.
    pub traffic: bool,
    /// The round trip, in milliseconds.
    pub trip: u32,
    /// How long an end waits for the closing handshake, in seconds.
    pub patience: u32,
}

impl Default for Scenario {
    fn default() -> Scenario {
        let said = |code: &str, reason: &str| CloseCall {
            code: code.to_owned(),
            reason: reason.to_owned(),
        };
        Scenario {
            start: Initiator::Client,
            client: said("1000", "bye"),
            server: said("1001", "restart"),
            wrong: Mishap::Nothing,
            whom: Role::Server,
            when: MishapTime::Before,
            traffic: false,
            trip: 200,
            patience: 60,
        }
    }
}

impl Scenario {
    /// The way of one segment, in microseconds.
    pub fn latency(&self) -> Micros {
        Micros::from(self.trip) * 500
    }

    /// The close timeout, in microseconds.
    pub fn patience(&self) -> Micros {
        Micros::from(self.patience) * sim::SECOND
    }

    /// When it goes wrong. Where nobody closes, there is only one time for that.
    pub fn when(&self) -> MishapTime {
        match self.start {
            Initiator::Nobody => MishapTime::Before,
            _ => self.when,
        }
    }

    /// What an end says when it begins.
    pub fn said(&self, role: Role) -> &CloseCall {
        match role {
            Role::Client => &self.client,
            Role::Server => &self.server,
        }
    }

    /// Whether an end begins.
    pub fn starts(&self, role: Role) -> bool {
        match self.start {
            Initiator::Client => role == Role::Client,
            Initiator::Server => role == Role::Server,
            Initiator::Both => true,
            Initiator::Nobody => false,
        }
    }
}

#[cfg(test)]
impl Initiator {
    pub const ALL: [Initiator; 4] = [
        Initiator::Client,
        Initiator::Server,
        Initiator::Both,
        Initiator::Nobody,
    ];
}

#[cfg(test)]
impl Mishap {
    pub const ALL: [Mishap; 6] = [
        Mishap::Nothing,
        Mishap::Hang,
        Mishap::Cable,
        Mishap::Crash,
        Mishap::Fin,
        Mishap::Reset,
    ];
}

#[cfg(test)]
impl MishapTime {
    pub const ALL: [MishapTime; 3] = [MishapTime::Before, MishapTime::Asked, MishapTime::Answered];
}

/// Who begins, what goes wrong and when, with messages around the close and without: all combinations.
#[cfg(test)]
pub fn every_choice() -> impl Iterator<Item = Scenario> {
    let all = Initiator::ALL.into_iter();
    let all = all.flat_map(|start| Mishap::ALL.map(move |wrong| (start, wrong)));
    let all = all.flat_map(|rest| MishapTime::ALL.map(move |when| (rest, when)));
    let all = all.flat_map(|rest| [false, true].map(move |traffic| (rest, traffic)));
    all.map(|(((start, wrong), when), traffic)| Scenario {
        start,
        wrong,
        when,
        traffic,
        ..Scenario::default()
    })
}

//! What the reader chooses, and how it stands in the address.

use serde::{Deserialize, Serialize};
use sim::Micros;
use wire::Role;
use wire::close::{Close, CloseCode, MAX_REASON};

use crate::address::{self, Query, Said as AddressSaid, cut};

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

/// A choice among a few, by the name it has in an address.
pub trait Choice: Copy + PartialEq + 'static {
    /// All of them: the name in an address, and the words on a button.
    const ALL: &'static [(Self, &'static str, &'static str)];

    /// The one of this name.
    fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, n, _)| *n == name);
        found.map(|choice| choice.0)
    }

    /// Its name in an address.
    fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(choice, ..)| *choice == self);
        found.map_or("", |choice| choice.1)
    }
}

impl Choice for Initiator {
    const ALL: &'static [(Initiator, &'static str, &'static str)] = &[
        (Initiator::Client, "client", "The client"),
        (Initiator::Server, "server", "The server"),
        (Initiator::Both, "both", "Both at once"),
        (Initiator::Nobody, "nobody", "Nobody"),
    ];
}

impl Choice for Mishap {
    const ALL: &'static [(Mishap, &'static str, &'static str)] = &[
        (Mishap::Nothing, "nothing", "Nothing"),
        (Mishap::Hang, "hang", "A program hangs"),
        (Mishap::Cable, "cable", "The cable is pulled"),
        (Mishap::Crash, "crash", "A process crashes"),
        (Mishap::Fin, "fin", "FIN, no close frame"),
        (Mishap::Reset, "reset", "RST"),
    ];
}

impl Choice for MishapTime {
    const ALL: &'static [(MishapTime, &'static str, &'static str)] = &[
        (MishapTime::Before, "before", "before the close"),
        (
            MishapTime::Asked,
            "asked",
            "with the close frame on its way",
        ),
        (
            MishapTime::Answered,
            "answered",
            "with the answer on its way",
        ),
    ];
}

impl Choice for Role {
    const ALL: &'static [(Role, &'static str, &'static str)] = &[
        (Role::Client, "client", "the client"),
        (Role::Server, "server", "the server"),
    ];
}

/// A code and a reason, as they are typed.
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
        if code.is_empty() {
            return if self.reason.is_empty() {
                CallResult::Sends(None)
            } else {
                CallResult::Throws(
                    "A reason stands behind a code: without one it has no place.".into(),
                )
            };
        }
        let number = code.parse::<u16>().map(CloseCode);
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
                "“{}” does not fit: a code is a number of two bytes, 0 to 65535.",
                cut(code)
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

/// What the reader chooses.
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

/// The stops of the knob for the round trip, in milliseconds.
pub const TRIPS: &[u32] = &[20, 40, 80, 120, 200, 300, 400, 600, 1000, 2000];
/// The stops of the knob for the close timeout, in seconds.
pub const PATIENCES: &[u32] = &[1, 2, 5, 10, 30, 60, 120];

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

/// The query of the closing handshake: `?start=server&wrong=cable&when=asked&at=350`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClosingQuery {
    /// Who begins: `client`, `server`, `both` or `nobody`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// The code that the client says; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_code: Option<String>,
    /// The reason that the client says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_reason: Option<String>,
    /// The code that the server says; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_code: Option<String>,
    /// The reason that the server says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_reason: Option<String>,
    /// What goes wrong: `hang`, `cable`, `crash`, `fin` or `reset`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong: Option<String>,
    /// With whom: `client` or `server`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whom: Option<String>,
    /// When: `before`, `asked` or `answered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// `1` where messages are sent around the close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<String>,
    /// The round trip, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trip: Option<String>,
    /// The close timeout, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<String>,
    /// The time of the model at which it stands still, in milliseconds; without it, it plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Query for ClosingQuery {
    const NAMES: &'static [&'static str] = &[
        "start",
        "client-code",
        "client-reason",
        "server-code",
        "server-reason",
        "wrong",
        "whom",
        "when",
        "traffic",
        "trip",
        "patience",
        "at",
    ];
}

impl ClosingQuery {
    /// The address of this scenario, standing still at this time or playing. Only what is not as usual is written.
    pub fn of(scenario: &Scenario, at: Option<Micros>) -> ClosingQuery {
        let usual = Scenario::default();
        let text = |now: &str, usual: &str| (now != usual).then(|| now.to_owned());
        let number = |now: u32, usual: u32| (now != usual).then(|| now.to_string());
        ClosingQuery {
            start: text(scenario.start.name(), usual.start.name()),
            client_code: text(&scenario.client.code, &usual.client.code),
            client_reason: text(&scenario.client.reason, &usual.client.reason),
            server_code: text(&scenario.server.code, &usual.server.code),
            server_reason: text(&scenario.server.reason, &usual.server.reason),
            wrong: text(scenario.wrong.name(), usual.wrong.name()),
            whom: text(scenario.whom.name(), usual.whom.name()),
            when: text(scenario.when.name(), usual.when.name()),
            traffic: scenario.traffic.then(|| "1".to_owned()),
            trip: number(scenario.trip, usual.trip),
            patience: number(scenario.patience, usual.patience),
            at: at.map(|at| format!("{}", at as f64 / 1000.0)),
        }
    }
}

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The scenario.
    pub scenario: Scenario,
    /// The time at which to stand still, in microseconds.
    pub at: Option<Micros>,
    /// What in the address could not be used.
    pub problems: Vec<String>,
}

/// Reads an address's query. Whatever cannot be used gives the default and a line that says so.
pub fn asked(said: AddressSaid<ClosingQuery>) -> Asked {
    let mut problems = Vec::new();
    let query = address::asked_for(said, "Here is a clean close instead.", &mut problems);
    let mut scenario = Scenario::default();
    let take = |place: &mut String, text: &Option<String>| {
        if let Some(text) = text {
            place.clone_from(text);
        }
    };
    take(&mut scenario.client.code, &query.client_code);
    take(&mut scenario.client.reason, &query.client_reason);
    take(&mut scenario.server.code, &query.server_code);
    take(&mut scenario.server.reason, &query.server_reason);
    choose("start", &query.start, &mut scenario.start, &mut problems);
    choose("wrong", &query.wrong, &mut scenario.wrong, &mut problems);
    choose("whom", &query.whom, &mut scenario.whom, &mut problems);
    choose("when", &query.when, &mut scenario.when, &mut problems);
    count(
        "trip",
        &query.trip,
        TRIPS,
        &mut scenario.trip,
        &mut problems,
    );
    count(
        "patience",
        &query.patience,
        PATIENCES,
        &mut scenario.patience,
        &mut problems,
    );
    match query.traffic.as_deref() {
        None | Some("0") => {}
        Some("1") => scenario.traffic = true,
        Some(other) => problems.push(format!(
            "traffic={}: 0 or 1 is needed. Here it is 0.",
            cut(other)
        )),
    }
    let at = query.at.as_deref().and_then(|text| {
        // As long as no run is.
        const MOST: f64 = 1e7;
        match text.parse::<f64>() {
            Ok(ms) if (0.0..=MOST).contains(&ms) => Some((ms * 1000.0).round() as Micros),
            _ => {
                problems.push(format!(
                    "at={}: a time from 0 to {MOST} milliseconds is needed. Here it begins at 0.",
                    cut(text)
                ));
                None
            }
        }
    });
    Asked {
        scenario,
        at,
        problems,
    }
}

fn choose<C: Choice>(name: &str, said: &Option<String>, place: &mut C, problems: &mut Vec<String>) {
    let Some(text) = said else { return };
    match C::named(text) {
        Some(choice) => *place = choice,
        None => {
            let names: Vec<_> = C::ALL.iter().map(|choice| choice.1).collect();
            problems.push(format!(
                "{name}={}: one of {} is needed. Here it is {}.",
                cut(text),
                names.join(", "),
                place.name()
            ));
        }
    }
}

fn count(
    name: &str,
    said: &Option<String>,
    stops: &[u32],
    place: &mut u32,
    problems: &mut Vec<String>,
) {
    let Some(text) = said else { return };
    let (low, high) = (stops[0], stops[stops.len() - 1]);
    match text.parse() {
        Ok(n) if (low..=high).contains(&n) => *place = n,
        _ => problems.push(format!(
            "{name}={}: a whole number from {low} to {high} is needed. Here it is {place}.",
            cut(text)
        )),
    }
}

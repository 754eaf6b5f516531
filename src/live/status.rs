//! What the shell shows of the live wire on every page, and the little that it can do with it: plain data and a trait,
//! so that the shell needs none of the code that opens connections and reads bytes.

use std::any::Any;
use std::rc::Rc;

use yew::Callback;

/// What drives the live wire, as the shell sees it.
pub trait Driver {
    /// The page is there: `changed` is called whenever there is something new to show.
    fn attach(&self, changed: Callback<()>);

    /// The page is gone: lets go of the connection.
    fn detach(&self);

    /// The status now.
    fn status(&self) -> LiveStatus;

    /// Connects to this site's echo, if nothing has been asked for yet.
    fn open_first(&self);

    /// Connects, or connects again.
    fn connect(&self);

    /// Tries again now.
    fn retry(&self);

    /// For those who know which driver it is.
    fn into_any(self: Rc<Self>) -> Rc<dyn Any>;
}

/// The live wire's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveStatus {
    /// The status in three words or so.
    pub words: &'static str,
    /// The status in one word, and its colour.
    pub tone: Tone,
    /// What there is to say beside.
    pub line: StatusLine,
    /// What the reader can do about it from any page.
    pub action: Option<StatusAction>,
    /// What a screen reader is told when the status changes. It does not count down.
    pub announcement: String,
}

/// The status in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Not open.
    Closed,
    /// Something is under way.
    Busy,
    /// Open.
    Open,
    /// Lost, and soon tried again.
    Lost,
}

/// What there is to say beside the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatusLine {
    /// A sentence, or an address.
    Text(String),
    /// Whole seconds to the next attempt.
    Countdown(u32),
    /// What has crossed so far.
    Traffic {
        /// Where the wire leads.
        address: String,
        /// What is counted, one and many of it.
        unit: (&'static str, &'static str),
        /// How many to the server.
        up: u64,
        /// How many from the server.
        down: u64,
    },
}

/// What the reader can do about the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusAction {
    /// Connect for the first time.
    Open,
    /// Connect after the wire was closed.
    ConnectAgain,
    /// Cut the wait for the next attempt short.
    ConnectNow,
    /// Load the code once more.
    LoadAgain,
}

impl Default for LiveStatus {
    /// A wire that nobody has opened.
    fn default() -> LiveStatus {
        LiveStatus {
            words: "Live wire closed",
            tone: Tone::Closed,
            line: StatusLine::Text("Opens here when you ask, and by itself on its page.".into()),
            action: Some(StatusAction::Open),
            announcement: String::new(),
        }
    }
}

impl LiveStatus {
    /// The code that drives the wire is on its way.
    pub fn loading() -> LiveStatus {
        LiveStatus {
            words: "Loading the live wire",
            tone: Tone::Busy,
            line: StatusLine::Text("The part of this page that connects is on its way.".into()),
            action: None,
            announcement: "Loading the live wire".into(),
        }
    }

    /// The code could not be had; why, in a sentence.
    pub fn not_loaded(why: &str) -> LiveStatus {
        LiveStatus {
            words: "Live wire not open",
            tone: Tone::Closed,
            line: StatusLine::Text(why.into()),
            action: Some(StatusAction::LoadAgain),
            announcement: format!("Live wire not open. {why}"),
        }
    }
}

impl Tone {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Tone::Closed => "closed",
            Tone::Busy => "busy",
            Tone::Open => "open",
            Tone::Lost => "lost",
        }
    }

    /// The class that colours the dot: it never says anything that the words beside it do not.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Closed => "is-closed",
            Tone::Busy => "is-busy",
            Tone::Open => "is-open",
            Tone::Lost => "is-lost",
        }
    }
}

impl StatusAction {
    /// What the button says.
    pub fn label(self) -> &'static str {
        match self {
            StatusAction::Open => "Open it",
            StatusAction::ConnectAgain => "Connect again",
            StatusAction::ConnectNow => "Connect now",
            StatusAction::LoadAgain => "Try again",
        }
    }
}

/// `Trying again in 3 s`.
pub fn countdown(seconds: u32) -> String {
    match seconds {
        0 => "Trying again now".into(),
        n => format!("Trying again in {n}\u{a0}s"),
    }
}

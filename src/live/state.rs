//! Everything that the page knows of the live wire.

use super::compose::Draft;
use super::endpoint_url::{self, Site, Target};
use super::machine::{Closed, ConnectionMachine, ConnectionState};
use super::record::Record;
use super::status::{LiveStatus, StatusAction, StatusLine};
use super::trips::Trips;
use crate::kit::secrets;
use crate::kit::wire_text::plain;

/// Everything that the page knows of the live wire.
#[derive(Debug)]
pub struct Live {
    /// Where the page came from.
    pub site: Site,
    /// Where the connection stands.
    pub machine: ConnectionMachine,
    /// Whether permessage-deflate may be agreed on.
    pub compression: bool,
    /// What crossed.
    pub record: Record,
    /// Round trips.
    pub trips: Trips,
    /// What was typed.
    pub draft: Draft,
    /// Why what was typed could not be used.
    pub trouble: Trouble,
    /// The page's clock when it was last looked at, in milliseconds.
    pub now: f64,
    /// The page's clock when the connection was asked for.
    pub zero: f64,
}

/// Why what was typed could not be used, beside the field where it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// The address.
    pub address: Option<String>,
    /// The message.
    pub message: Option<String>,
    /// The close code or reason.
    pub close: Option<String>,
}

impl Default for Live {
    fn default() -> Live {
        Live {
            site: Site {
                secure: false,
                host: String::new(),
            },
            machine: ConnectionMachine::default(),
            compression: true,
            record: Record::default(),
            trips: Trips::default(),
            draft: Draft::default(),
            trouble: Trouble::default(),
            now: 0.0,
            zero: 0.0,
        }
    }
}

impl Live {
    /// Changes what was typed. What was wrong with it is not said any longer.
    pub fn edit(&mut self, change: impl FnOnce(&mut Draft)) {
        let before = self.draft.clone();
        change(&mut self.draft);
        let Draft {
            kind,
            text,
            hex,
            address,
            code,
            reason,
        } = &self.draft;
        if (kind, text, hex) != (&before.kind, &before.text, &before.hex) {
            self.trouble.message = None;
        }
        if *address != before.address {
            self.trouble.address = None;
        }
        if (code, reason) != (&before.code, &before.reason) {
            self.trouble.close = None;
        }
    }

    /// What a link that asks for this address connects to at once: this site's own echo. Any other address is put into the
    /// box, since nothing goes to strangers before the reader has said so.
    pub fn follow(&mut self, url: &str) -> Option<Target> {
        let parsed = endpoint_url::parse(url, &self.site);
        let idle = self.machine.state == ConnectionState::Idle;
        // An address has no secrets in it. Where that is all that it lacks, it means where the wire leads, or what was typed.
        let means = |known: &str| secrets::url(known).text == url;
        if !idle && means(&self.machine.leads_to().address(&self.site))
            || self.draft.address.as_deref().is_some_and(means)
        {
            return None;
        }
        match parsed {
            Ok(asked) if asked == *self.machine.leads_to() && !idle => return None,
            Ok(asked) if asked.is_own() => {
                self.edit(|draft| draft.address = None);
                return Some(asked);
            }
            _ => {}
        }
        self.edit(|draft| draft.address = Some(url.to_owned()));
        self.trouble.address = match parsed {
            Err(why) => Some(why.to_string()),
            Ok(_) if url.contains(secrets::PLACEHOLDER) => Some(format!(
                "The person who made this link left a secret out of it. Put yours in the place of “{}”, then connect.",
                secrets::PLACEHOLDER
            )),
            Ok(_) => None,
        };
        None
    }

    /// The address of the target, empty as long as the page does not know where it came from.
    pub fn address(&self) -> String {
        let target = self.machine.leads_to();
        if self.site.host.is_empty() && target.is_own() {
            return String::new();
        }
        target.address(&self.site)
    }

    /// Microseconds since the connection was asked for.
    pub fn us(&self, now: f64) -> u64 {
        ((now - self.zero).max(0.0) * 1000.0) as u64
    }

    /// What the shell shows.
    pub fn status(&self) -> LiveStatus {
        let state = &self.machine.state;
        if *state == ConnectionState::Idle {
            return LiveStatus::default();
        }
        LiveStatus {
            words: self.words(),
            tone: state.tone(),
            line: self.status_line(),
            action: match state {
                ConnectionState::Closed(_) => Some(StatusAction::ConnectAgain),
                ConnectionState::Waiting(_) => Some(StatusAction::ConnectNow),
                _ => None,
            },
            announcement: plain(&self.announcement()),
        }
    }

    fn status_line(&self) -> StatusLine {
        match &self.machine.state {
            ConnectionState::Waiting(waiting) => StatusLine::Countdown(waiting.seconds(self.now)),
            ConnectionState::Open(_) | ConnectionState::Closing(_) => {
                let (up, down) = self.record.counts();
                StatusLine::Traffic {
                    address: self.address(),
                    unit: if self.machine.target.is_own() {
                        ("frame", "frames")
                    } else {
                        ("message", "messages")
                    },
                    up,
                    down,
                }
            }
            _ => StatusLine::Text(self.address()),
        }
    }

    /// The state in three words or so.
    pub fn words(&self) -> &'static str {
        match &self.machine.state {
            ConnectionState::Asking => "Asking for a wire",
            ConnectionState::Connecting => "Shaking hands",
            ConnectionState::Open(_) => "Live wire open",
            ConnectionState::Closing(_) => "Live wire closing",
            ConnectionState::Closed(Closed::Never(_) | Closed::NoWire(_)) => "Live wire not open",
            ConnectionState::Waiting(_) => "Live wire lost",
            ConnectionState::Idle | ConnectionState::Closed(_) => "Live wire closed",
        }
    }

    fn announcement(&self) -> String {
        match &self.machine.state {
            ConnectionState::Idle => String::new(),
            ConnectionState::Asking | ConnectionState::Connecting | ConnectionState::Closing(_) => {
                self.words().to_owned()
            }
            ConnectionState::Open(_) => format!("Live wire open to {}", self.address()),
            ConnectionState::Closed(closed) => {
                format!("{}. {}", self.words(), closed_sentence(closed))
            }
            ConnectionState::Waiting(waiting) => format!(
                "{}. {} Trying again soon by itself.",
                self.words(),
                waiting.why
            ),
        }
    }
}

/// Why the wire is closed and stays so.
pub fn closed_sentence(closed: &Closed) -> String {
    let reason = |reason: &str| {
        if reason.is_empty() {
            String::new()
        } else {
            format!(", “{reason}”")
        }
    };
    match closed {
        Closed::ByReader(told) if told.clean => {
            format!("You closed it with {}{}.", told.code, reason(&told.reason))
        }
        Closed::ByReader(_) => "You closed it.".into(),
        Closed::ByServer(told) => format!(
            "The server closed it with {} ({}{}). Trying again would get the same answer, so this page does not reconnect by itself.",
            told.code,
            wire::close::CloseCode(told.code).name(),
            reason(&told.reason)
        ),
        Closed::Never(why) if why.is_empty() => "The connection failed before it was open. \
            The browser tells a page no more than 1006, on purpose: a page that knew more could scan its user’s network."
            .into(),
        Closed::Never(why) => why.clone(),
        Closed::NoWire(why) => why.to_string(),
        Closed::Stopped => "You stopped the attempts.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::api::NoWire;
    use crate::live::machine::Event;
    use crate::live::status::Tone;

    #[test]
    fn an_error_goes_when_its_own_text_changes() {
        let wrong = || Trouble {
            address: Some("a".into()),
            message: Some("m".into()),
            close: Some("c".into()),
        };
        let after = |change: fn(&mut Draft)| {
            let mut live = Live {
                trouble: wrong(),
                ..Live::default()
            };
            live.edit(change);
            let Trouble {
                address,
                message,
                close,
            } = live.trouble;
            (address.is_none(), message.is_none(), close.is_none())
        };
        assert_eq!(after(|d| d.text.push('x')), (false, true, false));
        assert_eq!(after(|d| d.hex.push('x')), (false, true, false));
        assert_eq!(
            after(|d| d.address = Some("x".into())),
            (true, false, false)
        );
        assert_eq!(after(|d| d.reason.push('x')), (false, false, true));
        assert_eq!(after(|_| ()), (false, false, false));
    }

    #[test]
    fn a_link_connects_to_the_own_echo_alone() {
        let site = Site {
            secure: true,
            host: "here.example".into(),
        };
        let mut live = Live {
            site,
            ..Live::default()
        };
        let own = Target::Own("ping=1s".into());
        let asked = live.follow("wss://here.example/echo?ping=1s");
        assert_eq!((asked, &live.draft.address), (Some(own.clone()), &None));
        // Where it leads already, it is left alone.
        live.machine.step(Event::Connect(own), 0.0, 0.5);
        assert_eq!(live.follow("wss://here.example/echo?ping=1s"), None);
        assert_eq!(live.draft.address, None);
        for (url, fine) in [
            ("wss://elsewhere.example/", true),
            ("ws://elsewhere.example/", false),
        ] {
            assert_eq!(live.follow(url), None);
            assert_eq!(live.draft.address.as_deref(), Some(url));
            assert_eq!(live.trouble.address.is_none(), fine, "{url}");
        }
    }

    #[test]
    fn a_link_without_secrets_means_what_was_typed() {
        let mut live = Live::default();
        let shown = "wss://a.example/?token=left-out";
        assert_eq!(live.follow(shown), None);
        assert!(live.trouble.address.as_ref().unwrap().contains("left-out"));
        let typed = "wss://a.example/?token=hunter2";
        live.edit(|draft| draft.address = Some(typed.into()));
        assert_eq!(live.follow(shown), None);
        assert_eq!(live.draft.address.as_deref(), Some(typed));
        let target = endpoint_url::parse(typed, &live.site).unwrap();
        live.machine.step(Event::Connect(target), 0.0, 0.5);
        live.edit(|draft| draft.address = None);
        assert_eq!(live.follow(shown), None);
        assert_eq!((&live.draft.address, &live.trouble.address), (&None, &None));
    }

    /// What the shell shows before it has the code is what it shows with it.
    #[test]
    fn a_wire_that_nobody_opened_looks_as_without_the_code() {
        assert_eq!(Live::default().status(), LiveStatus::default());
    }

    #[test]
    fn the_shell_offers_what_makes_sense() {
        let after = |events: &[Event]| {
            let mut live = Live::default();
            for event in events {
                live.machine.step(event.clone(), 0.0, 0.5);
            }
            live.status()
        };
        let own = || Event::Connect(Target::Own(String::new()));
        let asking = after(&[own()]);
        assert_eq!((asking.tone, asking.action), (Tone::Busy, None));
        let open = after(&[own(), Event::Wire, Event::Opened]);
        assert_eq!((open.tone, open.action), (Tone::Open, None));
        assert!(matches!(
            open.line,
            StatusLine::Traffic {
                unit: ("frame", _),
                ..
            }
        ));
        let lost = after(&[own(), Event::NoWire(NoWire::Unreachable)]);
        assert_eq!(
            (lost.tone, lost.action),
            (Tone::Lost, Some(StatusAction::ConnectNow))
        );
        assert!(matches!(lost.line, StatusLine::Countdown(1..)));
        assert!(lost.announcement.contains(&NoWire::Unreachable.to_string()));
        let nothing_here = after(&[own(), Event::NoWire(NoWire::NotHere(404))]);
        assert_eq!(
            (nothing_here.tone, nothing_here.action),
            (Tone::Closed, Some(StatusAction::ConnectAgain))
        );
    }
}

//! Everything that the page knows of the live wire.

use super::address::Site;
use super::compose::Draft;
use super::phase::{Closed, Line, Phase};
use super::record::Record;
use super::trips::Trips;

/// Everything that the page knows of the live wire.
#[derive(Debug)]
pub struct Live {
    /// Where the page came from.
    pub site: Site,
    /// Where the connection stands.
    pub line: Line,
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
            line: Line::default(),
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

    /// The address of the target, empty as long as the page does not know where it came from.
    pub fn address(&self) -> String {
        if self.site.host.is_empty() && self.line.target.is_own() {
            return String::new();
        }
        self.line.target.address(&self.site)
    }

    /// Microseconds since the connection was asked for.
    pub fn us(&self, now: f64) -> u64 {
        ((now - self.zero).max(0.0) * 1000.0) as u64
    }

    /// The status in three words or so.
    pub fn status(&self) -> &'static str {
        match &self.line.phase {
            Phase::Idle => "Live wire closed",
            Phase::Asking => "Asking for a wire",
            Phase::Connecting => "Shaking hands",
            Phase::Open(_) => "Live wire open",
            Phase::Closing(_) => "Live wire closing",
            Phase::Closed(Closed::ByReader(_) | Closed::ByServer(_) | Closed::Stopped) => {
                "Live wire closed"
            }
            Phase::Closed(Closed::Never(_) | Closed::NoWire(_)) => "Live wire not open",
            Phase::Waiting(_) => "Live wire lost",
        }
    }

    /// What a screen reader is told when the phase changes. It does not count down.
    pub fn announcement(&self) -> String {
        match &self.line.phase {
            Phase::Idle => String::new(),
            Phase::Asking | Phase::Connecting | Phase::Closing(_) => self.status().to_owned(),
            Phase::Open(_) => format!("Live wire open to {}", self.address()),
            Phase::Closed(closed) => format!("{}. {}", self.status(), closed_sentence(closed)),
            Phase::Waiting(waiting) => format!(
                "{}. {} Trying again soon by itself.",
                self.status(),
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
            "The server closed it with {} ({}{}). Trying again would meet the same answer, so nobody does by themselves.",
            told.code,
            wire::close::CloseCode(told.code).name(),
            reason(&told.reason)
        ),
        Closed::Never(why) if why.is_empty() => "The connection failed before it was open. \
            The browser tells a page no more than 1006, on purpose: it must not find out what runs in the reader’s network."
            .into(),
        Closed::Never(why) => why.clone(),
        Closed::NoWire(why) => why.to_string(),
        Closed::Stopped => "You stopped the attempts.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}

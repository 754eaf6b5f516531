//! What stands in the field, and what an endpoint makes of a close code. The codec itself decides.

use wire::close::{Close, CloseCode, CodeKind};
use wire::rule::Violation;
use wire::session::{Config, Event, Session};

use super::settings::Settings;
use crate::kit::settings::Parsed;

/// The state of the instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What is set. While what is typed is no code, the last one that was.
    pub settings: Settings,
    /// What stands in the field.
    pub typed: String,
    /// What in the address cannot be used.
    pub problems: Vec<String>,
}

impl State {
    /// As an address wants it.
    pub fn of(parsed: Parsed<Settings>) -> State {
        State {
            typed: parsed.settings.code.to_string(),
            settings: parsed.settings,
            problems: parsed.problems,
        }
    }

    /// With other words in the field.
    pub fn with_typed(&self, typed: String) -> State {
        let code = read_code(&typed).unwrap_or(self.settings.code);
        State {
            settings: Settings { code },
            typed,
            problems: Vec::new(),
        }
    }
}

/// Reads a code as it is typed.
///
/// # Errors
/// Says why this is none.
pub fn read_code(typed: &str) -> Result<CloseCode, String> {
    let number = typed.trim().parse::<u16>().map(CloseCode);
    number.map_err(|_| "a close code is a number of two bytes, from 0 to 65,535.".to_owned())
}

/// What an end that takes part in the protocol makes of a close frame with this code: its answer, or the rule it sees
/// broken.
fn received(code: CloseCode) -> Result<Vec<u8>, Violation> {
    let mut browser = Session::client(Config::default(), || [0x37, 0xfa, 0x21, 0x3d]);
    browser.receive(&frame(code));
    match browser.next_event() {
        Some(Event::Failed(violation)) => Err(violation),
        _ => Ok(browser.output().to_vec()),
    }
}

/// The frame in which a server says this.
pub fn frame(code: CloseCode) -> Vec<u8> {
    let mut server = Session::server(Config::default());
    let reason = String::new();
    server.close(Some(Close { code, reason }));
    server.output().to_vec()
}

/// What the other end does that gets this code in a frame.
pub fn on_receipt(code: CloseCode) -> String {
    match received(code) {
        Ok(_) => format!("The other end answers with {code} and tells its application."),
        Err(violation) => {
            let fails = format!(
                "A strict end fails the connection with {}, and its application is told 1006.",
                violation.rule.close_code()
            );
            match code.kind() {
                CodeKind::LocalOnly => fails,
                // Measured with 999, 1004, 2000 and 5000.
                _ => format!("{fails} Chromium 156 takes it all the same (measured)."),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::url_state::read;
    use wire::rule::Rule;

    #[test]
    fn a_link_fills_the_field() {
        for (query, code) in [("", 1006), ("?code=4999", 4999), ("?code=0", 0)] {
            let state = State::of(read(query));
            assert_eq!(state.settings.code, CloseCode(code));
            assert_eq!(state.typed, code.to_string());
            assert!(state.problems.is_empty());
        }
        let state = State::of(read("?code=%3Cb%3E"));
        assert_eq!(state.typed, "1006");
        assert!(state.problems[0].contains("code=<b>"));
    }

    #[test]
    fn what_is_no_code_stays_in_the_field_and_the_last_code_stays_shown() {
        let state = State::of(read("?code=x")).with_typed(" 4000 ".to_owned());
        assert_eq!(state.settings.code, CloseCode(4000));
        assert_eq!(state.typed, " 4000 ", "nobody's typing is tidied up");
        assert!(state.problems.is_empty());
        for typed in ["", "bye", "-1", "65536", "1e3"] {
            let state = state.with_typed(typed.to_owned());
            assert_eq!(state.settings.code, CloseCode(4000));
            assert_eq!(state.typed, typed);
            assert!(read_code(&state.typed).is_err());
        }
    }

    #[test]
    fn what_comes_back_is_what_the_codec_does() {
        for n in 0..=u16::MAX {
            let code = CloseCode(n);
            match received(code) {
                Ok(bytes) => {
                    assert!(code.may_be_sent(), "{n}");
                    // Masked: two bytes, the key, then the same code under it.
                    let said = [bytes[6] ^ 0x37, bytes[7] ^ 0xfa];
                    assert_eq!(u16::from_be_bytes(said), n);
                }
                Err(violation) => {
                    assert!(!code.may_be_sent(), "{n}");
                    assert_eq!(violation.rule, Rule::CloseCodeInvalid);
                }
            }
        }
    }
}

//! The one error type: a message for a person, which says what went wrong, where, and what to do.

use std::fmt;

/// What every fallible function here returns.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// Why a command ends early.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong and what to do; may be several lines.
    pub message: String,
    /// The exit code of the whole command.
    pub code: u8,
}

impl Failure {
    /// A failure with exit code 1.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }

    /// A wrong command line, with the exit code that shells use for one.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 2,
        }
    }

    /// Adds advice on a line of its own.
    pub fn advise(mut self, advice: impl AsRef<str>) -> Self {
        self.message.push('\n');
        self.message.push_str(advice.as_ref());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Names what was being attempted when an I/O operation failed.
pub trait Context<T> {
    /// Prefixes the error with `what`.
    fn context(self, what: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|e| Failure::new(format!("{}: {e}", what())))
    }
}

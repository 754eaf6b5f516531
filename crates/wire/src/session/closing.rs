//! The closing handshake (RFC 6455 §7).

use super::{Core, Session};
use crate::Role;
use crate::close::{Close, CloseCode};
use crate::frame::Opcode;
use crate::rule::Violation;

/// How far the closing handshake has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Closing {
    /// What this end's close frame says, once it has been written to the output.
    pub sent: Option<Option<Close>>,
    /// What the peer's close frame says, once it has come.
    pub received: Option<Option<Close>>,
    /// The end whose close frame was first, as far as this end can tell.
    pub began: Option<Role>,
    /// The rule that the peer broke, where this end fails the connection.
    pub failed: Option<Violation>,
}

/// How a connection ended, in the words of a browser's `CloseEvent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Both ends have sent a close frame.
    pub clean: bool,
    /// The code in the peer's close frame; 1005 when it has none; 1006 when no close frame came (RFC 6455 §7.1.5).
    pub code: CloseCode,
    /// The reason in the peer's close frame.
    pub reason: String,
}

impl Closing {
    /// Whether anything that the peer sends still matters: until its close frame, or a failure.
    pub(super) fn listens(&self) -> bool {
        self.received.is_none() && self.failed.is_none()
    }

    /// Whether both close frames have been written (RFC 6455 §7.1.4).
    pub fn is_complete(&self) -> bool {
        self.sent.is_some() && self.received.is_some()
    }
}

impl Session {
    /// Begins the closing handshake. Nothing but the peer's answer matters after that, though messages that were on
    /// their way still come. Does nothing when this end has sent a close frame already.
    ///
    /// `None` sends a close frame without a payload. A reason that is too long is cut.
    pub fn close(&mut self, close: Option<Close>) {
        self.core.begin_close(close.as_ref());
    }

    /// How far the closing handshake has come.
    pub fn closing(&self) -> &Closing {
        &self.core.closing
    }

    /// Whether this end should close the TCP connection now.
    ///
    /// After a clean close the server does it, so that the client does not hold the port in TIME_WAIT (RFC 6455
    /// §7.1.1); a client waits for it, up to [`Timing::close`](super::Timing::close). An end that fails the connection
    /// does it at once. The output has to be sent first.
    pub fn should_close_tcp(&self) -> bool {
        let closing = &self.core.closing;
        let done = closing.failed.is_some()
            || (closing.is_complete() && self.core.role == Role::Server)
            || self.core.clock.gave_up();
        done && self.output().is_empty()
    }

    /// How the connection ended, if it ends now.
    pub fn outcome(&self) -> Outcome {
        let closing = &self.core.closing;
        let (code, reason) = match &closing.received {
            None => (CloseCode(1006), String::new()),
            Some(None) => (CloseCode(1005), String::new()),
            Some(Some(close)) => (close.code, close.reason.clone()),
        };
        Outcome {
            clean: closing.is_complete() && closing.failed.is_none(),
            code,
            reason,
        }
    }
}

impl Core {
    pub(super) fn begin_close(&mut self, close: Option<&Close>) {
        if self.closing.sent.is_some() {
            return;
        }
        self.write_close(close);
        self.closing.began.get_or_insert(self.role);
        self.clock.closing();
    }

    /// Takes the peer's close frame, and answers it unless it is an answer itself. The answer says what the frame says
    /// (RFC 6455 §5.5.1).
    pub(super) fn answer_close(&mut self, close: Option<&Close>) {
        self.closing.received = Some(close.cloned());
        self.closing.began.get_or_insert(self.role.peer());
        if self.closing.sent.is_none() {
            self.write_close(close);
        }
        self.clock.closing();
    }

    fn write_close(&mut self, close: Option<&Close>) {
        let payload = close.map(Close::payload).unwrap_or_default();
        self.write(Opcode::Close, true, false, &payload);
        self.closing.sent = Some(close.cloned());
    }
}

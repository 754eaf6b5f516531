//! The faults of the lab: what the server does in each, which rule that breaks, and what the RFC asks of a browser.

use protocol::{FaultGroup, LabFault};
use wire::rule::Rule;

/// The heading of a group in the list.
pub fn heading(group: FaultGroup) -> &'static str {
    match group {
        FaultGroup::Framing => "Framing",
        FaultGroup::Messages => "Messages",
        FaultGroup::Closing => "Closing",
        FaultGroup::Tcp => "TCP",
        FaultGroup::Handshake => "Handshake",
    }
}

/// What the RFC wants the receiver to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// It says that the receiver has to fail the connection.
    Fail,
    /// It forbids the sender to do this, and leaves open what the receiver does.
    Unsaid,
    /// It lets the receiver draw a line, and says with which code.
    Limit,
    /// Nothing: this is no fault that anybody could notice.
    Nothing,
}

/// What the page says of a fault.
#[derive(Debug, PartialEq, Eq)]
pub struct FaultNotes {
    /// The fault.
    pub fault: LabFault,
    /// A few words.
    pub title: &'static str,
    /// What the server is about to do, in a sentence.
    pub does: &'static str,
    /// What the receiver has to do.
    pub duty: Duty,
    /// What the RFC says, in a sentence.
    pub asks: &'static str,
    /// Who gets this wrong, and what it is good for to know.
    pub story: &'static str,
}

impl FaultNotes {
    /// The notes on the fault of this name.
    pub fn named(name: &str) -> Option<&'static FaultNotes> {
        FAULTS.iter().find(|notes| notes.name() == name)
    }

    /// The fault's name in a path and in a link.
    pub fn name(&self) -> &'static str {
        self.fault.name()
    }

    /// Where the fault stands in the list.
    pub fn group(&self) -> FaultGroup {
        self.fault.group()
    }

    /// The section of RFC 6455 that [`FaultNotes::asks`] is about.
    pub fn section(&self) -> &'static str {
        self.fault.section()
    }

    /// The close code with which a receiver says what was wrong, where the RFC has one for it.
    pub fn close_code(&self) -> Option<u16> {
        let broken = self.fault.breaks()?;
        Rule::ALL
            .into_iter()
            .find(|rule| rule.name() == broken)
            .map(|rule| rule.close_code().0)
    }

    /// Whether the fault comes before the connection is open.
    pub fn in_handshake(&self) -> bool {
        self.group() == FaultGroup::Handshake
    }
}

/// Every fault, group by group.
pub const FAULTS: [FaultNotes; LabFault::ALL.len()] = [
    FaultNotes {
        fault: LabFault::MaskedFrame,
        title: "Masked frame",
        does: "sends the text “Hello” masked, as only a client may",
        duty: Duty::Fail,
        asks: "A client must close the connection when it detects a masked frame. It may say 1002.",
        story: "A hand-written server that uses one function for both directions.",
    },
    FaultNotes {
        fault: LabFault::ReservedOpcode,
        title: "Reserved opcode",
        does: "sends a frame with opcode 0x3, which means nothing yet",
        duty: Duty::Fail,
        asks: "An endpoint that receives an unknown opcode must fail the connection.",
        story: "Most often not an opcode at all: somebody lost count of the bytes, and reads a payload as a header.",
    },
    FaultNotes {
        fault: LabFault::ReservedBit,
        title: "Reserved bit",
        does: "sets RSV1 on a text frame although no extension was agreed on",
        duty: Duty::Fail,
        asks: "If a reserved bit is set and no negotiated extension defines it, the receiver must fail the connection.",
        story: "A proxy took the extension out of the handshake, and the server compresses all the same.",
    },
    FaultNotes {
        fault: LabFault::FragmentedControl,
        title: "Fragmented control frame",
        does: "sends a ping without FIN, as if more of it were to come",
        duty: Duty::Unsaid,
        asks: "Control frames must not be fragmented. What a receiver does about one is left open; 1002 is the code for a broken protocol.",
        story: "A library that cuts every frame that it sends, of any kind.",
    },
    FaultNotes {
        fault: LabFault::LongControl,
        title: "Long control frame",
        does: "sends a ping of 126 bytes, one more than a control frame carries",
        duty: Duty::Unsaid,
        asks: "A control frame carries at most 125 bytes. What a receiver does about more is left open; 1002 is the code for a broken protocol.",
        story: "A close reason that somebody filled with a whole stack trace.",
    },
    FaultNotes {
        fault: LabFault::NonMinimalLength,
        title: "Length not minimal",
        does: "writes the length 5 in 16 bits, although it fits in 7",
        duty: Duty::Unsaid,
        asks: "The shortest form of a length must be used. What a receiver does about a longer one is left open; 1002 is the code for a broken protocol.",
        story: "A sender that always writes 16 bits, because that was easier.",
    },
    FaultNotes {
        fault: LabFault::InvalidUtf8,
        title: "Text that is not UTF-8",
        does: "sends the text “café” in Latin-1: the last byte, e9, would begin a character of three bytes in UTF-8, and nothing follows",
        duty: Duty::Fail,
        asks: "A receiver must fail the connection over text that is not UTF-8. 1007 is the code for it.",
        story: "Bytes from a file or a database, sent as text by a server that never looked.",
    },
    FaultNotes {
        fault: LabFault::OrphanContinuation,
        title: "Nothing to continue",
        does: "sends a continuation frame although no message has begun",
        duty: Duty::Unsaid,
        asks: "A continuation goes on with a message that an earlier frame began. What a receiver does without one is left open; 1002 is the code for a broken protocol.",
        story: "Two threads write to one socket, and the first fragment came last.",
    },
    FaultNotes {
        fault: LabFault::InterleavedMessage,
        title: "A message inside a message",
        does: "begins a text message, and begins another before the first has ended",
        duty: Duty::Unsaid,
        asks: "The fragments of one message must not be mixed with another’s. What a receiver does about it is left open; 1002 is the code for a broken protocol.",
        story: "Two threads write to one socket without a lock.",
    },
    FaultNotes {
        fault: LabFault::DeflateBomb,
        title: "A bomb in deflate",
        does: "agrees on permessage-deflate, then sends a small binary message that inflates to 64 MiB",
        duty: Duty::Limit,
        asks: "An endpoint with a size limit must apply it after inflating too, and closes with 1009. How high the limit is, it decides itself.",
        story: "A browser gives a page no limit to set: the message is inflated and joined before any script is asked. 64 MiB is far less than what such a message could be.",
    },
    FaultNotes {
        fault: LabFault::BadCloseCode,
        title: "Close code that must not be sent",
        does: "sends a close frame with code 1005, which an endpoint may only tell its own application",
        duty: Duty::Unsaid,
        asks: "1005 must not be set in a close frame. What a receiver does about it is left open; 1002 is the code for a broken protocol.",
        story: "A proxy that hands on the code that its own side reported.",
    },
    FaultNotes {
        fault: LabFault::ShortClose,
        title: "Close payload of one byte",
        does: "sends a close frame with one byte of payload: half a code",
        duty: Duty::Unsaid,
        asks: "A close frame with a body begins it with two bytes of code. What a receiver does about one byte is left open; 1002 is the code for a broken protocol.",
        story: "An old trap in test suites, and a good one: careless code reads the second byte from whatever comes next.",
    },
    FaultNotes {
        fault: LabFault::TcpReset,
        title: "TCP reset",
        does: "resets the TCP connection, without a close frame",
        duty: Duty::Fail,
        asks: "When the connection beneath is lost unexpectedly, the client must fail the WebSocket connection.",
        story: "What a process that crashed with bytes unread, a restarted proxy or a firewall that lost its table looks like.",
    },
    FaultNotes {
        fault: LabFault::HalfClose,
        title: "TCP half-close",
        does: "ends its own direction of TCP without a close frame, and goes on listening",
        duty: Duty::Fail,
        asks: "When the connection beneath is lost unexpectedly, the client must fail the WebSocket connection. The server has said that it will send no more bytes, so no close frame can come.",
        story: "A server that closes its socket and forgets the closing handshake. TCP would let you go on sending.",
    },
    FaultNotes {
        fault: LabFault::Silence,
        title: "Silence",
        does: "says nothing more, and leaves TCP open",
        duty: Duty::Nothing,
        asks: "Nothing is wrong that anybody could see. A ping may find out whether the other side is still there, and nobody has to send one.",
        story: "A server that hangs, a cable that was pulled, a NAT that forgot: from here they all look like this. A page needs a heartbeat of its own.",
    },
    FaultNotes {
        fault: LabFault::WrongAccept,
        title: "Wrong accept value",
        does: "answers 101 with the accept value for somebody else’s key",
        duty: Duty::Fail,
        asks: "A client must fail the connection when the accept value does not fit its key.",
        story: "A cache that answers with what it kept, which is what the value is there to catch.",
    },
    FaultNotes {
        fault: LabFault::UnofferedExtension,
        title: "Extension nobody offered",
        does: "answers 101 with an extension that your browser did not offer",
        duty: Duty::Fail,
        asks: "A client must fail the connection when the answer names an extension that it did not offer.",
        story: "A server that turns its extensions on by configuration and never reads the offer.",
    },
    FaultNotes {
        fault: LabFault::UnofferedSubprotocol,
        title: "Subprotocol nobody offered",
        does: "answers 101 with a subprotocol that this page did not offer",
        duty: Duty::Fail,
        asks: "A client must fail the connection when the answer names a subprotocol that it did not offer.",
        story: "A server that always names its favourite subprotocol, and works with every client but a browser.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_notes_in_order() {
        let faults = FAULTS.map(|notes| notes.fault);
        assert_eq!(faults, LabFault::ALL);
        for notes in &FAULTS {
            assert_eq!(FaultNotes::named(notes.name()), Some(notes));
        }
        assert_eq!(FaultNotes::named(""), None);
    }

    #[test]
    fn codes_come_from_the_rules() {
        for (name, code) in [
            ("masked-frame", Some(1002)),
            ("invalid-utf8", Some(1007)),
            ("deflate-bomb", Some(1009)),
            ("tcp-reset", None),
            ("wrong-accept", None),
        ] {
            let fault = FaultNotes::named(name);
            assert_eq!(fault.and_then(FaultNotes::close_code), code, "{name}");
        }
    }
}

//! The faults of the lab: what the server does in each, which rule that breaks, and what the RFC asks of a browser.

use wire::handshake::Requirement;
use wire::rule::Rule;

/// A part of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// One frame is wrong in itself.
    Framing,
    /// Frames are wrong together, or in what they carry.
    Messages,
    /// The close frame is wrong.
    Closing,
    /// Beneath the frames.
    Tcp,
    /// Before there are frames.
    Handshake,
}

impl Group {
    /// Every group, in the order of the list.
    pub const ALL: [Group; 5] = [
        Group::Framing,
        Group::Messages,
        Group::Closing,
        Group::Tcp,
        Group::Handshake,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Group::Framing => "Framing",
            Group::Messages => "Messages",
            Group::Closing => "Closing",
            Group::Tcp => "TCP",
            Group::Handshake => "Handshake",
        }
    }
}

/// What a fault breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// A rule for frames and messages.
    Rule(Rule),
    /// A requirement of the opening handshake.
    Requirement(Requirement),
    /// Nothing that could be found in bytes.
    Nothing,
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

/// One way in which the server misbehaves.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The last part of its path, and its name in a link.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// Where it stands in the list.
    pub group: Group,
    /// What the server is about to do, in a sentence.
    pub does: &'static str,
    /// What that breaks.
    pub breaks: Breaks,
    /// What the receiver has to do.
    pub duty: Duty,
    /// What the RFC says, in a sentence.
    pub asks: &'static str,
    /// The section of RFC 6455 that says so.
    pub section: &'static str,
    /// Who gets this wrong, and what it is good for to know.
    pub story: &'static str,
}

impl Fault {
    /// The fault of this name.
    pub fn named(name: &str) -> Option<&'static Fault> {
        FAULTS.iter().find(|fault| fault.name == name)
    }

    /// The close code with which a receiver says what was wrong, where the RFC has one for it.
    pub fn close_code(&self) -> Option<u16> {
        match self.breaks {
            Breaks::Rule(rule) => Some(rule.close_code().0),
            _ => None,
        }
    }

    /// Whether it comes before the connection is open.
    pub fn in_handshake(&self) -> bool {
        self.group == Group::Handshake
    }
}

/// Every fault, group by group.
pub const FAULTS: [Fault; 18] = [
    Fault {
        name: "masked-frame",
        title: "Masked frame",
        group: Group::Framing,
        does: "sends the text “Hello” masked, as only a client may",
        breaks: Breaks::Rule(Rule::MaskPresent),
        duty: Duty::Fail,
        asks: "A client must close the connection when it detects a masked frame. It may say 1002.",
        section: "5.1",
        story: "A hand-written server that uses one function for both directions.",
    },
    Fault {
        name: "reserved-opcode",
        title: "Reserved opcode",
        group: Group::Framing,
        does: "sends a frame with opcode 0x3, which means nothing yet",
        breaks: Breaks::Rule(Rule::ReservedOpcode),
        duty: Duty::Fail,
        asks: "Who receives an unknown opcode must fail the connection.",
        section: "5.2",
        story: "Most often not an opcode at all: somebody lost count of the bytes, and reads a payload as a header.",
    },
    Fault {
        name: "reserved-bit",
        title: "Reserved bit",
        group: Group::Framing,
        does: "sets RSV1 on a text frame although no extension was agreed on",
        breaks: Breaks::Rule(Rule::ReservedBit),
        duty: Duty::Fail,
        asks: "A reserved bit that no negotiated extension gives a meaning must fail the connection.",
        section: "5.2",
        story: "A proxy took the extension out of the handshake, and the server compresses all the same.",
    },
    Fault {
        name: "fragmented-control",
        title: "Fragmented control frame",
        group: Group::Framing,
        does: "sends a ping without FIN, as if more of it were to come",
        breaks: Breaks::Rule(Rule::ControlFragmented),
        duty: Duty::Unsaid,
        asks: "Control frames must not be fragmented. What a receiver does about one is left open; 1002 is the code for a broken protocol.",
        section: "5.5",
        story: "A library that cuts every frame that it sends, whatever it is.",
    },
    Fault {
        name: "long-control",
        title: "Long control frame",
        group: Group::Framing,
        does: "sends a ping of 126 bytes, one more than a control frame carries",
        breaks: Breaks::Rule(Rule::ControlTooLong),
        duty: Duty::Unsaid,
        asks: "A control frame carries at most 125 bytes. What a receiver does about more is left open; 1002 is the code for a broken protocol.",
        section: "5.5",
        story: "A close reason that somebody filled with a whole stack trace.",
    },
    Fault {
        name: "non-minimal-length",
        title: "Length not minimal",
        group: Group::Framing,
        does: "writes the length 5 in 16 bits, although it fits in 7",
        breaks: Breaks::Rule(Rule::LengthNotMinimal),
        duty: Duty::Unsaid,
        asks: "The shortest form of a length must be used. What a receiver does about a longer one is left open; 1002 is the code for a broken protocol.",
        section: "5.2",
        story: "A sender that always writes 16 bits, because that was easier.",
    },
    Fault {
        name: "invalid-utf8",
        title: "Text that isn’t UTF-8",
        group: Group::Messages,
        does: "sends the text “café” in Latin-1: the last byte, e9, is no UTF-8",
        breaks: Breaks::Rule(Rule::TextNotUtf8),
        duty: Duty::Fail,
        asks: "Text that is not UTF-8 must fail the connection. 1007 is the code for it.",
        section: "8.1",
        story: "Bytes from a file or a database, sent as text by a server that never looked.",
    },
    Fault {
        name: "orphan-continuation",
        title: "Nothing to continue",
        group: Group::Messages,
        does: "sends a continuation frame although no message has begun",
        breaks: Breaks::Rule(Rule::ContinuationUnexpected),
        duty: Duty::Unsaid,
        asks: "A continuation goes on with a message that an earlier frame began. What a receiver does without one is left open; 1002 is the code for a broken protocol.",
        section: "5.4",
        story: "Two threads write to one socket, and the first fragment came last.",
    },
    Fault {
        name: "interleaved-message",
        title: "A message inside a message",
        group: Group::Messages,
        does: "begins a text message, and begins another before the first has ended",
        breaks: Breaks::Rule(Rule::MessageInterleaved),
        duty: Duty::Unsaid,
        asks: "The fragments of one message must not be mixed with another’s. What a receiver does about it is left open; 1002 is the code for a broken protocol.",
        section: "5.4",
        story: "Two threads write to one socket without a lock.",
    },
    Fault {
        name: "deflate-bomb",
        title: "A bomb in deflate",
        group: Group::Messages,
        does: "agrees on permessage-deflate, then sends a small binary message that inflates to 64 MiB",
        breaks: Breaks::Rule(Rule::InflatesTooBig),
        duty: Duty::Limit,
        asks: "Who has a limit for a message must hold to it, also after inflating, and says 1009. How high the limit is, is its own affair.",
        section: "10.4",
        story: "A browser gives a page no limit to set: the message is inflated and joined before any script is asked. 64 MiB is far less than what such a message could be.",
    },
    Fault {
        name: "bad-close-code",
        title: "Close code that must not be sent",
        group: Group::Closing,
        does: "sends a close frame with code 1005, which only a browser may tell its own page",
        breaks: Breaks::Rule(Rule::CloseCodeInvalid),
        duty: Duty::Unsaid,
        asks: "1005 must not be set in a close frame. What a receiver does about it is left open; 1002 is the code for a broken protocol.",
        section: "7.4.1",
        story: "A proxy that hands on the code that its own side reported.",
    },
    Fault {
        name: "short-close",
        title: "Close payload of one byte",
        group: Group::Closing,
        does: "sends a close frame with one byte of payload: half a code",
        breaks: Breaks::Rule(Rule::ClosePayloadOneByte),
        duty: Duty::Unsaid,
        asks: "A close frame with a body begins it with two bytes of code. What a receiver does about one byte is left open; 1002 is the code for a broken protocol.",
        section: "5.5.1",
        story: "An old trap in test suites, and a good one: careless code reads the second byte from whatever lies behind.",
    },
    Fault {
        name: "tcp-reset",
        title: "TCP reset",
        group: Group::Tcp,
        does: "resets the TCP connection, without a close frame",
        breaks: Breaks::Nothing,
        duty: Duty::Fail,
        asks: "When the connection beneath is lost unexpectedly, the client must fail the WebSocket connection.",
        section: "7.2.1",
        story: "What a crashed process, a restarted proxy or a firewall that lost its table looks like.",
    },
    Fault {
        name: "half-close",
        title: "TCP half-close",
        group: Group::Tcp,
        does: "ends its own direction of TCP without a close frame, and goes on listening",
        breaks: Breaks::Nothing,
        duty: Duty::Fail,
        asks: "When the connection beneath is lost unexpectedly, the client must fail the WebSocket connection. Without a close frame nothing more can come, so there is nothing to wait for.",
        section: "7.2.1",
        story: "A server that closes its socket and forgets the closing handshake. TCP would let you go on sending.",
    },
    Fault {
        name: "silence",
        title: "Silence",
        group: Group::Tcp,
        does: "says nothing more, and leaves TCP open",
        breaks: Breaks::Nothing,
        duty: Duty::Nothing,
        asks: "Nothing is wrong that anybody could see. A ping may find out whether the other side is still there, and nobody has to send one.",
        section: "5.5.2",
        story: "A server that hangs, a cable that was pulled, a NAT that forgot: from here they all look like this. A page needs a heartbeat of its own.",
    },
    Fault {
        name: "wrong-accept",
        title: "Wrong accept value",
        group: Group::Handshake,
        does: "answers 101 with the accept value for somebody else’s key",
        breaks: Breaks::Requirement(Requirement::Accept),
        duty: Duty::Fail,
        asks: "A client must fail the connection when the accept value does not fit its key.",
        section: "4.1",
        story: "A cache that answers with what it kept, which is what the value is there to catch.",
    },
    Fault {
        name: "unoffered-extension",
        title: "Extension nobody offered",
        group: Group::Handshake,
        does: "answers 101 with an extension that your browser did not offer",
        breaks: Breaks::Requirement(Requirement::ExtensionsChosen),
        duty: Duty::Fail,
        asks: "A client must fail the connection when the answer names an extension that it did not offer.",
        section: "4.1",
        story: "A server that turns its extensions on by configuration and never reads the offer.",
    },
    Fault {
        name: "unoffered-subprotocol",
        title: "Subprotocol nobody offered",
        group: Group::Handshake,
        does: "answers 101 with a subprotocol that this page did not offer",
        breaks: Breaks::Requirement(Requirement::ProtocolChosen),
        duty: Duty::Fail,
        asks: "A client must fail the connection when the answer names a subprotocol that it did not offer.",
        section: "4.1",
        story: "A server that always names its favourite subprotocol, and works with every client but a browser.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_differ_and_find_their_fault() {
        let names: BTreeSet<_> = FAULTS.iter().map(|fault| fault.name).collect();
        assert_eq!(names.len(), FAULTS.len());
        for fault in &FAULTS {
            assert_eq!(Fault::named(fault.name), Some(fault));
        }
        assert_eq!(Fault::named(""), None);
    }

    #[test]
    fn groups_come_in_order_and_none_is_empty() {
        let order: Vec<usize> = FAULTS
            .iter()
            .filter_map(|fault| Group::ALL.iter().position(|group| *group == fault.group))
            .collect();
        assert_eq!(order.len(), FAULTS.len());
        assert!(order.is_sorted());
        assert_eq!(
            order.iter().collect::<BTreeSet<_>>().len(),
            Group::ALL.len()
        );
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
            let fault = Fault::named(name);
            assert_eq!(fault.and_then(Fault::close_code), code, "{name}");
        }
    }

    /// A duty to fail that hangs on bytes is one that the rule's own section speaks of.
    #[test]
    fn sections_agree_with_the_rules() {
        for fault in &FAULTS {
            let section = match fault.breaks {
                Breaks::Rule(rule) if rule.rfc() == 6455 => rule.section(),
                Breaks::Requirement(requirement) => requirement.section(wire::Role::Client),
                _ => continue,
            };
            assert!(
                fault.section.starts_with(section),
                "{}: {section}",
                fault.name
            );
        }
    }
}

//! The faults of the lab: each is one way in which the server misbehaves at `/lab/NAME`.

use serde::{Deserialize, Serialize};

/// One way in which the server misbehaves. `Serialize` writes its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabFault {
    /// A text frame with a masking key.
    MaskedFrame,
    /// Opcode 0x3.
    ReservedOpcode,
    /// RSV1 without an extension.
    ReservedBit,
    /// A ping without FIN.
    FragmentedControl,
    /// A ping of 126 bytes.
    LongControl,
    /// Length 5 in 16 bits.
    NonMinimalLength,
    /// Text in Latin-1.
    #[serde(rename = "invalid-utf8")]
    InvalidUtf8,
    /// A continuation frame of nothing.
    OrphanContinuation,
    /// A message before the one under way has ended.
    InterleavedMessage,
    /// A small message that inflates to 64 MiB.
    DeflateBomb,
    /// A Close frame with 1005.
    BadCloseCode,
    /// A Close frame with one byte of payload.
    ShortClose,
    /// RST.
    TcpReset,
    /// FIN, and the server goes on reading.
    HalfClose,
    /// Nothing.
    Silence,
    /// The accept value for another key.
    WrongAccept,
    /// An extension that wasn't offered.
    UnofferedExtension,
    /// A subprotocol that wasn't offered.
    UnofferedSubprotocol,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultGroup {
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

use LabFault::*;

impl LabFault {
    /// Every fault, group by group.
    pub const ALL: [LabFault; 18] = [
        MaskedFrame,
        ReservedOpcode,
        ReservedBit,
        FragmentedControl,
        LongControl,
        NonMinimalLength,
        InvalidUtf8,
        OrphanContinuation,
        InterleavedMessage,
        DeflateBomb,
        BadCloseCode,
        ShortClose,
        TcpReset,
        HalfClose,
        Silence,
        WrongAccept,
        UnofferedExtension,
        UnofferedSubprotocol,
    ];

    /// The fault of this name.
    pub fn named(name: &str) -> Option<LabFault> {
        Self::ALL.into_iter().find(|fault| fault.name() == name)
    }

    /// The last part of the fault's path, and its name in a link.
    pub const fn name(self) -> &'static str {
        match self {
            MaskedFrame => "masked-frame",
            ReservedOpcode => "reserved-opcode",
            ReservedBit => "reserved-bit",
            FragmentedControl => "fragmented-control",
            LongControl => "long-control",
            NonMinimalLength => "non-minimal-length",
            InvalidUtf8 => "invalid-utf8",
            OrphanContinuation => "orphan-continuation",
            InterleavedMessage => "interleaved-message",
            DeflateBomb => "deflate-bomb",
            BadCloseCode => "bad-close-code",
            ShortClose => "short-close",
            TcpReset => "tcp-reset",
            HalfClose => "half-close",
            Silence => "silence",
            WrongAccept => "wrong-accept",
            UnofferedExtension => "unoffered-extension",
            UnofferedSubprotocol => "unoffered-subprotocol",
        }
    }

    /// The path of the WebSocket that has this fault.
    pub fn path(self) -> String {
        format!("{}/{}", crate::paths::LAB, self.name())
    }

    /// What kind of thing is wrong.
    pub const fn group(self) -> FaultGroup {
        match self {
            MaskedFrame | ReservedOpcode | ReservedBit | FragmentedControl | LongControl
            | NonMinimalLength => FaultGroup::Framing,
            InvalidUtf8 | OrphanContinuation | InterleavedMessage | DeflateBomb => {
                FaultGroup::Messages
            }
            BadCloseCode | ShortClose => FaultGroup::Closing,
            TcpReset | HalfClose | Silence => FaultGroup::Tcp,
            WrongAccept | UnofferedExtension | UnofferedSubprotocol => FaultGroup::Handshake,
        }
    }

    /// The name of the rule for frames, or of the requirement of the opening handshake, that the fault breaks. Nothing
    /// where no rule speaks of what happened.
    pub const fn breaks(self) -> Option<&'static str> {
        Some(match self {
            MaskedFrame => "mask-present",
            ReservedOpcode => "reserved-opcode",
            ReservedBit => "reserved-bit",
            FragmentedControl => "control-fragmented",
            LongControl => "control-too-long",
            NonMinimalLength => "length-not-minimal",
            InvalidUtf8 => "text-not-utf8",
            OrphanContinuation => "continuation-unexpected",
            InterleavedMessage => "message-interleaved",
            DeflateBomb => "inflates-too-big",
            BadCloseCode => "close-code-invalid",
            ShortClose => "close-payload-one-byte",
            WrongAccept => "accept",
            UnofferedExtension => "extensions-chosen",
            UnofferedSubprotocol => "protocol-chosen",
            TcpReset | HalfClose | Silence => return None,
        })
    }

    /// The section of RFC 6455 about the fault. For one that breaks no rule, the section that says what it means.
    pub const fn section(self) -> &'static str {
        match self {
            MaskedFrame => "5.1",
            ReservedOpcode | ReservedBit | NonMinimalLength => "5.2",
            FragmentedControl | LongControl => "5.5",
            InvalidUtf8 => "8.1",
            OrphanContinuation | InterleavedMessage => "5.4",
            // A limit is the receiver's own, whether or not the message was compressed.
            DeflateBomb => "10.4",
            BadCloseCode => "7.4.1",
            ShortClose => "5.5.1",
            TcpReset | HalfClose => "7.2.1",
            Silence => "5.5.2",
            WrongAccept | UnofferedExtension | UnofferedSubprotocol => "4.1",
        }
    }
}

impl FaultGroup {
    /// Every group, in the order of [`LabFault::ALL`].
    pub const ALL: [FaultGroup; 5] = [
        FaultGroup::Framing,
        FaultGroup::Messages,
        FaultGroup::Closing,
        FaultGroup::Tcp,
        FaultGroup::Handshake,
    ];
}

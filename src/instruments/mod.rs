//! The interactive views that chapters are made of.

pub mod clock;
pub mod closing;
pub mod composer;
pub mod duo;
pub mod fault_lab;
pub mod frame;
pub mod handshake;
pub mod heartbeat;
pub mod knob;
pub mod messages;

use yew::prelude::*;

/// Everything that a chapter can embed by name: `{{frame-decoder}}` is [`Instrument::FrameDecoder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instrument {
    /// The accept value, derived from the key.
    AcceptKey,
    /// Compressed messages, taken apart.
    DeflateInside,
    /// Close codes, and who may say which.
    CloseCodes,
    /// Two state machines, and the frames between them.
    ClosingHandshake,
    /// The same news by mail and by walkie-talkie.
    Duo,
    /// The server misbehaves, the reader predicts what their browser does, and sees.
    FaultLab,
    /// One frame, bit by bit.
    FrameDecoder,
    /// A request and a response, judged as they are typed.
    HandshakeEditor,
    /// The opening handshake, stepped through.
    HandshakeExchange,
    /// A message cut into fragments.
    MessageCutter,
    /// Text checked byte by byte.
    Utf8Gate,
    /// Real pings and pongs, and a script's own heartbeat.
    HeartbeatLive,
    /// The dead connections that a server carries.
    HeartbeatPopulation,
    /// One silent connection, and who learns of its end.
    HeartbeatTimeline,
    /// Where to begin: the first chapter, or the live wire.
    WaysIn,
}

impl Instrument {
    /// The instrument itself.
    pub fn view(self) -> Html {
        match self {
            Instrument::AcceptKey => html! { <handshake::AcceptKey/> },
            Instrument::DeflateInside => html! { <messages::DeflateInside/> },
            Instrument::CloseCodes => html! { <closing::CloseCodes/> },
            Instrument::ClosingHandshake => html! { <closing::ClosingHandshake/> },
            Instrument::Duo => html! { <duo::Duo/> },
            Instrument::FaultLab => html! { <fault_lab::FaultLab/> },
            Instrument::FrameDecoder => html! { <frame::FrameDesk/> },
            Instrument::HandshakeEditor => html! { <handshake::HandshakeEditor/> },
            Instrument::HandshakeExchange => html! { <handshake::HandshakeExchange/> },
            Instrument::MessageCutter => html! { <messages::MessageCutter/> },
            Instrument::Utf8Gate => html! { <messages::Utf8Gate/> },
            Instrument::HeartbeatLive => html! { <heartbeat::HeartbeatLive/> },
            Instrument::HeartbeatPopulation => html! { <heartbeat::HeartbeatPopulation/> },
            Instrument::HeartbeatTimeline => html! { <heartbeat::HeartbeatTimeline/> },
            Instrument::WaysIn => html! { <duo::WaysIn/> },
        }
    }
}
pub mod timeline;

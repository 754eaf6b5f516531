//! The interactive views that chapters are made of.

pub mod clock;
pub mod duo;
pub mod frame;
pub mod handshake;
pub mod heartbeat;
pub mod knob;

use yew::prelude::*;

/// Everything that a chapter can embed by name: `{{frame-decoder}}` is [`Instrument::FrameDecoder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instrument {
    /// The accept value, derived from the key.
    AcceptKey,
    /// The same news by mail and by walkie-talkie.
    Duo,
    /// One frame, bit by bit.
    FrameDecoder,
    /// A request and a response, judged as they are typed.
    HandshakeEditor,
    /// The opening handshake, stepped through.
    HandshakeExchange,
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
            Instrument::Duo => html! { <duo::Duo/> },
            Instrument::FrameDecoder => html! { <frame::FrameDesk/> },
            Instrument::HandshakeEditor => html! { <handshake::HandshakeEditor/> },
            Instrument::HandshakeExchange => html! { <handshake::HandshakeExchange/> },
            Instrument::HeartbeatLive => html! { <heartbeat::HeartbeatLive/> },
            Instrument::HeartbeatPopulation => html! { <heartbeat::HeartbeatPopulation/> },
            Instrument::HeartbeatTimeline => html! { <heartbeat::HeartbeatTimeline/> },
            Instrument::WaysIn => html! { <duo::WaysIn/> },
        }
    }
}
pub mod timeline;

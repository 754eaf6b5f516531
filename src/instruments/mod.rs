//! The interactive views that chapters are made of.

pub mod duo;
pub mod frame;

use yew::prelude::*;

/// Everything that a chapter can embed by name: `{{frame-decoder}}` is [`Instrument::FrameDecoder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instrument {
    /// The same news by mail and by walkie-talkie.
    Duo,
    /// One frame, bit by bit.
    FrameDecoder,
    /// Where to begin: the first chapter, or the live wire.
    WaysIn,
}

impl Instrument {
    /// The instrument itself.
    pub fn view(self) -> Html {
        match self {
            Instrument::Duo => html! { <duo::Duo/> },
            Instrument::FrameDecoder => html! { <frame::FrameDesk/> },
            Instrument::WaysIn => html! { <duo::WaysIn/> },
        }
    }
}
pub mod timeline;

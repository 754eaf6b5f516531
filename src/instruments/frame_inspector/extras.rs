//! Parts that are fetched when the reader wants them: what can be done with a frame, and the figure of the RFC.

use std::rc::Rc;

use yew::prelude::*;

use super::composer::{Composer, ComposerProps};
use super::copy::CopyMenu;
use super::http_comparison::HttpComparison;
use super::model::{FieldGroup, Reading};
use super::paste::{Paste, PasteProps};
use super::rfc_diagram::rfc_diagram;
use super::send_payload::SendPayload;
use super::sequence::FrameSequence;

/// Shows what becomes of a frame that the reader has asked something of so many times.
type OfFrame = fn(&Rc<FrameSequence>, usize, u32) -> Html;

/// What can be done with a frame, and how the RFC draws it.
#[derive(Clone, Copy)]
pub struct Extras {
    /// Sends the payload down the live wire.
    pub send: OfFrame,
    /// Measures the payload as an HTTP request.
    pub measure: OfFrame,
    /// Copies in one of many forms: a menu that is open.
    pub copy_menu: fn(&Rc<FrameSequence>, Option<&AttrValue>) -> Html,
    /// The figure of the RFC.
    pub figure: fn(&FrameSequence, &Reading, &Callback<FieldGroup>, &Callback<usize>) -> Html,
}

fn send(sequence: &Rc<FrameSequence>, number: usize, presses: u32) -> Html {
    html! { <SendPayload key={number} sequence={sequence.clone()} {number} {presses}/> }
}

fn measure(sequence: &Rc<FrameSequence>, number: usize, presses: u32) -> Html {
    html! { <HttpComparison key={number} sequence={sequence.clone()} {number} {presses}/> }
}

fn copy_menu(sequence: &Rc<FrameSequence>, link: Option<&AttrValue>) -> Html {
    html! { <CopyMenu sequence={sequence.clone()} link={link.cloned()}/> }
}

fn composer(props: ComposerProps) -> Html {
    html! { <Composer ..props/> }
}

fn paste(props: PasteProps) -> Html {
    html! { <Paste ..props/> }
}

crate::split_point!(
    /// What can be done with a frame.
    frame_extras,
    pub fn load_extras() -> Extras {
        Extras {
            send,
            measure,
            copy_menu,
            figure: rfc_diagram,
        }
    }
);

crate::split_point!(
    /// The composer.
    frame_composer,
    pub fn load_composer() -> fn(ComposerProps) -> Html {
        composer
    }
);

crate::split_point!(
    /// The box for bytes.
    frame_paste,
    pub fn load_paste() -> fn(PasteProps) -> Html {
        paste
    }
);

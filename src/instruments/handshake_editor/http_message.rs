//! The box of one HTTP message: a text box over a drawing of the same text, which shows the line ends and marks what was
//! found.

use wire::handshake::{Finding, Requirement};
use yew::prelude::*;

use super::findings::Side;
use super::model::pieces;
use crate::kit::byte_input::typed_text;

/// One message, and what was found in it.
pub struct HttpMessage<'a> {
    /// Who judges it.
    pub side: Side,
    /// Its text, as the text box has it.
    pub text: String,
    /// The same as it goes over the wire.
    pub wire: &'a str,
    /// What was found in it.
    pub findings: &'a [Finding],
    /// Whether it is accepted.
    pub accepted: bool,
    /// What the reader points at.
    pub lit: Option<Requirement>,
}

impl HttpMessage<'_> {
    /// The box.
    pub fn view(self, label: &'static str, on_text: &Callback<String>) -> Html {
        let id = self.side.box_id();
        let on_text = on_text.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            if let Some(text) = typed_text(&event) {
                on_text.emit(text);
            }
        });
        html! {
            <div class="handshake-editor__message">
                <label for={id}>{ label }</label>
                <div class="handshake-editor__paper">
                    <div class="handshake-editor__marks" aria-hidden="true">
                        for piece in pieces(self.wire, self.findings, self.lit) {
                            <span class={classes!(piece.bad.then_some("bad"), piece.lit.then_some("lit"))}>{ with_ends(piece.text) }</span>
                        }
                        // The last line of a drawing needs something in it to be as high as that of a text box.
                        { "\u{200b}" }
                    </div>
                    <textarea {id} spellcheck="false" autocomplete="off" autocapitalize="off" {oninput} value={self.text}
                        aria-invalid={(!self.accepted).then_some("true")} aria-describedby={self.side.verdict_id()}/>
                </div>
            </div>
        }
    }
}

/// The text, with a sign before each line end that takes no room.
fn with_ends(text: &str) -> Html {
    text.split_inclusive('\n')
        .map(
            |line| match (line.strip_suffix("\r\n"), line.strip_suffix('\n')) {
                (Some(line), _) => html! { <>{ line.to_owned() }<i>{ "\\r\\n" }</i>{ "\n" }</> },
                (None, Some(line)) => html! { <>{ line.to_owned() }<i>{ "\\n" }</i>{ "\n" }</> },
                _ => html! { line.to_owned() },
            },
        )
        .collect()
}

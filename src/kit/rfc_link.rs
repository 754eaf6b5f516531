//! A link to the place of an RFC where something is written.

use yew::prelude::*;

/// The RFC of the WebSocket protocol.
const WEBSOCKET: u16 = 6455;

/// A link to a section of RFC 6455: “RFC 6455 §5.2”.
pub fn rfc(section: &str) -> Html {
    rfc_of(WEBSOCKET, section)
}

/// A link to a section of an RFC: “RFC 7692 §7.1”.
pub fn rfc_of(number: u16, section: &str) -> Html {
    rfc_as(
        number,
        section,
        html! { format!("RFC {number} §{section}") },
    )
}

/// The same where RFC 6455 goes without saying: “§5.2”, but “RFC 7692 §7.1”.
pub fn rfc_short(number: u16, section: &str) -> Html {
    if number == WEBSOCKET {
        rfc_section(section)
    } else {
        rfc_of(number, section)
    }
}

/// A link to a section of RFC 6455 without the number of the RFC: “§5.2”.
pub fn rfc_section(section: &str) -> Html {
    rfc_as(WEBSOCKET, section, html! { format!("§{section}") })
}

/// A link to a section of an RFC, in these words.
pub fn rfc_as(number: u16, section: &str, words: Html) -> Html {
    html! { <a class="rfc" href={rfc_address(number, section)} rel="noopener">{ words }</a> }
}

/// The address of a section of an RFC.
pub fn rfc_address(number: u16, section: &str) -> String {
    format!("https://www.rfc-editor.org/rfc/rfc{number}#section-{section}")
}

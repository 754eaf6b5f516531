//! The bytes with their bits, and what the client makes of them.

use yew::prelude::*;

use super::model::ValidationState;
use super::settings::{Carrier, Settings};
use crate::kit::icon::Icon;
use crate::kit::number::{counted, hex_spaced};
use crate::kit::rfc_link::rfc_section;
use crate::kit::wire_text::wire_text;

/// How many of a byte's eight bits say what kind of byte it is. `None` where no byte of UTF-8 begins like that.
fn marker(byte: u8) -> Option<usize> {
    match byte.leading_ones() {
        0 => Some(1),
        ones @ 1..=4 => Some(ones as usize + 1),
        _ => None,
    }
}

/// The bytes, one button for each.
pub fn bytes(
    settings: &Settings,
    step: usize,
    states: &[ValidationState],
    on_step: &Callback<usize>,
) -> Html {
    let last = states.len().saturating_sub(1);
    let text = settings.carrier == Carrier::Text;
    let ends = if text {
        settings.characters(step)
    } else {
        Vec::new()
    };
    let failed = states.get(step).is_some_and(|s| s.failed.is_some());
    let over = step >= last;
    let cells = settings.bytes.iter().enumerate().map(|(at, byte)| {
        let to = at + 1;
        let never = over && at >= last;
        let class = classes!(
            "utf8-validation__byte",
            (at >= step).then_some("utf8-validation__byte--todo"),
            (to == step).then_some("utf8-validation__byte--here"),
            (to == step && failed).then_some("utf8-validation__byte--bad"),
            never.then_some("utf8-validation__byte--never"),
        );
        let bits = format!("{byte:08b}");
        let (kind, value) = bits.split_at(marker(*byte).filter(|_| text).unwrap_or(0));
        let done = ends.iter().find(|(end, _)| *end == to);
        let click = on_step.reform(move |_: MouseEvent| to);
        html! {
            <li>
                <button type="button" {class} onclick={click} aria-current={(to == step).then_some("step")} disabled={never}
                    aria-label={format!("Byte {to}: {byte:02x}{}", if never { ", never read" } else { "" })}>
                    <b>{ format!("{byte:02x}") }</b>
                    <span><i>{ kind }</i>{ value }</span>
                </button>
                <small>
                    if let Some((_, c)) = done {
                        { wire_text(c.encode_utf8(&mut [0; 4])) }{ format!(" U+{:04X}", u32::from(*c)) }
                    }
                </small>
            </li>
        }
    });
    html! {
        <>
            <ol class="utf8-validation__bytes" aria-label="The bytes">{ for cells }</ol>
            if text && !settings.bytes.is_empty() {
                <p class="utf8-validation__hint">{ "The bold bits say what kind of byte it is; the others make up the character." }</p>
            }
        </>
    }
}

/// What the client makes of the bytes so far.
pub fn verdict(settings: &Settings, step: usize, states: &[ValidationState]) -> Html {
    let all = settings.bytes.len();
    let Some(now) = states.get(step) else {
        return Html::default();
    };
    let inner = match (&now.failed, now.done) {
        (Some(violation), _) => {
            let rule = violation.rule;
            html! {
                <div class="verdict bad">
                    <p>{ Icon::Warn.view() }<b>{ format!(" The client fails the connection with {}, {}. ", rule.close_code(), rule.close_code().name()) }</b>{ rfc_section(rule.section()) }</p>
                    <p>{ "It sends " }<code>{ hex_spaced(now.answer.get(..now.answer.len().min(8)).unwrap_or_default()) }{ " …" }</code>{ ": a close frame with that code, masked." }</p>
                </div>
            }
        }
        (None, true) => {
            html! { <div class="verdict"><p>{ Icon::Check.view() }<b>{ " Accepted." }</b></p></div> }
        }
        _ => {
            html! { <div class="verdict open"><p>{ "Nothing wrong so far. " }{ counted((all - step.min(all)) as u64, "byte", "bytes") }{ " to come." }</p></div> }
        }
    };
    let fast = states.len().saturating_sub(1);
    let compare = settings.carrier == Carrier::Text && now.failed.is_some();
    html! {
        <>
            <section class="utf8-validation__verdict" aria-label="The client’s verdict" aria-live="polite">{ inner }</section>
            if compare {
                <dl class="utf8-validation__comparison">
                    <dt>{ "Checked as it comes" }</dt>
                    <dd><span class="utf8-validation__bar"><i style={format!("width: {:.1}%", share(fast, all))}></i></span><b>{ format!("{fast} of {all}") }</b></dd>
                    <dt>{ "Checked at the end" }</dt>
                    <dd><span class="utf8-validation__bar"><i style="width: 100%"></i></span><b>{ format!("{all} of {all}") }</b></dd>
                </dl>
                <p class="utf8-validation__note">{ "Bytes read before the same 1007. The RFC has the connection fail, and leaves open when. Failing early saves reading and holding a message that is lost anyway." }</p>
            }
        </>
    }
}

fn share(part: usize, of: usize) -> f64 {
    100.0 * part as f64 / of.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bits_that_say_what_a_byte_is() {
        for (byte, bits) in [
            (0x41, Some(1)),
            (0x80, Some(2)),
            (0xc3, Some(3)),
            (0xe2, Some(4)),
            (0xf4, Some(5)),
            (0xf8, None),
            (0xff, None),
        ] {
            assert_eq!(marker(byte), bits);
        }
    }
}

//! What can be done with a frame, before it is done: buttons. What they do is fetched when it is wanted.

use std::rc::Rc;

use wire::frame::Opcode;
use yew::prelude::*;

use super::copy;
use super::extras::Extras;
use super::sequence::FrameSequence;
use crate::kit::deferred::Deferred;

/// The largest payload that is sent, in bytes; the echo server takes messages up to 1 MiB.
const MOST: usize = 1 << 20;

/// What the reader asked to be done with one frame.
#[derive(Clone, Default)]
pub struct Asked {
    frame: Option<(Rc<FrameSequence>, usize)>,
    /// How many times it was asked to be sent.
    pub sends: u32,
    /// How many times it was asked to be measured.
    pub measurements: u32,
}

impl Asked {
    /// What was asked of this frame. What was asked of another says nothing of this one.
    pub fn of(&self, sequence: &Rc<FrameSequence>, number: usize) -> Asked {
        let same = self
            .frame
            .as_ref()
            .is_some_and(|(other, n)| Rc::ptr_eq(other, sequence) && *n == number);
        if same {
            return self.clone();
        }
        Asked {
            frame: Some((sequence.clone(), number)),
            ..Asked::default()
        }
    }

    /// Whether anything was asked.
    pub fn anything(&self) -> bool {
        self.sends + self.measurements > 0
    }
}

/// What a page's script can send of a frame: its payload, as text where it is text.
pub fn message(sequence: &FrameSequence, number: usize) -> Result<(bool, Vec<u8>), &'static str> {
    let reading = sequence
        .whole(number)
        .ok_or("The frame is cut off: there is no whole payload to send.")?;
    let payload = reading.payload(&sequence.source, MOST + 1);
    if payload.len() > MOST {
        return Err("The echo server takes messages up to 1 MiB, and this payload is longer.");
    }
    let text = matches!(reading.opcode(), Some(Opcode::Text | Opcode::Continuation));
    Ok((text && std::str::from_utf8(&payload).is_ok(), payload))
}

/// The button that sends the payload down the live wire, and what became of it.
pub fn send_payload(
    (sequence, number): (&Rc<FrameSequence>, usize),
    asked: &Asked,
    extras: &Deferred<Extras>,
    on_ask: &Callback<Asked>,
) -> Html {
    let possible = message(sequence, number);
    let onclick = {
        let asked = Asked {
            sends: asked.sends + 1,
            ..asked.clone()
        };
        on_ask.reform(move |_: MouseEvent| asked.clone())
    };
    let said = match &possible {
        Err(why) => html! { <p>{ *why }</p> },
        Ok((text, _)) if asked.sends == 0 => html! {
            <p>{ format!("Your browser makes a frame of its own from the payload: {}, never fragmented, with a key that it chooses.", if *text { "text" } else { "binary" }) }</p>
        },
        Ok(_) => extras.view("What sends it", |extras| {
            (extras.send)(sequence, number, asked.sends)
        }),
    };
    html! {
        <section class="frame-inspector__send" aria-label="Down the live wire">
            <button type="button" class="btn" {onclick} disabled={possible.is_err()}>{ "Send it down the live wire" }</button>
            <div aria-live="polite">{ said }</div>
        </section>
    }
}

/// The button that measures the payload as an HTTP request, and what was measured; nothing for a frame that is cut off.
pub fn http_comparison(
    (sequence, number): (&Rc<FrameSequence>, usize),
    asked: &Asked,
    extras: &Deferred<Extras>,
    on_ask: &Callback<Asked>,
) -> Html {
    if sequence.whole(number).is_none() {
        return Html::default();
    }
    let onclick = {
        let asked = Asked {
            measurements: asked.measurements + 1,
            ..asked.clone()
        };
        on_ask.reform(move |_: MouseEvent| asked.clone())
    };
    let first = asked.measurements == 0;
    html! {
        <div class="frame-inspector__http" aria-live="polite">
            if first {
                <p class="frame-inspector__note">{ "The same payload as an HTTP request: sent to this server, and counted there." }</p>
            } else {
                { extras.view("What measures it", |extras| (extras.measure)(sequence, number, asked.measurements)) }
            }
            <button type="button" class="btn" {onclick}>{ if first { "Measure as an HTTP POST" } else { "Measure again" } }</button>
        </div>
    }
}

/// The button that opens the menu of forms to copy in.
pub fn copy_menu(
    sequence: &Rc<FrameSequence>,
    link: Option<&AttrValue>,
    wanted: bool,
    extras: &Deferred<Extras>,
    on_open: &Callback<()>,
) -> Html {
    if let (true, Some(extras)) = (wanted, extras.ready()) {
        return (extras.copy_menu)(sequence, link);
    }
    let onclick = on_open.reform(|_: MouseEvent| ());
    let onkeydown = {
        let on_open = on_open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "ArrowDown" | "ArrowUp") {
                event.prevent_default();
                on_open.emit(());
            }
        })
    };
    html! {
        <div class="frame-inspector__copy" {onkeydown}>
            { copy::button(false, onclick) }
            if wanted {
                { extras.view("The menu", |_| Html::default()) }
            }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruments::frame_inspector::presets::Preset;

    fn of(name: &str) -> Result<(bool, Vec<u8>), &'static str> {
        message(
            &FrameSequence::new(Preset::named(name).unwrap().source()),
            0,
        )
    }

    #[test]
    fn a_script_sends_text_or_binary() {
        assert_eq!(of("hello"), Ok((true, b"Hello".to_vec())));
        assert_eq!(of("ping"), Ok((false, b"Hello".to_vec())));
        assert_eq!(of("utf8"), Ok((false, b"caf\xe9".to_vec())));
        assert!(of("mebibyte").is_ok());
    }
}

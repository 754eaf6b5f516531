//! The composer: every field of a frame set by hand, and what both ends make of it.

use web_sys::HtmlSelectElement;
use wire::Role;
use wire::frame::{LengthForm, Opcode};
use yew::prelude::*;

use super::draft::{Built, Draft, Field, Kind};
use super::model::{FieldGroup, Source};
use super::sequence::FrameSequence;
use super::verdict;
use crate::kit::browser;
use crate::kit::byte_input::typed_text;
use crate::kit::choice::segmented;
use crate::kit::number::{counted, hex};

/// The forms of a length, in the order of their buttons.
const FORMS: [Option<LengthForm>; 4] = [
    None,
    Some(LengthForm::Bits7),
    Some(LengthForm::Bits16),
    Some(LengthForm::Bits64),
];
/// The ways to write a payload, in the order of their buttons.
const KINDS: [Kind; 3] = [Kind::Text, Kind::Bytes, Kind::Close];

/// Properties of [`Composer`].
#[derive(Properties, PartialEq)]
pub struct ComposerProps {
    /// What is being composed.
    pub draft: Draft,
    /// Whether permessage-deflate was agreed on.
    pub deflate: bool,
    /// The reader changes something.
    pub on_change: Callback<Draft>,
    /// The reader says what was agreed on.
    pub on_deflate: Callback<bool>,
}

/// The fields, and the verdict of both ends side by side.
#[component]
pub fn Composer(props: &ComposerProps) -> Html {
    let ComposerProps {
        draft, on_change, ..
    } = props;
    let built = draft.build();
    let change = |change: fn(&mut Draft)| {
        let (draft, on_change) = (draft.clone(), on_change.clone());
        Callback::from(move |_: MouseEvent| {
            let mut draft = draft.clone();
            change(&mut draft);
            on_change.emit(draft);
        })
    };
    let write = |change: fn(&mut Draft, String)| {
        let (draft, on_change) = (draft.clone(), on_change.clone());
        Callback::from(move |event: InputEvent| {
            let mut draft = draft.clone();
            if let Some(text) = typed_text(&event) {
                change(&mut draft, text);
                on_change.emit(draft);
            }
        })
    };
    let bit = |group: FieldGroup, name: &'static str, on: bool, flip: fn(&mut Draft)| {
        html! {
            <button type="button" class={classes!("frame-composer__bit", group.class())} onclick={change(flip)} aria-pressed={on.to_string()}>
                <span>{ name }</span>{ " " }<b>{ if on { "1" } else { "0" } }</b>
            </button>
        }
    };
    let opcode = {
        let (draft, on_change) = (draft.clone(), on_change.clone());
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            if let Some(bits) = select.and_then(|s| s.value().parse::<u8>().ok()) {
                on_change.emit(with_opcode(&draft, bits));
            }
        })
    };
    let on_form = {
        let draft = draft.clone();
        on_change.reform(move |i: usize| Draft {
            form: FORMS[i],
            ..draft.clone()
        })
    };
    let form = FORMS.iter().position(|form| *form == draft.form);
    let random = {
        let (draft, on_change) = (draft.clone(), on_change.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(key) = browser::random::<4>() {
                on_change.emit(Draft {
                    key: hex(&key),
                    ..draft.clone()
                });
            }
        })
    };
    let deflate = {
        let on = !props.deflate;
        props.on_deflate.reform(move |_: MouseEvent| on)
    };
    html! {
        <section id="composer" class="frame-composer" aria-label="Composer">
            <div class="frame-composer__bits" role="group" aria-label="Bits of the header">
                { bit(FieldGroup::Fin, "FIN", draft.fin, |d| d.fin = !d.fin) }
                { bit(FieldGroup::Rsv, "RSV1", draft.rsv[0], |d| d.rsv[0] = !d.rsv[0]) }
                { bit(FieldGroup::Rsv, "RSV2", draft.rsv[1], |d| d.rsv[1] = !d.rsv[1]) }
                { bit(FieldGroup::Rsv, "RSV3", draft.rsv[2], |d| d.rsv[2] = !d.rsv[2]) }
                <label class="frame-composer__opcode opcode"><span>{ "opcode" }</span>
                    <select class="input mono" onchange={opcode}>
                        { for (0..16u8).map(|bits| html! {
                            <option value={bits.to_string()} selected={bits == draft.opcode}>{ format!("0x{bits:X} {}", Opcode::from_bits(bits)) }</option>
                        }) }
                    </select>
                </label>
                { bit(FieldGroup::Mask, "MASK", draft.mask, |d| d.mask = !d.mask) }
                <button type="button" class="frame-composer__bit" onclick={deflate} aria-pressed={props.deflate.to_string()}>
                    <span>{ "permessage-deflate agreed" }</span>{ " " }<b>{ if props.deflate { "yes" } else { "no" } }</b>
                </button>
            </div>
            <div class="frame-composer__row">
                <div class="field len"><span aria-hidden="true">{ "Length written in, bits" }</span>
                    { segmented("Length written in, bits", "", &["shortest", "7", "16", "64"], form, &on_form) }
                </div>
                <label class="field len frame-composer__length"><span>{ "Length announced" }</span>
                    <input class="input mono" type="text" autocomplete="off" spellcheck="false" placeholder="as long as it is" value={draft.length.clone()}
                        oninput={write(|d, v| d.length = v)} aria-invalid={invalid(&built, Field::Length)} aria-describedby="composer-problems"/>
                </label>
                if draft.mask {
                    <label class="field key frame-composer__key"><span>{ "Masking key" }</span>
                        <input class="input mono" type="text" autocomplete="off" spellcheck="false" value={draft.key.clone()}
                            oninput={write(|d, v| d.key = v)} aria-invalid={invalid(&built, Field::Key)} aria-describedby="composer-problems"/>
                    </label>
                    <button type="button" class="btn frame-composer__random" onclick={random}>{ "Random key" }</button>
                }
            </div>
            { payload(draft, &built, &write, on_change) }
            <div id="composer-problems" role="status">
                { for built.problems.iter().map(|(_, why)| html! { <p class="error">{ why }</p> }) }
                if let Some(note) = &built.note { <p class="frame-composer__note">{ note }</p> }
            </div>
            <div class="frame-composer__verdicts">
                { both(&built, props.deflate, Role::Client) }
                { both(&built, props.deflate, Role::Server) }
            </div>
        </section>
    }
}

/// The draft with another opcode. A close frame is written as code and reason, all others are not, unless the reader has
/// said otherwise.
fn with_opcode(draft: &Draft, bits: u8) -> Draft {
    let kind = match (draft.kind, bits) {
        (Kind::Text, 8) => Kind::Close,
        (Kind::Close, bits) if bits != 8 => Kind::Text,
        (kind, _) => kind,
    };
    Draft {
        opcode: bits,
        kind,
        ..draft.clone()
    }
}

fn invalid(built: &Built, field: Field) -> Option<&'static str> {
    let wrong = built.problems.iter().any(|(f, _)| *f == field);
    wrong.then_some("true")
}

type Change = fn(&mut Draft, String);

fn payload(
    draft: &Draft,
    built: &Built,
    write: &impl Fn(Change) -> Callback<InputEvent>,
    on_change: &Callback<Draft>,
) -> Html {
    let on_kind = {
        let draft = draft.clone();
        on_change.reform(move |i: usize| Draft {
            kind: KINDS[i],
            ..draft.clone()
        })
    };
    let kind = KINDS.iter().position(|kind| *kind == draft.kind);
    let bad = invalid(built, Field::Payload);
    let area = |label: &'static str, value: &str, change: Change| {
        html! {
            <textarea class="input" rows="2" aria-label={label} spellcheck="false" autocomplete="off" autocapitalize="off"
                value={value.to_owned()} oninput={write(change)} aria-invalid={bad} aria-describedby="composer-problems"/>
        }
    };
    html! {
        <div class="frame-composer__payload payload">
            <div class="frame-composer__payload-head">
                <span aria-hidden="true">{ "Payload" }</span>
                { segmented("Payload", "", &["Text", "Hex", "Close code"], kind, &on_kind) }
            </div>
            { match draft.kind {
                Kind::Text => area("Payload as text", &draft.text, |d, v| d.text = v),
                Kind::Bytes => area("Payload in hexadecimal", &draft.hex, |d, v| d.hex = v),
                Kind::Close => html! {
                    <div class="frame-composer__close">
                        <label class="field"><span>{ "Close code" }</span>
                            <input class="input mono" type="text" inputmode="numeric" autocomplete="off" value={draft.code.clone()}
                                oninput={write(|d, v| d.code = v)} aria-invalid={bad} aria-describedby="composer-problems"/>
                        </label>
                        <label class="field"><span>{ "Reason" }</span>
                            <input class="input" type="text" autocomplete="off" value={draft.reason.clone()} oninput={write(|d, v| d.reason = v)}/>
                        </label>
                    </div>
                },
            } }
        </div>
    }
}

/// What the other end makes of it when this end has sent it.
fn both(built: &Built, deflate: bool, from: Role) -> Html {
    let sequence = FrameSequence::new(Source {
        bytes: built.bytes.clone(),
        from,
        deflate,
    });
    // Of the first frame alone: what may be left over belongs to the next.
    let Some(reading) = sequence.read(sequence.last_of(0)) else {
        return Html::default();
    };
    let over = sequence.source.bytes.len() - reading.frame.end;
    let (who, class) = match from {
        Role::Client => ("Sent by a client", "from-client"),
        Role::Server => ("Sent by a server", "from-server"),
    };
    html! {
        <section class={class} aria-label={who}>
            <h2 class="eyebrow">{ who }</h2>
            { verdict::compact(&sequence, &reading) }
            if over > 0 {
                <p class="frame-composer__note">{ format!("Then {} left over.", counted(over as u64, "byte is", "bytes are")) }</p>
            }
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_close_frame_is_written_as_code_and_reason() {
        let close = with_opcode(&Draft::default(), 8);
        assert_eq!((close.kind, close.opcode), (Kind::Close, 8));
        assert_eq!(with_opcode(&close, 1).kind, Kind::Text);
        let bytes = Draft {
            kind: Kind::Bytes,
            ..Draft::default()
        };
        assert_eq!(with_opcode(&bytes, 8).kind, Kind::Bytes);
    }
}

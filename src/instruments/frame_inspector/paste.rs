//! Bytes of the reader's own: pasted in any form, or from a file.

use std::cell::RefCell;
use std::rc::Rc;

use notation::{Form, Text, read, read_as};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FileList, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use wire::walk::frame_ranges;
use yew::prelude::*;

use super::model::Source;
use crate::kit::number::{counted, hex_spaced};
use crate::kit::settings::MAX_LINK_BYTES;

/// The most that is taken, in bytes: 16 MiB.
pub const MAX_BYTES: usize = 16 << 20;
/// A text up to this length is read as it is typed, in bytes; a longer one when it is asked for.
const LIVE: usize = 256 << 10;

/// What a text was understood as, for a line below it.
fn understood(text: &Text) -> String {
    let frames = frame_ranges(&text.bytes).count() as u64;
    let bytes = text.bytes.len() as u64;
    format!(
        "Read as {}: {}, {}.",
        text.name(),
        counted(frames, "frame", "frames"),
        counted(bytes, "byte", "bytes")
    )
}

/// What to say of bytes that begin like a whole packet, with the headers that lie below a WebSocket.
fn packet(bytes: &[u8]) -> Option<&'static str> {
    let ip = |at: usize| {
        let first = bytes.get(at).is_some_and(|b| *b == 0x45);
        first && bytes.get(at + 9).is_some_and(|protocol| *protocol == 6)
    };
    let ethernet = bytes.get(12..14) == Some(&[0x08, 0x00]) && ip(14);
    // Linux writes 16 bytes before it, BSD and macOS 4 on the loopback.
    (ethernet || ip(0) || ip(4) || ip(16)).then_some(
        "This begins like a whole packet, with IP and TCP headers. In Wireshark choose the WebSocket part below, then copy that alone.",
    )
}

fn parse(text: &str, form: Option<Form>) -> Result<Text, String> {
    match form {
        Some(form) => read_as(text, form, MAX_BYTES),
        None => read(text, MAX_BYTES),
    }
    .map_err(|error| error.to_string())
}

/// Properties of [`Paste`].
#[derive(Properties, PartialEq)]
pub struct PasteProps {
    /// What is shown now; its bytes stand in the box to begin with.
    pub source: Source,
    /// Other bytes are to be shown.
    pub show: Callback<Source>,
    /// What was typed and not decoded when the box was closed.
    pub kept: Rc<RefCell<Option<AttrValue>>>,
}

/// A box for bytes. What was typed stays there, whatever is wrong with it.
#[component]
pub fn Paste(props: &PasteProps) -> Html {
    let text = use_state(|| {
        let bytes = &props.source.bytes;
        props.kept.borrow().clone().unwrap_or_else(|| {
            AttrValue::from(hex_spaced(&bytes[..bytes.len().min(MAX_LINK_BYTES)]))
        })
    });
    let form = use_state(|| None::<Form>);
    let problem = use_state(|| None::<String>);
    let over = use_state(|| false);
    let field = use_node_ref();
    {
        let field = field.clone();
        use_effect_with((), move |()| {
            if let Some(field) = field.cast::<HtmlTextAreaElement>() {
                // A field that cannot take the focus is still there to be clicked.
                let _ = field.focus();
                field.select();
            }
        });
    }
    let found = use_memo(((*text).clone(), *form), |(text, form)| {
        let short = text.len() <= LIVE;
        let text = short.then(|| parse(text, *form).ok()).flatten()?;
        Some((understood(&text), packet(&text.bytes), text.alternatives))
    });
    let oninput = {
        let (text, problem, kept) = (text.clone(), problem.clone(), props.kept.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlTextAreaElement>().ok())
            {
                let typed = AttrValue::from(field.value());
                kept.replace(Some(typed.clone()));
                text.set(typed);
                problem.set(None);
            }
        })
    };
    let decode = {
        let (text, form, problem) = (text.clone(), form.clone(), problem.clone());
        let (source, show, kept) = (props.source.clone(), props.show.clone(), props.kept.clone());
        move || match parse(&text, *form) {
            Ok(text) => {
                kept.replace(None);
                problem.set(None);
                show.emit(source.taken(text.bytes.into()));
            }
            Err(why) => problem.set(Some(why)),
        }
    };
    let onsubmit = {
        let decode = decode.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            decode();
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            decode();
        }
    });
    let choose = {
        let (form, problem) = (form.clone(), problem.clone());
        Callback::from(move |to: Option<Form>| {
            form.set(to);
            problem.set(None);
        })
    };
    let onchange = choose.reform(|event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>()?;
        Form::ALL
            .into_iter()
            .find(|form| form.name() == select.value())
    });
    let take = {
        let (text, form, problem) = (text.setter(), form.setter(), problem.setter());
        let (source, show) = (props.source.clone(), props.show.clone());
        Callback::from(move |file: File| {
            let (text, form, problem) = (text.clone(), form.clone(), problem.clone());
            let (source, show) = (source.clone(), show.clone());
            spawn_local(async move {
                match contents(&file).await {
                    Ok(bytes) => {
                        problem.set(None);
                        let bytes = match written(&bytes) {
                            Some((words, read)) => {
                                text.set(words.to_owned().into());
                                form.set(None);
                                read.bytes
                            }
                            None => bytes,
                        };
                        show.emit(source.taken(bytes.into()));
                    }
                    Err(why) => problem.set(Some(why)),
                }
            });
        })
    };
    let onfile = {
        let take = take.clone();
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
                return;
            };
            if let Some(file) = first(input.files()) {
                take.emit(file);
            }
            // The same file can be chosen again after it has changed.
            input.set_value("");
        })
    };
    let ondragover = {
        let over = over.clone();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(true);
        })
    };
    let ondragleave = {
        let over = over.clone();
        Callback::from(move |_: DragEvent| over.set(false))
    };
    let ondrop = {
        let over = over.clone();
        Callback::from(move |event: DragEvent| {
            over.set(false);
            let dropped = event.data_transfer().and_then(|data| first(data.files()));
            // Text that is dropped goes into the box by itself.
            if let Some(file) = dropped {
                event.prevent_default();
                take.emit(file);
            }
        })
    };
    html! {
        <form id="paste" class={classes!("frame-inspector__paste", over.then_some("over"))} {onsubmit} {ondragover} {ondragleave} {ondrop}>
            <label for="paste-hex">{ "Bytes in hexadecimal, base64, a list, a string or a dump; one frame or several" }</label>
            <textarea id="paste-hex" class="input" rows="4" spellcheck="false" autocomplete="off" autocapitalize="off" ref={field} {oninput} {onkeydown}
                value={(*text).clone()} aria-invalid={problem.is_some().then_some("true")} aria-describedby="paste-problem paste-read"/>
            <p id="paste-problem" class="error" role="alert">{ problem.as_deref().unwrap_or_default() }</p>
            <p id="paste-read" class="frame-inspector__paste-read" role="status">
                if let Some((said, packet, alternatives)) = found.as_ref() {
                    { said }
                    { for alternatives.iter().map(|other| {
                        let (onclick, to) = (choose.clone(), *other);
                        let onclick = onclick.reform(move |_: MouseEvent| Some(to));
                        html! { <>{ " It could be something else too. " }<button type="button" class="chip" {onclick}>{ format!("Read as {}", other.name()) }</button></> }
                    }) }
                    if let Some(packet) = packet { { " " }{ *packet } }
                }
            </p>
            <div class="frame-inspector__paste-ways">
                <button type="submit" class="btn primary">{ "Decode" }</button>
                <label class="frame-inspector__paste-as"><span>{ "Read as" }</span>
                    <select class="input" {onchange}>
                        <option value="" selected={form.is_none()}>{ "what it looks like" }</option>
                        { for Form::ALL.into_iter().map(|f| html! { <option value={f.name()} selected={*form == Some(f)}>{ f.name() }</option> }) }
                    </select>
                </label>
                <label class="btn frame-inspector__paste-file">{ "Open a file" }<input type="file" class="visually-hidden" onchange={onfile}/></label>
                <span class="frame-inspector__paste-hint">{ "or drop one here, up to 16 MiB" }</span>
            </div>
        </form>
    }
}

fn first(files: Option<FileList>) -> Option<File> {
    files?.item(0)
}

async fn contents(file: &File) -> Result<Vec<u8>, String> {
    let name = file.name();
    if file.size() > MAX_BYTES as f64 {
        return Err(format!(
            "{name} has {}, and this page takes up to 16 MiB. Cut a piece out of it.",
            counted(file.size() as u64, "byte", "bytes")
        ));
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| format!("{name} could not be read. Is it still there?"))?;
    let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
    if bytes.is_empty() {
        return Err(format!("{name} is empty: there are no bytes to decode."));
    }
    Ok(bytes)
}

/// The text of a file that holds bytes as people write them, such as a saved dump, and what it says.
fn written(bytes: &[u8]) -> Option<(&str, Text)> {
    if bytes.len() > LIVE {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    Some((text, read(text, MAX_BYTES).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_understood_is_said() {
        let dump = parse("0000   81 05 48 65 6c 6c 6f 89 00   ..Hello..", None).unwrap();
        assert_eq!(
            understood(&dump),
            "Read as a Wireshark hex dump: 2 frames, 9 bytes."
        );
        let asked = parse("8105", Some(Form::Base64)).unwrap();
        assert_eq!(understood(&asked), "Read as base64: 1 frame, 3 bytes.");
    }

    #[test]
    fn a_whole_packet_is_recognised() {
        let mut bytes = vec![0u8; 60];
        assert_eq!(packet(&bytes), None);
        bytes[12] = 0x08;
        bytes[14] = 0x45;
        bytes[23] = 6;
        assert!(packet(&bytes).is_some());
        assert_eq!(packet(&[0x81, 0x85, 0x45]), None);
    }

    #[test]
    fn a_file_may_hold_bytes_or_a_dump_of_them() {
        assert_eq!(written(b"00000000: 8900  ..\n").unwrap().1.bytes, [0x89, 0]);
        assert!(written(&[0x81, 0xff]).is_none());
        assert!(written(b"What is this?").is_none());
    }
}

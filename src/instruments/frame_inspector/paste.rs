//! Bytes of the reader's own: pasted in any form, or from a file.

use std::cell::RefCell;
use std::rc::Rc;

use notation::{Form, Reading, read, read_as};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    ClipboardEvent, DataTransfer, File, FileList, HtmlInputElement, HtmlSelectElement,
    HtmlTextAreaElement,
};
use wire::walk::frame_ranges;
use yew::prelude::*;

use super::long_paste::{Content, LongPaste, load_long, shown_of};
use super::model::Source;
use super::sequence::FrameSequence;
use super::slices::AT_ONCE;
use crate::kit::browser::spliced;
use crate::kit::number::{counted, hex_spaced};
use crate::kit::settings::MAX_LINK_BYTES;
use crate::kit::slices::Work;

/// The most that is taken, in bytes: 16 MiB.
pub const MAX_BYTES: usize = 16 << 20;
/// What a text was understood as, for a line below it.
fn understood(text: &Reading) -> String {
    let frames = frame_ranges(&text.bytes).count();
    let said = found(text.name(), frames, text.bytes.len());
    match text.streams.is_empty() {
        true => said,
        false => said + OF_ONE_SIDE,
    }
}

/// What is said of a listing of both directions.
const OF_ONE_SIDE: &str = " They are what the client sent, of both directions; Inspect shows both.";

/// What one side sent, of a listing of both directions: frames of two senders are no chain.
pub fn one_side(mut text: Reading) -> Reading {
    if let Some(client) = text.streams.first() {
        text.bytes = client.bytes.clone();
    }
    text
}

/// So many bytes in so many frames, and how they are written.
pub fn found(name: &str, frames: usize, bytes: usize) -> String {
    let (frames, bytes) = (frames as u64, bytes as u64);
    format!(
        "Read as {name}: {}, {}.",
        counted(frames, "frame", "frames"),
        counted(bytes, "byte", "bytes")
    )
}

fn parse(text: &str, form: Option<Form>) -> Result<Reading, String> {
    let reading = match form {
        Some(form) => read_as(text, form, MAX_BYTES),
        None => read(text, MAX_BYTES),
    };
    reading.map(one_side).map_err(|error| error.to_string())
}

/// Properties of [`Paste`].
#[derive(Properties, PartialEq)]
pub struct PasteProps {
    /// What is shown now; its bytes stand in the box to begin with.
    pub source: Source,
    /// Other frames are to be shown.
    pub show: Callback<Rc<FrameSequence>>,
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
    let work = use_mut_ref(Work::default);
    let progress = use_state(|| None::<f64>);
    let read_long = use_state(|| None::<Rc<LongPaste>>);
    // Whether what is being read is to be shown as soon as it is.
    let wanted = use_mut_ref(|| false);
    let long = text.len() > AT_ONCE;
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
    {
        let work = work.clone();
        use_effect_with((), move |()| move || work.borrow().cancel());
    }
    let stop = {
        let (work, progress, read_long) = (work.clone(), progress.setter(), read_long.setter());
        let wanted = wanted.clone();
        Callback::from(move |()| {
            work.borrow().cancel();
            wanted.replace(false);
            progress.set(None);
            read_long.set(None);
        })
    };
    let begin = {
        let (progress, read_long, problem) =
            (progress.setter(), read_long.setter(), problem.setter());
        let (source, show, kept) = (props.source.clone(), props.show.clone(), props.kept.clone());
        let wanted = wanted.clone();
        Callback::from(move |(content, form): (Content, Option<Form>)| {
            let now = Work::default();
            work.replace(now.clone()).cancel();
            progress.set(Some(0.0));
            read_long.set(None);
            let (progress, read_long, problem) =
                (progress.clone(), read_long.clone(), problem.clone());
            let (source, show, kept) = (source.clone(), show.clone(), kept.clone());
            let wanted = wanted.clone();
            spawn_local(async move {
                let on_progress = {
                    let progress = progress.clone();
                    Box::new(move |done| progress.set(Some(done)))
                };
                let read = match load_long().await {
                    Ok(read) => read(now, content, form, source, on_progress).await,
                    Err(why) => Some(Err(why.to_string())),
                };
                let Some(read) = read else { return };
                progress.set(None);
                let wanted = wanted.replace(false);
                match read {
                    Ok(long) => {
                        if wanted {
                            kept.replace(None);
                            show.emit(long.sequence.clone());
                        }
                        read_long.set(Some(Rc::new(long)));
                    }
                    // Like a slip in a short text: said once the bytes are asked for.
                    Err(why) if wanted => problem.set(Some(why)),
                    Err(_) => {}
                }
            });
        })
    };
    // Another text stands in the box.
    let typed = {
        let (text, form, problem) = (text.setter(), form.clone(), problem.setter());
        let (stop, begin, kept) = (stop.clone(), begin.clone(), props.kept.clone());
        Callback::from(move |typed: String| {
            let typed = AttrValue::from(typed);
            kept.replace(Some(typed.clone()));
            stop.emit(());
            if typed.len() > AT_ONCE {
                begin.emit((Content::Text(typed.clone()), *form));
            }
            text.set(typed);
            problem.set(None);
        })
    };
    // Megabytes never reach the field: a browser takes seconds to lay them out.
    let take_long = {
        let (field, typed) = (field.clone(), typed.clone());
        Callback::<Option<DataTransfer>, bool>::from(move |data: Option<DataTransfer>| {
            let text = data.and_then(|data| data.get_data("text/plain").ok());
            let field = field.cast::<HtmlTextAreaElement>();
            let (Some(text), Some(field)) = (text.filter(|t| t.len() > AT_ONCE), field) else {
                return false;
            };
            // Of a long text only the beginning stands there: another one takes its place.
            typed.emit(if long { text } else { spliced(&field, text) });
            true
        })
    };
    let onpaste = {
        let take_long = take_long.clone();
        Callback::from(move |event: Event| {
            let data = event.dyn_ref::<ClipboardEvent>();
            if take_long.emit(data.and_then(ClipboardEvent::clipboard_data)) {
                event.prevent_default();
            }
        })
    };
    // Megabytes are not compared with each other at every step of the progress.
    let short = Some((*text).clone()).filter(|_| !long);
    let found = use_memo((short, *form), |(text, form)| {
        let text = parse(text.as_ref()?, *form).ok()?;
        Some((understood(&text), text.alternatives))
    });
    let oninput = typed.reform(|event: InputEvent| {
        let field = event.target_dyn_into::<HtmlTextAreaElement>();
        field.map(|field| field.value()).unwrap_or_default()
    });
    let decode = {
        let (text, form, problem) = (text.clone(), form.clone(), problem.clone());
        let (source, show, kept) = (props.source.clone(), props.show.clone(), props.kept.clone());
        let (read_long, begin, wanted) = (read_long.clone(), begin.clone(), wanted.clone());
        let reading = progress.is_some();
        move || {
            if long {
                match &*read_long {
                    Some(read) => {
                        kept.replace(None);
                        show.emit(read.sequence.clone());
                    }
                    None => {
                        wanted.replace(true);
                        if !reading {
                            begin.emit((Content::Text((*text).clone()), *form));
                        }
                    }
                }
                return;
            }
            match parse(&text, *form) {
                Ok(text) => {
                    kept.replace(None);
                    problem.set(None);
                    let source = source.taken(text.bytes.into());
                    show.emit(Rc::new(FrameSequence::new(source)));
                }
                Err(why) => problem.set(Some(why)),
            }
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
        let (text, form, problem) = (text.clone(), form.clone(), problem.clone());
        let (stop, begin) = (stop.clone(), begin.clone());
        Callback::from(move |to: Option<Form>| {
            form.set(to);
            problem.set(None);
            if long {
                stop.emit(());
                begin.emit((Content::Text((*text).clone()), to));
            }
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
        let (source, show, begin) = (props.source.clone(), props.show.clone(), begin.clone());
        let (stop, wanted) = (stop.clone(), wanted.clone());
        Callback::from(move |file: File| {
            let (text, form, problem) = (text.clone(), form.clone(), problem.clone());
            let (source, show, begin) = (source.clone(), show.clone(), begin.clone());
            let (stop, wanted) = (stop.clone(), wanted.clone());
            spawn_local(async move {
                match contents(&file).await {
                    Ok(bytes) => {
                        stop.emit(());
                        problem.set(None);
                        if bytes.len() > AT_ONCE {
                            wanted.replace(true);
                            begin.emit((Content::Bytes(bytes.into()), None));
                            return;
                        }
                        let bytes = match written(&bytes) {
                            Some((words, read)) => {
                                text.set(words.to_owned().into());
                                form.set(None);
                                read.bytes
                            }
                            None => bytes,
                        };
                        let source = source.taken(bytes.into());
                        show.emit(Rc::new(FrameSequence::new(source)));
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
            // Text that is dropped goes into the box by itself, if it is not too much.
            if let Some(file) = dropped {
                event.prevent_default();
                take.emit(file);
            } else if take_long.emit(event.data_transfer()) {
                event.prevent_default();
            }
        })
    };
    let found = found.as_ref().as_ref().map(|(said, other)| (said, other));
    let found_long = read_long.as_ref().filter(|_| long);
    let found = found.or(found_long.map(|read| (&read.said, &read.alternatives)));
    let empty = typed.reform(|_: MouseEvent| String::new());
    let value = if long {
        shown_of(&text)
    } else {
        (*text).clone()
    };
    html! {
        <form id="paste" class={classes!("frame-inspector__paste", over.then_some("over"))} {onsubmit} {ondragover} {ondragleave} {ondrop}>
            <label for="paste-hex">{ "Bytes in hexadecimal, base64, a list, a string or a dump; one frame or several" }</label>
            <textarea id="paste-hex" class="input" rows="4" spellcheck="false" autocomplete="off" autocapitalize="off" ref={field} {oninput} {onkeydown} {onpaste}
                {value} readonly={long} aria-invalid={problem.is_some().then_some("true")} aria-describedby="paste-problem paste-read"/>
            if long {
                <p class="frame-inspector__paste-read">
                    { format!("{} are kept as they were pasted; only their beginning is shown. ", counted(text.len() as u64, "byte of text", "bytes of text")) }
                    <button type="button" class="chip" onclick={empty}>{ "Empty the box" }</button>
                </p>
            }
            if let Some(done) = *progress {
                <div class="frame-inspector__progress">
                    <label for="paste-progress">{ "Reading" }</label>
                    <progress id="paste-progress" max="100" value={format!("{:.0}", done * 100.0)}/>
                    <button type="button" class="btn" onclick={stop.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                </div>
            }
            <p id="paste-problem" class="error" role="alert">{ problem.as_deref().unwrap_or_default() }</p>
            <p id="paste-read" class="frame-inspector__paste-read" role="status">
                if let Some((said, alternatives)) = found {
                    { said }
                    { for alternatives.iter().map(|other| {
                        let (onclick, to) = (choose.clone(), *other);
                        let onclick = onclick.reform(move |_: MouseEvent| Some(to));
                        html! { <>{ " It could be something else too. " }<button type="button" class="chip" {onclick}>{ format!("Read as {}", other.name()) }</button></> }
                    }) }
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
fn written(bytes: &[u8]) -> Option<(&str, Reading)> {
    if bytes.len() > AT_ONCE {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    Some((text, parse(text, None).ok()?))
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
        let both = parse("> 81 80 00 00 00 00\n< 81 00\n< 89 00", None).unwrap();
        assert_eq!(both.bytes, [0x81, 0x80, 0, 0, 0, 0]);
        assert!(understood(&both).ends_with("Inspect shows both."));
    }

    #[test]
    fn a_file_may_hold_bytes_or_a_dump_of_them() {
        assert_eq!(written(b"00000000: 8900  ..\n").unwrap().1.bytes, [0x89, 0]);
        assert!(written(&[0x81, 0xff]).is_none());
        assert!(written(b"What is this?").is_none());
    }
}

//! One door for whatever somebody has in the clipboard: bytes in any form, a handshake, an error text, a close code.

mod frames;
mod long;
mod model;
mod settings;
mod view;

pub mod errors;

use std::rc::Rc;

use notation::Form;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ClipboardEvent, File, FileList, HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::kit::browser::spliced;
use crate::kit::deferred::use_deferred;
use crate::kit::handed::{self, Handed};
use crate::kit::panel::Panel;
use crate::kit::secrets;
use crate::kit::settings::MAX_LINK_BYTES;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::url_state::{Reveal, use_on_navigate, use_reveal, use_url_state};
use crate::split_point;
use long::{Beside, use_beside};
use model::Found;
use settings::Settings;

/// The name of the instrument.
const NAME: &str = "inspector";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<settings::Settings>(NAME);

/// The id of the box.
const BOX: &str = "inspector-text";
/// The most of a text that the box shows, in bytes.
const SHOWN: usize = 64 << 10;

/// Things to try, each with what it is.
const EXAMPLES: [(&str, &str); 6] = [
    ("a Node Buffer", "<Buffer 81 85 37 fa 21 3d 7f 9f 4d 51 58>"),
    ("a close code", "1006"),
    (
        "an error text",
        "Error during WebSocket handshake: Unexpected response code: 502",
    ),
    (
        "bytes that are not a frame",
        "48 54 54 50 2f 31 2e 31 20 34 30 30 20 42 61 64 20 52 65 71 75 65 73 74 0d 0a 0d 0a",
    ),
    ("a close frame gone wrong", "[]byte{0x88, 0x02, 0xe8, 0x03}"),
    (
        "what curl shows",
        "> GET /chat HTTP/1.1\n> Host: example.com\n> Connection: Upgrade\n> Upgrade: websocket\n> Sec-WebSocket-Version: 13\n> Sec-WebSocket-Key: MTIzNDU2Nzg5MDEy\n> \n< HTTP/1.1 400 Bad Request\n< Content-Length: 0\n",
    ),
];

/// What is being looked at.
#[derive(Clone)]
enum Looked {
    /// A text, in the form that it seems to have or in one that was asked for.
    Text(Rc<str>, Option<Form>),
    /// A file, by its name.
    File(Rc<str>, Rc<[u8]>),
}

/// The same text, not one like it: megabytes are not compared with each other.
impl PartialEq for Looked {
    fn eq(&self, other: &Looked) -> bool {
        match (self, other) {
            (Looked::Text(a, form), Looked::Text(b, other)) => Rc::ptr_eq(a, b) && form == other,
            (Looked::File(_, a), Looked::File(_, b)) => Rc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Looked {
    /// Whether it takes so long to read that the page would stand still.
    fn is_long(&self) -> bool {
        /// In bytes.
        const LONG: usize = 256 << 10;
        let bytes = match self {
            Looked::Text(text, _) => text.len(),
            Looked::File(_, bytes) => bytes.len(),
        };
        bytes > LONG
    }
}

/// What reads and judges.
#[derive(Clone, Copy)]
struct Reader {
    /// Reads what is looked at, and draws what was found.
    read: fn(&Looked, &Callback<Form>) -> Html,
    /// What the program beside the page is told to read.
    task: fn(&Looked) -> Vec<u8>,
    /// Draws what that program has found.
    draw: fn(&Looked, &[u8], &Callback<Form>) -> Html,
}

split_point!(
    /// Reads and judges. The box works without it; it is fetched with the first text.
    inspector_reader,
    fn load_reader() -> Reader {
        Reader {
            read,
            task: long::task,
            draw: long::draw,
        }
    }
);

fn read(looked: &Looked, on_form: &Callback<Form>) -> Html {
    let found = match looked {
        Looked::Text(text, None) => model::inspect(text),
        Looked::Text(text, Some(form)) => model::inspect_as(text, *form),
        Looked::File(_, bytes) => model::inspect_file(bytes),
    };
    drawn(looked, found, on_form)
}

fn drawn(looked: &Looked, found: Result<Found, String>, on_form: &Callback<Form>) -> Html {
    let form = match looked {
        Looked::Text(_, form) => *form,
        Looked::File(..) => None,
    };
    match found {
        Ok(found) => view::found(&found, form, on_form),
        Err(why) => view::refused(&why),
    }
}

/// The instrument.
#[component]
pub fn Inspector() -> Html {
    let url = use_url_state::<Settings>(NAME);
    let text = use_state(|| Rc::<str>::from(url.parsed().settings.text.as_str()));
    let looked = use_state(|| {
        let text = &url.parsed().settings.text;
        (!text.is_empty()).then(|| Looked::Text(Rc::from(text.as_str()), None))
    });
    let trouble = use_state_eq(|| None::<String>);
    let over = use_state_eq(|| false);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::OnFollowing);
    let reader = use_deferred(looked.is_some(), load_reader);
    let beside = use_beside(&looked, reader.ready().copied());

    let look = {
        let (looked, trouble) = (looked.setter(), trouble.setter());
        Callback::from(move |what: Looked| {
            trouble.set(None);
            looked.set(Some(what));
        })
    };
    let take = {
        let (text, look) = (text.setter(), look.clone());
        let (looked, trouble) = (looked.setter(), trouble.setter());
        Callback::from(move |typed: String| {
            let typed = Rc::<str>::from(typed);
            text.set(typed.clone());
            if typed.trim().is_empty() {
                looked.set(None);
                trouble.set(None);
            } else {
                look.emit(Looked::Text(typed, None));
            }
        })
    };
    {
        let take = take.clone();
        use_on_navigate(&url, move |parsed| {
            if !parsed.settings.text.is_empty() {
                take.emit(parsed.settings.text.clone());
            }
        });
    }
    let take_file = {
        let (look, text) = (look.clone(), text.setter());
        let (looked, trouble) = (looked.setter(), trouble.setter());
        Callback::from(move |file: File| {
            let (look, trouble) = (look.clone(), trouble.clone());
            text.set(Rc::from(""));
            looked.set(None);
            if file.size() > notation::LONGEST as f64 {
                let size = notation::Refused::TooLong(file.size() as usize);
                trouble.set(Some(size.to_string()));
                return;
            }
            spawn_local(async move {
                match JsFuture::from(file.array_buffer()).await {
                    Ok(buffer) => {
                        let bytes = js_sys::Uint8Array::new(&buffer).to_vec();
                        look.emit(Looked::File(Rc::from(file.name()), Rc::from(bytes)));
                    }
                    Err(_) => {
                        let why = format!("The browser could not read the file {}.", file.name());
                        trouble.set(Some(why));
                    }
                }
            });
        })
    };
    {
        // What was pasted or dropped on another page.
        let (take, take_file) = (take.clone(), take_file.clone());
        use_effect_with((), move |()| {
            let hear = move || match handed::take() {
                Some(Handed::Text(text)) => take.emit(text),
                Some(Handed::File(file)) => take_file.emit(file),
                None => {}
            };
            hear();
            let listener = handed::on_hand_over(hear);
            move || drop(listener)
        });
    }
    let oninput = {
        let take = take.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                take.emit(area.value());
            }
        })
    };
    // Megabytes never reach the field: a browser takes seconds to lay them out.
    let onpaste = {
        let take = take.clone();
        Callback::from(move |event: Event| {
            let data = event
                .dyn_ref::<ClipboardEvent>()
                .and_then(ClipboardEvent::clipboard_data);
            let text = data.and_then(|data| data.get_data("text/plain").ok());
            let field = event.target_dyn_into::<HtmlTextAreaElement>();
            let (Some(text), Some(field)) = (text.filter(|text| text.len() > SHOWN), field) else {
                return;
            };
            event.prevent_default();
            take.emit(spliced(&field, text));
        })
    };
    let onfile = {
        let take_file = take_file.clone();
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else {
                return;
            };
            if let Some(file) = first(input.files()) {
                take_file.emit(file);
            }
            // The same file can be chosen again after it has changed.
            input.set_value("");
        })
    };
    let ondragover = {
        let over = over.setter();
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            over.set(true);
        })
    };
    let ondragleave = {
        let over = over.setter();
        Callback::from(move |_: DragEvent| over.set(false))
    };
    let ondrop = {
        let (over, take) = (over.setter(), take.clone());
        Callback::from(move |event: DragEvent| {
            over.set(false);
            let Some(data) = event.data_transfer() else {
                return;
            };
            event.prevent_default();
            if let Some(file) = first(data.files()) {
                take_file.emit(file);
            } else if let Ok(text) = data.get_data("text/plain") {
                take.emit(text);
            }
        })
    };
    let on_example = {
        let take = take.clone();
        Callback::from(move |i: usize| {
            if let Some((_, text)) = EXAMPLES.get(i) {
                take.emit((*text).to_owned());
            }
        })
    };
    let on_cancel = {
        let looked = looked.setter();
        Callback::from(move |_: MouseEvent| looked.set(None))
    };
    let on_form = {
        let (look, text) = (look, (*text).clone());
        Callback::from(move |form: Form| look.emit(Looked::Text(text.clone(), Some(form))))
    };

    // Cookies and tokens stay out of a link, and what is too long for one need not be searched for them.
    let in_link = if text.len() > MAX_LINK_BYTES {
        &text[..0]
    } else {
        &text[..]
    };
    let shared = secrets::http(in_link, "");
    let link = url.link(&Settings { text: shared.text });
    let left_out = secrets::left_out(&shared.names, "the link").into_iter();
    let said = {
        let (read, looked) = (reader.ready().copied(), (*looked).clone());
        use_memo(
            (looked, read.is_some(), beside),
            move |(looked, _, beside)| {
                let (reader, looked) = (read?, looked.as_ref()?);
                match beside {
                    Beside::InPlace => Some((reader.read)(looked, &on_form)),
                    Beside::Reading => None,
                    Beside::Answer(answer) => Some((reader.draw)(looked, answer, &on_form)),
                    Beside::Refused(why) => Some(view::refused(why)),
                }
            },
        )
    };
    let file = match &*looked {
        Some(Looked::File(name, _)) => Some(name.clone()),
        _ => None,
    };
    let shown = text.len() <= SHOWN;
    html! {
        <Panel name={NAME} title="Inspect" class={classes!("inspector", over.then_some("is-over"))} node={panel}
            problems={url.parsed().problems.clone()} {link}
            foot={html! { <span>{ "Nothing leaves your browser. " }{ for left_out }</span> }}>
            <div class="inspector__in" {ondragover} {ondragleave} {ondrop}>
                <label for={BOX}>{ "Paste or drop what you have: bytes in any form, a handshake, an error text, a close code" }</label>
                if shown {
                    <textarea id={BOX} rows="6" spellcheck="false" autocapitalize="off" autocomplete="off" dir="ltr"
                        value={(*text).to_string()} {oninput} {onpaste}/>
                } else {
                    <p class="inspector__long">{ format!("A text of {} bytes, too long to show.", crate::kit::number::grouped(text.len() as u64)) }</p>
                }
                <div class="inspector__ways">
                    <label class="btn">
                        { "Choose a file" }
                        <input type="file" class="visually-hidden" onchange={onfile}/>
                    </label>
                    if !text.is_empty() || looked.is_some() {
                        <button type="button" class="btn" onclick={take.reform(|_: MouseEvent| String::new())}>{ "Empty" }</button>
                    }
                    if let Some(name) = file { <span>{ name.to_string() }</span> }
                </div>
                { view::examples(&EXAMPLES.map(|(name, text)| (name, text)), &text, &on_example) }
            </div>
            <div class="inspector__out" role="status">
                { match (&*trouble, &*said, &*looked) {
                    (Some(trouble), ..) => view::refused(trouble),
                    (None, Some(said), _) => said.clone(),
                    (None, None, Some(_)) if reader.ready().is_some() => html! {
                        <p>{ "Reading… " }<button type="button" class="btn" onclick={on_cancel}>{ "Cancel" }</button></p>
                    },
                    (None, None, Some(_)) => reader.view("The reader", |_| Html::default()),
                    (None, None, None) => Html::default(),
                } }
            </div>
        </Panel>
    }
}

/// The first of the files that were chosen or dropped.
fn first(files: Option<FileList>) -> Option<File> {
    files
        .and_then(|files| files.get(0))
        .and_then(|file| file.dyn_into().ok())
}

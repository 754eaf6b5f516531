//! The decoder with all that is around it: examples, a box for bytes, and its state in the address.

use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;
use wire::Role;
use yew::prelude::*;

use super::FrameDecoder;
use super::input::parse_hex;
use super::model::Source;
use super::presets::{PRESETS, Preset};
use crate::address::{self, Said, cut, use_address, use_arrival};
use crate::routes::{FramesQuery, MAX_LINK_BYTES, Route};
use crate::ui::{CopyButton, grouped, hex_spaced};

/// What an address asks for.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    source: Source,
    step: usize,
    /// The preset with exactly these bytes.
    preset: Option<&'static str>,
    /// What in the address could not be used.
    problems: Vec<String>,
}

/// Reads the query. Whatever cannot be used gives the default and a line that says so.
fn asked(query: Said<FramesQuery>) -> Asked {
    let mut problems = Vec::new();
    let query = query.unwrap_or_else(|why| {
        problems.push(format!(
            "The address after “?” cannot be read: {why}. Here is the first example."
        ));
        FramesQuery::default()
    });
    let preset = query.preset.as_deref().and_then(|name| {
        let preset = Preset::named(name);
        if preset.is_none() {
            problems.push(format!(
                "preset={}: there is no example of that name. Here is the first.",
                cut(name)
            ));
        }
        preset
    });
    let hex = query.hex.as_deref().and_then(|text| {
        parse_hex(text)
            .map_err(|why| {
                problems.push(format!(
                    "hex={}: {why} Here is the first example.",
                    cut(text)
                ))
            })
            .ok()
    });
    let fallback = preset.unwrap_or(PRESETS[0]);
    let from = query.from.as_deref().and_then(|text| {
        text.parse::<Role>()
            .map_err(|why| {
                problems.push(format!(
                    "from={}: {why}. Read as sent by a {}.",
                    cut(text),
                    fallback.from
                ))
            })
            .ok()
    });
    let source = match hex {
        Some(bytes) => Source {
            bytes: bytes.into(),
            from: from.unwrap_or(Role::Client),
            deflate: query.deflate.as_deref() == Some("1"),
        },
        None => Source {
            bytes: fallback.bytes().into(),
            from: from.unwrap_or(fallback.from),
            deflate: fallback.deflate,
        },
    };
    let last = source.bytes.len() - 1;
    let step = match query
        .step
        .as_deref()
        .map(|text| (text, text.parse::<usize>()))
    {
        None => last,
        Some((_, Ok(step))) if step <= last => step,
        Some((text, _)) => {
            problems.push(format!(
                "step={}: the bytes are numbered 0 to {}. Here is the last.",
                cut(text),
                grouped(last as u64)
            ));
            last
        }
    };
    let preset = name_of(&source);
    Asked {
        source,
        step,
        preset,
        problems,
    }
}

/// The preset that is this source.
fn name_of(source: &Source) -> Option<&'static str> {
    let same = |p: &&Preset| {
        p.from == source.from && p.deflate == source.deflate && p.bytes() == *source.bytes
    };
    PRESETS.iter().find(same).map(|p| p.name)
}

/// The address of a source and a step; `None` where the bytes are too many for a link.
fn query_of(source: &Source, step: usize) -> Option<FramesQuery> {
    let step = (step + 1 < source.bytes.len()).then(|| step.to_string());
    let query =
        FramesQuery::of_bytes(&source.bytes, source.from, source.deflate).or_else(|| {
            name_of(source).map(|name| FramesQuery {
                preset: Some(name.to_owned()),
                ..FramesQuery::default()
            })
        })?;
    Some(FramesQuery { step, ..query })
}

/// The instrument.
#[component]
pub fn FrameDesk() -> Html {
    let address = use_address::<FramesQuery>(Route::Frames);
    let state = use_state(|| asked(address.said().clone()));
    let pasting = use_state(|| false);
    {
        let state = state.setter();
        use_arrival(&address, move |said| state.set(asked(said.clone())));
    }
    // Bytes that are too many for a link stay in the page, and the address says nothing of them.
    let on_step = {
        let (state, address) = (state.clone(), address.clone());
        Callback::from(move |step: usize| {
            state.set(Asked {
                step,
                problems: Vec::new(),
                ..(*state).clone()
            });
            address.rest(query_of(&state.source, step).unwrap_or_default());
        })
    };
    let show = {
        let state = state.setter();
        Callback::from(move |source: Source| {
            let step = source.bytes.len() - 1;
            address.push(query_of(&source, step).unwrap_or_default());
            let preset = name_of(&source);
            state.set(Asked {
                source,
                step,
                preset,
                problems: Vec::new(),
            });
        })
    };

    let source = state.source.clone();
    let link = query_of(&source, state.step).map(|query| address::link(Route::Frames, &query));
    let bar =
        html! { <Bar state={(*state).clone()} show={show.clone()} pasting={pasting.clone()}/> };
    let above = html! {
        <>
            if *pasting {
                <Paste source={source.clone()} show={show}/>
            }
            if !state.problems.is_empty() {
                <div class="problems" role="status">
                    { for state.problems.iter().map(|p| html! { <p>{ p }</p> }) }
                </div>
            }
        </>
    };
    let foot = html! {
        if let Some(link) = link {
            <CopyButton label="Copy link" path={link}/>
        } else {
            <span>{ format!("More than {} bytes: too many for a link.", grouped(MAX_LINK_BYTES as u64)) }</span>
        }
    };
    html! { <FrameDecoder {source} step={state.step} {on_step} {bar} {above} {foot}/> }
}

#[derive(Properties, PartialEq)]
struct BarProps {
    state: Asked,
    show: Callback<Source>,
    pasting: UseStateHandle<bool>,
}

/// The presets, who sends, and the way to bytes of one's own.
#[component]
fn Bar(props: &BarProps) -> Html {
    let BarProps {
        state,
        show,
        pasting,
    } = props;
    let presets = PRESETS.into_iter().map(|preset| {
        let show = show.clone();
        let onclick = Callback::from(move |_| {
            show.emit(Source { bytes: preset.bytes().into(), from: preset.from, deflate: preset.deflate });
        });
        let pressed = state.preset == Some(preset.name);
        html! {
            <button type="button" class={classes!("chip", preset.broken.then_some("broken"))} {onclick} aria-pressed={pressed.to_string()}>
                { preset.label }
            </button>
        }
    });
    let senders = [Role::Client, Role::Server].into_iter().map(|role| {
        let (show, source) = (show.clone(), state.source.clone());
        let onclick = Callback::from(move |_| show.emit(Source { from: role, ..source.clone() }));
        let pressed = state.source.from == role;
        html! {
            <button type="button" {onclick} aria-pressed={pressed.to_string()}>{ role.name() }</button>
        }
    });
    let toggle = {
        let pasting = pasting.clone();
        Callback::from(move |_| pasting.set(!*pasting))
    };
    html! {
        <div class="bar">
            <div class="chips" role="group" aria-label="Examples">{ for presets }</div>
            <span class="grow"></span>
            <div class="switch" role="group" aria-label="Sent by">
                <span aria-hidden="true">{ "from" }</span>
                { for senders }
            </div>
            <button type="button" class="btn" onclick={toggle} aria-expanded={pasting.to_string()} aria-controls="paste">{ "Paste bytes" }</button>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct PasteProps {
    source: Source,
    show: Callback<Source>,
}

/// A box for bytes of the reader's own. What was typed stays there, whatever is wrong with it.
#[component]
fn Paste(props: &PasteProps) -> Html {
    let text = use_state(|| {
        let bytes = &props.source.bytes;
        hex_spaced(&bytes[..bytes.len().min(MAX_LINK_BYTES)])
    });
    let problem = use_state(|| None::<String>);
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
    let oninput = {
        let (text, problem) = (text.clone(), problem.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(field) = event
                .target()
                .and_then(|t| t.dyn_into::<HtmlTextAreaElement>().ok())
            {
                text.set(field.value());
                problem.set(None);
            }
        })
    };
    let decode = {
        let (text, problem, source, show) = (
            text.clone(),
            problem.clone(),
            props.source.clone(),
            props.show.clone(),
        );
        move || match parse_hex(&text) {
            Ok(bytes) => {
                problem.set(None);
                show.emit(Source {
                    bytes: bytes.into(),
                    ..source.clone()
                });
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
    html! {
        <form id="paste" class="paste" {onsubmit}>
            <label for="paste-hex">{ "Bytes in hexadecimal, one frame or several" }</label>
            <textarea id="paste-hex" class="input" rows="3" spellcheck="false" autocomplete="off" autocapitalize="off" ref={field} {oninput} {onkeydown}
                value={(*text).clone()} aria-invalid={problem.is_some().then_some("true")} aria-describedby="paste-problem"/>
            <p id="paste-problem" class="error" role="alert">{ problem.as_deref().unwrap_or_default() }</p>
            <button type="submit" class="btn primary">{ "Decode" }</button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Asked {
        asked(address::read(query))
    }

    #[test]
    fn a_link_gives_what_the_sender_saw() {
        let asked = of("?hex=818537fa213d7f9f4d5158&from=client&step=5");
        assert_eq!(
            (asked.step, asked.source.from, asked.preset),
            (5, Role::Client, Some("hello"))
        );
        assert!(asked.problems.is_empty());
        for preset in PRESETS {
            let source = Source {
                bytes: preset.bytes().into(),
                from: preset.from,
                deflate: preset.deflate,
            };
            for step in [0, 1, source.bytes.len() - 1] {
                let query = query_of(&source, step).unwrap();
                let back = of(&serde_urlencoded::to_string(&query).unwrap());
                assert_eq!(
                    (back.source, back.step, back.problems),
                    (source.clone(), step, vec![])
                );
            }
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_default_is_shown() {
        let first = of("");
        assert_eq!((first.preset, first.step), (Some("hello"), 10));
        for (query, word) in [
            ("?hex=81zz", "hex=81zz"),
            ("?hex=", "hex="),
            ("?from=nobody", "from=nobody"),
            ("?step=11", "step=11"),
            ("?step=-1", "step=-1"),
            ("?preset=none", "preset=none"),
            ("?hex=81&hex=82", "cannot be read"),
        ] {
            let asked = of(query);
            assert_eq!(asked.source, first.source, "{query}");
            assert_eq!(asked.step, first.step, "{query}");
            assert!(
                asked.problems[0].contains(word),
                "{query}: {:?}",
                asked.problems
            );
        }
    }

    #[test]
    fn too_many_bytes_have_no_link() {
        let bytes = vec![0; MAX_LINK_BYTES + 1];
        let source = Source {
            bytes: bytes.into(),
            from: Role::Client,
            deflate: false,
        };
        assert_eq!(query_of(&source, 0), None);
    }
}

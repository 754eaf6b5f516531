//! The decoder with all that is around it: examples, a box for bytes, and its state in the address.

use std::cell::RefCell;
use std::rc::Rc;

use notation::Form;
use wire::Role;
use yew::prelude::*;

use super::FrameView;
use super::composer::Composer;
use super::composer::draft::Draft;
use super::model::Source;
use super::paste::{MAX_BYTES, Paste};
use super::presets::{PRESETS, Preset};
use super::sequence::FrameSequence;
use crate::address::{self, Said, cut, use_address, use_links};
use crate::routes::{FramesQuery, MAX_LINK_BYTES, Route};
use crate::ui::{CopyButton, grouped};

/// What an address asks for.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    source: Source,
    step: usize,
    /// The preset with exactly these bytes.
    preset: Option<&'static str>,
    /// The frame that is being composed, which the source then holds.
    draft: Option<Draft>,
    /// Whether the header is drawn as the RFC does.
    figure: bool,
    /// What in the address could not be used.
    problems: Vec<String>,
}

/// Reads the query. Whatever cannot be used gives the default and a line that says so.
fn asked(query: Said<FramesQuery>) -> Asked {
    let mut problems = Vec::new();
    let query = address::asked_for(query, "Here is the first example.", &mut problems);
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
        notation::read_as(text, Form::Hex, MAX_BYTES)
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
    let composes = match query.compose.as_deref() {
        None => false,
        Some("1") => true,
        Some(text) => {
            problems.push(format!(
                "compose={}: only compose=1 opens the composer.",
                cut(text)
            ));
            false
        }
    };
    let figure = match query.view.as_deref() {
        None => false,
        Some("rfc") => true,
        Some(text) => {
            problems.push(format!(
                "view={}: there is view=rfc; without it, the ruler is drawn.",
                cut(text)
            ));
            false
        }
    };
    let draft = composes.then(|| Draft::asked(&query, &mut problems));
    let deflate = query.deflate.as_deref() == Some("1");
    let source = match (&draft, hex) {
        (Some(draft), _) => Source {
            bytes: draft.build().bytes,
            from: from.unwrap_or(Role::Client),
            deflate,
        },
        (None, Some(text)) => Source {
            bytes: text.bytes.into(),
            from: from.unwrap_or(Role::Client),
            deflate,
        },
        (None, None) => Source {
            from: from.unwrap_or(fallback.from),
            ..fallback.source()
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
    let preset = Preset::of(&source);
    Asked {
        source,
        step,
        preset,
        draft,
        figure,
        problems,
    }
}

impl Asked {
    /// What the address says of it; `None` where there is too much for a link.
    fn query(&self) -> Option<FramesQuery> {
        let Source {
            bytes,
            from,
            deflate,
        } = &self.source;
        let query = match &self.draft {
            Some(draft) => draft.query(*from, *deflate)?,
            None => FramesQuery::of_bytes(bytes, *from, *deflate).or_else(|| {
                self.preset.map(|name| FramesQuery {
                    preset: Some(name.to_owned()),
                    ..FramesQuery::default()
                })
            })?,
        };
        let step = (self.step + 1 < bytes.len()).then(|| self.step.to_string());
        Some(FramesQuery {
            step,
            view: self.figure.then(|| "rfc".to_owned()),
            ..query
        })
    }

    /// The same place with other bytes, at the last of them.
    fn with(&self, source: Source, draft: Option<Draft>) -> Asked {
        Asked {
            step: source.bytes.len().saturating_sub(1),
            preset: Preset::of(&source),
            source,
            draft,
            figure: self.figure,
            problems: Vec::new(),
        }
    }
}

/// The instrument.
#[component]
pub fn FrameInspector() -> Html {
    let address = use_address::<FramesQuery>(Route::Frames);
    let state = use_state(|| asked(address.said().clone()));
    let pasting = use_state(|| false);
    // A composition that was left, so that it is there again when the reader comes back to the same bytes.
    let parked = use_mut_ref(|| None::<Draft>);
    let panel = use_node_ref();
    let typed = use_memo((), |()| RefCell::new(None::<AttrValue>));
    // Finding the frames goes over all bytes: once for each source, not for each step.
    let sequence = use_memo(state.source.clone(), |source| {
        FrameSequence::new(source.clone())
    });
    {
        // The decoder is at the head of the page: whoever arrives sees it, and links further down lead back to it.
        let state = state.setter();
        use_links(&address, &panel, true, move |said| {
            state.set(asked(said.clone()));
        });
    }
    // Bytes that are too many for a link stay in the page, and the address says nothing of them.
    let rest = {
        let (state, address) = (state.setter(), address.clone());
        Callback::from(move |asked: Asked| {
            address.rest(asked.query().unwrap_or_default());
            state.set(asked);
        })
    };
    let push = {
        let state = state.setter();
        Callback::from(move |asked: Asked| {
            address.push(asked.query().unwrap_or_default());
            state.set(asked);
        })
    };
    let on_step = {
        let state = state.clone();
        rest.reform(move |step: usize| Asked {
            step,
            problems: Vec::new(),
            ..(*state).clone()
        })
    };
    let on_figure = {
        let state = state.clone();
        rest.reform(move |figure: bool| Asked {
            figure,
            problems: Vec::new(),
            ..(*state).clone()
        })
    };
    let show = {
        let state = state.clone();
        push.reform(move |source: Source| {
            let same = Rc::ptr_eq(&source.bytes, &state.source.bytes);
            let draft = match &state.draft {
                Some(draft) if same => Some(draft.clone()),
                Some(_) => Draft::of(&source),
                None => None,
            };
            state.with(source, draft)
        })
    };
    let on_draft = {
        let state = state.clone();
        rest.reform(move |draft: Draft| {
            let source = Source {
                bytes: draft.build().bytes,
                ..state.source.clone()
            };
            state.with(source, Some(draft))
        })
    };
    let on_deflate = {
        let state = state.clone();
        rest.reform(move |deflate: bool| {
            let source = Source {
                deflate,
                ..state.source.clone()
            };
            state.with(source, state.draft.clone())
        })
    };
    let compose = {
        let (state, pasting, push, parked) =
            (state.clone(), pasting.clone(), push.clone(), parked.clone());
        Callback::from(move |_: MouseEvent| {
            pasting.set(false);
            if state.draft.is_some() {
                parked.replace(state.draft.clone());
                push.emit(state.with(state.source.clone(), None));
                return;
            }
            let kept = parked.borrow().clone();
            let kept = kept.filter(|draft| draft.build().bytes == state.source.bytes);
            let draft = kept
                .or_else(|| Draft::of(&state.source))
                .unwrap_or_default();
            let source = Source {
                bytes: draft.build().bytes,
                ..state.source.clone()
            };
            push.emit(state.with(source, Some(draft)));
        })
    };
    let paste = {
        let (state, pasting) = (state.clone(), pasting.clone());
        Callback::from(move |_: MouseEvent| {
            if !*pasting && state.draft.is_some() {
                parked.replace(state.draft.clone());
                push.emit(state.with(state.source.clone(), None));
            }
            pasting.set(!*pasting);
        })
    };

    let link = state
        .query()
        .map(|query| address::link(Route::Frames, &query));
    let bar = html! {
        <Bar source={state.source.clone()} preset={state.preset} show={show.clone()} pasting={*pasting} composing={state.draft.is_some()} {paste} {compose}/>
    };
    let above = html! {
        <>
            if *pasting {
                <Paste source={state.source.clone()} {show} kept={typed.clone()}/>
            }
            if let Some(draft) = &state.draft {
                <Composer draft={draft.clone()} deflate={state.source.deflate} on_change={on_draft} {on_deflate}/>
            }
            if !state.problems.is_empty() {
                <div class="problems" role="status">
                    { for state.problems.iter().map(|p| html! { <p>{ p }</p> }) }
                </div>
            }
        </>
    };
    let foot = html! {
        if let Some(link) = &link {
            <CopyButton label="Copy link" path={link.clone()}/>
        } else {
            <span>{ format!("More than {} bytes: too many for a link.", grouped(MAX_LINK_BYTES as u64)) }</span>
        }
    };
    html! { <FrameView {sequence} step={state.step} {on_step} figure={state.figure} {on_figure} {panel} {link} {bar} {above} {foot}/> }
}

#[derive(Properties, PartialEq)]
struct BarProps {
    source: Source,
    preset: Option<&'static str>,
    show: Callback<Source>,
    pasting: bool,
    composing: bool,
    paste: Callback<MouseEvent>,
    compose: Callback<MouseEvent>,
}

/// The presets, who sends, and the ways to bytes of one's own.
#[component]
fn Bar(props: &BarProps) -> Html {
    let BarProps {
        source,
        preset,
        show,
        ..
    } = props;
    let presets = PRESETS.into_iter().map(|p| {
        let onclick = show.reform(move |_: MouseEvent| p.source());
        let pressed = *preset == Some(p.name);
        html! {
            <button type="button" class={classes!("chip", p.broken.then_some("broken"))} {onclick} aria-pressed={pressed.to_string()}>
                { p.label }
            </button>
        }
    });
    let senders = [Role::Client, Role::Server].into_iter().map(|role| {
        let turned = Source {
            from: role,
            ..source.clone()
        };
        let onclick = show.reform(move |_: MouseEvent| turned.clone());
        let pressed = source.from == role;
        html! {
            <button type="button" {onclick} aria-pressed={pressed.to_string()}>{ role.name() }</button>
        }
    });
    let way = |name: &'static str, open: bool, onclick: &Callback<MouseEvent>, id: &'static str| {
        html! {
            <button type="button" class="btn" {onclick} aria-expanded={open.to_string()} aria-controls={open.then_some(id)}>{ name }</button>
        }
    };
    html! {
        <div class="bar">
            <div class="chips" role="group" aria-label="Examples">{ for presets }</div>
            <span class="grow"></span>
            <div class="switch" role="group" aria-label="Sent by">
                <span aria-hidden="true">{ "from" }</span>
                { for senders }
            </div>
            { way("Paste bytes", props.pasting, &props.paste, "paste") }
            { way("Compose", props.composing, &props.compose, "composer") }
        </div>
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
            let source = preset.source();
            for step in [0, 1, source.bytes.len() - 1] {
                let there = Asked {
                    step,
                    figure: step == 1,
                    ..of("").with(source.clone(), None)
                };
                let query = there.query().unwrap();
                let back = of(&serde_urlencoded::to_string(&query).unwrap());
                assert_eq!(back, there);
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
            ("?view=svg", "view=svg"),
            ("?compose=yes", "compose=yes"),
            ("?compose=1&fin=2&opcode=1&mask=1", "fin=2"),
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
        assert_eq!(of("").with(source, None).query(), None);
    }

    #[test]
    fn a_composition_has_a_link() {
        let asked = of("?compose=1&from=server&opcode=9&fin=0&mask=0&text=Hi&step=1&view=rfc");
        assert_eq!(*asked.source.bytes, [0x09, 0x02, b'H', b'i']);
        assert_eq!(
            (asked.source.from, asked.step, asked.figure),
            (Role::Server, 1, true)
        );
        let query = asked.query().unwrap();
        assert_eq!(query.hex, None);
        assert_eq!(of(&serde_urlencoded::to_string(&query).unwrap()), asked);
    }
}

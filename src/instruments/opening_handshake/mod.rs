//! The exchange, stepped through.

use gloo_timers::callback::Interval;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use wire::Role;
use yew::prelude::*;
use yew_router::prelude::*;

mod model;

use crate::address::{Said, cut, use_address, use_arrival};
use crate::browser;
use crate::routes::{ExchangeQuery, FramesQuery, Route};
use crate::ui::{CopyButton, Icon, Rfc, hex_spaced};
use model::{Exchange, Place, Sent};

/// How long a step stays while playing, in milliseconds: time to read it.
const PLAY_MS: u32 = 4500;

/// What an address asks for: the step, and what could not be used.
fn asked(said: &Said<ExchangeQuery>, last: usize) -> (usize, Vec<String>) {
    let query = match said {
        Ok(query) => query,
        Err(why) => {
            let line = format!(
                "The address after “?” cannot be read: {why}. Every instrument on this page begins afresh."
            );
            return (0, vec![line]);
        }
    };
    match query
        .step
        .as_deref()
        .map(|text| (text, text.parse::<usize>()))
    {
        None => (0, Vec::new()),
        Some((_, Ok(step))) if step <= last => (step, Vec::new()),
        Some((text, _)) => (
            0,
            vec![format!(
                "step={}: the steps are numbered 0 to {last}. Here is the first.",
                cut(text)
            )],
        ),
    }
}

/// The instrument.
#[component]
pub fn OpeningHandshake() -> Html {
    let exchange = use_memo((), |()| Exchange::new());
    let last = exchange.last();
    let address = use_address::<ExchangeQuery>(Route::Handshake);
    let first = use_memo((), |()| asked(address.said(), last));
    let step = use_state(|| first.0);
    let problems = use_state(|| first.1.clone());
    let playing = use_state(|| false);
    // Whether the reader has moved: only then does the page scroll by itself.
    let moved = use_mut_ref(|| false);
    let panel = use_node_ref();
    {
        let (step, problems) = (step.setter(), problems.setter());
        use_arrival(&address, move |said| {
            let asked = asked(said, last);
            step.set(asked.0);
            problems.set(asked.1);
        });
    }
    // Timers live longer than a render; they ask here where the reader is.
    let now = use_mut_ref(|| *step);
    now.replace(*step);
    let go = {
        let (step, problems, moved, now) =
            (step.setter(), problems.setter(), moved.clone(), now.clone());
        Callback::from(move |to: usize| {
            let to = to.min(last);
            if to == *now.borrow() {
                return;
            }
            moved.replace(true);
            step.set(to);
            problems.set(Vec::new());
            address.rest(ExchangeQuery {
                step: (to > 0).then(|| to.to_string()),
            });
        })
    };
    {
        let (go, setter, now) = (go.clone(), playing.setter(), now.clone());
        use_effect_with((*playing, *step >= last), move |(playing, at_end)| {
            if *playing && *at_end {
                setter.set(false);
            }
            let timer = (*playing && !*at_end).then(|| {
                Interval::new(PLAY_MS, move || {
                    let next = *now.borrow() + 1;
                    go.emit(next);
                })
            });
            move || drop(timer)
        });
    }
    {
        let panel = panel.clone();
        use_effect_with(*step, move |_| {
            if *moved.borrow() {
                browser::show(&panel, "[aria-current]");
                // On a small screen the explanation scrolls in a box of its own; a new one begins at its top.
                if let Ok(Some(told)) = gloo_utils::document().query_selector(".hs-now") {
                    told.set_scroll_top(0);
                }
            }
        });
    }
    // What the reader does by hand stops the playing.
    let by_hand = {
        let (go, playing) = (go.clone(), playing.setter());
        Callback::from(move |to: usize| {
            playing.set(false);
            go.emit(to);
        })
    };
    let onkeydown = {
        let (by_hand, now) = (by_hand.clone(), now.clone());
        Callback::from(move |event: KeyboardEvent| {
            let in_slider = event
                .target()
                .is_some_and(|t| t.dyn_ref::<HtmlInputElement>().is_some());
            if in_slider || event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let at = *now.borrow();
            let to = match event.key().as_str() {
                "ArrowLeft" => at.saturating_sub(1),
                "ArrowRight" => at + 1,
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            by_hand.emit(to);
        })
    };
    html! {
        <section class="panel hs-exchange" aria-label="The exchange" ref={panel} {onkeydown}>
            if !problems.is_empty() {
                <div class="problems" role="status">{ for problems.iter().map(|p| html! { <p>{ p }</p> }) }</div>
            }
            <div class="body">
                <div class="left">{ drawing(&exchange, *step, &by_hand) }</div>
                <div class="right hs-now">
                    // Above the explanation, so that the buttons stay where they are under the pointer.
                    { stepper(*step, last, &by_hand, &go, &playing) }
                    { explanation(&exchange, *step) }
                    { standing(&exchange, *step) }
                </div>
            </div>
            <div class="foot">
                <span>{ "The key is the RFC’s example, and the lines that a browser sends with every request are left out." }</span>
                <span class="grow"></span>
                <Link<Route> classes="btn" to={Route::Live}>{ "Your own browser’s handshake" }</Link<Route>>
                <CopyButton label="Copy link"/>
            </div>
        </section>
    }
}

/// Both lanes, and what went between them so far.
fn drawing(exchange: &Exchange, step: usize, go: &Callback<usize>) -> Html {
    let mark = |place: Place| {
        let at = exchange.step_of(place).unwrap_or_default();
        let state = match at.cmp(&step) {
            std::cmp::Ordering::Less => "past",
            std::cmp::Ordering::Equal => "here",
            std::cmp::Ordering::Greater => "todo",
        };
        let go = go.clone();
        (
            state,
            (at == step).then_some("step"),
            Callback::from(move |_: MouseEvent| go.emit(at)),
        )
    };
    let one = |place: Place, class: &'static str, inner: Html| {
        let (state, current, onclick) = mark(place);
        html! {
            <button type="button" class={classes!("hs-event", class, state)} aria-current={current} {onclick}>{ inner }</button>
        }
    };
    let letter = |from: Role, lines: &[String]| {
        let items = lines.iter().enumerate().map(|(i, line)| {
            let (state, current, onclick) = mark(Place::Line(from, i));
            let words = match line.split_once(": ") {
                Some((name, value)) if i > 0 => {
                    html! { <><b>{ name }</b>{ ": " }<wbr/>{ value }</> }
                }
                _ if line.is_empty() => html! { <span class="sr">{ "the empty line" }</span> },
                _ => html! { <b>{ line }</b> },
            };
            html! {
                <li><button type="button" class={classes!("hs-line", state)} aria-current={current} {onclick}><span>{ words }<i aria-hidden="true">{ "\\r\\n" }</i></span></button></li>
            }
        });
        let (class, title, arrow) = match from {
            Role::Client => ("from-client", "Request, browser to server", "→"),
            Role::Server => ("from-server", "Response, server to browser", "←"),
        };
        html! {
            <div class={classes!("hs-letter", class)} role="group" aria-label={title}>
                <p class="hs-way"><span aria-hidden="true">{ arrow }</span>{ format!(" {title}") }</p>
                <ol>{ for items }</ol>
            </div>
        }
    };
    let found = exchange.verdict.findings.len();
    html! {
        <div class="hs-lanes">
            <div class="hs-ends"><span class="from-client">{ "Browser" }</span><span class="from-server">{ "Server" }</span></div>
            <div class="hs-track">
                { one(Place::Tcp, "tcp", html! {
                    <>
                        <span class="from-client">{ "→ SYN" }</span>
                        <span class="from-server">{ "← SYN, ACK" }</span>
                        <span class="from-client">{ "→ ACK" }</span>
                        <small>{ "TCP connection open" }</small>
                    </>
                }) }
                { letter(Role::Client, &exchange.request) }
                { one(Place::Judge, "judge", html! {
                    <>{ Icon::Check.view() }<span>{ format!("{found} requirements met: switch") }</span></>
                }) }
                { letter(Role::Server, &exchange.response) }
                <p class="hs-end"><span>{ "HTTP ends, WebSocket begins" }</span></p>
                { one(Place::Frames, "frames", html! {
                    <>
                        <span class="from-client">{ "→ " }<code>{ hex_spaced(&exchange.frame) }</code></span>
                        <small>{ "a text frame, “Hello”" }</small>
                    </>
                }) }
            </div>
        </div>
    }
}

fn explanation(exchange: &Exchange, at: usize) -> Html {
    let Some(step) = exchange.steps.get(at) else {
        return Html::default();
    };
    let place = match step.place {
        Place::Tcp => "Both ways",
        Place::Line(Role::Client, _) => "Browser → server",
        Place::Line(Role::Server, _) => "Server → browser",
        Place::Judge => "In the server",
        Place::Frames => "Both ways",
    };
    let class = match step.place {
        Place::Line(Role::Client, _) => "from-client",
        Place::Line(Role::Server, _) | Place::Judge => "from-server",
        _ => "both",
    };
    let frame = FramesQuery::of_bytes(&exchange.frame, Role::Client, false);
    html! {
        <section class={classes!("hs-say", class)} aria-label="Explanation" aria-live="polite">
            <p class="cap">{ place }</p>
            <h2>{ &step.title }</h2>
            <p>{ &step.what }</p>
            <p>{ step.why }</p>
            if step.place == Place::Judge {
                <ul class="hs-met">
                    { for exchange.verdict.findings.iter().map(|f| html! { <li>{ Icon::Check.view() }{ f.requirement.title() }</li> }) }
                </ul>
            }
            if step.place == Place::Frames {
                <p><Link<Route, FramesQuery> to={Route::Frames} query={frame}>{ "Take this frame apart" }</Link<Route, FramesQuery>></p>
            }
            <p class="hs-cites">
                { for step.cites.iter().map(|(rfc, section)| html! { <Rfc rfc={*rfc} section={*section}/> }) }
            </p>
        </section>
    }
}

/// Where things stand: what each side has sent, and what the page's script can see of it.
fn standing(exchange: &Exchange, step: usize) -> Html {
    let now = exchange.standing(step);
    let sent = |sent: Sent| format!("{} of {} bytes", sent.bytes, sent.of);
    let state = if now.opened {
        "1, OPEN"
    } else {
        "0, CONNECTING"
    };
    html! {
        <section class="hs-standing" aria-label="Where things stand">
            <h2 class="cap">{ "Where things stand" }</h2>
            <dl class="facts">
                <dt>{ "Connection" }</dt><dd>{ now.speaks }</dd>
                <dt class="client">{ "Request" }</dt><dd>{ sent(now.request) }</dd>
                <dt class="server">{ "Response" }</dt><dd>{ sent(now.response) }</dd>
                <dt>{ "readyState" }</dt><dd>{ state }{ " " }<em>{ "what a script sees" }</em></dd>
            </dl>
        </section>
    }
}

fn stepper(
    step: usize,
    last: usize,
    by_hand: &Callback<usize>,
    go: &Callback<usize>,
    playing: &UseStateHandle<bool>,
) -> Html {
    let to = |to: usize| by_hand.reform(move |_: MouseEvent| to);
    let play = {
        let (playing, go) = (playing.clone(), go.clone());
        Callback::from(move |_| {
            if !*playing && step >= last {
                go.emit(0);
            }
            playing.set(!*playing);
        })
    };
    let scrub = {
        let by_hand = by_hand.clone();
        Callback::from(move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            if let Some(to) = input.and_then(|i| i.value().parse().ok()) {
                by_hand.emit(to);
            }
        })
    };
    let (start, end) = (
        (step == 0).then_some("true"),
        (step >= last).then_some("true"),
    );
    html! {
        <div class="step hs-step" role="group" aria-label="Step through the exchange">
            <button type="button" class="btn" aria-label="Previous step" title="Previous step" onclick={to(step.saturating_sub(1))} aria-disabled={start}>{ Icon::Back.view() }</button>
            <button type="button" class="btn primary" onclick={to(step + 1)} aria-disabled={end}>{ "Next step" }{ Icon::Forward.view() }</button>
            <button type="button" class="btn play" onclick={play}>
                { if **playing { Icon::Pause.view() } else { Icon::Play.view() } }
                { if **playing { "Pause" } else { "Play" } }
            </button>
            <input type="range" aria-label="Step" min="0" max={last.to_string()} value={step.to_string()} oninput={scrub}
                aria-valuetext={format!("step {step} of {last}")}/>
            <output class="mono">{ format!("{step} / {last}") }</output>
            <span class="keys"><kbd>{ "←" }</kbd>{ " " }<kbd>{ "→" }</kbd>{ " step" }</span>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address;

    fn of(query: &str, last: usize) -> (usize, Vec<String>) {
        asked(&address::read(query), last)
    }

    #[test]
    fn the_step_of_a_link() {
        assert_eq!(of("", 9), (0, vec![]));
        assert_eq!(of("?step=9", 9), (9, vec![]));
        for (query, word) in [
            ("?step=10", "step=10"),
            ("?step=-1", "step=-1"),
            ("?step=%ff", "step="),
            ("?step=1&step=2", "cannot be read"),
        ] {
            let (step, problems) = of(query, 9);
            assert_eq!(step, 0, "{query}");
            assert!(problems[0].contains(word), "{query}: {problems:?}");
        }
    }
}

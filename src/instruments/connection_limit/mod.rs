//! Event streams, opened for real until the browser makes one wait: the limit of six connections that browsers keep over
//! HTTP/1.1, and what a request meanwhile meets.

use std::rc::Rc;

use yew::prelude::*;

use crate::kit::choice::{Chip, chips};
use crate::kit::number::{counted, fixed};
use crate::kit::panel::Panel;
#[cfg(test)]
use crate::kit::settings::check::SettingsTable;
use crate::kit::settings::{self, Field};
use crate::kit::settings_panel::{Show, settings_panel};
use crate::kit::slider::SliderSpec;
use crate::kit::url_state::{Reveal, UseSettings, use_reveal, use_settings};
use crate::live::connection_limit::{Beside, HeldStreams, Seen, Stage, Stream};

/// The name of the instrument.
const NAME: &str = "connection-limit";

/// What the instrument reads of an address, for the test that runs over all.
#[cfg(test)]
pub const SETTINGS: SettingsTable = SettingsTable::of::<Settings>(NAME);

/// Answers to begin with, and the numbers of streams that each means.
const ANSWERS: [(&str, usize, usize); 4] = [
    ("all of them", usize::MAX, usize::MAX),
    ("two", 0, 2),
    ("five or six", 5, 6),
    ("eight or more", 8, usize::MAX - 1),
];

/// What the reader sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many event streams are opened.
    streams: u32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { streams: 7 }
    }
}

impl settings::Settings for Settings {
    const FIELDS: &'static [Field<Settings>] = &[Field::stops(
        "streams",
        SliderSpec {
            label: "Event streams",
            stops: &[1, 2, 3, 4, 5, 6, 7, 8, 10, 12],
            short: |n| n.to_string(),
            aloud: |n| counted(n.into(), "event stream", "event streams"),
        },
        |s| s.streams,
        |s, n| s.streams = n,
    )];
}

/// The instrument.
#[component]
pub fn ConnectionLimit() -> Html {
    let UseSettings {
        parsed,
        url,
        on_change,
        ..
    } = use_settings::<Settings>(NAME);
    let settings = parsed.settings;
    let guess = use_state_eq(|| None::<usize>);
    let seen = use_state_eq(|| None::<(Option<usize>, Rc<Seen>)>);
    let held = use_mut_ref(|| None::<HeldStreams>);
    let panel = use_node_ref();
    use_reveal(&url, &panel, Reveal::Always);
    {
        let held = held.clone();
        use_effect_with((), move |()| {
            move || {
                let left = held.take();
                drop(left);
            }
        });
    }
    let on_guess = {
        let guess = guess.setter();
        Callback::from(move |said: usize| guess.set(Some(said)))
    };
    let on_open = {
        let (held, seen, guess) = (held.clone(), seen.setter(), *guess);
        Callback::from(move |_: MouseEvent| {
            let old = held.take();
            // Before others are opened: it closes its own.
            drop(old);
            let streams = settings.streams as usize;
            seen.set(Some((guess, Rc::new(Seen::of(streams)))));
            let seen = seen.clone();
            let opened = HeldStreams::open(streams, move |now| {
                seen.set(Some((guess, Rc::new(now.clone()))));
            });
            held.replace(Some(opened));
        })
    };
    let on_close = Callback::from(move |_: MouseEvent| {
        if let Some(held) = &*held.borrow() {
            held.close();
        }
    });
    let busy = seen
        .as_ref()
        .is_some_and(|(_, seen)| matches!(seen.stage, Stage::Opening | Stage::Settled));
    let all = std::array::from_fn::<Chip, { ANSWERS.len() }, _>(|i| Chip {
        label: ANSWERS[i].0.into(),
        pressed: *guess == Some(i),
        broken: false,
    });
    html! {
        <Panel name={NAME} title="The seventh waits" class="connection-limit" node={panel} problems={parsed.problems.clone()}
            link={url.link(&settings)}
            foot={html! { <span>{ "Real event streams to the server of this page. They are closed again after 20 s at the latest." }</span> }}>
            { settings_panel(&settings, Show::Sliders, &on_change, Html::default()) }
            <div class="connection-limit__question">
                <p><b>{ format!("Your page opens {}. How many will be open at once?", counted(settings.streams.into(), "EventSource", "EventSources")) }</b></p>
                { chips("Your prediction", &all, &on_guess) }
                <div class="connection-limit__actions">
                    <button type="button" class="btn primary" onclick={on_open} disabled={busy}>{ "Open them" }</button>
                    <button type="button" class="btn" onclick={on_close} disabled={!busy}>{ "Close them all" }</button>
                </div>
            </div>
            if let Some((guess, seen)) = &*seen {
                { outcome(seen, *guess) }
            }
        </Panel>
    }
}

fn ms(value: f64) -> String {
    let whole = value.max(0.0).round() as u64;
    match whole {
        ..1000 => format!("{whole} ms"),
        _ => format!("{} s", fixed((whole + 50) / 100, 1)),
    }
}

/// The streams, the request beside them, and what that means.
fn outcome(seen: &Seen, guess: Option<usize>) -> Html {
    if let Stage::Failed(why) = &seen.stage {
        return html! { <div class="connection-limit__outcome"><p class="error" role="alert">{ why }</p></div> };
    }
    let closed = seen.stage == Stage::Closed;
    html! {
        <div class="connection-limit__outcome">
            <p role="status"><b>{ verdict(seen, guess) }</b></p>
            <ol class="connection-limit__streams drawing">
                for (i, stream) in seen.streams.iter().enumerate() {
                    { row(&format!("EventSource {}", i + 1), &stream_state(stream, seen.messages.get(i).copied().unwrap_or_default(), closed), matches!(stream, Stream::Open(_)) && !closed) }
                }
                { row("fetch", &beside_state(seen), matches!(seen.beside, Beside::Answered(_))) }
            </ol>
            if seen.stage != Stage::Opening {
                <p>{ meaning(seen) }</p>
            }
        </div>
    }
}

fn row(name: &str, state: &str, open: bool) -> Html {
    html! {
        <li class={classes!("connection-limit__stream", open.then_some("connection-limit__stream--open"))}>
            <span>{ name.to_owned() }</span><i aria-hidden="true"></i><span>{ state.to_owned() }</span>
        </li>
    }
}

fn stream_state(stream: &Stream, messages: u32, closed: bool) -> String {
    match stream {
        Stream::Waits if closed => "never opened".to_owned(),
        Stream::Waits => "waits in the browser".to_owned(),
        Stream::Open(after) => format!(
            "{} after {}, {}",
            if closed { "was open" } else { "open" },
            ms(*after),
            counted(messages.into(), "message", "messages")
        ),
        Stream::Broke => "broke off".to_owned(),
    }
}

fn beside_state(seen: &Seen) -> String {
    match seen.beside {
        Beside::NotYet => "not made yet".to_owned(),
        Beside::Waits => "waits".to_owned(),
        Beside::Answered(after) => format!("answered after {}", ms(after)),
        Beside::Broke => "failed".to_owned(),
    }
}

fn verdict(seen: &Seen, guess: Option<usize>) -> String {
    match seen.stage {
        Stage::Opening => return "The streams are being opened.".to_owned(),
        Stage::Closed => {
            return format!(
                "All are closed. {} had been open at once.",
                counted(seen.open() as u64, "stream", "streams")
            );
        }
        _ => {}
    }
    let (open, waiting) = (seen.open(), seen.waiting());
    let is_right = |(_, least, most): &(&str, usize, usize)| match *least {
        usize::MAX => waiting == 0,
        _ => waiting > 0 && (*least..=*most).contains(&open),
    };
    let said = match guess.and_then(|guess| ANSWERS.get(guess)) {
        Some(answer) if is_right(answer) => "As you said. ",
        Some(_) => "Not what you said. ",
        None => "",
    };
    match waiting {
        0 => format!("{said}All {open} are open."),
        1 => format!("{said}{open} are open, and one waits."),
        _ => format!("{said}{open} are open, and {waiting} wait."),
    }
}

fn meaning(seen: &Seen) -> String {
    let by = match (seen.is_http1(), &seen.protocol) {
        (Some(false), Some(protocol)) => {
            return format!(
                "Your browser reached this server by {protocol}. There the streams share one connection, and the limit of six does not hold: the server says how many it takes at once, usually a hundred or more."
            );
        }
        (Some(true), Some(protocol)) => format!("Your browser reached this server by {protocol}. "),
        _ => {
            "Your browser does not say by which version of HTTP it reached this server. ".to_owned()
        }
    };
    if seen.waiting() > 0 {
        let fetch = match seen.beside {
            Beside::Waits | Beside::NotYet => {
                "The request beside them waits as well, and so would a picture or a script."
            }
            Beside::Answered(_) => {
                "The request beside them was answered once a connection was free."
            }
            Beside::Broke => "The request beside them failed.",
        };
        return format!(
            "{by}Browsers open six connections to one host over HTTP/1.1, for all tabs together, and an event stream keeps one for as long as it is open. If fewer than six are open here, another tab or another part of this page has the rest. {fetch} Your script is told of no error: it waits."
        );
    }
    match seen.open() {
        6.. => format!(
            "{by}Nothing waits: this browser opens more than is usual, or the streams share a connection."
        ),
        _ => format!("{by}There is room for all of them. Open seven."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(open: usize, all: usize) -> Seen {
        let mut seen = Seen::of(all);
        seen.stage = Stage::Settled;
        for stream in &mut seen.streams[..open] {
            *stream = Stream::Open(4.0);
        }
        seen
    }

    #[test]
    fn every_outcome_has_one_right_answer() {
        for (open, all, right) in [(7, 7, 0), (2, 7, 1), (6, 7, 2), (5, 12, 2), (9, 12, 3)] {
            let yes: Vec<usize> = (0..ANSWERS.len())
                .filter(|guess| verdict(&seen(open, all), Some(*guess)).starts_with("As you said."))
                .collect();
            assert_eq!(yes, [right], "{open} of {all}");
        }
    }

    #[test]
    fn what_it_means_depends_on_the_protocol() {
        let mut seen = seen(6, 7);
        assert!(meaning(&seen).contains("does not say"));
        seen.protocol = Some("http/1.1".into());
        seen.beside = Beside::Waits;
        let said = meaning(&seen);
        assert!(
            said.contains("http/1.1") && said.contains("waits as well"),
            "{said}"
        );
        seen.protocol = Some("h2".into());
        assert!(meaning(&seen).contains("does not hold"));
    }
}

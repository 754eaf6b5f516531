//! The ladder of both ends: what went between them, and what happened at each.

use wire::Role;
use yew::prelude::*;
use yew_router::prelude::*;

use super::endpoint::{Program, Tcp};
use super::handshake::Story;
use super::layout::lane;
use super::record::{Arrow, Entry, Happening, Segment, Standing, State, What};
use super::words::{arrow_name, clock, note};
use crate::kit::sequence_diagram::{self as diagram, Gap, Ladder, Lifeline, Note, Stroke, Time};
use crate::routes::{FramesQuery, Route};
use crate::ui::{Icon, hex_spaced};

/// Bytes that are written out above an arrow.
const SHOWN: usize = 10;
/// How far above the next moment a long wait is named.
const GAP: f64 = 46.0;

/// What has happened down to `y`. `on_go` takes the reader to a moment.
pub fn ladder(story: &Story, y: f64, on_go: &Callback<sim::Micros>) -> Ladder {
    let (run, layout) = (story.run(), story.layout());
    let now = layout.time_of(y);
    let here = layout.moment(now);
    let moments = &layout.moments[..here.map_or(0, |i| i + 1)];
    let times = moments.iter().enumerate().map(|(i, moment)| {
        let at = moment.at;
        Time {
            at: moment.top,
            label: clock(at),
            here: Some(i) == here,
            onclick: on_go.reform(move |_| at),
        }
    });
    // Where a long wait is drawn short, the lines are broken.
    let gaps = moments.windows(2).filter(|two| two[1].long).map(|two| Gap {
        at: two[1].top - GAP,
        label: format!("{} of nothing", clock(two[1].at - two[0].at)),
    });
    let told = run.log.iter().zip(&layout.places);
    let told = told.filter(|(entry, _)| entry.at <= now);
    let notes = told.clone().map(|(entry, place)| {
        let (role, words) = words(&run.arrows, entry);
        Note {
            lane: role.map(lane),
            at: place.y,
            wide: place.alone,
            words,
        }
    });
    let cut = told
        .clone()
        .find(|(entry, _)| entry.what == What::Cut)
        .map(|(_, place)| place.y + 2.0);
    let arrows = run.arrows.iter().zip(&layout.lines);
    Ladder {
        id: "closing",
        height: layout.height,
        lifelines: [Role::Client, Role::Server]
            .map(|role| lifeline(story, role))
            .into(),
        arrows: arrows
            .map(|(arrow, line)| diagram::Arrow {
                class: kind(&arrow.segment),
                from: lane(arrow.from),
                to: lane(arrow.from.peer()),
                leaves: line.from,
                arrives: line.to,
                lost: arrow.lost,
            })
            .collect(),
        notes: notes.collect(),
        times: times.collect(),
        gaps: gaps.collect(),
        cut,
        now: y,
    }
}

/// At which end something happened, and how it is said there.
fn words(arrows: &[Arrow], entry: &Entry) -> (Option<Role>, Html) {
    // What the drawing shows to the eye.
    let unseen = |words: String| html! { <span class="sr">{ words }</span> };
    match &entry.what {
        What::Leaves(number) => (Some(arrows[*number].from), label(&arrows[*number])),
        What::Inside(role, happening) => (Some(*role), inside(*role, happening)),
        What::Cut => {
            let words = html! { <span class="cl-cut">{ "the cable is pulled" }</span> };
            (None, words)
        }
        What::Lost(number) => {
            let name = arrow_name(&arrows[*number].segment);
            (None, unseen(format!("{name} is lost")))
        }
        What::Arrives(number) => {
            let name = arrow_name(&arrows[*number].segment);
            (None, unseen(format!("{name} arrives")))
        }
    }
}

/// How an arrow is drawn.
fn kind(segment: &Segment) -> &'static str {
    match segment {
        Segment::Message(..) => "",
        Segment::Close(..) => "ladder__arrow--bold",
        Segment::Fin { .. } | Segment::Ack | Segment::Rst => "ladder__arrow--dashed",
    }
}

/// The frame's name, and its bytes, which lead to the decoder.
fn label(arrow: &Arrow) -> Html {
    let bytes = match &arrow.segment {
        Segment::Message(bytes, _) | Segment::Close(bytes, _) => bytes,
        _ => return html! { <b class="cl-tcp">{ arrow_name(&arrow.segment) }</b> },
    };
    let more = if bytes.len() > SHOWN { " …" } else { "" };
    let text = format!("{}{more}", hex_spaced(&bytes[..bytes.len().min(SHOWN)]));
    let query = FramesQuery::of_bytes(bytes, arrow.from, false);
    html! {
        <>
            <b>{ arrow_name(&arrow.segment) }</b>
            <Link<Route, FramesQuery> classes="mono" to={Route::Frames} {query}>
                <span class="sr">{ "Take apart " }</span>{ text }
            </Link<Route, FramesQuery>>
        </>
    }
}

fn inside(role: Role, happening: &Happening) -> Html {
    let sign = match happening {
        Happening::Closed(ended) if ended.outcome.clean => Some(Icon::Check),
        Happening::Closed(_) => Some(Icon::Cross),
        Happening::Throws(_) | Happening::Fails(_) => Some(Icon::Warn),
        _ => None,
    };
    let class = match happening {
        Happening::Closed(ended) if ended.outcome.clean => "over good",
        Happening::Closed(_) => "over bad",
        Happening::Hangs | Happening::Crashes | Happening::Drops | Happening::Resets => "bad",
        Happening::Throws(_) | Happening::Fails(_) => "bad",
        _ => "",
    };
    html! {
        <span class={classes!("cl-note", class)}>
            { for sign.map(Icon::view) }
            { note(role, happening) }
        </span>
    }
}

/// An end's line, as thick as its WebSocket is open; beside it a thin one, its TCP.
fn lifeline(story: &Story, role: Role) -> Lifeline {
    let (run, layout) = (story.run(), story.layout());
    let (class, at, shift) = match role {
        Role::Client => ("from-client", 0.0, 4.0),
        Role::Server => ("from-server", 1.0, -4.0),
    };
    // A process that is gone holds no WebSocket open, whatever it last knew.
    let of = |standing: &Standing| match standing.program {
        Program::Dead => (State::Closed, standing.tcp),
        _ => (standing.state(), standing.tcp),
    };
    let mut strokes = Vec::new();
    let mut draw = |(state, tcp): (State, Tcp), from: f64, to: f64| {
        let (ws, tcp) = (websocket(state), under(tcp));
        let stroke = |class, shift| Stroke {
            class,
            from,
            to,
            shift,
        };
        strokes.extend([stroke(ws, shift), stroke(tcp, 0.0)]);
    };
    let mut from = 0.0;
    let mut now = of(run.standing(role, 0));
    for moment in &layout.moments {
        let next = of(run.standing(role, moment.at));
        if next != now {
            draw(now, from, moment.top);
            (from, now) = (moment.top, next);
        }
    }
    draw(now, from, layout.height);
    Lifeline {
        class,
        at,
        shift,
        strokes,
    }
}

/// The line of a WebSocket in a state.
fn websocket(state: State) -> &'static str {
    match state {
        State::Open => "cl-ws cl-open",
        State::Closing => "cl-ws cl-closing",
        State::Closed => "cl-ws cl-closed",
    }
}

/// The line of a TCP connection in a state.
fn under(tcp: Tcp) -> &'static str {
    match tcp {
        Tcp::Closed => "cl-under gone",
        Tcp::TimeWait => "cl-under waits",
        Tcp::Established => "cl-under stands",
        _ => "cl-under ends",
    }
}

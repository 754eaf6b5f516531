//! The ladder of both ends: what went between them, and what happened at each.

use crate::instruments::frame_inspector::link as frame_link;
use crate::kit::link::page_link;
use wire::Role;
use yew::prelude::*;

use super::endpoint::{Program, TcpState};
use super::event_log::{
    EndpointEvent, EndpointState, LogEntry, LogEvent, Segment, SentSegment, WebSocketState,
};
use super::layout::lane;
use super::model::Scene;
use super::narration::{arrow_name, clock, note};
use crate::kit::icon::Icon;
use crate::kit::number::hex_spaced;
use crate::kit::sequence_diagram::{self as diagram, Gap, Ladder, Lifeline, Note, Stroke, Time};

/// Bytes that are written out above an arrow.
const SHOWN: usize = 10;
/// How far above the next moment a long wait is named.
const GAP: f64 = 46.0;

/// What has happened down to `y`. `on_go` takes the reader to a moment.
pub fn ladder(scene: &Scene, y: f64, on_go: &Callback<sim::Micros>) -> Ladder {
    let Scene { run, layout } = scene;
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
        let (role, words) = words(&run.segments, entry);
        Note {
            lane: role.map(lane),
            at: place.y,
            wide: place.alone,
            words,
        }
    });
    let cut = told
        .clone()
        .find(|(entry, _)| entry.what == LogEvent::Cut)
        .map(|(_, place)| place.y + 2.0);
    let arrows = run.segments.iter().zip(&layout.lines);
    Ladder {
        id: "closing",
        height: layout.height,
        lifelines: [Role::Client, Role::Server]
            .map(|role| lifeline(scene, role))
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
fn words(arrows: &[SentSegment], entry: &LogEntry) -> (Option<Role>, Html) {
    // What the drawing shows to the eye.
    let unseen = |words: String| html! { <span class="visually-hidden">{ words }</span> };
    match &entry.what {
        LogEvent::Leaves(number) => (Some(arrows[*number].from), label(&arrows[*number])),
        LogEvent::Inside(role, event) => (Some(*role), inside(*role, event)),
        LogEvent::Cut => {
            let words =
                html! { <span class="closing-handshake__cut">{ "the cable is pulled" }</span> };
            (None, words)
        }
        LogEvent::Lost(number) => {
            let name = arrow_name(&arrows[*number].segment);
            (None, unseen(format!("{name} is lost")))
        }
        LogEvent::Arrives(number) => {
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
fn label(arrow: &SentSegment) -> Html {
    let bytes = match &arrow.segment {
        Segment::Message(bytes, _) | Segment::Close(bytes, _) => bytes,
        _ => return html! { <b class="closing-handshake__tcp">{ arrow_name(&arrow.segment) }</b> },
    };
    let more = if bytes.len() > SHOWN { " …" } else { "" };
    let text = format!("{}{more}", hex_spaced(&bytes[..bytes.len().min(SHOWN)]));
    html! {
        <>
            <b>{ arrow_name(&arrow.segment) }</b>
            { match frame_link(bytes, arrow.from, false) {
                Some(path) => {
                    let words = html! { <><span class="visually-hidden">{ "Take apart " }</span>{ text }</> };
                    page_link(path, classes!("mono"), words)
                }
                None => html! { <span class="mono">{ text }</span> },
            } }
        </>
    }
}

fn inside(role: Role, event: &EndpointEvent) -> Html {
    let sign = match event {
        EndpointEvent::Closed(ended) if ended.outcome.clean => Some(Icon::Check),
        EndpointEvent::Closed(_) => Some(Icon::Cross),
        EndpointEvent::Throws(_) | EndpointEvent::Fails(_) => Some(Icon::Warn),
        _ => None,
    };
    let class = match event {
        EndpointEvent::Closed(ended) if ended.outcome.clean => "closing-handshake__note--clean",
        EndpointEvent::Closed(_) => "closing-handshake__note--unclean",
        EndpointEvent::Hangs
        | EndpointEvent::Crashes
        | EndpointEvent::Drops
        | EndpointEvent::Resets => "closing-handshake__note--bad",
        EndpointEvent::Throws(_) | EndpointEvent::Fails(_) => "closing-handshake__note--bad",
        _ => "",
    };
    html! {
        <span class={classes!("closing-handshake__note", class)}>
            { for sign.map(Icon::view) }
            { note(role, event) }
        </span>
    }
}

/// An end's line, as thick as its WebSocket is open; beside it a thin one, its TCP.
fn lifeline(scene: &Scene, role: Role) -> Lifeline {
    let Scene { run, layout } = scene;
    let (class, at, shift) = match role {
        Role::Client => ("from-client", 0.0, 4.0),
        Role::Server => ("from-server", 1.0, -4.0),
    };
    // A process that is gone holds no WebSocket open, whatever it last knew.
    let of = |endpoint: &EndpointState| match endpoint.program {
        Program::Dead => (WebSocketState::Closed, endpoint.tcp),
        _ => (endpoint.state(), endpoint.tcp),
    };
    let mut strokes = Vec::new();
    let mut draw = |(state, tcp): (WebSocketState, TcpState), from: f64, to: f64| {
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
    let mut now = of(run.endpoint(role, 0));
    for moment in &layout.moments {
        let next = of(run.endpoint(role, moment.at));
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
fn websocket(state: WebSocketState) -> &'static str {
    match state {
        WebSocketState::Open => "closing-handshake__websocket",
        WebSocketState::Closing => {
            "closing-handshake__websocket closing-handshake__websocket--closing"
        }
        WebSocketState::Closed => "closing-handshake__websocket--closed",
    }
}

/// The line of a TCP connection in a state.
fn under(tcp: TcpState) -> &'static str {
    match tcp {
        TcpState::Closed => "closing-handshake__under--gone",
        TcpState::TimeWait => "closing-handshake__under closing-handshake__under--waits",
        TcpState::Established => "closing-handshake__under",
        _ => "closing-handshake__under closing-handshake__under--ends",
    }
}

//! The ladder: two lines, time running down, and everything that went between them.

use wire::Role;
use yew::prelude::*;
use yew_router::prelude::*;

use super::endpoint::{Program, Tcp};
use super::handshake::Story;
use super::record::{Arrow, Happening, Segment, Standing, State, What};
use super::words::{arrow_name, clock, note};
use crate::routes::{FramesQuery, Route};
use crate::ui::{Icon, hex_spaced};

/// Bytes that are written out above an arrow.
const SHOWN: usize = 10;

/// Properties of [`Ladder`].
#[derive(Properties, PartialEq)]
pub struct LadderProps {
    /// What happens, and where.
    pub story: Story,
    /// How far down the reader is.
    pub y: f64,
    /// The reader points at a moment.
    pub on_go: Callback<sim::Micros>,
}

/// The drawing.
#[component]
pub fn Ladder(props: &LadderProps) -> Html {
    let LadderProps { story, y, on_go } = props;
    let (run, layout) = (story.run(), story.layout());
    let now = layout.time_of(*y);
    let here = layout.moment(now);
    let shown = here.map_or(0, |i| i + 1);
    let times = layout.moments[..shown].iter().enumerate().map(|(i, moment)| {
        let (at, on_go) = (moment.at, on_go.clone());
        let onclick = Callback::from(move |_| on_go.emit(at));
        let current = (Some(i) == here).then_some("step");
        html! {
                <button type="button" class="cl-at" style={top(moment.top)} aria-current={current} {onclick}>{ clock(at) }</button>
        }
    });
    let words = run.log.iter().zip(&layout.places).filter(|(e, _)| e.at <= now).map(|(entry, place)| {
        let inner = match &entry.what {
            What::Leaves(number) => label(&run.arrows[*number]),
            What::Inside(role, happening) => inside(*role, happening),
            What::Cut => html! { <span class="cl-cut">{ "the cable is pulled" }</span> },
            What::Lost(number) => html! { <span class="sr">{ format!("{} is lost", arrow_name(&run.arrows[*number].segment)) }</span> },
            What::Arrives(number) => html! { <span class="sr">{ format!("{} arrives", arrow_name(&run.arrows[*number].segment)) }</span> },
        };
        let role = match &entry.what {
            What::Leaves(number) => Some(run.arrows[*number].from),
            What::Inside(role, _) => Some(*role),
            _ => None,
        };
        let class = match role {
            Some(Role::Client) => "from-client",
            Some(Role::Server) => "from-server",
            None => "both",
        };
        html! { <li class={classes!("cl-word", class, place.alone.then_some("alone"))} style={top(place.y)}>{ inner }</li> }
    });
    // Where a long wait is drawn short, the lines are broken.
    let gaps = layout.moments[..shown].windows(2).filter(|two| two[1].long).map(|two| {
        html! { <p class="cl-gap" style={top(two[1].top - 46.0)}>{ format!("{} of nothing", clock(two[1].at - two[0].at)) }</p> }
    });
    let cut = run
        .log
        .iter()
        .zip(&layout.places)
        .find(|(e, _)| e.what == What::Cut && e.at <= now);
    html! {
        <div class="cl-ladder" style={format!("height:{}px", layout.height.round())}>
            <div class="cl-times">{ for times }</div>
            <div class="cl-field">
                if let Some((_, place)) = cut {
                    <div class="cl-dead" style={format!("top:{0}px;height:{1}px", place.y.round() + 2.0, (*y - place.y - 2.0).max(0.0).round())}></div>
                }
                <svg width="100%" height="100%" aria-hidden="true">
                    <defs>
                        { for [("cl-head-c", "from-client"), ("cl-head-s", "from-server")].map(|(id, class)| html! {
                            <marker {id} class={class} viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 .8L10 5L0 9.2z"/></marker>
                        }) }
                    </defs>
                    { for [Role::Client, Role::Server].map(|role| lane(story, role, *y)) }
                    { for run.arrows.iter().enumerate().map(|(i, arrow)| line(story, i, arrow, *y)) }
                    if *y < layout.height {
                        <line class="cl-line-now" x1="0" x2="100%" y1={px(*y)} y2={px(*y)}/>
                    }
                </svg>
                { for gaps }
                <ol>{ for words }</ol>
            </div>
        </div>
    }
}

fn top(y: f64) -> String {
    format!("top:{}px", y.round())
}

fn px(y: f64) -> String {
    format!("{y:.1}")
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

/// The percentage at which an end's line stands.
fn x(role: Role) -> f64 {
    match role {
        Role::Client => 0.0,
        Role::Server => 100.0,
    }
}

/// An end's line, as thick as its WebSocket is open; beside it a thin one, its TCP.
fn lane(story: &Story, role: Role, y: f64) -> Html {
    let (run, layout) = (story.run(), story.layout());
    let (class, shift) = match role {
        Role::Client => ("from-client", 4),
        Role::Server => ("from-server", -4),
    };
    // A process that is gone holds no WebSocket open, whatever it last knew.
    let of = |standing: &Standing| match standing.program {
        Program::Dead => (State::Closed, standing.tcp),
        _ => (standing.state(), standing.tcp),
    };
    let mut parts: Vec<(State, Tcp, f64, f64)> = Vec::new();
    let mut from = 0.0;
    let mut now = of(run.standing(role, 0));
    for moment in &layout.moments {
        let next = of(run.standing(role, moment.at));
        if next != now {
            parts.push((now.0, now.1, from, moment.top));
            (from, now) = (moment.top, next);
        }
    }
    parts.push((now.0, now.1, from, layout.height));
    let drawn = parts.into_iter().filter(|part| part.2 < y).map(|(state, tcp, from, to)| {
        let to = to.min(y);
        let state = match state {
            State::Open => "cl-open",
            State::Closing => "cl-closing",
            State::Closed => "cl-closed",
        };
        let tcp = match tcp {
            Tcp::Closed => "gone",
            Tcp::TimeWait => "waits",
            Tcp::Established => "stands",
            _ => "ends",
        };
        let at = format!("{}%", x(role));
        html! {
            <g class={class} transform={format!("translate({shift} 0)")}>
                <line class={classes!("cl-ws", state)} x1={at.clone()} x2={at.clone()} y1={px(from)} y2={px(to)}/>
                <line class={classes!("cl-under", tcp)} x1={at.clone()} x2={at} y1={px(from)} y2={px(to)} transform={format!("translate({} 0)", -shift)}/>
            </g>
        }
    });
    let at = format!("{}%", x(role));
    html! {
        <>
            <line class="cl-todo" x1={at.clone()} x2={at} y1="0" y2="100%" transform={format!("translate({shift} 0)")}/>
            { for drawn }
        </>
    }
}

/// An arrow as far as it has come.
fn line(story: &Story, number: usize, arrow: &Arrow, y: f64) -> Html {
    let line = story.layout().lines[number];
    if y <= line.from {
        return Html::default();
    }
    let (class, head) = match arrow.from {
        Role::Client => ("from-client", "url(#cl-head-c)"),
        Role::Server => ("from-server", "url(#cl-head-s)"),
    };
    let kind = match arrow.segment {
        Segment::Message(..) => "message",
        Segment::Close(..) => "close",
        Segment::Fin { .. } | Segment::Ack | Segment::Rst => "tcp",
    };
    // What is lost comes as far as it came, and a little way for the eye.
    let all = arrow.lost.map_or(1.0, |share| share.clamp(0.12, 0.88));
    let share = ((y - line.from) / (line.to - line.from)).min(1.0);
    // Between the two lines, with a little room at both.
    let place = |along: f64| match arrow.from {
        Role::Client => 1.6 + 96.8 * along,
        Role::Server => 98.4 - 96.8 * along,
    };
    let (from, to) = (place(0.0), place(all * share));
    let to_y = line.from + (line.to - line.from) * share;
    let lost = arrow.lost.is_some() && share >= 1.0;
    html! {
        <g class={classes!("cl-arrow", class, kind)}>
            <line x1={format!("{from}%")} x2={format!("{to}%")} y1={px(line.from)} y2={px(to_y)} marker-end={(!lost).then_some(head)}/>
            if lost {
                <svg x={format!("{to}%")} y={px(to_y)} overflow="visible"><path d="M-6 -6L6 6M6 -6L-6 6"/></svg>
            }
        </g>
    }
}

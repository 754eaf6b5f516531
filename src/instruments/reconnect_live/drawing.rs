//! Real reconnections as they are drawn: a lane for each connection, and how many are back beside the model.

use sim::SECOND;
use sim::reconnecting::StormOutput;
use yew::prelude::*;

use super::narration::{model_end, row};
use super::settings::Settings;
use crate::kit::chart::{Axis, Mark, Plot, Point, Series, Shape, Unit};
use crate::kit::number::span;
use crate::live::restart_group::{AttemptEnd, MEMBERS, Member, Record, Stage};

/// Where the axis may end, in seconds, and how far apart its ticks are then.
const ENDS: [(u32, u32); 9] = [
    (5, 1),
    (10, 2),
    (15, 3),
    (20, 5),
    (30, 5),
    (45, 15),
    (60, 15),
    (120, 30),
    (600, 120),
];

/// A piece of a lane. Places are in milliseconds since the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Piece {
    /// It waits, from here to there.
    Wait(f64, f64),
    /// It is connected, from here to there.
    Open(f64, f64),
    /// An attempt in vain.
    Refused(f64),
    /// An attempt that connects.
    Accepted(f64),
}

/// What a lane is made of, in the order of time.
fn pieces(member: &Member, now: f64) -> Vec<Piece> {
    let Some(loss) = member.loss else {
        return Vec::new();
    };
    let mut pieces = Vec::new();
    let mut since = loss.at;
    for attempt in &member.attempts {
        pieces.push(Piece::Wait(since, attempt.at));
        let Some(ended) = attempt.ended else {
            return pieces;
        };
        since = ended.at;
        match ended.how {
            AttemptEnd::Refused(_) => pieces.push(Piece::Refused(attempt.at)),
            AttemptEnd::Accepted => {
                pieces.push(Piece::Open(ended.at, now.max(ended.at)));
                pieces.push(Piece::Accepted(ended.at));
                return pieces;
            }
        }
    }
    if !member.gave_up {
        pieces.push(Piece::Wait(since, now.max(since)));
    }
    pieces
}

/// Where the axis ends, and how far apart its ticks are, in seconds.
fn axis(now: f64, away: u32) -> (u32, u32) {
    let most = (now / 1000.0).max(f64::from(away) / 1000.0);
    let fits = |(end, _): &&(u32, u32)| f64::from(*end) >= most;
    ENDS.iter()
        .find(fits)
        .copied()
        .unwrap_or(ENDS[ENDS.len() - 1])
}

/// A lane for each connection.
pub fn lanes(settings: &Settings, record: &Record) -> Html {
    let (end, step) = axis(record.now, settings.away);
    let share = |ms: f64| (ms / (f64::from(end) * 10.0)).clamp(0.0, 100.0);
    let at = |ms: f64| format!("left: {:.2}%", share(ms));
    let line = |from: f64, to: f64| {
        let (from, to) = (share(from), share(to));
        format!("left: {from:.2}%; width: {:.2}%", to - from)
    };
    let draw = |piece: Piece| match piece {
        Piece::Wait(from, to) => {
            html! { <i class="reconnect-live__wait" style={line(from, to)}></i> }
        }
        Piece::Open(from, to) => {
            html! { <i class="reconnect-live__open" style={line(from, to)}></i> }
        }
        Piece::Refused(ms) => {
            html! { <b class="reconnect-live__refused" style={at(ms)}>{ "×" }</b> }
        }
        Piece::Accepted(ms) => {
            html! { <b class="reconnect-live__accepted" style={at(ms)}>{ "●" }</b> }
        }
    };
    let summary = format!(
        "A lane for each of {MEMBERS} connections, over {end} s: {} are back, after {} attempts in vain. The table below has each attempt.",
        record.back().len(),
        record.in_vain()
    );
    let away = f64::from(settings.away);
    html! {
        <div class="reconnect-live__lanes drawing" role="img" aria-label={summary}>
            <div class="reconnect-live__lane reconnect-live__lane--top">
                <span></span>
                <div class="reconnect-live__way"><span style={at(away)}>{ "the server is back" }</span></div>
            </div>
            for (i, member) in record.members.iter().enumerate() {
                <div class="reconnect-live__lane">
                    <span>{ i + 1 }</span>
                    <div class="reconnect-live__way">
                        <i class="reconnect-live__back" style={at(away)}></i>
                        for piece in pieces(member, record.now) {
                            { draw(piece) }
                        }
                    </div>
                </div>
            }
            <div class="reconnect-live__lane reconnect-live__lane--axis">
                <span></span>
                <div class="reconnect-live__way">
                    for tick in (0..=end).step_by(step as usize) {
                        <span style={at(f64::from(tick) * 1000.0)}>{ if tick == 0 { "0".to_owned() } else { span(tick * 1000) } }</span>
                    }
                </div>
            </div>
        </div>
    }
}

/// What the marks of the lanes are.
pub fn legend() -> Html {
    html! {
        <ul class="reconnect-live__legend">
            <li><i class="reconnect-live__wait" aria-hidden="true"></i>{ "waits" }</li>
            <li><b class="reconnect-live__refused" aria-hidden="true">{ "×" }</b>{ "is refused" }</li>
            <li><b class="reconnect-live__accepted" aria-hidden="true">{ "●" }</b>{ "is accepted" }</li>
            <li><i class="reconnect-live__open" aria-hidden="true"></i>{ "is connected" }</li>
        </ul>
    }
}

/// Each attempt, in words.
pub fn table(record: &Record) -> Html {
    html! {
        <details class="reconnect-live__table">
            <summary>{ "Each attempt" }</summary>
            <div class="table" tabindex="0" role="group" aria-label="Each attempt">
                <table>
                    <thead><tr>
                        for head in ["Connection", "Lost with", "Attempts, after the loss", "Back after"] {
                            <th scope="col">{ head }</th>
                        }
                    </tr></thead>
                    <tbody>
                        for (i, member) in record.members.iter().enumerate() {
                            <tr>
                                <th scope="row">{ i + 1 }</th>
                                for cell in row(member) {
                                    <td>{ cell }</td>
                                }
                            </tr>
                        }
                    </tbody>
                </table>
            </div>
        </details>
    }
}

/// How many are back: measured, and by the model.
pub fn back(settings: &Settings, record: &Record, output: &StormOutput) -> Plot {
    let end = (record.now / 1000.0).max(model_end(output)).max(1.0);
    // Who is back stays so: when it is over, the line goes on to the end of the other.
    let known = match record.stage {
        Stage::Done => end,
        _ => record.now / 1000.0,
    };
    let measured = steps(&record.back(), known);
    let width = output.width as f64 / SECOND as f64;
    let ends = (1..).map(|i| f64::from(i) * width);
    let mut model: Vec<Point> = vec![(0.0, 0.0)];
    model.extend(
        ends.zip(&output.series)
            .map(|(at, bucket)| (at, bucket.connected as f64))
            .take_while(|(at, _)| *at < end),
    );
    let last = output
        .series
        .last()
        .map_or(0.0, |bucket| bucket.connected as f64);
    model.push((end, last));
    Plot {
        title: "Clients that are back".into(),
        summary: format!(
            "Of {MEMBERS} clients, {} are back as measured and {} by the model.",
            record.back().len(),
            output.accepted
        )
        .into(),
        x: Axis::new("time since the loss", Unit::Seconds).from_to(0.0, end),
        y: Axis::new("clients back", Unit::Count).from_to(0.0, MEMBERS as f64 + 1.0),
        right: None,
        series: [
            Series::line("measured", "var(--accent)", measured).shaped(Shape::Steps),
            Series::line("by the model", "var(--ink)", model)
                .shaped(Shape::Steps)
                .looking(2),
        ]
        .into(),
        marks: [Mark {
            at: f64::from(settings.away) / 1000.0,
            label: "the server is back".into(),
        }]
        .into(),
    }
}

/// How many have come by each of these times in milliseconds, up to a time in seconds.
fn steps(back: &[f64], end: f64) -> Vec<Point> {
    let mut points: Vec<Point> = vec![(0.0, 0.0)];
    for (i, at) in back.iter().enumerate() {
        let (at, count) = (at / 1000.0, (i + 1) as f64);
        match points.last_mut() {
            Some(last) if last.0 >= at => last.1 = count,
            _ => points.push((at, count)),
        }
    }
    if points.last().is_some_and(|last| last.0 < end) {
        points.push((end, back.len() as f64));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_waits_between_attempts_and_then_a_connection() {
        let mut attempts: [&[(f64, bool)]; MEMBERS] = [&[]; MEMBERS];
        attempts[0] = &[(100.0, false), (700.0, true)];
        let mut record = Record::of(1001, attempts);
        record.now = 1000.0;
        assert_eq!(
            pieces(&record.members[0], record.now),
            [
                Piece::Wait(0.0, 100.0),
                Piece::Refused(100.0),
                Piece::Wait(110.0, 700.0),
                Piece::Open(710.0, 1000.0),
                Piece::Accepted(710.0),
            ]
        );
        assert_eq!(
            pieces(&record.members[1], record.now),
            [Piece::Wait(0.0, 1000.0)]
        );
        record.members[1].gave_up = true;
        assert_eq!(pieces(&record.members[1], record.now), []);
        assert_eq!(pieces(&Member::default(), 1000.0), []);
    }

    #[test]
    fn the_axis_has_room_for_what_happened() {
        assert_eq!(axis(0.0, 500), (5, 1));
        assert_eq!(axis(5001.0, 500), (10, 2));
        assert_eq!(axis(1e9, 500), (600, 120));
        for (end, step) in ENDS {
            assert!(end % step == 0 && end / step <= 6, "{end}");
        }
    }

    #[test]
    fn who_comes_at_the_same_time_is_counted_in_one_step() {
        let all = [(0.0, 0.0), (0.5, 2.0), (0.7, 3.0), (1.0, 3.0)];
        assert_eq!(steps(&[500.0, 500.0, 700.0], 1.0), all);
        assert_eq!(steps(&[], 0.0), [(0.0, 0.0)]);
    }
}

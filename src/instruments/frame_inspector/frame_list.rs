//! Several frames in a row: which there are, which is being read, which one breaks a rule.

use wire::walk::{FrameSummary, ReceiverOutcome};
use yew::prelude::*;

use super::bytes::by_data;
use super::model::Reading;
use super::sequence::FrameSequence;
use super::state::Move;
use crate::kit::icon::Icon;
use crate::kit::number::{counted, grouped};

/// Frames that are shown at once, the present one among them.
const SHOWN: usize = 15;

/// The frames to show: those around the present one.
fn around(number: usize, count: usize) -> std::ops::Range<usize> {
    let start = number
        .saturating_sub(SHOWN / 2)
        .min(count.saturating_sub(SHOWN));
    start..(start + SHOWN).min(count)
}

/// All of it; nothing for a single frame.
pub fn frame_list(
    sequence: &FrameSequence,
    reading: &Reading,
    go: &Callback<Move>,
    on_step: &Callback<usize>,
) -> Html {
    let count = sequence.count();
    if count < 2 {
        return Html::default();
    }
    let number = reading.number;
    let shown = around(number, count);
    let step = |way: Move, icon: Icon, name: &'static str, key: &'static str, off: bool| {
        let onclick = go.reform(move |_: MouseEvent| way);
        html! {
            <button type="button" class="btn" aria-label={name} title={format!("{name}, key {key}")} {onclick} aria-disabled={off.then_some("true")}
                aria-keyshortcuts={key}>{ icon.view() }</button>
        }
    };
    let jump = |to: usize, label: String| {
        html! {
            <li><button type="button" class="frame-inspector__more" data-i={sequence.last_of(to).to_string()}>{ label }</button></li>
        }
    };
    let (before, after) = (shown.start, count - shown.end);
    html! {
        <section class="frame-inspector__frames" aria-label="Frames">
            <div class="frame-inspector__frames-head">
                <h2 class="eyebrow">{ format!("Frame {} of {}", grouped(number as u64 + 1), grouped(count as u64)) }</h2>
                <span class="frame-inspector__keys"><kbd>{ "[" }</kbd>{ " " }<kbd>{ "]" }</kbd>{ " frame" }</span>
                <span class="frame-inspector__frames-go">
                    { step(Move::FrameBack, Icon::Back, "Previous frame", "[", number == 0) }
                    { step(Move::FrameOn, Icon::Forward, "Next frame", "]", number + 1 == count) }
                </span>
            </div>
            <ol class="frame-inspector__frames-list" role="list" onclick={by_data(on_step)}>
                if before > 0 { { jump(shown.start - 1, format!("← {} before", grouped(before as u64))) } }
                { for shown.clone().filter_map(|n| sequence.summary(n).map(|frame| entry(sequence, n, frame, n == number))) }
                if after > 0 { { jump(shown.end, format!("{} more →", grouped(after as u64))) } }
            </ol>
            { outcome(sequence) }
        </section>
    }
}

fn entry(sequence: &FrameSequence, n: usize, frame: FrameSummary, here: bool) -> Html {
    let length = match frame.length {
        Some(n) if frame.complete => counted(n, "byte", "bytes"),
        _ => "cut off".to_owned(),
    };
    let mut name = format!(
        "Frame {}: {}, {length}",
        grouped(n as u64 + 1),
        frame.opcode.name()
    );
    if !frame.fin {
        name.push_str(", FIN 0, more of the message follows");
    }
    if frame.broken {
        name.push_str(", breaks a rule");
    }
    html! {
        <li key={n}>
            <button type="button" class={classes!("frame-inspector__frame", frame.broken.then_some("bad"))} data-i={sequence.last_of(n).to_string()}
                aria-current={here.then_some("true")} aria-label={name}>
                <b>
                    if frame.broken { { Icon::Warn.view() } }
                    { frame.opcode.name() }
                </b>
                <small>
                    { length }
                    if !frame.fin { { " · FIN 0" } }
                </small>
            </button>
        </li>
    }
}

/// Where the receiver stops reading, if it does.
fn outcome(sequence: &FrameSequence) -> Html {
    let receiver = match sequence.source.from.peer() {
        wire::Role::Client => "A client",
        wire::Role::Server => "A server",
    };
    let at = |n: u64| grouped(n + 1);
    let text = match sequence.outcome() {
        ReceiverOutcome::Reads | ReceiverOutcome::NotFollowed(_) => return Html::default(),
        ReceiverOutcome::Closed(n) if n + 1 == sequence.count() as u64 => return Html::default(),
        ReceiverOutcome::Closed(n) => format!(
            "{receiver} stops reading after frame {}, a close frame.",
            at(*n)
        ),
        ReceiverOutcome::Failed(n, violation) => format!(
            "{receiver} that reads from the beginning fails the connection with {} at frame {}.",
            violation.rule.close_code(),
            at(*n)
        ),
    };
    html! { <p class="frame-inspector__outcome">{ text }</p> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_present_frame_is_among_those_shown() {
        for count in [2, 14, 15, 16, 1000] {
            for number in [0, 1, count / 2, count - 1] {
                let shown = around(number, count);
                assert!(shown.contains(&number) && shown.end <= count);
                assert_eq!(shown.len(), count.min(SHOWN));
            }
        }
    }
}

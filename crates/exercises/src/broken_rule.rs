//! Which rule does a chain of frames break?

mod breaks;
mod why_not;

use wire::Role;
use wire::rule::Rule;

use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, joined};
use crate::words::{capital, code, frames_link};
use crate::{Figure, Level, Made, Section};

/// Frames of one direction, and what is wrong with them.
pub(crate) struct Chain {
    /// The end that sends them.
    pub from: Role,
    /// The frames.
    pub frames: Vec<FrameSpec>,
    /// The rule that is broken and the frame that breaks it, from 0; `None` where all is well.
    pub broken: Option<(Rule, usize)>,
    /// What is wrong, or why nothing is, in a sentence with the numbers of these frames.
    pub why: String,
}

/// The choice for a chain that breaks no rule.
const NONE: &str = "None: all is as it should be";

/// The words of a choice.
fn title(broken: Option<Rule>) -> &'static str {
    broken.map_or(NONE, Rule::title)
}

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    let chain = breaks::chain(level, draw);
    let from = chain.from;
    let on_wire = joined(&chain.frames);
    let right = chain.broken.map(|(rule, _)| rule);
    let mut choices = Choices::right(title(right), chain.why.clone());
    for rule in breaks::tempting(level, &chain) {
        choices.add(rule.title(), why_not::why_not(rule, &chain));
    }
    if let Some((_, frame)) = chain.broken
        && level != Level::First
    {
        choices.add(
            NONE,
            format!(
                "Look at the {} frame again. {}",
                crate::words::ordinal(frame + 1),
                chain.why
            ),
        );
    }
    let step = chain
        .broken
        .map_or(0, |(_, n)| joined(&chain.frames[..n]).len());
    Made {
        text: match chain.frames.len() {
            1 => format!("A frame from a {from}, without extensions. Which rule does it break?"),
            _ => format!(
                "Frames from a {from}, one after the other, without extensions. Which rule do \
                 they break{}?",
                if level == Level::Third {
                    ", if any"
                } else {
                    ""
                }
            ),
        },
        choices: choices.finish(draw),
        steps: steps(&chain),
        section: right.map_or(Section::of_6455("5.4"), |rule| Section {
            rfc: rule.rfc(),
            number: rule.section(),
        }),
        link: frames_link(&on_wire, from, step),
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from,
        }),
    }
}

/// The frames one by one, up to the one that is wrong.
fn steps(chain: &Chain) -> Vec<String> {
    let mut steps = Vec::new();
    let mut open = false;
    let last = chain.broken.map_or(usize::MAX, |(_, frame)| frame);
    for (i, frame) in chain.frames.iter().enumerate().take(last.saturating_add(1)) {
        let role = match (frame.is_control(), open, frame.fin) {
            _ if i == last => "Here a rule is broken",
            (true, true, _) => "It may come between the fragments of a message",
            (true, false, _) => "A control frame is complete in itself",
            (false, false, true) => "A whole message",
            (false, false, false) => "It begins a message",
            (false, true, false) => "It goes on with the message",
            (false, true, true) => "It ends the message",
        };
        if !frame.is_control() {
            open = !frame.fin;
        }
        steps.push(format!(
            "Frame {}, {}: {}. {role}.",
            i + 1,
            code(&[frame.first(), frame.second()]),
            frame.summary()
        ));
    }
    steps.push(chain.why.clone());
    if let Some((rule, _)) = chain.broken {
        steps.push(capital(rule.reason()));
    }
    steps
}

//! Which code a page is told in its `CloseEvent`.

use wire::Role;
use wire::close::CloseCode;

use super::named;
use crate::choices::Choices;
use crate::draw::Draw;
use crate::frame_spec::{FrameSpec, joined};
use crate::words::{bytes, code, frames_link, ping_payload, short_text};
use crate::{Figure, Made, Section};

/// How the server's side of a connection ends.
#[derive(Clone, Copy)]
enum Ending {
    /// A close frame without a payload.
    Empty,
    /// A close frame with this code.
    With(u16),
    /// The TCP connection ends without a close frame.
    Cut,
    /// A frame that breaks a rule.
    Broken,
}

/// The code that a page is told, from what its server has sent last.
pub(super) fn make(draw: &mut Draw) -> Made {
    let ending = match draw.below(4) {
        0 => Ending::Empty,
        1 => Ending::With(draw.one([1001, 1011, 1012, 1013, 3000, 4000, 4001, 4404])),
        2 => Ending::Cut,
        _ => Ending::Broken,
    };
    let mut frames = vec![FrameSpec::new(1, short_text(draw), None)];
    if draw.flip() {
        frames.push(FrameSpec::new(9, ping_payload(draw), None));
    }
    let (right, sent) = match ending {
        Ending::Empty => {
            frames.push(FrameSpec::new(8, Vec::new(), None));
            (1005, None)
        }
        Ending::With(number) => {
            let mut payload = number.to_be_bytes().to_vec();
            if draw.flip() {
                payload.extend(short_text(draw).bytes());
            }
            frames.push(FrameSpec::new(8, payload, None));
            (number, Some(number))
        }
        Ending::Cut => (1006, None),
        Ending::Broken if draw.flip() => {
            let mut frame = FrameSpec::new(1, short_text(draw), None);
            frame.rsv = draw.one([1, 2, 4]);
            frames.push(frame);
            (1006, Some(1002))
        }
        Ending::Broken => {
            let mut payload = short_text(draw).into_bytes();
            payload.push(draw.one([0xff, 0xc0]));
            frames.push(FrameSpec::new(1, payload, None));
            (1006, Some(1007))
        }
    };
    let on_wire = joined(&frames);
    let last = frames.last().map(FrameSpec::bytes).unwrap_or_default();
    let begins = code(&last[..last.len().min(2)]);
    let text = "All that a browser gets from its server after the handshake, without \
        extensions. Then the TCP connection ends. Which code does the page find in \
        `CloseEvent.code`?";
    Made {
        text: text.to_owned(),
        choices: choices(ending, right, sent, &last).finish(draw),
        steps: steps(ending, right, sent, &begins),
        section: Section::of_6455("7.1.5"),
        link: match ending {
            Ending::Cut => format!("/closing?code={right}"),
            _ => frames_link(&on_wire, Role::Server, on_wire.len() - last.len()),
        },
        figure: Some(Figure::Bytes {
            bytes: on_wire,
            from: Role::Server,
        }),
    }
}

/// What came from the server at the end, as a clause.
fn what_came(ending: Ending) -> String {
    match ending {
        Ending::Empty => "a close frame came, and it has no code".to_owned(),
        Ending::With(number) => format!("a close frame came, and its code is {number}"),
        Ending::Cut => "no close frame came".to_owned(),
        Ending::Broken => "a broken frame came, and no close frame".to_owned(),
    }
}

fn choices(ending: Ending, right: u16, sent: Option<u16>, last: &[u8]) -> Choices {
    let came = what_came(ending);
    let mut choices = Choices::right(
        named(right),
        match ending {
            Ending::Empty => "A close frame came, and its length is 0: no code was in it, and \
                the page is told just that."
                .to_owned(),
            Ending::With(number) => format!(
                "The close frame carries {}, which is {number}.",
                code(&number.to_be_bytes())
            ),
            Ending::Cut => "No close frame came before the connection ended. The page is told \
                that, and nothing more."
                .to_owned(),
            Ending::Broken => "The browser fails the connection, and no close frame ever came \
                from the server. The page is told that, and not why."
                .to_owned(),
        },
    );
    if let (Ending::Broken, Some(number)) = (ending, sent) {
        choices.add(
            named(number),
            format!(
                "{number} is what the browser sends to the server. The page is told of what \
                 came from the server: {came}."
            ),
        );
    }
    if let (Ending::With(number), [_, length, ..]) = (ending, last) {
        let swapped = number.swap_bytes();
        choices.add(
            named(swapped),
            format!(
                "The two bytes of the code were swapped. The frame's payload of {} begins with \
                 the most significant one.",
                bytes(u64::from(*length))
            ),
        );
    }
    choices.add(
        named(1006),
        format!("1006 is for a connection that ended without a close frame. Here {came}."),
    );
    choices.add(
        named(1005),
        format!("1005 is for a close frame that has no code. Here {came}."),
    );
    choices.add(
        named(1000),
        format!(
            "1000 would have to be in a close frame from the server; no end makes it up. \
             Here {came}."
        ),
    );
    choices.add(
        named(1002),
        match ending {
            Ending::Broken => format!("1002 does not come from the server: {came}."),
            _ => format!("1002 is for a broken rule, and none is broken here: {came}."),
        },
    );
    choices.add(
        named(1001),
        format!("1001 would have to be sent by a server that goes away. Here {came}."),
    );
    choices
}

fn steps(ending: Ending, right: u16, sent: Option<u16>, begins: &str) -> Vec<String> {
    let mut steps = vec![
        "The code of an ended connection is the one in the close frame that came from the other \
         end."
            .to_owned(),
    ];
    match ending {
        Ending::Empty => steps.push(format!(
            "The last frame, {begins}, is a close frame of length 0. There is no room for \
             the code, so it is 1005."
        )),
        Ending::With(number) => steps.push(format!(
            "The last frame begins with {begins} and is a close frame. The first two bytes of \
             its payload are {}.",
            code(&number.to_be_bytes())
        )),
        Ending::Cut => steps.push(format!(
            "The last frame begins with {begins}: no close frame came. For that the code is \
             1006, which must not be sent."
        )),
        Ending::Broken => {
            steps.push(format!(
                "The frame that begins with {begins} breaks a rule, so the browser fails the \
                 connection."
            ));
            if let Some(number) = sent {
                steps.push(format!(
                    "The browser sends a close frame with {number} ({}), but that is its own. \
                     None came from the server.",
                    CloseCode(number).name()
                ));
            }
        }
    }
    steps.push(format!(
        "So `CloseEvent.code` is {right} ({}).",
        CloseCode(right).name()
    ));
    steps
}

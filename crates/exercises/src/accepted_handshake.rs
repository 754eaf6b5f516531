//! Which of the two ends take a handshake.

mod defects;
mod heads;

use crate::choices::Choices;
use crate::draw::Draw;
use crate::words::{code_word, escaped, uncapital};
use crate::{Figure, Level, Made, Section};

use defects::{InAnswer, InRequest};
use heads::Heads;

/// Who takes the handshake, and which header decides where somebody does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The server takes the request, and the client the answer.
    Both,
    /// The client does not take the answer, because of this.
    ServerOnly(&'static str),
    /// The server does not take the request, because of this.
    ClientOnly(&'static str),
    /// Neither takes what it gets: this in the request, and that in the answer.
    Neither(&'static str, &'static str),
    /// Both by RFC 6455, but not by the browsers' standard.
    NotInBrowser,
}

impl Verdict {
    fn of(request: Option<InRequest>, answer: Option<InAnswer>) -> Verdict {
        match (request, answer) {
            (None, None) => Verdict::Both,
            (None, Some(InAnswer::NoSubprotocol)) => Verdict::NotInBrowser,
            (None, Some(answer)) => Verdict::ServerOnly(answer.place()),
            (Some(request), None) => Verdict::ClientOnly(request.place()),
            (Some(request), Some(answer)) => Verdict::Neither(request.place(), answer.place()),
        }
    }

    /// The words of a choice. The tests read them back.
    fn text(self) -> String {
        match self {
            Verdict::Both => {
                "Both: the server takes the request, and the client takes the answer".to_owned()
            }
            Verdict::ServerOnly(place) => {
                format!(
                    "The server only: the client fails the connection because of {}",
                    code_word(place)
                )
            }
            Verdict::ClientOnly(place) => {
                format!(
                    "The client only: the server refuses the request because of {}",
                    code_word(place)
                )
            }
            Verdict::Neither(request, answer) => format!(
                "Neither: {} is wrong in the request, and {} in the answer",
                code_word(request),
                code_word(answer)
            ),
            Verdict::NotInBrowser => format!(
                "Both by RFC 6455, but not the browsers' standard, because of {}",
                code_word(defects::PROTOCOL)
            ),
        }
    }
}

pub(crate) fn make(level: Level, draw: &mut Draw) -> Made {
    let mut heads = Heads::draw(level, draw);
    let (request, answer) = defects::draw(level, draw);
    // Where a subprotocol is the matter, one has to be offered.
    if matches!(answer, Some(InAnswer::NoSubprotocol)) && heads.offered.is_empty() {
        heads.offer(draw);
    }
    heads.request_defect = request;
    heads.answer_defect = answer;
    let right = Verdict::of(request, answer);
    let (request_text, answer_text) = (heads.request(), heads.answer());

    let why = [
        match request {
            Some(defect) => defect.why(&heads),
            None => "The request has all that RFC 6455 §4.2.1 asks for.".to_owned(),
        },
        match answer {
            Some(defect) => defect.why(&heads),
            None => "The answer has all that RFC 6455 §4.1 asks for.".to_owned(),
        },
    ];
    let mut choices = Choices::right(right.text(), why.join(" "));
    for verdict in defects::tempting(right, &heads, draw) {
        choices.add(verdict.text(), heads.why_not(verdict, right));
    }
    let accept = heads.accept();
    let steps = vec![
        "A server looks for `GET`, HTTP/1.1, `Host`, `Upgrade` that names `websocket`, \
         `Connection` that names `Upgrade`, version 13, and a key of 16 bytes. Upper and \
         lower case do not count in names and in these tokens."
            .to_owned(),
        why[0].clone(),
        format!(
            "A client looks for `101`, `Upgrade: websocket`, `Connection: Upgrade`, the accept \
             value for its key (`{accept}`), and for nothing chosen that it did not offer."
        ),
        why[1].clone(),
        format!("The verdict: {}.", uncapital(&right.text())),
    ];
    let origin = heads.origins();
    Made {
        text: format!(
            "This request and this answer were recorded. A server judges the request and a \
             client the answer, both by RFC 6455{}. The accept value for the key is \
             `{accept}`. Who accepts?",
            match &origin {
                Some(origin) => format!("; the server takes pages from `{origin}` alone"),
                None => String::new(),
            }
        ),
        link: format!(
            "/handshake?request={}&response={}&origin={}",
            escaped(&request_text),
            escaped(&answer_text),
            escaped(origin.as_deref().unwrap_or_default())
        ),
        figure: Some(Figure::Text(format!("{request_text}{answer_text}"))),
        choices: choices.finish(draw),
        steps,
        section: Section::of_6455(match right {
            Verdict::ClientOnly(place) => defects::section(place),
            Verdict::Neither(..) => "4.2.1",
            _ => "4.1",
        }),
    }
}

//! Handshakes are judged by the codec's judges.

use exercises::{Exercise, Figure, Kind};
use wire::handshake::{
    Asked, DEFAULT_MAX_HEAD, Policy, Request, Requirement, Response, accept, judge_request,
    judge_response,
};

use crate::check::{self, code};

/// What both ends find wrong.
struct Judged {
    request: Vec<Requirement>,
    answer: Vec<Requirement>,
    in_browser: bool,
}

fn judged(made: &Exercise) -> Judged {
    let Some(Figure::Text(text)) = &made.figure else {
        panic!("no text: {made:?}");
    };
    let (request, answer) = text.split_once("\n\n").expect("two heads");
    let bytes =
        |head: &str| format!("{}\r\n\r\n", head.trim_end().replace('\n', "\r\n")).into_bytes();
    let request = Request::parse(&bytes(request));
    let answer = Response::parse(&bytes(answer));
    let origins = made
        .text
        .split_once("takes pages from ")
        .map(|(_, rest)| vec![code(rest)[0].to_owned()]);
    let policy = Policy {
        origins,
        ..Policy::default()
    };
    let asked = Asked::of(request.as_ref().expect("a head"));
    // The question gives the accept value away, since nobody hashes in their head.
    assert!(made.text.contains(&accept(&asked.key).value), "{made:?}");
    let by_server = judge_request(&request, &policy);
    let by_client = judge_response(&answer, &asked, DEFAULT_MAX_HEAD);
    let broken = |findings: Vec<wire::handshake::Finding>| {
        findings
            .into_iter()
            .filter(|f| !f.met)
            .map(|f| f.requirement)
            .collect()
    };
    Judged {
        in_browser: by_client.accepted_in_browser(),
        request: broken(by_server.findings),
        answer: broken(by_client.findings),
    }
}

fn of_request(place: &str) -> Requirement {
    match place {
        "GET" => Requirement::Method,
        "HTTP/1.1" => Requirement::HttpVersion,
        "Host" => Requirement::Host,
        "Upgrade" => Requirement::Upgrade,
        "Connection" => Requirement::Connection,
        "Sec-WebSocket-Key" => Requirement::Key,
        "Sec-WebSocket-Version" => Requirement::Version,
        "Origin" => Requirement::Origin,
        _ => panic!("{place}"),
    }
}

fn of_answer(place: &str) -> Requirement {
    match place {
        "101" => Requirement::Status,
        "Upgrade" => Requirement::Upgrade,
        "Connection" => Requirement::Connection,
        "Sec-WebSocket-Accept" => Requirement::Accept,
        "Sec-WebSocket-Protocol" => Requirement::ProtocolChosen,
        "Sec-WebSocket-Extensions" => Requirement::ExtensionsChosen,
        _ => panic!("{place}"),
    }
}

#[test]
fn who_accepts_a_handshake() {
    check::all(Kind::AcceptedHandshake, |made| {
        let Judged {
            request,
            answer,
            in_browser,
        } = judged(made);
        Box::new(move |choice| {
            let places = code(choice);
            match choice.split([':', ' ']).next() {
                Some("Both") if choice.starts_with("Both:") => request.is_empty() && in_browser,
                Some("Both") => request.is_empty() && answer.is_empty() && !in_browser,
                Some("Neither") => {
                    request == [of_request(places[0])] && answer == [of_answer(places[1])]
                }
                _ if choice.starts_with("The server only") => {
                    request.is_empty() && answer == [of_answer(places[0])]
                }
                _ if choice.starts_with("The client only") => {
                    request == [of_request(places[0])] && answer.is_empty() && in_browser
                }
                _ => panic!("{choice}"),
            }
        })
    });
}

//! The model against what RFC 6455 §7 and TCP say, scenario by scenario.

use sim::{Micros, SECOND};
use wire::Role::{self, Client, Server};
use wire::close::CloseCode;
use wire::decode::Decoder;
use wire::frame::Opcode;

use super::endpoint::TcpState;
use super::event_log::*;
use super::scenario::*;
use super::simulation::*;

impl Run {
    /// Every time at which something happens, once.
    pub fn moments(&self) -> Vec<Micros> {
        let mut moments: Vec<_> = self.log.iter().map(|entry| entry.at).collect();
        moments.dedup();
        moments
    }
}

const WAY: Micros = 100_000;

fn run(change: impl FnOnce(&mut Scenario)) -> Run {
    let mut scenario = Scenario::default();
    change(&mut scenario);
    Run::new(&scenario)
}

/// What is sent, in order, in short.
fn sent(run: &Run) -> Vec<String> {
    let arrows = run.segments.iter();
    arrows
        .map(|arrow| {
            let what = match &arrow.segment {
                Segment::Message(..) => "message".to_owned(),
                Segment::Close(_, None) => "close".to_owned(),
                Segment::Close(_, Some(close)) => format!("close {}", close.code),
                Segment::Fin { ack: true } => "FIN ACK".to_owned(),
                Segment::Fin { ack: false } => "FIN".to_owned(),
                Segment::Ack => "ACK".to_owned(),
                Segment::Rst => "RST".to_owned(),
            };
            let lost = if arrow.lost.is_some() { " lost" } else { "" };
            format!("{} {what}{lost}", arrow.from)
        })
        .skip(1)
        .collect()
}

/// Code, whether it was clean, how long after the close began, what ended it.
fn ended(run: &Run, role: Role) -> (u16, bool, Micros, EndedBy) {
    let ended = run.ended(role).expect("it has ended");
    let after = ended.at - run.close_at;
    (ended.outcome.code.0, ended.outcome.clean, after, ended.by)
}

fn tcp(run: &Run, role: Role) -> TcpState {
    run.endpoint(role, Micros::MAX).tcp
}

#[test]
fn the_client_begins_and_the_server_closes_tcp() {
    let run = run(|_| {});
    assert_eq!(
        sent(&run),
        [
            "client close 1000",
            "server close 1000",
            "server FIN",
            "client FIN ACK",
            "server ACK"
        ]
    );
    assert_eq!(ended(&run, Client), (1000, true, 2 * WAY, EndedBy::Fin));
    assert_eq!(ended(&run, Server), (1000, true, 3 * WAY, EndedBy::Fin));
    assert_eq!(
        (tcp(&run, Client), tcp(&run, Server)),
        (TcpState::Closed, TcpState::TimeWait)
    );
    let remembers =
        |e: &LogEntry| matches!(e.what, LogEvent::Inside(Server, EndpointEvent::TimeWait));
    assert!(run.log.iter().any(remembers));
    let state = |role, after| run.endpoint(role, run.close_at + after).state();
    assert_eq!(state(Client, 0), WebSocketState::Closing);
    assert_eq!(state(Server, WAY - 1), WebSocketState::Open);
    assert_eq!(state(Server, WAY), WebSocketState::Closing);
    assert_eq!(state(Client, 2 * WAY), WebSocketState::Closed);
    assert_eq!(
        run.endpoint(Server, run.close_at + WAY).tcp,
        TcpState::FinWait1
    );
}

#[test]
fn the_server_begins_and_closes_tcp_all_the_same() {
    let run = run(|s| s.start = Initiator::Server);
    assert_eq!(
        sent(&run),
        [
            "server close 1001",
            "client close 1001",
            "server FIN",
            "client FIN ACK",
            "server ACK"
        ]
    );
    assert_eq!(ended(&run, Client), (1001, true, 3 * WAY, EndedBy::Fin));
    assert_eq!(ended(&run, Server), (1001, true, 4 * WAY, EndedBy::Fin));
    assert_eq!(tcp(&run, Server), TcpState::TimeWait);
}

#[test]
fn both_at_once_and_each_hears_what_the_other_said() {
    let run = run(|s| s.start = Initiator::Both);
    assert_eq!(
        sent(&run),
        [
            "client close 1000",
            "server close 1001",
            "server FIN",
            "client FIN ACK",
            "server ACK"
        ]
    );
    assert_eq!(ended(&run, Client).0, 1001);
    assert_eq!(ended(&run, Server).0, 1000);
    assert!(ended(&run, Client).1 && ended(&run, Server).1);
}

#[test]
fn close_without_a_code_is_told_as_1005() {
    let run = run(|s| s.client = CloseCall::default());
    assert_eq!(sent(&run)[..2], ["client close", "server close"]);
    assert_eq!(ended(&run, Client), (1005, true, 2 * WAY, EndedBy::Fin));
}

#[test]
fn what_a_script_may_not_say_is_not_sent() {
    let run = run(|s| s.client.code = "1001".into());
    assert_eq!(sent(&run), Vec::<String>::new());
    assert_eq!(
        run.endpoint(Client, Micros::MAX).state(),
        WebSocketState::Open
    );
    let threw = |e: &LogEntry| matches!(e.what, LogEvent::Inside(Client, EndpointEvent::Throws(_)));
    assert!(run.log.iter().any(threw));
}

#[test]
fn a_code_that_must_not_travel_fails_the_connection() {
    let run = run(|s| {
        s.start = Initiator::Server;
        s.server.code = "1006".into();
    });
    assert_eq!(
        sent(&run)[..3],
        ["server close 1006", "client close 1002", "client FIN"]
    );
    assert_eq!(ended(&run, Client), (1006, false, WAY, EndedBy::Failure));
    assert_eq!(ended(&run, Server).0, 1002);
    assert_eq!(
        tcp(&run, Client),
        TcpState::TimeWait,
        "who closes first remembers"
    );
}

#[test]
fn a_program_that_hangs_is_waited_for() {
    for when in [MishapTime::Before, MishapTime::Asked] {
        let run = run(|s| {
            s.wrong = Mishap::Hang;
            s.when = when;
            s.patience = 5;
        });
        assert_eq!(
            sent(&run),
            ["client close 1000", "client FIN", "server ACK"]
        );
        assert_eq!(
            ended(&run, Client),
            (1006, false, 5 * SECOND, EndedBy::Timeout)
        );
        assert_eq!(run.ended(Server), None);
        assert_eq!(
            (tcp(&run, Client), tcp(&run, Server)),
            (TcpState::FinWait2, TcpState::CloseWait)
        );
    }
}

#[test]
fn a_server_that_said_its_close_and_hangs_leaves_tcp_to_the_client() {
    let run = run(|s| {
        s.start = Initiator::Both;
        s.wrong = Mishap::Hang;
        s.when = MishapTime::Asked;
        s.patience = 2;
    });
    assert_eq!(
        ended(&run, Client),
        (1001, true, 2 * SECOND, EndedBy::Timeout)
    );
}

#[test]
fn a_pulled_cable_before_the_close_is_seen_by_patience_alone() {
    let run = run(|s| s.wrong = Mishap::Cable);
    assert_eq!(sent(&run), ["client close 1000 lost", "client FIN lost"]);
    assert_eq!(
        ended(&run, Client),
        (1006, false, 60 * SECOND, EndedBy::Timeout)
    );
    assert_eq!(
        run.endpoint(Server, Micros::MAX).state(),
        WebSocketState::Open
    );
}

#[test]
fn a_lost_answer_is_a_clean_close_for_one_end_only() {
    let run = run(|s| {
        s.wrong = Mishap::Cable;
        s.when = MishapTime::Answered;
    });
    assert_eq!(
        ended(&run, Client),
        (1006, false, 60 * SECOND, EndedBy::Timeout)
    );
    let (code, clean, after, by) = ended(&run, Server);
    assert_eq!((code, clean, by), (1000, true, EndedBy::Timeout));
    assert_eq!(after, 60 * SECOND + WAY);
}

#[test]
fn a_vanished_server_is_seen_by_probes_or_by_repeating() {
    let idle = run(|s| {
        s.start = Initiator::Nobody;
        s.wrong = Mishap::Cable;
    });
    assert_eq!(sent(&idle), Vec::<String>::new());
    let end = idle.ended(Client).unwrap();
    assert_eq!((end.at, end.by), (WAY + 450 * SECOND, EndedBy::Silence));
    assert_eq!(end.outcome.code, CloseCode(1006));
    assert_eq!(
        idle.ended(Server),
        None,
        "a server that only waits never knows"
    );
    let sending = run(|s| {
        s.start = Initiator::Nobody;
        s.wrong = Mishap::Cable;
        s.traffic = true;
    });
    assert_eq!(
        ended(&sending, Client),
        (1006, false, TCP_GIVES_UP, EndedBy::GaveUp)
    );
}

#[test]
fn how_long_linux_repeats() {
    let doubled: Micros = (0..10).map(|n| (SECOND / 5) << n).sum();
    assert_eq!(TCP_GIVES_UP, doubled + 6 * 120 * SECOND);
}

#[test]
fn a_crash_is_heard_of_at_once() {
    let run = run(|s| {
        s.start = Initiator::Nobody;
        s.wrong = Mishap::Crash;
    });
    assert_eq!(sent(&run), ["server FIN", "client FIN ACK", "server ACK"]);
    let end = run.ended(Client).unwrap();
    assert_eq!(end.at, run.wrong_at.unwrap() + WAY);
    assert_eq!(
        (end.outcome.code, end.outcome.clean, end.by),
        (CloseCode(1006), false, EndedBy::Fin)
    );
}

#[test]
fn what_comes_for_a_process_that_is_gone_is_answered_with_rst() {
    let run = run(|s| {
        s.wrong = Mishap::Crash;
        s.when = MishapTime::Asked;
    });
    assert_eq!(
        sent(&run),
        [
            "client close 1000",
            "server FIN",
            "server RST",
            "client FIN ACK"
        ]
    );
    assert_eq!(ended(&run, Client).0, 1006);
}

#[test]
fn a_reset_is_one_segment_and_no_state() {
    let mut model = Scenario {
        wrong: Mishap::Reset,
        start: Initiator::Nobody,
        ..Scenario::default()
    };
    let run = Run::new(&model);
    assert_eq!(sent(&run), ["server RST"]);
    assert_eq!(run.ended(Client).unwrap().by, EndedBy::Rst);
    assert_eq!(run.ended(Server).unwrap().by, EndedBy::Itself);
    model.whom = Client;
    assert_eq!(sent(&Run::new(&model)), ["client RST"]);
}

#[test]
fn a_message_under_way_is_withheld_from_a_script_that_closes_and_given_to_a_server() {
    let happened = |start| {
        let run = run(|s| {
            s.start = start;
            s.traffic = true;
        });
        let log = run.log.into_iter().filter(|e| e.at > 2 * WAY);
        log.filter_map(|e| match e.what {
            LogEvent::Inside(
                role,
                h @ (EndpointEvent::Delivered(_)
                | EndpointEvent::Withheld(_)
                | EndpointEvent::SendRefused),
            ) => Some((role, h)),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    let text = || "More".to_owned();
    assert_eq!(
        happened(Initiator::Client),
        [
            (Client, EndpointEvent::SendRefused),
            (Client, EndpointEvent::Withheld(text()))
        ]
    );
    assert_eq!(
        happened(Initiator::Server),
        [
            (Server, EndpointEvent::SendRefused),
            (Server, EndpointEvent::Delivered(text()))
        ]
    );
}

/// Every combination of choices, with codes that are sent, not sent and refused.
fn every_scenario() -> impl Iterator<Item = Scenario> {
    const CODES: [&str; 5] = ["", "1000", "1001", "1006", "x"];
    let starts = Initiator::ALL.into_iter();
    starts.flat_map(|start| {
        let wrongs = Mishap::ALL.into_iter();
        let rest = wrongs.flat_map(|wrong| [Client, Server].map(move |whom| (wrong, whom)));
        let rest = rest.flat_map(|rest| MishapTime::ALL.map(move |when| (rest, when)));
        let rest = rest.flat_map(|rest| [false, true].map(move |traffic| (rest, traffic)));
        let rest = rest.flat_map(|rest| CODES.map(move |client| (rest, client)));
        let rest = rest.flat_map(|rest| CODES.map(move |server| (rest, server)));
        let rest = rest.flat_map(|rest| [(20, 120), (2000, 1)].map(move |n| (rest, n)));
        rest.map(
            move |((((((wrong, whom), when), traffic), client), server), (trip, patience))| {
                let said = |code: &str| CloseCall {
                    code: code.into(),
                    reason: String::new(),
                };
                Scenario {
                    start,
                    client: said(client),
                    server: said(server),
                    wrong,
                    whom,
                    when,
                    traffic,
                    trip,
                    patience,
                }
            },
        )
    })
}

#[test]
fn every_run_keeps_the_rules() {
    for scenario in every_scenario() {
        let run = Run::new(&scenario);
        assert!(run.log.is_sorted_by_key(|e| e.at), "{scenario:?}");
        for role in [Client, Server] {
            let mut closed = false;
            for arrow in run.segments.iter().filter(|a| a.from == role) {
                let bytes = match &arrow.segment {
                    Segment::Message(bytes, _) | Segment::Close(bytes, _) => bytes,
                    _ => continue,
                };
                assert!(
                    !closed,
                    "nothing is sent behind a close frame: {scenario:?}"
                );
                let frames = Decoder::new(role).push(bytes);
                assert_eq!(frames.len(), 1, "{scenario:?}");
                assert_eq!(frames[0].wire_len(), bytes.len() as u64, "{scenario:?}");
                closed = frames[0].header.opcode == Opcode::Close;
                let says_so = matches!(arrow.segment, Segment::Close(..));
                assert_eq!(closed, says_so, "{scenario:?}");
            }
            let moments = run.moments();
            let states = moments.iter().map(|&at| run.endpoint(role, at).state());
            assert!(states.is_sorted(), "states only go forward: {scenario:?}");
            if let Some(ended) = run.ended(role) {
                let heard = run.endpoint(role, ended.at).received.is_some();
                assert!(heard || !ended.outcome.clean, "{scenario:?}");
                assert_eq!(heard, ended.outcome.code.0 != 1006, "{scenario:?}");
            }
            let closed = |e: &&LogEntry| matches!(&e.what, LogEvent::Inside(r, EndpointEvent::Closed(_)) if *r == role);
            assert!(run.log.iter().filter(closed).count() <= 1, "{scenario:?}");
        }
        for (number, arrow) in run.segments.iter().enumerate() {
            let over = |e: &&LogEntry| matches!(e.what, LogEvent::Arrives(n) | LogEvent::Lost(n) if n == number);
            assert_eq!(run.log.iter().filter(over).count(), 1, "{scenario:?}");
            if let (Some(share), Some(cut)) = (arrow.lost, run.wrong_at) {
                assert!((0.0..=1.0).contains(&share) && arrow.arrives > cut);
            }
        }
    }
}

#[test]
fn a_run_is_the_same_each_time() {
    for scenario in every_scenario().step_by(37) {
        assert_eq!(Run::new(&scenario), Run::new(&scenario));
    }
}

//! The model against what RFC 6455 §7 and TCP say, setup by setup.

use sim::{Micros, SECOND};
use wire::Role::{self, Client, Server};
use wire::close::CloseCode;
use wire::decode::Decoder;
use wire::frame::Opcode;

use super::endpoint::Tcp;
use super::model::*;
use super::record::*;
use super::setup::*;

impl Run {
    /// Every time at which something happens, once.
    pub fn moments(&self) -> Vec<Micros> {
        let mut moments: Vec<_> = self.log.iter().map(|entry| entry.at).collect();
        moments.dedup();
        moments
    }
}

const WAY: Micros = 100_000;

fn run(change: impl FnOnce(&mut Setup)) -> Run {
    let mut setup = Setup::default();
    change(&mut setup);
    Run::new(&setup)
}

/// What is sent, in order, in short.
fn sent(run: &Run) -> Vec<String> {
    let arrows = run.arrows.iter();
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
fn ended(run: &Run, role: Role) -> (u16, bool, Micros, By) {
    let ended = run.ended(role).expect("it has ended");
    let after = ended.at - run.close_at;
    (ended.outcome.code.0, ended.outcome.clean, after, ended.by)
}

fn tcp(run: &Run, role: Role) -> Tcp {
    run.standing(role, Micros::MAX).tcp
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
    assert_eq!(ended(&run, Client), (1000, true, 2 * WAY, By::Fin));
    assert_eq!(ended(&run, Server), (1000, true, 3 * WAY, By::Fin));
    assert_eq!(
        (tcp(&run, Client), tcp(&run, Server)),
        (Tcp::Closed, Tcp::TimeWait)
    );
    let remembers = |e: &Entry| matches!(e.what, What::Inside(Server, Happening::TimeWait));
    assert!(run.log.iter().any(remembers));
    let state = |role, after| run.standing(role, run.close_at + after).state();
    assert_eq!(state(Client, 0), State::Closing);
    assert_eq!(state(Server, WAY - 1), State::Open);
    assert_eq!(state(Server, WAY), State::Closing);
    assert_eq!(state(Client, 2 * WAY), State::Closed);
    assert_eq!(run.standing(Server, run.close_at + WAY).tcp, Tcp::FinWait1);
}

#[test]
fn the_server_begins_and_closes_tcp_all_the_same() {
    let run = run(|s| s.start = Start::Server);
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
    assert_eq!(ended(&run, Client), (1001, true, 3 * WAY, By::Fin));
    assert_eq!(ended(&run, Server), (1001, true, 4 * WAY, By::Fin));
    assert_eq!(tcp(&run, Server), Tcp::TimeWait);
}

#[test]
fn both_at_once_and_each_hears_what_the_other_said() {
    let run = run(|s| s.start = Start::Both);
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
    let run = run(|s| s.client = Said::default());
    assert_eq!(sent(&run)[..2], ["client close", "server close"]);
    assert_eq!(ended(&run, Client), (1005, true, 2 * WAY, By::Fin));
}

#[test]
fn what_a_script_may_not_say_is_not_sent() {
    let run = run(|s| s.client.code = "1001".into());
    assert_eq!(sent(&run), Vec::<String>::new());
    assert_eq!(run.standing(Client, Micros::MAX).state(), State::Open);
    let threw = |e: &Entry| matches!(e.what, What::Inside(Client, Happening::Throws(_)));
    assert!(run.log.iter().any(threw));
}

#[test]
fn a_code_that_must_not_travel_fails_the_connection() {
    let run = run(|s| {
        s.start = Start::Server;
        s.server.code = "1006".into();
    });
    assert_eq!(
        sent(&run)[..3],
        ["server close 1006", "client close 1002", "client FIN"]
    );
    assert_eq!(ended(&run, Client), (1006, false, WAY, By::Failure));
    assert_eq!(ended(&run, Server).0, 1002);
    assert_eq!(
        tcp(&run, Client),
        Tcp::TimeWait,
        "who closes first remembers"
    );
}

#[test]
fn a_program_that_hangs_is_waited_for() {
    for when in [When::Before, When::Asked] {
        let run = run(|s| {
            s.wrong = Wrong::Hang;
            s.when = when;
            s.patience = 5;
        });
        assert_eq!(
            sent(&run),
            ["client close 1000", "client FIN", "server ACK"]
        );
        assert_eq!(ended(&run, Client), (1006, false, 5 * SECOND, By::Timeout));
        assert_eq!(run.ended(Server), None);
        assert_eq!(
            (tcp(&run, Client), tcp(&run, Server)),
            (Tcp::FinWait2, Tcp::CloseWait)
        );
    }
}

#[test]
fn a_server_that_said_its_close_and_hangs_leaves_tcp_to_the_client() {
    let run = run(|s| {
        s.start = Start::Both;
        s.wrong = Wrong::Hang;
        s.when = When::Asked;
        s.patience = 2;
    });
    assert_eq!(ended(&run, Client), (1001, true, 2 * SECOND, By::Timeout));
}

#[test]
fn a_pulled_cable_before_the_close_is_seen_by_patience_alone() {
    let run = run(|s| s.wrong = Wrong::Cable);
    assert_eq!(sent(&run), ["client close 1000 lost", "client FIN lost"]);
    assert_eq!(ended(&run, Client), (1006, false, 60 * SECOND, By::Timeout));
    assert_eq!(run.standing(Server, Micros::MAX).state(), State::Open);
}

#[test]
fn a_lost_answer_is_a_clean_close_for_one_end_only() {
    let run = run(|s| {
        s.wrong = Wrong::Cable;
        s.when = When::Answered;
    });
    assert_eq!(ended(&run, Client), (1006, false, 60 * SECOND, By::Timeout));
    let (code, clean, after, by) = ended(&run, Server);
    assert_eq!((code, clean, by), (1000, true, By::Timeout));
    assert_eq!(after, 60 * SECOND + WAY);
}

#[test]
fn a_vanished_server_is_seen_by_probes_or_by_repeating() {
    let idle = run(|s| {
        s.start = Start::Nobody;
        s.wrong = Wrong::Cable;
    });
    assert_eq!(sent(&idle), Vec::<String>::new());
    let end = idle.ended(Client).unwrap();
    assert_eq!((end.at, end.by), (WAY + 450 * SECOND, By::Silence));
    assert_eq!(end.outcome.code, CloseCode(1006));
    assert_eq!(
        idle.ended(Server),
        None,
        "a server that only waits never knows"
    );
    let sending = run(|s| {
        s.start = Start::Nobody;
        s.wrong = Wrong::Cable;
        s.traffic = true;
    });
    assert_eq!(
        ended(&sending, Client),
        (1006, false, TCP_GIVES_UP, By::GaveUp)
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
        s.start = Start::Nobody;
        s.wrong = Wrong::Crash;
    });
    assert_eq!(sent(&run), ["server FIN", "client FIN ACK", "server ACK"]);
    let end = run.ended(Client).unwrap();
    assert_eq!(end.at, run.wrong_at.unwrap() + WAY);
    assert_eq!(
        (end.outcome.code, end.outcome.clean, end.by),
        (CloseCode(1006), false, By::Fin)
    );
}

#[test]
fn what_comes_for_a_process_that_is_gone_is_answered_with_rst() {
    let run = run(|s| {
        s.wrong = Wrong::Crash;
        s.when = When::Asked;
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
    let mut model = Setup {
        wrong: Wrong::Reset,
        start: Start::Nobody,
        ..Setup::default()
    };
    let run = Run::new(&model);
    assert_eq!(sent(&run), ["server RST"]);
    assert_eq!(run.ended(Client).unwrap().by, By::Rst);
    assert_eq!(run.ended(Server).unwrap().by, By::Itself);
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
            What::Inside(
                role,
                h @ (Happening::Delivered(_) | Happening::Withheld(_) | Happening::SendRefused),
            ) => Some((role, h)),
            _ => None,
        })
        .collect::<Vec<_>>()
    };
    let text = || "More".to_owned();
    assert_eq!(
        happened(Start::Client),
        [
            (Client, Happening::SendRefused),
            (Client, Happening::Withheld(text()))
        ]
    );
    assert_eq!(
        happened(Start::Server),
        [
            (Server, Happening::SendRefused),
            (Server, Happening::Delivered(text()))
        ]
    );
}

/// Every combination of choices, with codes that are sent, not sent and refused.
fn every_setup() -> impl Iterator<Item = Setup> {
    const CODES: [&str; 5] = ["", "1000", "1001", "1006", "x"];
    let starts = Start::ALL.iter().map(|c| c.0);
    starts.flat_map(|start| {
        let wrongs = Wrong::ALL.iter().map(|c| c.0);
        let rest = wrongs.flat_map(|wrong| Role::ALL.iter().map(move |w| (wrong, w.0)));
        let rest = rest.flat_map(|rest| When::ALL.iter().map(move |when| (rest, when.0)));
        let rest = rest.flat_map(|rest| [false, true].map(move |traffic| (rest, traffic)));
        let rest = rest.flat_map(|rest| CODES.map(move |client| (rest, client)));
        let rest = rest.flat_map(|rest| CODES.map(move |server| (rest, server)));
        let rest = rest.flat_map(|rest| [(20, 120), (2000, 1)].map(move |n| (rest, n)));
        rest.map(
            move |((((((wrong, whom), when), traffic), client), server), (trip, patience))| {
                let said = |code: &str| Said {
                    code: code.into(),
                    reason: String::new(),
                };
                Setup {
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
    for setup in every_setup() {
        let run = Run::new(&setup);
        assert!(run.log.is_sorted_by_key(|e| e.at), "{setup:?}");
        for role in [Client, Server] {
            let mut closed = false;
            for arrow in run.arrows.iter().filter(|a| a.from == role) {
                let bytes = match &arrow.segment {
                    Segment::Message(bytes, _) | Segment::Close(bytes, _) => bytes,
                    _ => continue,
                };
                assert!(!closed, "nothing is sent behind a close frame: {setup:?}");
                let frames = Decoder::new(role).push(bytes);
                assert_eq!(frames.len(), 1, "{setup:?}");
                assert_eq!(frames[0].wire_len(), bytes.len() as u64, "{setup:?}");
                closed = frames[0].header.opcode == Opcode::Close;
                let says_so = matches!(arrow.segment, Segment::Close(..));
                assert_eq!(closed, says_so, "{setup:?}");
            }
            let moments = run.moments();
            let states = moments.iter().map(|&at| run.standing(role, at).state());
            assert!(states.is_sorted(), "states only go forward: {setup:?}");
            if let Some(ended) = run.ended(role) {
                let heard = run.standing(role, ended.at).received.is_some();
                assert!(heard || !ended.outcome.clean, "{setup:?}");
                assert_eq!(heard, ended.outcome.code.0 != 1006, "{setup:?}");
            }
            let closed =
                |e: &&Entry| matches!(&e.what, What::Inside(r, Happening::Closed(_)) if *r == role);
            assert!(run.log.iter().filter(closed).count() <= 1, "{setup:?}");
        }
        for (number, arrow) in run.arrows.iter().enumerate() {
            let over =
                |e: &&Entry| matches!(e.what, What::Arrives(n) | What::Lost(n) if n == number);
            assert_eq!(run.log.iter().filter(over).count(), 1, "{setup:?}");
            if let (Some(share), Some(cut)) = (arrow.lost, run.wrong_at) {
                assert!((0.0..=1.0).contains(&share) && arrow.arrives > cut);
            }
        }
    }
}

#[test]
fn a_run_is_the_same_each_time() {
    for setup in every_setup().step_by(37) {
        assert_eq!(Run::new(&setup), Run::new(&setup));
    }
}

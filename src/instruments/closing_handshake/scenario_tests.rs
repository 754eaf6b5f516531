//! Links, and what may be said.

use wire::Role;
use wire::close::{Close, CloseCode};

use super::scenario::*;
use crate::address;

fn of(query: &str) -> Asked {
    asked(address::read(query))
}

#[test]
fn a_link_gives_what_the_sender_saw() {
    let all = Scenario {
        start: Initiator::Both,
        client: CloseCall {
            code: "4001".into(),
            reason: "later & more".into(),
        },
        server: CloseCall {
            code: String::new(),
            reason: String::new(),
        },
        wrong: Mishap::Crash,
        whom: Role::Client,
        when: MishapTime::Answered,
        traffic: true,
        trip: 333,
        patience: 7,
    };
    for scenario in [Scenario::default(), all] {
        for at in [None, Some(0), Some(350_500)] {
            let query = serde_urlencoded::to_string(ClosingQuery::of(&scenario, at)).unwrap();
            let back = of(&format!("?{query}"));
            assert_eq!(back.problems, Vec::<String>::new(), "{query}");
            assert_eq!((back.scenario, back.at), (scenario.clone(), at), "{query}");
        }
    }
    assert_eq!(
        ClosingQuery::of(&Scenario::default(), None),
        ClosingQuery::default()
    );
}

#[test]
fn what_cannot_be_used_is_named_and_the_default_is_there() {
    for (query, word) in [
        ("?start=me", "start=me"),
        ("?wrong=", "wrong="),
        ("?whom=proxy", "whom=proxy"),
        ("?when=never", "when=never"),
        ("?traffic=yes", "traffic=yes"),
        ("?trip=0", "trip=0"),
        ("?trip=99999999999", "trip=999"),
        ("?patience=121", "patience=121"),
        ("?at=-1", "at=-1"),
        ("?at=NaN", "at=NaN"),
        ("?at=1e99", "at=1e99"),
        ("?at=1&at=2", "cannot be read"),
    ] {
        let asked = of(query);
        assert_eq!(asked.scenario, Scenario::default(), "{query}");
        assert_eq!(asked.at, None, "{query}");
        assert_eq!(asked.problems.len(), 1, "{query}");
        assert!(asked.problems[0].contains(word), "{:?}", asked.problems);
    }
}

#[test]
fn a_script_may_say_less_than_a_server() {
    let said = |code: &str, reason: &str| CloseCall {
        code: code.into(),
        reason: reason.into(),
    };
    let sends = |code, reason: &str| {
        CallResult::Sends(Some(Close {
            code: CloseCode(code),
            reason: reason.into(),
        }))
    };
    for role in [Role::Client, Role::Server] {
        assert_eq!(said("", "").result(role), CallResult::Sends(None));
        assert_eq!(said(" 1000 ", "é").result(role), sends(1000, "é"));
        assert_eq!(said("4999", "").result(role), sends(4999, ""));
        for (code, reason) in [("", "why"), ("bye", ""), ("-1", ""), ("65536", "")] {
            let result = said(code, reason).result(role);
            assert!(
                matches!(result, CallResult::Throws(_)),
                "{code}: {result:?}"
            );
        }
    }
    let long = "é".repeat(62);
    for code in ["0", "999", "1001", "1005", "1006", "2999", "5000"] {
        let number = code.parse().unwrap();
        let script = said(code, "").result(Role::Client);
        assert!(matches!(script, CallResult::Throws(why) if why.starts_with("InvalidAccessError")));
        assert_eq!(said(code, "").result(Role::Server), sends(number, ""));
    }
    let script = said("1000", &long).result(Role::Client);
    assert!(matches!(script, CallResult::Throws(why) if why.starts_with("SyntaxError")));
    assert_eq!(said("1000", &long).result(Role::Server), sends(1000, &long));
}

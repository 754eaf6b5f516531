//! Chains of frames are judged by the codec's walk and by its session, which have to agree.

use exercises::{Exercise, Kind};
use wire::Role;
use wire::rule::Rule;
use wire::session::{Config, Event, Session};
use wire::walk::{ReceiverOutcome, Walk};

use crate::check::{self, bytes};

/// The rule that a receiver finds broken, which has to be the only one.
fn broken(made: &Exercise) -> Option<Rule> {
    let (mut rest, from) = bytes(made);
    let mut walk = Walk::new(from);
    let mut violations = Vec::new();
    while let Some(frame) = walk.next_frame(&mut rest) {
        violations.extend(frame.violations());
    }
    violations.extend(walk.progress().violations);
    assert!(violations.len() <= 1, "{violations:?} of {made:?}");
    match walk.outcome() {
        ReceiverOutcome::Failed(_, violation) => {
            assert_eq!(violations.first(), Some(violation));
            Some(violation.rule)
        }
        _ => {
            assert!(violations.is_empty(), "{violations:?} of {made:?}");
            None
        }
    }
}

/// The rule by which an endpoint fails the connection.
fn failed(made: &Exercise) -> Option<Rule> {
    let (bytes, from) = bytes(made);
    let mut session = match from.peer() {
        Role::Server => Session::server(Config::default()),
        Role::Client => Session::client(Config::default(), || [1, 2, 3, 4]),
    };
    session.receive(bytes);
    while let Some(event) = session.next_event() {
        if let Event::Failed(violation) = event {
            return Some(violation.rule);
        }
    }
    None
}

#[test]
fn which_rule_is_broken() {
    check::all(Kind::BrokenRule, |made| {
        let rule = broken(made);
        assert_eq!(failed(made), rule, "{made:?}");
        if let Some(rule) = rule {
            assert_eq!(
                (made.section.rfc, made.section.number),
                (rule.rfc(), rule.section())
            );
        }
        let title = rule.map_or("None: all is as it should be", Rule::title);
        Box::new(move |choice| choice == title)
    });
}

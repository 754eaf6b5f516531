//! What an end may say.

use wire::Role;
use wire::close::{Close, CloseCode};

use super::scenario::*;

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
        for (code, reason) in [("bye", ""), ("-1", ""), ("65536", "")] {
            let result = said(code, reason).result(role);
            assert!(
                matches!(result, CallResult::Throws(_)),
                "{code}: {result:?}"
            );
        }
    }
    // The browsers' standard puts 1000 before a reason without a code; a close frame has no room for one.
    assert_eq!(said("", "why").result(Role::Client), sends(1000, "why"));
    assert!(matches!(
        said("", "why").result(Role::Server),
        CallResult::Throws(_)
    ));
    let long = "é".repeat(62);
    let script = said("", &long).result(Role::Client);
    assert!(matches!(script, CallResult::Throws(why) if why.starts_with("SyntaxError")));
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

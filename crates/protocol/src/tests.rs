use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

use super::*;

/// A value is written as `json`, to the byte, and read back as what it was.
fn crosses<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(&serde_json::from_str::<T>(json).unwrap(), value);
}

fn read(name: &str, json: &str) -> Result<TapEvent, serde_json::Error> {
    TapEvent::read(name, &mut serde_json::Deserializer::from_str(json))
}

#[test]
fn a_wire() {
    crosses(
        &NewWire::with_id("0123456789abcdef0123456789abcdef".into()),
        r#"{"id":"0123456789abcdef0123456789abcdef","echo":"/echo?wire=0123456789abcdef0123456789abcdef","tap":"/tap/0123456789abcdef0123456789abcdef"}"#,
    );
}

#[test]
fn events_of_the_tap() {
    let record = TapRecord {
        seq: 12,
        us: 40312,
        from: SentBy::Client,
        bytes: vec![
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ],
    };
    let lost = LostRecords {
        seq: 3,
        us: 4,
        records: 97,
        client: 48_000,
        server: 49_000,
    };
    let end = ConnectionEnd {
        us: 90211,
        why: "closed by client, 1000".into(),
    };
    for (event, name, json) in [
        (
            TapEvent::Bytes(record),
            "bytes",
            r#"{"seq":12,"us":40312,"from":"client","b64":"gYU3+iE9f59NUVg="}"#,
        ),
        (
            TapEvent::Lost(lost),
            "lost",
            r#"{"seq":3,"us":4,"records":97,"client":48000,"server":49000}"#,
        ),
        (
            TapEvent::End(end),
            "end",
            r#"{"us":90211,"why":"closed by client, 1000"}"#,
        ),
    ] {
        assert_eq!(event.name(), name);
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
        assert_eq!(read(name, json).unwrap(), event);
    }
    crosses(&SentBy::Server, r#""server""#);
}

#[test]
fn what_no_tap_tells_is_refused() {
    for (name, json) in [
        ("bytes", ""),
        ("bytes", r#"{"seq":1,"us":1,"from":"nobody","b64":""}"#),
        ("bytes", r#"{"seq":1,"us":1,"from":"client","b64":"?"}"#),
        ("bytes", r#"{"seq":-1,"us":1,"from":"client","b64":""}"#),
        ("lost", "{}"),
        ("end", "[]"),
        ("news", "{}"),
    ] {
        assert!(read(name, json).is_err(), "{name} {json}");
    }
}

#[test]
fn costs() {
    let cost = ExchangeCost {
        request: Counted {
            bytes: 600,
            head: "POST / HTTP/1.1\r\n\r\n".into(),
        },
        response: Counted {
            bytes: 60,
            head: "HTTP/1.1 204 No Content\r\n\r\n".into(),
        },
    };
    crosses(
        &cost,
        r#"{"request":{"bytes":600,"head":"POST / HTTP/1.1\r\n\r\n"},"response":{"bytes":60,"head":"HTTP/1.1 204 No Content\r\n\r\n"}}"#,
    );
    assert_eq!(cost.bytes(), 660);
}

#[test]
fn refusals() {
    let body = ErrorBody {
        error: "too many".into(),
        what_to_do: "wait".into(),
    };
    crosses(&body, r#"{"error":"too many","what_to_do":"wait"}"#);
    let bare: ErrorBody = serde_json::from_str(r#"{"error":"too many"}"#).unwrap();
    assert_eq!(bare.what_to_do, "");
}

#[test]
fn faults_go_by_their_names() {
    let names: BTreeSet<_> = LabFault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(names.len(), LabFault::ALL.len());
    for fault in LabFault::ALL {
        assert_eq!(LabFault::named(fault.name()), Some(fault));
        crosses(&fault, &format!("\"{}\"", fault.name()));
        assert_eq!(fault.path(), format!("/lab/{}", fault.name()));
    }
    assert_eq!(LabFault::named("Silence"), None);
    assert_eq!(LabFault::named(""), None);
}

#[test]
fn groups_come_in_order_and_none_is_empty() {
    let order: Vec<_> = LabFault::ALL.iter().map(|fault| fault.group()).collect();
    assert!(order.is_sorted());
    let mut groups = order;
    groups.dedup();
    assert_eq!(groups, FaultGroup::ALL);
}

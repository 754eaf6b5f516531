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

#[test]
fn restarts() {
    let restart = Restart {
        down_ms: 2000,
        code: RestartEnd::ServiceRestart,
        capacity: 5,
        refuse: RefuseWith::Status503,
        retry_after_s: Some(1),
    };
    crosses(
        &RestartRequest::Restart(restart),
        r#"{"restart":{"down_ms":2000,"code":1012,"capacity":5,"refuse":"503","retry_after_s":1}}"#,
    );
    let cut = Restart {
        code: RestartEnd::Cut,
        refuse: RefuseWith::Reset,
        retry_after_s: None,
        ..restart
    };
    crosses(
        &cut,
        r#"{"down_ms":2000,"code":"cut","capacity":5,"refuse":"reset"}"#,
    );
    for (code, end) in [
        ("null", RestartEnd::Cut),
        ("1001", RestartEnd::GoingAway),
        ("1013", RestartEnd::TryAgainLater),
    ] {
        assert_eq!(serde_json::from_str::<RestartEnd>(code).unwrap(), end);
    }
    let accepted = Accepted {
        us: Some(2_000_150),
        attempt: 12,
        refused: 11,
    };
    crosses(
        &RestartNews::Accepted(accepted),
        r#"{"accepted":{"us":2000150,"attempt":12,"refused":11}}"#,
    );
    crosses(&RestartNews::Error("no".into()), r#"{"error":"no"}"#);
}

#[test]
fn restarts_that_are_wrong() {
    let right = r#"{"restart":{"down_ms":0,"code":1012,"capacity":1,"refuse":"503"}}"#;
    let judge = |json: &str| match serde_json::from_str(json) {
        Ok(RestartRequest::Restart(restart)) => restart.check(),
        Err(error) => Err(error.to_string()),
    };
    assert_eq!(judge(right), Ok(()));
    for (from, to, says) in [
        (
            r#""down_ms":0"#,
            r#""down_ms":30001"#,
            "down_ms is 30001; allowed are 0 to 30000",
        ),
        (r#""down_ms":0"#, r#""down_ms":-1"#, "-1"),
        (
            r#""capacity":1"#,
            r#""capacity":0"#,
            "capacity is 0; allowed are 1 to 1000",
        ),
        (r#""capacity":1"#, r#""capacity":1001"#, "capacity is 1001"),
        ("1012", "1006", "1006"),
        ("1012", r#""snip""#, "1001, 1012, 1013"),
        (r#""503""#, r#""404""#, "404"),
        (
            r#""503""#,
            r#""503","retry_after_s":61"#,
            "retry_after_s is 61; allowed are 0 to 60",
        ),
        (
            r#""503""#,
            r#""reset","retry_after_s":1"#,
            "a reset has no headers",
        ),
        (r#""503""#, r#""503","soon":true"#, "soon"),
        (r#""restart""#, r#""reboot""#, "reboot"),
        (r#""down_ms":0,"#, "", "down_ms"),
    ] {
        let json = right.replace(from, to);
        assert_ne!(json, right, "{from}");
        let said = judge(&json).unwrap_err();
        assert!(said.contains(says), "{to}: {said}");
    }
}

#[test]
fn names_of_groups() {
    let long = "x".repeat(restart::LONGEST_NAME);
    for name in ["a", "A-z_09", &long] {
        assert!(restart::is_group_name(name), "{name}");
    }
    let longer = format!("{long}x");
    for name in ["", "a b", "a/b", "é", "a&b", &longer] {
        assert!(!restart::is_group_name(name), "{name}");
    }
    assert_eq!(restart::restart_path("a"), "/lab/restart?group=a");
    assert!(RestartRequest::is_meant(" {\"restart\""));
    assert!(!RestartRequest::is_meant("restart"));
}

#[test]
fn memory() {
    crosses(
        &MemoryUse {
            connections: 3,
            resident_bytes: Some(9_000_000),
            kernel_socket_bytes: None,
        },
        r#"{"connections":3,"resident_bytes":9000000,"kernel_socket_bytes":null}"#,
    );
}

#[test]
fn runs_of_the_transports() {
    use transports::*;
    let even = r#"{"every_ms":1000,"bytes":100,"last_ms":60000}"#;
    let mut run = NewRun {
        every_ms: 1000,
        seed: None,
        bytes: 100,
        last_ms: 60_000,
    };
    crosses(&run, even);
    assert_eq!(run.check(), Ok(()));
    run.seed = Some(7);
    crosses(
        &run,
        r#"{"every_ms":1000,"seed":7,"bytes":100,"last_ms":60000}"#,
    );
    for (from, to, says) in [
        ("1000", "19", "every_ms is 19; allowed are 20 to 60000"),
        ("100,", "0,", "bytes is 0; allowed are 1 to 4096"),
        ("100,", "4097,", "bytes is 4097"),
        (
            ":60000",
            ":300001",
            "last_ms is 300001; allowed are 1000 to 300000",
        ),
        ("100,", "-1,", "-1"),
        ("\"bytes\"", "\"length\"", "length"),
        ("}", r#","seeds":1}"#, "seeds"),
    ] {
        let json = even.replace(from, to);
        assert_ne!(json, even, "{from}");
        let said = serde_json::from_str::<NewRun>(&json)
            .map_err(|error| error.to_string())
            .and_then(|run| run.check())
            .unwrap_err();
        assert!(said.contains(says), "{to}: {said}");
    }
    let long = RunRestart { down_ms: 30_001 };
    assert!(long.check().unwrap_err().contains("0 to 30000"));
    assert_eq!(
        Transport::LongPolling.path("ab", 3),
        "/transports/long-polling?run=ab&after=3"
    );
    assert_eq!(restart_path("ab"), "/transports/runs/ab/restart");
    for transport in Transport::ALL {
        let json = format!("\"{}\"", transport.name());
        crosses(&transport, &json);
    }
    for fault in ProxyFault::ALL {
        crosses(&fault, &format!("\"{}\"", fault.name()));
    }
}

#[test]
fn many_streams_over_one_connection() {
    use transports::*;
    let mut subscribe = Subscribe {
        stream: "BTC-USD".into(),
        per_second: 10,
        bytes: 200,
    };
    crosses(
        &StreamsRequest::Subscribe(subscribe.clone()),
        r#"{"subscribe":{"stream":"BTC-USD","per_second":10,"bytes":200}}"#,
    );
    crosses(
        &StreamsRequest::Unsubscribe("BTC-USD".into()),
        r#"{"unsubscribe":"BTC-USD"}"#,
    );
    crosses(
        &StreamsNews::Update {
            stream: "BTC-USD".into(),
            seq: 1,
            price: 4_200_000,
            pad: String::new(),
        },
        r#"{"type":"update","stream":"BTC-USD","seq":1,"price":4200000}"#,
    );
    assert_eq!(subscribe.check(), Ok(()));
    subscribe.per_second = 101;
    let said = subscribe.check().unwrap_err();
    assert_eq!(said, "subscribe.per_second is 101; allowed are 1 to 100");
    subscribe.per_second = 100;
    subscribe.bytes = 63;
    assert!(subscribe.check().unwrap_err().contains("64 to 4096"));
    subscribe.bytes = 64;
    for name in ["", "a b", "é", &"x".repeat(33)] {
        subscribe.stream = name.into();
        let said = subscribe.check().unwrap_err();
        assert!(said.contains("1 to 32"), "{said}");
    }
}

#[test]
fn news_of_a_room() {
    use rooms::{BackboneNews, BackboneState, Gap, GapReason, Presence, Welcome};

    crosses(&Say { say: "hi".into() }, r#"{"say":"hi"}"#);
    assert!(serde_json::from_str::<Say>(r#"{"say":"hi","to":"all"}"#).is_err());
    crosses(
        &RoomNews::Welcome(Welcome {
            you: "m-1".into(),
            seq: 6,
            members: 3,
            server: "a".into(),
            backbone: BackboneState::None,
        }),
        r#"{"type":"welcome","you":"m-1","seq":6,"members":3,"server":"a","backbone":"none"}"#,
    );
    let message = |seq| {
        RoomNews::Message(RoomMessage {
            seq,
            from: "m-1".into(),
            at: 5,
            say: "hi".into(),
        })
    };
    crosses(
        &message(Some(7)),
        r#"{"type":"message","seq":7,"from":"m-1","at":5,"say":"hi"}"#,
    );
    crosses(
        &message(None),
        r#"{"type":"message","seq":null,"from":"m-1","at":5,"say":"hi"}"#,
    );
    let presence = || Presence {
        who: "m-2".into(),
        members: 2,
    };
    crosses(
        &RoomNews::Joined(presence()),
        r#"{"type":"joined","who":"m-2","members":2}"#,
    );
    crosses(
        &RoomNews::Left(presence()),
        r#"{"type":"left","who":"m-2","members":2}"#,
    );
    crosses(
        &RoomNews::Gap(Gap {
            first: 4,
            last: 6,
            missing: 3,
            why: GapReason::BackboneAway,
        }),
        r#"{"type":"gap","first":4,"last":6,"missing":3,"why":"backbone-away"}"#,
    );
    crosses(
        &RoomNews::Backbone(BackboneNews {
            state: BackboneState::Up,
            seq: 9,
            only_here: 2,
        }),
        r#"{"type":"backbone","state":"up","seq":9,"only_here":2}"#,
    );
    assert_eq!(rooms::room_path("a", None), "/rooms/a");
    assert_eq!(rooms::room_path("a", Some(3)), "/rooms/a?resume=3");
    for name in ["", "a/b", "a b", "é"] {
        assert!(!rooms::is_room_name(name), "{name}");
    }
}

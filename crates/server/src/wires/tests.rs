use super::*;
use clap::Parser as _;

fn wires(max: usize, lifetime: Duration, memory: usize) -> Wires {
    let config = Config::parse_from(["duplex-server"]);
    let config = Config {
        max_wires: max,
        wire_lifetime: lifetime,
        tap_memory: memory,
        tap_memory_total: memory,
        ..config
    };
    Wires::new(&config, Arc::default())
}

fn somebody() -> ClientAddress {
    ClientAddress::of([127, 0, 0, 1].into())
}

const LONG: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn records_come_in_order_and_end_comes_last() {
    let wires = wires(1, LONG, 1 << 20);
    let id = wires.create(somebody()).unwrap();
    assert_eq!(id.len(), 32);
    let socket = wires.claim_socket(&id).unwrap();
    socket.record(SentBy::Client, 1, b"a");
    socket.record(SentBy::Server, 2, b"bc");
    let mut reader = wires.claim_reader(&id).unwrap();
    socket.end(3, "over".into());
    socket.end(4, "again".into());
    socket.record(SentBy::Client, 5, b"late");
    assert_eq!(
        reader.next().await,
        TapEvent::Bytes(TapRecord {
            seq: 0,
            us: 1,
            from: SentBy::Client,
            bytes: b"a".to_vec()
        })
    );
    assert_eq!(
        reader.next().await,
        TapEvent::Bytes(TapRecord {
            seq: 1,
            us: 2,
            from: SentBy::Server,
            bytes: b"bc".to_vec()
        })
    );
    assert_eq!(
        reader.next().await,
        TapEvent::End(ConnectionEnd {
            us: 3,
            why: "over".into()
        })
    );
    assert!(lock(&socket.state).queue.is_empty());
}

#[test]
fn an_id_is_good_for_one_socket_and_one_reader() {
    let wires = wires(2, LONG, 1 << 20);
    let id = wires.create(somebody()).unwrap();
    assert_eq!(wires.claim_socket("0").unwrap_err(), Refused::Unknown);
    let _socket = wires.claim_socket(&id).unwrap();
    assert_eq!(wires.claim_socket(&id).unwrap_err(), Refused::Taken);
    let _reader = wires.claim_reader(&id).unwrap();
    assert_eq!(wires.claim_reader(&id).unwrap_err(), Refused::Unknown);
    assert_eq!(wires.claim_socket(&id).unwrap_err(), Refused::Unknown);
}

#[test]
fn waiting_wires_are_bounded() {
    let wires = wires(2, LONG, 1 << 20);
    let first = wires.create(somebody()).unwrap();
    wires.create(somebody()).unwrap();
    assert_eq!(wires.create(somebody()).unwrap_err(), Refused::TooMany);
    let _socket = wires.claim_socket(&first).unwrap();
    assert_eq!(
        wires.create(somebody()).unwrap_err(),
        Refused::TooMany,
        "it still waits for its reader"
    );
    let _reader = wires.claim_reader(&first).unwrap();
    wires.create(somebody()).unwrap();
}

#[tokio::test]
async fn an_old_wire_is_gone_and_its_reader_is_told() {
    let wires = wires(2, Duration::ZERO, 1 << 20);
    let id = wires.create(somebody()).unwrap();
    assert_eq!(wires.claim_socket(&id).unwrap_err(), Refused::Unknown);

    let wires = self::wires(2, Duration::from_millis(1), 1 << 20);
    let id = wires.create(somebody()).unwrap();
    // Claimed before the time is up, or, on a slow machine, not at all.
    if let Ok(mut reader) = wires.claim_reader(&id) {
        while !lock(&wires.waiting).is_empty() {
            wires.sweep();
        }
        assert!(matches!(
            reader.next().await,
            TapEvent::End(ConnectionEnd { us: 0, .. })
        ));
    }
}

#[tokio::test]
async fn a_late_reader_is_told_what_it_lost() {
    let wires = wires(1, LONG, 4096);
    let id = wires.create(somebody()).unwrap();
    let socket = wires.claim_socket(&id).unwrap();
    for n in 0..100 {
        socket.record(
            if n % 2 == 0 {
                SentBy::Client
            } else {
                SentBy::Server
            },
            n,
            &[7; 1000],
        );
    }
    assert!(lock(&socket.state).held <= 4096);
    let mut reader = wires.claim_reader(&id).unwrap();
    for n in 0..3 {
        assert!(matches!(reader.next().await, TapEvent::Bytes(TapRecord { seq, .. }) if seq == n));
    }
    let lost = TapEvent::Lost(LostRecords {
        seq: 3,
        us: 3,
        records: 97,
        client: 48_000,
        server: 49_000,
    });
    assert_eq!(reader.next().await, lost);
    socket.record(SentBy::Client, 100, b"after");
    assert!(matches!(
        reader.next().await,
        TapEvent::Bytes(TapRecord { seq: 100, .. })
    ));
}

#[test]
fn memory_is_given_back() {
    let wires = wires(4, LONG, 4096);
    for read in [false, true] {
        let id = wires.create(somebody()).unwrap();
        let socket = wires.claim_socket(&id).unwrap();
        socket.record(SentBy::Client, 0, &[1; 2000]);
        assert!(wires.budget.used.load(Ordering::Relaxed) >= 2000);
        if read {
            drop(wires.claim_reader(&id).unwrap());
        } else {
            lock(&wires.waiting).clear();
            drop(socket);
        }
        assert_eq!(wires.budget.used.load(Ordering::Relaxed), 0);
    }
}

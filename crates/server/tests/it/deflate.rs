use crate::help::*;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

/// RFC 7692 §7.2.2: put the removed tail back, then inflate.
fn inflate(state: &mut Decompress, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(1 << 20);
    let input = [payload, &[0, 0, 0xff, 0xff]].concat();
    state
        .decompress_vec(&input, &mut out, FlushDecompress::Sync)
        .expect("deflated data");
    out
}

/// §7.2.1: deflate, then remove the tail.
fn deflate(state: &mut Compress, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(1 << 20);
    state
        .compress_vec(data, &mut out, FlushCompress::Sync)
        .expect("room");
    assert!(out.ends_with(&[0, 0, 0xff, 0xff]));
    out.truncate(out.len() - 4);
    out
}

/// Bytes that don't compress, the same each time.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 1u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(len)
    .collect()
}

#[tokio::test]
async fn messages_are_compressed_both_ways_with_context() {
    let server = start(&[]).await;
    let (mut raw, reply) = Raw::handshake(server.address, "/echo", OFFER).await;
    assert!(
        reply
            .header("sec-websocket-extensions")
            .starts_with("permessage-deflate")
    );
    let mut up = Compress::new(Compression::default(), false);
    let mut down = Decompress::new(false);
    let text = "The second similar message is smaller, because the window remembers the first. ";
    let mut sizes = Vec::new();
    for _ in 0..2 {
        // RSV1 set, as text.
        let packed = deflate(&mut up, text.as_bytes());
        raw.frame(0xc1, &packed).await;
        let frame = raw.next().await;
        assert_eq!(frame.first, 0xc1, "RSV1 is set on the echo");
        assert_eq!(inflate(&mut down, &frame.payload), text.as_bytes());
        sizes.push(frame.payload.len());
    }
    assert!(
        sizes[0] < text.len() && sizes[1] * 2 < sizes[0],
        "{sizes:?}"
    );
    // A client need not compress each message (§6.2), and an empty one is a message like any other.
    for payload in [&b"plain"[..], b"", b"", b"plain"] {
        raw.frame(0x82, payload).await;
        let frame = raw.next().await;
        assert_eq!(frame.first & 0x8f, 0x82);
        let got = if frame.first & 0x40 != 0 {
            inflate(&mut down, &frame.payload)
        } else {
            frame.payload
        };
        assert_eq!(got, payload);
    }
    // One byte: the smallest thing there is to compress.
    let packed = deflate(&mut up, &[0]);
    raw.frame(0xc2, &packed).await;
    let frame = raw.next().await;
    assert_eq!(frame.first, 0xc2);
    assert_eq!(inflate(&mut down, &frame.payload), [0]);
}

/// Sizes around those at which a compressor's buffers fill up, of data that compresses and of data that doesn't.
#[tokio::test]
async fn every_size_comes_back_whole() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo", OFFER).await;
    let mut up = Compress::new(Compression::default(), false);
    let mut down = Decompress::new(false);
    let noise = noise(70_000);
    let sizes = (1..40)
        .chain(980..1060)
        .chain(2020..2070)
        .chain([4096, 16383, 16384, 65535, 70_000]);
    for size in sizes {
        for message in [&noise[..size], &[b'x'].repeat(size)] {
            raw.frame(0xc2, &deflate(&mut up, message)).await;
            let frame = raw.next().await;
            assert_eq!(frame.first, 0xc2);
            assert!(
                inflate(&mut down, &frame.payload) == message,
                "{size} bytes"
            );
        }
    }
}

#[tokio::test]
async fn fragments_of_a_compressed_message_set_rsv1_once() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo?fragment=100", OFFER).await;
    let message: Vec<u8> = (0..1000u32).flat_map(|n| (n * n).to_be_bytes()).collect();
    let packed = deflate(&mut Compress::new(Compression::default(), false), &message);
    let (one, rest) = packed.split_at(packed.len() / 2);
    raw.frame(0x42, one).await;
    raw.frame(0x80, rest).await;
    let mut all = Vec::new();
    let mut count = 0;
    loop {
        let frame = raw.next().await;
        assert_eq!(
            frame.first & 0x7f,
            if count == 0 { 0x42 } else { 0x00 },
            "fragment {count}"
        );
        all.extend(frame.payload);
        count += 1;
        if frame.first & 0x80 != 0 {
            break;
        }
    }
    assert_eq!(count, 40);
    assert_eq!(inflate(&mut Decompress::new(false), &all), message);
}

#[tokio::test]
async fn compression_is_off_when_not_wanted_by_either_side() {
    let server = start(&[]).await;
    for (target, offer) in [
        ("/echo?compress=off", OFFER),
        ("/echo", ""),
        ("/echo", "Sec-WebSocket-Extensions: x-unknown\r\n"),
        (
            "/echo",
            "Sec-WebSocket-Extensions: permessage-deflate; unknown=1\r\n",
        ),
    ] {
        let (mut raw, reply) = Raw::handshake(server.address, target, offer).await;
        assert_eq!(reply.status, 101);
        assert_eq!(
            reply.header("sec-websocket-extensions"),
            "",
            "{target} {offer}"
        );
        let text = "a".repeat(1000);
        raw.frame(0x81, text.as_bytes()).await;
        raw.expect(0x81, text.as_bytes()).await;
    }
}

#[tokio::test]
async fn the_answer_names_only_what_was_offered_and_keeps_to_it() {
    let server = start(&[]).await;
    let answer = async |offer: &str| {
        let (_, reply) = Raw::handshake(
            server.address,
            "/echo",
            &format!("Sec-WebSocket-Extensions: {offer}\r\n"),
        )
        .await;
        assert_eq!(reply.status, 101);
        reply.header("sec-websocket-extensions").to_owned()
    };
    assert_eq!(answer("permessage-deflate").await, "permessage-deflate");
    let chrome = answer("permessage-deflate; client_max_window_bits").await;
    assert!(!chrome.contains("server_max_window_bits"));
    assert!(
        chrome == "permessage-deflate" || chrome.ends_with("client_max_window_bits=15"),
        "{chrome}"
    );
    let both =
        answer("permessage-deflate; server_no_context_takeover; client_no_context_takeover").await;
    assert!(both.contains("server_no_context_takeover"));
    assert_eq!(
        answer("foo, permessage-deflate; server_max_window_bits=10, bar")
            .await
            .matches("=10")
            .count(),
        1
    );
}

#[tokio::test]
async fn a_window_that_the_client_asked_for_is_not_exceeded() {
    let server = start(&[]).await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9\r\n";
    let mut raw = Raw::open(server.address, "/echo", offer).await;
    // 600 bytes that don't compress, twice: only a window of more than 600 bytes sees the second as a repetition.
    let noise = noise(600);
    raw.frame(0x82, &[&noise[..], &noise].concat()).await;
    let frame = raw.next().await;
    assert!(
        frame.payload.len() > 1100,
        "{} bytes: a distance beyond 512 was used",
        frame.payload.len()
    );
}

#[tokio::test]
async fn without_context_takeover_every_message_stands_alone() {
    let server = start(&[]).await;
    let offer = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n";
    let mut raw = Raw::open(server.address, "/echo", offer).await;
    let text = "the same text, the same bytes, the same text, the same bytes";
    for _ in 0..3 {
        raw.frame(0x81, text.as_bytes()).await;
        let frame = raw.next().await;
        assert_eq!(
            inflate(&mut Decompress::new(false), &frame.payload),
            text.as_bytes()
        );
    }
}

#[tokio::test]
async fn compressed_faults_close_too() {
    let server = start(&["--max-message", "64KiB"]).await;
    let bomb = deflate(
        &mut Compress::new(Compression::best(), false),
        &vec![0; 1 << 20],
    );
    assert!(bomb.len() < 2048);
    let not_utf8 = deflate(
        &mut Compress::new(Compression::default(), false),
        &[b'a', 0xff],
    );
    for (name, code, bytes) in [
        ("a bomb", 1009, masked(0xc2, &bomb)),
        (
            "a bomb in fragments",
            1009,
            [masked(0x42, &bomb[..9]), masked(0x80, &bomb[9..])].concat(),
        ),
        (
            "text that isn't UTF-8 once inflated",
            1007,
            masked(0xc1, &not_utf8),
        ),
        ("no deflated data", 1007, masked(0xc2, &[0xff; 20])),
    ] {
        let mut raw = Raw::open(server.address, "/echo", OFFER).await;
        raw.send(&bytes).await;
        let close = raw.next().await;
        assert_eq!(
            close.close_code(),
            code,
            "{name}: {}",
            String::from_utf8_lossy(&close.payload)
        );
        raw.expect_end().await;
    }
}

//! Work in proportion to what was sent, done where it holds up nobody, and memory with a sum.

use crate::help::*;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

const OFFER: &str = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
const MIB: usize = 1 << 20;

fn deflate(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + 1024);
    let mut state = Compress::new(Compression::default(), false);
    state
        .compress_vec(data, &mut out, FlushCompress::Sync)
        .expect("room");
    out.truncate(out.len() - 4);
    out
}

/// A message's frames, up to the last: how many there were, and their payloads.
async fn message(raw: &mut Raw) -> (usize, Vec<u8>) {
    let (mut count, mut all) = (0, Vec::new());
    loop {
        let frame = raw.next().await;
        assert_eq!(frame.first & 0x0f, if count == 0 { 2 } else { 0 });
        all.extend(frame.payload);
        count += 1;
        if frame.first & 0x80 != 0 {
            return (count, all);
        }
    }
}

/// A kilobyte on the wire that is a megabyte, asked for in frames of one byte.
#[tokio::test]
async fn an_echo_has_a_bounded_number_of_frames() {
    let server = start(&[]).await;
    let zeros = vec![0; MIB];
    let bomb = deflate(&zeros);
    assert!(bomb.len() < 2048);
    let mut raw = Raw::open(server.address, "/echo?fragment=1", OFFER).await;
    raw.frame(0xc2, &bomb).await;
    let (count, mut packed) = message(&mut raw).await;
    assert_eq!(count, 1024);
    assert!(
        packed.len() < 32 * bomb.len(),
        "{} bytes came back",
        packed.len()
    );
    packed.extend([0, 0, 0xff, 0xff]);
    let mut plain = Vec::with_capacity(MIB + 1);
    let mut state = Decompress::new(false);
    state
        .decompress_vec(&packed, &mut plain, FlushDecompress::Sync)
        .expect("deflated data");
    assert!(plain == zeros);

    let mut raw = Raw::open(server.address, "/echo?fragment=1", "").await;
    raw.frame(0x82, &zeros).await;
    assert_eq!(message(&mut raw).await, (1024, zeros));
    // What fits is cut as was asked for.
    raw.frame(0x82, &[7; 1024]).await;
    assert_eq!(message(&mut raw).await.0, 1024);
}

/// Everything here shares one thread: work that was done on it would let nobody else say anything meanwhile. A few
/// kilobytes on the wire, so that little is read before and written after.
#[tokio::test]
async fn others_have_their_turn_while_a_large_message_is_compressed() {
    let server = start(&[]).await;
    let mut state = 1u32;
    let block: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b' ' + (state >> 26) as u8
    })
    .take(6000)
    .collect();
    let packed = masked(0xc1, &deflate(&block.repeat(MIB / block.len())));
    let mut busy = Raw::open(server.address, "/echo", OFFER).await;
    let mut other = Raw::open(server.address, "/echo", "").await;
    busy.send(&packed).await;
    let echo = tokio::spawn(async move { busy.next().await.first });
    let mut turns = 0;
    while !echo.is_finished() {
        other.frame(0x81, b"and I?").await;
        other.expect(0x81, b"and I?").await;
        turns += 1;
    }
    assert_eq!(echo.await.expect("an echo"), 0xc1);
    assert!(turns > 30, "{turns} turns while a megabyte was at work");
}

#[tokio::test]
async fn past_the_sum_of_memory_whoever_has_waited_longest_goes() {
    let server = start(&["--message-memory", "1MiB", "--wire-lifetime", "1h"]).await;
    let id = new_wire(server.address).await;
    let held = masked(0x82, &vec![7; 600 * 1024]);
    let first = format!("/echo?delay=1m&wire={id}");
    let mut first = Raw::open(server.address, &first, "").await;
    first.send(&held).await;
    first.frame(0x89, b"read").await;
    first.expect(0x8a, b"read").await;
    let mut second = Raw::open(server.address, "/echo?delay=1m", "").await;
    second.send(&held).await;
    second.frame(0x89, b"unharmed").await;
    second.expect(0x8a, b"unharmed").await;
    let why = why(&read_tap(server.address, &id).await).to_owned();
    assert!(why.contains("--message-memory"), "{why}");
    let page = get(server.address, "/metrics").await.text();
    assert!(page.contains("\nmessage_memory_cuts_total 1\n"), "{page}");
    second.frame(0x89, b"still").await;
    second.expect(0x8a, b"still").await;
}

#[tokio::test]
async fn a_message_that_is_never_finished_counts_too() {
    let server = start(&["--message-memory", "1MiB"]).await;
    let mut first = Raw::open(server.address, "/echo", "").await;
    first.send(&masked(0x02, &vec![7; 700 * 1024])).await;
    first.frame(0x89, b"read").await;
    first.expect(0x8a, b"read").await;
    let mut second = Raw::open(server.address, "/echo", "").await;
    second.send(&masked(0x02, &vec![7; 700 * 1024])).await;
    second.frame(0x89, b"unharmed").await;
    second.expect(0x8a, b"unharmed").await;
    let mut byte = [0];
    let ended = tokio::io::AsyncReadExt::read(&mut first.stream, &mut byte);
    assert!(matches!(within(ended).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn the_kernel_holds_little_for_a_client_that_does_not_read() {
    let site = folder("download");
    std::fs::write(site.join("index.html"), "<!doctype html>").unwrap();
    std::fs::write(site.join("large.bin"), vec![7; 16 * MIB]).unwrap();
    let site = site.to_str().expect("a plain path");
    let server = start(&["--site", site, "--stall-time", "300ms"]).await;
    let mut raw = Raw::new(
        tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap(),
    );
    raw.send(b"GET /large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    let count = |page: &str, name: &str| {
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        line.expect("a count")
            .trim()
            .parse::<usize>()
            .expect("a number")
    };
    // Until the download is given up. The connection that asks is one too.
    let page = within(async {
        loop {
            let page = get(server.address, "/metrics").await.text();
            if count(&page, "tcp_connections ") == 1
                && count(&page, "tcp_bytes_total{from=\"server\"} ") > MIB / 8
            {
                break page;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    })
    .await;
    // What the client's own buffer took is in it, too.
    let sent = count(&page, "tcp_bytes_total{from=\"server\"} ");
    assert!(sent < 2 * MIB, "{sent} bytes were taken by the kernel");
    drop(raw);
}

#[tokio::test]
async fn a_message_has_a_bounded_number_of_frames() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo", "").await;
    raw.frame(0x01, b"").await;
    raw.send(&masked(0x00, b"").repeat(2000)).await;
    assert_eq!(raw.next().await.close_code(), 1008);
    raw.expect_end().await;
    // Small fragments of a long message are no fault.
    let mut raw = Raw::open(server.address, "/echo", "").await;
    raw.frame(0x02, b"").await;
    raw.send(&masked(0x00, &[7; 64]).repeat(8192)).await;
    raw.frame(0x80, b"").await;
    raw.expect(0x82, &vec![7; 64 * 8192]).await;
}

#[tokio::test]
async fn a_message_has_a_bounded_time() {
    let server = start(&["--message-time", "200ms"]).await;
    let mut raw = Raw::open(server.address, "/echo", "").await;
    raw.frame(0x01, b"once upon a time").await;
    // Neither fragments nor pings give it more.
    within(async {
        loop {
            raw.frame(0x00, b"").await;
            raw.frame(0x89, b"").await;
            let frame = raw.next().await;
            if frame.first != 0x8a {
                assert_eq!(frame.close_code(), 1008);
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await;
    // Messages that are whole may come for longer.
    let mut raw = Raw::open(server.address, "/echo", "").await;
    for _ in 0..60 {
        raw.frame(0x81, b"whole").await;
        raw.expect(0x81, b"whole").await;
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn an_unmasked_frame_is_judged_by_its_header() {
    let server = start(&[]).await;
    let mut raw = Raw::open(server.address, "/echo", "").await;
    raw.frame(0x81, b"masked").await;
    // A megabyte is announced, and nothing of it comes.
    raw.send(&[0x82, 0x7f, 0, 0, 0, 0, 0, 0x0f, 0, 0]).await;
    raw.expect(0x81, b"masked").await;
    assert_eq!(raw.next().await.close_code(), 1002);
}

/// The client's inflater goes on as it was; only that nothing before is referred to shows that there is a new compressor.
#[tokio::test]
async fn an_idle_connection_gives_its_compressor_back() {
    let server = start(&["--compressor-time", "100ms"]).await;
    let mut raw = Raw::open(server.address, "/echo", OFFER).await;
    let mut inflater = Decompress::new(false);
    let text = b"The second similar message is smaller, because the window remembers the first. ";
    let packed = deflate(text);
    let mut echo = async |raw: &mut Raw| {
        raw.frame(0xc1, &packed).await;
        let payload = raw.next().await.payload;
        let input = [&payload[..], &[0, 0, 0xff, 0xff]].concat();
        let mut out = Vec::with_capacity(1024);
        inflater
            .decompress_vec(&input, &mut out, FlushDecompress::Sync)
            .expect("deflated data");
        assert_eq!(out, text);
        payload.len()
    };
    let first = echo(&mut raw).await;
    assert!(echo(&mut raw).await * 2 < first);
    within(async {
        let mut pause = std::time::Duration::from_millis(100);
        loop {
            tokio::time::sleep(pause).await;
            if echo(&mut raw).await == first {
                break;
            }
            pause += pause / 2;
        }
    })
    .await;
}

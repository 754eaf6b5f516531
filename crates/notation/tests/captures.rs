//! Files in which tcpdump and Wireshark save packets.

use notation::{Pasted, Reading, Side, inspect_file};

const REQUEST: &[u8] =
    b"GET /chat HTTP/1.1\r\nHost: a.example\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const ANSWER: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
const MASKED: &[u8] = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
const HELLO: &[u8] = b"\x81\x05Hello";

/// An Ethernet frame with an IPv4 packet with a TCP segment.
fn packet(from: u16, to: u16, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![2; 12];
    out.extend([8, 0, 0x45, 0]);
    out.extend((40 + payload.len() as u16).to_be_bytes());
    out.extend([0, 1, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]);
    out.extend(from.to_be_bytes());
    out.extend(to.to_be_bytes());
    out.extend(sequence.to_be_bytes());
    out.extend([0, 0, 0, 1, 0x50, 0x18, 2, 0, 0, 0, 0, 0]);
    out.extend(payload);
    out
}

fn pcap(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    out.extend(65_535u32.to_le_bytes());
    out.extend(1u32.to_le_bytes());
    for packet in packets {
        let length = (packet.len() as u32).to_le_bytes();
        out.extend([0; 8]);
        out.extend(length);
        out.extend(length);
        out.extend(packet);
    }
    out
}

fn pcapng(packets: &[Vec<u8>]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let length = (12 + body.len() as u32).to_le_bytes();
        let mut out = kind.to_le_bytes().to_vec();
        out.extend(length);
        out.extend(body);
        out.extend(length);
        out
    };
    let mut header = 0x1a2b_3c4du32.to_le_bytes().to_vec();
    header.extend([1, 0, 0, 0]);
    header.extend([0xff; 8]);
    let mut out = block(0x0a0d_0d0a, &header);
    out.extend(block(1, &[1, 0, 0, 0, 0, 0, 4, 0]));
    for packet in packets {
        let length = (packet.len() as u32).to_le_bytes();
        let mut body = vec![0; 12];
        body.extend(length);
        body.extend(length);
        body.extend(packet);
        body.resize(body.len().next_multiple_of(4), 0);
        out.extend(block(6, &body));
    }
    out
}

fn packets() -> Vec<Vec<u8>> {
    vec![
        packet(50_000, 8080, 1, REQUEST),
        packet(50_001, 443, 1, &[0x16; 400]),
        packet(8080, 50_000, 1, ANSWER),
        packet(50_000, 8080, 100, b""),
        packet(50_000, 8080, 100, MASKED),
        packet(50_000, 8080, 100, MASKED),
        packet(8080, 50_000, 60, HELLO),
    ]
}

fn handshake(file: &[u8]) -> (Option<String>, Option<String>, Reading) {
    match inspect_file(file) {
        Ok(Pasted::Handshake(found, Some(reading))) => (found.request, found.response, reading),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_websocket_of_a_capture_is_found_with_its_handshake_and_both_directions() {
    for file in [pcap(&packets()), pcapng(&packets())] {
        let (request, response, reading) = handshake(&file);
        assert_eq!(request.as_deref().map(str::as_bytes), Some(REQUEST));
        assert_eq!(response.as_deref().map(str::as_bytes), Some(ANSWER));
        let streams: Vec<_> = reading
            .streams
            .iter()
            .map(|s| (s.from, s.bytes.as_slice()))
            .collect();
        assert_eq!(
            streams,
            [
                (Side::Client, &[REQUEST, MASKED].concat()[..]),
                (Side::Server, &[ANSWER, HELLO].concat()[..])
            ],
            "without what was sent twice"
        );
        let skipped = reading.skipped.last().map(|s| (s.what.as_ref(), s.bytes));
        assert_eq!(skipped, Some(("another connection", 400)));
        assert_eq!(
            (reading.name(), reading.cut),
            ("a capture of packets", false)
        );
    }
}

#[test]
fn a_capture_may_begin_after_the_handshake_and_end_anywhere() {
    let file = pcap(&packets()[4..]);
    for end in [file.len(), file.len() - 1, file.len() - 30] {
        let Ok(Pasted::Bytes(reading, None)) = inspect_file(&file[..end]) else {
            panic!("cut after {end}");
        };
        assert!(reading.bytes.starts_with(MASKED));
    }
}

#[test]
fn a_capture_without_anything_carried_is_refused_with_what_to_do() {
    for file in [pcap(&[]), pcapng(&packets()[3..4])] {
        let why = inspect_file(&file).unwrap_err().to_string();
        assert!(why.contains("capture"), "{why}");
    }
}

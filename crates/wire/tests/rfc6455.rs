//! The examples of RFC 6455 §5.7, both ways.

use wire::Role;
use wire::decode::Decoder;
use wire::frame::{Frame, Header, Opcode, encode};

const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

fn read(sender: Role, bytes: &[u8]) -> Frame {
    let mut decoder = Decoder::new(sender);
    let mut frames = decoder.push(bytes);
    assert_eq!(frames.len(), 1);
    assert_eq!(decoder.progress().have, 0);
    let frame = frames.remove(0);
    assert_eq!(frame.violations, []);

    let mut again = Vec::new();
    let mut payload = Vec::new();
    frame.header.encode(&mut again);
    encode(&frame.header, &frame.payload, &mut payload);
    assert_eq!(again, bytes[..frame.header.len()]);
    assert_eq!(payload, bytes);
    frame
}

#[test]
fn a_single_frame_unmasked_text_message() {
    let frame = read(Role::Server, b"\x81\x05Hello");
    assert_eq!(frame.header, Header::new(Opcode::Text, 5, None));
    assert_eq!(frame.payload, b"Hello");
}

#[test]
fn a_single_frame_masked_text_message() {
    let frame = read(
        Role::Client,
        &[
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ],
    );
    assert_eq!(frame.header, Header::new(Opcode::Text, 5, Some(KEY)));
    assert_eq!(frame.payload, b"Hello");
}

#[test]
fn a_fragmented_unmasked_text_message() {
    let first = read(Role::Server, b"\x01\x03Hel");
    assert_eq!(
        (first.header.opcode, first.header.fin),
        (Opcode::Text, false)
    );
    assert_eq!(first.payload, b"Hel");
    let second = read(Role::Server, b"\x80\x02lo");
    assert_eq!(
        (second.header.opcode, second.header.fin),
        (Opcode::Continuation, true)
    );
    assert_eq!(second.payload, b"lo");
}

#[test]
fn an_unmasked_ping_and_a_masked_pong() {
    let ping = read(Role::Server, b"\x89\x05Hello");
    assert_eq!(ping.header, Header::new(Opcode::Ping, 5, None));
    let pong = read(
        Role::Client,
        &[
            0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ],
    );
    assert_eq!(pong.header, Header::new(Opcode::Pong, 5, Some(KEY)));
    assert_eq!(pong.payload, ping.payload);
}

#[test]
fn binary_messages_with_longer_lengths() {
    let mut bytes = vec![0x82, 0x7e, 0x01, 0x00];
    bytes.resize(4 + 256, 0xaa);
    let frame = read(Role::Server, &bytes);
    assert_eq!(frame.header, Header::new(Opcode::Binary, 256, None));
    assert_eq!(frame.payload, [0xaa; 256]);

    let mut bytes = vec![0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0];
    bytes.resize(10 + 65_536, 0x55);
    let frame = read(Role::Server, &bytes);
    assert_eq!(frame.header, Header::new(Opcode::Binary, 65_536, None));
    assert_eq!(frame.payload.len(), 65_536);
}

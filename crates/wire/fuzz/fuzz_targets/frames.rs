//! Frames: any split gives the same, what was read is what was written, and spans tile the bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Role;
use wire::decode::Decoder;
use wire::frame::encode;

fuzz_target!(|input: &[u8]| {
    let [flags, cut, bytes @ ..] = input else {
        return;
    };
    let sender = if flags & 1 == 0 {
        Role::Client
    } else {
        Role::Server
    };
    let new = || {
        Decoder::new(sender)
            .with_compression(flags & 2 != 0)
            .with_max_payload(1 << 16)
    };

    let mut whole = new();
    let frames = whole.push(bytes);
    let mut split = new();
    let step = usize::from(*cut).max(1);
    let mut collected = Vec::new();
    for piece in bytes.chunks(step) {
        collected.extend(split.push(piece));
    }
    assert_eq!(collected, frames);
    assert_eq!(split.progress(), whole.progress());

    let mut written = Vec::new();
    for frame in &frames {
        assert_eq!(frame.offset, written.len() as u64);
        assert!(frame.header.length <= 1 << 16);
        let mut bit = 0;
        for span in frame.header.spans() {
            assert_eq!(span.bits.start, bit);
            bit = span.bits.end;
        }
        assert_eq!(bit, frame.wire_len() * 8);
        encode(&frame.header, &frame.payload, &mut written);
        for violation in &frame.violations {
            assert!(violation.at.start >= frame.offset && violation.at.end <= written.len() as u64);
            assert!(!violation.message().is_empty());
        }
    }
    assert_eq!(written, bytes[..written.len()]);
    if !whole.stopped() {
        assert_eq!(
            written.len() as u64 + whole.progress().have,
            bytes.len() as u64
        );
    }
});

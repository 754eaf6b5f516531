//! Messages taken apart, against zlib: what it makes comes apart into itself, and what it refuses is refused.

use flate2::{Compress, Compression, FlushCompress};
use proptest::prelude::*;
use wire::Role;
use wire::deflate::dissect::{BlockKind, Dissection, ErrorKind, Symbol, TAIL, dissect};
use wire::deflate::{Deflater, InflateError, Inflater, Params};

/// What the tokens say, done by somebody who knows nothing of bits.
fn replay(dissection: &Dissection, payload: &[u8], window: &[u8]) -> Vec<u8> {
    let mut all = window.to_vec();
    for token in &dissection.tokens {
        assert_eq!(token.out.start, all.len() - window.len());
        match token.symbol {
            Symbol::Literal(byte) => all.push(byte),
            Symbol::Copy { length, distance } => {
                for _ in 0..length {
                    all.push(all[all.len() - distance]);
                }
            }
            Symbol::Stored(length) => {
                assert!(token.bits.start.is_multiple_of(8) && token.bits.len() == length * 8);
                all.extend_from_slice(&payload[token.bits.start / 8..token.bits.end / 8]);
            }
            Symbol::End => {}
        }
        assert_eq!(token.out.end, all.len() - window.len());
    }
    all.split_off(window.len())
}

/// Blocks follow one another without gaps, and so do the symbols in each.
fn tiles(dissection: &Dissection) {
    let mut at = 0;
    for block in &dissection.blocks {
        assert_eq!(block.bits.start, at);
        let mut within = block.body;
        for token in dissection
            .tokens
            .iter()
            .filter(|t| t.bits.start >= block.body && t.bits.start < block.bits.end)
        {
            assert_eq!(token.bits.start, within);
            within = token.bits.end;
        }
        assert_eq!(within, block.bits.end);
        at = block.bits.end;
        if block.last {
            at = at.next_multiple_of(8);
        }
    }
}

/// Bytes as messages are: some that repeat, some that do not.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..400),
        prop::collection::vec(b'a'..b'e', 0..400),
        (any::<u8>(), 0..2000usize).prop_map(|(b, n)| vec![b; n]),
        "(\\{\"user\":\"[a-c]{3}\",\"text\":\"[a-z ]{0,30}\"\\}){0,9}".prop_map(String::into_bytes),
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_zlib_makes_comes_apart_into_itself(
        messages in prop::collection::vec(message(), 1..4),
        bits in 8u8..=15,
        level in 0u8..=9,
        takeover in any::<bool>(),
    ) {
        let params = Params {
            client_max_window_bits: bits,
            client_no_context_takeover: !takeover,
            ..Params::default()
        };
        let mut deflater = Deflater::with_level(&params, Role::Client, level);
        let mut before = Vec::new();
        for message in messages {
            let payload = deflater.message(&message);
            let window = if takeover { &before[before.len().saturating_sub(1 << bits)..] } else { &[][..] };
            let dissection = dissect(&payload, window, message.len());
            prop_assert_eq!(dissection.error, None);
            prop_assert_eq!(&dissection.message, &message);
            prop_assert_eq!(&replay(&dissection, &payload, window), &message);
            tiles(&dissection);
            // The tail completes an empty stored block.
            let last = dissection.blocks.last().unwrap();
            prop_assert_eq!((last.kind, last.out.len()), (BlockKind::Stored, 0));
            prop_assert_eq!(last.bits.end, (payload.len() + TAIL.len()) * 8);
            before.extend(message);
        }
    }

    #[test]
    fn any_bytes_are_read_as_zlib_reads_them(
        payload in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            // Real ones, broken in one place.
            (message(), any::<prop::sample::Index>(), any::<u8>(), 0u8..=9).prop_map(|(message, at, byte, level)| {
                let mut payload = Deflater::with_level(&Params::default(), Role::Client, level).message(&message);
                let at = at.index(payload.len());
                payload[at] = byte;
                payload
            }),
        ],
        max in 0usize..5000,
    ) {
        let dissection = dissect(&payload, &[], max);
        prop_assert!(dissection.message.len() <= max);
        prop_assert_eq!(&replay(&dissection, &payload, &[]), &dissection.message);
        let inflated = Inflater::new(&Params::default(), Role::Client).message(&payload, max);
        match (dissection.error.map(|e| e.kind), inflated) {
            (None, inflated) => prop_assert_eq!(inflated, Ok(dissection.message)),
            // Whoever inflates sees no end that is missing, and a code without words only once it is used.
            (Some(ErrorKind::Truncated | ErrorKind::Code), Ok(bytes)) => prop_assert_eq!(bytes, dissection.message),
            // zlib may have read on, and found something worse.
            (Some(ErrorKind::TooBig(_)), inflated) => prop_assert!(inflated.is_err()),
            (Some(_), inflated) => prop_assert_eq!(inflated, Err(InflateError::Corrupt)),
        }
    }
}

#[test]
fn each_kind_of_block() {
    let stored = [0, 5, 0, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0];
    let fixed = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 7, 0];
    for (payload, kind) in [(&stored[..], BlockKind::Stored), (&fixed, BlockKind::Fixed)] {
        let dissection = dissect(payload, b"", 5);
        assert_eq!(dissection.message, b"Hello");
        assert_eq!(dissection.blocks[0].kind, kind);
        assert_eq!(dissection.blocks.len(), 2);
    }
    // Three bits of header, eight for each letter, seven for the end.
    assert_eq!(dissect(&fixed, b"", 5).blocks[0].bits, 0..3 + 5 * 8 + 7);
    // Few letters, some of them often and none of them in a pattern: a code of its own pays.
    let mut state = 1u32;
    let text: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b"eeeeeettttaaoin "[(state >> 28) as usize]
    })
    .take(2000)
    .collect();
    let payload = Deflater::new(&Params::default(), Role::Client).message(&text);
    let dissection = dissect(&payload, b"", 9999);
    assert_eq!(dissection.blocks[0].kind, BlockKind::Dynamic);
    assert_eq!(dissection.message, text);
}

#[test]
fn a_stream_that_ended_goes_on_with_the_next_byte() {
    // RFC 7692 §7.2.3.4, with the block that follows and without.
    for payload in [
        &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 7, 0, 0][..],
        &[0xf3, 0x48, 0xcd, 0xc9, 0xc9, 7, 0],
    ] {
        let dissection = dissect(payload, b"", 5);
        assert_eq!(
            (dissection.error, &dissection.message[..]),
            (None, &b"Hello"[..])
        );
        assert!(dissection.blocks[0].last);
        tiles(&dissection);
    }
    let mut zlib = Compress::new(Compression::default(), false);
    let mut payload = Vec::with_capacity(1000);
    zlib.compress_vec(b"abcabcabc", &mut payload, FlushCompress::Finish)
        .unwrap();
    payload.extend(Deflater::new(&Params::default(), Role::Client).message(b"def"));
    let dissection = dissect(&payload, b"", 99);
    assert_eq!(
        (dissection.error, &dissection.message[..]),
        (None, &b"abcabcabcdef"[..])
    );
}

#[test]
fn what_cannot_be_read_and_where() {
    for (payload, bit, kind) in [
        (&[][..], 0, ErrorKind::Truncated),
        (&[0x06], 0, ErrorKind::BlockKind),
        (&[0, 5, 0, 0x12, 0x34], 0, ErrorKind::StoredLength),
        // A reference before the window, after three bits of header and the eight of a letter.
        (
            &[0xf2, 0x00, 0x11, 0x00, 0x00],
            11,
            ErrorKind::TooFarBack {
                distance: 5,
                have: 1,
            },
        ),
    ] {
        let dissection = dissect(payload, b"", 99);
        let error = dissection.error.unwrap();
        assert_eq!((error.bit, error.kind), (bit, kind), "{payload:x?}");
        assert!(!error.kind.to_string().is_empty());
    }
    let dissection = dissect(&[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 7, 0], b"", 3);
    assert_eq!(dissection.error.unwrap().kind, ErrorKind::TooBig(3));
    assert_eq!(dissection.message, b"Hel");
}

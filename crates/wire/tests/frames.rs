//! What holds for every stream of bytes, legal or not.

use proptest::prelude::*;
use wire::Role;
use wire::decode::Decoder;
use wire::frame::{Field, Header, LengthForm, Opcode, encode};
use wire::rule::Rule;

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::Client), Just(Role::Server)]
}

/// Any header, legal or not, that tells the truth about the payload that goes with it.
fn frame() -> impl Strategy<Value = (Header, Vec<u8>)> {
    let payload = prop_oneof![
        8 => prop::collection::vec(any::<u8>(), 0..150),
        4 => "\\PC{0,50}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 65_530..65_545),
    ];
    let form = prop_oneof![
        6 => Just(LengthForm::Bits7),
        1 => Just(LengthForm::Bits16),
        1 => Just(LengthForm::Bits64)
    ];
    (any::<u8>(), form, any::<Option<[u8; 4]>>(), payload).prop_map(
        |(first, form, key, payload)| {
            let length = payload.len() as u64;
            let header = Header {
                fin: first & 0x80 != 0,
                rsv1: first & 0x40 != 0,
                rsv2: first & 0x20 != 0,
                rsv3: first & 0x10 != 0,
                opcode: Opcode::from_bits(first),
                length,
                length_form: form.max(LengthForm::shortest(length)),
                key,
            };
            (header, payload)
        },
    )
}

/// Frames, with now and then a byte changed, and then anything at all.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let frames = prop::collection::vec(frame(), 0..5);
    let change = prop::option::weighted(0.3, (any::<prop::sample::Index>(), any::<u8>()));
    let rest = prop::collection::vec(any::<u8>(), 0..30);
    (frames, change, rest).prop_map(|(frames, change, rest)| {
        let mut bytes = Vec::new();
        for (header, payload) in &frames {
            encode(header, payload, &mut bytes);
        }
        if let Some((at, value)) = change.filter(|_| !bytes.is_empty()) {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.extend(rest);
        bytes
    })
}

proptest! {
    // A failure prints its input, which belongs into a test of its own.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_split_gives_the_same_events(
        sender in role(),
        compression: bool,
        bytes in stream(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let new = || Decoder::new(sender).with_compression(compression).with_max_payload(1 << 20);
        let mut at_once = new();
        let frames = at_once.push(&bytes);

        let mut cuts: Vec<_> = cuts.iter().map(|c| c.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut in_pieces = new();
        let mut collected = Vec::new();
        let mut from = 0;
        for cut in cuts.into_iter().chain([bytes.len()]) {
            collected.extend(in_pieces.push(&bytes[from..cut]));
            from = cut;
        }
        prop_assert_eq!(&collected, &frames);
        prop_assert_eq!(in_pieces.progress(), at_once.progress());
        prop_assert_eq!(in_pieces.stopped(), at_once.stopped());
    }

    #[test]
    fn decode_undoes_encode(sender in role(), frames in prop::collection::vec(frame(), 0..5)) {
        let mut bytes = Vec::new();
        for (header, payload) in &frames {
            encode(header, payload, &mut bytes);
        }
        let read = Decoder::new(sender).push(&bytes);
        prop_assert_eq!(read.len(), frames.len());
        let mut offset = 0;
        for (read, (header, payload)) in read.iter().zip(&frames) {
            prop_assert_eq!(read.offset, offset);
            prop_assert_eq!(&read.header, header);
            prop_assert_eq!(&read.payload, payload);
            offset += read.wire_len();
        }
        prop_assert_eq!(offset, bytes.len() as u64);
    }

    #[test]
    fn frames_and_what_is_left_tile_the_stream(sender in role(), bytes in stream()) {
        let mut decoder = Decoder::new(sender);
        let frames = decoder.push(&bytes);
        let mut at = 0;
        for frame in &frames {
            prop_assert_eq!(frame.offset, at);
            // The spans leave no bit out and take none twice.
            let mut bit = 0;
            for span in frame.header.spans() {
                prop_assert_eq!(span.bits.start, bit);
                prop_assert!(span.bits.end > span.bits.start);
                bit = span.bits.end;
            }
            prop_assert_eq!(bit, frame.wire_len() * 8);
            let payload = frame.header.spans().pop().filter(|s| s.field == Field::Payload);
            if let Some(payload) = payload {
                prop_assert_eq!(payload.bytes(), frame.header.len() as u64..frame.wire_len());
            }
            for violation in &frame.violations {
                prop_assert!(violation.at.start >= at && violation.at.end <= at + frame.wire_len());
                prop_assert!(violation.at.start < violation.at.end);
                prop_assert!(!violation.message().is_empty());
            }
            at += frame.wire_len();
        }
        prop_assert_eq!(decoder.offset(), at);
        let progress = decoder.progress();
        if decoder.stopped() {
            prop_assert!(progress.need.is_none());
            prop_assert!(!progress.violations.is_empty());
        } else {
            prop_assert_eq!(at + progress.have, bytes.len() as u64);
            prop_assert!(progress.need.unwrap().bytes > 0);
        }
    }

    #[test]
    fn what_is_needed_is_enough(sender in role(), (header, payload) in frame()) {
        // Giving a decoder exactly what it says it needs, again and again, ends with the frame and nothing left.
        let mut bytes = Vec::new();
        encode(&header, &payload, &mut bytes);
        let mut decoder = Decoder::new(sender);
        let mut rest = &bytes[..];
        let mut frames = Vec::new();
        while frames.is_empty() {
            let need = decoder.progress().need.unwrap();
            let (now, later) = rest.split_at(need.bytes as usize);
            frames = decoder.push(now);
            rest = later;
        }
        prop_assert!(rest.is_empty());
        prop_assert_eq!(&frames[0].payload, &payload);
    }

    #[test]
    fn the_limit_holds(length in any::<u64>(), limit in any::<u64>()) {
        let mut bytes = Vec::new();
        Header::new(Opcode::Binary, length, None).encode(&mut bytes);
        let mut decoder = Decoder::new(Role::Server).with_max_payload(limit);
        decoder.push(&bytes);
        let rules: Vec<_> = decoder.progress().violations.iter().map(|v| v.rule).collect();
        if length >> 63 != 0 {
            prop_assert_eq!(rules, [Rule::LengthTopBit]);
        } else if length > limit {
            prop_assert_eq!(rules, [Rule::TooBig]);
        } else {
            prop_assert_eq!(rules, []);
        }
    }
}

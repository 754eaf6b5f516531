use std::rc::Rc;

use wire::Role;
use wire::frame::Opcode;

use super::*;
use crate::instruments::frame_inspector::presets::PRESETS;

pub fn sequence(hex: &str, from: Role) -> FrameSequence {
    let bytes = notation::read_as(hex, notation::Form::Hex, 1 << 20)
        .unwrap()
        .bytes;
    FrameSequence::new(Source {
        bytes: bytes.into(),
        from,
        deflate: false,
    })
}

#[test]
fn knowledge_grows_byte_by_byte() {
    let hello = sequence("818537fa213d7f9f4d5158", Role::Client);
    let at = |step| hello.read(step).unwrap();
    assert_eq!(at(0).opcode(), Some(Opcode::Text));
    assert_eq!(at(0).known.length, None);
    assert_eq!(at(1).known.length, Some(5));
    assert_eq!(at(4).known.key, None);
    assert_eq!(at(5).known.key, Some([0x37, 0xfa, 0x21, 0x3d]));
    assert_eq!(at(5).need.map(|n| n.bytes), Some(5));
    assert_eq!(at(8).payload(&hello.source, 99), b"Hel");
    assert_eq!(at(8).need.map(|n| n.bytes), Some(2));
    assert!(!at(9).complete);
    assert!(at(10).complete);
    assert_eq!(at(10).payload(&hello.source, 99), b"Hello");
    assert_eq!(at(10).plain(&hello.source, 3..99), b"lo");
    assert_eq!(at(99), at(10));
}

#[test]
fn every_step_knows_what_a_decoder_of_all_bytes_knows() {
    for preset in PRESETS {
        let whole = preset.bytes();
        let source = Source {
            bytes: whole[..whole.len().min(600)].into(),
            from: preset.from,
            deflate: preset.deflate,
        };
        let sequence = FrameSequence::new(source.clone());
        for step in 0..source.bytes.len() {
            let mut decoder = source.decoder(0);
            let frames = decoder.push(&source.bytes[..=step]);
            let reading = sequence.read(step).unwrap();
            let last = frames
                .last()
                .filter(|f| f.offset + f.wire_len() == step as u64 + 1);
            assert_eq!(
                reading.complete,
                last.is_some(),
                "{} at {step}",
                preset.name
            );
            assert_eq!(reading.number + usize::from(reading.complete), frames.len());
            let (mut violations, payload, need) = match last {
                Some(frame) => (frame.violations.clone(), frame.payload.clone(), None),
                None => {
                    let p = decoder.progress();
                    (p.violations, p.payload.to_vec(), p.need)
                }
            };
            assert_eq!(reading.payload(&source, usize::MAX), payload);
            assert_eq!(reading.need, need, "{} at {step}", preset.name);
            // What the frame's place breaks stands among what the frame says itself.
            if let ReceiverOutcome::Failed(n, v) = sequence.outcome()
                && *n == reading.number as u64
                && reading.violations.len() > violations.len()
            {
                violations.push(v.clone());
                violations.sort_by_key(|v| v.at.start);
            }
            assert_eq!(reading.violations, violations, "{} at {step}", preset.name);
        }
    }
}

#[test]
fn several_frames_are_told_apart() {
    let two = sequence("8900 810161 8a00", Role::Server);
    let read: Vec<_> = (0..7)
        .map(|s| two.read(s).unwrap())
        .map(|r| (r.number, r.frame, r.complete))
        .collect();
    assert_eq!(
        read,
        [
            (0, 0..2, false),
            (0, 0..2, true),
            (1, 2..5, false),
            (1, 2..5, false),
            (1, 2..5, true),
            (2, 5..7, false),
            (2, 5..7, true)
        ]
    );
    assert_eq!(two.count(), 3);
    assert_eq!(
        (two.next_frame(0), two.next_frame(4), two.next_frame(6)),
        (4, 6, 6)
    );
    assert_eq!(
        (
            two.previous_frame(6),
            two.previous_frame(3),
            two.previous_frame(1)
        ),
        (4, 1, 1)
    );
    assert_eq!(two.summary(1).unwrap().opcode, Opcode::Text);
    assert_eq!(two.summary(3), None);
}

#[test]
fn frames_are_judged_in_their_places() {
    let failed = |hex: &str| match sequence(hex, Role::Server).outcome() {
        ReceiverOutcome::Failed(n, v) => Some((*n, v.rule)),
        _ => None,
    };
    assert_eq!(failed("010161 8900 800162"), None);
    assert_eq!(failed("010161 810162"), Some((1, Rule::MessageInterleaved)));
    assert_eq!(
        failed("810161 800162"),
        Some((1, Rule::ContinuationUnexpected))
    );
    assert_eq!(failed("0102c3a9 8001ff"), Some((1, Rule::TextNotUtf8)));
    // Alone, nobody knows what came before.
    assert_eq!(failed("800162"), None);
    let after = sequence("010161 810162 8900", Role::Server);
    assert!(after.summary(1).unwrap().broken && !after.summary(2).unwrap().broken);
    assert_eq!(after.read(usize::MAX).unwrap().over, Some(1));
    assert_eq!(
        after.read(5).unwrap().violations[0].rule,
        Rule::MessageInterleaved
    );
    let closed = sequence("8900 880203e8 810161", Role::Server);
    assert_eq!(closed.outcome(), &ReceiverOutcome::Closed(1));
    assert_eq!(closed.read(usize::MAX).unwrap().over, Some(1));
    assert_eq!(closed.read(5).unwrap().over, None);
}

#[test]
fn field_steps_go_there_and_back() {
    let hello = sequence("818537fa213d7f9f4d5158", Role::Client);
    let mut stops = vec![0];
    while let Some(last) = stops.last()
        && *last < 10
    {
        stops.push(hello.next_field(*last));
    }
    assert_eq!(stops, [0, 1, 5, 10]);
    assert_eq!(hello.previous_field(10), 5);
    assert_eq!(hello.previous_field(5), 1);
    assert_eq!(hello.previous_field(1), 0);
    assert_eq!(hello.previous_field(0), 0);
}

#[test]
fn parts_tile_what_is_there_of_every_preset() {
    for preset in PRESETS
        .into_iter()
        .filter(|p| p.name != "several" && p.name != "interleaved")
    {
        let whole = preset.bytes();
        for cut in [1, 2, 3, 5, 7, 9, whole.len()] {
            let bytes: Rc<[u8]> = whole[..cut.min(whole.len())].into();
            let sequence = FrameSequence::new(Source {
                bytes: bytes.clone(),
                from: preset.from,
                deflate: preset.deflate,
            });
            let reading = sequence.read(0).unwrap();
            let mut at = 0;
            for (_, range) in reading.segments() {
                assert_eq!(range.start, at);
                at = range.end;
            }
            assert_eq!(at, bytes.len(), "{} cut at {cut}", preset.name);
        }
    }
}

#[test]
fn a_length_that_cannot_be_ends_the_frame() {
    let bad = sequence("827f8000000000000000ffff", Role::Server);
    let reading = bad.read(11).unwrap();
    assert_eq!(reading.frame, 0..10);
    assert_eq!(reading.violations.len(), 1);
    assert_eq!(bad.next_field(11), 11);
}

#[test]
fn nothing_can_be_read_of_nothing() {
    let empty = FrameSequence::new(Source {
        bytes: Rc::new([]),
        from: Role::Client,
        deflate: false,
    });
    assert_eq!(empty.read(0), None);
    assert_eq!(
        (empty.count(), empty.next_field(3), empty.next_frame(3)),
        (0, 0, 0)
    );
    assert_eq!(empty.summary(0), None);
}

#[test]
fn slices_give_the_same_as_all_at_once() {
    for preset in PRESETS {
        let source = preset.source();
        let whole = FrameSequence::new(source.clone());
        for size in [1, 7, 4096] {
            if source.bytes.len() / size > 100_000 {
                continue;
            }
            let mut reader = SequenceReader::new(source.clone());
            while !reader.advance(size) {
                assert!(reader.progress() < 1.0);
            }
            assert_eq!(reader.progress(), 1.0);
            assert_eq!(reader.finish().index, whole.index, "{}", preset.name);
        }
    }
}

use super::*;
use crate::instruments::frame_inspector::presets::PRESETS;
use crate::instruments::frame_inspector::sequence::FrameSequence;
use wire::Role;
use wire::rule::Rule;
use wire::walk::ReceiverOutcome;

fn rules(draft: &Draft, from: Role) -> Vec<Rule> {
    let sequence = FrameSequence::new(Source {
        bytes: draft.build().bytes,
        from,
        deflate: false,
    });
    let reading = sequence.read(usize::MAX).unwrap();
    reading.violations.iter().map(|v| v.rule).collect()
}

#[test]
fn the_default_is_the_example_of_the_rfc() {
    let built = Draft::default().build();
    assert_eq!(hex(&built.bytes), "818537fa213d7f9f4d5158");
    assert!(built.problems.is_empty() && built.note.is_none());
}

#[test]
fn a_frame_that_is_taken_over_is_the_same_frame() {
    for preset in PRESETS {
        let source = preset.source();
        match Draft::of(&source) {
            Some(draft) => assert_eq!(draft.build().bytes, source.bytes, "{}", preset.name),
            None => assert!(
                ["length64", "mebibyte", "several", "interleaved"].contains(&preset.name),
                "{}",
                preset.name
            ),
        }
    }
}

#[test]
fn every_field_can_be_wrong() {
    let draft = Draft {
        rsv: [false, true, false],
        opcode: 0xb,
        fin: false,
        mask: false,
        form: Some(LengthForm::Bits64),
        ..Draft::default()
    };
    assert_eq!(
        rules(&draft, Role::Client),
        [
            Rule::ReservedBit,
            Rule::ReservedOpcode,
            Rule::ControlFragmented,
            Rule::MaskMissing,
            Rule::LengthNotMinimal,
        ]
    );
    let masked = Draft::default();
    assert_eq!(rules(&masked, Role::Client), []);
    assert_eq!(rules(&masked, Role::Server), [Rule::MaskPresent]);
    let top = Draft {
        length: "0x8000000000000000".into(),
        ..Draft::default()
    };
    assert_eq!(rules(&top, Role::Client), [Rule::LengthTopBit]);
    let close = Draft {
        opcode: 8,
        kind: Kind::Close,
        code: "1005".into(),
        ..Draft::default()
    };
    assert_eq!(rules(&close, Role::Client), [Rule::CloseCodeInvalid]);
}

#[test]
fn a_length_may_lie() {
    let with = |length: &str, form| Draft {
        length: length.into(),
        form,
        mask: false,
        ..Draft::default()
    };
    let more = with("8", None).build();
    assert_eq!(hex(&more.bytes), "810848656c6c6f");
    assert!(more.note.unwrap().contains("3 bytes more"));
    let fewer = with("2", None).build();
    assert!(fewer.note.unwrap().contains("3 bytes fewer"));
    let squeezed = with("300", Some(LengthForm::Bits7)).build();
    assert_eq!(hex(&squeezed.bytes[..4]), "817e012c");
    assert!(squeezed.note.unwrap().contains("does not fit in 7 bits"));
    assert_eq!(
        hex(&with("5", Some(LengthForm::Bits16)).build().bytes[..4]),
        "817e0005"
    );
    let sequence = FrameSequence::new(Source {
        bytes: fewer.bytes,
        from: Role::Server,
        deflate: false,
    });
    // “l” is 6c: RSV bits and a reserved opcode.
    assert!(matches!(sequence.outcome(), ReceiverOutcome::Failed(1, _)));
}

#[test]
fn what_cannot_be_used_is_named_and_the_rest_stands() {
    let draft = Draft {
        length: "many".into(),
        key: "37fa21".into(),
        kind: Kind::Bytes,
        hex: "4g".into(),
        ..Draft::default()
    };
    let built = draft.build();
    assert_eq!(hex(&built.bytes), "818000000000");
    let fields: Vec<_> = built.problems.iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, [Field::Payload, Field::Key, Field::Length]);
    assert!(built.problems[1].1.contains("here are 3 bytes"));
    let code = Draft {
        kind: Kind::Close,
        code: "65536".into(),
        ..Draft::default()
    };
    assert!(code.build().problems[0].1.contains("0 to 65,535"));
    let long = Draft {
        text: "x".repeat(MAX_PAYLOAD + 1),
        ..Draft::default()
    };
    assert!(long.build().problems[0].1.contains("64 KiB"));
}

use super::super::faults::FAULTS;
use super::super::run::tests::{close, opened, run, told};
use super::super::run::{Phase, Said};
use super::*;

fn mets(run: &Run) -> Vec<Met> {
    points(run).iter().map(|point| point.met).collect()
}

#[test]
fn a_browser_that_does_all_that_is_asked() {
    let run = opened(
        "invalid-utf8",
        b"\x81\x04caf\xe9",
        &close(1007),
        &[Said::Error, told(1006)],
    );
    assert_eq!(mets(&run), [Met::Yes; 5]);
    assert_eq!(overall(&points(&run)), Met::Yes);
    assert!(points(&run)[2].text.contains("1007, invalid payload data"));
}

#[test]
fn what_a_should_asks_and_is_not_done() {
    let wrong_code = opened(
        "invalid-utf8",
        b"\x81\x04caf\xe9",
        &close(1002),
        &[Said::Error, told(1006)],
    );
    assert_eq!(overall(&points(&wrong_code)), Met::Less);
    assert!(points(&wrong_code)[2].text.contains("1007"));
    let no_frame = opened(
        "invalid-utf8",
        b"\x81\x04caf\xe9",
        b"",
        &[Said::Error, told(1006)],
    );
    assert_eq!(mets(&no_frame)[2], Met::Free, "it may be left out");
    assert_eq!(overall(&points(&no_frame)), Met::Yes);
    let no_error = opened("tcp-reset", b"", b"", &[told(1006)]);
    assert_eq!(mets(&no_error), [Met::Yes, Met::Yes, Met::Less]);
}

#[test]
fn what_a_must_asks_and_is_not_done() {
    let text = Said::Message { text: true, len: 4 };
    let delivered = opened(
        "invalid-utf8",
        b"\x81\x04caf\xe9",
        b"",
        std::slice::from_ref(&text),
    );
    assert_eq!(mets(&delivered), [Met::No, Met::No]);
    assert_eq!(overall(&points(&delivered)), Met::No);
    // Where only the sender is bound, the receiver cannot be wrong.
    let lenient = opened("non-minimal-length", b"\x81\x7e\x00\x05Hello", b"", &[text]);
    assert_eq!(mets(&lenient), [Met::Free, Met::Free]);
    assert_eq!(overall(&points(&lenient)), Met::Free);
    let fooled = run(
        "wrong-accept",
        "Sec-WebSocket-Accept: x\r\n",
        b"",
        b"",
        &[Said::Open],
    );
    assert_eq!(overall(&points(&fooled)), Met::No);
}

#[test]
fn a_bomb_may_be_taken_or_refused() {
    let whole = Said::Message {
        text: false,
        len: 64 << 20,
    };
    let taken = opened("deflate-bomb", b"", b"", &[whole]);
    assert_eq!(overall(&points(&taken)), Met::Free);
    assert!(points(&taken)[0].text.contains(&grouped(64 << 20)));
    let refused = opened(
        "deflate-bomb",
        b"",
        &close(1009),
        &[Said::Error, told(1006)],
    );
    assert_eq!(overall(&points(&refused)), Met::Yes);
}

#[test]
fn silence_asks_nothing() {
    let mut run = opened("silence", b"", b"", &[]);
    assert_eq!(run.phase, Phase::Quiet);
    assert_eq!(mets(&run), [Met::Free]);
    assert!(points(&run)[0].text.contains("4.0\u{a0}s"));
    run.script(5000.0, Said::Called(1000));
    assert_eq!(points(&run).len(), 2);
    run.script(65_000.0, told(1006));
    assert!(points(&run)[1].text.contains("60.0\u{a0}s"));
}

#[test]
fn predictions_are_right_or_wrong_or_cannot_be_judged() {
    let run = opened(
        "reserved-opcode",
        b"\x83\x05Hello",
        &close(1002),
        &[Said::Error, told(1006)],
    );
    let prediction = Prediction {
        fires: Some(Fires::ErrorClose),
        code: Some(Some(1002)),
        sent: None,
    };
    let seen = run.observe();
    let rights = |seen: &Seen| marks(run.fault, &prediction, seen).map(|mark| mark.right);
    assert_eq!(rights(&seen), [Some(true), Some(false), None]);
    let marks = marks(run.fault, &prediction, &seen);
    assert_eq!(marks[1].predicted.as_deref(), Some("1002"));
    assert_eq!(marks[1].seen.as_deref(), Some("1006"));
    assert!(marks[1].why.contains("The 1002 that your browser sent"));
    assert_eq!(marks[2].seen.as_deref(), Some("close 1002"));
}

/// Whatever a browser may do, there is a sentence for it.
#[test]
fn every_outcome_of_every_fault_is_judged() {
    let ends = [told(1006), told(1002), told(1005), told(4321)];
    let frames = [close(1002), vec![0x88, 0x80, 0, 0, 0, 0], Vec::new()];
    for fault in &FAULTS {
        for end in &ends {
            for client in &frames {
                for error in [true, false] {
                    let mut said = vec![];
                    if error {
                        said.push(Said::Error);
                    }
                    said.push(end.clone());
                    let run = opened(fault.name(), b"", client, &said);
                    let points = points(&run);
                    assert!(!points.is_empty() && points.iter().all(|p| p.text.ends_with('.')));
                    let marks = marks(fault, &run.prediction, &run.observe());
                    assert!(marks.iter().all(|mark| mark.why.ends_with('.')));
                }
            }
        }
    }
}

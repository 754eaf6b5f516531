//! Frames are read with the codec's decoder.

use exercises::Kind;
use wire::decode::Decoder;
use wire::frame::Header;

use crate::check::{self, bytes, code, hex, number, number_of_bytes};

/// The header of the first frame and its payload, unmasked, as far as it is shown.
fn first(made: &exercises::Exercise) -> (Header, Vec<u8>) {
    let (bytes, from) = bytes(made);
    let mut decoder = Decoder::new(from);
    let frames = decoder.push(bytes);
    match frames.into_iter().next() {
        Some(frame) => {
            assert!(frame.violations.is_empty(), "{:?}", frame.violations);
            (frame.header, frame.payload.to_vec())
        }
        None => {
            let progress = decoder.progress();
            assert!(progress.violations.is_empty(), "{:?}", progress.violations);
            let header = progress.known.header().expect("the header is there");
            (header, progress.payload.to_vec())
        }
    }
}

#[test]
fn what_a_frame_is() {
    check::all(Kind::ReadFrame, |made| {
        let (header, _) = first(made);
        Box::new(move |choice| {
            let [opcode, fin, masked, length] = choice.split(", ").collect::<Vec<_>>()[..] else {
                panic!("{choice}");
            };
            let length = length.strip_prefix("payload of ").expect("a length");
            code(opcode) == [header.opcode.name()]
                && fin == if header.fin { "FIN 1" } else { "FIN 0" }
                && masked
                    == if header.key.is_some() {
                        "masked"
                    } else {
                        "not masked"
                    }
                && number_of_bytes(length) == header.length
        })
    });
}

#[test]
fn how_long_a_header_or_a_frame_is() {
    check::all(Kind::HeaderLength, |made| {
        if made.text.contains("where does the") {
            let (bytes, from) = bytes(made);
            let mut decoder = Decoder::new(from);
            let frames = decoder.push(bytes);
            let wanted = ["first", "second", "third", "fourth"]
                .iter()
                .position(|word| made.text.contains(&format!("the {word} frame")))
                .expect("a number of a frame");
            // The one that is asked about has begun, and is not complete.
            assert_eq!(frames.len(), wanted);
            let offset = decoder.offset();
            return Box::new(move |choice| {
                number(choice.strip_prefix("At byte ").expect("a place")) == offset
            });
        }
        let (header, _) = first(made);
        let length = if made.text.contains("the header") {
            header.len() as u64
        } else {
            assert!(made.text.contains("whole frame"), "{}", made.text);
            header.len() as u64 + header.length
        };
        Box::new(move |choice| number_of_bytes(choice) == length)
    });
}

#[test]
fn what_a_byte_is_under_its_mask() {
    const WORDS: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth",
    ];
    check::all(Kind::UnmaskByte, |made| {
        let (bytes, from) = bytes(made);
        let (_, question) = made.text.split_once("What is the ").expect("a question");
        let (nth, of) = question.split_once(" byte of the ").expect("a place");
        let at = match WORDS.iter().position(|word| *word == nth) {
            Some(at) => at,
            None => number(nth.trim_end_matches(char::is_alphabetic)) as usize - 1,
        };
        let frame = usize::from(of.starts_with("second frame"));
        let mut decoder = Decoder::new(from);
        let frames = decoder.push(bytes);
        let payload = match frames.get(frame) {
            Some(frame) => frame.payload.to_vec(),
            None => decoder.progress().payload.to_vec(),
        };
        let byte = payload[at];
        Box::new(move |choice| {
            let value = code(choice)[0].strip_prefix("0x");
            hex(value.expect("hexadecimal digits")) == [byte]
        })
    });
}

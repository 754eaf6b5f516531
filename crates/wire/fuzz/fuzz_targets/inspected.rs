//! Text of any kind, as a person may paste it: what it is, and that what is written is read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use notation::{Language, Pasted, inspect, inspect_file, write};

/// What was found has to hold together.
fn check(pasted: &Pasted) {
    match pasted {
        Pasted::Bytes(reading, handshake) => {
            assert!(!reading.bytes.is_empty());
            let streams: usize = reading.streams.iter().map(|stream| stream.bytes.len()).sum();
            assert!(reading.streams.is_empty() || streams == reading.bytes.len());
            assert!(handshake.as_ref().is_none_or(|h| h.request.is_some() || h.response.is_some()));
        }
        Pasted::Handshake(found, _) => {
            let sides = [&found.request, &found.response];
            assert!(sides.iter().any(|side| side.is_some()));
            // Each line ends with CRLF, and none holds a line end of its own.
            for side in sides.into_iter().flatten() {
                assert!(side.ends_with("\r\n"));
                assert!(!side.replace("\r\n", "").contains('\n'));
            }
        }
        Pasted::Code(code, _) => assert!((1000..5000).contains(code)),
        Pasted::Error(words) => assert!(!words.is_empty()),
    }
}

fuzz_target!(|data: &[u8]| {
    match inspect_file(data) {
        Ok(pasted) => check(&pasted),
        Err(why) => assert!(!why.to_string().is_empty()),
    }
    let Some(bytes) = data.get(..data.len().min(64)).filter(|bytes| !bytes.is_empty()) else {
        return;
    };
    for language in [Language::Rust, Language::Python, Language::C, Language::JavaScript] {
        match inspect(&write(bytes, language)) {
            // A packet is told from what it carries.
            Ok(Pasted::Bytes(reading, _)) if reading.skipped.is_empty() => assert_eq!(reading.bytes, bytes),
            Ok(Pasted::Bytes(..) | Pasted::Handshake(..)) => {}
            other => panic!("{other:?}"),
        }
    }
});

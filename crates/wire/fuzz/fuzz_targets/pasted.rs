//! Text that a person may paste: bytes in every form, lists of extensions, parameters, keys, roles.
#![no_main]

use libfuzzer_sys::fuzz_target;
use notation::{Form, Language, read, read_as, write};
use wire::Role;
use wire::deflate::{Offer, Params, Policy};
use wire::handshake::{accept, extensions, key_bytes, tokens};

/// The most bytes that a pasted text may give.
const MOST: usize = 4096;

fn bytes_as_written(text: &str) {
    match read(text, MOST) {
        Ok(found) => {
            assert!(!found.bytes.is_empty() && found.bytes.len() <= MOST);
            let asked =
                read_as(text, found.form, MOST).expect("the form that was found can be asked for");
            assert_eq!(asked.bytes, found.bytes);
            for form in found.alternatives {
                assert!(read_as(text, form, MOST).is_ok_and(|other| other.bytes != found.bytes));
            }
            // What a whole packet carries is no longer the packet.
            let packet = !found.skipped.is_empty() || read(&write(&found.bytes, Language::Hex), MOST)
                .is_ok_and(|again| !again.skipped.is_empty());
            for language in Language::ALL.into_iter().filter(|_| !packet) {
                let form = match language {
                    Language::Base64 => Form::Base64,
                    _ => {
                        read(&write(&found.bytes, language), MOST)
                            .expect("what is written can be read")
                            .form
                    }
                };
                let again = read_as(&write(&found.bytes, language), form, MOST);
                assert_eq!(again.map(|again| again.bytes), Ok(found.bytes.clone()));
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    for form in Form::ALL {
        if let Err(error) = read_as(text, form, MOST)
            && let Some((line, character)) = error.place
        {
            let there = text.split('\n').nth(line - 1).expect("the line is there");
            assert!(character <= there.chars().count() + 1);
        }
    }
}

fuzz_target!(|text: &str| {
    bytes_as_written(text);
    if let Ok(list) = extensions(text) {
        let mut at = 0;
        for extension in &list {
            assert!(extension.span.start >= at && extension.span.end <= text.len());
            assert!(text[extension.span.clone()].starts_with(&extension.name));
            at = extension.span.end;
            for param in &extension.params {
                assert!(extension.span.start < param.span.start && param.span.end <= at);
            }
            // Written out and read again, it is the same but for its place.
            let again = extensions(&extension.to_string()).expect("what is written can be read");
            assert_eq!(again.len(), 1);
            assert_eq!(again[0].to_string(), extension.to_string());
            if let Ok(offer) = Offer::read(extension) {
                let answer = Policy::default()
                    .answer(&offer)
                    .expect("the usual policy takes all");
                let answered = extensions(&answer.header).expect("an answer can be read");
                assert_eq!(offer.check(&answered[0]), Ok(answer.params));
            }
        }
    }
    if let Ok(params) = text.parse::<Params>() {
        assert_eq!(params.to_string().parse(), Ok(params));
    }
    for token in tokens(text) {
        assert!(!token.is_empty() && !token.contains(','));
    }
    let derived = accept(text);
    assert_eq!(derived.value.len(), 28);
    let _ = key_bytes(text);
    let _ = text.parse::<Role>();
});

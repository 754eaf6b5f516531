//! Text that a person may paste: lists of extensions, parameters, keys, roles.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Role;
use wire::deflate::{Offer, Params, Policy};
use wire::handshake::{accept, extensions, key_bytes, tokens};

fuzz_target!(|text: &str| {
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

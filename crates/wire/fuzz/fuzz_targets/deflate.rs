//! Deflate: what is compressed inflates to itself, limits hold, and pieces give what the whole gives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::Role;
use wire::deflate::dissect::{ErrorKind, dissect};
use wire::deflate::{Deflater, Inflater, Params};

const LIMIT: usize = 1 << 16;

/// Taken apart, a message is what it inflates to; what cannot be inflated cannot be taken apart.
fn apart(payload: &[u8]) {
    let inflated = Inflater::new(&Params::default(), Role::Server).message(payload, LIMIT);
    let dissection = dissect(payload, &[], LIMIT);
    let mut at = 0;
    for token in &dissection.tokens {
        assert!(token.bits.start >= at && token.out.end <= dissection.message.len());
        at = token.bits.end;
    }
    match (dissection.error.map(|error| error.kind), inflated) {
        (None, inflated) => assert_eq!(inflated, Ok(dissection.message)),
        // Whoever inflates sees no end that is missing, and a code without words only once it is used.
        (Some(ErrorKind::Truncated | ErrorKind::Code), Ok(message)) => {
            assert_eq!(message, dissection.message);
        }
        (Some(_), inflated) => assert!(inflated.is_err()),
    }
}

fuzz_target!(|input: &[u8]| {
    let [flags, cut, bytes @ ..] = input else {
        return;
    };
    let params = Params {
        server_no_context_takeover: flags & 1 != 0,
        server_max_window_bits: 8 + (flags >> 1 & 7),
        ..Params::default()
    };
    let step = usize::from(*cut).max(1);

    let mut deflater = Deflater::with_level(&params, Role::Server, flags >> 4);
    let mut inflater = Inflater::new(&params, Role::Server);
    for message in bytes.chunks(step * 16) {
        let payload = deflater.message(message);
        assert_eq!(
            inflater.message(&payload, message.len()).as_deref(),
            Ok(message)
        );
    }

    let mut whole = Inflater::new(&params, Role::Server);
    let mut split = Inflater::new(&params, Role::Server);
    for payload in bytes.chunks(step * 8) {
        apart(payload);
        let expected = whole.message(payload, LIMIT);
        let mut out = Vec::new();
        let mut result = Ok(());
        for piece in payload.chunks(step) {
            result = result.and_then(|()| split.push(piece, &mut out, LIMIT));
        }
        let result = result
            .and_then(|()| split.finish(&mut out, LIMIT))
            .map(|()| out);
        assert_eq!(result, expected);
        if let Ok(out) = expected {
            assert!(out.len() <= LIMIT);
        }
    }
});

//! Has `wire` judge the frames of the reference. It runs in the build script.

use std::collections::BTreeSet;

use wire::Role;
use wire::deflate::Params;
use wire::rule::Rule;
use wire::walk::{ReceiverOutcome, Walk};

/// Bytes written in hexadecimal.
///
/// # Errors
/// Says what is wrong.
pub fn bytes(hex: &str) -> Result<Vec<u8>, String> {
    let digit = |c: u8| char::from(c).to_digit(16);
    let pairs = hex.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some((digit(*high)? << 4 | digit(*low)?) as u8),
        _ => None,
    });
    let read: Option<Vec<u8>> = pairs.collect();
    read.ok_or_else(|| format!("`{hex}` is no bytes in hexadecimal"))
}

/// The rules that these bytes break, as far as they go.
pub fn broken(bytes: &[u8], from: Role, deflate: bool) -> BTreeSet<Rule> {
    let mut walk = Walk::new(from).with_compression(deflate.then(|| Params::default().into()));
    let mut rest = bytes;
    let mut rules = BTreeSet::new();
    while let Some(frame) = walk.next_frame(&mut rest) {
        rules.extend(frame.violations().iter().map(|violation| violation.rule));
        rules.extend(frame.message.and_then(|m| m.broken).map(|v| v.rule));
    }
    if let ReceiverOutcome::Failed(_, violation) = walk.outcome() {
        rules.insert(violation.rule);
    }
    let unfinished = walk.progress().violations;
    rules.extend(unfinished.iter().map(|violation| violation.rule));
    rules
}

/// The link that has the frame inspector read the bytes.
pub fn link(hex: &str, from: Role, deflate: bool) -> String {
    let deflate = if deflate { "&deflate=1" } else { "" };
    format!("/frames?hex={hex}&from={}{deflate}", from.name())
}

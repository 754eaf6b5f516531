//! The chapter's state in the address. Its instruments share one query; each reads and writes its own part.

use yew_router::prelude::*;

use crate::routes::{HandshakeQuery, Route};

/// How long the reader has to rest before the address says so, in milliseconds. Browsers refuse an address that
/// changes many times a second.
pub const SETTLE_MS: u32 = 300;

/// Reads the query as it stands in an address.
///
/// # Errors
/// Says what cannot be read.
pub fn parse(query: &str) -> Result<HandshakeQuery, String> {
    serde_urlencoded::from_str(query.strip_prefix('?').unwrap_or(query)).map_err(|e| e.to_string())
}

/// Changes this instrument's part of the address and leaves the others' as they are.
pub fn write(navigator: Option<&Navigator>, push: bool, change: impl FnOnce(&mut HandshakeQuery)) {
    let Some(navigator) = navigator else { return };
    // What the address says now, not what it said at the last render: another instrument may have written since.
    let now = gloo_utils::window().location().search().unwrap_or_default();
    let mut query = parse(&now).unwrap_or_default();
    change(&mut query);
    // The query is made of strings, which always have a form in an address.
    let _ = if push {
        navigator.push_with_query(&Route::Handshake, &query)
    } else {
        navigator.replace_with_query(&Route::Handshake, &query)
    };
}

/// The beginning of a text from an address, to name it by.
pub fn cut(text: &str) -> String {
    const MOST: usize = 24;
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

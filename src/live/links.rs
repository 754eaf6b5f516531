//! Where links of the live wire lead: paths and parameters of other pages, which stay as they are, since readers have
//! sent them to each other.

use wire::Role;

use crate::kit::number::hex;
use crate::kit::settings::MAX_LINK_BYTES;

/// The page of the live wire.
pub const LIVE: &str = "/live";

/// The page on which these frames of one direction are taken apart; `None` where they are too many bytes for a link.
pub fn frames(bytes: &[u8], from: Role, deflate: bool) -> Option<String> {
    let deflate = if deflate { "&deflate=1" } else { "" };
    (bytes.len() <= MAX_LINK_BYTES)
        .then(|| format!("/frames?hex={}&from={}{deflate}", hex(bytes), from.name()))
}

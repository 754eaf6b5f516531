//! What goes wrong when a module of the split program is fetched.

use std::fmt;

/// A module of the program could not be fetched: no network, or a newer version of the site with other names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadError;

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("A part of the page could not be fetched. The network may be away, or the site has a newer version.")
    }
}

impl std::error::Error for LoadError {}

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for LoadError {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> LoadError {
        LoadError
    }
}

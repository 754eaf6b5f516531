//! What somebody has in the clipboard, read and explained.

pub mod errors;

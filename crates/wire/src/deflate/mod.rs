//! permessage-deflate: what both ends agree on, and messages compressed accordingly (RFC 7692 §7).
//!
//! ```
//! use wire::deflate::{Deflater, Inflater, Params};
//! use wire::Role;
//! let params: Params = "permessage-deflate; server_no_context_takeover".parse().unwrap();
//! let mut deflater = Deflater::new(&params, Role::Client);
//! let mut inflater = Inflater::new(&params, Role::Client);
//! let first = deflater.message(b"Hello");
//! assert_eq!(first, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]);
//! assert_eq!(inflater.message(&first, 1024).unwrap(), b"Hello");
//! // The client keeps its window, so the same text again is a reference to the first.
//! let second = deflater.message(b"Hello");
//! assert_eq!(second, [0xf2, 0x00, 0x11, 0x00, 0x00]);
//! assert_eq!(inflater.message(&second, 1024).unwrap(), b"Hello");
//! ```

mod codec;
mod compression;
pub mod dissect;
mod negotiate;
mod params;

pub use codec::{Deflater, InflateError, Inflater};
pub use compression::{Compression, Decompression};
pub(crate) use compression::{Deflate, Inflate};
pub use negotiate::{Answer, Offer, Policy, Refusal};
pub use params::{NAME, ParamError, Params};

//! permessage-deflate as a session carries it.

use super::{Deflater, InflateError, Inflater, Params};
use crate::Role;

/// What the handshake agreed on, with what compresses and inflates accordingly.
///
/// A session reaches inflate and deflate only through this. So a program whose sessions never compress does not carry
/// them: zlib is more than half of what a session weighs.
#[derive(Clone, Copy, Debug)]
pub struct Compression {
    decompression: Decompression,
    deflate: fn(&Params, Role, u8) -> Box<dyn Deflate>,
}

impl Compression {
    /// What was agreed on.
    pub fn params(&self) -> &Params {
        &self.decompression.params
    }

    /// An inflater of what `sender` sends.
    pub(crate) fn inflater(&self, sender: Role) -> Box<dyn Inflate> {
        self.decompression.inflater(sender)
    }

    /// A compressor of what `sender` sends, at a level from 0 to 9.
    pub(crate) fn deflater(&self, sender: Role, level: u8) -> Box<dyn Deflate> {
        (self.deflate)(self.params(), sender, level)
    }
}

impl From<Params> for Compression {
    fn from(params: Params) -> Compression {
        Compression {
            decompression: params.into(),
            deflate: |params, sender, level| Box::new(Deflater::with_level(params, sender, level)),
        }
    }
}

/// What the handshake agreed on, for one who reads only: what inflates accordingly, and nothing that compresses. A program
/// that never sends does not carry the larger half of zlib.
#[derive(Clone, Copy, Debug)]
pub struct Decompression {
    params: Params,
    inflate: fn(&Params, Role) -> Box<dyn Inflate>,
}

impl Decompression {
    /// An inflater of what `sender` sends.
    pub(crate) fn inflater(&self, sender: Role) -> Box<dyn Inflate> {
        (self.inflate)(&self.params, sender)
    }
}

impl From<Params> for Decompression {
    fn from(params: Params) -> Decompression {
        Decompression {
            params,
            inflate: |params, sender| Box::new(Inflater::new(params, sender)),
        }
    }
}

/// Inflates what one end sends: see [`Inflater`].
pub(crate) trait Inflate: Send + std::fmt::Debug {
    /// See [`Inflater::push`].
    fn push(&mut self, payload: &[u8], out: &mut Vec<u8>, max: usize) -> Result<(), InflateError>;
    /// See [`Inflater::finish`].
    fn finish(&mut self, out: &mut Vec<u8>, max: usize) -> Result<(), InflateError>;
}

impl Inflate for Inflater {
    fn push(&mut self, payload: &[u8], out: &mut Vec<u8>, max: usize) -> Result<(), InflateError> {
        Inflater::push(self, payload, out, max)
    }

    fn finish(&mut self, out: &mut Vec<u8>, max: usize) -> Result<(), InflateError> {
        Inflater::finish(self, out, max)
    }
}

/// Compresses what one end sends: see [`Deflater`].
pub(crate) trait Deflate: Send + std::fmt::Debug {
    /// See [`Deflater::message_into`].
    fn message_into(&mut self, message: &[u8], out: &mut Vec<u8>);
}

impl Deflate for Deflater {
    fn message_into(&mut self, message: &[u8], out: &mut Vec<u8>) {
        Deflater::message_into(self, message, out);
    }
}

//! Ten thousand exercises of each kind, answered by another route than the one by which they were made: what the crate writes
//! by arithmetic of its own is read with the codec's decoder, its session and its judges, and what it works out of the numbers
//! of a model is run on the model.

mod check;
mod close_code;
mod exchange;
mod frames;
mod handshake;
mod heartbeat;
mod reconnecting;
mod rules;
mod seeds;

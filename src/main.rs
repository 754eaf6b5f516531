//! Duplex.
fn main() {}

//! The interactive views that chapters are made of.

pub mod frame;

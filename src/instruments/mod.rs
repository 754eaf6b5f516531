//! The interactive views that chapters are made of.

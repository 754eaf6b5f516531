//! Duplex: a page that shows how WebSockets work by letting a person watch, take apart, break and repair real ones.
//!
//! Render is pure here: browser APIs are called in effects and callbacks only, so that every page can be rendered on
//! the host as well.
#![deny(unsafe_code)]

pub mod app;
pub mod instruments;
pub mod kit;
pub mod learn;
pub mod live;
pub mod pages;
pub mod store;
pub mod theme;

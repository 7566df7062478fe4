//! The sample catalogue compiles, its worked applications come out as written beside them, and every mistake that an
//! author can make is reported at its place.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod applications;
mod changed;
mod diff;
mod explain;
mod lint;
#[path = "../many/mod.rs"]
mod many;
mod mistakes;
mod overlays;
mod schema;
mod search;
mod sheets;
mod worked;

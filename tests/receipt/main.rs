//! Receipts from outside: what is genuine verifies, whatever else a QR code may hold does not, and says why.
//!
//! Genuine and broken ones are assembled by hand ([`forge`]), byte by byte, from the description in `mingbai::receipt`; the
//! most telling of them are frozen in a file for everybody ([`vectors`]).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod decode;
#[path = "../dice/mod.rs"]
mod dice;
mod forge;
mod genuine;
mod identity;
mod mutations;
mod people;
mod sizes;
mod vectors;

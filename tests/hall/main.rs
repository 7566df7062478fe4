//! The hall server over real HTTP: each test starts its own server on a free port with a data folder of its own, and acts
//! through clients that can do only what their role can.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod again;
mod backups;
mod chunks;
mod devices;
mod faults;
mod filing;
mod fleet;
mod front;
mod hostile;
mod imported;
mod kept;
mod keys;
mod open;
mod published;
mod scans;
mod sign_in;
mod upgrades;
mod window;
mod world;

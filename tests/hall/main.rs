//! The hall server over real HTTP: each test starts its own server on a free port with a data folder of its own, and acts
//! through clients that can do only what their role can.
#![cfg(not(target_family = "wasm"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod devices;
mod filing;
mod front;
mod hostile;
mod kept;
mod open;
mod published;
mod sign_in;
mod window;
mod world;

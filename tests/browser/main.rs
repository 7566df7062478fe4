//! The real app in a real Chromium against a real hall: the whole story in one go ([`story`]), what devices must keep and
//! must forget ([`devices`]), the catalogue they keep ([`catalogue`]), and every item through its own forms ([`items`]).
//! The pictures ([`screens`]) and the measurements ([`speed`], [`rules`]) are tests that only `cargo x screens` and
//! `cargo x bench` run.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod applicant;
mod browser;
mod camera;
mod catalogue;
mod chromium;
mod desk;
mod devices;
mod hall;
mod items;
mod rules;
mod screens;
mod speed;
mod story;

use tokio::sync::{Mutex, MutexGuard};

/// Two browsers and a hall fill a small machine: one test at a time, so that none starves.
static TURN: Mutex<()> = Mutex::const_new(());

async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

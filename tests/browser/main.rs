//! The real app in a real Chromium against a real hall.
//!
//! - The whole story in one go ([`story`]), and every item through its own forms ([`items`]).
//! - What devices keep and forget: drafts and sessions ([`devices`]), the catalogue ([`catalogue`]), [`attachments`], the
//!   [`outbox`], several [`windows`] at once, what earlier releases left ([`upgrades`]); and that nothing of anybody stays
//!   ([`privacy`]).
//! - The service [`worker`], the desk while it scans ([`scanning`]), paper ([`mod@print`]), the [`operator`]'s page.
//! - Everything going wrong on purpose ([`chaos`]).
//! - The pictures ([`screens`]) and the measurements ([`speed`], [`rules`], [`throughput`], [`scan_bench`]) are tests that only
//!   `cargo x screens` and `cargo x bench` run.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../dice/mod.rs"]
mod dice;
// Made for the tests of the catalogue: not everything is needed here.
#[allow(dead_code)]
#[path = "../catalogue/worked.rs"]
mod worked;

mod applicant;
mod attachments;
mod browser;
mod camera;
mod catalogue;
mod chaos;
mod chromium;
mod database;
mod desk;
mod devices;
mod hall;
mod items;
mod operator;
mod outbox;
mod print;
mod privacy;
mod rules;
mod scan_bench;
mod scanning;
mod screens;
mod speed;
mod story;
mod throughput;
mod upgrades;
mod windows;
mod worker;

use tokio::sync::{Mutex, MutexGuard};

/// Two browsers and a hall fill a small machine: one test at a time, so that none starves.
static TURN: Mutex<()> = Mutex::const_new(());

async fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().await
}

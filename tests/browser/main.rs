//! The real app in a real Chromium against a real hall: the whole story in one go ([`story`]), what devices must keep and
//! must forget ([`devices`]), the catalogue they keep ([`catalogue`]), every item through its own forms ([`items`]),
//! attachments ([`attachments`]), and everything going wrong on purpose ([`chaos`]), what an operator sees and does
//! ([`operator`]), the outbox ([`outbox`]), several windows at once ([`windows`]), and the desk while it scans ([`scanning`]).
//! The pictures ([`screens`]) and the measurements ([`speed`], [`rules`], [`throughput`], [`scan_bench`]) are tests that only `cargo x screens` and
//! `cargo x bench` run.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../dice/mod.rs"]
mod dice;

mod applicant;
mod attachments;
mod browser;
mod camera;
mod catalogue;
mod chaos;
mod chromium;
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

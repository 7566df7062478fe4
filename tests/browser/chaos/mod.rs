//! Chaos: real browsers and a real hall, and faults on purpose. After every round nothing may be lost, doubled or stuck.
//!
//! - [`faults`]: what a seed decides. [`proxy`]: a network as bad as they are. [`device`]: browsers that may die.
//! - [`round`]: one round from the first press to the reckoning. [`tally`]: the reckoning.
//!
//! A failing round prints the seed with which it alone replays: `cargo x chaos --rounds 1 --seed SEED`.

mod device;
mod faults;
pub mod proxy;
mod round;
mod tally;

use faults::{Fault, KINDS, Plan, after};
use round::{Played, World};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// What all tests run play.
const ROUNDS: usize = 40;
const SEED: u64 = 1;

#[derive(Serialize)]
struct Report {
    seed: u64,
    rounds: usize,
    saved: usize,
    acknowledged: usize,
    lost: usize,
    duplicated: usize,
    stuck: usize,
    /// How often somebody had to press "send now", and how often because a submission waited for somebody.
    pressed: u32,
    needed: u32,
    /// How often the app had to be closed and opened again for its new version.
    reopened: usize,
    /// How often a browser lost its databases without being made to.
    losses: usize,
    seconds: f64,
    /// Every kind of fault, and in how many rounds it was drawn.
    faults: BTreeMap<String, usize>,
    played: Vec<Played>,
}

impl Report {
    fn line(&self) -> String {
        let Report { rounds, saved, acknowledged, lost, duplicated, stuck, .. } = self;
        format!("rounds {rounds} saved {saved} acknowledged {acknowledged} lost {lost} duplicated {duplicated} stuck {stuck}")
    }

    fn is_good(&self) -> bool {
        self.lost + self.duplicated + self.stuck == 0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_rounds_lose_nothing() {
    let _turn = crate::turn().await;
    let report = play(ROUNDS, SEED).await;
    assert!(report.is_good(), "{}", report.line());
}

/// In the rounds that all tests play, everything goes wrong at least once.
#[test]
fn no_fault_is_left_out() {
    let drawn = drawn(SEED);
    let missing: Vec<&str> = KINDS.into_iter().filter(|kind| !drawn.contains(kind)).collect();
    assert!(missing.is_empty(), "never drawn: {missing:?}");
}

fn drawn(first: u64) -> BTreeSet<&'static str> {
    let seeds = std::iter::successors(Some(first), |seed| Some(after(*seed))).take(ROUNDS);
    seeds.flat_map(|seed| Plan::of(seed, round::PREPARED).faults).map(Fault::kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "cargo x chaos runs as many rounds as it is asked for"]
async fn rounds_as_asked() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (rounds, seed) = (number("MINGBAI_CHAOS_ROUNDS").unwrap_or(1), number("MINGBAI_CHAOS_SEED").unwrap_or(SEED));
    let report = play(rounds as usize, seed).await;
    if let Some(file) = std::env::var_os("MINGBAI_CHAOS_REPORT") {
        std::fs::write(&file, serde_json::to_string_pretty(&report).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    }
    println!("{}", report.line());
}

async fn play(rounds: usize, first: u64) -> Report {
    let started = Instant::now();
    let mut world = World::start().await;
    let (mut seed, mut played) = (first, Vec::new());
    for at in 1..=rounds {
        let round = world.play(seed).await;
        tell(at, &round);
        played.push(round);
        seed = after(seed);
    }
    let last = world.reckon_all().await;
    for line in last.lost.iter().chain(&last.doubled).chain(&last.stuck) {
        println!("  at the end: {line}");
    }
    let unsound = world.unsound();
    for line in &unsound {
        println!("  at the end, hall verify: {line}");
    }
    let (saved, acknowledged) = world.shown();
    let mut faults = BTreeMap::new();
    for fault in played.iter().flat_map(|round| &round.faults) {
        let kind = fault.split('(').next().unwrap_or_default();
        *faults.entry(kind.to_owned()).or_default() += 1;
    }
    Report {
        seed: first,
        rounds,
        saved,
        acknowledged,
        lost: world.known.lost.len() + unsound.len(),
        duplicated: world.known.doubled.len(),
        stuck: world.known.stuck.len(),
        pressed: played.iter().map(|round| round.settled.pressed).sum(),
        needed: played.iter().map(|round| round.settled.needed).sum(),
        reopened: played.iter().filter(|round| round.settled.reopened).count(),
        losses: world.losses,
        seconds: started.elapsed().as_secs_f64(),
        faults,
        played,
    }
}

/// One line a round, and what was wrong in it.
fn tell(at: usize, round: &Played) {
    let Played { seed, faults, saved, acknowledged, settled, seconds, .. } = round;
    let faults = faults.join(" ");
    println!("round {at} seed {seed} {seconds:.1} s: saved {saved} acknowledged {acknowledged} pressed {} | {faults}", settled.pressed);
    let wrong = [("lost", &round.lost), ("duplicated", &round.doubled), ("stuck", &round.stuck)];
    for (kind, lines) in wrong {
        for line in lines {
            println!("  {kind}: {line} (cargo x chaos --rounds 1 --seed {seed})");
        }
    }
}

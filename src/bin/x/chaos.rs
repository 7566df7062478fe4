//! `cargo x chaos`: real browsers and a real hall through random faults (`tests/browser/chaos`). Everything that a seed
//! decides can be played again with it.

use crate::bench::ignored;
use crate::test::{cargo_test, prepare};
use anyhow::{Context, Result};
use clap::Args;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Options {
    /// How many rounds
    #[arg(long, default_value_t = 40)]
    rounds: usize,
    /// Seed of the first round; each round has the next one's
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where every round is written, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// What is printed of the report.
#[derive(Deserialize)]
struct Report {
    rounds: usize,
    saved: usize,
    acknowledged: usize,
    lost: usize,
    duplicated: usize,
    stuck: usize,
}

/// Plays the rounds. Success only when nothing is lost, doubled or stuck.
pub fn run(options: &Options) -> Result<ExitCode> {
    let tools = prepare("chaos")?;
    let file = options.report.clone().unwrap_or_else(|| PathBuf::from("target/chaos.json"));
    let file = std::path::absolute(&file).with_context(|| format!("{}: no such place", file.display()))?;
    // An earlier run's must not be taken for this one's.
    if file.exists() {
        std::fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
    }
    let mut command = ignored("chaos::");
    command.env("MINGBAI_CHAOS_ROUNDS", options.rounds.to_string()).env("MINGBAI_CHAOS_SEED", options.seed.to_string());
    cargo_test(&tools, command.env("MINGBAI_CHAOS_REPORT", &file))?;
    let Report { rounds, saved, acknowledged, lost, duplicated, stuck } = read(&file)?;
    println!("rounds {rounds} saved {saved} acknowledged {acknowledged} lost {lost} duplicated {duplicated} stuck {stuck}");
    Ok(if lost + duplicated + stuck == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(file: &Path) -> Result<Report> {
    let text = std::fs::read_to_string(file).context("the rounds were not played to their end")?;
    serde_json::from_str(&text).with_context(|| format!("{}: not a report", file.display()))
}

//! Measurements that anyone can repeat. What is measured lives beside the tests: `tests/browser/speed.rs` (start-up),
//! `tests/browser/throughput.rs` (the outbox) and `tests/bench` (rules, questions, search, what the hall takes in; natively
//! and compiled to WebAssembly).

use crate::test::{browser, cargo_test, prepare};
use crate::tools::Tools;
use crate::{finish, say};
use anyhow::{Context, Result};
use clap::Subcommand;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(Subcommand)]
pub enum Bench {
    /// From navigation to a usable home, cold and from the service worker, and one next-question step; 4× CPU throttling
    Start {
        /// Runs of which the median is taken
        #[arg(long, default_value_t = 7)]
        runs: usize,
        /// Generated items beside the sample's
        #[arg(long, default_value_t = 0)]
        items: usize,
    },
    /// Rules, assessments, questions and search, natively and in Chromium, beside json-logic-js; one JSON object a line
    Rules,
    /// Saving, sending and taking in: the app's outbox in Chromium beside bare puts, the hall beside bare commits; one JSON object a line
    Outbox,
}

/// What json-logic-js is compared at.
const JSON_LOGIC: &str = "2.0.5";

pub fn run(what: Bench) -> Result<ExitCode> {
    let tools = prepare("measurements")?;
    match what {
        Bench::Start { runs, items } => {
            let mut command = ignored("speed::");
            command.env("MINGBAI_BENCH_RUNS", runs.to_string()).env("MINGBAI_BENCH_ITEMS", items.to_string());
            cargo_test(&tools, &mut command)
        }
        Bench::Rules => rules(&tools),
        Bench::Outbox => outbox(&tools),
    }
}

/// One of the browser tests that only a task runs.
pub fn ignored(filter: &str) -> Command {
    let mut command = browser();
    command.args([filter, "--", "--ignored", "--nocapture"]);
    command
}

fn rules(tools: &Tools) -> Result<ExitCode> {
    let dir = folder("target/bench-rules")?;
    let native = ["run", "--locked", "--release", "--example", "bench", "--"];
    done(Command::new("cargo").args(native).arg(&dir))?;
    module(tools, "bench", &dir)?;
    fs::copy(tools.npm("json-logic-js", JSON_LOGIC)?.join("logic.js"), dir.join("logic.js")).context("json-logic-js has no logic.js")?;
    cargo_test(tools, ignored("rules::").env("MINGBAI_BENCH_DIR", dir))
}

fn outbox(tools: &Tools) -> Result<ExitCode> {
    done(Command::new("cargo").args(["build", "--locked", "--release", "--bin", "hall"]).args(["--target-dir", "target"]))?;
    let native = ["run", "--locked", "--release", "--example", "ingest", "--", "target/release/hall"];
    done(Command::new("cargo").args(native))?;
    let dir = folder("target/bench-outbox")?;
    module(tools, "outbox", &dir)?;
    cargo_test(tools, ignored("throughput::").env("MINGBAI_BENCH_DIR", dir))
}

fn folder(path: &str) -> Result<PathBuf> {
    fs::create_dir_all(path).and_then(|()| fs::canonicalize(path)).with_context(|| format!("creating {path}"))
}

/// An example as a module for pages, made as the app is.
fn module(tools: &Tools, example: &str, dir: &Path) -> Result<()> {
    let build = ["build", "--locked", "--profile", "wasm-release", "--example", example, "--target", "wasm32-unknown-unknown"];
    // Whatever target folder is set: the file is looked for in this one.
    done(Command::new("cargo").args(build).args(["--target-dir", "target"]))?;
    let wasm = format!("target/wasm32-unknown-unknown/wasm-release/examples/{example}.wasm");
    done(Command::new("wasm-bindgen").args(["--target", "web", "--no-typescript", "--out-dir"]).arg(dir).arg(wasm).env("PATH", tools.path()))?;
    finish::optimise(&dir.join(format!("{example}_bg.wasm")))
}

fn done(command: &mut Command) -> Result<()> {
    say::done(command, || {})
}

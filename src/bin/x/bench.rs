//! Measurements that anyone can repeat. What is measured lives beside the tests: `tests/browser/speed.rs` (start-up) and
//! `tests/bench` (rules, questions, search; natively and compiled to WebAssembly).

use crate::test::{browser, cargo_test, prepare};
use crate::tools::Tools;
use crate::{finish, say};
use anyhow::{Context, Result};
use clap::Subcommand;
use std::fs;
use std::path::Path;
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
}

/// What json-logic-js is compared at.
const JSON_LOGIC: &str = "2.0.5";
const WASM: &str = "target/wasm32-unknown-unknown/wasm-release/examples/bench.wasm";

pub fn run(what: Bench) -> Result<ExitCode> {
    let tools = prepare("measurements")?;
    match what {
        Bench::Start { runs, items } => {
            let mut command = ignored("speed::");
            command.env("MINGBAI_BENCH_RUNS", runs.to_string()).env("MINGBAI_BENCH_ITEMS", items.to_string());
            cargo_test(&tools, &mut command)
        }
        Bench::Rules => rules(&tools),
    }
}

/// One of the browser tests that are measurements.
fn ignored(filter: &str) -> Command {
    let mut command = browser();
    command.args([filter, "--", "--ignored", "--nocapture"]);
    command
}

fn rules(tools: &Tools) -> Result<ExitCode> {
    let dir = Path::new("target/bench-rules");
    fs::create_dir_all(dir).with_context(|| format!("creating {}", dir.display()))?;
    let native = ["run", "--locked", "--release", "--example", "bench", "--"];
    done(Command::new("cargo").args(native).arg(dir))?;
    let build = ["build", "--locked", "--profile", "wasm-release", "--example", "bench", "--target", "wasm32-unknown-unknown"];
    // Whatever target folder is set: the file is looked for in this one.
    done(Command::new("cargo").args(build).args(["--target-dir", "target"]))?;
    done(Command::new("wasm-bindgen").args(["--target", "web", "--no-typescript", "--out-dir"]).arg(dir).arg(WASM).env("PATH", tools.path()))?;
    // As the app is made.
    finish::optimise(&dir.join("bench_bg.wasm"))?;
    fs::copy(tools.npm("json-logic-js", JSON_LOGIC)?.join("logic.js"), dir.join("logic.js")).context("json-logic-js has no logic.js")?;
    let dir = dir.canonicalize()?;
    cargo_test(tools, ignored("rules::").env("MINGBAI_BENCH_DIR", dir))
}

fn done(command: &mut Command) -> Result<()> {
    say::done(command, || {})
}

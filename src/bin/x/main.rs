//! `cargo x`: the developer's tasks. Everything a fresh clone needs is installed by them, into a cache folder of the
//! project's own, and every long step says what it is doing.
//!
//! - [`tools`]: wasm target, Trunk, wasm-bindgen, wasm-opt; [`debian`]: what the browser tests need from the system.
//! - [`app`]: the wasm app → `dist/`; [`finish`]: what is done to the files that Trunk leaves.
//! - [`up`]: a hall to try out; [`test`]: all tests and the pictures; [`chaos`]: everything going wrong; [`bench`]: how fast it is; [`size`].

mod app;
mod bench;
mod chaos;
#[path = "../../../tests/browser/chromium.rs"]
mod chromium;
mod debian;
mod finish;
mod say;
mod size;
mod test;
mod tools;
mod up;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo x", about = "Developer tasks of Mingbai", disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything and start a hall with the sample catalogue and demo staff
    Up(up::Options),
    /// Run all tests, or those whose name contains FILTER
    Test { filter: Option<String> },
    /// Install what is missing: wasm target, trunk, wasm-bindgen, wasm-opt
    Tools,
    /// Build the wasm app into dist/
    App,
    /// Complete the files that Trunk built (run by Trunk itself, as its post_build hook)
    Finish {
        /// The folder; by default the one that Trunk names in TRUNK_STAGING_DIR
        dist: Option<PathBuf>,
    },
    /// Take the pictures in tests/screens from the real app
    Screens,
    /// Bytes of a first visit
    Size,
    /// Kill browsers and halls, cut lines and fill disks, and see that nothing is lost, doubled or stuck
    Chaos(chaos::Options),
    /// Measure speed
    Bench {
        #[command(subcommand)]
        what: bench::Bench,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            say::line(&format!("cargo x: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let root = root()?;
    std::env::set_current_dir(&root).with_context(|| format!("entering {}", root.display()))?;
    say::heed_signals()?;
    match task {
        Task::Up(options) => return up::run(&options),
        Task::Test { filter } => return test::all(filter.as_deref()),
        Task::Screens => return test::screens(),
        Task::Chaos(options) => return chaos::run(&options),
        Task::Bench { what } => return bench::run(what),
        Task::Tools => drop(tools::install(&mut say::Steps::new(tools::STEPS))?),
        Task::App => {
            let mut steps = say::Steps::new(tools::STEPS + app::STEPS);
            let tools = tools::install(&mut steps)?;
            app::build(&mut steps, &tools)?;
        }
        Task::Finish { dist } => {
            let dist = dist.or_else(|| std::env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from));
            finish::run(&dist.context("say which folder: cargo x finish DIST")?)?;
        }
        Task::Size => size::print()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The checkout: cargo says where it is; without cargo it is looked for upwards from here.
fn root() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("CARGO_MANIFEST_DIR") {
        return Ok(dir.into());
    }
    let here = std::env::current_dir()?;
    let found = here.ancestors().find(|dir| dir.join("Trunk.toml").is_file() && dir.join("Cargo.toml").is_file());
    Ok(found.context("this is not inside a checkout of Mingbai")?.to_owned())
}

//! Everything that `cargo test` does for us: all tests, and the pictures, which are tests that only this task runs.
//! cargo's own summary is the last that is printed.

use crate::say::{self, Steps};
use crate::tools::{self, Tools};
use crate::{app, bench, chromium, debian};
use anyhow::Result;
use std::process::{Command, ExitCode};

/// All tests, or those whose name contains `filter`.
pub fn all(filter: Option<&str>) -> Result<ExitCode> {
    let tools = prepare("tests")?;
    if filter.is_none() {
        bench::compile()?;
    }
    cargo_test(&tools, Command::new("cargo").args(["test", "--locked", "--no-fail-fast", "--lib", "--bins", "--tests"]).args(filter))
}

/// Pictures of the main steps, written to tests/screens.
pub fn screens() -> Result<ExitCode> {
    let tools = prepare("pictures")?;
    cargo_test(&tools, browser().args(["screens::", "--", "--ignored", "--nocapture"]))
}

/// The browser tests.
pub fn browser() -> Command {
    let mut command = Command::new("cargo");
    command.args(["test", "--locked", "--test", "browser"]);
    command
}

/// Tools and app, ready for tests.
pub fn prepare(what: &str) -> Result<Tools> {
    let mut steps = Steps::new(1 + tools::STEPS + app::STEPS + 1);
    debian::install(&mut steps);
    let tools = tools::install(&mut steps)?;
    app::build(&mut steps, &tools)?;
    steps.next(what);
    Ok(tools)
}

/// Runs cargo with our tools on PATH: one test runs the wasm half of itself with wasm-bindgen's runner.
pub fn cargo_test(tools: &Tools, command: &mut Command) -> Result<ExitCode> {
    command.env("PATH", tools.path());
    if let Ok(found) = chromium::find() {
        command.env("CHROME", found.browser).env("CHROMEDRIVER", found.driver);
    }
    let status = say::to_its_end(command, || {})?;
    // 101 is cargo's own word for failed tests; anything that does not fit a byte was a signal.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

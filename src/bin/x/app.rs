//! The wasm app: sources → Trunk → [`finish`] → `dist/`, which the hall's binary embeds.

use crate::finish::{self, Precache};
use crate::say::Steps;
use crate::tools::{self, Tools};
use anyhow::{Context, Result};
use mingbai::signing::hex;
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Steps that [`build`] takes.
pub const STEPS: usize = 2;

pub const DIST: &str = "dist";
/// What the app in `dist/` was built from: the digest of its sources, a space, its version.
const BUILT: &str = "target/app-built";
/// The file that embeds `dist/`. The compiler notices changed files of it, but not that there are files at last.
const EMBEDS: &str = "src/hall/web.rs";

/// Builds the app unless the one in `dist/` is of these very sources.
pub fn build(steps: &mut Steps, tools: &Tools) -> Result<()> {
    fs::create_dir_all("target").context("creating target")?;
    let _lock = tools::lock(Path::new("target/app.lock"))?;
    steps.next("dependencies of the app");
    let sources = digest()?;
    if up_to_date(&sources) {
        steps.next("app (nothing has changed)");
        return Ok(());
    }
    // Trunk runs offline, so that it downloads no tools of its own; cargo may therefore need this before.
    steps.run(Command::new("cargo").args(["fetch", "--locked", "--target", "wasm32-unknown-unknown"]))?;
    steps.next("app: compiling for the browser, smallest size");
    steps.run(tools.trunk().args(["build", "--offline=true", "--locked=true", "--color=never"]))?;
    let version = finish::Precache::read(Path::new(DIST))?.version;
    // Of the sources as they were when we began: what was edited meanwhile is built the next time.
    fs::write(BUILT, format!("{sources} {version}")).with_context(|| format!("writing {BUILT}"))?;
    let embeds = File::options().append(true).open(EMBEDS).with_context(|| format!("opening {EMBEDS}"))?;
    embeds.set_modified(SystemTime::now()).with_context(|| format!("marking {EMBEDS} as changed"))
}

fn up_to_date(sources: &str) -> bool {
    let Ok(built) = fs::read_to_string(BUILT) else { return false };
    let Some((from, version)) = built.split_once(' ') else { return false };
    let dist = Path::new(DIST);
    from == sources && Precache::read(dist).is_ok_and(|list| list.version == version && list.holds(dist))
}

/// Digest of everything that the app is made of, and of what it is made with.
fn digest() -> Result<String> {
    let mut files = vec!["Cargo.toml".into(), "Cargo.lock".into(), "Trunk.toml".into(), ".cargo/config.toml".into()];
    for folder in ["src", "style", "public"] {
        files_below(Path::new(folder), &mut files)?;
    }
    // The hall and the tasks are not compiled into the app, except for what happens to Trunk's files.
    let native = |path: &Path| {
        let tasks = path.starts_with("src/bin/x") && path != Path::new("src/bin/x/finish.rs");
        tasks || path.starts_with("src/hall") || path == Path::new("src/bin/hall.rs") || path.starts_with("public/catalogue")
    };
    files.retain(|path| !native(path));
    files.sort();
    let mut digest = Sha256::new();
    let mut add = |part: &[u8]| {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    };
    add(tools::answer(Command::new("rustc").arg("--version")).unwrap_or_default().as_bytes());
    add(if tools::wasm_opt().is_some() { b"wasm-opt" } else { b"" });
    for path in files {
        add(path.to_string_lossy().as_bytes());
        add(&fs::read(&path).with_context(|| format!("reading {}", path.display()))?);
    }
    Ok(hex(&digest.finalize()))
}

/// Every file below a folder; none where there is no such folder.
pub fn files_below(folder: &Path, into: &mut Vec<PathBuf>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(&path, into)?;
        } else {
            into.push(path);
        }
    }
    Ok(())
}

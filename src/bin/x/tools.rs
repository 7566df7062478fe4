//! The tools that build the app, at the versions that work together, in a cache folder of the project's own: nobody's
//! own trunk or wasm-opt is touched.

use crate::say::{self, Steps};
use anyhow::{Context, Result, bail, ensure};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const TARGET: &str = "wasm32-unknown-unknown";
const TRUNK: &str = "0.21.14";
const BINARYEN: &str = "132.0.0";

/// Steps that [`install`] takes.
pub const STEPS: usize = 4;

/// Where the tools are.
pub struct Tools {
    dir: PathBuf,
}

/// Installs what is missing. Two tasks at once wait for each other.
pub fn install(steps: &mut Steps) -> Result<Tools> {
    let dir = cache()?.join("tools");
    fs::create_dir_all(&dir).with_context(|| format!("creating {}", dir.display()))?;
    let _lock = lock(&dir.join(".lock"))?;
    let tools = Tools { dir };
    tools.target(steps)?;
    // Used offline only: without what asks whether there is a newer one, and without TLS.
    tools.crate_binary(steps, "trunk", "trunk", TRUNK, "0", &["--locked", "--no-default-features"])?;
    // Without `--locked`: the lock file it was published with names a crate version that has been withdrawn.
    tools.crate_binary(steps, "wasm-bindgen-cli", "wasm-bindgen", &locked("wasm-bindgen")?, "1", &[])?;
    tools.binaryen(steps);
    Ok(tools)
}

/// Waits for the lock, which ends with the returned file.
pub fn lock(path: &Path) -> Result<File> {
    let file = File::options().create(true).append(true).open(path).with_context(|| format!("opening {}", path.display()))?;
    if file.try_lock().is_err() {
        say::line("another `cargo x` is at work here: waiting for it");
        file.lock().with_context(|| format!("locking {}", path.display()))?;
    }
    Ok(file)
}

/// `mingbai` in the user's cache folder.
fn cache() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let base = base.or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    Ok(base.context("neither XDG_CACHE_HOME nor a home folder is set: no place for the tools")?.join("mingbai"))
}

/// The version of a crate in Cargo.lock: wasm-bindgen's command must be the very version that the app is compiled with.
fn locked(name: &str) -> Result<String> {
    let lock = fs::read_to_string("Cargo.lock").context("reading Cargo.lock")?;
    let (_, entry) =
        lock.split_once(&format!("name = \"{name}\"\nversion = \"")).with_context(|| format!("{name} is not in Cargo.lock"))?;
    Ok(entry.chars().take_while(|c| *c != '"').collect())
}

/// What a command prints, if it runs and ends well.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Tools {
    fn bin(&self) -> PathBuf {
        self.dir.join("bin")
    }

    pub fn trunk(&self) -> Command {
        let mut command = Command::new(self.bin().join("trunk"));
        // Trunk reads NO_COLOR as a flag and stops at its usual value, 1.
        command.env_remove("NO_COLOR").env("PATH", self.path());
        command
    }

    /// PATH with our tools first.
    pub fn path(&self) -> OsString {
        let old = std::env::var_os("PATH").unwrap_or_default();
        let all = [self.bin(), self.dir.join("npm/node_modules/.bin")].into_iter().chain(std::env::split_paths(&old));
        std::env::join_paths(all).unwrap_or(old)
    }

    fn target(&self, steps: &mut Steps) -> Result<()> {
        steps.next(format!("Rust target {TARGET}"));
        let sysroot = answer(Command::new("rustc").args(["--print", "sysroot"])).context("rustc does not run")?;
        if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
            return Ok(());
        }
        steps
            .run(Command::new("rustup").args(["target", "add", TARGET]))
            .with_context(|| format!("the app needs Rust's target {TARGET}; with rustup and network it is installed by itself"))
    }

    /// A binary of crates.io at one version, compiled here, optimised so much, unless it is there.
    fn crate_binary(&self, steps: &mut Steps, name: &str, binary: &str, version: &str, optimised: &str, more: &[&str]) -> Result<()> {
        steps.next(format!("{name} {version}"));
        let has =
            || answer(Command::new(self.bin().join(binary)).arg("--version")).is_some_and(|v| v.split(' ').any(|w| w.trim() == version));
        if has() {
            return Ok(());
        }
        let scratch = self.dir.join("build").join(name);
        let installed = steps.run(
            Command::new("cargo")
                .args(["install", name, "--version", version, "--root"])
                .arg(&self.dir)
                .arg("--target-dir")
                .arg(&scratch)
                .args(more)
                // They run for seconds: trunk's own profile, the whole program optimised at once, would take minutes longer.
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", optimised)
                .env("CARGO_PROFILE_RELEASE_LTO", "false")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                // The checkout's own settings (target folder, flags) are for the checkout.
                .current_dir(&self.dir)
                .env_remove("CARGO_TARGET_DIR")
                .env_remove("RUSTFLAGS"),
        );
        // Hundreds of megabytes that nobody needs again. If they cannot be deleted, they only take up room.
        let _ = fs::remove_dir_all(&scratch);
        installed.with_context(|| format!("{name} {version} could not be had; it comes from crates.io, which needs the network"))?;
        if !has() {
            bail!("{name} was installed, but `{binary} --version` does not answer {version}");
        }
        Ok(())
    }

    /// wasm-opt makes the app smaller and is not needed to build it: without it the task goes on and says so.
    fn binaryen(&self, steps: &mut Steps) {
        steps.next(format!("binaryen {BINARYEN} (wasm-opt)"));
        if wasm_opt_in(&self.dir).is_some() {
            return;
        }
        let installed = steps.run(&mut self.npm_install());
        match installed {
            Ok(()) if wasm_opt_in(&self.dir).is_some() => {}
            Ok(()) => say::line("wasm-opt was installed but does not run (it needs Node.js): the app will work, but be larger"),
            Err(error) => say::line(&format!("wasm-opt could not be had (it comes with npm): the app will work, but be larger. {error:#}")),
        }
    }

    /// The files of an npm package at one version, with nothing of it run.
    pub fn npm(&self, name: &str, version: &str) -> Result<PathBuf> {
        let package = self.dir.join("npm/node_modules").join(name);
        if !is_at(&package, version) {
            let missing = || format!("{name} {version} could not be had; it comes with npm, which needs the network");
            say::done(self.npm_install().arg("--ignore-scripts").arg(format!("{name}@{version}")), || {}).with_context(missing)?;
            ensure!(is_at(&package, version), missing());
        }
        Ok(package)
    }

    /// Installs binaryen. Whoever installs more names it beside: npm drops what it is not told to keep.
    fn npm_install(&self) -> Command {
        let mut command = Command::new("npm");
        command.args(["install", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(self.dir.join("npm"));
        command.arg(format!("binaryen@{BINARYEN}"));
        command
    }
}

/// wasm-opt at our version, if it is there and runs.
pub fn wasm_opt() -> Option<PathBuf> {
    wasm_opt_in(&cache().ok()?.join("tools"))
}

fn wasm_opt_in(dir: &Path) -> Option<PathBuf> {
    let package = dir.join("npm/node_modules/binaryen");
    let binary = package.join("bin/wasm-opt");
    (is_at(&package, BINARYEN) && answer(Command::new(&binary).arg("--version")).is_some()).then_some(binary)
}

/// Whether an npm package is there, at that version.
fn is_at(package: &Path, version: &str) -> bool {
    let described = fs::read(package.join("package.json")).ok().and_then(|text| serde_json::from_slice::<serde_json::Value>(&text).ok());
    described.is_some_and(|described| described["version"] == version)
}

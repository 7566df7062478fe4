//! What a task tells the person who waits: numbered steps, a sign of life while a command runs, and results. All of it
//! goes to stderr; stdout belongs to what scripts read. Told to stop, a task first ends the command that is running.

use anyhow::{Context, Result, bail, ensure};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};

/// How long a command may be silent about itself before its step is named again.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// Whether Ctrl-C or SIGTERM has come.
static TOLD_TO_STOP: AtomicBool = AtomicBool::new(false);

/// From now on signals end commands, and with them the task.
pub fn heed_signals() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let inside = runtime.enter();
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    drop(inside);
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        });
        TOLD_TO_STOP.store(true, Ordering::Relaxed);
    });
    Ok(())
}

pub fn line(text: &str) {
    eprintln!("{text}");
}

/// Seconds as people read them: `7 s`, `3 min 20 s`.
pub fn elapsed(time: Duration) -> String {
    match time.as_secs() {
        seconds @ ..60 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

/// The steps of one task, numbered, with the time since its start.
pub struct Steps {
    started: Instant,
    at: usize,
    of: usize,
    name: String,
}

impl Steps {
    pub fn new(of: usize) -> Steps {
        Steps { started: Instant::now(), at: 0, of, name: String::new() }
    }

    /// Begins the next step.
    pub fn next(&mut self, name: impl Into<String>) {
        self.at += 1;
        self.name = name.into();
        line(&format!("[{}/{}] {} ({})", self.at, self.of, self.name, elapsed(self.started.elapsed())));
    }

    /// Runs a command of this step to its end. What it prints goes to stderr, and a line of ours comes now and then.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        let started = Instant::now();
        let mut beat = started;
        done(command.stdout(Stdio::from(std::io::stderr())), || {
            if beat.elapsed() >= HEARTBEAT {
                beat = Instant::now();
                line(&format!("[{}/{}] … {}: still working, {} so far", self.at, self.of, self.name, elapsed(started.elapsed())));
            }
        })
    }
}

/// Runs a command to its end, which must be a good one.
pub fn done(command: &mut Command, meanwhile: impl FnMut()) -> Result<()> {
    let status = to_its_end(command, meanwhile)?;
    ensure!(status.success(), "{}: failed ({status})", shown(command));
    Ok(())
}

/// Runs a command to its end, calling `meanwhile` again and again. It has a process group of its own, so that everything
/// it has started ends with it when we are told to stop.
pub fn to_its_end(command: &mut Command, mut meanwhile: impl FnMut()) -> Result<ExitStatus> {
    let shown = shown(command);
    let mut child = plain(command).stdin(Stdio::null()).process_group(0).spawn().with_context(|| format!("{shown}: cannot be started"))?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if TOLD_TO_STOP.load(Ordering::Relaxed) {
            Command::new("kill").args(["-TERM", "--", &format!("-{}", child.id())]).status().context("stopping what runs")?;
            child.wait()?;
            bail!("stopped during: {shown}");
        }
        meanwhile();
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Without what `cargo run` told us of our own package: another cargo would take it for a changed environment and
/// compile again whatever looks at it.
fn plain(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|start| name.to_string_lossy().starts_with(start)) {
            command.env_remove(name);
        }
    }
    command
}

/// A command as it would be typed.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// `123456` → `120.6 KB`.
pub fn kilobytes(bytes: u64) -> String {
    format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_as_people_read_them() {
        assert_eq!(elapsed(Duration::from_secs(59)), "59 s");
        assert_eq!(elapsed(Duration::from_secs(200)), "3 min 20 s");
        assert_eq!(kilobytes(123_456), "120.5 KB");
    }

    #[test]
    fn a_failing_command_is_named() {
        let error = Steps::new(1).run(&mut Command::new("false")).unwrap_err().to_string();
        assert!(error.starts_with("false: failed"), "{error}");
    }
}

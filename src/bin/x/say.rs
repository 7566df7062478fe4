//! What a task tells the person who waits: numbered steps, a sign of life while a command runs, and results. All of it
//! goes to stderr; stdout belongs to what scripts read.

use anyhow::{Context, Result, bail};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How long a command may be silent about itself before its step is named again.
const HEARTBEAT: Duration = Duration::from_secs(20);

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
        let shown = shown(command);
        let mut child = plain(command)
            .stdin(Stdio::null())
            .stdout(Stdio::from(std::io::stderr()))
            .spawn()
            .with_context(|| format!("{shown}: cannot be started"))?;
        let started = Instant::now();
        let mut beat = started;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if beat.elapsed() >= HEARTBEAT {
                beat = Instant::now();
                line(&format!("[{}/{}] … {}: still working, {} so far", self.at, self.of, self.name, elapsed(started.elapsed())));
            }
            std::thread::sleep(Duration::from_millis(100));
        };
        if !status.success() {
            bail!("{shown}: failed ({status})");
        }
        Ok(())
    }
}

/// Without what `cargo run` told us of our own package: another cargo would take it for a changed environment and
/// compile again whatever looks at it.
pub fn plain(command: &mut Command) -> &mut Command {
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

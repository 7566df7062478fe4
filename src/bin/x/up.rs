//! `cargo x up`: a hall to try out, with the sample catalogue and demo staff, from a fresh clone in one command.

use crate::say::{self, Steps};
use crate::{app, tools};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::signal::unix::{SignalKind, signal};

/// How long the hall may take to end its open work once it has been told to stop.
const STOPPING: Duration = Duration::from_secs(15);

#[derive(Args)]
pub struct Options {
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 8420)]
    port: u16,
    /// Data folder of the hall. The default is thrown away by `cargo clean`, as befits a demo
    #[arg(long, default_value = "target/demo")]
    data: PathBuf,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
}

/// What `hall init --demo-staff --json` prints.
#[derive(Deserialize)]
struct Created {
    #[serde(default)]
    staff: Vec<SignIn>,
}

/// A demo sign-in: made up at the first start of a data folder, and shown only then.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    user: String,
    password: String,
    role: String,
    name: String,
}

/// The line that `hall serve --json` prints when it listens.
#[derive(Deserialize)]
struct Listening {
    url: String,
    pid: u32,
}

/// Our own line for scripts.
#[derive(Serialize)]
struct Ready<'a> {
    ready: bool,
    url: &'a str,
    applicant: String,
    desk: String,
    operator: String,
    staff: &'a [SignIn],
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let mut steps = Steps::new(tools::STEPS + app::STEPS + 2);
    let tools = tools::install(&mut steps)?;
    app::build(&mut steps, &tools)?;
    let hall = build_hall(&mut steps)?;
    steps.next("starting the hall");
    let staff = init(&hall, &options.data)?;
    tokio::runtime::Runtime::new()?.block_on(serve(&hall, options, &staff))
}

/// Compiles the hall and says where its binary is: beside this one.
pub fn build_hall(steps: &mut Steps) -> Result<PathBuf> {
    steps.next("hall server");
    steps.run(Command::new("cargo").args(["build", "--locked", "--bin", "hall"]))?;
    let here = std::env::current_exe().context("finding the folder of binaries")?;
    Ok(here.with_file_name("hall"))
}

/// Sets the data folder up, once, with demo staff.
pub fn init(hall: &Path, data: &Path) -> Result<Vec<SignIn>> {
    let mut command = Command::new(hall);
    command.arg("init").arg("--data").arg(data).args(["--demo-staff", "--json"]);
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().with_context(|| say::shown(&command))?;
    if !output.status.success() {
        bail!("{}: failed ({})", say::shown(&command), output.status);
    }
    let created: Created =
        serde_json::from_slice(&output.stdout).with_context(|| format!("{}: not the expected answer", say::shown(&command)))?;
    Ok(created.staff)
}

/// Runs the hall until it or we are told to stop; then the hall ends its work first.
async fn serve(hall: &Path, options: &Options, staff: &[SignIn]) -> Result<ExitCode> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut child = tokio::process::Command::new(hall)
        .args(["serve", "--json", "--listen", &format!("127.0.0.1:{}", options.port), "--data"])
        .arg(&options.data)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("starting the hall")?;
    let mut lines = BufReader::new(child.stdout.take().context("the hall has no output")?).lines();
    let first = tokio::select! {
        line = lines.next_line() => line.context("reading what the hall says")?,
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
    };
    let Some(first) = first else {
        return stopped(&mut child).await.context("the hall did not start: its reason stands above");
    };
    let listening: Listening = serde_json::from_str(&first).with_context(|| format!("the hall said: {first}"))?;
    announce(&listening.url, options, staff)?;
    tokio::select! {
        status = child.wait() => {
            let status = status?;
            bail!("the hall ended by itself ({status})");
        }
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    // A Ctrl-C reaches the hall too; being told twice does it no harm.
    let _ = Command::new("kill").args(["-TERM", &listening.pid.to_string()]).stderr(Stdio::null()).status();
    stopped(&mut child).await
}

async fn stopped(child: &mut tokio::process::Child) -> Result<ExitCode> {
    match tokio::time::timeout(STOPPING, child.wait()).await {
        Ok(status) => match status? {
            status if status.success() => {
                say::line("stopped");
                Ok(ExitCode::SUCCESS)
            }
            status => bail!("the hall ended with {status}"),
        },
        Err(_) => {
            child.kill().await?;
            bail!("the hall did not stop within {} s and was ended by force", STOPPING.as_secs())
        }
    }
}

fn announce(url: &str, options: &Options, staff: &[SignIn]) -> Result<()> {
    let ready =
        Ready { ready: true, url, applicant: format!("{url}/"), desk: format!("{url}/desk"), operator: format!("{url}/operator"), staff };
    println!("{}", serde_json::to_string(&ready)?);
    say::line("");
    say::line(&format!("  applicant  {}", ready.applicant));
    say::line(&format!("  desk       {}", ready.desk));
    say::line(&format!("  operator   {}", ready.operator));
    say::line("");
    if staff.is_empty() {
        say::line(&format!("  The demo sign-ins were shown when {} was set up; delete that folder to begin anew.", options.data.display()));
    } else {
        say::line("  Demo sign-ins, shown this once:");
        for one in staff {
            say::line(&format!("    {:10} {:24} {} ({})", one.user, one.password, one.role, one.name));
        }
    }
    say::line("  A desk or kiosk is enrolled with a code that the operator makes. Ctrl-C stops the hall.");
    if !options.no_open {
        open(&ready.applicant);
    }
    Ok(())
}

/// The user's browser, if the system knows one. The address stands on the screen in any case.
fn open(url: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let _ = Command::new(opener).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}

//! The commands of the `hall` program, a file per group. Each reads its arguments, asks the floors or the hall, and
//! prints: a sentence for people, or with `--json` one JSON object a result, on one line of stdout. Errors go to stderr.
//!
//! Exit codes: 0 done or valid; 1 refused or not valid; 2 misuse, which includes a file that cannot be read.

mod assess;
mod backup;
mod catalogue;
mod deadline;
mod device;
mod diff;
mod identifier;
mod key;
mod outbox;
mod people;
mod receipt;
mod rule;
mod serve;
mod sheets;

use crate::calendar::{Calendar, hall_date};
use crate::hall;
use crate::hall::keys::Unlock;
use crate::words::Text;
use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use zeroize::Zeroizing;

/// Mingbai 明白: the server of a government service hall, and its tools.
#[derive(Parser)]
#[command(name = "hall", version, max_term_width = 100)]
pub struct Cli {
    /// Print one JSON object a result, each on one line.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    Init(people::Init),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Verify(backup::Verify),
    #[command(subcommand)]
    Key(key::Key),
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    #[command(subcommand)]
    Device(device::Device),
    #[command(subcommand)]
    Staff(people::Staff),
    #[command(subcommand)]
    Catalogue(catalogue::Catalogue),
    Assess(assess::Assess),
    #[command(subcommand)]
    Rule(rule::Rule),
    Deadline(deadline::Deadline),
    #[command(subcommand)]
    Identifier(identifier::Identifier),
    #[command(subcommand)]
    Receipt(receipt::Receipt),
}

impl Cli {
    /// Does what was asked, says how it went, and gives the exit code.
    pub fn run(self) -> ExitCode {
        let voice = Voice { json: self.json };
        let ended = match self.command {
            Command::Serve(args) => args.run(&voice),
            Command::Init(args) => args.run(&voice),
            Command::Backup(args) => args.run(&voice),
            Command::Restore(args) => args.run(&voice),
            Command::Verify(args) => args.run(&voice),
            Command::Key(args) => args.run(&voice),
            Command::Outbox(args) => args.run(&voice),
            Command::Device(args) => args.run(&voice),
            Command::Staff(args) => args.run(&voice),
            Command::Catalogue(args) => args.run(&voice),
            Command::Assess(args) => args.run(&voice),
            Command::Rule(args) => args.run(&voice),
            Command::Deadline(args) => args.run(&voice),
            Command::Identifier(args) => args.run(&voice),
            Command::Receipt(args) => args.run(&voice),
        };
        match ended {
            Ok(Ending::Done) => ExitCode::SUCCESS,
            Ok(Ending::No) => ExitCode::FAILURE,
            Err(error) => {
                complain(&format!("{error:#}"));
                ExitCode::from(if error.is::<Misuse>() { 2 } else { 1 })
            }
        }
    }
}

/// How a command ended when nothing went wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Done,
    /// The answer is no: not valid, not genuine, refused.
    No,
}

impl Ending {
    fn of(yes: bool) -> Ending {
        if yes { Ending::Done } else { Ending::No }
    }
}

type Ended = anyhow::Result<Ending>;

/// The command was not used as it must be: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Misuse(String);

fn misuse<T>(why: impl Into<String>) -> anyhow::Result<T> {
    Err(Misuse(why.into()).into())
}

/// How results are told.
struct Voice {
    json: bool,
}

impl Voice {
    /// One result: `object` for programs, `sentence` for people.
    fn tell(&self, object: &impl Serialize, sentence: impl FnOnce() -> String) -> anyhow::Result<()> {
        let line = if self.json { serde_json::to_string(object)? } else { sentence() };
        // A reader that has gone away (`hall … | head`) is no error of this program.
        let _ = writeln!(std::io::stdout(), "{line}");
        Ok(())
    }
}

fn complain(what: &str) {
    let _ = writeln!(std::io::stderr(), "error: {what}");
}

/// Both languages, a line each.
fn both(text: &Text) -> String {
    format!("{}\n{}", text.zh, text.en)
}

/// The whole of a file, or misuse.
fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).or_else(|cause| misuse(format!("{}: {cause}", path.display())))
}

/// `YYYY-MM-DD`.
fn date(text: &str) -> Result<NaiveDate, String> {
    crate::rules::value::read_date(text).ok_or_else(|| "a date is written YYYY-MM-DD".into())
}

/// One of `names`, which are those that JSON has for the values of `T`.
fn named<T, const N: usize>(names: [&'static str; N]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    PossibleValuesParser::new(names).try_map(|name| serde_json::from_value(name.into()))
}

#[derive(Args)]
struct Day {
    /// The day to count from as today, YYYY-MM-DD; by default the hall's own date.
    #[arg(long, value_name = "DATE", value_parser = date)]
    today: Option<NaiveDate>,
}

impl Day {
    fn date(&self) -> NaiveDate {
        self.today.unwrap_or_else(|| hall_date(hall::now()))
    }
}

#[derive(Args)]
struct Holidays {
    /// Further days off and worked weekends: a CSV file of `date,holiday` and `date,workday` lines under a header.
    #[arg(long, value_name = "CSV")]
    holidays: Option<PathBuf>,
}

impl Holidays {
    fn calendar(&self) -> anyhow::Result<Calendar> {
        hall::catalogue::calendar(self.holidays.as_deref()).or_else(|error| misuse(error.to_string()))
    }
}

#[derive(Args)]
struct DataFolder {
    /// The hall's data folder; by default $XDG_DATA_HOME/mingbai or ~/.local/share/mingbai.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataFolder {
    fn path(&self) -> anyhow::Result<PathBuf> {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let usual = || {
            let share = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")))?;
            Some(share.join("mingbai"))
        };
        match self.data.clone().or_else(usual) {
            Some(path) => Ok(path),
            None => misuse("no home folder is known: name the data folder with --data"),
        }
    }
}

/// What opens the hall's keys.
#[derive(Args)]
struct Unlocking {
    #[command(flatten)]
    key_file: KeyFile,
    /// A file whose first line is the passphrase that opens the hall's keys, where that is no key file. Also
    /// $MINGBAI_PASSPHRASE, which holds the passphrase itself.
    #[arg(long, value_name = "FILE", conflicts_with = "key_file")]
    passphrase_file: Option<PathBuf>,
}

/// The same for commands whose --passphrase-file is that of another file.
#[derive(Args)]
struct KeyFile {
    /// The key file that opens the hall's keys; by default it lies beside the data folder, with its name and `.unlock`. Also
    /// $MINGBAI_KEY_FILE. Keys under a passphrase open with $MINGBAI_PASSPHRASE.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl Unlocking {
    fn unlock(&self) -> anyhow::Result<Unlock> {
        match &self.passphrase_file {
            Some(file) => Ok(Unlock::Passphrase(passphrase(file)?)),
            None => self.key_file.unlock(),
        }
    }
}

impl KeyFile {
    fn unlock(&self) -> anyhow::Result<Unlock> {
        if let Some(path) = &self.key_file {
            return Ok(Unlock::KeyFile(path.clone()));
        }
        match (std::env::var_os("MINGBAI_KEY_FILE"), std::env::var("MINGBAI_PASSPHRASE").ok()) {
            (None, None) => Ok(Unlock::Beside),
            (Some(path), None) => Ok(Unlock::KeyFile(path.into())),
            (None, Some(words)) => Ok(Unlock::Passphrase(Zeroizing::new(words))),
            (Some(_), Some(_)) => {
                misuse("MINGBAI_KEY_FILE 和 MINGBAI_PASSPHRASE 只能设一个\nset MINGBAI_KEY_FILE or MINGBAI_PASSPHRASE, not both")
            }
        }
    }
}

/// The first line of a file.
fn passphrase(file: &Path) -> anyhow::Result<Zeroizing<String>> {
    let text = Zeroizing::new(read(file)?);
    Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
}

/// Runs what waits for files, database and network.
fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

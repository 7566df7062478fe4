//! `hall catalogue check` and `build`: authors' TOML files → every error at its place, or the signed catalogue.

use super::diff::Diff;
use super::sheets::{Export, Import};
use super::{DataFolder, Ended, Ending, Holidays, Unlocking, Voice, misuse, wait};
use crate::calendar::hall_date;
use crate::catalogue::author::publish::Published;
use crate::catalogue::author::{Catalogue as Compiled, Finding, Severity, Source, compile, compile_and_lint};
use crate::hall;
use crate::signing::Signed;
use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The catalogue's files: check them, or build the signed catalogue that devices keep.
#[derive(Subcommand)]
pub enum Catalogue {
    Check(Check),
    Build(Build),
    Diff(Diff),
    Export(Export),
    Import(Import),
}

/// Check catalogue files: everything wrong with texts, rules, logic and law, with file, line, column and how to mend it.
///
/// Exit code 0 when nothing is found, else 1. With --json one object a finding; when there is none, one that says so.
#[derive(Args)]
pub struct Check {
    /// A folder of catalogue files; by default the sample catalogue inside this program.
    dir: Option<PathBuf>,
    #[command(flatten)]
    holidays: Holidays,
}

/// Type-check the catalogue and write it as devices keep it: its head, signed with the hall's root key, and its parts.
#[derive(Args)]
pub struct Build {
    /// A folder of catalogue files; by default the sample catalogue inside this program.
    dir: Option<PathBuf>,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
    /// The file to write: a JSON object `{"head": …, "parts": {SHA-256: base64, …}}`.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    holidays: Holidays,
}

#[derive(Serialize)]
struct Sound {
    findings: usize,
    items: usize,
}

#[derive(Serialize)]
struct Summary {
    version: String,
    sequence: u64,
    items: u32,
    bytes: usize,
}

/// The file that `build` writes.
#[derive(Serialize, Deserialize)]
pub(super) struct Built {
    pub head: Signed,
    /// By SHA-256, as base64.
    pub parts: BTreeMap<String, String>,
}

impl Catalogue {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        match self {
            Catalogue::Diff(args) => args.run(voice),
            Catalogue::Export(args) => args.run(voice),
            Catalogue::Import(args) => args.run(voice),
            Catalogue::Check(args) => args.run(voice),
            Catalogue::Build(Build { dir, data, unlock, out, holidays }) => {
                let calendar = holidays.calendar()?;
                let catalogue = match compile_and_lint(&sources(dir.as_deref())?, &calendar) {
                    Ok((catalogue, findings)) if !findings.iter().any(|f| f.severity == Severity::Error) => {
                        findings.iter().for_each(|warning| drop(writeln!(std::io::stderr(), "{warning}")));
                        catalogue
                    }
                    Ok((_, findings)) | Err(findings) => return report(voice, &findings),
                };
                let data = data.path()?;
                let keys = hall::keys::Keys::open(&data, &unlock.unlock()?)?;
                let Published { bundle, parts } = wait(async {
                    let store = hall::store::Store::open(&data).await?;
                    let (published, _) = hall::catalogue::prepare(&store, Arc::new(catalogue), calendar, hall_date(hall::now())).await?;
                    store.close().await;
                    Ok(published)
                })?;
                let parts = parts.into_iter().map(|(sha256, bytes)| (sha256, BASE64.encode(bytes))).collect();
                let file = serde_json::to_vec(&Built { head: keys.sign_bundle(&bundle)?, parts })?;
                write_whole(&out, &file)?;
                let summary = Summary { version: bundle.version, sequence: bundle.sequence, items: bundle.count, bytes: file.len() };
                voice.tell(&summary, || {
                    let Summary { version, items, bytes, .. } = &summary;
                    format!("目录 {version}:{items} 个事项,{bytes} 字节\ncatalogue {version}: {items} items, {bytes} bytes")
                })?;
                Ok(Ending::Done)
            }
        }
    }
}

impl Check {
    fn run(self, voice: &Voice) -> Ended {
        let calendar = self.holidays.calendar()?;
        let (catalogue, findings) = match compile_and_lint(&sources(self.dir.as_deref())?, &calendar) {
            Ok((catalogue, findings)) => (Some(catalogue), findings),
            Err(findings) => (None, findings),
        };
        let Some(catalogue) = catalogue.filter(|_| findings.is_empty()) else { return report(voice, &findings) };
        let items = catalogue.items.len();
        voice.tell(&Sound { findings: 0, items }, || {
            format!("目录没有问题:{items} 个事项\nnothing is wrong with the catalogue: {items} items")
        })?;
        Ok(Ending::Done)
    }
}

/// The findings themselves are the result.
pub(super) fn report(voice: &Voice, findings: &[Finding]) -> Ended {
    for finding in findings {
        voice.tell(finding, || finding.to_string())?;
    }
    Ok(Ending::No)
}

/// Replaces the file in one step: nobody reads half a catalogue.
pub(super) fn write_whole(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut draft = out.as_os_str().to_owned();
    draft.push(".new");
    let written = std::fs::write(&draft, bytes).and_then(|()| std::fs::rename(&draft, out));
    if written.is_err() {
        let _ = std::fs::remove_file(&draft);
    }
    written.with_context(|| out.display().to_string())
}

/// The files of a folder, or of the sample.
pub(super) fn sources(dir: Option<&Path>) -> anyhow::Result<Vec<Source>> {
    hall::catalogue::sources(dir).or_else(|error| misuse(error.to_string()))
}

/// A catalogue without errors, or all its errors in one.
pub(super) fn compiled(dir: Option<&Path>) -> anyhow::Result<Compiled> {
    Ok(compile(&sources(dir)?).map_err(hall::Error::Catalogue)?)
}

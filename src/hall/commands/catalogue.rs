//! `hall catalogue check` and `build`: authors' TOML files → every error at its place, or the signed bundle.

use super::{DataFolder, Ended, Ending, Holidays, Voice, misuse};
use crate::catalogue::author::{Catalogue as Compiled, Finding, Source, compile};
use crate::hall;
use anyhow::Context;
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The catalogue's files: check them, or build the signed bundle that devices keep.
#[derive(Subcommand)]
pub enum Catalogue {
    Check(Check),
    Build(Build),
}

/// Check catalogue files: every error with file, line and column.
#[derive(Args)]
pub struct Check {
    /// A folder of catalogue files; by default the sample catalogue inside this program.
    dir: Option<PathBuf>,
}

/// Type-check the catalogue and write the versioned bundle, signed with the hall's root key.
#[derive(Args)]
pub struct Build {
    /// A folder of catalogue files; by default the sample catalogue inside this program.
    dir: Option<PathBuf>,
    #[command(flatten)]
    data: DataFolder,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    holidays: Holidays,
}

#[derive(Serialize)]
struct Built {
    version: String,
    items: usize,
    bytes: usize,
}

impl Catalogue {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        match self {
            Catalogue::Check(Check { dir }) => match compile(&sources(dir.as_deref())?) {
                Err(findings) => report(voice, &findings),
                Ok(catalogue) => {
                    if !voice.json {
                        let items = catalogue.items.len();
                        voice.tell(&(), || format!("目录没有错误:{items} 个事项\nno errors in the catalogue: {items} items"))?;
                    }
                    Ok(Ending::Done)
                }
            },
            Catalogue::Build(Build { dir, data, out, holidays }) => {
                let calendar = holidays.calendar()?;
                let catalogue = match compile(&sources(dir.as_deref())?) {
                    Ok(catalogue) => catalogue,
                    Err(findings) => return report(voice, &findings),
                };
                let keys = hall::keys::Keys::open(&data.path()?)?;
                let bundle = catalogue.bundle(calendar);
                let signed = serde_json::to_vec(&keys.sign_bundle(&bundle)?)?;
                write_whole(&out, &signed)?;
                let built = Built { version: bundle.version, items: bundle.items.len(), bytes: signed.len() };
                voice.tell(&built, || {
                    let Built { version, items, bytes } = &built;
                    format!("目录 {version}:{items} 个事项,{bytes} 字节\ncatalogue {version}: {items} items, {bytes} bytes")
                })?;
                Ok(Ending::Done)
            }
        }
    }
}

/// The findings themselves are the result.
fn report(voice: &Voice, findings: &[Finding]) -> Ended {
    for finding in findings {
        voice.tell(finding, || finding.to_string())?;
    }
    Ok(Ending::No)
}

/// Replaces the file in one step: nobody reads half a bundle.
fn write_whole(out: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut draft = out.as_os_str().to_owned();
    draft.push(".new");
    std::fs::write(&draft, bytes).and_then(|()| std::fs::rename(&draft, out)).with_context(|| out.display().to_string())
}

/// The files of a folder, or of the sample.
fn sources(dir: Option<&Path>) -> anyhow::Result<Vec<Source>> {
    hall::catalogue::sources(dir).or_else(|error| misuse(error.to_string()))
}

/// A catalogue without errors, or all its errors in one.
pub(super) fn compiled(dir: Option<&Path>) -> anyhow::Result<Compiled> {
    Ok(compile(&sources(dir)?).map_err(hall::Error::Catalogue)?)
}

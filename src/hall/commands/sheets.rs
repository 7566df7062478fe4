//! `hall catalogue export` and `import`: the catalogue's files ↔ a workbook for spreadsheet programs.

use super::catalogue::{report, sources, write_whole};
use super::{Ended, Ending, Holidays, Voice, both, misuse};
use crate::catalogue::author::sheets::{CellFinding, export, import};
use crate::catalogue::author::{HALL_FILE, Source, check};
use crate::hall::{folder, xlsx};
use clap::Args;
use serde::Serialize;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Write a catalogue as a workbook: the sheets and columns of the national item list (实施清单).
#[derive(Args)]
pub struct Export {
    /// A folder of catalogue files; by default the sample catalogue inside this program.
    dir: Option<PathBuf>,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    xlsx: PathBuf,
}

/// Make catalogue files from a workbook: all of them, or with errors none. Every error has its sheet and cell.
#[derive(Args)]
pub struct Import {
    /// The workbook, as `export` writes it.
    #[arg(long, value_name = "FILE")]
    xlsx: PathBuf,
    /// The folder to write: a new or an empty one.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace the catalogue that the folder holds. A .toml file that says the same as before stays as it is, comments
    /// included; files other than .toml stay.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    holidays: Holidays,
}

#[derive(Serialize)]
struct Exported {
    files: usize,
    bytes: usize,
}

#[derive(Serialize)]
struct Imported {
    files: usize,
    warnings: usize,
}

impl Export {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let sources = sources(self.dir.as_deref())?;
        let book = match export::export(&sources) {
            Ok(book) => book,
            Err(findings) => return report(voice, &findings),
        };
        let bytes = xlsx::write(&book)?;
        write_whole(&self.xlsx, &bytes)?;
        let exported = Exported { files: sources.len(), bytes: bytes.len() };
        voice.tell(&exported, || {
            let Exported { files, bytes } = &exported;
            format!("已导出 {files} 个文件,工作簿 {bytes} 字节\n{files} files exported, a workbook of {bytes} bytes")
        })?;
        Ok(Ending::Done)
    }
}

impl Import {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let calendar = self.holidays.calendar()?;
        let bytes = bytes(&self.xlsx).or_else(|cause| misuse(format!("{}: {cause}", self.xlsx.display())))?;
        let book = xlsx::read(&bytes).or_else(|cause| misuse(format!("{}: {}", self.xlsx.display(), both(&cause.text()))))?;
        let imported = match import::import(&book, |files| check(files, &calendar)) {
            Ok(imported) => imported,
            Err(findings) => return tell_all(voice, &findings).map(|()| Ending::No),
        };
        let files: Vec<(String, String)> = imported.sources.into_iter().map(|source| self.written(source)).collect();
        folder::write(&self.out, &files, self.replace.then_some(HALL_FILE)).or_else(refused)?;
        tell_all(voice, &imported.warnings)?;
        let told = Imported { files: files.len(), warnings: imported.warnings.len() };
        voice.tell(&told, || {
            let Imported { files, warnings } = &told;
            format!("已导入 {files} 个文件,{warnings} 条提醒\n{files} files imported, {warnings} warnings")
        })?;
        Ok(Ending::Done)
    }

    /// Name and text of a file: the text that is there, if it says the same.
    fn written(&self, Source { name, text }: Source) -> (String, String) {
        let table = |text: &str| text.parse::<toml::Table>().ok();
        let there = std::fs::read_to_string(self.out.join(&name)).ok().filter(|there| self.replace && table(there) == table(&text));
        (name, there.unwrap_or(text))
    }
}

fn tell_all(voice: &Voice, findings: &[CellFinding]) -> anyhow::Result<()> {
    findings.iter().try_for_each(|finding| voice.tell(finding, || finding.to_string()))
}

/// A folder that may not be written to is a wrong argument; a disk that fails is not.
fn refused(cause: folder::NotWritten) -> anyhow::Result<()> {
    match cause {
        folder::NotWritten::Failed { .. } => Err(cause.into()),
        _ => misuse(cause.to_string()),
    }
}

/// As much of a file as a workbook may have, and one byte more.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(xlsx::LARGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

//! `hall catalogue diff`: what changed for an applicant between two catalogues, in words.

use super::catalogue::{Built, report, sources};
use super::{Ended, Ending, Voice, both, misuse};
use crate::calendar::Calendar;
use crate::catalogue::author::diff::{Change, Edition, diff};
use crate::catalogue::author::{Finding, compile};
use crate::catalogue::bundle::{Bundle, Part};
use crate::catalogue::{Hall, Item, Laws};
use anyhow::Context;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Say what changed for an applicant between two catalogues: items, conditions, materials, limits, fees, questions.
///
/// Each catalogue is a folder of its files, or what `hall catalogue build` wrote; whose signature that carries is not asked.
#[derive(Args)]
pub struct Diff {
    old: PathBuf,
    new: PathBuf,
}

/// A catalogue that was read.
struct Read {
    hall: Hall,
    laws: Laws,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Nothing {
    changes: usize,
}

impl Diff {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let (old, new) = match (read(&self.old)?, read(&self.new)?) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(findings), _) | (_, Err(findings)) => return report(voice, &findings),
        };
        let changes = diff(old.edition(), new.edition(), &Calendar::announced());
        if changes.is_empty() {
            voice.tell(&Nothing { changes: 0 }, || "对申请人没有变化\nnothing changes for applicants".to_owned())?;
        }
        let mut told = None;
        for change in &changes {
            let of = (&change.item, change.from);
            let heading = if told == Some(of) { String::new() } else { heading(change) };
            voice.tell(change, || format!("{heading}- {}", both(&change.say).replace('\n', "\n  ")))?;
            told = Some(of);
        }
        Ok(Ending::Done)
    }
}

impl Read {
    fn edition(&self) -> Edition<'_> {
        Edition { hall: &self.hall, laws: &self.laws, items: &self.items }
    }
}

/// Above the changes of one item from one day.
fn heading(change: &Change) -> String {
    match (&change.item, &change.name, change.from) {
        (Some(code), Some(name), Some(from)) => format!("{}({code}),自 {from} 起\n{} ({code}), from {from}\n", name.zh, name.en),
        _ => "大厅\nThe hall\n".to_owned(),
    }
}

fn read(path: &Path) -> anyhow::Result<Result<Read, Vec<Finding>>> {
    if path.is_dir() {
        let compiled = compile(&sources(Some(path))?);
        return Ok(compiled.map(|catalogue| Read { hall: catalogue.hall, laws: catalogue.laws, items: catalogue.items }));
    }
    let text = super::read(path)?;
    match built(&text) {
        Ok(read) => Ok(Ok(read)),
        Err(error) => misuse(format!("{}: {error:#}", path.display())),
    }
}

/// Reads the packs that the head names; each must have the bytes that it says.
fn built(text: &str) -> anyhow::Result<Read> {
    let Built { head, parts } = serde_json::from_str(text).context("neither a folder nor a built catalogue")?;
    let bundle: Bundle = serde_json::from_str(&head.payload).context("the head cannot be read")?;
    let items = |pack: &Part| -> anyhow::Result<Vec<Item>> {
        let part = parts.get(&pack.sha256).with_context(|| format!("the part {} is missing", pack.sha256))?;
        Ok(pack.items(&BASE64.decode(part).with_context(|| format!("the part {} is not base64", pack.sha256))?)?)
    };
    let items: Vec<Vec<Item>> = bundle.packs.iter().map(items).collect::<anyhow::Result<_>>()?;
    Ok(Read { hall: bundle.hall, laws: bundle.laws, items: items.into_iter().flatten().collect() })
}

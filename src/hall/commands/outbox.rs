//! `hall outbox import`: what a kiosk that will never be online again still held, from the file that its operator saved.

use super::{DataFolder, Ended, Ending, Unlocking, Voice, both, misuse, people, wait};
use crate::hall::import::{Imported, NotImported, import};
use crate::hall::{Hall, observe};
use crate::receipt::number;
use clap::{Args, Subcommand};
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

/// Outboxes in files.
#[derive(Subcommand)]
pub enum Outbox {
    Import(Import),
}

/// Take in the submissions of an outbox that was saved to a file. What the hall has already stays as it is.
#[derive(Args)]
pub struct Import {
    file: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
}

impl Outbox {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let Outbox::Import(Import { file: path, data, unlock }) = self;
        observe::log_to_stderr();
        let file = File::open(&path).or_else(|cause| misuse(format!("{}: {cause}", path.display())))?;
        let (data, unlock) = (people::set_up(&data)?, unlock.unlock()?);
        let (mut told, mut good) = (Ok(()), true);
        let tell = |imported: Imported| {
            good &= imported.good();
            if told.is_ok() {
                told = voice.tell(&imported, || said(&imported));
            }
        };
        let done = wait(async {
            let hall = Hall::beside(&data, &unlock).await?;
            let done = import(&hall, BufReader::new(file), tell).await;
            hall.close().await;
            Ok(done)
        })?;
        told?;
        match done {
            Ok(()) => Ok(Ending::of(good)),
            Err(NotImported::Format(wrong)) => misuse(format!("{}: {wrong}", path.display())),
            Err(other) => Err(other.into()),
        }
    }
}

fn said(imported: &Imported) -> String {
    match imported {
        Imported::Received { id, short_number } => format!("{id}: 已收到 received, {}", number::show(short_number)),
        Imported::Known { id, short_number } => format!("{id}: 早已收到 received earlier, {}", number::show(short_number)),
        Imported::Refused { id, code, why } => format!("{id}: 拒收 refused ({code})\n{}", both(why)),
        Imported::Unreadable { why } => format!("无法识别 unreadable: {why}"),
        Imported::CutOff => "文件不完整:后面的内容被截断了\nthe file was cut off: what should follow is missing".into(),
    }
}

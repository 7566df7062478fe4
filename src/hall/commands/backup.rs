//! `hall backup`, `hall restore`, `hall verify`: one file that holds the hall, the hall put back from it, and whether all
//! that the hall keeps is whole.

use super::{DataFolder, Ended, Ending, KeyFile, Misuse, Unlocking, Voice, misuse, passphrase, wait};
use crate::calendar::moment;
use crate::hall::backup::{Manifest, NotDone, make};
use crate::hall::restore::{Source, restore};
use crate::hall::verify::{Finding, Severity, Summary, verify};
use crate::hall::{Error, now};
use crate::submission::Digest;
use crate::words::Text;
use chrono::{DateTime, Utc};
use clap::Args;
use serde::Serialize;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

#[derive(Args)]
struct Passphrase {
    /// A file whose first line is the passphrase of the keys in the backup.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Passphrase {
    fn read(&self) -> anyhow::Result<Option<Zeroizing<String>>> {
        self.passphrase_file.as_deref().map(passphrase).transpose()
    }
}

/// Back up the hall into one file, beside the running server.
///
/// Without --passphrase-file the hall's keys stay out of it: keep them in another safe place (hall key export), since
/// without the keys nobody can open what the backup holds.
#[derive(Args)]
pub struct Backup {
    file: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: KeyFile,
    #[command(flatten)]
    passphrase: Passphrase,
    /// Replace the file if there is one.
    #[arg(long)]
    force: bool,
}

/// What a program is told of a backup.
#[derive(Serialize)]
struct BackedUp<'a> {
    hall: &'a str,
    taken_at: DateTime<Utc>,
    cases: u32,
    latest: Option<DateTime<Utc>>,
    chunks: usize,
    missing: &'a [Digest],
    keys: bool,
}

impl<'a> BackedUp<'a> {
    fn of(manifest: &'a Manifest) -> BackedUp<'a> {
        let Manifest { hall, taken_at, cases, latest, chunks, missing, keys, .. } = manifest;
        BackedUp { hall, taken_at: *taken_at, cases: *cases, latest: *latest, chunks: *chunks, missing, keys: *keys }
    }

    fn say(&self) -> String {
        let Text { zh, en } = extent(self.cases, self.latest);
        format!("{zh},附件 {0} 块\n{en}, {0} pieces of attachments", self.chunks)
    }

    fn missing(&self) -> Option<String> {
        let n = self.missing.len();
        let say = || {
            format!(
                "注意:有 {n} 块附件大厅自己已经缺失或损坏,不在其中,请运行 hall verify\n\
                 mind: {n} pieces of attachments were missing or damaged at the hall itself: run hall verify"
            )
        };
        (n > 0).then(say)
    }
}

fn extent(cases: u32, latest: Option<DateTime<Utc>>) -> Text {
    match latest.map(moment) {
        Some(latest) => {
            Text::new(format!("{cases} 个办件,最后一个收到于 {latest}"), format!("{cases} cases, the last of them received at {latest}"))
        }
        None => Text::new("还没有办件", "no cases yet"),
    }
}

impl Backup {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let data = self.data.path()?;
        let (unlock, passphrase) = (self.unlock.unlock()?, self.passphrase.read()?);
        let made = wait(async { Ok(make(&data, &unlock, &self.file, passphrase, self.force).await) })?;
        let manifest = answered(made)?;
        let told = BackedUp::of(&manifest);
        voice.tell(&told, || {
            let path = self.file.display();
            let keys = match told.keys {
                true => {
                    "密钥在备份里,用口令封存:没有口令谁也打不开\n\
                     the keys are in it, under the passphrase: without that nobody can open them"
                }
                false => {
                    "密钥不在备份里:请另用 hall key export 保存一份,没有密钥谁也打不开这些内容\n\
                     the keys are not in it: keep what hall key export makes in a safe place, since without them nobody can open anything"
                }
            };
            let parts = [Some(format!("已备份到 {path}\nbacked up to {path}")), Some(told.say()), Some(keys.to_owned()), told.missing()];
            parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
        })?;
        Ok(Ending::of(told.missing.is_empty()))
    }
}

/// What was asked for wrongly is misuse.
fn answered<T>(done: Result<T, NotDone>) -> anyhow::Result<T> {
    done.map_err(|wrong| match wrong {
        NotDone::Hall(Error::Passphrase) | NotDone::NotSealed | NotDone::NoKeys => Misuse(wrong.to_string()).into(),
        NotDone::File { what: "reading", .. } => Misuse(wrong.to_string()).into(),
        _ => anyhow::Error::from(wrong),
    })
}

/// Put the hall back from a backup. What the data folder held before is kept in it, in `replaced-…`.
///
/// No server may run on the folder. The keys come from --keys, or from the backup with --passphrase-file, or they are
/// those that the folder has. They are sealed anew for the folder, with the key file beside it or the one that is named.
#[derive(Args)]
pub struct Restore {
    file: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: KeyFile,
    /// A copy of the folder `keys`; its key file is named with --key-file.
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
    #[command(flatten)]
    passphrase: Passphrase,
}

const LATER: &str = "\
    此后提交的,各设备联网后会自动补传,时间和短号不变\n\
    what came in later, the devices send again by themselves, and it gets its time and its short number back\n\
    此后的处理决定、人员和设备变动不在备份里,请重新办理;设备和密钥的吊销,原数据文件夹还读得出的已保留,请核对\n\
    decisions, staff and devices of later are not in the backup: do them again. Devices and keys revoked later stay so where the \
    replaced folder could be read: check them";

#[derive(Serialize)]
struct PutBack<'a> {
    #[serde(flatten)]
    backup: BackedUp<'a>,
    epoch: i64,
    replaced: Option<&'a Path>,
}

impl Restore {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let data = self.data.path()?;
        let source = Source { folder: self.keys, passphrase: self.passphrase.read()?, unlock: self.unlock.unlock()? };
        let restored = answered(wait(async { Ok(restore(&self.file, &data, &source, now()).await) })?)?;
        let backup = BackedUp::of(&restored.manifest);
        let told = PutBack { backup, epoch: restored.epoch, replaced: restored.replaced.as_deref() };
        voice.tell(&told, || {
            let (path, taken) = (data.display(), moment(told.backup.taken_at));
            let old = told.replaced.map(|old| format!("原来的内容在 {0}\nwhat was there before is in {0}", old.display()));
            let parts = [
                Some(format!("已恢复到 {path},备份时间 {taken}\nrestored to {path}, as it was at {taken}")),
                Some(told.backup.say()),
                told.backup.missing(),
                old,
                Some(LATER.to_owned()),
            ];
            parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
        })?;
        Ok(Ending::Done)
    }
}

/// Look at every case, chunk, signature and reference of the hall, and tell of all that is not as it should be.
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
}

impl Verify {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let data = self.data.path()?;
        if !data.join("hall.db").exists() && !data.join("keys").exists() {
            return misuse(Error::NoKeys(data).to_string());
        }
        let mut told = Ok(());
        let mut tell = |finding: Finding| {
            if told.is_ok() {
                told = voice.tell(&finding, || said(&finding));
            }
        };
        let unlock = self.unlock.unlock()?;
        let summary = wait(async { Ok(verify(&data, &unlock, &mut tell).await?) })?;
        told?;
        voice.tell(&summary, || {
            let Summary { cases, chunks, unneeded, errors, warnings } = summary;
            format!(
                "办件 {cases},附件 {chunks} 块(其中 {unneeded} 块没有办件用到),错误 {errors},提醒 {warnings}\n\
                 {cases} cases, {chunks} pieces of attachments ({unneeded} that no case needs), {errors} errors, {warnings} warnings"
            )
        })?;
        Ok(Ending::of(summary.errors == 0))
    }
}

fn said(finding: &Finding) -> String {
    let Finding { code, severity, subject, title } = finding;
    let severity = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!("{severity}[{code}] {subject}: {} {}", title.zh, title.en)
}

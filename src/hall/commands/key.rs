//! `hall key list`, `rotate`, `export`, `import`: the hall's keys, as an operator looks after them.

use super::people::set_up;
use super::{DataFolder, Ended, Ending, KeyFile, Unlocking, Voice, misuse, passphrase, wait};
use crate::calendar::moment;
use crate::hall::keys::{Keys, escrow};
use crate::hall::trust::{self, Old};
use crate::hall::{Error, now, store};
use crate::receipt::HallKey;
use crate::signing::{from_hex, hex, key_id};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;
use std::path::PathBuf;

/// The hall's keys.
#[derive(Subcommand)]
pub enum Key {
    List(List),
    Rotate(Rotate),
    /// Save the hall's keys to a file that is not there yet, under a passphrase. It is good for ever: rotations change nothing
    /// in it.
    Export(Escrow),
    /// Put exported keys into a data folder that has none, or whose own cannot be opened any more. No server may run on it.
    ///
    /// They are sealed anew, with the key file beside the folder, or with what --key-file or $MINGBAI_PASSPHRASE say.
    Import(Escrow),
}

/// Show which keys the hall has. Nothing that is shown is secret.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
}

/// Sign receipts with a new key from now on, beside the running server. The hall does so by itself twice a year.
#[derive(Args)]
pub struct Rotate {
    /// Somebody else may have the key that signed until now: nothing that it signs from now on is believed. Otherwise it
    /// counts for one more day.
    #[arg(long)]
    revoke_old: bool,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: Unlocking,
}

/// Keys in a file under a passphrase.
#[derive(Args)]
pub struct Escrow {
    /// The file with the keys.
    file: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    #[command(flatten)]
    unlock: KeyFile,
    /// A file whose first line is the passphrase of the exported keys.
    #[arg(long, value_name = "FILE")]
    passphrase_file: PathBuf,
}

#[derive(Serialize)]
struct Listed {
    /// Key ids.
    root: String,
    sealing: String,
    signing: Vec<Signing>,
    /// What devices pin, and `hall receipt inspect --root` takes.
    root_public: String,
}

#[derive(Serialize)]
struct Signing {
    kid: String,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    /// Receipts are signed with it.
    current: bool,
}

impl Signing {
    fn of(key: &HallKey, current: bool) -> Signing {
        let HallKey { public, not_before, not_after, revoked_at } = key;
        let kid = from_hex::<32>(public).map(|public| hex(&key_id(&public))).unwrap_or_default();
        Signing { kid, not_before: *not_before, not_after: *not_after, revoked_at: *revoked_at, current }
    }

    fn line(&self) -> String {
        let state = match (self.revoked_at, self.current) {
            (Some(at), _) => format!(",已吊销 revoked {}", moment(at)),
            (None, true) => ",现用 in use".to_owned(),
            (None, false) => String::new(),
        };
        format!("签名密钥 signing key {}: {} – {}{state}", self.kid, moment(self.not_before), moment(self.not_after))
    }
}

/// Where keys have come from, or have gone.
#[derive(Serialize)]
struct Moved {
    root: String,
    file: PathBuf,
}

impl Moved {
    fn of(keys: &Keys, file: PathBuf) -> Moved {
        Moved { root: root(keys), file }
    }
}

fn root(keys: &Keys) -> String {
    hex(&key_id(&keys.root_public()))
}

impl Key {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        match self {
            Key::List(args) => args.run(voice),
            Key::Rotate(args) => args.run(voice),
            Key::Export(args) => args.export(voice),
            Key::Import(args) => args.import(voice),
        }
    }
}

impl List {
    fn run(self, voice: &Voice) -> Ended {
        let folder = set_up(&self.data)?;
        let keys = Keys::open(&folder, &self.unlock.unlock()?)?;
        let known = wait(async {
            let store = store::Store::open(&folder).await?;
            let known = store::trust::hall_keys(&mut *store.read().await?).await?;
            store.close().await;
            Ok(known)
        })?;
        let current = trust::in_use(&known, now());
        let listed = Listed {
            root: root(&keys),
            sealing: keys.sealing_public().kid.clone(),
            signing: known.iter().map(|key| Signing::of(key, Some(key) == current)).collect(),
            root_public: hex(&keys.root_public()),
        };
        voice.tell(&listed, || {
            let first = [format!("根密钥 root key {}", listed.root), format!("封装密钥 sealing key {}", listed.sealing)];
            first.into_iter().chain(listed.signing.iter().map(Signing::line)).collect::<Vec<_>>().join("\n")
        })?;
        Ok(Ending::Done)
    }
}

impl Rotate {
    fn run(self, voice: &Voice) -> Ended {
        let folder = set_up(&self.data)?;
        let keys = Keys::open(&folder, &self.unlock.unlock()?)?;
        let old = if self.revoke_old { Old::Revoked } else { Old::Ends };
        let next = wait(async {
            let store = store::Store::open(&folder).await?;
            let next = trust::rotate(&store, &keys, old, now()).await;
            store.close().await;
            Ok(next?)
        })?;
        let next = Signing::of(&next, true);
        voice.tell(&next, || {
            let (kid, until) = (&next.kid, moment(next.not_after));
            let old = match old {
                Old::Ends => "旧密钥再有效一天,它此前签发的回执一直有效\nthe old key counts for one more day; what it has signed stays good",
                Old::Revoked => {
                    "旧密钥已吊销:它此前签发的回执仍然有效,此后的一律无效\n\
                     the old key is revoked: what it signed before stays good, and nothing that it signs from now on"
                }
            };
            format!("从现在起用新密钥 {kid} 签发回执,有效至 {until}\nreceipts are signed with the new key {kid} from now on, until {until}\n{old}")
        })?;
        Ok(Ending::Done)
    }
}

/// What was asked for wrongly is misuse.
fn asked<T>(done: Result<T, Error>) -> anyhow::Result<T> {
    match done {
        Err(wrong @ (Error::Passphrase | Error::Exists(_) | Error::File { what: escrow::READING, .. })) => misuse(wrong.to_string()),
        done => Ok(done?),
    }
}

impl Escrow {
    fn export(self, voice: &Voice) -> Ended {
        let folder = set_up(&self.data)?;
        let words = passphrase(&self.passphrase_file)?;
        let keys = Keys::open(&folder, &self.unlock.unlock()?)?;
        asked(escrow::export(&keys, &self.file, words))?;
        let moved = Moved::of(&keys, self.file);
        voice.tell(&moved, || {
            let (file, root) = (moved.file.display(), &moved.root);
            format!(
                "密钥(根密钥 {root})已用口令封存到 {file};请把它和口令分开、妥善保存在别处\n\
                 the keys (root key {root}) are in {file} under the passphrase: keep it and the passphrase apart, in safe places"
            )
        })?;
        Ok(Ending::Done)
    }

    fn import(self, voice: &Voice) -> Ended {
        let folder = self.data.path()?;
        let (words, unlock) = (passphrase(&self.passphrase_file)?, self.unlock.unlock()?);
        let keys = asked(wait(async { Ok(escrow::import(&self.file, words, &folder, &unlock).await) })?)?;
        let moved = Moved::of(&keys, self.file);
        voice.tell(&moved, || {
            let (place, root) = (folder.display(), &moved.root);
            format!("密钥(根密钥 {root})已放入 {place}\nthe keys (root key {root}) are in {place} now")
        })?;
        Ok(Ending::Done)
    }
}

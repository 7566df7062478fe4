//! A backup: one file that holds the hall as it was at one moment, made beside the running server.
//!
//! The file is a zip whose entries are stored as they are (all of it is sealed or small):
//!
//! | entry | what |
//! | --- | --- |
//! | `manifest.json` | [`Manifest`], signed by the hall's root key; the first |
//! | `keys.json` | the hall's keys under a passphrase ([`SealedKeys`]), only when one was given |
//! | `hall.db` | the database, of one moment |
//! | `chunks/<sha256>` | every chunk that a case of that database needs |
//!
//! It is written beside its place, synced, and takes its name in one step: whoever finds a file of that name finds a whole one.

use super::keys::{Keys, SealedKeys, Secret, Unlock};
use super::store::{self, chunks::Chunks};
use super::{Error, now};
use crate::signing::{BACKUP, Signed, hex, key_id};
use crate::submission::Digest;
use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::Connection;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub const FORMAT: &str = "mingbai-backup/1";
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const KEYS: &str = "keys.json";
pub(super) const DATABASE: &str = "hall.db";
pub(super) const CHUNKS: &str = "chunks/";
/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub format: String,
    /// The hall's code.
    pub hall: String,
    pub taken_at: DateTime<Utc>,
    /// When the hall itself was last put back from a backup, in seconds since 1970.
    pub epoch: i64,
    pub cases: u32,
    /// When the last of them came in.
    pub latest: Option<DateTime<Utc>>,
    /// SHA-256 of the database.
    pub database: Digest,
    /// How many chunks there are.
    pub chunks: usize,
    /// Chunks that cases need and that the hall itself no longer had whole.
    pub missing: Vec<Digest>,
    /// Key ids of the first signing key and of the sealing key.
    pub signing: String,
    pub sealing: String,
    /// The keys are in it.
    pub keys: bool,
}

/// Why a backup is not made, or not put back. For the operator.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    #[error("{0}: 文件已经存在,要覆盖请加 --force\n{0}: the file exists; --force replaces it")]
    Exists(PathBuf),
    #[error("{0}: 正有另一个备份在写这个文件\n{0}: another backup is being written to this file")]
    Busy(PathBuf),
    #[error("{0}: 这不是本程序的备份,或者不完整\n{0}: this is not a backup of this program, or it is not whole")]
    NotABackup(PathBuf),
    #[error("备份的格式是 {0},本程序只认 {FORMAT}\nthe backup has the format {0}; this program knows {FORMAT}")]
    Format(String),
    #[error("备份已损坏: {0}\nthe backup is damaged: {0}")]
    Damaged(String),
    #[error(
        "没有能用的密钥:请用 --keys 指出存放密钥的文件夹,或用 --passphrase-file 给出备份里密钥的口令,或先运行 hall key import\n\
         there are no keys to use: name their folder with --keys, give the passphrase of those in the backup with \
         --passphrase-file, or run `hall key import` first"
    )]
    NoKeys,
    #[error("备份里没有密钥,口令用不上\nthere are no keys in the backup, so a passphrase is of no use")]
    NotSealed,
    #[error("密钥不是这个备份的\nthe keys are not those of this backup")]
    OtherKeys,
    #[error("{0}: 这个文件夹不是大厅的数据,不替换\n{0}: this folder is not a hall's, so it is not replaced")]
    NotAHall(PathBuf),
    #[error(
        "{0}: 这是一个挂载点,不能整个替换;请用它里面的一个文件夹\n\
         {0}: this is a mount point, which cannot be replaced whole: use a folder inside it"
    )]
    MountPoint(PathBuf),
    #[error("{what} {path}: {cause}")]
    File { what: &'static str, path: PathBuf, cause: io::Error },
    #[error("the backup cannot be written: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error(transparent)]
    Hall(#[from] Error),
}

impl From<sqlx::Error> for NotDone {
    fn from(cause: sqlx::Error) -> NotDone {
        NotDone::Hall(cause.into())
    }
}

impl NotDone {
    pub(super) fn file(what: &'static str, path: &Path) -> impl Fn(io::Error) -> NotDone + Clone {
        let path = path.to_owned();
        move |cause| NotDone::File { what, path: path.clone(), cause }
    }
}

/// What of the database a manifest tells, and a backup needs.
struct Contents {
    hall: String,
    epoch: i64,
    cases: u32,
    latest: Option<DateTime<Utc>>,
    chunks: Vec<Digest>,
}

/// Backs up the hall of a data folder, which may be served meanwhile.
pub async fn make(
    data: &Path,
    unlock: &Unlock,
    file: &Path,
    passphrase: Option<Zeroizing<String>>,
    replace: bool,
) -> Result<Manifest, NotDone> {
    let keys = Keys::open(data, unlock)?;
    let sealed = passphrase.map(|passphrase| SealedKeys::seal(&keys, &Secret::Passphrase(passphrase))).transpose()?;
    if !replace && file.exists() {
        return Err(NotDone::Exists(file.to_owned()));
    }
    let draft = Draft::begin(file)?;
    let taken_at = now().trunc_subsecs(0);
    let contents = snapshot(data, &draft.database).await?;
    let chunks = Chunks::open(data)?;
    let (replace, file) = (replace, file.to_owned());
    let write = move || {
        let manifest = draft.write(&keys, sealed.as_ref(), contents, &chunks, taken_at)?;
        // Somebody may have put a file there meanwhile.
        if !replace && file.exists() {
            return Err(NotDone::Exists(file));
        }
        draft.finish(&file)?;
        Ok(manifest)
    };
    spawn_blocking(write).await.map_err(Error::Task)?
}

/// Copies the database as it is at this moment; writers go on meanwhile. The chunks of its cases are on disk already, and
/// what a case needs is never removed.
async fn snapshot(data: &Path, copy: &Path) -> Result<Contents, NotDone> {
    let mut live = store::look(data).await?;
    sqlx::query("VACUUM INTO ?").bind(copy.to_string_lossy()).execute(&mut live).await?;
    live.close().await?;
    let mut db = store::alone(copy).await?;
    let hall = store::trust::latest(&mut db).await?.ok_or(Error::NeverServed)?.hall;
    let (cases, latest) = store::cases::extent(&mut db).await?;
    let (epoch, chunks) = (store::hall::epoch(&mut db).await?, store::cases::needed(&mut db).await?);
    let contents = Contents { hall, epoch, cases, latest, chunks };
    db.close().await?;
    Ok(contents)
}

/// The files a backup is made in. They go when it does not come to its end.
struct Draft {
    path: PathBuf,
    /// Locked while it is written.
    file: File,
    database: PathBuf,
    finished: bool,
}

impl Drop for Draft {
    fn drop(&mut self) {
        // What a kill has left, the next backup of that name writes over.
        let _ = fs::remove_file(&self.database);
        if !self.finished {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

impl Draft {
    fn begin(target: &Path) -> Result<Draft, NotDone> {
        let (path, database) = (beside(target, ".part"), beside(target, ".db.part"));
        let failed = NotDone::file("writing", &path);
        let private = || OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).clone();
        let file = private().open(&path).map_err(failed.clone())?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(NotDone::Busy(target.to_owned())),
            Err(fs::TryLockError::Error(cause)) => return Err(failed(cause)),
        }
        // Between opening and locking, another backup may have finished: then this is its file, under its name.
        let same = fs::metadata(&path).is_ok_and(|at| file.metadata().is_ok_and(|of| (of.dev(), of.ino()) == (at.dev(), at.ino())));
        if !same {
            return Err(NotDone::Busy(target.to_owned()));
        }
        file.set_len(0).map_err(failed)?;
        let draft = Draft { path, file, database, finished: false };
        // SQLite copies into an empty file: this one is the owner's alone from the beginning.
        let empty = private().open(&draft.database).and_then(|file| file.set_len(0));
        empty.map_err(NotDone::file("writing", &draft.database))?;
        Ok(draft)
    }

    fn write(
        &self,
        keys: &Keys,
        sealed: Option<&SealedKeys>,
        contents: Contents,
        chunks: &Chunks,
        taken_at: DateTime<Utc>,
    ) -> Result<Manifest, NotDone> {
        let failed = NotDone::file("reading", &self.database);
        let mut database = File::open(&self.database).map_err(failed.clone())?;
        let Contents { hall, epoch, cases, latest, chunks: needed } = contents;
        let (mut whole, mut missing) = (Vec::with_capacity(needed.len()), Vec::new());
        for digest in needed {
            let kept = chunks.whole(&digest).map_err(Error::file("reading the chunk", Path::new(&digest.to_string())))?;
            if kept.is_some() { &mut whole } else { &mut missing }.push(digest);
        }
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            hall,
            taken_at,
            epoch,
            cases,
            latest,
            database: digest_of(&mut database).map_err(failed.clone())?,
            chunks: whole.len(),
            missing,
            signing: hex(&key_id(&keys.signing(0).verifying_key().to_bytes())),
            sealing: keys.sealing_public().kid.clone(),
            keys: sealed.is_some(),
        };
        let written = NotDone::file("writing", &self.path);
        let mut zip = ZipWriter::new(BufWriter::new(&self.file));
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o600).large_file(true);
        zip.start_file(MANIFEST, stored)?;
        zip.write_all(&json(&keys.sign_backup(&manifest)?)?).map_err(written.clone())?;
        if let Some(sealed) = sealed {
            zip.start_file(KEYS, stored)?;
            zip.write_all(&json(sealed)?).map_err(written.clone())?;
        }
        zip.start_file(DATABASE, stored)?;
        let mut database = BufReader::new(File::open(&self.database).map_err(failed)?);
        io::copy(&mut database, &mut zip).map_err(written.clone())?;
        for digest in whole {
            let gone = || NotDone::file("reading", Path::new(&digest.to_string()))(io::ErrorKind::NotFound.into());
            // It was whole a moment ago.
            let bytes = chunks.whole(&digest).ok().flatten().ok_or_else(gone)?;
            zip.start_file(format!("{CHUNKS}{digest}"), stored)?;
            zip.write_all(&bytes).map_err(written.clone())?;
        }
        let file = zip.finish()?.into_inner().map_err(|cause| written(cause.into_error()))?;
        file.sync_all().map_err(written)?;
        Ok(manifest)
    }

    fn finish(mut self, file: &Path) -> Result<(), NotDone> {
        let failed = NotDone::file("putting in place", file);
        fs::rename(&self.path, file).map_err(failed.clone())?;
        self.finished = true;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

fn json(document: &impl Serialize) -> Result<Vec<u8>, Error> {
    Ok(serde_json::to_vec(document)?)
}

/// The SHA-256 of what is still to be read.
pub(super) fn digest_of(from: &mut impl Read) -> io::Result<Digest> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(Digest(hash.finalize().into())),
            length => hash.update(&piece[..length]),
        }
    }
}

/// A manifest whose signature is not yet checked: its key id says which keys it needs.
pub(super) fn peek(signed: &Signed) -> Result<Manifest, NotDone> {
    #[derive(Deserialize)]
    struct Any {
        format: String,
    }
    let unreadable = |_| NotDone::Damaged(MANIFEST.to_owned());
    // A later format may have other fields: it is told by its name first.
    let Any { format } = serde_json::from_str(&signed.payload).map_err(unreadable)?;
    if format != FORMAT {
        return Err(NotDone::Format(format));
    }
    serde_json::from_str(&signed.payload).map_err(unreadable)
}

impl Manifest {
    /// Are these the keys of the hall that made the backup, and is the manifest as that hall wrote it?
    pub(super) fn open(signed: &Signed, keys: &Keys) -> Result<Manifest, NotDone> {
        let manifest = peek(signed)?;
        let root = keys.root_public();
        let own = signed.kid == hex(&key_id(&root))
            && manifest.signing == hex(&key_id(&keys.signing(0).verifying_key().to_bytes()))
            && manifest.sealing == keys.sealing_public().kid;
        if !own {
            return Err(NotDone::OtherKeys);
        }
        signed.open(BACKUP, &root).map_err(|_| NotDone::Damaged(MANIFEST.to_owned()))
    }
}

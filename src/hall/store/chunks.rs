//! Sealed attachment chunks: files named by the SHA-256 of what is in them, so that writing one twice changes nothing.

use crate::hall::{Error, keys::private_folder, owner};
use crate::submission::Digest;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::task::spawn_blocking;

#[derive(Clone)]
pub struct Chunks {
    folder: PathBuf,
}

impl Chunks {
    pub fn open(data: &Path) -> Result<Chunks, Error> {
        let folder = data.join("chunks");
        private_folder(&folder)?;
        Ok(Chunks { folder })
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        self.folder.join(&name[..2]).join(name)
    }

    pub async fn has(&self, digest: &Digest) -> std::io::Result<bool> {
        tokio::fs::try_exists(self.path(digest)).await
    }

    /// Those of `wanted` that are not there. What is there counts as arrived just now, so that it is not collected while the
    /// rest is on its way.
    pub async fn missing(&self, wanted: &[Digest]) -> std::io::Result<Vec<Digest>> {
        if wanted.is_empty() {
            return Ok(vec![]);
        }
        let paths: Vec<_> = wanted.iter().map(|digest| (*digest, self.path(digest))).collect();
        let look = move || {
            let mut missing = Vec::new();
            for (digest, path) in paths {
                match touch(&path) {
                    Ok(()) => {}
                    Err(cause) if cause.kind() == ErrorKind::NotFound => missing.push(digest),
                    Err(cause) => return Err(cause),
                }
            }
            Ok(missing)
        };
        spawn_blocking(look).await.map_err(std::io::Error::other)?
    }

    /// Whether it is there; then it counts as arrived just now.
    pub async fn arrived_again(&self, digest: &Digest) -> std::io::Result<bool> {
        Ok(self.missing(&[*digest]).await?.is_empty())
    }

    /// Keeps `bytes`, whose digest the caller has checked. On disk, under its name, when this returns.
    pub async fn keep(&self, digest: Digest, bytes: axum::body::Bytes) -> std::io::Result<()> {
        let path = self.path(&digest);
        spawn_blocking(move || write(&path, &bytes)).await.map_err(std::io::Error::other)?
    }

    /// `None` when it never arrived.
    pub async fn read(&self, digest: &Digest) -> std::io::Result<Option<Vec<u8>>> {
        match tokio::fs::read(self.path(digest)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(cause),
        }
    }

    /// The chunk, if it is there and has the bytes that its name promises.
    pub fn whole(&self, digest: &Digest) -> std::io::Result<Option<Vec<u8>>> {
        match std::fs::read(self.path(digest)) {
            Ok(bytes) => Ok(Some(bytes).filter(|bytes| Digest::of(bytes) == *digest)),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(cause),
        }
    }

    /// Bytes of the disk that are free.
    pub fn free(&self) -> std::io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// What last arrived longer than `age` ago, and drafts that are older than any upload takes.
    pub fn older(&self, age: Duration) -> std::io::Result<Old> {
        let (now, mut old) = (SystemTime::now(), Old::default());
        for path in self.files()? {
            match named(&path) {
                Some(digest) if is_older(&path, age, now)? => old.chunks.push(digest),
                None if path.extension().is_some_and(|e| e == "part") && is_older(&path, DRAFT, now)? => old.drafts.push(path),
                _ => {}
            }
        }
        Ok(old)
    }

    /// Removes those of `digests` that have not arrived again meanwhile; how many.
    pub fn remove(&self, digests: &[Digest], age: Duration) -> std::io::Result<usize> {
        let now = SystemTime::now();
        let mut removed = 0;
        for digest in digests {
            let path = self.path(digest);
            if is_older(&path, age, now)? {
                std::fs::remove_file(&path)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// The names of all that are kept.
    pub fn all(&self) -> std::io::Result<Vec<Digest>> {
        Ok(self.files()?.iter().filter_map(|path| named(path)).collect())
    }

    /// Whatever lies in its folders.
    fn files(&self) -> std::io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for folder in std::fs::read_dir(&self.folder)? {
            let folder = folder?;
            if folder.file_type()?.is_dir() {
                for file in std::fs::read_dir(folder.path())? {
                    files.push(file?.path());
                }
            }
        }
        Ok(files)
    }
}

/// The digest in the name of a chunk's file.
fn named(path: &Path) -> Option<Digest> {
    path.file_name()?.to_str()?.parse().ok()
}

/// How old a draft is before nobody writes it any more.
const DRAFT: Duration = Duration::from_secs(3600);

/// A file that has gone is not old.
fn is_older(path: &Path, age: Duration, now: SystemTime) -> std::io::Result<bool> {
    match std::fs::metadata(path).and_then(|about| about.modified()) {
        // One of the future, after a clock was set back, is not old either.
        Ok(modified) => Ok(now.duration_since(modified).is_ok_and(|old| old > age)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(cause),
    }
}

fn touch(path: &Path) -> std::io::Result<()> {
    let file = std::fs::File::open(path)?;
    // Not allowed where a command of another user wrote it, as earlier versions did. It is there all the same, and nothing needed is ever collected.
    let _ = file.set_modified(SystemTime::now());
    Ok(())
}

/// What a folder of chunks holds that is older than some age.
#[derive(Default)]
pub struct Old {
    pub chunks: Vec<Digest>,
    /// Files in which a chunk was being written when the hall was killed.
    pub drafts: Vec<PathBuf>,
}

/// Write beside, sync, rename, sync the folder and the one above, which names it: a crash leaves the whole chunk or none.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    owner::like_its_folder(folder)?;
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    let draft = path.with_extension(format!("{}.part", crate::signing::hex(&random)));
    let mut file = std::fs::File::create_new(&draft)?;
    owner::like_its_folder(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    path.ancestors().skip(1).take(2).try_for_each(|folder| std::fs::File::open(folder)?.sync_all())
}

//! Sealed attachment chunks: files named by the SHA-256 of what is in them, so that writing one twice changes nothing.

use crate::hall::{Error, keys::private_folder};
use crate::submission::Digest;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;

pub struct Chunks {
    folder: PathBuf,
}

impl Chunks {
    pub(super) fn open(data: &Path) -> Result<Chunks, Error> {
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

    /// Those of `wanted` that have not arrived, each once.
    pub async fn missing(&self, wanted: &[Digest]) -> std::io::Result<Vec<Digest>> {
        let mut missing = Vec::new();
        for digest in wanted {
            if !missing.contains(digest) && !self.has(digest).await? {
                missing.push(*digest);
            }
        }
        Ok(missing)
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
}

/// Write beside, sync, rename, sync the folder and the one above, which names it: a crash leaves the whole chunk or none.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    let draft = path.with_extension(format!("{}.part", crate::signing::hex(&random)));
    let mut file = std::fs::File::create_new(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    path.ancestors().skip(1).take(2).try_for_each(|folder| std::fs::File::open(folder)?.sync_all())
}

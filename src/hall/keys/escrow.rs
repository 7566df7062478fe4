//! An escrow file: the hall's keys under a passphrase, for the day on which the data folder's own cannot be opened any more.
//! It never grows old, since later signing keys follow from the root.

use super::{Keys, SealedKeys, Secret, Unlock, convert, write_private};
use crate::hall::lock::Lock;
use crate::hall::{Error, store};
use crate::receipt::TrustList;
use crate::signing::TRUST_LIST;
use sqlx::Connection;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use zeroize::Zeroizing;

/// What failed when the file to import cannot be read.
pub const READING: &str = "reading the exported keys";

/// Writes the keys to a new file, which only its owner can read.
pub fn export(keys: &Keys, file: &Path, passphrase: Zeroizing<String>) -> Result<(), Error> {
    let sealed = serde_json::to_string(&SealedKeys::seal(keys, &Secret::Passphrase(passphrase))?)?;
    match write_private(file, &sealed) {
        Err(Error::File { cause, .. }) if cause.kind() == ErrorKind::AlreadyExists => Err(Error::Exists(file.to_owned())),
        Err(failed) => {
            // Half a file would look like an escrow.
            let _ = fs::remove_file(file);
            Err(failed)
        }
        Ok(()) => Ok(()),
    }
}

/// Puts the keys of a file into a data folder: that of their own hall, or an empty one.
pub async fn import(file: &Path, passphrase: Zeroizing<String>, data: &Path, unlock: &Unlock) -> Result<Keys, Error> {
    let text = fs::read_to_string(file).map_err(Error::file(READING, file))?;
    let sealed: SealedKeys = serde_json::from_str(&text).map_err(|_| Error::Key(file.to_owned()))?;
    let keys = sealed.open(&Secret::Passphrase(passphrase))?;
    let _lock = Lock::to_replace(data)?;
    if !are_of(&keys, data, unlock).await? {
        return Err(Error::OtherKeys);
    }
    keys.replace(data, &unlock.make(data)?)?;
    convert(data, unlock)?;
    Ok(keys)
}

/// What the hall has signed says whose the folder is; before anything was signed, the keys that it has.
async fn are_of(keys: &Keys, data: &Path, unlock: &Unlock) -> Result<bool, Error> {
    if data.join("hall.db").exists() {
        let mut db = store::look(data).await?;
        let latest = store::trust::latest(&mut db).await?;
        db.close().await?;
        if let Some(latest) = latest {
            let list = latest.signed.open::<TrustList>(TRUST_LIST, &keys.root_public());
            return Ok(list.is_ok_and(|list| list.sealing == *keys.sealing_public()));
        }
    }
    match Keys::open(data, unlock) {
        Ok(there) => Ok(there.root_public() == keys.root_public()),
        Err(Error::NoKeys(_)) => Ok(true),
        Err(shut) => Err(shut),
    }
}

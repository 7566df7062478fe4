//! Keys under a seal, and what opens it: a file of 32 random bytes, or a passphrase. A backup or an escrow file has them
//! always under a passphrase.

use super::{Keys, read_key, sync};
use crate::hall::Error;
use crate::signing::{from_hex, hex};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The shortest passphrase, in characters.
pub const PASSPHRASE: usize = 12;

/// What opens the keys of a data folder. It is never in that folder: a copy of the data alone opens nothing.
#[derive(Clone, Default)]
pub enum Unlock {
    /// A key file beside the data folder, which has its name and `.unlock`. It is made with the keys.
    #[default]
    Beside,
    /// A key file elsewhere, such as on another disk; it is made with the keys when it is not there.
    KeyFile(PathBuf),
    Passphrase(Zeroizing<String>),
}

impl fmt::Debug for Unlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unlock::Beside => f.write_str("Beside"),
            Unlock::KeyFile(path) => f.debug_tuple("KeyFile").field(path).finish(),
            Unlock::Passphrase(_) => f.write_str("Passphrase(redacted)"),
        }
    }
}

impl Unlock {
    /// Reads what opens the keys of `data`.
    pub fn read(&self, data: &Path) -> Result<Secret, Error> {
        let Some(path) = self.key_file(data)? else { return self.passphrase() };
        if !path.exists() {
            return Err(Error::NoKeyFile(path));
        }
        Ok(Secret::KeyFile(read_key(&path)?))
    }

    /// The same for keys that are to be sealed: the key file is made unless it is there. `data` must be there.
    pub fn make(&self, data: &Path) -> Result<Secret, Error> {
        let Some(path) = self.key_file(data)? else { return self.passphrase() };
        let failed = |cause| Error::KeyFileNotMade { path: path.clone(), cause };
        self.lasts(data, &path).and_then(|()| make_key_file(&path, data)).map_err(failed)?;
        Ok(Secret::KeyFile(read_key(&path)?))
    }

    fn passphrase(&self) -> Result<Secret, Error> {
        match self {
            Unlock::Passphrase(words) => Ok(Secret::Passphrase(words.clone())),
            Unlock::Beside | Unlock::KeyFile(_) => Err(Error::NeedsPassphrase),
        }
    }

    /// None for a passphrase.
    fn key_file(&self, data: &Path) -> Result<Option<PathBuf>, Error> {
        match self {
            Unlock::Passphrase(_) => Ok(None),
            Unlock::KeyFile(path) => Ok(Some(path.clone())),
            Unlock::Beside => {
                // However the folder is called (`.`, a link), the file is the same.
                let mut path = fs::canonicalize(data).map_err(Error::file("finding", data))?.into_os_string();
                path.push(".unlock");
                Ok(Some(path.into()))
            }
        }
    }

    /// A key file must not come with a copy of the data, and must still be there tomorrow.
    fn lasts(&self, data: &Path, path: &Path) -> io::Result<()> {
        let data = fs::canonicalize(data)?;
        let parent = fs::canonicalize(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
        if parent.starts_with(&data) {
            return Err(io::Error::other("it would lie in the data folder"));
        }
        // What is beside a mounted disk, as in a container, may be gone when the disk is mounted again.
        if matches!(self, Unlock::Beside) && !path.exists() && fs::metadata(&parent)?.dev() != fs::metadata(&data)?.dev() {
            return Err(io::Error::other("the data folder is a mount point"));
        }
        Ok(())
    }
}

/// Two that make one at the same time get the same; one that the power cut off is empty, and is made again.
fn make_key_file(path: &Path, data: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.lock()?;
    if file.read(&mut [0])? > 0 {
        return Ok(());
    }
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *key).map_err(io::Error::other)?;
    let text = Zeroizing::new(hex(&*key) + "\n");
    file.write_all(text.as_bytes())?;
    // An operator may work as root: the server must be able to read it.
    let (own, hall) = (file.metadata()?, fs::metadata(data)?);
    if own.uid() != hall.uid() {
        fchown(&file, Some(hall.uid()), Some(hall.gid()))?;
    }
    file.sync_all()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    sync(parent).map_err(io::Error::other)
}

/// What seals and opens keys.
pub enum Secret {
    KeyFile(Zeroizing<[u8; 32]>),
    Passphrase(Zeroizing<String>),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// Under a key file: SHA-256 of this name, the salt and the 32 random bytes, which need no slow hash, is the key.
const KEY_FILE: &str = "mingbai-keys/key-file-sha256/chacha20poly1305";
/// Under a passphrase: Argon2id makes of it the key.
const WORDS: &str = "mingbai-keys/argon2id-64MiB-3-1/chacha20poly1305";
/// KiB of memory, passes, lanes.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);

impl Secret {
    fn format(&self) -> &'static str {
        match self {
            Secret::KeyFile(_) => KEY_FILE,
            Secret::Passphrase(_) => WORDS,
        }
    }

    /// Of a key that seals one message only, since the salt is new each time: the nonce may be always the same.
    fn cipher(&self, salt: &[u8; 16]) -> Result<ChaCha20Poly1305, Error> {
        let mut key = Zeroizing::new([0; 32]);
        match self {
            Secret::KeyFile(random) => {
                let hash = Sha256::new_with_prefix(KEY_FILE).chain_update([0]).chain_update(salt).chain_update(**random);
                *key = hash.finalize().into();
            }
            Secret::Passphrase(words) => {
                let (memory, passes, lanes) = COST;
                let params = Params::new(memory, passes, lanes, Some(32)).map_err(|cause| Error::Password(cause.into()))?;
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                argon2.hash_password_into(words.as_bytes(), salt, &mut *key).map_err(|cause| Error::Password(cause.into()))?;
            }
        }
        Ok(ChaCha20Poly1305::new(&Key::from(*key)))
    }
}

/// The hall's keys under a seal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedKeys {
    /// [`KEY_FILE`] or [`WORDS`]; other costs or another cipher would be another one.
    format: String,
    /// Hex.
    salt: String,
    /// Root, first signing key, sealing key; hex.
    sealed: String,
}

impl SealedKeys {
    pub fn seal(keys: &Keys, secret: &Secret) -> Result<SealedKeys, Error> {
        if matches!(secret, Secret::Passphrase(words) if words.chars().count() < PASSPHRASE) {
            return Err(Error::Passphrase);
        }
        let mut salt = [0; 16];
        getrandom::fill(&mut salt)?;
        let plain = Zeroizing::new(keys.bytes().map(|key| *key).concat());
        let format = secret.format();
        let sealed = secret.cipher(&salt)?.encrypt(&Nonce::default(), Payload { msg: &plain, aad: format.as_bytes() });
        // Fails only for messages of many gigabytes.
        let sealed = hex(&sealed.map_err(|_| Error::SealedKeys)?);
        Ok(SealedKeys { format: format.to_owned(), salt: hex(&salt), sealed })
    }

    /// Is it that kind of seal which `unlock` opens?
    pub fn fits(&self, unlock: &Unlock) -> Result<(), Error> {
        match (self.format.as_str(), unlock) {
            (WORDS, Unlock::Beside | Unlock::KeyFile(_)) => Err(Error::NeedsPassphrase),
            (KEY_FILE, Unlock::Passphrase(_)) => Err(Error::NeedsKeyFile),
            _ => Ok(()),
        }
    }

    /// [`Error::SealedKeys`] when the secret is another one, or something was changed.
    pub fn open(&self, secret: &Secret) -> Result<Keys, Error> {
        let salt = from_hex::<16>(&self.salt).filter(|_| self.format == secret.format()).ok_or(Error::SealedKeys)?;
        let sealed = from_hex::<{ 96 + 16 }>(&self.sealed).ok_or(Error::SealedKeys)?;
        let plain = secret.cipher(&salt)?.decrypt(&Nonce::default(), Payload { msg: &sealed, aad: self.format.as_bytes() });
        let plain = Zeroizing::new(plain.map_err(|_| Error::SealedKeys)?);
        let mut keys: [Zeroizing<[u8; 32]>; 3] = Default::default();
        keys.iter_mut().zip(plain.chunks_exact(32)).for_each(|(key, bytes)| key.copy_from_slice(bytes));
        let [root, signing, sealing] = keys;
        Keys::of(&root, &signing, sealing)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn keys() -> Keys {
        Keys::of(&[1; 32], &[2; 32], Zeroizing::new([3; 32])).unwrap()
    }

    fn words(text: &str) -> Secret {
        Secret::Passphrase(Zeroizing::new(text.into()))
    }

    #[test]
    fn sealed_keys_open_with_their_secret_only() {
        let file = |seed: u8| Secret::KeyFile(Zeroizing::new([seed; 32]));
        let passphrase = "a passphrase of several words";
        for (own, others) in [(words(passphrase), [words("another passphrase"), file(1)]), (file(1), [file(2), words(passphrase)])] {
            let sealed = SealedKeys::seal(&keys(), &own).unwrap();
            assert_eq!(sealed.open(&own).unwrap().bytes(), keys().bytes());
            for other in others {
                assert!(matches!(sealed.open(&other), Err(Error::SealedKeys)));
            }
            let text = serde_json::to_string(&sealed).unwrap();
            assert!(keys().bytes().iter().all(|key| !text.contains(&hex(&**key))));
            let changed: [fn(&mut SealedKeys); 4] = [
                |s| s.format.push('2'),
                |s| s.salt.truncate(30),
                |s| s.sealed.replace_range(0..2, if s.sealed.starts_with("00") { "01" } else { "00" }),
                |s| s.sealed.truncate(190),
            ];
            for change in changed {
                let mut other = SealedKeys::seal(&keys(), &own).unwrap();
                change(&mut other);
                assert!(matches!(other.open(&own), Err(Error::SealedKeys)));
            }
        }
        assert!(matches!(SealedKeys::seal(&keys(), &words("too short")), Err(Error::Passphrase)));
    }
}

//! The hall's three keys, each a file of 64 hexadecimal digits that only its owner can read: *root* signs the trust list
//! and the catalogue, *signing* signs receipts, *sealing* opens submissions. In a backup they lie under a passphrase
//! ([`SealedKeys`]), or not at all.

use super::Error;
use crate::catalogue::bundle::Bundle;
use crate::signing::{self, Signed, from_hex, hex, key_id};
use crate::submission::{SealingKey, public_of};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

pub struct Keys {
    root: SigningKey,
    signing: SigningKey,
    sealing: [u8; 32],
    sealing_public: SealingKey,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

const FILES: [&str; 3] = ["root.key", "signing.key", "sealing.key"];

fn folder(data: &Path) -> PathBuf {
    data.join("keys")
}

/// Makes a folder, and those above it, that only the owner can enter.
pub(super) fn private_folder(path: &Path) -> Result<(), Error> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(Error::file("making the folder", path))
}

fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(Error::file("making the key file", path))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::file("writing the key file", path))
}

fn read_key(path: &Path) -> Result<[u8; 32], Error> {
    let text = fs::read_to_string(path).map_err(Error::file("reading the key file", path))?;
    signing::from_hex(text.trim()).ok_or_else(|| Error::Key(path.to_owned()))
}

impl Keys {
    /// Reads the keys of a data folder; [`Error::NoKeys`] when it has none.
    pub fn open(data: &Path) -> Result<Keys, Error> {
        if !folder(data).exists() {
            return Err(Error::NoKeys(data.to_owned()));
        }
        Keys::read(&folder(data))
    }

    /// Reads the three files of a folder.
    pub fn read(folder: &Path) -> Result<Keys, Error> {
        let [root, signing, sealing] = FILES.map(|name| read_key(&folder.join(name)));
        Keys::of(root?, signing?, sealing?)
    }

    /// Makes new keys in a data folder that has none.
    pub fn create(data: &Path) -> Result<Keys, Error> {
        let mut made = [[0; 32]; 3];
        made.iter_mut().try_for_each(|key| getrandom::fill(key))?;
        let [root, signing, sealing] = made;
        let keys = Keys::of(root, signing, sealing)?;
        keys.keep(data)?;
        Ok(keys)
    }

    /// Writes the keys into a data folder, all or none: they appear under their name in one step. Never over existing ones.
    pub fn keep(&self, data: &Path) -> Result<(), Error> {
        let target = folder(data);
        let draft = data.join("keys.new");
        private_folder(data)?;
        match fs::remove_dir_all(&draft) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(Error::file("removing the half-made folder", &draft)(cause)),
            _ => private_folder(&draft)?,
        }
        for (name, key) in FILES.iter().zip(self.bytes()) {
            write_private(&draft.join(name), &format!("{}\n", hex(&key)))?;
        }
        let sync = |folder: &Path| fs::File::open(folder).and_then(|f| f.sync_all()).map_err(Error::file("writing the folder", folder));
        sync(&draft)?;
        fs::rename(&draft, &target).map_err(Error::file("putting the keys in place", &target))?;
        // Lost keys would be lost submissions.
        sync(data)
    }

    /// In the order of [`FILES`].
    fn bytes(&self) -> [[u8; 32]; 3] {
        [self.root.to_bytes(), self.signing.to_bytes(), self.sealing]
    }

    fn of(root: [u8; 32], signing: [u8; 32], sealing: [u8; 32]) -> Result<Keys, Error> {
        let public = public_of(&sealing).map_err(|_| Error::Key(PathBuf::from("sealing.key")))?;
        let sealing_public = SealingKey { kid: hex(&key_id(&public)), public: hex(&public) };
        Ok(Keys { root: SigningKey::from_bytes(&root), signing: SigningKey::from_bytes(&signing), sealing, sealing_public })
    }

    /// Public half of the root key, as devices pin it.
    pub fn root_public(&self) -> [u8; 32] {
        self.root.verifying_key().to_bytes()
    }

    pub fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The private sealing key.
    pub fn sealing(&self) -> &[u8; 32] {
        &self.sealing
    }

    pub fn sealing_public(&self) -> &SealingKey {
        &self.sealing_public
    }

    pub fn sign_bundle(&self, bundle: &Bundle) -> Result<Signed, Error> {
        Ok(Signed::sign(bundle, signing::BUNDLE, &self.root)?)
    }

    pub fn sign_backup(&self, manifest: &super::backup::Manifest) -> Result<Signed, Error> {
        Ok(Signed::sign(manifest, signing::BACKUP, &self.root)?)
    }

    pub fn sign_trust(&self, list: &crate::receipt::TrustList) -> Result<Signed, Error> {
        Ok(Signed::sign(list, signing::TRUST_LIST, &self.root)?)
    }
}

/// Hall keys under a passphrase. Argon2id makes of it a key for ChaCha20-Poly1305.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedKeys {
    /// [`SEALED`]; other costs or another cipher would be another one.
    format: String,
    /// Hex.
    salt: String,
    /// The three keys in the order of their files; hex.
    sealed: String,
}

const SEALED: &str = "mingbai-keys/argon2id-64MiB-3-1/chacha20poly1305";
/// KiB of memory, passes, lanes.
const COST: (u32, u32, u32) = (64 * 1024, 3, 1);

impl SealedKeys {
    pub fn seal(keys: &Keys, passphrase: &str) -> Result<SealedKeys, Error> {
        let mut salt = [0; 16];
        getrandom::fill(&mut salt)?;
        let plain = keys.bytes().concat();
        let sealed = cipher(passphrase, &salt)?.encrypt(&Nonce::default(), Payload { msg: &plain, aad: SEALED.as_bytes() });
        // Fails only for messages of many gigabytes.
        let sealed = hex(&sealed.map_err(|_| Error::SealedKeys)?);
        Ok(SealedKeys { format: SEALED.to_owned(), salt: hex(&salt), sealed })
    }

    /// [`Error::SealedKeys`] when the passphrase is another one, or something was changed.
    pub fn open(&self, passphrase: &str) -> Result<Keys, Error> {
        let salt = from_hex::<16>(&self.salt).filter(|_| self.format == SEALED).ok_or(Error::SealedKeys)?;
        let sealed = from_hex::<{ 96 + 16 }>(&self.sealed).ok_or(Error::SealedKeys)?;
        let plain = cipher(passphrase, &salt)?.decrypt(&Nonce::default(), Payload { msg: &sealed, aad: SEALED.as_bytes() });
        let plain = plain.map_err(|_| Error::SealedKeys)?;
        let mut keys = [[0; 32]; 3];
        keys.iter_mut().zip(plain.chunks_exact(32)).for_each(|(key, bytes)| key.copy_from_slice(bytes));
        let [root, signing, sealing] = keys;
        Keys::of(root, signing, sealing)
    }
}

/// A key that seals one message only, since the salt is new each time: the nonce may be always the same.
fn cipher(passphrase: &str, salt: &[u8; 16]) -> Result<ChaCha20Poly1305, Error> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(|cause| Error::Password(cause.into()))?;
    let mut key = Key::default();
    let made = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(passphrase.as_bytes(), salt, &mut key);
    made.map_err(|cause| Error::Password(cause.into()))?;
    Ok(ChaCha20Poly1305::new(&key))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn keys_are_the_owners_alone_and_are_never_replaced() {
        let data = tempfile::tempdir().unwrap();
        assert!(matches!(Keys::open(data.path()), Err(Error::NoKeys(_))));
        let made = Keys::create(data.path()).unwrap();
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder(data.path())), 0o700);
        for name in FILES {
            assert_eq!(mode(folder(data.path()).join(name)), 0o600);
        }
        assert!(Keys::create(data.path()).is_err());
        assert_eq!(Keys::open(data.path()).unwrap().root_public(), made.root_public());
        fs::write(folder(data.path()).join("signing.key"), "short").unwrap();
        assert!(matches!(Keys::open(data.path()), Err(Error::Key(_))));
    }

    #[test]
    fn sealed_keys_open_with_their_passphrase_only() {
        let data = tempfile::tempdir().unwrap();
        let keys = Keys::create(data.path()).unwrap();
        let sealed = SealedKeys::seal(&keys, "a passphrase of several words").unwrap();
        assert_eq!(sealed.open("a passphrase of several words").unwrap().bytes(), keys.bytes());
        assert!(matches!(sealed.open("another passphrase"), Err(Error::SealedKeys)));
        let text = serde_json::to_string(&sealed).unwrap();
        assert!(keys.bytes().iter().all(|key| !text.contains(&hex(key))));
        let changed: [fn(&mut SealedKeys); 4] = [
            |s| s.format.push('2'),
            |s| s.salt.truncate(30),
            |s| s.sealed.replace_range(0..2, if s.sealed.starts_with("00") { "01" } else { "00" }),
            |s| s.sealed.truncate(190),
        ];
        for change in changed {
            let mut other = SealedKeys::seal(&keys, "p").unwrap();
            change(&mut other);
            assert!(matches!(other.open("p"), Err(Error::SealedKeys)));
        }
    }
}

//! The hall's three keys, each a file of 64 hexadecimal digits that only its owner can read: *root* signs the trust list
//! and the catalogue, *signing* signs receipts, *sealing* opens submissions.

use super::Error;
use crate::catalogue::bundle::Bundle;
use crate::signing::{self, Signed, hex, key_id};
use crate::submission::{SealingKey, public_of};
use ed25519_dalek::SigningKey;
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
        let [root, signing, sealing] = FILES.map(|name| folder(data).join(name));
        if !folder(data).exists() {
            return Err(Error::NoKeys(data.to_owned()));
        }
        Keys::of(read_key(&root)?, read_key(&signing)?, read_key(&sealing)?)
    }

    /// Makes new keys, all or none: they appear under their name in one step. Never writes over existing ones.
    pub fn create(data: &Path) -> Result<Keys, Error> {
        let target = folder(data);
        let draft = data.join("keys.new");
        private_folder(data)?;
        match fs::remove_dir_all(&draft) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => return Err(Error::file("removing the half-made folder", &draft)(cause)),
            _ => private_folder(&draft)?,
        }
        for name in FILES {
            let mut key = [0; 32];
            getrandom::fill(&mut key)?;
            write_private(&draft.join(name), &format!("{}\n", hex(&key)))?;
        }
        let sync = |folder: &Path| fs::File::open(folder).and_then(|f| f.sync_all()).map_err(Error::file("writing the folder", folder));
        sync(&draft)?;
        fs::rename(&draft, &target).map_err(Error::file("putting the keys in place", &target))?;
        // Lost keys would be lost submissions.
        sync(data)?;
        Keys::open(data)
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

    pub fn sign_trust(&self, list: &crate::receipt::TrustList) -> Result<Signed, Error> {
        Ok(Signed::sign(list, signing::TRUST_LIST, &self.root)?)
    }
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
}

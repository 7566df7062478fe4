//! The hall's keys. *Root* signs the trust list, the catalogue and backups; *sealing* opens submissions; *signing* keys sign
//! receipts.
//!
//! Signing keys live shortly ([`super::trust`]). The first was made with the root; every later one is derived from the root
//! and its number (SHA-256 of a context, the root's seed and the number), so that a rotation changes nothing but the trust
//! list: no file can be lost, half written or older than the database, and a copy of the keys, however old, knows every
//! signing key there will ever be. Who has a signing key learns nothing of the root or of another one. Who has the root could
//! put any key into the list: it is the root that the seal protects.
//!
//! In a data folder the keys lie in one file, `keys/sealed.json`, which opens with what lies elsewhere ([`Unlock`]): a key
//! file beside the folder, or a passphrase. A copy of the data folder alone opens nothing. Earlier versions kept them plain,
//! as three files of hexadecimal digits: such a folder still opens, and [`convert`] seals it at the next start. Copies of it
//! that were made before stay plain: they are as precious as the keys.

pub mod escrow;
mod sealed;

pub use sealed::{PASSPHRASE, SealedKeys, Secret, Unlock};

use super::{Error, owner};
use crate::catalogue::bundle::Bundle;
use crate::signing::{self, Signed, hex, key_id};
use crate::submission::{SealingKey, public_of};
use ed25519_dalek::SigningKey;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

pub struct Keys {
    root: SigningKey,
    /// The first signing key.
    signing: SigningKey,
    sealing: Zeroizing<[u8; 32]>,
    sealing_public: SealingKey,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(redacted)")
    }
}

/// In the folder `keys`.
const SEALED: &str = "sealed.json";
/// Where earlier versions had each key.
const PLAIN: [&str; 3] = ["root.key", "signing.key", "sealing.key"];
/// What a signing key is derived under.
const SIGNING: &[u8] = b"mingbai/signing-key/1\0";

fn folder(data: &Path) -> PathBuf {
    data.join("keys")
}

/// Are there keys in a data folder? [`Error::NoKeys`] when there are none; they are not opened.
pub fn exist(data: &Path) -> Result<(), Error> {
    if folder(data).exists() { Ok(()) } else { Err(Error::NoKeys(data.to_owned())) }
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

fn sync(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(Error::file("writing the folder", folder))
}

fn gone(removed: std::io::Result<()>, path: &Path) -> Result<(), Error> {
    match removed {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(Error::file("removing", path)(cause)),
        _ => Ok(()),
    }
}

/// 64 hexadecimal digits.
fn read_key(path: &Path) -> Result<Zeroizing<[u8; 32]>, Error> {
    let text = Zeroizing::new(fs::read_to_string(path).map_err(Error::file("reading the key file", path))?);
    signing::from_hex(text.trim()).map(Zeroizing::new).ok_or_else(|| Error::Key(path.to_owned()))
}

/// Writes the file in one step.
fn write_sealed(folder: &Path, sealed: &SealedKeys) -> Result<(), Error> {
    let (draft, target) = (folder.join("sealed.new"), folder.join(SEALED));
    gone(fs::remove_file(&draft), &draft)?;
    write_private(&draft, &serde_json::to_string(sealed)?)?;
    owner::like_its_folder(&draft).map_err(Error::file("giving to the hall's user", &draft))?;
    fs::rename(&draft, &target).map_err(Error::file("putting the keys in place", &target))?;
    sync(folder)
}

/// Seals the keys that an earlier version left plain in a data folder. The sealed file takes its name in one step, and a plain
/// key goes only when the sealed file opens and holds the same: killed at any moment, the keys are there, and what is left to
/// do is done next time.
pub fn convert(data: &Path, unlock: &Unlock) -> Result<(), Error> {
    let folder = folder(data);
    let plain = PLAIN.map(|name| folder.join(name));
    if !plain.iter().any(|path| path.exists()) {
        return Ok(());
    }
    let sealed = folder.join(SEALED);
    if !sealed.exists() {
        let keys = Keys::read(&folder, unlock)?;
        write_sealed(&folder, &SealedKeys::seal(&keys, &unlock.make(data)?)?)?;
    }
    let keys = Keys::read(&folder, unlock)?;
    for (path, key) in plain.iter().zip(keys.bytes()) {
        if path.exists() && *read_key(path)? == *key {
            gone(fs::remove_file(path), path)?;
        }
    }
    sync(&folder)
}

impl Keys {
    /// Reads the keys of a data folder; [`Error::NoKeys`] when it has none.
    pub fn open(data: &Path, unlock: &Unlock) -> Result<Keys, Error> {
        exist(data)?;
        Keys::read(&folder(data), unlock)
    }

    /// Reads the keys in a folder like `keys` of a data folder.
    pub fn read(folder: &Path, unlock: &Unlock) -> Result<Keys, Error> {
        let sealed = folder.join(SEALED);
        if !sealed.exists() && PLAIN.iter().any(|name| folder.join(name).exists()) {
            let [root, signing, sealing] = PLAIN.map(|name| read_key(&folder.join(name)));
            return Keys::of(&*root?, &*signing?, sealing?);
        }
        let text = fs::read_to_string(&sealed).map_err(Error::file("reading the key file", &sealed))?;
        let keys: SealedKeys = serde_json::from_str(&text).map_err(|_| Error::Key(sealed))?;
        // What is missing is told before what cannot be opened.
        keys.fits(unlock)?;
        keys.open(&unlock.read(folder.parent().unwrap_or(folder))?)
    }

    /// Makes new keys in a data folder that has none.
    pub fn create(data: &Path, unlock: &Unlock) -> Result<Keys, Error> {
        let mut made = std::array::from_fn(|_| Zeroizing::new([0; 32]));
        made.iter_mut().try_for_each(|key| getrandom::fill(&mut **key))?;
        let [root, signing, sealing] = made;
        let keys = Keys::of(&root, &signing, sealing)?;
        private_folder(data)?;
        keys.keep(data, &unlock.make(data)?)?;
        Ok(keys)
    }

    /// Puts the keys into a data folder, sealed: they appear under their name in one step. Never over existing ones.
    pub fn keep(&self, data: &Path, secret: &Secret) -> Result<(), Error> {
        let sealed = SealedKeys::seal(self, secret)?;
        let (target, draft) = (folder(data), data.join("keys.new"));
        gone(fs::remove_dir_all(&draft), &draft)?;
        private_folder(&draft)?;
        owner::like_its_folder(&draft).map_err(Error::file("giving to the hall's user", &draft))?;
        write_sealed(&draft, &sealed)?;
        fs::rename(&draft, &target).map_err(Error::file("putting the keys in place", &target))?;
        // Lost keys would be lost submissions.
        sync(data)
    }

    /// The same over those that lie there already.
    pub fn replace(&self, data: &Path, secret: &Secret) -> Result<(), Error> {
        if exist(data).is_err() { self.keep(data, secret) } else { write_sealed(&folder(data), &SealedKeys::seal(self, secret)?) }
    }

    /// In the order of [`PLAIN`].
    fn bytes(&self) -> [Zeroizing<[u8; 32]>; 3] {
        [Zeroizing::new(self.root.to_bytes()), Zeroizing::new(self.signing.to_bytes()), self.sealing.clone()]
    }

    fn of(root: &[u8; 32], signing: &[u8; 32], sealing: Zeroizing<[u8; 32]>) -> Result<Keys, Error> {
        let public = public_of(&sealing).map_err(|_| Error::Key(PathBuf::from("sealing")))?;
        let sealing_public = SealingKey { kid: hex(&key_id(&public)), public: hex(&public) };
        Ok(Keys { root: SigningKey::from_bytes(root), signing: SigningKey::from_bytes(signing), sealing, sealing_public })
    }

    /// Public half of the root key, as devices pin it.
    pub fn root_public(&self) -> [u8; 32] {
        self.root.verifying_key().to_bytes()
    }

    /// The signing key of that number; the first has the number 0.
    pub fn signing(&self, number: usize) -> SigningKey {
        if number == 0 {
            return self.signing.clone();
        }
        let mut hash = Sha256::new_with_prefix(SIGNING);
        hash.update(Zeroizing::new(self.root.to_bytes()));
        hash.update((number as u64).to_be_bytes());
        SigningKey::from_bytes(&Zeroizing::new(hash.finalize().into()))
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

/// The public half of a signing key, hex, as the trust list names it.
pub fn public(key: &SigningKey) -> String {
    hex(&key.verifying_key().to_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn words(text: &str) -> Unlock {
        Unlock::Passphrase(Zeroizing::new(text.into()))
    }

    fn plain_keys(data: &Path) {
        fs::create_dir_all(folder(data)).unwrap();
        for (name, seed) in PLAIN.iter().zip([1, 2, 3]) {
            fs::write(folder(data).join(name), format!("{}\n", hex(&[seed; 32]))).unwrap();
        }
    }

    #[test]
    fn keys_are_the_owners_alone_and_are_never_replaced() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        let beside = Unlock::default();
        assert!(matches!(Keys::open(&data, &beside), Err(Error::NoKeys(_))));
        let made = Keys::create(&data, &beside).unwrap();
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let key_file = place.path().join("data.unlock");
        assert_eq!((mode(folder(&data)), mode(folder(&data).join(SEALED)), mode(key_file.clone())), (0o700, 0o600, 0o600));
        assert_eq!(fs::read_dir(folder(&data)).unwrap().count(), 1);
        assert!(Keys::create(&data, &beside).is_err());
        assert_eq!(Keys::open(&data, &beside).unwrap().bytes(), made.bytes());
        let named = Unlock::KeyFile(key_file.clone());
        assert_eq!(Keys::read(&folder(&data), &named).unwrap().bytes(), made.bytes());
        assert!(matches!(Keys::open(&data, &words("a long passphrase")), Err(Error::NeedsKeyFile)));

        // A copy of the data folder opens nothing.
        let key = fs::read(&key_file).unwrap();
        fs::remove_file(&key_file).unwrap();
        assert!(matches!(Keys::open(&data, &beside), Err(Error::NoKeyFile(_))));
        fs::write(&key_file, hex(&[7; 32])).unwrap();
        assert!(matches!(Keys::open(&data, &beside), Err(Error::SealedKeys)));
        fs::write(&key_file, "short").unwrap();
        assert!(matches!(Keys::open(&data, &beside), Err(Error::Key(_))));
        fs::write(&key_file, key).unwrap();
        fs::write(folder(&data).join(SEALED), "{").unwrap();
        assert!(matches!(Keys::open(&data, &beside), Err(Error::Key(_))));
    }

    #[test]
    fn a_key_file_is_never_made_where_a_copy_of_the_data_would_have_it() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        for inside in [data.join("key"), data.join("deeper").join("..").join("key")] {
            fs::create_dir_all(data.join("deeper")).unwrap();
            let made = Keys::create(&data, &Unlock::KeyFile(inside));
            assert!(matches!(made, Err(Error::KeyFileNotMade { .. })), "{made:?}");
        }
        assert!(matches!(Keys::create(Path::new("/proc"), &Unlock::default()), Err(Error::KeyFileNotMade { .. })), "a mount point");
        assert!(matches!(Keys::create(&data, &words("too short")), Err(Error::Passphrase)));
        assert!(!folder(&data).exists());
        // Two halls may have one key file.
        let elsewhere = Unlock::KeyFile(place.path().join("key"));
        let made = [Keys::create(&data, &elsewhere).unwrap(), Keys::create(&place.path().join("other"), &elsewhere).unwrap()];
        assert_ne!(made[0].bytes(), made[1].bytes());
        assert_eq!(Keys::open(&data, &elsewhere).unwrap().bytes(), made[0].bytes());
    }

    /// Wherever the power went, the keys open, and at the next start only the sealed ones are left.
    #[test]
    fn plain_keys_are_sealed_and_never_lost_on_the_way() {
        // A passphrase is slow on purpose.
        for (unlock, states) in [(Unlock::default(), 0..6), (words("several words of a passphrase"), 4..5)] {
            for left in states {
                let place = tempfile::tempdir().unwrap();
                let data = place.path().join("data");
                plain_keys(&data);
                let keys = Keys::open(&data, &unlock).unwrap();
                assert_eq!(keys.bytes(), [1, 2, 3].map(|seed| Zeroizing::new([seed; 32])));
                match left {
                    0 => {}
                    // The key file is there, whole or still empty.
                    1 => drop(unlock.make(&data).unwrap()),
                    2 => fs::write(place.path().join("data.unlock"), "").unwrap(),
                    // Half written, and not yet under its name.
                    3 => fs::write(folder(&data).join("sealed.new"), "{\"format\":").unwrap(),
                    // Sealed, with some of the plain ones still there.
                    4 => keys.replace(&data, &unlock.make(&data).unwrap()).unwrap(),
                    _ => {
                        keys.replace(&data, &unlock.make(&data).unwrap()).unwrap();
                        fs::remove_file(folder(&data).join(PLAIN[0])).unwrap();
                    }
                }
                assert_eq!(Keys::open(&data, &unlock).unwrap().bytes(), keys.bytes(), "{unlock:?} {left}");
                for _ in 0..2 {
                    convert(&data, &unlock).unwrap();
                    assert_eq!(Keys::open(&data, &unlock).unwrap().bytes(), keys.bytes(), "{unlock:?} {left}");
                    let names: Vec<_> = fs::read_dir(folder(&data)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
                    assert_eq!(names, [SEALED], "{unlock:?} {left}");
                }
            }
        }
    }

    #[test]
    fn a_plain_key_that_is_not_the_sealed_one_stays() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        Keys::create(&data, &Unlock::default()).unwrap();
        plain_keys(&data);
        convert(&data, &Unlock::default()).unwrap();
        assert!(PLAIN.iter().all(|name| folder(&data).join(name).exists()));
    }

    /// The digits are `sha256sum`'s: another derivation would be another hall.
    #[test]
    fn signing_keys_are_what_they_have_always_been() {
        let keys = Keys::of(&[1; 32], &[2; 32], Zeroizing::new([3; 32])).unwrap();
        assert_eq!(keys.signing(0).to_bytes(), [2; 32]);
        assert_eq!(hex(&keys.signing(1).to_bytes()), "74f0001d8bcb50856197365387ad7811069fca79e7bf35d9fdd3f139acf5a70e");
        assert_ne!(keys.signing(1), keys.signing(2));
    }
}

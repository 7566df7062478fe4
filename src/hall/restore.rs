//! A hall put back from its backup. The folder is built anew beside the old one, every byte checked, and takes its place in
//! one step: interrupted at any moment, there is the old hall or the new one, whole. What stood there before is kept.
//!
//! The lost hall may have given out more than the backup knows. Therefore the restored one has an *epoch*: its lists go on
//! from there, so that no device takes them for old ones; today's numbers go on well above those that are known; and devices
//! that see another epoch send again what the hall no longer has ([`crate::api::Resend`]).

use super::backup::{CHUNKS, DATABASE, KEYS, MANIFEST, Manifest, NotDone, digest_of, peek};
use super::intake::DAYS;
use super::keys::{self, Keys, SealedKeys, Secret, Unlock, private_folder};
use super::lock::{self, Lock};
use super::store;
use super::{Error, folder, trust};
use crate::calendar::hall_date;
use crate::receipt::{DeviceKey, HallKey};
use crate::signing::Signed;
use crate::submission::Digest;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;
use zip::{CompressionMethod, ZipArchive};

/// The highest serial that a number can carry.
const LAST_SERIAL: u32 = 9999;
/// The most bytes of an entry that is read into memory; a manifest names the chunks that were missing.
const LONGEST: u64 = 64 * 1024 * 1024;
/// Lies in a folder that is not yet a hall.
const UNFINISHED: &str = "unfinished";
/// What a data folder holds of a hall. Anything else in it was put there by somebody and stays.
const OWN: [&str; 7] = ["keys", "keys.new", "hall.db", "hall.db-wal", "hall.db-shm", "hall.db-journal", "chunks"];

/// Where the keys come from, first choice first; at last the data folder's own.
#[derive(Default)]
pub struct Source {
    /// A folder like `keys` of a data folder.
    pub folder: Option<PathBuf>,
    /// Opens those in the backup.
    pub passphrase: Option<Zeroizing<String>>,
    /// Opens those of the folders, and from now on those of the data folder.
    pub unlock: Unlock,
}

/// What was put back.
#[derive(Clone, Debug, PartialEq)]
pub struct Restored {
    pub manifest: Manifest,
    pub epoch: i64,
    /// Where the old contents are now.
    pub replaced: Option<PathBuf>,
}

/// Puts a backup in the place of whatever hall is in `data`, or makes the folder.
pub async fn restore(file: &Path, data: &Path, source: &Source, now: DateTime<Utc>) -> Result<Restored, NotDone> {
    let backup = Backup::open(file)?;
    is_a_hall_or_empty(data)?;
    let _lock = Lock::to_replace(data)?;
    let data = fs::canonicalize(data).map_err(NotDone::file("finding", data))?;
    let place = Place::of(&data)?;
    place.clear(now)?;
    let keys = keys(&backup, &data, source)?;
    let manifest = Manifest::open(&backup.signed, &keys)?;
    if Keys::open(&data, &source.unlock).is_ok() {
        // What is put aside stays in the data folder, where no plain keys are to be.
        keys::convert(&data, &source.unlock)?;
    }
    let keys = Kept { secret: source.unlock.make(&data)?, keys };
    let restored = async {
        let epoch = build(&place, backup, &manifest, keys, now).await?;
        Ok(Restored { epoch, replaced: place.exchange(now)?, manifest })
    };
    let restored = restored.await;
    if restored.is_err() {
        place.give_up();
    }
    restored
}

/// The keys of the restored hall, and what they are sealed with.
struct Kept {
    keys: Keys,
    secret: Secret,
}

async fn build(place: &Place, backup: Backup, manifest: &Manifest, kept: Kept, now: DateTime<Utc>) -> Result<i64, NotDone> {
    let replaced = Replaced::read(&place.data, hall_date(now)).await;
    let (building, expected) = (place.clone(), manifest.clone());
    let unpack = move || building.unpack(backup, &expected, &kept).map(|unpacked| (unpacked, kept.keys));
    let (unpacked, keys) = spawn_blocking(unpack).await.map_err(Error::Task)??;
    begin_epoch(&place.draft.join(DATABASE), manifest, &keys, &unpacked, replaced, now).await
}

/// A folder that holds something else is not taken away from whoever put it there.
fn is_a_hall_or_empty(data: &Path) -> Result<(), NotDone> {
    let names = match fs::read_dir(data) {
        Ok(entries) => {
            entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>().map_err(NotDone::file("reading", data))?
        }
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => vec![],
        Err(cause) => return Err(NotDone::file("reading", data)(cause)),
    };
    let has = |name: &str| names.iter().any(|n| n == name);
    let empty = names.iter().all(|name| lock::FILES.iter().any(|lock| name == lock));
    if empty || has("keys") || has(DATABASE) { Ok(()) } else { Err(NotDone::NotAHall(data.to_owned())) }
}

/// A backup that was opened; nothing in it is believed yet.
struct Backup {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
    signed: Signed,
    keys: Option<SealedKeys>,
}

impl Backup {
    fn open(path: &Path) -> Result<Backup, NotDone> {
        let file = File::open(path).map_err(NotDone::file("reading", path))?;
        let not_one = || NotDone::NotABackup(path.to_owned());
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|_| not_one())?;
        let signed = document(&mut zip, MANIFEST)?.ok_or_else(not_one)?;
        // A backup of a later program is told as such before anything else of it is read.
        peek(&signed)?;
        let keys = document(&mut zip, KEYS)?;
        Ok(Backup { path: path.to_owned(), zip, signed, keys })
    }
}

/// A JSON entry; none when there is no entry of that name.
fn document<T: serde::de::DeserializeOwned>(zip: &mut ZipArchive<BufReader<File>>, name: &str) -> Result<Option<T>, NotDone> {
    let damaged = || NotDone::Damaged(name.to_owned());
    let Some(at) = zip.index_for_name(name) else { return Ok(None) };
    let mut bytes = Vec::new();
    zip.by_index(at).map_err(|_| damaged())?.take(LONGEST).read_to_end(&mut bytes).map_err(|_| damaged())?;
    serde_json::from_slice(&bytes).map(Some).map_err(|_| damaged())
}

fn keys(backup: &Backup, data: &Path, source: &Source) -> Result<Keys, NotDone> {
    if let Some(folder) = &source.folder {
        return Ok(Keys::read(folder, &source.unlock)?);
    }
    match (&backup.keys, &source.passphrase) {
        (Some(sealed), Some(passphrase)) => return Ok(sealed.open(&Secret::Passphrase(passphrase.clone()))?),
        (None, Some(_)) => return Err(NotDone::NotSealed),
        (_, None) => {}
    }
    match Keys::open(data, &source.unlock) {
        Err(Error::NoKeys(_)) => Err(NotDone::NoKeys),
        keys => Ok(keys?),
    }
}

/// What the hall that is replaced still knows of itself, as far as its database can be read.
#[derive(Default)]
struct Replaced {
    epoch: i64,
    /// The last number of today and of the days that an overflowing day goes on to.
    serials: BTreeMap<NaiveDate, u32>,
    keys: Vec<HallKey>,
    devices: Vec<DeviceKey>,
}

impl Replaced {
    async fn read(data: &Path, today: NaiveDate) -> Replaced {
        let Ok(mut db) = store::look(data).await else { return Replaced::default() };
        let mut serials = BTreeMap::new();
        for day in today.iter_days().take(DAYS) {
            serials.extend(store::hall::last_serial(&mut db, day).await.map(|last| (day, last)));
        }
        let replaced = Replaced {
            epoch: store::hall::epoch(&mut db).await.unwrap_or_default(),
            serials,
            keys: store::trust::hall_keys(&mut db).await.unwrap_or_default(),
            devices: store::devices::all(&mut db).await.unwrap_or_default(),
        };
        let _ = db.close().await;
        replaced
    }
}

/// Brings the database up to date and begins the new epoch in it.
async fn begin_epoch(
    database: &Path,
    manifest: &Manifest,
    keys: &Keys,
    unpacked: &BTreeSet<Digest>,
    replaced: Replaced,
    now: DateTime<Utc>,
) -> Result<i64, NotDone> {
    let mut db = store::alone(database).await?;
    let needed = store::cases::needed(&mut db).await?;
    if let Some(lost) = needed.iter().find(|digest| !unpacked.contains(digest) && !manifest.missing.contains(digest)) {
        return Err(NotDone::Damaged(format!("{CHUNKS}{lost}")));
    }
    let today = hall_date(now);
    let mut change = db.begin().await?;
    let epoch = now.timestamp().max(replaced.epoch.max(manifest.epoch) + 1);
    store::hall::put_epoch(&mut change, epoch).await?;
    // What was given out since the backup may be known to nobody: the first day that is not full goes on in the middle of the
    // numbers it has left. Those after it were touched only if it had been full, which the hall that is replaced would know.
    let mut full = true;
    for day in today.iter_days().take(DAYS) {
        let known = replaced.serials.get(&day).copied();
        let last = store::hall::last_serial(&mut change, day).await?.max(known.unwrap_or_default());
        let floor = if full || known.is_none() { last.midpoint(LAST_SERIAL) } else { last };
        store::hall::put_floor(&mut change, day, floor).await?;
        full &= last == LAST_SERIAL;
    }
    // Nobody is signed in at a hall that was put back, and no code from before enrols a device.
    store::staff::forget_sessions(&mut change, DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MAX_UTC).await?;
    store::devices::forget_codes(&mut change).await?;
    trust::take_over(&mut change, keys, &replaced.keys, manifest.taken_at, now).await?;
    // A device that was revoked since the backup stays so.
    for device in &replaced.devices {
        if let Some(at) = device.revoked_at {
            store::devices::revoke(&mut change, &store::devices::kid(device), at).await?;
        }
    }
    trust::issue(&mut change, keys, &manifest.hall, now).await?;
    change.commit().await?;
    db.close().await?;
    Ok(epoch)
}

/// The data folder, and the folder beside it that will take its place.
#[derive(Clone)]
struct Place {
    data: PathBuf,
    draft: PathBuf,
}

impl Place {
    fn of(data: &Path) -> Result<Place, NotDone> {
        let (Some(parent), Some(name)) = (data.parent(), data.file_name()) else {
            return Err(NotDone::NotAHall(data.to_owned()));
        };
        let device = |folder: &Path| fs::metadata(folder).map(|at| at.dev()).map_err(NotDone::file("finding", folder));
        if device(parent)? != device(data)? {
            return Err(NotDone::MountPoint(data.to_owned()));
        }
        let draft = parent.join([".", &name.to_string_lossy(), ".restoring"].concat());
        Ok(Place { data: data.to_owned(), draft })
    }

    /// Sets right what an interrupted restore has left: a draft goes; the old hall, already replaced, is put aside.
    fn clear(&self, now: DateTime<Utc>) -> Result<(), NotDone> {
        let failed = NotDone::file("clearing", &self.draft);
        let empty = || fs::read_dir(&self.draft).is_ok_and(|mut entries| entries.next().is_none());
        if self.is_draft() || empty() {
            fs::remove_dir_all(&self.draft).map_err(failed)?;
        } else if self.draft.exists() {
            self.put_aside(now)?;
        }
        self.mark_finished()
    }

    /// Not the old hall, which after the step has the draft's name.
    fn is_draft(&self) -> bool {
        self.draft.join(UNFINISHED).exists()
    }

    /// A draft may hold keys: it does not stay behind.
    fn give_up(&self) {
        if self.is_draft() {
            let _ = fs::remove_dir_all(&self.draft);
        }
    }

    fn unpack(&self, mut backup: Backup, manifest: &Manifest, kept: &Kept) -> Result<BTreeSet<Digest>, NotDone> {
        private_folder(&self.draft)?;
        write(&self.draft.join(UNFINISHED), &[])?;
        private_folder(&self.draft.join("chunks"))?;
        kept.keys.keep(&self.draft, &kept.secret)?;
        let mut chunks = BTreeSet::new();
        let mut database = None;
        let damaged = |name: &str| NotDone::Damaged(name.to_owned());
        for at in 0..backup.zip.len() {
            let mut entry = backup.zip.by_index(at).map_err(|_| NotDone::NotABackup(backup.path.clone()))?;
            let name = entry.name().map_err(|_| NotDone::NotABackup(backup.path.clone()))?.into_owned();
            if entry.compression() != CompressionMethod::Stored {
                return Err(damaged(&name));
            }
            match name.as_str() {
                MANIFEST | KEYS => {}
                DATABASE => database = Some(unpack_database(&mut entry, &self.draft.join(DATABASE))?),
                _ => {
                    let digest =
                        name.strip_prefix(CHUNKS).and_then(|digest| digest.parse::<Digest>().ok()).ok_or_else(|| damaged(&name))?;
                    let mut bytes = Vec::new();
                    entry.take(LONGEST).read_to_end(&mut bytes).map_err(|_| damaged(&name))?;
                    if Digest::of(&bytes) != digest {
                        return Err(damaged(&name));
                    }
                    let folder = self.draft.join("chunks").join(&digest.to_string()[..2]);
                    private_folder(&folder)?;
                    write(&folder.join(digest.to_string()), &bytes)?;
                    chunks.insert(digest);
                }
            }
        }
        if database != Some(manifest.database) {
            return Err(damaged(DATABASE));
        }
        if chunks.len() != manifest.chunks {
            return Err(damaged(CHUNKS));
        }
        Ok(chunks)
    }

    /// The one step. Then the old contents are put aside.
    fn exchange(&self, now: DateTime<Utc>) -> Result<Option<PathBuf>, NotDone> {
        let failed = NotDone::file("putting in place", &self.data);
        belong_to(&self.draft, &fs::metadata(&self.data).map_err(failed.clone())?).map_err(failed.clone())?;
        sync_folders(&self.draft).map_err(failed.clone())?;
        folder::exchange(&self.draft, &self.data).map_err(failed.clone())?;
        self.sync_parent()?;
        let replaced = self.put_aside(now)?;
        self.mark_finished()?;
        Ok(replaced)
    }

    /// Moves the old hall, which now has the draft's name, into the new one; what else lay in its folder stays where it was.
    fn put_aside(&self, now: DateTime<Utc>) -> Result<Option<PathBuf>, NotDone> {
        let failed = NotDone::file("putting aside", &self.draft);
        for entry in fs::read_dir(&self.draft).map_err(failed.clone())? {
            let name = entry.map_err(failed.clone())?.file_name();
            if lock::FILES.iter().any(|lock| name == *lock) {
                fs::remove_file(self.draft.join(name)).map_err(failed.clone())?;
            } else if !OWN.iter().any(|own| name == *own) && !self.data.join(&name).exists() {
                fs::rename(self.draft.join(&name), self.data.join(&name)).map_err(failed.clone())?;
            }
        }
        // Nothing but the locks lay in it: there was no hall before.
        let replaced = if fs::remove_dir(&self.draft).is_ok() {
            None
        } else {
            let aside = self.aside(now);
            fs::rename(&self.draft, &aside).map_err(failed)?;
            Some(aside)
        };
        self.sync_parent()?;
        Ok(replaced)
    }

    /// A name that nothing has.
    fn aside(&self, now: DateTime<Utc>) -> PathBuf {
        let time = now.format("%Y%m%dT%H%M%SZ");
        let names = std::iter::once(format!("replaced-{time}")).chain((2..).map(|n| format!("replaced-{time}-{n}")));
        names.map(|name| self.data.join(name)).find(|path| !path.exists()).unwrap_or_default()
    }

    fn mark_finished(&self) -> Result<(), NotDone> {
        let failed = NotDone::file("finishing", &self.data);
        match fs::remove_file(self.data.join(UNFINISHED)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(failed(cause)),
            _ => {}
        }
        File::open(&self.data).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    fn sync_parent(&self) -> Result<(), NotDone> {
        let parent = self.data.parent().unwrap_or(Path::new("/"));
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(NotDone::file("writing", parent))
    }
}

fn unpack_database(entry: &mut impl Read, path: &Path) -> Result<Digest, NotDone> {
    let failed = NotDone::file("writing", path);
    let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path).map_err(failed.clone())?;
    let mut to = BufWriter::new(&file);
    // The zip's own checksum is looked at on the way: what fails here is damage, or a full disk.
    io::copy(entry, &mut to).map_err(|cause| match cause.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other => NotDone::Damaged(DATABASE.to_owned()),
        _ => failed(cause),
    })?;
    to.flush().and_then(|()| file.sync_all()).map_err(failed.clone())?;
    File::open(path).and_then(|file| digest_of(&mut BufReader::new(file))).map_err(failed)
}

/// A new file that only the owner can read, on disk when this returns.
fn write(path: &Path, bytes: &[u8]) -> Result<(), NotDone> {
    let create = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    create().map_err(NotDone::file("writing", path))
}

/// An operator may put back, as root, what the service's own user must be able to read.
fn belong_to(path: &Path, old: &fs::Metadata) -> io::Result<()> {
    let own = fs::symlink_metadata(path)?;
    if (own.uid(), own.gid()) != (old.uid(), old.gid()) {
        std::os::unix::fs::lchown(path, Some(old.uid()), Some(old.gid()))?;
    }
    each(path, &mut |inner| belong_to(inner, old))
}

fn sync_folders(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        each(path, &mut |inner| sync_folders(inner))?;
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

fn each(folder: &Path, look: &mut dyn FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    if folder.is_dir() {
        fs::read_dir(folder)?.try_for_each(|entry| look(&entry?.path()))?;
    }
    Ok(())
}

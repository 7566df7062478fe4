//! Who is at work in a data folder: one at a time serves a hall or puts one back, and while one is put back nobody else has
//! its database open. The operating system keeps the locks, so that they go with the process, however that ends.

use super::keys::private_folder;
use super::{Error, owner};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// Locked by whoever serves a hall or puts one back.
const ALONE: &str = "hall.lock";
/// Locked together by all who have the database open, the server among them; alone by whoever puts a hall back.
const TOGETHER: &str = "open.lock";
/// The files that are locked; they are always empty.
pub const FILES: [&str; 2] = [ALONE, TOGETHER];

/// A server that is just ending has the lock a moment longer, and so has a process that this one is just starting.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// Held until it is dropped. The data folder is made when it is new; [`Error::Locked`] when somebody is in the way.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the files gives the locks back")] Vec<File>);

impl Lock {
    /// For serving the hall.
    pub fn to_serve(data: &Path) -> Result<Lock, Error> {
        Ok(Lock(vec![hold(data, ALONE, File::try_lock)?]))
    }

    /// For having the database open, beside the server or without one.
    pub fn to_open(data: &Path) -> Result<Lock, Error> {
        Ok(Lock(vec![hold(data, TOGETHER, File::try_lock_shared)?]))
    }

    /// For putting another hall in the place of this one.
    pub fn to_replace(data: &Path) -> Result<Lock, Error> {
        Ok(Lock(vec![hold(data, ALONE, File::try_lock)?, hold(data, TOGETHER, File::try_lock)?]))
    }
}

fn hold(data: &Path, name: &str, lock: fn(&File) -> Result<(), TryLockError>) -> Result<File, Error> {
    private_folder(data)?;
    let path = data.join(name);
    for _ in 0..TRIES {
        let file = open(&path).map_err(Error::file("opening", &path))?;
        match lock(&file) {
            // Otherwise a restore has just put another folder in this one's place: the lock is of a file that is gone.
            Ok(()) if is_at(&file, &path) => return Ok(file),
            Ok(()) | Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(cause)) => return Err(Error::file("locking", &path)(cause)),
        }
    }
    Err(Error::Locked(data.to_owned()))
}

fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    owner::like_its_folder(path)?;
    Ok(file)
}

fn is_at(file: &File, path: &Path) -> bool {
    let place = |about: io::Result<std::fs::Metadata>| about.map(|about| (about.dev(), about.ino())).ok();
    place(file.metadata()) == place(path.metadata())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;

    type Take = fn(&Path) -> Result<Lock, Error>;

    #[test]
    fn who_keeps_whom_out() {
        let takes: [(&str, Take); 3] = [("serve", Lock::to_serve), ("open", Lock::to_open), ("replace", Lock::to_replace)];
        let together = [("serve", "open"), ("open", "serve"), ("open", "open")];
        for (first, one) in takes {
            for (second, other) in takes {
                let data = tempfile::tempdir().unwrap();
                let held = one(data.path()).unwrap();
                let beside = other(data.path());
                assert_eq!(beside.is_ok(), together.contains(&(first, second)), "{first}, then {second}");
                assert!(beside.is_ok() || matches!(beside, Err(Error::Locked(_))));
                drop((held, beside));
                other(data.path()).unwrap();
            }
        }
    }

    /// As a restore does it: the folder is exchanged for another one while somebody waits for its lock.
    #[test]
    fn a_lock_in_a_folder_that_was_replaced_is_none() {
        let parent = tempfile::tempdir().unwrap();
        let (data, old) = (parent.path().join("data"), parent.path().join("old"));
        let replacing = Lock::to_replace(&data).unwrap();
        let waiting = std::thread::spawn({
            let data = data.clone();
            move || Lock::to_serve(&data)
        });
        std::thread::sleep(PAUSE * 2);
        fs::rename(&data, &old).unwrap();
        fs::create_dir(&data).unwrap();
        drop(replacing);
        let held = waiting.join().unwrap().unwrap();
        assert!(data.join(ALONE).exists());
        assert!(matches!(Lock::to_serve(&data), Err(Error::Locked(_))), "it is locked where everybody looks");
        drop(held);
    }
}

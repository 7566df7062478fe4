//! One at a time in a data folder: whoever serves a hall, or puts one back, holds the lock of its folder. The operating
//! system keeps it, so that it goes with the process, however that ends.

use super::Error;
use super::keys::private_folder;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// The file that is locked; it is always empty.
pub const FILE: &str = "hall.lock";

/// A server that is just ending has the lock a moment longer, and so has a process that this one is just starting.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// Held until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "closing the file gives the lock back")] File);

impl Lock {
    /// Takes the lock of a data folder, which is made when it is new; [`Error::Locked`] when somebody has it.
    pub fn take(data: &Path) -> Result<Lock, Error> {
        private_folder(data)?;
        let path = data.join(FILE);
        let open = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = open.map_err(Error::file("opening", &path))?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(cause)) => return Err(Error::file("locking", &path)(cause)),
            }
        }
        Err(Error::Locked(data.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_at_a_time() {
        let data = tempfile::tempdir().unwrap();
        let held = Lock::take(data.path()).unwrap();
        assert!(matches!(Lock::take(data.path()), Err(Error::Locked(_))));
        drop(held);
        Lock::take(data.path()).unwrap();
    }
}

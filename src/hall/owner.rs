//! An operator may work as root in the data folder of the service's own user: what is made there must be that user's, or
//! the server could not read and write it.

use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::Path;

/// Gives a new file or folder to whoever owns the folder it lies in.
pub fn like_its_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?.metadata()?;
    // One's own files may have another group than the folder, and keep it.
    if path.symlink_metadata()?.uid() == folder.uid() {
        return Ok(());
    }
    lchown(path, Some(folder.uid()), Some(folder.gid()))
}

//! A folder of files that is written whole: everything goes into a new folder beside it, which then takes its place in one
//! step. Whoever looks finds the old folder or the new one, also after a full disk or a lost power supply.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    #[error("{path}: 文件夹不是空的,要替换请加 --replace\n{path}: the folder is not empty; --replace replaces it")]
    Full { path: String },
    #[error("{path}: 里面没有 {known_by},不替换\n{path}: it holds no {known_by}, so it is not replaced")]
    Other { path: String, known_by: &'static str },
    #[error("{path}: 里面有文件夹或链接 {inner},不替换\n{path}: it holds the folder or link {inner}, so it is not replaced")]
    Folders { path: String, inner: String },
    #[error("{path}: 这是文件,不是文件夹\n{path}: this is a file, not a folder")]
    File { path: String },
    #[error(
        "{path}: 你正在这个文件夹里,它会被整个换掉;请到别处运行\n{path}: you are inside this folder, which is replaced whole: run this elsewhere"
    )]
    Inside { path: String },
    #[error("写不进去 cannot be written: {path}")]
    Failed { path: String, source: io::Error },
}

impl NotWritten {
    fn failed(path: &Path) -> impl Fn(io::Error) -> NotWritten + Copy {
        move |source| NotWritten::Failed { path: path.display().to_string(), source }
    }
}

/// Writes `files` (name, content) as the folder `out`. One that has something in it is replaced only when `replace` names
/// the file by which it is known: then files whose ending is not that file's are kept, and the others go.
pub fn write(out: &Path, files: &[(String, String)], replace: Option<&'static str>) -> Result<(), NotWritten> {
    let failed = NotWritten::failed(out);
    // A link stays one: what it leads to is replaced.
    let out = match fs::canonicalize(out) {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => std::path::absolute(out).map_err(failed)?,
        Err(error) => return Err(failed(error)),
    };
    if out.is_file() {
        return Err(NotWritten::File { path: out.display().to_string() });
    }
    // Whoever stands in a folder that is replaced finds himself in one that is gone.
    if std::env::current_dir().is_ok_and(|here| here.starts_with(&out)) {
        return Err(NotWritten::Inside { path: out.display().to_string() });
    }
    let kept = kept(&out, replace)?;
    let (Some(parent), Some(name)) = (out.parent(), out.file_name()) else {
        return Err(failed(io::ErrorKind::InvalidInput.into()));
    };
    let draft = parent.join([".", &name.to_string_lossy(), ".importing"].concat());
    let written = fs::create_dir_all(parent).and_then(|()| fill(&draft, files, &kept)).and_then(|()| swap(&draft, &out));
    // What is left beside is a draft that failed, or the folder that was replaced.
    let left = fs::remove_dir_all(&draft);
    written.map_err(failed)?;
    match left {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(NotWritten::failed(&draft)(error)),
        _ => File::open(parent).and_then(|parent| parent.sync_all()).map_err(failed),
    }
}

/// The files of a folder that stay in it; an error when it may not be replaced.
fn kept(out: &Path, replace: Option<&'static str>) -> Result<Vec<PathBuf>, NotWritten> {
    let failed = NotWritten::failed(out);
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>().map_err(failed)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => vec![],
        Err(error) => return Err(failed(error)),
    };
    if entries.is_empty() {
        return Ok(vec![]);
    }
    let Some(known_by) = replace else { return Err(NotWritten::Full { path: out.display().to_string() }) };
    if !out.join(known_by).is_file() {
        return Err(NotWritten::Other { path: out.display().to_string(), known_by });
    }
    if let Some(folder) = entries.iter().find(|path| !path.is_file() || path.is_symlink()) {
        return Err(NotWritten::Folders { path: out.display().to_string(), inner: folder.display().to_string() });
    }
    let ending = Path::new(known_by).extension();
    Ok(entries.into_iter().filter(|path| path.extension() != ending).collect())
}

fn fill(draft: &Path, files: &[(String, String)], kept: &[PathBuf]) -> io::Result<()> {
    // One that an earlier run could not finish.
    match fs::remove_dir_all(draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir(draft)?,
    }
    for (name, content) in files {
        let mut file = File::create_new(draft.join(name))?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
    }
    for path in kept {
        let to = draft.join(path.file_name().map(OsString::from).unwrap_or_default());
        fs::copy(path, &to)?;
        File::open(&to)?.sync_all()?;
    }
    File::open(draft)?.sync_all()
}

/// The draft takes the folder's place, and the folder the draft's.
fn swap(draft: &Path, out: &Path) -> io::Result<()> {
    let full = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
    if !full {
        return fs::rename(draft, out);
    }
    fs::set_permissions(draft, fs::metadata(out)?.permissions())?;
    exchange(draft, out)
}

#[cfg(target_os = "linux")]
pub(super) fn exchange(draft: &Path, out: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, draft, CWD, out, RenameFlags::EXCHANGE)?)
}

/// Two steps where the system has no single one; what fails between them is undone.
#[cfg(not(target_os = "linux"))]
pub(super) fn exchange(draft: &Path, out: &Path) -> io::Result<()> {
    let aside = draft.with_extension("replaced");
    fs::rename(out, &aside)?;
    if let Err(error) = fs::rename(draft, out) {
        fs::rename(&aside, out)?;
        return Err(error);
    }
    fs::rename(&aside, draft)
}

//! Where Chromium and its driver are: as CHROME and CHROMEDRIVER say, else on PATH. Shared by `cargo x`, which installs
//! them where they are missing, and the browser tests.

use std::path::PathBuf;

pub struct Chromium {
    pub browser: PathBuf,
    pub driver: PathBuf,
}

/// Both, or a sentence that says which is missing.
pub fn find() -> Result<Chromium, String> {
    let browser = look("CHROME", &["chromium", "chromium-browser", "google-chrome", "chrome"])?;
    let driver = look("CHROMEDRIVER", &["chromedriver"])?;
    Ok(Chromium { browser, driver })
}

fn look(variable: &str, names: &[&str]) -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os(variable).map(PathBuf::from) {
        return if path.is_file() { Ok(path) } else { Err(format!("{variable} names {}, which is not there", path.display())) };
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let places = || std::env::split_paths(&folders).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    places().find(|path| path.is_file()).ok_or_else(|| format!("`{}` is not on PATH, and {variable} is not set", names[0]))
}

//! The sound files of `lint/base`, with files added and passages changed: what cases of findings, of overlays and of differences
//! start from.

use mingbai::catalogue::author::{Catalogue, Source, compile};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

pub const ITEM: &str = "reading-room.toml";

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Changed {
    /// By name; `"base"` copies the item, for `change` to work on.
    files: BTreeMap<String, String>,
    change: Vec<Change>,
    /// Names of files that are gone.
    without: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(default = "item")]
    file: String,
    from: String,
    to: String,
    /// How often `to` is written.
    #[serde(default = "once")]
    times: usize,
}

pub fn item() -> String {
    ITEM.to_owned()
}

fn once() -> usize {
    1
}

/// The files of a folder beside this one, by name.
pub fn folder(name: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue").join(name);
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The files of the base after `change`, with `further` files.
pub fn files(further: &BTreeMap<String, String>, change: &[Change]) -> BTreeMap<String, String> {
    let mut files = folder("lint/base");
    for (name, text) in further {
        let text = if text == "base" { files[ITEM].clone() } else { text.clone() };
        files.insert(name.clone(), text);
    }
    for Change { file, from, to, times } in change {
        let text = files.get_mut(file).unwrap_or_else(|| panic!("there is no file {file}"));
        assert!(text.contains(from.as_str()), "{file} has no `{from}`");
        *text = text.replacen(from.as_str(), &to.repeat(*times), 1);
    }
    files
}

pub fn sources(files: BTreeMap<String, String>) -> Vec<Source> {
    files.into_iter().map(|(name, text)| Source { name, text }).collect()
}

impl Changed {
    pub fn catalogue(&self) -> Result<Catalogue, String> {
        let mut files = files(&self.files, &self.change);
        files.retain(|name, _| !self.without.contains(name));
        compile(&sources(files)).map_err(|findings| findings.iter().map(|f| f.to_string()).collect::<Vec<_>>().join("\n"))
    }
}

//! The catalogue at the hall: read from TOML when the server starts, signed and published when its content is new. Every
//! bundle ever published stays, for the submissions that were made with it.

use super::keys::Keys;
use super::store::{self, Store};
use super::Error;
use crate::calendar::Calendar;
use crate::catalogue::author::{self, Catalogue, Source};
use crate::catalogue::bundle::Bundle;
use crate::catalogue::Item;
use axum::body::Bytes;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// The TOML files of a folder in the order of their names; the sample catalogue when there is none.
pub fn sources(folder: Option<&Path>) -> Result<Vec<Source>, Error> {
    let Some(folder) = folder else { return Ok(author::sample()) };
    let mut paths = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, _>>())
        .map_err(Error::file("reading the catalogue folder", folder))?;
    paths.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).map_err(Error::file("reading", path))?;
        Ok(Source { name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text })
    };
    paths.iter().map(read).collect()
}

/// The announced calendar, with a further year's table when one is given.
pub fn calendar(holidays: Option<&Path>) -> Result<Calendar, Error> {
    let mut calendar = Calendar::announced();
    if let Some(path) = holidays {
        let table = std::fs::read_to_string(path).map_err(Error::file("reading the holiday table", path))?;
        calendar.extend(Calendar::parse(&table)?);
    }
    Ok(calendar)
}

/// Compiles the catalogue of a folder, or the sample.
pub fn load(folder: Option<&Path>) -> Result<Catalogue, Error> {
    author::compile(&sources(folder)?).map_err(Error::Catalogue)
}

/// The published catalogue, and those before it.
pub struct Catalogues {
    pub current: Arc<Bundle>,
    /// What `GET /catalogue` answers.
    pub signed: Bytes,
    /// The same, for whoever reads brotli: a sixth of the bytes.
    pub packed: Bytes,
    earlier: Mutex<HashMap<String, Arc<Bundle>>>,
    root: [u8; 32],
}

impl Catalogues {
    /// Publishes `catalogue` unless its content is what was published last.
    pub async fn publish(store: &Store, keys: &Keys, catalogue: Catalogue, calendar: Calendar, now: DateTime<Utc>) -> Result<Catalogues, Error> {
        let bundle = catalogue.bundle(calendar);
        let mut change = store.begin().await?;
        let latest = store::catalogues::latest(&mut change).await?;
        let signed = match latest.filter(|(version, _)| *version == bundle.version) {
            Some((_, signed)) => signed,
            None => {
                let signed = keys.sign_bundle(&bundle)?;
                store::catalogues::put(&mut change, &bundle.version, &signed, now).await?;
                signed
            }
        };
        change.commit().await?;
        let root = keys.root_public();
        let current = Arc::new(Bundle::open(&signed, &root).map_err(Error::Untrusted)?);
        let signed = serde_json::to_vec(&signed)?;
        let packed = pack(&signed).into();
        Ok(Catalogues { current, signed: signed.into(), packed, earlier: Mutex::default(), root })
    }

    /// The bundle of a version, if this hall ever published it.
    pub async fn get(&self, store: &Store, version: &str) -> Result<Option<Arc<Bundle>>, Error> {
        if version == self.current.version {
            return Ok(Some(self.current.clone()));
        }
        if let Some(kept) = self.earlier.lock().unwrap_or_else(|e| e.into_inner()).get(version) {
            return Ok(Some(kept.clone()));
        }
        let Some(signed) = store::catalogues::get(&mut *store.read().await?, version).await? else { return Ok(None) };
        let bundle = Arc::new(Bundle::open(&signed, &self.root).map_err(Error::Untrusted)?);
        self.earlier.lock().unwrap_or_else(|e| e.into_inner()).insert(version.to_owned(), bundle.clone());
        Ok(Some(bundle))
    }

    /// The item as the bundle of `version` has it.
    pub async fn item(&self, store: &Store, version: Option<&str>, code: &str) -> Result<Option<Item>, Error> {
        let bundle = match version {
            Some(version) => self.get(store, version).await?,
            None => None,
        };
        Ok(bundle.and_then(|b| b.item(code).cloned()))
    }
}

/// Packs with brotli. Done once, at the start: well, but not at any price.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packer = brotli::CompressorReader::new(bytes, 4096, 9, 22);
    let mut packed = Vec::new();
    // Reading from memory into memory cannot fail.
    let _ = packer.read_to_end(&mut packed);
    packed
}

//! The catalogue at the hall: read from TOML when the server starts, published when its content is new, and published
//! anew on the day on which another version of an item takes effect. Every head ever published stays, with its parts, for
//! the submissions that were made with it.

use super::Error;
use super::keys::Keys;
use super::store::catalogues::{self, Head};
use super::store::{self, Store};
use crate::calendar::{Calendar, hall_date};
use crate::catalogue::author::publish::Published;
use crate::catalogue::author::{self, Catalogue, Finding, Severity, Source};
use crate::catalogue::bundle::{Bundle, Part, pack_of};
use crate::catalogue::search::Listing;
use crate::catalogue::{Card, Item};
use crate::receipt::claims::fits;
use crate::signing::{Signed, WHOLE_CATALOGUE};
use axum::body::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use std::collections::HashMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::task::spawn_blocking;

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

/// A catalogue that compiles, and the files it was read from.
pub struct Authored {
    pub catalogue: Catalogue,
    pub sources: Vec<Source>,
}

/// Compiles the catalogue of a folder, or the sample.
pub fn load(folder: Option<&Path>) -> Result<Authored, Error> {
    let sources = sources(folder)?;
    Ok(Authored { catalogue: author::compile(&sources).map_err(Error::Catalogue)?, sources })
}

/// What must not be published is refused, with every reason; what may be meant is logged.
fn lint(sources: &[Source], calendar: &Calendar) -> Result<(), Error> {
    let (errors, warnings): (Vec<_>, Vec<_>) = author::check(sources, calendar).into_iter().partition(|f| f.severity == Severity::Error);
    for Finding { file, line, column, code, message, .. } in &warnings {
        tracing::warn!(file, line, column, code, "{}", message.en);
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Catalogue(errors)) }
}

/// An item whose receipts would be too large for a code is refused here, not at the last button.
fn have_receipts(catalogue: &Catalogue) -> Result<(), Error> {
    let fits = |item: &&Item| fits(&catalogue.hall.code, &item.code, item.materials.len());
    match catalogue.items.iter().find(|item| !fits(item)) {
        Some(item) => Err(Error::ReceiptTooLarge { item: item.code.clone(), materials: item.materials.len() }),
        None => Ok(()),
    }
}

/// What `catalogue` comes to on that day, and whether it is what was published last.
pub async fn prepare(
    store: &Store,
    catalogue: Arc<Catalogue>,
    calendar: Calendar,
    today: NaiveDate,
) -> Result<(Published, Option<Head>), Error> {
    let mut db = store.read().await?;
    let latest = catalogues::latest(&mut db).await?;
    let epoch = store::hall::epoch(&mut db).await?.unsigned_abs();
    drop(db);
    let next = latest.as_ref().map_or(1, |head| head.sequence + 1).max(epoch);
    let mut published = spawn_blocking(move || catalogue.publish(calendar, today, next)).await.map_err(Error::Task)?;
    // What a backup brought back is published anew: devices may have seen a later number than it has.
    let same = latest.filter(|head| head.version == published.bundle.version && head.sequence >= epoch);
    if let Some(head) = &same {
        published.bundle.sequence = head.sequence;
    }
    Ok((published, same))
}

/// The catalogue of today, those before it, and the one to come.
pub struct Catalogues {
    hall: String,
    current: RwLock<Arc<Current>>,
    coming: Mutex<Option<Arc<Coming>>>,
    editions: Mutex<HashMap<String, Arc<Edition>>>,
    packs: Mutex<HashMap<String, Arc<Vec<Item>>>>,
    root: [u8; 32],
}

/// What devices are offered now.
pub struct Current {
    pub bundle: Bundle,
    /// What `GET /catalogue` answers.
    pub signed: Bytes,
    /// The same, for whoever reads brotli.
    pub packed: Bytes,
}

impl Current {
    fn of(bundle: Bundle, signed: &Signed) -> Result<Current, Error> {
        let signed = serde_json::to_vec(signed)?;
        let packed = pack(&signed).into();
        Ok(Current { bundle, signed: signed.into(), packed })
    }
}

/// The catalogue as it was read, kept for the day on which something of it takes effect.
struct Coming {
    day: NaiveDate,
    catalogue: Arc<Catalogue>,
    calendar: Calendar,
}

/// The most packs that are kept unpacked in memory.
const PACKS: usize = 64;

impl Catalogues {
    pub async fn open(store: &Store, keys: &Keys, read: Authored, calendar: Calendar, now: DateTime<Utc>) -> Result<Catalogues, Error> {
        let Authored { catalogue, sources } = read;
        let hall = catalogue.hall.code.clone();
        let (current, coming) = publish(store, keys, Arc::new(catalogue), &sources, calendar, now).await?;
        Ok(Catalogues::of(hall, current, coming, keys))
    }

    /// What was published last, by whom it may be: nothing is published here.
    pub async fn published(store: &Store, keys: &Keys) -> Result<Catalogues, Error> {
        let latest = catalogues::latest(&mut *store.read().await?).await?.filter(|head| head.sequence > 0);
        let Head { signed, .. } = latest.ok_or(Error::NeverServed)?;
        let bundle = Bundle::open(&signed, &keys.root_public()).map_err(Error::Untrusted)?;
        Ok(Catalogues::of(bundle.hall.code.clone(), Current::of(bundle, &signed)?, None, keys))
    }

    fn of(hall: String, current: Current, coming: Option<Coming>, keys: &Keys) -> Catalogues {
        Catalogues {
            hall,
            current: RwLock::new(Arc::new(current)),
            coming: Mutex::new(coming.map(Arc::new)),
            editions: Mutex::default(),
            packs: Mutex::default(),
            root: keys.root_public(),
        }
    }

    /// The hall's code.
    pub fn hall(&self) -> &str {
        &self.hall
    }

    pub fn current(&self) -> Arc<Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Publishes anew when the day has come on which something else is in force.
    pub async fn renew(&self, store: &Store, keys: &Keys, now: DateTime<Utc>) -> Result<(), Error> {
        let coming = self.coming.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(due) = coming.filter(|coming| coming.day <= hall_date(now)) else { return Ok(()) };
        let (current, coming) = publish(store, keys, due.catalogue.clone(), &[], due.calendar.clone(), now).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
        *self.coming.lock().unwrap_or_else(PoisonError::into_inner) = coming.map(Arc::new);
        Ok(())
    }

    /// The catalogue of a version, if this hall ever published it.
    pub async fn edition(&self, store: &Store, version: &str) -> Result<Option<Arc<Edition>>, Error> {
        if let Some(known) = self.editions.lock().unwrap_or_else(PoisonError::into_inner).get(version) {
            return Ok(Some(known.clone()));
        }
        let Some(head) = catalogues::get(&mut *store.read().await?, version).await? else { return Ok(None) };
        let edition = Arc::new(Edition::open(&head, &self.root)?);
        self.editions.lock().unwrap_or_else(PoisonError::into_inner).insert(version.to_owned(), edition.clone());
        Ok(Some(edition))
    }

    /// The published head of a version; none for one of the time before there were parts.
    pub async fn head(&self, store: &Store, version: &str) -> Result<Option<Bundle>, Error> {
        let current = self.current();
        if current.bundle.version == version {
            return Ok(Some(current.bundle.clone()));
        }
        let head = catalogues::get(&mut *store.read().await?, version).await?.filter(|head| head.sequence > 0);
        head.map(|head| Bundle::open(&head.signed, &self.root).map_err(Error::Untrusted)).transpose()
    }

    /// The pack of a head in which `code` lies.
    pub async fn pack_of(&self, store: &Store, bundle: &Bundle, code: &str) -> Result<Arc<Vec<Item>>, Error> {
        match bundle.pack(code) {
            Some(part) => self.unpacked(store, part).await,
            None => Ok(Arc::default()),
        }
    }

    /// Every version of every item of a head, in the order of codes and versions.
    pub async fn all(&self, store: &Store, bundle: &Bundle) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        for part in &bundle.packs {
            items.extend(self.unpacked(store, part).await?.iter().cloned());
        }
        items.sort_by(|a, b| (&a.code, a.version).cmp(&(&b.code, b.version)));
        Ok(items)
    }

    /// What a head offered: each item in the version that counted when it was published.
    pub async fn offered(&self, store: &Store, bundle: &Bundle) -> Result<Vec<Card>, Error> {
        let bytes = bytes(store, &bundle.listing).await?;
        bundle.listing.check(&bytes)?;
        let listing = Listing::open(bytes)?;
        Ok((0..listing.len()).filter_map(|place| listing.card(place)).collect())
    }

    /// The items of one pack of an edition, those of `code` among them; only that pack is read.
    pub async fn pack(&self, store: &Store, edition: &Edition, code: &str) -> Result<Arc<Vec<Item>>, Error> {
        match &edition.items {
            Items::Whole(items) => Ok(items.clone()),
            Items::Packs(packs) => match packs.get(pack_of(code, packs.len())) {
                Some(part) => self.unpacked(store, part).await,
                None => Ok(Arc::default()),
            },
        }
    }

    /// The very version of an item that the catalogue of `edition` has.
    pub async fn item(&self, store: &Store, edition: &str, code: &str, version: NaiveDate) -> Result<Option<Item>, Error> {
        let Some(edition) = self.edition(store, edition).await? else { return Ok(None) };
        let pack = self.pack(store, &edition, code).await?;
        Ok(pack.iter().find(|item| item.code == code && item.version == version).cloned())
    }

    async fn unpacked(&self, store: &Store, part: &Part) -> Result<Arc<Vec<Item>>, Error> {
        if let Some(known) = self.packs.lock().unwrap_or_else(PoisonError::into_inner).get(&part.sha256) {
            return Ok(known.clone());
        }
        let items = Arc::new(part.items(&bytes(store, part).await?)?);
        let mut packs = self.packs.lock().unwrap_or_else(PoisonError::into_inner);
        if packs.len() >= PACKS {
            packs.clear();
        }
        packs.insert(part.sha256.clone(), items.clone());
        Ok(items)
    }
}

/// The bytes that are kept of a part; whether they are the part's own is for the caller to check.
async fn bytes(store: &Store, part: &Part) -> Result<Vec<u8>, Error> {
    let packed = catalogues::part(&mut *store.read().await?, &part.sha256).await?;
    unpack(&packed.ok_or_else(|| Error::NoPart(part.sha256.clone()))?)
}

/// Publishes `catalogue` unless its content is what was published last. New content must pass the linter, which looks
/// into `sources`; there are none when the catalogue passed before, with all its versions.
async fn publish(
    store: &Store,
    keys: &Keys,
    catalogue: Arc<Catalogue>,
    sources: &[Source],
    calendar: Calendar,
    now: DateTime<Utc>,
) -> Result<(Current, Option<Coming>), Error> {
    let today = hall_date(now);
    let (Published { bundle, parts }, same) = prepare(store, catalogue.clone(), calendar.clone(), today).await?;
    let signed = match same {
        Some(head) => head.signed,
        None => {
            if !sources.is_empty() {
                lint(sources, &calendar)?;
                have_receipts(&catalogue)?;
            }
            let mut new = Vec::new();
            for (sha256, bytes) in parts {
                if !catalogues::has_part(&mut *store.read().await?, &sha256).await? {
                    new.push((sha256, bytes));
                }
            }
            let packing = move || new.into_iter().map(|(sha256, bytes)| (sha256, pack(&bytes))).collect::<Vec<_>>();
            let packed = spawn_blocking(packing).await.map_err(Error::Task)?;
            let head = Head { version: bundle.version.clone(), sequence: bundle.sequence, signed: keys.sign_bundle(&bundle)? };
            let mut change = store.begin().await?;
            for (sha256, packed) in &packed {
                catalogues::put_part(&mut change, sha256, packed).await?;
            }
            catalogues::put(&mut change, &head, now).await?;
            change.commit().await?;
            head.signed
        }
    };
    let coming = catalogue.next_change(today).map(|day| Coming { day, catalogue, calendar });
    Ok((Current::of(bundle, &signed)?, coming))
}

/// A published catalogue, as the hall looks into it.
pub struct Edition {
    pub version: String,
    pub calendar: Calendar,
    items: Items,
}

enum Items {
    Packs(Vec<Part>),
    /// Of the time before there were parts.
    Whole(Arc<Vec<Item>>),
}

impl Edition {
    fn open(head: &Head, root: &[u8; 32]) -> Result<Edition, Error> {
        if head.sequence > 0 {
            let Bundle { version, calendar, packs, .. } = Bundle::open(&head.signed, root).map_err(Error::Untrusted)?;
            return Ok(Edition { version, calendar, items: Items::Packs(packs) });
        }
        #[derive(Deserialize)]
        struct Whole {
            version: String,
            calendar: Calendar,
            items: Vec<Item>,
        }
        let Whole { version, calendar, items } = head.signed.open(WHOLE_CATALOGUE, root).map_err(Error::Untrusted)?;
        Ok(Edition { version, calendar, items: Items::Whole(Arc::new(items.into_iter().map(Item::completed).collect())) })
    }
}

/// Packs with brotli. Done once: well, but not at any price.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packer = brotli::CompressorReader::new(bytes, 4096, 9, 22);
    let mut packed = Vec::new();
    // Reading from memory into memory cannot fail.
    let _ = packer.read_to_end(&mut packed);
    packed
}

/// The bytes that [`pack`] packed.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    brotli::Decompressor::new(packed, 4096).read_to_end(&mut bytes).map_err(Error::Unpack)?;
    Ok(bytes)
}

//! The catalogue on this device: the head that is shown, its parts, and the items in them, read when they are needed.
//!
//! A head becomes the one that is kept for offline use only when every part that it names is here; then, in one
//! transaction, it takes the place of the head before and the parts that only that one named go. Until then the head
//! before stays, whole; only a device that has none shows a head whose parts are still on their way. A head never gives
//! way to one of an earlier publication, and a part counts only when it has the bytes that its name promises.

use super::database::{self, Change, Store};
use super::net::{self, Failure};
use crate::catalogue::Item;
use crate::catalogue::bundle::{Bundle, Part, in_force};
use crate::catalogue::search::Listing;
use crate::kiosk::app::App;
use crate::signing::{Signed, Untrusted, from_hex, hex};
use crate::words::Text;
use chrono::NaiveDate;
use futures_util::{StreamExt as _, stream};
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use wasm_bindgen::JsCast;

const KEPT: &str = "catalogue";
/// Parts that are fetched at one time.
const AT_ONCE: usize = 4;
/// Packs whose items stay in memory.
const PACKS: usize = 4;

/// The head to work with offline, and the tag to ask with whether there is a newer one.
#[derive(Serialize, Deserialize)]
struct Kept {
    signed: Signed,
    etag: Option<String>,
    sequence: u64,
}

type Items = Arc<Vec<Arc<Item>>>;

thread_local! {
    static GATHERING: Cell<bool> = const { Cell::new(false) };
    /// By digest, the one opened last in front.
    static OPENED: RefCell<VecDeque<(String, Items)>> = const { RefCell::new(VecDeque::new()) };
    static LISTING: RefCell<Option<(String, Arc<Listing>)>> = const { RefCell::new(None) };
}

/// Shows the head that is kept, unless a later one is shown.
pub async fn load(app: App, root: &[u8; 32]) -> Result<(), Failure> {
    if let Some(kept) = database::get_row::<Kept>(Store::Settings, KEPT).await?
        && let Ok(bundle) = Bundle::open(&kept.signed, root)
        && app.bundle.with_untracked(|shown| shown.as_ref().is_none_or(|shown| shown.sequence < bundle.sequence))
    {
        app.bundle.set(Some(Arc::new(bundle)));
    }
    Ok(())
}

/// Asks the hall for a later head, and sees to it that the parts come.
pub async fn renew(app: App, root: &[u8; 32]) -> Result<(), Failure> {
    let shown = app.bundle.get_untracked();
    let kept = database::get_row::<Kept>(Store::Settings, KEPT).await.ok().flatten();
    // Without a head in memory its tag says nothing: it is fetched.
    let kept = kept.filter(|_| shown.is_some());
    let etag = kept.as_ref().and_then(|kept| kept.etag.as_deref());
    let (signed, etag) = match (net::get_if_changed::<Signed>("/catalogue", etag).await?, kept) {
        (Some(offered), _) => offered,
        (None, Some(kept)) => (kept.signed, kept.etag),
        (None, None) => return Ok(()),
    };
    let bundle = Arc::new(Bundle::open(&signed, root).map_err(|why| refuse(app, &why))?);
    match shown {
        // The hall's database may have been put back to an earlier day: what was published last stands.
        Some(shown) if bundle.sequence < shown.sequence => return Ok(()),
        Some(_) => {}
        None => app.bundle.set(Some(bundle.clone())),
    }
    let (kept, root) = (Kept { signed, etag, sequence: bundle.sequence }, *root);
    spawn_local(async move {
        if GATHERING.replace(true) {
            return;
        }
        let gathered = gather(app, &bundle, &kept, &root).await;
        GATHERING.set(false);
        match gathered {
            Ok(()) => {}
            Err(Failure::Unreachable) => app.online.set(false),
            Err(failure) => app.trouble.set(Some(failure.say())),
        }
    });
    Ok(())
}

/// Fetches what is missing, then makes this the head that is kept, and the one that is shown.
async fn gather(app: App, bundle: &Arc<Bundle>, kept: &Kept, root: &[u8; 32]) -> Result<(), Failure> {
    let here = database::keys(Store::Parts).await?;
    fetch_missing(bundle, &here).await?;
    // Meanwhile this device may have been taken out of this hall.
    if app.hall.with_untracked(|hall| hall.as_ref().is_none_or(|hall| hall.root != hex(root))) {
        return Ok(());
    }
    // A few hundred at most.
    let named = |sha256: &String| bundle.parts().any(|part| part.sha256 == *sha256);
    let mut changes = vec![Change::Put(Store::Settings, KEPT.to_owned(), database::row(kept))];
    changes.extend(here.into_iter().filter(|part| !named(part)).map(|part| Change::Delete(Store::Parts, part)));
    database::transact(&[Store::Parts], &[(Store::Settings, KEPT)], |found| {
        let before: Option<Kept> = found.first().and_then(Option::as_ref).and_then(database::content);
        // Another tab may have come further.
        let later = before.is_some_and(|before| before.sequence > kept.sequence);
        (if later { vec![] } else { changes }, ())
    })
    .await?;
    load(app, root).await
}

/// Fetches the parts that are not here, a few at a time.
async fn fetch_missing(bundle: &Bundle, here: &[String]) -> Result<(), Failure> {
    let missing = bundle.parts().filter(|part| !here.contains(&part.sha256));
    let fetched = stream::iter(missing).map(|part| async move { store(part, &fetch(part).await?).await });
    let mut fetched = fetched.buffer_unordered(AT_ONCE);
    let mut spoilt = None;
    while let Some(done) = fetched.next().await {
        match done {
            // The others are good for the next time.
            Err(failure @ Failure::Key(_)) => spoilt = Some(failure),
            done => done?,
        }
    }
    spoilt.map_or(Ok(()), Err)
}

/// The changes that forget it all.
pub fn forget() -> Vec<Change> {
    vec![Change::Delete(Store::Settings, KEPT.to_owned()), Change::Clear(Store::Parts)]
}

async fn fetch(part: &Part) -> Result<Vec<u8>, Failure> {
    let bytes = net::get_bytes(&format!("/catalogue/parts/{}", part.sha256)).await?;
    part.check(&bytes).map_err(|_| other_bytes())?;
    Ok(bytes)
}

async fn store(part: &Part, bytes: &[u8]) -> Result<(), Failure> {
    database::write(vec![Change::Put(Store::Parts, part.sha256.clone(), Uint8Array::from(bytes).into())]).await
}

/// A part, opened: from the database, else from the hall, and then kept.
async fn open<T>(part: &Part, open: impl Fn(Vec<u8>) -> Option<T>) -> Result<T, Failure> {
    // A database that cannot be read has been reported; the hall may still be there.
    let kept = database::get(Store::Parts, &part.sha256).await.ok().flatten();
    let kept = kept.and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec());
    if let Some(opened) = kept.filter(|bytes| part.check(bytes).is_ok()).and_then(&open) {
        return Ok(opened);
    }
    let bytes = fetch(part).await?;
    // Not kept, it is fetched again the next time.
    let _ = store(part, &bytes).await;
    open(bytes).ok_or_else(other_bytes)
}

/// The search index and every card; read when somebody looks further than the first page.
pub async fn listing(app: App) -> Result<Arc<Listing>, Failure> {
    let part = app.bundle.with_untracked(|bundle| bundle.as_ref().map(|b| b.listing.clone())).ok_or(Failure::Unreachable)?;
    if let Some(opened) = LISTING.with_borrow(|kept| kept.as_ref().filter(|(of, _)| *of == part.sha256).map(|(_, l)| l.clone())) {
        return Ok(opened);
    }
    let opened = Arc::new(open(&part, |bytes| Listing::open(bytes).ok()).await?);
    LISTING.set(Some((part.sha256, opened.clone())));
    Ok(opened)
}

/// An item that a page needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    pub code: String,
    /// This version if the catalogue has it; else the one that counts on `day`.
    pub version: Option<NaiveDate>,
    pub day: NaiveDate,
}

impl Wanted {
    /// The version that counts today.
    pub fn today(app: App, code: String) -> Wanted {
        Wanted { code, version: None, day: app.today() }
    }

    fn among(&self, items: &[Arc<Item>]) -> Option<Arc<Item>> {
        let named = items.iter().find(|item| item.code == self.code && Some(item.version) == self.version);
        named.or_else(|| in_force(items, &self.code, self.day)).cloned()
    }
}

/// What has come of looking for an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Sought {
    Waiting,
    Here(Arc<Item>),
    /// The catalogue has no such item.
    Unknown,
    /// It is not on this device, and the hall is out of reach.
    NotHere,
}

impl Sought {
    pub fn here(self) -> Option<Arc<Item>> {
        match self {
            Sought::Here(item) => Some(item),
            Sought::Waiting | Sought::Unknown | Sought::NotHere => None,
        }
    }
}

impl From<Option<Arc<Item>>> for Sought {
    fn from(item: Option<Arc<Item>>) -> Sought {
        item.map_or(Sought::Unknown, Sought::Here)
    }
}

/// The pack in which an item of the shown catalogue lies: nothing when there is no such pack, and why not without a catalogue.
fn pack_for(app: App, code: &str) -> Result<Option<Part>, Failure> {
    app.bundle.with_untracked(|bundle| bundle.as_ref().map(|b| b.pack(code).cloned())).ok_or(Failure::Unreachable)
}

/// From memory, when its pack is there.
fn remembered(app: App, wanted: &Wanted) -> Option<Sought> {
    let part = pack_for(app, &wanted.code).ok()??;
    let items = OPENED.with_borrow(|opened| opened.iter().find(|(of, _)| *of == part.sha256).map(|(_, items)| items.clone()))?;
    Some(wanted.among(&items).into())
}

/// Looks for an item in memory, in the database, at the hall.
pub async fn find(app: App, wanted: &Wanted) -> Sought {
    if let Some(found) = remembered(app, wanted) {
        return found;
    }
    let mut found = read(app, wanted).await;
    if found == Err(Failure::Unreachable) && caught_up(app).await {
        found = read(app, wanted).await;
    }
    match found {
        Ok(item) => item.into(),
        Err(Failure::Unreachable) => Sought::NotHere,
        Err(failure) => {
            app.trouble.set(Some(failure.say()));
            Sought::NotHere
        }
    }
}

/// Another tab may have gone on to a later catalogue and dropped the parts of the one before: then this one follows.
async fn caught_up(app: App) -> bool {
    let shown = || app.bundle.with_untracked(|bundle| bundle.as_ref().map(|b| b.sequence));
    let root = app.hall.with_untracked(|hall| hall.as_ref().and_then(|hall| from_hex(&hall.root)));
    let before = shown();
    // A database that cannot be read has nothing later.
    let _ = load(app, &root.unwrap_or_default()).await;
    shown() != before
}

async fn read(app: App, wanted: &Wanted) -> Result<Option<Arc<Item>>, Failure> {
    let Some(part) = pack_for(app, &wanted.code)? else { return Ok(None) };
    let items = |bytes: Vec<u8>| part.items(&bytes).ok();
    let items: Items = Arc::new(open(&part, items).await?.into_iter().map(Arc::new).collect());
    OPENED.with_borrow_mut(|opened| {
        opened.retain(|(of, _)| *of != part.sha256);
        opened.push_front((part.sha256.clone(), items.clone()));
        opened.truncate(PACKS);
    });
    Ok(wanted.among(&items))
}

/// Follows an item: looks again when another one is wanted, when the catalogue changes and when the hall comes into reach.
pub fn seek(app: App, wanted: impl Fn() -> Option<Wanted> + Send + Sync + 'static) -> RwSignal<Sought> {
    let wanted = Memo::new(move |_| wanted());
    let at_once = move || wanted.get_untracked().and_then(|wanted| remembered(app, &wanted));
    let sought = RwSignal::new(at_once().unwrap_or(Sought::Waiting));
    Effect::new(move |_| {
        app.bundle.track();
        app.online.track();
        let Some(wanted_now) = wanted.get() else { return };
        if let Some(found) = at_once() {
            if sought.with_untracked(|sought| *sought != found) {
                sought.set(found);
            }
            return;
        }
        // What is shown stays until its successor is here.
        if sought.with_untracked(|sought| !matches!(sought, Sought::Here(item) if item.code == wanted_now.code)) {
            sought.set(Sought::Waiting);
        }
        spawn_local(async move {
            let found = find(app, &wanted_now).await;
            let still = wanted.try_get_untracked().flatten().as_ref() == Some(&wanted_now);
            let keeps = found == Sought::NotHere && sought.try_with_untracked(|sought| matches!(sought, Sought::Here(_))) == Some(true);
            if still && !keeps {
                sought.try_set(found);
            }
        });
    });
    sought
}

/// Why a head is not believed, for the person at the screen.
fn refuse(app: App, why: &Untrusted) -> Failure {
    let text = match why {
        Untrusted::Content(_) => Text::new(
            "大厅的目录是本程序还不认识的格式,本机继续使用已有的目录。请更新程序",
            "The hall's catalogue has a format that this app does not know yet; the device goes on with what it has. \
             Please update the app",
        ),
        Untrusted::Key | Untrusted::OtherKey | Untrusted::Signature => return super::hall::unbelieved(app),
    };
    app.trouble.set(Some(text.clone()));
    Failure::Key(text)
}

fn other_bytes() -> Failure {
    Failure::Key(Text::new(
        "收到的一部分目录与大厅签名的内容不符,已弃用,稍后会重新下载。请告诉工作人员",
        "A part of the catalogue is not what the hall signed; it was discarded and will be fetched again. Please tell the staff",
    ))
}

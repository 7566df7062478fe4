//! Submissions on their way to the hall: written first, sent second, and let go only when the hall's own receipt has been
//! verified and stored. A submission is "saved" when its one transaction has reached the disk; only then is there a receipt.
//!
//! On a kiosk the rows are sealed, and what this session may still see of its own submissions is in memory; on a personal
//! device a summary and the receipts stay.
//!
//! - [`freeze`]: draft → sealed envelope. [`record`]: what may still be seen of it. [`drain`]: sending.
//! - [`copies`]: the second place, should the browser lose the first.
//! - [`held`]: what the hall has acknowledged, for a hall that loses it. [`queue`]: what waits, for the operator.

mod copies;
mod drain;
mod freeze;
mod held;
pub mod queue;
mod record;

use super::app::{App, Draft};
use super::device::database::{self, Change, Durability, Store, Stores};
use super::device::keys::Key;
use super::device::net::{self, Failure};
use super::device::{self, drafts, hall, health, lock, preferences};
use crate::receipt::Profile;
use crate::submission::queue::Row;
use crate::words::{Lang, Text};
use chrono::{DateTime, Utc};
use freeze::Prepared;
use futures_util::future::join;
use indexed_db_futures::error::Error;
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::JsValue;

pub use drain::push;
pub use held::{let_go_of_old, recall};
pub use record::{Kept, Record, Standing};

/// In the settings: which restore of the hall this device has asked about.
const EPOCH: &str = "epoch";

/// How urgent sending is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Push {
    /// What is due.
    Due,
    /// A person asked: everything, also what waits for somebody's attention.
    Asked,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    pub waiting: usize,
    pub attention: usize,
    pub oldest: Option<DateTime<Utc>>,
}

thread_local! {
    /// What was submitted in this session of a shared machine; never stored.
    static SESSION: RefCell<Vec<Record>> = const { RefCell::new(Vec::new()) };
    /// Grows with the end of each session: what one person submitted last must not turn up in the next one's.
    static ENDED: Cell<u32> = const { Cell::new(0) };
    static WATCHED: RefCell<Vec<(Uuid, RwSignal<Option<Kept>>)>> = const { RefCell::new(Vec::new()) };
}

/// What became of submitting a draft.
pub enum Submitted {
    Now,
    /// It had been submitted already, in another window, at that time; what was changed here since then was not.
    Before(DateTime<Utc>),
}

/// Whether this machine may take applications. A shared one that may not says so before anybody fills in anything.
pub async fn may_submit(app: App) -> Result<(), Failure> {
    if !shared(app) {
        return Ok(());
    }
    freeze::vouched(app, Key::load().await?.as_ref())
}

/// Submits a draft: freezes, signs and seals it, and answers once it is on disk. The same draft again is not submitted again.
/// The caller lets go of the draft in memory.
pub async fn submit(app: App, draft: &Draft, consent: &str) -> Result<Submitted, Failure> {
    let personal = !shared(app);
    let session = ENDED.get();
    let (prepared, estimate) = join(freeze::prepare(app, draft, consent), health::estimate()).await;
    let prepared = Rc::new(prepared?);
    // Twice: once more as a copy.
    held::have_room(2 * prepared.bytes(), estimate).await?;
    let copying = Cell::new(None);
    let copy = || copying.set(Some(copies::begin(prepared.clone(), personal)));
    let stored = match store(draft, &prepared, personal, copy).await {
        Err(Failure::Full) => {
            copies::take_back(&prepared, copying.take()).await;
            held::make_room(prepared.bytes()).await?;
            // What room there is now is for the row, not for its copy.
            store(draft, &prepared, personal, || {}).await
        }
        // Whether it was stored shows when the very same is stored again.
        Err(Failure::Closed | Failure::Silent) => store(draft, &prepared, personal, copy).await,
        stored => stored,
    };
    let submitted = match stored {
        Ok(submitted) => submitted,
        Err(failure) => {
            copies::take_back(&prepared, copying.take()).await;
            return Err(failure);
        }
    };
    if let Some(copy) = copying.take() {
        copy.done().await;
    }
    if matches!(submitted, Submitted::Now) && !personal && ENDED.get() == session {
        SESSION.with_borrow_mut(|session| session.push(prepared.record.clone()));
    }
    let id = draft.id;
    spawn_local(async move {
        count(app).await;
        changed(app, id).await;
        if app.online.get_untracked() {
            push(app, Push::Due);
        } else {
            // Once it is in reach it is sent what is due.
            spawn_local(app.probe());
        }
        if personal {
            // What is waiting here is worth keeping; the browser's answer is shown on the page about this device.
            health::persist().await;
        }
        app.warn_when_full().await;
    });
    Ok(submitted)
}

/// The one transaction that makes it saved. `first` is called when nothing is known yet of its id, before the disk is waited for.
async fn store(draft: &Draft, prepared: &Prepared, personal: bool, first: impl FnOnce()) -> Result<Submitted, Failure> {
    let Prepared { row, envelope, chunks, record } = prepared;
    let key = draft.id.to_string();
    let stores = [Store::Outbox, Store::Envelopes, Store::Chunks, Store::Records, Store::Drafts, Store::Photos, Store::Acknowledged];
    database::change(Durability::Strict, &stores, async |stores| {
        let (there, acknowledged) = join(stores.get_row::<Row>(Store::Outbox, &key), stores.get(Store::Acknowledged, &key)).await;
        if let Some(there) = there? {
            // This very one, when the database was closed before it said that it had stored it.
            let same = there.digest == row.digest;
            return Ok((vec![], if same { Submitted::Now } else { Submitted::Before(there.queued_at) }));
        }
        if let Some(there) = acknowledged? {
            return Ok((vec![], Submitted::Before(held::received_at(&there).unwrap_or(row.queued_at))));
        }
        let mut changes = if personal { drafts::gone(&stores, &draft.item.code, draft.id).await? } else { vec![] };
        changes.push(Change::Put(Store::Outbox, key.clone(), database::row(row)));
        changes.push(Change::Add(Store::Envelopes, key.clone(), JsValue::from_str(envelope)));
        let bytes = |bytes: &[u8]| JsValue::from(Uint8Array::from(bytes));
        changes.extend(chunks.iter().map(|chunk| Change::Put(Store::Chunks, chunk.digest.to_string(), bytes(&chunk.bytes))));
        if personal {
            changes.push(Change::Put(Store::Records, key.clone(), database::row(record)));
        }
        first();
        Ok((changes, Submitted::Now))
    })
    .await
}

/// The stores that tell where a submission stands.
const STANDING: [Store; 3] = [Store::Outbox, Store::Acknowledged, Store::Records];

/// One submission; on a shared machine only one of this session's own.
pub async fn kept(app: App, id: Uuid) -> Result<Option<Kept>, Failure> {
    let own = SESSION.with_borrow(|session| session.iter().find(|record| record.id == id).cloned());
    if shared(app) && own.is_none() {
        return Ok(None);
    }
    database::look(&STANDING, async |stores| {
        let record = if own.is_some() { own } else { stores.get_row(Store::Records, &id.to_string()).await? };
        Ok(match record {
            Some(record) => Some(stand(&stores, record).await?),
            None => None,
        })
    })
    .await
}

/// Every submission that may be seen here, the latest first.
pub async fn all(app: App) -> Result<Vec<Kept>, Failure> {
    let records: Vec<Record> = if shared(app) {
        SESSION.with_borrow(Clone::clone)
    } else {
        database::all(Store::Records).await?.iter().filter_map(database::content).collect()
    };
    let mut all = database::look(&STANDING, async |stores| {
        let mut all = Vec::with_capacity(records.len());
        for record in records {
            all.push(stand(&stores, record).await?);
        }
        Ok(all)
    })
    .await?;
    all.sort_by_key(|kept| std::cmp::Reverse((kept.record.captured_at, kept.record.id)));
    Ok(all)
}

async fn stand(stores: &Stores<'_>, record: Record) -> Result<Kept, Error> {
    let key = record.id.to_string();
    let row = stores.get(Store::Outbox, &key).await?.map(|row| readable(record.id, &row));
    Ok(Kept::new(record, row, stores.get_row(Store::Acknowledged, &key).await?))
}

/// Follows a submission for as long as the page that asks is open.
pub fn watch(app: App, id: Uuid) -> RwSignal<Option<Kept>> {
    let signal = RwSignal::new(None);
    WATCHED.with_borrow_mut(|watched| watched.push((id, signal)));
    spawn_local(changed(app, id));
    signal
}

/// Try now: the button.
pub fn drain(app: App) {
    spawn_local(async move {
        app.probe().await;
        push(app, Push::Asked);
    });
}

/// The end of a session on a shared machine: everything readable goes; the sealed rows stay until they are sent.
pub async fn forget_session(app: App) {
    ENDED.set(ENDED.get().wrapping_add(1));
    SESSION.take();
    WATCHED.with_borrow_mut(|watched| {
        for (_, signal) in watched.drain(..) {
            signal.try_set(None);
        }
    });
    app.draft.set(None);
    if shared(app) {
        app.lang.set(Lang::default());
        app.large.set(false);
        preferences::forget();
        if let Err(failure) = database::write([Store::Drafts, Store::Photos, Store::Records].map(Change::Clear).into()).await {
            app.trouble.set(Some(failure.say()));
        }
    }
}

/// "Delete everything of mine on this device": drafts, pictures, receipts, summaries, sealed copies of what was sent,
/// preferences and the device's key. On a citizen's own device also what was not sent yet, which is thereby withdrawn: the page
/// says how much that is before it asks. On a shared machine that belongs to those before, and stays until the hall has it.
pub async fn forget_all(app: App) {
    forget_session(app).await;
    if shared(app) {
        return;
    }
    preferences::forget();
    app.lang.set(Lang::default());
    app.large.set(false);
    let own = {
        use Store::*;
        [Drafts, Photos, Records, Outbox, Envelopes, Chunks, Acknowledged, Keys, Scans]
    };
    let mut changes: Vec<Change> = own.map(Change::Clear).into();
    changes.extend(hall::forget());
    // First of all, or what is deleted would be brought back.
    device::copies::delete_all().await;
    // Other tabs hear of it, and let go of what they have in memory.
    preferences::note_traces();
    if let Err(failure) = database::write(changes).await {
        app.trouble.set(Some(failure.say()));
    }
    count(app).await;
    if remove_traces(app).await {
        app.trouble.set(Some(Text::new(
            "内容已经删除。本应用还开着别的窗口:请把它们关掉,浏览器才能连同文件里的痕迹一起清除",
            "Everything was deleted. This app is still open in other windows: close them, so that the browser can remove the traces \
             in its files too",
        )));
    }
}

/// Whether anything of anybody is kept here, readable or not. What cannot be told counts as kept.
pub async fn keeps_anything() -> bool {
    for store in [Store::Drafts, Store::Outbox, Store::Records, Store::Scans, Store::Acknowledged] {
        if database::count(store).await.unwrap_or(1) > 0 {
            return true;
        }
    }
    // What the browser has lost and was not brought back yet.
    device::copies::names().await.is_none_or(|names| !names.is_empty())
}

/// After everything was deleted: lets the browser remove its files too, which it does on the hall's word only, and then for
/// all that is kept here. So it waits until the hall can be reached, while something new is under way, and while another
/// window is open, which could save something in that moment. Whether it is only for other windows that it waits.
pub(super) async fn remove_traces(app: App) -> bool {
    if !preferences::has_traces() || shared(app) || app.draft.with_untracked(Option::is_some) {
        return false;
    }
    let remove = async move {
        // Out of reach: the next beat tries again.
        if keeps_anything().await || net::post_json::<_, ()>("/forget", &()).await.is_err() {
            return;
        }
        // A browser that does not know the header has removed nothing, and is not asked for ever.
        preferences::forget_traces();
        match (app.draft.get_untracked(), web_sys::window()) {
            // Begun meanwhile: it is still in memory.
            (Some(draft), _) => {
                if let Err(failure) = drafts::save(&draft).await {
                    app.trouble.set(Some(failure.say()));
                }
            }
            (None, Some(window)) => {
                // A page that cannot be replaced finds its storage empty, and goes on.
                let _ = window.location().replace("/");
            }
            (None, None) => {}
        }
    };
    !lock::without_other_pages(remove).await
}

/// The change that makes this device ask again whatever hall it finds.
pub(super) fn forget_epoch() -> Change {
    Change::Delete(Store::Settings, EPOCH.to_owned())
}

/// Nothing waits to be sent.
pub async fn is_empty() -> Result<bool, Failure> {
    Ok(database::count(Store::Outbox).await? == 0)
}

pub async fn depth() -> Result<Depth, Failure> {
    let mut depth = Depth::default();
    rows(|row| {
        depth.waiting += 1;
        depth.attention += usize::from(row.needs_somebody());
        // One that cannot be read does not say since when.
        if row.bytes > 0 {
            depth.oldest = Some(depth.oldest.map_or(row.queued_at, |oldest| oldest.min(row.queued_at)));
        }
    })
    .await?;
    Ok(depth)
}

/// Brings back what the browser has lost since it was saved here.
pub(super) async fn bring_back(app: App) {
    match copies::bring_back().await {
        Ok(0) => {}
        Ok(_) => count(app).await,
        Err(failure) => app.trouble.set(Some(failure.say())),
    }
}

/// On start: counts what waits.
pub(super) async fn start(app: App) -> Result<(), Failure> {
    app.waiting.set(database::count(Store::Outbox).await?);
    Ok(())
}

/// Another tab may have sent something: what is on show is read again.
pub(super) async fn look_again(app: App) {
    let mut ids: Vec<Uuid> = WATCHED.with_borrow(|watched| watched.iter().map(|(id, _)| *id).collect());
    ids.dedup();
    for id in ids {
        changed(app, id).await;
    }
    count(app).await;
}

/// Something happened to a submission: everybody who watches it gets to know.
async fn changed(app: App, id: Uuid) {
    let watched = WATCHED.with_borrow(|watched| watched.iter().any(|(watched, _)| *watched == id));
    if !watched {
        return;
    }
    match kept(app, id).await {
        Ok(now) => WATCHED.with_borrow_mut(|watched| {
            // A signal whose page is gone gives its value back, and is watched no longer.
            watched.retain(|(of, signal)| {
                *of != id
                    || match signal.try_with_untracked(|shown| *shown == now) {
                        None => false,
                        Some(true) => true,
                        Some(false) => signal.try_set(now.clone()).is_none(),
                    }
            });
        }),
        Err(failure) => app.trouble.set(Some(failure.say())),
    }
}

async fn count(app: App) {
    // A count that cannot be had now is had on the next beat.
    if let Ok(waiting) = database::count(Store::Outbox).await
        && app.waiting.get_untracked() != waiting
    {
        app.waiting.set(waiting);
    }
}

/// Shows every row to `each`, in no order that means anything.
async fn rows(mut each: impl FnMut(Row)) -> Result<(), Failure> {
    database::walk(Store::Outbox, |key, row| {
        if let Ok(id) = key.parse() {
            each(readable(id, row));
        }
    })
    .await
}

/// A row, or what stands for one that cannot be read.
fn readable(id: Uuid, row: &JsValue) -> Row {
    database::content(row).unwrap_or_else(|| Row::unreadable(id))
}

/// Nobody's own device: kiosk and desk.
fn shared(app: App) -> bool {
    app.profile.get_untracked() != Profile::Personal
}

//! Submissions on their way to the hall: written first, sent second, and let go only when the hall's own receipt has been
//! verified and stored. A submission is "saved" when its one transaction has reached the disk; only then is there a receipt.
//!
//! On a kiosk the rows are sealed, and what this session may still see of its own submissions is in memory; on a personal
//! device a summary and the receipts stay.
//!
//! - [`freeze`]: draft → sealed envelope. [`row`]: what is stored. [`drain`]: sending.

mod drain;
mod freeze;
mod row;

use super::app::{App, Draft};
use super::device::database::{self, Change, Store};
use super::device::keys::Key;
use super::device::net::Failure;
use super::device::{clock, hall, health, preferences};
use crate::api::Acknowledgement;
use crate::check::Outcome;
use crate::receipt::Profile;
use crate::words::{Lang, Text};
use chrono::{DateTime, TimeDelta, Utc};
use freeze::Prepared;
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use row::{Acknowledged, Record, Row, State};
use std::cell::{Cell, RefCell};
use uuid::Uuid;
use wasm_bindgen::JsValue;

pub use drain::push;

/// How long it is remembered that a submission was acknowledged.
const REMEMBERED: TimeDelta = TimeDelta::days(30);

/// How urgent sending is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Push {
    /// What is due.
    Due,
    /// A person asked: everything, also what waits for somebody's attention.
    Asked,
}

/// Where a submission stands. The first three are "on this device", the last is "at the hall".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    Queued,
    Sending,
    /// Somebody has to do something; why.
    Attention(Text),
    Received(Acknowledgement),
}

/// A submission as its applicant may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub id: Uuid,
    pub item: String,
    pub item_name: Text,
    pub window: Text,
    pub complaint: Text,
    pub captured_at: DateTime<Utc>,
    pub outcome: Outcome,
    /// QR text of the device's receipt.
    pub receipt: String,
    pub standing: Standing,
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

/// Submits a draft: freezes, signs and seals it, and answers once it is on disk. The same draft again, by a double press or
/// in another tab, is not submitted again. The caller lets go of the draft in memory.
pub async fn submit(app: App, draft: &Draft, consent: &str) -> Result<Uuid, Failure> {
    let personal = app.profile.get_untracked() == Profile::Personal;
    let session = ENDED.get();
    let Prepared { sealed, chunks, record } = freeze::prepare(app, draft, consent).await?;
    let (id, key) = (draft.id, draft.id.to_string());
    let mut changes = vec![Change::Put(Store::Outbox, key.clone(), database::row(&Row::new(sealed, clock::now())))];
    changes.extend(
        chunks
            .iter()
            .map(|chunk| Change::Put(Store::Chunks, chunk.digest.to_string(), JsValue::from(Uint8Array::from(chunk.bytes.as_slice())))),
    );
    if personal {
        changes.push(Change::Put(Store::Records, key.clone(), database::row(&record)));
        changes.push(Change::Delete(Store::Drafts, draft.item.code.clone()));
    }
    let stores = [Store::Outbox, Store::Chunks, Store::Records, Store::Drafts];
    let fresh = database::transact(&stores, &[(Store::Outbox, &key), (Store::Acknowledged, &key)], |found| {
        let fresh = found.iter().all(Option::is_none);
        (if fresh { changes } else { vec![] }, fresh)
    })
    .await?;
    if fresh && !personal && ENDED.get() == session {
        SESSION.with_borrow_mut(|session| session.push(record));
    }
    changed(app, id).await;
    push(app, Push::Due);
    if personal {
        // What is waiting here is worth keeping; the browser's answer is shown on the page about this device.
        spawn_local(async {
            health::persist().await;
        });
    }
    Ok(id)
}

/// One submission; on a shared machine only one of this session's own.
pub async fn kept(app: App, id: Uuid) -> Result<Option<Kept>, Failure> {
    let record = match own(app, id) {
        Some(record) => Some(record),
        None if shared(app) => None,
        None => database::get_row::<Record>(Store::Records, &id.to_string()).await?,
    };
    let Some(record) = record else { return Ok(None) };
    let row = database::get_row::<Row>(Store::Outbox, &id.to_string()).await?;
    // Between the two reads it may have been acknowledged.
    let record = if row.is_none() && record.acknowledgement.is_none() { again(app, record).await? } else { record };
    Ok(Some(kept_of(record, row.as_ref())))
}

/// Every submission that may be seen here, the latest first.
pub async fn all(app: App) -> Result<Vec<Kept>, Failure> {
    let records: Vec<Record> = if shared(app) {
        SESSION.with_borrow(Clone::clone)
    } else {
        database::all(Store::Records).await?.iter().filter_map(database::content).collect()
    };
    let rows = rows().await?;
    let mut kept = Vec::with_capacity(records.len());
    for record in records {
        let row = rows.iter().find(|row| row.sealed.id == record.id);
        let record = if row.is_none() && record.acknowledgement.is_none() { again(app, record).await? } else { record };
        kept.push(kept_of(record, row));
    }
    kept.sort_by_key(|kept| std::cmp::Reverse((kept.captured_at, kept.id)));
    Ok(kept)
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
        if let Err(failure) = database::write(vec![Change::Clear(Store::Drafts), Change::Clear(Store::Records)]).await {
            app.trouble.set(Some(failure.say()));
        }
    }
}

/// "Delete everything of mine on this device": drafts, receipts, summaries, preferences and the device's key. What has been
/// submitted and not sent yet stays, sealed, until the hall has it: it was handed in.
pub async fn forget_all(app: App) {
    forget_session(app).await;
    preferences::forget();
    app.lang.set(Lang::default());
    app.large.set(false);
    let mut changes = vec![Change::Clear(Store::Drafts), Change::Clear(Store::Records)];
    if !shared(app) {
        changes.push(Key::forget());
    }
    if is_empty().await.unwrap_or(false) {
        changes.push(Change::Clear(Store::Acknowledged));
        if !shared(app) {
            changes.extend(hall::forget());
        }
    }
    if let Err(failure) = database::write(changes).await {
        app.trouble.set(Some(failure.say()));
    }
}

/// Nothing waits to be sent.
pub async fn is_empty() -> Result<bool, Failure> {
    Ok(database::all(Store::Outbox).await?.is_empty())
}

pub async fn depth() -> Result<Depth, Failure> {
    let rows = rows().await?;
    Ok(Depth {
        waiting: rows.len(),
        attention: rows.iter().filter(|row| matches!(row.state, State::Attention(_))).count(),
        oldest: rows.iter().map(|row| row.queued_at).min(),
    })
}

/// On start: counts what waits, and forgets acknowledgements of long ago.
pub(super) async fn start(app: App) -> Result<(), Failure> {
    app.waiting.set(database::all(Store::Outbox).await?.len());
    let oldest = clock::now() - REMEMBERED;
    let old = database::all(Store::Acknowledged)
        .await?
        .iter()
        .filter_map(database::content::<Acknowledged>)
        .filter(|a| a.received_at < oldest)
        .map(|a| Change::Delete(Store::Acknowledged, a.id.to_string()))
        .collect::<Vec<_>>();
    if !old.is_empty() {
        database::write(old).await?;
    }
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
    count(app).await;
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
    if let Ok(rows) = database::all(Store::Outbox).await
        && app.waiting.get_untracked() != rows.len()
    {
        app.waiting.set(rows.len());
    }
}

/// The hall has one of this session's own.
fn received(acknowledgement: &Acknowledgement) {
    SESSION.with_borrow_mut(|session| {
        if let Some(record) = session.iter_mut().find(|record| record.id == acknowledgement.id) {
            record.acknowledgement = Some(acknowledgement.clone());
        }
    });
}

async fn rows() -> Result<Vec<Row>, Failure> {
    Ok(database::all(Store::Outbox).await?.iter().filter_map(database::content).collect())
}

/// Nobody's own device: kiosk and desk.
fn shared(app: App) -> bool {
    app.profile.get_untracked() != Profile::Personal
}

fn own(app: App, id: Uuid) -> Option<Record> {
    shared(app).then(|| SESSION.with_borrow(|session| session.iter().find(|record| record.id == id).cloned())).flatten()
}

async fn again(app: App, record: Record) -> Result<Record, Failure> {
    let now = if shared(app) { own(app, record.id) } else { database::get_row(Store::Records, &record.id.to_string()).await? };
    Ok(now.unwrap_or(record))
}

fn kept_of(record: Record, row: Option<&Row>) -> Kept {
    let Record { id, item, item_name, window, complaint, captured_at, outcome, receipt, acknowledgement } = record;
    let standing = match (acknowledgement, row.map(|row| &row.state)) {
        (Some(acknowledgement), _) => Standing::Received(acknowledgement),
        (None, Some(State::Queued)) => Standing::Queued,
        (None, Some(State::Sending { .. })) => Standing::Sending,
        (None, Some(State::Attention(why))) => Standing::Attention(why.clone()),
        (None, None) => Standing::Attention(Text::new(
            "本机的待上传数据已被浏览器清除,无法确认大厅是否收到。请凭回执到窗口",
            "The browser has cleared this device's data, so it cannot tell whether the hall has it. Bring the receipt to the window",
        )),
    };
    Kept { id, item, item_name, window, complaint, captured_at, outcome, receipt, standing }
}

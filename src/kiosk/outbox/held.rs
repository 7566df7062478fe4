//! What the hall has acknowledged stays here, sealed, for thirty days: a hall that was put back from a backup gets back what
//! it has lost. When room is needed for something new, the oldest goes first.

use super::EPOCH;
use crate::api::{Acknowledgement, HELD, Held};
use crate::kiosk::app::App;
use crate::kiosk::device::copies;
use crate::kiosk::device::database::{self, Change, Durability, Store, Stores};
use crate::kiosk::device::health::Estimate;
use crate::kiosk::device::net::{self, Failure};
use crate::submission::Sealed;
use crate::submission::queue::Row;
use chrono::{DateTime, TimeDelta, Utc};
use indexed_db_futures::error::Error;
use leptos::prelude::*;
use serde::Deserialize;
use uuid::Uuid;
use wasm_bindgen::JsValue;

const REMEMBERED: TimeDelta = TimeDelta::days(30);
/// How many are let go in one transaction.
const AT_ONCE: usize = 50;
/// What storing something takes beyond its own bytes.
pub(super) const MARGIN: u64 = 512 * 1024;

/// When the hall was put back from a backup since this device last asked: asks which submissions it has lost, and queues
/// those again. Only with them is it noted that the hall was asked.
pub async fn recall(app: App) -> Result<(), Failure> {
    let Some((code, epoch)) = app.hall.with_untracked(|hall| hall.as_ref().map(|hall| (hall.code.clone(), hall.epoch))) else {
        return Ok(());
    };
    if database::get_row::<i64>(Store::Settings, EPOCH).await? == Some(epoch) {
        return Ok(());
    }
    let kept = database::look(&[Store::Acknowledged, Store::Envelopes], async |stores| {
        let sealed = stores.keys(Store::Envelopes).await?;
        let mut ids = stores.keys(Store::Acknowledged).await?;
        // Both are in order.
        ids.retain(|id| sealed.binary_search(id).is_ok());
        Ok(ids)
    })
    .await?;
    let ids: Vec<Uuid> = kept.iter().filter_map(|id| id.parse().ok()).collect();
    let mut lost = Vec::new();
    for ids in ids.chunks(HELD) {
        lost.extend(net::post_json::<_, Vec<Uuid>>("/submissions/unknown", &Held { ids: ids.to_vec() }).await?);
    }
    let stores = [Store::Outbox, Store::Envelopes, Store::Acknowledged, Store::Settings];
    database::change(Durability::Strict, &stores, async |stores| {
        let mut changes = vec![Change::Put(Store::Settings, EPOCH.to_owned(), database::row(&epoch))];
        for id in lost {
            changes.extend(again(&stores, &id.to_string(), &code).await?);
        }
        Ok((changes, ()))
    })
    .await?;
    super::count(app).await;
    Ok(())
}

/// The change that queues once more what this hall had acknowledged.
async fn again(stores: &Stores<'_>, key: &str, hall: &str) -> Result<Option<Change>, Error> {
    let queued = stores.get(Store::Outbox, key).await?.is_some();
    let acknowledgement: Option<Acknowledgement> = stores.get_row(Store::Acknowledged, key).await?;
    let envelope = stores.get(Store::Envelopes, key).await?;
    let sealed = envelope.as_ref().and_then(database::content::<Sealed>).filter(|sealed| sealed.hall == hall);
    let (Some(acknowledgement), Some(sealed), false) = (acknowledgement, sealed, queued) else { return Ok(None) };
    let bytes = envelope.and_then(|text| text.as_string()).map_or(0, |text| text.len());
    let row = Row::new(&sealed, bytes, acknowledgement.received_at);
    Ok(Some(Change::Put(Store::Outbox, key.to_owned(), database::row(&row))))
}

/// Lets go of what was acknowledged more than thirty days ago.
pub async fn let_go_of_old(app: App) -> Result<(), Failure> {
    // Only by the hall's clock: this one may be years ahead.
    if !app.online.get_untracked() {
        return Ok(());
    }
    let oldest = app.now() - REMEMBERED;
    let old: Vec<String> = acknowledged().await?.into_iter().filter(|(at, _)| *at < oldest).map(|(_, key)| key).collect();
    for keys in old.chunks(AT_ONCE) {
        database::change(Durability::Relaxed, &[Store::Outbox, Store::Acknowledged, Store::Envelopes, Store::Chunks], async |stores| {
            let mut changes = Vec::new();
            for key in keys {
                if let Some((gone, _)) = let_go(&stores, key).await? {
                    changes.extend(gone);
                    changes.push(Change::Delete(Store::Acknowledged, key.clone()));
                }
            }
            Ok((changes, ()))
        })
        .await?;
    }
    Ok(())
}

/// Before something of so many bytes is stored: makes room if there is too little by the browser's estimate, and says so if none
/// can be made.
pub async fn have_room(bytes: u64, estimate: Estimate) -> Result<(), Failure> {
    let needed = bytes + bytes / 4 + MARGIN;
    match estimate {
        Estimate { usage: Some(usage), quota: Some(quota) } if usage.saturating_add(needed) > quota => make_room(needed).await,
        // Without one the attempt tells.
        _ => Ok(()),
    }
}

/// Lets go of the oldest acknowledged submissions until so many bytes are free, and where there are none, of the second copies:
/// what cannot be stored or sent for want of room is worse off than what lies in one place. That there is nothing to let go is
/// a failure.
pub async fn make_room(bytes: u64) -> Result<(), Failure> {
    let mut oldest = acknowledged().await?;
    oldest.sort();
    let mut freed = 0;
    for (_, key) in oldest {
        if freed >= bytes {
            break;
        }
        freed += database::change(Durability::Strict, &[Store::Outbox, Store::Envelopes, Store::Chunks], async |stores| {
            Ok(let_go(&stores, &key).await?.unwrap_or_default())
        })
        .await?;
    }
    if freed > 0 {
        return Ok(());
    }
    if copies::names().await.is_none_or(|names| names.is_empty()) {
        return Err(Failure::Full);
    }
    copies::delete_all().await;
    Ok(())
}

/// The changes that let go of an envelope and its pieces, and their bytes; nothing while it is queued once more.
async fn let_go(stores: &Stores<'_>, key: &str) -> Result<Option<(Vec<Change>, u64)>, Error> {
    if stores.get(Store::Outbox, key).await?.is_some() {
        return Ok(None);
    }
    let Some(envelope) = stores.get(Store::Envelopes, key).await? else { return Ok(Some((vec![], 0))) };
    let mut changes = vec![Change::Delete(Store::Envelopes, key.to_owned())];
    let mut bytes = envelope.as_string().map_or(0, |text| text.len() as u64);
    for digest in database::content::<Sealed>(&envelope).map(|sealed| sealed.chunks).unwrap_or_default() {
        let digest = digest.to_string();
        bytes += stores.get(Store::Chunks, &digest).await?.map_or(0, |chunk| length(&chunk));
        changes.push(Change::Delete(Store::Chunks, digest));
    }
    Ok(Some((changes, bytes)))
}

fn length(bytes: &JsValue) -> u64 {
    js_sys::Reflect::get(bytes, &"byteLength".into()).ok().and_then(|length| length.as_f64()).unwrap_or_default() as u64
}

/// When something was received, by its acknowledgement; one of earlier versions has no receipt.
pub(super) fn received_at(row: &JsValue) -> Option<DateTime<Utc>> {
    #[derive(Deserialize)]
    struct Received {
        received_at: DateTime<Utc>,
    }
    database::content::<Received>(row).map(|row| row.received_at)
}

/// When each was received, and its key.
async fn acknowledged() -> Result<Vec<(DateTime<Utc>, String)>, Failure> {
    let mut found = Vec::new();
    database::walk(Store::Acknowledged, |key, row| found.extend(received_at(row).map(|at| (at, key.to_owned())))).await?;
    Ok(found)
}

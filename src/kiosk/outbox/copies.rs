//! What waits to be sent lies in two places, until the hall has it: in the database, and as a copy that outlives it
//! ([`crate::kiosk::device::copies`]). When the browser has lost the database, everything is brought back from its copy.

use super::{Prepared, Record};
use crate::kiosk::device::copies;
use crate::kiosk::device::database::{self, Change, Durability, Store};
use crate::kiosk::device::net::Failure;
use crate::submission::queue::Row;
use crate::submission::{Digest, Sealed};
use chrono::{DateTime, Utc};
use js_sys::{Promise, Uint8Array};
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Stored under the submission's id; its pieces under [`piece`].
#[derive(Serialize, Deserialize)]
struct Copied {
    /// The sealed submission, as the text that is stored and sent.
    envelope: String,
    queued_at: DateTime<Utc>,
    /// On a personal device: what its owner may still see of it.
    record: Option<Record>,
}

fn piece(id: Uuid, digest: &Digest) -> String {
    format!("{id}-{digest}")
}

/// A copy that is being made.
pub(super) struct Copying(Promise);

/// Begins to copy what is being stored, so that copy and row are on their way together.
pub(super) fn begin(prepared: Rc<Prepared>, personal: bool) -> Copying {
    Copying(future_to_promise(async move {
        keep(&prepared, personal).await;
        Ok(JsValue::UNDEFINED)
    }))
}

impl Copying {
    pub(super) async fn done(self) {
        // The work above does not fail.
        let _ = JsFuture::from(self.0).await;
    }
}

/// It was not stored, and must not be brought back either.
pub(super) async fn take_back(prepared: &Prepared, copying: Option<Copying>) {
    if let Some(copying) = copying {
        copying.done().await;
        let_go(prepared.row.id, prepared.chunks.iter().map(|chunk| &chunk.digest)).await;
    }
}

async fn keep(prepared: &Prepared, personal: bool) {
    let Prepared { row, envelope, chunks, record } = prepared;
    for chunk in chunks {
        if !copies::put(&piece(row.id, &chunk.digest), &chunk.bytes).await {
            return;
        }
    }
    let copied = Copied { envelope: envelope.clone(), queued_at: row.queued_at, record: personal.then(|| record.clone()) };
    if let Ok(bytes) = serde_json::to_vec(&copied) {
        // Last: whoever finds it finds its pieces.
        copies::put(&row.id.to_string(), &bytes).await;
    }
}

/// The hall has it.
pub(super) async fn let_go(id: Uuid, chunks: impl IntoIterator<Item = &'_ Digest>) {
    copies::delete(&id.to_string()).await;
    for digest in chunks {
        copies::delete(&piece(id, digest)).await;
    }
}

/// Puts back whatever the database does not know any more; how many that were.
pub(super) async fn bring_back() -> Result<usize, Failure> {
    let mut back = 0;
    let names = copies::names().await.unwrap_or_default();
    'copied: for id in names.iter().filter_map(|name| name.parse::<Uuid>().ok()) {
        let Some(Copied { envelope, queued_at, record }) = read(&id.to_string()).await else { continue };
        let Ok(sealed) = serde_json::from_slice::<Sealed>(envelope.as_bytes()) else { continue };
        let key = id.to_string();
        let known = database::look(&[Store::Outbox, Store::Acknowledged], async |stores| {
            Ok((stores.get(Store::Outbox, &key).await?.is_some(), stores.get(Store::Acknowledged, &key).await?.is_some()))
        });
        match known.await? {
            (true, _) => continue,
            // The power went between the acknowledgement and this.
            (false, true) => {
                let_go(id, &sealed.chunks).await;
                continue;
            }
            (false, false) => {}
        }
        let mut changes = Vec::new();
        for digest in &sealed.chunks {
            // It was copied before the envelope: it can be had later, and without it the hall would not take the rest.
            let Some(bytes) = copies::get(&piece(id, digest)).await else { continue 'copied };
            changes.push(Change::Put(Store::Chunks, digest.to_string(), Uint8Array::from(bytes.as_slice()).into()));
        }
        let row = Row::new(&sealed, envelope.len(), queued_at);
        changes.push(Change::Put(Store::Outbox, key.clone(), database::row(&row)));
        changes.push(Change::Put(Store::Envelopes, key.clone(), JsValue::from_str(&envelope)));
        if let Some(record) = record {
            changes.push(Change::Put(Store::Records, key.clone(), database::row(&record)));
        }
        let stores = [Store::Outbox, Store::Envelopes, Store::Chunks, Store::Records];
        back += database::change(Durability::Strict, &stores, async |stores| {
            // Another tab may have been quicker.
            let there = stores.get(Store::Outbox, &key).await?.is_some();
            Ok(if there { (vec![], 0) } else { (changes, 1) })
        })
        .await?;
    }
    Ok(back)
}

async fn read(name: &str) -> Option<Copied> {
    serde_json::from_slice(&copies::get(name).await?).ok()
}

//! Rows of released versions, moved to where today's app looks for them. What cannot be read stays where and as it is: it is
//! shown as unreadable, not lost.

use super::{BATCH, Change, Store, Stores, content, row};
use crate::kiosk::app::new_id;
use crate::kiosk::device::clock;
use crate::submission::queue::Row;
use indexed_db_futures::error::Error;
use js_sys::{Array, Reflect};
use serde_json::Value;
use wasm_bindgen::{JsCast, JsValue};

/// Versions 1 and 2 had the envelope inside the outbox's row, and the pictures inside the draft's.
pub async fn to_version_3(stores: Stores<'_>) -> Result<(), Error> {
    each(&stores, Store::Outbox, submission).await?;
    each(&stores, Store::Drafts, draft).await
}

/// A row's changes are all requested before the next batch is read.
async fn each(stores: &Stores<'_>, store: Store, moved: fn(String, &JsValue) -> Option<Vec<Change>>) -> Result<(), Error> {
    let mut last = String::new();
    loop {
        // Envelopes are up to a megabyte each, and drafts with pictures many.
        let rows = stores.after(store, &last, BATCH / 10).await?;
        let Some((key, _)) = rows.last() else { return Ok(()) };
        last.clone_from(key);
        for (key, found) in rows {
            for change in moved(key, &found).unwrap_or_default() {
                stores.apply(change)?;
            }
        }
    }
}

fn submission(key: String, found: &JsValue) -> Option<Vec<Change>> {
    let (small, envelope) = Row::released(found.as_string()?.as_bytes())?;
    let envelope = Change::Put(Store::Envelopes, key.clone(), JsValue::from_str(&envelope));
    Some(vec![envelope, Change::Put(Store::Outbox, key, row(&small))])
}

/// `{ draft: text, photos: [bytes] }`: each picture gets an id, which the draft's text names from now on.
fn draft(key: String, found: &JsValue) -> Option<Vec<Change>> {
    let mut draft: Value = content(&Reflect::get(found, &"draft".into()).ok()?)?;
    let bytes: Array = Reflect::get(found, &"photos".into()).ok()?.dyn_into().ok()?;
    let mut changes = Vec::new();
    for (photo, bytes) in draft.get_mut("photos")?.as_array_mut()?.iter_mut().zip(bytes.iter()) {
        let id = new_id(clock::now()).to_string();
        photo.as_array_mut()?.push(Value::String(id.clone()));
        changes.push(Change::Put(Store::Photos, id, bytes));
    }
    changes.push(Change::Put(Store::Drafts, key, row(&draft)));
    Some(changes)
}

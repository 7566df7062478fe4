//! Applications under way, one an item, on personal devices only. On a kiosk they are in memory and nowhere else, so
//! everything here does nothing there.

use super::database::{self, Change, Store};
use super::net::Failure;
use crate::catalogue::Item;
use crate::check::Application;
use crate::kiosk::app::{App, Draft, Photo, Step};
use crate::receipt::Profile;
use crate::submission::Applicant;
use chrono::{DateTime, Utc};
use js_sys::{Array, Object, Reflect, Uint8Array};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};

/// A draft but for its photos' bytes, which are stored beside it.
#[derive(Serialize, Deserialize)]
struct Row {
    id: Uuid,
    item: Item,
    catalogue: String,
    application: Application,
    applicant: Applicant,
    /// Material, name and media type of each.
    photos: Vec<(String, String, String)>,
    step: Step,
    changed_at: DateTime<Utc>,
}

/// Every draft, the one changed last first.
pub async fn list() -> Result<Vec<Draft>, Failure> {
    if !kept_here() {
        return Ok(vec![]);
    }
    let mut drafts: Vec<Draft> = database::all(Store::Drafts).await?.iter().filter_map(read).collect();
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.changed_at));
    Ok(drafts)
}

pub async fn load(item: &str) -> Result<Option<Draft>, Failure> {
    if !kept_here() {
        return Ok(None);
    }
    Ok(database::get(Store::Drafts, item).await?.as_ref().and_then(read))
}

/// Saves the draft, unless it has been submitted: a late save must not bring it back.
pub async fn save(draft: &Draft) -> Result<(), Failure> {
    if !kept_here() {
        return Ok(());
    }
    let (row, id) = (write(draft), draft.id.to_string());
    let submitted = [(Store::Outbox, id.as_str()), (Store::Acknowledged, id.as_str())];
    database::transact(&[Store::Drafts], &submitted, |found| {
        let open = found.iter().all(Option::is_none);
        (open.then(|| Change::Put(Store::Drafts, draft.item.code.clone(), row)).into_iter().collect(), ())
    })
    .await
}

pub async fn delete(item: &str) -> Result<(), Failure> {
    if !kept_here() {
        return Ok(());
    }
    database::write(vec![Change::Delete(Store::Drafts, item.to_owned())]).await
}

/// Only once it is certain that this is a citizen's own device.
fn kept_here() -> bool {
    let app = App::get();
    app.ready.get_untracked() && app.profile.get_untracked() == Profile::Personal
}

fn write(draft: &Draft) -> JsValue {
    let Draft { id, item, catalogue, application, applicant, photos, step, changed_at } = draft.clone();
    let bytes: Array = photos.iter().map(|photo| Uint8Array::from(photo.bytes.as_slice())).collect();
    let photos = photos.into_iter().map(|photo| (photo.material, photo.name, photo.media_type)).collect();
    let item = Arc::unwrap_or_clone(item);
    let row = Row { id, item, catalogue, application, applicant, photos, step, changed_at };
    let stored = Object::new();
    // Setting a property of a fresh plain object cannot fail.
    let _ = Reflect::set(&stored, &"draft".into(), &database::row(&row));
    let _ = Reflect::set(&stored, &"photos".into(), &bytes);
    stored.into()
}

/// A draft of an older version that can no longer be read is left out: its item may have changed beyond recognition.
fn read(stored: &JsValue) -> Option<Draft> {
    let Row { id, item, catalogue, application, applicant, photos, step, changed_at } =
        database::content(&Reflect::get(stored, &"draft".into()).ok()?)?;
    let bytes: Array = Reflect::get(stored, &"photos".into()).ok()?.dyn_into().ok()?;
    let photo = |((material, name, media_type), bytes): ((String, String, String), JsValue)| {
        Some(Photo { material, name, media_type, bytes: bytes.dyn_into::<Uint8Array>().ok()?.to_vec() })
    };
    let photos = photos.into_iter().zip(bytes.iter()).filter_map(photo).collect();
    Some(Draft { id, item: Arc::new(item.completed()), catalogue, application, applicant, photos, step, changed_at })
}

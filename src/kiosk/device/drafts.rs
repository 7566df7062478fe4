//! Applications under way, one an item, on personal devices only. On a kiosk they are in memory and nowhere else, so
//! everything here does nothing there.
//!
//! A draft's text names its pictures, which lie in a store of their own: a keystroke does not write megabytes again. A draft
//! that cannot be read is put aside, never written over.

use super::clock;
use super::database::{self, Change, Durability, Store, Stores};
use super::net::Failure;
use crate::catalogue::Item;
use crate::check::Application;
use crate::kiosk::app::{self, App, Draft, Photo, Step};
use crate::receipt::Profile;
use crate::submission::Applicant;
use crate::words::Text;
use chrono::{DateTime, Utc};
use js_sys::Uint8Array;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;
use wasm_bindgen::{JsCast, JsValue};

/// Before the item, in the key of a draft that was put aside.
const ASIDE: &str = "aside";

/// A draft but for its pictures' bytes.
#[derive(Serialize, Deserialize)]
struct Row {
    id: Uuid,
    item: Item,
    catalogue: String,
    application: Application,
    applicant: Applicant,
    /// Material, name, media type and id of each.
    photos: Vec<(String, String, String, Uuid)>,
    step: Step,
    changed_at: DateTime<Utc>,
}

impl Row {
    fn of(draft: &Draft) -> Row {
        let Draft { id, item, catalogue, application, applicant, photos, step, changed_at } = draft.clone();
        let photos = photos.into_iter().map(|photo| (photo.material, photo.name, photo.media_type, photo.id)).collect();
        Row { id, item: Arc::unwrap_or_clone(item), catalogue, application, applicant, photos, step, changed_at }
    }
}

/// What lists show of a draft.
#[derive(Clone, PartialEq)]
pub struct Begun {
    pub id: Uuid,
    pub item: Arc<Item>,
    pub changed_at: DateTime<Utc>,
}

/// Every draft, the one changed last first.
pub async fn list() -> Result<Vec<Begun>, Failure> {
    if !kept_here() {
        return Ok(vec![]);
    }
    let rows = database::all(Store::Drafts).await?;
    let begun = |row: Row| Begun { id: row.id, item: Arc::new(row.item.completed()), changed_at: row.changed_at };
    let mut drafts: Vec<Begun> = rows.iter().filter_map(database::content).map(begun).collect();
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.changed_at));
    Ok(drafts)
}

/// The draft of an item. One that cannot be read is put aside, which is said.
pub async fn load(item: &str) -> Result<Option<Draft>, Failure> {
    if !kept_here() {
        return Ok(None);
    }
    let found = database::look(&[Store::Drafts, Store::Photos], async |stores| {
        let Some(stored) = stores.get(Store::Drafts, item).await? else { return Ok(None) };
        let Some(row) = database::content::<Row>(&stored) else { return Ok(Some(None)) };
        let Row { id, item, catalogue, application, applicant, photos: named, step, changed_at } = row;
        let mut photos = Vec::with_capacity(named.len());
        for (material, name, media_type, id) in named {
            // A picture that is gone is missed on the page of its material.
            let bytes = stores.get(Store::Photos, &id.to_string()).await?.and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
            photos.extend(bytes.map(|bytes| Photo { id, material, name, media_type, bytes: bytes.to_vec().into() }));
        }
        Ok(Some(Some(Draft { id, item: Arc::new(item.completed()), catalogue, application, applicant, photos, step, changed_at })))
    })
    .await?;
    match found {
        None => Ok(None),
        Some(Some(draft)) => Ok(Some(draft)),
        Some(None) => {
            database::transact(&[], &[(Store::Drafts, item)], |found| (put_aside(item, found.into_iter().flatten().next()), ())).await?;
            Err(unreadable())
        }
    }
}

/// Saves the draft, unless it has been submitted: a late save must not bring it back. Pictures that are stored are not
/// written again.
pub async fn save(draft: &Draft) -> Result<(), Failure> {
    if !kept_here() {
        return Ok(());
    }
    let (row, key, item) = (Row::of(draft), draft.id.to_string(), draft.item.code.as_str());
    let stores = [Store::Drafts, Store::Photos, Store::Outbox, Store::Acknowledged];
    database::change(Durability::Strict, &stores, async |stores| {
        if stores.get(Store::Outbox, &key).await?.is_some() || stores.get(Store::Acknowledged, &key).await?.is_some() {
            return Ok((vec![], ()));
        }
        let before = stores.get(Store::Drafts, item).await?;
        let stored = pictures(before.as_ref());
        let mut changes = match before {
            Some(before) if stored.is_none() => put_aside(item, Some(before)),
            _ => vec![],
        };
        let stored = stored.unwrap_or_default();
        let fresh = draft.photos.iter().filter(|photo| !stored.contains(&photo.id));
        changes.extend(fresh.map(|photo| Change::Put(Store::Photos, photo.id.to_string(), Uint8Array::from(&*photo.bytes).into())));
        let removed = stored.iter().filter(|id| draft.photos.iter().all(|photo| photo.id != **id));
        changes.extend(removed.map(|id| Change::Delete(Store::Photos, id.to_string())));
        changes.push(Change::Put(Store::Drafts, item.to_owned(), database::row(&row)));
        Ok((changes, ()))
    })
    .await
}

/// Deletes the draft of an item if it is still this one: another tab may have begun anew.
pub async fn delete(item: &str, id: Uuid) -> Result<(), Failure> {
    if !kept_here() {
        return Ok(());
    }
    database::change(Durability::Strict, &[Store::Drafts, Store::Photos], async |stores| Ok((gone(&stores, item, id).await?, ()))).await
}

/// The changes that let go of this draft and its pictures.
pub async fn gone(stores: &Stores<'_>, item: &str, id: Uuid) -> Result<Vec<Change>, indexed_db_futures::error::Error> {
    let Some(row) = stores.get_row::<Row>(Store::Drafts, item).await?.filter(|row| row.id == id) else { return Ok(vec![]) };
    let pictures = row.photos.iter().map(|(.., photo)| Change::Delete(Store::Photos, photo.to_string()));
    Ok(pictures.chain([Change::Delete(Store::Drafts, item.to_owned())]).collect())
}

/// Lets go of pictures that no draft names, readable or not.
pub async fn collect_photos() -> Result<(), Failure> {
    database::change(Durability::Relaxed, &[Store::Drafts, Store::Photos], async |stores| {
        let mut texts = Vec::new();
        for key in stores.keys(Store::Drafts).await? {
            texts.extend(stores.get(Store::Drafts, &key).await?.and_then(|row| row.as_string()));
        }
        let mut photos = stores.keys(Store::Photos).await?;
        photos.retain(|id| !texts.iter().any(|text| text.contains(id.as_str())));
        Ok((photos.into_iter().map(|id| Change::Delete(Store::Photos, id)).collect(), ()))
    })
    .await
}

/// Only once it is certain that this is a citizen's own device.
fn kept_here() -> bool {
    let app = App::get();
    app.ready.get_untracked() && app.profile.get_untracked() == Profile::Personal
}

/// The pictures that a stored draft names; nothing if it cannot be read.
fn pictures(stored: Option<&JsValue>) -> Option<Vec<Uuid>> {
    #[derive(Deserialize)]
    struct Named {
        photos: Vec<(String, String, String, Uuid)>,
    }
    let Some(stored) = stored else { return Some(vec![]) };
    let Named { photos } = database::content(stored)?;
    Some(photos.into_iter().map(|(.., id)| id).collect())
}

fn put_aside(item: &str, stored: Option<JsValue>) -> Vec<Change> {
    let Some(stored) = stored else { return vec![] };
    let aside = format!("{ASIDE}/{item}/{}", app::new_id(clock::now()));
    vec![Change::Put(Store::Drafts, aside, stored), Change::Delete(Store::Drafts, item.to_owned())]
}

fn unreadable() -> Failure {
    Failure::Storage(Text::new(
        "这个事项有一份以前的草稿,本版本读不出来。草稿没有删除,已另外保留;现在从空白开始",
        "There is an earlier draft for this item that this version cannot read. It was not deleted but put aside; you begin \
         with a blank one",
    ))
}

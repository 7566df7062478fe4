//! Open data (开放数据): the published catalogue as plain JSON that anyone may build on, made from what devices get. A
//! document is made when it is first asked for.

use super::catalogue::pack;
use super::routes::API;
use super::store::catalogues;
use super::{Error, Hall};
use crate::api::open::{Catalogue, Entry, Item, Publication, Version};
use crate::catalogue;
use crate::catalogue::bundle::{Bundle, in_force};
use axum::body::Bytes;
use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{OpenApi, RefOr};
use utoipa::ToSchema;

/// A document as it is sent.
pub struct Document {
    /// Hex of the SHA-256, quoted.
    pub tag: String,
    pub plain: Bytes,
    /// With brotli.
    pub packed: Bytes,
}

impl Document {
    fn of(content: &impl Serialize) -> Result<Document, Error> {
        let plain = serde_json::to_vec(content)?;
        let tag = format!("\"{}\"", crate::signing::hex(&Sha256::digest(&plain)[..16]));
        Ok(Document { tag, packed: pack(&plain).into(), plain: plain.into() })
    }
}

/// The whole catalogues that have been asked for, by version. Few: there is one a publication.
#[derive(Default)]
pub struct Kept(Mutex<HashMap<String, Arc<Document>>>);

/// The most catalogues that are kept ready.
const READY: usize = 8;

fn schema(name: &str) -> String {
    format!("{API}/open/schema.json#/$defs/{name}")
}

fn item_url(code: &str) -> String {
    format!("{API}/open/items/{code}")
}

/// The catalogue of a version, by default today's.
pub async fn catalogue(hall: &Hall, version: Option<&str>) -> Result<Option<Arc<Document>>, Error> {
    let current = hall.catalogues.current();
    let version = version.unwrap_or(&current.bundle.version).to_owned();
    if let Some(ready) = hall.open.0.lock().unwrap_or_else(PoisonError::into_inner).get(&version) {
        return Ok(Some(ready.clone()));
    }
    let Some(bundle) = hall.catalogues.head(&hall.store, &version).await? else { return Ok(None) };
    let items = hall.catalogues.all(&hall.store, &bundle).await?;
    let document = Arc::new(tokio::task::spawn_blocking(move || Document::of(&whole(bundle, &items))).await.map_err(Error::Task)??);
    let mut ready = hall.open.0.lock().unwrap_or_else(PoisonError::into_inner);
    if ready.len() >= READY {
        ready.clear();
    }
    ready.insert(version, document.clone());
    Ok(Some(document))
}

fn whole(bundle: Bundle, items: &[catalogue::Item]) -> Catalogue {
    let mut entries: Vec<Entry> = Vec::new();
    for item in items {
        let url = item_url(&item.code);
        let version = Version { version: item.version, until: item.until, url: format!("{url}/{}", item.version) };
        match entries.iter_mut().rfind(|entry| entry.code == item.code) {
            Some(entry) => entry.versions.push(version),
            None => entries.push(Entry {
                code: item.code.clone(),
                name: item.name.clone(),
                summary: item.summary.clone(),
                category: item.category.clone(),
                url,
                versions: vec![version],
            }),
        }
    }
    Catalogue {
        schema: schema("OpenCatalogue"),
        version: bundle.version,
        licence: bundle.hall.licence.clone(),
        publisher: bundle.hall,
        categories: bundle.categories,
        laws: bundle.laws,
        items: entries,
    }
}

/// One item: its version of a day, looked for in every publication from the newest back; by default the version in force.
pub async fn item(hall: &Hall, code: &str, version: Option<NaiveDate>, today: NaiveDate) -> Result<Option<Document>, Error> {
    let current = hall.catalogues.current();
    let Some(version) = version else {
        let items = hall.catalogues.pack_of(&hall.store, &current.bundle, code).await?;
        return in_force(&items, code, today).map(|item| open(item, &current.bundle)).transpose();
    };
    for publication in publications(hall).await?.into_iter().rev() {
        let Some(bundle) = hall.catalogues.head(&hall.store, &publication.version).await? else { continue };
        let items = hall.catalogues.pack_of(&hall.store, &bundle, code).await?;
        if let Some(item) = items.iter().find(|item| item.code == code && item.version == version) {
            return open(item, &bundle).map(Some);
        }
    }
    Ok(None)
}

fn open(item: &catalogue::Item, bundle: &Bundle) -> Result<Document, Error> {
    Document::of(&Item::of(item, &bundle.laws, &bundle.hall.licence, schema("OpenItem")))
}

/// Every publication of which the items are kept one by one, oldest first.
pub async fn publications(hall: &Hall) -> Result<Vec<Publication>, Error> {
    let all = catalogues::all(&mut *hall.store.read().await?).await?;
    let publication = |(version, published_at): (String, _)| Publication {
        url: format!("{API}/open/catalogue/{version}"),
        version,
        published_at,
    };
    Ok(all.into_iter().map(publication).collect())
}

/// JSON Schema (2020-12) of all open documents, made from the types that write them.
pub fn schemas() -> serde_json::Value {
    fn collect<T: ToSchema>(into: &mut Vec<(String, RefOr<Schema>)>) {
        into.push((T::name().into_owned(), T::schema()));
        T::schemas(into);
    }
    let mut all = Vec::new();
    collect::<Catalogue>(&mut all);
    collect::<Item>(&mut all);
    collect::<Publication>(&mut all);
    let mut document = OpenApi::default();
    document.components.get_or_insert_default().schemas.extend(all);
    // OpenAPI 3.1 schemas are JSON Schemas; only where they are kept differs.
    let text = serde_json::to_string(&document.components.unwrap_or_default().schemas).unwrap_or_default();
    let definitions: serde_json::Value = serde_json::from_str(&text.replace("#/components/schemas/", "#/$defs/")).unwrap_or_default();
    serde_json::json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": definitions })
}

//! Open data (开放数据): the published catalogue as plain JSON that anyone may build on, made from what devices get. A
//! document is made when it is first asked for.

use super::catalogue::pack;
use super::routes::API;
use super::store::catalogues;
use super::{Error, Hall};
use crate::api::open::{Catalogue, Entry, Item, Publication, Version};
use crate::catalogue::bundle::{Bundle, in_force};
use crate::catalogue::{self, Card};
use axum::body::Bytes;
use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{OpenApi, RefOr};

/// A document as it is sent.
pub struct Document {
    /// Media type.
    pub kind: &'static str,
    /// Hex of the SHA-256, quoted.
    pub tag: String,
    pub plain: Bytes,
    packed: OnceLock<Bytes>,
}

impl Document {
    fn of(content: &impl Serialize) -> Result<Document, Error> {
        Document::with(content, "application/json")
    }

    fn with(content: &impl Serialize, kind: &'static str) -> Result<Document, Error> {
        let plain = serde_json::to_vec(content)?;
        let tag = format!("\"{}\"", crate::signing::hex(&Sha256::digest(&plain)[..16]));
        Ok(Document { kind, tag, plain: plain.into(), packed: OnceLock::new() })
    }

    /// With brotli; packed when it is first asked for so.
    pub fn packed(&self) -> Bytes {
        self.packed.get_or_init(|| pack(&self.plain).into()).clone()
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
    let offered = hall.catalogues.offered(&hall.store, &bundle).await?;
    let items = hall.catalogues.all(&hall.store, &bundle).await?;
    let document = tokio::task::spawn_blocking(move || Document::of(&whole(bundle, &offered, &items))).await.map_err(Error::Task)??;
    let document = Arc::new(document);
    let mut ready = hall.open.0.lock().unwrap_or_else(PoisonError::into_inner);
    if ready.len() >= READY {
        ready.clear();
    }
    ready.insert(version, document.clone());
    Ok(Some(document))
}

/// `items` in the order of their codes and versions. An item is named as it was offered; one that was not, as it was last.
fn whole(bundle: Bundle, offered: &[Card], items: &[catalogue::Item]) -> Catalogue {
    let cards: HashMap<&str, &Card> = offered.iter().map(|card| (card.code.as_str(), card)).collect();
    let entry = |versions: &[catalogue::Item]| {
        let last = versions.last()?;
        let card = cards.get(last.code.as_str());
        let (name, summary, category) =
            card.map_or((&last.name, &last.summary, &last.category), |card| (&card.name, &card.summary, &card.category));
        let url = item_url(&last.code);
        let version = |item: &catalogue::Item| Version { version: item.version, until: item.until, url: format!("{url}/{}", item.version) };
        Some(Entry {
            code: last.code.clone(),
            name: name.clone(),
            summary: summary.clone(),
            category: category.clone(),
            url: card.map(|_| url.clone()),
            versions: versions.iter().map(version).collect(),
        })
    };
    let entries = items.chunk_by(|a, b| a.code == b.code).filter_map(entry).collect();
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
    for publication in published(hall).await?.into_iter().rev() {
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
async fn published(hall: &Hall) -> Result<Vec<Publication>, Error> {
    let all = catalogues::all(&mut *hall.store.read().await?).await?;
    let publication =
        |(version, published_at): (String, _)| Publication { url: format!("{API}/open/catalogue/{version}"), version, published_at };
    Ok(all.into_iter().map(publication).collect())
}

/// The list of them.
pub async fn publications(hall: &Hall) -> Result<Document, Error> {
    Document::of(&published(hall).await?)
}

/// The schema of all open documents.
pub fn schema_document() -> Result<Document, Error> {
    Document::with(&schemas(), "application/schema+json")
}

/// JSON Schema (2020-12), made from the types that write the documents.
fn schemas() -> serde_json::Value {
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

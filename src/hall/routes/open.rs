//! `/open`: the published catalogue as open data, for anyone and from any site; the terms are in each document. Every
//! document has an `ETag` that changes with its content only.

use super::extract::{At, At2};
use crate::api::open::{Catalogue, Item, Publication};
use crate::calendar::hall_date;
use crate::hall::open::{self, Document};
use crate::hall::problem::{self, Refusal};
use crate::hall::{Hall, now, web};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use tower_http::cors::{Any, CorsLayer};

/// Other sites' pages may read it, and learn why not; they may ask whether it is new, and see its tag.
pub fn anybody() -> CorsLayer {
    let methods = [Method::GET, Method::HEAD];
    CorsLayer::new().allow_origin(Any).allow_methods(methods).allow_headers([header::IF_NONE_MATCH]).expose_headers([header::ETAG])
}

fn answer(document: Option<&Document>, headers: &HeaderMap) -> Result<Response, Refusal> {
    let document = document.ok_or(problem::NOT_FOUND)?;
    let tag = document.tag.as_str();
    let caching = [(header::ETAG, tag), (header::CACHE_CONTROL, "public, no-cache"), (header::VARY, "accept-encoding")];
    let elsewhere = [(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin")];
    if web::has_already(headers, tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching, elsewhere).into_response());
    }
    let kind = [(header::CONTENT_TYPE, document.kind)];
    if web::reads_brotli(headers) {
        return Ok((caching, elsewhere, kind, [(header::CONTENT_ENCODING, "br")], document.packed()).into_response());
    }
    Ok((caching, elsewhere, kind, document.plain.clone()).into_response())
}

/// Today's catalogue: who publishes it, on what terms, the laws it cites, and where each item is.
///
/// The address is stable. The `ETag` changes with the content only.
#[utoipa::path(get, path = "/open/catalogue", tag = "open data", responses((status = 200, body = Catalogue), (status = 304, description = "Still the same")))]
pub async fn catalogue(State(hall): State<Hall>, headers: HeaderMap) -> Result<Response, Refusal> {
    answer(open::catalogue(&hall, None).await?.as_deref(), &headers)
}

/// The catalogue as it was published under that version.
#[utoipa::path(
    get, path = "/open/catalogue/{version}", tag = "open data",
    params(("version" = String, Path, description = "As `/open/publications` lists it")),
    responses((status = 200, body = Catalogue), (status = 304, description = "Still the same"))
)]
pub async fn catalogue_of(State(hall): State<Hall>, At(version): At<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    answer(open::catalogue(&hall, Some(&version)).await?.as_deref(), &headers)
}

/// Every publication, oldest first.
#[utoipa::path(
    get, path = "/open/publications", tag = "open data",
    responses((status = 200, body = [Publication]), (status = 304, description = "Still the same"))
)]
pub async fn publications(State(hall): State<Hall>, headers: HeaderMap) -> Result<Response, Refusal> {
    answer(Some(&open::publications(&hall).await?), &headers)
}

/// One item, complete, in the version in force today; of one still to come, in its first.
#[utoipa::path(
    get, path = "/open/items/{code}", tag = "open data",
    params(("code" = String, Path, description = "The item's code")),
    responses((status = 200, body = Item), (status = 304, description = "Still the same"))
)]
pub async fn item(State(hall): State<Hall>, At(code): At<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    answer(open::item(&hall, &code, None, hall_date(now())).await?.as_ref(), &headers)
}

/// One version of an item, also one that is no longer in force.
#[utoipa::path(
    get, path = "/open/items/{code}/{version}", tag = "open data",
    params(("code" = String, Path, description = "The item's code"), ("version" = NaiveDate, Path, description = "The day that version takes effect")),
    responses((status = 200, body = Item), (status = 304, description = "Still the same"))
)]
pub async fn item_of(
    State(hall): State<Hall>,
    At2(code, version): At2<String, NaiveDate>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    answer(open::item(&hall, &code, Some(version), hall_date(now())).await?.as_ref(), &headers)
}

/// JSON Schema of these documents.
#[utoipa::path(
    get, path = "/open/schema.json", tag = "open data",
    responses(
        (status = 200, body = Object, content_type = "application/schema+json"),
        (status = 304, description = "Still the same"),
    )
)]
pub async fn schema(headers: HeaderMap) -> Result<Response, Refusal> {
    answer(Some(&open::schema_document()?), &headers)
}

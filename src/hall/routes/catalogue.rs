//! `/catalogue`: the signed head and the parts that devices keep offline, and the schema of the files they are made from.

use super::extract::At;
use crate::catalogue::author;
use crate::hall::catalogue::unpack;
use crate::hall::problem::{self, Refusal};
use crate::hall::store::catalogues;
use crate::hall::{Hall, web};
use crate::signing::Signed;
use crate::submission::Digest;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The head of the catalogue, signed by the root key: what a device shows first, and the parts that hold the rest.
///
/// The `ETag` is version and number of the publication; with `If-None-Match` a device asks only for another one.
#[utoipa::path(get, path = "/catalogue", tag = "catalogue", responses((status = 200, body = Signed), (status = 304, description = "Still the same")))]
pub async fn show(State(hall): State<Hall>, headers: HeaderMap) -> Response {
    let current = hall.catalogues.current();
    let tag = format!("\"{}.{}\"", current.bundle.version, current.bundle.sequence);
    let caching = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache"), (header::VARY, "accept-encoding")];
    if web::has_already(&headers, &tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let json = [(header::CONTENT_TYPE, "application/json")];
    if web::reads_brotli(&headers) {
        return (caching, json, [(header::CONTENT_ENCODING, "br")], current.packed.clone()).into_response();
    }
    (caching, json, current.signed.clone()).into_response()
}

/// A part that some published head names. Its content never changes, and it stays as long as the hall does.
#[utoipa::path(
    get, path = "/catalogue/parts/{sha256}", tag = "catalogue",
    params(("sha256" = String, Path, description = "SHA-256 of the part, 64 lower-case hex digits")),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 304, description = "Still the same"),
    )
)]
pub async fn part(State(hall): State<Hall>, At(digest): At<Digest>, headers: HeaderMap) -> Result<Response, Refusal> {
    let packed = catalogues::part(&mut *hall.store.read().await?, &digest.to_string()).await?.ok_or(problem::NOT_FOUND)?;
    let tag = format!("\"{digest}\"");
    let caching =
        [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "public, max-age=31536000, immutable"), (header::VARY, "accept-encoding")];
    if web::has_already(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let bytes = [(header::CONTENT_TYPE, "application/octet-stream")];
    if web::reads_brotli(&headers) {
        return Ok((caching, bytes, [(header::CONTENT_ENCODING, "br")], packed).into_response());
    }
    Ok((caching, bytes, unpack(&packed)?).into_response())
}

/// JSON Schema of an item's TOML file, for authors' editors.
#[utoipa::path(get, path = "/catalogue/schema.json", tag = "catalogue", responses((status = 200, body = Object, content_type = "application/schema+json")))]
pub async fn schema() -> Result<Response, Refusal> {
    let schema = author::schema().ok_or(problem::NOT_FOUND)?;
    Ok(([(header::CONTENT_TYPE, "application/schema+json")], schema).into_response())
}

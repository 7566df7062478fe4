//! `/catalogue`: the signed bundle that devices keep offline, and the schema of the files it is made from.

use crate::catalogue::author;
use crate::hall::problem::{self, Refusal};
use crate::hall::{Hall, web};
use crate::signing::Signed;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

/// The catalogue: every item with its rules compiled, signed by the root key.
///
/// The `ETag` is the version; with `If-None-Match` a device asks only for another one.
#[utoipa::path(get, path = "/catalogue", tag = "catalogue", responses((status = 200, body = Signed), (status = 304, description = "Still the same")))]
pub async fn show(State(hall): State<Hall>, headers: HeaderMap) -> Response {
    let tag = format!("\"{}\"", hall.catalogues.current.version);
    let caching = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache"), (header::VARY, "accept-encoding")];
    if web::has_already(&headers, &tag) {
        return (axum::http::StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let json = [(header::CONTENT_TYPE, "application/json")];
    if web::reads_brotli(&headers) {
        return (caching, json, [(header::CONTENT_ENCODING, "br")], hall.catalogues.packed.clone()).into_response();
    }
    (caching, json, hall.catalogues.signed.clone()).into_response()
}

/// JSON Schema of an item's TOML file, for authors' editors.
#[utoipa::path(get, path = "/catalogue/schema.json", tag = "catalogue", responses((status = 200, body = Object, content_type = "application/schema+json")))]
pub async fn schema() -> Result<Response, Refusal> {
    let schema = author::schema().ok_or(problem::NOT_FOUND)?;
    Ok(([(header::CONTENT_TYPE, "application/schema+json")], schema).into_response())
}

//! `/forget`: for whoever deletes everything of theirs on a device. A page can delete its rows, but what they said stays in
//! the browser's files until it tidies up by itself; told so by the hall, the browser removes the files at once.

use axum::http::{HeaderName, HeaderValue, StatusCode};

const CLEAR: (HeaderName, HeaderValue) = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"storage\""));

/// Tells the asking browser to remove all that it keeps for this address (`Clear-Site-Data: "storage"`).
#[utoipa::path(post, path = "/forget", tag = "hall", responses((status = 204, description = "The browser removes its storage")))]
pub async fn forget() -> (StatusCode, [(HeaderName, HeaderValue); 1]) {
    (StatusCode::NO_CONTENT, [CLEAR])
}

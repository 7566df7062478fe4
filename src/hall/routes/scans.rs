//! `/scans`: what desks saw, possibly while offline.

use super::extract::Body;
use crate::api::{Scan, Scans};
use crate::hall::auth::session;
use crate::hall::problem::Refusal;
use crate::hall::{Hall, casework, now};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;

/// Records a scan, once for each id, and tells all scans of that receipt. For signed-in staff; without a session it must
/// name an enrolled desk.
#[utoipa::path(post, path = "/scans", tag = "cases", request_body = Scan, responses((status = 200, body = Scans)))]
pub async fn record(State(hall): State<Hall>, headers: HeaderMap, Body(scan): Body<Scan>) -> Result<Json<Scans>, Refusal> {
    let staff = session::staff(&hall, &headers, now()).await?;
    Ok(Json(casework::scan(&hall, scan, staff.as_ref(), now()).await?))
}

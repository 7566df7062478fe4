//! `/scans`: what desks saw, possibly while offline.

use super::extract::Body;
use crate::api::{Scan, Scans};
use crate::hall::auth::Caseworker;
use crate::hall::problem::Refusal;
use crate::hall::{Hall, casework, now};
use axum::Json;
use axum::extract::State;

/// Records a scan, once for each id, and tells all scans of that receipt.
#[utoipa::path(post, path = "/scans", tag = "cases", request_body = Scan, responses((status = 200, body = Scans)))]
pub async fn record(State(hall): State<Hall>, Caseworker(staff): Caseworker, Body(scan): Body<Scan>) -> Result<Json<Scans>, Refusal> {
    Ok(Json(casework::scan(&hall, scan, &staff, now()).await?))
}

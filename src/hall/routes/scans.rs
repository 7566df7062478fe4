//! `/scans`: what desks saw, possibly while offline.

use super::extract::Body;
use crate::api::{Scan, Scans};
use crate::hall::auth::Caseworker;
use crate::hall::problem::{self, Refusal};
use crate::hall::{Hall, casework, now};
use axum::Json;
use axum::extract::State;

/// The most that are taken at once.
const SCANS: usize = 200;

/// Records a scan, once for each id, and tells all scans of that receipt.
#[utoipa::path(post, path = "/scans", tag = "cases", request_body = Scan, responses((status = 200, body = Scans)))]
pub async fn record(State(hall): State<Hall>, Caseworker(staff): Caseworker, Body(scan): Body<Scan>) -> Result<Json<Scans>, Refusal> {
    // One scan, one answer.
    let told = casework::scans(&hall, vec![scan], &staff, now()).await?.pop();
    told.map(Json).ok_or_else(|| problem::NOT_FOUND.into())
}

/// The same for up to [`SCANS`] at once, as a desk brings them after a time without a network; all or none. The answers stand
/// in the order of the scans.
#[utoipa::path(post, path = "/scans/batch", tag = "cases", request_body = Vec<Scan>, responses((status = 200, body = Vec<Scans>)))]
pub async fn record_all(
    State(hall): State<Hall>,
    Caseworker(staff): Caseworker,
    Body(scans): Body<Vec<Scan>>,
) -> Result<Json<Vec<Scans>>, Refusal> {
    if scans.is_empty() || scans.len() > SCANS {
        return Err(problem::SHAPE.into());
    }
    Ok(Json(casework::scans(&hall, scans, &staff, now()).await?))
}

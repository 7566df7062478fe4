//! `/heartbeats` and `/fleet`: how the kiosks and desks are doing.

use super::extract::Body;
use crate::api::FleetRow;
use crate::hall::auth::Operator;
use crate::hall::problem::Refusal;
use crate::hall::{Hall, fleet, now};
use crate::signing::Signed;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

/// A kiosk or desk says how it is doing, under its own key.
#[utoipa::path(post, path = "/heartbeats", tag = "devices", request_body = Signed, responses((status = 204, description = "Noted")))]
pub async fn beat(State(hall): State<Hall>, Body(signed): Body<Signed>) -> Result<StatusCode, Refusal> {
    fleet::beat(&hall, &signed, now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every kiosk and desk in force, as the hall last heard of it, and what is wrong. For operators.
#[utoipa::path(get, path = "/fleet", tag = "devices", responses((status = 200, body = Vec<FleetRow>)))]
pub async fn show(_: Operator, State(hall): State<Hall>) -> Result<Json<Vec<FleetRow>>, Refusal> {
    Ok(Json(fleet::show(&hall, now()).await?))
}

//! `/devices` and `/device-codes`: kiosks and desks.

use super::extract::{At, Body};
use crate::api::{DeviceCode, Enrol, Enrolled, NewCode};
use crate::hall::auth::Operator;
use crate::hall::problem::{self, Refusal};
use crate::hall::{Hall, devices, guard, now, store};
use crate::receipt::{DeviceKey, Profile};
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use std::net::SocketAddr;

/// Enrols a device with the operator's one-time code.
#[utoipa::path(post, path = "/devices", tag = "devices", request_body = Enrol, responses((status = 201, body = Enrolled)))]
pub async fn enrol(
    State(hall): State<Hall>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Body(enrol): Body<Enrol>,
) -> Result<(StatusCode, Json<Enrolled>), Refusal> {
    let enrolled = devices::enrol(&hall, enrol, guard::stranger(peer), now()).await?;
    Ok((StatusCode::CREATED, Json(enrolled)))
}

/// Every device ever enrolled. For operators.
#[utoipa::path(get, path = "/devices", tag = "devices", responses((status = 200, body = Vec<DeviceKey>)))]
pub async fn list(_: Operator, State(hall): State<Hall>) -> Result<Json<Vec<DeviceKey>>, Refusal> {
    Ok(Json(store::devices::all(&mut *hall.store.read().await?).await?))
}

/// A new one-time code; it lives ten minutes. For operators.
#[utoipa::path(post, path = "/device-codes", tag = "devices", request_body = NewCode, responses((status = 201, body = DeviceCode)))]
pub async fn new_code(
    _: Operator,
    State(hall): State<Hall>,
    Body(NewCode { profile }): Body<NewCode>,
) -> Result<(StatusCode, Json<DeviceCode>), Refusal> {
    if profile == Profile::Personal {
        return Err(problem::PROFILE.into());
    }
    Ok((StatusCode::CREATED, Json(devices::new_code(&hall.store, profile, now()).await?)))
}

/// Revokes a device. For operators.
#[utoipa::path(
    post, path = "/devices/{kid}/revoke", tag = "devices",
    params(("kid" = String, Path, description = "Key id, 16 hex digits")),
    responses((status = 200, body = DeviceKey))
)]
pub async fn revoke(_: Operator, State(hall): State<Hall>, At(kid): At<String>) -> Result<Json<DeviceKey>, Refusal> {
    Ok(Json(devices::revoke(&hall, &kid, now()).await?))
}

//! `/trust`: whom this hall vouches for.

use crate::hall::problem::Refusal;
use crate::hall::{Hall, now, trust};
use crate::signing::Signed;
use axum::Json;
use axum::extract::State;

/// The trust list, signed by the root key.
#[utoipa::path(get, path = "/trust", tag = "hall", responses((status = 200, body = Signed)))]
pub async fn show(State(hall): State<Hall>) -> Result<Json<Signed>, Refusal> {
    Ok(Json(trust::current(&hall.store, &hall.keys, hall.code(), now()).await?))
}

//! `/hall`: who this hall is.

use crate::api::HallInfo;
use crate::hall::{Hall, now};
use crate::signing::hex;
use axum::Json;
use axum::extract::State;

/// Who this hall is, and the keys that a device seals to and verifies with.
#[utoipa::path(get, path = "/hall", tag = "hall", responses((status = 200, body = HallInfo)))]
pub async fn show(State(hall): State<Hall>) -> Json<HallInfo> {
    Json(HallInfo {
        code: hall.code().to_owned(),
        root: hex(&hall.keys.root_public()),
        sealing: hall.keys.sealing_public().clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        now: now(),
    })
}

//! `/hall`: who this hall is.

use crate::api::HallInfo;
use crate::hall::problem::Refusal;
use crate::hall::{Hall, now, store};
use crate::signing::hex;
use axum::Json;
use axum::extract::State;

/// Who this hall is, and the root key under which everything else of it is believed.
#[utoipa::path(get, path = "/hall", tag = "hall", responses((status = 200, body = HallInfo)))]
pub async fn show(State(hall): State<Hall>) -> Result<Json<HallInfo>, Refusal> {
    let epoch = store::hall::epoch(&mut *hall.store.read().await?).await?;
    Ok(Json(HallInfo {
        code: hall.code().to_owned(),
        root: hex(&hall.keys.root_public()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        now: now(),
        epoch,
    }))
}

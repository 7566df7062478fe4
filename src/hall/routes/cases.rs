//! `/cases`: the window's work. For clerks and approvers.

use super::extract::{At, At2, Body};
use crate::api::{CaseRow, CaseView, Decide};
use crate::case::State as CaseState;
use crate::hall::auth::Caseworker;
use crate::hall::casework::{self, Which};
use crate::hall::problem::{self, Refusal};
use crate::hall::{Hall, now};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    state: Option<CaseState>,
}

/// The newest cases, at most 500.
#[utoipa::path(
    get, path = "/cases", tag = "cases", params(("state" = Option<CaseState>, Query, description = "Only cases in this state")),
    responses((status = 200, body = Vec<CaseRow>))
)]
pub async fn list(
    _: Caseworker,
    State(hall): State<Hall>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Json<Vec<CaseRow>>, Refusal> {
    let Query(filter) = filter.map_err(|_| problem::ADDRESS)?;
    Ok(Json(casework::list(&hall, filter.state, now()).await?))
}

/// One case, whole: the submission opened, the hall's own check, the record and its notices.
#[utoipa::path(
    get, path = "/cases/{case}", tag = "cases", params(("case" = String, Path, description = "Short number, or the receipt's id")),
    responses((status = 200, body = CaseView))
)]
pub async fn show(_: Caseworker, State(hall): State<Hall>, At(which): At<Which>) -> Result<Json<CaseView>, Refusal> {
    Ok(Json(casework::view(&hall, &which, now()).await?))
}

/// A decision. Refused with `revision` when somebody acted since.
#[utoipa::path(
    post, path = "/cases/{case}/acts", tag = "cases", request_body = Decide,
    params(("case" = String, Path, description = "Short number, or the receipt's id")),
    responses((status = 200, body = CaseView))
)]
pub async fn act(
    Caseworker(staff): Caseworker,
    State(hall): State<Hall>,
    At(which): At<Which>,
    Body(decide): Body<Decide>,
) -> Result<Json<CaseView>, Refusal> {
    Ok(Json(casework::decide(&hall, &which, decide, &staff, now()).await?))
}

/// An attachment, opened. Only pictures and PDF, of the type that their first bytes say.
#[utoipa::path(
    get, path = "/cases/{case}/attachments/{place}", tag = "cases",
    params(("case" = String, Path), ("place" = usize, Path, description = "From 0, in the submission's order")),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"))
)]
pub async fn attachment(
    Caseworker(staff): Caseworker,
    State(hall): State<Hall>,
    At2(which, place): At2<Which, usize>,
) -> Result<Response, Refusal> {
    let (media_type, bytes) = casework::attachment(&hall, &which, place, &staff).await?;
    Ok(([(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, "inline")], bytes).into_response())
}

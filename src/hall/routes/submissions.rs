//! `/submissions`: sealed envelopes come in; whoever holds an id may ask what became of it.

use super::extract::{At, Body, Id};
use crate::api::{Acknowledgement, Progress, Wanted};
use crate::hall::intake::{self, Taken};
use crate::hall::problem::{self, Refusal};
use crate::hall::store::cases;
use crate::hall::{Hall, casework, now, observe};
use crate::submission::Sealed;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Hands in a sealed submission. Sent again, it gets the very same acknowledgement.
#[utoipa::path(
    put, path = "/submissions/{id}", tag = "submissions", request_body = Sealed,
    params(("id" = uuid::Uuid, Path, description = "Made on the device; the same as inside")),
    responses(
        (status = 201, body = Acknowledgement, description = "Received, and kept for good"),
        (status = 200, body = Acknowledgement, description = "Received earlier"),
        (status = 202, body = Wanted, description = "Not yet received: these chunks must come first"),
    )
)]
pub async fn put(State(hall): State<Hall>, At(Id(id)): At<Id>, Body(sealed): Body<Sealed>) -> Result<Response, Refusal> {
    if id != sealed.id {
        return Err(problem::OTHER_ID.into());
    }
    let (result, response) = match intake::take(&hall, sealed, now()).await? {
        Taken::New(acknowledgement) => ("received", (StatusCode::CREATED, Json(acknowledgement)).into_response()),
        Taken::Known(acknowledgement) => ("replayed", Json(acknowledgement).into_response()),
        Taken::Wanting(wanted) => ("wanting", (StatusCode::ACCEPTED, Json(wanted)).into_response()),
    };
    observe::submission(result);
    Ok(response)
}

/// The acknowledgement, for whoever holds the id.
#[utoipa::path(
    get, path = "/submissions/{id}", tag = "submissions", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Acknowledgement))
)]
pub async fn acknowledgement(State(hall): State<Hall>, At(Id(id)): At<Id>) -> Result<Json<Acknowledgement>, Refusal> {
    let case = cases::by_id(&mut *hall.store.read().await?, &id).await?.ok_or(problem::NOT_FOUND)?;
    Ok(Json(case.acknowledgement()))
}

/// Where it stands, for whoever holds the id. Says nothing about a person.
#[utoipa::path(
    get, path = "/submissions/{id}/progress", tag = "submissions", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = Progress))
)]
pub async fn progress(State(hall): State<Hall>, At(Id(id)): At<Id>) -> Result<Json<Progress>, Refusal> {
    Ok(Json(casework::progress(&hall, id, now()).await?))
}

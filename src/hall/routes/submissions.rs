//! `/submissions`: sealed envelopes come in; whoever holds an id may ask what became of it.

use super::extract::{At, Body, Id};
use crate::api::{Acknowledgement, HELD, Held, Progress, Resend, Wanted};
use crate::hall::intake::{self, Taken};
use crate::hall::problem::{self, Refusal};
use crate::hall::store::cases;
use crate::hall::{Hall, casework, guard, now, observe};
use crate::submission::Sealed;
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::net::SocketAddr;

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
pub async fn put(
    State(hall): State<Hall>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    At(Id(id)): At<Id>,
    Body(sealed): Body<Sealed>,
) -> Result<Response, Refusal> {
    if id != sealed.id {
        return Err(problem::OTHER_ID.into());
    }
    Ok(answer(intake::take(&hall, sealed, Some(guard::stranger(peer)), now()).await?))
}

/// Hands in once more what the hall has acknowledged and, put back from a backup, no longer has: with the acknowledgement,
/// it gets its time and its short number back.
#[utoipa::path(
    put, path = "/submissions/{id}/again", tag = "submissions", request_body = Resend,
    params(("id" = uuid::Uuid, Path, description = "Made on the device; the same as inside")),
    responses(
        (status = 201, body = Acknowledgement, description = "Received once more: the very same acknowledgement"),
        (status = 200, body = Acknowledgement, description = "Still there"),
        (status = 202, body = Wanted, description = "Not yet received: these chunks must come first"),
    )
)]
pub async fn put_again(State(hall): State<Hall>, At(Id(id)): At<Id>, Body(resend): Body<Resend>) -> Result<Response, Refusal> {
    if id != resend.sealed.id {
        return Err(problem::OTHER_ID.into());
    }
    Ok(answer(intake::take_again(&hall, resend, now()).await?))
}

/// Which of these submissions the hall does not have; at most a thousand are asked for at once.
#[utoipa::path(post, path = "/submissions/unknown", tag = "submissions", request_body = Held, responses((status = 200, body = Vec<uuid::Uuid>)))]
pub async fn unknown(State(hall): State<Hall>, Body(Held { ids }): Body<Held>) -> Result<Json<Vec<uuid::Uuid>>, Refusal> {
    if ids.len() > HELD {
        return Err(problem::TOO_MANY_IDS.into());
    }
    Ok(Json(cases::unknown(&mut *hall.store.read().await?, &ids).await?))
}

fn answer(taken: Taken) -> Response {
    let (result, response) = match taken {
        Taken::New(acknowledgement) => ("received", (StatusCode::CREATED, Json(acknowledgement)).into_response()),
        Taken::Known(acknowledgement) => ("replayed", Json(acknowledgement).into_response()),
        Taken::Wanting(wanted) => ("wanting", (StatusCode::ACCEPTED, Json(wanted)).into_response()),
    };
    observe::submission(result);
    response
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

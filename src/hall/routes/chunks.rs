//! `/chunks`: sealed pieces of attachments, named by what is in them, so that an interrupted upload goes on where it was.

use super::extract::{At, Raw};
use crate::hall::problem::{self, Refusal};
use crate::hall::{Hall, observe};
use crate::submission::Digest;
use axum::extract::State;
use axum::http::StatusCode;

/// Pieces stop well before submissions do: anybody can send them.
const PIECES: u64 = 3;

/// Hands in a sealed chunk; sent again, nothing changes.
#[utoipa::path(
    put, path = "/chunks/{sha256}", tag = "submissions",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("sha256" = String, Path, description = "SHA-256 of the body, 64 lower-case hex digits")),
    responses((status = 201, description = "Kept"), (status = 204, description = "Kept earlier"))
)]
pub async fn put(State(hall): State<Hall>, At(digest): At<Digest>, Raw(bytes): Raw) -> Result<StatusCode, Refusal> {
    if Digest::of(&bytes) != digest {
        return Err(problem::DIGEST.into());
    }
    if hall.store.chunks.arrived_again(&digest).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    hall.room(PIECES)?;
    hall.store.chunks.keep(digest, bytes).await?;
    observe::chunk();
    Ok(StatusCode::CREATED)
}

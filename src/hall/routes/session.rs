//! `/session`: staff sign in and out.

use super::extract::Body;
use crate::api::{SignIn, Staff};
use crate::hall::auth::{self, SignedIn, session};
use crate::hall::problem::Refusal;
use crate::hall::{Hall, guard, now};
use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use std::net::SocketAddr;

/// Signs in; the session is a cookie. A session that the browser had before ends.
#[utoipa::path(post, path = "/session", tag = "session", request_body = SignIn, responses((status = 200, body = Staff)))]
pub async fn sign_in(
    State(hall): State<Hall>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Body(sign_in): Body<SignIn>,
) -> Result<([(header::HeaderName, HeaderValue); 1], Json<Staff>), Refusal> {
    let staff = auth::check(&hall, sign_in, guard::stranger(peer)).await?;
    session::end(&hall, &headers).await?;
    let cookie = session::start(&hall, &staff.user, now()).await?;
    Ok(([(header::SET_COOKIE, cookie)], Json(staff)))
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Staff)))]
pub async fn show(SignedIn(staff): SignedIn) -> Json<Staff> {
    Json(staff)
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204, description = "Nobody is signed in now")))]
pub async fn sign_out(
    State(hall): State<Hall>,
    headers: HeaderMap,
) -> Result<(StatusCode, [(header::HeaderName, HeaderValue); 1]), Refusal> {
    let cookie = session::end(&hall, &headers).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]))
}

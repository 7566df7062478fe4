//! Sessions: an opaque token in a cookie that scripts cannot read and other sites cannot send; the hall keeps its digest.

use super::secret;
use crate::api::Staff;
use crate::hall::problem::Refusal;
use crate::hall::{Hall, store};
use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, TimeDelta, Utc};

const COOKIE: &str = "mingbai_session";
/// A session ends when it has not been used for so long …
const IDLE: TimeDelta = TimeDelta::minutes(30);
/// … and in any case this long after the sign-in.
const LONGEST: TimeDelta = TimeDelta::hours(12);
/// Its last use is written down only this often.
const TOUCH: TimeDelta = TimeDelta::minutes(1);

fn token(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(';'));
    cookies.filter_map(|c| c.trim().split_once('=')).find(|(name, _)| *name == COOKIE).map(|(_, token)| token)
}

fn cookie(hall: &Hall, token: &str, seconds: i64) -> Result<HeaderValue, Refusal> {
    let secure = if hall.secure { "; Secure" } else { "" };
    let text = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    HeaderValue::try_from(text).map_err(|e| std::io::Error::other(e).into())
}

/// Begins a session; the answer is its cookie. Sessions that have ended are cleared out.
pub async fn start(hall: &Hall, user: &str, now: DateTime<Utc>) -> Result<HeaderValue, Refusal> {
    let token = secret::token()?;
    let mut change = hall.store.begin().await?;
    store::staff::forget_sessions(&mut change, now - IDLE, now - LONGEST).await?;
    store::staff::start_session(&mut change, &secret::kept(&token), user, now).await?;
    change.commit().await?;
    cookie(hall, &token, LONGEST.num_seconds())
}

/// Who is signed in with the cookie of this request, as their record stands now.
pub async fn staff(hall: &Hall, headers: &HeaderMap, now: DateTime<Utc>) -> Result<Option<Staff>, Refusal> {
    let Some(hash) = token(headers).map(secret::kept) else { return Ok(None) };
    let mut db = hall.store.read().await?;
    let Some(session) = store::staff::session(&mut db, &hash).await? else { return Ok(None) };
    if now - session.seen_at > IDLE || now - session.started_at > LONGEST {
        return Ok(None);
    }
    let staff = store::staff::get(&mut db, &session.user).await?;
    drop(db);
    if now - session.seen_at > TOUCH {
        let mut change = hall.store.begin().await?;
        store::staff::touch_session(&mut change, &hash, now).await?;
        change.commit().await?;
    }
    Ok(staff)
}

/// Ends the session of this request, if it has one; the answer is the cookie that removes the cookie.
pub async fn end(hall: &Hall, headers: &HeaderMap) -> Result<HeaderValue, Refusal> {
    if let Some(token) = token(headers) {
        let mut change = hall.store.begin().await?;
        store::staff::end_session(&mut change, &secret::kept(token)).await?;
        change.commit().await?;
    }
    cookie(hall, "", 0)
}

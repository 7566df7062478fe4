//! Reading requests so that whatever is wrong with them becomes a problem document, and so that nothing they hold is
//! repeated or logged.

use crate::hall::problem::{self, Refusal};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use std::str::FromStr;

/// A JSON body.
pub struct Body<T>(pub T);

/// A body of bytes.
pub struct Raw(pub Bytes);

/// The one parameter of the path.
pub struct At<T>(pub T);

/// The two parameters of the path.
pub struct At2<T, U>(pub T, pub U);

fn whole(rejection: BytesRejection) -> Refusal {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => problem::TOO_LARGE.into(),
        _ => problem::BODY.into(),
    }
}

fn has_type(headers: &HeaderMap, wanted: &str) -> Result<(), Refusal> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let given = given.split(';').next().unwrap_or_default().trim();
    if given.eq_ignore_ascii_case(wanted) { Ok(()) } else { Err(problem::MEDIA_TYPE.because(format!("send {wanted}"))) }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refusal;
    async fn from_request(request: Request, state: &S) -> Result<Body<T>, Refusal> {
        has_type(request.headers(), "application/json")?;
        let bytes = Bytes::from_request(request, state).await.map_err(whole)?;
        serde_json::from_slice(&bytes).map(Body).map_err(|wrong| {
            let kind = if wrong.classify() == Category::Data { problem::SHAPE } else { problem::JSON };
            kind.because(format!("line {}, column {}", wrong.line(), wrong.column()))
        })
    }
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Refusal;
    async fn from_request(request: Request, state: &S) -> Result<Raw, Refusal> {
        has_type(request.headers(), "application/octet-stream")?;
        Bytes::from_request(request, state).await.map(Raw).map_err(whole)
    }
}

fn parsed<T: FromStr>(text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|_| problem::ADDRESS.into())
}

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, Refusal> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| problem::ADDRESS)?;
        Ok(At(parsed(&text)?))
    }
}

impl<T: FromStr, U: FromStr, S: Send + Sync> FromRequestParts<S> for At2<T, U> {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At2<T, U>, Refusal> {
        let Path((first, second)) = Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| problem::ADDRESS)?;
        Ok(At2(parsed(&first)?, parsed(&second)?))
    }
}

/// A UUID in its usual form, and no other: hyphens, lower case.
pub struct Id(pub uuid::Uuid);

impl FromStr for Id {
    type Err = ();
    fn from_str(text: &str) -> Result<Id, ()> {
        text.parse().ok().filter(|id: &uuid::Uuid| id.to_string() == text).map(Id).ok_or(())
    }
}

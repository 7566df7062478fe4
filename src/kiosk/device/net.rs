//! The way to the hall. Every exchange ends: with an answer, or as [`Failure::Unreachable`] when its time is up. An answer
//! counts only when it is what the hall would say; a login page of some network does not.

use super::clock::within;
use crate::api::Problem;
use crate::words::Text;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Blob, BlobPropertyBag, Headers, Request, RequestCache, RequestCredentials, RequestInit, Response};

const BASE: &str = "/api/v1";
/// How long an answer may take, in milliseconds.
const PATIENCE: u32 = 15_000;
/// The same where a submission, a picture or a part of the catalogue travels over a slow line.
const PATIENCE_BYTES: u32 = 120_000;
const PATIENCE_PROBE: u32 = 5_000;

/// Why something did not work, for the person in front of the screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// No answer, or none in time.
    Unreachable,
    /// The hall refuses; and for how many seconds it asks to be left alone.
    Problem(Problem, Option<u32>),
    /// An answer that is not the hall's: a login page, garbage.
    Answer,
    /// Something before the hall is overloaded or broken; and for how many seconds it asks to be left alone.
    Busy(Option<u32>),
    /// The browser's storage is blocked.
    Storage(Text),
    /// The browser's storage has not answered in time; what was asked may have been done.
    Silent,
    /// The browser's storage has no room for it.
    Full,
    /// The browser has closed its storage in the middle of something, which was not done.
    Closed,
    /// A key is missing, or cannot be made or used here.
    Key(Text),
}

impl Failure {
    pub fn say(&self) -> Text {
        match self {
            Failure::Unreachable => {
                Text::new("暂时连不上大厅,请稍后再试", "The hall cannot be reached at the moment; please try again later")
            }
            Failure::Problem(problem, _) => problem.title.clone(),
            Failure::Answer => Text::new(
                "收到的回答不是大厅发出的,可能是网络要求先登录。请检查网络",
                "The answer did not come from the hall; the network may want you to sign in first. Please check the network",
            ),
            Failure::Busy(_) => {
                Text::new("大厅或网络暂时繁忙,请稍后再试", "The hall or the network is busy at the moment; please try again later")
            }
            Failure::Full => Text::new(
                "本机存储空间已满,内容没有保存。请清理空间或减少照片后再试,或者到窗口办理",
                "This device's storage is full; nothing was saved. Free some space or take fewer photos, or go to a window",
            ),
            Failure::Closed => Text::new(
                "浏览器刚刚关闭了本机存储,内容没有保存。请再试一次",
                "The browser has just closed this device's storage; nothing was saved. Please try again",
            ),
            Failure::Silent => Text::new(
                "本机的存储没有响应,内容可能没有保存。请关闭其他标签页后再试,或者到窗口办理",
                "This device's storage does not respond; perhaps nothing was saved. Close other tabs and try again, or go to a window",
            ),
            Failure::Storage(text) | Failure::Key(text) => text.clone(),
        }
    }
    /// Whether the same request may succeed later without anybody doing anything.
    pub fn passes(&self) -> bool {
        match self {
            Failure::Unreachable | Failure::Answer | Failure::Busy(_) => true,
            Failure::Storage(_) | Failure::Silent | Failure::Full | Failure::Closed => true,
            Failure::Problem(problem, _) => matches!(problem.status, 408 | 425 | 429 | 500..),
            Failure::Key(_) => false,
        }
    }
}

/// What came back, whatever it was.
pub(in crate::kiosk) struct Answer {
    pub status: u16,
    pub etag: Option<String>,
    media_type: String,
    retry_after: Option<u32>,
    bytes: Vec<u8>,
}

impl Answer {
    /// Refusals become failures; what is left is 2xx or 304.
    fn accepted(self) -> Result<Answer, Failure> {
        match self.status {
            200..=299 | 304 => Ok(self),
            _ if self.media_type.starts_with("application/problem+json") => match serde_json::from_slice(&self.bytes) {
                Ok(problem) => Err(Failure::Problem(problem, self.retry_after)),
                Err(_) => Err(Failure::Answer),
            },
            408 | 425 | 429 | 500.. => Err(Failure::Busy(self.retry_after)),
            _ => Err(Failure::Answer),
        }
    }

    /// Reads the body. An empty one is read as `null`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let body: &[u8] = if self.bytes.is_empty() { b"null" } else { &self.bytes };
        if !self.bytes.is_empty() && !self.media_type.contains("json") {
            return Err(Failure::Answer);
        }
        serde_json::from_slice(body).map_err(|_| Failure::Answer)
    }
}

enum Body<'a> {
    None,
    Json(String),
    Bytes(&'a [u8]),
}

/// `path` below `/api/v1`.
pub async fn get_json<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    exchange("GET", path, Body::None, &[]).await?.json()
}

/// `None` when the hall still has what `etag` names.
pub async fn get_if_changed<T: DeserializeOwned>(path: &str, etag: Option<&str>) -> Result<Option<(T, Option<String>)>, Failure> {
    let headers: Vec<(&str, &str)> = etag.map(|etag| ("If-None-Match", etag)).into_iter().collect();
    let answer = exchange("GET", path, Body::None, &headers).await?;
    if answer.status == 304 { Ok(None) } else { Ok(Some((answer.json()?, answer.etag))) }
}

/// A file of bytes; a login page is none.
pub async fn get_bytes(path: &str) -> Result<Vec<u8>, Failure> {
    let answer = exchange("GET", path, Body::None, &[]).await?;
    if answer.media_type == "application/octet-stream" { Ok(answer.bytes) } else { Err(Failure::Answer) }
}

pub async fn post_json<B: Serialize, T: DeserializeOwned>(path: &str, body: &B) -> Result<T, Failure> {
    exchange("POST", path, json(body)?, &[]).await?.json()
}

/// For answers whose kind depends on their status.
pub(in crate::kiosk) async fn put<B: Serialize>(path: &str, body: &B) -> Result<Answer, Failure> {
    exchange("PUT", path, json(body)?, &[]).await
}

pub async fn put_bytes(path: &str, bytes: &[u8]) -> Result<(), Failure> {
    exchange("PUT", path, Body::Bytes(bytes), &[]).await.map(|_| ())
}

pub async fn delete(path: &str) -> Result<(), Failure> {
    exchange("DELETE", path, Body::None, &[]).await.map(|_| ())
}

/// A picture or document as an address that an element can show. It lives until the page is left or it is revoked.
pub async fn get_blob_url(path: &str) -> Result<String, Failure> {
    let answer = exchange("GET", path, Body::None, &[]).await?;
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(answer.bytes.as_slice()));
    let options = BlobPropertyBag::new();
    options.set_type(&answer.media_type);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).map_err(|_| Failure::Answer)?;
    web_sys::Url::create_object_url_with_blob(&blob).map_err(|_| Failure::Answer)
}

/// Whether the hall answers at all, asked of `/healthz`: `navigator.onLine` only knows of cables.
pub async fn reachable() -> bool {
    let probe = within(PATIENCE_PROBE, fetch("GET", "/healthz", Body::None, &[], &AbortSignalGuard::new())).await;
    matches!(probe, Some(Ok(answer)) if answer.status == 200 && !answer.media_type.starts_with("text/html"))
}

/// What the service worker says of the app it keeps.
#[derive(serde::Deserialize)]
pub struct Build {
    pub version: String,
    /// Every file of it is there.
    #[serde(default)]
    pub whole: bool,
}

/// The build that `file` describes, if there is such a file.
pub async fn get_build(file: &str) -> Option<Build> {
    let answer = within(PATIENCE_PROBE, fetch("GET", file, Body::None, &[], &AbortSignalGuard::new())).await?.ok()?.accepted().ok()?;
    answer.json().ok()
}

/// Fetches a file of the app for the service worker to keep. Whether that succeeded shows when the file is needed.
pub async fn touch(file: &str) {
    let _ = within(PATIENCE_BYTES, fetch("GET", file, Body::None, &[], &AbortSignalGuard::new())).await;
}

fn json(body: &impl Serialize) -> Result<Body<'static>, Failure> {
    // Types of `api` always serialise; if one ever does not, nothing was sent.
    serde_json::to_string(body).map(Body::Json).map_err(|_| Failure::Answer)
}

async fn exchange(method: &str, path: &str, body: Body<'_>, headers: &[(&str, &str)]) -> Result<Answer, Failure> {
    let large = matches!(body, Body::Bytes(_)) || ["/attachments/", "/parts/", "/submissions/"].iter().any(|part| path.contains(part));
    let patience = if large { PATIENCE_BYTES } else { PATIENCE };
    let guard = AbortSignalGuard::new();
    match within(patience, fetch(method, &format!("{BASE}{path}"), body, headers, &guard)).await {
        Some(Ok(answer)) => answer.accepted(),
        Some(Err(_)) | None => Err(Failure::Unreachable),
    }
}

/// Aborts the request it belongs to when dropped, so that nothing given up goes on in the background.
struct AbortSignalGuard(Option<AbortController>);

impl AbortSignalGuard {
    fn new() -> AbortSignalGuard {
        AbortSignalGuard(AbortController::new().ok())
    }
}

impl Drop for AbortSignalGuard {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

async fn fetch(method: &str, url: &str, body: Body<'_>, headers: &[(&str, &str)], guard: &AbortSignalGuard) -> Result<Answer, JsValue> {
    let sent = Headers::new()?;
    for (name, value) in headers {
        sent.set(name, value)?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::SameOrigin);
    init.set_signal(guard.0.as_ref().map(AbortController::signal).as_ref());
    match &body {
        Body::None => {}
        Body::Json(text) => {
            sent.set("Content-Type", "application/json")?;
            init.set_body(&JsValue::from_str(text));
        }
        Body::Bytes(bytes) => {
            sent.set("Content-Type", "application/octet-stream")?;
            init.set_body(&js_sys::Uint8Array::from(*bytes));
        }
    }
    init.set_headers(&sent);
    let request = Request::new_with_str_and_init(url, &init)?;
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response: Response = JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()?;
    let header = |name: &str| response.headers().get(name).ok().flatten();
    let (media_type, etag) = (header("Content-Type").unwrap_or_default(), header("ETag"));
    let retry_after = header("Retry-After").and_then(|asked| seconds(&asked));
    let bytes = js_sys::Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?).to_vec();
    Ok(Answer { status: response.status(), etag, media_type, retry_after, bytes })
}

/// `Retry-After`: seconds, or the date that ends the wait.
fn seconds(asked: &str) -> Option<u32> {
    let until = || js_sys::Date::parse(asked) - js_sys::Date::now();
    // Neither a date nor a number is no wish; a date gone by is no wait.
    asked.trim().parse().ok().or_else(|| Some(until()).filter(|wait| wait.is_finite()).map(|wait| (wait / 1000.0) as u32))
}

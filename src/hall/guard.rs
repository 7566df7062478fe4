//! What every request must pass, and what every answer carries: limits of time and rate, no writes from other sites, and
//! the headers that tell a browser to be strict.

use super::problem::{self, Refusal};
use super::{Hall, limits};
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Response as Plain, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tower_http::csrf::{CsrfLayer, ProtectionError, ResponseForProtectionError};

/// Long enough for a chunk over a poor line.
const LONGEST: Duration = Duration::from_secs(120);

pub async fn time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::from(problem::TIMEOUT).into_response(),
    }
}

/// Whether a request changes anything.
fn writes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

pub async fn rate(State(hall): State<Hall>, ConnectInfo(peer): ConnectInfo<SocketAddr>, request: Request, next: Next) -> Response {
    if writes(request.method())
        && let Err(wait) = hall.limits.write(peer.ip(), Instant::now())
    {
        return problem::RATE.after(wait).into_response();
    }
    next.run(request).await
}

/// Who stands behind a connection, for counting failures.
pub fn stranger(peer: SocketAddr) -> std::net::IpAddr {
    limits::stranger(peer.ip())
}

/// Writes that a browser sends for another site are refused.
pub fn same_site() -> CsrfLayer<Foreign> {
    CsrfLayer::new().with_rejection_response(Foreign)
}

#[derive(Clone, Copy)]
pub struct Foreign;

impl ResponseForProtectionError<Body> for Foreign {
    fn response_for_protection_error(&mut self, _: ProtectionError) -> Plain<Body> {
        Refusal::from(problem::ORIGIN).into_response()
    }
}

/// A panic costs one request; its cause is in the log.
pub fn after_panic(_: Box<dyn Any + Send + 'static>) -> Plain<Body> {
    tracing::error!("a request handler panicked");
    Refusal::from(problem::INTERNAL).into_response()
}

const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; \
                      media-src 'self' blob:; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; \
                      frame-ancestors 'none'; form-action 'self'";

/// The camera for the desk, nothing else; and a page may listen to its unloading, which keeps the browser from keeping it.
const PERMISSIONS: &str = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), \
                           display-capture=(), accelerometer=(), gyroscope=(), magnetometer=(), browsing-topics=(), unload=(self)";

const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

pub async fn headers(State(hall): State<Hall>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        // A route may be more open on purpose, as open data are.
        headers.entry(name).or_insert(value);
    }
    if hall.secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    // What does not say otherwise is never kept by a cache.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

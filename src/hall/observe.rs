//! What can be seen from outside: JSON logs on stderr and Prometheus metrics. Neither has a body, a query, an address of
//! a person or an id: a request is named by its route's pattern. One line is for the auditors and says more: which clerk
//! opened an attachment of which case.

use super::{Error, Hall, fleet, store};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

pub type Metrics = PrometheusHandle;

const REQUESTS: &str = "mingbai_requests_total";
const DURATION: &str = "mingbai_request_seconds";
const SUBMISSIONS: &str = "mingbai_submissions_total";
const CHUNKS: &str = "mingbai_chunks_total";
const WAITING: &str = "mingbai_cases_waiting";
const DEVICES: &str = "mingbai_devices";
const SILENT: &str = "mingbai_devices_silent";
const OUTBOXES: &str = "mingbai_outbox_waiting";
const OLDEST: &str = "mingbai_outbox_oldest_seconds";
const FREE: &str = "mingbai_disk_free_bytes";

/// Structured logs on stderr. `RUST_LOG` chooses how much; `info` unless told otherwise.
pub fn log_to_stderr() {
    log_to(std::io::stderr);
}

/// The same, to any writer. Only the first call in a process has an effect.
pub fn log_to<W: for<'w> MakeWriter<'w> + Send + Sync + 'static>(writer: W) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(writer).try_init();
}

/// The process's metrics, which can be set up only once.
pub fn metrics() -> Result<Metrics, Error> {
    static INSTALLED: Mutex<Option<Metrics>> = Mutex::new(None);
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(metrics) = installed.as_ref() {
        return Ok(metrics.clone());
    }
    let buckets = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0];
    let made = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Full(DURATION.into()), &buckets)?.install_recorder()?;
    metrics::describe_counter!(REQUESTS, "Requests by method, route and status");
    metrics::describe_histogram!(DURATION, metrics::Unit::Seconds, "Time to answer, by route");
    metrics::describe_counter!(SUBMISSIONS, "Submissions by what became of them");
    metrics::describe_counter!(CHUNKS, "Attachment chunks that arrived");
    metrics::describe_gauge!(WAITING, "Cases that nobody has taken up");
    metrics::describe_gauge!(DEVICES, "Kiosks and desks in force");
    metrics::describe_gauge!(SILENT, "Kiosks and desks that were not heard of for a quarter of an hour");
    metrics::describe_gauge!(OUTBOXES, "Submissions that wait in outboxes, by the last heartbeats");
    metrics::describe_gauge!(OLDEST, metrics::Unit::Seconds, "For how long the oldest of them has waited");
    metrics::describe_gauge!(FREE, metrics::Unit::Bytes, "Free space of the disk");
    Ok(installed.insert(made).clone())
}

/// Counts a submission: `received`, `replayed` or `wanting`.
pub fn submission(result: &'static str) {
    metrics::counter!(SUBMISSIONS, "result" => result).increment(1);
}

pub fn chunk() {
    metrics::counter!(CHUNKS).increment(1);
}

/// A method's name. Others than these count as one: strangers could make up ever new ones.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// One log line and one count for every request.
pub async fn request(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = name(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or("app", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    tracing::info!(method, route, status, milliseconds = took.as_millis() as u64, "request");
    metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(), "status" => status.to_string()).increment(1);
    metrics::histogram!(DURATION, "route" => route).record(took.as_secs_f64());
    response
}

/// `GET /metrics`, for a collector on the same machine only; to anyone else it does not exist.
pub async fn show(State(hall): State<Hall>, ConnectInfo(peer): ConnectInfo<SocketAddr>) -> Result<Response, super::problem::Refusal> {
    if !peer.ip().to_canonical().is_loopback() {
        return Err(super::problem::NOT_FOUND.into());
    }
    let waiting = store::cases::waiting(&mut *hall.store.read().await?).await?;
    let now = super::now();
    let fleet = fleet::summary(&fleet::show(&hall, now).await?, now);
    let gauges = [
        (WAITING, f64::from(waiting)),
        (DEVICES, fleet.devices as f64),
        (SILENT, fleet.silent as f64),
        (OUTBOXES, fleet.waiting as f64),
        (OLDEST, fleet.oldest as f64),
        (FREE, hall.store.chunks.free()? as f64),
    ];
    for (name, value) in gauges {
        metrics::gauge!(name).set(value);
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], hall.metrics.render()).into_response())
}

//! The routes, a file per resource, and what lies around them. The published OpenAPI document is made from the same
//! declarations, so a route cannot be missing from it.

mod cases;
mod catalogue;
mod chunks;
mod devices;
mod extract;
mod fleet;
mod forget;
mod hall;
mod open;
mod scans;
mod session;
mod submissions;
mod trust;

use super::problem::{self, Refusal};
use super::{Hall, guard, observe, web};
use crate::submission::ENVELOPE;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Json, Router};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::openapi::{ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where version 1 of the interface lies.
pub const API: &str = "/api/v1";
/// The largest body where a route does not say otherwise.
const SMALL: usize = 64 * 1024;
/// The largest sealed chunk.
const CHUNK: usize = crate::submission::CHUNK + 1024;

fn api() -> OpenApiRouter<Hall> {
    OpenApiRouter::with_openapi(OpenApiBuilder::new().info(InfoBuilder::new().title("Mingbai 明白").version("1")).build())
        .routes(routes!(hall::show))
        .routes(routes!(catalogue::show))
        .routes(routes!(catalogue::part))
        .routes(routes!(catalogue::schema))
        .routes(routes!(trust::show))
        .routes(routes!(submissions::acknowledgement))
        .routes(routes!(submissions::progress))
        .routes(routes!(submissions::unknown))
        .routes(routes!(fleet::beat))
        .routes(routes!(fleet::show))
        .routes(routes!(devices::list, devices::enrol))
        .routes(routes!(devices::new_code))
        .routes(routes!(devices::revoke))
        .routes(routes!(forget::forget))
        .routes(routes!(session::show, session::sign_in, session::sign_out))
        .routes(routes!(scans::record))
        .routes(routes!(scans::record_all))
        .routes(routes!(cases::list))
        .routes(routes!(cases::show))
        .routes(routes!(cases::act))
        .routes(routes!(cases::attachment))
        .layer(DefaultBodyLimit::max(SMALL))
        .merge(open())
        .merge(OpenApiRouter::new().routes(routes!(submissions::put)).layer(DefaultBodyLimit::max(ENVELOPE)))
        .merge(OpenApiRouter::new().routes(routes!(submissions::put_again)).layer(DefaultBodyLimit::max(ENVELOPE + SMALL)))
        .merge(OpenApiRouter::new().routes(routes!(chunks::put)).layer(DefaultBodyLimit::max(CHUNK)))
}

fn open() -> OpenApiRouter<Hall> {
    let (routes, document) = OpenApiRouter::new()
        .routes(routes!(open::catalogue))
        .routes(routes!(open::catalogue_of))
        .routes(routes!(open::publications))
        .routes(routes!(open::item))
        .routes(routes!(open::item_of))
        .routes(routes!(open::schema))
        .split_for_parts();
    // A browser first asks, with a method that no route takes, whether it may: the refusal must lie inside the layer that answers.
    let routes = routes.method_not_allowed_fallback(method).layer(open::anybody());
    OpenApiRouter::with_openapi(document).merge(routes.into())
}

/// The published document.
pub fn document() -> OpenApi {
    finish(OpenApiRouter::new().nest(API, api()).into_openapi())
}

/// Every operation may answer with a problem.
fn finish(mut document: OpenApi) -> OpenApi {
    let problem = ResponseBuilder::new()
        .description("Why not: a stable `code`, and a title in Chinese and English")
        .content("application/problem+json", ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build())
        .build();
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.insert("default".into(), RefOr::T(problem.clone()));
        }
    }
    let components = document.components.get_or_insert_default();
    let mut schemas = vec![(String::from("Problem"), <crate::api::Problem as utoipa::PartialSchema>::schema())];
    <crate::api::Problem as utoipa::ToSchema>::schemas(&mut schemas);
    components.schemas.extend(schemas);
    document
}

async fn not_found() -> Refusal {
    problem::NOT_FOUND.into()
}

async fn method() -> Refusal {
    problem::METHOD.into()
}

/// Is the database there?
async fn health(State(hall): State<Hall>) -> Result<&'static str, Refusal> {
    sqlx::query("SELECT 1").execute(&mut *hall.store.read().await?).await?;
    Ok("ok")
}

/// Everything the server answers.
pub fn app(hall: Hall) -> Router {
    let (api, document) = OpenApiRouter::new().nest(API, api()).split_for_parts();
    let document = Json(finish(document));
    let api = api
        .route(&format!("{API}/openapi.json"), get(async move || document.clone()))
        .route(&format!("{API}/{{*nothing}}"), axum::routing::any(not_found))
        .route(API, axum::routing::any(not_found))
        .route("/healthz", get(health))
        .route("/metrics", get(observe::show))
        .method_not_allowed_fallback(method)
        .fallback(web::serve);
    // The last layer is the first that a request meets.
    api.layer(from_fn_with_state(hall.clone(), guard::rate))
        .layer(guard::same_site())
        .layer(from_fn(guard::time))
        .layer(CatchPanicLayer::custom(guard::after_panic))
        .layer(from_fn(observe::request))
        .layer(from_fn_with_state(hall.clone(), guard::headers))
        .with_state(hall)
}

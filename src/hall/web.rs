//! The web app, embedded from `dist/`: every path without a dot is the app's start page. The build puts a `.br` beside
//! each large file, which is what a browser that reads brotli gets.

use super::problem::{self, Refusal};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};
use std::borrow::Cow;

#[derive(Embed)]
#[folder = "dist"]
#[allow_missing = true]
struct App;

const START: &str = "index.html";
const COMPRESSED: &str = ".br";

const NOT_BUILT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>明白</title>\
<p>这个程序里还没有网页应用。请运行 <code>cargo x up</code> 构建。</p>\
<p lang=\"en\">The web app is not built into this program yet: run <code>cargo x up</code>.</p></html>";

/// Serves the app; what is not there is a problem document.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Refusal::from(problem::METHOD).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    let path = if path.contains('.') { path } else { START };
    match App::get(path).filter(|_| !path.ends_with(COMPRESSED)) {
        Some(file) => answer(path, file, &headers),
        None if path == START => (StatusCode::SERVICE_UNAVAILABLE, [(header::CONTENT_TYPE, media_type(START))], NOT_BUILT).into_response(),
        None => Refusal::from(problem::NOT_FOUND).into_response(),
    }
}

fn answer(path: &str, plain: EmbeddedFile, headers: &HeaderMap) -> Response {
    let small = reads_brotli(headers).then(|| App::get(&format!("{path}{COMPRESSED}"))).flatten();
    let packed = small.is_some();
    let file = small.unwrap_or(plain);
    let tag = format!("\"{}\"", crate::signing::hex(&file.metadata.sha256_hash()[..16]));
    let caching = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, caching(path)), (header::VARY, "accept-encoding")];
    if has_already(headers, &tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let body = match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = (caching, [(header::CONTENT_TYPE, media_type(path))], body).into_response();
    if packed {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

/// Which build of the app this is, as the app names it: the program's version and, where the app is built in, the digest
/// of all its files.
pub fn build() -> String {
    let list = App::get("precache.js").and_then(|file| String::from_utf8(file.data.into_owned()).ok()).unwrap_or_default();
    let digest = list.split_once(r#""version":""#).and_then(|(_, rest)| rest.split('"').next());
    let package = env!("CARGO_PKG_VERSION");
    digest.map_or_else(|| package.to_owned(), |digest| format!("{package}+{digest}"))
}

/// Does the asker hold what `tag` names?
pub fn has_already(headers: &HeaderMap, tag: &str) -> bool {
    let held = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).unwrap_or_default();
    held.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

/// May the answer be packed with brotli?
pub fn reads_brotli(headers: &HeaderMap) -> bool {
    let reads = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    reads.split(',').map(str::trim).any(|one| one == "br" || (one.starts_with("br;") && !one.ends_with("=0")))
}

/// A file whose name holds a digest of its content never changes; everything else is asked for again each time.
fn caching(path: &str) -> &'static str {
    let is_digest = |part: &str| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit());
    if path.split(['-', '_', '.', '/']).any(is_digest) { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("txt" | "toml" | "csv") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_digest_are_kept_for_good() {
        for (path, kept) in [
            ("kiosk-0123456789abcdef.js", true),
            ("kiosk-0123456789abcdef_bg.wasm", true),
            ("index.html", false),
            ("service-worker.js", false),
            ("icons/icon-192.png", false),
        ] {
            assert_eq!(caching(path).contains("immutable"), kept, "{path}");
        }
    }

    #[test]
    fn brotli_is_read_by_those_who_say_so() {
        for (reads, expected) in [("gzip, br", true), ("br;q=0.5", true), ("br;q=0", false), ("gzip", false), ("", false)] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(reads))]);
            assert_eq!(reads_brotli(&headers), expected, "{reads}");
        }
    }
}

//! What stands in front of every route: headers, origins, rates, the published document, health, TLS.

use crate::world::*;
use mingbai::api::{Role, SignIn};
use mingbai::hall::routes;
use reqwest::{Method, StatusCode, header};
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use std::io::{Read, Write};
use std::sync::Arc;

#[tokio::test]
async fn every_answer_is_strict() {
    let world = World::start().await;
    for path in ["/", "/desk/cases", "/api/v1/hall", "/api/v1/nothing", "/healthz", "/none.js", "/api/v1/session"] {
        let answer = reqwest::get(format!("{}{path}", world.url)).await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap()).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval'; style-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert!(header("permissions-policy").starts_with("camera=(self), microphone=()"), "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert!(!header("cache-control").is_empty(), "{path}");
        assert!(!path.starts_with("/api") || header("cache-control") == "no-store", "{path}");
        assert_eq!(header("strict-transport-security"), "", "only under TLS");
    }
}

#[tokio::test]
async fn writes_from_another_site_are_refused() {
    let world = World::start().await;
    let client = world.anonymous();
    for (name, value, refused_as) in [
        ("origin", "https://evil.example", Some("origin")),
        ("sec-fetch-site", "cross-site", Some("origin")),
        ("sec-fetch-site", "same-origin", None),
        ("origin", &*world.url, None),
    ] {
        let answer = client.request(Method::DELETE, "/session").header(name, value).send().await.unwrap();
        match refused_as {
            Some(code) => assert_eq!(refused(answer).await, (StatusCode::FORBIDDEN, code.into())),
            None => assert_eq!(answer.status(), StatusCode::NO_CONTENT, "{name}: {value}"),
        }
    }
}

#[tokio::test]
async fn a_flood_of_writes_is_slowed_down() {
    let world = World::start().await;
    let client = world.anonymous();
    let mut slowed = None;
    for _ in 0..3000 {
        let answer = client.request(Method::DELETE, "/session").send().await.unwrap();
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            slowed = Some(answer);
            break;
        }
    }
    let slowed = slowed.expect("some are refused");
    assert_eq!(slowed.headers()[header::RETRY_AFTER], "1");
    assert_eq!(refused(slowed).await.1, "rate");
    assert_eq!(client.get("/hall").await.status(), StatusCode::OK, "reading goes on");
}

/// The routes of the interface, as the design has them.
const ROUTES: &[&str] = &[
    "GET /api/v1/hall",
    "GET /api/v1/catalogue",
    "GET /api/v1/catalogue/parts/{sha256}",
    "GET /api/v1/catalogue/schema.json",
    "GET /api/v1/open/catalogue",
    "GET /api/v1/open/catalogue/{version}",
    "GET /api/v1/open/publications",
    "GET /api/v1/open/items/{code}",
    "GET /api/v1/open/items/{code}/{version}",
    "GET /api/v1/open/schema.json",
    "GET /api/v1/trust",
    "PUT /api/v1/submissions/{id}",
    "GET /api/v1/submissions/{id}",
    "GET /api/v1/submissions/{id}/progress",
    "PUT /api/v1/submissions/{id}/again",
    "POST /api/v1/submissions/unknown",
    "POST /api/v1/heartbeats",
    "GET /api/v1/fleet",
    "PUT /api/v1/chunks/{sha256}",
    "POST /api/v1/devices",
    "GET /api/v1/devices",
    "POST /api/v1/devices/{kid}/revoke",
    "POST /api/v1/device-codes",
    "POST /api/v1/forget",
    "POST /api/v1/session",
    "GET /api/v1/session",
    "DELETE /api/v1/session",
    "POST /api/v1/scans",
    "POST /api/v1/scans/batch",
    "GET /api/v1/cases",
    "GET /api/v1/cases/{case}",
    "POST /api/v1/cases/{case}/acts",
    "GET /api/v1/cases/{case}/attachments/{place}",
];

fn documented(document: &Value) -> Vec<String> {
    let paths = document["paths"].as_object().unwrap();
    let methods = |item: &Value| item.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    paths.iter().flat_map(|(path, item)| methods(item).into_iter().map(move |m| format!("{} {path}", m.to_uppercase()))).collect()
}

#[tokio::test]
async fn the_document_names_every_route_and_every_route_is_served() {
    let world = World::start().await;
    let document: Value = read(world.anonymous().get("/openapi.json").await).await;
    assert_eq!(document, serde_json::to_value(routes::document()).unwrap());
    let mut found = documented(&document);
    let mut expected: Vec<_> = ROUTES.iter().map(|r| r.to_string()).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let head = world.anonymous().head().await;
    for route in found {
        let (method, path) = route.split_once(' ').unwrap();
        // What is open to anyone has nothing but the address to refuse.
        let path = path.replace("catalogue/{version}", &format!("catalogue/{}", head.version)).replace("{code}", &head.front[0].code);
        let url = format!("{}{path}", world.url);
        let answer = reqwest::Client::new().request(method.parse().unwrap(), url).send().await.unwrap();
        assert!(!matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED), "{route}: {}", answer.status());
    }
    check_references(&document, &document);
}

/// Each `$ref` leads somewhere, and each operation says what it answers when it refuses.
fn check_references(document: &Value, part: &Value) {
    match part {
        Value::Object(map) => {
            if let Some(target) = map.get("$ref").and_then(Value::as_str) {
                assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target}");
            }
            if let Some(responses) = map.get("responses").filter(|r| r.is_object()) {
                assert!(responses.get("default").is_some(), "{responses}");
            }
            map.values().for_each(|v| check_references(document, v));
        }
        Value::Array(list) => list.iter().for_each(|v| check_references(document, v)),
        _ => {}
    }
}

#[tokio::test]
async fn health_and_unknown_paths() {
    let world = World::start().await;
    assert_eq!(reqwest::get(format!("{}/healthz", world.url)).await.unwrap().text().await.unwrap(), "ok");
    let client = world.anonymous();
    assert_eq!(refused(client.get("/none").await).await.1, "not-found");
    assert_eq!(refused(client.get("").await).await.1, "not-found");
    assert_eq!(refused(client.post("/hall", &()).await).await.1, "method");
    let root = Client { base: world.url.clone(), ..client };
    assert_eq!(refused(root.post("/", &()).await).await.1, "method");
    assert_eq!(refused(root.get("/../keys/root.key").await).await.1, "not-found");
}

/// Says `request` over TLS to a server with `certificate` and gives the whole answer, in small letters.
fn over_tls(address: &str, certificate: CertificateDer, request: &str) -> String {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let session = rustls::ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut stream = rustls::StreamOwned::new(session, std::net::TcpStream::connect(address).unwrap());
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // The server may close without TLS's own farewell.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).to_lowercase()
}

#[tokio::test]
async fn under_tls_browsers_stay_there_and_cookies_too() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let world = World::start_with(|config| config.tls = Some((certificate, key))).await;
    add_staff(world.data.path(), "clerk", Role::Clerk).await;
    let address = world.url.strip_prefix("https://").unwrap().to_owned();
    let body = serde_json::to_string(&SignIn { user: "clerk".into(), password: PASSWORD.into() }).unwrap();
    let length = body.len();
    let request = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    let answer = tokio::task::spawn_blocking(move || over_tls(&address, made.cert.der().clone(), &request)).await.unwrap();
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age="), "{answer}");
    assert!(answer.lines().any(|l| l.starts_with("set-cookie: mingbai_session=") && l.ends_with("; secure")), "{answer}");
}

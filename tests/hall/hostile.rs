//! Malformed and hostile input on every route: each gets a problem document below 500, and the hall goes on.

use crate::world::*;
use mingbai::api::Role;
use mingbai::hall::routes;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

const JSON: &str = "application/json";
const BYTES: &str = "application/octet-stream";

/// What it is, its type, its bytes, and the codes of which one must come back.
type Bad = (&'static str, &'static str, Vec<u8>, &'static [&'static str]);

/// Bodies that no JSON route may accept.
fn bad_bodies() -> Vec<Bad> {
    vec![
        ("nothing", JSON, vec![], &["json"]),
        ("no JSON", JSON, b"{".to_vec(), &["json", "shape"]),
        ("no UTF-8", JSON, b"\"\xff\xfe\"".to_vec(), &["json", "shape"]),
        ("a number", JSON, b"1".to_vec(), &["shape"]),
        ("a list", JSON, b"[]".to_vec(), &["shape"]),
        ("null", JSON, b"null".to_vec(), &["shape"]),
        ("unknown fields", JSON, br#"{"nonsense":1}"#.to_vec(), &["shape"]),
        ("deep nesting", JSON, ["[".repeat(30_000), "]".repeat(30_000)].concat().into_bytes(), &["json", "shape"]),
        ("deep objects", JSON, [r#"{"a":"#.repeat(8_000), "1".into(), "}".repeat(8_000)].concat().into_bytes(), &["json", "shape"]),
        ("trailing bytes", JSON, b"{} {}".to_vec(), &["json", "shape"]),
        ("too large", JSON, [b"\"".to_vec(), vec![b'a'; 1100 * 1024], b"\"".to_vec()].concat(), &["too-large"]),
        ("another type", "text/plain", b"{}".to_vec(), &["media-type"]),
        ("a form", "application/x-www-form-urlencoded", b"a=b".to_vec(), &["media-type"]),
    ]
}

#[tokio::test]
async fn every_route_survives_every_bad_body_and_address() {
    let world = World::start().await;
    let document = serde_json::to_value(routes::document()).unwrap();
    let staff = [world.anonymous(), world.staff("clerk", Role::Clerk).await, world.staff("operator", Role::Operator).await];
    let number = world.phone().await.file().await.1.short_number;
    let addresses =
        ["x", "0", "-1", "%00", "%ff", "%2e%2e%2f", "' OR 1=1 --", &"9".repeat(3000), "00000000-0000-0000-0000-00000000000G", &number];
    let mut met = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let fills = if path.contains('{') { &addresses[..] } else { &["-"][..] };
            for client in &staff {
                for address in fills {
                    let base = Client { base: world.url.clone(), ..client.clone() };
                    let filled = fill(path, address);
                    let bodies = if operation.get("requestBody").is_some() { bad_bodies() } else { vec![("none", JSON, vec![], &[][..])] };
                    // One address with every body; every address with one.
                    let bodies = if *address == number || fills.len() == 1 { bodies } else { bodies[..1].to_vec() };
                    for (what, media_type, body, codes) in bodies {
                        let request = base.request(method.clone(), &filled).header(header::CONTENT_TYPE, media_type).body(body);
                        let answer = request.send().await.unwrap();
                        let status = answer.status();
                        assert!(status.as_u16() < 500, "{method} {filled} {what}: {status}");
                        if status.is_success() {
                            assert!(operation.get("requestBody").is_none(), "{method} {filled} took {what}");
                            continue;
                        }
                        let (_, code) = refused(answer).await;
                        let elsewhere = ["sign-in", "role", "address", "not-found", "media-type", "rate"];
                        let expected = codes.is_empty() || codes.contains(&code.as_str()) || elsewhere.contains(&code.as_str());
                        assert!(expected, "{method} {filled} {what}: {code}");
                        met += 1;
                    }
                }
            }
        }
    }
    assert!(met > 300, "{met}");
    assert_eq!(world.anonymous().get("/hall").await.status(), StatusCode::OK);
}

fn fill(path: &str, value: &str) -> String {
    let mut filled = String::new();
    for part in path.split_inclusive('/') {
        let name = part.trim_end_matches('/');
        if name.starts_with('{') { filled += &part.replace(name, value) } else { filled += part }
    }
    filled
}

/// One field wrong at a time, in otherwise right bodies.
#[tokio::test]
async fn wrong_fields_are_refused_one_by_one() {
    let world = World::start().await;
    let (clerk, operator, phone) = (world.clerk().await.0, world.operator().await.0, world.phone().await);
    let filing = phone.seal(phone.prepare());
    let number = phone.file().await.1.short_number;
    let sealed = serde_json::to_value(&filing.sealed).unwrap();
    let scan = json!({ "id": uuid::Uuid::nil(), "receipt": uuid::Uuid::nil(), "at": now(), "verdict": "queued", "desk": "x" });
    let acts = format!("/cases/{number}/acts");
    let submission = format!("/submissions/{}", filing.sealed.id);
    let routes: [(&Client, Method, &str, Value); 6] = [
        (&clerk, Method::PUT, &submission, sealed),
        (&clerk, Method::POST, "/scans", scan),
        (&clerk, Method::POST, &acts, json!({ "revision": 1, "act": { "act": "accept" } })),
        (&clerk, Method::POST, "/session", json!({ "user": "clerk", "password": "x" })),
        (&operator, Method::POST, "/device-codes", json!({ "profile": "kiosk" })),
        (&operator, Method::POST, "/devices", json!({ "code": "x", "public": "x", "name": "x" })),
    ];
    let wrong = [Value::Null, json!(-1), json!(1e300), json!(true), json!({}), json!([[]]), json!("\u{0}"), json!("不是")];
    for (client, method, path, body) in routes {
        let fields: Vec<String> = body.as_object().unwrap().keys().cloned().collect();
        let mut tries = vec![];
        for field in &fields {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(field);
            tries.push((format!("without {field}"), without));
            for value in &wrong {
                let mut other = body.clone();
                other[field] = value.clone();
                tries.push((format!("{field} = {value}"), other));
            }
        }
        let mut more = body.clone();
        more["one_more"] = json!(1);
        tries.push(("one field more".into(), more));
        for (what, body) in tries {
            let answer = client.request(method.clone(), path).json(&body).send().await.unwrap();
            let status = answer.status();
            // A desk may call itself anything while a clerk is signed in.
            if path == "/scans" && what.starts_with("desk = \"") {
                assert_eq!(status, StatusCode::OK);
                continue;
            }
            assert!(status.is_client_error(), "{method} {path} {what}: {status}");
            refused(answer).await;
        }
    }
}

#[tokio::test]
async fn chunks_are_what_their_name_says_and_no_larger_than_a_chunk() {
    let world = World::start().await;
    let client = world.anonymous();
    let put = |name: String, media_type: &'static str, body: Vec<u8>| {
        client.request(Method::PUT, &format!("/chunks/{name}")).header(header::CONTENT_TYPE, media_type).body(body).send()
    };
    let digest = |bytes: &[u8]| mingbai::submission::Digest::of(bytes).to_string();
    let large = vec![1; mingbai::submission::CHUNK + 2048];
    for (name, media_type, body, code) in [
        (digest(b"a"), BYTES, b"b".to_vec(), "digest"),
        (digest(b"a").to_uppercase(), BYTES, b"a".to_vec(), "address"),
        ("..%2f..%2fkeys%2froot.key".into(), BYTES, b"a".to_vec(), "address"),
        (digest(b"a"), "image/png", b"a".to_vec(), "media-type"),
        (digest(&large), BYTES, large, "too-large"),
    ] {
        assert_eq!(refused(put(name, media_type, body).await.unwrap()).await.1, code);
    }
    assert_eq!(put(digest(b""), BYTES, vec![]).await.unwrap().status(), StatusCode::CREATED);
    assert_eq!(std::fs::read_dir(world.data.path().join("chunks")).unwrap().count(), 1);
}

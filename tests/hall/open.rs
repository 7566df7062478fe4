//! Open data: the published catalogue for anyone to build on, as its own schema says, with tags, versions and terms.

use crate::published::{folder, from, version, version_of};
use crate::world::*;
use chrono::Days;
use mingbai::api::open::{Catalogue, Item, Publication};
use mingbai::calendar::hall_date;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

/// A validator of one kind of document, made from the schema that the hall publishes.
async fn validator(world: &World, definition: &str) -> jsonschema::Validator {
    let mut schema: Value = json_of(world, "/open/schema.json").await;
    schema["$ref"] = json!(format!("#/$defs/{definition}"));
    jsonschema::validator_for(&schema).expect("a JSON Schema")
}

async fn json_of<T: serde::de::DeserializeOwned>(world: &World, path: &str) -> T {
    reqwest::get(format!("{}/api/v1{path}", world.url)).await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

/// A path below the interface's root.
fn path(url: &str) -> &str {
    url.strip_prefix("/api/v1").unwrap()
}

#[tokio::test]
async fn the_catalogue_and_every_item_are_as_their_schema_says() {
    let world = World::start().await;
    let whole: Value = json_of(&world, "/open/catalogue").await;
    let wrong = |validator: &jsonschema::Validator, document: &Value| -> Vec<String> {
        validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect()
    };
    assert_eq!(wrong(&validator(&world, "OpenCatalogue").await, &whole), [""; 0]);
    let catalogue: Catalogue = serde_json::from_value(whole).unwrap();
    assert_eq!(catalogue.items.len(), 14);
    assert_eq!(
        (catalogue.licence.code.as_str(), catalogue.schema.as_str()),
        ("CC-BY-4.0", "/api/v1/open/schema.json#/$defs/OpenCatalogue")
    );
    let items = validator(&world, "OpenItem").await;
    for entry in &catalogue.items {
        let document: Value = json_of(&world, path(entry.url.as_ref().unwrap())).await;
        assert_eq!(wrong(&items, &document), [""; 0], "{}", entry.code);
        let same: Value = json_of(&world, path(&entry.versions[0].url)).await;
        assert_eq!(document, same);
        let item: Item = serde_json::from_value(document).unwrap();
        let bases = item.conditions.iter().flat_map(|c| &c.basis).chain(item.materials.iter().flat_map(|m| &m.basis));
        for basis in bases {
            assert!(catalogue.laws.contains_key(&basis.law) && basis.cited.zh.starts_with('《'), "{}: {basis:?}", item.code);
        }
        for rule in item.conditions.iter().filter_map(|c| c.rule.as_ref()).chain(item.gates.iter().map(|g| &g.when)) {
            assert!(!rule.text.is_empty() && !rule.words.zh.is_empty() && !rule.words.en.is_empty(), "{}: {rule:?}", item.code);
        }
    }
    let mut mistaken = json!({});
    assert!(!items.is_valid(&mistaken));
    mistaken["code"] = json!("x");
    assert!(!items.is_valid(&mistaken), "a schema that passes anything is none");
}

#[tokio::test]
async fn anyone_may_read_it_and_asks_again_only_for_what_is_new() {
    let world = World::start().await;
    let of_version = format!("/open/items/{ITEM}/{}", version());
    for path in ["/open/catalogue", "/open/publications", "/open/schema.json", "/open/items/marriage", &of_version] {
        let url = format!("{}/api/v1{path}", world.url);
        let first = reqwest::get(&url).await.unwrap();
        assert_eq!(first.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(first.headers()["cross-origin-resource-policy"], "cross-origin");
        let tag = first.headers()[header::ETAG].clone();
        let again = reqwest::Client::new().get(&url).header(header::IF_NONE_MATCH, &tag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let other = reqwest::Client::new().get(&url).header(header::IF_NONE_MATCH, "\"0\"").send().await.unwrap();
        assert_eq!(other.status(), StatusCode::OK);
        let head = reqwest::Client::new().head(&url).send().await.unwrap();
        assert_eq!((head.status(), &head.headers()[header::ETAG]), (StatusCode::OK, &tag));
        let before = reqwest::Client::new().request(Method::OPTIONS, &url).header(header::ORIGIN, "https://elsewhere.example");
        let before =
            before.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET").header(header::ACCESS_CONTROL_REQUEST_HEADERS, "if-none-match");
        let before = before.send().await.unwrap();
        assert_eq!(
            (before.status(), &before.headers()[header::ACCESS_CONTROL_ALLOW_HEADERS]),
            (StatusCode::OK, &"if-none-match".parse().unwrap())
        );
    }
    for path in ["/open/items/nothing", "/open/items/marriage/2001-01-01", "/open/catalogue/20010101-00000000"] {
        let answer = reqwest::get(format!("{}/api/v1{path}", world.url)).await.unwrap();
        assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*", "pages of other sites may learn why not");
        assert_eq!(refused(answer).await, (StatusCode::NOT_FOUND, "not-found".into()), "{path}");
    }
    let answer = reqwest::get(format!("{}/api/v1/open/items/marriage/soon", world.url)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

/// A first publication; then one in which an item has a second version under another name, one item is over, and one is
/// gone. Every address that any document names leads to what it says, but for the items that are offered no more.
#[tokio::test]
async fn every_publication_stays() {
    let world = World::start().await;
    let first: Catalogue = json_of(&world, "/open/catalogue").await;
    let yesterday = hall_date(now()) - Days::new(1);
    let (over, gone) = ("tree-felling", "marriage");
    let (newer, text) = version_of(version() + Days::new(1));
    let other = folder(
        |source| {
            let ended = format!("version = {yesterday}\nuntil = {yesterday}");
            let began = source.text.lines().find(|line| line.starts_with("version = ")).unwrap_or("version =");
            if source.name == format!("{over}.toml") { source.text.replacen(began, &ended, 1) } else { source.text.clone() }
        },
        &[(&newer, text)],
    );
    std::fs::remove_file(other.path().join(format!("{gone}.toml"))).unwrap();
    let world = world.restart_with(from(&other)).await;

    let publications: Vec<Publication> = json_of(&world, "/open/publications").await;
    let [one, two] = publications.as_slice() else { panic!("{publications:?}") };
    assert_eq!(json_of::<Catalogue>(&world, path(&one.url)).await, first);
    let second: Catalogue = json_of(&world, path(&two.url)).await;
    assert_eq!((&second, &second.version), (&json_of(&world, "/open/catalogue").await, &two.version));

    let entry = |code: &str| second.items.iter().find(|entry| entry.code == code);
    let item = entry(ITEM).unwrap();
    assert!(item.name.zh.starts_with("新版") && item.versions.len() == 2, "named as it is offered: {item:?}");
    assert_eq!(entry(over).unwrap().url, None);
    assert_eq!(entry(gone), None);
    for entry in first.items.iter().chain(&second.items) {
        for version in &entry.versions {
            let item: Item = json_of(&world, path(&version.url)).await;
            assert_eq!((&item.code, item.version, item.until), (&entry.code, version.version, version.until));
        }
        let Some(url) = &entry.url else { continue };
        let answer = reqwest::get(format!("{}{url}", world.url)).await.unwrap();
        let offered = second.items.iter().any(|now| now.code == entry.code && now.url.is_some());
        assert_eq!(answer.status().is_success(), offered, "{url}");
        if let Some(now) = second.items.iter().find(|now| now.code == entry.code && now.url.is_some()) {
            assert_eq!(answer.json::<Item>().await.unwrap().name, now.name);
        }
    }
}

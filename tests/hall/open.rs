//! Open data: the published catalogue for anyone to build on, as its own schema says, with tags, versions and terms.

use crate::world::*;
use mingbai::api::open::{Catalogue, Item, Publication};
use reqwest::{StatusCode, header};
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
    assert_eq!((catalogue.licence.code.as_str(), catalogue.schema.as_str()), ("CC-BY-4.0", "/api/v1/open/schema.json#/$defs/OpenCatalogue"));
    let items = validator(&world, "OpenItem").await;
    for entry in &catalogue.items {
        let document: Value = json_of(&world, entry.url.trim_start_matches("/api/v1")).await;
        assert_eq!(wrong(&items, &document), [""; 0], "{}", entry.code);
        let same: Value = json_of(&world, entry.versions[0].url.trim_start_matches("/api/v1")).await;
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
    for path in ["/open/catalogue", "/open/items/marriage"] {
        let url = format!("{}/api/v1{path}", world.url);
        let first = reqwest::get(&url).await.unwrap();
        assert_eq!(first.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(first.headers()["cross-origin-resource-policy"], "cross-origin");
        let tag = first.headers()[header::ETAG].clone();
        let again = reqwest::Client::new().get(&url).header(header::IF_NONE_MATCH, &tag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let other = reqwest::Client::new().get(&url).header(header::IF_NONE_MATCH, "\"0\"").send().await.unwrap();
        assert_eq!(other.status(), StatusCode::OK);
    }
    for path in ["/open/items/nothing", "/open/items/marriage/2001-01-01", "/open/catalogue/20010101-00000000"] {
        let answer = reqwest::get(format!("{}/api/v1{path}", world.url)).await.unwrap();
        assert_eq!(refused(answer).await, (StatusCode::NOT_FOUND, "not-found".into()), "{path}");
    }
    let answer = reqwest::get(format!("{}/api/v1/open/items/marriage/soon", world.url)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn every_publication_stays() {
    let world = World::start().await;
    let publications: Vec<Publication> = json_of(&world, "/open/publications").await;
    let [only] = publications.as_slice() else { panic!("{publications:?}") };
    let of_version: Catalogue = json_of(&world, only.url.trim_start_matches("/api/v1")).await;
    let todays: Catalogue = json_of(&world, "/open/catalogue").await;
    assert_eq!((of_version, &only.version), (todays.clone(), &todays.version));
}

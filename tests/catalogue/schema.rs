//! The JSON Schema that is published for authors' editors says the same as the compiler: the sample passes it, and what
//! an author mistypes fails it.

use mingbai::catalogue::author;
use serde_json::{Value, json};

fn items() -> Vec<(String, Value)> {
    let sources = author::sample().into_iter().filter(|s| s.name != author::HALL_FILE);
    sources.map(|s| (s.name, crate::worked::json(&toml::Value::Table(s.text.parse().unwrap())))).collect()
}

#[test]
fn every_item_of_the_sample_passes_and_mistakes_fail() {
    let schema: Value = serde_json::from_str(&author::schema().expect("embedded")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, item) in items() {
        let wrong: Vec<String> = validator.iter_errors(&item).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:#?}");
    }
    let sound = items().into_iter().find(|(name, _)| name == "association-setup.toml").unwrap().1;
    for (place, value) in [
        ("/code", json!("Not a code")),
        ("/handling", json!("slow")),
        ("/version", json!("2026-11-1")),
        ("/name", json!({ "zh": "只有中文" })),
        ("/conditions/0/basis", json!([])),
        ("/materials/0/originals", json!(-1)),
        ("/limits", json!([])),
        ("/facts/0/type", json!("float")),
    ] {
        let mut item = sound.clone();
        *item.pointer_mut(place).expect(place) = value;
        assert!(!validator.is_valid(&item), "{place}");
    }
    let mut item = sound;
    item["colour"] = json!("red");
    assert!(!validator.is_valid(&item), "an unknown key");
}

#[test]
fn overlays_pass_too_and_may_drop_nothing() {
    let schema: Value = serde_json::from_str(&author::schema().expect("embedded")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let basis = json!(["rooms:1"]);
    let text = json!({ "zh": "钦州市", "en": "Qinzhou" });
    let sound = json!({
        "overlay": { "base": "reading-room", "level": "city", "name": text, "version": "2026-11-01", "as_of": "2026-11-01" },
        "tighten": {
            "conditions": [{ "code": "books", "text": text, "rule": "books >= 2000", "basis": basis }],
            "materials": [{ "code": "lease", "copies": 2, "basis": basis }],
            "promised": { "length": 7, "unit": "working-day", "basis": basis },
        },
    });
    let wrong: Vec<String> = validator.iter_errors(&sound).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (place, value) in [
        ("/overlay/level", json!("village")),
        ("/tighten/conditions/0/rule", json!("")),
        ("/tighten/materials/0/basis", json!([])),
        ("/tighten/promised/unit", json!("week")),
        ("/tighten", json!({ "gates": [] })),
    ] {
        let mut overlay = sound.clone();
        *overlay.pointer_mut(place).expect(place) = value;
        assert!(!validator.is_valid(&overlay), "{place}");
    }
}

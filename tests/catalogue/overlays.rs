//! Versions of an item and overlays on it (`overlays/*.toml`): files beside the sound ones of `lint/base`, and what the
//! item then is in each of its versions. What an overlay must not do is among the linter's bad cases.

use crate::changed::{Changed, folder};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    #[serde(flatten)]
    changed: Changed,
    /// Every version, in order.
    expect: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    version: String,
    has: Vec<Has>,
}

/// A JSON pointer into the item, and the JSON there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Has {
    at: String,
    value: String,
}

#[test]
fn an_item_has_a_version_for_each_day_on_which_something_changes() {
    let mut wrong = Vec::new();
    for (name, text) in folder("overlays") {
        let case: Case = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let items = case.changed.catalogue().unwrap_or_else(|findings| panic!("{name}:\n{findings}")).items;
        let versions: Vec<String> = items.iter().map(|item| item.version.to_string()).collect();
        let expected: Vec<&str> = case.expect.iter().map(|e| e.version.as_str()).collect();
        if versions != expected {
            wrong.push(format!("{name}: versions {versions:?}, expected {expected:?}"));
        }
        for (item, expected) in items.iter().zip(&case.expect) {
            let json = serde_json::to_value(item).unwrap();
            for Has { at, value } in &expected.has {
                let expected: serde_json::Value = serde_json::from_str(value).unwrap();
                if json.pointer(at) != Some(&expected) {
                    wrong.push(format!("{name}, {}: {at} is {:?}, expected {expected}", item.version, json.pointer(at)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

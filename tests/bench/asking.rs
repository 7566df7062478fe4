//! An item that asks for as many numbers as one likes, with a condition over every two of them.

use mingbai::catalogue::author::{self, HALL_FILE, Source};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The files of a catalogue with that one item: `asking-<count>`.
pub fn sources(count: usize) -> [Source; 2] {
    let file = |name: &str| author::sample().into_iter().find(|s| s.name == name).expect("a file of the sample");
    let mut item: toml::Table = file("marriage.toml").text.parse().expect("TOML");
    let both = |zh: String, en: String| json!({ "zh": zh, "en": en });
    let fact = |n: usize| {
        let name = letters(n);
        let (short, ask) =
            (both(format!("{name} 项"), format!("entry {name}")), both(format!("{name} 项有多少?"), format!("How much is entry {name}?")));
        json!({ "code": format!("f{n}"), "type": "int", "name": short, "ask": ask, "unit": both("个".into(), "pieces".into()) })
    };
    let condition = |n: usize| {
        let (a, b) = (letters(n * 2), letters(n * 2 + 1));
        let zh = format!("{a} 项不少于 10 个,或者 {b} 项不少于 20 个");
        let text = both(zh, format!("Entry {a} is at least 10 pieces, or entry {b} at least 20 pieces"));
        let rule = format!("f{} >= 10 || f{} >= 20", n * 2, n * 2 + 1);
        json!({ "code": format!("c{n}"), "text": text, "rule": rule, "remedy": text, "basis": ["licensing:12"] })
    };
    let table = |json: Json| toml::Value::try_from(json).expect("TOML");
    let code = format!("asking-{count}");
    item.insert("code".into(), code.clone().into());
    item.insert("facts".into(), table((0..count).map(fact).collect()));
    item.insert("conditions".into(), table((0..count / 2).map(condition).collect()));
    item.insert("gates".into(), toml::Value::Array(vec![]));
    item.insert("materials".into(), toml::Value::Array(vec![]));
    [file(HALL_FILE), Source { name: format!("{code}.toml"), text: item.to_string() }]
}

/// A name without a digit: the linter takes digits in a text for numbers of its rule.
fn letters(n: usize) -> String {
    [n / 26, n % 26].iter().map(|n| char::from(b'A' + u8::try_from(*n).expect("below 676"))).collect()
}

/// Answers to the first `count` questions that meet their conditions.
pub fn answers(count: usize) -> BTreeMap<String, Json> {
    (0..count).map(|n| (format!("f{n}"), json!(15 + n % 10))).collect()
}

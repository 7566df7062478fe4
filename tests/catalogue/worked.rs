//! Worked applications (`applications/<item>.toml`): what a person answers, and what Mingbai must say.

use chrono::NaiveDate;
use mingbai::check::{Application, Outcome};
use serde::Deserialize;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    today: toml::value::Datetime,
    #[serde(default)]
    facts: toml::Table,
    #[serde(default)]
    materials: toml::Table,
    pub expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    pub outcome: Outcome,
    /// Ids of all points, in order.
    pub points: Option<Vec<String>>,
    /// The fact to be asked next.
    pub next: Option<String>,
    /// How many answers cannot be read, and so count as not given.
    #[serde(default)]
    pub unusable: usize,
}

/// All cases of an item; none when it has no file.
pub fn cases(item: &str) -> Vec<Case> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue/applications").join(format!("{item}.toml"));
    let text = std::fs::read_to_string(file).unwrap_or("cases = []".to_owned());
    let cases: Cases = toml::from_str(&text).unwrap_or_else(|e| panic!("{item}: {e}"));
    cases.cases
}

impl Case {
    pub fn today(&self) -> NaiveDate {
        self.today.to_string().parse().unwrap()
    }

    pub fn application(&self) -> Application {
        let json = serde_json::json!({ "facts": table(&self.facts), "materials": table(&self.materials) });
        serde_json::from_value(json).unwrap_or_else(|e| panic!("{}: {e}", self.name))
    }
}

/// TOML dates become the text that answers carry.
pub fn json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(entries) => entries.iter().map(json).collect(),
        toml::Value::Table(entries) => table(entries),
        other => serde_json::to_value(other).unwrap(),
    }
}

fn table(table: &toml::Table) -> serde_json::Value {
    table.iter().map(|(k, v)| (k.clone(), json(v))).collect::<serde_json::Map<_, _>>().into()
}

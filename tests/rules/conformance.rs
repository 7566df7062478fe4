//! CEL's published behaviour (google/cel-spec, `tests/simple`): every case of the sections that rules overlap is in
//! `conformance/`, with the value or fault that CEL gives it, or with the refusal it gets when it is built. Never another
//! value.

use crate::today;
use mingbai::calendar::Calendar;
use mingbai::rules::author::{self, Scope};
use mingbai::rules::{Facts, Known, Type};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub expr: String,
    #[serde(default)]
    facts: BTreeMap<String, Fact>,
    value: Option<serde_json::Value>,
    fault: Option<String>,
    /// Words of the refusal.
    refused: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    #[serde(rename = "type")]
    ty: String,
    value: Option<serde_json::Value>,
}

impl Fact {
    fn ty(&self) -> Type {
        let record = Type::Record(BTreeMap::from([("name".to_owned(), Type::Int)]));
        match self.ty.as_str() {
            "bool" => Type::Bool,
            "int" => Type::Int,
            "string" => Type::Text,
            "record" => record,
            "records" => Type::List(Box::new(record)),
            "list" => Type::List(Box::new(Type::Int)),
            other => panic!("{other}"),
        }
    }
}

/// Section → name → case, of every file.
pub fn sections() -> Vec<(String, BTreeMap<String, Case>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules/conformance");
    let mut all = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let sections: BTreeMap<String, BTreeMap<String, Case>> =
            toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let file = path.file_stem().unwrap().to_string_lossy().into_owned();
        all.extend(sections.into_iter().map(|(section, cases)| (format!("{file}/{section}"), cases)));
    }
    all
}

impl Case {
    /// What is not as it should be.
    fn wrong(&self) -> Option<String> {
        let scope: Scope = self.facts.iter().map(|(name, fact)| (name.clone(), fact.ty())).collect();
        let mut facts = Facts::default();
        for (name, fact) in &self.facts {
            if let Some(value) = &fact.value {
                facts.set(name.clone(), Some(fact.ty().read(value).unwrap()));
            }
        }
        let rule = match author::parse(&self.expr, &scope) {
            Ok((rule, _)) => rule,
            Err(refused) => {
                let said = &refused.message.en;
                let as_expected = self.refused.as_ref().is_some_and(|words| said.contains(words.as_str()));
                let whole = [&refused.message, &refused.help].iter().all(|t| !t.zh.is_empty() && !t.en.is_empty());
                let placed = self.expr.get(refused.at.clone()).is_some();
                return (!as_expected || !whole || !placed || !refused.code.starts_with("rule."))
                    .then(|| format!("refused: {said} at {:?}", refused.at));
            }
        };
        let calendar = Calendar::announced();
        match (rule.evaluate(&facts, &today(&calendar)).value, &self.value, &self.fault) {
            (Known::Value(found), Some(expected), None) => (found.json() != *expected).then(|| format!("= {}", found.json())),
            (Known::Fault(found), None, Some(words)) if found.to_string().contains(words.as_str()) => None,
            (found, ..) => Some(format!("{found:?}")),
        }
    }
}

#[test]
fn rules_agree_with_cel_or_refuse() {
    let (mut count, mut wrong) = (0, String::new());
    for (section, cases) in sections() {
        for (name, case) in cases {
            count += 1;
            if let Some(why) = case.wrong() {
                wrong += &format!("\n{section}/{name}: {}  {why}", case.expr);
            }
        }
    }
    assert!(count > 900, "{count} cases");
    assert!(wrong.is_empty(), "{wrong}");
}

//! The rule language: worked cases as data (`evaluation.toml`), CEL's published behaviour, its laws by enumeration over
//! small worlds, the questions that follow from it, and hostile text that must be refused without a panic.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod conformance;
mod derived;
mod hostile;
mod laws;
mod questions;
mod solve;
mod world;

use chrono::NaiveDate;
use mingbai::calendar::Calendar;
use mingbai::rules::author::{self, Scope};
use mingbai::rules::{Facts, Known, Today, Type, Value};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Sheet {
    facts: BTreeMap<String, Declared>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Declared {
    #[serde(rename = "type")]
    ty: String,
    #[serde(default)]
    options: Vec<String>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    rule: String,
    #[serde(default)]
    facts: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    absent: Vec<String>,
    value: Option<bool>,
    #[serde(default)]
    because: Option<Vec<String>>,
    unknown: Option<Vec<String>>,
    fault: Option<String>,
    refused: Option<String>,
}

impl Declared {
    fn ty(&self) -> Type {
        let plain = |name: &str| match name {
            "bool" => Type::Bool,
            "int" => Type::Int,
            "string" => Type::Text,
            "date" => Type::Date,
            "money" => Type::Money,
            other => panic!("{other}"),
        };
        match self.ty.as_str() {
            "choice" => Type::Choice(self.options.clone()),
            "list" => Type::List(Box::new(Type::Record(self.fields.iter().map(|(k, t)| (k.clone(), plain(t))).collect()))),
            name => plain(name),
        }
    }
}

pub fn today(calendar: &Calendar) -> Today<'_> {
    Today { date: NaiveDate::from_ymd_opt(2026, 11, 25).unwrap(), calendar }
}

#[test]
fn worked_cases_come_out_as_written() {
    let sheet: Sheet = toml::from_str(include_str!("evaluation.toml")).unwrap();
    let scope: Scope = sheet.facts.iter().map(|(name, declared)| (name.clone(), declared.ty())).collect();
    let calendar = Calendar::announced();
    for case in &sheet.cases {
        let rule = match (author::parse(&case.rule, &scope), &case.refused) {
            (Ok((rule, _)), None) => rule,
            (Err(refused), Some(says)) => {
                assert!(refused.message.en.contains(says.as_str()), "`{}`: {}", case.rule, refused.message.en);
                assert!(!refused.message.zh.is_empty());
                assert!(case.rule.get(refused.at.clone()).is_some(), "`{}`: {:?}", case.rule, refused.at);
                continue;
            }
            (Ok(_), Some(says)) => panic!("`{}` should be refused: {says}", case.rule),
            (Err(refused), None) => panic!("`{}`: {refused}", case.rule),
        };
        let mut facts = Facts::default();
        for (name, json) in &case.facts {
            facts.set(name.clone(), Some(scope.get(name).unwrap().read(json).unwrap()));
        }
        case.absent.iter().for_each(|name| facts.set(name.clone(), None));
        let verdict = rule.evaluate(&facts, &today(&calendar));
        match (&verdict.value, case.value, &case.unknown, &case.fault) {
            (Known::Value(Value::Bool(found)), Some(expected), None, None) => assert_eq!(*found, expected, "`{}`", case.rule),
            (Known::Unknown, None, Some(missing), None) => {
                assert_eq!(verdict.missing.iter().collect::<Vec<_>>(), missing.iter().collect::<Vec<_>>(), "`{}`", case.rule);
            }
            (Known::Fault(fault), None, None, Some(says)) => assert!(fault.to_string().contains(says.as_str()), "`{}`: {fault}", case.rule),
            (found, ..) => panic!("`{}` came to {found:?}", case.rule),
        }
        if let Some(because) = &case.because {
            assert_eq!(verdict.because.iter().collect::<Vec<_>>(), because.iter().collect::<Vec<_>>(), "`{}`", case.rule);
        }
        // The typed form travels as JSON inside the bundle.
        let again: mingbai::rules::Rule = serde_json::from_str(&serde_json::to_string(&rule).unwrap()).unwrap();
        assert_eq!(again, rule);
    }
}

//! The rule language: worked cases as data (`evaluation.toml`), its laws by enumeration over small worlds, and hostile
//! text that must be refused without a panic.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use chrono::NaiveDate;
use mingbai::calendar::Calendar;
use mingbai::rules::expr::Scope;
use mingbai::rules::{Facts, Known, Today, Type, Value, Verdict, author};
use proptest::prelude::*;
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

fn today(calendar: &Calendar) -> Today<'_> {
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
            facts.set(name.clone(), Some(scope[name].read(json).unwrap()));
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

/// The world of the laws: two bools and two small ints.
const WORLD: [(&str, &[i64]); 4] = [("a", &[0, 1]), ("b", &[0, 1]), ("n", &[0, 1, 2]), ("m", &[0, 1, 2])];

fn world_scope() -> Scope {
    WORLD.iter().map(|(name, values)| (name.to_string(), if values.len() == 2 { Type::Bool } else { Type::Int })).collect()
}

fn value(name: &str, number: i64) -> Value {
    if name.starts_with(['a', 'b']) { Value::Bool(number == 1) } else { Value::Int(number) }
}

/// Every way to know or not to know each fact.
fn worlds() -> Vec<Vec<Option<i64>>> {
    WORLD.iter().fold(vec![vec![]], |worlds, (_, values)| {
        let choices: Vec<Option<i64>> = std::iter::once(None).chain(values.iter().map(|v| Some(*v))).collect();
        worlds.iter().flat_map(|w| choices.iter().map(|c| w.iter().copied().chain([*c]).collect())).collect()
    })
}

fn facts(world: &[Option<i64>]) -> Facts {
    let mut facts = Facts::default();
    for ((name, _), known) in WORLD.iter().zip(world) {
        if let Some(number) = known {
            facts.set(*name, Some(value(name, *number)));
        }
    }
    facts
}

/// A random bool expression over the world.
fn expression() -> impl Strategy<Value = String> {
    let number = prop_oneof![Just("n".to_owned()), Just("m".to_owned()), (0..3i64).prop_map(|n| n.to_string())];
    let number = number.prop_recursive(2, 6, 2, |inner| {
        (inner.clone(), prop_oneof![Just("+"), Just("-"), Just("*"), Just("/"), Just("%")], inner).prop_map(|(a, o, b)| format!("({a} {o} {b})"))
    });
    let comparison = (number.clone(), prop_oneof![Just("<"), Just(">="), Just("=="), Just("!=")], number).prop_map(|(a, o, b)| format!("{a} {o} {b}"));
    let each = prop_oneof![Just("all"), Just("exists"), Just("exists_one")].prop_map(|each| format!("[n, m].{each}(x, x > 0 && (a || x / n > 1))"));
    let leaf = prop_oneof![Just("a".to_owned()), Just("b".to_owned()), comparison, each];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

fn agrees(known: &[Option<i64>], whole: &[Option<i64>]) -> bool {
    known.iter().zip(whole).all(|(k, w)| k.is_none() || k == w)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    /// Monotone, honest about reasons, and honest about what is missing: by enumeration of all partial worlds.
    #[test]
    fn the_laws_hold(text in expression()) {
        let rule = author::condition(&text, &world_scope()).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        let calendar = Calendar::announced();
        let worlds = worlds();
        let verdicts: Vec<Verdict> = worlds.iter().map(|w| rule.evaluate(&facts(w), &today(&calendar))).collect();
        let whole: Vec<usize> = (0..worlds.len()).filter(|i| worlds[*i].iter().all(Option::is_some)).collect();
        for (world, verdict) in worlds.iter().zip(&verdicts) {
            prop_assert_eq!(verdict.missing.is_empty(), verdict.value != Known::Unknown);
            for name in &verdict.missing {
                let at = WORLD.iter().position(|(n, _)| n == name).unwrap();
                prop_assert!(world[at].is_none(), "{} asks for `{}` although it is known", text, name);
            }
            if let Known::Value(decided) = &verdict.value {
                for i in &whole {
                    // Whatever agrees on the reasons agrees on the value, whatever else it says.
                    let reasons: Vec<Option<i64>> = WORLD.iter().zip(world).map(|((n, _), v)| v.filter(|_| verdict.because.contains(*n))).collect();
                    if agrees(&reasons, &worlds[*i]) {
                        prop_assert_eq!(&verdicts[*i].value, &Known::Value(decided.clone()), "{} in {:?}", text, world);
                    }
                }
            }
        }
    }

    /// Any text is refused or evaluates; nothing panics.
    #[test]
    fn any_text_is_refused_or_evaluates(text in "[a-z0-9 ()\\[\\]{}.,?:&|!<>=+*/%\"'-]{0,60}|\\PC{0,40}") {
        if let Ok((rule, _)) = author::parse(&text, &world_scope()) {
            let calendar = Calendar::announced();
            rule.evaluate(&facts(&[Some(1), Some(0), Some(2), None]), &today(&calendar));
        }
    }
}

#[test]
fn deep_and_long_texts_are_refused() {
    for text in [
        format!("{}a{}", "(".repeat(1500), ")".repeat(1500)),
        "!".repeat(3900) + "a",
        "-".repeat(3900) + "n > 0",
        format!("n{} > 0", " + n".repeat(900)),
        format!("a{}", " && a".repeat(700)),
        format!("a{}", ".b".repeat(1900)),
        "a".repeat(5000),
        "[".repeat(2000),
        "a ? ".repeat(900),
    ] {
        let started = std::time::Instant::now();
        let outcome = author::parse(&text, &world_scope());
        assert!(started.elapsed().as_secs() < 10, "{}…", &text[..20]);
        if let Ok((rule, _)) = outcome {
            rule.evaluate(&facts(&[None, None, None, None]), &today(&Calendar::announced()));
        }
    }
}

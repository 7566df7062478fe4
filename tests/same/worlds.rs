//! Small worlds, enumerated whole: every way to know, not to know or to have declared absent each fact that a rule reads.
//! Both halves go through the same worlds in the same order, so one digest of all verdicts tells whether they agree.

use mingbai::calendar::Calendar;
use mingbai::rules::{Facts, Rule, Today, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// The facts of the generated rules, and the values that each takes.
pub fn values(fact: &str) -> Vec<Value> {
    let text = |t: &str| Value::Text(t.to_owned());
    let record = |k: Option<i64>| Value::Record(k.map(|k| ("k".to_owned(), Value::Int(k))).into_iter().collect::<BTreeMap<_, _>>());
    match fact {
        "a" | "b" => vec![Value::Bool(false), Value::Bool(true)],
        "n" | "m" => vec![Value::Int(-1), Value::Int(0), Value::Int(2), Value::Int(i64::MAX)],
        "money" => vec![Value::Money(0), Value::Money(3_000_000)],
        "c" => vec![text("x"), text("y")],
        "d" => ["2024-02-29", "2026-11-25", "2027-11-25"].map(|d| Value::Date(d.parse().unwrap())).to_vec(),
        "t" => vec![text(""), text("中国协会"), text("ab😀")],
        "l" => vec![
            Value::List(vec![]),
            Value::List(vec![record(Some(1))]),
            Value::List(vec![record(Some(1)), record(None)]),
            Value::List(vec![record(Some(3)), record(Some(1)), record(Some(3))]),
        ],
        other => panic!("no fact {other}"),
    }
}

/// All verdicts of a rule over all its worlds, in one digest.
pub fn verdicts(rule: &Rule, calendar: &Calendar) -> String {
    let today = Today { date: "2026-11-25".parse().unwrap(), calendar };
    let paths: Vec<&str> = rule.expr.paths().into_iter().collect();
    let mut digest = Sha256::new();
    visit(&paths, &Facts::default(), &mut |facts| digest.update(format!("{:?}\n", rule.evaluate(facts, &today))));
    mingbai::signing::hex(&digest.finalize())
}

fn visit(paths: &[&str], facts: &Facts, see: &mut impl FnMut(&Facts)) {
    let Some((path, rest)) = paths.split_first() else { return see(facts) };
    visit(rest, facts, see);
    for value in values(path).into_iter().map(Some).chain([None]) {
        let mut facts = facts.clone();
        facts.set(*path, value);
        visit(rest, &facts, see);
    }
}

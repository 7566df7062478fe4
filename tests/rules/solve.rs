//! The prover: worked cases as data (`solve.toml`), and its word against exhaustive enumeration over small worlds.

use super::Declared;
use chrono::NaiveDate;
use mingbai::calendar::Calendar;
use mingbai::rules::author::{self, Scope};
use mingbai::rules::expr::Expr;
use mingbai::rules::solve::{Answer, Domain, Domains, Implied, Want, implies, solve};
use mingbai::rules::{Facts, Known, Rule, Today, Type, Value};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Sheet {
    facts: BTreeMap<String, Bounded>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Bounded {
    #[serde(flatten)]
    declared: Declared,
    min: Option<i64>,
    max: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default, rename = "true")]
    holds: Vec<String>,
    #[serde(default, rename = "false")]
    fails: Vec<String>,
    #[serde(default)]
    fault: Vec<String>,
    answer: String,
    #[serde(default)]
    example: BTreeMap<String, serde_json::Value>,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn comes_to(facts: &Facts, today: &Today, expr: &Expr, want: Want) -> bool {
    match expr.evaluate(facts, today).value {
        Known::Value(Value::Bool(true)) => matches!(want, Want::True | Want::NotFalse),
        Known::Value(Value::Bool(false)) => matches!(want, Want::False | Want::NotTrue),
        Known::Fault(_) => matches!(want, Want::Fault | Want::NotTrue | Want::NotFalse),
        other => panic!("{other:?}"),
    }
}

#[test]
fn worked_questions_are_answered_as_written() {
    let sheet: Sheet = toml::from_str(include_str!("solve.toml")).unwrap();
    let types: BTreeMap<String, Type> = sheet.facts.iter().map(|(name, fact)| (name.clone(), fact.declared.ty())).collect();
    let scope: Scope = types.clone().into_iter().collect();
    let calendar = Calendar::announced();
    let facts = sheet.facts.iter().map(|(name, fact)| (name.clone(), Domain::of(&types[name]).between(fact.min, fact.max))).collect();
    let domains = Domains { facts, today: (day("2026-11-01"), day("2036-11-01")), calendar: &calendar };
    let mut wrong = Vec::new();
    for case in &sheet.cases {
        let read = |text: &String| author::condition(text, &scope).unwrap_or_else(|e| panic!("{text}: {e}")).expr;
        let exprs: Vec<(Expr, Want)> = [(&case.holds, Want::True), (&case.fails, Want::False), (&case.fault, Want::Fault)]
            .into_iter()
            .flat_map(|(texts, want)| texts.iter().map(move |text| (text, want)))
            .map(|(text, want)| (read(text), want))
            .collect();
        let wanted: Vec<(&Expr, Want)> = exprs.iter().map(|(e, want)| (e, *want)).collect();
        let answer = solve(&wanted, &domains);
        let asked = format!("{:?} {:?} {:?}", case.holds, case.fails, case.fault);
        let name = match &answer {
            Answer::Never => "never",
            Answer::Yes(_) => "yes",
            Answer::Unsure => "unsure",
        };
        if name != case.answer {
            wrong.push(format!("{asked} came to {answer:?}"));
        }
        if let Answer::Yes(world) = &answer {
            let (facts, today) = (world.facts(), Today { date: world.today, calendar: &calendar });
            assert!(wanted.iter().all(|(e, want)| comes_to(&facts, &today, e, *want)), "{asked}: {world:?}");
            for (name, json) in &case.example {
                let expected = types[name].read(json).unwrap();
                if world.facts[name].as_ref() != Some(&expected) {
                    wrong.push(format!("{asked}: {name} is {:?}", world.facts[name]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn implication_shows_what_it_says() {
    let calendar = Calendar::announced();
    let domains = small(&calendar);
    let rule = |text: &str| author::condition(text, &small_scope()).unwrap();
    assert_eq!(implies(&[&rule("n > 1")], &rule("n > 0"), &domains), Implied::Always);
    assert_eq!(implies(&[&rule("a"), &rule("!a || b")], &rule("b"), &domains), Implied::Always);
    let Implied::Not(world) = implies(&[&rule("n > 0")], &rule("n > 1"), &domains) else { panic!("n = 1") };
    assert_eq!(world.facts["n"], Some(Value::Int(1)));
    // A fault meets nothing.
    let Implied::Not(world) = implies(&[&rule("n >= 0")], &rule("2 / n >= 0"), &domains) else { panic!("n = 0") };
    assert_eq!(world.facts["n"], Some(Value::Int(0)));
}

/// Large and deep questions are given up, not worked on for ever.
#[test]
fn no_question_takes_long() {
    let calendar = Calendar::announced();
    let domains = small(&calendar);
    let nested =
        |step: &str, depth: usize| (0..depth).fold("a".to_owned(), |inner, at| step.replace('_', &inner).replace('#', &at.to_string()));
    let many =
        |step: &str, joint: &str, count: usize| (0..count).map(|at| step.replace('#', &at.to_string())).collect::<Vec<_>>().join(joint);
    for text in [
        nested("(n / m > # && _)", 40),
        nested("(a == (n > #)) == (_)", 25),
        nested("((_) ? b : n > #)", 25),
        format!("{} > 7", many("(n > # ? 1 : m)", " + ", 30)),
        format!("{} == 12345", many("(n + #) * (m - #)", " + ", 20)),
        many("(n + m > # || s.contains(\"#\"))", " && ", 60),
        many("s.matches(\"^[a-z]{#}x*$\")", " || ", 60),
        many("rows.exists(r, r.k + n == # || r.t)", " && ", 30),
        "rows.all(r, rows.exists(q, q.k > r.k)) && rows.map(r, r.k * n + m).sum() > 20".to_owned(),
        "date(\"2026-01-01\") + working_days(n * 9000) > today + working_days(m * 9000)".to_owned(),
    ] {
        let rule = author::condition(&text, &small_scope()).unwrap_or_else(|e| panic!("{text}: {e}"));
        for want in [Want::True, Want::False, Want::Fault] {
            let started = std::time::Instant::now();
            solve(&[(&rule.expr, want)], &domains);
            let took = started.elapsed();
            assert!(took.as_secs() < 5, "{took:?}: {want:?} {text}");
        }
    }
}

// ── against enumeration ──

const TEXTS: [&str; 5] = ["", "ab", "b", "abc", "cab"];

fn small_scope() -> Scope {
    small(&Calendar::default()).facts.into_iter().map(|(name, domain)| (name, domain.ty)).collect()
}

/// Two bools, two small ints, a choice, a text, a list.
fn small(calendar: &Calendar) -> Domains<'_> {
    let row = Type::Record([("t".to_owned(), Type::Bool), ("k".to_owned(), Type::Int)].into());
    let mut rows = Domain::of(&Type::List(Box::new(row)));
    rows.fields.get_mut("k").unwrap().max = 1;
    rows.fields.get_mut("k").unwrap().min = 0;
    let int = || Domain::of(&Type::Int).between(Some(0), Some(2));
    let facts = [
        ("a", Domain::of(&Type::Bool)),
        ("b", Domain::of(&Type::Bool)),
        ("n", int()),
        ("m", int()),
        ("c", Domain::of(&Type::Choice(["x", "y", "z"].map(String::from).to_vec()))),
        ("s", Domain::of(&Type::Text)),
        ("rows", rows),
    ];
    let today = day("2026-11-25");
    Domains { facts: facts.map(|(name, domain)| (name.to_owned(), domain)).into(), today: (today, today), calendar }
}

/// Every world of these facts; for texts and lists, which have no end, some.
fn worlds(of: &[&str]) -> Vec<Facts> {
    let row = |t: bool, k: i64| Value::Record([("t".to_owned(), Value::Bool(t)), ("k".to_owned(), Value::Int(k))].into());
    let rows = [row(false, 0), row(false, 1), row(true, 0), row(true, 1)];
    let pairs = rows.iter().flat_map(|a| rows.iter().map(|b| vec![a.clone(), b.clone()]));
    let lists: Vec<Value> = std::iter::once(vec![]).chain(rows.iter().map(|r| vec![r.clone()])).chain(pairs).map(Value::List).collect();
    let values = |name: &str| match name {
        "a" | "b" => vec![Value::Bool(false), Value::Bool(true)],
        "n" | "m" => (0..3).map(Value::Int).collect(),
        "c" => ["x", "y", "z"].map(|o| Value::Text(o.into())).to_vec(),
        "s" => TEXTS.map(|t| Value::Text(t.into())).to_vec(),
        _ => lists.clone(),
    };
    of.iter().fold(vec![Facts::default()], |worlds, name| {
        let with = |world: &Facts, value: Value| {
            let mut world = world.clone();
            world.set(*name, Some(value));
            world
        };
        worlds.iter().flat_map(|world| values(name).into_iter().map(|value| with(world, value))).collect()
    })
}

fn joined(leaf: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

fn comparison() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("=="), Just("!=")]
}

/// Bools, choices and comparisons of sums: what must always be decided.
fn plain() -> impl Strategy<Value = String> {
    let sum = (0..3i64, 0..3i64, -2..4i64).prop_map(|(n, m, k)| format!("{n} * n - {m} * m + {k}"));
    let compared = (sum.clone(), comparison(), sum).prop_map(|(a, o, b)| format!("{a} {o} {b}"));
    joined(prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("c == \"x\"".to_owned()),
        Just("c in [\"y\", \"z\"]".to_owned()),
        compared
    ])
}

/// Anything.
fn wild() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just("n".to_owned()),
        Just("m".to_owned()),
        Just("size(s)".to_owned()),
        Just("rows.size()".to_owned()),
        Just("rows.filter(r, r.t).size()".to_owned()),
        Just("rows.map(r, r.k).sum()".to_owned()),
        Just("rows.filter(r, r.k > 0).map(r, r.k + n).sum()".to_owned()),
        Just("rows.map(r, n / r.k).sum()".to_owned()),
        Just("rows.filter(r, r.k > 0).filter(r, n / r.k > 0).size()".to_owned()),
        Just("rows.filter(r, n / r.k > 0).size()".to_owned()),
        (0..3i64).prop_map(|n| n.to_string()),
    ];
    let number = number.prop_recursive(2, 5, 3, |inner| {
        let operator = prop_oneof![Just("+"), Just("-"), Just("*"), Just("/"), Just("%")];
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, o, b)| format!("({a} {o} {b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("(a ? {a} : {b})")),
        ]
    });
    let compared = (number.clone(), comparison(), number).prop_map(|(a, o, b)| format!("{a} {o} {b}"));
    let body = prop_oneof![
        Just("r.t"),
        Just("r.k > 0"),
        Just("r.t == (r.k == n)"),
        Just("n / r.k > 0"),
        Just("r.t || a"),
        Just("s.contains(\"a\") && r.k < m"),
    ];
    let each =
        (prop_oneof![Just("all"), Just("exists"), Just("exists_one")], body).prop_map(|(each, body)| format!("rows.{each}(r, {body})"));
    let fixed = prop_oneof![Just("all"), Just("exists"), Just("exists_one")]
        .prop_map(|each| format!("[n, m].{each}(x, x > 0 && (a || x / n > 1))"));
    let said = (
        prop_oneof![Just("startsWith"), Just("endsWith"), Just("contains"), Just("matches")],
        prop_oneof![Just("a"), Just("ab"), Just("b"), Just("c")],
    )
        .prop_map(|(says, what)| format!("s.{says}(\"{what}\")"));
    let others =
        prop_oneof![Just("s == \"ab\""), Just("c == s"), Just("a < b"), Just("s < \"b\""), Just("a == (n > 0)"), Just("m in [n, 1]")];
    joined(prop_oneof![compared, each, fixed, said, others.prop_map(String::from), plain().boxed()])
}

fn wants() -> impl Strategy<Value = Want> {
    prop_oneof![Just(Want::True), Just(Want::False), Just(Want::Fault), Just(Want::NotTrue), Just(Want::NotFalse)]
}

fn read(text: &str) -> Result<Rule, TestCaseError> {
    author::condition(text, &small_scope()).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))
}

/// Asks, and holds the answer against `worlds`; whether it was decided.
fn honest(asked: &[(String, Want)], worlds: &[Facts]) -> Result<bool, TestCaseError> {
    let calendar = Calendar::announced();
    let rules = asked.iter().map(|(text, want)| Ok((read(text)?, *want))).collect::<Result<Vec<_>, TestCaseError>>()?;
    let wanted: Vec<(&Expr, Want)> = rules.iter().map(|(rule, want)| (&rule.expr, *want)).collect();
    let today = Today { date: day("2026-11-25"), calendar: &calendar };
    let shows = |facts: &&Facts| wanted.iter().all(|(e, want)| comes_to(facts, &today, e, *want));
    match solve(&wanted, &small(&calendar)) {
        Answer::Yes(world) => prop_assert!(shows(&&world.facts()), "{asked:?} in {world:?}"),
        Answer::Never => prop_assert_eq!(worlds.iter().find(shows), None, "{:?}", asked),
        Answer::Unsure => return Ok(false),
    }
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is made of bools, choices and sums is always decided, and rightly.
    #[test]
    fn plain_questions_are_decided(asked in prop::collection::vec((plain(), wants()), 1..4)) {
        static WORLDS: LazyLock<Vec<Facts>> = LazyLock::new(|| worlds(&["a", "b", "n", "m", "c"]));
        let decided = honest(&asked, &WORLDS)?;
        prop_assert!(decided, "{:?}", asked);
    }

    /// Whatever is asked, what is said is so.
    #[test]
    fn every_answer_is_honest(asked in prop::collection::vec((wild(), wants()), 1..3)) {
        static WORLDS: LazyLock<Vec<Facts>> = LazyLock::new(|| worlds(&["a", "b", "n", "m", "c", "s", "rows"]));
        honest(&asked, &WORLDS)?;
    }
}

/// Being unsure is the exception with wild questions too.
#[test]
fn few_questions_are_left_open() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut open, all) = (0, 300);
    for _ in 0..all {
        let asked = [(wild().new_tree(&mut runner).unwrap().current(), Want::True)];
        open += usize::from(!honest(&asked, &[]).unwrap());
    }
    assert!(open * 10 < all, "{open} of {all} are left open");
}

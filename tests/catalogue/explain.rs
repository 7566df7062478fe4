//! The words that are made from rules: worked sentences as data (`explain/cases.toml`), the words of every rule of the sample
//! (`explain/sample.toml`), and what must hold of the words of any rule at all.

use crate::worked::{cases, json};
use mingbai::calendar::Calendar;
use mingbai::catalogue::author::{self, Source};
use mingbai::catalogue::{Decided, Item};
use mingbai::check::explain::{self, Words};
use mingbai::check::{Application, assess};
use mingbai::rules::{self, Facts, Rule, Today, Type, Value};
use mingbai::words::Text;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::announced);
static ORCHARD: LazyLock<Item> = LazyLock::new(orchard);
/// The same, with names that nothing else could be taken for.
static MARKED: LazyLock<Item> = LazyLock::new(|| marked(orchard()));

fn today() -> Today<'static> {
    Today { date: "2026-11-25".parse().unwrap(), calendar: &CALENDAR }
}

/// An item with a fact of every kind.
fn orchard() -> Item {
    let hall = author::sample().into_iter().find(|source| source.name == "hall.toml").unwrap();
    let orchard = Source { name: "orchard.toml".to_owned(), text: include_str!("explain/orchard.toml").to_owned() };
    let mut items = author::compile(&[hall, orchard]).unwrap_or_else(|findings| panic!("{}", findings[0])).items;
    items.pop().unwrap()
}

/// Every path that rules may read, with its type.
fn types(item: &Item) -> BTreeMap<String, Type> {
    author::declared(&item.facts, &item.materials).into_iter().collect()
}

fn rule(item: &Item, text: &str) -> Result<Rule, rules::author::Refused> {
    rules::author::condition(text, &types(item).into_iter().collect())
}

// ── worked sentences ──

#[derive(Deserialize)]
struct Sheet {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    rule: String,
    needed: Text,
    #[serde(default)]
    why: Vec<Why>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    facts: toml::Table,
    #[serde(default)]
    absent: Vec<String>,
    said: Text,
}

fn differ(what: &str, found: &Text, expected: &Text) -> Option<String> {
    (found != expected).then(|| {
        format!("{what}\n  found    {}\n           {}\n  expected {}\n           {}", found.zh, found.en, expected.zh, expected.en)
    })
}

#[test]
fn worked_rules_are_said_as_written() {
    let sheet: Sheet = toml::from_str(include_str!("explain/cases.toml")).unwrap();
    assert!(sheet.cases.iter().map(|case| 1 + case.why.len()).sum::<usize>() > 150);
    let types = types(&ORCHARD);
    let mut wrong = Vec::new();
    for case in &sheet.cases {
        let rule = rule(&ORCHARD, &case.rule).unwrap_or_else(|e| panic!("{}: {e}", case.rule));
        wrong.extend(differ(&case.rule, &explain::needed(&rule, &ORCHARD).line(), &case.needed));
        for why in &case.why {
            let mut facts = Facts::default();
            why.facts.iter().for_each(|(path, value)| facts.set(path.clone(), Some(types[path].read(&json(value)).unwrap())));
            why.absent.iter().for_each(|path| facts.set(path.clone(), None));
            let found = explain::why(&rule, &ORCHARD, &facts, &today()).line();
            wrong.extend(differ(&format!("{} with {}", case.rule, why.facts), &found, &why.said));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

// ── the sample ──

#[derive(Serialize, Deserialize)]
struct Sample {
    rules: Vec<Said>,
}

#[derive(Serialize, Deserialize, PartialEq)]
struct Said {
    at: String,
    zh: String,
    en: String,
}

/// Every rule of an item, with its place.
fn rules_of(item: &Item) -> Vec<(String, &Rule)> {
    let gates = item.gates.iter().map(|gate| (format!("gates[{}]", gate.code), &gate.when));
    let conditions = item.conditions.iter().filter_map(|condition| match &condition.decided {
        Decided::Rule(rule) => Some((format!("conditions[{}]", condition.code), rule)),
        Decided::HumanCheck(_) => None,
    });
    let materials = item.materials.iter().flat_map(|m| {
        let standards = m.standards.iter().filter_map(|s| Some((format!("materials[{}].standards[{}]", m.code, s.code), s.rule.as_ref()?)));
        m.needed_when.iter().map(|rule| (format!("materials[{}].needed_when", m.code), rule)).chain(standards)
    });
    gates.chain(conditions).chain(materials).map(|(at, rule)| (format!("{} {at}", item.code), rule)).collect()
}

/// Whoever changes the sample reads here how its rules are said now; the new table is in the message.
#[test]
fn every_rule_of_the_sample_is_said_as_it_was_read_and_found_good() {
    let items = author::compile(&author::sample()).unwrap().items;
    let said = items.iter().flat_map(|item| {
        rules_of(item).into_iter().map(|(at, rule)| {
            let Text { zh, en } = explain::needed(rule, item).line();
            Said { at, zh, en }
        })
    });
    let found = Sample { rules: said.collect() };
    let read: Sample = toml::from_str(include_str!("explain/sample.toml")).unwrap();
    let table = || {
        let row = |said: &Said| format!("[[rules]]\nat = {:?}\nzh = {:?}\nen = {:?}\n", said.at, said.zh, said.en);
        found.rules.iter().map(row).collect::<Vec<_>>().join("\n")
    };
    assert!(found.rules == read.rules, "{}", table());
}

#[test]
fn every_condition_of_every_worked_application_says_why() {
    let items = author::compile(&author::sample()).unwrap().items;
    for item in &items {
        let codes: Vec<&str> = item.facts.iter().map(|fact| fact.code.as_str()).filter(|code| code.contains('_')).collect();
        for case in cases(&item.code) {
            let today = Today { date: case.today(), calendar: &CALENDAR };
            let check = |application: &Application| {
                let assessment = assess(item, application, &today);
                let listed = assessment.points.iter().flat_map(|point| explain::why_listed(item, application, point, &today));
                let stood = assessment.conditions.iter().filter_map(|c| explain::why_condition(item, application, &c.code, &today));
                for words in listed.chain(stood) {
                    sound(&words, &codes).unwrap();
                }
            };
            check(&case.application());
            check(&Application::default());
        }
    }
}

/// The goal's own example.
#[test]
fn why_not_says_what_is_there_and_what_is_needed() {
    let items = author::compile(&author::sample()).unwrap().items;
    let item = items.iter().find(|item| item.code == "association-setup").unwrap();
    let application: Application = serde_json::from_str(r#"{"facts":{"scope":"local","individuals":42,"units":0}}"#).unwrap();
    let why = explain::why_condition(item, &application, "members", &today()).unwrap().line();
    assert!(why.zh.starts_with("有 42 名个人会员,需要 50 名;或有 0 个单位会员,需要 30 个"), "{}", why.zh);
}

// ── any rule at all ──

/// `@n@` for the n-th fact, `#n.m#` for its m-th column.
fn marked(mut item: Item) -> Item {
    let name = |text: String| Text::new(text.clone(), text);
    for (at, fact) in item.facts.iter_mut().enumerate() {
        fact.name = name(format!("@{at}@"));
        for (place, option) in fact.options.iter_mut().enumerate() {
            option.name = name(format!("选 {place}"));
        }
        for (column, field) in fact.fields.iter_mut().enumerate() {
            field.name = name(format!("#{at}.{column}#"));
        }
    }
    item
}

/// Never empty, never a hole, never a code.
fn sound(words: &Words, codes: &[&str]) -> Result<(), String> {
    let line = words.line();
    for text in [&line.zh, &line.en] {
        if text.trim().is_empty() || text.contains("{}") || text.ends_with([':', ';', ',', ' ']) {
            return Err(format!("an empty or broken sentence: {text:?}"));
        }
        if text.len() > 40_000 {
            return Err(format!("{} bytes of words", text.len()));
        }
        let code = |code: &&&str| text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == **code);
        if let Some(code) = codes.iter().find(code) {
            return Err(format!("the code `{code}` in {text:?}"));
        }
    }
    words.parts.iter().try_for_each(|part| sound(part, codes))
}

fn choose(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::sample::select(texts).prop_map(str::to_owned)
}

/// A three-digit number that is no option, unit or date of anything.
fn number() -> impl Strategy<Value = String> {
    (101..=999i64).prop_map(|n| n.to_string())
}

/// Bool expressions over all facts of the orchard; `t` and `d` are the variables of macros around it.
fn expression() -> impl Strategy<Value = String> {
    const COMPARE: &[&str] = &["<", "<=", ">", ">=", "==", "!="];
    let int = prop_oneof![
        choose(&["individuals", "units", "area", "granted", "grade", "trucks.size()", "size(org_name)", "materials.lease.copies"]),
        choose(&["age_on(born, today)", "trucks.map(t, t.mass).sum()", "trucks.filter(t, t.tested || sprays).size()", "-grade"]),
        (choose(&["individuals", "area", "grade"]), choose(&["+", "-", "*", "/", "%"]), choose(&["units", "granted", "3"]))
            .prop_map(|(a, o, b)| format!("({a} {o} {b})")),
        choose(&["(sprays ? individuals : units)", "(approved && sprays ? area : granted)"]),
    ];
    let ints = (int.clone(), choose(COMPARE), prop_oneof![number(), int]).prop_map(|(a, c, b)| format!("{a} {c} {b}"));
    let money = (choose(&["capital", "dues", "capital + dues", "capital * 2"]), choose(COMPARE), number())
        .prop_map(|(a, c, n)| format!("{a} {c} yuan({n})"));
    let date = (
        choose(&["founded", "born", "materials.lease.valid_until", "founded + years(2)", "today"]),
        choose(COMPARE),
        choose(&[
            "today",
            "today + years(1)",
            "today - working_days(5)",
            "date(\"2027-01-31\")",
            "born + days(grade)",
            "materials.lease.issued_on",
        ]),
    )
        .prop_map(|(a, c, b)| format!("{a} {c} {b}"));
    let text = choose(&[
        "place == \"own\"",
        "place != \"none\"",
        "fruit in [\"lychee\", \"mango\"]",
        "!(fruit in [\"other\"])",
        "fruit != \"other\"",
        "org_name.startsWith(\"中国\")",
        "!org_name.endsWith(\"社\")",
        "org_name.contains(\"果\")",
        "org_name.matches(\"^[a-z]+$\")",
        "org_name == \"\"",
        "org_name < \"m\"",
        "org_name in [\"甲\", \"乙\"]",
        "has(materials.lease.number)",
        "materials.licence.number.startsWith(\"91\")",
        "materials.lease.have",
        "org_name in [\"a\" + org_name]",
    ]);
    let bools = choose(&[
        "approved",
        "sprays",
        "true",
        "false",
        "approved == sprays",
        "approved < sprays",
        "approved == (grade > 100)",
        "sprays != true",
    ]);
    let lists = (
        choose(&["trucks.all(t, ", "trucks.exists(t, ", "trucks.exists_one(t, ", "trucks.filter(t, t.mass > 100).all(t, "]),
        choose(&[
            "t.tested",
            "t.mass > 450 || sprays",
            "!t.tested && t.price >= yuan(100)",
            "drivers.exists(d, d.licensed && t.tested)",
            "t.bought + years(8) > today",
        ]),
    )
        .prop_map(|(each, body)| format!("{each}{body})"));
    let more = choose(&[
        "[individuals, units].exists(n, n > 300)",
        "450 in trucks.map(t, t.mass)",
        "trucks.map(t, t.tested).all(b, b)",
        "[place, fruit].exists(p, p == \"own\")",
        "[approved, sprays].exists_one(b, b)",
        "trucks.map(t, t).exists(t, t.tested)",
        "[individuals, 200] == [units, 300]",
        "drivers.all(d, d.licensed && d.age <= 60)",
    ]);
    let leaf = prop_oneof![3 => ints, 1 => money, 1 => date, 2 => text, 2 => bools, 2 => lists, 1 => more];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) == ({b})")),
        ]
    })
}

/// Some facts known, some not, some declared without a value.
fn worlds() -> impl Strategy<Value = Facts> {
    let bools = || proptest::option::weighted(0.7, any::<bool>().prop_map(Value::Bool));
    let int = || proptest::option::weighted(0.7, (0..1000i64).prop_map(Value::Int));
    let money = || proptest::option::weighted(0.7, (0..100_000i64).prop_map(Value::Money));
    let date = || proptest::option::weighted(0.7, (0..20_000u64).prop_map(|days| Value::Date(day(days))));
    let text = |texts: &'static [&'static str]| proptest::option::weighted(0.7, choose(texts).prop_map(Value::Text));
    let truck = (bools(), int(), money(), date())
        .prop_map(|(tested, mass, price, bought)| record([("tested", tested), ("mass", mass), ("price", price), ("bought", bought)]));
    let driver = (bools(), int()).prop_map(|(licensed, age)| record([("licensed", licensed), ("age", age)]));
    let list = |of: BoxedStrategy<Value>| proptest::option::weighted(0.8, proptest::collection::vec(of, 0..4).prop_map(Value::List));
    let numbers = (int(), int(), int(), int(), int(), money(), money());
    let others = (
        bools(),
        bools(),
        date(),
        date(),
        text(&["", "中国果社", "abc", "甲"]),
        text(&["own", "rented", "none"]),
        text(&["lychee", "mango", "other"]),
    );
    let lists = (list(truck.boxed()), list(driver.boxed()), date(), date(), int(), bools(), proptest::option::of(text(&["91", "5245"])));
    (numbers, others, lists).prop_map(|(n, o, l)| {
        let mut facts = Facts::default();
        let given = [
            ("individuals", n.0),
            ("units", n.1),
            ("area", n.2),
            ("granted", n.3),
            ("grade", n.4),
            ("capital", n.5),
            ("dues", n.6),
            ("approved", o.0),
            ("sprays", o.1),
            ("born", o.2),
            ("founded", o.3),
            ("org_name", o.4),
            ("place", o.5),
            ("fruit", o.6),
            ("trucks", l.0),
            ("drivers", l.1),
            ("materials.lease.valid_until", l.2),
            ("materials.lease.issued_on", l.3),
            ("materials.lease.copies", l.4),
            ("materials.lease.have", l.5),
        ];
        given.into_iter().for_each(|(path, value)| {
            if value.is_some() {
                facts.set(path, value)
            }
        });
        if let Some(number) = l.6 {
            facts.set("materials.lease.number", number.clone());
            facts.set("materials.licence.number", number);
        }
        facts
    })
}

fn day(days: u64) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(1980, 1, 1).unwrap() + chrono::Days::new(days)
}

fn record<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    Value::Record(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

/// The facts that a text names, by their marks.
fn facts_named(text: &str) -> BTreeSet<String> {
    let fact = |at: usize| MARKED.facts[at].code.clone();
    let facts = text.split('@').skip(1).step_by(2).map(|at| fact(at.parse().unwrap()));
    let columns = text.split('#').skip(1).step_by(2).map(|at| fact(at.split('.').next().unwrap().parse().unwrap()));
    facts.chain(columns).collect()
}

fn numbers_in(text: &str) -> BTreeSet<String> {
    text.replace(',', "").split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 3).map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Words there are for any rule in any world; they name only what the verdict names, and leave no number out.
    #[test]
    fn any_rule_has_sound_and_honest_words(text in expression(), facts in worlds()) {
        let rule = match rule(&MARKED, &text) {
            Ok(rule) => rule,
            Err(refused) if matches!(refused.code, "rule.too-slow" | "rule.too-deep") => return Ok(()),
            Err(refused) => return Err(TestCaseError::fail(format!("{text}: {refused}"))),
        };
        let codes: Vec<&str> = MARKED.facts.iter().map(|fact| fact.code.as_str()).collect();
        let needed = explain::needed(&rule, &MARKED);
        sound(&needed, &codes).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        let whole = !needed.line().en.contains('…');
        if whole && !text.contains("true") && !text.contains("false") {
            for line in [needed.line().zh, needed.line().en] {
                let said = numbers_in(&line);
                prop_assert!(numbers_in(&text).is_subset(&said), "{} leaves out a number: {}", text, line);
            }
        }
        let verdict = rule.evaluate(&facts, &today());
        let reasons: BTreeSet<String> = verdict.because.iter().chain(&verdict.missing).map(|path| path.to_string()).collect();
        let why = explain::why(&rule, &MARKED, &facts, &today());
        sound(&why, &codes).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        for line in [why.line().zh, why.line().en] {
            let named = facts_named(&line);
            prop_assert!(named.is_subset(&reasons), "{} names {:?}, but the reasons are {:?}: {}", text, named, reasons, line);
        }
    }

    /// A comparison that decides is said with what is there and what is needed.
    #[test]
    fn a_deciding_comparison_says_both_numbers(
        fact in choose(&["individuals", "area", "grade", "capital"]),
        compare in choose(&["<", "<=", ">", ">=", "==", "!="]),
        there in 101..=999i64,
        asked in 101..=999i64,
    ) {
        let money = fact == "capital";
        let text = if money { format!("{fact} {compare} yuan({asked})") } else { format!("{fact} {compare} {asked}") };
        let mut facts = Facts::default();
        facts.set(fact.as_str(), Some(if money { Value::Money(there * 100) } else { Value::Int(there) }));
        let why = explain::why(&rule(&MARKED, &text).unwrap(), &MARKED, &facts, &today()).line();
        for line in [why.zh, why.en] {
            prop_assert_eq!(numbers_in(&line), BTreeSet::from([there.to_string(), asked.to_string()]), "{}: {}", text, line);
        }
    }
}

#[test]
fn what_is_too_long_is_cut_and_says_so() {
    let facts = Facts::default();
    let long = (0..180).map(|n| format!("grade != {n}")).collect::<Vec<_>>().join(" && ");
    let wide = format!("grade in [{}]", (0..600).map(|n| n.to_string()).collect::<Vec<_>>().join(", "));
    let deep =
        (0..20).fold(
            "approved".to_owned(),
            |inner, n| if n % 2 == 0 { format!("(sprays && {inner})") } else { format!("(grade > {n} || {inner})") },
        );
    let sum = format!("{}grade{} > 0", "(1 * ".repeat(20), ")".repeat(20));
    for text in [long, wide, deep, sum] {
        let rule = rule(&ORCHARD, &text).unwrap_or_else(|e| panic!("{}…: {e}", &text[..20]));
        for words in [explain::needed(&rule, &ORCHARD), explain::why(&rule, &ORCHARD, &facts, &today())] {
            sound(&words, &["org_name"]).unwrap();
            assert!(words.line().zh.len() < 20_000, "{} bytes for {}…", words.line().zh.len(), &text[..20]);
        }
        let line = explain::needed(&rule, &ORCHARD).line();
        assert!(line.zh.contains('…') && line.en.contains('…'), "{}", line.en);
        assert!(line.en.starts_with("the rule is long"), "{}", line.en);
    }
}

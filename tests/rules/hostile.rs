//! Whatever is typed is refused or evaluates: no panic, no hang, and what evaluates survives its journey as JSON. The texts
//! are random, or mutations of rules that mean something: those of the sample catalogue and of the conformance tables.

use crate::{conformance, today, world};
use mingbai::calendar::Calendar;
use mingbai::catalogue::author::{compile, declared, sample};
use mingbai::catalogue::{Decided, Item};
use mingbai::rules::author::{self, Scope};
use mingbai::rules::{Facts, Rule, Type};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Longer than any rule of the language may take, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Every name that the sample's rules use, with its type, and some answers.
fn names() -> &'static (Scope, Facts) {
    static NAMES: OnceLock<(Scope, Facts)> = OnceLock::new();
    NAMES.get_or_init(|| {
        let (mut scope, mut facts) = (world::scope(), world::facts(&[Some(1), Some(0), Some(2), None]));
        for (at, (name, ty)) in items().iter().flat_map(|item| declared(&item.facts, &item.materials)).enumerate() {
            if at % 3 > 0
                && let Ok(value) = ty.read(&answer(&ty))
            {
                facts.set(name.clone(), Some(value));
            }
            scope.insert(name, ty);
        }
        (scope, facts)
    })
}

fn items() -> &'static [Item] {
    static ITEMS: OnceLock<Vec<Item>> = OnceLock::new();
    ITEMS.get_or_init(|| compile(&sample()).unwrap().items)
}

fn answer(ty: &Type) -> serde_json::Value {
    match ty {
        Type::Bool => true.into(),
        Type::Int | Type::Money => 7.into(),
        Type::Text => "钦州x".into(),
        Type::Date => "2026-02-28".into(),
        Type::Choice(options) => options.first().cloned().into(),
        Type::Record(fields) => {
            fields.iter().take(2).map(|(name, ty)| (name.clone(), answer(ty))).collect::<serde_json::Map<_, _>>().into()
        }
        Type::List(of) => vec![answer(of); 3].into(),
        Type::Period => serde_json::Value::Null,
    }
}

/// Rules that mean something.
fn texts() -> &'static [String] {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    TEXTS.get_or_init(|| {
        let mut texts: Vec<String> =
            conformance::sections().into_iter().flat_map(|(_, cases)| cases.into_values().map(|case| case.expr)).collect();
        for item in items() {
            texts.extend(item.gates.iter().map(|g| g.when.text.clone()));
            texts.extend(
                item.conditions.iter().filter_map(|c| if let Decided::Rule(rule) = &c.decided { Some(rule.text.clone()) } else { None }),
            );
            for material in &item.materials {
                texts.extend(
                    material.needed_when.iter().chain(material.standards.iter().filter_map(|s| s.rule.as_ref())).map(|r| r.text.clone()),
                );
            }
        }
        texts
    })
}

/// Refused at a place of its text with a reason, or else it evaluates, and its JSON is the same rule.
fn answered(text: &str) -> Result<(), TestCaseError> {
    let started = Instant::now();
    let (scope, facts) = names();
    match author::parse(text, scope) {
        Err(refused) => {
            prop_assert!(text.get(refused.at.clone()).is_some(), "{:?} in {:?}", refused.at, text);
            prop_assert!(refused.code.starts_with("rule.") && !refused.message.zh.is_empty() && !refused.help.en.is_empty());
        }
        Ok((rule, _)) => {
            let calendar = Calendar::announced();
            let today = today(&calendar);
            rule.evaluate(facts, &today);
            rule.evaluate(&Facts::default(), &today);
            // As deep in a bundle as rules lie.
            let deep = BTreeMap::from([(
                "bundle",
                [BTreeMap::from([("conditions", [BTreeMap::from([("decided", BTreeMap::from([("rule", &rule)]))])])])],
            )]);
            let json = serde_json::to_string(&deep).unwrap();
            let again: serde_json::Value = serde_json::from_str(&json).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
            let again: Rule = serde_json::from_value(again["bundle"][0]["conditions"][0]["decided"]["rule"].clone()).unwrap();
            prop_assert_eq!(again, rule);
        }
    }
    prop_assert!(started.elapsed() < PATIENCE, "{:?} for {:?}", started.elapsed(), text);
    Ok(())
}

/// What a rule is made of, and what it is not.
const TOKENS: &[&str] = &[
    "&&",
    "||",
    "!",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "?",
    ":",
    ",",
    ".",
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "<=",
    " in ",
    "true",
    "null",
    "0",
    "1u",
    "1.5",
    "9223372036854775807",
    "'x'",
    "\"",
    "'''",
    "r'",
    "b'",
    "\\",
    "today",
    "n",
    "a",
    "size()",
    ".all(x, ",
    ".map(x, x)",
    "has(",
    "matches('(a*)*')",
    "years(",
    "date('2024-02-29')",
    "yuan(",
    "//",
    "\n",
    "\u{0}",
    "🐱",
    "明白",
    "\u{202e}",
    "__proto__",
    "@in",
    "`a`",
    ".?",
    "[?",
];

#[derive(Clone, Debug)]
enum Change {
    Insert(usize, usize),
    Remove(usize, usize),
    Repeat(usize, usize, usize),
    Splice(usize, usize),
    Wrap(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let any = 0..10_000_usize;
    prop_oneof![
        (any.clone(), any.clone()).prop_map(|(at, token)| Change::Insert(at, token)),
        (any.clone(), 1..12_usize).prop_map(|(at, length)| Change::Remove(at, length)),
        (any.clone(), 1..20_usize, 2..60_usize).prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        (any.clone(), any.clone()).prop_map(|(at, other)| Change::Splice(at, other)),
        any.prop_map(Change::Wrap),
    ]
}

fn apply(mut text: Vec<char>, change: &Change) -> Vec<char> {
    let place = |at: &usize, text: &[char]| at % (text.len() + 1);
    match change {
        Change::Insert(at, token) => {
            let at = place(at, &text);
            text.splice(at..at, TOKENS[token % TOKENS.len()].chars());
        }
        Change::Remove(at, length) => {
            let at = place(at, &text);
            text.drain(at..(at + length).min(text.len()));
        }
        Change::Repeat(at, length, times) => {
            let at = place(at, &text);
            let part = text[at..(at + length).min(text.len())].to_vec();
            text.splice(at..at, part.repeat(*times));
        }
        Change::Splice(at, other) => {
            let at = place(at, &text);
            text.splice(at..at, texts()[other % texts().len()].chars());
        }
        Change::Wrap(with) => {
            let (before, after) = [("!(", ")"), ("(", ") && a"), ("[", "].all(y, y)"), ("a ? (", ") : (b)"), ("size(", ") > 0")][with % 5];
            text = before.chars().chain(text).chain(after.chars()).collect();
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "[a-z0-9 ()\\[\\]{}.,?:&|!<>=+*/%\"'-]{0,60}|\\PC{0,40}") {
        answered(&text)?;
    }

    #[test]
    fn mutated_rules_are_answered(which in 0..10_000_usize, changes in proptest::collection::vec(change(), 1..6)) {
        let text = texts()[which % texts().len()].chars().collect();
        let text: String = changes.iter().fold(text, apply).into_iter().collect();
        answered(&text)?;
    }
}

#[test]
fn meaningful_rules_are_answered() {
    for text in texts() {
        answered(text).unwrap();
    }
}

#[test]
fn deep_and_long_texts_are_answered() {
    let list = "vehicles";
    for text in [
        format!("{}a{}", "(".repeat(1500), ")".repeat(1500)),
        "!".repeat(3900) + "a",
        "-".repeat(3900) + "n > 0",
        "!(".repeat(47) + "a" + &")".repeat(47),
        format!("n{} > 0", " + n".repeat(900)),
        format!("n{} > 0", " + n".repeat(45)),
        format!("a{}", " && a".repeat(700)),
        format!("a{}", ".b".repeat(1900)),
        "a".repeat(5000),
        "[".repeat(2000),
        "a ? ".repeat(900),
        format!("size({}) > 0", vec![list; 400].join(" + ")),
        format!("{list}.all(x, {list}.all(y, {list}.all(z, true)))"),
        format!("{list}.map(x, {list}.map(y, {list})).size() > 0"),
        format!("({}).all(x, {list}.all(y, true))", vec![list; 400].join(" + ")),
        "'x'.matches('((a{50}){50}){50}')".to_owned(),
        "'x'.matches('(x{30}){30}')".to_owned(),
    ] {
        answered(&text).unwrap();
    }
}

#[test]
fn what_would_take_too_long_is_refused() {
    let number = Type::List(Box::new(Type::Int));
    let scope: Scope = [("l".to_owned(), number), ("s".to_owned(), Type::Text)].into_iter().collect();
    let long = vec!["l"; 300].join(" + ");
    let cases = [
        ("l.all(x, l.exists(y, x == y))".to_owned(), true),
        ("l.all(x, l.all(y, l.all(z, x + y + z > 0)))".to_owned(), false),
        ("[1, 2].all(x, [3, 4].all(y, [5, 6].all(z, x + y < z)))".to_owned(), true),
        ("l.map(x, l.map(y, l)).size() > 0".to_owned(), false),
        ("l.all(x, s.matches('^[0-9]+$'))".to_owned(), true),
        ("l.all(x, l.all(y, s.matches('^[0-9]+$')))".to_owned(), false),
        (format!("({long}).size() > 0"), true),
        (format!("({long}).all(x, l.all(y, x == y))"), false),
    ];
    for (text, bearable) in cases {
        let code = author::condition(&text, &scope).err().map(|refused| refused.code);
        let deep = code == Some("rule.too-deep");
        assert!(deep || (code == None) == bearable, "{text}: {code:?}");
        assert!(deep || bearable || code == Some("rule.too-slow"), "{text}: {code:?}");
    }
}

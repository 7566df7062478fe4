//! Makes what is measured: always the same, so that two runs can be compared.

// What a case must come to is the catalogue's own test.
#[allow(dead_code)]
#[path = "../catalogue/worked.rs"]
mod worked;
#[allow(dead_code)]
#[path = "../many/mod.rs"]
mod many;

use crate::workload::Workload;
use base64::Engine as _;
use mingbai::calendar::Calendar;
use mingbai::catalogue::Item;
use mingbai::catalogue::author::{self, HALL_FILE, Source, index};
use mingbai::check::Application;
use mingbai::rules::author::Scope;
use mingbai::rules::{self, Rule, Type};
use serde_json::{Map, Value as Json, json};

const FACTS: i64 = 100;
const MANY: usize = 10_000;

pub fn workload() -> Workload {
    let listing = index::build(&many::items(MANY, 1));
    Workload {
        calendar: Calendar::announced(),
        today: "2026-11-25".parse().unwrap(),
        conditions: clauses().iter().map(condition).collect(),
        facts: facts(),
        json_logic: clauses().iter().map(json_logic).collect(),
        assessments: assessments(),
        long: long(),
        keystrokes: keystrokes(),
        listing: base64::engine::general_purpose::STANDARD.encode(listing),
    }
}

/// `fact >= limit`, and so on; two of them joined.
struct Clauses {
    left: (String, &'static str, i64),
    joint: &'static str,
    right: (String, &'static str, i64),
}

const COMPARISONS: [&str; 6] = [">=", "<=", ">", "<", "==", "!="];

fn clauses() -> Vec<Clauses> {
    let clause = |n: i64| (format!("f{}", n % FACTS), COMPARISONS[usize::try_from(n % 6).unwrap()], n * 37 % 101);
    let both = |n: i64| Clauses { left: clause(n), joint: if n % 2 == 0 { "&&" } else { "||" }, right: clause(n * 7 + 3) };
    (0..100).map(both).collect()
}

fn condition(Clauses { left, joint, right }: &Clauses) -> Rule {
    let scope: Scope = (0..FACTS).map(|n| (format!("f{n}"), Type::Int)).collect();
    let text = format!("{} {} {} {joint} {} {} {}", left.0, left.1, left.2, right.0, right.1, right.2);
    rules::author::condition(&text, &scope).expect("a condition of the language")
}

fn json_logic(Clauses { left, joint, right }: &Clauses) -> Json {
    let clause = |(fact, comparison, limit): &(String, &str, i64)| json!({ *comparison: [{ "var": fact }, limit] });
    json!({ if *joint == "&&" { "and" } else { "or" }: [clause(left), clause(right)] })
}

/// Every third is missing.
fn facts() -> Map<String, Json> {
    (0..FACTS).filter(|n| n % 3 != 2).map(|n| (format!("f{n}"), json!(n * 53 % 101))).collect()
}

/// The sample's items, each with its worked application that says most.
fn assessments() -> Vec<(Item, Application)> {
    let items = author::compile(&author::sample()).expect("the sample compiles").items;
    let fullest = |item: Item| {
        let cases = worked::cases(&item.code).into_iter().map(|case| case.application());
        let application = cases.max_by_key(|a| a.facts.len() + a.materials.len()).expect("a worked application");
        (item, application)
    };
    items.into_iter().map(fullest).collect()
}

/// An item with 200 facts and 100 conditions over them, half of it answered.
fn long() -> (Item, Application) {
    let base = author::sample().into_iter().find(|s| s.name == "marriage.toml").expect("a sample item");
    let mut item: toml::Table = base.text.parse().unwrap();
    let both = |zh: String, en: String| json!({ "zh": zh, "en": en });
    let fact = |n: usize| json!({ "code": format!("f{n}"), "type": "int", "name": both(format!("第{n}项"), format!("entry {n}")), "ask": both(format!("第 {n} 项是多少?"), format!("How much is entry {n}?")) });
    let condition = |n: usize| {
        let (a, b) = (n * 2, n * 2 + 1);
        let text = both(format!("第 {n} 条"), format!("Condition {n}"));
        json!({ "code": format!("c{n}"), "text": text, "rule": format!("f{a} >= 10 || f{b} >= 20"), "remedy": text, "basis": ["licensing:12"] })
    };
    let table = |json: Json| toml::Value::try_from(json).unwrap();
    item.insert("code".into(), "long".into());
    item.insert("facts".into(), table((0..200).map(fact).collect()));
    item.insert("conditions".into(), table((0..100).map(condition).collect()));
    item.insert("gates".into(), toml::Value::Array(vec![]));
    item.insert("materials".into(), toml::Value::Array(vec![]));
    let hall = author::sample().into_iter().find(|s| s.name == HALL_FILE).expect("the hall's file");
    let sources = [hall, Source { name: "long.toml".into(), text: item.to_string() }];
    let item = author::compile(&sources).unwrap_or_else(|f| panic!("{}", f[0])).items.remove(0);
    let facts = (0..100).map(|n| (format!("f{n}"), json!(15))).collect();
    (item, Application { facts, ..Application::default() })
}

/// Names, pinyin, initials, everyday words, English and mistyped words, from their first key to their last.
fn keystrokes() -> Vec<String> {
    const TYPED: [&str; 10] =
        ["食品经营许可证", "办理营业执照", "shipinjingying", "spjyxk", "开饭店", "food business", "registraton", "qinzhou", "的", "没有这样的事没有这样的事"];
    let prefixes = |word: &str| word.char_indices().map(|(at, c)| word[..at + c.len_utf8()].to_owned()).collect::<Vec<_>>();
    TYPED.iter().flat_map(|word| prefixes(word)).collect()
}

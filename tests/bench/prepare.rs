//! Makes what is measured: always the same, so that two runs can be compared.

// What a case must come to is the catalogue's own test.
#[allow(dead_code)]
#[path = "../many/mod.rs"]
mod many;
#[allow(dead_code)]
#[path = "../catalogue/worked.rs"]
mod worked;

use crate::asking;
use crate::workload::Workload;
use base64::Engine as _;
use mingbai::calendar::Calendar;
use mingbai::catalogue::Item;
use mingbai::catalogue::author::{self, index};
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
    let item = author::compile(&asking::sources(200)).unwrap_or_else(|f| panic!("{}", f[0])).items.remove(0);
    (item, Application { facts: asking::answers(100), ..Application::default() })
}

/// Names, pinyin, initials, everyday words, English and mistyped words, from their first key to their last.
fn keystrokes() -> Vec<String> {
    const TYPED: [&str; 10] = [
        "食品经营许可证",
        "办理营业执照",
        "shipinjingying",
        "spjyxk",
        "开饭店",
        "food business",
        "registraton",
        "qinzhou",
        "的",
        "没有这样的事没有这样的事",
    ];
    let prefixes = |word: &str| word.char_indices().map(|(at, c)| word[..at + c.len_utf8()].to_owned()).collect::<Vec<_>>();
    TYPED.iter().flat_map(|word| prefixes(word)).collect()
}

//! Every item's worked applications (`applications/<item>.toml`), run through the same check as kiosk and hall.

use chrono::NaiveDate;
use mingbai::calendar::Calendar;
use mingbai::catalogue::{Item, author};
use mingbai::check::{Application, Outcome, assess, questions};
use mingbai::rules::Today;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    today: toml::value::Datetime,
    #[serde(default)]
    facts: toml::Table,
    #[serde(default)]
    materials: toml::Table,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    outcome: Outcome,
    #[serde(default)]
    points: Option<Vec<String>>,
    #[serde(default)]
    next: Option<String>,
    /// How many answers cannot be read, and so count as not given.
    #[serde(default)]
    unusable: usize,
}

/// TOML dates become the text that answers carry.
fn json(value: &toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(entries) => entries.iter().map(json).collect(),
        toml::Value::Table(table) => table.iter().map(|(k, v)| (k.clone(), json(v))).collect::<serde_json::Map<_, _>>().into(),
        other => serde_json::to_value(other).unwrap(),
    }
}

fn table(table: &toml::Table) -> serde_json::Value {
    json(&toml::Value::Table(table.clone()))
}

fn run(item: &Item, case: &Case, calendar: &Calendar) -> Vec<String> {
    let date: NaiveDate = case.today.to_string().parse().unwrap();
    let today = Today { date, calendar };
    let application: Application =
        serde_json::from_value(serde_json::json!({ "facts": table(&case.facts), "materials": table(&case.materials) })).unwrap();
    let assessment = assess(item, &application, &today);
    let mut wrong = Vec::new();
    if assessment.unusable.len() != case.expect.unusable {
        wrong.push(format!("unusable answers: {:?}", assessment.unusable));
    }
    if assessment.outcome != case.expect.outcome {
        wrong.push(format!("outcome {:?}, expected {:?}", assessment.outcome, case.expect.outcome));
        wrong.push(format!("open {:?}, undeclared {:?}", assessment.open, assessment.undeclared));
    }
    let points: Vec<&String> = assessment.points.iter().map(|p| &p.id).collect();
    if let Some(expected) = &case.expect.points
        && points != expected.iter().collect::<Vec<_>>()
    {
        wrong.push(format!("points {points:?}, expected {expected:?}"));
    }
    let next = questions::next(item, &application, &today);
    if case.expect.next.is_some() && next != case.expect.next {
        wrong.push(format!("next question {next:?}, expected {:?}", case.expect.next));
    }
    // What is not submitted must not have mattered: the relevant answers alone give the same assessment.
    let relevant = questions::relevant(item, &application, &today);
    let mut less = application.clone();
    less.facts.retain(|code, _| relevant.contains(code));
    if assessment.outcome != Outcome::Open && assess(item, &less, &today) != assessment {
        wrong.push(format!("the relevant answers {relevant:?} alone give another assessment"));
    }
    wrong.into_iter().map(|w| format!("{} · {}: {w}", item.code, case.name)).collect()
}

#[test]
fn every_item_has_worked_applications_and_they_come_out_as_written() {
    let catalogue = author::compile(&author::sample()).unwrap_or_else(|findings| {
        findings.iter().for_each(|f| eprintln!("{f}\n"));
        panic!("the sample catalogue has {} findings", findings.len())
    });
    assert!(catalogue.items.len() >= 12);
    let calendar = Calendar::announced();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue/applications");
    let (mut wrong, mut outcomes) = (Vec::new(), BTreeSet::new());
    for item in &catalogue.items {
        let text = std::fs::read_to_string(folder.join(format!("{}.toml", item.code))).unwrap_or_default();
        let cases: Cases = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", item.code));
        if cases.cases.len() < 3 {
            wrong.push(format!("{}: {} worked applications, at least 3 are needed", item.code, cases.cases.len()));
        }
        for case in &cases.cases {
            outcomes.insert(format!("{:?}", case.expect.outcome));
            wrong.extend(run(item, case, &calendar));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert_eq!(outcomes.len(), 8, "every outcome occurs: {outcomes:?}");
}

#[test]
fn the_same_content_has_the_same_version() {
    let bundle = || author::compile(&author::sample()).unwrap().bundle(Calendar::announced());
    assert_eq!(bundle().version, bundle().version);
    let mut other = author::compile(&author::sample()).unwrap();
    other.items[0].summary.en.push('!');
    assert_ne!(other.bundle(Calendar::announced()).version, bundle().version);
}

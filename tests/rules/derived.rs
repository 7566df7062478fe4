//! Derived names: they stand for their expressions, in whatever order they are written; circles and growth are refused.

use crate::{today, world};
use mingbai::calendar::Calendar;
use mingbai::catalogue::author::{Catalogue, Source, compile, sample};
use mingbai::catalogue::{Decided, Item};
use mingbai::rules::author::{self, Refused};
use mingbai::rules::{Known, Rule, Value};

fn entries(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

fn derive(all: &[(&str, &str)], text: &str) -> (Vec<Result<Rule, Refused>>, Result<Rule, Refused>) {
    let mut scope = world::scope();
    let answers = author::derive(&entries(all), &mut scope);
    (answers, author::condition(text, &scope))
}

fn code<T>(answer: &Result<T, Refused>) -> &str {
    answer.as_ref().err().map_or("", |refused| refused.code)
}

#[test]
fn a_derived_name_is_its_expression() {
    let names = [("enough", "total >= 3 && a"), ("total", "n + m"), ("sizes", "[n, m].filter(x, x > 0)"), ("later", "today + days(n)")];
    let (answers, rule) = derive(&names, "enough || sizes.exists(v, v > total) || later < today");
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let (rule, plain) = (
        rule.unwrap(),
        author::condition("n + m >= 3 && a || [n, m].filter(x, x > 0).exists(v, v > n + m) || today + days(n) < today", &world::scope())
            .unwrap(),
    );
    assert_eq!(rule.expr, plain.expr);
    let calendar = Calendar::announced();
    let verdict = rule.evaluate(&world::facts(&[Some(1), None, Some(1), Some(2)]), &today(&calendar));
    assert_eq!(
        (verdict.value, verdict.because.to_vec()),
        (Known::Value(Value::Bool(true)), vec!["a", "m", "n"]),
        "reasons are those of the facts"
    );
}

#[test]
fn circles_are_named() {
    let (answers, rule) = derive(&[("x", "y + 1"), ("y", "n + z"), ("z", "x"), ("behind", "z > 1"), ("fine", "n > 1")], "behind || a");
    let codes: Vec<&str> = answers.iter().map(code).collect();
    assert_eq!(codes, ["rule.circular", "rule.circular", "rule.circular", "rule.rests-on-refused", ""]);
    let refused = answers[1].as_ref().unwrap_err();
    assert!(refused.message.en.contains("y → z → x → y"), "{}", refused.message.en);
    assert_eq!(&"n + z"[refused.at.clone()], "z");
    assert_eq!(code(&rule), "rule.rests-on-refused");
    assert_eq!(code(&derive(&[("x", "x")], "a").0[0]), "rule.circular");
}

#[test]
fn a_refused_name_refuses_what_rests_on_it() {
    let (answers, rule) = derive(&[("x", "nobody + 1"), ("y", "x + 1"), ("z", "n >")], "y > 1 || z");
    assert_eq!(answers.iter().map(code).collect::<Vec<_>>(), ["rule.unknown-name", "rule.rests-on-refused", "rule.syntax"]);
    assert_eq!(code(&rule), "rule.rests-on-refused");
}

#[test]
fn growth_is_bounded() {
    let doubling: Vec<(String, String)> =
        (0..40).map(|i| (format!("d{i}"), if i == 0 { "n".to_owned() } else { format!("(d{0} - d{0}) * 2", i - 1) })).collect();
    let mut scope = world::scope();
    let answers = author::derive(&doubling, &mut scope);
    assert!(answers.iter().any(|a| matches!(code(a), "rule.too-large" | "rule.too-deep")));
    assert!(answers.iter().all(|a| matches!(code(a), "" | "rule.too-large" | "rule.too-deep" | "rule.rests-on-refused")));
    let deep: Vec<(String, String)> =
        (0..100).map(|i| (format!("d{i}"), if i == 0 { "n".to_owned() } else { format!("d{} + 1", i - 1) })).collect();
    let answers = author::derive(&deep, &mut world::scope());
    assert_eq!(answers.iter().find(|a| a.is_err()).map(code), Some("rule.too-deep"));
}

#[test]
fn a_name_is_not_a_variable() {
    let (_, rule) = derive(&[("x", "n + 1")], "[n].all(x, x > 0)");
    assert_eq!(code(&rule), "rule.name-taken");
}

/// The sample with `more` at the end of one of its items, and `from` made `to` in it.
fn catalogue(more: &str, from: &str, to: &str) -> Vec<Source> {
    let mut sources = sample();
    let item = sources.iter_mut().find(|s| s.name == "association-setup.toml").unwrap();
    assert!(item.text.contains(from));
    item.text = format!("{}\n{more}", item.text.replace(from, to));
    sources
}

fn named(code: &str, rule: &str) -> String {
    format!("[[derived]]\ncode = \"{code}\"\nname = {{ zh = \"合计\", en = \"Total\" }}\nrule = \"{rule}\"\n")
}

#[test]
fn an_item_may_name_what_its_rules_share() {
    let plain = compile(&sample()).unwrap();
    let short = compile(&catalogue(&named("total", "individuals + units"), "individuals + units >= 50", "total >= 50")).unwrap();
    let item = |catalogue: &Catalogue| catalogue.items.iter().find(|i| i.code == "association-setup").unwrap().clone();
    let (plain, short) = (item(&plain), item(&short));
    assert_eq!(short.derived.len(), 1);
    let exprs = |item: &Item| -> Vec<_> {
        item.conditions.iter().filter_map(|c| if let Decided::Rule(rule) = &c.decided { Some(rule.expr.clone()) } else { None }).collect()
    };
    assert_eq!(exprs(&short), exprs(&plain), "the rules are the same once compiled");
}

#[test]
fn an_item_is_told_of_its_circles() {
    let circle = named("x", "y + 1") + &named("y", "individuals + x");
    let findings = compile(&catalogue(&circle, "individuals", "individuals")).unwrap_err();
    let found: Vec<_> = findings.iter().map(|f| (f.code, f.file.as_str(), f.place.as_str(), f.help.is_some())).collect();
    let expected = |place| ("rule.circular", "association-setup.toml", place, true);
    assert_eq!(found, [expected("derived[x].rule"), expected("derived[y].rule")]);
    assert!(findings[1].message.en.contains("y → x → y") && findings[1].message.zh.contains("y → x → y"));
    let marked: String = findings[1].text.chars().skip(findings[1].column - 1).take(findings[1].width).collect();
    assert_eq!(marked, "x");
}

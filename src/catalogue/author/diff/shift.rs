//! For whom a rule changed: proved, with an application for each way in which it did, told by its answers.

use super::compare::Comparison;
use super::words::{about, became};
use crate::catalogue::author::Witness;
use crate::catalogue::{Fact, Item};
use crate::rules::expr::Expr;
use crate::rules::solve::{Domains, Implied, implies};
use crate::rules::{Rule, Type, Value};
use crate::words::{Lang, Phrase, Text, money};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// How the applications that a rule holds for changed.
enum Shift {
    Same,
    /// Fewer: this one no longer.
    Fewer(Witness),
    /// More: this one now.
    More(Witness),
    /// This one no longer, that one now.
    Other(Witness, Witness),
    Unproved,
}

/// What is said of a rule that changed: holding for fewer, for more, for others; and of the examples.
pub(super) struct Sides {
    pub fewer: (&'static str, Phrase),
    pub more: (&'static str, Phrase),
    pub other: (&'static str, Phrase),
    pub unproved: (&'static str, Phrase),
    pub before: Phrase,
    pub after: Phrase,
}

impl Comparison<'_> {
    /// Tells how a rule changed, if it did.
    pub(super) fn shifted(&mut self, place: &str, texts: (&Text, &Text), old: &Rule, new: &Rule, words: &Sides) -> bool {
        let shift = self.shift(old, new);
        let ((code, what), examples) = match shift {
            Shift::Same => return false,
            Shift::Fewer(lost) => (words.fewer, vec![(lost, words.before)]),
            Shift::More(won) => (words.more, vec![(won, words.after)]),
            Shift::Other(lost, won) => (words.other, vec![(lost, words.before), (won, words.after)]),
            Shift::Unproved => (words.unproved, vec![]),
        };
        let mut say = if texts.0 == texts.1 { about(what.text(), texts.1) } else { became(what, texts.0, texts.1) };
        for (example, now) in &examples {
            let answers = self.answers_of(example, old, new);
            say.zh += &format!(";例如,{}:{}", answers.zh, now.zh);
            say.en += &format!("; for example, {}: {}", answers.en, now.en);
        }
        self.show(code, place, say, examples.into_iter().map(|(example, _)| example).collect());
        true
    }

    fn shift(&self, old: &Rule, new: &Rule) -> Shift {
        if old.expr == new.expr {
            return Shift::Same;
        }
        let under = |rule| -> Vec<&Rule> { self.beyond_gates.iter().chain([rule]).collect() };
        match (implies(&under(new), old, &self.domains), implies(&under(old), new, &self.domains)) {
            (Implied::Always, Implied::Always) => Shift::Same,
            (Implied::Always, Implied::Not(lost)) => Shift::Fewer(lost.into()),
            (Implied::Not(won), Implied::Always) => Shift::More(won.into()),
            (Implied::Not(won), Implied::Not(lost)) => Shift::Other(lost.into(), won.into()),
            _ => Shift::Unproved,
        }
    }

    /// The answers of an example that the two rules read.
    fn answers_of(&self, example: &Witness, old: &Rule, new: &Rule) -> Text {
        let paths: BTreeSet<&str> = old.expr.paths().into_iter().chain(new.expr.paths()).collect();
        let said = |path: &&str| [self.new, self.old].into_iter().find_map(|item| answer(item, path, example));
        let (mut zh, mut en): (Vec<String>, Vec<String>) = paths.iter().filter_map(said).map(|text| (text.zh, text.en)).unzip();
        if [old, new].into_iter().any(|rule| of_today(rule)) {
            zh.insert(0, format!("{} 申请", example.today));
            en.insert(0, format!("applying on {}", example.today));
        }
        Text::new(zh.join("、"), en.join(", "))
    }
}

/// Answers that either version takes. What has another type in each cannot be compared, and stays as the new one has it.
pub(super) fn both<'a>(old: Domains<'a>, mut new: Domains<'a>) -> Domains<'a> {
    for (path, before) in old.facts {
        match new.facts.get_mut(&path) {
            None => {
                new.facts.insert(path, before);
            }
            Some(after) => {
                (after.min, after.max) = (after.min.min(before.min), after.max.max(before.max));
                if let (Type::Choice(options), Type::Choice(others)) = (&mut after.ty, before.ty) {
                    let further: Vec<String> = others.into_iter().filter(|option| !options.contains(option)).collect();
                    options.extend(further);
                }
            }
        }
    }
    new.today = (new.today.0.min(old.today.0), new.today.1.max(old.today.1));
    new
}

fn of_today(rule: &Rule) -> bool {
    let mut found = false;
    rule.expr.visit(&mut |expr| found |= matches!(expr, Expr::Today));
    found
}

pub(super) fn always() -> Rule {
    Rule { text: "true".to_owned(), expr: Expr::Literal(Value::Bool(true)) }
}

/// One answer in words: `个人会员 45 名`.
fn answer(item: &Item, path: &str, example: &Witness) -> Option<Text> {
    if let Some(fact) = item.fact(path) {
        return Some(said(fact, example.facts.get(path)?));
    }
    let (code, field) = path.strip_prefix("materials.")?.split_once('.')?;
    let name = &item.material(code)?.name;
    let value = example.materials.get(code).and_then(|declared| declared.get(field));
    let (what, value) = match (field, value) {
        ("have", Some(Json::Bool(true))) => return Some(Text::new(format!("有{}", name.zh), format!("with {}", name.en))),
        ("have", _) => return Some(Text::new(format!("没有{}", name.zh), format!("without {}", name.en))),
        (_, None) => return None,
        ("originals", Some(value)) => (Phrase::new("原件", "originals"), value),
        ("copies", Some(value)) => (Phrase::new("复印件", "copies"), value),
        ("valid_until", Some(value)) => (Phrase::new("有效期至", "valid until"), value),
        ("issued_on", Some(value)) => (Phrase::new("出具日期", "issued on"), value),
        (_, Some(value)) => (Phrase::new("号码", "number"), value),
    };
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(Text::new(format!("{}{} {value}", name.zh, what.zh), format!("{} {} {value}", name.en, what.en)))
}

fn said(fact: &Fact, value: &Json) -> Text {
    let Text { zh, en } = &fact.name;
    let unit = |number: String| match &fact.unit {
        Some(unit) if en.ends_with(&unit.en) => Text::new(format!("{zh} {number} {}", unit.zh), format!("{number} {en}")),
        Some(unit) => Text::new(format!("{zh} {number} {}", unit.zh), format!("{en} {number} {}", unit.en)),
        None => Text::new(format!("{zh} {number}"), format!("{en} {number}")),
    };
    match (&fact.ty, value) {
        (Type::Bool, Json::Bool(true)) => Text::new(format!("{zh}(是)"), format!("{en} (yes)")),
        (Type::Bool, _) => Text::new(format!("{zh}(否)"), format!("{en} (no)")),
        (Type::Money, _) => {
            let fen = value.as_i64().unwrap_or_default();
            Text::new(format!("{zh} {}", money::show(fen, Lang::Zh)), format!("{en} {}", money::show(fen, Lang::En)))
        }
        (Type::List(_), _) => unit(value.as_array().map_or(0, Vec::len).to_string()),
        (Type::Choice(_), Json::String(code)) => {
            let name = fact.options.iter().find(|option| option.code == *code).map(|option| option.name.clone());
            let name = name.unwrap_or_else(|| Text::new(code, code));
            Text::new(format!("{zh}({})", name.zh), format!("{en} ({})", name.en))
        }
        (_, Json::String(text)) => Text::new(format!("{zh}“{text}”"), format!("{en} “{text}”")),
        _ => unit(value.to_string()),
    }
}

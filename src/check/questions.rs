//! Which fact to ask next: the first unanswered one, in catalogue order with gates first, that can still change the
//! outcome. A fact that no longer matters is not asked; an answer that stopped mattering is kept, but not submitted.

use super::application::Application;
use super::assess::needed;
use crate::catalogue::{Decided, Item};
use crate::rules::{Facts, Known, Rule, Today, Value};
use std::collections::BTreeSet;

/// The facts that can still change the outcome, in the order to ask them: while a gate is undecided only the gates'.
pub fn open(item: &Item, facts: &Facts, today: &Today) -> Vec<String> {
    let mut missing = BTreeSet::new();
    for gate in &item.gates {
        let verdict = gate.when.evaluate(facts, today);
        match verdict.value {
            Known::Value(Value::Bool(true)) => return in_order(item, missing),
            _ => missing.extend(verdict.missing),
        }
    }
    if missing.is_empty() {
        for rule in rules_after_gates(item, facts, today) {
            missing.extend(rule.evaluate(facts, today).missing);
        }
    }
    in_order(item, missing)
}

/// The next fact to ask, if any.
pub fn next(item: &Item, application: &Application, today: &Today) -> Option<String> {
    let (facts, _) = application.facts(item, today.date);
    open(item, &facts, today).into_iter().next()
}

/// The answered facts that matter as things stand, in catalogue order: those a gate, a condition or a material's rule
/// reads. What is not among them is not submitted.
pub fn relevant(item: &Item, application: &Application, today: &Today) -> Vec<String> {
    let (facts, _) = application.facts(item, today.date);
    let mut used = BTreeSet::new();
    for gate in &item.gates {
        let verdict = gate.when.evaluate(&facts, today);
        used.extend(verdict.because);
        if verdict.value == Known::Value(Value::Bool(true)) {
            return in_order(item, used);
        }
    }
    for rule in rules_after_gates(item, &facts, today) {
        let verdict = rule.evaluate(&facts, today);
        used.extend(verdict.because);
    }
    in_order(item, used)
}

/// The rules of conditions, and of materials as far as they may be needed.
fn rules_after_gates<'a>(item: &'a Item, facts: &'a Facts, today: &'a Today<'a>) -> impl Iterator<Item = &'a Rule> {
    let conditions = item.conditions.iter().filter_map(|c| match &c.decided {
        Decided::Rule(rule) => Some(rule),
        Decided::HumanCheck(_) => None,
    });
    let materials = item.materials.iter().flat_map(move |m| {
        let standards = m.standards.iter().filter_map(|s| s.rule.as_ref());
        let applies = needed(m, facts, today) == Some(true);
        m.needed_when.iter().chain(standards.filter(move |_| applies))
    });
    conditions.chain(materials)
}

/// Facts only (material fields are asked on the material's card), each once, in catalogue order.
fn in_order(item: &Item, wanted: BTreeSet<String>) -> Vec<String> {
    item.facts.iter().filter(|f| wanted.contains(&f.code)).map(|f| f.code.clone()).collect()
}

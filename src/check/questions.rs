//! Which fact to ask next: the first unanswered one, in catalogue order with gates first, that can still change the
//! outcome. A fact that no longer matters is not asked; an answer that stopped mattering is kept, but not submitted.

use super::application::Application;
use super::assess::needed;
use super::settle::{OnFault, settle};
use crate::catalogue::{Decided, Item, Material};
use crate::rules::{Facts, Known, Rule, Today, Value};
use std::collections::BTreeSet;

/// The facts that can still change the outcome, in the order to ask them: while a gate is undecided only the gates', those of
/// an earlier gate first, for once it holds the later ones are not looked at.
pub fn open(item: &Item, facts: &Facts, today: &Today) -> Vec<String> {
    let (mut open, mut undecided) = (Vec::new(), false);
    for gate in &item.gates {
        let verdict = settle(item, &gate.when, facts, today, OnFault::False);
        if verdict.truth() == Some(true) {
            return open;
        }
        undecided |= verdict.value == Known::Unknown;
        for code in in_order(item, verdict.missing.into_iter().collect()) {
            if !open.contains(&code) {
                open.push(code);
            }
        }
    }
    if undecided {
        return open;
    }
    let rules = rules_after_gates(item, facts, today);
    in_order(item, rules.flat_map(|(rule, on_fault)| settle(item, rule, facts, today, on_fault).missing).collect())
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
        let verdict = settle(item, &gate.when, &facts, today, OnFault::False);
        let holds = verdict.truth() == Some(true);
        used.extend(verdict.because);
        if holds {
            return in_order(item, used);
        }
    }
    for (rule, on_fault) in rules_after_gates(item, &facts, today) {
        used.extend(settle(item, rule, &facts, today, on_fault).because);
    }
    in_order(item, used)
}

/// The rules of conditions, and of materials as far as they may be needed and may be at hand.
fn rules_after_gates<'a>(item: &'a Item, facts: &'a Facts, today: &'a Today<'a>) -> impl Iterator<Item = (&'a Rule, OnFault)> {
    let conditions = item.conditions.iter().filter_map(|c| match &c.decided {
        Decided::Rule(rule) => Some((rule, OnFault::Person)),
        Decided::HumanCheck(_) => None,
    });
    let materials = item.materials.iter().flat_map(move |m| {
        let standards = m.standards.iter().filter_map(|s| s.rule.as_ref());
        let without = facts.get(&Material::path(&m.code, "have")) == Some(Some(&Value::Bool(false)));
        let applies = !without && needed(item, m, facts, today) == Some(true);
        m.needed_when.iter().chain(standards.filter(move |_| applies)).map(|rule| (rule, OnFault::True))
    });
    conditions.chain(materials)
}

/// Facts only (material fields are asked on the material's card), each once, in catalogue order.
fn in_order(item: &Item, wanted: BTreeSet<&str>) -> Vec<String> {
    item.facts.iter().filter(|f| wanted.contains(f.code.as_str())).map(|f| f.code.clone()).collect()
}

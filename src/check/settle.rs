//! What a rule comes to for an item's applicant. Rules follow CEL: an unknown operand makes `a && b` unknown unless the
//! other decides. That can leave a rule unknown although every answer would give it the same value: of
//! `(a && b) || (!a && c)` nothing is open once b and c hold. Here such a rule is settled, so that no question is asked that
//! cannot change anything: the missing facts are tried with one value of every kind that the rule tells apart.
//!
//! Only facts whose answers can be told apart so are tried: bools and choices, and numbers, dates and texts that the rule
//! compares with known values, alone or with a known number added or taken away. What rests on other facts (two missing
//! numbers added, a list's entries, a text's parts), or takes more than [`MOST`] trials, stays as CEL has it.

use crate::catalogue::{Fact, Item};
use crate::rules::expr::{Comparison, Expr, Operator, Rule};
use crate::rules::value::{FIRST_DAY, LAST_DAY};
use crate::rules::{Facts, Known, Paths, Today, Type, Value, Verdict};
use std::collections::BTreeSet;

/// The most combinations that are tried.
const MOST: usize = 256;
/// Numbers with so few possible values are tried one by one.
const FEW: i64 = 8;

/// What a fault counts as where the rule stands: a gate with one does not hold, a material may be needed all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFault {
    /// Something of its own: a person must look.
    Person,
    True,
    False,
}

/// As [`Rule::evaluate`], but known where no answer can change it, and missing only what can.
pub fn settle<'r>(item: &Item, rule: &'r Rule, facts: &Facts, today: &Today, on_fault: OnFault) -> Verdict<'r> {
    let verdict = rule.evaluate(facts, today);
    if verdict.value != Known::Unknown {
        return verdict;
    }
    let paths = rule.expr.paths();
    let missing = paths.iter().copied().filter(|path| facts.get(path).is_none());
    let tried: Vec<(&'r str, Vec<Value>)> =
        missing.filter_map(|path| Some((path, kinds(&rule.expr, item.fact(path)?, facts, today)?))).collect();
    let combinations = tried.iter().try_fold(1_usize, |product, (_, values)| product.checked_mul(values.len()));
    if tried.is_empty() || combinations.is_none_or(|n| n > MOST) {
        return verdict;
    }
    let mut verdicts = try_all(&rule.expr, &tried, facts, today);
    for verdict in verdicts.iter_mut().filter(|v| on_fault != OnFault::Person && matches!(v.value, Known::Fault(_))) {
        verdict.value = Known::Value(Value::Bool(on_fault == OnFault::True));
    }
    let Some(first) = verdicts.first() else { return verdict };
    if first.value != Known::Unknown && verdicts.iter().all(|v| v.value == first.value) {
        let because: BTreeSet<&str> = verdicts.iter().flat_map(|v| &v.because).copied().collect();
        let because = because.into_iter().filter(|path| facts.get(path).is_some()).collect();
        return Verdict { value: first.value.clone(), because, missing: Paths::new() };
    }
    let matter = matter(&tried, &verdicts);
    let missing: Paths = verdict.missing.iter().copied().filter(|path| matter.contains(path)).collect();
    // A condition that chooses between equal branches does not matter; what stands in them does.
    let missing = if missing.is_empty() { paths.into_iter().filter(|path| matter.contains(path)).collect() } else { missing };
    Verdict { missing, ..verdict }
}

/// One value of every kind of answer to `fact` that the rule tells apart; `None` where that cannot be said.
fn kinds(expr: &Expr, fact: &Fact, facts: &Facts, today: &Today) -> Option<Vec<Value>> {
    let mut uses = Uses { fact: &fact.code, facts, today, all: 0, told: 0, computed: false, values: vec![] };
    uses.read(expr);
    let Uses { all, told, computed, values, .. } = uses;
    let told = all == told;
    let (min, max) = (fact.min.unwrap_or(i64::MIN), fact.max.unwrap_or(i64::MAX));
    let few = max.checked_sub(min).is_some_and(|span| (0..FEW).contains(&span));
    let kinds: Vec<Value> = match &fact.ty {
        _ if all == 0 => vec![],
        Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Type::Choice(options) => options.iter().cloned().map(Value::Text).collect(),
        Type::Int | Type::Money if told || few => {
            let number = |value: &Value| if let Value::Int(n) | Value::Money(n) = value { Some(*n) } else { None };
            let around = values.iter().filter_map(number).flat_map(|n| [n.saturating_sub(1), n, n.saturating_add(1)]);
            // A sum can overflow at the ends.
            let ends = [min, max].into_iter().filter(|_| computed);
            let value = if fact.ty == Type::Money { Value::Money } else { Value::Int };
            if few { (min..=max).map(value).collect() } else { each_once(around.chain(ends).map(|n| value(n.clamp(min, max.max(min))))) }
        }
        Type::Date if told => {
            let date = |value: &Value| if let Value::Date(d) = value { Some(*d) } else { None };
            let around = values.iter().filter_map(date).flat_map(|d| [d.pred_opt(), Some(d), d.succ_opt()]);
            each_once(around.flatten().map(|d| Value::Date(d.clamp(FIRST_DAY, LAST_DAY))))
        }
        // Equal to one of them, or to none.
        Type::Text if told => values.into_iter().chain([Value::Text("\u{0}".to_owned())]).collect(),
        _ => vec![],
    };
    (!kinds.is_empty()).then_some(kinds)
}

/// More than can be tried need not be told apart. No set: sorting is much code for a download.
fn each_once(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut once = Vec::new();
    for value in values {
        if once.len() <= MOST && !once.contains(&value) {
            once.push(value);
        }
    }
    once
}

/// Where a rule reads a fact: how often, how often in a comparison with known values, and those values.
struct Uses<'a> {
    fact: &'a str,
    facts: &'a Facts,
    today: &'a Today<'a>,
    all: usize,
    told: usize,
    /// Some of those comparisons are of a sum.
    computed: bool,
    values: Vec<Value>,
}

impl Uses<'_> {
    fn read(&mut self, expr: &Expr) {
        match expr {
            Expr::Fact(path) if path == self.fact => self.all += 1,
            Expr::Compare(comparison, a, b) => {
                let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
                for (one, other) in [(a, b), (b, a)] {
                    if let Some(value) = self.known(other).filter(|value| !(ordered && matches!(value, Value::Text(_)))) {
                        self.meets(one, value);
                    }
                }
            }
            Expr::In(one, list) => {
                if let Some(Value::List(values)) = self.known(list)
                    && matches!(&**one, Expr::Fact(path) if path == self.fact)
                {
                    self.told += 1;
                    self.values.extend(values);
                }
            }
            _ => {}
        }
        expr.parts(&mut |part| self.read(part));
    }

    fn known(&self, expr: &Expr) -> Option<Value> {
        match expr.evaluate(self.facts, self.today).value {
            Known::Value(value) => Some(value),
            Known::Unknown | Known::Fault(_) => None,
        }
    }

    /// The fact itself, or the fact and a known number added or taken away, is compared with `value`.
    fn meets(&mut self, expr: &Expr, value: Value) {
        match expr {
            Expr::Fact(path) if path == self.fact => {
                self.told += 1;
                self.values.push(value);
            }
            Expr::Arithmetic(Operator::Add, a, b) => {
                self.computed = true;
                for (one, other) in [(a, b), (b, a)] {
                    if let Some(rest) = self.known(other).and_then(|known| shifted(&value, &known, i64::checked_sub)) {
                        self.meets(one, rest);
                    }
                }
            }
            Expr::Arithmetic(Operator::Subtract, a, b) => {
                self.computed = true;
                if let Some(sum) = self.known(b).and_then(|known| shifted(&value, &known, i64::checked_add)) {
                    self.meets(a, sum);
                } else if let Some(rest) = self.known(a).and_then(|known| shifted(&known, &value, i64::checked_sub)) {
                    self.meets(b, rest);
                }
            }
            _ => {}
        }
    }
}

fn shifted(value: &Value, by: &Value, shift: fn(i64, i64) -> Option<i64>) -> Option<Value> {
    match (value, by) {
        (Value::Int(a), Value::Int(b)) => shift(*a, *b).map(Value::Int),
        (Value::Money(a), Value::Money(b)) => shift(*a, *b).map(Value::Money),
        _ => None,
    }
}

/// The verdict on every combination; the first fact's values change fastest.
fn try_all<'r>(expr: &'r Expr, tried: &[(&str, Vec<Value>)], facts: &Facts, today: &Today) -> Vec<Verdict<'r>> {
    let known = expr.paths().into_iter().filter_map(|path| Some((path, facts.get(path)?.cloned())));
    let first = tried.iter().map(|(code, values)| (*code, values.first().cloned()));
    let mut facts = Facts::default();
    known.chain(first).for_each(|(path, value)| facts.set(path, value));
    let mut at = vec![0; tried.len()];
    let mut verdicts = Vec::new();
    loop {
        verdicts.push(expr.evaluate(&facts, today));
        let mut wheel = 0;
        loop {
            let (Some(at), Some((code, values))) = (at.get_mut(wheel), tried.get(wheel)) else { return verdicts };
            *at = (*at + 1) % values.len();
            facts.set(*code, values.get(*at).cloned());
            if *at > 0 {
                break;
            }
            wheel += 1;
        }
    }
}

/// The facts that can change the value, and those that are missing however the tried ones are answered.
fn matter<'a>(tried: &[(&'a str, Vec<Value>)], verdicts: &[Verdict<'a>]) -> BTreeSet<&'a str> {
    let mut found: BTreeSet<&str> = verdicts.iter().flat_map(|v| &v.missing).copied().collect();
    let mut stride = 1;
    for (code, values) in tried {
        let next = |at: usize| if (at / stride + 1) % values.len() == 0 { None } else { verdicts.get(at + stride) };
        let differs =
            |(at, verdict): (usize, &Verdict)| next(at).is_some_and(|other| other.value != verdict.value || other.value == Known::Unknown);
        if verdicts.iter().enumerate().any(differs) {
            found.insert(code);
        }
        stride *= values.len();
    }
    found
}

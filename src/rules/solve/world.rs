//! Numbers found → an application: every fact and every field of a material, with a value of its type, and the day.

use super::super::evaluate::{Fault, Known, Today};
use super::super::expr::{Comparison, Expr};
use super::super::value::{Facts, Type, Value};
use super::compile::{Compiler, Name};
use super::domain::{self, Otherwise};
use super::linear::Span;
use super::saying::{self, Saying};
use super::{Answer, Want, shape};
use crate::calendar::Calendar;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// An example: a complete application and the day on which it is given.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    pub today: NaiveDate,
    /// By path; `None` where there is known to be no value.
    pub facts: BTreeMap<String, Option<Value>>,
}

/// Work to find one entry of a list.
const ENTRY_BUDGET: usize = 50_000;

impl World {
    pub fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        self.facts.iter().for_each(|(path, value)| facts.set(path.clone(), value.clone()));
        facts
    }

    /// What the evaluator itself makes of an expression here.
    pub fn evaluate(&self, expr: &Expr, calendar: &Calendar) -> Known {
        expr.evaluate(&self.facts(), &Today { date: self.today, calendar }).value
    }

    /// Whether the expression comes to what is wanted.
    pub(super) fn shows(&self, expr: &Expr, want: Want, calendar: &Calendar) -> bool {
        match (self.evaluate(expr, calendar), want) {
            (Known::Value(Value::Bool(true)), Want::True | Want::NotFalse) => true,
            (Known::Value(Value::Bool(false)), Want::False | Want::NotTrue) => true,
            // A rule that does not fit its facts shows nothing about them.
            (Known::Fault(fault), Want::Fault | Want::NotTrue | Want::NotFalse) => fault != Fault::Mismatch,
            _ => false,
        }
    }
}

/// The world that these values describe. What is said of a text counts as far as `bounds` fix it.
pub(super) fn realise(compiler: &Compiler, bounds: &[Span], values: &[i128]) -> Option<World> {
    let mut world = World { today: compiler.domains.today.0, facts: BTreeMap::new() };
    let mut texts = BTreeMap::<&str, (Vec<(&Saying, bool)>, Span)>::new();
    let mut lists = BTreeMap::<&str, Vec<(usize, i128)>>::new();
    for (at, name) in compiler.names.iter().enumerate() {
        let value = values[at];
        match name {
            // What is said of an entry of some kind is no fact of its own.
            Name::Fact(path) | Name::Option(path, _) | Name::Saying(path, _) | Name::Length(path) if shape::of_kind(path) => {}
            Name::Fact(path) => drop(world.facts.insert(path.clone(), Some(compiler.domain(path)?.value(value)))),
            Name::Today => world.today = domain::date(value)?,
            Name::Option(path, option) if value == 1 => {
                let Type::Choice(options) = &compiler.domain(path)?.ty else { return None };
                world.facts.insert(path.clone(), Some(Value::Text(options.get(*option)?.clone())));
            }
            Name::Saying(path, saying) => {
                let said = &mut texts.entry(path).or_insert((vec![], bounds[at])).0;
                said.extend((bounds[at].0 == bounds[at].1).then_some((saying, value == 1)));
            }
            Name::Length(path) => texts.entry(path).or_insert((vec![], bounds[at])).1 = bounds[at],
            Name::Entries(path, kind) => lists.entry(path).or_default().push((*kind, value)),
            Name::Option(..) | Name::Total { .. } | Name::Computed(..) | Name::Opaque(_) => {}
        }
    }
    for (path, (sayings, length)) in texts {
        let Value::Text(usual) = &compiler.domain(path)?.usual else { return None };
        world.facts.insert(path.to_owned(), Some(Value::Text(saying::example(&sayings, length, usual)?)));
    }
    complete(compiler, &mut world);
    for (path, counts) in lists {
        let mut entries = Vec::new();
        for (kind, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            entries.extend(entries_of(compiler, values, &world, path, kind, usize::try_from(count).ok()?)?);
        }
        world.facts.insert(path.to_owned(), Some(Value::List(entries)));
    }
    Some(world)
}

/// Gives every other fact its usual value, and takes away what there cannot be.
fn complete(compiler: &Compiler, world: &mut World) {
    for (path, domain) in &compiler.domains.facts {
        world.facts.entry(path.clone()).or_insert_with(|| Some(domain.example()));
    }
    for (path, domain) in &compiler.domains.facts {
        if let Some(with) = &domain.with
            && world.facts.get(&with.path) == Some(&Some(Value::Bool(false)))
        {
            let without = match with.otherwise {
                Otherwise::Absent => None,
                Otherwise::Zero => Some(Value::Int(0)),
            };
            world.facts.insert(path.clone(), without);
        }
    }
}

/// `count` entries of one kind, with the sums that were found for them.
fn entries_of(compiler: &Compiler, values: &[i128], world: &World, path: &str, kind: usize, count: usize) -> Option<Vec<Value>> {
    let list = compiler.lists.get(path)?;
    let fixed: Vec<Expr> = list.conditions.iter().map(|condition| given(condition, world)).collect();
    let totals: Vec<(&Expr, bool, i128)> = compiler
        .names
        .iter()
        .zip(values)
        .filter_map(|(name, value)| match name {
            Name::Total { path: p, kind: k, each, money } if p == path && *k == kind => Some((each, *money, *value)),
            _ => None,
        })
        .collect();
    let mut entries: Vec<Value> = Vec::new();
    let mut before: Option<Vec<Expr>> = None;
    for at in 0..count {
        let shares: Vec<Expr> = totals.iter().map(|(each, money, total)| share(each, *money, *total, at, count)).collect();
        if before.as_ref() != Some(&shares) {
            let wanted = fixed.iter().zip(list.kinds[kind].iter().copied()).chain(shares.iter().map(|s| (s, Want::True)));
            let Answer::Yes(found) = super::answer_within(&super::all_of(&wanted.collect::<Vec<_>>()), compiler.domains, ENTRY_BUDGET)
            else {
                return None;
            };
            entries.push(record(compiler, &found, path));
            before = Some(shares);
        } else {
            entries.extend(entries.last().cloned());
        }
    }
    Some(entries)
}

/// That the `at`-th of `count` entries has its share of a total.
fn share(each: &Expr, money: bool, total: i128, at: usize, count: usize) -> Expr {
    let count = count as i128;
    let share = total.div_euclid(count) + i128::from((at as i128) < total.rem_euclid(count));
    let share = i64::try_from(share).unwrap_or(i64::MAX);
    let value = Expr::Literal(if money { Value::Money(share) } else { Value::Int(share) });
    Expr::Compare(Comparison::Equal, Box::new(each.clone()), Box::new(value))
}

/// What is said of an entry, in this world.
fn given(condition: &Expr, world: &World) -> Expr {
    shape::replace(condition, &|e| match e {
        Expr::Today => Some(Expr::Literal(Value::Date(world.today))),
        Expr::Fact(path) if !path.contains("[]") => world.facts.get(path)?.clone().map(Expr::Literal),
        _ => None,
    })
}

fn record(compiler: &Compiler, found: &World, path: &str) -> Value {
    let fields = compiler.domains.facts.get(path).map(|d| &d.fields).into_iter().flatten();
    let field = |(name, domain): (&String, &domain::Domain)| {
        let said = found.facts.get(&format!("{}.{name}", shape::entry(path))).cloned().flatten();
        (name.clone(), said.unwrap_or_else(|| domain.example()))
    };
    Value::Record(fields.map(field).collect())
}

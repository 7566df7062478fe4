//! Whole numbers within bounds, sums of them that must be at most 0, numbers computed from others, and statements of
//! which one branch or another must hold. [`System::search`] finds values for all of them or proves that there are none:
//! it narrows bounds as far as follows, tries the usual values, and splits what is open, within a budget.

use super::super::evaluate::{Known, Today};
use super::super::expr::{Expr, Function, Operator};
use super::super::value::{Facts, Period, Value};
use super::domain;
use super::formula::{Formula, Statement, any};
use super::linear::{self, Linear, Span, Variable};
use crate::calendar::Calendar;
use std::cell::Cell;
use std::rc::Rc;

pub struct System<'a> {
    pub calendar: &'a Calendar,
    pub bounds: Vec<Span>,
    /// What each variable is where nothing asks for anything else.
    pub usual: Vec<i128>,
    /// At most 0, always.
    pub sums: Vec<Linear>,
    pub computed: Vec<Computed>,
    /// How much has been looked at.
    pub work: Cell<usize>,
}

/// A variable that is a function of two sums.
pub struct Computed {
    pub variable: Variable,
    pub operation: Operation,
    pub a: Linear,
    pub b: Linear,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Multiply,
    /// Of these two the value for a divisor of 0 is left open: whatever uses it says that the divisor is another.
    Divide,
    Remainder,
    /// Whole years from the day `a` to the day `b`; -1 when that is before.
    Age,
    /// The day `a`, `b` years, months or working days later; [`FAR`] when no calendar goes so far.
    Years,
    Months,
    WorkingDays,
}

/// A day beyond every calendar.
pub const FAR: i128 = 1 << 40;

/// What a search came to.
pub enum Found<T> {
    /// Proved: there is no solution.
    Never,
    Yes(T),
    Unsure,
}

#[derive(Clone)]
struct Node {
    bounds: Vec<Span>,
    /// At most 0, by what has been chosen so far.
    sums: Vec<Linear>,
    /// Statements with more than one branch left.
    open: Vec<Formula>,
}

/// Bounds may creep towards each other one by one; that is cut short and left to elimination and splitting.
const ROUNDS: usize = 30;
/// What making an application of numbers counts for.
const REALISING: usize = 1000;
/// Longer periods of working days are not counted out.
const LONGEST_PERIOD: i128 = 500;

impl System<'_> {
    /// Values for which `formula` holds and which `realise` can make something of. It gets the bounds within which
    /// everything that was asked for holds, and one value in them for each variable. `budget` bounds the [`System::work`].
    pub fn search<T>(&self, formula: Formula, budget: usize, mut realise: impl FnMut(&[Span], &[i128]) -> Option<T>) -> Found<T> {
        // A fact whose bounds exclude each other has no answer.
        if self.bounds.iter().any(|(low, high)| low > high) {
            return Found::Never;
        }
        let mut nodes = vec![Node { bounds: self.bounds.clone(), sums: vec![], open: vec![formula] }];
        let mut sure = true;
        while self.work.get() < budget {
            let Some(mut node) = nodes.pop() else { return if sure { Found::Never } else { Found::Unsure } };
            if self.settle(&mut node).is_none() || self.contradicts(&node) {
                continue;
            }
            if let Some(at) = (0..node.open.len()).min_by_key(|at| branches(&node.open[*at]).len()) {
                split(node, at, &mut nodes);
                continue;
            }
            let found = self.dive(&node, budget).and_then(|values| {
                self.work.set(self.work.get() + REALISING);
                realise(&node.bounds, &values)
            });
            if let Some(found) = found {
                return Found::Yes(found);
            }
            match self.narrowest(&node) {
                Some(variable) => halve(node, variable, &mut nodes),
                None => sure = false,
            }
        }
        Found::Unsure
    }

    /// Bounds of `sum` where `formula` holds; `None` when that is nowhere.
    pub fn span_where(&self, formula: Formula, sum: &Linear) -> Option<Span> {
        let mut node = Node { bounds: self.bounds.clone(), sums: vec![], open: vec![formula] };
        self.settle(&mut node)?;
        sum.span(&node.bounds)
    }

    /// Draws every conclusion; `None` when they contradict each other.
    fn settle(&self, node: &mut Node) -> Option<()> {
        for _ in 0..ROUNDS {
            let open: usize = node.open.iter().map(|f| f.size()).sum();
            let computed: usize = self.computed.iter().map(|c| c.cost(&node.bounds)).sum();
            self.work.set(self.work.get() + 1 + open + self.sums.len() + node.sums.len() + computed);
            let mut changed = simplify(node)?;
            for sum in self.sums.iter().chain(&node.sums) {
                changed |= sum.narrow(&mut node.bounds)?;
            }
            for computed in &self.computed {
                changed |= computed.narrow(&mut node.bounds, self.calendar)?;
            }
            if !changed {
                break;
            }
        }
        Some(())
    }

    /// Sums that the bounds alone leave undecided.
    fn loose<'n>(&'n self, node: &'n Node) -> impl Iterator<Item = &'n Linear> {
        self.sums.iter().chain(&node.sums).filter(|sum| sum.holds(&node.bounds).is_none())
    }

    fn contradicts(&self, node: &Node) -> bool {
        let mut sums: Vec<Linear> = self.loose(node).cloned().collect();
        if sums.len() < 2 {
            return false;
        }
        let mut variables: Vec<Variable> = sums.iter().flat_map(Linear::variables).collect();
        variables.sort_unstable();
        variables.dedup();
        for variable in variables {
            let (low, high) = node.bounds[variable];
            let value = Linear::variable(variable);
            sums.push(value.minus(high));
            sums.push(value.minus(low - 1).otherwise());
        }
        linear::contradictory(sums)
    }

    /// One value after the other, the usual one first.
    fn dive(&self, node: &Node, budget: usize) -> Option<Vec<i128>> {
        let mut node = node.clone();
        for variable in 0..node.bounds.len() {
            if self.work.get() >= budget {
                return None;
            }
            let (low, high) = node.bounds[variable];
            if low == high {
                continue;
            }
            let tries = [self.usual[variable].clamp(low, high), low, high, low + (high - low) / 2];
            node = tries.into_iter().find_map(|value| {
                let mut fixed = node.clone();
                fixed.bounds[variable] = (value, value);
                self.settle(&mut fixed).map(|()| fixed)
            })?;
        }
        Some(node.bounds.iter().map(|(low, _)| *low).collect())
    }

    /// The variable with the fewest values among those on which something undecided depends.
    fn narrowest(&self, node: &Node) -> Option<Variable> {
        let loose = self.loose(node).flat_map(Linear::variables);
        let computed = self.computed.iter().flat_map(|c| c.a.variables().chain(c.b.variables()));
        let open = loose.chain(computed).filter(|v| node.bounds[*v].0 < node.bounds[*v].1);
        open.min_by_key(|v| node.bounds[*v].1 - node.bounds[*v].0)
    }
}

/// Takes statements apart; whether that added a sum. `None` when one of them cannot hold.
fn simplify(node: &mut Node) -> Option<bool> {
    let mut changed = false;
    let mut work = std::mem::take(&mut node.open);
    while let Some(formula) = work.pop() {
        match (&*formula, formula.holds(&node.bounds)) {
            (_, Some(true)) => {}
            (_, Some(false)) => return None,
            (Statement::AtMostZero(sum), None) => {
                if !node.sums.contains(sum) {
                    node.sums.push(sum.clone());
                    changed = true;
                }
            }
            (Statement::All(parts, _), None) => work.extend(parts.iter().cloned()),
            (Statement::Any(parts, _), None) => {
                let left = any(parts.iter().filter(|p| p.holds(&node.bounds) != Some(false)).cloned());
                let several = matches!(&*left, Statement::Any(..));
                (if several { &mut node.open } else { &mut work }).push(left);
            }
            (Statement::Yes | Statement::No, None) => {}
        }
    }
    Some(changed)
}

fn branches(formula: &Formula) -> &[Formula] {
    match &**formula {
        Statement::Any(parts, _) => parts,
        _ => &[],
    }
}

/// One node for each branch of an open statement, the first on top. Where a branch is a single sum the later ones
/// need only be looked at where it does not hold.
fn split(mut node: Node, at: usize, nodes: &mut Vec<Node>) {
    let statement = node.open.swap_remove(at);
    let mut children = Vec::new();
    for branch in branches(&statement) {
        let mut child = node.clone();
        child.open.push(branch.clone());
        children.push(child);
        if let Statement::AtMostZero(sum) = &**branch {
            node.open.push(Rc::new(Statement::AtMostZero(sum.otherwise())));
        }
    }
    nodes.extend(children.into_iter().rev());
}

fn halve(node: Node, variable: Variable, nodes: &mut Vec<Node>) {
    let (low, high) = node.bounds[variable];
    let middle = low + (high - low) / 2;
    let mut upper = node.clone();
    upper.bounds[variable].0 = middle + 1;
    let mut lower = node;
    lower.bounds[variable].1 = middle;
    nodes.extend([upper, lower]);
}

impl Computed {
    /// Working days are counted one by one.
    fn cost(&self, bounds: &[Span]) -> usize {
        let days = self.b.span(bounds).map_or(0, |(low, high)| low.abs().max(high.abs()).min(LONGEST_PERIOD));
        if self.operation == Operation::WorkingDays { 50 * usize::try_from(days).unwrap_or(0) } else { 10 }
    }

    fn narrow(&self, bounds: &mut [Span], calendar: &Calendar) -> Option<bool> {
        let (Some(a), Some(b)) = (self.a.span(bounds), self.b.span(bounds)) else { return Some(false) };
        if self.operation.is_endless(b) {
            return Some(false);
        }
        let mut changed = match self.operation.span(a, b, calendar) {
            Some(span) => intersect(bounds, self.variable, span)?,
            None => false,
        };
        if let (Some(falls), Some((variable, shift))) = (self.operation.falls(), self.a.shifted_variable()) {
            // Where the first operand must lie for the result to lie within its bounds.
            let (least, most) = bounds[self.variable];
            let at = |x: i128, b: i128| self.operation.at(x + shift, b, calendar).unwrap_or(x);
            let (low, high) = bounds[variable];
            let span = if falls {
                (first(low, high, |x| at(x, b.0) <= most), first(low, high, |x| at(x, b.1) < least) - 1)
            } else {
                (first(low, high, |x| at(x, b.1) >= least), first(low, high, |x| at(x, b.0) > most) - 1)
            };
            changed |= intersect(bounds, variable, span)?;
        }
        Some(changed)
    }
}

fn intersect(bounds: &mut [Span], variable: Variable, (low, high): Span) -> Option<bool> {
    let before = bounds[variable];
    let after = (before.0.max(low), before.1.min(high));
    bounds[variable] = after;
    (after.0 <= after.1).then_some(after != before)
}

/// The first number from `low` for which `reached` holds; it holds for all after one. `high + 1` when there is none.
fn first(low: i128, high: i128, reached: impl Fn(i128) -> bool) -> i128 {
    if reached(low) {
        return low;
    }
    if !reached(high) {
        return high + 1;
    }
    let (mut before, mut at) = (low, high);
    while at - before > 1 {
        let middle = before + (at - before) / 2;
        *(if reached(middle) { &mut at } else { &mut before }) = middle;
    }
    at
}

impl Operation {
    /// Whether the result falls as the first operand grows; `None` where it is not known to do one or the other.
    fn falls(self) -> Option<bool> {
        match self {
            Operation::Age => Some(true),
            Operation::Years | Operation::Months | Operation::WorkingDays => Some(false),
            Operation::Multiply | Operation::Divide | Operation::Remainder => None,
        }
    }

    /// Whether it would take too long to compute.
    fn is_endless(self, b: Span) -> bool {
        self == Operation::WorkingDays && b.0.abs().max(b.1.abs()) > LONGEST_PERIOD
    }

    /// The result, as the evaluator computes it. `None`: there is none.
    fn at(self, a: i128, b: i128, calendar: &Calendar) -> Option<i128> {
        let period = match self {
            Operation::Multiply => return a.checked_mul(b),
            Operation::Divide => return a.checked_div(b),
            Operation::Remainder => return a.checked_rem(b),
            Operation::Age if b < a => return Some(-1),
            Operation::Age => {
                let (Some(birth), Some(day)) = (domain::date(a), domain::date(b)) else { return Some(FAR) };
                let age = Expr::Call(Function::AgeOn, vec![Expr::Literal(Value::Date(birth)), Expr::Literal(Value::Date(day))]);
                return constant(age, calendar).as_ref().and_then(domain::number);
            }
            Operation::Years => Period::Years,
            Operation::Months => Period::Months,
            Operation::WorkingDays => Period::WorkingDays,
        };
        let beyond = Some(if b < 0 { -FAR } else { FAR });
        let (Some(date), Ok(length)) = (domain::date(a), i32::try_from(b)) else { return beyond };
        let (date, period) = (Expr::Literal(Value::Date(date)), Expr::Literal(Value::Period(period(length))));
        let shifted = constant(Expr::Arithmetic(Operator::Add, Box::new(date), Box::new(period)), calendar);
        shifted.as_ref().and_then(domain::number).or(beyond)
    }

    /// The least and the greatest result for operands within bounds.
    pub fn span(self, a: Span, b: Span, calendar: &Calendar) -> Option<Span> {
        let corners = |b: Span| {
            let results = [(a.0, b.0), (a.0, b.1), (a.1, b.0), (a.1, b.1)].map(|(a, b)| self.at(a, b, calendar));
            let results = results.into_iter().collect::<Option<Vec<i128>>>()?;
            Some((*results.iter().min()?, *results.iter().max()?))
        };
        let farthest = a.0.abs().max(a.1.abs());
        match self {
            _ if self.is_endless(b) => None,
            Operation::Divide if b.0 <= 0 && b.1 >= 0 => Some((-farthest, farthest)),
            Operation::Remainder if a.0 == a.1 && b.0 == b.1 => corners(b),
            Operation::Remainder => {
                let most = farthest.min(b.0.abs().max(b.1.abs()));
                Some((if a.0 < 0 { -most } else { 0 }, if a.1 > 0 { most } else { 0 }))
            }
            _ => corners(b),
        }
    }
}

/// The value of an expression without facts, if it has one.
pub fn constant(expr: Expr, calendar: &Calendar) -> Option<Value> {
    match expr.evaluate(&Facts::default(), &Today { date: Default::default(), calendar }).value {
        Known::Value(value) => Some(value),
        Known::Unknown | Known::Fault(_) => None,
    }
}

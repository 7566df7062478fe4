//! A bound on the time that a rule can take, known from its typed form alone: answers hold at most [`LIST_LIMIT`] entries
//! and [`TEXT_LIMIT`] characters, and the language has no other loops than macros over lists.

use super::Scope;
use crate::rules::expr::{Expr, Function, Macro, Operator};
use crate::rules::value::{LIST_LIMIT, TEXT_LIMIT, Type, Value};
use std::collections::BTreeMap;

/// The most steps a rule may take; a step is some ten nanoseconds.
const COSTLIEST: u64 = 20_000_000;
/// Bytes of text that are as much work as one step, and those that a regular expression reads in one.
const STEP_BYTES: u64 = 1024;
const PATTERN_BYTES: u64 = 16;
/// A regular expression is compiled before it runs.
const PATTERN: u64 = 1000;

/// Whether the rule stays within the bound.
pub(super) fn bearable(expr: &Expr, scope: &Scope) -> bool {
    of(expr, scope, None).0 <= COSTLIEST
}

/// How large a value can be.
#[derive(Clone)]
enum Size {
    /// In bytes, for texts.
    Plain(u64),
    List {
        entries: u64,
        of: Box<Size>,
    },
    Record(BTreeMap<String, Size>),
}

impl Size {
    /// Steps of looking through all of it once, or of copying it.
    fn weight(&self) -> u64 {
        match self {
            Size::Plain(bytes) => 1 + bytes / STEP_BYTES,
            Size::List { entries, of } => entries.saturating_mul(of.weight()).saturating_add(1),
            Size::Record(fields) => fields.values().fold(1, |sum, field| sum.saturating_add(field.weight())),
        }
    }
    fn bytes(&self) -> u64 {
        if let Size::Plain(bytes) = self { *bytes } else { 0 }
    }
    fn entries(&self) -> u64 {
        if let Size::List { entries, .. } = self { *entries } else { 0 }
    }
    fn entry(self) -> Size {
        if let Size::List { of, .. } = self { *of } else { Size::Plain(0) }
    }
    fn field(mut self, name: &str) -> Size {
        let field = if let Size::Record(fields) = &mut self { fields.remove(name) } else { None };
        field.unwrap_or(Size::Plain(0))
    }
    /// Large enough for either.
    fn either(self, other: Size) -> Size {
        match (self, other) {
            (Size::List { entries, of }, Size::List { entries: more, of: others }) => {
                Size::List { entries: entries.max(more), of: Box::new(of.either(*others)) }
            }
            (Size::Record(mut fields), Size::Record(others)) => {
                for (name, other) in others {
                    let field = fields.remove(&name).unwrap_or(Size::Plain(0));
                    fields.insert(name, field.either(other));
                }
                Size::Record(fields)
            }
            (a, b) => {
                if a.weight() >= b.weight() {
                    a
                } else {
                    b
                }
            }
        }
    }
    /// Of both, one after the other.
    fn joined(self, other: Size) -> Size {
        match (self, other) {
            (Size::List { entries, of }, Size::List { entries: more, of: others }) => {
                Size::List { entries: entries.saturating_add(more), of: Box::new(of.either(*others)) }
            }
            (a, b) => Size::Plain(a.bytes().saturating_add(b.bytes())),
        }
    }
    fn of_value(value: &Value) -> Size {
        match value {
            Value::Text(text) => Size::Plain(text.len() as u64),
            Value::List(entries) => Size::of_list(entries.iter().map(Size::of_value).collect()),
            Value::Record(fields) => Size::Record(fields.iter().map(|(name, value)| (name.clone(), Size::of_value(value))).collect()),
            _ => Size::Plain(0),
        }
    }
    fn of_list(entries: Vec<Size>) -> Size {
        Size::List { entries: entries.len() as u64, of: Box::new(entries.into_iter().reduce(Size::either).unwrap_or(Size::Plain(0))) }
    }
    fn of_answer(ty: &Type) -> Size {
        const LONGEST_CHARACTER: usize = 4;
        match ty {
            Type::Text => Size::Plain((TEXT_LIMIT * LONGEST_CHARACTER) as u64),
            Type::List(of) => Size::List { entries: LIST_LIMIT as u64, of: Box::new(Size::of_answer(of)) },
            Type::Record(fields) => Size::Record(fields.iter().map(|(name, ty)| (name.clone(), Size::of_answer(ty))).collect()),
            _ => Size::Plain(0),
        }
    }
}

/// A macro's variable, innermost first.
struct Local<'a> {
    name: &'a str,
    size: Size,
    outer: Option<&'a Local<'a>>,
}

/// Steps of evaluating an expression, and how large its value can be. All sums saturate.
fn of(expr: &Expr, scope: &Scope, local: Option<&Local>) -> (u64, Size) {
    let of_part = |e: &Expr| of(e, scope, local);
    let of_all = |parts: &[Expr]| {
        let (steps, sizes): (Vec<u64>, Vec<Size>) = parts.iter().map(of_part).unzip();
        (steps.into_iter().fold(1, u64::saturating_add), sizes)
    };
    let plain = Size::Plain(0);
    match expr {
        Expr::Literal(value) => (1, Size::of_value(value)),
        Expr::Today => (1, plain),
        Expr::Fact(path) => (1, scope.get(path).map_or(plain, Size::of_answer)),
        Expr::Local(name) => (1, variable(name, local)),
        Expr::Field(of, name) => {
            let (steps, size) = of_part(of);
            (steps + 1, size.field(name))
        }
        Expr::Not(a) | Expr::Negate(a) | Expr::Has(a) => (of_part(a).0.saturating_add(1), plain),
        Expr::And(a, b) | Expr::Or(a, b) => (of_part(a).0.saturating_add(of_part(b).0).saturating_add(1), plain),
        Expr::If(a, b, c) => {
            let (a, (b, yes), (c, no)) = (of_part(a).0, of_part(b), of_part(c));
            (a.saturating_add(b).saturating_add(c), yes.either(no))
        }
        Expr::Compare(_, a, b) => {
            let ((a, one), (b, other)) = (of_part(a), of_part(b));
            (a.saturating_add(b).saturating_add(one.weight().min(other.weight())), plain)
        }
        Expr::In(a, b) => {
            let ((a, one), (b, list)) = (of_part(a), of_part(b));
            let entries = list.entries();
            let each = one.weight().min(list.entry().weight());
            (a.saturating_add(b).saturating_add(entries.saturating_mul(each)), plain)
        }
        Expr::Arithmetic(operator, a, b) => {
            let ((a, one), (b, other)) = (of_part(a), of_part(b));
            let size = if *operator == Operator::Add { one.joined(other) } else { plain };
            (a.saturating_add(b).saturating_add(size.weight()), size)
        }
        Expr::List(entries) => {
            let (steps, sizes) = of_all(entries);
            let size = Size::of_list(sizes);
            (steps.saturating_add(size.weight()), size)
        }
        Expr::Call(function, arguments) => {
            let (steps, sizes) = of_all(arguments);
            let bytes = sizes.iter().map(Size::bytes).max().unwrap_or(0);
            let work = match function {
                Function::Matches => PATTERN.saturating_add(bytes / PATTERN_BYTES),
                _ => sizes.iter().map(Size::entries).fold(1 + bytes / STEP_BYTES, u64::saturating_add),
            };
            (steps.saturating_add(work), plain)
        }
        Expr::Each { each, list, variable, body } => {
            let (steps, list) = of_part(list);
            let inner = Local { name: variable, size: list.clone().entry(), outer: local };
            let (body, made) = of(body, scope, Some(&inner));
            let (copied, size) = match each {
                Macro::All | Macro::Exists | Macro::ExistsOne => (1, plain),
                Macro::Filter => (inner.size.weight(), list.clone()),
                Macro::Map => (made.weight(), Size::List { entries: list.entries(), of: Box::new(made) }),
            };
            (steps.saturating_add(list.entries().saturating_mul(body.saturating_add(copied))), size)
        }
    }
}

fn variable(name: &str, mut local: Option<&Local>) -> Size {
    while let Some(l) = local {
        if l.name == name {
            return l.size.clone();
        }
        local = l.outer;
    }
    Size::Plain(0)
}

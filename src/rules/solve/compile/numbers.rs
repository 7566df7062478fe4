//! Numbers and dates: sums where they are sums, else variables computed from others.

use super::super::super::expr::{Comparison, Expr, Function, Operator};
use super::super::super::value::{FIRST_DAY, LAST_DAY, Type};
use super::super::domain::{self, Otherwise};
use super::super::formula::{self, Sound, Truth, all, at_least, at_most, equal};
use super::super::linear::{Linear, Span};
use super::super::system::{Computed, Operation};
use super::{Compiler, Name, Sort};

/// A number, and where it is one.
pub(super) struct Number {
    pub value: Linear,
    pub sound: Sound,
}

impl Compiler<'_, '_> {
    pub(super) fn number(&mut self, expr: &Expr) -> Option<Number> {
        let whole = (i64::MIN.into(), i64::MAX.into());
        match expr {
            Expr::Literal(value) => Some(Number { value: Linear::constant(domain::number(value)?), sound: Sound::always() }),
            Expr::Today => {
                let (from, to) = self.domains.today;
                let (from, to) = (domain::day(from).into(), domain::day(to).into());
                let value = Linear::variable(self.variable(Name::Today, (from, to), from));
                Some(Number { value, sound: Sound::always() })
            }
            Expr::Fact(path) => self.number_fact(path),
            Expr::Negate(a) => {
                let a = self.number(a)?;
                Some(self.bounded(a.value.times(-1)?, whole, a.sound))
            }
            Expr::Arithmetic(operator, a, b) => match (operator, self.sort(a), self.sort(b)) {
                (_, Sort::Number, Sort::Number) => {
                    let (a, b) = (self.number(a)?, self.number(b)?);
                    self.arithmetic(*operator, a, b)
                }
                (Operator::Add, Sort::Number, Sort::Other) => self.shifted(a, b, 1),
                (Operator::Add, Sort::Other, Sort::Number) => self.shifted(b, a, 1),
                (Operator::Subtract, Sort::Number, Sort::Other) => self.shifted(a, b, -1),
                _ => None,
            },
            Expr::Call(function, arguments) => match (function, &arguments[..]) {
                (Function::Yuan, [a]) => {
                    let a = self.number(a)?;
                    Some(self.bounded(a.value.times(100)?, whole, a.sound))
                }
                (Function::AgeOn, [birth, day]) => {
                    let (birth, day) = (self.number(birth)?, self.number(day)?);
                    let (sound, lived) = (birth.sound.and(&day.sound), birth.value.plus(-1, &day.value)?);
                    let born = Sound { sound: at_most(&lived, 0), fault: at_least(&lived, 1) };
                    let value = self.computed(Operation::Age, birth.value, day.value);
                    Some(Number { value, sound: sound.and(&born) })
                }
                (Function::Size, [of]) => self.size(of),
                (Function::Sum, [of]) => self.sum(of, false),
                (Function::SumMoney, [of]) => self.sum(of, true),
                _ => None,
            },
            _ => None,
        }
    }

    fn number_fact(&mut self, path: &str) -> Option<Number> {
        let domain = self.domain(path).filter(|d| matches!(d.ty, Type::Int | Type::Money | Type::Date))?;
        let usual = domain::number(&domain.usual).unwrap_or(0);
        let value = Linear::variable(self.variable(Name::Fact(path.to_owned()), (domain.min.into(), domain.max.into()), usual));
        if let Some(with) = domain.with.as_ref().filter(|w| w.otherwise == Otherwise::Zero) {
            self.flag(&with.path)?;
            let have = Linear::variable(self.variable(Name::Fact(with.path.clone()), (0, 1), 0));
            self.always(-i128::from(domain.max), &have, &value, 0);
        }
        Some(Number { value, sound: self.presence(path) })
    }

    /// A fault outside bounds, as overflow is.
    pub(super) fn bounded(&mut self, value: Linear, (low, high): Span, sound: Sound) -> Number {
        let within = value.span(&self.system.bounds).is_some_and(|(least, most)| low <= least && most <= high);
        if within {
            return Number { value, sound };
        }
        let bounds = Sound {
            sound: all([at_least(&value, low), at_most(&value, high)]),
            fault: formula::any([at_most(&value, low - 1), at_least(&value, high + 1)]),
        };
        Number { value, sound: sound.and(&bounds) }
    }

    pub(super) fn arithmetic(&mut self, operator: Operator, a: Number, b: Number) -> Option<Number> {
        let sound = a.sound.and(&b.sound);
        let (value, sound) = match operator {
            Operator::Add => (a.value.plus(1, &b.value)?, sound),
            Operator::Subtract => (a.value.plus(-1, &b.value)?, sound),
            Operator::Multiply if b.value.is_constant() => (a.value.times(b.value.constant)?, sound),
            Operator::Multiply if a.value.is_constant() => (b.value.times(a.value.constant)?, sound),
            Operator::Multiply => (self.computed(Operation::Multiply, a.value, b.value), sound),
            Operator::Divide | Operator::Remainder => {
                let divisor = Sound { sound: formula::unequal(&b.value, 0), fault: equal(&b.value, 0) };
                let operation = if operator == Operator::Divide { Operation::Divide } else { Operation::Remainder };
                (self.computed(operation, a.value, b.value), sound.and(&divisor))
            }
        };
        Some(self.bounded(value, (i64::MIN.into(), i64::MAX.into()), sound))
    }

    /// A date and a period added to it (`sign` 1) or taken from it (-1).
    fn shifted(&mut self, date: &Expr, period: &Expr, sign: i128) -> Option<Number> {
        let (unit, length) = match period {
            Expr::Call(unit, arguments) => (*unit, self.number(arguments.first()?)?),
            _ => return None,
        };
        let date = self.number(date)?;
        let sound = date.sound.and(&length.sound);
        let length = length.value.times(sign)?;
        let value = match unit {
            Function::Days => date.value.plus(1, &length)?,
            Function::Years => self.computed(Operation::Years, date.value, length),
            Function::Months => self.computed(Operation::Months, date.value, length),
            Function::WorkingDays => self.computed(Operation::WorkingDays, date.value, length),
            _ => return None,
        };
        let calendar = (domain::day(FIRST_DAY).into(), domain::day(LAST_DAY).into());
        Some(self.bounded(value, calendar, sound))
    }

    fn computed(&mut self, operation: Operation, a: Linear, b: Linear) -> Linear {
        let known = self.names.len();
        let span = |of: &Linear| of.span(&self.system.bounds);
        let result = span(&a).zip(span(&b)).and_then(|(a, b)| operation.span(a, b, self.system.calendar));
        let variable = self.variable(Name::Computed(operation, a.clone(), b.clone()), result.unwrap_or((-(1 << 100), 1 << 100)), 0);
        if variable == known {
            self.system.computed.push(Computed { variable, operation, a, b });
        }
        Linear::variable(variable)
    }
}

pub(super) fn relation(comparison: Comparison, difference: &Linear, sound: &Sound) -> Option<Truth> {
    let (yes, no) = match comparison {
        Comparison::Equal => (equal(difference, 0), formula::unequal(difference, 0)),
        Comparison::NotEqual => (formula::unequal(difference, 0), equal(difference, 0)),
        Comparison::Less => (at_most(difference, -1), at_least(difference, 0)),
        Comparison::AtMost => (at_most(difference, 0), at_least(difference, 1)),
        Comparison::Greater => (at_least(difference, 1), at_most(difference, 0)),
        Comparison::AtLeast => (at_least(difference, 0), at_most(difference, -1)),
    };
    Some(Truth::guarded(yes, no, sound))
}

//! Typed rule + facts → true, false or unknown, with reasons. Kleene logic for `&&`, `||`, `!`, `?:`, `all`, `exists`;
//! everything else is unknown as soon as something it needs is. Where CEL would raise an error, the value is a
//! [`Fault`]: never a panic, never a silent pass or fail. As in CEL, an unknown outranks a fault, and a deciding operand
//! of `&&` or `||` outranks both.
//!
//! | a | b | a && b | a \|\| b |
//! | --- | --- | --- | --- |
//! | true | unknown | unknown | true |
//! | false | unknown | false | unknown |
//! | unknown | unknown | unknown | unknown |

use super::expr::{Comparison, Expr, Function, Macro, Operator, Rule};
use super::value::{FIRST_DAY, Facts, LAST_DAY, Period, Value};
use crate::calendar::Calendar;
use crate::words::Text;
use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::cmp::Ordering;

/// The day on which a rule is evaluated, and the calendar that counts working days.
#[derive(Clone, Copy, Debug)]
pub struct Today<'a> {
    pub date: NaiveDate,
    pub calendar: &'a Calendar,
}

/// A value, the lack of one, or why there can be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    Value(Value),
    Unknown,
    Fault(Fault),
}

/// Why a rule has no value although nothing is missing. A person must look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "fault", content = "at")]
pub enum Fault {
    #[error("a number became too large")]
    Overflow,
    #[error("division by zero")]
    DivisionByZero,
    #[error("a date lies out of range")]
    DateRange,
    #[error("the date of birth lies after the day asked about")]
    NotBorn,
    #[error("`{0}` was declared without a value")]
    Absent(String),
    /// The rule does not fit its facts: it was compiled for another version of the item.
    #[error("the rule does not fit its facts")]
    Mismatch,
}

impl Fault {
    /// The same sentence for a person, Chinese and English.
    pub fn say(&self) -> Text {
        let zh = match self {
            Fault::Overflow => "数值过大,无法计算".to_owned(),
            Fault::DivisionByZero => "出现了除以零".to_owned(),
            Fault::DateRange => "日期超出可计算的范围".to_owned(),
            Fault::NotBorn => "出生日期晚于所问的日期".to_owned(),
            Fault::Absent(path) => format!("“{path}”没有填写内容"),
            Fault::Mismatch => "规则与所填信息不匹配".to_owned(),
        };
        Text { zh: format!("{zh},需要窗口人员判断"), en: format!("{self}: a clerk must judge this") }
    }
}

/// Paths of facts and material fields. Few, in almost every rule: no memory is asked for them.
pub type Paths<'r> = SmallVec<[&'r str; 4]>;

/// A value with its reasons: paths of facts and material fields, in order, as the rule writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict<'r> {
    pub value: Known,
    /// Known facts that decide it; for an unknown, those that already took part.
    pub because: Paths<'r>,
    /// Facts still needed; empty unless the value is unknown.
    pub missing: Paths<'r>,
}

impl Verdict<'_> {
    /// The value, where it is a bool.
    pub fn truth(&self) -> Option<bool> {
        match self.value {
            Known::Value(Value::Bool(b)) => Some(b),
            _ => None,
        }
    }
}

impl Rule {
    pub fn evaluate(&self, facts: &Facts, today: &Today) -> Verdict<'_> {
        self.expr.evaluate(facts, today)
    }
}

impl Expr {
    pub fn evaluate(&self, facts: &Facts, today: &Today) -> Verdict<'_> {
        let mut evaluation = Evaluation { facts, today, because: Paths::new(), missing: Paths::new() };
        let value = match evaluation.run(self, None) {
            Found::Value(value) => Known::Value(value.into_owned()),
            Found::Unknown => Known::Unknown,
            Found::Fault(fault) => Known::Fault(fault),
        };
        Verdict { value, because: once_each(evaluation.because), missing: once_each(evaluation.missing) }
    }
}

fn once_each(mut paths: Paths) -> Paths {
    if !paths.is_sorted_by(|a, b| a < b) {
        paths.sort_unstable();
        paths.dedup();
    }
    paths
}

/// What a sub-expression comes to. Values of facts and literals are borrowed.
enum Found<'v> {
    Value(Cow<'v, Value>),
    Unknown,
    Fault(Fault),
}

impl Found<'_> {
    fn bool(value: bool) -> Found<'static> {
        const TRUE: &Value = &Value::Bool(true);
        const FALSE: &Value = &Value::Bool(false);
        Found::Value(Cow::Borrowed(if value { TRUE } else { FALSE }))
    }
    fn of(outcome: Outcome) -> Found<'static> {
        outcome.map_or_else(Found::Fault, |value| Found::Value(Cow::Owned(value)))
    }
    fn truth(&self) -> Option<bool> {
        match self {
            Found::Value(value) => {
                if let Value::Bool(b) = **value {
                    Some(b)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
    /// Passes an unknown or a fault on; a value of the wrong type is a fault.
    fn no_value(self) -> Found<'static> {
        match self {
            Found::Value(_) => Found::Fault(Fault::Mismatch),
            Found::Unknown => Found::Unknown,
            Found::Fault(fault) => Found::Fault(fault),
        }
    }
}

/// A macro's variable and the value it stands for, innermost first.
struct Local<'v> {
    name: &'v str,
    value: &'v Value,
    /// Where the reasons of the macro's list stand in [`Evaluation::because`].
    reasons: (usize, usize),
    outer: Option<&'v Local<'v>>,
}

type Outcome = Result<Value, Fault>;

/// The reasons of sub-expressions lie one after another: whoever joins two only has to drop what does not count.
struct Evaluation<'r, 'f> {
    facts: &'f Facts,
    today: &'f Today<'f>,
    because: Paths<'r>,
    missing: Paths<'r>,
}

impl<'r, 'f> Evaluation<'r, 'f> {
    /// Nothing is missing for what is not unknown.
    fn run<'v>(&mut self, expr: &'r Expr, local: Option<&'v Local<'v>>) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        let missing = self.missing.len();
        let found = self.found(expr, local);
        if !matches!(found, Found::Unknown) {
            self.missing.truncate(missing);
        }
        found
    }

    fn found<'v>(&mut self, expr: &'r Expr, local: Option<&'v Local<'v>>) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        match expr {
            Expr::Literal(value) => Found::Value(Cow::Borrowed(value)),
            Expr::Today => Found::Value(Cow::Owned(Value::Date(self.today.date))),
            Expr::Fact(path) => self.fact(path),
            // The reasons of a macro's list are the macro's already.
            Expr::Local(name) => lookup(name, local).map_or(Found::Fault(Fault::Mismatch), |l| Found::Value(Cow::Borrowed(l.value))),
            Expr::Field(of, name) => self.field(of, name, local),
            Expr::Not(a) => {
                let a = self.run(a, local);
                a.truth().map_or_else(|| a.no_value(), |b| Found::bool(!b))
            }
            Expr::And(a, b) => self.logic(false, a, b, local),
            Expr::Or(a, b) => self.logic(true, a, b, local),
            Expr::If(condition, yes, no) => {
                let condition = self.run(condition, local);
                match condition.truth() {
                    Some(holds) => self.run(if holds { yes } else { no }, local),
                    // What the branches lack is asked once the condition has chosen one of them.
                    None => condition.no_value(),
                }
            }
            // Is there a value? Absent is a plain no; unknown stays unknown.
            Expr::Has(of) => match self.run(of, local) {
                Found::Value(_) => Found::bool(true),
                Found::Fault(Fault::Absent(_)) => Found::bool(false),
                other => other.no_value(),
            },
            Expr::Negate(a) => match self.run(a, local) {
                Found::Value(value) => Found::of(negate(&value)),
                other => other,
            },
            Expr::Compare(comparison, a, b) => self.compare(*comparison, a, b, local),
            Expr::Arithmetic(operator, a, b) => {
                let calendar = self.today.calendar;
                self.both(a, b, local, |a, b| arithmetic(*operator, a, b, calendar))
            }
            Expr::In(a, list) => match &**list {
                Expr::List(entries) => self.among(a, entries, local),
                _ => self.both(a, list, local, |a, list| match list {
                    Value::List(list) => Ok(Value::Bool(list.contains(a))),
                    _ => Err(Fault::Mismatch),
                }),
            },
            Expr::List(entries) => self.all(entries, local, |values| Ok(Value::List(values.into_iter().map(Cow::into_owned).collect()))),
            Expr::Call(function, arguments) => self.all(arguments, local, |values| match values.as_slice() {
                [a] => call(*function, &[a]),
                [a, b] => call(*function, &[a, b]),
                _ => Err(Fault::Mismatch),
            }),
            Expr::Each { each, list, variable, body } => self.each(*each, list, variable, body, local),
        }
    }

    fn fact<'v>(&mut self, path: &'r str) -> Found<'v>
    where
        'f: 'v,
    {
        match self.facts.get(path) {
            None => {
                self.missing.push(path);
                Found::Unknown
            }
            Some(value) => {
                self.because.push(path);
                value.map_or_else(|| Found::Fault(Fault::Absent(path.to_owned())), |value| Found::Value(Cow::Borrowed(value)))
            }
        }
    }

    /// A field of a record. One that has not been filled in is unknown: what is missing is the fact the record stands in.
    fn field<'v>(&mut self, of: &'r Expr, name: &str, local: Option<&'v Local<'v>>) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        let before = self.because.len();
        let field = match self.run(of, local) {
            Found::Value(Cow::Borrowed(Value::Record(record))) => record.get(name).map(Cow::Borrowed),
            Found::Value(Cow::Owned(Value::Record(mut record))) => record.remove(name).map(Cow::Owned),
            other => return other.no_value(),
        };
        if let Some(value) = field {
            return Found::Value(value);
        }
        self.missing.extend(self.because[before..].iter().copied());
        let mut root = of;
        while let Expr::Field(inner, _) = root {
            root = inner;
        }
        if let Expr::Local(name) = root
            && let Some(Local { reasons: (from, to), .. }) = lookup(name, local)
        {
            self.missing.extend(self.because[*from..*to].iter().copied());
        }
        Found::Unknown
    }

    /// `&&` (decided by false) and `||` (decided by true). The second operand is looked at even when the first is
    /// unknown or a fault: it may decide.
    fn logic<'v>(&mut self, decides: bool, a: &'r Expr, b: &'r Expr, local: Option<&'v Local<'v>>) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        let before = self.because.len();
        let a = self.run(a, local);
        if a.truth() == Some(decides) {
            return a;
        }
        let between = self.because.len();
        let b = self.run(b, local);
        if b.truth() == Some(decides) {
            self.because.drain(before..between);
            return b;
        }
        join(decides, a, b)
    }

    /// Most clauses compare a fact with a literal: they are read where they stand.
    fn compare<'v>(&mut self, comparison: Comparison, a: &'r Expr, b: &'r Expr, local: Option<&'v Local<'v>>) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        if let (Expr::Fact(path), Expr::Literal(literal)) = (a, b)
            && let Some(Some(value)) = self.facts.get(path)
        {
            self.because.push(path);
            return compare(comparison, value, literal).map_or_else(Found::Fault, Found::bool);
        }
        self.both(a, b, local, |a, b| compare(comparison, a, b).map(Value::Bool))
    }

    /// Both operands, then `apply`; unknown when any is unknown, else the first fault.
    fn both<'v>(
        &mut self,
        a: &'r Expr,
        b: &'r Expr,
        local: Option<&'v Local<'v>>,
        apply: impl FnOnce(&Value, &Value) -> Outcome,
    ) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        match (self.run(a, local), self.run(b, local)) {
            (Found::Value(a), Found::Value(b)) => Found::of(apply(&a, &b)),
            (Found::Unknown, _) | (_, Found::Unknown) => Found::Unknown,
            (Found::Fault(fault), _) | (_, Found::Fault(fault)) => Found::Fault(fault),
        }
    }

    /// The same for any number of operands.
    fn all<'v>(&mut self, operands: &'r [Expr], local: Option<&'v Local<'v>>, apply: impl FnOnce(Vec<Cow<Value>>) -> Outcome) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        let (mut values, mut fault, mut unknown) = (Vec::with_capacity(operands.len()), None, false);
        for operand in operands {
            match self.run(operand, local) {
                Found::Value(value) => values.push(value),
                Found::Unknown => unknown = true,
                Found::Fault(f) => fault = fault.or(Some(f)),
            }
        }
        match (unknown, fault) {
            (true, _) => Found::Unknown,
            (false, Some(fault)) => Found::Fault(fault),
            (false, None) => Found::of(apply(values)),
        }
    }

    /// `in` a list that the rule itself writes: there is no need to make it.
    fn among<'v>(&mut self, one: &'r Expr, entries: &'r [Expr], local: Option<&'v Local<'v>>) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        let one = self.run(one, local);
        let (mut found, mut unknown, mut fault) = (false, false, None);
        for entry in entries {
            match (self.run(entry, local), &one) {
                (Found::Value(entry), Found::Value(one)) => found |= entry == *one,
                (Found::Value(_), _) => {}
                (Found::Unknown, _) => unknown = true,
                (Found::Fault(f), _) => fault = fault.or(Some(f)),
            }
        }
        match (one, fault) {
            (Found::Unknown, _) => Found::Unknown,
            _ if unknown => Found::Unknown,
            (Found::Fault(fault), _) | (_, Some(fault)) => Found::Fault(fault),
            (Found::Value(_), None) => Found::bool(found),
        }
    }

    fn each<'v>(&mut self, each: Macro, list: &'r Expr, variable: &'r str, body: &'r Expr, outer: Option<&'v Local<'v>>) -> Found<'v>
    where
        'r: 'v,
        'f: 'v,
    {
        let (start, missing) = (self.because.len(), self.missing.len());
        let list = self.run(list, outer);
        let Found::Value(value) = &list else { return list };
        let Value::List(entries) = &**value else { return Found::Fault(Fault::Mismatch) };
        let reasons = (start, self.because.len());
        let local = |value| Local { name: variable, value, reasons, outer };
        match each {
            Macro::All | Macro::Exists => {
                let decides = each == Macro::Exists;
                let mut so_far = Found::bool(!decides);
                for entry in entries {
                    let before = self.because.len();
                    let found = join(decides, so_far, owned(self.run(body, Some(&local(entry)))));
                    if found.truth() == Some(decides) {
                        // Only the entry that decides counts, and the list it stands in.
                        self.because.drain(reasons.1..before);
                        return found;
                    }
                    so_far = found;
                    self.tidy(reasons.1, missing);
                }
                so_far
            }
            Macro::ExistsOne | Macro::Filter | Macro::Map => {
                let (mut kept, mut unknown, mut fault) = (vec![], false, None);
                for entry in entries {
                    match (each, self.run(body, Some(&local(entry)))) {
                        (Macro::Map, Found::Value(value)) => kept.push(value.into_owned()),
                        (_, Found::Unknown) => unknown = true,
                        (_, Found::Fault(f)) => fault = fault.or(Some(f)),
                        (_, found) => match found.truth() {
                            Some(true) => kept.push(entry.clone()),
                            Some(false) => {}
                            None => fault = fault.or(Some(Fault::Mismatch)),
                        },
                    }
                    self.tidy(reasons.1, missing);
                }
                match (each, unknown, fault) {
                    // A second one cannot be undone by what is still unknown; only a fault could, as in CEL.
                    (Macro::ExistsOne, true, None) if kept.len() >= 2 && !body.may_fault() => Found::bool(false),
                    (_, true, _) => Found::Unknown,
                    (_, false, Some(fault)) => Found::Fault(fault),
                    (Macro::ExistsOne, false, None) => Found::bool(kept.len() == 1),
                    (_, false, None) => Found::of(Ok(Value::List(kept))),
                }
            }
        }
    }

    /// Keeps long lists from piling up the same reasons.
    fn tidy(&mut self, because: usize, missing: usize) {
        const MANY: usize = 64;
        for (paths, from) in [(&mut self.because, because), (&mut self.missing, missing)] {
            if paths.len() > from + MANY {
                let tail = once_each(paths.drain(from..).collect());
                paths.extend(tail);
            }
        }
    }
}

fn lookup<'v>(name: &str, mut local: Option<&'v Local<'v>>) -> Option<&'v Local<'v>> {
    while let Some(l) = local {
        if l.name == name {
            return Some(l);
        }
        local = l.outer;
    }
    None
}

fn owned(found: Found) -> Found<'static> {
    match found {
        Found::Value(value) => Found::Value(Cow::Owned(value.into_owned())),
        other => other.no_value(),
    }
}

/// Joins two operands of which the first does not decide.
fn join<'v>(decides: bool, a: Found<'v>, b: Found<'v>) -> Found<'v> {
    if b.truth() == Some(decides) {
        return b;
    }
    match (a, b) {
        (Found::Unknown, _) | (_, Found::Unknown) => Found::Unknown,
        (Found::Fault(fault), _) | (_, Found::Fault(fault)) => Found::Fault(fault),
        (a, b) if a.truth().is_some() && b.truth().is_some() => Found::bool(!decides),
        _ => Found::Fault(Fault::Mismatch),
    }
}

fn negate(value: &Value) -> Outcome {
    match value {
        Value::Int(n) => n.checked_neg().map(Value::Int).ok_or(Fault::Overflow),
        Value::Money(n) => n.checked_neg().map(Value::Money).ok_or(Fault::Overflow),
        _ => Err(Fault::Mismatch),
    }
}

fn compare(comparison: Comparison, a: &Value, b: &Value) -> Result<bool, Fault> {
    let order = match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) | (Value::Money(a), Value::Money(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::List(_), Value::List(_)) => None,
        _ => return Err(Fault::Mismatch),
    };
    Ok(match (comparison, order) {
        (Comparison::Equal, Some(order)) => order == Ordering::Equal,
        (Comparison::NotEqual, Some(order)) => order != Ordering::Equal,
        (Comparison::Equal, None) => a == b,
        (Comparison::NotEqual, None) => a != b,
        (Comparison::Less, Some(order)) => order == Ordering::Less,
        (Comparison::AtMost, Some(order)) => order != Ordering::Greater,
        (Comparison::Greater, Some(order)) => order == Ordering::Greater,
        (Comparison::AtLeast, Some(order)) => order != Ordering::Less,
        (_, None) => return Err(Fault::Mismatch),
    })
}

fn arithmetic(operator: Operator, a: &Value, b: &Value, calendar: &Calendar) -> Outcome {
    match (operator, a, b) {
        (_, Value::Int(a), Value::Int(b)) => integer(operator, *a, *b).map(Value::Int),
        (Operator::Add | Operator::Subtract, Value::Money(a), Value::Money(b)) => integer(operator, *a, *b).map(Value::Money),
        (Operator::Multiply, Value::Money(a), Value::Int(b)) | (Operator::Multiply, Value::Int(a), Value::Money(b)) => {
            integer(operator, *a, *b).map(Value::Money)
        }
        (Operator::Divide, Value::Money(a), Value::Int(b)) => integer(operator, *a, *b).map(Value::Money),
        (Operator::Add, Value::Text(a), Value::Text(b)) => Ok(Value::Text(format!("{a}{b}"))),
        (Operator::Add, Value::List(a), Value::List(b)) => Ok(Value::List(a.iter().chain(b).cloned().collect())),
        (Operator::Add, Value::Date(date), Value::Period(period)) | (Operator::Add, Value::Period(period), Value::Date(date)) => {
            shift(*date, *period, 1, calendar).map(Value::Date)
        }
        (Operator::Subtract, Value::Date(date), Value::Period(period)) => shift(*date, *period, -1, calendar).map(Value::Date),
        _ => Err(Fault::Mismatch),
    }
}

/// As CEL: division truncates towards zero, the remainder has the sign of the dividend.
fn integer(operator: Operator, a: i64, b: i64) -> Result<i64, Fault> {
    let result = match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide | Operator::Remainder if b == 0 => return Err(Fault::DivisionByZero),
        Operator::Divide => a.checked_div(b),
        Operator::Remainder => a.checked_rem(b),
    };
    result.ok_or(Fault::Overflow)
}

/// Months and years end on the last day of a shorter month (2024-02-29 + 1 year → 2025-02-28).
fn shift(date: NaiveDate, period: Period, sign: i32, calendar: &Calendar) -> Result<NaiveDate, Fault> {
    let signed = |n: i32| n.checked_mul(sign).ok_or(Fault::DateRange);
    let months = |n: i32| {
        let months = Months::new(n.unsigned_abs());
        if n >= 0 { date.checked_add_months(months) } else { date.checked_sub_months(months) }
    };
    let shifted = match period {
        Period::Years(n) => months(signed(n)?.checked_mul(12).ok_or(Fault::DateRange)?),
        Period::Months(n) => months(signed(n)?),
        Period::Days(n) => {
            let n = signed(n)?;
            let days = Days::new(n.unsigned_abs().into());
            if n >= 0 { date.checked_add_days(days) } else { date.checked_sub_days(days) }
        }
        Period::WorkingDays(n) => {
            let n = signed(n)?;
            let length = n.unsigned_abs();
            if n >= 0 {
                calendar.add(date, length, crate::calendar::Unit::WorkingDay).ok().map(|due| due.date)
            } else {
                calendar.subtract_working_days(date, length).ok()
            }
        }
    };
    shifted.filter(|date| (FIRST_DAY..=LAST_DAY).contains(date)).ok_or(Fault::DateRange)
}

fn call(function: Function, arguments: &[&Value]) -> Outcome {
    let period = |n: &i64, make: fn(i32) -> Period| i32::try_from(*n).map(|n| Value::Period(make(n))).map_err(|_| Fault::DateRange);
    match (function, arguments) {
        (Function::Years, [Value::Int(n)]) => period(n, Period::Years),
        (Function::Months, [Value::Int(n)]) => period(n, Period::Months),
        (Function::Days, [Value::Int(n)]) => period(n, Period::Days),
        (Function::WorkingDays, [Value::Int(n)]) => period(n, Period::WorkingDays),
        (Function::Yuan, [Value::Int(n)]) => n.checked_mul(100).map(Value::Money).ok_or(Fault::Overflow),
        (Function::AgeOn, [Value::Date(birth), Value::Date(day)]) => {
            day.years_since(*birth).map(|years| Value::Int(years.into())).ok_or(Fault::NotBorn)
        }
        (Function::Size, [Value::Text(text)]) => count(text.chars().count()),
        (Function::Size, [Value::List(list)]) => count(list.len()),
        (Function::Sum, [Value::List(list)]) => sum(list, |v| if let Value::Int(n) = v { Some(*n) } else { None }).map(Value::Int),
        (Function::SumMoney, [Value::List(list)]) => sum(list, |v| if let Value::Money(n) = v { Some(*n) } else { None }).map(Value::Money),
        (Function::StartsWith, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.starts_with(part.as_str()))),
        (Function::EndsWith, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.ends_with(part.as_str()))),
        (Function::Contains, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.contains(part.as_str()))),
        (Function::Matches, [Value::Text(text), Value::Text(expression)]) => {
            pattern(expression).map(|r| Value::Bool(r.is_match(text))).map_err(|_| Fault::Mismatch)
        }
        _ => Err(Fault::Mismatch),
    }
}

/// A regular expression of limited size: it matches in time linear in the text.
pub fn pattern(text: &str) -> Result<regex_lite::Regex, regex_lite::Error> {
    const LARGEST: usize = 16 * 1024;
    regex_lite::RegexBuilder::new(text).size_limit(LARGEST).build()
}

fn count(n: usize) -> Outcome {
    i64::try_from(n).map(Value::Int).map_err(|_| Fault::Overflow)
}

fn sum(list: &[Value], number: impl Fn(&Value) -> Option<i64>) -> Result<i64, Fault> {
    list.iter().try_fold(0_i64, |sum, value| sum.checked_add(number(value).ok_or(Fault::Mismatch)?).ok_or(Fault::Overflow))
}

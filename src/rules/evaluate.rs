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
use super::value::{Facts, Period, Value};
use crate::calendar::Calendar;
use crate::words::Text;
use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeSet;

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

/// A value with its reasons, as paths of facts and material fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub value: Known,
    /// Known facts that decide it; for an unknown, those that already took part.
    pub because: BTreeSet<String>,
    /// Facts still needed; empty unless the value is unknown.
    pub missing: BTreeSet<String>,
}

impl Rule {
    pub fn evaluate(&self, facts: &Facts, today: &Today) -> Verdict {
        Evaluation { facts, today }.run(&self.expr, None)
    }
}

/// A macro's variable and the value it stands for, innermost first.
struct Local<'a> {
    name: &'a str,
    verdict: &'a Verdict,
    outer: Option<&'a Local<'a>>,
}

struct Evaluation<'a> {
    facts: &'a Facts,
    today: &'a Today<'a>,
}

impl Verdict {
    fn of(value: Known) -> Verdict {
        Verdict { value, because: BTreeSet::new(), missing: BTreeSet::new() }
    }
    fn bool(value: bool) -> Verdict {
        Verdict::of(Known::Value(Value::Bool(value)))
    }
    fn truth(&self) -> Option<bool> {
        match self.value {
            Known::Value(Value::Bool(b)) => Some(b),
            _ => None,
        }
    }
    /// The reasons of both; the value is to be set by the caller.
    fn with(mut self, other: &Verdict) -> Verdict {
        self.because.extend(other.because.iter().cloned());
        self.missing.extend(other.missing.iter().cloned());
        self
    }
    fn valued(mut self, value: Known) -> Verdict {
        if value != Known::Unknown {
            self.missing.clear();
        }
        self.value = value;
        self
    }
}

type Outcome = Result<Value, Fault>;

fn known(outcome: Outcome) -> Known {
    outcome.map_or_else(Known::Fault, Known::Value)
}

impl Evaluation<'_> {
    fn run(&self, expr: &Expr, local: Option<&Local>) -> Verdict {
        match expr {
            Expr::Literal(value) => Verdict::of(Known::Value(value.clone())),
            Expr::Today => Verdict::of(Known::Value(Value::Date(self.today.date))),
            Expr::Fact(path) => self.fact(path),
            Expr::Local(name) => lookup(name, local).cloned().unwrap_or_else(|| Verdict::of(Known::Fault(Fault::Mismatch))),
            Expr::Field(of, name) => field(self.run(of, local), name),
            Expr::Not(a) => {
                let a = self.run(a, local);
                match a.truth() {
                    Some(b) => a.valued(Known::Value(Value::Bool(!b))),
                    None => strict(a),
                }
            }
            Expr::And(a, b) => self.logic(false, a, b, local),
            Expr::Or(a, b) => self.logic(true, a, b, local),
            Expr::If(condition, yes, no) => {
                let condition = self.run(condition, local);
                match condition.truth() {
                    Some(true) => reasons(condition, self.run(yes, local)),
                    Some(false) => reasons(condition, self.run(no, local)),
                    // What the branches lack is asked once the condition has chosen one of them.
                    None => strict(condition),
                }
            }
            Expr::Has(of) => self.has(of, local),
            Expr::Negate(a) => self.strict(&[a], local, |v| match v {
                [Value::Int(n)] => n.checked_neg().map(Value::Int).ok_or(Fault::Overflow),
                [Value::Money(n)] => n.checked_neg().map(Value::Money).ok_or(Fault::Overflow),
                _ => Err(Fault::Mismatch),
            }),
            Expr::Compare(comparison, a, b) => self.strict(&[a, b], local, |v| match v {
                [a, b] => compare(*comparison, a, b),
                _ => Err(Fault::Mismatch),
            }),
            Expr::Arithmetic(operator, a, b) => self.strict(&[a, b], local, |v| match v {
                [a, b] => arithmetic(*operator, a, b, self.today.calendar),
                _ => Err(Fault::Mismatch),
            }),
            Expr::In(a, list) => self.strict(&[a, list], local, |v| match v {
                [a, Value::List(list)] => Ok(Value::Bool(list.contains(a))),
                _ => Err(Fault::Mismatch),
            }),
            Expr::List(entries) => {
                let entries: Vec<&Expr> = entries.iter().collect();
                self.strict(&entries, local, |v| Ok(Value::List(v.to_vec())))
            }
            Expr::Call(function, arguments) => {
                let arguments: Vec<&Expr> = arguments.iter().collect();
                self.strict(&arguments, local, |v| call(*function, v))
            }
            Expr::Each { each, list, variable, body } => self.each(*each, list, variable, body, local),
        }
    }

    fn fact(&self, path: &str) -> Verdict {
        let one = BTreeSet::from([path.to_owned()]);
        match self.facts.get(path) {
            None => Verdict { value: Known::Unknown, because: BTreeSet::new(), missing: one },
            Some(None) => Verdict { value: Known::Fault(Fault::Absent(path.to_owned())), because: one, missing: BTreeSet::new() },
            Some(Some(value)) => Verdict { value: Known::Value(value.clone()), because: one, missing: BTreeSet::new() },
        }
    }

    /// Is there a value? Absent is a plain no; unknown stays unknown.
    fn has(&self, of: &Expr, local: Option<&Local>) -> Verdict {
        let found = self.run(of, local);
        let value = match &found.value {
            Known::Unknown => Known::Unknown,
            Known::Value(_) => Known::Value(Value::Bool(true)),
            Known::Fault(Fault::Absent(_)) => Known::Value(Value::Bool(false)),
            Known::Fault(fault) => Known::Fault(fault.clone()),
        };
        found.valued(value)
    }

    /// `&&` (decided by false) and `||` (decided by true). The second operand is looked at even when the first is
    /// unknown or a fault: it may decide.
    fn logic(&self, decides: bool, a: &Expr, b: &Expr, local: Option<&Local>) -> Verdict {
        let a = self.run(a, local);
        if a.truth() == Some(decides) {
            return a;
        }
        join(decides, a, self.run(b, local))
    }

    /// All operands, then `apply`; unknown when any is unknown, else the first fault.
    fn strict(&self, operands: &[&Expr], local: Option<&Local>, apply: impl FnOnce(&[Value]) -> Outcome) -> Verdict {
        let mut all = Verdict::bool(true);
        let (mut values, mut fault, mut unknown) = (Vec::with_capacity(operands.len()), None, false);
        for operand in operands {
            let verdict = self.run(operand, local);
            all = all.with(&verdict);
            match verdict.value {
                Known::Value(value) => values.push(value),
                Known::Unknown => unknown = true,
                Known::Fault(f) => fault = fault.or(Some(f)),
            }
        }
        let value = match (unknown, fault) {
            (true, _) => Known::Unknown,
            (false, Some(fault)) => Known::Fault(fault),
            (false, None) => known(apply(&values)),
        };
        all.valued(value)
    }

    fn each(&self, each: Macro, list: &Expr, variable: &str, body: &Expr, outer: Option<&Local>) -> Verdict {
        let list = self.run(list, outer);
        let Known::Value(Value::List(entries)) = &list.value else { return strict(list) };
        let because = Verdict { value: Known::Unknown, because: list.because.clone(), missing: BTreeSet::new() };
        let run = |entry: &Value| {
            let verdict = because.clone().valued(Known::Value(entry.clone()));
            self.run(body, Some(&Local { name: variable, verdict: &verdict, outer }))
        };
        match each {
            Macro::All | Macro::Exists => {
                let decides = each == Macro::Exists;
                let mut so_far = because.clone().valued(Known::Value(Value::Bool(!decides)));
                for entry in entries {
                    let verdict = join(decides, so_far, run(entry));
                    if verdict.truth() == Some(decides) {
                        return verdict;
                    }
                    so_far = verdict;
                }
                so_far
            }
            Macro::ExistsOne => {
                let (mut all, mut found) = (because.clone(), 0);
                let (mut unknown, mut fault) = (false, None);
                for entry in entries {
                    let verdict = run(entry);
                    all = all.with(&verdict);
                    match verdict.value {
                        Known::Value(Value::Bool(holds)) => found += usize::from(holds),
                        Known::Unknown => unknown = true,
                        Known::Fault(f) => fault = fault.or(Some(f)),
                        Known::Value(_) => fault = fault.or(Some(Fault::Mismatch)),
                    }
                }
                let value = match (fault, unknown) {
                    // A second one cannot be undone by what is still unknown.
                    (None, true) if found >= 2 => Known::Value(Value::Bool(false)),
                    (_, true) => Known::Unknown,
                    (Some(fault), false) => Known::Fault(fault),
                    (None, false) => Known::Value(Value::Bool(found == 1)),
                };
                all.valued(value)
            }
            Macro::Filter | Macro::Map => {
                let (mut all, mut kept) = (because.clone(), Vec::new());
                let (mut unknown, mut fault) = (false, None);
                for entry in entries {
                    let verdict = run(entry);
                    all = all.with(&verdict);
                    match (each, verdict.value) {
                        (Macro::Map, Known::Value(value)) => kept.push(value),
                        (_, Known::Value(Value::Bool(true))) => kept.push(entry.clone()),
                        (_, Known::Value(Value::Bool(false))) => {}
                        (_, Known::Value(_)) => fault = fault.or(Some(Fault::Mismatch)),
                        (_, Known::Unknown) => unknown = true,
                        (_, Known::Fault(f)) => fault = fault.or(Some(f)),
                    }
                }
                let value = match (fault, unknown) {
                    (_, true) => Known::Unknown,
                    (Some(fault), false) => Known::Fault(fault),
                    (None, false) => Known::Value(Value::List(kept)),
                };
                all.valued(value)
            }
        }
    }
}

fn lookup<'a>(name: &str, mut local: Option<&'a Local<'a>>) -> Option<&'a Verdict> {
    while let Some(l) = local {
        if l.name == name {
            return Some(l.verdict);
        }
        local = l.outer;
    }
    None
}

/// A field of a record. One that has not been filled in is unknown: what is missing is the fact the record stands in.
fn field(of: Verdict, name: &str) -> Verdict {
    match &of.value {
        Known::Value(Value::Record(record)) => match record.get(name) {
            Some(value) => {
                let value = Known::Value(value.clone());
                of.valued(value)
            }
            None => {
                let missing = of.because.clone();
                Verdict { value: Known::Unknown, because: of.because, missing }
            }
        },
        _ => strict(of),
    }
}

/// Passes an unknown or a fault on; a value of the wrong type is a fault.
fn strict(of: Verdict) -> Verdict {
    let value = match &of.value {
        Known::Value(_) => Known::Fault(Fault::Mismatch),
        other => other.clone(),
    };
    of.valued(value)
}

/// `a` is why `b` counts.
fn reasons(a: Verdict, b: Verdict) -> Verdict {
    let value = b.value.clone();
    b.with(&a).valued(value)
}

/// Joins two operands of which the first does not decide.
fn join(decides: bool, a: Verdict, b: Verdict) -> Verdict {
    if b.truth() == Some(decides) {
        return b;
    }
    let value = match (&a.value, &b.value) {
        (Known::Unknown, _) | (_, Known::Unknown) => Known::Unknown,
        (Known::Fault(fault), _) | (_, Known::Fault(fault)) => Known::Fault(fault.clone()),
        (Known::Value(Value::Bool(_)), Known::Value(Value::Bool(_))) => Known::Value(Value::Bool(!decides)),
        _ => Known::Fault(Fault::Mismatch),
    };
    a.with(&b).valued(value)
}

fn compare(comparison: Comparison, a: &Value, b: &Value) -> Outcome {
    let order = match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) | (Value::Money(a), Value::Money(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::List(_), Value::List(_)) => None,
        _ => return Err(Fault::Mismatch),
    };
    let holds = match (comparison, order) {
        (Comparison::Equal, _) => a == b,
        (Comparison::NotEqual, _) => a != b,
        (Comparison::Less, Some(order)) => order == Ordering::Less,
        (Comparison::AtMost, Some(order)) => order != Ordering::Greater,
        (Comparison::Greater, Some(order)) => order == Ordering::Greater,
        (Comparison::AtLeast, Some(order)) => order != Ordering::Less,
        (_, None) => return Err(Fault::Mismatch),
    };
    Ok(Value::Bool(holds))
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
    shifted.ok_or(Fault::DateRange)
}

fn call(function: Function, arguments: &[Value]) -> Outcome {
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
        (Function::SumMoney, [Value::List(list)]) => {
            sum(list, |v| if let Value::Money(n) = v { Some(*n) } else { None }).map(Value::Money)
        }
        (Function::StartsWith, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.starts_with(part.as_str()))),
        (Function::EndsWith, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.ends_with(part.as_str()))),
        (Function::Contains, [Value::Text(text), Value::Text(part)]) => Ok(Value::Bool(text.contains(part.as_str()))),
        (Function::Matches, [Value::Text(text), Value::Text(pattern)]) => {
            regex_lite::Regex::new(pattern).map(|r| Value::Bool(r.is_match(text))).map_err(|_| Fault::Mismatch)
        }
        _ => Err(Fault::Mismatch),
    }
}

fn count(n: usize) -> Outcome {
    i64::try_from(n).map(Value::Int).map_err(|_| Fault::Overflow)
}

fn sum(list: &[Value], number: impl Fn(&Value) -> Option<i64>) -> Result<i64, Fault> {
    list.iter().try_fold(0_i64, |sum, value| sum.checked_add(number(value).ok_or(Fault::Mismatch)?).ok_or(Fault::Overflow))
}

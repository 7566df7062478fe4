//! The numbers that a rule compares with, and the bounds that it sets.

use super::{Edge, Kind, ONE, Quantity, in_zh};
use crate::rules::expr::{Comparison, Expr, Function, Operator, Rule};
use crate::rules::value::{Period, Value};

/// A number of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What a text may call it: `> 49` is `50 or more` too.
    pub readings: Vec<Quantity>,
    /// As the rule writes it.
    pub written: String,
    /// A text that does not name it leaves the applicant in the dark. Bounds of 0 and 1 go without saying.
    pub firm: bool,
}

/// Every number that a rule compares with.
pub fn of_rule(rule: &Rule) -> Vec<Compared> {
    let mut found: Vec<Compared> = Vec::new();
    // Literals that have been read as part of what stands around them.
    let mut read: Vec<&Expr> = Vec::new();
    rule.expr.visit(&mut |expr| {
        if read.iter().any(|known| std::ptr::eq(*known, expr)) {
            return;
        }
        let parts: Vec<(&Expr, Compared)> = match expr {
            Expr::Literal(value) => literal(value).into_iter().map(|compared| (expr, compared)).collect(),
            Expr::Call(function, given) => call(*function, given).into_iter().collect(),
            Expr::Compare(comparison, a, b) => beside(*comparison, a, b).into_iter().collect(),
            Expr::Arithmetic(Operator::Multiply | Operator::Divide | Operator::Remainder, a, b) => {
                let factor = |part| factor(part).map(|compared| (part, compared));
                [&**a, &**b].into_iter().filter_map(factor).collect()
            }
            _ => vec![],
        };
        for (part, compared) in parts {
            read.push(part);
            if !found.contains(&compared) {
                found.push(compared);
            }
        }
    });
    found
}

/// The numbers that a rule has bounds at. Of whole numbers `> 9` is `>= 10` too.
pub fn bounds_of_rule(rule: &Rule) -> Vec<(Quantity, Edge)> {
    let mut found = Vec::new();
    rule.expr.visit(&mut |expr| {
        let Expr::Compare(comparison, a, b) = expr else { return };
        let flipped = matches!(**a, Expr::Literal(_));
        let edge = match comparison {
            Comparison::AtLeast | Comparison::Less => Edge::Larger,
            Comparison::Greater | Comparison::AtMost => Edge::Smaller,
            Comparison::Equal | Comparison::NotEqual => return,
        };
        let other = if edge == Edge::Larger { Edge::Smaller } else { Edge::Larger };
        let edge = if flipped { other } else { edge };
        let bound = if flipped { a } else { b };
        match &**bound {
            Expr::Literal(Value::Int(n)) => {
                let (next, beyond) =
                    if edge == Edge::Larger { (n.saturating_sub(1), Edge::Smaller) } else { (n.saturating_add(1), Edge::Larger) };
                found.push((Quantity::whole(Kind::Plain, *n), edge));
                found.push((Quantity::whole(Kind::Plain, next), beyond));
            }
            Expr::Literal(value @ Value::Money(_)) => found.extend(literal(value).into_iter().flat_map(|c| c.readings).map(|q| (q, edge))),
            Expr::Call(function, given) => {
                found.extend(call(*function, given).into_iter().flat_map(|(_, c)| c.readings).map(|q| (q, edge)))
            }
            _ => {}
        }
    });
    found
}

fn literal(value: &Value) -> Option<Compared> {
    let one = |quantity: Quantity, written: String, firm: bool| Some(Compared { readings: vec![quantity], written, firm });
    match value {
        Value::Int(n) => one(Quantity::whole(Kind::Plain, n.saturating_abs()), n.to_string(), n.saturating_abs() > 1),
        Value::Money(fen) => {
            one(Quantity { kind: Kind::Yuan, value: fen.saturating_mul(ONE / 100) }, format!("yuan({})", fen / 100), *fen != 0)
        }
        Value::Date(date) => one(Quantity::date(*date), date.to_string(), true),
        Value::Period(Period::Years(n)) => one(Quantity::whole(Kind::Years, i64::from(*n)), format!("years({n})"), *n != 0),
        Value::Period(Period::Months(n)) => one(Quantity::whole(Kind::Months, i64::from(*n)), format!("months({n})"), *n != 0),
        Value::Period(Period::Days(n)) => one(Quantity::whole(Kind::Days, i64::from(*n)), format!("days({n})"), *n != 0),
        Value::Period(Period::WorkingDays(n)) => {
            one(Quantity::whole(Kind::WorkingDays, i64::from(*n)), format!("working_days({n})"), *n != 0)
        }
        // `startsWith("91")`: a text may say it, and need not.
        Value::Text(text) => {
            let readings: Vec<Quantity> = in_zh(text).into_iter().map(|n| n.quantity).collect();
            (!readings.is_empty()).then(|| Compared { readings, written: text.clone(), firm: false })
        }
        Value::Bool(_) | Value::Record(_) | Value::List(_) => None,
    }
}

/// `yuan(30000)`, `years(3)`.
fn call(function: Function, given: &[Expr]) -> Option<(&Expr, Compared)> {
    let [part @ Expr::Literal(Value::Int(n))] = given else { return None };
    let kind = match function {
        Function::Yuan => Kind::Yuan,
        Function::Years => Kind::Years,
        Function::Months => Kind::Months,
        Function::Days => Kind::Days,
        Function::WorkingDays => Kind::WorkingDays,
        _ => return None,
    };
    let name = match kind {
        Kind::Yuan => "yuan",
        Kind::Years => "years",
        Kind::Months => "months",
        Kind::Days => "days",
        _ => "working_days",
    };
    let readings = vec![Quantity::whole(kind, n.saturating_abs())];
    Some((part, Compared { readings, written: format!("{name}({n})"), firm: *n != 0 }))
}

/// `n > 49` says 50 as well.
fn beside<'a>(comparison: Comparison, a: &'a Expr, b: &'a Expr) -> Option<(&'a Expr, Compared)> {
    let (part, n, more) = match (a, b) {
        (_, Expr::Literal(Value::Int(n))) => (b, *n, comparison == Comparison::Greater),
        (Expr::Literal(Value::Int(n)), _) => (a, *n, comparison == Comparison::Less),
        _ => return None,
    };
    let next = match comparison {
        Comparison::Greater | Comparison::Less => n.saturating_add(if more { 1 } else { -1 }),
        _ => n,
    };
    let readings = vec![Quantity::whole(Kind::Plain, n.saturating_abs()), Quantity::whole(Kind::Plain, next.saturating_abs())];
    // `n < 2` is `at most 1`, which goes without saying as `n > 0` does.
    Some((part, Compared { readings, written: n.to_string(), firm: n.saturating_abs() > 1 && next.saturating_abs() > 1 }))
}

/// A factor serves to compute with (`yes * 3 >= all * 2`): a text may name it, and need not.
fn factor(part: &Expr) -> Option<Compared> {
    let Expr::Literal(value) = part else { return None };
    literal(value).map(|compared| Compared { firm: false, ..compared })
}

//! Taking expressions apart and putting them together again: parts, replacements, and lists as "the entries of a fact
//! that meet these conditions, each seen as that".

use super::super::expr::{Comparison, Expr, Macro};

/// The path under which an entry of the list at `path` is spoken of; its fields are `path[].field`.
pub fn entry(path: &str) -> String {
    format!("{path}[]")
}

pub fn any(expr: &Expr, is: impl Fn(&Expr) -> bool) -> bool {
    let mut found = false;
    expr.visit(&mut |e| found |= is(e));
    found
}

/// The path of the one entry that stands for all of a kind.
pub fn entry_of_kind(path: &str, kind: usize) -> String {
    format!("{path}[{kind}]")
}

/// Whether a path begins with that of such an entry.
pub fn of_kind(path: &str) -> bool {
    path.split_once('[').is_some_and(|(_, rest)| !rest.starts_with(']'))
}

/// The list and the field of a path within an entry.
pub fn field(path: &str) -> Option<(&str, &str)> {
    let (list, rest) = path.split_once('[')?;
    Some((list, rest.split_once("].")?.1))
}

/// What is said of an entry, said of the entry of a kind.
pub fn said_of_kind(condition: &Expr, path: &str, kind: usize) -> Expr {
    let (any, one) = (entry(path), entry_of_kind(path, kind));
    replace(condition, &|e| match e {
        Expr::Fact(p) => p.strip_prefix(&any).map(|field| Expr::Fact(format!("{one}{field}"))),
        _ => None,
    })
}

/// The expression with every part for which `change` has something else replaced by that.
pub fn replace(expr: &Expr, change: &impl Fn(&Expr) -> Option<Expr>) -> Expr {
    if let Some(other) = change(expr) {
        return other;
    }
    let of = |e: &Expr| replace(e, change);
    let boxed = |e: &Expr| Box::new(of(e));
    match expr {
        Expr::Field(a, name) => match of(a) {
            Expr::Fact(path) if path.ends_with(']') => Expr::Fact(format!("{path}.{name}")),
            other => Expr::Field(Box::new(other), name.clone()),
        },
        Expr::Not(a) => Expr::Not(boxed(a)),
        Expr::Negate(a) => Expr::Negate(boxed(a)),
        Expr::Has(a) => Expr::Has(boxed(a)),
        Expr::And(a, b) => Expr::And(boxed(a), boxed(b)),
        Expr::Or(a, b) => Expr::Or(boxed(a), boxed(b)),
        Expr::Compare(comparison, a, b) => Expr::Compare(*comparison, boxed(a), boxed(b)),
        Expr::Arithmetic(operator, a, b) => Expr::Arithmetic(*operator, boxed(a), boxed(b)),
        Expr::In(a, b) => Expr::In(boxed(a), boxed(b)),
        Expr::If(a, b, c) => Expr::If(boxed(a), boxed(b), boxed(c)),
        Expr::List(all) => Expr::List(all.iter().map(of).collect()),
        Expr::Call(function, all) => Expr::Call(*function, all.iter().map(of).collect()),
        Expr::Each { each, list, variable, body } => {
            Expr::Each { each: *each, list: boxed(list), variable: variable.clone(), body: boxed(body) }
        }
        Expr::Literal(_) | Expr::Fact(_) | Expr::Local(_) | Expr::Today => expr.clone(),
    }
}

/// The expression with another fact in place of one.
pub fn renamed(expr: &Expr, fact: &str, other: &str) -> Expr {
    replace(expr, &|e| (*e == Expr::Fact(fact.to_owned())).then(|| Expr::Fact(other.to_owned())))
}

/// `body` with what the macro's variable stands for in its place. An inner macro with a variable of the same name keeps
/// its own.
pub fn fill_in(body: &Expr, variable: &str, with: &Expr) -> Expr {
    replace(body, &|e| match e {
        Expr::Local(name) if name == variable => Some(with.clone()),
        Expr::Each { each, list, variable: inner, body } if inner == variable => {
            let list = Box::new(fill_in(list, variable, with));
            Some(Expr::Each { each: *each, list, variable: inner.clone(), body: body.clone() })
        }
        _ => None,
    })
}

/// A conditional on whose value the expression depends outright, so that it may stand outside instead:
/// `(c ? 1 : 2) < n` is `c ? 1 < n : 2 < n`.
pub fn conditional(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::If(..) => Some(expr),
        Expr::Field(..) | Expr::Negate(_) | Expr::Compare(..) | Expr::Arithmetic(..) | Expr::In(..) | Expr::List(_) | Expr::Call(..) => {
            let mut found = None;
            expr.parts(&mut |part| found = found.or_else(|| conditional(part)));
            found
        }
        Expr::Each { list, .. } => conditional(list),
        _ => None,
    }
}

/// A list as far as it can be reasoned about.
pub enum Rows {
    Fixed(Vec<Expr>),
    /// Entries of the fact at `path` for which all of `keep` hold, each seen as `each`; both speak of [`entry`].
    Of {
        path: String,
        keep: Vec<Expr>,
        each: Expr,
    },
}

impl Rows {
    /// `None` for a list that is made otherwise, or whose entries are compared with the list itself.
    pub fn of(list: &Expr) -> Option<Rows> {
        match list {
            Expr::Fact(path) => Some(Rows::Of { path: path.clone(), keep: vec![], each: Expr::Fact(entry(path)) }),
            Expr::List(entries) => Some(Rows::Fixed(entries.clone())),
            Expr::Each { each: Macro::Filter, list, variable, body } => match Rows::of(list)? {
                Rows::Of { path, mut keep, each } => {
                    keep.push(Rows::body(&path, body, variable, &each)?);
                    Some(Rows::Of { path, keep, each })
                }
                Rows::Fixed(_) => None,
            },
            Expr::Each { each: Macro::Map, list, variable, body } => match Rows::of(list)? {
                Rows::Of { path, mut keep, each } => {
                    let each = Rows::body(&path, body, variable, &each)?;
                    // What is the same as itself is no fault.
                    let sound = Expr::Compare(Comparison::Equal, Box::new(each.clone()), Box::new(each.clone()));
                    keep.extend((!matches!(each, Expr::Fact(_))).then_some(sound));
                    Some(Rows::Of { path, keep, each })
                }
                Rows::Fixed(entries) => Some(Rows::Fixed(entries.iter().map(|e| fill_in(body, variable, e)).collect())),
            },
            _ => None,
        }
    }

    /// What a macro says of one entry of the list at `path`.
    pub fn body(path: &str, body: &Expr, variable: &str, each: &Expr) -> Option<Expr> {
        let itself = any(body, |e| matches!(e, Expr::Fact(p) if p == path || p.starts_with(&entry(path))));
        (!itself).then(|| fill_in(body, variable, each))
    }
}

//! Expressions → statements over whole numbers. A bool is a number up to 1, a choice one such for each option, a date
//! counts days, a text is what is said of it and its length, a list is how many entries of each kind it has. What cannot
//! be put so becomes a variable of its own, true, false or a fault as it likes: the statements then hold at least where
//! the expression does, so that a proof that they never hold is one for the expression too.

mod lists;
mod numbers;
mod texts;

use super::super::expr::{Comparison, Expr, Function, Macro};
use super::super::value::{TEXT_LIMIT, Type, Value};
use super::Want;
use super::domain::{self, Domain, Domains, Otherwise};
use super::formula::{self, Formula, Sound, Truth, all, at_least, at_most, equal};
use super::linear::{Linear, Span, Variable};
use super::saying::Saying;
use super::shape::{self, Rows};
use super::system::{Operation, System, constant};
use std::collections::BTreeMap;

/// What a variable stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Name {
    Fact(String),
    Today,
    /// Whether a choice is this option.
    Option(String, usize),
    Saying(String, Saying),
    Length(String),
    /// How many entries of a list are of this kind.
    Entries(String, usize),
    /// The sum of something, of money or of ints, over the entries of this kind.
    Total {
        path: String,
        kind: usize,
        each: Expr,
        money: bool,
    },
    Computed(Operation, Linear, Linear),
    Opaque(Expr),
}

/// The kinds of entries that a list can have: what each of the conditions that rules make of entries comes to.
pub struct Kinds {
    pub conditions: Vec<Expr>,
    pub kinds: Vec<Vec<Want>>,
}

/// Conditions on the entries of one list, and kinds of entries, at most; lists with more are not reasoned about.
const MOST_CONDITIONS: usize = 6;
const MOST_KINDS: usize = 48;
/// How often a conditional is taken out of an expression, at most.
const MOST_CONDITIONALS: usize = 200;
/// Statements that one expression may become; what would become more is not looked into.
const LARGEST: usize = 5000;
/// Work to decide whether an entry of some kind is possible.
const KIND_BUDGET: usize = 50_000;
const LONGEST_TEXT: i128 = TEXT_LIMIT as i128;

pub struct Compiler<'a, 'd> {
    pub domains: &'a Domains<'d>,
    pub system: System<'d>,
    pub names: Vec<Name>,
    pub lists: BTreeMap<String, Kinds>,
    /// What must hold besides: where there are entries of a kind, one of that kind can be.
    pub also: Vec<Formula>,
    conditionals: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Bool,
    Number,
    Text,
    Other,
}

impl<'a, 'd> Compiler<'a, 'd> {
    /// Ready for these expressions.
    pub fn new(domains: &'a Domains<'d>, exprs: &[&Expr]) -> Compiler<'a, 'd> {
        let system =
            System { calendar: domains.calendar, bounds: vec![], usual: vec![], sums: vec![], computed: vec![], work: Default::default() };
        let mut compiler = Compiler { domains, system, names: vec![], lists: BTreeMap::new(), also: vec![], conditionals: 0 };
        for (path, conditions) in lists::conditions_on_entries(exprs) {
            if let Some(kinds) = compiler.kinds(&conditions) {
                compiler.lists.insert(path, Kinds { conditions, kinds });
            }
        }
        compiler
    }

    /// The domain of a fact, or of a field of an entry (`path[].field`).
    pub fn domain(&self, path: &str) -> Option<&'a Domain> {
        match shape::field(path) {
            Some((list, field)) => self.domains.facts.get(list)?.fields.get(field),
            None => self.domains.facts.get(path),
        }
    }

    fn variable(&mut self, name: Name, (low, high): Span, usual: i128) -> Variable {
        self.names.iter().position(|n| *n == name).unwrap_or_else(|| {
            self.names.push(name);
            self.system.bounds.push((low, high));
            self.system.usual.push(usual);
            self.names.len() - 1
        })
    }

    /// `factor · a + b ≤ limit`, always.
    fn always(&mut self, factor: i128, a: &Linear, b: &Linear, limit: i128) {
        self.system.sums.extend(b.plus(factor, a).map(|sum| sum.minus(limit)));
    }

    pub fn truth(&mut self, expr: &Expr) -> Truth {
        let truth = self.put(expr);
        if truth.size() <= LARGEST { truth } else { self.opaque(expr) }
    }

    fn put(&mut self, expr: &Expr) -> Truth {
        match expr {
            Expr::Literal(Value::Bool(holds)) => Truth::constant(*holds),
            Expr::Not(a) => self.truth(a).not(),
            Expr::And(a, b) => self.truth(a).and(self.truth(b)),
            Expr::Or(a, b) => self.truth(a).or(self.truth(b)),
            Expr::If(condition, yes, no) => self.truth(condition).choose(self.truth(yes), self.truth(no)),
            Expr::Fact(path) => self.flag(path).unwrap_or_else(|| self.opaque(expr)),
            Expr::Has(of) => self.has(of).unwrap_or_else(|| self.opaque(expr)),
            _ => self.strict(expr),
        }
    }

    /// An expression that needs all its operands.
    fn strict(&mut self, expr: &Expr) -> Truth {
        if !shape::any(expr, |e| matches!(e, Expr::Fact(_) | Expr::Today | Expr::Local(_))) {
            return match constant(expr.clone(), self.system.calendar) {
                Some(Value::Bool(holds)) => Truth::constant(holds),
                _ => Truth { yes: formula::no(), no: formula::no(), fault: formula::yes() },
            };
        }
        if let Some(Expr::If(condition, yes, no)) = shape::conditional(expr)
            && self.conditionals < MOST_CONDITIONALS
        {
            self.conditionals += 1;
            let whole = Expr::If(condition.clone(), yes.clone(), no.clone());
            let with = |branch: &Expr| shape::replace(expr, &|e| (*e == whole).then(|| branch.clone()));
            let (yes, no) = (with(yes), with(no));
            return self.truth(condition).choose(self.truth(&yes), self.truth(&no));
        }
        let found = match expr {
            Expr::Compare(comparison, a, b) => self.compare(*comparison, a, b),
            Expr::In(a, list) => self.within(a, list),
            Expr::Call(function, arguments) => self.says(*function, arguments),
            Expr::Each { each, list, variable, body } => self.each(*each, list, variable, body),
            _ => None,
        };
        found.unwrap_or_else(|| self.opaque(expr))
    }

    /// Anything: true, false or a fault, the same wherever the expression stands.
    fn opaque(&mut self, expr: &Expr) -> Truth {
        let value = Linear::variable(self.variable(Name::Opaque(expr.clone()), (0, 2), 1));
        Truth { yes: equal(&value, 1), no: at_most(&value, 0), fault: at_least(&value, 2) }
    }

    fn flag(&mut self, path: &str) -> Option<Truth> {
        let domain = self.domain(path).filter(|d| d.ty == Type::Bool)?;
        let usual = domain::number(&domain.usual).unwrap_or(0);
        let value = Linear::variable(self.variable(Name::Fact(path.to_owned()), (0, 1), usual));
        let sound = self.presence(path);
        Some(Truth::guarded(at_least(&value, 1), at_most(&value, 0), &sound))
    }

    /// Where a fact has a value at all.
    fn presence(&mut self, path: &str) -> Sound {
        match self.domain(path).and_then(|d| d.with.as_ref()) {
            Some(with) if with.otherwise == Otherwise::Absent => match self.flag(&with.path) {
                Some(truth) => Sound { sound: truth.yes, fault: truth.no },
                None => Sound::always(),
            },
            _ => Sound::always(),
        }
    }

    fn has(&mut self, of: &Expr) -> Option<Truth> {
        let Expr::Fact(path) = of else { return None };
        self.domain(path)?;
        let Sound { sound, fault } = self.presence(path);
        Some(Truth { yes: sound, no: fault, fault: formula::no() })
    }

    fn sort(&self, expr: &Expr) -> Sort {
        match expr {
            Expr::Literal(value) => match value {
                Value::Bool(_) => Sort::Bool,
                Value::Int(_) | Value::Money(_) | Value::Date(_) => Sort::Number,
                Value::Text(_) => Sort::Text,
                _ => Sort::Other,
            },
            Expr::Fact(path) => match self.domain(path).map(|d| &d.ty) {
                Some(Type::Bool) => Sort::Bool,
                Some(Type::Int | Type::Money | Type::Date) => Sort::Number,
                Some(Type::Text | Type::Choice(_)) => Sort::Text,
                _ => Sort::Other,
            },
            Expr::Today | Expr::Negate(_) => Sort::Number,
            Expr::Arithmetic(_, a, b) => {
                if self.sort(a) == Sort::Number || self.sort(b) == Sort::Number {
                    Sort::Number
                } else {
                    Sort::Other
                }
            }
            Expr::Call(function, _) => match function {
                Function::StartsWith | Function::EndsWith | Function::Contains | Function::Matches => Sort::Bool,
                Function::Yuan | Function::AgeOn | Function::Size | Function::Sum | Function::SumMoney => Sort::Number,
                _ => Sort::Other,
            },
            Expr::Not(_) | Expr::And(..) | Expr::Or(..) | Expr::Compare(..) | Expr::In(..) | Expr::Has(_) => Sort::Bool,
            Expr::Each { each: Macro::All | Macro::Exists | Macro::ExistsOne, .. } => Sort::Bool,
            Expr::If(_, yes, _) => self.sort(yes),
            Expr::Each { .. } | Expr::List(_) | Expr::Local(_) | Expr::Field(..) => Sort::Other,
        }
    }

    fn compare(&mut self, comparison: Comparison, a: &Expr, b: &Expr) -> Option<Truth> {
        match (self.sort(a), comparison) {
            (Sort::Number, _) => {
                let (a, b) = (self.number(a)?, self.number(b)?);
                numbers::relation(comparison, &a.value.plus(-1, &b.value)?, &a.sound.and(&b.sound))
            }
            (Sort::Text, Comparison::Equal) => self.same_words(a, b),
            (Sort::Text, Comparison::NotEqual) => self.same_words(a, b).map(Truth::not),
            (Sort::Bool, _) => {
                let (a, b) = (self.truth(a), self.truth(b));
                // False comes before true.
                let (less, greater) = (a.clone().not().and(b.clone()), a.clone().and(b.clone().not()));
                let fault = formula::any([a.fault.clone(), b.fault.clone()]);
                let truth = match comparison {
                    Comparison::Equal => a.same(b),
                    Comparison::NotEqual => a.same(b).not(),
                    Comparison::Less => less,
                    Comparison::AtLeast => less.not(),
                    Comparison::Greater => greater,
                    Comparison::AtMost => greater.not(),
                };
                Some(Truth { fault, ..truth })
            }
            _ => None,
        }
    }

    fn within(&mut self, a: &Expr, list: &Expr) -> Option<Truth> {
        let Rows::Fixed(entries) = Rows::of(list)? else { return None };
        let same = entries.iter().map(|entry| self.compare(Comparison::Equal, a, entry)).collect::<Option<Vec<Truth>>>()?;
        // All entries are looked at, wherever the first one that fits stands.
        let decided = same.iter().map(|t| formula::any([t.yes.clone(), t.no.clone()]));
        let found = formula::any(same.iter().map(|t| t.yes.clone()));
        Some(Truth {
            yes: all(decided.chain([found])),
            no: all(same.iter().map(|t| t.no.clone())),
            fault: formula::any(same.iter().map(|t| t.fault.clone())),
        })
    }
}

impl Truth {
    pub fn when(&self, want: Want) -> Formula {
        match want {
            Want::True => &self.yes,
            Want::False => &self.no,
            Want::Fault => &self.fault,
            Want::NotTrue => return formula::any([self.no.clone(), self.fault.clone()]),
            Want::NotFalse => return formula::any([self.yes.clone(), self.fault.clone()]),
        }
        .clone()
    }
}

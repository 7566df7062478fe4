//! Statements over sums: nothing but "at most 0", *and*, *or*. An expression becomes three of them, [`Truth`]: when it
//! is true, when it is false, when it is a fault.

use super::linear::{Linear, Span};
use std::rc::Rc;

#[derive(Debug)]
pub enum Statement {
    Yes,
    No,
    /// The sum is at most 0.
    AtMostZero(Linear),
    /// Of several; and how many statements that is in all.
    All(Vec<Formula>, usize),
    Any(Vec<Formula>, usize),
}

pub type Formula = Rc<Statement>;

pub fn yes() -> Formula {
    Rc::new(Statement::Yes)
}

pub fn no() -> Formula {
    Rc::new(Statement::No)
}

pub fn constant(holds: bool) -> Formula {
    if holds { yes() } else { no() }
}

/// `sum ≤ limit`
pub fn at_most(sum: &Linear, limit: i128) -> Formula {
    let sum = sum.minus(limit);
    if sum.is_constant() { constant(sum.constant <= 0) } else { Rc::new(Statement::AtMostZero(sum)) }
}

/// `sum ≥ limit`
pub fn at_least(sum: &Linear, limit: i128) -> Formula {
    let sum = sum.minus(limit - 1).otherwise();
    if sum.is_constant() { constant(sum.constant <= 0) } else { Rc::new(Statement::AtMostZero(sum)) }
}

pub fn equal(sum: &Linear, to: i128) -> Formula {
    all([at_most(sum, to), at_least(sum, to)])
}

pub fn unequal(sum: &Linear, to: i128) -> Formula {
    any([at_most(sum, to - 1), at_least(sum, to + 1)])
}

pub fn all(parts: impl IntoIterator<Item = Formula>) -> Formula {
    let mut kept = Vec::new();
    for part in parts {
        match &*part {
            Statement::Yes => {}
            Statement::No => return part,
            _ => kept.push(part),
        }
    }
    match kept.len() {
        0 => yes(),
        1 => kept.remove(0),
        _ => {
            let size = size(&kept);
            Rc::new(Statement::All(kept, size))
        }
    }
}

pub fn any(parts: impl IntoIterator<Item = Formula>) -> Formula {
    let mut kept = Vec::new();
    for part in parts {
        match &*part {
            Statement::No => {}
            Statement::Yes => return part,
            _ => kept.push(part),
        }
    }
    match kept.len() {
        0 => no(),
        1 => kept.remove(0),
        _ => {
            let size = size(&kept);
            Rc::new(Statement::Any(kept, size))
        }
    }
}

fn size(parts: &[Formula]) -> usize {
    parts.iter().fold(1, |sum: usize, part| sum.saturating_add(part.size()))
}

impl Statement {
    /// How many statements it is made of: what looking at it costs.
    pub fn size(&self) -> usize {
        match self {
            Statement::All(_, size) | Statement::Any(_, size) => *size,
            Statement::Yes | Statement::No | Statement::AtMostZero(_) => 1,
        }
    }

    /// Whether it holds everywhere within bounds, nowhere, or is not decided by them.
    pub fn holds(&self, bounds: &[Span]) -> Option<bool> {
        match self {
            Statement::Yes => Some(true),
            Statement::No => Some(false),
            Statement::AtMostZero(sum) => sum.holds(bounds),
            Statement::All(parts, _) => join(parts.iter().map(|p| p.holds(bounds)), false),
            Statement::Any(parts, _) => join(parts.iter().map(|p| p.holds(bounds)), true),
        }
    }
}

fn join(parts: impl Iterator<Item = Option<bool>>, decides: bool) -> Option<bool> {
    let mut known = Some(!decides);
    for part in parts {
        match part {
            Some(part) if part == decides => return Some(decides),
            Some(_) => {}
            None => known = None,
        }
    }
    known
}

/// When an expression is true, false, or a fault.
#[derive(Clone, Debug)]
pub struct Truth {
    pub yes: Formula,
    pub no: Formula,
    pub fault: Formula,
}

impl Truth {
    pub fn constant(holds: bool) -> Truth {
        Truth { yes: constant(holds), no: constant(!holds), fault: no() }
    }

    /// True and false where `sound` holds, a fault where `fault` does.
    pub fn guarded(yes: Formula, no: Formula, sound: &Sound) -> Truth {
        Truth { yes: all([yes, sound.sound.clone()]), no: all([no, sound.sound.clone()]), fault: sound.fault.clone() }
    }

    pub fn size(&self) -> usize {
        [&self.yes, &self.no, &self.fault].into_iter().fold(0, |sum, f| sum.saturating_add(f.size()))
    }

    pub fn not(self) -> Truth {
        Truth { yes: self.no, no: self.yes, fault: self.fault }
    }

    /// Kleene's *and*: a false operand decides, whatever the other.
    pub fn and(self, other: Truth) -> Truth {
        let fault = any([all([self.fault.clone(), any([other.fault.clone(), other.yes.clone()])]), all([self.yes.clone(), other.fault])]);
        Truth { yes: all([self.yes, other.yes]), no: any([self.no, other.no]), fault }
    }

    pub fn or(self, other: Truth) -> Truth {
        self.not().and(other.not()).not()
    }

    /// `self ? yes : no`
    pub fn choose(self, yes: Truth, no: Truth) -> Truth {
        let branch = |of: fn(&Truth) -> &Formula| any([all([self.yes.clone(), of(&yes).clone()]), all([self.no.clone(), of(&no).clone()])]);
        Truth { yes: branch(|t| &t.yes), no: branch(|t| &t.no), fault: any([self.fault.clone(), branch(|t| &t.fault)]) }
    }

    /// Both true or both false.
    pub fn same(self, other: Truth) -> Truth {
        let both = |a: &Formula, b: &Formula| all([a.clone(), b.clone()]);
        Truth {
            yes: any([both(&self.yes, &other.yes), both(&self.no, &other.no)]),
            no: any([both(&self.yes, &other.no), both(&self.no, &other.yes)]),
            fault: any([self.fault, other.fault]),
        }
    }
}

/// Where an operand has a value, and where it is a fault.
#[derive(Clone, Debug)]
pub struct Sound {
    pub sound: Formula,
    pub fault: Formula,
}

impl Sound {
    pub fn always() -> Sound {
        Sound { sound: yes(), fault: no() }
    }

    pub fn and(&self, other: &Sound) -> Sound {
        Sound { sound: all([self.sound.clone(), other.sound.clone()]), fault: any([self.fault.clone(), other.fault.clone()]) }
    }
}

//! The typed form of a rule: what the bundle carries and [`super::evaluate`] runs. Names are resolved, types are
//! checked, macros are their own nodes; nothing here can fail to make sense, only to lack an answer.

use super::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A condition as written, and as the program understands it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    pub text: String,
    pub expr: Expr,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expr {
    Literal(Value),
    /// A fact, or a field of a material, by its path.
    Fact(String),
    /// The variable of an enclosing macro, by name; the innermost of that name.
    Local(String),
    Field(Box<Expr>, String),
    Today,
    Not(Box<Expr>),
    Negate(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Arithmetic(Operator, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    List(Vec<Expr>),
    Has(Box<Expr>),
    Call(Function, Vec<Expr>),
    /// `list.macro(variable, body)`
    Each {
        each: Macro,
        list: Box<Expr>,
        variable: String,
        body: Box<Expr>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Function {
    Years,
    Months,
    Days,
    WorkingDays,
    Yuan,
    AgeOn,
    Size,
    /// Of a list of int.
    Sum,
    /// Of a list of money.
    SumMoney,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Macro {
    All,
    Exists,
    ExistsOne,
    Filter,
    Map,
}

impl Expr {
    /// Every path of a fact or material field that the expression mentions.
    pub fn paths(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.visit(&mut |e| {
            if let Expr::Fact(path) = e {
                found.insert(path.as_str());
            }
        });
        found
    }

    /// Whether it may come to a [`super::Fault`] once everything is known. Only a material's fields can be absent.
    pub fn may_fault(&self) -> bool {
        let mut may = false;
        self.visit(&mut |e| {
            may |= match e {
                Expr::Negate(_) | Expr::Arithmetic(..) => true,
                Expr::Call(function, _) => {
                    !matches!(function, Function::Size | Function::StartsWith | Function::EndsWith | Function::Contains | Function::Matches)
                }
                Expr::Fact(path) => path.contains('.'),
                _ => false,
            }
        });
        may
    }

    /// How many nodes it has, and how many levels.
    pub fn extent(&self) -> (usize, usize) {
        let (mut nodes, mut below) = (1, 0);
        self.parts(&mut |part| {
            let (more, levels) = part.extent();
            nodes += more;
            below = below.max(levels);
        });
        (nodes, below + 1)
    }

    /// Itself and everything in it.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        see(self);
        self.parts(&mut |part| part.visit(see));
    }

    /// The expressions directly below it.
    pub fn parts<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        match self {
            Expr::Literal(_) | Expr::Fact(_) | Expr::Local(_) | Expr::Today => {}
            Expr::Field(a, _) | Expr::Not(a) | Expr::Negate(a) | Expr::Has(a) => see(a),
            Expr::And(a, b) | Expr::Or(a, b) | Expr::Compare(_, a, b) | Expr::Arithmetic(_, a, b) | Expr::In(a, b) => {
                [a, b].into_iter().for_each(|e| see(e))
            }
            Expr::If(a, b, c) => [a, b, c].into_iter().for_each(|e| see(e)),
            Expr::List(all) | Expr::Call(_, all) => all.iter().for_each(see),
            Expr::Each { list, body, .. } => [list, body].into_iter().for_each(|e| see(e)),
        }
    }
}

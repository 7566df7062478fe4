//! Can these rules hold together? Given expressions and what each should come to, and the answers an application can
//! give, [`solve`] finds a complete application that shows it, proves that there is none, or says that it does not know.
//! "Never" is only said when it is proved; an example is only given when the evaluator itself has confirmed it. No chance
//! and no clock: the same question always gets the same answer, within a fixed amount of work.
//!
//! - [`domain`]: the answers an application can give.
//! - `compile`: expressions → `formula`, statements over whole numbers, through `shape` (lists as kinds of entries) and
//!   `saying` (what rules say of texts).
//! - `system`: searching for such numbers; `linear`: sums of them, and when they contradict each other.
//! - `world`: numbers → application.
//!
//! An application here is complete: every fact is answered, every field of every record filled in, every material
//! declared. A fault is neither true nor false.

mod compile;
pub mod domain;
mod formula;
mod linear;
mod saying;
mod shape;
mod system;
mod world;

pub use domain::{Domain, Domains, Otherwise};
pub use shape::renamed;
pub use world::World;

use super::expr::{Expr, Rule};
use compile::Compiler;
use formula::Formula;
use system::Found;

/// What an expression should come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    True,
    False,
    Fault,
    /// False or a fault.
    NotTrue,
    /// True or a fault.
    NotFalse,
}

/// What an application should show.
#[derive(Clone, Debug)]
pub enum Question<'q> {
    Comes(&'q Expr, Want),
    All(Vec<Question<'q>>),
    Any(Vec<Question<'q>>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Proved; but of faults in macros over lists some are not foreseen.
    Never,
    Yes(World),
    Unsure,
}

/// Whether some rules imply another.
#[derive(Clone, Debug, PartialEq)]
pub enum Implied {
    Always,
    /// An application that meets them and not the other.
    Not(World),
    Unsure,
}

/// Work before the answer is [`Answer::Unsure`]: statements and sums looked at, a fraction of a microsecond each.
const BUDGET: usize = 500_000;

/// Looks for an application for which every expression comes to what is wanted.
pub fn solve(wanted: &[(&Expr, Want)], domains: &Domains) -> Answer {
    answer(&all_of(wanted), domains)
}

/// Looks for an application that shows what is asked.
pub fn answer(question: &Question, domains: &Domains) -> Answer {
    answer_within(question, domains, BUDGET)
}

/// Whether every application that meets all of `stronger` meets `weaker`. One for which `weaker` is a fault does not.
pub fn implies(stronger: &[&Rule], weaker: &Rule, domains: &Domains) -> Implied {
    let wanted: Vec<(&Expr, Want)> = stronger.iter().map(|r| (&r.expr, Want::True)).chain([(&weaker.expr, Want::NotTrue)]).collect();
    match solve(&wanted, domains) {
        Answer::Yes(world) => Implied::Not(world),
        Answer::Never => Implied::Always,
        Answer::Unsure => Implied::Unsure,
    }
}

fn all_of<'q>(wanted: &[(&'q Expr, Want)]) -> Question<'q> {
    Question::All(wanted.iter().map(|(expr, want)| Question::Comes(expr, *want)).collect())
}

fn answer_within(question: &Question, domains: &Domains, budget: usize) -> Answer {
    let mut exprs = Vec::new();
    question.exprs(&mut exprs);
    let mut compiler = Compiler::new(domains, &exprs);
    let formula = question.formula(&mut compiler);
    let formula = formula::all(compiler.also.iter().cloned().chain([formula]));
    let realise = |bounds: &[linear::Span], values: &[i128]| {
        world::realise(&compiler, bounds, values).filter(|world| question.shown_by(world, domains))
    };
    match compiler.system.search(formula, budget, realise) {
        Found::Never => Answer::Never,
        Found::Yes(world) => Answer::Yes(world),
        Found::Unsure => Answer::Unsure,
    }
}

impl<'q> Question<'q> {
    fn exprs(&self, found: &mut Vec<&'q Expr>) {
        match self {
            Question::Comes(expr, _) => found.push(expr),
            Question::All(parts) | Question::Any(parts) => parts.iter().for_each(|part| part.exprs(found)),
        }
    }

    fn formula(&self, compiler: &mut Compiler) -> Formula {
        match self {
            Question::Comes(expr, want) => compiler.truth(expr).when(*want),
            Question::All(parts) => formula::all(parts.iter().map(|part| part.formula(compiler)).collect::<Vec<_>>()),
            Question::Any(parts) => formula::any(parts.iter().map(|part| part.formula(compiler)).collect::<Vec<_>>()),
        }
    }

    /// Whether the evaluator agrees.
    fn shown_by(&self, world: &World, domains: &Domains) -> bool {
        match self {
            Question::Comes(expr, want) => world.shows(expr, *want, domains.calendar),
            Question::All(parts) => parts.iter().all(|part| part.shown_by(world, domains)),
            Question::Any(parts) => parts.iter().any(|part| part.shown_by(world, domains)),
        }
    }
}

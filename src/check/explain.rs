//! Rules in words. What a rule needs, and why it came to what it did (有 42 名个人会员,需要 50 名;或有 0 名单位会员,需要 30 名),
//! made from the rule itself and the item's own names, units and options: nobody writes these sentences, so they cannot
//! drift from what is decided. They stand beside the official text, and never instead of it.
//!
//! - [`words`]: a sentence, and the short list below it; or all of it in one line.
//! - `noun`: what an expression stands for, and how its values are shown.
//! - `claim`: one thing that a rule asks of one noun.
//! - `needs`: a whole rule → what it needs. Negations are pushed inwards until they reach a claim.
//! - `reasons`: a rule and its facts → why. Only what decides is named: the verdict's reasons, and for an unknown what is
//!   still to be answered.
//!
//! Every rule of the language has its words. Those of a rule that nests too deep or goes on too long are cut with “…”,
//! and say so.

mod claim;
mod needs;
mod noun;
mod reasons;
pub mod words;

pub use words::{Joint, Words};

use super::settle::{OnFault, settle};
use super::{Application, Point, PointKind};
use crate::catalogue::{Decided, Item};
use crate::rules::expr::{Expr, Macro};
use crate::rules::{Facts, Fault, Known, Rule, Today, Value};
use crate::words::Text;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;

/// How deep words nest, and how many pieces they are made of, before they are cut.
const DEEPEST: usize = 12;
const LONGEST: usize = 300;

/// What `rule` needs.
pub fn needed(rule: &Rule, item: &Item) -> Words {
    Speaker::new(item, None).whole(|speaker| speaker.needs(&rule.expr, true, None))
}

/// Why `rule` has the value that it has: met, not met, or not known yet.
pub fn why(rule: &Rule, item: &Item, facts: &Facts, today: &Today) -> Words {
    let verdict = rule.evaluate(facts, today);
    if verdict.value == Known::Unknown
        && let Known::Value(Value::Bool(met)) = settle(item, rule, facts, today, OnFault::Person).value
    {
        return Words::alone(whatever(met));
    }
    let reasons = verdict.because.iter().chain(&verdict.missing).copied().collect();
    let now = Now { facts, today, reasons };
    Speaker::new(item, Some(now)).whole(|speaker| speaker.reasons(&rule.expr, true, reasons::Tone::Judging, None))
}

/// Of a rule that no open answer can change.
fn whatever(met: bool) -> Text {
    if met {
        Text::new("还没有回答的问题不论怎样回答,都满足", "However the open questions are answered, this is met")
    } else {
        Text::new("还没有回答的问题不论怎样回答,都不满足", "However the open questions are answered, this is not met")
    }
}

/// Why the rule of a condition came to what it did; nothing where a person decides.
pub fn why_condition(item: &Item, application: &Application, code: &str, today: &Today) -> Option<Words> {
    let condition = item.conditions.iter().find(|c| c.code == code)?;
    match &condition.decided {
        Decided::Rule(rule) => Some(why(rule, item, &application.facts(item, today.date).0, today)),
        Decided::HumanCheck(_) => None,
    }
}

/// Why a point is on the one list: a gate's or a condition's rule, and the rule of each standard that a material misses.
/// Nothing for what no rule has decided.
pub fn why_listed(item: &Item, application: &Application, point: &Point, today: &Today) -> Vec<Words> {
    if point.kind == PointKind::Person {
        return vec![];
    }
    let (facts, _) = application.facts(item, today.date);
    let say = |rule: &Rule| why(rule, item, &facts, today);
    match point.id.split_once('.') {
        Some(("gate", code)) => item.gates.iter().filter(|gate| gate.code == code).map(|gate| say(&gate.when)).collect(),
        Some(("condition", code)) => why_condition(item, application, code, today).into_iter().collect(),
        Some(("material", code)) => {
            let standards = item.material(code).into_iter().flat_map(|m| &m.standards);
            standards.filter(|s| point.standards.contains(&s.code)).filter_map(|s| s.rule.as_ref()).map(say).collect()
        }
        _ => vec![],
    }
}

/// Why a rule has no value although nothing is missing, with the item's own names.
pub fn fault(fault: &Fault, item: &Item) -> Text {
    Speaker::new(item, None).fault(fault)
}

/// The facts of the moment, and which of them the verdict names.
struct Now<'a> {
    facts: &'a Facts,
    today: &'a Today<'a>,
    reasons: BTreeSet<&'a str>,
}

/// A macro's variable, innermost first.
struct Variable<'a> {
    name: &'a str,
    /// The list that it runs through, and the variables which that list may use.
    list: &'a Expr,
    /// The entry it stands for, where one is looked at.
    value: Option<&'a Value>,
    outer: Option<&'a Variable<'a>>,
}

impl<'a> Variable<'a> {
    fn find(mut variable: Option<&'a Variable<'a>>, name: &str) -> Option<&'a Variable<'a>> {
        while let Some(v) = variable {
            if v.name == name {
                return Some(v);
            }
            variable = v.outer;
        }
        None
    }
}

struct Speaker<'a> {
    item: &'a Item,
    now: Option<Now<'a>>,
    depth: Cell<usize>,
    spent: Cell<usize>,
    cut: Cell<bool>,
}

impl<'a> Speaker<'a> {
    fn new(item: &'a Item, now: Option<Now<'a>>) -> Speaker<'a> {
        Speaker { item, now, depth: Cell::new(0), spent: Cell::new(0), cut: Cell::new(false) }
    }

    /// Says it, and that it is not the whole where something was left out.
    fn whole(&self, say: impl FnOnce(&Self) -> Words) -> Words {
        let words = say(self);
        if self.cut.get() {
            let note = Text::new("规则较长,这里只写出一部分", "the rule is long, and only a part of it is written out here");
            Words::then(note, words)
        } else {
            words
        }
    }

    /// One piece more, one level deeper; `None` when there has been enough.
    fn deeper<T>(&self, say: impl FnOnce() -> T) -> Option<T> {
        if self.depth.get() >= DEEPEST || self.spent.get() >= LONGEST {
            self.cut.set(true);
            return None;
        }
        self.spent.set(self.spent.get() + 1);
        self.depth.set(self.depth.get() + 1);
        let said = say();
        self.depth.set(self.depth.get() - 1);
        Some(said)
    }

    /// What stands where something was left out.
    fn left_out(&self) -> Text {
        self.cut.set(true);
        Text::new("…", "…")
    }

    /// One entry of `list` after another as words, as far as there is room.
    fn each<T>(&self, list: impl IntoIterator<Item = T>, say: impl Fn(T) -> Words) -> Vec<Words> {
        let mut all = Vec::new();
        for entry in list {
            if self.spent.get() >= LONGEST {
                self.cut.set(true);
                all.push(Words::cut());
                break;
            }
            all.push(say(entry));
        }
        all
    }

    /// May the words that explain a verdict restate this part? Not where it speaks of facts that are no reason.
    fn may_say(&self, expr: &Expr) -> bool {
        self.now.as_ref().is_none_or(|now| expr.paths().iter().all(|path| now.reasons.contains(path)))
    }

    /// What a part of the rule comes to now; unknown where nothing is asked about now.
    fn value(&self, expr: &Expr, variable: Option<&Variable>) -> Known {
        match &self.now {
            Some(now) => bound(expr, variable).evaluate(now.facts, now.today).value,
            None => Known::Unknown,
        }
    }

    /// The facts that a part of the rule still needs.
    fn missing(&self, expr: &Expr, variable: Option<&Variable>) -> Vec<Text> {
        let Some(now) = &self.now else { return vec![] };
        let expr = bound(expr, variable);
        expr.evaluate(now.facts, now.today).missing.into_iter().map(|path| self.title(path)).collect()
    }
}

/// An expression with the entries that its variables stand for put in their places.
fn bound<'e>(expr: &'e Expr, variable: Option<&Variable>) -> Cow<'e, Expr> {
    if variable.is_none() {
        return Cow::Borrowed(expr);
    }
    let go = |e: &Expr| Box::new(bound(e, variable).into_owned());
    let all = |list: &[Expr]| list.iter().map(|e| bound(e, variable).into_owned()).collect();
    Cow::Owned(match expr {
        Expr::Local(name) => match Variable::find(variable, name).and_then(|v| v.value) {
            Some(value) => Expr::Literal(value.clone()),
            None => return Cow::Borrowed(expr),
        },
        Expr::Literal(_) | Expr::Fact(_) | Expr::Today => return Cow::Borrowed(expr),
        Expr::Field(of, name) => Expr::Field(go(of), name.clone()),
        Expr::Not(a) => Expr::Not(go(a)),
        Expr::Negate(a) => Expr::Negate(go(a)),
        Expr::Has(a) => Expr::Has(go(a)),
        Expr::And(a, b) => Expr::And(go(a), go(b)),
        Expr::Or(a, b) => Expr::Or(go(a), go(b)),
        Expr::If(a, b, c) => Expr::If(go(a), go(b), go(c)),
        Expr::Compare(how, a, b) => Expr::Compare(*how, go(a), go(b)),
        Expr::Arithmetic(how, a, b) => Expr::Arithmetic(*how, go(a), go(b)),
        Expr::In(a, b) => Expr::In(go(a), go(b)),
        Expr::List(entries) => Expr::List(all(entries)),
        Expr::Call(function, arguments) => Expr::Call(*function, all(arguments)),
        Expr::Each { each, list, variable: name, body } => {
            Expr::Each { each: *each, list: go(list), variable: name.clone(), body: go(body) }
        }
    })
}

/// How the operands of a rule hang together once its negations have been pushed inwards.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Together {
    All,
    Any,
}

/// A part, and the value that is wanted of it.
type Operand<'e> = (&'e Expr, bool);

/// The operands of a chain of `&&` or of `||`; `None` for anything else.
fn chain(expr: &Expr, want: bool) -> Option<(Together, Vec<Operand<'_>>)> {
    let together = joint(expr, want)?;
    let mut operands = Vec::new();
    gather(expr, want, together, &mut operands);
    Some((together, operands))
}

fn joint(expr: &Expr, want: bool) -> Option<Together> {
    match (expr, want) {
        (Expr::Not(a), _) => joint(a, !want),
        (Expr::And(..), true) | (Expr::Or(..), false) => Some(Together::All),
        (Expr::And(..), false) | (Expr::Or(..), true) => Some(Together::Any),
        _ => None,
    }
}

fn gather<'e>(expr: &'e Expr, want: bool, together: Together, operands: &mut Vec<Operand<'e>>) {
    match expr {
        Expr::Not(a) => gather(a, !want, together, operands),
        Expr::And(a, b) | Expr::Or(a, b) if joint(expr, want) == Some(together) => {
            gather(a, want, together, operands);
            gather(b, want, together, operands);
        }
        _ => operands.push((expr, want)),
    }
}

/// The operands of an "or" parted into those that say when the rest does not matter (`!dangerous || …`), and the rest: better
/// said as "if …, then …". Nothing where they do not part.
fn parted<'e>(operands: &[Operand<'e>]) -> Option<(Vec<Operand<'e>>, Vec<Operand<'e>>)> {
    let (mut when, mut rest): (Vec<_>, Vec<_>) = operands.iter().copied().partition(|(e, want)| guards(e, *want));
    if rest.is_empty() {
        rest.extend(when.pop());
    }
    (!when.is_empty() && !rest.is_empty()).then_some((when, rest))
}

fn guards(expr: &Expr, want: bool) -> bool {
    use crate::rules::expr::Comparison::{Equal, NotEqual};
    match expr {
        Expr::Fact(_) | Expr::Field(..) => !want,
        Expr::Compare(Equal, _, b) => !want && matches!(**b, Expr::Literal(_)),
        Expr::Compare(NotEqual, _, b) => want && matches!(**b, Expr::Literal(_)),
        _ => false,
    }
}

/// `all` of something is as much as no exception to it: the macro and the wanted value of its body, negation pushed in.
fn quantified(each: Macro, want: bool) -> Option<(Together, bool)> {
    match each {
        Macro::All => Some((if want { Together::All } else { Together::Any }, want)),
        Macro::Exists => Some((if want { Together::Any } else { Together::All }, want)),
        Macro::ExistsOne | Macro::Filter | Macro::Map => None,
    }
}

/// A comparison with a literal bool is the other operand, or its negation.
fn unwrapped(expr: &Expr, want: bool) -> (&Expr, bool) {
    use crate::rules::expr::Comparison::{Equal, NotEqual};
    match expr {
        Expr::Not(a) => unwrapped(a, !want),
        Expr::Compare(how @ (Equal | NotEqual), a, b) => match (&**a, &**b) {
            (of, Expr::Literal(Value::Bool(is))) | (Expr::Literal(Value::Bool(is)), of) => unwrapped(of, want == (*is == (*how == Equal))),
            _ => (expr, want),
        },
        _ => (expr, want),
    }
}

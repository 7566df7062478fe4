//! Lists: what rules say of entries divides these into kinds, and a list is how many it has of each.

use super::super::super::expr::{Expr, Function, Macro, Operator};
use super::super::formula::{self, Sound, Truth, all, at_least, at_most, equal};
use super::super::linear::Linear;
use super::super::shape::{self, Rows};
use super::super::{Answer, Want, all_of, answer_within, domain::LONGEST_LIST};
use super::numbers::Number;
use super::texts::Words;
use super::{Compiler, KIND_BUDGET, LONGEST_TEXT, MOST_CONDITIONS, MOST_KINDS, Name};
use std::collections::BTreeMap;

impl Compiler<'_, '_> {
    /// Every combination of what the conditions come to that some entry can show.
    pub(super) fn kinds(&self, conditions: &[Expr]) -> Option<Vec<Vec<Want>>> {
        if conditions.len() > MOST_CONDITIONS {
            return None;
        }
        let mut kinds = vec![vec![]];
        for at in 0..conditions.len() {
            let mut longer = Vec::new();
            for kind in &kinds {
                for want in [Want::True, Want::False, Want::Fault] {
                    let kind: Vec<Want> = kind.iter().copied().chain([want]).collect();
                    let wanted: Vec<(&Expr, Want)> = conditions[..=at].iter().zip(kind.iter().copied()).collect();
                    if !matches!(answer_within(&all_of(&wanted), self.domains, KIND_BUDGET), Answer::Never) {
                        longer.push(kind);
                    }
                }
            }
            kinds = longer;
        }
        (kinds.len() <= MOST_KINDS).then_some(kinds)
    }

    /// How many entries there are of the kinds that `test` picks. It gets what each of `conditions` comes to.
    fn entries(&mut self, path: &str, conditions: &[&Expr], test: impl Fn(&[Want]) -> bool) -> Option<Linear> {
        let list = self.lists.get(path)?;
        let places = conditions.iter().map(|c| list.conditions.iter().position(|k| k == *c)).collect::<Option<Vec<usize>>>()?;
        let picked: Vec<bool> = list.kinds.iter().map(|kind| test(&places.iter().map(|at| kind[*at]).collect::<Vec<_>>())).collect();
        let known = self.names.len();
        let (mut every, mut sum) = (Linear::default(), Linear::default());
        for (kind, picked) in picked.into_iter().enumerate() {
            let count = Linear::variable(self.variable(Name::Entries(path.to_owned(), kind), (0, LONGEST_LIST), 0));
            every = every.plus(1, &count)?;
            if picked {
                sum = sum.plus(1, &count)?;
            }
        }
        if self.names.len() > known {
            self.always(1, &every, &Linear::default(), LONGEST_LIST);
            self.tie_kinds(path);
        }
        Some(sum)
    }

    /// Which kinds there are depends on what conditions say of other facts: one entry of each kind speaks for all.
    fn tie_kinds(&mut self, path: &str) {
        let Some(list) = self.lists.get(path) else { return };
        let elsewhere = |e: &Expr| matches!(e, Expr::Fact(p) if shape::field(p).is_none_or(|(list, _)| list != path)) || *e == Expr::Today;
        if !list.conditions.iter().any(|c| shape::any(c, elsewhere)) {
            return;
        }
        let said = |kind: usize| list.conditions.iter().map(move |c| shape::said_of_kind(c, path, kind));
        let kinds: Vec<Vec<(Expr, Want)>> =
            list.kinds.iter().enumerate().map(|(kind, came)| said(kind).zip(came.iter().copied()).collect()).collect();
        for (kind, wanted) in kinds.iter().enumerate() {
            let count = Linear::variable(self.variable(Name::Entries(path.to_owned(), kind), (0, LONGEST_LIST), 0));
            let shown = wanted.iter().map(|(condition, want)| self.truth(condition).when(*want)).collect::<Vec<_>>();
            self.also.push(formula::any([at_most(&count, 0), all(shown)]));
        }
    }

    /// A fault where whether an entry is to be kept is one; what stands behind a condition that fails is not looked at.
    fn kept(&mut self, path: &str, keep: &[Expr]) -> Option<Sound> {
        let keep: Vec<&Expr> = keep.iter().collect();
        let faults = self.entries(path, &keep, |came| came.iter().find(|c| **c != Want::True) == Some(&Want::Fault))?;
        Some(Sound { sound: at_most(&faults, 0), fault: at_least(&faults, 1) })
    }

    pub(super) fn each(&mut self, each: Macro, list: &Expr, variable: &str, body: &Expr) -> Option<Truth> {
        match Rows::of(list)? {
            Rows::Fixed(entries) => {
                let truths: Vec<Truth> = entries.iter().map(|e| self.truth(&shape::fill_in(body, variable, e))).collect();
                match each {
                    Macro::All => Some(truths.into_iter().fold(Truth::constant(true), Truth::and)),
                    Macro::Exists => Some(truths.into_iter().fold(Truth::constant(false), Truth::or)),
                    Macro::ExistsOne => Some(exactly_one(&truths)),
                    Macro::Filter | Macro::Map => None,
                }
            }
            Rows::Of { path, keep, each: entry } => {
                let sound = self.kept(&path, &keep)?;
                let body = Rows::body(&path, body, variable, &entry)?;
                let conditions: Vec<&Expr> = keep.iter().chain([&body]).collect();
                let mut count = |wanted: Want| {
                    let kept = |came: &[Want]| {
                        came.split_last().is_some_and(|(last, keep)| *last == wanted && keep.iter().all(|k| *k == Want::True))
                    };
                    self.entries(&path, &conditions, kept)
                };
                let (holds, fails, faults) = (count(Want::True)?, count(Want::False)?, count(Want::Fault)?);
                let (none, some) = (|sum: &Linear| at_most(sum, 0), |sum: &Linear| at_least(sum, 1));
                let all_of =
                    || Truth { yes: all([none(&fails), none(&faults)]), no: some(&fails), fault: all([none(&fails), some(&faults)]) };
                let truth = match each {
                    Macro::All => all_of(),
                    Macro::Exists => {
                        Truth { yes: some(&holds), no: all([none(&holds), none(&faults)]), fault: all([none(&holds), some(&faults)]) }
                    }
                    Macro::ExistsOne => Truth {
                        yes: all([equal(&holds, 1), none(&faults)]),
                        no: all([formula::unequal(&holds, 1), none(&faults)]),
                        fault: some(&faults),
                    },
                    Macro::Filter | Macro::Map => return None,
                };
                let guarded = Truth::guarded(truth.yes, truth.no, &sound);
                Some(Truth { fault: formula::any([guarded.fault, all([truth.fault, sound.sound])]), ..guarded })
            }
        }
    }

    pub(super) fn size(&mut self, of: &Expr) -> Option<Number> {
        if let Some(Words::Subject(path)) = self.words(of) {
            let value = Linear::variable(self.variable(Name::Length(path.to_owned()), (0, LONGEST_TEXT), 0));
            return Some(Number { value, sound: self.presence(path) });
        }
        match Rows::of(of)? {
            Rows::Fixed(entries) => Some(Number { value: Linear::constant(entries.len() as i128), sound: Sound::always() }),
            Rows::Of { path, keep, .. } => {
                let sound = self.kept(&path, &keep)?;
                let value = self.entries(&path, &keep.iter().collect::<Vec<_>>(), |came| came.iter().all(|c| *c == Want::True))?;
                Some(Number { value, sound })
            }
        }
    }

    pub(super) fn sum(&mut self, of: &Expr, money: bool) -> Option<Number> {
        let whole = (i64::MIN.into(), i64::MAX.into());
        match Rows::of(of)? {
            Rows::Fixed(entries) => {
                let mut total = Number { value: Linear::default(), sound: Sound::always() };
                for entry in &entries {
                    let entry = self.number(entry)?;
                    total = self.arithmetic(Operator::Add, total, entry)?;
                }
                Some(total)
            }
            Rows::Of { path, keep, each } => {
                let sound = self.kept(&path, &keep)?;
                let list = self.lists.get(&path)?;
                let places = keep.iter().map(|k| list.conditions.iter().position(|c| c == k)).collect::<Option<Vec<usize>>>()?;
                let kept: Vec<bool> = list.kinds.iter().map(|kind| places.iter().all(|at| kind[*at] == Want::True)).collect();
                let mut total = Linear::default();
                for kind in (0..kept.len()).filter(|kind| kept[*kind]) {
                    total = total.plus(1, &self.total(&path, kind, &each, money)?)?;
                }
                Some(self.bounded(total, whole, sound))
            }
        }
    }

    /// The sum over the entries of one kind: between their number times the least and times the greatest there can be.
    fn total(&mut self, path: &str, kind: usize, each: &Expr, money: bool) -> Option<Linear> {
        let list = self.lists.get(path)?;
        let mut entry = Compiler::new(self.domains, &list.conditions.iter().chain([each]).collect::<Vec<_>>());
        let came = list.conditions.iter().zip(&list.kinds[kind]).map(|(c, want)| entry.truth(c).when(*want)).collect::<Vec<_>>();
        let value = entry.number(each)?;
        let (least, most) = entry.system.span_where(all(came), &value.value).unwrap_or((0, 0));
        let bounds = ((least * LONGEST_LIST).min(0), (most * LONGEST_LIST).max(0));
        let name = Name::Total { path: path.to_owned(), kind, each: each.clone(), money };
        let total = Linear::variable(self.variable(name, bounds, 0));
        let count = Linear::variable(self.variable(Name::Entries(path.to_owned(), kind), (0, LONGEST_LIST), 0));
        self.always(-most, &count, &total, 0);
        self.always(least, &count, &total.times(-1)?, 0);
        Some(total)
    }
}

/// Exactly one is true, and none is a fault.
fn exactly_one(truths: &[Truth]) -> Truth {
    let decided = || all(truths.iter().map(|t| formula::any([t.yes.clone(), t.no.clone()])));
    let others_fail = |at: usize| all(truths.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, t)| t.no.clone()));
    let one = formula::any(truths.iter().enumerate().map(|(at, t)| all([t.yes.clone(), others_fail(at)])));
    let two = formula::any(
        (0..truths.len()).flat_map(|a| (0..a).map(move |b| (a, b))).map(|(a, b)| all([truths[a].yes.clone(), truths[b].yes.clone()])),
    );
    let none = all(truths.iter().map(|t| t.no.clone()));
    Truth { yes: one, no: all([decided(), formula::any([none, two])]), fault: formula::any(truths.iter().map(|t| t.fault.clone())) }
}

/// By list, everything that the expressions say of its entries, each once.
pub(super) fn conditions_on_entries(exprs: &[&Expr]) -> BTreeMap<String, Vec<Expr>> {
    let mut found = BTreeMap::<String, Vec<Expr>>::new();
    let mut add = |path: String, conditions: Vec<Expr>| {
        let known = found.entry(path).or_default();
        conditions.into_iter().for_each(|c| {
            if !known.contains(&c) {
                known.push(c)
            }
        });
    };
    for expr in exprs {
        expr.visit(&mut |e| match e {
            Expr::Each { each: Macro::All | Macro::Exists | Macro::ExistsOne, list, variable, body } => {
                if let Some(Rows::Of { path, mut keep, each }) = Rows::of(list)
                    && let Some(body) = Rows::body(&path, body, variable, &each)
                {
                    keep.push(body);
                    add(path, keep);
                }
            }
            Expr::Call(Function::Size | Function::Sum | Function::SumMoney, arguments) => {
                if let [list] = &arguments[..]
                    && let Some(Rows::Of { path, keep, .. }) = Rows::of(list)
                {
                    add(path, keep);
                }
            }
            _ => {}
        });
    }
    found
}

//! A rule and the facts of the moment → why it has the value that it has, naming only what decides.

use super::claim::Claim;
use super::noun::{Noun, the};
use super::words::{Joint, Words, enumerated, zh};
use super::{Speaker, Together, Variable, chain, parted, quantified, unwrapped};
use crate::rules::expr::{Expr, Macro};
use crate::rules::{Fault, Known, Value};
use crate::words::Text;
use std::collections::BTreeSet;

/// How many numbers of entries are listed.
const MOST_NUMBERS: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// How things are, against what is needed.
    Judging,
    /// Only how things are: the circumstance under which something else is needed.
    Stating,
}

/// How a part stands to what is wanted of it.
#[derive(PartialEq, Eq)]
enum State {
    Holds,
    Fails,
    Open,
    Fault(Fault),
}

impl State {
    fn is_fault(&self) -> bool {
        matches!(self, State::Fault(_))
    }
}

impl Speaker<'_> {
    /// Why `expr` is `want`, or is not, or is not known yet.
    pub(super) fn reasons(&self, expr: &Expr, want: bool, tone: Tone, variable: Option<&Variable>) -> Words {
        self.deeper(|| self.reasons_here(expr, want, tone, variable)).unwrap_or_else(Words::cut)
    }

    fn reasons_here(&self, expr: &Expr, want: bool, tone: Tone, variable: Option<&Variable>) -> Words {
        if let Some((together, operands)) = chain(expr, want) {
            return self.chain_reasons(together, &operands, tone, variable);
        }
        let (expr, want) = unwrapped(expr, want);
        match expr {
            Expr::And(..) | Expr::Or(..) => self.reasons(expr, want, tone, variable),
            Expr::If(condition, yes, no) => self.branch_reasons(condition, yes, no, want, tone, variable),
            Expr::Each { each: each @ (Macro::All | Macro::Exists | Macro::ExistsOne), list, variable: name, body } => {
                let Known::Value(Value::List(entries)) = self.value(list, variable) else {
                    return self.without_value(list, variable);
                };
                let over = Over { list, name, body, entries: &entries, outer: variable };
                match quantified(*each, want) {
                    Some((Together::All, inside)) => self.every(&over, inside, tone),
                    Some((Together::Any, inside)) => self.some(&over, inside, tone),
                    None => self.one(&over, self.state(expr, want, variable), want, tone),
                }
            }
            claim => self.claim_reasons(claim, want, tone, variable),
        }
    }

    fn state(&self, expr: &Expr, want: bool, variable: Option<&Variable>) -> State {
        match self.value(expr, variable) {
            Known::Value(Value::Bool(is)) if is == want => State::Holds,
            Known::Value(_) => State::Fails,
            Known::Unknown => State::Open,
            Known::Fault(fault) => State::Fault(fault),
        }
    }

    fn chain_reasons(&self, together: Together, operands: &[(&Expr, bool)], tone: Tone, variable: Option<&Variable>) -> Words {
        let states: Vec<State> = operands.iter().map(|(e, want)| self.state(e, *want, variable)).collect();
        let decides = if together == Together::All { State::Fails } else { State::Holds };
        if let Some((e, want)) = states.iter().position(|state| *state == decides).and_then(|at| operands.get(at)) {
            return self.reasons(e, *want, tone, variable);
        }
        let those = |which: &dyn Fn(&State) -> bool| -> Vec<(&Expr, bool)> {
            operands.iter().zip(&states).filter(|(_, state)| which(state)).map(|(operand, _)| *operand).collect()
        };
        let list = |head: Text, operands: &[(&Expr, bool)]| {
            let parts = self.each(operands, |(e, want)| self.reasons(e, *want, tone, variable));
            let joint = if together == Together::All { Joint::All } else { Joint::Any };
            Words::list(head, joint, parts)
        };
        let open = those(&|state| *state == State::Open);
        match open.as_slice() {
            [] => {}
            [(e, want)] => return self.reasons(e, *want, tone, variable),
            _ => return self.unanswered(open.iter().flat_map(|(e, _)| self.lacking(e, variable)).collect()),
        }
        let faults = those(&State::is_fault);
        if !faults.is_empty() {
            return list(Text::new("需要窗口人员判断", "a clerk must judge this"), &faults);
        }
        if together == Together::All {
            return list(Text::new("各项都满足", "all of these hold"), operands);
        }
        let none = Text::new("满足一项即可,现在一项也不满足", "one of these would do; none holds");
        let Some((when, rest)) = parted(operands) else { return list(none, operands) };
        let when = self.each(when, |(e, want)| self.reasons(e, !want, Tone::Stating, variable));
        let when = Words::list(Text::default(), Joint::All, when).line();
        Words::then(Text { zh: zh(&["因为", &when.zh]), en: format!("because {}", when.en) }, list(none, &rest))
    }

    fn branch_reasons(&self, condition: &Expr, yes: &Expr, no: &Expr, want: bool, tone: Tone, variable: Option<&Variable>) -> Words {
        let Known::Value(Value::Bool(holds)) = self.value(condition, variable) else {
            return self.without_value(condition, variable);
        };
        let branch = if holds { yes } else { no };
        let when = self.reasons(condition, holds, Tone::Stating, variable);
        if let Expr::Literal(_) = branch {
            return when;
        }
        let when = when.line();
        let head = Text { zh: zh(&["因为", &when.zh]), en: format!("because {}", when.en) };
        Words::then(head, self.reasons(branch, want, tone, variable))
    }

    fn claim_reasons(&self, expr: &Expr, want: bool, tone: Tone, variable: Option<&Variable>) -> Words {
        let is = match self.value(expr, variable) {
            Known::Value(Value::Bool(is)) => is,
            _ => return self.without_value_of_claim(expr, want, variable),
        };
        let claim = self.claim(expr, want, variable);
        let Claim { about: Some((of, about)), asked, demand, plain, sentence } = claim else {
            // How things are is the claim, or its opposite.
            return Words::alone(self.claim(expr, is, variable).sentence);
        };
        let actual = match self.value(of, variable) {
            // A circumstance that is a statement needs no quotation marks.
            Known::Value(Value::Bool(_)) if is == want && tone == Tone::Stating => sentence,
            Known::Value(value) => actual(&about, &value),
            Known::Unknown | Known::Fault(_) => sentence,
        };
        Words::alone(if is != want {
            Text { zh: format!("{},{}", actual.zh, demand.zh), en: format!("{}, but {}", actual.en, demand.en) }
        } else if plain || tone == Tone::Stating {
            actual
        } else {
            Text { zh: zh(&[&actual.zh, ",满足", &asked.zh, "的要求"]), en: format!("{} (needed: {})", actual.en, asked.en) }
        })
    }

    fn without_value_of_claim(&self, expr: &Expr, want: bool, variable: Option<&Variable>) -> Words {
        let words = self.without_value(expr, variable);
        let claim = self.claim(expr, want, variable);
        // Said only of what is missing itself, not of something that is calculated from it.
        let itself = |of: &Expr| matches!(of, Expr::Fact(_) | Expr::Field(..) | Expr::Local(_) | Expr::Call(..));
        let asked_of_it = claim.about.is_some_and(|(of, _)| itself(of) && self.value(of, variable) == Known::Unknown);
        if !asked_of_it || self.state(expr, want, variable) != State::Open {
            return words;
        }
        let demand = claim.demand;
        Words::alone(Text { zh: format!("{},{}", words.text.zh, demand.zh), en: format!("{}, and {}", words.text.en, demand.en) })
    }

    /// What is still to be answered, or why there can be no value.
    fn without_value(&self, expr: &Expr, variable: Option<&Variable>) -> Words {
        match self.value(expr, variable) {
            Known::Fault(fault) => Words::alone(self.fault(&fault)),
            _ => self.unanswered(self.lacking(expr, variable)),
        }
    }

    fn unanswered(&self, mut names: Vec<Text>) -> Words {
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.zh.clone()));
        let names = enumerated(&names, "、", "and");
        Words::alone(Text { zh: format!("还没有填写:{}", names.zh), en: format!("not answered yet: {}", names.en) })
    }

    /// Facts, or columns of the entry that is being looked at, for lack of which there is no value.
    fn lacking(&self, expr: &Expr, variable: Option<&Variable>) -> Vec<Text> {
        let missing = self.missing(expr, variable);
        if !missing.is_empty() {
            return missing;
        }
        match chain(expr, true) {
            Some((_, operands)) => {
                let open = operands.into_iter().filter(|(e, _)| self.value(e, variable) == Known::Unknown);
                open.flat_map(|(e, _)| self.lacking(e, variable)).collect()
            }
            None => {
                let claim = self.claim(expr, true, variable);
                vec![claim.about.map_or(claim.sentence, |(_, about)| about.text)]
            }
        }
    }

    pub(super) fn fault(&self, fault: &Fault) -> Text {
        match fault {
            Fault::Absent(path) => {
                let noun = self.fact(path).text;
                Text {
                    zh: zh(&[&noun.zh, "没有内容,需要窗口人员判断"]),
                    en: format!("{} was left without a value: a clerk must judge this", noun.en),
                }
            }
            fault => fault.say(),
        }
    }

    /// Each entry must be as wanted.
    fn every(&self, over: &Over, want: bool, tone: Tone) -> Words {
        let states = self.states(over, want);
        let (list, n) = (self.noun(over.list, over.outer), states.len());
        let failing = places(&states, &|state| *state == State::Fails);
        if let [first, ..] = failing.as_slice() {
            return Words::then(numbered(&list, &failing), self.entry_reasons(over, *first, want, tone));
        }
        if let Some(words) = self.undecided(over, &list, &states, want, tone) {
            return words;
        }
        Words::alone(match n {
            0 => Text {
                zh: zh(&["没有", &list.text.zh, ",也就没有不满足的"]),
                en: format!("there are no {}, so there are none that do not fit", list.text.en),
            },
            n => Text {
                zh: zh(&["现有 ", &n.to_string(), list.measure(), &list.text.zh, ",都满足"]),
                en: format!("all of {} fit ({n})", the(&list.text.en)),
            },
        })
    }

    /// One entry must be as wanted.
    fn some(&self, over: &Over, want: bool, tone: Tone) -> Words {
        let states = self.states(over, want);
        let (list, n) = (self.noun(over.list, over.outer), states.len());
        if let Some(at) = states.iter().position(|state| *state == State::Holds) {
            return Words::then(numbered(&list, &[at]), self.entry_reasons(over, at, want, tone));
        }
        if let Some(words) = self.undecided(over, &list, &states, want, tone) {
            return words;
        }
        if n == 0 {
            return Words::alone(Text {
                zh: zh(&["没有", &list.text.zh, ",至少要有一", list.measure()]),
                en: format!("there are no {}; at least one is needed", list.text.en),
            });
        }
        let head = Text {
            zh: zh(&["现有 ", &n.to_string(), list.measure(), &list.text.zh, ",没有一", list.measure(), "满足,例如第 1", list.measure()]),
            en: format!("none of {} fits ({n}); number 1, for example", the(&list.text.en)),
        };
        Words::then(if n == 1 { numbered(&list, &[0]) } else { head }, self.entry_reasons(over, 0, want, tone))
    }

    /// Exactly one entry must hold.
    fn one(&self, over: &Over, state: State, want: bool, tone: Tone) -> Words {
        let states = self.states(over, true);
        let list = self.noun(over.list, over.outer);
        if (state == State::Open || state.is_fault())
            && let Some(words) = self.undecided(over, &list, &states, true, tone)
        {
            return words;
        }
        let (n, holding) = (states.len().to_string(), places(&states, &|state| *state == State::Holds).len().to_string());
        let (is_zh, is_en) = if want { ("正好有一", "exactly one must") } else { ("不是正好有一", "not exactly one may") };
        let how = Text {
            zh: zh(&["现有 ", &n, list.measure(), &list.text.zh, ",有 ", &holding, list.measure(), "满足"]),
            en: format!("{holding} of {} fit{} ({n} in all)", the(&list.text.en), if holding == "1" { "s" } else { "" }),
        };
        Words::alone(if state == State::Fails {
            Text { zh: zh(&[&how.zh, ",要求", is_zh, list.measure()]), en: format!("{}, but {is_en}", how.en) }
        } else {
            how
        })
    }

    fn states(&self, over: &Over, want: bool) -> Vec<State> {
        over.entries.iter().map(|entry| self.state(over.body, want, Some(&over.at(entry)))).collect()
    }

    /// The first entry that cannot be judged yet, or at all.
    fn undecided(&self, over: &Over, list: &Noun, states: &[State], want: bool, tone: Tone) -> Option<Words> {
        let open = places(states, &|state| *state == State::Open);
        let stuck = if open.is_empty() { places(states, &State::is_fault) } else { open };
        let first = *stuck.first()?;
        Some(Words::then(numbered(list, &[first]), self.entry_reasons(over, first, want, tone)))
    }

    fn entry_reasons(&self, over: &Over, at: usize, want: bool, tone: Tone) -> Words {
        match over.entries.get(at) {
            Some(entry) => self.reasons(over.body, want, tone, Some(&over.at(entry))),
            None => Words::cut(),
        }
    }
}

/// A quantifier over the entries that a list has now.
struct Over<'o> {
    list: &'o Expr,
    name: &'o str,
    body: &'o Expr,
    entries: &'o [Value],
    outer: Option<&'o Variable<'o>>,
}

impl<'o> Over<'o> {
    fn at(&self, entry: &'o Value) -> Variable<'o> {
        Variable { name: self.name, list: self.list, value: Some(entry), outer: self.outer }
    }
}

fn places(states: &[State], which: &dyn Fn(&State) -> bool) -> Vec<usize> {
    states.iter().enumerate().filter(|(_, state)| which(state)).map(|(at, _)| at).collect()
}

/// 第 2、5 辆货车, of which the first is looked at.
fn numbered(list: &Noun, places: &[usize]) -> Text {
    let mut numbers: Vec<String> = places.iter().take(MOST_NUMBERS).map(|at| (at + 1).to_string()).collect();
    if places.len() > MOST_NUMBERS {
        numbers.push("…".to_owned());
    }
    let (all, list_en) = (numbers.join(", "), the(&list.text.en));
    let numbers_zh = numbers.join("、");
    let all_zh = match &list.unit {
        Some(unit) => zh(&["第 ", &numbers_zh, &unit.zh, &list.text.zh]),
        None => zh(&[&list.text.zh, "中第 ", &numbers_zh, "项"]),
    };
    match (places, numbers.first()) {
        ([_, _, ..], Some(first)) => Text {
            zh: format!("{all_zh}不满足,例如第 {first} {}", list.measure()),
            en: format!("numbers {all} of {list_en} do not fit; number {first}, for example"),
        },
        _ => Text { zh: all_zh, en: format!("number {all} of {list_en}") },
    }
}

/// How things are: 有 42 名个人会员 / 建筑面积是 120 平方米.
fn actual(about: &Noun, value: &Value) -> Text {
    let shown = about.show(value);
    match value {
        Value::Bool(_) => {
            Text { zh: format!("{}的回答是{}", about.text.zh, shown.zh), en: format!("{} is answered {}", about.text.en, shown.en) }
        }
        Value::Int(n) if about.counted() => Text {
            zh: zh(&["有", &shown.zh, &about.text.zh]),
            en: if *n == 1 { format!("{} is 1", about.quantity().en) } else { format!("there are {} {}", shown.en, about.text.en) },
        },
        _ => Text { zh: zh(&[&about.text.zh, "是", &shown.zh]), en: format!("{} {} {}", about.quantity().en, about.verb(), shown.en) },
    }
}

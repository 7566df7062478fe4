//! What the prover finds in an item's rules: what can never hold or always does, conditions that imply or contradict each
//! other, gates in each other's way, outcomes out of reach, questions that change nothing, faults. "Never" and "always" are
//! said only when they are proved; where an application can show a finding, it comes along.
//!
//! Conditions and materials are looked at where no gate holds; what is said of a material, where it is needed and at hand.

use super::super::Witness;
use super::super::example::domains;
use super::Report;
use crate::calendar::Calendar;
use crate::catalogue::{Decided, Item, Material, Necessity};
use crate::rules::expr::{Comparison, Expr, Function};
use crate::rules::solve::{Answer, Domains, Question, Want, World, answer, renamed};
use crate::rules::{Fault, Known, Rule, Value};
use crate::words::Text;
use std::collections::BTreeSet;

pub(super) fn check(item: &Item, calendar: &Calendar, report: &mut Report) {
    let domains = domains(item, calendar);
    let mut logic = Logic { item, rules: rules(item), constant: BTreeSet::new(), domains, report };
    logic.faults();
    if !logic.gates() {
        return;
    }
    logic.alone();
    if !logic.conditions() {
        logic.ready();
    }
    logic.questions();
}

/// A rule of the item: what it decides, where it stands, and where it is looked at.
pub(super) struct Placed<'a> {
    kind: Kind,
    /// Code of the gate, condition or material, and of the material's standard.
    code: &'a str,
    standard: Option<&'a str>,
    place: String,
    pub(super) rule: &'a Rule,
    /// The material's own rule for when it is needed, and the field that says that it is at hand.
    needed: Option<&'a Rule>,
    have: Option<Expr>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gate,
    Condition,
    Needed,
    Standard,
}

impl Placed<'_> {
    fn name(&self) -> Text {
        let code = self.code;
        match (self.kind, self.standard) {
            (Kind::Gate, _) => Text::new(format!("分流“{code}”"), format!("the gate `{code}`")),
            (Kind::Condition, _) => Text::new(format!("条件“{code}”"), format!("the condition `{code}`")),
            (_, None) => Text::new(format!("材料“{code}”的 needed_when"), format!("`needed_when` of the material `{code}`")),
            (_, Some(standard)) => {
                Text::new(format!("材料“{code}”的标准“{standard}”"), format!("the standard `{standard}` of the material `{code}`"))
            }
        }
    }
}

fn have(code: &str) -> Expr {
    Expr::Fact(Material::path(code, "have"))
}

/// Every rule of the item, gates first.
pub(super) fn rules(item: &Item) -> Vec<Placed<'_>> {
    let gates = item.gates.iter().map(|gate| Placed {
        kind: Kind::Gate,
        code: &gate.code,
        standard: None,
        place: format!("gates[{}].when", gate.code),
        rule: &gate.when,
        needed: None,
        have: None,
    });
    let conditions = item.conditions.iter().filter_map(|condition| match &condition.decided {
        Decided::Rule(rule) => Some(Placed {
            kind: Kind::Condition,
            code: &condition.code,
            standard: None,
            place: format!("conditions[{}].rule", condition.code),
            rule,
            needed: None,
            have: None,
        }),
        Decided::HumanCheck(_) => None,
    });
    let materials = item.materials.iter().flat_map(|material| {
        let code = material.code.as_str();
        let needed = material.needed_when.iter().map(move |rule| Placed {
            kind: Kind::Needed,
            code,
            standard: None,
            place: format!("materials[{code}].needed_when"),
            rule,
            needed: None,
            have: None,
        });
        let standards = material.standards.iter().filter_map(move |standard| {
            Some(Placed {
                kind: Kind::Standard,
                code,
                standard: Some(&standard.code),
                place: format!("materials[{code}].standards[{}].rule", standard.code),
                rule: standard.rule.as_ref()?,
                needed: material.needed_when.as_ref(),
                have: Some(have(code)),
            })
        });
        needed.chain(standards)
    });
    gates.chain(conditions).chain(materials).collect()
}

struct Logic<'a, 'r, 'f> {
    item: &'a Item,
    rules: Vec<Placed<'a>>,
    /// Those that were found never or always to hold.
    constant: BTreeSet<usize>,
    domains: Domains<'a>,
    report: &'r mut Report<'f>,
}

impl<'a> Logic<'a, '_, '_> {
    fn of(&self, kind: Kind) -> Vec<usize> {
        (0..self.rules.len()).filter(|at| self.rules[*at].kind == kind).collect()
    }

    fn ask(&self, question: Vec<Question>) -> Answer {
        answer(&Question::All(question), &self.domains)
    }

    fn never(&self, question: Vec<Question>) -> bool {
        self.ask(question) == Answer::Never
    }

    fn example(&self, question: Vec<Question>) -> Option<World> {
        match self.ask(question) {
            Answer::Yes(world) => Some(world),
            Answer::Never | Answer::Unsure => None,
        }
    }

    /// Where a rule is looked at.
    fn around<'q>(&'q self, placed: &'q Placed) -> Vec<Question<'q>> {
        if placed.kind == Kind::Gate {
            return vec![];
        }
        let gates = self.item.gates.iter().map(|gate| Question::Comes(&gate.when.expr, Want::NotTrue));
        let needed = placed.needed.iter().map(|rule| Question::Comes(&rule.expr, Want::NotFalse));
        let have = placed.have.iter().map(|have| Question::Comes(have, Want::True));
        gates.chain(needed).chain(have).collect()
    }

    /// The rule comes to that where it is looked at.
    fn comes(&self, at: usize, want: Want) -> Vec<Question<'_>> {
        let placed = &self.rules[at];
        let mut question = self.around(placed);
        question.push(Question::Comes(&placed.rule.expr, want));
        question
    }

    /// All of these come to true where they are looked at.
    fn together(&self, rules: &[usize]) -> Vec<Question<'_>> {
        rules.iter().flat_map(|at| self.comes(*at, Want::True)).collect()
    }

    /// What the example says that these rules read.
    fn witness(&mut self, world: Option<World>, rules: &[usize]) {
        let Some(mut world) = world else { return };
        let gates = self.of(Kind::Gate);
        let read: Vec<&Placed> = rules.iter().chain(&gates).map(|at| &self.rules[*at]).collect();
        let mut paths: BTreeSet<&str> = read.iter().flat_map(|placed| placed.rule.expr.paths()).collect();
        let about: BTreeSet<&str> = paths.iter().filter_map(|path| material(path)).collect();
        let have: Vec<String> = about.into_iter().map(|code| Material::path(code, "have")).collect();
        paths.extend(have.iter().map(String::as_str));
        world.facts.retain(|path, _| paths.contains(path.as_str()));
        self.report.witness(Witness::from(world));
    }

    // ── gates ──

    /// Whether some application passes the gates.
    fn gates(&mut self) -> bool {
        let gates = self.of(Kind::Gate);
        for (at, gate) in gates.iter().copied().enumerate() {
            let placed = &self.rules[gate];
            let name = placed.name();
            if self.never(self.comes(gate, Want::True)) {
                self.constant.insert(gate);
                let place = placed.place.clone();
                self.report.error(
                    "logic.never",
                    place,
                    Text::new(format!("{}永远不会成立", name.zh), format!("{} can never hold", name.en)),
                    Text::new(
                        "对照事实的类型、范围和选项改正规则,或者删去它。",
                        "Put the rule right against the bounds and options of its facts, or leave it out.",
                    ),
                );
            } else if self.never(self.comes(gate, Want::NotTrue)) {
                let (place, example) = (placed.place.clone(), self.example(self.comes(gate, Want::True)));
                self.constant.insert(gate);
                self.report.warn(
                    "logic.always",
                    place,
                    Text::new(format!("{}总是成立", name.zh), format!("{} always holds", name.en)),
                    Text::new("收窄规则,否则谁也办不了这个事项。", "Narrow the rule: with it nobody can apply for the item."),
                );
                self.witness(example, &[gate]);
            } else {
                self.shadowed(&gates[..at], gate);
            }
        }
        let passing = gates.iter().flat_map(|gate| self.comes(*gate, Want::NotTrue)).collect();
        let none = !gates.is_empty() && self.never(passing);
        if let (true, Some(last)) = (none, gates.last()) {
            let (place, example) = (self.rules[*last].place.clone(), self.example(self.comes(*last, Want::True)));
            self.report.error(
                "logic.unreachable",
                place,
                Text::new(
                    "每一个申请都会被某个分流挡住,没有人能走到条件和材料",
                    "some gate holds for every application: nobody ever gets to the conditions and materials",
                ),
                Text::new("收窄其中一个分流。", "Narrow one of the gates."),
            );
            self.witness(example, &gates);
        }
        !none
    }

    /// A gate that holds only where an earlier one does.
    fn shadowed(&mut self, earlier: &[usize], gate: usize) {
        let behind = |before: &[usize]| {
            let mut question: Vec<Question> = before.iter().flat_map(|at| self.comes(*at, Want::NotTrue)).collect();
            question.extend(self.comes(gate, Want::True));
            question
        };
        if earlier.is_empty() || !self.never(behind(earlier)) {
            return;
        }
        let one = earlier.iter().copied().find(|at| self.never(behind(&[*at])));
        let by = one.map_or_else(|| Text::new("前面的分流", "the gates before it"), |at| self.rules[at].name());
        let (name, place) = (self.rules[gate].name(), self.rules[gate].place.clone());
        let example = self.example(self.comes(gate, Want::True));
        self.report.warn(
            "logic.shadowed",
            place,
            Text::new(
                format!("{}从不起作用:它成立的时候,{}已经成立", name.zh, by.zh),
                format!("{} never decides: whenever it holds, {} already does", name.en, by.en),
            ),
            Text::new("把它移到前面,改正规则,或者删去它。", "Move it up, put its rule right, or leave it out."),
        );
        self.witness(example, &[earlier, &[gate]].concat());
    }

    // ── each rule by itself ──

    fn alone(&mut self) {
        for at in 0..self.rules.len() {
            if self.rules[at].kind == Kind::Gate || self.never(self.around(&self.rules[at])) {
                continue;
            }
            let (name, place, kind) = (self.rules[at].name(), self.rules[at].place.clone(), self.rules[at].kind);
            if self.never(self.comes(at, Want::True)) {
                self.constant.insert(at);
                self.report.error(
                    "logic.never",
                    place,
                    Text::new(format!("{}永远不会满足", name.zh), format!("{} can never be met", name.en)),
                    Text::new(
                        "对照事实的类型、范围、选项和分流改正规则。",
                        "Put the rule right against the gates and the bounds and options of its facts.",
                    ),
                );
            } else if self.never(self.comes(at, Want::NotTrue)) {
                let example = self.example(self.comes(at, Want::True));
                self.constant.insert(at);
                let help = match kind {
                    Kind::Needed => {
                        Text::new("删去 needed_when:这份材料总是需要的。", "Leave `needed_when` out: the material is simply needed.")
                    }
                    _ => Text::new(
                        "收紧规则,或者删去它:它不区分任何申请。",
                        "Make the rule stricter, or leave it out: it tells no application from another.",
                    ),
                };
                self.report.warn(
                    "logic.always",
                    place,
                    Text::new(format!("{}总是满足", name.zh), format!("{} is always met", name.en)),
                    help,
                );
                self.witness(example, &[at]);
            }
        }
    }

    // ── conditions together ──

    /// Whether some of them can never be met together.
    fn conditions(&mut self) -> bool {
        let conditions: Vec<usize> = self.of(Kind::Condition).into_iter().filter(|at| !self.constant.contains(at)).collect();
        let mut contradicting = false;
        for (place, b) in conditions.iter().copied().enumerate() {
            for a in conditions[..place].iter().copied().filter(|a| self.related(*a, b)).collect::<Vec<_>>() {
                if self.never(self.together(&[a, b])) {
                    self.contradiction(a, b);
                    contradicting = true;
                } else if self.implies(a, b) {
                    self.implied(b, a);
                } else if self.implies(b, a) {
                    self.implied(a, b);
                }
            }
        }
        if !contradicting && self.never(self.together(&conditions)) {
            self.joint_contradiction(conditions);
            contradicting = true;
        }
        contradicting
    }

    /// Whether what one reads can have to do with what the other reads.
    fn related(&self, a: usize, b: usize) -> bool {
        let read =
            |rule: &'a Rule| -> BTreeSet<&str> { rule.expr.paths().into_iter().map(|path| material(path).unwrap_or(path)).collect() };
        let gates: BTreeSet<&str> = self.item.gates.iter().flat_map(|gate| read(&gate.when)).collect();
        let (a, b) = (read(self.rules[a].rule), read(self.rules[b].rule));
        !a.is_disjoint(&b) || (!a.is_disjoint(&gates) && !b.is_disjoint(&gates))
    }

    fn implies(&self, a: usize, b: usize) -> bool {
        let mut question = self.comes(a, Want::True);
        question.push(Question::Comes(&self.rules[b].rule.expr, Want::NotTrue));
        self.never(question)
    }

    fn implied(&mut self, implied: usize, by: usize) {
        let (name, by_name, place) = (self.rules[implied].name(), self.rules[by].name(), self.rules[implied].place.clone());
        let example = self.example(self.together(&[by, implied]));
        self.report.warn(
            "logic.implied",
            place,
            Text::new(
                format!("{}是多余的:只要满足{},它就满足", name.zh, by_name.zh),
                format!("{} adds nothing: whoever meets {} meets it too", name.en, by_name.en),
            ),
            Text::new("删去它,或者让它要求别的。", "Leave it out, or let it ask for something else."),
        );
        self.witness(example, &[by, implied]);
    }

    fn contradiction(&mut self, a: usize, b: usize) {
        let (first, second) = (self.example(self.comes(a, Want::True)), self.example(self.comes(b, Want::True)));
        let (told_a, told_b) = (self.told(first.as_ref(), a), self.told(second.as_ref(), b));
        let (name_a, name_b, place) = (self.rules[a].name(), self.rules[b].name(), self.rules[b].place.clone());
        self.report.error(
            "logic.contradiction",
            place,
            Text::new(
                format!("{}与{}不能同时满足:前者如 {told_a},后者如 {told_b}", name_a.zh, name_b.zh),
                format!("{} and {} can never be met together: the one is with {told_a}, the other with {told_b}", name_a.en, name_b.en),
            ),
            Text::new("改正其中一条,或者写成一条带“或者”的条件。", "Put one of them right, or make them one condition with `||`."),
        );
        self.witness(second, &[b]);
    }

    /// What an example says that the rule reads: `books = 1000`.
    fn told(&self, world: Option<&World>, at: usize) -> String {
        let paths = self.rules[at].rule.expr.paths();
        let said = paths.into_iter().filter_map(|path| Some(format!("{path} = {}", world?.facts.get(path)?.as_ref()?.json())));
        let said: Vec<String> = said.collect();
        if said.is_empty() { "…".to_owned() } else { said.join(", ") }
    }

    fn joint_contradiction(&mut self, conditions: Vec<usize>) {
        let core = self.fewest(conditions, |rules| self.never(self.together(rules)));
        let Some(last) = core.last().copied() else { return };
        let codes =
            |joint: &str, quote: fn(&str) -> String| core.iter().map(|at| quote(self.rules[*at].code)).collect::<Vec<_>>().join(joint);
        let message = Text::new(
            format!("条件{}不能全部同时满足", codes("", |code| format!("“{code}”"))),
            format!("the conditions {} can never all be met together", codes(", ", |code| format!("`{code}`"))),
        );
        let (place, example) = (self.rules[last].place.clone(), self.example(self.comes(last, Want::True)));
        let help =
            Text::new("改正其中一条,或者写成一条带“或者”的条件。", "Put one of them right, or make some of them one condition with `||`.");
        self.report.error("logic.contradiction", place, message, help);
        self.witness(example, &[last]);
    }

    /// As few of them as still show it.
    fn fewest<T: Clone>(&self, mut all: Vec<T>, shows: impl Fn(&[T]) -> bool) -> Vec<T> {
        let mut at = 0;
        while at < all.len() {
            let mut without = all.clone();
            without.remove(at);
            if shows(&without) {
                all = without;
            } else {
                at += 1;
            }
        }
        all
    }

    // ── outcomes ──

    /// Whether an application can be ready: every condition met, and every material that is needed there and good.
    fn ready(&mut self) {
        let rules = self.of(Kind::Condition);
        let conditions = self.together(&rules);
        let required: Vec<&Material> = self.item.materials.iter().filter(|m| m.necessity == Necessity::Required).collect();
        let needs: Vec<Needs> = required.into_iter().map(Needs::of).collect();
        let unreachable = |needs: &[&Needs]| {
            let mut question = conditions.clone();
            question.extend(needs.iter().map(|n| n.question()));
            self.never(question)
        };
        if unreachable(&[]) || !unreachable(&needs.iter().collect::<Vec<_>>()) {
            return;
        }
        let core = self.fewest(needs.iter().collect(), unreachable);
        let Some(last) = core.last() else { return };
        // It meets every condition, and is not ready all the same.
        let example = self.example(conditions.clone());
        let place = format!("materials[{}].code", last.material.code);
        let codes = |quote: fn(&str) -> String, joint: &str| core.iter().map(|n| quote(&n.material.code)).collect::<Vec<_>>().join(joint);
        self.report.error(
            "logic.unreachable",
            place,
            Text::new(
                format!("没有一个申请能齐备:满足全部条件的人,拿不出合格的材料{}", codes(|code| format!("“{code}”"), "")),
                format!(
                    "no application can ever be ready: nobody who meets the conditions can have good {}",
                    codes(|code| format!("`{code}`"), " and ")
                ),
            ),
            Text::new(
                "改正这些材料的标准,或者它们与条件的关系。",
                "Put the standards of these materials right, or how they bear on the conditions.",
            ),
        );
        self.witness(example, &rules);
    }

    // ── questions ──

    /// Facts that some rule reads and that change none: no two answers to one, all else equal, make a difference. A rule
    /// that was found to be constant has been spoken of already.
    fn questions(&mut self) {
        for fact in &self.item.facts {
            let reading: Vec<usize> =
                (0..self.rules.len()).filter(|at| self.rules[*at].rule.expr.paths().contains(fact.code.as_str())).collect();
            let told = reading.iter().any(|at| self.constant.contains(at));
            if reading.is_empty() || told || !reading.iter().all(|at| self.indifferent(*at, &fact.code)) {
                continue;
            }
            self.report.warn(
                "logic.idle-question",
                format!("facts[{}].code", fact.code),
                Text::new(
                    format!("问“{}”没有用:怎么回答都不改变任何条件、分流或材料", fact.code),
                    format!("asking `{}` changes nothing: no answer makes a difference to any condition, gate or material", fact.code),
                ),
                Text::new("删去这个问题,或者改正用到它的规则。", "Leave the question out, or put the rules that use it right."),
            );
        }
    }

    /// Whether it is proved that the rule comes to the same for any two answers to `fact`.
    fn indifferent(&self, at: usize, fact: &str) -> bool {
        let placed = &self.rules[at];
        // A code has no such sign.
        let twin = format!("{fact}'");
        let mut domains = self.domains.clone();
        let Some(domain) = domains.facts.get(fact).cloned() else { return false };
        domains.facts.insert(twin.clone(), domain);
        let other = renamed(&placed.rule.expr, fact, &twin);
        let pair = |a, b| Question::All(vec![Question::Comes(&placed.rule.expr, a), Question::Comes(&other, b)]);
        let mut question = self.around(placed);
        question.push(Question::Any(vec![pair(Want::True, Want::NotTrue), pair(Want::False, Want::Fault)]));
        answer(&Question::All(question), &domains) == Answer::Never
    }

    // ── faults ──

    /// The answers that are no typing mistakes: dates of this age.
    fn plausible(&self) -> Domains<'a> {
        let mut domains = self.domains.clone();
        domains.facts.values_mut().for_each(|domain| domain.in_years(1900, 2200));
        domains
    }

    /// Rules that cannot be computed for some application in which everything that they read is there.
    fn faults(&mut self) {
        for at in 0..self.rules.len() {
            let placed = &self.rules[at];
            let expr = &placed.rule.expr;
            if !expr.may_fault() {
                continue;
            }
            let present: Vec<Expr> = expr.paths().into_iter().filter_map(material).map(have).collect();
            let born = births(expr);
            let mut question = self.comes(at, Want::Fault);
            question.extend(present.iter().chain(&born).map(|e| Question::Comes(e, Want::True)));
            let Answer::Yes(world) = answer(&Question::All(question), &self.plausible()) else { continue };
            let Known::Fault(fault) = world.evaluate(expr, self.domains.calendar) else { continue };
            if matches!(fault, Fault::Absent(_) | Fault::NotBorn) {
                continue;
            }
            let (name, place) = (placed.name(), placed.place.clone());
            let (why, mend) = match fault {
                Fault::DivisionByZero => (
                    Text::new("除数为 0", "division by zero"),
                    Text::new("先排除 0,如 n > 0 && m / n >= 2。", "Exclude 0 first, as in n > 0 && m / n >= 2."),
                ),
                Fault::DateRange => (
                    Text::new("日期超出范围", "a date out of range"),
                    Text::new("给事实写上 min 和 max。", "Give the facts `min` and `max`."),
                ),
                _ => (Text::new("数值过大", "a number too large"), Text::new("给事实写上 min 和 max。", "Give the facts `min` and `max`.")),
            };
            self.report.warn(
                "logic.fault",
                place,
                Text::new(
                    format!("{}有时无法计算({}),只能由人判断", name.zh, why.zh),
                    format!("{} cannot always be computed ({}): a person would have to judge", name.en, why.en),
                ),
                mend,
            );
            self.witness(Some(world), &[at]);
        }
    }
}

/// What it takes for a material not to stand in the way.
struct Needs<'a> {
    material: &'a Material,
    have: Expr,
    /// Enough originals and copies.
    counts: [Expr; 2],
}

impl<'a> Needs<'a> {
    fn of(material: &'a Material) -> Needs<'a> {
        let enough = |field: &str, count: u8| {
            let count = Expr::Literal(Value::Int(count.into()));
            Expr::Compare(Comparison::AtLeast, Box::new(Expr::Fact(Material::path(&material.code, field))), Box::new(count))
        };
        Needs { material, have: have(&material.code), counts: [enough("originals", material.originals), enough("copies", material.copies)] }
    }

    fn question(&self) -> Question<'_> {
        let mut good = vec![Question::Comes(&self.have, Want::True)];
        good.extend(self.counts.iter().map(|count| Question::Comes(count, Want::True)));
        // A standard that cannot be computed is left to the clerk.
        let rules = self.material.standards.iter().filter_map(|standard| standard.rule.as_ref());
        good.extend(rules.map(|rule| Question::Comes(&rule.expr, Want::NotFalse)));
        let not_needed = self.material.needed_when.iter().map(|rule| Question::Comes(&rule.expr, Want::False));
        Question::Any([Question::All(good)].into_iter().chain(not_needed).collect())
    }
}

/// The material of a path such as `materials.lease.valid_until`.
fn material(path: &str) -> Option<&str> {
    path.strip_prefix("materials.")?.split('.').next()
}

/// That nobody is born after the day on which their age is counted: such an answer is a mistake, not the rule's.
fn births(expr: &Expr) -> Vec<Expr> {
    let mut found = Vec::new();
    expr.visit(&mut |e| {
        if let Expr::Call(Function::AgeOn, arguments) = e
            && let [birth, day] = &arguments[..]
            && !of_an_entry(birth)
            && !of_an_entry(day)
        {
            found.push(Expr::Compare(Comparison::AtMost, Box::new(birth.clone()), Box::new(day.clone())));
        }
    });
    found
}

fn of_an_entry(expr: &Expr) -> bool {
    let mut found = false;
    expr.visit(&mut |e| found |= matches!(e, Expr::Local(_)));
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::super::{compile, sample};
    use super::*;

    #[test]
    fn what_is_asked_of_the_sample_is_decided() {
        let calendar = Calendar::announced();
        for item in &compile(&sample()).unwrap().items {
            let (mut report, domains) = (Report::new([]), domains(item, &calendar));
            let logic = Logic { item, rules: rules(item), constant: BTreeSet::new(), domains, report: &mut report };
            let conditions = logic.of(Kind::Condition);
            for (at, placed) in logic.rules.iter().enumerate() {
                for want in [Want::True, Want::NotTrue] {
                    assert!(matches!(logic.ask(logic.comes(at, want)), Answer::Yes(_)), "{}: {}", item.code, placed.place);
                }
                for other in conditions.iter().copied().filter(|other| *other != at && placed.kind == Kind::Condition) {
                    assert!(!logic.implies(at, other), "{}: {} {}", item.code, placed.place, logic.rules[other].place);
                }
            }
            assert!(matches!(logic.ask(logic.together(&conditions)), Answer::Yes(_)), "{}", item.code);
        }
    }
}

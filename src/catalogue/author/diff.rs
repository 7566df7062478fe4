//! What changed for an applicant between two catalogues, in words: not which lines of a file differ, but who is asked for
//! more or less. Whether a rule became stricter or looser is proved, and shown by an application that is treated
//! differently; where it cannot be proved, that is said.

use super::Witness;
use super::example::{beyond_gates, domains};
use crate::calendar::{Calendar, Unit};
use crate::catalogue::bundle::in_force;
use crate::catalogue::{
    Applicant, Audience, Basis, Condition, Decided, Fact, Filing, Form, Gate, GateOutcome, Hall, Handling, Item, Laws, Limit, LimitKind,
    Material, Necessity, Standard, cite,
};
use crate::rules::expr::Expr;
use crate::rules::solve::{Domains, Implied, implies};
use crate::rules::{Rule, Type, Value};
use crate::words::{Lang, Phrase, Text, money};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// One of the two catalogues.
#[derive(Clone, Copy)]
pub struct Edition<'a> {
    pub hall: &'a Hall,
    pub laws: &'a Laws,
    pub items: &'a [Item],
}

/// One thing that changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Stable: `condition.stricter`.
    pub code: &'static str,
    /// Code and name of the item; of none when the hall itself changed.
    pub item: Option<String>,
    pub name: Option<Text>,
    /// The day from which it is so.
    pub from: Option<NaiveDate>,
    /// `conditions[members]`.
    pub place: String,
    pub say: Text,
    /// Applications that are treated differently.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Witness>,
}

/// Everything that changed, the hall's own first, then by item and day.
pub fn diff(old: Edition, new: Edition, calendar: &Calendar) -> Vec<Change> {
    let mut changes = hall(old.hall, new.hall);
    let codes: BTreeSet<&str> = old.items.iter().chain(new.items).map(|item| item.code.as_str()).collect();
    for code in codes {
        for (before, after, from) in moments(code, old.items, new.items) {
            changes.extend(match (before, after) {
                (Some(before), Some(after)) => Comparison::of(before, after, from, (old.laws, new.laws), calendar),
                (None, Some(item)) => vec![whole(item, from, "item.new", Text::new("新增的事项", "a new item"))],
                (Some(item), None) => vec![whole(item, from, "item.withdrawn", Text::new("不再办理", "no longer offered"))],
                (None, None) => vec![],
            });
        }
    }
    changes
}

fn hall(old: &Hall, new: &Hall) -> Vec<Change> {
    let fields = [
        ("address", Phrase::new("大厅地址", "address of the hall"), &old.address, &new.address),
        ("hours", Phrase::new("大厅开放时间", "opening hours of the hall"), &old.hours, &new.hours),
        ("enquiry", Phrase::new("咨询", "enquiries"), &old.enquiry, &new.enquiry),
        ("complaint", Phrase::new("投诉", "complaints"), &old.complaint, &new.complaint),
    ];
    let changed = fields.into_iter().filter(|(_, _, old, new)| old != new);
    let change = |(place, what, old, new): (&str, Phrase, &Text, &Text)| Change {
        code: "hall.changed",
        item: None,
        name: None,
        from: None,
        place: format!("hall.{place}"),
        say: became(what, old, new),
        examples: vec![],
    };
    changed.map(change).collect()
}

fn whole(item: &Item, from: NaiveDate, code: &'static str, say: Text) -> Change {
    Change {
        code,
        item: Some(item.code.clone()),
        name: Some(item.name.clone()),
        from: Some(from),
        place: String::new(),
        say,
        examples: vec![],
    }
}

type Moment<'a> = (Option<&'a Item>, Option<&'a Item>, NaiveDate);

/// What is in force under each catalogue, on each day on which either changes; a pair is told once, with its first day.
fn moments<'a>(code: &str, old: &'a [Item], new: &'a [Item]) -> Vec<Moment<'a>> {
    let versions = || old.iter().chain(new).filter(|item| item.code == code);
    let begin = versions().map(|item| item.version);
    let ended = versions().filter_map(|item| item.until?.succ_opt());
    let days: BTreeSet<NaiveDate> = begin.chain(ended).collect();
    let mut moments: Vec<Moment> = Vec::new();
    for day in days {
        let (before, after) = (in_force(old, code, day), in_force(new, code, day));
        let same = |moment: &Moment| moment.0 == before && moment.1 == after;
        if before != after && !moments.iter().any(same) {
            // A version that is still to come changes nothing before its day.
            moments.push((before, after, after.map_or(day, |item| item.version.max(day))));
        }
    }
    moments
}

/// Two versions of an item.
struct Comparison<'a> {
    old: &'a Item,
    new: &'a Item,
    from: NaiveDate,
    laws: (&'a Laws, &'a Laws),
    domains: Domains<'a>,
    /// What holds of whoever is asked for conditions and materials.
    beyond_gates: Vec<Rule>,
    changes: Vec<Change>,
}

/// How the applications that a rule holds for changed.
enum Shift {
    Same,
    /// Fewer: this one no longer.
    Fewer(Witness),
    /// More: this one now.
    More(Witness),
    /// This one no longer, that one now.
    Other(Witness, Witness),
    Unproved,
}

impl<'a> Comparison<'a> {
    fn of(old: &'a Item, new: &'a Item, from: NaiveDate, laws: (&'a Laws, &'a Laws), calendar: &'a Calendar) -> Vec<Change> {
        let domains = both(domains(old, calendar), domains(new, calendar));
        let beyond_gates = beyond_gates(old).chain(beyond_gates(new)).collect();
        let mut comparison = Comparison { old, new, from, laws, domains, beyond_gates: vec![], changes: vec![] };
        comparison.item();
        comparison.questions("facts", &old.facts, &new.facts);
        comparison.gates();
        comparison.beyond_gates = beyond_gates;
        comparison.conditions();
        comparison.materials();
        comparison.limits();
        comparison.fees();
        comparison.flow();
        comparison.changes
    }

    fn tell(&mut self, code: &'static str, place: impl Into<String>, say: Text) {
        self.show(code, place, say, vec![]);
    }

    fn show(&mut self, code: &'static str, place: impl Into<String>, say: Text, examples: Vec<Witness>) {
        let (item, name, from) = (Some(self.new.code.clone()), Some(self.new.name.clone()), Some(self.from));
        self.changes.push(Change { code, item, name, from, place: place.into(), say, examples });
    }

    fn words(&mut self, code: &'static str, place: impl Into<String>, what: Phrase, old: &Text, new: &Text) {
        if old != new {
            self.tell(code, place, became(what, old, new));
        }
    }

    fn item(&mut self) {
        let (old, new) = (self.old, self.new);
        for (place, what, before, after) in [
            ("name", Phrase::new("名称", "name"), &old.name, &new.name),
            ("body", Phrase::new("办理机关", "body that decides"), &old.body, &new.body),
            ("window", Phrase::new("窗口", "window"), &old.window, &new.window),
            ("hours", Phrase::new("办理时间", "hours"), &old.hours, &new.hours),
            ("enquiry", Phrase::new("咨询", "enquiries"), &old.enquiry, &new.enquiry),
            ("complaint", Phrase::new("投诉", "complaints"), &old.complaint, &new.complaint),
            ("result.name", Phrase::new("办理结果", "result"), &old.result.name, &new.result.name),
            ("result.validity", Phrase::new("结果的有效期", "validity of the result"), &old.result.validity, &new.result.validity),
            ("result.delivery", Phrase::new("领取方式", "delivery"), &old.result.delivery, &new.result.delivery),
            ("applicant", Phrase::new("申请人填写的身份", "identifier that the applicant gives"), &applicant(old), &applicant(new)),
            ("handling", Phrase::new("办件类型", "handling"), &handling(old), &handling(new)),
            ("filing", Phrase::new("提交方式", "way to file"), &filing(old), &filing(new)),
        ] {
            self.words("item.changed", place, what, before, after);
        }
        if old.visits != new.visits {
            let visits = |times: u8| match times {
                0 => Text::new("不用来", "none"),
                times => Text::new(format!("最多 {times} 次"), format!("at most {times}")),
            };
            let say = became(Phrase::new("到大厅的次数", "visits to the hall"), &visits(old.visits), &visits(new.visits));
            self.tell(if new.visits < old.visits { "visits.fewer" } else { "visits.more" }, "visits", say);
        }
        for who in new.audience.iter().filter(|who| !old.audience.contains(who)) {
            let who = audience(*who);
            self.tell("audience.more", "audience", Text::new(format!("{}也可以申请", who.zh), format!("{} may apply too", who.en)));
        }
        for who in old.audience.iter().filter(|who| !new.audience.contains(who)) {
            let who = audience(*who);
            self.tell("audience.fewer", "audience", Text::new(format!("{}不能再申请", who.zh), format!("{} may no longer apply", who.en)));
        }
    }

    fn questions(&mut self, list: &str, old: &'a [Fact], new: &'a [Fact]) {
        for pair in pairs(old, new, |f| &f.code, |a, b| a.ask == b.ask) {
            let place = |fact: &Fact| format!("{list}[{}]", fact.code);
            match pair {
                (None, Some(fact)) => {
                    self.tell("question.new", place(fact), about(Phrase::new("多一个问题", "a further question").text(), &fact.ask))
                }
                (Some(fact), None) => {
                    self.tell("question.dropped", place(fact), about(Phrase::new("不再问", "no longer asked").text(), &fact.ask))
                }
                (Some(before), Some(after)) => {
                    self.words(
                        "question.reworded",
                        place(after),
                        Phrase::new("问题的说法", "wording of a question"),
                        &before.ask,
                        &after.ask,
                    );
                    self.answers(&place(after), before, after);
                    self.questions(&format!("{}.fields", place(after)), &before.fields, &after.fields);
                }
                (None, None) => {}
            }
        }
    }

    /// What may be answered to a question that stays.
    fn answers(&mut self, place: &str, old: &Fact, new: &Fact) {
        let ask = &new.ask;
        for (before, after) in pairs(&old.options, &new.options, |o| &o.code, |a, b| a.name == b.name) {
            let (code, what, option) = match (before, after) {
                (None, Some(option)) => ("question.option-new", Phrase::new("多一个选项", "a further option"), &option.name),
                (Some(option), None) => ("question.option-dropped", Phrase::new("少一个选项", "an option is gone"), &option.name),
                (Some(before), Some(after)) if before.name != after.name => {
                    self.words("question.reworded", place, Phrase::new("选项的说法", "wording of an option"), &before.name, &after.name);
                    continue;
                }
                _ => continue,
            };
            let say = Text::new(format!("“{}”{}:“{}”", ask.zh, what.zh, option.zh), format!("“{}”: {}: “{}”", ask.en, what.en, option.en));
            self.tell(code, place, say);
        }
        let bounds = |fact: &Fact, lang: Lang| {
            let number = |n: i64| if fact.ty == Type::Money { money::show(n, lang) } else { n.to_string() };
            let end = |end: Option<i64>| end.map_or("…".to_owned(), number);
            format!("{}–{}", end(fact.min), end(fact.max))
        };
        if old.ty.name() != new.ty.name() {
            let say = Text::new(format!("“{}”的回答方式变了", ask.zh), format!("“{}” is answered in another way", ask.en));
            self.tell("question.type", place, say);
        } else if (old.min, old.max) != (new.min, new.max) {
            let say = Text::new(
                format!("“{}”可以填的范围:{} 改为 {}", ask.zh, bounds(old, Lang::Zh), bounds(new, Lang::Zh)),
                format!("“{}”: what may be entered: {} becomes {}", ask.en, bounds(old, Lang::En), bounds(new, Lang::En)),
            );
            self.tell("question.bounds", place, say);
        }
    }

    fn gates(&mut self) {
        for pair in pairs(&self.old.gates, &self.new.gates, |g| &g.code, |a, b| a.say == b.say || a.when.expr == b.when.expr) {
            let place = |gate: &Gate| format!("gates[{}]", gate.code);
            match pair {
                (None, Some(gate)) => {
                    self.tell("gate.new", place(gate), about(outcome(gate, Phrase::new("以后", "from now on")), &gate.say))
                }
                (Some(gate), None) => {
                    let what = match gate.outcome {
                        GateOutcome::NotRequired => Phrase::new("不再免办", "no longer free of the licence"),
                        GateOutcome::Elsewhere => Phrase::new("不再转到别处", "no longer sent elsewhere"),
                    };
                    self.tell("gate.dropped", place(gate), about(what.text(), &gate.say));
                }
                (Some(before), Some(after)) => self.gate(before, after),
                (None, None) => {}
            }
        }
    }

    fn gate(&mut self, old: &Gate, new: &Gate) {
        let place = format!("gates[{}]", new.code);
        if old.outcome != new.outcome {
            self.tell("gate.outcome", &place, about(outcome(new, Phrase::new("改为", "now")), &new.say));
        }
        if let (Some(before), Some(after)) = (&old.go, &new.go) {
            self.words("gate.go", &place, Phrase::new("去哪里办", "where to go"), before, after);
        }
        let words = Sides {
            fewer: ("gate.narrower", Phrase::new("这一告知适用的人变少", "said to fewer")),
            more: ("gate.wider", Phrase::new("这一告知适用的人变多", "said to more")),
            other: ("gate.other", Phrase::new("这一告知适用的人变了", "said to others")),
            unproved: (
                "gate.unproved",
                Phrase::new("这一告知适用的人变了,多了还是少了没能判定", "said to others; whether to more or fewer could not be proved"),
            ),
            before: Phrase::new("原来适用,现在不适用", "said before, and no longer"),
            after: Phrase::new("原来不适用,现在适用", "not said before, and now is"),
        };
        if !self.shifted(&format!("{place}.when"), (&old.say, &new.say), &old.when, &new.when, &words) {
            self.words("gate.reworded", &place, Phrase::new("告知的话", "what is said"), &old.say, &new.say);
        }
    }

    fn conditions(&mut self) {
        let like = |a: &Condition, b: &Condition| a.text == b.text || a.decided == b.decided;
        for pair in pairs(&self.old.conditions, &self.new.conditions, |c| &c.code, like) {
            let place = |condition: &Condition| format!("conditions[{}]", condition.code);
            match pair {
                (None, Some(condition)) => {
                    let say = about(whose(Phrase::new("新增条件", "a further condition"), &condition.local), &condition.text);
                    self.tell("condition.new", place(condition), say);
                }
                (Some(condition), None) => {
                    let say = about(Phrase::new("不再要求", "no longer demanded").text(), &condition.text);
                    self.tell("condition.dropped", place(condition), say);
                }
                (Some(before), Some(after)) => self.condition(before, after),
                (None, None) => {}
            }
        }
    }

    fn condition(&mut self, old: &Condition, new: &Condition) {
        let place = format!("conditions[{}]", new.code);
        let both_rules = matches!((&old.decided, &new.decided), (Decided::Rule(_), Decided::Rule(_)));
        let same = match (&old.decided, &new.decided) {
            (Decided::Rule(before), Decided::Rule(after)) => {
                let words = Sides {
                    fewer: ("condition.stricter", Phrase::new("条件更严", "a stricter condition")),
                    more: ("condition.looser", Phrase::new("条件更宽", "a looser condition")),
                    other: (
                        "condition.other",
                        Phrase::new("条件对有的人更严,对有的人更宽", "a condition stricter for some, looser for others"),
                    ),
                    unproved: (
                        "condition.unproved",
                        Phrase::new("条件变了,更严还是更宽没能判定", "another condition; whether stricter or looser could not be proved"),
                    ),
                    before: Phrase::new("原来符合,现在不符合", "met before, and no longer"),
                    after: Phrase::new("原来不符合,现在符合", "not met before, and now met"),
                };
                !self.shifted(&format!("{place}.rule"), (&old.text, &new.text), before, after, &words)
            }
            (Decided::HumanCheck(before), Decided::HumanCheck(after)) => {
                self.words("condition.human", &place, Phrase::new("由人判断的内容", "what a person judges by"), before, after);
                before == after
            }
            (Decided::HumanCheck(_), Decided::Rule(_)) => {
                let what = Phrase::new("以前由人判断,现在按规则判断", "judged by a person before, by a rule now");
                self.tell("condition.by-rule", &place, about(what.text(), &new.text));
                false
            }
            (Decided::Rule(_), Decided::HumanCheck(_)) => {
                let what = Phrase::new("以前按规则判断,现在由人判断", "judged by a rule before, by a person now");
                self.tell("condition.by-person", &place, about(what.text(), &new.text));
                false
            }
        };
        // A rule that changed has told its text already.
        if old.text != new.text && (same || !both_rules) {
            let Text { zh, en } = became(Phrase::new("条件的说法", "wording of a condition"), &old.text, &new.text);
            let say =
                if same { Text::new(format!("{zh},要求不变"), format!("{en}; what is demanded stays")) } else { Text::new(zh, en) };
            self.tell("condition.reworded", &place, say);
        }
        self.words("condition.remedy", &place, Phrase::new("不符合时怎么办", "what to do when it is not met"), &old.remedy, &new.remedy);
        self.basis(&place, &new.text, &old.basis, &new.basis);
    }

    fn basis(&mut self, place: &str, of: &Text, old: &[Basis], new: &[Basis]) {
        let (before, after) = (cited(old, self.laws.0), cited(new, self.laws.1));
        if before != after {
            let say = Text::new(
                format!("“{}”的依据:{} 改为 {}", of.zh, before.zh, after.zh),
                format!("“{}”: its basis {} becomes {}", of.en, before.en, after.en),
            );
            self.tell("basis.changed", format!("{place}.basis"), say);
        }
    }

    fn materials(&mut self) {
        for pair in pairs(&self.old.materials, &self.new.materials, |m| &m.code, |a, b| a.name == b.name) {
            let place = |material: &Material| format!("materials[{}]", material.code);
            match pair {
                (None, Some(material)) => {
                    let (code, what) = match material.necessity {
                        Necessity::Required => ("material.new", Phrase::new("多交一份材料", "a further material")),
                        Necessity::Deferrable => {
                            ("material.new", Phrase::new("多交一份材料,可以后补", "a further material, which may follow later"))
                        }
                        Necessity::Optional => {
                            ("material.new-optional", Phrase::new("可以另交一份材料", "a further material, not required"))
                        }
                    };
                    self.tell(code, place(material), about(whose(what, &material.local), &material.name));
                }
                (Some(material), None) => {
                    let what = Phrase::new("不用再交", "no longer asked for");
                    self.tell("material.dropped", place(material), about(what.text(), &material.name));
                }
                (Some(before), Some(after)) => self.material(before, after),
                (None, None) => {}
            }
        }
    }

    fn material(&mut self, old: &'a Material, new: &'a Material) {
        let (place, name) = (format!("materials[{}]", new.code), &new.name);
        self.words("material.renamed", &place, Phrase::new("材料的名称", "name of a material"), &old.name, &new.name);
        if old.necessity != new.necessity {
            let (code, what) = match new.necessity {
                Necessity::Required => ("material.required", Phrase::new("现在必须交", "now required")),
                Necessity::Deferrable if old.necessity == Necessity::Required => {
                    ("material.deferrable", Phrase::new("现在可以后补", "may now follow later"))
                }
                Necessity::Deferrable => ("material.required", Phrase::new("现在要交,可以后补", "now asked for; it may follow later")),
                Necessity::Optional => ("material.optional", Phrase::new("现在可以不交", "no longer required")),
            };
            self.tell(code, &place, about(what.text(), name));
        }
        if (old.originals, old.copies) != (new.originals, new.copies) {
            let fewer = new.originals <= old.originals && new.copies <= old.copies;
            let say = Text::new(
                format!(
                    "“{}”的份数:原件 {}、复印件 {} 改为原件 {}、复印件 {}",
                    name.zh, old.originals, old.copies, new.originals, new.copies
                ),
                format!("“{}”: {} originals and {} copies become {} and {}", name.en, old.originals, old.copies, new.originals, new.copies),
            );
            self.tell(if fewer { "material.fewer-copies" } else { "material.more-copies" }, &place, say);
        }
        if old.form != new.form {
            self.tell("material.form", &place, about(form(new.form).text(), name));
        }
        self.words("material.obtain", &place, Phrase::new("材料从哪里来", "where to get a material"), &old.obtain, &new.obtain);
        let words = Sides {
            fewer: ("material.needed-less", Phrase::new("要交的人变少", "asked of fewer")),
            more: ("material.needed-more", Phrase::new("要交的人变多", "asked of more")),
            other: ("material.needed-other", Phrase::new("要交的人变了", "asked of others")),
            unproved: (
                "material.needed-unproved",
                Phrase::new("要交的情形变了,多了还是少了没能判定", "asked of others; whether of more or fewer could not be proved"),
            ),
            before: Phrase::new("原来要交,现在不用", "asked for before, and no longer"),
            after: Phrase::new("原来不用交,现在要", "not asked for before, and now is"),
        };
        let (before, after) = (old.needed_when.clone().unwrap_or_else(always), new.needed_when.clone().unwrap_or_else(always));
        self.shifted(&format!("{place}.needed_when"), (name, name), &before, &after, &words);
        for (before, after) in pairs(&old.standards, &new.standards, |s| &s.code, |a, b| a.text == b.text) {
            self.standard(&place, name, before, after);
        }
    }

    fn standard(&mut self, place: &str, material: &Text, old: Option<&Standard>, new: Option<&Standard>) {
        let of = |what: Phrase, text: &Text| {
            Text::new(format!("“{}”{}:“{}”", material.zh, what.zh, text.zh), format!("“{}”: {}: “{}”", material.en, what.en, text.en))
        };
        let place = |standard: &Standard| format!("{place}.standards[{}]", standard.code);
        match (old, new) {
            (None, Some(new)) => self.tell("standard.new", place(new), of(Phrase::new("多一项标准", "a further standard"), &new.text)),
            (Some(old), None) => self.tell("standard.dropped", place(old), of(Phrase::new("少一项标准", "a standard is gone"), &old.text)),
            (Some(old), Some(new)) => {
                let words = Sides {
                    fewer: ("standard.stricter", Phrase::new("标准更严", "a stricter standard")),
                    more: ("standard.looser", Phrase::new("标准更宽", "a looser standard")),
                    other: ("standard.other", Phrase::new("标准有的更严,有的更宽", "a standard stricter for some, looser for others")),
                    unproved: (
                        "standard.unproved",
                        Phrase::new("标准变了,更严还是更宽没能判定", "another standard; whether stricter or looser could not be proved"),
                    ),
                    before: Phrase::new("原来合格,现在不合格", "good enough before, and no longer"),
                    after: Phrase::new("原来不合格,现在合格", "not good enough before, and now is"),
                };
                let (before, after) = (old.rule.clone().unwrap_or_else(always), new.rule.clone().unwrap_or_else(always));
                if !self.shifted(&place(new), (&old.text, &new.text), &before, &after, &words) {
                    self.words("standard.reworded", place(new), Phrase::new("标准的说法", "wording of a standard"), &old.text, &new.text);
                }
            }
            (None, None) => {}
        }
    }

    fn limits(&mut self) {
        for kind in [LimitKind::Statutory, LimitKind::Promised] {
            let (place, what) = match kind {
                LimitKind::Statutory => ("limits.statutory", Phrase::new("法定时限", "statutory limit")),
                LimitKind::Promised => ("limits.promised", Phrase::new("承诺时限", "promised limit")),
            };
            match (self.old.limit(kind), self.new.limit(kind)) {
                (None, Some(limit)) => self.tell("limit.new", place, about(what.text(), &length(limit))),
                (Some(limit), None) => {
                    let none = Text::new(
                        format!("{}取消,原为{}", what.zh, length(limit).zh),
                        format!("no {} any more; it was {}", what.en, length(limit).en),
                    );
                    self.tell("limit.dropped", place, none);
                }
                (Some(before), Some(after)) => {
                    let code = match (before.unit == after.unit, before.length.cmp(&after.length)) {
                        (true, std::cmp::Ordering::Greater) => "limit.shorter",
                        (true, std::cmp::Ordering::Less) => "limit.longer",
                        _ => "limit.changed",
                    };
                    self.words(code, place, what, &length(before), &length(after));
                    self.words("limit.start", place, Phrase::new("时限从何时算起", "start of a limit"), &before.start, &after.start);
                }
                (None, None) => {}
            }
        }
    }

    fn fees(&mut self) {
        let amount = |fen: i64| Text::new(money::show(fen, Lang::Zh), money::show(fen, Lang::En));
        let named = |text: &Text, amount: Text| Text::new(format!("{} {}", text.zh, amount.zh), format!("{}, {}", text.en, amount.en));
        for pair in pairs(&self.old.fees, &self.new.fees, |f| &f.name.zh, |_, _| false) {
            match pair {
                (None, Some(fee)) => {
                    self.tell("fee.new", "fees", about(Phrase::new("新收费", "a new fee").text(), &named(&fee.name, amount(fee.amount))));
                }
                (Some(fee), None) => {
                    self.tell(
                        "fee.dropped",
                        "fees",
                        about(Phrase::new("不再收费", "a fee is gone").text(), &named(&fee.name, amount(fee.amount))),
                    );
                }
                (Some(before), Some(after)) => {
                    let code = if after.amount < before.amount { "fee.lower" } else { "fee.higher" };
                    let (old, new) = (named(&before.name, amount(before.amount)), named(&after.name, amount(after.amount)));
                    self.words(code, "fees", Phrase::new("收费", "fee"), &old, &new);
                }
                (None, None) => {}
            }
        }
    }

    fn flow(&mut self) {
        let steps = |item: &Item| {
            let (zh, en): (Vec<&str>, Vec<&str>) = item.flow.iter().map(|step| (step.name.zh.as_str(), step.name.en.as_str())).unzip();
            Text::new(zh.join("、"), en.join(", "))
        };
        self.words("flow.changed", "flow", Phrase::new("办理步骤", "steps"), &steps(self.old), &steps(self.new));
    }

    /// Tells how a rule changed, if it did.
    fn shifted(&mut self, place: &str, texts: (&Text, &Text), old: &Rule, new: &Rule, words: &Sides) -> bool {
        let shift = self.shift(old, new);
        let ((code, what), examples) = match shift {
            Shift::Same => return false,
            Shift::Fewer(lost) => (words.fewer, vec![(lost, words.before)]),
            Shift::More(won) => (words.more, vec![(won, words.after)]),
            Shift::Other(lost, won) => (words.other, vec![(lost, words.before), (won, words.after)]),
            Shift::Unproved => (words.unproved, vec![]),
        };
        let mut say = if texts.0 == texts.1 { about(what.text(), texts.1) } else { became(what, texts.0, texts.1) };
        for (example, now) in &examples {
            let answers = self.answers_of(example, old, new);
            say.zh += &format!(";例如,{}:{}", answers.zh, now.zh);
            say.en += &format!("; for example, {}: {}", answers.en, now.en);
        }
        self.show(code, place, say, examples.into_iter().map(|(example, _)| example).collect());
        true
    }

    fn shift(&self, old: &Rule, new: &Rule) -> Shift {
        if old.expr == new.expr {
            return Shift::Same;
        }
        let under = |rule| -> Vec<&Rule> { self.beyond_gates.iter().chain([rule]).collect() };
        match (implies(&under(new), old, &self.domains), implies(&under(old), new, &self.domains)) {
            (Implied::Always, Implied::Always) => Shift::Same,
            (Implied::Always, Implied::Not(lost)) => Shift::Fewer(lost.into()),
            (Implied::Not(won), Implied::Always) => Shift::More(won.into()),
            (Implied::Not(won), Implied::Not(lost)) => Shift::Other(lost.into(), won.into()),
            _ => Shift::Unproved,
        }
    }

    /// The answers of an example that the two rules read.
    fn answers_of(&self, example: &Witness, old: &Rule, new: &Rule) -> Text {
        let paths: BTreeSet<&str> = old.expr.paths().into_iter().chain(new.expr.paths()).collect();
        let said = |path: &&str| [self.new, self.old].into_iter().find_map(|item| answer(item, path, example));
        let (mut zh, mut en): (Vec<String>, Vec<String>) = paths.iter().filter_map(said).map(|text| (text.zh, text.en)).unzip();
        if [old, new].into_iter().any(|rule| of_today(rule)) {
            zh.insert(0, format!("{} 申请", example.today));
            en.insert(0, format!("applying on {}", example.today));
        }
        Text::new(zh.join("、"), en.join(", "))
    }
}

/// What is said of a rule that changed: holding for fewer, for more, for others; and of the examples.
struct Sides {
    fewer: (&'static str, Phrase),
    more: (&'static str, Phrase),
    other: (&'static str, Phrase),
    unproved: (&'static str, Phrase),
    before: Phrase,
    after: Phrase,
}

/// Entries that belong together: by code, or else, where a code was changed, by what makes them alike.
fn pairs<'a, T>(old: &'a [T], new: &'a [T], code: fn(&T) -> &str, like: fn(&T, &T) -> bool) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let has = |list: &[T], wanted: &T| list.iter().any(|entry| code(entry) == code(wanted));
    let mut pairs = Vec::new();
    let mut paired = BTreeSet::new();
    for after in new {
        let same = old.iter().find(|before| code(before) == code(after));
        let renamed = || old.iter().find(|before| !has(new, before) && !paired.contains(code(before)) && like(before, after));
        let before = same.or_else(renamed);
        paired.extend(before.map(code));
        pairs.push((before, Some(after)));
    }
    let dropped = old.iter().filter(|before| !paired.contains(code(before)));
    pairs.extend(dropped.map(|before| (Some(before), None)));
    pairs
}

/// Answers that either version takes. What has another type in each cannot be compared, and stays as the new one has it.
fn both<'a>(old: Domains<'a>, mut new: Domains<'a>) -> Domains<'a> {
    for (path, before) in old.facts {
        match new.facts.get_mut(&path) {
            None => {
                new.facts.insert(path, before);
            }
            Some(after) => {
                (after.min, after.max) = (after.min.min(before.min), after.max.max(before.max));
                if let (Type::Choice(options), Type::Choice(others)) = (&mut after.ty, before.ty) {
                    let further: Vec<String> = others.into_iter().filter(|option| !options.contains(option)).collect();
                    options.extend(further);
                }
            }
        }
    }
    new.today = (new.today.0.min(old.today.0), new.today.1.max(old.today.1));
    new
}

fn of_today(rule: &Rule) -> bool {
    let mut found = false;
    rule.expr.visit(&mut |expr| found |= matches!(expr, Expr::Today));
    found
}

fn always() -> Rule {
    Rule { text: "true".to_owned(), expr: Expr::Literal(Value::Bool(true)) }
}

/// One answer in words: `个人会员 45 名`.
fn answer(item: &Item, path: &str, example: &Witness) -> Option<Text> {
    if let Some(fact) = item.fact(path) {
        return Some(said(fact, example.facts.get(path)?));
    }
    let (code, field) = path.strip_prefix("materials.")?.split_once('.')?;
    let name = &item.material(code)?.name;
    let value = example.materials.get(code).and_then(|declared| declared.get(field));
    let (what, value) = match (field, value) {
        ("have", Some(Json::Bool(true))) => return Some(Text::new(format!("有{}", name.zh), format!("with {}", name.en))),
        ("have", _) => return Some(Text::new(format!("没有{}", name.zh), format!("without {}", name.en))),
        (_, None) => return None,
        ("originals", Some(value)) => (Phrase::new("原件", "originals"), value),
        ("copies", Some(value)) => (Phrase::new("复印件", "copies"), value),
        ("valid_until", Some(value)) => (Phrase::new("有效期至", "valid until"), value),
        ("issued_on", Some(value)) => (Phrase::new("出具日期", "issued on"), value),
        (_, Some(value)) => (Phrase::new("号码", "number"), value),
    };
    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(Text::new(format!("{}{} {value}", name.zh, what.zh), format!("{} {} {value}", name.en, what.en)))
}

fn said(fact: &Fact, value: &Json) -> Text {
    let Text { zh, en } = &fact.name;
    let unit = |number: String| match &fact.unit {
        Some(unit) if en.ends_with(&unit.en) => Text::new(format!("{zh} {number} {}", unit.zh), format!("{number} {en}")),
        Some(unit) => Text::new(format!("{zh} {number} {}", unit.zh), format!("{en} {number} {}", unit.en)),
        None => Text::new(format!("{zh} {number}"), format!("{en} {number}")),
    };
    match (&fact.ty, value) {
        (Type::Bool, Json::Bool(true)) => Text::new(format!("{zh}(是)"), format!("{en} (yes)")),
        (Type::Bool, _) => Text::new(format!("{zh}(否)"), format!("{en} (no)")),
        (Type::Money, _) => {
            let fen = value.as_i64().unwrap_or_default();
            Text::new(format!("{zh} {}", money::show(fen, Lang::Zh)), format!("{en} {}", money::show(fen, Lang::En)))
        }
        (Type::List(_), _) => unit(value.as_array().map_or(0, Vec::len).to_string()),
        (Type::Choice(_), Json::String(code)) => {
            let name = fact.options.iter().find(|option| option.code == *code).map(|option| option.name.clone());
            let name = name.unwrap_or_else(|| Text::new(code, code));
            Text::new(format!("{zh}({})", name.zh), format!("{en} ({})", name.en))
        }
        (_, Json::String(text)) => Text::new(format!("{zh}“{text}”"), format!("{en} “{text}”")),
        _ => unit(value.to_string()),
    }
}

// ── words ──

/// `窗口:“甲”改为“乙”`
fn became(what: Phrase, old: &Text, new: &Text) -> Text {
    let zh =
        if old.zh == new.zh { format!("“{}”(只改了英文)", new.zh) } else { format!("“{}”改为“{}”", old.zh, new.zh) };
    let en = if old.en == new.en {
        format!("“{}” (changed in Chinese only)", new.en)
    } else {
        format!("“{}” becomes “{}”", old.en, new.en)
    };
    Text::new(format!("{}:{zh}", what.zh), format!("{}: {en}", what.en))
}

/// `新增条件:“…”`
fn about(what: Text, of: &Text) -> Text {
    Text::new(format!("{}:“{}”", what.zh, of.zh), format!("{}: “{}”", what.en, of.en))
}

fn whose(what: Phrase, local: &Option<Text>) -> Text {
    match local {
        Some(place) => Text::new(format!("{}({}规定)", what.zh, place.zh), format!("{} (local rule of {})", what.en, place.en)),
        None => what.text(),
    }
}

fn outcome(gate: &Gate, when: Phrase) -> Text {
    match gate.outcome {
        GateOutcome::NotRequired => Text::new(format!("{}免办", when.zh), format!("{} free of the licence", when.en)),
        GateOutcome::Elsewhere => Text::new(format!("{}到别处办", when.zh), format!("{} done elsewhere", when.en)),
    }
}

fn cited(bases: &[Basis], laws: &Laws) -> Text {
    let (zh, en): (Vec<String>, Vec<String>) = bases.iter().map(|basis| cite(basis, laws)).map(|text| (text.zh, text.en)).unzip();
    Text::new(zh.join("、"), en.join("; "))
}

fn length(limit: &Limit) -> Text {
    let length = limit.length;
    match limit.unit {
        Unit::WorkingDay => Text::new(format!("{length} 个工作日"), format!("{length} working days")),
        Unit::Day => Text::new(format!("{length} 日"), format!("{length} days")),
    }
}

fn applicant(item: &Item) -> Text {
    match item.applicant {
        Applicant::Person => Text::new("个人证件", "a person's"),
        Applicant::Organisation => Text::new("统一社会信用代码", "an organisation's"),
    }
}

fn handling(item: &Item) -> Text {
    match item.handling {
        Handling::Instant => Text::new("即办件", "on the spot"),
        Handling::Promised => Text::new("承诺件", "within a limit"),
    }
}

fn filing(item: &Item) -> Text {
    match item.filing {
        Filing::Online => Text::new("可以在设备上提交", "from a device"),
        Filing::PreCheckOnly => Text::new("只能到窗口提交", "in person only"),
    }
}

fn form(form: Form) -> Phrase {
    match form {
        Form::Paper => Phrase::new("现在只收纸质", "now taken on paper only"),
        Form::Electronic => Phrase::new("现在只收电子件", "now taken electronically only"),
        Form::Both => Phrase::new("现在纸质、电子都收", "now taken on paper and electronically"),
    }
}

fn audience(audience: Audience) -> Phrase {
    match audience {
        Audience::NaturalPerson => Phrase::new("自然人", "natural persons"),
        Audience::Enterprise => Phrase::new("企业法人", "enterprises"),
        Audience::PublicInstitution => Phrase::new("事业法人", "public institutions"),
        Audience::SocialOrganisation => Phrase::new("社会组织法人", "social organisations"),
        Audience::UnincorporatedEnterprise => Phrase::new("非法人企业", "unincorporated enterprises"),
        Audience::GovernmentBody => Phrase::new("行政机关", "government bodies"),
        Audience::Other => Phrase::new("其他组织", "other organisations"),
    }
}

//! Two versions of an item, compared in everything that an applicant meets.

use super::shift::{Sides, always, both};
use super::words::*;
use super::{Change, pairs};
use crate::calendar::Calendar;
use crate::catalogue::author::Witness;
use crate::catalogue::author::example::{beyond_gates, domains};
use crate::catalogue::{Basis, Condition, Decided, Fact, Gate, GateOutcome, Item, Laws, LimitKind, Material, Necessity, Standard};
use crate::rules::solve::Domains;
use crate::rules::{Rule, Type};
use crate::words::{Lang, Phrase, Text, money};
use chrono::NaiveDate;

/// Two versions of an item.
pub(super) struct Comparison<'a> {
    pub(super) old: &'a Item,
    pub(super) new: &'a Item,
    pub(super) from: NaiveDate,
    pub(super) laws: (&'a Laws, &'a Laws),
    pub(super) domains: Domains<'a>,
    /// What holds of whoever is asked for conditions and materials.
    pub(super) beyond_gates: Vec<Rule>,
    pub(super) changes: Vec<Change>,
}

impl<'a> Comparison<'a> {
    pub(super) fn of(old: &'a Item, new: &'a Item, from: NaiveDate, laws: (&'a Laws, &'a Laws), calendar: &'a Calendar) -> Vec<Change> {
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

    pub(super) fn show(&mut self, code: &'static str, place: impl Into<String>, say: Text, examples: Vec<Witness>) {
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
            let who = who.name();
            self.tell("audience.more", "audience", Text::new(format!("{}也可以申请", who.zh), format!("{} may apply too", who.en)));
        }
        for who in old.audience.iter().filter(|who| !new.audience.contains(who)) {
            let who = who.name();
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
}

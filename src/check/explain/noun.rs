//! What an expression stands for, as a noun: the fact's own name, or one put together (个人会员与单位会员之和); what kind of
//! value it has, and how such a value is shown.

use super::words::{enumerated, zh};
use super::{Speaker, Variable};
use crate::catalogue::{Choice, Fact};
use crate::rules::expr::{Expr, Function, Macro, Operator};
use crate::rules::value::Period;
use crate::rules::{Known, Type, Value};
use crate::words::identifier;
use crate::words::{Lang, Text, money};
use chrono::{Datelike, NaiveDate};

/// A noun, and how its values are shown.
#[derive(Clone)]
pub(super) struct Noun<'a> {
    pub text: Text,
    pub unit: Option<Text>,
    /// Names of coded values.
    pub options: &'a [Choice],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Number,
    Money,
    Text,
    Date,
    Period,
    List,
    Record,
}

/// Measure words for what is counted one by one (有 42 名个人会员); any other unit measures (建筑面积是 120 平方米).
const COUNTERS: &str = "名个人位辆艘条台架张份件套间栋座家户只头匹棵株次门项";
/// What is longer is cut.
const LONGEST_TEXT: usize = 40;
pub(super) const LONGEST_LIST: usize = 12;

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

impl<'a> Noun<'a> {
    fn plain(text: Text) -> Noun<'a> {
        Noun { text, unit: None, options: &[] }
    }

    fn measured(text: Text, unit: Option<Text>) -> Noun<'a> {
        Noun { text, unit, options: &[] }
    }

    /// Is it counted one by one?
    pub fn counted(&self) -> bool {
        self.unit.as_ref().is_some_and(|unit| unit.zh.chars().count() == 1 && COUNTERS.contains(unit.zh.as_str()))
    }

    pub fn is_age(&self) -> bool {
        self.unit.as_ref().is_some_and(|unit| unit.zh == "周岁")
    }

    /// The noun where a number is meant: 货车的数量, “the number of lorries”.
    pub fn quantity(&self) -> Text {
        if !self.counted() {
            return self.text.clone();
        }
        Text { zh: format!("{}的数量", self.text.zh), en: format!("the number of {}", self.text.en) }
    }

    /// Is its number plural? By the noun's first part: “papers for the land are”.
    pub fn plural(&self) -> bool {
        let head = self.quantity().en;
        let end = [" of ", " for ", " to ", " where ", " that ", " with ", " (", " by ", " on "].iter().filter_map(|w| head.find(w)).min();
        let head = end.map_or(head.as_str(), |end| &head[..end]);
        head.ends_with('s') && !head.ends_with("ss") && !head.ends_with("us")
    }

    pub fn verb(&self) -> &'static str {
        if self.plural() { "are" } else { "is" }
    }

    /// A measure word; 项 where it has none.
    pub fn measure(&self) -> &str {
        self.unit.as_ref().map_or("项", |unit| &unit.zh)
    }

    /// A value of it as people write it.
    pub fn show(&self, value: &Value) -> Text {
        match value {
            Value::Bool(yes) => {
                if *yes {
                    Text::new("“是”", "yes")
                } else {
                    Text::new("“否”", "no")
                }
            }
            Value::Int(n) => match &self.unit {
                Some(unit) if self.counted() => Text { zh: zh(&[&n.to_string(), &unit.zh]), en: grouped(*n) },
                Some(unit) => Text { zh: zh(&[&n.to_string(), &unit.zh]), en: format!("{} {}", grouped(*n), unit.en) },
                None => Text::new(n.to_string(), n.to_string()),
            },
            Value::Money(fen) => Text::new(money::show(*fen, Lang::Zh), money::show(*fen, Lang::En)),
            Value::Date(date) => show_date(*date),
            Value::Period(period) => show_period(*period),
            Value::Text(text) if text.is_empty() => Text::new("空白", "blank"),
            Value::Text(text) => match self.options.iter().find(|option| option.code == *text) {
                Some(option) => Text { zh: format!("“{}”", option.name.zh), en: format!("“{}”", option.name.en) },
                None => {
                    let text = shortened(text);
                    Text { zh: format!("“{text}”"), en: format!("“{text}”") }
                }
            },
            Value::List(entries) => self.show_all(entries.iter()),
            Value::Record(_) => Text::new("一项记录", "an entry"),
        }
    }

    fn show_all<'v>(&self, values: impl ExactSizeIterator<Item = &'v Value>) -> Text {
        let long = values.len() > LONGEST_LIST;
        let mut shown: Vec<Text> = values.take(LONGEST_LIST).map(|value| self.show(value)).collect();
        if long {
            shown.push(Text::new("…", "…"));
        }
        if shown.is_empty() { Text::new("空的列表", "an empty list") } else { enumerated(&shown, "、", "and") }
    }
}

fn grouped(n: i64) -> String {
    let digits = crate::words::grouped(n.unsigned_abs());
    if n < 0 { format!("-{digits}") } else { digits }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST_TEXT).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn show_date(date: NaiveDate) -> Text {
    let month = MONTHS.get(date.month0() as usize).copied().unwrap_or_default();
    Text {
        zh: format!("{} 年 {} 月 {} 日", date.year(), date.month(), date.day()), en: format!("{} {month} {}", date.day(), date.year())
    }
}

fn show_period(period: Period) -> Text {
    let (n, zh_unit, en_unit) = match period {
        Period::Years(n) => (n, "年", "year"),
        Period::Months(n) => (n, "个月", "month"),
        Period::Days(n) => (n, "天", "day"),
        Period::WorkingDays(n) => (n, "个工作日", "working day"),
    };
    Text { zh: format!("{n} {zh_unit}"), en: format!("{n} {en_unit}{}", if n == 1 { "" } else { "s" }) }
}

/// A statement in quotation marks; those inside it become single ones.
pub(super) fn quoted(text: &Text) -> Text {
    let quoted = |text: &str| format!("“{}”", text.replace('“', "‘").replace('”', "’"));
    Text { zh: quoted(&text.zh), en: quoted(&text.en) }
}

/// “the lorries”, but what has an article already, or needs none, as it is.
pub(super) fn the(noun: &str) -> String {
    let complete = ["the ", "a ", "an ", "these:"].iter().any(|start| noun.starts_with(start));
    if complete { noun.to_owned() } else { format!("the {noun}") }
}

/// The value of an expression that is the same everywhere, as far as authors write such: literals and `yuan(…)`.
pub(super) fn constant(expr: &Expr) -> Option<Value> {
    match expr {
        Expr::Literal(value) => Some(value.clone()),
        Expr::Negate(a) => match constant(a)? {
            Value::Int(n) => n.checked_neg().map(Value::Int),
            Value::Money(n) => n.checked_neg().map(Value::Money),
            _ => None,
        },
        Expr::Call(function, arguments) => {
            let [argument] = arguments.as_slice() else { return None };
            let Value::Int(n) = constant(argument)? else { return None };
            let period = |make: fn(i32) -> Period| i32::try_from(n).ok().map(|n| Value::Period(make(n)));
            match function {
                Function::Yuan => n.checked_mul(100).map(Value::Money),
                Function::Years => period(Period::Years),
                Function::Months => period(Period::Months),
                Function::Days => period(Period::Days),
                Function::WorkingDays => period(Period::WorkingDays),
                _ => None,
            }
        }
        _ => None,
    }
}

impl<'a> Speaker<'a> {
    /// What `expr` stands for.
    pub(super) fn noun(&self, expr: &Expr, variable: Option<&Variable>) -> Noun<'a> {
        self.deeper(|| self.noun_here(expr, variable)).unwrap_or_else(|| Noun::plain(self.left_out()))
    }

    fn noun_here(&self, expr: &Expr, variable: Option<&Variable>) -> Noun<'a> {
        if let Some(value) = constant(expr) {
            let noun = Noun::plain(Text::default());
            return Noun::plain(noun.show(&value));
        }
        match expr {
            Expr::Today => Noun::plain(Text::new("今天", "today")),
            Expr::Fact(path) => self.fact(path),
            Expr::Local(name) => self.entry(expr, name, variable),
            Expr::Field(of, name) => self.field(of, name, variable),
            Expr::Negate(a) => {
                let a = self.operand(a, variable);
                Noun { text: Text { zh: zh(&["负的", &a.text.zh]), en: format!("minus {}", a.text.en) }, ..a }
            }
            Expr::Arithmetic(operator, a, b) => self.arithmetic(*operator, a, b, variable),
            Expr::List(entries) => {
                let mut nouns: Vec<Text> = entries.iter().take(LONGEST_LIST).map(|e| self.noun(e, variable).text).collect();
                if entries.len() > LONGEST_LIST {
                    nouns.push(self.left_out());
                }
                let all = enumerated(&nouns, "、", "and");
                Noun::plain(if nouns.is_empty() {
                    Text::new("空的列表", "an empty list")
                } else {
                    Text { en: format!("these: {}", all.en), ..all }
                })
            }
            Expr::If(condition, yes, no) => self.alternative(expr, condition, yes, no, variable),
            Expr::Call(function, arguments) => self.call(expr, *function, arguments, variable),
            Expr::Each { each: Macro::Filter, list, variable: name, body } => {
                let inner = Variable { name, list, value: None, outer: variable };
                let list = self.noun(list, variable);
                let text = if self.may_say(body) {
                    let said = quoted(&self.needs(body, true, Some(&inner)).line());
                    Text {
                        zh: zh(&["满足", &said.zh, "的", &list.text.zh]), en: format!("{} for which {} holds", list.text.en, said.en)
                    }
                } else {
                    Text { zh: zh(&["符合规则的", &list.text.zh]), en: format!("{} that fit the rule", list.text.en) }
                };
                Noun { text, ..list }
            }
            Expr::Each { each: Macro::Map, list, variable: name, body } => {
                let inner = Variable { name, list, value: None, outer: variable };
                let list = self.noun(list, variable);
                let of =
                    if self.may_say(body) { self.noun(body, Some(&inner)) } else { Noun::plain(Text::new("相应的值", "the value")) };
                let text = Text {
                    zh: zh(&["各", list.measure(), &list.text.zh, "的", &of.text.zh]),
                    en: format!("{} of each of {}", of.text.en, the(&list.text.en)),
                };
                Noun { text, ..of }
            }
            // A part that is itself true or false.
            _ if self.may_say(expr) => Noun::plain(quoted(&self.needs(expr, true, variable).line())),
            _ => Noun::plain(Text::new("规则中的一项判断", "a part of the rule")),
        }
    }

    /// A fact or a field of a material, by its path.
    pub(super) fn fact(&self, path: &str) -> Noun<'a> {
        if let Some(fact) = self.item.fact(path) {
            return named(fact);
        }
        let material = path.strip_prefix("materials.").and_then(|rest| rest.split_once('.'));
        let Some((material, field)) = material.and_then(|(code, field)| Some((self.item.material(code)?, field))) else {
            return Noun::plain(Text::new(path, path));
        };
        let (name, quoted) = (&material.name.zh, quoted(&material.name).en);
        let (text_zh, text_en, unit) = match field {
            "have" => (format!("备有{name}"), format!("{quoted} is at hand"), None),
            "originals" => (format!("{name}的原件"), format!("originals of {quoted}"), Some(Text::new("份", "originals"))),
            "copies" => (format!("{name}的复印件"), format!("copies of {quoted}"), Some(Text::new("份", "copies"))),
            "valid_until" => (format!("{name}的有效期截止日"), format!("the expiry date of {quoted}"), None),
            "issued_on" => (format!("{name}的出具日期"), format!("the date of issue of {quoted}"), None),
            _ => {
                let (kind_zh, kind_en) = match material.number {
                    Some(identifier::Kind::CreditCode) => ("统一社会信用代码", "the credit code on"),
                    Some(identifier::Kind::ResidentId) => ("身份证号码", "the ID number on"),
                    Some(identifier::Kind::Mobile) => ("手机号码", "the mobile number on"),
                    Some(identifier::Kind::Passport) => ("护照号码", "the passport number on"),
                    None => ("编号", "the number on"),
                };
                (format!("{name}的{kind_zh}"), format!("{kind_en} {quoted}"), None)
            }
        };
        Noun::measured(Text { zh: text_zh, en: text_en }, unit)
    }

    /// A fact as it stands in a list of facts: a statement in quotation marks.
    pub(super) fn title(&self, path: &str) -> Text {
        let text = self.fact(path).text;
        if self.kind_of(path) == Kind::Bool { quoted(&text) } else { text }
    }

    /// The entry that a macro looks at, where it is no record.
    fn entry(&self, expr: &Expr, name: &str, variable: Option<&Variable>) -> Noun<'a> {
        let innermost = variable.is_some_and(|v| v.name == name);
        let text = if innermost { Text::new("该项", "the entry") } else { Text::new("外层的该项", "the outer entry") };
        let options = self.declared(expr, variable).map_or(&[][..], |fact| &fact.options);
        Noun { text, unit: None, options }
    }

    fn field(&self, of: &Expr, name: &str, variable: Option<&Variable>) -> Noun<'a> {
        let field = self.declared(of, variable).and_then(|fact| fact.fields.iter().find(|f| f.code == name));
        let noun = field.map_or_else(|| Noun::plain(Text::new(name, name)), named);
        match of {
            Expr::Local(local) if variable.is_some_and(|v| v.name == local) => noun,
            // Of the entry that an outer macro looks at.
            Expr::Local(local) => {
                let list = Variable::find(variable, local)
                    .map_or_else(|| Noun::plain(Text::new("该项", "entries")), |v| self.noun(v.list, v.outer));
                let joined = if field.is_some_and(|field| field.ty == Type::Bool) { "" } else { "的" };
                let text = Text {
                    zh: zh(&["该", &list.text.zh, joined, &noun.text.zh]),
                    en: format!("{} (of that one of {})", noun.text.en, the(&list.text.en)),
                };
                Noun { text, ..noun }
            }
            _ => {
                let of = self.noun(of, variable);
                let text = Text { zh: zh(&[&of.text.zh, "的", &noun.text.zh]), en: format!("{} of {}", noun.text.en, of.text.en) };
                Noun { text, ..noun }
            }
        }
    }

    /// The list whose records an expression is, or holds: its columns name their fields.
    fn declared(&self, expr: &Expr, variable: Option<&Variable>) -> Option<&'a Fact> {
        match expr {
            Expr::Fact(path) => self.item.fact(path),
            Expr::Local(name) => {
                let v = Variable::find(variable, name)?;
                self.declared(v.list, v.outer)
            }
            Expr::Field(of, name) => self.declared(of, variable)?.fields.iter().find(|f| f.code == *name),
            Expr::Arithmetic(_, a, b) | Expr::If(_, a, b) => self.declared(a, variable).or_else(|| self.declared(b, variable)),
            Expr::List(entries) => entries.iter().find_map(|e| self.declared(e, variable)),
            Expr::Each { each: Macro::Filter, list, .. } => self.declared(list, variable),
            Expr::Each { each: Macro::Map, list, variable: name, body } => {
                self.declared(body, Some(&Variable { name, list, value: None, outer: variable }))
            }
            _ => None,
        }
    }

    /// Bracketed where it is a calculation inside another.
    fn operand(&self, expr: &Expr, variable: Option<&Variable>) -> Noun<'a> {
        let noun = self.noun(expr, variable);
        match expr {
            Expr::Arithmetic(..) => Noun { text: Text { zh: format!("({})", noun.text.zh), en: format!("({})", noun.text.en) }, ..noun },
            _ => noun,
        }
    }

    fn arithmetic(&self, operator: Operator, a: &Expr, b: &Expr, variable: Option<&Variable>) -> Noun<'a> {
        match self.kind(a, variable) {
            Kind::Date => return self.shifted(operator, a, b, variable),
            Kind::Period => return self.shifted(operator, b, a, variable),
            _ => {}
        }
        if operator == Operator::Add && self.kind(a, variable) != Kind::Text {
            let mut terms = Vec::new();
            summands(a, &mut terms);
            summands(b, &mut terms);
            if terms.iter().all(|term| constant(term).is_none()) {
                return self.total(&terms, variable);
            }
        }
        let (left, right) = (self.operand(a, variable), self.operand(b, variable));
        let right_text = constant(b).map_or(right.text, |value| left.show(&value));
        let (zh_word, zh_end, en_start, en_word) = match operator {
            Operator::Add if self.kind(a, variable) == Kind::Text => ("接上", "", "", "followed by"),
            Operator::Add => ("加", "", "", "plus"),
            Operator::Subtract => ("减去", "", "", "minus"),
            Operator::Multiply => ("乘以", "", "", "times"),
            Operator::Divide => ("除以", "(取整)", "the whole part of ", "divided by"),
            Operator::Remainder => ("除以", "的余数", "the remainder of ", "divided by"),
        };
        let scaled = matches!(operator, Operator::Multiply | Operator::Divide | Operator::Remainder);
        let right_text =
            if scaled { constant(b).map_or(right_text, |value| Noun::plain(Text::default()).show(&value)) } else { right_text };
        let text = Text {
            zh: zh(&[&left.text.zh, zh_word, &right_text.zh, zh_end]),
            en: format!("{en_start}{} {en_word} {}", left.text.en, right_text.en),
        };
        // What is no longer counted one by one keeps no measure word.
        let unit = left.unit.clone().filter(|_| !left.counted() && (!scaled || constant(b).is_some() && !left.is_age()));
        Noun::measured(text, unit)
    }

    fn total(&self, terms: &[&Expr], variable: Option<&Variable>) -> Noun<'a> {
        let nouns: Vec<Noun> = terms.iter().map(|term| self.operand(term, variable)).collect();
        let texts: Vec<Text> = nouns.iter().map(|noun| noun.text.clone()).collect();
        let all = enumerated(&texts, "与", "and");
        let unit = nouns.first().and_then(|first| first.unit.clone()).filter(|unit| nouns.iter().all(|n| n.unit.as_ref() == Some(unit)));
        if terms.first().is_some_and(|first| self.kind(first, variable) == Kind::List) {
            return Noun::measured(Text { zh: format!("{}合在一起", all.zh), en: format!("{} together", all.en) }, unit);
        }
        let text = Text { zh: format!("{}之和", all.zh), en: format!("the total of {}", all.en) };
        Noun::measured(text, unit.filter(|_| nouns.iter().all(|n| !n.counted())))
    }

    /// A date moved by a period.
    fn shifted(&self, operator: Operator, date: &Expr, period: &Expr, variable: Option<&Variable>) -> Noun<'a> {
        let (date, by) = (self.noun(date, variable).text, self.noun(period, variable).text);
        let later = operator == Operator::Add;
        let from_today = later && date.en == "today";
        Noun::plain(Text {
            zh: if later {
                zh(&[if from_today { "从" } else { "" }, &date.zh, "起", &by.zh, "后"])
            } else {
                zh(&[&date.zh, "往前", &by.zh])
            },
            en: match (later, from_today) {
                (true, true) => format!("{} from today", by.en),
                (true, false) => format!("{} after {}", by.en, date.en),
                (false, _) => format!("{} before {}", by.en, date.en),
            },
        })
    }

    /// `condition ? a : b` as a noun: both ways, or the one that counts now.
    fn alternative(&self, expr: &Expr, condition: &Expr, yes: &Expr, no: &Expr, variable: Option<&Variable>) -> Noun<'a> {
        match self.value(condition, variable) {
            Known::Value(Value::Bool(true)) => self.noun(yes, variable),
            Known::Value(Value::Bool(false)) => self.noun(no, variable),
            _ if self.may_say(expr) => {
                let when = self.needs(condition, true, variable).line();
                let (yes, no) = (self.noun(yes, variable), self.noun(no, variable));
                let no_text = no.text;
                let text = Text {
                    zh: zh(&["(如果", &when.zh, ",取", &yes.text.zh, ",否则取", &no_text.zh, ")"]),
                    en: format!("({} if {}, otherwise {})", yes.text.en, when.en, no_text.en),
                };
                Noun { text, unit: yes.unit.clone().filter(|_| !yes.counted() && yes.unit == no.unit), options: yes.options }
            }
            _ => Noun::plain(Text::new("视情况而定的值", "a value that depends")),
        }
    }

    fn call(&self, expr: &Expr, function: Function, arguments: &[Expr], variable: Option<&Variable>) -> Noun<'a> {
        let first = arguments.first().map(|a| self.noun(a, variable)).unwrap_or_else(|| Noun::plain(Text::default()));
        let (zh_of, en_of) = (&first.text.zh, &first.text.en);
        let plain = |zh_text: String, en_text: String| Noun::plain(Text { zh: zh_text, en: en_text });
        match function {
            Function::Years => plain(format!("({zh_of})年"), format!("as many years as {en_of}")),
            Function::Months => plain(format!("({zh_of})个月"), format!("as many months as {en_of}")),
            Function::Days => plain(format!("({zh_of})天"), format!("as many days as {en_of}")),
            Function::WorkingDays => plain(format!("({zh_of})个工作日"), format!("as many working days as {en_of}")),
            Function::Yuan => plain(format!("{zh_of}(以元计)"), format!("{en_of}, in yuan")),
            Function::AgeOn => {
                let on = arguments.get(1).filter(|day| **day != Expr::Today).map(|day| self.noun(day, variable).text);
                let text = match on {
                    None => Text { zh: zh(&["按", zh_of, "计算的年龄"]), en: format!("the age by {en_of}") },
                    Some(day) => Text {
                        zh: zh(&["按", zh_of, "计算、到", &day.zh, "的年龄"]),
                        en: format!("the age on {} by {en_of}", day.en),
                    },
                };
                Noun::measured(text, Some(Text::new("周岁", "years")))
            }
            Function::Size => match arguments.first().map(|a| self.kind(a, variable)) {
                Some(Kind::List) => {
                    let unit = first.unit.clone().filter(|_| first.counted()).unwrap_or_else(|| Text::new("项", "entries"));
                    Noun::measured(first.text, Some(unit))
                }
                _ => Noun::measured(
                    Text { zh: zh(&[zh_of, "的长度"]), en: format!("the length of {en_of}") },
                    Some(Text::new("个字符", "characters")),
                ),
            },
            Function::Sum | Function::SumMoney => {
                let unit = first.unit.clone().filter(|_| !first.counted());
                Noun::measured(Text { zh: zh(&[zh_of, "之和"]), en: format!("the total of {en_of}") }, unit)
            }
            Function::StartsWith | Function::EndsWith | Function::Contains | Function::Matches => {
                Noun::plain(quoted(&self.needs(expr, true, variable).line()))
            }
        }
    }

    /// What kind of value an expression has. Rules are typed when they are built, so that operands need not be compared.
    pub(super) fn kind(&self, expr: &Expr, variable: Option<&Variable>) -> Kind {
        match expr {
            Expr::Literal(value) => of_value(value),
            Expr::Today => Kind::Date,
            Expr::Fact(path) => self.kind_of(path),
            Expr::Local(name) => match Variable::find(variable, name) {
                Some(v) => self.entries(v.list, v.outer),
                None => Kind::Record,
            },
            Expr::Field(of, name) => {
                let field = self.declared(of, variable).and_then(|fact| fact.fields.iter().find(|f| f.code == *name));
                field.map_or(Kind::Text, |field| of_type(&field.ty))
            }
            Expr::Negate(a) => self.kind(a, variable),
            Expr::Arithmetic(_, a, b) => match (self.kind(a, variable), self.kind(b, variable)) {
                (Kind::Period, other) => other,
                (_, Kind::Money) => Kind::Money,
                (kind, _) => kind,
            },
            Expr::If(_, yes, _) => self.kind(yes, variable),
            Expr::List(_) | Expr::Each { each: Macro::Filter | Macro::Map, .. } => Kind::List,
            Expr::Call(function, _) => match function {
                Function::Years | Function::Months | Function::Days | Function::WorkingDays => Kind::Period,
                Function::Yuan | Function::SumMoney => Kind::Money,
                Function::AgeOn | Function::Size | Function::Sum => Kind::Number,
                Function::StartsWith | Function::EndsWith | Function::Contains | Function::Matches => Kind::Bool,
            },
            Expr::Not(_) | Expr::And(..) | Expr::Or(..) | Expr::Compare(..) | Expr::In(..) | Expr::Has(_) | Expr::Each { .. } => Kind::Bool,
        }
    }

    fn kind_of(&self, path: &str) -> Kind {
        match self.item.fact(path) {
            Some(fact) => of_type(&fact.ty),
            None => of_field(path.rsplit('.').next().unwrap_or_default()),
        }
    }

    /// The kind of a list's entries.
    fn entries(&self, list: &Expr, variable: Option<&Variable>) -> Kind {
        match list {
            Expr::List(entries) => entries.first().map_or(Kind::Text, |e| self.kind(e, variable)),
            Expr::Literal(Value::List(entries)) => entries.first().map_or(Kind::Text, of_value),
            Expr::Each { each: Macro::Filter, list, .. } => self.entries(list, variable),
            Expr::Each { each: Macro::Map, list, variable: name, body } => {
                self.kind(body, Some(&Variable { name, list, value: None, outer: variable }))
            }
            Expr::Arithmetic(_, a, _) | Expr::If(_, a, _) => self.entries(a, variable),
            _ => Kind::Record,
        }
    }
}

/// The terms of a sum, in order.
fn summands<'e>(expr: &'e Expr, terms: &mut Vec<&'e Expr>) {
    match expr {
        Expr::Arithmetic(Operator::Add, a, b) => {
            summands(a, terms);
            summands(b, terms);
        }
        _ => terms.push(expr),
    }
}

/// What is counted and what is stated has no article in English; anything else has.
fn named(fact: &Fact) -> Noun<'_> {
    let mut noun = Noun { text: fact.name.clone(), unit: fact.unit.clone(), options: &fact.options };
    if !noun.counted() && !matches!(fact.ty, Type::Bool | Type::List(_)) {
        noun.text.en = the(&noun.text.en);
    }
    noun
}

fn of_type(ty: &Type) -> Kind {
    match ty {
        Type::Bool => Kind::Bool,
        Type::Int => Kind::Number,
        Type::Money => Kind::Money,
        Type::Text | Type::Choice(_) => Kind::Text,
        Type::Date => Kind::Date,
        Type::Period => Kind::Period,
        Type::Record(_) => Kind::Record,
        Type::List(_) => Kind::List,
    }
}

fn of_value(value: &Value) -> Kind {
    match value {
        Value::Bool(_) => Kind::Bool,
        Value::Int(_) => Kind::Number,
        Value::Money(_) => Kind::Money,
        Value::Text(_) => Kind::Text,
        Value::Date(_) => Kind::Date,
        Value::Period(_) => Kind::Period,
        Value::Record(_) => Kind::Record,
        Value::List(_) => Kind::List,
    }
}

/// Of a material.
fn of_field(name: &str) -> Kind {
    match name {
        "have" => Kind::Bool,
        "originals" | "copies" => Kind::Number,
        "valid_until" | "issued_on" => Kind::Date,
        _ => Kind::Text,
    }
}

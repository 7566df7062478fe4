//! One thing that a rule asks of one noun, in the pieces that sentences are made of: 个人会员 · 至少 50 名.

use super::noun::{Kind, LONGEST_LIST, Noun, constant, quoted};
use super::words::{enumerated, zh};
use super::{Speaker, Variable};
use crate::rules::expr::{Comparison, Expr, Function};
use crate::rules::{Known, Value};
use crate::words::Text;

pub(super) struct Claim<'a, 'e> {
    /// Whose value shows how things are; without one, the sentence says it all.
    pub about: Option<(&'e Expr, Noun<'a>)>,
    /// The whole claim: 个人会员至少 50 名.
    pub sentence: Text,
    /// What is asked, by itself: 至少 50 名.
    pub asked: Text,
    /// The same as a clause that follows how things are: 需要 50 名 / “50 are needed”.
    pub demand: Text,
    /// A statement that is true or false, or a choice from a list: how things are says enough.
    pub plain: bool,
}

/// A comparison in words that stand before what is compared with.
struct Comparator {
    zh: &'static str,
    en: &'static str,
}

impl<'a> Speaker<'a> {
    /// The claim that `expr` is `want`. Chains, branches and quantifiers are not claims, but made of such.
    pub(super) fn claim<'e>(&self, expr: &'e Expr, want: bool, variable: Option<&Variable>) -> Claim<'a, 'e> {
        if let Some(claim) = self.options(expr, want, variable) {
            return claim;
        }
        match expr {
            Expr::Literal(_) => bare(match (expr, want) {
                (Expr::Literal(Value::Bool(is)), want) if *is == want => Text::new("这里没有要求", "nothing is required here"),
                _ => Text::new("这里无法满足", "this cannot be met"),
            }),
            Expr::Compare(how, a, b) => {
                let how = if want { *how } else { opposite(*how) };
                match constant(a) {
                    Some(_) if constant(b).is_none() => self.comparison(mirrored(how), b, a, variable),
                    _ => self.comparison(how, a, b, variable),
                }
            }
            Expr::In(a, list) => self.member(a, list, want, variable),
            Expr::Has(of) => {
                let of = self.noun(of, variable).text;
                bare(if want {
                    Text { zh: zh(&["填写了", &of.zh]), en: format!("{} has been filled in", of.en) }
                } else {
                    Text { zh: zh(&["没有填写", &of.zh]), en: format!("{} has not been filled in", of.en) }
                })
            }
            Expr::Call(function, arguments) => match arguments.as_slice() {
                [text, part] => self.text(*function, text, part, want, variable),
                _ => self.statement(expr, want, variable),
            },
            _ => self.statement(expr, want, variable),
        }
    }

    /// A fact that is true or false.
    fn statement<'e>(&self, expr: &'e Expr, want: bool, variable: Option<&Variable>) -> Claim<'a, 'e> {
        let mut about = self.noun(expr, variable);
        if let Expr::Local(_) = expr {
            about.text = Text { zh: zh(&[&about.text.zh, "为“是”"]), en: format!("{} is yes", about.text.en) };
        }
        let asked = about.show(&Value::Bool(want));
        let sentence = if want {
            about.text.clone()
        } else {
            let said = quoted(&about.text);
            Text { zh: format!("不属于{}的情形", said.zh), en: format!("it is not the case that {}", about.text.en) }
        };
        about.text = quoted(&about.text);
        let demand = Text { zh: format!("要求{}", asked.zh), en: format!("it must be {}", asked.en) };
        Claim { about: Some((expr, about)), sentence, asked, demand, plain: true }
    }

    /// What remains of a choice's options: 是“自有房屋”或“租用房屋”.
    fn options<'e>(&self, expr: &'e Expr, want: bool, variable: Option<&Variable>) -> Option<Claim<'a, 'e>> {
        let code = |e: &'e Expr| match e {
            Expr::Literal(Value::Text(code)) => Some(code.as_str()),
            _ => None,
        };
        let (of, among, want) = match expr {
            Expr::Compare(how @ (Comparison::Equal | Comparison::NotEqual), a, b) => {
                let (of, code) = code(b).map(|c| (&**a, c)).or_else(|| code(a).map(|c| (&**b, c)))?;
                (of, vec![code], want == (*how == Comparison::Equal))
            }
            Expr::In(a, list) => match &**list {
                Expr::List(entries) => (&**a, entries.iter().map(code).collect::<Option<Vec<_>>>()?, want),
                _ => return None,
            },
            _ => return None,
        };
        let about = self.noun(of, variable);
        let known: Vec<&str> = about.options.iter().map(|o| o.code.as_str()).collect();
        if known.is_empty() || !among.iter().all(|code| known.contains(code)) {
            return None;
        }
        let (allowed, barred): (Vec<&str>, Vec<&str>) = known.into_iter().partition(|code| among.contains(code) == want);
        let show = |codes: &[&str]| codes.iter().map(|c| about.show(&Value::Text((*c).to_owned()))).collect::<Vec<_>>();
        let asked = match (allowed.as_slice(), barred.as_slice()) {
            ([], _) => return Some(bare(Text::new("这里无法满足", "this cannot be met"))),
            (_, []) => return Some(bare(Text::new("这里没有要求", "nothing is required here"))),
            (few, many) if few.len() <= 3 || few.len() <= many.len() => enumerated(&show(few), "或", "or"),
            (_, few) => {
                let few = enumerated(&show(few), "、", "or");
                Text { zh: format!("不是{}", few.zh), en: format!("not {}", few.en) }
            }
        };
        let is = if asked.zh.starts_with('不') { "" } else { "是" };
        let asked = Text { zh: zh(&[is, &asked.zh]), ..asked };
        Some(Claim { plain: true, ..asking(of, about, asked) })
    }

    fn comparison<'e>(&self, how: Comparison, a: &'e Expr, b: &Expr, variable: Option<&Variable>) -> Claim<'a, 'e> {
        let kind = self.kind(a, variable);
        if kind == Kind::Bool {
            return self.bools(how, a, b, variable);
        }
        let mut about = self.noun(a, variable);
        let value = constant(b);
        if value.is_none() && about.counted() {
            about = Noun { text: about.quantity(), unit: None, ..about };
        }
        let against = match &value {
            Some(value) => about.show(value),
            None => self.against(b, variable),
        };
        let literal = value.is_some();
        let one = matches!(value, Some(Value::Int(1)));
        let word = comparator(how, kind, &about, literal);
        let asked = Text { zh: zh(&[word.zh, &against.zh]), en: [word.en, &against.en].join(if word.en.is_empty() { "" } else { " " }) };
        if !(literal && about.counted() && kind == Kind::Number) {
            return asking(a, about, asked);
        }
        let are = if one { "is" } else { "are" };
        let demand = match how {
            Comparison::AtLeast => Text { zh: zh(&["需要", &against.zh]), en: format!("{} {are} needed", against.en) },
            _ => Text { zh: zh(&["要求", &asked.zh]), en: format!("there must be {}", asked.en) },
        };
        let plural = format!("there are {} {}", asked.en, about.text.en);
        let claim = asking(a, about, asked);
        // “at least 1 lorries” is no English.
        let sentence = Text { en: if one { claim.sentence.en } else { plural }, ..claim.sentence };
        Claim { sentence, demand, ..claim }
    }

    /// A noun that a value is compared with; where the moment is known, with its value.
    fn against(&self, expr: &Expr, variable: Option<&Variable>) -> Text {
        let noun = self.noun(expr, variable);
        let text = noun.quantity();
        match self.value(expr, variable) {
            Known::Value(value) => {
                let value = noun.show(&value);
                Text { zh: format!("{}({})", text.zh, value.zh), en: format!("{} ({})", text.en, value.en) }
            }
            Known::Unknown | Known::Fault(_) => text,
        }
    }

    /// Two answers of yes or no, compared with each other; no is the lesser.
    fn bools<'e>(&self, how: Comparison, a: &'e Expr, b: &Expr, variable: Option<&Variable>) -> Claim<'a, 'e> {
        let said = |e| {
            let text = self.noun(e, variable).text;
            if text.zh.starts_with('“') { text } else { quoted(&text) }
        };
        let (a, b) = (said(a), said(b));
        let (zh_word, en_word) = match how {
            Comparison::Equal => ("的回答相同", "have the same answer"),
            Comparison::NotEqual => ("的回答不同", "have different answers"),
            Comparison::Less => ("的回答依次是“否”“是”", "are answered no and yes in this order"),
            Comparison::AtMost => ("的回答不是依次“是”“否”", "are not answered yes and no in this order"),
            Comparison::Greater => ("的回答依次是“是”“否”", "are answered yes and no in this order"),
            Comparison::AtLeast => ("的回答不是依次“否”“是”", "are not answered no and yes in this order"),
        };
        bare(Text { zh: zh(&[&a.zh, "与", &b.zh, zh_word]), en: format!("{} and {} {en_word}", a.en, b.en) })
    }

    fn member<'e>(&self, a: &'e Expr, list: &Expr, want: bool, variable: Option<&Variable>) -> Claim<'a, 'e> {
        let about = self.noun(a, variable);
        let asked = match list {
            Expr::List(entries) => {
                let show = |e: &Expr| constant(e).map_or_else(|| self.against(e, variable), |value| about.show(&value));
                let mut shown: Vec<Text> = entries.iter().take(LONGEST_LIST).map(show).collect();
                if entries.len() > LONGEST_LIST {
                    shown.push(self.left_out());
                }
                let (some, none) = (enumerated(&shown, "或", "or"), enumerated(&shown, "、", "or"));
                if want {
                    Text { zh: zh(&["是", &some.zh]), en: some.en }
                } else {
                    let any = if shown.len() > 1 { "中的任何一个" } else { "" };
                    Text { zh: zh(&["不是", &none.zh, any]), en: format!("not {}", none.en) }
                }
            }
            list => {
                let list = self.against(list, variable);
                let (zh_word, en_word) = if want { ("在", "among") } else { ("不在", "not among") };
                Text { zh: zh(&[zh_word, &list.zh, "之中"]), en: format!("{en_word} {}", list.en) }
            }
        };
        asking(a, about, asked)
    }

    fn text<'e>(&self, function: Function, of: &'e Expr, part: &Expr, want: bool, variable: Option<&Variable>) -> Claim<'a, 'e> {
        let about = self.noun(of, variable);
        let part = match (function, part) {
            (Function::Matches, Expr::Literal(Value::Text(pattern))) => Text { zh: format!("/{pattern}/"), en: format!("/{pattern}/") },
            (_, part) => constant(part).map_or_else(|| self.against(part, variable), |value| about.show(&value)),
        };
        let (before, after, verb, verb_ing, with) = match function {
            Function::StartsWith => ("以", "开头", "begin", "beginning", " with"),
            Function::EndsWith => ("以", "结尾", "end", "ending", " with"),
            Function::Contains => ("包含", "", "contain", "containing", ""),
            _ => ("符合格式 ", "", "match", "matching", " the pattern"),
        };
        let (not_zh, not) = if want { ("", "") } else { ("不", "not ") };
        let does = match (want, about.plural(), function) {
            (true, true, _) => verb.to_owned(),
            (true, false, Function::Matches) => "matches".to_owned(),
            (true, false, _) => format!("{verb}s"),
            (false, true, _) => format!("do not {verb}"),
            (false, false, _) => format!("does not {verb}"),
        };
        let it = if about.plural() { "they" } else { "it" };
        let asked = Text { zh: zh(&[not_zh, before, &part.zh, after]), en: format!("{not}{verb_ing}{with} {}", part.en) };
        let sentence = Text { zh: zh(&[&about.text.zh, &asked.zh]), en: format!("{} {does}{with} {}", about.text.en, part.en) };
        let demand = Text { zh: zh(&["要求", &asked.zh]), en: format!("{it} must {not}{verb}{with} {}", part.en) };
        Claim { sentence, demand, ..asking(of, about, asked) }
    }
}

/// `asked` of the value of `of`. A constant has no value worth showing.
fn asking<'a, 'e>(of: &'e Expr, about: Noun<'a>, asked: Text) -> Claim<'a, 'e> {
    let sentence = Text { zh: zh(&[&about.text.zh, &asked.zh]), en: format!("{} {} {}", about.quantity().en, about.verb(), asked.en) };
    let must = match asked.en.strip_prefix("not ") {
        Some(not) => format!("must not be {not}"),
        None => format!("must be {}", asked.en),
    };
    let it = if about.plural() { "they" } else { "it" };
    let demand = Text { zh: zh(&["要求", &asked.zh]), en: format!("{it} {must}") };
    let about = constant(of).is_none().then_some((of, about));
    Claim { about, sentence, asked, demand, plain: false }
}

/// A claim whose sentence says it all.
fn bare<'a, 'e>(sentence: Text) -> Claim<'a, 'e> {
    Claim { about: None, asked: sentence.clone(), demand: sentence.clone(), sentence, plain: true }
}

fn opposite(how: Comparison) -> Comparison {
    match how {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::AtLeast,
        Comparison::AtMost => Comparison::Greater,
        Comparison::Greater => Comparison::AtMost,
        Comparison::AtLeast => Comparison::Less,
    }
}

/// `50 <= n` is `n >= 50`.
fn mirrored(how: Comparison) -> Comparison {
    match how {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
        equality => equality,
    }
}

fn comparator(how: Comparison, kind: Kind, about: &Noun, literal: bool) -> Comparator {
    let counted = about.counted() && literal;
    let age = about.is_age() && literal;
    let (zh, en) = match (kind, how) {
        (Kind::Date, Comparison::Equal) => ("是", ""),
        (Kind::Date, Comparison::NotEqual) => ("不是", "not"),
        (Kind::Date, Comparison::Less) => ("早于", "earlier than"),
        (Kind::Date, Comparison::AtMost) => ("不晚于", "no later than"),
        (Kind::Date, Comparison::Greater) => ("晚于", "later than"),
        (Kind::Date, Comparison::AtLeast) => ("不早于", "no earlier than"),
        (Kind::Text, Comparison::Equal) => ("是", ""),
        (Kind::Text, Comparison::NotEqual) => ("不是", "not"),
        (Kind::Text, Comparison::Less) => ("按字符顺序先于", "ordered before"),
        (Kind::Text, Comparison::AtMost) => ("按字符顺序不后于", "not ordered after"),
        (Kind::Text, Comparison::Greater) => ("按字符顺序后于", "ordered after"),
        (Kind::Text, Comparison::AtLeast) => ("按字符顺序不先于", "not ordered before"),
        (Kind::List, Comparison::NotEqual) => ("不同于", "other than"),
        (Kind::List, _) => ("等同于", "the same as"),
        (_, Comparison::Equal) => ("为", if counted { "exactly" } else { "" }),
        (_, Comparison::NotEqual) => ("不为", if counted { "not exactly" } else { "not" }),
        (_, Comparison::Less) if age => ("未满", "under"),
        (_, Comparison::AtLeast) if age => ("满", "at least"),
        (Kind::Number, Comparison::Less) if about.unit.is_none() => ("小于", "less than"),
        (_, Comparison::Less) => ("少于", if counted { "fewer than" } else { "less than" }),
        (_, Comparison::AtMost) => ("不超过", "at most"),
        (_, Comparison::Greater) => ("超过", "more than"),
        (_, Comparison::AtLeast) if counted => ("至少", "at least"),
        (_, Comparison::AtLeast) => ("不少于", "at least"),
    };
    Comparator { zh, en }
}

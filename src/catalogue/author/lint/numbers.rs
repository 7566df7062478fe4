//! The numbers that a text names (`3 万元`, `三十名`, `30 working days`) and those that a rule compares with, so that the two
//! languages and the rule can be held against each other.

use crate::rules::expr::{Comparison, Expr, Function, Operator, Rule};
use crate::rules::value::{Period, Value};
use chrono::{Datelike, NaiveDate};

/// Numbers are kept in ten-thousandths, so that `1.5` is whole.
const ONE: i64 = 10_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A count, or a measure that rules do not know.
    Plain,
    Yuan,
    Percent,
    Years,
    Months,
    Days,
    WorkingDays,
    /// A day of the calendar, as yyyymmdd; without its year as mmdd.
    Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    kind: Kind,
    value: i64,
}

impl Quantity {
    fn whole(kind: Kind, value: i64) -> Quantity {
        Quantity { kind, value: value.saturating_mul(ONE) }
    }

    /// `0` and `1` go without saying.
    fn is_none_or_one(self) -> bool {
        self.kind == Kind::Plain && (self.value == 0 || self.value == ONE)
    }

    fn date(date: NaiveDate) -> Quantity {
        Quantity::whole(Kind::Date, i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day()))
    }

    /// Whether both may mean the same. A number without a unit may have any; a year is twelve months.
    fn agrees(self, other: Quantity) -> bool {
        let months = |q: Quantity| match q.kind {
            Kind::Years => q.value.checked_mul(12),
            Kind::Months => Some(q.value),
            _ => None,
        };
        let unit = self.kind == other.kind || (self.kind == Kind::Plain) != (other.kind == Kind::Plain);
        unit && self.value == other.value || months(self).is_some() && months(self) == months(other)
    }
}

/// A number of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub quantity: Quantity,
    /// As the text writes it.
    pub written: String,
    /// It sets a bound or a measure. `一处`, `both`, `one form` only count along: the other side need not say them.
    pub firm: bool,
}

pub fn agree(named: &[Named], quantity: Quantity) -> bool {
    named.iter().any(|n| n.quantity.agrees(quantity))
}

/// The firm numbers of `here` that `there` does not have.
pub fn lacking<'a>(here: &'a [Named], there: &[Named]) -> Vec<&'a Named> {
    here.iter().filter(|n| n.firm && !agree(there, n.quantity)).collect()
}

// ── rules ──

/// A number of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// What a text may call it: `> 49` is `50 or more` too.
    pub readings: Vec<Quantity>,
    /// As the rule writes it.
    pub written: String,
    /// A text that does not name it leaves the applicant in the dark. Bounds of 0 and 1 go without saying.
    pub firm: bool,
}

/// Every number that a rule compares with.
pub fn of_rule(rule: &Rule) -> Vec<Compared> {
    let mut found: Vec<Compared> = Vec::new();
    // Literals that have been read as part of what stands around them.
    let mut read: Vec<&Expr> = Vec::new();
    rule.expr.visit(&mut |expr| {
        if read.iter().any(|known| std::ptr::eq(*known, expr)) {
            return;
        }
        let parts: Vec<(&Expr, Compared)> = match expr {
            Expr::Literal(value) => literal(value).into_iter().map(|compared| (expr, compared)).collect(),
            Expr::Call(function, given) => call(*function, given).into_iter().collect(),
            Expr::Compare(comparison, a, b) => beside(*comparison, a, b).into_iter().collect(),
            Expr::Arithmetic(Operator::Multiply | Operator::Divide | Operator::Remainder, a, b) => {
                let factor = |part| factor(part).map(|compared| (part, compared));
                [&**a, &**b].into_iter().filter_map(factor).collect()
            }
            _ => vec![],
        };
        for (part, compared) in parts {
            read.push(part);
            if !found.contains(&compared) {
                found.push(compared);
            }
        }
    });
    found
}

fn literal(value: &Value) -> Option<Compared> {
    let one = |quantity: Quantity, written: String, firm: bool| Some(Compared { readings: vec![quantity], written, firm });
    match value {
        Value::Int(n) => one(Quantity::whole(Kind::Plain, n.saturating_abs()), n.to_string(), n.saturating_abs() > 1),
        Value::Money(fen) => {
            one(Quantity { kind: Kind::Yuan, value: fen.saturating_mul(ONE / 100) }, format!("yuan({})", fen / 100), *fen != 0)
        }
        Value::Date(date) => one(Quantity::date(*date), date.to_string(), true),
        Value::Period(Period::Years(n)) => one(Quantity::whole(Kind::Years, i64::from(*n)), format!("years({n})"), *n != 0),
        Value::Period(Period::Months(n)) => one(Quantity::whole(Kind::Months, i64::from(*n)), format!("months({n})"), *n != 0),
        Value::Period(Period::Days(n)) => one(Quantity::whole(Kind::Days, i64::from(*n)), format!("days({n})"), *n != 0),
        Value::Period(Period::WorkingDays(n)) => {
            one(Quantity::whole(Kind::WorkingDays, i64::from(*n)), format!("working_days({n})"), *n != 0)
        }
        // `startsWith("91")`: a text may say it, and need not.
        Value::Text(text) => {
            let readings: Vec<Quantity> = in_zh(text).into_iter().map(|n| n.quantity).collect();
            (!readings.is_empty()).then(|| Compared { readings, written: text.clone(), firm: false })
        }
        Value::Bool(_) | Value::Record(_) | Value::List(_) => None,
    }
}

/// `yuan(30000)`, `years(3)`.
fn call(function: Function, given: &[Expr]) -> Option<(&Expr, Compared)> {
    let [part @ Expr::Literal(Value::Int(n))] = given else { return None };
    let kind = match function {
        Function::Yuan => Kind::Yuan,
        Function::Years => Kind::Years,
        Function::Months => Kind::Months,
        Function::Days => Kind::Days,
        Function::WorkingDays => Kind::WorkingDays,
        _ => return None,
    };
    let name = match kind {
        Kind::Yuan => "yuan",
        Kind::Years => "years",
        Kind::Months => "months",
        Kind::Days => "days",
        _ => "working_days",
    };
    let readings = vec![Quantity::whole(kind, n.saturating_abs())];
    Some((part, Compared { readings, written: format!("{name}({n})"), firm: *n != 0 }))
}

/// `n > 49` says 50 as well.
fn beside<'a>(comparison: Comparison, a: &'a Expr, b: &'a Expr) -> Option<(&'a Expr, Compared)> {
    let (part, n, more) = match (a, b) {
        (_, Expr::Literal(Value::Int(n))) => (b, *n, comparison == Comparison::Greater),
        (Expr::Literal(Value::Int(n)), _) => (a, *n, comparison == Comparison::Less),
        _ => return None,
    };
    let next = match comparison {
        Comparison::Greater | Comparison::Less => n.saturating_add(if more { 1 } else { -1 }),
        _ => n,
    };
    let readings = vec![Quantity::whole(Kind::Plain, n.saturating_abs()), Quantity::whole(Kind::Plain, next.saturating_abs())];
    // `n < 2` is `at most 1`, which goes without saying as `n > 0` does.
    Some((part, Compared { readings, written: n.to_string(), firm: n.saturating_abs() > 1 && next.saturating_abs() > 1 }))
}

/// A factor serves to compute with (`yes * 3 >= all * 2`): a text may name it, and need not.
fn factor(part: &Expr) -> Option<Compared> {
    let Expr::Literal(value) = part else { return None };
    literal(value).map(|compared| Compared { firm: false, ..compared })
}

// ── texts ──

/// What stands before or after a number and makes it a bound.
const BOUNDS_BEFORE: [&str; 14] =
    ["至少", "少于", "低于", "多于", "高于", "不足", "不超过", "超过", "未满", "不满", "满", "达到", "最多", "达"];
const BOUNDS_AFTER: [&str; 8] = ["以上", "及以上", "以下", "及以下", "以内", "以外", "之内", "内"];
const BOUNDS_EN: [&str; 14] = [
    "at least",
    "at most",
    "more than",
    "fewer than",
    "less than",
    "no more than",
    "not over",
    "over",
    "under",
    "within",
    "up to",
    "exactly",
    "not older than",
    "minimum of",
];
/// Measure words after which a Chinese numeral counts something.
const MEASURES: [&str; 33] = [
    "名",
    "人",
    "个",
    "户",
    "家",
    "份",
    "张",
    "册",
    "辆",
    "台",
    "艘",
    "间",
    "处",
    "次",
    "件",
    "种",
    "类",
    "位",
    "门",
    "栋",
    "套",
    "平方米",
    "米",
    "公里",
    "千米",
    "亩",
    "公顷",
    "吨",
    "千克",
    "公斤",
    "倍",
    "学时",
    "小时",
];
/// Units that rules know, the longer first.
const UNITS_ZH: [(&str, Kind, i64); 17] = [
    ("个工作日", Kind::WorkingDays, 1),
    ("工作日", Kind::WorkingDays, 1),
    ("周岁", Kind::Years, 1),
    ("个月", Kind::Months, 1),
    ("个星期", Kind::Days, 7),
    ("星期", Kind::Days, 7),
    ("个季度", Kind::Months, 3),
    ("岁", Kind::Years, 1),
    ("年", Kind::Years, 1),
    ("周", Kind::Days, 7),
    ("日", Kind::Days, 1),
    ("天", Kind::Days, 1),
    ("元", Kind::Yuan, 1),
    ("块钱", Kind::Yuan, 1),
    ("%", Kind::Percent, 1),
    ("\u{ff05}", Kind::Percent, 1),
    ("成", Kind::Percent, 10),
];
const UNITS_EN: [(&str, Kind, i64); 13] = [
    ("working day", Kind::WorkingDays, 1),
    ("business day", Kind::WorkingDays, 1),
    ("day", Kind::Days, 1),
    ("week", Kind::Days, 7),
    ("month", Kind::Months, 1),
    ("quarter", Kind::Months, 3),
    ("year", Kind::Years, 1),
    ("yuan", Kind::Yuan, 1),
    ("rmb", Kind::Yuan, 1),
    ("cny", Kind::Yuan, 1),
    ("per cent", Kind::Percent, 1),
    ("percent", Kind::Percent, 1),
    ("%", Kind::Percent, 1),
];
const MONEY_EN: [&str; 5] = ["cny", "rmb", "¥", "\u{ffe5}", "yuan"];
/// Before a number that is a name.
const ORDINALS_EN: [&str; 8] = ["art.", "article", "window", "windows", "no.", "chapter", "section", "number"];
const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const WORDS: [(&str, i64); 31] = [
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("both", 2),
    ("twice", 2),
    ("half", 50),
];
const SCALES: [(&str, i64); 4] = [("hundred", 100), ("thousand", 1_000), ("million", 1_000_000), ("billion", 1_000_000_000)];

/// The numbers of a Chinese text.
pub fn in_zh(text: &str) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        if next == '《' {
            at += rest.find('》').unwrap_or(next.len_utf8());
        } else if next.is_ascii_digit() || digit(next).is_some() || rest.starts_with('半') || rest.starts_with("百分之") {
            at += zh_number(text, at, &mut found);
        } else {
            at += next.len_utf8();
        }
    }
    found
}

/// Reads what begins at `at`, and says how many bytes it takes: at least one character.
fn zh_number(text: &str, at: usize, found: &mut Vec<Named>) -> usize {
    let rest = &text[at..];
    if let Some((quantity, length)) = zh_date(rest).or_else(|| iso_date(rest)) {
        found.push(Named { quantity, written: rest[..length].to_owned(), firm: true });
        return length;
    }
    if let Some((half, quantity)) = halves(rest, [("半年", Kind::Months, 6), ("半个月", Kind::Days, 15)]) {
        found.push(Named { quantity, written: half.to_owned(), firm: false });
        return half.len();
    }
    let percent = rest.strip_prefix("百分之");
    let number = percent.unwrap_or(rest);
    let arabic = number.starts_with(|c: char| c.is_ascii_digit());
    if let (true, Some(length)) = (arabic, label(&text[..at], number)) {
        return rest.len() - number.len() + length;
    }
    let Some((value, length)) = (if arabic { scaled(number) } else { chinese_number(number) }) else { return next_char(rest) };
    let before = text[..at].trim_end();
    let tail = number[length..].trim_start();
    let Counted { quantity, after, measured } = counted(value, tail, percent.is_some(), arabic);
    let bounded = BOUNDS_BEFORE.iter().any(|b| before.ends_with(b)) || BOUNDS_AFTER.iter().any(|b| after.trim_start().starts_with(b));
    let ordinal = before.ends_with('第') || ["条", "款", "号", "月", "分之"].iter().any(|t| tail.starts_with(t));
    let firm = !ordinal && !quantity.is_none_or_one() && (arabic || bounded || measured && value >= 10 * ONE);
    let taken = rest.len() - number.len() + length;
    let written = &rest[..if measured { rest.len() - after.len() } else { taken }];
    found.push(Named { quantity, written: written.to_owned(), firm });
    taken
}

fn halves<'t>(text: &'t str, known: [(&str, Kind, i64); 2]) -> Option<(&'t str, Quantity)> {
    let (half, kind, value) = known.into_iter().find(|(half, ..)| text.starts_with(half))?;
    Some((&text[..half.len()], Quantity::whole(kind, value)))
}

/// `3 万`, `1.5 亿` → ten-thousandths, and its length.
fn scaled(text: &str) -> Option<(i64, usize)> {
    let (value, length) = arabic_number(text)?;
    let tail = text[length..].trim_start();
    let sign = [("百万", 1_000_000), ("千万", 10_000_000), ("万", 10_000), ("亿", 100_000_000), ("千元", 1_000)]
        .into_iter()
        .find(|(sign, _)| tail.starts_with(sign));
    Some(sign.map_or((value, length), |(sign, times)| {
        (value.saturating_mul(times), text.len() - tail.len() + sign.trim_end_matches('元').len())
    }))
}

/// A number with what it counts.
struct Counted<'t> {
    quantity: Quantity,
    /// The text behind its unit or measure word.
    after: &'t str,
    measured: bool,
}

fn counted(value: i64, tail: &str, percent: bool, arabic: bool) -> Counted<'_> {
    let unit = UNITS_ZH.iter().find(|(unit, ..)| tail.starts_with(unit));
    let measure = MEASURES.iter().find(|measure| tail.starts_with(**measure)).copied();
    // `2026 年` is a year of the calendar.
    let calendar = arabic && unit.is_some_and(|(unit, ..)| *unit == "年") && (1900 * ONE..=2999 * ONE).contains(&value);
    let quantity = match unit {
        _ if percent => Quantity { kind: Kind::Percent, value },
        Some((_, kind, times)) if !calendar => Quantity { kind: *kind, value: value.saturating_mul(*times) },
        _ => Quantity { kind: Kind::Plain, value },
    };
    let word = unit.map(|(unit, ..)| *unit).or(measure);
    Counted { quantity, after: &tail[word.map_or(0, str::len)..], measured: word.is_some() || percent }
}

/// The numbers of an English text.
pub fn in_en(text: &str) -> Vec<Named> {
    let text = text.to_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let fresh = !text[..at].ends_with(char::is_alphabetic);
        at += match next {
            _ if next.is_ascii_digit() || fresh && next.is_ascii_alphabetic() => en_number(&text, at, &mut found),
            _ => next.len_utf8(),
        };
    }
    found
}

fn en_number(text: &str, at: usize, found: &mut Vec<Named>) -> usize {
    let rest = &text[at..];
    let before = text[..at].trim_end();
    if let Some((quantity, length)) = en_date(rest).or_else(|| iso_date(rest)) {
        found.push(Named { quantity, written: rest[..length].to_owned(), firm: true });
        return length;
    }
    if let Some((half, quantity)) = halves(rest, [("half a year", Kind::Months, 6), ("half a month", Kind::Days, 15)]) {
        found.push(Named { quantity, written: half.to_owned(), firm: false });
        return half.len();
    }
    let arabic = rest.starts_with(|c: char| c.is_ascii_digit());
    if let (true, Some(length)) = (arabic, label(&text[..at], rest)) {
        return length;
    }
    let Some((value, length)) = (if arabic { in_scale(rest) } else { english_number(rest) }) else { return word_length(rest).max(1) };
    let next = rest[length..].trim_start_matches([' ', '-', '\u{2011}']);
    let tail = ["more ", "further ", "full ", "calendar "].iter().find_map(|between| next.strip_prefix(between)).unwrap_or(next);
    let unit = UNITS_EN.iter().find(|(unit, ..)| tail.starts_with(unit));
    let quantity = match unit {
        Some((_, kind, times)) => Quantity { kind: *kind, value: value.saturating_mul(*times) },
        None if MONEY_EN.iter().any(|sign| before.ends_with(sign)) => Quantity { kind: Kind::Yuan, value },
        None => Quantity { kind: Kind::Plain, value },
    };
    let ordinal = ORDINALS_EN.iter().any(|word| before.ends_with(word))
        || arabic && ["st", "nd", "rd", "th"].iter().any(|ending| rest[length..].starts_with(ending));
    let bounded = BOUNDS_EN.iter().any(|bound| before.ends_with(bound))
        || ["or more", "or less", "or fewer", "or older"].iter().any(|b| next.starts_with(b));
    let firm = !ordinal && !quantity.is_none_or_one() && !rest.starts_with("half") && (arabic || bounded || value >= 10 * ONE);
    let shown = unit.map_or(length, |(unit, ..)| rest.len() - tail.len() + unit.len());
    found.push(Named { quantity, written: rest[..shown].to_owned(), firm });
    length
}

/// `30,000`, `1.5 million` → ten-thousandths, and its length.
fn in_scale(text: &str) -> Option<(i64, usize)> {
    let (value, length) = arabic_number(text)?;
    let tail = text[length..].trim_start();
    let scale = SCALES.iter().find(|(scale, _)| tail.starts_with(scale));
    Some(scale.map_or((value, length), |(scale, times)| (value.saturating_mul(*times), text.len() - tail.len() + scale.len())))
}

fn next_char(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len())
}

/// Telephones, times of day and codes are names, not numbers: their length.
fn label(before: &str, text: &str) -> Option<usize> {
    let run = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '-' | '/'))).unwrap_or(text.len());
    let run = &text[..run];
    let money = ["CNY", "RMB", "cny", "rmb"].iter().any(|sign| before.ends_with(sign));
    // `A4`, and standards such as `GB/T 39554`.
    let coded = !money && before.ends_with(|c: char| c.is_ascii_alphabetic());
    let before = before.trim_end().to_lowercase();
    let standard = ["gb", "gb/t", "iso"].iter().any(|name| before.ends_with(name));
    let digits = run.len() - run.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    // `(3)` counts a list's entries.
    let entry = before.ends_with(['(', '(']) && text[run.len()..].starts_with([')', ')']);
    // `3-5` is a range, `0777-1234567` a telephone.
    let long = run.contains('-') && run.bytes().filter(u8::is_ascii_digit).count() > 6;
    let names =
        run[digits..].contains([':', '/']) || long || digits > 1 && run.starts_with('0') || digits > 12 || coded || entry || standard;
    names.then(|| run.trim_end_matches(['-', '/', ':']).len())
}

/// `1,000.5` → ten-thousandths, and its length.
fn arabic_number(text: &str) -> Option<(i64, usize)> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut length = digits(text);
    let mut plain = text[..length].to_owned();
    // A comma groups digits only before exactly three of them.
    while let Some(group) = text[length..].strip_prefix(',').filter(|group| digits(group) == 3) {
        plain += &group[..3];
        length += 4;
    }
    let mut value = plain.parse::<i64>().ok()?.checked_mul(ONE)?;
    if let Some(fraction) = text[length..].strip_prefix('.') {
        let places = digits(fraction);
        if (1..=4).contains(&places) {
            value = value.checked_add(format!("{:0<4}", &fraction[..places]).parse().ok()?)?;
            length += 1 + places;
        }
    }
    Some((value, length))
}

fn digit(c: char) -> Option<i64> {
    "零一二三四五六七八九".chars().position(|d| d == c).and_then(|n| i64::try_from(n).ok()).or(match c {
        '〇' => Some(0),
        '两' => Some(2),
        '十' | '百' | '千' | '万' | '亿' => Some(-1),
        _ => None,
    })
}

/// `三十`, `一千二百`, `两万`, `百` → ten-thousandths, and its length.
fn chinese_number(text: &str) -> Option<(i64, usize)> {
    let mut length = 0;
    // What is below the next 万 or 亿, and the whole; the digit that waits for its place.
    let (mut section, mut total, mut waiting) = (0i64, 0i64, None::<i64>);
    for c in text.chars() {
        let Some(value) = digit(c) else { break };
        match c {
            '十' | '百' | '千' => {
                let place = [10, 100, 1000]["十百千".chars().position(|p| p == c)?];
                section = section.checked_add(waiting.take().unwrap_or(1).checked_mul(place)?)?;
            }
            '万' | '亿' => {
                let below = section + waiting.take().unwrap_or(0);
                let below = if below == 0 && total == 0 { 1 } else { below };
                total = total.checked_add(below)?.checked_mul(if c == '万' { 10_000 } else { 100_000_000 })?;
                section = 0;
            }
            _ => waiting = Some(value),
        }
        length += c.len_utf8();
    }
    let value = total.checked_add(section)?.checked_add(waiting.unwrap_or(0))?.checked_mul(ONE)?;
    (length > 0).then_some((value, length))
}

/// `thirty-five`, `two hundred` → ten-thousandths, and its length.
fn english_number(text: &str) -> Option<(i64, usize)> {
    let (mut total, mut section, mut length, mut any) = (0i64, 0i64, 0, false);
    loop {
        let rest = text[length..].trim_start_matches(if any { &[' ', '-'][..] } else { &[] });
        let word = &rest[..word_length(rest)];
        let small = WORDS.iter().find(|(name, _)| *name == word);
        let scale = SCALES.iter().find(|(name, _)| *name == word);
        match (small, scale) {
            (Some((_, n)), _) if !any || section % 10 == 0 => section = section.checked_add(*n)?,
            (None, Some((_, times))) => section = section.max(1).checked_mul(*times)?,
            _ => break,
        }
        if scale.is_some_and(|(_, times)| *times >= 1000) {
            total = total.checked_add(section)?;
            section = 0;
        }
        any = true;
        length = text.len() - rest.len() + word.len();
    }
    any.then_some(((total.checked_add(section)?).checked_mul(ONE)?, length))
}

/// `2026 年 1 月 1 日`, `10 月 1 日`, and its length.
fn zh_date(text: &str) -> Option<(Quantity, usize)> {
    let mut rest = text;
    let mut part = |unit: char| {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|n| (1..=4).contains(n))?;
        let after = rest[digits..].trim_start().strip_prefix(unit)?;
        let value: u32 = rest[..digits].parse().ok()?;
        rest = after.trim_start();
        Some((value, text.len() - after.len()))
    };
    let year = part('年');
    let (month, _) = part('月')?;
    let (day, length) = part('日')?;
    calendar_day(year.map(|(year, _)| year), month, day).map(|quantity| (quantity, length))
}

/// `1 january 2026`, `january 1, 2026`, `1 october`, and its length.
fn en_date(text: &str) -> Option<(Quantity, usize)> {
    let number = |text: &str| {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        Some((text.get(..digits)?.parse::<u32>().ok()?, digits))
    };
    let month = |text: &str| MONTHS.iter().zip(1..).find(|(name, _)| text.starts_with(**name)).map(|(name, n)| (n, name.len()));
    let (month_number, day, length) = if let Some((m, length)) = month(text) {
        let rest = text[length..].trim_start();
        let (day, digits) = number(rest)?;
        (m, day, text.len() - rest.len() + digits)
    } else {
        let (day, digits) = number(text)?;
        let rest = text[digits..].trim_start();
        let (m, length) = month(rest)?;
        (m, day, text.len() - rest.len() + length)
    };
    let rest = text[length..].trim_start_matches([',', ' ']);
    let year = number(rest).filter(|(_, digits)| *digits == 4);
    let length = year.map_or(length, |(_, digits)| text.len() - rest.len() + digits);
    calendar_day(year.map(|(year, _)| year), month_number, day).map(|quantity| (quantity, length))
}

/// `2026-01-01`, and its length.
fn iso_date(text: &str) -> Option<(Quantity, usize)> {
    let date = text.get(..10).and_then(crate::rules::value::read_date)?;
    Some((Quantity::date(date), 10))
}

fn calendar_day(year: Option<u32>, month: u32, day: u32) -> Option<Quantity> {
    // Without its year, a day need only be one of a leap year.
    let date = NaiveDate::from_ymd_opt(year.unwrap_or(2000).try_into().ok()?, month, day)?;
    Some(match year {
        Some(_) => Quantity::date(date),
        None => Quantity::whole(Kind::Date, i64::from(month * 100 + day)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The firm numbers, as written.
    fn firm(found: Vec<Named>) -> Vec<String> {
        found.into_iter().filter(|n| n.firm).map(|n| n.written).collect()
    }

    #[test]
    fn numbers_are_read_in_both_languages_alike() {
        for (zh, en, count) in [
            ("3 万元以上", "at least 30,000 yuan", 1),
            ("三十名以上个人会员", "at least thirty individual members", 1),
            ("不少于三名", "at least three", 1),
            ("50%以上", "50% or more", 1),
            ("百分之五十以上", "at least 50 per cent", 1),
            ("30 日内", "within 30 days", 1),
            ("20 个工作日", "20 working days", 1),
            ("1 年", "12 months", 1),
            ("自 2026 年 1 月 1 日起,到 12 月 31 日", "from 1 January 2026 to December 31", 2),
            ("一千二百平方米", "1,200 m²", 1),
            ("1.5 亿元", "CNY 150 million", 1),
            ("两万元", "20,000 yuan", 1),
            ("16 至 18 周岁", "between 16 and 18 years", 2),
            ("二百三十五人", "two hundred thirty-five people", 1),
            ("18 位身份证号码", "the 18-digit ID number", 1),
            ("还有 1 年以上", "at least 1 more year", 1),
            ("两周内", "within two weeks", 1),
            ("3-5 人", "3 to 5 people", 2),
            ("0.5 公顷", "0.5 hectares", 1),
            ("两名以上医师", "two or more doctors", 1),
            ("三份", "3 copies", 0),
            ("半年内", "within 6 months", 0),
            ("2026 年度,每 100 人", "the year 2026, for every 100 people", 2),
        ] {
            let (zh, en) = (in_zh(zh), in_en(en));
            let counted = zh.iter().filter(|n| n.firm).count();
            assert!(counted == count && lacking(&zh, &en).is_empty() && lacking(&en, &zh).is_empty(), "{zh:?}\n{en:?}");
        }
    }

    #[test]
    fn names_counts_along_and_other_words_are_no_numbers() {
        for zh in [
            "有一处固定住所,一次性告知",
            "两种会员都有的",
            "12 号窗口",
            "第 3 条",
            "0777-0000012(示例)",
            "工作日 9:00–17:00",
            "《办法(2026 年修订)》",
            "百货、万一、十分清楚",
            "GB/T 39554",
            "半数以上",
        ] {
            assert_eq!(firm(in_zh(zh)), Vec::<String>::new(), "{zh}");
        }
        for en in
            ["one form and both organs", "window 12", "art. 10(3)", "0777-0000012", "9:00–12:00", "GB/T 39554", "the 3rd time", "someone"]
        {
            assert_eq!(firm(in_en(en)), Vec::<String>::new(), "{en}");
        }
    }

    #[test]
    fn units_are_held_apart() {
        for (zh, en) in [
            ("5 年", "5 months"),
            ("30 日", "30 working days"),
            ("3 万元", "3,000 yuan"),
            ("三名以上", "at least 4"),
            ("2026 年 1 月 1 日", "2 January 2026"),
        ] {
            assert_eq!(lacking(&in_zh(zh), &in_en(en)).len(), 1, "{zh} {en}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in concat!(
            "[0-9零一二十百千万亿半年月日元个第分之%,.:/()《》 a-zé²\\-]{0,24}|",
            "(half|two|hundred|million|may|working days?| |[0-9]|-|,){0,12}|",
            "\\PC{0,24}",
        )) {
            for named in in_zh(&text).into_iter().chain(in_en(&text)) {
                proptest::prop_assert!(!named.written.is_empty());
            }
        }
    }
}

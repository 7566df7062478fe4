//! The numbers that a text names (`3 万元`, `三十名`, `30 working days`) and those that a rule compares with, so that the two
//! languages and the rule can be held against each other.

mod en;
mod rule;
mod zh;

use chrono::{Datelike, NaiveDate};

pub use en::in_en;
pub use rule::{Compared, bounds_of_rule, of_rule};
pub use zh::in_zh;

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
    /// As what it is a bound, where the words beside it say so.
    pub edge: Option<Edge>,
}

/// On which side of a bound the number itself stands. `At least 10` and `fewer than 10` part the numbers at the same place,
/// and so do `more than 10` and `at most 10`: whether a text says what is wanted or what is not, the place is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// With the larger numbers.
    Larger,
    /// With the smaller ones.
    Smaller,
}

pub fn agree(named: &[Named], quantity: Quantity) -> bool {
    named.iter().any(|n| n.quantity.agrees(quantity))
}

/// The firm numbers of `here` that `there` does not have.
pub fn lacking<'a>(here: &'a [Named], there: &[Named]) -> Vec<&'a Named> {
    here.iter().filter(|n| n.firm && !agree(there, n.quantity)).collect()
}

/// Whether the rule has a bound at the number, but puts the number itself on the other side.
pub fn crossed(named: &Named, bounds: &[(Quantity, Edge)]) -> bool {
    let mut here = bounds.iter().filter(|(quantity, _)| quantity.agrees(named.quantity)).peekable();
    named.edge.is_some_and(|edge| here.peek().is_some() && here.all(|(_, other)| *other != edge))
}

/// What the words beside a number say; nothing where they say both.
fn edge(words: &[(&[&str], &[&str], Edge)], before: &str, after: &str) -> Option<Edge> {
    let mut said = words.iter().filter(|(ahead, behind, _)| {
        ahead.iter().any(|word| before.ends_with(word)) || behind.iter().any(|word| after.trim_start().starts_with(word))
    });
    let (_, _, edge) = said.next()?;
    said.next().is_none().then_some(*edge)
}

fn halves<'t>(text: &'t str, known: [(&str, Kind, i64); 2]) -> Option<(&'t str, Quantity)> {
    let (half, kind, value) = known.into_iter().find(|(half, ..)| text.starts_with(half))?;
    Some((&text[..half.len()], Quantity::whole(kind, value)))
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
            ("不超过 1 年", "within the last year", 1),
            ("每月", "a month", 0),
            ("１０张以上", "10 or more", 1),
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

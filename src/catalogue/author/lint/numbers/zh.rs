//! The numbers of a Chinese text: `3 万元`, `三十名`, `百分之五十`, `2026 年 1 月 1 日`.

use super::{Edge, Kind, Named, ONE, Quantity, arabic_number, calendar_day, edge, halves, iso_date, label};

/// What stands before or after a number and makes it a bound.
const BOUNDS_BEFORE: [&str; 14] =
    ["至少", "少于", "低于", "多于", "高于", "不足", "不超过", "超过", "未满", "不满", "满", "达到", "最多", "达"];
const BOUNDS_AFTER: [&str; 8] = ["以上", "及以上", "以下", "及以下", "以内", "以外", "之内", "内"];

/// Words before and after a number that say on which side of the bound it stands itself (民法典 art. 1259: 以上、以下、以内
/// include the number, 不满、超过 do not).
const EDGES_ZH: [(&[&str], &[&str], Edge); 2] = [
    (&["至少", "最少", "少于", "低于", "小于", "不足", "满", "达到", "达"], &["以上", "及以上"], Edge::Larger),
    (&["超过", "多于", "高于", "大于", "最多", "至多"], &["以下", "及以下", "以内", "之内"], Edge::Smaller),
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

/// The numbers of a Chinese text.
pub fn in_zh(text: &str) -> Vec<Named> {
    // Full-width digits are digits.
    let text: String = text.chars().map(|c| char::from_digit(u32::from(c).wrapping_sub(0xff10), 10).unwrap_or(c)).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        if next == '《' {
            at += rest.find('》').unwrap_or(next.len_utf8());
        } else if next.is_ascii_digit() || digit(next).is_some() || rest.starts_with('半') || rest.starts_with("百分之") {
            at += zh_number(&text, at, &mut found);
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
        found.push(Named { quantity, written: rest[..length].to_owned(), firm: true, edge: None });
        return length;
    }
    if let Some((half, quantity)) = halves(rest, [("半年", Kind::Months, 6), ("半个月", Kind::Days, 15)]) {
        found.push(Named { quantity, written: half.to_owned(), firm: false, edge: None });
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
    found.push(Named { quantity, written: written.to_owned(), firm, edge: edge(&EDGES_ZH, before, after) });
    taken
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

fn next_char(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

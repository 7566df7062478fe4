//! The numbers of an English text: `30,000 yuan`, `thirty-five`, `30 working days`, `1 January 2026`.

use super::{Edge, Kind, Named, ONE, Quantity, arabic_number, calendar_day, edge, halves, iso_date, label};

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

const EDGES_EN: [(&[&str], &[&str], Edge); 2] = [
    (&["at least", "fewer than", "less than", "under", "below", "minimum of"], &["or more", "or older", "or above"], Edge::Larger),
    (
        &["more than", "over", "above", "at most", "up to", "exceeding", "exceed", "exceeds", "maximum of"],
        &["or less", "or fewer", "or younger", "or below"],
        Edge::Smaller,
    ),
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
        found.push(Named { quantity, written: rest[..length].to_owned(), firm: true, edge: None });
        return length;
    }
    if let Some((half, quantity)) = halves(rest, [("half a year", Kind::Months, 6), ("half a month", Kind::Days, 15)]) {
        found.push(Named { quantity, written: half.to_owned(), firm: false, edge: None });
        return half.len();
    }
    if let Some((quantity, length)) = single(rest) {
        found.push(Named { quantity, written: rest[..length].to_owned(), firm: false, edge: None });
        return length;
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
    let after = rest[shown..].strip_prefix('s').unwrap_or(&rest[shown..]);
    found.push(Named { quantity, written: rest[..shown].to_owned(), firm, edge: edge(&EDGES_EN, before, after) });
    length
}

/// `a year`, `the last month`, `per week`: one of them, and its length.
fn single(text: &str) -> Option<(Quantity, usize)> {
    let tail = ["a ", "last ", "past ", "next ", "per ", "every ", "each "].iter().find_map(|word| text.strip_prefix(word))?;
    let (unit, kind, times) = UNITS_EN.iter().find(|(unit, ..)| tail.starts_with(unit))?;
    let length = text.len() - tail.len() + unit.len();
    (!matches!(kind, Kind::Yuan | Kind::Percent)).then(|| (Quantity::whole(*kind, *times), length))
}

/// `30,000`, `1.5 million` → ten-thousandths, and its length.
fn in_scale(text: &str) -> Option<(i64, usize)> {
    let (value, length) = arabic_number(text)?;
    let tail = text[length..].trim_start();
    let scale = SCALES.iter().find(|(scale, _)| tail.starts_with(scale));
    Some(scale.map_or((value, length), |(scale, times)| (value.saturating_mul(*times), text.len() - tail.len() + scale.len())))
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len())
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

//! What people type and choose ↔ answers as the draft keeps them. Everything that is typed is a string until it is read
//! here, and what cannot be read is told in words, never guessed.

use super::super::phrases;
use crate::catalogue::Fact;
use crate::check::application::BadAnswer;
use crate::rules::Type;
use crate::words::{Lang, Text, identifier::half_width, money};
use chrono::NaiveDate;
use serde_json::Value as Json;

pub const YES: &str = "yes";
pub const NO: &str = "no";

/// Reads one typed or chosen answer; not for lists.
pub fn read(fact: &Fact, typed: &str) -> Result<Json, Text> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(match fact.ty {
            Type::Bool | Type::Choice(_) => phrases::CHOOSE_FIRST,
            _ => phrases::ANSWER_FIRST,
        }
        .text());
    }
    let json = match fact.ty {
        Type::Bool => Json::Bool(typed == YES),
        Type::Int => Json::from(whole(typed).ok_or(phrases::NOT_A_NUMBER.text())?),
        Type::Money => Json::from(money::parse_yuan(typed).ok_or(phrases::NOT_AN_AMOUNT.text())?),
        Type::Date => Json::String(date(typed).ok_or(phrases::NOT_A_DATE.text())?.to_string()),
        _ => Json::String(typed.to_owned()),
    };
    fact.read(&json).map_err(|bad| wrong(fact, &bad))?;
    Ok(json)
}

/// The answer as it was typed.
pub fn typed(fact: &Fact, json: &Json) -> String {
    match (&fact.ty, json) {
        (Type::Bool, Json::Bool(true)) => YES.to_owned(),
        (Type::Bool, Json::Bool(false)) => NO.to_owned(),
        (Type::Money, Json::Number(n)) => {
            let fen = n.as_i64().unwrap_or_default();
            if fen % 100 == 0 { (fen / 100).to_string() } else { format!("{}.{:02}", fen / 100, fen % 100) }
        }
        (_, Json::String(s)) => s.clone(),
        (_, Json::Number(n)) => n.to_string(),
        _ => String::new(),
    }
}

/// The answer as a person reads it.
pub fn words(fact: &Fact, json: &Json, lang: Lang) -> String {
    match (&fact.ty, json) {
        (Type::Bool, Json::Bool(yes)) => if *yes { phrases::YES } else { phrases::NO }.get(lang).to_owned(),
        (Type::Money, Json::Number(n)) => money::show(n.as_i64().unwrap_or_default(), lang),
        (Type::Choice(_), Json::String(code)) => {
            fact.options.iter().find(|o| o.code == *code).map_or_else(|| code.clone(), |o| o.name.get(lang).to_owned())
        }
        (Type::List(_), Json::Array(rows)) if rows.is_empty() => phrases::NONE.get(lang).to_owned(),
        (Type::List(_), Json::Array(rows)) => {
            let row = |row: &Json| {
                let cell = |field: &Fact| row.get(&field.code).map(|json| words(field, json, lang));
                fact.fields.iter().filter_map(cell).collect::<Vec<_>>().join(" · ")
            };
            rows.iter().map(row).collect::<Vec<_>>().join(" / ")
        }
        (_, json) => {
            let plain = typed(fact, json);
            match &fact.unit {
                Some(unit) => format!("{plain} {}", unit.get(lang)),
                None => plain,
            }
        }
    }
}

/// A whole number, with the separators and full-width digits that people use.
fn whole(typed: &str) -> Option<i64> {
    let plain: String = half_width(typed).chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    plain.parse().ok()
}

/// `2027-03-31`, `20270331`, `2027/3/31`, `2027年3月31日`.
pub fn date(typed: &str) -> Option<NaiveDate> {
    let plain = half_width(typed);
    let groups: Vec<&str> = plain.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
    let (year, month, day) = match groups[..] {
        [all] if all.len() == 8 => (&all[..4], &all[4..6], &all[6..]),
        [year, month, day] if year.len() == 4 => (year, month, day),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn wrong(fact: &Fact, bad: &BadAnswer) -> Text {
    let BadAnswer::Bounds { min, max, .. } = bad else { return phrases::ANSWER_FIRST.text() };
    let show = |n: i64, lang| match fact.ty {
        Type::Money => money::show(n, lang),
        _ => n.to_string(),
    };
    match (*min, *max) {
        (i64::MIN, max) => Text { zh: format!("最多 {}", show(max, Lang::Zh)), en: format!("At most {}", show(max, Lang::En)) },
        (min, i64::MAX) => Text { zh: format!("至少 {}", show(min, Lang::Zh)), en: format!("At least {}", show(min, Lang::En)) },
        (min, max) => Text {
            zh: format!("应在 {} 到 {} 之间", show(min, Lang::Zh), show(max, Lang::Zh)),
            en: format!("It must lie between {} and {}", show(min, Lang::En), show(max, Lang::En)),
        },
    }
}

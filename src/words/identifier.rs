//! National identifiers and their check digits: resident ID (GB 11643-1999), unified social credit code
//! (GB 32100-2015), mobile number and PRC passport. What a person types is normalised first: full-width forms, spaces
//! and hyphens, lower-case letters.

use super::Phrase;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema), schema(as = IdentifierKind))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    ResidentId,
    CreditCode,
    Mobile,
    Passport,
}

impl Kind {
    pub fn parse(name: &str) -> Option<Kind> {
        Some(match name {
            "resident-id" => Kind::ResidentId,
            "credit-code" => Kind::CreditCode,
            "mobile" => Kind::Mobile,
            "passport" => Kind::Passport,
            _ => return None,
        })
    }
}

/// What is wrong with an identifier, and at which place (1-based, in the normalised text).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("it must have {expected} characters; this has {found}")]
    Length { expected: usize, found: usize },
    #[error("character {place} cannot stand there")]
    Character { place: usize },
    #[error("places 7 to 14 are not a date of birth")]
    Date,
    #[error("the date of birth lies in the future")]
    Future,
    #[error("the check digit does not fit: one of the characters is mistyped")]
    CheckDigit,
}

impl Wrong {
    /// The same sentence for a person, Chinese and English.
    pub fn say(self) -> super::Text {
        let zh = match self {
            Wrong::Length { expected, found } => format!("应为 {expected} 位,现在是 {found} 位"),
            Wrong::Character { place } => format!("第 {place} 位的字符不对"),
            Wrong::Date => "第 7 至 14 位不是有效的出生日期".into(),
            Wrong::Future => "出生日期在今天之后".into(),
            Wrong::CheckDigit => "校验位不符,有一位可能输错了".into(),
        };
        super::Text { zh, en: self.to_string() }
    }
}

/// Something odd that genuine identifiers can show too, so it never refuses one.
pub const UNKNOWN_DIVISION: Phrase =
    Phrase::new("前两位不是已知的省级代码,请再核对一次", "the first two digits are no known province: please look again");

/// A valid identifier: its normalised text and any warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valid {
    pub text: String,
    pub warnings: Vec<Phrase>,
}

/// Checks `typed` as an identifier of `kind`. `today` bounds the date of birth.
pub fn check(kind: Kind, typed: &str, today: NaiveDate) -> Result<Valid, Wrong> {
    let text = normalise(typed);
    match kind {
        Kind::ResidentId => resident_id(&text, today),
        Kind::CreditCode => credit_code(&text),
        Kind::Mobile => mobile(&text),
        Kind::Passport => passport(&text),
    }
}

/// Full-width forms (U+FF01–U+FF5E) and the ideographic space become their ASCII twins.
pub fn half_width(typed: &str) -> String {
    typed
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect()
}

/// Half-width, upper-case, without spaces and hyphens.
pub fn normalise(typed: &str) -> String {
    half_width(typed)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '–' | '—'))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// The date of birth inside a resident ID that [`check`] has found valid.
pub fn birth_date(resident_id: &str) -> Option<NaiveDate> {
    let part = resident_id.get(6..14).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
    let digits: u32 = part.parse().ok()?;
    NaiveDate::from_ymd_opt((digits / 10_000) as i32, digits / 100 % 100, digits % 100)
}

fn expect_length(text: &str, expected: usize) -> Result<(), Wrong> {
    let found = text.chars().count();
    if found == expected { Ok(()) } else { Err(Wrong::Length { expected, found }) }
}

/// Province codes of GB/T 2260 (first two digits), with 83 (Taiwan residents' permits).
const PROVINCES: &[u8] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
    83,
];

fn resident_id(text: &str, today: NaiveDate) -> Result<Valid, Wrong> {
    expect_length(text, 18)?;
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let mut sum = 0;
    for (at, (c, weight)) in text.chars().zip(WEIGHTS).enumerate() {
        sum += weight * c.to_digit(10).ok_or(Wrong::Character { place: at + 1 })?;
    }
    let last = text.chars().last().unwrap_or_default();
    if !last.is_ascii_digit() && last != 'X' {
        return Err(Wrong::Character { place: 18 });
    }
    let born = birth_date(text).filter(|d| d.year() >= 1800).ok_or(Wrong::Date)?;
    if born > today {
        return Err(Wrong::Future);
    }
    if CHECK[(sum % 11) as usize] != last {
        return Err(Wrong::CheckDigit);
    }
    let known = text.get(..2).and_then(|p| p.parse::<u8>().ok()).is_some_and(|p| PROVINCES.contains(&p));
    Ok(Valid { text: text.to_owned(), warnings: if known { vec![] } else { vec![UNKNOWN_DIVISION] } })
}

fn credit_code(text: &str) -> Result<Valid, Wrong> {
    expect_length(text, 18)?;
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let (mut sum, mut weight, mut check) = (0, 1, 0);
    for (at, c) in text.chars().enumerate() {
        let value = ALPHABET.find(c).ok_or(Wrong::Character { place: at + 1 })? as u32;
        if at == 17 {
            check = value;
        } else {
            sum += value * weight;
            weight = weight * 3 % 31;
        }
    }
    if (31 - sum % 31) % 31 != check {
        return Err(Wrong::CheckDigit);
    }
    Ok(Valid { text: text.to_owned(), warnings: vec![] })
}

fn mobile(text: &str) -> Result<Valid, Wrong> {
    let text = text.strip_prefix("+86").unwrap_or(text);
    expect_length(text, 11)?;
    for (at, c) in text.chars().enumerate() {
        let fits = match at {
            0 => c == '1',
            1 => ('3'..='9').contains(&c),
            _ => c.is_ascii_digit(),
        };
        if !fits {
            return Err(Wrong::Character { place: at + 1 });
        }
    }
    Ok(Valid { text: text.to_owned(), warnings: vec![] })
}

fn passport(text: &str) -> Result<Valid, Wrong> {
    expect_length(text, 9)?;
    for (at, c) in text.chars().enumerate() {
        let fits = match at {
            0 => c == 'E',
            1 => c.is_ascii_alphanumeric(),
            _ => c.is_ascii_digit(),
        };
        if !fits {
            return Err(Wrong::Character { place: at + 1 });
        }
    }
    Ok(Valid { text: text.to_owned(), warnings: vec![] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
    }

    #[test]
    fn genuine_numbers_pass_however_they_are_typed() {
        for (kind, typed) in [
            (Kind::ResidentId, "11010519491231002X"),
            (Kind::ResidentId, "11010519491231002x"),
            (Kind::ResidentId, "450702 19900101 0012"),
            (Kind::ResidentId, "450702200002290023"),
            (Kind::ResidentId, "440524188001010014"),
            (Kind::CreditCode, "91350100M000100Y43"),
            (Kind::CreditCode, "91110000600037341L"),
            (Kind::CreditCode, "91450700ma5k00012h"),
            (Kind::CreditCode, "52450700MJ0000026G"),
            (Kind::Mobile, "138-0013-8000"),
            (Kind::Mobile, "+86 13800138000"),
            (Kind::Passport, "E12345678"),
            (Kind::Passport, "ea1234567"),
        ] {
            assert!(check(kind, typed, today()).is_ok(), "{typed}: {:?}", check(kind, typed, today()));
        }
    }

    #[test]
    fn each_mistake_is_named_at_its_place() {
        for (kind, typed, wrong) in [
            (Kind::ResidentId, "450702199002300012", Wrong::Date),
            (Kind::ResidentId, "11010519491231002Y", Wrong::Character { place: 18 }),
            (Kind::ResidentId, "110105194912310021", Wrong::CheckDigit),
            (Kind::ResidentId, "1101051949123100", Wrong::Length { expected: 18, found: 16 }),
            (Kind::ResidentId, "11O10519491231002X", Wrong::Character { place: 3 }),
            (Kind::ResidentId, "45070220990101001X", Wrong::Future),
            (Kind::ResidentId, "", Wrong::Length { expected: 18, found: 0 }),
            (Kind::CreditCode, "91350100M000100Y4Z", Wrong::Character { place: 18 }),
            (Kind::CreditCode, "91350100M000100Y44", Wrong::CheckDigit),
            (Kind::Mobile, "12800138000", Wrong::Character { place: 2 }),
            (Kind::Passport, "G12345678", Wrong::Character { place: 1 }),
        ] {
            assert_eq!(check(kind, typed, today()), Err(wrong), "{typed}");
        }
    }

    #[test]
    fn an_unknown_province_warns_and_does_not_refuse() {
        let odd = check(Kind::ResidentId, "990105194912310021", today());
        // Only the check digit may refuse it; find the digit that fits and see the warning.
        let fits = (0..10).map(|d| format!("99010519491231002{d}")).find_map(|n| check(Kind::ResidentId, &n, today()).ok());
        assert!(odd.is_err() || fits.is_some());
        assert!(fits.is_none_or(|v| v.warnings == vec![UNKNOWN_DIVISION]));
    }
}

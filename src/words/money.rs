//! Money in fen (分, 1/100 yuan), as whole numbers: no rounding anywhere.

use super::Lang;

/// `3000000` fen → `30,000 元` / `CNY 30,000`; fen are shown only when there are any.
pub fn show(fen: i64, lang: Lang) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let yuan = fen.unsigned_abs() / 100;
    let rest = fen.unsigned_abs() % 100;
    let yuan = super::grouped(yuan);
    let amount = if rest == 0 { format!("{sign}{yuan}") } else { format!("{sign}{yuan}.{rest:02}") };
    match lang {
        Lang::Zh => format!("{amount} 元"),
        Lang::En => format!("CNY {amount}"),
    }
}

/// What a person types as yuan (`30000`, `30,000.5`, full-width digits) → fen. `None` when it is not an amount.
pub fn parse_yuan(typed: &str) -> Option<i64> {
    let plain = super::identifier::half_width(typed);
    let plain: String = plain.chars().filter(|c| !matches!(c, ',' | ' ' | '元')).collect();
    let (yuan, fen) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if yuan.is_empty() || yuan.len() > 15 || fen.len() > 2 || !digits(yuan) || !digits(fen) {
        return None;
    }
    let yuan: i64 = yuan.parse().ok()?;
    let cents: i64 = if fen.is_empty() { 0 } else { format!("{fen:0<2}").parse().ok()? };
    yuan.checked_mul(100)?.checked_add(cents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_with_groups_and_only_the_fen_there_are() {
        for (fen, zh, en) in [
            (0, "0 元", "CNY 0"),
            (3_000_000, "30,000 元", "CNY 30,000"),
            (100_050, "1,000.50 元", "CNY 1,000.50"),
            (-5, "-0.05 元", "CNY -0.05"),
        ] {
            assert_eq!(show(fen, Lang::Zh), zh);
            assert_eq!(show(fen, Lang::En), en);
        }
    }

    #[test]
    fn typed_amounts_are_read_as_people_type_them() {
        for (typed, fen) in [
            ("30000", Some(3_000_000)),
            ("30,000.5", Some(3_000_050)),
            ("3万", None),
            ("", None),
            ("30000", Some(3_000_000)),
            ("1.234", None),
            ("-1", None),
        ] {
            assert_eq!(parse_yuan(typed), fen, "{typed}");
        }
    }
}

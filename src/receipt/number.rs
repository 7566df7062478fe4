//! The short number (办件短号) of a case, for people who cannot scan: eleven digits, the last two of them check digits
//! (ISO 7064, MOD 97-10), shown in groups (`26328 0001 42`) so that it can be read aloud.

/// Length in digits, check digits included.
pub const LENGTH: usize = 11;

/// Makes the number of the `serial`-th case of a day: two digits of the year, three of the day of the year, four of the
/// serial, two check digits. `None` past 9,999 cases a day or outside 2000–2099.
pub fn make(date: chrono::NaiveDate, serial: u32) -> Option<String> {
    use chrono::Datelike;
    let year = u32::try_from(date.year()).ok().filter(|y| (2000..2100).contains(y))? - 2000;
    if !(1..=9999).contains(&serial) {
        return None;
    }
    let base = format!("{year:02}{:03}{serial:04}", date.ordinal());
    let check = 98 - base.parse::<u64>().ok()? * 100 % 97;
    Some(format!("{base}{check:02}"))
}

/// The day and the serial that a number was made of.
#[cfg(not(target_family = "wasm"))]
pub fn taken(number: &str) -> Option<(chrono::NaiveDate, u32)> {
    let number = parse(number)?;
    let digits = |range: std::ops::Range<usize>| number.get(range)?.parse::<u32>().ok();
    let year = i32::try_from(2000 + digits(0..2)?).ok()?;
    Some((chrono::NaiveDate::from_yo_opt(year, digits(2..5)?)?, digits(5..9)?))
}

/// Reads what a person typed: any digits, full-width too, with spaces and hyphens. `None` when a digit is wrong.
pub fn parse(typed: &str) -> Option<String> {
    let text = crate::words::identifier::normalise(typed);
    let sound = text.len() == LENGTH && text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u64>().ok()? % 97 == 1;
    sound.then_some(text)
}

/// In groups: `26328 0001 42`.
pub fn show(number: &str) -> String {
    match (number.get(..5), number.get(5..9), number.get(9..)) {
        (Some(day), Some(serial), Some(check)) => format!("{day} {serial} {check}"),
        _ => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn every_single_mistyped_digit_and_swap_of_neighbours_is_found() {
        let number = make(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(), 137).unwrap();
        assert_eq!(parse(&show(&number)), Some(number.clone()));
        for at in 0..LENGTH {
            for digit in '0'..='9' {
                let mut typed: Vec<char> = number.chars().collect();
                if typed[at] != digit {
                    typed[at] = digit;
                    assert_eq!(parse(&typed.iter().collect::<String>()), None);
                }
            }
            if at > 0 {
                let mut typed: Vec<char> = number.chars().collect();
                typed.swap(at - 1, at);
                let typed: String = typed.into_iter().collect();
                assert!(typed == number || parse(&typed).is_none());
            }
        }
        assert_eq!(make(NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(), 10_000), None);
        assert_eq!(taken(&number), NaiveDate::from_ymd_opt(2026, 11, 24).map(|day| (day, 137)));
        for bad in ["", "1", "abcdefghijk", "263280137999999"] {
            assert_eq!(parse(bad), None);
        }
    }
}

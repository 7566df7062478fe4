//! The name that somebody meant who wrote another.

/// The name most like `typed`, if few of its characters differ.
pub fn nearest<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let measured = names.map(|name| (distance(typed, name), name));
    let close = measured.filter(|(n, name)| *n <= name.chars().count().div_ceil(3) && *n < typed.chars().count());
    close.min_by_key(|(n, _)| *n).map(|(_, name)| name)
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let swap = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = swap.min(before + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_near_when_few_of_its_characters_differ() {
        let names = ["n", "units", "individuals", "承诺件", "即办件", "1 必要"];
        for (typed, near) in [
            ("unitz", Some("units")),
            ("individual", Some("individuals")),
            ("承若件", Some("承诺件")),
            ("nn", Some("n")),
            ("m", None),
            ("slow", None),
            ("某某件", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, names.into_iter()), near, "{typed}");
        }
        assert_eq!(nearest("units", std::iter::empty()), None);
    }
}

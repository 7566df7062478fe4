//! What rules say of a text: that it is another, or begins with it, and so on; what follows from one of these for
//! another, and making up a text of which some hold and others do not.

use super::super::value::TEXT_LIMIT;
use regex_syntax::hir::{Class, Hir, HirKind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saying {
    Is(String),
    Starts(String),
    Ends(String),
    Contains(String),
    Matches(String),
}

impl Saying {
    pub fn of(&self, text: &str) -> bool {
        match self {
            Saying::Is(s) => text == s,
            Saying::Starts(s) => text.starts_with(s.as_str()),
            Saying::Ends(s) => text.ends_with(s.as_str()),
            Saying::Contains(s) => text.contains(s.as_str()),
            Saying::Matches(pattern) => regex_lite::Regex::new(pattern).is_ok_and(|r| r.is_match(text)),
        }
    }

    /// Whether `other` holds wherever this does, or nowhere there.
    pub fn decides(&self, other: &Saying) -> Option<bool> {
        use Saying::{Contains, Ends, Is, Matches, Starts};
        match (self, other) {
            (Is(text), other) => Some(other.of(text)),
            (Starts(a), Starts(b)) => {
                if a.starts_with(b.as_str()) {
                    Some(true)
                } else {
                    (!b.starts_with(a.as_str())).then_some(false)
                }
            }
            (Ends(a), Ends(b)) => {
                if a.ends_with(b.as_str()) {
                    Some(true)
                } else {
                    (!b.ends_with(a.as_str())).then_some(false)
                }
            }
            (Starts(a) | Ends(a) | Contains(a), Contains(b)) if a.contains(b.as_str()) => Some(true),
            (Starts(_) | Ends(_) | Contains(_) | Matches(_), Is(text)) if !self.of(text) => Some(false),
            _ => None,
        }
    }

    /// The fewest characters of a text of which it holds.
    pub fn shortest(&self) -> usize {
        match self {
            Saying::Is(s) | Saying::Starts(s) | Saying::Ends(s) | Saying::Contains(s) => s.chars().count(),
            Saying::Matches(_) => 0,
        }
    }
}

/// What examples are filled up with.
const FILLING: [&str; 5] = ["", "钦", "a", "1", "0"];

/// A text of `length` characters (the first few numbers from it are tried) of which each saying holds or does not.
pub fn example(sayings: &[(&Saying, bool)], length: (i128, i128), usual: &str) -> Option<String> {
    let holding = |wanted: fn(&Saying) -> Option<&String>| sayings.iter().filter(|(_, holds)| *holds).filter_map(move |(s, _)| wanted(s));
    let longest = |wanted| holding(wanted).max_by_key(|s| s.len()).cloned().unwrap_or_default();
    let start = longest(|s| if let Saying::Starts(s) = s { Some(s) } else { None });
    let end = longest(|s| if let Saying::Ends(s) = s { Some(s) } else { None });
    let inside: String = holding(|s| if let Saying::Contains(s) = s { Some(s) } else { None }).map(String::as_str).collect();
    let exact = holding(|s| if let Saying::Is(s) = s { Some(s) } else { None }).cloned();
    let matching = holding(|s| if let Saying::Matches(s) = s { Some(s) } else { None }).flat_map(|p| matches(p)).collect::<Vec<_>>();
    let whole = exact.chain([usual.to_owned(), start.clone(), end.clone(), inside.clone()]).chain(matching.iter().cloned());
    let joined = matching.iter().chain([&String::new()]).map(|m| format!("{start}{inside}{m}{end}")).collect::<Vec<_>>();
    let filled = FILLING.iter().flat_map(|filling| {
        let least = usize::try_from(length.0).unwrap_or(0);
        [least, least + 1, least + 2].map(|least| fill(&start, &inside, &end, filling, least))
    });
    let fits = |text: &String| {
        let characters = text.chars().count() as i128;
        (length.0..=length.1).contains(&characters) && sayings.iter().all(|(s, holds)| s.of(text) == *holds)
    };
    whole.chain(joined).chain(filled.flatten()).find(fits)
}

/// `start`, `inside` and `end` with as much filling as makes `least` characters, and at least one.
fn fill(start: &str, inside: &str, end: &str, filling: &str, least: usize) -> Option<String> {
    let has = [start, inside, end].iter().map(|s| s.chars().count()).sum::<usize>();
    let lacks = least.saturating_sub(has).max(1);
    (lacks <= TEXT_LIMIT).then(|| format!("{start}{inside}{}{end}", filling.repeat(lacks)))
}

/// A few texts that match a pattern.
fn matches(pattern: &str) -> Vec<String> {
    let Ok(hir) = regex_syntax::parse(pattern) else { return vec![] };
    (0..6).map(|turn| text_of(&hir, turn)).collect()
}

/// A text of this shape: of alternatives and characters the `turn`-th, of repetitions `turn` more than the fewest.
fn text_of(hir: &Hir, turn: usize) -> String {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => String::new(),
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).into_owned(),
        HirKind::Class(Class::Unicode(class)) => {
            let many = class.ranges().len().max(1);
            let range = class.ranges().get(turn % many);
            let nth =
                |first: char, last: char| char::from_u32(u32::from(first) + (turn / many) as u32).filter(|c| *c <= last).unwrap_or(first);
            range.map(|r| nth(r.start(), r.end()).to_string()).unwrap_or_default()
        }
        HirKind::Class(Class::Bytes(class)) => class.ranges().first().map(|r| char::from(r.start()).to_string()).unwrap_or_default(),
        HirKind::Repetition(repetition) => {
            let (least, more) = (repetition.min as usize, turn.min(3));
            let times = repetition.max.map_or(least + more, |most| (least + more).min(most as usize));
            text_of(&repetition.sub, turn).repeat(times.min(TEXT_LIMIT))
        }
        HirKind::Capture(capture) => text_of(&capture.sub, turn),
        HirKind::Concat(parts) => parts.iter().map(|part| text_of(part, turn)).collect(),
        HirKind::Alternation(parts) => parts.get(turn % parts.len().max(1)).map(|part| text_of(part, turn)).unwrap_or_default(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use Saying::{Contains, Ends, Is, Matches, Starts};

    fn s(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn what_follows_is_true_of_every_text() {
        let sayings = [
            Is(s("")),
            Is(s("ab")),
            Is(s("abc")),
            Starts(s("")),
            Starts(s("a")),
            Starts(s("ab")),
            Starts(s("b")),
            Ends(s("b")),
            Ends(s("bc")),
            Contains(s("b")),
            Contains(s("abc")),
            Matches(s("^[ab]+$")),
            Matches(s("c")),
        ];
        let letters = ["", "a", "b", "c"];
        let mut texts: Vec<String> = vec![s("")];
        for _ in 0..4 {
            texts = texts.iter().flat_map(|t| letters.map(|l| format!("{t}{l}"))).collect();
        }
        for a in &sayings {
            for b in &sayings {
                for text in texts.iter().filter(|t| a.of(t)) {
                    assert!(a.decides(b).is_none_or(|follows| follows == b.of(text)), "{a:?} {b:?} {text}");
                    assert!(text.chars().count() >= a.shortest());
                }
            }
        }
    }

    #[test]
    fn examples_are_what_is_asked() {
        for sayings in [
            vec![(Starts(s("中国")), false), (Ends(s("协会")), true)],
            vec![(Starts(s("钦州")), true), (Contains(s("荔枝")), true), (Ends(s("会")), true)],
            vec![(Matches(s("^[0-9]{4}-(A|B)$")), true), (Ends(s("A")), false)],
            vec![(Is(s("")), true), (Matches(s("x*")), true)],
            vec![(Is(s("钦州")), false), (Contains(s("a")), false)],
        ] {
            let wanted: Vec<(&Saying, bool)> = sayings.iter().map(|(s, holds)| (s, *holds)).collect();
            let text = example(&wanted, (0, 1000), "钦州").unwrap();
            assert!(sayings.iter().all(|(s, holds)| s.of(&text) == *holds), "{text} for {sayings:?}");
        }
        assert_eq!(example(&[(&Starts(s("钦州")), true)], (6, 6), "").unwrap().chars().count(), 6);
    }
}

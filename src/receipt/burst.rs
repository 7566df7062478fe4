//! Keys → the text of a code. A USB scanner is a keyboard that types too fast for a person; [`Burst`] hears it by its pace,
//! reads physical keys, and says which of them must not reach the page. Used by every page of the desk; it says nothing of
//! what a text means: that is [`super::verify`].
//!
//! Keys are read by their place on a US keyboard, which is what scanners pretend to be. Neither an input method (whose keys
//! have no character, or another one) nor caps lock can garble them then.
//!
//! A person who happens to be fast for four keys loses nothing: what was kept from the page is given back
//! ([`Heard::Nothing`]). What belongs to a scanner but reached a field before the pace was clear is to be taken back
//! ([`Heard::Taken`], [`Heard::Code`]).

use super::{PREFIX, claims, number};

/// Keys of one code follow each other within this, in milliseconds; a longer pause ends the code.
pub const PAUSE: f64 = 120.0;
/// A scanner's average pace, in milliseconds a key, at most; people are slower.
const PACE: f64 = 50.0;
/// After so many keys at that pace it is a scanner, and nothing more goes into the field that has the focus.
const SURE: usize = 4;
/// A gap that may lie between what a person typed and what a scanner types next.
const GAP: f64 = 60.0;
/// The longest code that is kept, in keys.
const LONGEST: usize = 2000;
/// How many stray characters a scanner may add to the end of a code.
const SUFFIX: usize = 4;

/// A key that went down.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// Its place: `KeyA`, `Digit1`, as UI Events names them. Empty where the system does not say.
    pub code: &'a str,
    /// What it writes for a person: a character, or a name longer than one, such as `Process` under an input method.
    pub key: &'a str,
    pub shift: bool,
    /// Control, alt or meta is down.
    pub chord: bool,
    /// The machine's own repetition of a key that is held.
    pub repeat: bool,
    /// An input method is at work on it: it cannot be kept from its field, only taken back afterwards.
    pub composing: bool,
    /// Milliseconds since some fixed moment.
    pub at: f64,
}

/// What a key, or the pause after it, has made clear. Keys are counted from the beginning of the burst.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The key in this place may be a person's: it goes where it was meant to go.
    Passed { place: usize },
    /// No part of any text: it goes where it was meant to go.
    Beside,
    /// A scanner's: it goes nowhere, and what the keys from `from` on wrote is taken back.
    Taken { from: usize },
    /// A receipt or a short number; what the keys from `from` on wrote is taken back.
    Code { text: String, from: usize },
    /// No code: `back` was kept from a field, or taken back from it, and is a person's after all.
    Nothing { back: String },
}

struct Press {
    character: char,
    /// What it writes, where it can be kept from its field.
    written: Option<char>,
    at: f64,
}

/// The keys of a burst so far.
#[derive(Default)]
pub struct Burst {
    keys: Vec<Press>,
    /// Where the scanner's keys begin, once it is sure that there is one.
    sure: Option<usize>,
}

impl Burst {
    /// Whether a key at this moment belongs to another burst: then this one is to be ended first.
    pub fn is_over(&self, at: f64) -> bool {
        self.keys.last().is_some_and(|last| at - last.at > PAUSE)
    }

    /// A key goes down.
    pub fn press(&mut self, key: Key<'_>) -> Heard {
        // Some scanners end with a control character, which a keyboard writes as a chord.
        let ends = match (key.chord, key.code) {
            (false, code) => matches!(code, "Enter" | "NumpadEnter" | "Tab"),
            (true, code) => self.sure.is_some() && matches!(code, "KeyC" | "KeyJ" | "KeyM"),
        };
        if ends {
            return self.end().unwrap_or(Heard::Beside);
        }
        // The machine repeats only keys that a finger holds. A chord in the middle of a code must not do what it would do.
        if key.repeat || key.chord || matches!(key.code, "ShiftLeft" | "ShiftRight" | "CapsLock") {
            return self.sure.filter(|_| key.chord).map_or(Heard::Beside, |from| Heard::Taken { from });
        }
        let place = self.keys.len();
        if place < LONGEST {
            let mut written = key.key.chars();
            let written = written.next().filter(|_| written.next().is_none() && !key.composing);
            // A key outside the alphabet may be part of a scanner's prefix: it keeps its place.
            self.keys.push(Press { character: character(&key).unwrap_or('\u{fffd}'), written, at: key.at });
        }
        if self.sure.is_none() {
            // Without a gap, before which a person may have typed.
            let steady = |keys: &[Press]| at_pace(keys) && keys.windows(2).all(|pair| pair[1].at - pair[0].at <= GAP);
            self.sure = self.keys.len().checked_sub(SURE).filter(|from| steady(&self.keys[*from..]));
        }
        self.sure.filter(|_| !key.composing).map_or(Heard::Passed { place }, |from| Heard::Taken { from })
    }

    /// The pause after the last key: what was it? Nothing to say of a person's keys.
    pub fn end(&mut self) -> Option<Heard> {
        let Burst { keys, sure } = std::mem::take(self);
        let from = sure?;
        let nothing = || Heard::Nothing { back: keys[from..].iter().filter_map(|press| press.written).collect() };
        Some(code_in(&keys).map_or_else(nothing, |(text, from)| Heard::Code { text, from }))
    }
}

fn at_pace(keys: &[Press]) -> bool {
    match keys {
        [first, .., last] => (last.at - first.at) / (keys.len() - 1) as f64 <= PACE,
        _ => false,
    }
}

/// What a US keyboard writes with a key, as far as codes have it. Letters are capitals whatever caps lock says.
fn character(key: &Key<'_>) -> Option<char> {
    let mut only = key.key.chars();
    match (key.code, only.next().filter(|_| only.next().is_none())) {
        // No place is told, by remote desktops for one: what it writes has to do.
        ("", written) => written.map(|c| c.to_ascii_uppercase()),
        (code, _) => placed(code, key.shift),
    }
}

fn placed(code: &str, shift: bool) -> Option<char> {
    if let Some(letter) = code.strip_prefix("Key") {
        return letter.chars().next();
    }
    let digit = code.strip_prefix("Digit").or_else(|| code.strip_prefix("Numpad")).filter(|d| d.len() == 1);
    if let Some(digit) = digit.and_then(|d| d.chars().next()) {
        return match (digit, shift && code.starts_with("Digit")) {
            (digit, false) => Some(digit),
            ('4', true) => Some('$'),
            ('5', true) => Some('%'),
            ('8', true) => Some('*'),
            (_, true) => None,
        };
    }
    match (code, shift) {
        ("Space", _) => Some(' '),
        ("Semicolon", true) => Some(':'),
        ("Equal", true) | ("NumpadAdd", _) => Some('+'),
        ("Minus", false) | ("NumpadSubtract", _) => Some('-'),
        ("Period", false) | ("NumpadDecimal", _) => Some('.'),
        ("Slash", false) | ("NumpadDivide", _) => Some('/'),
        ("NumpadMultiply", _) => Some('*'),
        ("BracketRight", false) => Some(']'),
        _ => None,
    }
}

/// The receipt or short number among the keys, without what a scanner adds and what a person typed just before; and where
/// it, or its prefix, begins.
fn code_in(keys: &[Press]) -> Option<(String, usize)> {
    let gaps = keys.windows(2).enumerate().filter(|(_, pair)| pair[1].at - pair[0].at > GAP).map(|(place, _)| place + 1);
    std::iter::once(0).chain(gaps).find_map(|from| {
        let keys = keys.get(from..).filter(|keys| at_pace(keys))?;
        let typed: String = keys.iter().map(|press| press.character).collect();
        receipt_in(&typed).or_else(|| number_in(&typed)).map(|text| (text, from))
    })
}

/// A scan that was broken off may stand before the whole one. What cannot be read at all is given as it came.
fn receipt_in(typed: &str) -> Option<String> {
    let begun = || typed.match_indices(PREFIX).filter_map(|(at, _)| typed.get(at..));
    let ended = |text| (0..=SUFFIX).filter_map(move |n| text_without(text, n));
    let whole = begun().flat_map(ended).find(|text| claims::read(text).is_ok());
    whole.or_else(|| begun().next()).map(str::to_owned)
}

fn text_without(text: &str, last: usize) -> Option<&str> {
    let end = text.char_indices().rev().nth(last).map(|(at, character)| at + character.len_utf8())?;
    text.get(..end)
}

/// A sound one, or one that a person would not have typed in that time: eleven digits, not all the same.
fn number_in(typed: &str) -> Option<String> {
    // A scanner may say first which kind of code it read: `]C1` (ISO/IEC 15424).
    let typed = typed.strip_prefix(']').and_then(|rest| rest.get(2..)).unwrap_or(typed);
    let digits = typed.trim_matches(|c: char| !c.is_ascii_digit());
    let is_one = digits.len() == number::LENGTH && digits.bytes().all(|b| b.is_ascii_digit());
    // A finger on a key whose repetitions are not told as such.
    let held = digits.bytes().all(|b| digits.as_bytes().first() == Some(&b));
    (is_one && !held).then(|| digits.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::receipt::{Claims, Kind, MaterialMark};

    /// What comes of keys: the codes, what reaches the page, and what is given back to it.
    #[derive(Debug, Default, PartialEq)]
    struct Outcome {
        codes: Vec<String>,
        page: String,
    }

    /// How the keys come.
    #[derive(Clone, Copy)]
    struct Way {
        /// Milliseconds from key to key, in turn.
        pace: &'static [f64],
        composing: bool,
        caps: bool,
        numpad: bool,
        placeless: bool,
    }

    const QUICK: Way = Way { pace: &[1.0], composing: false, caps: false, numpad: false, placeless: false };

    fn play(typed: &[(&str, Way, f64)]) -> Outcome {
        let (mut burst, mut outcome, mut at) = (Burst::default(), Outcome::default(), 1000.0);
        // What stood in the field before each key that reached it.
        let mut before: Vec<String> = Vec::new();
        let hear = |heard: Heard, written: &str, before: &mut Vec<String>, outcome: &mut Outcome| {
            let mut restore = |from: usize, page: &mut String| {
                if let Some(field) = before.get(from) {
                    page.clone_from(field);
                    before.truncate(from);
                }
            };
            match heard {
                Heard::Passed { place } => {
                    before.truncate(place);
                    before.push(outcome.page.clone());
                    outcome.page += written;
                }
                Heard::Beside => outcome.page += written,
                Heard::Taken { from } => restore(from, &mut outcome.page),
                Heard::Code { text, from } => {
                    restore(from, &mut outcome.page);
                    outcome.codes.push(text);
                }
                Heard::Nothing { back } => outcome.page = outcome.page.clone() + &back + written,
            }
        };
        for (text, way, pause) in typed {
            for (n, character) in text.chars().enumerate() {
                at += way.pace[n % way.pace.len()];
                let (code, shift) = placing(character, way.numpad);
                let upper = way.caps == shift;
                let key = match character {
                    _ if way.composing => "Process".to_owned(),
                    '\n' => "Enter".to_owned(),
                    '\t' => "Tab".to_owned(),
                    c if c.is_ascii_alphabetic() && upper => c.to_ascii_lowercase().to_string(),
                    c => c.to_string(),
                };
                let chord = matches!(character, '\u{2}' | '\u{3}');
                let code = if way.placeless { "" } else { &code };
                let key = Key { code, key: &key, shift, chord, repeat: false, composing: way.composing, at };
                let written = if matches!(character, '\n' | '\t') || chord { String::new() } else { character.to_string() };
                if burst.is_over(at)
                    && let Some(heard) = burst.end()
                {
                    hear(heard, "", &mut before, &mut outcome);
                }
                let heard = burst.press(key);
                hear(heard, &written, &mut before, &mut outcome);
            }
            at += pause;
            if *pause > PAUSE
                && let Some(heard) = burst.end()
            {
                hear(heard, "", &mut before, &mut outcome);
            }
        }
        outcome
    }

    /// The key, and whether shift is down with it.
    fn placing(character: char, numpad: bool) -> (String, bool) {
        let (code, shift) = match character {
            '\n' => ("Enter", false),
            '\t' => ("Tab", false),
            '\u{2}' => ("KeyB", false),
            '\u{3}' => ("KeyC", false),
            ':' => ("Semicolon", true),
            ' ' => ("Space", false),
            '$' => ("Digit4", true),
            '%' => ("Digit5", true),
            '*' => ("Digit8", true),
            '+' => ("Equal", true),
            '-' => ("Minus", false),
            '.' => ("Period", false),
            '/' => ("Slash", false),
            ']' => ("BracketRight", false),
            '0'..='9' if numpad => return (format!("Numpad{character}"), false),
            '0'..='9' => return (format!("Digit{character}"), false),
            c => return (format!("Key{}", c.to_ascii_uppercase()), c.is_ascii_uppercase()),
        };
        (code.to_owned(), shift)
    }

    fn receipt() -> String {
        let at = chrono::DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let claims = Claims {
            hall: "qinzhou".into(),
            id: uuid::Uuid::from_u128(7),
            kind: Kind::Queued,
            issued_at: at,
            expires_at: at,
            item: "association-setup".into(),
            catalogue: "20261101-0a1b2c3d".into(),
            digest: "00".repeat(16),
            outcome: crate::check::Outcome::Ready,
            materials: vec![MaterialMark::Original],
            short_number: None,
            self_issued: None,
            identity: None,
        };
        claims::sign(&claims, &ed25519_dalek::SigningKey::from_bytes(&[1; 32])).unwrap()
    }

    #[test]
    fn a_scanner_is_heard_however_it_types_and_leaves_nothing_behind() {
        let receipt = receipt();
        let number = "26328000142";
        let way = |pace| Way { pace, ..QUICK };
        let slow = way(&[40.0]);
        let table: &[(&str, &[(&str, Way, f64)], &[&str], &str)] = &[
            ("1 ms a key and Enter", &[(&format!("{receipt}\n"), QUICK, 0.0)], &[&receipt], ""),
            ("no suffix", &[(&receipt, QUICK, 200.0)], &[&receipt], ""),
            ("Tab", &[(&format!("{receipt}\t"), QUICK, 0.0)], &[&receipt], ""),
            ("40 ms a key", &[(&format!("{receipt}\n"), slow, 0.0)], &[&receipt], ""),
            ("all at one moment", &[(&format!("{receipt}\n"), way(&[0.0]), 0.0)], &[&receipt], ""),
            ("in bursts", &[(&receipt, way(&[0.0, 0.0, 0.0, 0.0, 80.0]), 200.0)], &[&receipt], ""),
            ("an uneven beginning", &[(&receipt, way(&[70.0, 70.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0]), 200.0)], &[&receipt], ""),
            ("an input method", &[(&format!("{receipt}\n"), Way { composing: true, ..QUICK }, 0.0)], &[&receipt], ""),
            ("caps lock", &[(&format!("{receipt}\n"), Way { caps: true, ..QUICK }, 0.0)], &[&receipt], ""),
            ("no places", &[(&receipt, Way { placeless: true, ..QUICK }, 200.0)], &[&receipt], ""),
            ("small letters", &[(&receipt.to_ascii_lowercase(), QUICK, 200.0)], &[&receipt], ""),
            ("kind of code first", &[(&format!("]Q3{receipt}\n"), QUICK, 0.0)], &[&receipt], ""),
            ("STX and ETX", &[(&format!("\u{2}{receipt}\u{3}"), QUICK, 0.0)], &[&receipt], ""),
            ("strays at the end", &[(&format!("{receipt}QZ\n"), QUICK, 0.0)], &[&receipt], ""),
            ("a number", &[(&format!("{number}\n"), QUICK, 0.0)], &[number], ""),
            ("a number on the numpad", &[(&format!("{number}\n"), Way { numpad: true, ..slow }, 0.0)], &[number], ""),
            ("a number and its kind", &[(&format!("]C1{number}\n"), QUICK, 0.0)], &[number], ""),
            ("two back to back", &[(&format!("{receipt}\n{number}\n"), QUICK, 0.0)], &[&receipt, number], ""),
            ("two without suffix", &[(&receipt, QUICK, 130.0), (number, QUICK, 130.0)], &[&receipt, number], ""),
            ("broken off, then whole", &[(&receipt[..60], QUICK, 300.0), (&receipt, QUICK, 300.0)], &[&receipt[..60], &receipt], ""),
            ("broken off, and at once whole", &[(&receipt[..60], QUICK, 50.0), (&receipt, QUICK, 300.0)], &[&receipt], ""),
            ("after what a person typed", &[("26", way(&[110.0]), 100.0), (number, QUICK, 300.0)], &[number], "26"),
            ("before what a person types", &[(&format!("{number}\n"), QUICK, 100.0), ("26", way(&[110.0]), 0.0)], &[number], "26"),
        ];
        for (name, typed, codes, page) in table {
            let expected = Outcome { codes: codes.iter().map(|c| (*c).to_owned()).collect(), page: (*page).to_owned() };
            assert_eq!(play(typed), expected, "{name}");
        }
    }

    #[test]
    fn a_person_is_never_taken_for_one_and_loses_nothing() {
        let way = |pace| Way { pace, ..QUICK };
        for (name, text, way) in [
            ("quick", "26328000142", way(&[120.0])),
            ("very quick", "26328000142", way(&[80.0])),
            ("words", "the quick brown fox", way(&[95.0, 60.0, 130.0])),
            ("fingers rolling over four keys", "tion and tion", way(&[30.0, 30.0, 30.0, 30.0, 200.0])),
            ("a key held without repetition being told", "11111111111", way(&[33.0])),
            ("a password filled in by a program", "correct horse", way(&[0.0])),
        ] {
            let outcome = play(&[(text, way, 500.0)]);
            assert_eq!(outcome, Outcome { codes: vec![], page: text.to_owned() }, "{name}");
        }
        let mut burst = Burst::default();
        for n in 0..40 {
            let held =
                Key { code: "Digit1", key: "1", shift: false, chord: false, repeat: n > 0, composing: false, at: f64::from(n) * 30.0 };
            assert!(matches!(burst.press(held), Heard::Passed { .. } | Heard::Beside));
        }
        assert_eq!(burst.end(), None);
    }
}

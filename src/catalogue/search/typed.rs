//! What somebody typed, as bits: position `p` of the text is bit `p`, and a unit of a key (a character with its readings,
//! or a word) tells from which positions to which it can be typed. A key is then walked with a few shifts a unit, for all
//! ways of typing and all of their mixtures at once.

use super::blob::{ALL_LETTERS, ALPHABET, Blob, Rows, Table, WORD, letter, marks, shorts};
use std::cmp::Ordering;

/// Positions must fit into a u64 with one more for the end.
const LONGEST: usize = 63;

/// Folds a text as it is compared: half-width, lower case, no tone marks; what is no letter or digit parts words.
pub fn words(text: &str) -> Vec<Vec<char>> {
    let folded = crate::words::identifier::half_width(text);
    let folded: Vec<char> = folded.chars().flat_map(char::to_lowercase).map(plain).collect();
    folded.split(|c| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(<[char]>::to_vec).collect()
}

/// A letter without its tone mark or accent: `shípǐn` and `café` are typed `shipin` and `cafe`.
fn plain(c: char) -> char {
    const MARKED: [(char, &str); 8] =
        [('a', "āáǎàâäãå"), ('e', "ēéěèêë"), ('i', "īíǐìîï"), ('o', "ōóǒòôöõ"), ('u', "ūúǔùû"), ('v', "ǖǘǚǜü"), ('n', "ñńňǹ"), ('c', "ç")];
    if c.is_ascii() {
        return c;
    }
    MARKED.iter().find(|(_, marked)| marked.contains(c)).map_or(c, |(plain, _)| *plain)
}

/// Whether a unit is one character of its own rather than part of a word.
pub fn alone(c: char) -> bool {
    !c.is_ascii_alphanumeric()
}

/// A text to be found.
pub struct Typed<'a> {
    text: Text<'a>,
    steps: Memo<Steps>,
}

/// The text as bits.
pub struct Text<'a> {
    pub characters: Vec<char>,
    readings: Rows<'a>,
    units: Rows<'a>,
    /// It has letters and digits only.
    plain: bool,
    /// Per letter, the positions that have it.
    pub at: [u64; ALPHABET],
}

/// What has been found out about units, one by one. A unit that has nothing in common with the text costs no more than a
/// look into a table.
pub struct Memo<T> {
    /// Per unit, its place in `known`.
    at: Vec<u16>,
    known: Vec<T>,
}

const UNKNOWN: u16 = u16::MAX;
const NOTHING: u16 = u16::MAX - 1;

impl<T> Memo<T> {
    pub fn new(units: usize) -> Memo<T> {
        Memo { at: vec![UNKNOWN; units], known: vec![] }
    }

    /// `None` for nothing.
    #[inline(always)]
    pub fn get(&mut self, unit: u16, learn: impl FnOnce() -> Option<T>) -> Option<&T> {
        let at = self.at.get_mut(usize::from(unit))?;
        if *at == UNKNOWN {
            *at = NOTHING;
            if let Some(new) = learn().filter(|_| self.known.len() < usize::from(NOTHING)) {
                *at = self.known.len() as u16;
                self.known.push(new);
            }
        }
        // NOTHING lies outside.
        self.known.get(usize::from(*at))
    }
}

/// How a unit can be typed.
#[derive(Default)]
struct Steps {
    /// So many characters on, from these positions: the character, a whole reading, or its initial.
    on: Vec<(u8, u64)>,
    /// To the end, from these positions: the beginning of a reading, still being typed.
    begun: u64,
}

/// How well a key is met, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Met {
    Whole,
    Beginning,
    Inside,
}

impl<'a> Text<'a> {
    pub fn new(text: &[char], blob: &'a Blob) -> Text<'a> {
        let characters: Vec<char> = text.iter().copied().take(LONGEST).collect();
        let mut at = [0; ALPHABET];
        for (place, c) in characters.iter().enumerate() {
            if let Some(n) = u8::try_from(*c).ok().and_then(letter) {
                at[n] |= 1 << place;
            }
        }
        let plain = characters.iter().all(char::is_ascii);
        Text { characters, plain, readings: blob.table(Table::Readings), units: blob.table(Table::Units), at }
    }

    pub fn len(&self) -> usize {
        self.characters.len()
    }

    /// A unit's character, and the numbers of its readings.
    pub fn unit_numbers(&self, unit: u16) -> (u32, impl Iterator<Item = usize> + use<'a>) {
        parts(self.units.row(usize::from(unit)))
    }

    /// A unit's character, and the ways in which it is read.
    pub fn unit(&self, unit: u16) -> (u32, impl Iterator<Item = &'a [u8]> + use<'a>) {
        let readings = self.readings;
        let (character, numbers) = self.unit_numbers(unit);
        (character, numbers.map(move |n| readings.row(n)))
    }

    pub fn reading(&self, number: usize) -> &'a [u8] {
        self.readings.row(number)
    }

    /// The numbers of a character's readings, if any key has it.
    pub fn read(&self, c: char) -> Option<impl Iterator<Item = usize> + use<'a>> {
        let (mut low, mut high) = (0, self.units.len());
        while low < high {
            let middle = (low + high) / 2;
            let (character, readings) = parts(self.units.row(middle));
            match character.cmp(&(c as u32)) {
                Ordering::Equal => return Some(readings),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The positions of a character.
    #[inline(always)]
    pub fn places(&self, character: u32) -> u64 {
        if self.plain {
            return 0;
        }
        self.characters.iter().enumerate().filter(|(_, c)| **c as u32 == character).fold(0, |set, (p, _)| set | 1 << p)
    }

    /// The positions at which a reading stands.
    pub fn stands(&self, reading: &[u8]) -> u64 {
        let mut here = u64::MAX;
        for (n, byte) in reading.iter().enumerate() {
            here &= letter(*byte).map_or(0, |letter| self.at[letter]) >> n;
            if here == 0 {
                break;
            }
        }
        here
    }

    /// What every key that has this text in it has; `None` when a character is in no key at all.
    pub fn marks(&self) -> Option<u64> {
        self.characters.iter().enumerate().try_fold(0, |set, (place, c)| {
            let own = match u8::try_from(*c) {
                // The text begins where a unit begins; which of its other letters begin one is not known.
                Ok(byte) if byte.is_ascii() => marks(&[byte]) & if place == 0 { u64::MAX } else { ALL_LETTERS },
                _ => self.read(*c)?.fold(0, |set, reading| set | marks(self.reading(reading))),
            };
            Some(set | own)
        })
    }

    fn steps(&self, unit: u16) -> Option<Steps> {
        let mut steps = Steps::default();
        let (character, readings) = self.unit_numbers(unit);
        steps.add(1, self.places(character));
        for number in readings {
            let reading = self.readings.row(number);
            let two = matches!(reading, [b'z' | b'c' | b's', b'h', ..]);
            // Positions at which the reading's first letters stand.
            let mut here = u64::MAX;
            for (n, byte) in reading.iter().enumerate() {
                here &= letter(*byte).map_or(0, |letter| self.at[letter]) >> n;
                if here == 0 {
                    break;
                }
                let length = n + 1;
                let initial = character != WORD && (length == 1 || length == 2 && two);
                if length == reading.len() || initial {
                    steps.add(length, here);
                }
                steps.begun |= here & self.len().checked_sub(length).map_or(0, |p| 1 << p);
            }
        }
        (steps.begun != 0 || !steps.on.is_empty()).then_some(steps)
    }
}

impl<'a> Typed<'a> {
    pub fn new(text: Text<'a>) -> Typed<'a> {
        let steps = Memo::new(text.units.len());
        Typed { text, steps }
    }

    /// How a key has the text in it, from the beginning of one of its units on.
    pub fn meet(&mut self, key: &[u8]) -> Option<Met> {
        let end = 1 << self.text.len();
        let (mut from_first, mut from_any, mut inside) = (1, 0, false);
        let mut rest = shorts(key);
        while let Some(unit) = rest.next() {
            if let Some(steps) = self.steps.get(unit, || self.text.steps(unit)) {
                if from_first != 0 {
                    let whole = steps.whole(from_first);
                    from_first = whole | steps.finish(from_first, end);
                    if from_first & end != 0 {
                        return Some(if whole & end != 0 && rest.next().is_none() { Met::Whole } else { Met::Beginning });
                    }
                }
                from_any = steps.whole(from_any | 1) | steps.finish(from_any | 1, end);
                inside |= from_any & end != 0;
            } else {
                (from_first, from_any) = (0, 0);
            }
            if inside && from_first == 0 {
                break;
            }
        }
        inside.then_some(Met::Inside)
    }
}

impl Steps {
    fn add(&mut self, length: usize, from: u64) {
        if from != 0 {
            self.on.push((length as u8, from));
        }
    }
    #[inline(always)]
    fn whole(&self, from: u64) -> u64 {
        let mut to = 0;
        for (length, at) in &self.on {
            to |= (from & at) << length;
        }
        to
    }
    #[inline(always)]
    fn finish(&self, from: u64, end: u64) -> u64 {
        if from & self.begun != 0 { end } else { 0 }
    }
}

/// A unit's character, and the numbers of its readings.
pub fn parts(unit: &[u8]) -> (u32, impl Iterator<Item = usize> + use<'_>) {
    let (head, readings) = unit.split_first_chunk().unwrap_or((&[0; 4], &[]));
    (u32::from_le_bytes(*head), shorts(readings).map(usize::from))
}

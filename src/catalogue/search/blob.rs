//! The bytes of a listing: sections behind a head of their ends. Most sections are tables, rows of any length behind the
//! list of their ends, so that any row is read without reading the others. Numbers are little-endian.

use super::Broken;
use std::array::from_fn;
use std::ops::Range;

/// The first bytes; another layout begins otherwise.
pub const MARK: [u8; 8] = *b"mblist 2";

/// The tables, in the order in which they lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// A card's JSON per item, in catalogue order.
    Cards,
    /// Codes of categories.
    Shelves,
    /// How a unit is typed: a pinyin syllable or a word, `[a-z0-9]+`.
    Readings,
    /// What keys are made of: its character (u32; [`WORD`] for a word), then its readings (u16 each). Sorted by character.
    Units,
    /// Names, everyday names and bodies: their units (u16 each).
    Keys,
    /// Per key, whose it is: `gap << 2 | field` as varints, where `gap` is the distance from the item before.
    Owners,
    /// Per reading, the keys that have it: distances from the key before as varints.
    Having,
}

pub const TABLES: usize = 7;
/// After the tables: per key what it has to be found by ([`marks`], u64), and per item its shelf (u16).
pub const MARKS: usize = 2 * TABLES;
pub const SHELF_OF: usize = MARKS + 1;
pub const SECTIONS: usize = SHELF_OF + 1;

/// The "character" of units that are words.
pub const WORD: u32 = u32::MAX;

pub const HEAD: usize = MARK.len() + 4 * SECTIONS;

/// The number of a letter or digit, below [`ALPHABET`].
#[inline(always)]
pub fn letter(byte: u8) -> Option<usize> {
    match byte {
        b'a'..=b'z' => Some(usize::from(byte - b'a')),
        b'0'..=b'9' => Some(26 + usize::from(byte - b'0')),
        _ => None,
    }
}
pub const ALPHABET: usize = 36;

/// The set of a reading's letters (lower half), and its first letter (upper half). A key's marks are those of all
/// readings in it, so that most keys which do not have a text in them are passed over at a glance.
pub fn marks(reading: &[u8]) -> u64 {
    let bit = |byte: &u8| letter(*byte).map_or(0, |n| 1 << if n < 26 { n } else { 26 + n % 6 });
    let first: u64 = reading.first().map_or(0, bit);
    reading.iter().fold(first << 32, |set, byte| set | bit(byte))
}

/// The letters of marks.
pub const ALL_LETTERS: u64 = u32::MAX as u64;

/// Checked bytes.
#[derive(Clone, PartialEq)]
pub struct Blob {
    bytes: Vec<u8>,
    ends: [usize; SECTIONS],
}

impl Blob {
    /// Checks that every section and row lies inside, and that every number in them means something.
    pub fn open(bytes: Vec<u8>) -> Result<Blob, Broken> {
        if !bytes.starts_with(&MARK) {
            return Err(Broken::Mark);
        }
        let ends = from_fn(|n| number(&bytes, MARK.len() + 4 * n) as usize);
        let inside = ends.iter().try_fold(HEAD, |from, end| (from <= *end && *end <= bytes.len()).then_some(*end));
        if inside != Some(bytes.len()) {
            return Err(Broken::Sections);
        }
        let blob = Blob { bytes, ends };
        blob.check().then_some(blob).ok_or(Broken::Rows)
    }

    fn check(&self) -> bool {
        use Table::{Cards, Having, Keys, Owners, Readings, Shelves, Units};
        let tables = [Cards, Shelves, Readings, Units, Keys, Owners, Having];
        let (units, readings, shelves) = (self.table(Units), self.table(Readings), self.table(Shelves));
        tables.into_iter().all(|table| self.table(table).sound())
            && self.table(Owners).len() == self.table(Keys).len()
            && self.table(Having).len() == readings.len()
            && self.section(MARKS).len() == 8 * self.table(Keys).len()
            && self.section(SHELF_OF).len() == 2 * self.table(Cards).len()
            && readings.bytes.iter().all(|b| letter(*b).is_some())
            && units.rows().all(|row| row.len() >= 4 && row.len() % 2 == 0 && below(&row[4..], readings.len()))
            && self.table(Keys).rows().all(|row| row.len() % 2 == 0)
            && below(self.table(Keys).bytes, units.len())
            && below(self.section(SHELF_OF), shelves.len())
    }

    #[inline(always)]
    pub fn section(&self, number: usize) -> &[u8] {
        let from = number.checked_sub(1).map_or(HEAD, |before| self.ends[before]);
        self.bytes.get(from..self.ends[number]).unwrap_or_default()
    }

    /// Per key, its [`marks`].
    #[inline(always)]
    pub fn marks(&self) -> Marks<'_> {
        Marks(self.section(MARKS).as_chunks().0)
    }

    #[inline(always)]
    pub fn table(&self, table: Table) -> Rows<'_> {
        let at = 2 * table as usize;
        Rows { ends: self.section(at), bytes: self.section(at + 1) }
    }
}

#[derive(Clone, Copy)]
pub struct Marks<'a>(&'a [[u8; 8]]);

impl Marks<'_> {
    #[inline(always)]
    pub fn of(self, key: usize) -> u64 {
        self.0.get(key).map_or(0, |eight| u64::from_le_bytes(*eight))
    }
}

/// Whether all of these u16 are below a bound.
fn below(numbers: &[u8], bound: usize) -> bool {
    shorts(numbers).all(|n| usize::from(n) < bound)
}

/// A table's rows.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    ends: &'a [u8],
    bytes: &'a [u8],
}

impl<'a> Rows<'a> {
    pub fn len(self) -> usize {
        self.ends.len() / 4
    }

    /// Empty where there is none.
    #[inline(always)]
    pub fn row(self, at: usize) -> &'a [u8] {
        let from = if at == 0 { 0 } else { number(self.ends, 4 * at - 4) };
        self.bytes.get(from as usize..number(self.ends, 4 * at) as usize).unwrap_or_default()
    }

    pub fn rows(self) -> impl Iterator<Item = &'a [u8]> {
        (0..self.len()).map(move |at| self.row(at))
    }

    /// How many bytes some rows have.
    pub fn size(self, rows: Range<usize>) -> usize {
        let end = |row: usize| row.checked_sub(1).map_or(0, |before| number(self.ends, 4 * before) as usize);
        end(rows.end).saturating_sub(end(rows.start))
    }

    fn sound(self) -> bool {
        let mut ends = self.ends.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four));
        let ordered = ends.try_fold(0, |from, end| (from <= end).then_some(end));
        self.ends.len() % 4 == 0 && ordered.is_some_and(|last| last as usize == self.bytes.len())
    }
}

/// The u32 at a place; 0 where there is none.
#[inline(always)]
fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |four| u32::from_le_bytes(*four))
}

#[inline(always)]
pub fn shorts(bytes: &[u8]) -> impl DoubleEndedIterator<Item = u16> + ExactSizeIterator + Clone {
    bytes.as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two))
}

/// Numbers of seven bits a byte, lowest first, the high bit set on all bytes but the last.
#[inline(always)]
pub fn varints(bytes: &[u8], mut each: impl FnMut(u32)) {
    let (mut value, mut shift) = (0, 0);
    for byte in bytes {
        value |= u32::from(byte & 0x7f).wrapping_shl(shift);
        shift += 7;
        if byte & 0x80 == 0 {
            each(value);
            (value, shift) = (0, 0);
        }
    }
}

/// The sums of such numbers: places given by their distances.
#[inline(always)]
pub fn places(bytes: &[u8], mut each: impl FnMut(usize)) {
    let mut place = 0usize;
    varints(bytes, |gap| {
        place = place.saturating_add(gap as usize);
        each(place);
    });
}

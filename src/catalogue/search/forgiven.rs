//! What somebody meant. A mistyped text is compared with the keys that have most of it: letter by letter with the readings
//! of a key, its initials and its words, or character by character. A mistake costs [`MISTAKE`]; what Chinese speakers
//! often confuse in pinyin (zh/z, ch/c, sh/s, n/l, ng/n), and a character that sounds the same, half of it.

use super::blob::{ALL_LETTERS, ALPHABET, Blob, MARKS, Rows, Table, WORD, letter, longs, marks, shorts};
use super::typed::{Text, parts};

const MISTAKE: u8 = 2;
const FAR: u8 = u8::MAX;
/// How many keys are compared in full.
const CANDIDATES: usize = 96;

/// No score is higher: four times the positions explained, twice.
const BEST: usize = 60 + 4 * 2 * 64;

/// A text that may have mistakes.
pub struct Forgiving<'a> {
    blob: &'a Blob,
    keys: Rows<'a>,
    text: Text<'a>,
    /// Per unit, the positions of the text that it explains: by pairs of letters, or as a character that sounds the same.
    like: Vec<u64>,
    /// The positions that it explains as a whole.
    same: Vec<u64>,
    /// Per unit, what the text costs as this word mistyped; [`FAR`] for what is not near.
    meant: Vec<u8>,
    /// The number of its first letter; [`ALPHABET`] for words.
    initial: Vec<u8>,
    pairs: Pairs,
    /// Positions whose letter is cheap to have typed too many.
    cheap: u64,
    /// Characters are compared as characters; otherwise everything as letters.
    characters: bool,
    /// It may be a row of initials.
    initials: bool,
    most: u8,
}

/// Per pair of letters, the positions of both where they stand side by side. The last letter is none at all.
struct Pairs(Vec<u64>);

impl Pairs {
    fn of(text: &[u8]) -> Pairs {
        let mut pairs = Pairs(vec![0; (ALPHABET + 1) * (ALPHABET + 1)]);
        for (place, two) in text.windows(2).enumerate() {
            if let (Some(a), Some(b)) = (letter(two[0]), letter(two[1])) {
                pairs.0[a * (ALPHABET + 1) + b] |= 3 << place;
            }
        }
        pairs
    }

    #[inline(always)]
    fn of_letters(&self, a: usize, b: usize) -> u64 {
        self.0.get(a * (ALPHABET + 1) + b).copied().unwrap_or(0)
    }

    fn explained(&self, reading: &[u8]) -> u64 {
        let (mut explained, mut before) = (0, ALPHABET);
        for byte in reading {
            let now = letter(*byte).unwrap_or(ALPHABET);
            explained |= self.of_letters(before, now);
            before = now;
        }
        explained
    }
}

impl<'a> Forgiving<'a> {
    /// Nothing when the text is too short to be mistyped.
    pub fn new(typed: &[char], blob: &'a Blob) -> Option<Forgiving<'a>> {
        let mut text = Text::new(typed, blob);
        let plain = text.characters.iter().filter(|c| c.is_ascii()).count();
        let characters = plain == 0;
        if !characters && plain < text.len() {
            let spelt: Option<String> = text.characters.iter().map(|c| spell(&text, *c)).collect();
            text = Text::new(&spelt?.chars().collect::<Vec<char>>(), blob);
        }
        let most = match (characters, text.len()) {
            (true, 4..) => MISTAKE,
            (true, 2..) => MISTAKE / 2,
            (false, 8..) => 2 * MISTAKE,
            // And one sound that their speech does not tell apart.
            (false, 4..) => MISTAKE + MISTAKE / 2,
            (false, 3) => MISTAKE / 2,
            _ => return None,
        };
        let bytes: Vec<u8> = text.characters.iter().map(|c| u8::try_from(*c).unwrap_or(0)).collect();
        let cheap = bytes.windows(2).enumerate().filter(|(_, two)| omission(two[0], two[1]) < MISTAKE).fold(0, |set, (p, _)| set | 2 << p);
        // Few initials with one of them wrong would be nearly anything; and no syllable begins with i, u or v.
        let initials = bytes.len() >= 5 && bytes.iter().filter(|b| matches!(b, b'i' | b'u' | b'v')).count() < 2;
        let mut forgiving = Forgiving {
            blob,
            keys: blob.table(Table::Keys),
            text,
            like: vec![],
            same: vec![],
            meant: vec![],
            initial: vec![],
            pairs: Pairs::of(&bytes),
            cheap,
            characters,
            initials,
            most,
        };
        forgiving.learn();
        Some(forgiving)
    }

    /// What units explain, by what their readings do.
    fn learn(&mut self) {
        let readings = self.blob.table(Table::Readings);
        let mut explained = vec![(0, 0); readings.len()];
        if self.characters {
            for (place, c) in self.text.characters.iter().enumerate() {
                for reading in self.text.read(*c).into_iter().flatten() {
                    explained[reading].0 |= 1 << place;
                }
            }
        } else {
            for (at, reading) in readings.rows().enumerate() {
                let here = self.text.stands(reading);
                let same = if here == 0 { 0 } else { (0..reading.len()).fold(0, |all, n| all | here << n) };
                explained[at] = (self.pairs.explained(reading), same);
            }
        }
        // A mistake hides three letters of a word at most; what it has less of the text must be mistakes too.
        let length = self.text.len() as u32;
        let least_of_word = self.least().max(length.saturating_sub(3 * self.mistakes()));
        for unit in self.blob.table(Table::Units).rows() {
            let (character, own) = parts(unit);
            let (mut like, mut same) = (0, if self.characters { self.text.places(character) } else { 0 });
            let first = own.clone().next().and_then(|reading| letter(*readings.row(reading).first()?)).filter(|_| character != WORD);
            own.for_each(|reading| {
                like |= explained[reading].0;
                same |= explained[reading].1;
            });
            self.like.push(like | same);
            self.same.push(same);
            self.initial.push(first.unwrap_or(ALPHABET) as u8);
            let near = character == WORD && !self.characters && like.count_ones() >= least_of_word;
            let number = (self.meant.len() as u16).to_le_bytes();
            self.meant.push(if near { self.spelt(&number, false).unwrap_or(FAR) } else { FAR });
        }
    }

    /// How many mistakes are forgiven.
    fn mistakes(&self) -> u32 {
        u32::from(self.most / MISTAKE)
    }

    /// So many positions a key explains that may be meant.
    fn least(&self) -> u32 {
        let length = self.text.len() as u32;
        if self.characters { length - self.mistakes() } else { (2 * length).div_ceil(5).max(length.saturating_sub(4 * self.mistakes())) }
    }

    /// The keys that come near enough, with their costs.
    pub fn near(&self) -> Vec<(usize, u8)> {
        let least = self.least();
        let wanted = if self.characters { 0 } else { self.text.marks().unwrap_or(0) & ALL_LETTERS & !marks(b"hgnl") };
        // Each mistake can hide a letter, but not all of them.
        let wrong = self.mistakes().min(wanted.count_ones().saturating_sub(1));
        let (mut near, mut read, mut short) = (vec![], vec![], vec![]);
        for (at, marks) in longs(self.blob.section(MARKS)).enumerate() {
            if (wanted & !marks).count_ones() > wrong {
                continue;
            }
            let key = self.keys.row(at);
            let explained = together(key, &self.like).count_ones();
            if explained >= least {
                let word = shorts(key).filter_map(|unit| self.meant.get(usize::from(unit))).min();
                match word.filter(|cost| **cost < FAR) {
                    Some(cost) => near.push((at, *cost)),
                    None => read.push((score(key, explained + together(key, &self.same).count_ones()), at)),
                }
            }
            if self.initials && (wanted & !(marks >> 32)).count_ones() <= wrong {
                let explained = self.explained_by_initials(key);
                if explained >= least {
                    short.push((score(key, 2 * explained), at));
                }
            }
        }
        near.extend(best(read).filter_map(|at| Some((at, self.cost(self.keys.row(at))?))));
        near.extend(best(short).filter_map(|at| Some((at, self.spelt(self.keys.row(at), true).filter(|cost| *cost <= MISTAKE)?))));
        near
    }

    /// How much of the text two neighbours' initials have.
    fn explained_by_initials(&self, key: &[u8]) -> u32 {
        let (mut explained, mut before) = (0, ALPHABET);
        for unit in shorts(key) {
            let initial = self.initial.get(usize::from(unit)).map_or(ALPHABET, |n| usize::from(*n));
            explained |= self.pairs.of_letters(before, initial);
            before = initial;
        }
        u64::count_ones(explained)
    }

    /// What the text costs as a mistyped part of a key.
    fn cost(&self, key: &[u8]) -> Option<u8> {
        if !self.characters {
            return self.spelt(key, false);
        }
        let mut walk = Walk::new(self);
        let mut in_order = 0;
        for unit in shorts(key).map(usize::from) {
            let (same, like) = (self.same[unit], self.like[unit]);
            in_order += same >> in_order & 1;
            walk.start();
            walk.pass(same, like, MISTAKE);
        }
        // All its characters are there, others among them.
        if in_order as usize == self.text.len() { Some(MISTAKE / 2) } else { walk.cost() }
    }

    /// The same by letters: those of a key's readings, or of its initials.
    fn spelt(&self, key: &[u8], short: bool) -> Option<u8> {
        let mut walk = Walk::new(self);
        for unit in shorts(key) {
            let (character, mut readings) = self.text.unit(unit);
            // The usual reading, unless another one stands in the text.
            let usual = readings.next().unwrap_or_default();
            let reading = if self.text.stands(usual) != 0 { usual } else { readings.find(|r| self.text.stands(r) != 0).unwrap_or(usual) };
            let reading = if short && character != WORD { reading.get(..1).unwrap_or_default() } else { reading };
            walk.start();
            let mut before = 0;
            for byte in reading {
                let places = |byte: u8| letter(byte).map_or(0, |n| self.text.at[n]);
                let like = match byte {
                    b'n' => places(b'l'),
                    b'l' => places(b'n'),
                    _ => 0,
                };
                walk.pass(places(*byte), like, omission(before, *byte));
                before = *byte;
            }
        }
        walk.cost()
    }
}

/// Highest cost that may count.
const MOST: usize = 2 * MISTAKE as usize;

/// A walk along the letters of a key. Per cost, the positions of the text up to which it has been met at that cost; so a
/// letter costs a few shifts, however long the text is.
struct Walk {
    /// After two empty ones, for costs below 0.
    at: [u64; MOST + 3],
    before: [u64; MOST + 3],
    /// The last letter's positions.
    last: u64,
    /// Positions whose letter is cheap to have typed too many.
    cheap: u64,
    end: u64,
    most: u8,
}

impl Walk {
    fn new(text: &Forgiving) -> Walk {
        let end = 1 << text.text.len();
        Walk { at: [0; MOST + 3], before: [0; MOST + 3], last: 0, cheap: text.cheap, end, most: text.most }
    }

    /// The text may begin here.
    #[inline(always)]
    fn start(&mut self) {
        self.at[2] |= 1;
        self.skip();
    }

    /// Letters of the text that are too many.
    #[inline(always)]
    fn skip(&mut self) {
        for cost in 2..MOST + 3 {
            self.at[cost] |= (self.at[cost - 1] & self.cheap) << 1 | self.at[cost - 2] << 1;
        }
    }

    /// A letter of the key: it stands in the text, or one that is often confused with it, or another, or it was left out,
    /// or it was swapped with the one before.
    #[inline(always)]
    fn pass(&mut self, same: u64, like: u64, missing: u8) {
        let swapped = same & self.last >> 1;
        let mut next = [0; MOST + 3];
        for cost in 2..MOST + 3 {
            let kept = (self.at[cost] & same) << 1 | (self.at[cost - 1] & like) << 1 | self.at[cost - 2] << 1;
            let left_out = if missing == MISTAKE { self.at[cost - 2] } else { self.at[cost - 1] };
            // Who has met the whole text has met it.
            next[cost] = kept | left_out | (self.before[cost - 2] & swapped) << 2 | self.at[cost] & self.end;
        }
        self.before = self.at;
        self.at = next;
        self.skip();
        self.last = same;
    }

    /// The least cost at which all of the text has been met, if it counts.
    fn cost(&self) -> Option<u8> {
        let cost = self.at.iter().skip(2).position(|at| at & self.end != 0)? as u8;
        (cost <= self.most).then_some(cost)
    }
}

/// A character in letters.
fn spell(text: &Text, c: char) -> Option<String> {
    if c.is_ascii() {
        return Some(c.to_string());
    }
    text.read(c)?.next().map(|reading| String::from_utf8_lossy(text.reading(reading)).into_owned())
}

/// What it costs to leave a letter out, or to type it too many, after another.
fn omission(before: u8, byte: u8) -> u8 {
    match (before, byte) {
        (b'z' | b'c' | b's', b'h') | (b'n', b'g') => MISTAKE / 2,
        _ => MISTAKE,
    }
}

/// A key's score, up to [`BEST`], for how much of the text it explains; of equal ones the shorter key's is higher.
fn score(key: &[u8], explained: u32) -> u16 {
    let units = (key.len() / 2).min(60);
    60 + 4 * explained as u16 - units as u16
}

/// The keys with the best scores; of the last of these scores, the first keys.
fn best(mut scored: Vec<(u16, usize)>) -> impl Iterator<Item = usize> {
    let mut counts = [0; BEST + 1];
    scored.iter().for_each(|(score, _)| counts[usize::from(*score)] += 1);
    let (mut least, mut left) = (BEST, CANDIDATES);
    while least > 0 && counts[least] <= left {
        left -= counts[least];
        least -= 1;
    }
    scored.retain(|(score, _)| {
        let score = usize::from(*score);
        let tied = score == least && left > 0;
        left -= usize::from(tied);
        score > least || tied
    });
    scored.into_iter().map(|(_, at)| at)
}

/// What all units of a key explain.
#[inline(always)]
fn together(key: &[u8], explained: &[u64]) -> u64 {
    let mut all = 0;
    for unit in shorts(key) {
        all |= explained.get(usize::from(unit)).copied().unwrap_or(0);
    }
    all
}

//! What somebody meant. A mistyped text is compared with the keys that have most of it: letter by letter with the readings
//! of a key, its initials and its words, or character by character. A mistake costs [`MISTAKE`]; what Chinese speakers
//! often confuse in pinyin (zh/z, ch/c, sh/s, n/l, ng/n), and a character that sounds the same, half of it.

use super::blob::{ALL_LETTERS, ALPHABET, Blob, Rows, Table, WORD, letter, marks, places, shorts};
use super::typed::{Text, parts};

const MISTAKE: u8 = 2;
/// How many keys are compared in full.
const CANDIDATES: usize = 96;

/// No score is higher: four times the positions explained, twice.
const BEST: usize = 60 + 4 * 2 * 64;

/// A text that may have mistakes.
pub struct Forgiving<'a> {
    blob: &'a Blob,
    keys: Rows<'a>,
    text: Text<'a>,
    /// Per reading, what it has of the text.
    explained: Vec<Explained>,
    /// Per character, the number of its first letter; [`ALPHABET`] for none. Words come after them.
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

/// Positions of the text.
#[derive(Clone, Copy, Default)]
struct Explained {
    /// By pairs of letters, or as a character that sounds the same.
    like: u64,
    /// As a whole.
    same: u64,
}

impl Explained {
    /// A few letters tell something only when they are all of a reading.
    fn telling(self, least: u32) -> bool {
        self.same != 0 || self.like.count_ones() >= least
    }
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
        let vowels = bytes.iter().filter(|b| matches!(b, b'i' | b'u' | b'v')).count();
        let initials = !characters && bytes.len() >= 5 && vowels < usize::from(most / MISTAKE);
        let mut forgiving = Forgiving {
            blob,
            keys: blob.table(Table::Keys),
            text,
            explained: vec![],
            initial: vec![],
            pairs: Pairs::of(&bytes),
            cheap,
            characters,
            initials,
            most,
        };
        forgiving.explained = forgiving.explain();
        if initials {
            forgiving.initial = forgiving.initials();
        }
        Some(forgiving)
    }

    /// What each reading explains.
    fn explain(&self) -> Vec<Explained> {
        let readings = self.blob.table(Table::Readings);
        let mut explained = vec![Explained::default(); readings.len()];
        if !self.characters {
            for (at, own) in explained.iter_mut().enumerate() {
                *own = self.explained_by(readings.row(at));
            }
            return explained;
        }
        for (place, c) in self.text.characters.iter().enumerate() {
            for reading in self.text.read(*c).into_iter().flatten() {
                explained[reading].like |= 1 << place;
            }
        }
        explained
    }

    /// The characters' initials.
    fn initials(&self) -> Vec<u8> {
        let readings = self.blob.table(Table::Readings);
        let characters = self.blob.table(Table::Units).rows().map(parts).take_while(|(character, _)| *character != WORD);
        let first = |number: usize| letter(*readings.row(number).first()?);
        characters.map(|(_, mut own)| own.next().and_then(first).unwrap_or(ALPHABET) as u8).collect()
    }

    fn explained_by(&self, reading: &[u8]) -> Explained {
        let like = self.pairs.explained(reading);
        // What has no pair of the text's letters does not stand in it, or is a single letter.
        let here = if like == 0 { 0 } else { self.text.stands(reading) };
        let same = if here == 0 { 0 } else { (0..reading.len()).fold(0, |all, n| all | here << n) };
        Explained { like: like | same, same }
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
        if self.characters {
            return self.near_by(1, false);
        }
        let near = self.near_by(2 + self.mistakes().max(1), self.initials);
        // In a short text, a mistake leaves no more than two letters of each syllable.
        if near.is_empty() && self.mistakes() < 2 { self.near_by(2, false) } else { near }
    }

    /// By readings that explain so many positions or stand in the text, and perhaps by initials.
    fn near_by(&self, telling: u32, initials: bool) -> Vec<(usize, u8)> {
        let least = self.least();
        let (explained, mut near) = self.by_readings(telling);
        let wanted = if self.characters { 0 } else { self.text.marks().unwrap_or(0) & ALL_LETTERS & !marks(b"hgnl") };
        // Each mistake can hide a letter, but not all of them.
        let wrong = self.mistakes().min(wanted.count_ones().saturating_sub(1));
        let (mut read, mut short) = (Best::default(), Best::default());
        let all_marks = self.blob.marks();
        for (at, own) in explained.iter().enumerate() {
            if own.like == 0 && !initials {
                continue;
            }
            let marks = all_marks.of(at);
            let may_be_short = initials && (wanted & !(marks >> 32)).count_ones() <= wrong;
            let count = own.like.count_ones();
            if !may_be_short && count < least || (wanted & !marks).count_ones() > wrong {
                continue;
            }
            let key = self.keys.row(at);
            if count >= least {
                read.add(score(key, count + self.same(key, *own).count_ones()), at);
            }
            if may_be_short {
                let explained = self.explained_by_initials(key);
                if explained >= least {
                    short.add(score(key, 2 * explained), at);
                }
            }
        }
        near.extend(read.keys().filter_map(|at| Some((at, self.cost(self.keys.row(at), telling)?))));
        near.extend(short.keys().filter_map(|at| Some((at, self.spelt_short(self.keys.row(at)).filter(|cost| *cost <= MISTAKE)?))));
        near
    }

    /// What each key explains by the readings that tell something; and the keys of readings that the text is, mistyped,
    /// with what that costs, which then need no further look.
    fn by_readings(&self, telling: u32) -> (Vec<Explained>, Vec<(usize, u8)>) {
        let (having, readings) = (self.blob.table(Table::Having), self.blob.table(Table::Readings));
        // A mistake hides three letters of a word at most; what it has less of the text must be mistakes too.
        let least_of_word = self.least().max((self.text.len() as u32).saturating_sub(3 * self.mistakes()));
        let mut explained = vec![Explained::default(); self.keys.len()];
        let (mut near, mut meant) = (vec![], vec![]);
        for (number, own) in self.explained.iter().enumerate() {
            if !self.characters
                && own.like.count_ones() >= least_of_word
                && self.begins(readings.row(number))
                && let Some(cost) = self.spelt(std::iter::once(readings.row(number)))
            {
                meant.push((number, cost));
                continue;
            }
            if !own.telling(telling) {
                continue;
            }
            places(having.row(number), |key| {
                if let Some(all) = explained.get_mut(key) {
                    all.like |= own.like;
                    all.same |= own.same;
                }
            });
        }
        for (number, cost) in meant {
            places(having.row(number), |key| {
                if let Some(all) = explained.get_mut(key) {
                    *all = Explained::default();
                    near.push((key, cost));
                }
            });
        }
        (explained, near)
    }

    /// Whether the text may begin like a reading: with its first two letters, but for mistakes.
    fn begins(&self, reading: &[u8]) -> bool {
        let near = |byte: &u8| letter(*byte).map_or(0, |n| self.text.at[n]) & ((4 << self.mistakes()) - 1);
        reading.iter().take(2).any(|byte| near(byte) != 0)
    }

    /// What a key has of the text as it is.
    fn same(&self, key: &[u8], explained: Explained) -> u64 {
        if self.characters { shorts(key).fold(0, |same, unit| same | self.text.places(self.text.unit(unit).0)) } else { explained.same }
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
    fn cost(&self, key: &[u8], telling: u32) -> Option<u8> {
        let key = self.telling_part(key, telling);
        if !self.characters {
            return self.spelt(shorts(key).map(|unit| self.usual(unit).1));
        }
        let mut walk = Walk::new(self);
        let mut in_order = 0;
        for unit in shorts(key) {
            let (character, readings) = self.text.unit_numbers(unit);
            let same = self.text.places(character);
            let like = readings.fold(same, |like, reading| like | self.explained[reading].like);
            in_order += same >> in_order & 1;
            walk.start();
            walk.pass(same, like, MISTAKE);
        }
        // All its characters are there, others among them.
        if in_order as usize == self.text.len() { Some(MISTAKE / 2) } else { walk.cost() }
    }

    /// A key without its ends that have nothing of the text, but for what may be mistyped there.
    fn telling_part<'k>(&self, key: &'k [u8], telling: u32) -> &'k [u8] {
        const AROUND: usize = 2;
        let tells = |unit: u16| self.text.unit_numbers(unit).1.any(|reading| self.explained[reading].telling(telling));
        let first = shorts(key).position(tells).unwrap_or(0).saturating_sub(AROUND);
        let last = shorts(key).rposition(tells).map_or(0, |last| last + 1 + AROUND);
        key.get(2 * first..key.len().min(2 * last)).unwrap_or_default()
    }

    /// A unit's character, and its usual reading, unless another one stands in the text.
    fn usual(&self, unit: u16) -> (u32, &'a [u8]) {
        let (character, mut readings) = self.text.unit(unit);
        let usual = readings.next().unwrap_or_default();
        let stands = |reading: &&[u8]| self.text.stands(reading) != 0;
        (character, if stands(&usual) { usual } else { readings.find(stands).unwrap_or(usual) })
    }

    /// What the text costs as a key's initials and words.
    fn spelt_short(&self, key: &[u8]) -> Option<u8> {
        self.spelt(shorts(key).map(|unit| match self.usual(unit) {
            (WORD, word) => word,
            (_, reading) => reading.get(..1).unwrap_or_default(),
        }))
    }

    /// What the text costs as a mistyped part of these.
    fn spelt<'r>(&self, readings: impl Iterator<Item = &'r [u8]>) -> Option<u8> {
        let places = |byte: u8| letter(byte).map_or(0, |n| self.text.at[n]);
        let mut walk = Walk::new(self);
        for reading in readings {
            walk.start();
            let mut before = 0;
            for byte in reading {
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
    /// Where the costs end that count.
    costs: usize,
}

impl Walk {
    fn new(text: &Forgiving) -> Walk {
        let end = 1 << text.text.len();
        let costs = (usize::from(text.most) + 3).min(MOST + 3);
        Walk { at: [0; MOST + 3], before: [0; MOST + 3], last: 0, cheap: text.cheap, end, costs }
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
        for cost in 2..self.costs {
            self.at[cost] |= (self.at[cost - 1] & self.cheap) << 1 | self.at[cost - 2] << 1;
        }
    }

    /// A letter of the key: it stands in the text, or one that is often confused with it, or another, or it was left out,
    /// or it was swapped with the one before.
    #[inline(always)]
    fn pass(&mut self, same: u64, like: u64, missing: u8) {
        let swapped = same & self.last >> 1;
        // Downwards, because a cost needs the lower ones as they were.
        for cost in (2..self.costs).rev() {
            let met = self.at[cost];
            let kept = (met & same) << 1 | (self.at[cost - 1] & like) << 1 | self.at[cost - 2] << 1;
            let left_out = if missing == MISTAKE { self.at[cost - 2] } else { self.at[cost - 1] };
            // Who has met the whole text has met it.
            self.at[cost] = kept | left_out | (self.before[cost - 2] & swapped) << 2 | met & self.end;
            self.before[cost] = met;
        }
        self.skip();
        self.last = same;
    }

    /// The least cost at which all of the text has been met, if it counts.
    fn cost(&self) -> Option<u8> {
        self.at.iter().skip(2).position(|at| at & self.end != 0).map(|cost| cost as u8)
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
struct Best {
    /// Per score, how many have it.
    counts: [usize; BEST + 1],
    /// No lower score is among the best, and so many have a higher one.
    least: usize,
    above: usize,
    scored: Vec<(u16, usize)>,
}

impl Default for Best {
    fn default() -> Best {
        Best { counts: [0; BEST + 1], least: 0, above: 0, scored: vec![] }
    }
}

impl Best {
    fn add(&mut self, score: u16, at: usize) {
        let place = usize::from(score);
        if place < self.least || place == self.least && self.above + self.counts[place] >= CANDIDATES {
            return;
        }
        self.scored.push((score, at));
        self.counts[place] += 1;
        self.above += usize::from(place > self.least);
        while self.above >= CANDIDATES {
            self.least += 1;
            self.above -= self.counts[self.least];
        }
    }

    fn keys(self) -> impl Iterator<Item = usize> {
        let mut left = CANDIDATES - self.above;
        let among = move |(score, at)| {
            let tied = usize::from(score) == self.least && left > 0;
            left -= usize::from(tied);
            (usize::from(score) > self.least || tied).then_some(at)
        };
        self.scored.into_iter().filter_map(among)
    }
}

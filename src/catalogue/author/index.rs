//! Builds the listing that devices search (see [`search`](crate::catalogue::search)): the items' cards, and their names
//! cut into units with every way in which a character is read, from a pinyin dictionary that stays here.

use crate::catalogue::Item;
use crate::catalogue::search::blob::{self, MARK, SECTIONS, Table, WORD};
use crate::catalogue::search::typed;
use pinyin::ToPinyinMulti;
use std::collections::{BTreeMap, BTreeSet};

/// What a key is to an item; lower counts more.
const NAME: u32 = 0;
const ALIAS: u32 = 1;
const BODY: u32 = 2;

/// A character or a word. Sorted as the listing has them: characters first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Character(char),
    Word(String),
}

/// The listing of items, in their order.
pub fn build(items: &[Item]) -> Vec<u8> {
    // Key → what it is to whom, each item once. Equal keys are kept once.
    let mut keys: BTreeMap<Vec<Unit>, BTreeMap<usize, u32>> = BTreeMap::new();
    for (place, item) in items.iter().enumerate() {
        let aliases = item.aliases.zh.iter().chain(&item.aliases.en).map(|alias| (alias, ALIAS));
        let names = [&item.name.zh, &item.name.en].map(|name| (name, NAME));
        let bodies = [&item.body.zh, &item.body.en].map(|body| (body, BODY));
        for (text, field) in names.into_iter().chain(aliases).chain(bodies) {
            let units = units(text);
            if !units.is_empty() {
                let own = keys.entry(units).or_default().entry(place).or_insert(field);
                *own = field.min(*own);
            }
        }
    }
    let units: BTreeSet<&Unit> = keys.keys().flatten().collect();
    let readings: BTreeSet<String> = units.iter().flat_map(|unit| unit.readings()).collect();
    let unit_numbers = numbered(units.iter().copied());
    let reading_numbers = numbered(readings.iter().cloned());
    let categories: BTreeSet<&str> = items.iter().map(|item| item.category.as_str()).collect();
    let category_numbers = numbered(categories.iter().copied());

    let mut blob = Writer::default();
    for item in items {
        // A card always serialises: it has text keys only and no floats.
        blob.row(Table::Cards, &serde_json::to_vec(&item.card()).unwrap_or_default());
        blob.put(blob::SHELF_OF, &category_numbers.get(item.category.as_str()).copied().unwrap_or_default().to_le_bytes());
    }
    categories.iter().for_each(|code| blob.row(Table::Shelves, code.as_bytes()));
    readings.iter().for_each(|reading| blob.row(Table::Readings, reading.as_bytes()));
    for unit in &unit_numbers.keys().copied().collect::<BTreeSet<_>>() {
        let numbers = unit.readings().into_iter().map(|reading| reading_numbers[&reading].to_le_bytes());
        blob.row(Table::Units, &[unit.character().to_le_bytes().to_vec(), numbers.flatten().collect()].concat());
    }
    // Per reading, the last key that has it, and its row so far.
    let mut having: Vec<(usize, Vec<u8>)> = vec![(0, vec![]); readings.len()];
    for (at, (key, owners)) in keys.iter().enumerate() {
        let own: BTreeSet<String> = key.iter().flat_map(Unit::readings).collect();
        for number in own.iter().filter_map(|reading| reading_numbers.get(reading)) {
            let (before, row) = &mut having[usize::from(*number)];
            varint((at - *before) as u32, row);
            *before = at;
        }
        let known: Vec<u16> = key.iter().filter_map(|unit| unit_numbers.get(unit).copied()).collect();
        blob.row(Table::Keys, &known.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>());
        let marks = own.iter().fold(0, |set, reading| set | blob::marks(reading.as_bytes()));
        blob.put(blob::MARKS, &marks.to_le_bytes());
        let mut before = 0;
        let mut row = Vec::new();
        for (place, field) in owners {
            varint((((place - before) as u32) << 2) | field, &mut row);
            before = *place;
        }
        blob.row(Table::Owners, &row);
    }
    having.iter().for_each(|(_, row)| blob.row(Table::Having, row));
    blob.finish()
}

/// Things and their numbers, in order. Numbers are u16: what comes after the 65,535th, many times what a hall's catalogue
/// has, is not searched for.
fn numbered<T: Ord>(things: impl Iterator<Item = T>) -> BTreeMap<T, u16> {
    things.zip(0..u16::MAX).collect()
}

/// A text cut into units.
fn units(text: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    for word in typed::words(text) {
        for run in word.chunk_by(|a, b| !typed::alone(*a) && !typed::alone(*b)) {
            units.push(match run {
                [c] if typed::alone(*c) => Unit::Character(*c),
                run => Unit::Word(run.iter().collect()),
            });
        }
    }
    units
}

impl Unit {
    fn character(&self) -> u32 {
        match self {
            Unit::Character(c) => *c as u32,
            Unit::Word(_) => WORD,
        }
    }

    /// How it is typed, the usual reading first. `ü` is typed `v`, and by many `u`.
    fn readings(&self) -> Vec<String> {
        let mut readings = match self {
            Unit::Word(word) => vec![word.clone()],
            Unit::Character(c) => c.to_pinyin_multi().into_iter().flatten().map(|p| p.plain().to_owned()).collect(),
        };
        let umlauts: Vec<String> = readings.iter().filter(|r| r.contains('ü')).map(|r| r.replace('ü', "u")).collect();
        readings.iter_mut().for_each(|reading| *reading = reading.replace('ü', "v"));
        readings.extend(umlauts);
        let mut seen = BTreeSet::new();
        readings.retain(|reading| reading.bytes().all(|b| blob::letter(b).is_some()) && seen.insert(reading.clone()));
        readings
    }
}

/// The sections, as they grow.
#[derive(Default)]
struct Writer {
    sections: [Vec<u8>; SECTIONS],
}

impl Writer {
    fn put(&mut self, section: usize, bytes: &[u8]) {
        self.sections[section].extend_from_slice(bytes);
    }

    fn row(&mut self, table: Table, bytes: &[u8]) {
        let at = 2 * table as usize;
        self.put(at + 1, bytes);
        let end = self.sections[at + 1].len() as u32;
        self.put(at, &end.to_le_bytes());
    }

    fn finish(self) -> Vec<u8> {
        let mut end = blob::HEAD as u32;
        let ends = self.sections.iter().flat_map(|section| {
            end += section.len() as u32;
            end.to_le_bytes()
        });
        MARK.into_iter().chain(ends.collect::<Vec<u8>>()).chain(self.sections.concat()).collect()
    }
}

fn varint(mut value: u32, to: &mut Vec<u8>) {
    while value > 0x7f {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

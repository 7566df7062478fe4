//! Which keys can have a text in them at all. Every position of the text belongs to a reading, an initial or a character
//! that the key has, so that the lists of keys are laid over each other for the positions with the rarest ones.

use super::blob::{Blob, Rows, Table, places};
use super::typed::Text;
use std::ops::Range;

/// To look at a key costs as much as so many numbers of a list.
const LOOK: usize = 8;

/// A way to type some positions, and the readings that allow it.
struct Step {
    from: usize,
    to: usize,
    readings: Range<usize>,
}

/// The keys to be looked at, of those that have the wanted marks; nothing when all have to be.
pub fn sift(text: &Text, wanted: u64, blob: &Blob) -> Option<Vec<usize>> {
    let (having, keys, marks) = (blob.table(Table::Having), blob.table(Table::Keys).len(), blob.marks());
    let steps = useful(steps(text, blob.table(Table::Readings))?, text.len());
    let covering = |place: usize| steps.iter().filter(move |step| step.from <= place && place < step.to);
    let cost = |place: usize| covering(place).map(|step| having.size(step.readings.clone())).sum::<usize>();
    let mut rarest: Vec<(usize, usize)> = (0..text.len()).map(|place| (cost(place), place)).collect();
    rarest.sort_unstable();
    // The positions of one reading have the same keys.
    rarest.dedup_by_key(|(cost, _)| *cost);

    // Per key, how many of these positions it has.
    let mut had = vec![0u8; keys];
    let mut left: Option<Vec<usize>> = None;
    for (round, (cost, place)) in (0..).zip(rarest) {
        if cost > left.as_ref().map_or(keys / 2, |left| LOOK * left.len()) {
            break;
        }
        let mut these = Vec::with_capacity(cost.min(keys));
        for step in covering(place) {
            for reading in step.readings.clone() {
                places(having.row(reading), |key| {
                    if let Some(had) = had.get_mut(key).filter(|had| **had == round) {
                        *had += 1;
                        if wanted & !marks.of(key) == 0 {
                            these.push(key);
                        }
                    }
                });
            }
        }
        left = Some(these);
    }
    left
}

/// Nothing when the text has a character that has no reading.
fn steps(text: &Text, readings: Rows) -> Option<Vec<Step>> {
    let mut steps = vec![];
    for (from, c) in text.characters.iter().enumerate() {
        if !c.is_ascii() {
            let reading = text.read(*c)?.next()?;
            steps.push(Step { from, to: from + 1, readings: reading..reading + 1 });
            continue;
        }
        let mut begun = 0..readings.len();
        for (to, c) in (from + 1..).zip(text.characters[from..].iter().take_while(|c| c.is_ascii())) {
            begun = narrowed(begun, readings, to - from - 1, *c as u8);
            let Some(first) = begun.clone().next() else { break };
            let initial = match (to - from, text.characters[from], c) {
                // No syllable begins with these.
                (1, 'i' | 'u' | 'v', _) => false,
                (1, ..) | (2, 'z' | 'c' | 's', 'h') => true,
                _ => false,
            };
            if initial || to == text.len() {
                steps.push(Step { from, to, readings: begun.clone() });
            } else if readings.row(first).len() == to - from {
                steps.push(Step { from, to, readings: first..first + 1 });
            }
        }
    }
    Some(steps)
}

/// Of readings that begin alike, those that have a letter at a place.
fn narrowed(alike: Range<usize>, readings: Rows, place: usize, letter: u8) -> Range<usize> {
    let first = |not_yet: &dyn Fn(Option<&u8>) -> bool| {
        let (mut low, mut high) = (alike.start, alike.end);
        while low < high {
            let middle = (low + high) / 2;
            if not_yet(readings.row(middle).get(place)) { low = middle + 1 } else { high = middle }
        }
        low
    };
    first(&|other| other < Some(&letter))..first(&|other| other <= Some(&letter))
}

/// Those that lie on a way from the beginning to the end.
fn useful(mut steps: Vec<Step>, end: usize) -> Vec<Step> {
    let (mut from_beginning, mut to_end) = (1u64, 1u64 << end);
    for step in &steps {
        from_beginning |= (from_beginning >> step.from & 1) << step.to;
    }
    for step in steps.iter().rev() {
        to_end |= (to_end >> step.to & 1) << step.from;
    }
    steps.retain(|step| from_beginning >> step.from & to_end >> step.to & 1 != 0);
    steps
}

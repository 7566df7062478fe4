//! Search, and the cards that it finds: the **listing** is one blob, built natively with the catalogue (so no pinyin
//! dictionary ships to the browser) and read where it lies, so that opening it costs the same for ten items as for ten
//! thousand.
//!
//! Every name, everyday name and body is a key: a row of units, each a character with its readings or a word of letters.
//! A search finds the keys that have the readings it needs (`sift`) and walks those, for characters, pinyin, initials and
//! words at once (`typed`); when it finds next to nothing, it looks for what was mistyped (`forgiven`).

pub(super) mod blob;
mod forgiven;
mod sift;
pub(super) mod typed;

use super::Card;
use blob::{Blob, Table};
use forgiven::Forgiving;
use typed::{Met, Text, Typed};

/// The cards of all items, and how to find them.
#[derive(Clone, PartialEq)]
pub struct Listing(Blob);

/// Why bytes are no listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("the bytes are no listing that this program knows")]
    Mark,
    #[error("a section of the listing lies outside it")]
    Sections,
    #[error("a row of the listing has no sense")]
    Rows,
}

/// Words of one search that are looked for in any order; what follows them is not.
const MOST_WORDS: usize = 4;
/// With this many found, nobody is thought to have mistyped.
const ENOUGH: usize = 4;

/// Lower is better; [`NOT_FOUND`] is worst. How a key is met counts more than which key it is.
type Rank = u8;
const NOT_FOUND: Rank = Rank::MAX;
/// Name, everyday name, body.
const FIELDS: Rank = 3;
const INSIDE: Rank = Met::Inside as Rank * FIELDS;

impl Listing {
    /// Believes no byte: what is read later cannot lie outside, whatever the bytes are.
    pub fn open(bytes: Vec<u8>) -> Result<Listing, Broken> {
        Blob::open(bytes).map(Listing)
    }

    pub fn len(&self) -> usize {
        self.0.table(Table::Cards).len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The card at a place of the catalogue's order.
    pub fn card(&self, place: usize) -> Option<Card> {
        serde_json::from_slice(self.0.table(Table::Cards).row(place)).ok()
    }

    /// Places of the items of a category, in catalogue order.
    pub fn shelf(&self, category: &str) -> Vec<u32> {
        let Some(wanted) = self.0.table(Table::Shelves).rows().position(|code| code == category.as_bytes()) else { return vec![] };
        let shelves = blob::shorts(self.0.section(blob::SHELF_OF));
        shelves.zip(0..).filter(|(shelf, _)| usize::from(*shelf) == wanted).map(|(_, place)| place).collect()
    }

    /// Places of the items that `typed` means, best first; all, in order, when nothing is typed.
    pub fn find(&self, typed: &str, limit: usize) -> Vec<u32> {
        let words = typed::words(typed);
        if words.is_empty() {
            return (0..self.len() as u32).take(limit).collect();
        }
        // The whole as one phrase, or its words in any order; `a` and the like count only in the whole.
        let whole = words.concat();
        let telling = words.into_iter().filter(|word| word.len() > 1 || word.iter().any(|c| typed::alone(*c)));
        let words: Vec<Vec<char>> = telling.filter(|word| *word != whole).take(MOST_WORDS).collect();
        let mut of_whole = self.exact(&whole, None);
        let mut of_words: Vec<Vec<Rank>> = vec![];
        let mut mistyped = vec![];
        for word in &words {
            let ranks = self.exact(word, of_words.last().map(Vec::as_slice));
            if found(&ranks) == 0 { mistyped.push(word) } else { of_words.push(ranks) }
        }
        let mut best = if mistyped.is_empty() { together(&of_whole, &of_words) } else { of_whole.clone() };
        if found(&best) == 0 && !mistyped.is_empty() {
            of_words.extend(mistyped.into_iter().map(|word| self.forgiven(word)));
            best = together(&of_whole, &of_words);
        }
        if found(&best) < if words.is_empty() { ENOUGH } else { 1 } {
            for (rank, other) in of_whole.iter_mut().zip(self.forgiven(&whole)) {
                *rank = other.min(*rank);
            }
            best = together(&of_whole, &of_words);
        }
        in_order(&best, limit)
    }

    /// The ranks of items that have the phrase as it is typed, and that are among those already found.
    fn exact(&self, phrase: &[char], among: Option<&[Rank]>) -> Vec<Rank> {
        let mut ranks = vec![NOT_FOUND; self.len()];
        let text = Text::new(phrase, &self.0);
        let Some(wanted) = text.marks() else { return ranks };
        let sifted = sift::sift(&text, wanted, &self.0);
        let mut typed = Typed::new(text);
        let (keys, owners) = (self.0.table(Table::Keys), self.0.table(Table::Owners));
        let marks = self.0.marks();
        let mut look = |at: usize| {
            if among.is_none_or(|among| owned(owners.row(at), among))
                && let Some(met) = typed.meet(keys.row(at))
            {
                rank(owners.row(at), met as Rank, &mut ranks);
            }
        };
        match sifted {
            Some(sifted) => {
                for at in sifted {
                    look(at);
                }
            }
            None => {
                for at in 0..keys.len() {
                    if wanted & !marks.of(at) == 0 {
                        look(at);
                    }
                }
            }
        }
        for (rank, among) in ranks.iter_mut().zip(among.unwrap_or_default()) {
            *rank = if *among == NOT_FOUND { NOT_FOUND } else { *rank };
        }
        ranks
    }

    /// The ranks of items that may be meant by a mistyped phrase.
    fn forgiven(&self, phrase: &[char]) -> Vec<Rank> {
        let mut ranks = vec![NOT_FOUND; self.len()];
        let near = Forgiving::new(phrase, &self.0).map(|forgiving| forgiving.near());
        for (at, cost) in near.into_iter().flatten() {
            rank(self.0.table(Table::Owners).row(at), Met::Inside as Rank + cost, &mut ranks);
        }
        ranks
    }
}

/// Whether a key may belong to one of some items: surely known of keys with one owner, as most names are.
#[inline(always)]
fn owned(owners: &[u8], among: &[Rank]) -> bool {
    let (mut count, mut last) = (0, 0);
    blob::varints(owners, |owner| (count, last) = (count + 1, owner));
    count > 1 || among.get((last >> 2) as usize).is_some_and(|rank| *rank != NOT_FOUND)
}

/// Gives a key's rank to the items whose it is.
#[inline(always)]
fn rank(owners: &[u8], class: Rank, ranks: &mut [Rank]) {
    let mut place = 0usize;
    blob::varints(owners, |owner| {
        place = place.saturating_add((owner >> 2) as usize);
        if let Some(rank) = ranks.get_mut(place) {
            *rank = (*rank).min(class * FIELDS + (owner & 3) as Rank);
        }
    });
}

/// How many are found.
fn found(ranks: &[Rank]) -> usize {
    let mut found = 0;
    for rank in ranks {
        found += usize::from(*rank != NOT_FOUND);
    }
    found
}

/// The whole phrase's ranks, or else those of the worst of its words.
fn together(whole: &[Rank], words: &[Vec<Rank>]) -> Vec<Rank> {
    let Some((first, others)) = words.split_first() else { return whole.to_vec() };
    let mut best = first.clone();
    for ranks in others {
        for (worst, rank) in best.iter_mut().zip(ranks) {
            *worst = INSIDE.max(*rank).max(*worst);
        }
    }
    for (best, whole) in best.iter_mut().zip(whole) {
        *best = (*whole).min(INSIDE.max(*best));
    }
    best
}

/// Places by rank, then by place.
fn in_order(ranks: &[Rank], limit: usize) -> Vec<u32> {
    let mut counts = [0usize; NOT_FOUND as usize];
    ranks.iter().filter(|rank| **rank != NOT_FOUND).for_each(|rank| counts[usize::from(*rank)] += 1);
    let mut found = Vec::new();
    for (rank, _) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let left = limit - found.len();
        found.extend(ranks.iter().zip(0..).filter(|(r, _)| usize::from(**r) == rank).map(|(_, place)| place).take(left));
        if found.len() == limit {
            break;
        }
    }
    found
}

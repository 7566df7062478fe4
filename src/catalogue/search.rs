//! Search: one index built with the bundle (so no pinyin dictionary ships to the browser), one match function.

use super::Item;
use serde::{Deserialize, Serialize};

/// What can be found: per item, its keys in the ways people type them. Built natively by [`super::author`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Index {
    pub entries: Vec<Entry>,
}

/// One key of one item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Place of the item in the bundle.
    pub item: usize,
    /// Chinese or English text, full pinyin without tones and spaces, or pinyin initials; lower case.
    pub key: String,
    /// Lower is better: names before aliases before pinyin.
    pub rank: u8,
}

impl Index {
    /// Places of the items that match `typed`, best first; all of them, in order, when nothing is typed.
    pub fn find(&self, typed: &str, items: &[Item]) -> Vec<usize> {
        let wanted = key(typed);
        if wanted.is_empty() {
            return (0..items.len()).collect();
        }
        let mut best: Vec<(u8, usize)> = Vec::new();
        for entry in &self.entries {
            let Some(at) = entry.key.find(&wanted) else { continue };
            let score = entry.rank * 2 + u8::from(at > 0);
            match best.iter_mut().find(|(_, item)| *item == entry.item) {
                Some(found) => found.0 = found.0.min(score),
                None => best.push((score, entry.item)),
            }
        }
        best.sort_unstable();
        best.into_iter().map(|(_, item)| item).collect()
    }
}

/// A text as it is compared: half-width, lower case, without spaces and punctuation.
pub fn key(text: &str) -> String {
    crate::words::identifier::half_width(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

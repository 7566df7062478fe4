//! The published catalogue: a small head, signed by the hall, and parts that the head names by their SHA-256. What a
//! device shows first is in the head; the rest it fetches part by part, and only when it has them all does a head become
//! the one it works with offline. Start-up therefore depends on what is shown, not on how many items there are.
//!
//! The parts are one *listing* ([`super::search`]: every card and the search index) and the *packs*, each a JSON list of
//! items. All versions of an item lie in one pack, which follows from its code ([`pack_of`]).

use super::{Card, Category, Hall, Item, Laws};
use crate::calendar::Calendar;
use crate::signing::{BUNDLE, Signed, Untrusted, hex};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::borrow::Borrow;

/// The format of [`Bundle`]; a device that knows only another one keeps what it has and says so.
pub const FORMAT: u32 = 2;
/// The most cards of the first page.
pub const FRONT: usize = 48;

/// The head.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    pub format: u32,
    /// Grows by one with each publication; a device never goes back to a lower one.
    pub sequence: u64,
    /// `yyyymmdd-` and the first 8 hex digits of the SHA-256 of the content: the same content has the same version.
    pub version: String,
    pub hall: Hall,
    /// Those that hold an item.
    pub categories: Vec<Category>,
    pub laws: Laws,
    pub calendar: Calendar,
    /// The cards of the first page, at most [`FRONT`], in catalogue order.
    pub front: Vec<Card>,
    /// How many items are listed.
    pub count: u32,
    pub listing: Part,
    pub packs: Vec<Part>,
}

/// A file that a head names by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// 64 lower-case hex digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u32,
}

/// Why a part cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPart {
    #[error("the part {0} does not have the bytes that its name promises")]
    Digest(String),
    #[error("the part {0} cannot be read: {1}")]
    Content(String, String),
}

impl Bundle {
    /// Believes a signed head only under the hall's root key.
    pub fn open(signed: &Signed, root: &[u8; 32]) -> Result<Bundle, Untrusted> {
        let bundle: Bundle = signed.open(BUNDLE, root)?;
        if bundle.format == FORMAT { Ok(bundle) } else { Err(Untrusted::Content(format!("format {}", bundle.format))) }
    }

    /// The pack in which an item lies, if the catalogue has it.
    pub fn pack(&self, code: &str) -> Option<&Part> {
        self.packs.get(pack_of(code, self.packs.len()))
    }

    /// Everything that a device must have to work offline.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.listing).chain(&self.packs)
    }
}

impl Part {
    pub fn of(bytes: &[u8]) -> Part {
        Part { sha256: hex(&Sha256::digest(bytes)), bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX) }
    }

    /// Are these its bytes?
    pub fn check(&self, bytes: &[u8]) -> Result<(), BadPart> {
        if *self == Part::of(bytes) { Ok(()) } else { Err(BadPart::Digest(self.sha256.clone())) }
    }

    /// The items of a pack.
    pub fn items(&self, bytes: &[u8]) -> Result<Vec<Item>, BadPart> {
        self.check(bytes)?;
        serde_json::from_slice(bytes).map_err(|wrong| BadPart::Content(self.sha256.clone(), wrong.to_string()))
    }
}

/// The place of the pack in which an item lies: it follows from the item's code, so that no table is needed.
pub fn pack_of(code: &str, packs: usize) -> usize {
    let digest = Sha256::digest(code.as_bytes());
    let number = digest.iter().take(4).fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
    number % packs.max(1)
}

/// Whether what takes effect with `version` and lasts to `until` is in force on a day.
pub fn counts(version: NaiveDate, until: Option<NaiveDate>, day: NaiveDate) -> bool {
    version <= day && until.is_none_or(|until| day <= until)
}

/// The version of an item that counts on a day: the newest of those in force, else the first still to come.
pub fn in_force<'a, T: Borrow<Item>>(items: &'a [T], code: &str, day: NaiveDate) -> Option<&'a T> {
    let version = |item: &&T| (*item).borrow().version;
    let versions = || items.iter().filter(|item| (*item).borrow().code == code);
    let now = versions().filter(|item| counts(version(item), (*item).borrow().until, day)).max_by_key(version);
    now.or_else(|| versions().filter(|item| version(item) > day).min_by_key(version))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::catalogue::author;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn on_each_day_one_version_counts() {
        let one = author::compile(&author::sample()).unwrap().items.swap_remove(0);
        let version = |from: &str, until: Option<&str>| Item { version: day(from), until: until.map(day), ..one.clone() };
        let open = [version("2027-01-01", None), version("2027-03-01", None)];
        let closed = [version("2027-03-01", Some("2027-03-31")), version("2027-01-01", Some("2027-01-31")), version("2027-02-01", None)];
        for (items, on, expected) in [
            (&open[..], "2026-12-31", Some("2027-01-01")),
            (&open, "2027-01-01", Some("2027-01-01")),
            (&open, "2027-02-28", Some("2027-01-01")),
            (&open, "2027-03-01", Some("2027-03-01")),
            (&open, "2099-01-01", Some("2027-03-01")),
            (&closed, "2026-12-31", Some("2027-01-01")),
            (&closed, "2027-01-31", Some("2027-01-01")),
            (&closed, "2027-03-31", Some("2027-03-01")),
            (&closed, "2027-04-01", Some("2027-02-01")),
            // Lapsed, and another to come.
            (&closed[..2], "2027-02-10", Some("2027-03-01")),
            (&closed[1..2], "2027-02-01", None),
            (&[], "2027-02-01", None),
        ] {
            let found = in_force(items, &one.code, day(on)).map(|item| item.version);
            assert_eq!(found, expected.map(day), "on {on}, of {:?}", items.iter().map(|i| (i.version, i.until)).collect::<Vec<_>>());
        }
        assert_eq!(in_force(&open, "another", day("2027-02-01")), None);
    }

    #[test]
    fn the_pack_follows_from_the_code() {
        // Devices and halls of different ages must agree: these never change.
        for (code, packs, place) in [("marriage", 1, 0), ("marriage", 512, 262), ("food-business", 512, 434), ("", 0, 0)] {
            assert_eq!(pack_of(code, packs), place, "{code} of {packs}");
        }
    }

    #[test]
    fn a_part_is_its_bytes_and_no_others() {
        let items = author::compile(&author::sample()).unwrap().items;
        let bytes = serde_json::to_vec(&items).unwrap();
        let part = Part::of(&bytes);
        assert_eq!(part.items(&bytes).unwrap(), items);
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            assert_eq!(part.items(&other), Err(BadPart::Digest(part.sha256.clone())));
        }
        assert!(matches!(part.items(&bytes[..bytes.len() - 1]), Err(BadPart::Digest(_))));
        let nonsense = Part::of(b"[{}]");
        assert!(matches!(nonsense.items(b"[{}]"), Err(BadPart::Content(..))));
    }
}

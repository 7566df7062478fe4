//! A compiled catalogue → what the hall publishes: the head and its parts.

use super::{Catalogue, index};
use crate::calendar::Calendar;
use crate::catalogue::Item;
use crate::catalogue::bundle::{Bundle, FORMAT, FRONT, Part, in_force, pack_of};
use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Items of a pack, about.
const PACK: usize = 32;

/// The head, not signed yet, and every part that it names.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    pub bundle: Bundle,
    /// By SHA-256.
    pub parts: BTreeMap<String, Vec<u8>>,
}

impl Catalogue {
    /// What is published on the day `today` as number `sequence`. The version is made from the content alone: the day on
    /// which its newest item took effect, and a digest.
    pub fn publish(&self, calendar: Calendar, today: NaiveDate, sequence: u64) -> Published {
        let offered = self.offered(today);
        let used: BTreeSet<&str> = offered.iter().map(|item| item.category.as_str()).collect();
        let mut parts = BTreeMap::new();
        let mut keep = |bytes: Vec<u8>| {
            let part = Part::of(&bytes);
            parts.insert(part.sha256.clone(), bytes);
            part
        };
        let mut bundle = Bundle {
            format: FORMAT,
            sequence: 0,
            version: String::new(),
            hall: self.hall.clone(),
            categories: self.categories.iter().filter(|category| used.contains(category.code.as_str())).cloned().collect(),
            laws: self.laws.clone(),
            calendar,
            front: offered.iter().take(FRONT).map(Item::card).collect(),
            count: u32::try_from(offered.len()).unwrap_or(u32::MAX),
            listing: keep(index::build(&offered)),
            packs: self.packs().iter().map(|pack| keep(json(pack))).collect(),
        };
        let day = offered.iter().map(|item| item.version).max().unwrap_or_default();
        let digest = crate::signing::hex(&Sha256::digest(json(&bundle))[..4]);
        bundle.version = format!("{}-{digest}", day.format("%Y%m%d"));
        bundle.sequence = sequence;
        Published { bundle, parts }
    }

    /// Each item once, in the version that counts on `today`, in catalogue order.
    fn offered(&self, today: NaiveDate) -> Vec<Item> {
        let mut versions: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
        for item in &self.items {
            versions.entry(&item.code).or_default().push(item);
        }
        // Where the first version of an item stands, the item stands.
        let counts = |item: &Item| {
            let all = versions.remove(item.code.as_str())?;
            in_force(&all, &item.code, today).map(|item| (*item).clone())
        };
        self.items.iter().filter_map(counts).collect()
    }

    /// Their number is a power of two, so that an item more seldom moves the others.
    fn packs(&self) -> Vec<Vec<&Item>> {
        let codes = self.items.iter().map(|item| &item.code).collect::<BTreeSet<_>>().len();
        let count = if codes == 0 { 0 } else { codes.div_ceil(PACK).next_power_of_two() };
        let mut packs = vec![Vec::new(); count];
        for item in &self.items {
            if let Some(pack) = packs.get_mut(pack_of(&item.code, count)) {
                pack.push(item);
            }
        }
        packs
    }

    /// The first day after `today` on which another version of some item takes effect, or one lapses.
    pub fn next_change(&self, today: NaiveDate) -> Option<NaiveDate> {
        let days = self.items.iter().flat_map(|item| [Some(item.version), item.until.and_then(|until| until.succ_opt())]);
        days.flatten().filter(|day| *day > today).min()
    }
}

/// Catalogues always serialise: their maps have text keys and they hold no floats.
fn json(content: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(content).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{compile, sample};
    use super::*;
    use crate::catalogue::search::Listing;
    use chrono::Days;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 1, 4).unwrap()
    }

    /// The sample, each item several times under other codes.
    fn many(times: usize) -> Catalogue {
        let sample = compile(&sample()).unwrap();
        let named = |at: usize| move |item: &Item| Item { code: format!("{}-{at}", item.code), ..item.clone() };
        let items = (0..times).flat_map(|at| sample.items.iter().map(named(at)).collect::<Vec<_>>()).collect();
        Catalogue { items, ..sample }
    }

    #[test]
    fn every_item_lies_in_its_pack_with_all_its_versions() {
        let mut catalogue = many(10);
        let (first, newer) = (catalogue.items[0].clone(), day() - Days::new(1));
        catalogue.items.push(Item { version: newer, ..first.clone() });
        catalogue.items.push(Item { version: day() + Days::new(1), ..first.clone() });
        let Published { bundle, parts } = catalogue.publish(Calendar::announced(), day(), 7);
        assert_eq!((bundle.sequence, bundle.count as usize, bundle.packs.len()), (7, catalogue.items.len() - 2, 8));
        assert_eq!(bundle.front.len(), FRONT);
        assert!(bundle.parts().all(|part| part.check(&parts[&part.sha256]).is_ok()));
        assert_eq!(bundle.parts().count(), parts.len());
        let inside = |code: &str| {
            let part = bundle.pack(code).unwrap();
            part.items(&parts[&part.sha256]).unwrap()
        };
        for item in &catalogue.items {
            assert!(inside(&item.code).contains(item), "{}", item.code);
        }
        assert_eq!(in_force(&inside(&first.code), &first.code, day()).unwrap().version, newer);
        let listing = Listing::open(parts[&bundle.listing.sha256].clone()).unwrap();
        assert_eq!(listing.len(), bundle.count as usize, "every item is listed once");
        assert_eq!(listing.card(0).as_ref(), bundle.front.first());
    }

    #[test]
    fn a_change_to_one_item_changes_its_pack_and_the_listing_at_most() {
        let catalogue = many(10);
        let publish = |catalogue: &Catalogue| catalogue.publish(Calendar::announced(), day(), 1);
        let before = publish(&catalogue);
        assert_eq!(publish(&catalogue), before, "the same content gives the same bytes");
        let mut other = catalogue.clone();
        other.items[3].hours.en.push('!');
        let after = publish(&other);
        assert_ne!(after.bundle.version, before.bundle.version);
        assert_eq!(after.parts.keys().filter(|part| !before.parts.contains_key(*part)).count(), 1);
        other.items[3].name.en.push('!');
        assert_eq!(publish(&other).parts.keys().filter(|part| !before.parts.contains_key(*part)).count(), 2);
    }

    #[test]
    fn the_head_grows_by_a_line_for_each_pack_and_no_more() {
        let head = |times| {
            let bundle = many(times).publish(Calendar::announced(), day(), 1).bundle;
            (bundle.packs.len(), json(&bundle).len())
        };
        let ((few, small), (more, large)) = (head(10), head(40));
        assert_eq!((few, more), (8, 32));
        assert!(large - small < (more - few) * 110, "{small} and {large} bytes");
    }

    #[test]
    fn an_empty_catalogue_and_its_shelves() {
        let mut catalogue = compile(&sample()).unwrap();
        catalogue.items.truncate(1);
        let one = catalogue.publish(Calendar::announced(), day(), 1).bundle;
        assert_eq!(one.categories.iter().map(|c| &c.code).collect::<Vec<_>>(), [&catalogue.items[0].category], "no shelf is empty");
        catalogue.items.clear();
        let none = catalogue.publish(Calendar::announced(), day(), 1).bundle;
        assert_eq!((none.count, none.packs.len(), none.pack("anything")), (0, 0, None));
    }
}

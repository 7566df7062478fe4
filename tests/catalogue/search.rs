//! What people type finds what they mean: in the sample by a table, in ten thousand made-up items by property, and in
//! bytes that somebody spoilt by never doing worse than finding nothing.

use crate::many;
use mingbai::catalogue::Item;
use mingbai::catalogue::author::{self, index};
use mingbai::catalogue::search::{Broken, Listing};
use pinyin::{ToPinyin, ToPinyinMulti};
use proptest::prelude::*;
use std::sync::LazyLock;

/// As many as a page shows.
const PAGE: usize = 48;

/// What is typed into the sample's search, and the item that comes first; `-`: nothing is found.
const TYPED: &str = include_str!("search.tsv");

fn sample() -> Vec<Item> {
    author::compile(&author::sample()).unwrap().items
}

fn listing(items: &[Item]) -> Listing {
    Listing::open(index::build(items)).unwrap()
}

#[test]
fn the_sample_is_found_as_people_type() {
    let items = sample();
    let listing = listing(&items);
    let mut wrong = Vec::new();
    for line in TYPED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (typed, code) = line.split_once('\t').unwrap();
        let found = listing.find(typed, PAGE);
        let codes: Vec<&str> = found.iter().map(|at| items[*at as usize].code.as_str()).collect();
        if codes.first().copied().unwrap_or("-") != code.trim() {
            wrong.push(format!("{typed} → {codes:?}, not {code}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_listing_has_the_catalogue_in_its_order() {
    let items = many::items(300, 3);
    let listing = listing(&items);
    assert_eq!(listing.len(), items.len());
    for (place, item) in items.iter().enumerate() {
        assert_eq!(listing.card(place), Some(item.card()));
    }
    assert_eq!(listing.card(items.len()), None);
    let all: Vec<u32> = (0..300).collect();
    for nothing in ["", "  ", "\u{3000}", "!?", "……"] {
        assert_eq!(listing.find(nothing, 1000), all, "{nothing:?}");
        assert_eq!(listing.find(nothing, 7), all[..7]);
    }
    let shelf = |code: &str| all.iter().copied().filter(|at| items[*at as usize].category == code).collect::<Vec<u32>>();
    for code in ["business", "health", "nowhere", ""] {
        assert_eq!(listing.shelf(code), shelf(code), "{code}");
    }
    assert!(Listing::open(index::build(&[])).unwrap().find("食品", PAGE).is_empty());
}

#[test]
fn a_made_up_item_is_what_an_author_would_write() {
    let written = author::compile(&many::sources(12, 5)).unwrap_or_else(|found| panic!("{}", found[0])).items;
    for (written, made) in written.iter().zip(many::items(12, 5)) {
        assert_eq!(written.card(), made.card());
        assert_eq!((&written.aliases, &written.body), (&made.aliases, &made.body));
    }
}

// ── what is found, said again in the plainest way ──

/// Ways to type a character: itself, its readings, and their initials.
fn ways(c: char) -> Vec<String> {
    let mut ways = vec![c.to_string()];
    for reading in c.to_pinyin_multi().into_iter().flatten().map(|p| p.plain()) {
        for reading in [reading.replace('ü', "v"), reading.replace('ü', "u")] {
            ways.push(reading[..1].to_owned());
            if ["zh", "ch", "sh"].iter().any(|two| reading.starts_with(two)) {
                ways.push(reading[..2].to_owned());
            }
            ways.push(reading);
        }
    }
    ways
}

/// A key as a row of characters and words.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    let mut word = false;
    for c in text.to_lowercase().chars() {
        let part = c.is_ascii_alphanumeric();
        match units.last_mut() {
            Some(last) if part && word => last.push(c),
            _ if c.is_alphanumeric() => units.push(c.to_string()),
            _ => {}
        }
        word = part;
    }
    units
}

/// Whether units, from the first on, can be typed like this; and whether they are then all typed.
fn spelt(units: &[String], typed: &str) -> Option<bool> {
    if typed.is_empty() {
        return Some(units.is_empty());
    }
    let (first, rest) = units.split_first()?;
    let ways: Vec<String> = match first.chars().next() {
        Some(c) if !c.is_ascii() => ways(c),
        _ => vec![first.clone()],
    };
    let on = ways.iter().filter_map(|way| spelt(rest, typed.strip_prefix(way.as_str())?));
    let begun = ways.iter().any(|way| way.starts_with(typed)).then_some(false);
    on.chain(begun).max()
}

/// 0: a whole key, 1: the beginning of one, 2: somewhere in one.
fn met(item: &Item, typed: &str) -> Option<u8> {
    let names = [&item.name.zh, &item.name.en, &item.body.zh, &item.body.en];
    let keys = names.into_iter().chain(&item.aliases.zh).chain(&item.aliases.en).map(|key| units(key));
    let inside = |key: &[String]| (1..key.len()).any(|from| spelt(&key[from..], typed).is_some()).then_some(2);
    keys.filter_map(|key| spelt(&key, typed).map(|whole| u8::from(!whole)).or_else(|| inside(&key))).min()
}

static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(|| many::items(3_000, 1));
static LISTING: LazyLock<Listing> = LazyLock::new(|| listing(&ITEMS));

/// The texts of an item that people may type.
fn texts(item: &Item) -> Vec<String> {
    [&item.name.zh, &item.name.en].into_iter().chain(&item.aliases.zh).chain(&item.aliases.en).cloned().collect()
}

fn pinyin(text: &str) -> String {
    text.to_pinyin().flatten().map(|p| p.plain().replace('ü', "v")).collect()
}

fn initials(text: &str) -> String {
    text.to_pinyin().flatten().map(|p| p.first_letter()).collect()
}

fn han(text: &str) -> bool {
    !text.is_ascii()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any part of a name, each character typed in any way, finds exactly the items that have it, best first.
    #[test]
    fn parts_typed_in_any_mixture_are_found(
        at in 0usize..3_000, key in 0usize..8, from in 0usize..12, long in 1usize..12, how in any::<u64>(),
    ) {
        let texts = texts(&ITEMS[at]);
        let key = units(&texts[key % texts.len()]);
        let from = from % key.len();
        let part = &key[from..key.len().min(from + long)];
        let mut how = how;
        let typed: String = part.iter().map(|unit| {
            how = how.rotate_right(5);
            match unit.chars().next() {
                Some(c) if !c.is_ascii() => { let ways = ways(c); ways[how as usize % ways.len()].clone() }
                _ => unit.clone(),
            }
        }).collect();
        prop_assume!(typed.chars().count() < 60);
        let mut expected: Vec<(u8, u32)> = ITEMS.iter().zip(0..).filter_map(|(item, at)| Some((met(item, &typed)?, at))).collect();
        expected.sort_unstable();
        prop_assert!(expected.iter().any(|(_, place)| *place as usize == at));
        let found = LISTING.find(&typed, usize::MAX);
        prop_assert!(found.len() >= expected.len(), "{typed}: {} of {}", found.len(), expected.len());
        // Names stand before aliases before bodies among those that are met alike.
        let mut rest = &found[..];
        for how in 0..3 {
            let alike: Vec<u32> = expected.iter().filter(|(met, _)| *met == how).map(|(_, at)| *at).collect();
            let (these, others) = rest.split_at(alike.len());
            let mut these = these.to_vec();
            these.sort_unstable();
            prop_assert_eq!(these, alike, "{}, {}", typed, how);
            rest = others;
        }
    }

    /// Whole names and everyday names, their pinyin and their initials come first, beside equal ones.
    #[test]
    fn names_come_first(at in 0usize..3_000) {
        for text in texts(&ITEMS[at]) {
            let typed = if han(&text) { vec![text.clone(), pinyin(&text), initials(&text)] } else { vec![text.clone(), text.to_uppercase()] };
            for typed in typed.iter().filter(|typed| typed.chars().count() < 60) {
                let found = LISTING.find(typed, usize::MAX);
                let place = found.iter().position(|found| *found as usize == at);
                let before = &found[..place.unwrap_or_else(|| panic!("{typed} does not find {text}"))];
                let joined = typed.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
                for other in before {
                    prop_assert_eq!(met(&ITEMS[*other as usize], &joined), Some(0), "{} comes before {}", other, typed);
                }
            }
        }
    }

    #[test]
    fn whatever_is_typed_is_answered(typed in "\\PC{0,80}", limit in 0usize..60) {
        let found = LISTING.find(&typed, limit);
        prop_assert!(found.len() <= limit);
        let mut places = found.clone();
        places.sort_unstable();
        places.dedup();
        prop_assert_eq!(places.len(), found.len());
        prop_assert!(found.iter().all(|place| (*place as usize) < ITEMS.len()));
    }
}

/// One letter too few, too many, another one, or two neighbours swapped, in pinyin, initials and English of six letters or
/// more. Such a text may be as near to more other things than are compared, so one in fifty may be missed.
#[test]
fn a_typing_mistake_is_forgiven() {
    let mut chance = 1u64;
    let mut next = |below: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) as usize % below
    };
    let (mut all, mut missed) = (0, vec![]);
    for at in (0..ITEMS.len()).step_by(41) {
        for text in texts(&ITEMS[at]) {
            let typed = if han(&text) { vec![pinyin(&text), initials(&text)] } else { vec![text.to_lowercase()] };
            for typed in typed.iter().filter(|typed| (6..60).contains(&typed.len())) {
                let wrong = mistyped(typed, next(60), next(4), b'a' + next(26) as u8);
                all += 1;
                if !LISTING.find(&wrong, usize::MAX).iter().any(|found| *found as usize == at) {
                    // Unless it is something else, and no mistake.
                    let joined = wrong.replace(' ', "");
                    if ITEMS.iter().filter(|item| met(item, &joined).is_some()).count() < 4 {
                        missed.push(format!("{wrong} for {typed}"));
                    }
                }
            }
        }
    }
    assert!(missed.len() * 50 <= all, "{} of {all}: {missed:#?}", missed.len());
}

fn mistyped(typed: &str, place: usize, kind: usize, letter: u8) -> String {
    let mut bytes = typed.as_bytes().to_vec();
    let at = place % (bytes.len() - 1);
    match kind {
        0 => drop(bytes.remove(at)),
        1 => bytes.insert(at, letter),
        2 => bytes[at] = letter,
        _ => bytes.swap(at, at + 1),
    }
    String::from_utf8(bytes).unwrap()
}

// ── bytes that are no listing ──

static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| index::build(&many::items(12, 2)));

/// Reads everything there is to read.
fn use_up(listing: &Listing) {
    let places = 0..listing.len().min(20);
    let cards: Vec<_> = places.map(|place| listing.card(place)).collect();
    let shelves = ["business", "health", ""].map(|code| listing.shelf(code));
    let typed = ["", "食品", "shipin", "spxs", "open a restaurant", "resturant", "灵山县餐饮服物", "zhzhzh"];
    let found = typed.map(|typed| listing.find(typed, PAGE));
    std::hint::black_box((cards, shelves, found));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoilt_bytes_are_broken_or_find_less(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u32>()), 1..8), wide in any::<bool>(),
    ) {
        let mut bytes = SMALL.clone();
        for (place, value) in changes {
            // Anywhere, or among the numbers at the beginning, where mischief is worth most.
            let at = place.index(if wide { bytes.len() - 4 } else { 64 });
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        if let Ok(listing) = Listing::open(bytes) {
            use_up(&listing);
        }
    }

    #[test]
    fn cut_and_lengthened_bytes_are_broken(place in any::<prop::sample::Index>(), more in prop::collection::vec(any::<u8>(), 1..9)) {
        let cut = SMALL[..place.index(SMALL.len())].to_vec();
        prop_assert!(Listing::open(cut).is_err());
        prop_assert_eq!(Listing::open([&SMALL[..], &more].concat()).err(), Some(Broken::Sections));
    }

    #[test]
    fn any_bytes_are_broken(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(Listing::open(bytes).err(), Some(Broken::Mark));
    }
}

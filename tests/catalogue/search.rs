//! What people type finds what they mean.

use mingbai::calendar::Calendar;
use mingbai::catalogue::author;

#[test]
fn people_find_items_by_name_pinyin_initials_everyday_words_and_english() {
    let bundle = author::compile(&author::sample()).unwrap().bundle(Calendar::announced());
    for (typed, code) in [
        ("社会团体", "association-setup"),
        ("成立协会", "association-setup"),
        ("shehuituanti", "association-setup"),
        ("shtt", "association-setup"),
        ("SPJY", "food-business"),
        ("食品经营", "food-business"),
        ("marriage", "marriage"),
        ("Travel Agency", "travel-agency"),
    ] {
        let found = bundle.index.find(typed, &bundle.items);
        let codes: Vec<&str> = found.iter().map(|at| bundle.items[*at].code.as_str()).collect();
        assert_eq!(codes.first(), Some(&code), "{typed} → {codes:?}");
    }
    assert_eq!(bundle.index.find("  ", &bundle.items).len(), bundle.items.len());
    assert!(bundle.index.find("没有这样的事", &bundle.items).is_empty());
}

//! The laws of three values, by enumeration of every partial world: monotone, honest about reasons, honest about what is
//! missing. For a rule by itself (CEL's way) and for a rule settled for an item (no answer can change what is known, and
//! something can change what is not).

use crate::today;
use crate::world::{self, WORLD, agrees};
use mingbai::calendar::Calendar;
use mingbai::check::{OnFault, settle};
use mingbai::rules::{Known, Rule, Verdict, author};
use proptest::prelude::*;

/// What is wrong with the verdicts on every partial world.
fn broken(verdicts: &[Verdict], whole: &[Known], settled: bool) -> Option<String> {
    let worlds = world::worlds();
    let wholes: Vec<(&Vec<Option<i64>>, &Known)> = worlds.iter().filter(|w| w.iter().all(Option::is_some)).zip(whole).collect();
    for (world, verdict) in worlds.iter().zip(verdicts) {
        let completions: Vec<&(&Vec<Option<i64>>, &Known)> = wholes.iter().filter(|(whole, _)| agrees(world, whole)).collect();
        if verdict.missing.is_empty() != (verdict.value != Known::Unknown) {
            return Some(format!("{world:?}: missing {:?} for {:?}", verdict.missing, verdict.value));
        }
        for name in &verdict.missing {
            let at = WORLD.iter().position(|(n, _)| n == name).unwrap();
            if world[at].is_some() {
                return Some(format!("{world:?} lacks `{name}` although it is known"));
            }
            let apart = |a: &[Option<i64>], b: &[Option<i64>]| a.iter().zip(b).enumerate().all(|(i, (a, b))| i == at || a == b);
            let matters = || completions.iter().any(|(w, value)| completions.iter().any(|(v, other)| value != other && apart(w, v)));
            if settled && !matters() {
                return Some(format!("{world:?} lacks `{name}`, which changes nothing"));
            }
        }
        match &verdict.value {
            // Whatever agrees on the reasons agrees on the value, whatever else it says: monotone, and honest.
            Known::Value(_) => {
                let reasons: Vec<Option<i64>> =
                    WORLD.iter().zip(world).map(|((n, _), v)| v.filter(|_| verdict.because.contains(n))).collect();
                if let Some((other, value)) = wholes.iter().find(|(whole, value)| agrees(&reasons, whole) && **value != verdict.value) {
                    return Some(format!(
                        "{world:?} came to {:?} because of {:?}, yet {other:?} to {value:?}",
                        verdict.value, verdict.because
                    ));
                }
            }
            Known::Fault(_) => {}
            Known::Unknown if settled => {
                if completions.windows(2).all(|pair| pair[0].1 == pair[1].1) {
                    return Some(format!("{world:?} is unknown, yet always {:?}", completions[0].1));
                }
            }
            Known::Unknown => {}
        }
    }
    None
}

fn check(rule: &Rule) -> Option<String> {
    let calendar = Calendar::announced();
    let (today, item, worlds) = (today(&calendar), world::item(), world::worlds());
    let facts: Vec<_> = worlds.iter().map(|w| world::facts(w)).collect();
    let plain: Vec<Verdict> = facts.iter().map(|f| rule.evaluate(f, &today)).collect();
    let settled: Vec<Verdict> = facts.iter().map(|f| settle(&item, rule, f, &today, OnFault::Person)).collect();
    let whole: Vec<Known> =
        worlds.iter().zip(&plain).filter(|(w, _)| w.iter().all(Option::is_some)).map(|(_, v)| v.value.clone()).collect();
    // Settling only ever decides more.
    let undone = plain.iter().zip(&settled).find(|(p, s)| p.value != Known::Unknown && p != s);
    undone
        .map(|(p, s)| format!("{p:?} was settled as {s:?}"))
        .or_else(|| broken(&plain, &whole, false))
        .or_else(|| broken(&settled, &whole, true))
}

#[test]
fn written_rules_keep_the_laws() {
    for text in [
        "a",
        "a && b",
        "a || !a",
        "a ? b : !b",
        "(a && b) || (!a && b)",
        "(a && n > 1) || (!a && m > 1)",
        "n > 0 || n <= 0",
        "n + m > 2 || n + m <= 2",
        "n * m == 0 && n > 0 && m > 0",
        "n / m > 0",
        "n / m > 0 || m == 0",
        "[n, m].exists_one(x, x > 1)",
        "[n, m, 2].exists_one(x, x == 2 || a)",
        "[n, m].all(x, x > 0) ? a : a",
        "n in [0, 1, 2]",
        "n in [1, m]",
        "(n == 1) == (m == 1)",
        "[n, m].map(x, x + 1).sum() > 3",
        "[1, 2].filter(x, x > n).size() == m",
    ] {
        let rule = author::condition(text, &world::scope()).unwrap_or_else(|e| panic!("{text}: {e}"));
        if let Some(why) = check(&rule) {
            panic!("{text}: {why}");
        }
    }
}

/// What settling cannot see, and the linter reports: numbers without narrow bounds that meet in a sum.
#[test]
fn the_limit_of_settling_is_where_it_is_said_to_be() {
    let calendar = Calendar::announced();
    let mut item = world::item();
    let verdict = |item: &_, text: &str| {
        let rule = author::condition(text, &world::scope()).unwrap();
        settle(item, &rule, &world::facts(&[None, None, None, None]), &today(&calendar), OnFault::Person).value
    };
    let always = "n + m > 2 || n + m <= 2";
    assert_ne!(verdict(&item, always), Known::Unknown);
    for fact in &mut item.facts {
        fact.max = None;
    }
    assert_eq!(verdict(&item, always), Known::Unknown);
    assert_ne!(
        verdict(&item, "n + 5 > 7 || n <= 2 || n > 7"),
        Known::Unknown,
        "but one number with known ones is seen through, overflow included"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_rules_keep_the_laws(text in world::expression()) {
        let rule = author::condition(&text, &world::scope()).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        prop_assert_eq!(check(&rule), None, "{}", text);
    }
}

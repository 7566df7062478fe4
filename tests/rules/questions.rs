//! Minimal questions, by enumeration of every way to have answered a small item: what is asked can change the assessment,
//! and where nothing is asked nothing can.

use crate::today;
use crate::world::{self, WORLD};
use mingbai::calendar::Calendar;
use mingbai::catalogue::author::{compile, sample};
use mingbai::catalogue::{Condition, Decided, Gate, GateOutcome, Item, Material, Necessity, Standard};
use mingbai::check::{Application, Assessment, Declared, assess, questions};
use mingbai::rules::author;
use mingbai::words::Text;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Rules of an item over the world: gates, conditions, when its one material is needed, and the standard it must meet.
#[derive(Clone, Debug)]
struct Rules {
    gates: Vec<String>,
    conditions: Vec<String>,
    needed_when: Option<String>,
    standard: Option<String>,
}

fn item(rules: &Rules) -> Item {
    let base = world::item();
    let rule = |text: &String| author::condition(text, &world::scope()).unwrap_or_else(|e| panic!("{text}: {e}"));
    let text = || Text::new("文", "text");
    let gate = |(at, when): (usize, &String)| Gate {
        code: format!("gate-{at}"),
        when: rule(when),
        outcome: if at == 0 { GateOutcome::NotRequired } else { GateOutcome::Elsewhere },
        say: text(),
        go: None,
        item: None,
        basis: vec![],
        local: None,
    };
    let condition = |(at, text_of): (usize, &String)| Condition {
        code: format!("condition-{at}"),
        text: text(),
        decided: Decided::Rule(rule(text_of)),
        remedy: text(),
        basis: vec![],
        local: None,
    };
    let like = compile(&sample()).unwrap().items.into_iter().find_map(|i| i.materials.into_iter().next()).unwrap();
    let standards = rules.standard.iter().map(|r| Standard { code: "fits".into(), text: text(), rule: Some(rule(r)) }).collect();
    let paper = Material {
        code: "paper".into(),
        necessity: Necessity::Required,
        needed_when: rules.needed_when.as_ref().map(rule),
        asks: vec![],
        originals: 1,
        copies: 0,
        standards,
        ..like
    };
    Item {
        gates: rules.gates.iter().enumerate().map(gate).collect(),
        conditions: rules.conditions.iter().enumerate().map(condition).collect(),
        materials: vec![paper],
        ..base
    }
}

/// What the applicant says of the material: nothing, that it is there, that it is not.
const PAPER: [Option<bool>; 3] = [None, Some(true), Some(false)];

fn application(world: &[Option<i64>], paper: Option<bool>) -> Application {
    let json = |name: &str, n: i64| world::value(name, n).json();
    let facts = WORLD.iter().zip(world).filter_map(|((name, _), n)| Some(((*name).to_owned(), json(name, (*n)?)))).collect();
    let declared = |have| Declared { have, originals: u8::from(have), ..Declared::default() };
    let materials = paper.map(|have| ("paper".to_owned(), declared(have))).into_iter().collect();
    Application { facts, materials }
}

/// What an applicant is told: without the reasons, and without what is still asked.
fn told(assessment: &Assessment) -> String {
    let states: Vec<_> = assessment.conditions.iter().map(|c| (&c.code, c.state)).collect();
    format!("{:?} {:?} {states:?} {:?}", assessment.outcome, assessment.points, assessment.materials)
}

/// The first thing wrong with the questions of the item.
fn wrong(rules: &Rules) -> Option<String> {
    let item = item(rules);
    let calendar = Calendar::announced();
    let today = today(&calendar);
    let worlds = world::worlds();
    let mut whole = BTreeMap::new();
    for world in worlds.iter().filter(|w| w.iter().all(Option::is_some)) {
        for paper in PAPER {
            whole.insert((world.clone(), paper), told(&assess(&item, &application(world, paper), &today)));
        }
    }
    for world in &worlds {
        for paper in PAPER {
            let completions: Vec<_> =
                whole.iter().filter(|((w, p), _)| world::agrees(world, w) && (paper.is_none() || *p == paper)).collect();
            let applied = application(world, paper);
            match questions::next(&item, &applied, &today) {
                Some(asked) => {
                    let at = WORLD.iter().position(|(name, _)| *name == asked).unwrap();
                    if world[at].is_some() {
                        return Some(format!("asks {asked} again in {world:?}"));
                    }
                    let mut without: BTreeMap<(Vec<Option<i64>>, Option<bool>), &String> = BTreeMap::new();
                    let changes = completions.iter().any(|((w, p), told)| {
                        let mut others = w.clone();
                        others[at] = None;
                        without.insert((others, *p), told).is_some_and(|before| before != *told)
                    });
                    if !changes {
                        return Some(format!("asks {asked} in {world:?} with {paper:?}, which changes nothing"));
                    }
                }
                None => {
                    let now = assess(&item, &applied, &today);
                    if !now.open.is_empty() {
                        return Some(format!("asks nothing in {world:?}, yet lists {:?}", now.open));
                    }
                    // As long as nobody has spoken of the paper, what its standard needs may still be asked.
                    let now = told(&now);
                    if let Some((other, later)) = completions.iter().find(|((_, p), told)| *p == paper && **told != now) {
                        return Some(format!("asks nothing in {world:?} with {paper:?}: {now}, yet {other:?} is {later}"));
                    }
                }
            }
        }
    }
    None
}

fn rules(gates: &[&str], conditions: &[&str], needed_when: Option<&str>, standard: Option<&str>) -> Rules {
    let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect();
    Rules {
        gates: owned(gates),
        conditions: owned(conditions),
        needed_when: needed_when.map(str::to_owned),
        standard: standard.map(str::to_owned),
    }
}

#[test]
fn written_items_ask_what_they_need_and_no_more() {
    for rules in [
        rules(&[], &["a && b"], None, None),
        rules(&["a"], &["n > 1 || m > 1"], None, None),
        rules(&["a && n > 0", "b"], &["n > 1 || m > 1"], Some("m > 0"), None),
        rules(&[], &["(a && n > 1) || (!a && n > 1)"], None, None),
        rules(&["a ? b : b"], &["n / m > 0"], Some("a"), Some("b")),
        rules(&["n + m > 3"], &["n + m > 1", "n * m == 2"], Some("n > m"), Some("a || b")),
        rules(&[], &["a || !a", "n >= 0"], Some("m == 1"), Some("m > 0 && b")),
        rules(&["n > 2"], &["[n, m].exists_one(x, x > 1)"], None, Some("n == m")),
    ] {
        assert_eq!(wrong(&rules), None, "{rules:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 25, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_items_ask_what_they_need_and_no_more(
        gates in proptest::collection::vec(world::expression(), 0..3),
        conditions in proptest::collection::vec(world::expression(), 1..4),
        needed_when in proptest::option::of(world::expression()),
        standard in proptest::option::of(world::expression()),
    ) {
        let rules = Rules { gates, conditions, needed_when, standard };
        prop_assert_eq!(wrong(&rules), None, "{:?}", rules);
    }
}

//! A small world: two bools and two numbers, every way to know or not to know them, and expressions over them.

use mingbai::catalogue::author::{compile, sample};
use mingbai::catalogue::{Fact, Item};
use mingbai::rules::author::Scope;
use mingbai::rules::{Facts, Type, Value};
use mingbai::words::Text;
use proptest::prelude::*;

pub const WORLD: [(&str, &[i64]); 4] = [("a", &[0, 1]), ("b", &[0, 1]), ("n", &[0, 1, 2]), ("m", &[0, 1, 2])];

pub fn scope() -> Scope {
    WORLD.iter().map(|(name, values)| (name.to_string(), if values.len() == 2 { Type::Bool } else { Type::Int })).collect()
}

pub fn value(name: &str, number: i64) -> Value {
    if name.starts_with(['a', 'b']) { Value::Bool(number == 1) } else { Value::Int(number) }
}

/// Every way to know or not to know each fact.
pub fn worlds() -> Vec<Vec<Option<i64>>> {
    WORLD.iter().fold(vec![vec![]], |worlds, (_, values)| {
        let choices: Vec<Option<i64>> = std::iter::once(None).chain(values.iter().map(|v| Some(*v))).collect();
        worlds.iter().flat_map(|w| choices.iter().map(|c| w.iter().copied().chain([*c]).collect())).collect()
    })
}

pub fn facts(world: &[Option<i64>]) -> Facts {
    let mut facts = Facts::default();
    for ((name, _), known) in WORLD.iter().zip(world) {
        if let Some(number) = known {
            facts.set(*name, Some(value(name, *number)));
        }
    }
    facts
}

/// A random bool expression over the world.
pub fn expression() -> impl Strategy<Value = String> {
    let number = prop_oneof![Just("n".to_owned()), Just("m".to_owned()), (0..3i64).prop_map(|n| n.to_string())];
    let number = number.prop_recursive(2, 6, 2, |inner| {
        (inner.clone(), prop_oneof![Just("+"), Just("-"), Just("*"), Just("/"), Just("%")], inner)
            .prop_map(|(a, o, b)| format!("({a} {o} {b})"))
    });
    let comparison =
        (number.clone(), prop_oneof![Just("<"), Just(">="), Just("=="), Just("!=")], number).prop_map(|(a, o, b)| format!("{a} {o} {b}"));
    let each = prop_oneof![Just("all"), Just("exists"), Just("exists_one")]
        .prop_map(|each| format!("[n, m].{each}(x, x > 0 && (a || x / n > 1))"));
    let leaf = prop_oneof![Just("a".to_owned()), Just("b".to_owned()), comparison, each];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

/// An item that asks for the facts of the world, and nothing else.
pub fn item() -> Item {
    let item = compile(&sample()).unwrap().items.into_iter().next().unwrap();
    let fact = |(code, ty)| Fact {
        code,
        name: Text::new("情形", "fact"),
        ask: Text::new("问", "ask"),
        help: None,
        unit: None,
        min: (ty == Type::Int).then_some(0),
        max: (ty == Type::Int).then_some(2),
        options: vec![],
        fields: vec![],
        ty,
    };
    let facts = WORLD.iter().map(|(name, _)| fact(((*name).to_owned(), scope().get(name).unwrap().clone()))).collect();
    Item { facts, derived: vec![], gates: vec![], conditions: vec![], materials: vec![], ..item }
}

/// Whether `whole` says the same as `known` where that says something.
pub fn agrees(known: &[Option<i64>], whole: &[Option<i64>]) -> bool {
    known.iter().zip(whole).all(|(k, w)| k.is_none() || k == w)
}

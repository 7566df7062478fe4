//! Example applications: what answers an item's applications can give, for the prover, and what it found as plain JSON.

use super::Witness;
use crate::calendar::Calendar;
use crate::catalogue::{Fact, Gate, Item, Material};
use crate::rules::expr::Expr;
use crate::rules::solve::{Domain, Domains, Otherwise, World};
use crate::rules::{Rule, Type, Value};
use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// How many years after its day a version is looked at.
const YEARS: i32 = 10;
/// The most originals or copies that an application can declare.
const COUNT: i64 = u8::MAX as i64;

/// Every answer that an application for the item can give.
pub(super) fn domains<'a>(item: &Item, calendar: &'a Calendar) -> Domains<'a> {
    let facts = item.facts.iter().map(|fact| (fact.code.clone(), answers(fact)));
    let fields = item.materials.iter().flat_map(declared);
    let last = item.version.with_year(item.version.year().saturating_add(YEARS)).unwrap_or(NaiveDate::MAX);
    Domains { facts: facts.chain(fields).collect(), today: (item.version, item.until.unwrap_or(last)), calendar }
}

/// That no gate of the item is closed: where one is, nobody asks for conditions and materials.
pub(super) fn beyond_gates(item: &Item) -> impl Iterator<Item = Rule> {
    let open = |gate: &Gate| Rule { text: format!("!({})", gate.when.text), expr: Expr::Not(Box::new(gate.when.expr.clone())) };
    item.gates.iter().map(open)
}

fn answers(fact: &Fact) -> Domain {
    let mut domain = Domain::of(&fact.ty).between(fact.min, fact.max);
    domain.fields = fact.fields.iter().map(|field| (field.code.clone(), answers(field))).collect();
    domain
}

/// The fields of a material, which say something only while it is at hand.
fn declared(material: &Material) -> Vec<(String, Domain)> {
    let have = Material::path(&material.code, "have");
    let count =
        |ty: &Type, usual: u8| Domain::of(ty).between(Some(0), Some(COUNT)).usually(Value::Int(usual.into())).with(&have, Otherwise::Zero);
    let domain = |field: &str, ty: &Type| match field {
        "have" => Domain::of(ty).usually(Value::Bool(true)),
        "originals" => count(ty, material.originals),
        "copies" => count(ty, material.copies),
        _ => Domain::of(ty).with(&have, Otherwise::Absent),
    };
    material.fields().iter().map(|(field, ty)| (Material::path(&material.code, field), domain(field, ty))).collect()
}

impl From<World> for Witness {
    fn from(world: World) -> Witness {
        let (mut facts, mut materials) = (Map::new(), BTreeMap::<String, Map<String, Json>>::new());
        for (path, value) in world.facts {
            let Some(json) = value.map(|value| value.json()) else { continue };
            match path.strip_prefix("materials.").and_then(|path| path.split_once('.')) {
                Some((code, field)) => drop(materials.entry(code.to_owned()).or_default().insert(field.to_owned(), json)),
                None => drop(facts.insert(path, json)),
            }
        }
        let materials = materials.into_iter().map(|(code, fields)| (code, Json::Object(fields))).collect();
        Witness { today: world.today, facts, materials }
    }
}

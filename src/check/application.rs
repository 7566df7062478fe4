//! What an applicant is preparing: answers to facts, and one declaration per material. Kept as plain JSON values, typed
//! by the item's declarations when used, so that a draft survives a new version of the item.

use crate::catalogue::{Ask, Fact, Item, Material};
use crate::rules::{Facts, Value, Wrong};
use crate::words::identifier;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Answers by fact code, and declarations by material code. `Debug` shows no answer.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Application {
    #[serde(default)]
    pub facts: BTreeMap<String, Json>,
    #[serde(default)]
    pub materials: BTreeMap<String, Declared>,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Application({} answers, {} materials)", self.facts.len(), self.materials.len())
    }
}

/// What the applicant says of one material.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Declared {
    pub have: bool,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub originals: u8,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub copies: u8,
    /// In electronic form, where the material allows it: counts as its originals and copies.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub electronic: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}

impl std::fmt::Debug for Declared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Declared(have: {})", self.have)
    }
}

/// An answer that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    #[error("`{0}` is not asked by this item")]
    Unknown(String),
    #[error("`{fact}`: {wrong}")]
    Type { fact: String, wrong: Wrong },
    #[error("`{fact}` must lie between {min} and {max}")]
    Bounds { fact: String, min: i64, max: i64 },
    #[error("number of `{material}`: {wrong}")]
    Number { material: String, wrong: identifier::Wrong },
}

impl BadAnswer {
    /// The code of the fact or material, without what was typed.
    pub fn place(&self) -> String {
        match self {
            BadAnswer::Unknown(code) | BadAnswer::Type { fact: code, .. } | BadAnswer::Bounds { fact: code, .. } => code.clone(),
            BadAnswer::Number { material, .. } => format!("materials.{material}"),
        }
    }
}

impl Fact {
    /// Reads and bounds one answer.
    pub fn read(&self, json: &Json) -> Result<Value, BadAnswer> {
        let value = self.ty.read(json).map_err(|wrong| BadAnswer::Type { fact: self.code.clone(), wrong })?;
        self.bounds(&value)?;
        Ok(value)
    }

    fn bounds(&self, value: &Value) -> Result<(), BadAnswer> {
        match value {
            Value::Int(n) | Value::Money(n) => {
                let (min, max) = (self.min.unwrap_or(i64::MIN), self.max.unwrap_or(i64::MAX));
                if (min..=max).contains(n) { Ok(()) } else { Err(BadAnswer::Bounds { fact: self.code.clone(), min, max }) }
            }
            Value::List(entries) => entries.iter().try_for_each(|e| self.bounds(e)),
            Value::Record(record) => self.fields.iter().try_for_each(|f| record.get(&f.code).map_or(Ok(()), |v| f.bounds(v))),
            _ => Ok(()),
        }
    }
}

impl Application {
    /// Every answer as typed facts for the rules, and every answer that could not be used. A bad answer counts as not
    /// given: it is asked again, never guessed.
    pub fn facts(&self, item: &Item, today: NaiveDate) -> (Facts, Vec<BadAnswer>) {
        let mut facts = Facts::default();
        let mut bad = Vec::new();
        for (code, json) in &self.facts {
            match item.fact(code) {
                None => bad.push(BadAnswer::Unknown(code.clone())),
                Some(fact) => match fact.read(json) {
                    Ok(value) => facts.set(code.clone(), Some(value)),
                    Err(wrong) => bad.push(wrong),
                },
            }
        }
        for (code, declared) in &self.materials {
            let Some(material) = item.material(code) else {
                bad.push(BadAnswer::Unknown(format!("materials.{code}")));
                continue;
            };
            let mut set = |field: &str, value: Option<Value>| facts.set(Material::path(code, field), value);
            set("have", Some(Value::Bool(declared.have)));
            let (originals, copies) = declared.counts(material);
            set("originals", Some(Value::Int(originals.into())));
            set("copies", Some(Value::Int(copies.into())));
            for ask in &material.asks {
                // A field of a material that is at hand but not yet filled in is unknown; of one that is not at hand, absent.
                let mut give = |field: &str, value: Option<Value>| {
                    if value.is_some() || !declared.have {
                        set(field, value);
                    }
                };
                match ask {
                    Ask::ValidUntil => give("valid_until", declared.valid_until.map(Value::Date)),
                    Ask::IssuedOn => give("issued_on", declared.issued_on.map(Value::Date)),
                    Ask::Number => {
                        let checked = declared.number.as_deref().filter(|n| !n.trim().is_empty()).map(|n| match material.number {
                            Some(kind) => identifier::check(kind, n, today).map(|v| v.text),
                            None => Ok(n.trim().to_owned()),
                        });
                        match checked.transpose() {
                            Ok(number) => give("number", number.map(Value::Text)),
                            Err(wrong) => bad.push(BadAnswer::Number { material: code.clone(), wrong }),
                        }
                    }
                }
            }
        }
        (facts, bad)
    }
}

impl Declared {
    /// Originals and copies that count; an electronic material counts as all that is needed.
    pub fn counts(&self, material: &Material) -> (u8, u8) {
        if !self.have {
            (0, 0)
        } else if self.electronic && material.form != crate::catalogue::Form::Paper {
            (material.originals.max(self.originals), material.copies.max(self.copies))
        } else {
            (self.originals, self.copies)
        }
    }
}

//! The shape of an author's TOML file: the types of [`crate::catalogue`] with rules, bases and codes still as text that
//! remembers its place. `schema.json`, published beside the files, says the same to editors.

use crate::calendar::Unit;
use crate::catalogue::{
    Actor, Aliases, Applicant, Ask, Audience, Category, Choice, Documents, Filing, Form, GateOutcome, Hall, Handling, Laws, LimitKind,
    MaterialKind, Necessity, Outcome, RunsFrom, Source,
};
use crate::words::{Text, identifier};
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// A text with something to read in both languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Text")]
pub struct Words(pub Text);

impl TryFrom<Text> for Words {
    type Error = &'static str;
    fn try_from(text: Text) -> Result<Words, Self::Error> {
        let blank = text.zh.trim().is_empty() || text.en.trim().is_empty();
        if blank { Err("both zh and en must say something") } else { Ok(Words(text)) }
    }
}

/// `hall.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HallFile {
    pub hall: Hall,
    pub categories: Vec<Category>,
    pub laws: Laws,
    #[serde(default)]
    pub documents: Documents,
}

/// Any other file: one item.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemFile {
    pub code: Spanned<String>,
    #[serde(deserialize_with = "date")]
    pub version: NaiveDate,
    #[serde(default, deserialize_with = "some_date")]
    pub until: Option<NaiveDate>,
    #[serde(deserialize_with = "date")]
    pub as_of: NaiveDate,
    #[serde(default)]
    pub basic_code: Option<String>,
    #[serde(default)]
    pub implementation_code: Option<String>,
    #[serde(default)]
    pub label: Option<Words>,
    pub name: Words,
    pub summary: Words,
    #[serde(default)]
    pub aliases: Aliases,
    pub category: Spanned<String>,
    pub body: Words,
    pub window: Words,
    pub hours: Words,
    pub visits: u8,
    pub audience: Vec<Audience>,
    pub applicant: Applicant,
    pub handling: Handling,
    pub filing: Filing,
    #[serde(default)]
    pub facts: Vec<Fact>,
    #[serde(default)]
    pub derived: Vec<Derived>,
    #[serde(default)]
    pub gates: Vec<Gate>,
    pub conditions: Vec<Condition>,
    pub materials: Vec<Material>,
    pub limits: Spanned<Vec<Limit>>,
    #[serde(default)]
    pub fees: Vec<Fee>,
    pub flow: Vec<Step>,
    pub result: Outcome,
    pub enquiry: Words,
    pub complaint: Words,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    Bool,
    Int,
    Text,
    Date,
    Money,
    Choice,
    List,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    pub code: Spanned<String>,
    #[serde(rename = "type")]
    pub ty: Spanned<FactType>,
    pub name: Words,
    pub ask: Words,
    #[serde(default)]
    pub help: Option<Words>,
    #[serde(default)]
    pub unit: Option<Words>,
    #[serde(default)]
    pub min: Option<Spanned<i64>>,
    #[serde(default)]
    pub max: Option<Spanned<i64>>,
    #[serde(default)]
    pub options: Vec<Spanned<Choice>>,
    #[serde(default)]
    pub fields: Vec<Fact>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Derived {
    pub code: Spanned<String>,
    pub name: Words,
    pub rule: Spanned<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    pub code: Spanned<String>,
    pub when: Spanned<String>,
    pub outcome: Spanned<GateOutcome>,
    pub say: Words,
    #[serde(default)]
    pub go: Option<Words>,
    #[serde(default)]
    pub item: Option<Spanned<String>>,
    pub basis: Spanned<Vec<Spanned<String>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub code: Spanned<String>,
    pub text: Words,
    #[serde(default)]
    pub rule: Option<Spanned<String>>,
    #[serde(default)]
    pub human_check: Option<Words>,
    pub remedy: Words,
    pub basis: Spanned<Vec<Spanned<String>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    pub code: Spanned<String>,
    pub name: Words,
    pub kind: MaterialKind,
    pub form: Form,
    pub necessity: Necessity,
    #[serde(default)]
    pub needed_when: Option<Spanned<String>>,
    pub source: Source,
    pub originals: u8,
    pub copies: u8,
    #[serde(default)]
    pub asks: Vec<Ask>,
    #[serde(default)]
    pub document: Option<Spanned<String>>,
    #[serde(default)]
    pub number: Option<Spanned<identifier::Kind>>,
    #[serde(default)]
    pub photo: bool,
    #[serde(default)]
    pub standards: Vec<Standard>,
    pub obtain: Words,
    pub basis: Spanned<Vec<Spanned<String>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    pub code: Spanned<String>,
    pub text: Words,
    #[serde(default)]
    pub rule: Option<Spanned<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub kind: LimitKind,
    pub length: Spanned<u32>,
    pub unit: Unit,
    pub start: Words,
    #[serde(default)]
    pub runs_from: RunsFrom,
    pub basis: Spanned<Vec<Spanned<String>>>,
    #[serde(default)]
    pub note: Option<Words>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    pub name: Words,
    /// In fen.
    pub amount: i64,
    pub basis: Spanned<Vec<Spanned<String>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub code: Spanned<String>,
    pub name: Words,
    pub by: Actor,
    #[serde(default)]
    pub takes: Option<Words>,
    #[serde(default)]
    pub next: Vec<Spanned<String>>,
}

/// A TOML local date.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let date = toml::value::Datetime::deserialize(deserializer)?;
    date.to_string().parse().map_err(|_| serde::de::Error::custom("a date is expected, such as 2026-11-01"))
}

pub(super) fn some_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    date(deserializer).map(Some)
}

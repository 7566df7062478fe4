//! The published catalogue as open data (开放数据): plain JSON that others can build on. Rules are given as their text and
//! in words; every basis is cited in full; every document names its licence, its version and its JSON Schema.

use crate::calendar::Unit;
use crate::catalogue::{
    self, Aliases, Applicant, Ask, Audience, Category, Choice, Decided, Filing, Form, GateOutcome, Hall, Handling, Law, Laws, Licence,
    LimitKind, MaterialKind, Necessity, Outcome, RunsFrom, Source, Step, cite,
};
use crate::check::explain;
use crate::rules::Type;
use crate::words::{Text, identifier};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The whole catalogue: who publishes it, on what terms, and where each item is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenCatalogue)]
pub struct Catalogue {
    #[serde(rename = "$schema")]
    pub schema: String,
    pub version: String,
    pub licence: Licence,
    pub publisher: Hall,
    pub categories: Vec<Category>,
    pub laws: BTreeMap<String, Law>,
    pub items: Vec<Entry>,
}

/// One item of the list, with every version that the catalogue holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenEntry)]
pub struct Entry {
    pub code: String,
    pub name: Text,
    pub summary: Text,
    pub category: String,
    /// The version in force on the day of asking. Absent when none was in force or to come at the time of publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub versions: Vec<Version>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenVersion)]
pub struct Version {
    /// The day it takes effect.
    pub version: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    pub url: String,
}

/// One publication of the catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenPublication)]
pub struct Publication {
    pub version: String,
    pub published_at: DateTime<Utc>,
    pub url: String,
}

/// One version of one item, complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenItem)]
pub struct Item {
    #[serde(rename = "$schema")]
    pub schema: String,
    pub licence: Licence,
    pub code: String,
    /// The day this version takes effect.
    pub version: NaiveDate,
    /// The last day it is in force; without it, until the next version takes effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The day on which it was true to its sources.
    pub as_of: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// 基本编码
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic_code: Option<String>,
    /// 实施编码
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implementation_code: Option<String>,
    pub name: Text,
    pub summary: Text,
    pub aliases: Aliases,
    pub category: String,
    pub body: Text,
    pub window: Text,
    pub hours: Text,
    pub visits: u8,
    pub audience: Vec<Audience>,
    pub applicant: Applicant,
    pub handling: Handling,
    pub filing: Filing,
    pub facts: Vec<Fact>,
    pub gates: Vec<Gate>,
    pub conditions: Vec<Condition>,
    pub materials: Vec<Material>,
    pub limits: Vec<Limit>,
    /// None charged when empty.
    pub fees: Vec<Fee>,
    pub flow: Vec<Step>,
    pub result: Outcome,
    pub enquiry: Text,
    pub complaint: Text,
}

/// A condition in the rule language (a subset of CEL), and the same in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenRule)]
pub struct Rule {
    pub text: String,
    pub words: Text,
}

/// A legal basis, with the citation as people read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenBasis)]
pub struct Basis {
    /// Key of the catalogue's `laws`.
    pub law: String,
    pub article: String,
    pub cited: Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenFactType)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    Bool,
    Int,
    Text,
    Date,
    /// In fen.
    Money,
    Choice,
    List,
}

/// Something asked of the applicant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenFact)]
pub struct Fact {
    pub code: String,
    #[serde(rename = "type")]
    pub ty: FactType,
    pub name: Text,
    pub ask: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Text>,
    /// Bounds of an int, or of money in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// The columns of a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub fields: Vec<Fact>,
}

/// Decided before any condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenGate)]
pub struct Gate {
    pub code: String,
    pub when: Rule,
    pub outcome: GateOutcome,
    pub say: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go: Option<Text>,
    /// Code of the item to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    pub basis: Vec<Basis>,
    /// Whose local rule it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Text>,
}

/// A condition: decided by a rule, or by a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenCondition)]
pub struct Condition {
    pub code: String,
    pub text: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// What a person looks at, where no rule decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub human_check: Option<Text>,
    pub remedy: Text,
    pub basis: Vec<Basis>,
    /// Whose local rule it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Text>,
}

/// A document to bring.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenMaterial)]
pub struct Material {
    pub code: String,
    pub name: Text,
    pub kind: MaterialKind,
    pub form: Form,
    pub necessity: Necessity,
    /// Needed only when this holds; always when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_when: Option<Rule>,
    pub source: Source,
    pub originals: u8,
    pub copies: u8,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asks: Vec<Ask>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<identifier::Kind>,
    pub photo: bool,
    pub standards: Vec<Standard>,
    pub obtain: Text,
    pub basis: Vec<Basis>,
    /// Whose local rule it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Text>,
}

/// An acceptance standard (受理标准).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenStandard)]
pub struct Standard {
    pub code: String,
    pub text: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenLimit)]
pub struct Limit {
    pub kind: LimitKind,
    pub length: u32,
    pub unit: Unit,
    pub start: Text,
    pub runs_from: RunsFrom,
    pub basis: Vec<Basis>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// Whose local promise it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Text>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = OpenFee)]
pub struct Fee {
    pub name: Text,
    /// In fen.
    pub amount: i64,
    pub basis: Vec<Basis>,
}

impl Item {
    /// The open form of an item, under the laws' names and the licence of its catalogue.
    pub fn of(item: &catalogue::Item, laws: &Laws, licence: &Licence, schema: String) -> Item {
        let rule = |rule: &crate::rules::Rule| Rule { text: rule.text.clone(), words: explain::needed(rule, item).line() };
        let basis = |all: &[catalogue::Basis]| -> Vec<Basis> {
            all.iter().map(|b| Basis { law: b.law.clone(), article: b.article.clone(), cited: cite(b, laws) }).collect()
        };
        let gate = |gate: &catalogue::Gate| Gate {
            code: gate.code.clone(),
            when: rule(&gate.when),
            outcome: gate.outcome,
            say: gate.say.clone(),
            go: gate.go.clone(),
            item: gate.item.clone(),
            basis: basis(&gate.basis),
            local: gate.local.clone(),
        };
        let condition = |condition: &catalogue::Condition| {
            let (decided, human_check) = match &condition.decided {
                Decided::Rule(decided) => (Some(rule(decided)), None),
                Decided::HumanCheck(what) => (None, Some(what.clone())),
            };
            Condition {
                code: condition.code.clone(),
                text: condition.text.clone(),
                rule: decided,
                human_check,
                remedy: condition.remedy.clone(),
                basis: basis(&condition.basis),
                local: condition.local.clone(),
            }
        };
        let standard = |s: &catalogue::Standard| Standard { code: s.code.clone(), text: s.text.clone(), rule: s.rule.as_ref().map(rule) };
        let material = |material: &catalogue::Material| Material {
            code: material.code.clone(),
            name: material.name.clone(),
            kind: material.kind,
            form: material.form,
            necessity: material.necessity,
            needed_when: material.needed_when.as_ref().map(rule),
            source: material.source,
            originals: material.originals,
            copies: material.copies,
            asks: material.asks.clone(),
            number: material.number,
            photo: material.photo,
            standards: material.standards.iter().map(standard).collect(),
            obtain: material.obtain.clone(),
            basis: basis(&material.basis),
            local: material.local.clone(),
        };
        let limit = |limit: &catalogue::Limit| Limit {
            kind: limit.kind,
            length: limit.length,
            unit: limit.unit,
            start: limit.start.clone(),
            runs_from: limit.runs_from,
            basis: basis(&limit.basis),
            note: limit.note.clone(),
            local: limit.local.clone(),
        };
        let fee = |fee: &catalogue::Fee| Fee { name: fee.name.clone(), amount: fee.amount, basis: basis(&fee.basis) };
        Item {
            schema,
            licence: licence.clone(),
            code: item.code.clone(),
            version: item.version,
            until: item.until,
            as_of: item.as_of,
            label: item.label.clone(),
            basic_code: item.basic_code.clone(),
            implementation_code: item.implementation_code.clone(),
            name: item.name.clone(),
            summary: item.summary.clone(),
            aliases: item.aliases.clone(),
            category: item.category.clone(),
            body: item.body.clone(),
            window: item.window.clone(),
            hours: item.hours.clone(),
            visits: item.visits,
            audience: item.audience.clone(),
            applicant: item.applicant,
            handling: item.handling,
            filing: item.filing,
            facts: item.facts.iter().map(fact).collect(),
            gates: item.gates.iter().map(gate).collect(),
            conditions: item.conditions.iter().map(condition).collect(),
            materials: item.materials.iter().map(material).collect(),
            limits: item.limits.iter().map(limit).collect(),
            fees: item.fees.iter().map(fee).collect(),
            flow: item.flow.clone(),
            result: item.result.clone(),
            enquiry: item.enquiry.clone(),
            complaint: item.complaint.clone(),
        }
    }
}

fn fact(fact: &catalogue::Fact) -> Fact {
    let ty = match fact.ty {
        Type::Bool => FactType::Bool,
        Type::Int => FactType::Int,
        Type::Date => FactType::Date,
        Type::Money => FactType::Money,
        Type::Choice(_) => FactType::Choice,
        Type::List(_) => FactType::List,
        // Facts are never declared as periods or bare records.
        Type::Text | Type::Period | Type::Record(_) => FactType::Text,
    };
    Fact {
        code: fact.code.clone(),
        ty,
        name: fact.name.clone(),
        ask: fact.ask.clone(),
        help: fact.help.clone(),
        unit: fact.unit.clone(),
        min: fact.min,
        max: fact.max,
        options: fact.options.clone(),
        fields: fact.fields.iter().map(self::fact).collect(),
    }
}

//! Application → [`Assessment`], in the order of 行政许可法 art. 32: is a licence needed at all, is this the right body,
//! are the conditions met, is everything there. Nothing stops at the first finding: the list is complete (一次性告知).

use super::application::{Application, BadAnswer};
use super::explain;
use super::questions;
use super::settle::{OnFault, settle};
use crate::catalogue::{Condition, Decided, GateOutcome, Item, Material, Necessity};
use crate::rules::{Facts, Known, Today, Value};
use crate::words::Text;
use serde::{Deserialize, Serialize};

/// The answer, from "nothing needed" to "ready".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// No licence is needed (art. 32 (1)).
    NotRequired,
    /// Another body or another item (art. 32 (2)).
    Elsewhere,
    /// Questions or materials remain.
    Open,
    /// A condition is not met.
    NotMet,
    /// A required material is missing or defective (art. 32 (4)).
    Incomplete,
    /// Only 容缺后补 materials are missing.
    ReadyWithDeferral,
    /// Complete, but something only a person can judge remains.
    ReadyForPerson,
    Ready,
}

impl Outcome {
    /// May this go to the hall? Everything that has been answered to its end may: the applicant decides (art. 32 obliges
    /// the body to answer), the device only tells.
    pub fn may_submit(self) -> bool {
        matches!(self, Outcome::Incomplete | Outcome::ReadyWithDeferral | Outcome::ReadyForPerson | Outcome::Ready | Outcome::NotMet)
    }
    /// Nothing stands in the way at the window.
    pub fn is_ready(self) -> bool {
        matches!(self, Outcome::ReadyWithDeferral | Outcome::ReadyForPerson | Outcome::Ready)
    }
}

/// What the check says. Serialises the same, byte for byte, in the browser and at the hall.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Assessment {
    pub item: String,
    pub version: chrono::NaiveDate,
    pub outcome: Outcome,
    /// The one complete list, in the item's order: gate, conditions, materials.
    pub points: Vec<Point>,
    /// Every condition, met or not, with its reasons.
    pub conditions: Vec<Finding>,
    /// Every material and how it stands.
    pub materials: Vec<(String, MaterialState)>,
    /// Facts still to be asked, in order.
    pub open: Vec<String>,
    /// Needed materials not yet declared, in order.
    pub undeclared: Vec<String>,
    /// Codes of the answers that could not be read; each counts as not given. What was typed is not repeated here.
    pub unusable: Vec<String>,
}

/// One entry of the list. Its texts, basis and remedy are the item's, found by `code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Point {
    /// `gate.<code>`, `condition.<code>` or `material.<code>`.
    pub id: String,
    pub kind: PointKind,
    /// Codes of the material's standards that are not met.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standards: Vec<String>,
    /// What a person reads as the reason, where the item's own text does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Text>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PointKind {
    NotRequired,
    Elsewhere,
    NotMet,
    /// Only a person can judge it, or the rule could not be evaluated.
    Person,
    Missing,
    Defective,
    /// May follow later.
    Deferred,
}

/// How one condition stands, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Finding {
    pub code: String,
    pub state: State,
    pub because: Vec<String>,
    pub missing: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema), schema(as = ConditionState))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Met,
    NotMet,
    Open,
    Person,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum MaterialState {
    /// Whether it is needed is not known yet.
    Open,
    NotNeeded,
    Undeclared,
    Good,
    Missing,
    Defective,
    /// Missing or defective, but it may follow later.
    Deferred,
    /// Optional and not there.
    Without,
}

/// Assesses `application` for `item` as of `today`.
pub fn assess(item: &Item, application: &Application, today: &Today) -> Assessment {
    let (facts, bad) = application.facts(item, today.date);
    let mut assessment = Assessment {
        item: item.code.clone(),
        version: item.version,
        outcome: Outcome::Open,
        points: vec![],
        conditions: vec![],
        materials: vec![],
        open: questions::open(item, &facts, today),
        undeclared: vec![],
        unusable: bad.iter().map(BadAnswer::place).collect(),
    };
    if let Some((point, outcome)) = gate(item, &facts, today) {
        assessment.points.push(point);
        assessment.outcome = outcome;
        assessment.open.clear();
        return assessment;
    }
    for condition in &item.conditions {
        let (finding, detail) = condition_state(item, condition, &facts, today);
        let kind = match finding.state {
            State::NotMet => Some(PointKind::NotMet),
            State::Person => Some(PointKind::Person),
            State::Met | State::Open => None,
        };
        if let Some(kind) = kind {
            assessment.points.push(Point { id: format!("condition.{}", condition.code), kind, standards: vec![], detail });
        }
        assessment.conditions.push(finding);
    }
    for material in &item.materials {
        let (state, standards, detail) = material_state(item, material, application, &facts, today);
        let kind = match state {
            MaterialState::Missing => Some(PointKind::Missing),
            MaterialState::Defective => Some(PointKind::Defective),
            MaterialState::Deferred => Some(PointKind::Deferred),
            _ => None,
        };
        if let Some(kind) = kind {
            assessment.points.push(Point { id: format!("material.{}", material.code), kind, standards, detail });
        }
        if state == MaterialState::Undeclared {
            assessment.undeclared.push(material.code.clone());
        }
        assessment.materials.push((material.code.clone(), state));
    }
    assessment.outcome = outcome(&assessment);
    assessment
}

fn outcome(assessment: &Assessment) -> Outcome {
    let any = |kind: PointKind| assessment.points.iter().any(|p| p.kind == kind);
    if !assessment.open.is_empty() || !assessment.undeclared.is_empty() {
        Outcome::Open
    } else if any(PointKind::NotMet) {
        Outcome::NotMet
    } else if any(PointKind::Missing) || any(PointKind::Defective) {
        Outcome::Incomplete
    } else if any(PointKind::Deferred) {
        Outcome::ReadyWithDeferral
    } else if any(PointKind::Person) {
        Outcome::ReadyForPerson
    } else {
        Outcome::Ready
    }
}

/// The first gate that holds, provided that every gate before it is known not to.
fn gate(item: &Item, facts: &Facts, today: &Today) -> Option<(Point, Outcome)> {
    for gate in &item.gates {
        match settle(item, &gate.when, facts, today, OnFault::False).value {
            Known::Value(Value::Bool(true)) => {
                let (kind, outcome) = match gate.outcome {
                    GateOutcome::NotRequired => (PointKind::NotRequired, Outcome::NotRequired),
                    GateOutcome::Elsewhere => (PointKind::Elsewhere, Outcome::Elsewhere),
                };
                return Some((Point { id: format!("gate.{}", gate.code), kind, standards: vec![], detail: None }, outcome));
            }
            Known::Unknown => return None,
            Known::Value(_) | Known::Fault(_) => {}
        }
    }
    None
}

fn condition_state(item: &Item, condition: &Condition, facts: &Facts, today: &Today) -> (Finding, Option<Text>) {
    let code = condition.code.clone();
    match &condition.decided {
        Decided::HumanCheck(what) => (Finding { code, state: State::Person, because: vec![], missing: vec![] }, Some(what.clone())),
        Decided::Rule(rule) => {
            let verdict = settle(item, rule, facts, today, OnFault::Person);
            let (state, detail) = match &verdict.value {
                Known::Value(Value::Bool(true)) => (State::Met, None),
                Known::Value(_) => (State::NotMet, None),
                Known::Unknown => (State::Open, None),
                Known::Fault(fault) => (State::Person, Some(explain::fault(fault, item))),
            };
            let list = |paths: &[&str]| paths.iter().copied().map(str::to_owned).collect();
            (Finding { code, state, because: list(&verdict.because), missing: list(&verdict.missing) }, detail)
        }
    }
}

/// Whether a material is needed: `None` while unknown. A fault in the rule means needed: a person will look.
pub(super) fn needed(item: &Item, material: &Material, facts: &Facts, today: &Today) -> Option<bool> {
    match &material.needed_when {
        None => Some(true),
        Some(rule) => match settle(item, rule, facts, today, OnFault::True).value {
            Known::Value(Value::Bool(needed)) => Some(needed),
            Known::Unknown => None,
            Known::Value(_) | Known::Fault(_) => Some(true),
        },
    }
}

fn material_state(
    item: &Item,
    material: &Material,
    application: &Application,
    facts: &Facts,
    today: &Today,
) -> (MaterialState, Vec<String>, Option<Text>) {
    let bare = |state| (state, vec![], None);
    match needed(item, material, facts, today) {
        None => return bare(MaterialState::Open),
        Some(false) => return bare(MaterialState::NotNeeded),
        Some(true) => {}
    }
    let optional = material.necessity == Necessity::Optional;
    let Some(declared) = application.materials.get(&material.code) else {
        return bare(if optional { MaterialState::Without } else { MaterialState::Undeclared });
    };
    if !declared.have {
        return bare(match material.necessity {
            Necessity::Required => MaterialState::Missing,
            Necessity::Optional => MaterialState::Without,
            Necessity::Deferrable => MaterialState::Deferred,
        });
    }
    let (originals, copies) = declared.counts(material);
    let short = originals < material.originals || copies < material.copies;
    let mut standards = Vec::new();
    let mut undecided = false;
    for standard in &material.standards {
        match standard.rule.as_ref().map(|rule| settle(item, rule, facts, today, OnFault::True).value) {
            Some(Known::Value(Value::Bool(false))) => standards.push(standard.code.clone()),
            Some(Known::Unknown) => undecided = true,
            None | Some(Known::Value(_)) | Some(Known::Fault(_)) => {}
        }
    }
    if standards.is_empty() && !short {
        // Something that a standard needs has not been filled in: the card is not finished.
        return bare(if undecided && !optional { MaterialState::Undeclared } else { MaterialState::Good });
    }
    let detail = short.then(|| {
        Text::new(
            format!("需要原件 {} 份、复印件 {} 份;现有原件 {originals} 份、复印件 {copies} 份", material.originals, material.copies),
            format!("{} original(s) and {} copies are needed; you have {originals} and {copies}", material.originals, material.copies),
        )
    });
    let state = match material.necessity {
        Necessity::Required => MaterialState::Defective,
        Necessity::Optional => return bare(MaterialState::Without),
        Necessity::Deferrable => MaterialState::Deferred,
    };
    (state, standards, detail)
}

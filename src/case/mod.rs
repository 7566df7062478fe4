//! What happens to a submission at the hall, from receipt to decision: events are appended, the [`State`] is their
//! replay, the [`Clock`] is computed from them, and every decision has its [`Notice`] (告知书).
//!
//! - [`clock`]: deemed acceptance (行政许可法 art. 32 (4)) and due dates.
//! - [`notice`]: what each notice must show.

pub mod clock;
pub mod notice;

pub use clock::{Clock, clock};
pub use notice::{Line, Notice, notice};

use crate::words::Text;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who did it: name, post, window and phone as they were at that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct By {
    pub user: String,
    pub name: String,
    pub post: String,
    pub window: String,
    pub phone: String,
}

/// One entry of the record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Event {
    pub at: DateTime<Utc>,
    /// Nobody for what the system records by itself.
    pub by: Option<By>,
    pub act: Act,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case", tag = "act", deny_unknown_fields)]
pub enum Act {
    /// The submission entered the hall's system.
    Receive { submission: Uuid },
    /// 收件: the materials were taken in against a list.
    TakeIn { materials: Vec<TakenIn> },
    /// 受理.
    Accept,
    /// 补正: everything to be supplied, all at once.
    AskCorrection { points: Vec<Correction> },
    /// What was asked for has come in, on paper at the window.
    Supplied,
    /// 不予受理.
    Refuse {
        reason: String,
        /// Law and article, as cited.
        basis: String,
        /// Where to go instead; may be empty when there is nowhere.
        go: String,
    },
}

/// A material taken in and its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TakenIn {
    pub material: String,
    pub originals: u8,
    pub copies: u8,
}

/// One point of a correction notice: what, and the standard it must meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// `material.<code>` or `condition.<code>` of the item.
    pub point: String,
    /// The standard to be met, as the notice prints it. Never empty.
    pub standard: String,
}

/// The names of the acts a clerk can choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ActName {
    TakeIn,
    Accept,
    AskCorrection,
    Supplied,
    Refuse,
}

impl Act {
    pub fn name(&self) -> Option<ActName> {
        Some(match self {
            Act::Receive { .. } => return None,
            Act::TakeIn { .. } => ActName::TakeIn,
            Act::Accept => ActName::Accept,
            Act::AskCorrection { .. } => ActName::AskCorrection,
            Act::Supplied => ActName::Supplied,
            Act::Refuse { .. } => ActName::Refuse,
        })
    }
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In the hall's system; nobody has taken it up.
    Received,
    TakenIn,
    /// Waiting for the applicant's corrections.
    Correcting,
    Accepted,
    Refused,
}

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    #[error("this act is not possible in state {0:?}")]
    State(State),
    #[error("a correction must list at least one point, each with its standard, none twice")]
    Points,
    #[error("the item has no point `{0}`")]
    Point(String),
    #[error("a refusal needs its reason and its legal basis")]
    Reason,
    #[error("`{0}` is not a material of this item, or its count is implausible")]
    Material(String),
    #[error("a text may have at most {0} characters")]
    TooLong(usize),
}

/// The longest text a clerk may write into a notice, in characters.
pub const TEXT_LIMIT: usize = 2000;

/// The state after `events`.
pub fn state(events: &[Event]) -> State {
    events.iter().fold(State::Received, |_, event| match event.act {
        Act::Receive { .. } => State::Received,
        Act::TakeIn { .. } | Act::Supplied => State::TakenIn,
        Act::AskCorrection { .. } => State::Correcting,
        Act::Accept => State::Accepted,
        Act::Refuse { .. } => State::Refused,
    })
}

/// The acts that `state` allows.
pub fn acts(state: State) -> Vec<ActName> {
    use ActName::*;
    match state {
        State::Received => vec![TakeIn, Accept, AskCorrection, Refuse],
        State::TakenIn => vec![Accept, AskCorrection, Refuse],
        State::Correcting => vec![Supplied, Refuse],
        State::Accepted | State::Refused => vec![],
    }
}

/// May `act` be done now, and is it complete? `item` is the one the submission was made for.
pub fn permit(act: &Act, state: State, item: &crate::catalogue::Item) -> Result<(), NotNow> {
    let allowed = act.name().is_some_and(|name| acts(state).contains(&name));
    if !allowed {
        return Err(NotNow::State(state));
    }
    let short = |text: &str| if text.chars().count() <= TEXT_LIMIT { Ok(()) } else { Err(NotNow::TooLong(TEXT_LIMIT)) };
    match act {
        Act::AskCorrection { points } => {
            let mut seen = std::collections::BTreeSet::new();
            if points.is_empty() || points.iter().any(|p| p.standard.trim().is_empty() || !seen.insert(&p.point)) {
                return Err(NotNow::Points);
            }
            for point in points {
                short(&point.standard)?;
                point_name(item, &point.point).ok_or_else(|| NotNow::Point(point.point.clone()))?;
            }
            Ok(())
        }
        Act::TakeIn { materials } => materials.iter().try_for_each(|m| {
            let known = item.material(&m.material).is_some() && m.originals <= 50 && m.copies <= 50;
            if known { Ok(()) } else { Err(NotNow::Material(m.material.clone())) }
        }),
        Act::Refuse { reason, basis, go } => {
            if reason.trim().is_empty() || basis.trim().is_empty() {
                return Err(NotNow::Reason);
            }
            [reason, basis, go].into_iter().try_for_each(|t| short(t))
        }
        Act::Receive { .. } | Act::Accept | Act::Supplied => Ok(()),
    }
}

/// The name of the material, or the text of the condition, that a point id means.
pub fn point_name<'a>(item: &'a crate::catalogue::Item, point: &str) -> Option<&'a Text> {
    match point.split_once('.')? {
        ("material", code) => item.material(code).map(|m| &m.name),
        ("condition", code) => item.conditions.iter().find(|c| c.code == code).map(|c| &c.text),
        _ => None,
    }
}

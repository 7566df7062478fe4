//! `hall rule eval`: tries a rule against facts, as an author of the catalogue does before putting it into an item.

use super::{Day, Ended, Ending, Voice, both, misuse, read};
use crate::calendar::Calendar;
use crate::rules::author::{self, Refused, Scope};
use crate::rules::{Facts, Known, Paths, Today, Type};
use crate::words::{Text, blank};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;

/// Rules of the catalogue.
#[derive(Subcommand)]
pub enum Rule {
    Eval(Eval),
}

/// Evaluate a rule: its value, or why it has none, with the facts that decide it and those still needed.
///
/// The file maps each name to an object such as {"type":"int","value":3}, without "value" for a missing fact. Types:
/// bool, int, string, date, money (in fen), choice (with "options"), list (with "of": a type object) and record (with
/// "fields": names to type objects). Names may have dots, as in materials.lease.valid_until.
#[derive(Args)]
pub struct Eval {
    #[arg(allow_hyphen_values = true)]
    expr: String,
    #[arg(long, value_name = "FILE.json")]
    facts: PathBuf,
    #[command(flatten)]
    day: Day,
}

/// A type as the file writes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "type")]
enum Kind {
    // With braces, so that what does not belong to them is refused.
    Bool {},
    Int {},
    #[serde(alias = "text")]
    String {},
    Date {},
    Money {},
    Choice {
        options: Vec<String>,
    },
    List {
        of: Box<Kind>,
    },
    Record {
        fields: BTreeMap<String, Kind>,
    },
}

impl Kind {
    fn into_type(self) -> Type {
        match self {
            Kind::Bool {} => Type::Bool,
            Kind::Int {} => Type::Int,
            Kind::String {} => Type::Text,
            Kind::Date {} => Type::Date,
            Kind::Money {} => Type::Money,
            Kind::Choice { options } => Type::Choice(options),
            Kind::List { of } => Type::List(Box::new(of.into_type())),
            Kind::Record { fields } => Type::Record(fields.into_iter().map(|(name, kind)| (name, kind.into_type())).collect()),
        }
    }
}

/// The file's names, typed, and what is known of them.
fn facts(text: &str) -> Result<(Scope, Facts), String> {
    let entries: BTreeMap<String, serde_json::Map<String, Json>> = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let (mut scope, mut facts) = (Scope::new(), Facts::default());
    for (name, mut entry) in entries {
        let given = entry.remove("value").filter(|value| !value.is_null());
        let kind: Kind = serde_json::from_value(entry.into()).map_err(|e| format!("`{name}`: {e}"))?;
        let ty = kind.into_type();
        if let Some(given) = given {
            let value = ty.read(&given).map_err(|e| format!("`{name}`: {e}"))?;
            facts.set(name.clone(), Some(value));
        }
        scope.insert(name, ty);
    }
    Ok((scope, facts))
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Status {
    Value,
    Unknown,
    /// The rule makes sense, but has no value for these facts.
    Fault,
    /// The rule makes no sense, or is outside the language.
    Refused,
}

#[derive(Serialize)]
struct Answer {
    status: Status,
    value: Json,
    because: BTreeSet<String>,
    missing: BTreeSet<String>,
    message: Option<Text>,
    #[serde(flatten)]
    refusal: Option<Refusal>,
}

/// Why there can be no value for any facts.
#[derive(Serialize)]
struct Refusal {
    /// Stable, such as `rule.unknown-name`.
    code: &'static str,
    /// Bytes of the rule's text.
    at: Range<usize>,
    /// How to mend it.
    help: Text,
}

fn evaluate(expr: &str, scope: &Scope, facts: &Facts, date: NaiveDate) -> Answer {
    let answer =
        |status, value, message| Answer { status, value, because: BTreeSet::new(), missing: BTreeSet::new(), message, refusal: None };
    let rule = match author::parse(expr, scope) {
        Ok((rule, _)) => rule,
        Err(Refused { at, code, message, help }) => {
            return Answer { refusal: Some(Refusal { code, at, help }), ..answer(Status::Refused, Json::Null, Some(message)) };
        }
    };
    let calendar = Calendar::announced();
    let verdict = rule.evaluate(facts, &Today { date, calendar: &calendar });
    let names = |paths: Paths| paths.into_iter().map(str::to_owned).collect();
    let (status, value, message) = match verdict.value {
        Known::Value(value) => (Status::Value, value.json(), None),
        Known::Unknown => (Status::Unknown, Json::Null, None),
        Known::Fault(fault) => (Status::Fault, Json::Null, Some(fault.say())),
    };
    Answer { because: names(verdict.because), missing: names(verdict.missing), ..answer(status, value, message) }
}

impl Rule {
    pub(super) fn run(self, voice: &Voice) -> Ended {
        let Rule::Eval(Eval { expr, facts: path, day }) = self;
        let (scope, facts) = match facts(&read(&path)?) {
            Ok(read) => read,
            Err(why) => return misuse(format!("{}: {why}", path.display())),
        };
        let answer = evaluate(&expr, &scope, &facts, day.date());
        voice.tell(&answer, || sentence(&expr, &answer))?;
        Ok(Ending::of(matches!(answer.status, Status::Value | Status::Unknown)))
    }
}

fn sentence(expr: &str, answer: &Answer) -> String {
    let list = |names: &BTreeSet<String>| names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut said = match answer.status {
        Status::Value => format!("值 value: {}", answer.value),
        Status::Unknown => "未知 unknown".to_owned(),
        Status::Fault => "无法计算 fault".to_owned(),
        Status::Refused => "规则有误 refused".to_owned(),
    };
    for (label, text) in [("依据 because", list(&answer.because)), ("还缺 missing", list(&answer.missing))] {
        if !text.is_empty() {
            said += &format!("\n{label}: {text}");
        }
    }
    if let Some(message) = &answer.message {
        said += &format!("\n{}", both(message));
    }
    if let Some(Refusal { code, at, help }) = &answer.refusal {
        said += &format!("\n{}\n{}\n{code}", pointer(expr, at.start), both(help));
    }
    said
}

/// The line of `text` with the byte `at`, and a caret under it.
fn pointer(text: &str, at: usize) -> String {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |n| n + 1);
    let line = format!("{}{}", &before[start..], after.lines().next().unwrap_or_default());
    format!("{line}\n{}^", blank(&before[start..]))
}

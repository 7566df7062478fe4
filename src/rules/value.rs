//! Types and values of rules, and reading typed values out of the plain JSON in which answers are kept.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What a fact, a field of a material or a sub-expression is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Type {
    Bool,
    Int,
    Text,
    Date,
    /// In fen. JSON answers carry fen as a whole number.
    Money,
    /// A length of time to add to a date; only rules make these.
    Period,
    /// One of the named options.
    Choice(Vec<String>),
    Record(BTreeMap<String, Type>),
    List(Box<Type>),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
    Bool(bool),
    Int(i64),
    Text(String),
    Date(NaiveDate),
    Money(i64),
    Period(Period),
    Record(BTreeMap<String, Value>),
    List(Vec<Value>),
}

/// A signed length of time in one unit, as `years(3)` or `working_days(5)` make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    Years(i32),
    Months(i32),
    Days(i32),
    WorkingDays(i32),
}

/// Why a JSON answer is not a value of the declared type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    #[error("expected {expected}")]
    Type { expected: &'static str },
    #[error("`{0}` is no date (YYYY-MM-DD)")]
    Date(String),
    #[error("`{0}` is none of the options")]
    Option(String),
    #[error("unknown field `{0}`")]
    Field(String),
    #[error("in place {place}: {wrong}")]
    Inside { place: String, wrong: Box<Wrong> },
    #[error("a list of at most {0} entries is expected")]
    TooLong(usize),
    #[error("a text of at most {0} characters is expected")]
    TooMuchText(usize),
}

/// The longest list an answer may hold.
pub const LIST_LIMIT: usize = 500;
/// The longest text an answer may hold, in characters. Both limits bound the time that a rule takes.
pub const TEXT_LIMIT: usize = 10_000;

impl Type {
    /// The type's name in messages and in `hall rule eval` files.
    pub fn name(&self) -> &'static str {
        match self {
            Type::Bool => "bool",
            Type::Int => "int",
            Type::Text => "string",
            Type::Date => "date",
            Type::Money => "money",
            Type::Period => "period",
            Type::Choice(_) => "choice",
            Type::Record(_) => "record",
            Type::List(_) => "list",
        }
    }

    /// Reads a JSON answer as a value of this type. A record may lack fields; they are then unknown.
    pub fn read(&self, json: &Json) -> Result<Value, Wrong> {
        let mismatch = Wrong::Type { expected: self.name() };
        match (self, json) {
            (Type::Bool, Json::Bool(b)) => Ok(Value::Bool(*b)),
            (Type::Int, Json::Number(n)) => n.as_i64().map(Value::Int).ok_or(mismatch),
            (Type::Money, Json::Number(n)) => n.as_i64().map(Value::Money).ok_or(mismatch),
            (Type::Text, Json::String(s)) if s.chars().nth(TEXT_LIMIT).is_some() => Err(Wrong::TooMuchText(TEXT_LIMIT)),
            (Type::Text, Json::String(s)) => Ok(Value::Text(s.clone())),
            (Type::Date, Json::String(s)) => read_date(s).map(Value::Date).ok_or_else(|| Wrong::Date(s.clone())),
            (Type::Choice(options), Json::String(s)) => {
                if options.contains(s) {
                    Ok(Value::Text(s.clone()))
                } else {
                    Err(Wrong::Option(s.clone()))
                }
            }
            (Type::Record(fields), Json::Object(given)) => {
                let mut record = BTreeMap::new();
                for (name, json) in given {
                    let field = fields.get(name).ok_or_else(|| Wrong::Field(name.clone()))?;
                    if !json.is_null() {
                        let value = field.read(json).map_err(|w| Wrong::Inside { place: name.clone(), wrong: Box::new(w) })?;
                        record.insert(name.clone(), value);
                    }
                }
                Ok(Value::Record(record))
            }
            (Type::List(of), Json::Array(entries)) => {
                if entries.len() > LIST_LIMIT {
                    return Err(Wrong::TooLong(LIST_LIMIT));
                }
                let read = |(at, json): (usize, &Json)| {
                    of.read(json).map_err(|w| Wrong::Inside { place: (at + 1).to_string(), wrong: Box::new(w) })
                };
                entries.iter().enumerate().map(read).collect::<Result<_, _>>().map(Value::List)
            }
            _ => Err(mismatch),
        }
    }
}

/// `YYYY-MM-DD`, four digits of year, and nothing else.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let date: NaiveDate = text.parse().ok()?;
    // chrono reads `2023-1-1` and more; the text must be the date's own.
    ((FIRST_DAY..=LAST_DAY).contains(&date) && date.to_string() == text).then_some(date)
}

/// Dates run from 0001-01-01 to 9999-12-31, as CEL's timestamps do.
pub const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
pub const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

impl Value {
    /// The plain JSON of a value: what [`Type::read`] reads back.
    pub fn json(&self) -> Json {
        match self {
            Value::Bool(b) => Json::Bool(*b),
            Value::Int(n) | Value::Money(n) => Json::from(*n),
            Value::Text(s) => Json::String(s.clone()),
            Value::Date(d) => Json::String(d.to_string()),
            Value::Period(p) => serde_json::to_value(p).unwrap_or(Json::Null),
            Value::Record(r) => Json::Object(r.iter().map(|(k, v)| (k.clone(), v.json())).collect()),
            Value::List(l) => Json::Array(l.iter().map(Value::json).collect()),
        }
    }
}

/// What is known when a rule is evaluated: paths such as `individuals` or `materials.lease.valid_until`. A path that is
/// missing is unknown; a path that holds `None` is known to have no value (a material declared without a number).
///
/// In the order of their hashes: a rule looks a path up by comparing numbers, and then one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(Vec<Known>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    hash: u32,
    path: String,
    value: Option<Value>,
}

impl Facts {
    pub fn set(&mut self, path: impl Into<String>, value: Option<Value>) {
        let path = path.into();
        match self.find(&path) {
            Ok(at) => self.0[at].value = value,
            Err(at) => self.0.insert(at, Known { hash: hash(&path), path, value }),
        }
    }
    /// Outer `None`: unknown. Inner `None`: known to be absent.
    pub fn get(&self, path: &str) -> Option<Option<&Value>> {
        self.find(path).ok().map(|at| self.0[at].value.as_ref())
    }

    /// Where the path is, or where it belongs.
    fn find(&self, path: &str) -> Result<usize, usize> {
        let hash = hash(path);
        let mut at = self.0.partition_point(|known| known.hash < hash);
        while let Some(known) = self.0.get(at).filter(|known| known.hash == hash) {
            if known.path == path {
                return Ok(at);
            }
            at += 1;
        }
        Err(at)
    }
}

/// FNV-1a.
fn hash(path: &str) -> u32 {
    path.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

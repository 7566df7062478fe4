//! What answers an application can give: the type and bounds of each fact and each field of a material, what goes with
//! what, and the days on which it may be given.

use super::super::value::{FIRST_DAY, LAST_DAY, LIST_LIMIT, Type, Value};
use crate::calendar::Calendar;
use chrono::{Datelike as _, NaiveDate};
use std::collections::BTreeMap;

/// Everything an application says, by path, and when.
#[derive(Clone, Debug)]
pub struct Domains<'a> {
    pub facts: BTreeMap<String, Domain>,
    /// First and last day.
    pub today: (NaiveDate, NaiveDate),
    pub calendar: &'a Calendar,
}

/// The values of one fact.
#[derive(Clone, Debug)]
pub struct Domain {
    pub ty: Type,
    /// Of an int, of money in fen, of a date in days since the first of January of the year 1.
    pub min: i64,
    pub max: i64,
    /// The columns of a list of records.
    pub fields: BTreeMap<String, Domain>,
    /// What an example says where nothing asks for anything else.
    pub usual: Value,
    pub with: Option<With>,
}

/// A fact that means something only while a bool holds, as the number of a paper does only while the paper is at hand.
#[derive(Clone, Debug)]
pub struct With {
    pub path: String,
    pub otherwise: Otherwise,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// There is no value.
    Absent,
    /// An int, and 0.
    Zero,
}

impl Domain {
    /// Everything that the type allows.
    pub fn of(ty: &Type) -> Domain {
        let (min, max) = match ty {
            Type::Date => (day(FIRST_DAY), day(LAST_DAY)),
            _ => (i64::MIN, i64::MAX),
        };
        let fields = match ty {
            Type::List(of) => match &**of {
                Type::Record(fields) => fields.iter().map(|(name, ty)| (name.clone(), Domain::of(ty))).collect(),
                _ => BTreeMap::new(),
            },
            _ => BTreeMap::new(),
        };
        let usual = match ty {
            Type::Bool => Value::Bool(false),
            Type::Int | Type::Period => Value::Int(0),
            Type::Money => Value::Money(0),
            Type::Text => Value::Text("钦州".into()),
            Type::Date => Value::Date(NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default()),
            Type::Choice(options) => Value::Text(options.first().cloned().unwrap_or_default()),
            Type::Record(_) => Value::Record(BTreeMap::new()),
            Type::List(_) => Value::List(vec![]),
        };
        Domain { ty: ty.clone(), min, max, fields, usual, with: None }
    }

    pub fn between(mut self, min: Option<i64>, max: Option<i64>) -> Domain {
        (self.min, self.max) = (min.unwrap_or(self.min), max.unwrap_or(self.max));
        self
    }

    /// Dates, here and in the records of a list, from the one year to the other.
    pub fn in_years(&mut self, first: i32, last: i32) {
        if let (Type::Date, Some(from), Some(to)) = (&self.ty, NaiveDate::from_ymd_opt(first, 1, 1), NaiveDate::from_ymd_opt(last, 12, 31))
        {
            (self.min, self.max) = (day(from).max(self.min), day(to).min(self.max));
        }
        self.fields.values_mut().for_each(|field| field.in_years(first, last));
    }

    pub fn usually(self, usual: Value) -> Domain {
        Domain { usual, ..self }
    }

    pub fn with(self, path: impl Into<String>, otherwise: Otherwise) -> Domain {
        Domain { with: Some(With { path: path.into(), otherwise }), ..self }
    }

    /// The value that an example gives, within bounds.
    pub(super) fn example(&self) -> Value {
        number(&self.usual).map_or_else(|| self.usual.clone(), |n| self.value(n.max(self.min.into()).min(self.max.into())))
    }

    /// The number as a value of this type.
    pub(super) fn value(&self, number: i128) -> Value {
        let whole = i64::try_from(number).unwrap_or(0);
        match self.ty {
            Type::Bool => Value::Bool(number > 0),
            Type::Money => Value::Money(whole),
            Type::Date => Value::Date(date(number).unwrap_or_default()),
            _ => Value::Int(whole),
        }
    }
}

/// The entries of a list, at most.
pub(super) const LONGEST_LIST: i128 = LIST_LIMIT as i128;

/// Days since the beginning of the year 1.
pub(super) fn day(date: NaiveDate) -> i64 {
    date.num_days_from_ce().into()
}

pub(super) fn date(day: i128) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).ok()?)
}

/// A value that is a number of something.
pub(super) fn number(value: &Value) -> Option<i128> {
    match value {
        Value::Bool(b) => Some((*b).into()),
        Value::Int(n) | Value::Money(n) => Some((*n).into()),
        Value::Date(date) => Some(day(*date).into()),
        _ => None,
    }
}

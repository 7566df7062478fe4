//! Working days and limits. The table (`holidays.csv`) lists every date that departs from Monday–Friday, as the State
//! Council announces them each year (调休 included). A date past the last announced year gets an answer marked
//! provisional, never a silent guess. Hall time is UTC+8 all year.

use crate::words::Text;
use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, Timelike, Utc, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The unit of a limit. Limits of 行政许可法 are working days (art. 82); other statutes often mean plain days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    WorkingDay,
    Day,
}

impl Unit {
    /// `20 个工作日` / `20 working days`.
    pub fn say(self, length: u32) -> Text {
        let many = if length == 1 { "" } else { "s" };
        match self {
            Unit::WorkingDay => Text { zh: format!("{length} 个工作日"), en: format!("{length} working day{many}") },
            Unit::Day => Text { zh: format!("{length} 日"), en: format!("{length} day{many}") },
        }
    }
}

/// How a date departs from Monday–Friday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Departure {
    Holiday,
    Workday,
}

/// The working-day calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    departures: BTreeMap<NaiveDate, Departure>,
}

/// A computed date; `provisional` when it, or the day it counts from, lies outside the announced years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(not(target_family = "wasm"), derive(utoipa::ToSchema))]
pub struct Due {
    pub date: NaiveDate,
    pub provisional: bool,
}

/// A line of the table that cannot be read, 1-based.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: expected `YYYY-MM-DD,holiday` or `YYYY-MM-DD,workday`, found `{found}`")]
pub struct BadLine {
    pub line: usize,
    pub found: String,
}

/// The result would lie outside the years this calendar computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the date lies too far away")]
pub struct TooFar;

/// The longest limit, in days of either unit.
pub const LONGEST: u32 = 36_500;

/// The table that this version of the program knows.
const ANNOUNCED: &str = include_str!("holidays.csv");

impl Calendar {
    /// The built-in table.
    pub fn announced() -> Calendar {
        // The table is part of the program and `tests::the_built_in_table_is_whole` reads it.
        Calendar::parse(ANNOUNCED).unwrap_or_default()
    }

    /// Reads `date,kind` lines under a header.
    pub fn parse(csv: &str) -> Result<Calendar, BadLine> {
        let mut departures = BTreeMap::new();
        for (at, line) in csv.lines().enumerate().skip(1) {
            let bad = || BadLine { line: at + 1, found: line.to_owned() };
            if line.trim().is_empty() {
                continue;
            }
            let (date, kind) = line.trim().split_once(',').ok_or_else(bad)?;
            let date = date.parse().map_err(|_| bad())?;
            let kind = match kind {
                "holiday" => Departure::Holiday,
                "workday" => Departure::Workday,
                _ => return Err(bad()),
            };
            departures.insert(date, kind);
        }
        Ok(Calendar { departures })
    }

    /// Adds the departures of a further year.
    pub fn extend(&mut self, further: Calendar) {
        self.departures.extend(further.departures);
    }

    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        match self.departures.get(&date) {
            Some(Departure::Holiday) => false,
            Some(Departure::Workday) => true,
            None => !matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    /// Between the first and the last year of the table.
    fn is_announced(&self, date: NaiveDate) -> bool {
        let (first, last) = (self.departures.first_key_value(), self.departures.last_key_value());
        first.zip(last).is_some_and(|((first, _), (last, _))| (first.year()..=last.year()).contains(&date.year()))
    }

    /// Adds a limit. Day 0, the day of the event, is not counted; a limit in plain days that ends on a day off moves to
    /// the next working day (民法典 arts. 201, 203).
    pub fn add(&self, from: NaiveDate, length: u32, unit: Unit) -> Result<Due, TooFar> {
        if length > LONGEST {
            return Err(TooFar);
        }
        let mut date = from;
        match unit {
            Unit::WorkingDay => {
                for _ in 0..length {
                    date = self.next_working_day(date)?;
                }
            }
            Unit::Day => {
                date = date.checked_add_days(Days::new(length.into())).ok_or(TooFar)?;
                if !self.is_working_day(date) {
                    date = self.next_working_day(date)?;
                }
            }
        }
        Ok(Due { date, provisional: !(self.is_announced(from) && self.is_announced(date)) })
    }

    fn next_working_day(&self, date: NaiveDate) -> Result<NaiveDate, TooFar> {
        let mut date = date;
        loop {
            date = date.succ_opt().ok_or(TooFar)?;
            if self.is_working_day(date) {
                return Ok(date);
            }
        }
    }

    /// Goes back by working days; used by `date - working_days(n)`.
    pub fn subtract_working_days(&self, from: NaiveDate, length: u32) -> Result<NaiveDate, TooFar> {
        if length > LONGEST {
            return Err(TooFar);
        }
        let mut date = from;
        for _ in 0..length {
            loop {
                date = date.pred_opt().ok_or(TooFar)?;
                if self.is_working_day(date) {
                    break;
                }
            }
        }
        Ok(date)
    }
}

/// The date in the hall (UTC+8) at a moment: a filing captured at 23:59 counts on its own date.
pub fn hall_date(at: DateTime<Utc>) -> NaiveDate {
    hall_time(at).date_naive()
}

/// A moment by the hall's wall clock: `2026-11-25 09:30`.
pub fn moment(at: DateTime<Utc>) -> String {
    let at = hall_time(at);
    format!("{} {:02}:{:02}", at.date_naive(), at.hour(), at.minute())
}

/// The hall's wall clock at a moment.
pub fn hall_time(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    const EAST_8: FixedOffset = match FixedOffset::east_opt(8 * 3600) {
        Some(offset) => offset,
        None => unreachable!(),
    };
    at.with_timezone(&EAST_8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_built_in_table_is_whole() {
        let calendar = Calendar::parse(ANNOUNCED).unwrap();
        for (year, expected) in [(2024, 251), (2025, 248), (2026, 248)] {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let working = first.iter_days().take_while(|d| d.year() == year).filter(|d| calendar.is_working_day(*d)).count();
            assert_eq!(working, expected, "{year}");
        }
    }

    #[test]
    fn working_days_count_as_announced() {
        let calendar = Calendar::announced();
        for (from, add, to) in [
            ("2026-02-10", 5, "2026-02-24"),
            ("2026-02-10", 20, "2026-03-16"),
            ("2026-04-28", 5, "2026-05-08"),
            ("2026-09-21", 5, "2026-09-29"),
            ("2026-09-21", 20, "2026-10-26"),
            ("2025-01-24", 5, "2025-02-07"),
            ("2025-09-25", 10, "2025-10-15"),
            ("2024-09-27", 5, "2024-10-10"),
        ] {
            assert_eq!(calendar.add(date(from), add, Unit::WorkingDay), Ok(Due { date: date(to), provisional: false }));
            assert!(calendar.subtract_working_days(date(to), add).unwrap() >= date(from));
        }
    }

    #[test]
    fn plain_days_end_on_a_working_day_and_unannounced_years_say_so() {
        let calendar = Calendar::announced();
        assert_eq!(calendar.add(date("2026-09-25"), 7, Unit::Day), Ok(Due { date: date("2026-10-08"), provisional: false }));
        assert!(calendar.add(date("2026-12-30"), 5, Unit::WorkingDay).unwrap().provisional);
        assert!(calendar.add(date("2023-09-27"), 5, Unit::WorkingDay).unwrap().provisional);
        assert_eq!(calendar.add(date("2026-01-01"), LONGEST + 1, Unit::Day), Err(TooFar));
        assert!(calendar.add(NaiveDate::MAX, 1, Unit::Day).is_err());
    }

    #[test]
    fn the_hall_lives_eight_hours_east() {
        assert_eq!(hall_date("2026-11-24T15:59:59Z".parse().unwrap()), date("2026-11-24"));
        assert_eq!(hall_date("2026-11-24T16:00:00Z".parse().unwrap()), date("2026-11-25"));
    }

    #[test]
    fn a_bad_table_names_its_line() {
        assert_eq!(Calendar::parse("date,kind\n2026-13-01,holiday").unwrap_err().line, 2);
        assert_eq!(Calendar::parse("date,kind\n2026-12-01,feast").unwrap_err().line, 2);
    }
}

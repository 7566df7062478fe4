//! What both halves compute: applications assessed, and rules over whole worlds.

use mingbai::calendar::Calendar;
use mingbai::catalogue::Item;
use mingbai::check::{Application, assess, explain, questions};
use mingbai::rules::{Rule, Today};
use serde::{Deserialize, Serialize};

/// Written by the native half, with its own results.
#[derive(Serialize, Deserialize)]
pub struct Cases {
    pub calendar: Calendar,
    pub items: Vec<Item>,
    pub applications: Vec<Case>,
    pub rules: Vec<(Rule, String)>,
}

/// An application and what it came to.
#[derive(Serialize, Deserialize)]
pub struct Case {
    /// Place of its item.
    pub item: usize,
    pub name: String,
    pub today: chrono::NaiveDate,
    pub application: Application,
    /// The assessment's JSON, what would be asked and submitted, and why each condition stands as it does.
    pub result: String,
}

pub fn result(item: &Item, calendar: &Calendar, case: &Case) -> String {
    let today = Today { date: case.today, calendar };
    let assessment = serde_json::to_string(&assess(item, &case.application, &today)).unwrap();
    let next = questions::next(item, &case.application, &today);
    let relevant = questions::relevant(item, &case.application, &today);
    let why = |code: &String| explain::why_condition(item, &case.application, code, &today).map(|words| words.line());
    let why: Vec<_> = item.conditions.iter().map(|condition| why(&condition.code)).collect();
    format!("{assessment} {next:?} {relevant:?} {why:?}")
}

//! An application and what it came to, as both halves see it.

use mingbai::catalogue::bundle::Bundle;
use mingbai::check::{Application, assess, questions};
use mingbai::rules::Today;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub struct Case {
    pub item: String,
    pub name: String,
    pub today: chrono::NaiveDate,
    pub application: Application,
    /// The assessment's JSON, and what would be asked and submitted.
    pub result: String,
}

pub fn result(bundle: &Bundle, case: &Case) -> String {
    let today = Today { date: case.today, calendar: &bundle.calendar };
    let item = bundle.item(&case.item).unwrap();
    let assessment = serde_json::to_string(&assess(item, &case.application, &today)).unwrap();
    let next = questions::next(item, &case.application, &today);
    let relevant = questions::relevant(item, &case.application, &today);
    format!("{assessment} {next:?} {relevant:?}")
}

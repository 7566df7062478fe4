//! What is measured, as data that both halves read: rules are compiled natively, where the parser is, and travel as JSON.

use base64::Engine as _;
use mingbai::calendar::Calendar;
use mingbai::catalogue::Item;
use mingbai::catalogue::search::Listing;
use mingbai::check::Application;
use mingbai::rules::Rule;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

#[derive(Serialize, Deserialize)]
pub struct Workload {
    pub calendar: Calendar,
    pub today: chrono::NaiveDate,
    /// 100 conditions of two clauses each.
    pub conditions: Vec<Rule>,
    /// 100 facts, a third of them missing.
    pub facts: Map<String, Json>,
    /// The same conditions for json-logic-js.
    pub json_logic: Vec<Json>,
    /// Every item of the sample with its most complete worked application.
    pub assessments: Vec<(Item, Application)>,
    /// An item of 200 facts, half of them answered.
    pub long: (Item, Application),
    /// What people type, keystroke by keystroke, into a catalogue of 10,000 items.
    pub keystrokes: Vec<String>,
    /// That catalogue's listing, base64.
    pub listing: String,
}

impl Workload {
    pub fn listing(&self) -> Listing {
        Listing::open(base64::engine::general_purpose::STANDARD.decode(&self.listing).unwrap()).unwrap()
    }
}

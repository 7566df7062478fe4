//! The app in the browser and the hall reach the same assessment of the same application, byte for byte: for a worked
//! application of every item that can be submitted, what the browser's wasm assessed, what the hall's native code assessed
//! when it came in, and what this test's own native code says.

use crate::applicant::{arrive, begin, confirm, fill_in, home, items, short_number};
use crate::browser::{Browser, PHONE};
use crate::desk::Api;
use crate::hall::Hall;
use chrono::Utc;
use mingbai::api::CaseView;
use mingbai::calendar::{Calendar, hall_date};
use mingbai::catalogue::{Filing, Item};
use mingbai::check::{Application, assess};
use mingbai::rules::Today;
use serde::Deserialize;

#[derive(Deserialize)]
struct Worked {
    cases: Vec<toml::Table>,
}

/// The last worked application that may be submitted: the first is mostly the one where all is well.
fn worked(item: &Item, today: &Today) -> Option<Application> {
    let path = format!("{}/tests/catalogue/applications/{}.toml", env!("CARGO_MANIFEST_DIR"), item.code);
    let worked: Worked = toml::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))).unwrap();
    let mut cases = worked.cases.into_iter().map(|case| {
        let application = toml::Table::from_iter(case.into_iter().filter(|(key, _)| key == "facts" || key == "materials"));
        serde_json::from_value::<Application>(plain(toml::Value::Table(application))).unwrap()
    });
    cases.rfind(|application| assess(item, application, today).outcome.may_submit())
}

/// TOML as JSON, with dates as their text.
fn plain(value: toml::Value) -> serde_json::Value {
    match value {
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, plain(value))).collect(),
        toml::Value::Array(values) => values.into_iter().map(plain).collect(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
        toml::Value::Float(number) => panic!("{number} in an application"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_and_hall_assess_alike() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let clerk = Api::sign_in(&hall, "clerk").await;
    let phone = Browser::start("phone", PHONE).await;
    arrive(&phone, &hall.url("/")).await;
    let calendar = Calendar::announced();
    let today = Today { date: hall_date(Utc::now()), calendar: &calendar };
    let mut compared = 0;
    for item in items().iter().filter(|item| item.filing == Filing::Online) {
        let Some(application) = worked(item, &today) else { continue };
        phone.click("to-home").await;
        home(&phone).await;
        begin(&phone, &item.code).await;
        fill_in(&phone, item, &application).await;
        confirm(&phone, item).await;
        phone.see_value("receipt", "data-standing", "received").await;
        let view: CaseView = serde_json::from_value(clerk.get(&format!("/cases/{}", short_number(&phone).await)).await).unwrap();
        let bytes = |assessment| serde_json::to_string(assessment).unwrap();
        let here = assess(item, &view.submission.application, &today);
        assert!(view.agrees, "{}: the hall says that it does not agree", item.code);
        assert_eq!(bytes(&view.submission.assessment), bytes(&view.recheck), "{}: browser and hall", item.code);
        assert_eq!(bytes(&view.submission.assessment), bytes(&here), "{}: browser and this test", item.code);
        compared += 1;
    }
    assert!(compared >= 8, "only {compared} items were compared");
}

//! The app in the browser and the hall reach the same assessment of the same application, byte for byte: for a worked
//! application of every item that can be submitted, what the browser's wasm assessed, what the hall's native code assessed
//! when it came in, and what this test's own native code says.

use crate::applicant::{arrive, begin, confirm, fill_in, home, items, short_number, worked};
use crate::browser::{Browser, PHONE};
use crate::desk::Api;
use crate::hall::Hall;
use chrono::Utc;
use mingbai::api::CaseView;
use mingbai::calendar::{Calendar, hall_date};
use mingbai::catalogue::Filing;
use mingbai::check::{Application, assess};
use mingbai::rules::Today;

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
        // The last, because the first is mostly the one where all is well.
        let may_submit = |application: &Application| assess(item, application, &today).outcome.may_submit();
        let Some(application) = worked(&item.code).into_iter().rfind(may_submit) else { continue };
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

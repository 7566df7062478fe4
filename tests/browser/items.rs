//! Every item that is filed from a device, once through its own questions, cards and forms to the hall's receipt; and the
//! hall's check of what came in agrees with the device's, byte for byte.

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
async fn every_item_can_be_filed_and_the_hall_agrees() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let clerk = Api::sign_in(&hall, "clerk").await;
    let phone = Browser::start("phone", PHONE).await;
    arrive(&phone, &hall.url("/")).await;
    let calendar = Calendar::announced();
    let today = Today { date: hall_date(Utc::now()), calendar: &calendar };
    for item in items().iter().filter(|item| item.filing == Filing::Online) {
        let may_submit = |application: &Application| assess(item, application, &today).outcome.may_submit();
        let application = worked(&item.code).into_iter().find(may_submit).unwrap_or_else(|| panic!("{}: nothing to file", item.code));
        phone.click("to-home").await;
        home(&phone).await;
        begin(&phone, &item.code).await;
        fill_in(&phone, item, &application).await;
        confirm(&phone, item).await;
        phone.see_value("receipt", "data-standing", "received").await;
        let view: CaseView = serde_json::from_value(clerk.get(&format!("/cases/{}", short_number(&phone).await)).await).unwrap();
        let bytes = |assessment| serde_json::to_string(assessment).unwrap();
        assert!(view.agrees, "{}: the hall says that it does not agree", item.code);
        assert_eq!(bytes(&view.submission.assessment), bytes(&view.recheck), "{}", item.code);
    }
}

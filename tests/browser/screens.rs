//! The pictures in tests/screens, taken from the real app; run by `cargo x screens`.

use crate::applicant::{
    self, ITEM, answer_one, association, confirm, declare, fill_in, home, keeps_the_app, next, receipt_text, short_number, sign,
};
use crate::browser::{Browser, DESK, KIOSK, PHONE, Profile};
use crate::camera::film;
use crate::desk::{OPERATOR_CODE, enrol, sign_in, verdict};
use crate::hall::Hall;
use std::path::PathBuf;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes tests/screens: cargo x screens"]
async fn of_the_main_steps() {
    let _turn = crate::turn().await;
    for lang in ["zh", "en"] {
        let mut hall = Hall::start();
        let receipt = of_an_applicant(&mut hall, lang, "kiosk").await;
        of_the_desk(&mut hall, lang, &receipt).await;
        of_an_applicant(&mut hall, lang, "phone").await;
    }
}

/// The picture of a step: `kiosk-zh-home.png`.
async fn take(browser: &Browser, device: &str, lang: &str, step: &str) {
    // Fades and slides have an end.
    tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/screens");
    browser.picture(&folder.join(format!("{device}-{lang}-{step}.png"))).await;
}

/// The way of an applicant, who ends with the hall out of reach and then back. Returns the receipt that was queued.
async fn of_an_applicant(hall: &mut Hall, lang: &str, device: &str) -> String {
    let is_kiosk = device == "kiosk";
    let browser = Browser::start(device, if is_kiosk { KIOSK } else { PHONE }).await;
    if is_kiosk {
        enrol(&browser, hall, "kiosk", "自助机 3").await;
    }
    let shot = async |step: &str| take(&browser, device, lang, step).await;
    browser.open(&hall.url("/")).await;
    if is_kiosk {
        browser.see("attract").await;
        shot("attract").await;
    }
    home(&browser).await;
    keeps_the_app(&browser).await;
    if lang == "en" {
        browser.click("lang").await;
    }
    shot("home").await;
    browser.click(&format!("open-{ITEM}")).await;
    browser.see("start").await;
    shot("item").await;
    let (item, complete) = (applicant::item(ITEM), association());
    let mut lacking = complete.clone();
    lacking.materials.get_mut("consent").unwrap().have = false;
    browser.click("start").await;
    browser.see("question").await;
    answer_one(&browser, &item, &complete).await;
    shot("question").await;
    while browser.any(&["question", "material"]).await == "question" {
        answer_one(&browser, &item, &complete).await;
    }
    declare(&browser, complete.materials.get("application")).await;
    shot("material").await;
    assert_eq!(fill_in(&browser, &item, &lacking).await, "incomplete");
    shot("incomplete").await;
    browser.click("fix-material.consent").await;
    browser.see_value("material", "data-material", "consent").await;
    declare(&browser, complete.materials.get("consent")).await;
    next(&browser).await;
    browser.see("go-on").await;
    shot("ready").await;
    hall.stop();
    browser.click("go-on").await;
    browser.see("consent").await;
    shot("confirm").await;
    sign(&browser, &item).await;
    browser.see_value("receipt", "data-standing", "queued").await;
    let queued = receipt_text(&browser).await;
    shot("queued").await;
    hall.start_again();
    browser.see_value("receipt", "data-standing", "received").await;
    shot("received").await;
    assert!(!short_number(&browser).await.is_empty());
    if is_kiosk {
        browser.click("to-phone").await;
        browser.see("take-done").await;
        shot("to-phone").await;
        browser.click("take-done").await;
        browser.click("write-down").await;
        browser.see("take-number").await;
        shot("number").await;
    } else {
        let id = browser.attribute("receipt", "data-id").await;
        browser.open(&hall.url(&format!("/s/{id}"))).await;
        browser.see("status").await;
        shot("status").await;
    }
    queued
}

/// A desk whose camera sees the receipt while the hall is out of reach, and then the case.
async fn of_the_desk(hall: &mut Hall, lang: &str, receipt: &str) {
    let folder = tempfile::tempdir().unwrap();
    let reel = folder.path().join("camera.y4m");
    film(Some(receipt), &reel);
    let desk = Browser::with("desk", DESK, Profile::fresh(), Some(&reel)).await;
    let shot = async |step: &str| take(&desk, "desk", lang, step).await;
    enrol(&desk, hall, "desk", "12 号窗口").await;
    if lang == "en" {
        desk.click("lang").await;
    }
    sign_in(&desk, hall, "clerk").await;
    shot("home").await;
    desk.click("nav-scan").await;
    desk.see("no-verdict").await;
    hall.stop();
    desk.click("scan-start").await;
    verdict(&desk, "queued").await;
    desk.see("first-scan").await;
    shot("scan").await;
    desk.click("scan-stop").await;
    hall.start_again();
    desk.click("nav-cases").await;
    desk.see("cases").await;
    shot("cases").await;
    desk.click_css("[data-test=cases] th a").await;
    desk.see("case").await;
    shot("case").await;
    desk.click("act-ask-correction").await;
    desk.click("tick-material.premises").await;
    shot("correction").await;
    desk.click("send").await;
    desk.see("notice").await;
    shot("notice").await;
    desk.open(&hall.url("/operator")).await;
    desk.fill("operator-code", OPERATOR_CODE).await;
    desk.click("code-open").await;
    desk.see("queue-empty").await;
    shot("operator").await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes tests/screens: cargo x screens"]
async fn of_the_operators_page() {
    let _turn = crate::turn().await;
    for lang in ["zh", "en"] {
        for (device, size) in [("kiosk", KIOSK), ("desk", DESK)] {
            let mut hall = Hall::start();
            let browser = Browser::start(device, size).await;
            enrol(&browser, &hall, device, if device == "kiosk" { "自助机 3" } else { "12 号窗口" }).await;
            of_an_operator(&mut hall, &browser, lang, device).await;
        }
    }
}

/// Behind the code: what waits and why, health, self-test, service and the fleet.
async fn of_an_operator(hall: &mut Hall, browser: &Browser, lang: &str, device: &str) {
    let shot = async |step: &str| take(browser, device, lang, &format!("operator-{step}")).await;
    hall.stop();
    let item = applicant::item(ITEM);
    browser.open(&hall.url("/")).await;
    home(browser).await;
    applicant::begin(browser, ITEM).await;
    fill_in(browser, &item, &association()).await;
    confirm(browser, &item).await;
    browser.see_value("receipt", "data-standing", "queued").await;
    if device == "desk" {
        // A scan that waits until somebody signs in.
        let receipt = receipt_text(browser).await;
        browser.open(&hall.url("/desk/scan")).await;
        browser.see("no-verdict").await;
        browser.usb_scan(&receipt).await;
        browser.see("verdict").await;
    }
    browser.open(&hall.url("/operator")).await;
    if device == "kiosk" {
        browser.click("attract").await;
    }
    if lang == "en" {
        browser.click("lang").await;
    }
    browser.see("gate").await;
    shot("code").await;
    browser.fill("operator-code", OPERATOR_CODE).await;
    browser.click("code-open").await;
    browser.see("queued").await;
    browser.see("health-printer").await;
    shot("status").await;
    hall.start_again();
    browser.click("send-now").await;
    browser.see("queue-empty").await;
    browser.click("tab-test").await;
    browser.click("test-start").await;
    browser.see_value("step-sound", "data-stand", "asked").await;
    browser.click("yes").await;
    browser.see("test-page").await;
    shot("test").await;
    browser.click("yes").await;
    browser.click("tab-service").await;
    browser.click("unenrol").await;
    browser.see(if device == "desk" { "unenrol-scans" } else { "unenrol-yes" }).await;
    shot("service").await;
    browser.click("tab-fleet").await;
    sign_in(browser, hall, "operator").await;
    browser.see("fleet-row").await;
    shot("fleet").await;
    if device == "kiosk" {
        hall.command(&["device", "revoke", "自助机 3"]);
        browser.open(&hall.url("/")).await;
        home(browser).await;
        if lang == "en" {
            browser.click("lang").await;
        }
        browser.click(&format!("open-{ITEM}")).await;
        browser.see("may-not-submit").await;
        take(browser, device, lang, "revoked").await;
    }
}

//! The main job from end to end: an applicant checks, corrects and submits at a kiosk whose network is gone, leaves with a
//! receipt; a clerk's camera reads it, still without a network; the hall comes back, everything arrives, and the case is
//! decided.

use crate::applicant::{self, ITEM, association, begin, confirm, declare, fill_in, home, keeps_the_app, next, receipt_text, short_number};
use crate::browser::{Browser, DESK, KIOSK, Profile};
use crate::camera::film;
use crate::desk::{enrol, forge, sign_in, verdict};
use crate::hall::Hall;

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_visit_to_the_decision_with_the_network_gone_in_between() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();

    // In the morning, while the hall is up: a kiosk and a desk are set up. The desk has scanned before.
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    applicant::arrive(&kiosk, &hall.url("/")).await;
    let reel = tempfile::tempdir().unwrap();
    let reel = reel.path().join("camera.y4m");
    film(None, &reel);
    let desk = Browser::with("desk", DESK, Profile::fresh(), Some(&reel)).await;
    enrol(&desk, &hall, "desk", "12 号窗口").await;
    desk.click("to-scan").await;
    desk.click("scan-start").await;
    desk.see("scan-stop").await;
    desk.until("the decoder was not kept", async || desk.script_async(KEEPS_DECODER).await == true).await;
    desk.click("scan-stop").await;

    // The hall is gone. Both machines start all the same.
    hall.stop();
    kiosk.reload().await;
    home(&kiosk).await;
    desk.reload().await;
    desk.see("scan-start").await;

    // First without the supervising body's consent: one complete list says so. Then with it.
    let (item, complete) = (applicant::item(ITEM), association());
    let mut lacking = complete.clone();
    lacking.materials.get_mut("consent").unwrap().have = false;
    begin(&kiosk, ITEM).await;
    assert_eq!(fill_in(&kiosk, &item, &lacking).await, "incomplete");
    kiosk.see("point-material.consent").await;
    kiosk.click("fix-material.consent").await;
    kiosk.see_value("material", "data-material", "consent").await;
    declare(&kiosk, complete.materials.get("consent")).await;
    next(&kiosk).await;
    kiosk.see_value("verdict", "data-outcome", "ready-for-person").await;
    confirm(&kiosk, &item).await;
    kiosk.see_value("receipt", "data-standing", "queued").await;
    let queued = receipt_text(&kiosk).await;

    // The clerk's camera sees it. Nothing but the kept trust list is needed.
    film(Some(&queued), &reel);
    desk.click("scan-start").await;
    verdict(&desk, "queued").await;
    desk.see("first-scan").await;
    assert!(desk.text("says-device").await.contains("自助机 3"));
    desk.click("scan-stop").await;
    desk.click("next-scan").await;
    film(Some(&forge(&queued)), &reel);
    desk.click("scan-start").await;
    verdict(&desk, "not-genuine").await;
    desk.click("scan-stop").await;
    desk.click("next-scan").await;

    // The hall is back: what waited arrives by itself, and the receipt becomes the hall's own.
    hall.start_again();
    kiosk.see_value("receipt", "data-standing", "received").await;
    let number = short_number(&kiosk).await;
    let received = receipt_text(&kiosk).await;
    assert_ne!(received, queued);

    // The clerk signs in, which puts the scan made offline on record, and opens the case.
    desk.click_css(".desk-name").await;
    sign_in(&desk, &hall, "clerk").await;
    let case = hall.url(&format!("/desk/case/{number}"));
    desk.open(&case).await;
    desk.see_value("case", "data-state", "received").await;
    let recorded = async || {
        let there = desk.text("scans").await.contains("12 号窗口");
        if !there {
            desk.open(&case).await;
            // A scan on its way is not to be cut off by the next reload.
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        }
        there
    };
    desk.until("the scan made offline is not on record", recorded).await;
    desk.see_value("recheck", "data-agrees", "true").await;
    assert!(desk.text("applicant").await.contains(applicant::NAME));

    // Corrections are asked for, come in at the window, and the application is accepted; each leaves its notice.
    desk.click("act-ask-correction").await;
    desk.click("tick-material.premises").await;
    desk.fill("standard-material.premises", "租赁合同须由出租方签名").await;
    desk.click("send").await;
    desk.see_value("case", "data-state", "correcting").await;
    assert!(desk.text("notice").await.contains("租赁合同须由出租方签名"));
    desk.click("close-notice").await;
    desk.click("act-supplied").await;
    desk.click("send").await;
    desk.see("act-accept").await;
    desk.click("act-accept").await;
    if desk.sees("confirm-points").await {
        desk.click("confirm-points").await;
    }
    desk.click("send").await;
    desk.see_value("case", "data-state", "accepted").await;
    desk.see("notice").await;
    desk.click("close-notice").await;
    desk.see("due").await;

    // A second scan of the same receipt is shown as such, now by the USB scanner and with the hall's own receipt.
    desk.click("nav-scan").await;
    desk.see("no-verdict").await;
    desk.usb_scan(&received).await;
    verdict(&desk, "received").await;
    desk.see("scanned-before").await;

    // The person goes; the kiosk waits for the next one.
    kiosk.click("finish").await;
    kiosk.see("attract").await;
    keeps_the_app(&kiosk).await;
}

/// Is the decoder among the kept files? Only then can a desk read codes without a network.
const KEEPS_DECODER: &str = "const done = arguments[arguments.length - 1];
    caches.match('/decoder_bg.wasm').then((found) => done(!!found), () => done(false));";

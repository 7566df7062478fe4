//! What devices keep and what they forget: a citizen's own phone resumes where it was left, a kiosk remembers nobody; and
//! a receipt from a phone is shown for what it is.

use crate::applicant::{self, ITEM, answer_one, arrive, association, begin, fill_in, home, phone, receipt_text, submit};
use crate::browser::{Browser, DESK, KIOSK, PHONE};
use crate::database::PROMISES;
use crate::desk::{Api, enrol, forge, verdict};
use crate::hall::Hall;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_resumes_after_it_was_closed() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = phone(&hall).await;
    let (item, application) = (applicant::item(ITEM), association());
    begin(&phone, ITEM).await;
    answer_one(&phone, &item, &application).await;
    answer_one(&phone, &item, &application).await;
    let third = phone.attribute("question", "data-fact").await;
    let kept = phone.close().await;
    // Without a network as well: it is the phone that remembers.
    hall.stop();
    let phone = Browser::with("phone", PHONE, kept, None).await;
    arrive(&phone, &hall.url("/")).await;
    phone.click("resume").await;
    assert_eq!(phone.attribute("question", "data-fact").await, third);
    assert_eq!(fill_in(&phone, &item, &application).await, "ready-for-person");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phones_receipt_is_amber_until_the_hall_has_it() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let desk = Browser::start("desk", DESK).await;
    enrol(&desk, &hall, "desk", "12 号窗口").await;
    desk.click("nav-scan").await;
    let phone = phone(&hall).await;
    hall.stop();
    submit(&phone).await;
    phone.see_value("receipt", "data-standing", "queued").await;
    let own = receipt_text(&phone).await;
    desk.usb_scan(&own).await;
    verdict(&desk, "self-issued").await;
    desk.click("next-scan").await;
    desk.usb_scan(&forge(&own)).await;
    verdict(&desk, "not-genuine").await;
    desk.click("next-scan").await;
    desk.usb_scan("MB1:6BFOXN/T0E").await;
    verdict(&desk, "not-genuine").await;
    desk.click("next-scan").await;
    hall.start_again();
    phone.see_value("receipt", "data-standing", "received").await;
    desk.usb_scan(&receipt_text(&phone).await).await;
    verdict(&desk, "received").await;
    desk.see("scanned-before").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_that_was_taken_out_of_service_says_so_before_anybody_fills_in_anything() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    let look = async || {
        kiosk.open(&hall.url("/")).await;
        home(&kiosk).await;
        kiosk.click(&format!("open-{ITEM}")).await;
        kiosk.see("start").await;
    };
    look().await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert!(!kiosk.sees("may-not-submit").await, "{}", kiosk.text("may-not-submit").await);
    hall.command(&["device", "revoke", "自助机 3"]);
    look().await;
    kiosk.see("may-not-submit").await;
    assert!(kiosk.text("may-not-submit").await.contains("停用"));
    let in_sight = "return document.querySelector('[data-test=may-not-submit]').getBoundingClientRect().bottom < innerHeight / 2";
    assert_eq!(kiosk.script(in_sight).await, true, "nobody would read it");
    // Whoever only wants to know what is missing still can.
    kiosk.see("start").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_send_once() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = phone(&hall).await;
    hall.stop();
    submit(&phone).await;
    phone.see_value("receipt", "data-standing", "queued").await;
    let receipt = phone.path().await;
    let driver = phone.driver();
    let first = driver.window().await.unwrap();
    let second = driver.new_tab().await.unwrap();
    driver.switch_to_window(second).await.unwrap();
    phone.open(&hall.url(&receipt)).await;
    phone.see_value("receipt", "data-standing", "queued").await;
    hall.start_again();
    phone.see_value("receipt", "data-standing", "received").await;
    let mut sent = phone.script(SENT).await.as_i64().unwrap();
    driver.switch_to_window(first).await.unwrap();
    phone.see_value("receipt", "data-standing", "received").await;
    sent += phone.script(SENT).await.as_i64().unwrap();
    assert_eq!(sent, 1, "the submission was sent {sent} times");
    let clerk = Api::sign_in(&hall, "clerk").await;
    assert_eq!(clerk.get("/cases").await.as_array().unwrap().len(), 1);
}

/// How often this tab has sent a submission that the hall answered.
const SENT: &str = "return performance.getEntriesByType('resource')
    .filter((e) => /\\/submissions\\/[0-9a-f-]+$/.test(e.name) && e.responseStatus >= 200).length;";

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosk_remembers_nobody() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    arrive(&kiosk, &hall.url("/")).await;
    hall.stop();

    // Torn away in the middle, as by a power cut.
    let (item, application) = (applicant::item(ITEM), association());
    begin(&kiosk, ITEM).await;
    fill_in(&kiosk, &item, &application).await;
    kiosk.click("go-on").await;
    kiosk.fill("name", applicant::NAME).await;
    kiosk.fill("identifier", applicant::RESIDENT_ID).await;
    kiosk.reload().await;
    kiosk.see("attract").await;
    nothing_of_the_person(&kiosk).await;

    // Submitted and finished, with the hall still gone: what waits is sealed.
    kiosk.click("attract").await;
    home(&kiosk).await;
    submit(&kiosk).await;
    let receipt = kiosk.path().await;
    kiosk.click("finish").await;
    kiosk.see("attract").await;
    let kept = nothing_of_the_person(&kiosk).await;
    assert!(kept.contains("outbox") || kept.len() > 1000, "the sealed submission is not there: {kept}");

    // The next person cannot open it either, by its address or by going back.
    kiosk.open(&hall.url(&receipt)).await;
    kiosk.click("attract").await;
    kiosk.driver().back().await.unwrap();
    assert!(!kiosk.sees("receipt").await, "the next person sees the receipt");
    assert!(!kiosk.script("return document.body.innerText").await.to_string().contains(applicant::NAME));
}

/// Looks through everything the browser keeps for the page. Returns it all as one text.
async fn nothing_of_the_person(browser: &Browser) -> String {
    let kept = browser.script_async(&format!("{PROMISES}{EVERYTHING}")).await;
    let Value::String(kept) = kept else { panic!("cannot look through the storage: {kept}") };
    for secret in [applicant::NAME, applicant::RESIDENT_ID, applicant::PHONE] {
        assert!(!kept.contains(secret), "the kiosk has kept `{secret}`");
    }
    kept
}

/// All of IndexedDB, local and session storage as text; bytes both as UTF-8 and as they are.
const EVERYTHING: &str = "const done = arguments[arguments.length - 1];
    const show = (value) => {
        if (value instanceof ArrayBuffer) value = new Uint8Array(value);
        if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value);
        if (value instanceof Blob || value instanceof CryptoKey) return String(value);
        if (Array.isArray(value)) {
            const bytes = value.length && value.every((v) => Number.isInteger(v) && v >= 0 && v < 256);
            return (bytes ? new TextDecoder().decode(new Uint8Array(value)) : '') + value.map(show).join(' ');
        }
        if (value instanceof Map) return [...value].map(show).join(' ');
        if (value && typeof value === 'object') return Object.entries(value).map(([k, v]) => k + '=' + show(v)).join(' ');
        return String(value);
    };
    (async () => {
        let all = show({ ...localStorage }) + show({ ...sessionStorage }) + show(history.state);
        for (const { name } of await indexedDB.databases()) {
            const database = await wait(indexedDB.open(name));
            for (const store of database.objectStoreNames) {
                const rows = database.transaction(store).objectStore(store);
                all += `\\n${store}: ` + show(await wait(rows.getAllKeys())) + show(await wait(rows.getAll()));
            }
            database.close();
        }
        return all;
    })().then(done, (error) => done({ error: String(error) }));";

#[tokio::test(flavor = "multi_thread")]
async fn language_and_large_text_are_one_tap_away_and_stay() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = Browser::start("phone", PHONE).await;
    arrive(&phone, &hall.url("/")).await;
    phone.see_css("html[lang=\"zh-CN\"]:not([data-large])").await;
    let open = format!("open-{ITEM}");
    assert!(phone.text(&open).await.contains("社会团体成立登记"));
    phone.click("lang").await;
    phone.see_css("html[lang=\"en\"]").await;
    assert!(phone.text(&open).await.contains("Registering a social organisation"));
    let before = phone.script(SIZE).await.as_f64().unwrap();
    phone.click("large").await;
    phone.see_css("html[data-large]").await;
    assert!(phone.script(SIZE).await.as_f64().unwrap() > before * 1.1, "large text is not larger");
    phone.reload().await;
    home(&phone).await;
    phone.see_css("html[lang=\"en\"][data-large]").await;
    let wide = phone.script("return document.documentElement.scrollWidth - innerWidth").await.as_i64().unwrap();
    assert!(wide <= 0, "the page is {wide} pixels wider than the phone");
}

const SIZE: &str = "return parseFloat(getComputedStyle(document.querySelector('[data-test^=open-]')).fontSize)";

#[tokio::test(flavor = "multi_thread")]
async fn the_console_stays_silent() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = phone(&hall).await;
    submit(&phone).await;
    phone.see_value("receipt", "data-standing", "received").await;
    for path in ["/about", "/mine", "/desk", "/operator"] {
        phone.open(&hall.url(path)).await;
        phone.see("lang").await;
    }
    let console = phone.console().await;
    // Asking who is signed in, where nobody is, is answered with 401; browsers write that down.
    let loud: Vec<&String> = console.iter().filter(|line| !line.contains("/api/v1/session")).collect();
    assert!(loud.is_empty(), "{loud:#?}");
}

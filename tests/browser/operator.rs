//! The operator's page: its code is asked with no network as well and cannot be guessed at the machine; a submission that the
//! hall refuses shows its reason while others go on their way, and what still waits can be carried to the hall in a file; the
//! fleet shows the machine that needs somebody.

use crate::applicant::{arrive, submit};
use crate::browser::{Browser, DESK, KIOSK};
use crate::database;
use crate::desk::{Api, OPERATOR_CODE, enrol, sign_in};
use crate::hall::Hall;
use ed25519_dalek::SigningKey;
use mingbai::api::{Heartbeat, Part};
use mingbai::signing::{HEARTBEAT, Signed, hex};
use serde_json::json;

/// Opens the operator's page, past the attract screen of a kiosk.
async fn open(browser: &Browser, hall: &Hall) {
    browser.open(&hall.url("/operator")).await;
    browser.any(&["attract", "gate", "machine"]).await;
    // What lies below the attract screen may be seen for a moment before it comes.
    if browser.script("return document.documentElement.dataset.profile").await == "kiosk" {
        browser.click("attract").await;
    }
}

/// Opens it with the code.
async fn unlock(browser: &Browser, hall: &Hall) {
    open(browser, hall).await;
    browser.see("gate").await;
    enter(browser, OPERATOR_CODE).await;
    browser.see("health").await;
}

async fn enter(browser: &Browser, code: &str) {
    browser.fill("operator-code", code).await;
    browser.click("code-open").await;
}

/// Submits the sample item; returns the path of its receipt.
async fn submitted(browser: &Browser, hall: &Hall) -> String {
    arrive(browser, &hall.url("/")).await;
    submit(browser).await;
    browser.see("receipt").await;
    browser.path().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_page_asks_for_its_code_without_a_network() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    hall.stop();
    open(&kiosk, &hall).await;
    kiosk.see("gate").await;
    for (tried, wrong) in ["000001", "123123", "480316", "999999"].into_iter().enumerate() {
        enter(&kiosk, wrong).await;
        kiosk.see_css("[data-test=code-wrong]:not(:empty)").await;
        assert!(!kiosk.sees("code-wait").await, "a wait after {} wrong codes", tried + 1);
        assert!(!kiosk.sees("health").await, "{wrong} opened the page");
    }
    enter(&kiosk, "111111").await;
    kiosk.see("code-wait").await;
    assert!(!kiosk.see("code-open").await.is_enabled().await.unwrap());
    // A reload does not end the wait, and the right code has to wait like any other.
    open(&kiosk, &hall).await;
    let left: i64 = kiosk.attribute("code-wait", "data-seconds").await.parse().unwrap();
    assert!((1..=30).contains(&left), "{left} seconds are left");
    database::change(
        &kiosk,
        "settings",
        "async (store) => {
            const wrong = JSON.parse(await wait(store.get('operator-wrong')));
            if (wrong.times !== 5) throw JSON.stringify(wrong);
            store.put(JSON.stringify({ ...wrong, until: new Date().toISOString() }), 'operator-wrong');
        }",
    )
    .await;
    // The sixth doubles it.
    open(&kiosk, &hall).await;
    kiosk.see("gate").await;
    enter(&kiosk, "222222").await;
    let left: i64 = kiosk.attribute("code-wait", "data-seconds").await.parse().unwrap();
    assert!((31..=60).contains(&left), "{left} seconds are left");
    database::change(&kiosk, "settings", "async (store) => wait(store.delete('operator-wrong'))").await;
    unlock(&kiosk, &hall).await;
    kiosk.see_value("health-connection", "data-level", "look").await;
    // Locked by hand, and by leaving the page.
    kiosk.click("lock").await;
    kiosk.see("gate").await;
    unlock(&kiosk, &hall).await;
    open(&kiosk, &hall).await;
    kiosk.see("gate").await;
    assert!(!kiosk.sees("health").await);
}

/// The machine is younger than the backup: a hall that was put back knows neither it nor what it has signed.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_on_a_machine_that_the_hall_has_lost_arrives_once_it_is_enrolled_again() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    hall.back_up();
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 6").await;
    arrive(&kiosk, &hall.url("/")).await;
    hall.stop();
    submitted(&kiosk, &hall).await;
    hall.restore();
    hall.start_again();
    unlock(&kiosk, &hall).await;
    kiosk.see_css("[data-test=queued]:is([data-state=operator], [data-state=refused])").await;
    kiosk.click("tab-service").await;
    kiosk.click("unenrol").await;
    kiosk.see("unenrol-unsent").await;
    kiosk.click("unenrol-yes").await;
    kiosk.see_css("html[data-profile=\"personal\"]").await;
    enrol(&kiosk, &hall, "kiosk", "自助机 6").await;
    let clerk = Api::sign_in(&hall, "clerk").await;
    kiosk.until("it did not arrive", async || clerk.get("/cases").await.as_array().unwrap().len() == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_submission_says_why_while_others_go_and_is_carried_to_the_hall() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    hall.stop();
    let refused = submitted(&kiosk, &hall).await;
    let refused = refused.rsplit('/').next().unwrap().to_owned();
    let good = submitted(&kiosk, &hall).await;
    let good = good.rsplit('/').next().unwrap().to_owned();
    unlock(&kiosk, &hall).await;
    kiosk.see_value("queue", "data-total", "2").await;
    // The oldest comes first.
    kiosk.see_css(&format!("[data-test=queue] li:first-child[data-id=\"{refused}\"][data-state=queued]")).await;
    // Its envelope is spoilt on the disk, and kept aside as it was.
    let work = format!(
        "async (store) => {{
            const found = await wait(store.get('{refused}'));
            localStorage.setItem('aside', found);
            const sealed = JSON.parse(found);
            sealed.digest = sealed.digest.replaceAll(/./g, '0');
            store.put(JSON.stringify(sealed), '{refused}');
        }}"
    );
    database::change(&kiosk, "envelopes", &work).await;
    hall.start_again();
    kiosk.click("send-now").await;
    kiosk.see_value("queue", "data-total", "1").await;
    kiosk.see_css(&format!("[data-test=queued][data-id=\"{refused}\"][data-state=refused]")).await;
    assert!(!kiosk.text("why").await.is_empty(), "there is no reason");
    kiosk.see_value("health-outbox", "data-level", "broken").await;
    let clerk = Api::sign_in(&hall, "clerk").await;
    clerk.get(&format!("/cases/{good}")).await;
    // Mended as if by its own way, and carried to the hall in a file.
    let restore = format!(
        "async (store) => {{
            store.put(localStorage.getItem('aside'), '{refused}');
            localStorage.removeItem('aside');
        }}"
    );
    database::change(&kiosk, "envelopes", &restore).await;
    let folder = tempfile::tempdir().unwrap();
    let allow = json!({ "behavior": "allow", "downloadPath": folder.path() });
    kiosk.cdp("Browser.setDownloadBehavior", allow).await;
    kiosk.click("tab-service").await;
    kiosk.click("unenrol").await;
    kiosk.see("unenrol-unsent").await;
    kiosk.click("unenrol-no").await;
    kiosk.click("export-do").await;
    kiosk.see_value("exported", "data-count", "1").await;
    let file = || {
        let mut files = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path());
        files.find(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
    };
    kiosk.until("the file was not saved", async || file().is_some()).await;
    let file = file().unwrap();
    for _ in 0..2 {
        hall.command(&["outbox", "import", &file.to_string_lossy()]);
    }
    clerk.get(&format!("/cases/{refused}")).await;
    // Exporting has changed nothing: the kiosk still has it, and gets its acknowledgement like any other.
    kiosk.click("tab-status").await;
    kiosk.see_value("queue", "data-total", "1").await;
    kiosk.click("retry").await;
    has_the_focus(&kiosk, "[data-test=queue] h2").await;
    kiosk.see("queue-empty").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fleet_shows_who_is_silent_and_what_is_unsent() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let client = reqwest::Client::new();
    let silent = enrolled(&client, &hall, "东门 1", 1).await;
    let waiting = enrolled(&client, &hall, "东门 2", 2).await;
    assert_ne!(silent.to_bytes(), waiting.to_bytes());
    let now = chrono::Utc::now();
    let heartbeat = Heartbeat {
        at: now,
        app: "0.1.0".into(),
        catalogue: None,
        trust: None,
        waiting: 3,
        attention: 1,
        oldest: Some(now - chrono::TimeDelta::hours(2)),
        scans: 0,
        usage: Some(9_000_000),
        quota: Some(10_000_000),
        camera: Part::Works,
        printer: Part::Fails,
    };
    let signed = Signed::sign(&heartbeat, HEARTBEAT, &waiting).unwrap();
    let answer = client.post(hall.url("/api/v1/heartbeats")).json(&signed).send().await.unwrap();
    assert_eq!(answer.status(), 204);
    // A real desk, which sends its own.
    let desk = Browser::start("desk", DESK).await;
    enrol(&desk, &hall, "desk", "12 号窗口").await;
    unlock(&desk, &hall).await;
    desk.click("tab-fleet").await;
    sign_in(&desk, &hall, "operator").await;
    desk.see("fleet").await;
    desk.see_css("[data-test=fleet-row][data-name=\"东门 1\"][data-alarms~=silent]").await;
    for alarm in ["unsent", "attention", "storage", "printer"] {
        desk.see_css(&format!("[data-test=fleet-row][data-name=\"东门 2\"][data-alarms~={alarm}]")).await;
    }
    desk.see_css("[data-test=fleet-row][data-name=\"12 号窗口\"]:not([data-alarms~=silent])").await;
    // The one that is fine stands below those that are not.
    desk.see_css("[data-test=fleet-row]:last-child[data-name=\"12 号窗口\"]").await;
    desk.see("code-kiosk").await;
    // Behind the locked page nobody is signed in: whoever knows the code only does not see the fleet.
    desk.click("lock").await;
    let session = "const done = arguments[arguments.length - 1]; fetch('/api/v1/session').then((answer) => done(answer.status));";
    desk.until("the operator is still signed in", async || desk.script_async(session).await == 401).await;
    enter(&desk, OPERATOR_CODE).await;
    desk.click("tab-fleet").await;
    desk.see("operator-only").await;
}

async fn has_the_focus(browser: &Browser, css: &str) {
    let script = format!("return document.activeElement === document.querySelector('{css}');");
    browser.until(&format!("{css} does not have the focus"), async || browser.script(&script).await == true).await;
}

/// Nobody brings a keyboard to a kiosk whose code was forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_signs_in_with_the_keys_on_a_kiosks_screen() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    open(&kiosk, &hall).await;
    kiosk.click_css("[data-test=forgotten] summary").await;
    let operator = hall.staff("operator");
    for (field, text) in [("user", &operator.user), ("password", &operator.password)] {
        kiosk.click(field).await;
        for key in text.chars() {
            let press = format!(
                "const key = {};
                const capital = key !== key.toLowerCase();
                const keypad = document.querySelector('[data-test=forgotten] .keypad');
                const shift = keypad.querySelector('[data-test=keypad-shift]');
                if ((shift.getAttribute('aria-pressed') === 'true') !== capital) shift.click();
                setTimeout(() => {{
                    const button = [...keypad.querySelectorAll('button')].find((button) => button.textContent === key);
                    button?.click();
                    arguments[arguments.length - 1](Boolean(button));
                }}, 30);",
                json!(key)
            );
            assert_eq!(kiosk.script_async(&press).await, true, "there is no key {key}");
        }
    }
    kiosk.click("sign-in").await;
    kiosk.see("new-operator-code").await;
}

/// A machine that is enrolled, and of which nothing was heard since.
async fn enrolled(client: &reqwest::Client, hall: &Hall, name: &str, seed: u8) -> SigningKey {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let body = json!({ "code": hall.device_code("kiosk"), "public": hex(&key.verifying_key().to_bytes()), "name": name });
    let answer = client.post(hall.url("/api/v1/devices")).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "enrolling: {}", answer.status());
    key
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sets_a_new_code_and_the_self_test_passes() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let desk = Browser::start("desk", DESK).await;
    enrol(&desk, &hall, "desk", "12 号窗口").await;
    open(&desk, &hall).await;
    desk.click_css("[data-test=forgotten] summary").await;
    let operator = hall.staff("operator");
    desk.fill("user", &operator.user).await;
    desk.fill("password", &operator.password).await;
    desk.click("sign-in").await;
    // Too easy to guess.
    desk.fill("new-operator-code", "123456").await;
    desk.click("set-operator-code").await;
    desk.see_css("[data-test=code-said]:not(:empty)").await;
    desk.fill("new-operator-code", "7391046").await;
    desk.click("set-operator-code").await;
    desk.see("health").await;
    desk.click("lock").await;
    enter(&desk, OPERATOR_CODE).await;
    desk.see_css("[data-test=code-wrong]:not(:empty)").await;
    enter(&desk, "7391046").await;
    desk.see_value("health-printer", "data-level", "look").await;
    desk.click("tab-test").await;
    desk.click("test-start").await;
    for step in ["step-database", "step-keys", "step-installed", "step-hall", "step-clock"] {
        desk.see_value(step, "data-stand", "passed").await;
    }
    // This browser has no camera, and nobody hears it.
    desk.see_value("step-camera", "data-stand", "skipped").await;
    desk.see_value("step-sound", "data-stand", "asked").await;
    has_the_focus(&desk, "[data-test=question]").await;
    desk.click("none-here").await;
    desk.see("test-page").await;
    desk.click("no").await;
    desk.see_value("test-over", "data-level", "broken").await;
    has_the_focus(&desk, "[data-test=test-over]").await;
    // What came of it is kept.
    unlocked_again(&desk, &hall).await;
    desk.see_value("health-printer", "data-level", "broken").await;
}

async fn unlocked_again(desk: &Browser, hall: &Hall) {
    open(desk, hall).await;
    desk.see("gate").await;
    enter(desk, "7391046").await;
}

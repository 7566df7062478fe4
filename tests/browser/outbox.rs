//! The outbox where it touches the browser: every kind of answer and what becomes of the row, two tabs and a tab that dies
//! while it sends, a database closed under the app, storage that is full, ten thousand rows, a hall put back from a backup,
//! and deleting everything. What a row does by itself is tested where it is defined (`submission::queue`).

use crate::applicant::{self, ITEM, arrive, association, begin, confirm, fill_in, home, phone, send, short_number, submit};
use crate::browser::{Browser, KIOSK, PHONE};
use crate::database::{self, rows};
use crate::desk::{Api, enrol};
use crate::hall::Hall;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// From now on this page gets `answer` (a script) to every submission; everything else goes to the hall.
async fn scripted(browser: &Browser, answer: &str) {
    let script = format!(
        "window.real ??= window.fetch;
        window.asked = [];
        window.fetch = (request) => {{
            const path = new URL(request.url ?? request, location).pathname;
            if (request.method !== 'PUT' || !path.includes('/submissions/')) return window.real.call(window, request);
            window.asked.push(path.split('/').at(-1));
            return {answer};
        }};"
    );
    browser.script(&script).await;
}

async fn unscripted(browser: &Browser) {
    browser.script("window.fetch = window.real").await;
}

fn answer(status: u16, media_type: &str, body: &str, headers: &str) -> String {
    format!(
        "Promise.resolve(new Response({}, {{ status: {status}, headers: {{ 'Content-Type': '{media_type}', {headers} }} }}))",
        json!(body)
    )
}

fn problem(status: u16, code: &str, headers: &str) -> String {
    let problem = json!({ "type": "about:blank", "status": status, "code": code, "title": { "zh": "原因", "en": "why" } });
    answer(status, "application/problem+json", &problem.to_string(), headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_its_consequence_and_none_loses_the_row() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = phone(&hall).await;
    scripted(&phone, &problem(500, "internal", "")).await;
    submit(&phone).await;
    let [envelope] = &rows(&phone, "envelopes").await[..] else { panic!("one envelope") };
    // (answer, what the row becomes, seconds it waits at least and at most)
    let table = [
        (problem(500, "internal", ""), "queued", 0, 700),
        (problem(429, "rate", "'Retry-After': '77'"), "queued", 77, 700),
        (answer(503, "text/html", "<h1>busy", "'Retry-After': '66'"), "queued", 66, 700),
        (answer(502, "text/html", "<h1>Bad Gateway", ""), "queued", 0, 700),
        (answer(200, "text/html", "<h1>Sign in to the network", ""), "queued", 0, 700),
        (answer(201, "application/json", "{}", ""), "queued", 0, 700),
        (answer(201, "application/json", &forged(envelope), ""), "queued", 0, 700),
        (answer(202, "application/json", &json!({ "chunks": ["0".repeat(64)] }).to_string(), ""), "queued", 0, 700),
        ("Promise.reject(new TypeError('cut'))".to_owned(), "queued", 0, 700),
        (problem(401, "sign-in", ""), "operator", 0, 0),
        (problem(403, "revoked", ""), "operator", 0, 0),
        (problem(409, "conflict", ""), "permanent", 0, 0),
        (problem(413, "too-large", ""), "permanent", 0, 0),
        (problem(422, "envelope", ""), "permanent", 0, 0),
    ];
    for (answer, becomes, least, most) in table {
        let before = rows(&phone, "outbox").await[0]["tries"].as_u64().unwrap();
        scripted(&phone, &answer).await;
        phone.click("send-now").await;
        let tried = async || rows(&phone, "outbox").await[0]["tries"].as_u64().unwrap() > before;
        phone.until(&format!("{answer} was not noticed"), tried).await;
        let row = rows(&phone, "outbox").await.swap_remove(0);
        let state = row["state"]["attention"]["kind"].as_str().or(row["state"].as_str());
        assert_eq!(state, Some(becomes), "{answer}: {row}");
        if becomes == "queued" {
            let at = |field: &str| row[field].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            let waits = (at("next_at") - at("put_off_at")).num_seconds();
            assert!((least..=most).contains(&waits), "{answer}: waits {waits} s");
        }
        assert_eq!(&rows(&phone, "envelopes").await[0], envelope, "the payload is frozen");
    }
    unscripted(&phone).await;
    phone.click("send-now").await;
    phone.see_value("receipt", "data-standing", "received").await;
    assert!(rows(&phone, "outbox").await.is_empty());
    let [acknowledged] = &rows(&phone, "acknowledged").await[..] else { panic!("one acknowledgement") };
    assert_eq!(acknowledged["short_number"].as_str(), Some(short_number(&phone).await.as_str()));
}

/// An acknowledgement for this envelope with a receipt that nobody has signed.
fn forged(envelope: &Value) -> String {
    let (id, digest) = (&envelope["id"], &envelope["digest"]);
    json!({ "id": id, "digest": digest, "received_at": "2026-01-01T00:00:00Z", "short_number": "1", "receipt": "MB1:" }).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_that_dies_while_it_sends_hands_over_to_the_tab_that_was_asked() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = phone(&hall).await;
    let driver = phone.driver();
    let first = driver.window().await.unwrap();
    scripted(&phone, "new Promise(() => {})").await;
    submit(&phone).await;
    let second = driver.new_tab().await.unwrap();
    driver.switch_to_window(second.clone()).await.unwrap();
    phone.open(&hall.url("/")).await;
    phone.see("waiting").await;
    let sending = async || !rows(&phone, "outbox").await[0]["state"]["sending"].is_null();
    phone.until("the first tab does not send", sending).await;
    phone.click_css("[data-test=\"waiting\"] button").await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(rows(&phone, "outbox").await.len(), 1, "two tabs send at once");
    driver.switch_to_window(first).await.unwrap();
    driver.close_window().await.unwrap();
    let died = Instant::now();
    driver.switch_to_window(second).await.unwrap();
    phone.until("nobody took over", async || rows(&phone, "outbox").await.is_empty()).await;
    assert!(died.elapsed() < Duration::from_secs(6), "taken over only after {:?}", died.elapsed());
}

/// Keeps every database that the app opens, and lets storage be full: `full.estimate` in what the browser says beforehand,
/// `full.writes` so many times at the write. (Chromium's own override of the quota has no effect on what it allows a page.)
const TROUBLED: &str = "
    window.opened = [];
    window.full = { estimate: false, writes: 0 };
    const { open } = IDBFactory.prototype, { add } = IDBObjectStore.prototype, { estimate } = StorageManager.prototype;
    IDBFactory.prototype.open = function (...all) {
        const request = open.apply(this, all);
        request.addEventListener('success', () => window.opened.push(request.result));
        return request;
    };
    IDBObjectStore.prototype.add = function (...all) {
        if (window.full.writes-- > 0) throw new DOMException('full', 'QuotaExceededError');
        return add.apply(this, all);
    };
    StorageManager.prototype.estimate = function () {
        return window.full.estimate ? Promise.resolve({ usage: 999_000, quota: 1_000_000 }) : estimate.apply(this);
    };";

#[tokio::test(flavor = "multi_thread")]
async fn full_storage_says_so_makes_room_and_a_closed_database_is_opened_again() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = Browser::start("phone", PHONE).await;
    phone.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": TROUBLED })).await;
    arrive(&phone, &hall.url("/")).await;
    let item = applicant::item(ITEM);
    begin(&phone, ITEM).await;
    fill_in(&phone, &item, &association()).await;
    let close = "const n = window.opened.length; for (const database of window.opened) database.close(); return n;";
    assert!(phone.script(close).await.as_u64().unwrap() > 0);
    phone.click("go-on").await;
    phone.fill("name", applicant::NAME).await;
    phone.click("paper-resident-id").await;
    phone.fill("identifier", applicant::RESIDENT_ID).await;
    phone.fill("phone", applicant::PHONE).await;
    phone.click("consent").await;
    phone.click("consent-sensitive").await;
    for full in ["estimate: true, writes: 0", "estimate: false, writes: 9"] {
        phone.script(&format!("window.full = {{ {full} }}")).await;
        phone.click("submit").await;
        let said = async || phone.script("return document.querySelector('form').innerText").await.to_string().contains("存储空间已满");
        phone.until(&format!("nobody says that the storage is full: {full}"), said).await;
        assert!(!phone.sees("receipt").await, "a receipt for what was not saved");
        assert!(rows(&phone, "outbox").await.is_empty());
        assert_eq!(phone.script_async(COPIES).await, json!(0), "a copy of what was not saved would be brought back and sent");
        phone.script("window.full = { estimate: false, writes: 0 }").await;
    }
    phone.script(close).await;
    phone.click("submit").await;
    phone.see_value("receipt", "data-standing", "received").await;
    // What the hall has makes room for what it does not have yet.
    let first = rows(&phone, "acknowledged").await[0]["id"].clone();
    phone.open(&hall.url("/")).await;
    begin(&phone, ITEM).await;
    fill_in(&phone, &item, &association()).await;
    phone.script("window.full = { estimate: false, writes: 1 }").await;
    confirm(&phone, &item).await;
    phone.see_value("receipt", "data-standing", "received").await;
    let [envelope] = &rows(&phone, "envelopes").await[..] else { panic!("one envelope") };
    assert_ne!(envelope["id"], first);
    assert_eq!(rows(&phone, "acknowledged").await.len(), 2, "that the hall has the first is not forgotten");
}

/// Notes how long the page stands still, and lets it do so once, to see that this is noticed.
const LONG_TASKS: &str = "window.long = [];
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map((e) => e.duration))).observe({ type: 'longtask' });
    setTimeout(() => { const until = performance.now() + 120; while (performance.now() < until); });";

/// More rows than anybody will ever have: counted, walked and sent, oldest first, while the page goes on.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_rows_do_not_slow_the_page() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = phone(&hall).await;
    hall.stop();
    submit(&phone).await;
    // The oldest have the highest ids, so that the order of the keys is not the order of the queue.
    let multiply = "async (app) => {
        const first = app.transaction(['outbox', 'envelopes']);
        const [row] = await wait(first.objectStore('outbox').getAll());
        const [envelope] = await wait(first.objectStore('envelopes').getAll());
        const { id } = JSON.parse(row);
        const moment = Date.now();
        for (let n = 0; n < 10000; n += 1000) {
            const batch = app.transaction(['outbox', 'envelopes'], 'readwrite');
            for (let at = n; at < n + 1000; at += 1) {
                const other = id.slice(0, -12) + String(at).padStart(12, '0');
                const queued_at = new Date(moment - at * 1000 - 1000).toISOString();
                const copy = { ...JSON.parse(row), id: other, queued_at, state: 'queued', tries: 0 };
                copy.put_off_at = copy.next_at = queued_at;
                batch.objectStore('outbox').put(JSON.stringify(copy), other);
                batch.objectStore('envelopes').put(envelope.replaceAll(id, other), other);
            }
            await committed(batch);
        }
        return true;
    }";
    database::within(&phone, multiply).await;
    phone.script(LONG_TASKS).await;
    phone.until("long tasks are not noticed", async || phone.script("return window.long.length").await != 0).await;
    phone.script("window.long = []").await;
    scripted(&phone, &problem(422, "envelope", "")).await;
    hall.start_again();
    let started = Instant::now();
    phone.click("send-now").await;
    let limit = Instant::now() + Duration::from_secs(120);
    while phone.script("return window.asked.length").await.as_u64().unwrap() < 10_001 {
        assert!(Instant::now() < limit, "only {} were sent", phone.script("return window.asked.length").await);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let took = started.elapsed();
    let order = phone.script("return window.asked.slice(0, 3).map((id) => Number(id.slice(-12)))").await;
    assert_eq!(order, json!([9999, 9998, 9997]), "the oldest goes first");
    let long = phone.script("return window.long").await;
    let longest = long.as_array().unwrap().iter().filter_map(Value::as_f64).fold(0.0, f64::max);
    println!("10,001 rows in {took:?}; long tasks {}, the longest {longest} ms", long.as_array().unwrap().len());
    assert!(longest < 300.0, "the page stood still for {longest} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hall_put_back_from_a_backup_gets_back_what_it_lost() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    hall.back_up();
    let phone = phone(&hall).await;
    submit(&phone).await;
    phone.see_value("receipt", "data-standing", "received").await;
    let before = rows(&phone, "acknowledged").await;
    let number = short_number(&phone).await;
    hall.stop();
    hall.restore();
    hall.start_again();
    let clerk = Api::sign_in(&hall, "clerk").await;
    assert!(clerk.get("/cases").await.as_array().unwrap().is_empty(), "the hall has lost nothing");
    phone.reload().await;
    phone.see_value("receipt", "data-standing", "received").await;
    let back = async || clerk.get("/cases").await.as_array().unwrap().len() == 1 && rows(&phone, "outbox").await.is_empty();
    phone.until("the hall did not get it back", back).await;
    assert_eq!(clerk.get("/cases").await[0]["short_number"].as_str(), Some(number.as_str()));
    assert_eq!(rows(&phone, "acknowledged").await, before, "the acknowledgement is the same");
    let id = before[0]["id"].as_str().unwrap();
    assert_eq!(clerk.get(&format!("/submissions/{id}")).await, before[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_mine_is_deleted_with_what_was_not_sent() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = phone(&hall).await;
    submit(&phone).await;
    phone.see_value("receipt", "data-standing", "received").await;
    phone.open(&hall.url("/")).await;
    hall.stop();
    submit(&phone).await;
    phone.see_value("receipt", "data-standing", "queued").await;
    phone.open(&hall.url("/mine")).await;
    phone.click("forget").await;
    phone.see("forget-unsent").await;
    phone.click("forget-yes").await;
    let left = "async (app) => {
        const stores = ['keys', 'outbox', 'envelopes', 'chunks', 'drafts', 'photos', 'records', 'acknowledged'];
        const reading = app.transaction(stores);
        const left = [];
        for (const store of stores) if (await wait(reading.objectStore(store).count())) left.push(store);
        return left;
    }";
    phone.until("something is left", async || database::within(&phone, left).await == json!([])).await;
}

/// A browser that is started again right after a crash may find its files still held.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_another_process_still_holds_is_opened_when_it_is_free() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = phone(&hall).await;
    hall.stop();
    submit(&phone).await;
    let id = phone.attribute("receipt", "data-id").await;
    let profile = phone.close().await;
    hall.start_again();
    let held = profile.hold_databases();
    assert!(!held.is_empty(), "nothing is held");
    let phone = Browser::with("phone", PHONE, profile, None).await;
    phone.open(&hall.url("/")).await;
    // Longer than Chromium itself tries.
    tokio::time::sleep(Duration::from_secs(5)).await;
    drop(held);
    phone.until("it was not sent", async || has_case(&hall, &id).await).await;
    assert!(!phone.sees("trouble").await, "{}", phone.text("trouble").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_loses_its_databases_loses_no_submission() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = phone(&hall).await;
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 5").await;
    arrive(&kiosk, &hall.url("/")).await;
    hall.stop();
    let mut ids = Vec::new();
    let mut profiles = Vec::new();
    for browser in [phone, kiosk] {
        submit(&browser).await;
        ids.push(browser.attribute("receipt", "data-id").await);
        let profile = browser.kill();
        profile.damage_databases();
        profiles.push(profile);
    }
    hall.start_again();
    for (at, (size, profile)) in [PHONE, KIOSK].into_iter().zip(profiles).enumerate() {
        let browser = Browser::with("again", size, profile, None).await;
        browser.open(&hall.url("/")).await;
        browser.until("it was not sent", async || has_case(&hall, &ids[at]).await).await;
        browser.until("its copy stays", async || browser.script_async(COPIES).await == 0).await;
        if size == PHONE {
            // It is among the owner's own, and at the hall.
            browser.open(&hall.url(&format!("/receipt/{}", ids[at]))).await;
            browser.see_value("receipt", "data-standing", "received").await;
        } else {
            // A kiosk does not take itself for somebody's own, and takes nothing that the hall would refuse.
            browser.see_css("html[data-profile=\"kiosk\"]").await;
            let item = applicant::item(ITEM);
            home(&browser).await;
            begin(&browser, ITEM).await;
            fill_in(&browser, &item, &association()).await;
            send(&browser, &item).await;
            let refusal = browser.see_css("form .wrong-large").await.text().await.expect("words");
            assert!(refusal.contains("重新登记"), "{refusal}");
        }
    }
}

async fn has_case(hall: &Hall, id: &str) -> bool {
    sqlx::query("SELECT 1 FROM cases WHERE id = ?").bind(id).fetch_optional(&mut hall.database().await).await.unwrap().is_some()
}

/// How many copies lie beside the database.
const COPIES: &str = "const done = arguments[arguments.length - 1];
    caches.open('copies').then((copies) => copies.keys()).then((keys) => done(keys.length));";

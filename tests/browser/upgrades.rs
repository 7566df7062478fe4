//! Devices of every released program under today's app: their database is planted as that program left it (tests/released),
//! what waits in it reaches the hall, and what was under way goes on. An upgrade that is cut off starts again; a database of
//! a newer program is left alone.

use crate::applicant::{ITEM, association, confirm, fill_in, home, item};
use crate::browser::{Browser, KIOSK, PHONE};
use crate::database;
use crate::hall::Hall;
use mingbai::hall::catalogue::unpack;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const RELEASED: [&str; 2] = ["1", "2"];
/// Of the case that each of those halls has already.
const BEFORE: i64 = 1;

fn place(release: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released").join(release)
}

/// The hall of that release, under today's program.
fn hall(release: &str) -> Hall {
    let room = tempfile::tempdir().unwrap();
    let copied = std::process::Command::new("cp").arg("-R").arg(place(release).join("hall")).arg(room.path().join("data")).status();
    assert!(copied.unwrap().success(), "copying the hall of release {release}");
    Hall::over(room)
}

fn left_by(release: &str, device: &str) -> Value {
    let packed = std::fs::read(place(release).join(format!("{device}.json.br"))).unwrap();
    serde_json::from_slice(&unpack(&packed).unwrap()).unwrap()
}

/// Gives the browser what a device had, before the app runs for the first time. A private key cannot be copied: it gets its own.
async fn plant(browser: &Browser, hall: &Hall, kept: &Value) {
    browser.open(&hall.url("/healthz")).await;
    let planted = browser.driver().execute_async(PLANT, vec![kept.clone()]).await.unwrap();
    assert_eq!(*planted.json(), true, "planting");
}

const PLANT: &str = "const [kept, done] = arguments;
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    (async () => {
        Object.entries(kept.localStorage ?? {}).forEach(([key, value]) => localStorage.setItem(key, value));
        const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign']);
        const own = { private: pair.privateKey, public: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
        const real = (value) => {
            if (value?.$bytes !== undefined) return bytes(value.$bytes);
            if (value?.private) return own;
            if (Array.isArray(value)) return value.map(real);
            if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, real(v)]));
            return value;
        };
        const opening = indexedDB.open('mingbai', kept.version);
        opening.onupgradeneeded = () => {
            for (const [name, rows] of Object.entries(kept.stores)) {
                const store = opening.result.createObjectStore(name);
                rows.forEach(({ key, value }) => store.put(real(value), key));
            }
        };
        await new Promise((resolve, reject) => { opening.onsuccess = resolve; opening.onerror = () => reject(opening.error); });
        opening.result.close();
        return true;
    })().then(done, (error) => done(String(error)));";

/// The database's version and how many rows each store has, without upgrading anything.
async fn rows(browser: &Browser) -> Value {
    let counts = "async (app) => {
        const all = { version: app.version };
        for (const name of app.objectStoreNames) all[name] = await wait(app.transaction(name).objectStore(name).count());
        return all;
    }";
    database::within(browser, counts).await
}

async fn cases(hall: &Hall) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM cases").fetch_one(&mut hall.database().await).await.unwrap()
}

async fn arrives(browser: &Browser, hall: &Hall, number: i64) {
    browser.until("what waited did not reach the hall", async || cases(hall).await == number).await;
    browser.until("the outbox is not empty", async || rows(browser).await["outbox"] == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_of_every_release_go_on_under_this_one() {
    let _turn = crate::turn().await;
    for release in RELEASED {
        let hall = hall(release);
        let phone = Browser::start("phone", PHONE).await;
        plant(&phone, &hall, &left_by(release, "phone")).await;
        phone.open(&hall.url("/")).await;
        home(&phone).await;
        arrives(&phone, &hall, BEFORE + 1).await;
        assert!(rows(&phone).await["version"].as_u64().unwrap() > 2);
        // What was under way: that of release 1 has a picture, that of release 2 is at its third question.
        phone.click("resume").await;
        if release == "1" {
            phone.see("material").await;
            phone.click("have").await;
            phone.see_css(".photos img").await;
        } else {
            assert_eq!(phone.attribute("question", "data-fact").await, "org_name");
        }
        fill_in(&phone, &item(ITEM), &association()).await;
        confirm(&phone, &item(ITEM)).await;
        arrives(&phone, &hall, BEFORE + 2).await;
        // Both of before, and this one.
        phone.open(&hall.url("/mine")).await;
        phone.see("forget").await;
        assert_eq!(rows(&phone).await["records"], 3, "release {release}");
        drop(phone);

        let kiosk = Browser::start("kiosk", KIOSK).await;
        plant(&kiosk, &hall, &left_by(release, "kiosk")).await;
        kiosk.open(&hall.url("/")).await;
        kiosk.see("attract").await;
        arrives(&kiosk, &hall, BEFORE + 3).await;
    }
}

/// Lets the upgrade go as far as the app's own part of it, which has then made stores and asked for rows; `then` follows.
fn cut_off(then: &str) -> Value {
    let source = "if (!localStorage.getItem('cut-off')) {
            const open = IDBFactory.prototype.open;
            IDBFactory.prototype.open = function (...words) {
                const request = open.apply(this, words);
                request.addEventListener('upgradeneeded', () => {
                    localStorage.setItem('cut-off', 'yes');
                    const upgrade = request.transaction;
                    const store = upgrade.objectStore('outbox');
                    THEN
                });
                return request;
            };
        }";
    json!({ "source": source.replace("THEN", then) })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_that_is_cut_off_starts_again() {
    let _turn = crate::turn().await;
    let (hall, kept) = (hall("2"), left_by("2", "phone"));
    let before = kept["stores"]["outbox"].as_array().unwrap().len();

    // The browser takes it back in the middle: the app says so, and all is as before.
    let phone = Browser::start("phone", PHONE).await;
    plant(&phone, &hall, &kept).await;
    let script = phone.cdp("Page.addScriptToEvaluateOnNewDocument", cut_off("store.count().onsuccess = () => upgrade.abort();")).await;
    phone.open(&hall.url("/")).await;
    phone.see_css(".banner-trouble").await;
    phone.cdp("Page.removeScriptToEvaluateOnNewDocument", script).await;
    phone.open(&hall.url("/healthz")).await;
    let left = rows(&phone).await;
    assert_eq!((left["version"].as_u64(), left["outbox"].as_u64()), (Some(2), Some(before as u64)), "{left}");

    // The power goes in the middle, which lasts here until it does.
    phone.script("localStorage.removeItem('cut-off')").await;
    begins(&phone, &hall).await;
    let phone = Browser::with("phone", PHONE, phone.kill(), None).await;
    phone.open(&hall.url("/")).await;
    home(&phone).await;
    arrives(&phone, &hall, BEFORE + 1).await;
    phone.click("resume").await;
    assert_eq!(phone.attribute("question", "data-fact").await, "org_name");
}

/// An upgrade that lasts until something ends it.
async fn begins(phone: &Browser, hall: &Hall) {
    let for_ever = "const go = () => { store.count().onsuccess = go; }; go();";
    phone.cdp("Page.addScriptToEvaluateOnNewDocument", cut_off(for_ever)).await;
    phone.open(&hall.url("/")).await;
    phone.until("the upgrade did not begin", async || phone.script("return localStorage.getItem('cut-off')").await == "yes").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_whose_page_is_left_does_not_hold_up_the_next_page() {
    let _turn = crate::turn().await;
    let hall = hall("2");
    let phone = Browser::start("phone", PHONE).await;
    plant(&phone, &hall, &left_by("2", "phone")).await;
    begins(&phone, &hall).await;
    phone.open(&hall.url("/mine")).await;
    phone.see("forget").await;
    arrives(&phone, &hall, BEFORE + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_left_as_it_is() {
    let _turn = crate::turn().await;
    let hall = hall("2");
    let mut kept = left_by("2", "phone");
    kept["version"] = 99.into();
    kept["stores"]["later"] = json!([{ "key": "something", "value": "that only a later program knows" }]);
    let phone = Browser::start("phone", PHONE).await;
    plant(&phone, &hall, &kept).await;
    let before = database::everything(&phone).await;
    phone.open(&hall.url("/")).await;
    let said = phone.see_css(".banner-trouble").await.text().await.unwrap();
    assert!(said.contains("更新版本"), "the app says: {said}");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    phone.open(&hall.url("/healthz")).await;
    let after = database::everything(&phone).await;
    assert!(before == after && before.len() > 1000, "the newer database was changed");
    assert_eq!(cases(&hall).await, BEFORE);
}

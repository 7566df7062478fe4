//! The catalogue on a device: whole without a network, never half replaced, and the same from the first question of an
//! application to its last.

use crate::applicant::{self, ITEM, answer_one, arrive, association, begin, home, items, phone};
use crate::browser::{Browser, PHONE};
use crate::database;
use crate::hall::Hall;
use mingbai::catalogue::author::{self, Source};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn every_item_opens_without_a_network() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = phone(&hall).await;
    hall.stop();
    for item in items() {
        phone.open(&hall.url(&format!("/item/{}", item.code))).await;
        phone.see("start").await;
        assert_eq!(heading(&phone).await, item.name.zh);
    }
    // And is found, from the kept listing.
    arrive(&phone, &hall.url("/")).await;
    phone.fill("search", "shtt").await;
    phone.until("the search did not find it", async || first_card(&phone).await == format!("open-{ITEM}")).await;
    phone.fill("search", "没有这样的事").await;
    phone.see("found-none").await;
}

async fn heading(browser: &Browser) -> Value {
    browser.script("return document.querySelector('main h1').textContent;").await
}

async fn first_card(browser: &Browser) -> Value {
    browser.script("return document.querySelector('[data-test=cards] [data-test^=open-]')?.dataset.test;").await
}

/// The sample with other words in an item's summary and in its questions.
fn reworded() -> Vec<Source> {
    let other = |source: Source| match source.name.strip_suffix(".toml") {
        Some(ITEM) => Source {
            text: source.text.replace("summary = { zh = \"", "summary = { zh = \"改写").replace("ask = { zh = \"", "ask = { zh = \"改写"),
            ..source
        },
        _ => source,
    };
    author::sample().into_iter().map(other).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_keeps_the_questions_it_began_with() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = Browser::start("phone", PHONE).await;
    arrive(&phone, &hall.url("/")).await;
    begin(&phone, ITEM).await;
    let (address, before) = (phone.path().await, heading(&phone).await);
    // An application is kept from its first answer on.
    answer_one(&phone, &applicant::item(ITEM), &association()).await;
    let kept = kept_version(&phone).await;
    hall.stop();
    hall.publish(&reworded());
    hall.start_again();
    phone.reload().await;
    phone.until("the new catalogue did not come", async || kept_version(&phone).await != kept).await;
    phone.open(&hall.url(&address)).await;
    phone.see("question").await;
    assert_eq!(heading(&phone).await, before, "the draft asks as it began");
    answer_one(&phone, &applicant::item(ITEM), &association()).await;
    assert!(!heading(&phone).await.as_str().unwrap().contains("改写"));
    // Begun anew, it is the new item.
    phone.open(&hall.url(&format!("/item/{ITEM}"))).await;
    phone.click("start-over").await;
    phone.see("question").await;
    assert!(heading(&phone).await.as_str().unwrap().contains("改写"));
}

/// Version of the head that this device works with offline.
async fn kept_version(browser: &Browser) -> Value {
    let read = "async (store) => {
        const kept = await wait(store.get('catalogue'));
        const signed = kept && JSON.parse(kept).signed;
        return signed && JSON.parse(signed.payload).version;
    }";
    database::read(browser, "settings", read).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_stops_half_way_leaves_the_old_catalogue_whole() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let phone = phone(&hall).await;
    let kept = kept_version(&phone).await;
    // The new parts do not have the bytes that the hall signed.
    hall.stop();
    hall.publish(&reworded());
    hall.start_again();
    hall.spoil_parts().await;
    arrive(&phone, &hall.url("/")).await;
    phone.see_css(".banner-trouble").await;
    assert_eq!(kept_version(&phone).await, kept);
    phone.open(&hall.url(&format!("/item/{ITEM}"))).await;
    phone.see("start").await;
    assert!(!phone.script("return document.querySelector('main').textContent;").await.as_str().unwrap().contains("改写"));

    // A device that has no catalogue yet shows the first page, and says plainly what it lacks.
    let other = Browser::start("other", PHONE).await;
    other.open(&hall.url("/")).await;
    home(&other).await;
    other.open(&hall.url(&format!("/item/{ITEM}"))).await;
    other.see("not-here").await;

    // Put right, it comes by itself the next time the hall is asked.
    hall.restore_parts().await;
    phone.reload().await;
    phone.until("the new catalogue did not come", async || kept_version(&phone).await != kept).await;
    phone
        .until("it is not shown", async || {
            phone.script("return document.querySelector('main').textContent;").await.as_str().unwrap_or_default().contains("改写")
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_the_app_before_keeps_what_was_in_it() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = Browser::start("phone", PHONE).await;
    phone.open(&hall.url("/healthz")).await;
    assert_eq!(phone.script_async(FIRST_SCHEMA).await, "made");
    arrive(&phone, &hall.url("/")).await;
    for store in ["settings", "chunks", "scans"] {
        assert_eq!(database::read(&phone, store, "async (store) => wait(store.get('of before'))").await, "kept", "{store}");
    }
}

/// A tab of another app that does not make way, for longer than this one has patience: then its database still becomes whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_opens_late_has_all_its_stores() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = Browser::start("phone", PHONE).await;
    phone.cdp("Page.addScriptToEvaluateOnNewDocument", serde_json::json!({ "source": HELD })).await;
    phone.open(&hall.url("/")).await;
    phone.until("the catalogue is not kept", async || kept_version(&phone).await != Value::Null).await;
}

/// Longer than the app waits for its database to open.
const HELD: &str = "const opening = indexedDB.open('mingbai', 1);
    opening.onupgradeneeded = () => {
        for (const name of ['settings', 'keys', 'outbox', 'chunks', 'drafts', 'records', 'acknowledged', 'scans']) opening.result.createObjectStore(name);
    };
    opening.onsuccess = () => setTimeout(() => opening.result.close(), 10_000);";

/// What the first version of the app made, with a row in three stores.
const FIRST_SCHEMA: &str = "const done = arguments[arguments.length - 1];
    const opening = indexedDB.open('mingbai', 1);
    opening.onerror = () => done(String(opening.error));
    opening.onupgradeneeded = () => {
        for (const name of ['settings', 'keys', 'outbox', 'chunks', 'drafts', 'records', 'acknowledged', 'scans']) opening.result.createObjectStore(name);
    };
    opening.onsuccess = () => {
        const writing = opening.result.transaction(['settings', 'chunks', 'scans'], 'readwrite');
        writing.objectStore('settings').put('kept', 'of before');
        writing.objectStore('settings').put('{\"signed\":{\"payload\":\"{}\",\"kid\":\"00\",\"signature\":\"00\"},\"etag\":null}', 'catalogue');
        writing.objectStore('chunks').put('kept', 'of before');
        writing.objectStore('scans').put('kept', 'of before');
        writing.oncomplete = () => { opening.result.close(); done('made'); };
    };";

//! Several windows of one person: what was submitted in one is not taken for what another changed since then, and nothing is
//! wiped under the hands of another. And what no window can read can be deleted all the same.

use crate::applicant::{ITEM, answer_one, association, begin, confirm, fill_in, item, phone, send};
use crate::database;
use crate::desk::Api;
use crate::hall::Hall;

#[tokio::test(flavor = "multi_thread")]
async fn what_another_window_has_submitted_is_told_and_what_was_entered_here_stays() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = phone(&hall).await;
    let item = item(ITEM);
    begin(&phone, ITEM).await;
    fill_in(&phone, &item, &association()).await;
    let driver = phone.driver();
    let first = driver.window().await.unwrap();
    let second = driver.new_tab().await.unwrap();
    driver.switch_to_window(second.clone()).await.unwrap();
    phone.open(&hall.url(&format!("/apply/{ITEM}"))).await;
    phone.see("verdict").await;
    driver.switch_to_window(first).await.unwrap();
    confirm(&phone, &item).await;
    let submitted = phone.path().await;
    driver.switch_to_window(second).await.unwrap();
    send(&phone, &item).await;
    phone.see("submitted-before").await;
    assert!(phone.path().await.ends_with("/confirm"), "it shows the other one's receipt");
    phone.click("begin-anew").await;
    phone.click("submit").await;
    phone.see_value("receipt", "data-standing", "received").await;
    assert_ne!(phone.path().await, submitted);
    let clerk = Api::sign_in(&hall, "clerk").await;
    phone.until("there are not both", async || clerk.get("/cases").await.as_array().unwrap().len() == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_stay_until_no_other_window_could_lose_anything() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = phone(&hall).await;
    begin(&phone, ITEM).await;
    answer_one(&phone, &item(ITEM), &association()).await;
    let driver = phone.driver();
    let first = driver.window().await.unwrap();
    // It does not see that everything was deleted: else it goes to its first page, and is none in the moment between the two.
    phone.script(BLIND).await;
    let second = driver.new_tab().await.unwrap();
    driver.switch_to_window(second.clone()).await.unwrap();
    phone.open(&hall.url("/mine")).await;
    phone.click("forget").await;
    phone.click("forget-yes").await;
    phone.see("trouble").await;
    let traces = "return localStorage.getItem('mingbai-traces') !== null;";
    assert_eq!(phone.script(traces).await, true, "the browser's files were wiped while another window was open");
    driver.switch_to_window(first).await.unwrap();
    driver.close_window().await.unwrap();
    driver.switch_to_window(second).await.unwrap();
    // What the beats do, without waiting for them: a window that has just been closed may hold its lock a moment longer.
    let again = format!("dispatchEvent(new Event('online')); {traces}");
    phone.until("the traces stay", async || phone.script(&again).await == false).await;
}

/// A draft of some other version, which no list shows.
const BLIND: &str = "const { getItem } = Storage.prototype;
    Storage.prototype.getItem = function (key) { return key === 'mingbai-traces' ? null : getItem.call(this, key); };";

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_can_be_deleted() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = phone(&hall).await;
    database::change(&phone, "drafts", "async (store) => wait(store.put('{\"of\": \"another version\"}', 'aside/x/1'))").await;
    phone.open(&hall.url("/mine")).await;
    phone.click("forget").await;
    phone.click("forget-yes").await;
    phone.until("it is still there", async || database::count(&phone, "drafts").await == 0).await;
}

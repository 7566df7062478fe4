//! The service worker never leaves a device without a working app: an update that fails in any way keeps what there is,
//! one that comes while somebody fills in a form waits, and a first installation that was cut off is made up for.

use crate::applicant::{ITEM, answer_one, arrive, association, begin, confirm, fill_in, home, item, keeps_the_app, phone};
use crate::browser::{Browser, KIOSK, PHONE};
use crate::chaos::proxy::{ask, read};
use crate::desk::enrol;
use crate::hall::Hall;
use mingbai::submission::Digest;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const PAGE: &str = "/index.html";
const LIST: &str = "/precache.js";

/// What is answered in place of what the hall serves.
#[derive(Clone)]
enum Instead {
    Bytes(&'static str, String),
    Status(u16),
    /// The line goes dead after the first half of this.
    Half(String),
    /// Nothing comes, for longer than anybody waits.
    Silence,
}

/// Between browsers and hall: serves another version of the app when it is told to, or a broken one.
struct Front {
    port: u16,
    hall: u16,
    instead: Arc<Mutex<HashMap<String, Instead>>>,
    serving: Option<JoinHandle<()>>,
}

impl Front {
    async fn start(hall: &mut Hall) -> Front {
        let mut front = Front { port: crate::hall::free_port(), hall: hall.port(), instead: Arc::default(), serving: None };
        hall.behind(front.port);
        front.up().await;
        front
    }

    async fn up(&mut self) {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await.unwrap();
        let (hall, instead) = (self.hall, self.instead.clone());
        self.serving = Some(tokio::spawn(async move {
            while let Ok((mut line, _)) = listener.accept().await {
                let instead = instead.clone();
                tokio::spawn(async move {
                    let request = read(&mut line).await?;
                    let other = instead.lock().unwrap().get(&request.path).cloned();
                    let answer = match other {
                        None => ask(hall, &request.bytes()).await?,
                        Some(Instead::Bytes(kind, text)) => answer(200, kind, text.len(), &text),
                        Some(Instead::Status(status)) => answer(status, "text/html", 4, "oops"),
                        Some(Instead::Half(text)) => answer(200, "text/html", text.len(), &text[..text.len() / 2]),
                        Some(Instead::Silence) => {
                            tokio::time::sleep(Duration::from_secs(600)).await;
                            return Ok(());
                        }
                    };
                    line.write_all(&answer).await
                });
            }
        }));
    }

    /// The network is gone.
    async fn down(&mut self) {
        let serving = self.serving.take().expect("the front is down");
        serving.abort();
        let _ = serving.await;
    }

    fn answers(&self, path: &str, instead: Instead) {
        self.instead.lock().unwrap().insert(path.to_owned(), instead);
    }

    /// Another version from now on: its page says so, and its list promises that page.
    async fn publish(&self, version: &str) -> String {
        let get = async |path: &str| reqwest::get(format!("http://127.0.0.1:{}{path}", self.hall)).await.unwrap().text().await.unwrap();
        let (page, list) = (get(PAGE).await, get(LIST).await);
        let next = page.replacen("<html ", &format!("<html data-version=\"{version}\" "), 1);
        assert_ne!(page, next);
        let promised = |page: &str| Digest::of(page.as_bytes()).to_string();
        let (before, _) = list.split_once("\"version\":\"").unwrap();
        let (_, after) = list.split_once("\",\"files\"").unwrap();
        let list = format!("{before}\"version\":\"{version}\",\"files\"{after}").replace(&promised(&page), &promised(&next));
        assert!(list.contains(&promised(&next)), "the list does not name the page");
        self.answers(LIST, Instead::Bytes("text/javascript", list));
        self.answers(PAGE, Instead::Bytes("text/html; charset=utf-8", next.clone()));
        next
    }
}

fn answer(status: u16, kind: &str, length: usize, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} it is\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// Looks for an update, as the app does, and waits until it is there or has failed: whether one waits, and which caches there are.
async fn look(browser: &Browser) -> (bool, Vec<String>) {
    let script = "const done = arguments[0];
        (async () => {
            const registration = await navigator.serviceWorker.getRegistration();
            await registration.update().catch(() => {});
            while (registration.installing) await new Promise((go) => setTimeout(go, 50));
            return { waits: !!registration.waiting, caches: (await caches.keys()).filter((name) => name.startsWith('mingbai-')) };
        })().then(done, (error) => done({ error: String(error) }));";
    let found = browser.script_async(script).await;
    let names = found["caches"].as_array().unwrap_or_else(|| panic!("looking: {found}"));
    (found["waits"] == true, names.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
}

async fn version(browser: &Browser) -> Value {
    // A page that is just being replaced answers to nothing.
    let found = browser.driver().execute("return document.documentElement?.dataset.version ?? null", vec![]).await;
    found.map_or(Value::Null, |found| found.json().clone())
}

async fn is_version(browser: &Browser, expected: &str) {
    browser.until(&format!("{expected} did not come"), async || version(browser).await == expected).await;
    browser.see("lang").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_fails_keeps_the_app_that_is_there() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let mut front = Front::start(&mut hall).await;
    let phone = phone(&hall).await;
    let (_, first) = look(&phone).await;
    assert_eq!(first.len(), 1);

    let next = front.publish("second").await;
    let login = "<!doctype html><title>Wi-Fi</title><form><input name=code></form>".to_owned();
    let failures = [
        ("an error", Instead::Status(500)),
        ("a missing file", Instead::Status(404)),
        ("a file cut off", Instead::Half(next.clone())),
        ("other bytes", Instead::Bytes("text/html", next.replace("second", "forged"))),
        ("a page to sign in", Instead::Bytes("text/html", login.clone())),
    ];
    for (what, failure) in failures {
        front.answers(PAGE, failure);
        assert_eq!(look(&phone).await, (false, first.clone()), "after {what}");
    }
    front.answers(PAGE, Instead::Bytes("text/html; charset=utf-8", next));
    // The worker itself, or its list, may be what is broken.
    for (what, path, failure) in [
        ("a list that is a page to sign in", LIST, Instead::Bytes("text/html", login.clone())),
        ("a worker that is a page to sign in", "/service-worker.js", Instead::Bytes("text/html", login.clone())),
        ("no worker", "/service-worker.js", Instead::Status(500)),
        ("no worker any more", "/service-worker.js", Instead::Status(404)),
    ] {
        let sound = front.instead.lock().unwrap().get(path).cloned();
        front.answers(path, failure);
        assert_eq!(look(&phone).await, (false, first.clone()), "after {what}");
        let mut instead = front.instead.lock().unwrap();
        match sound {
            Some(sound) => instead.insert(path.to_owned(), sound),
            None => instead.remove(path),
        };
    }
    // No room for it.
    let origin = hall.url("");
    phone.cdp("Storage.overrideQuotaForOrigin", json!({ "origin": origin, "quotaSize": 1024 })).await;
    assert_eq!(look(&phone).await, (false, first.clone()), "with the storage full");
    phone.cdp("Storage.overrideQuotaForOrigin", json!({ "origin": origin })).await;

    // The app is whole all the same, without a network too.
    front.down().await;
    phone.reload().await;
    home(&phone).await;
    assert_eq!(version(&phone).await, Value::Null);
    front.up().await;

    // And when nothing is wrong any more, the update is there; how it takes over is the next test's.
    let (waits, caches) = look(&phone).await;
    assert!(waits && caches.len() == 2, "{caches:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_waits_until_the_application_is_done() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let front = Front::start(&mut hall).await;
    let (item, application) = (item(ITEM), association());
    let phone = phone(&hall).await;
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    arrive(&kiosk, &hall.url("/")).await;

    for browser in [&phone, &kiosk] {
        begin(browser, ITEM).await;
        answer_one(browser, &item, &application).await;
    }
    front.publish("second").await;
    for browser in [&phone, &kiosk] {
        assert!(look(browser).await.0, "the update does not wait");
        answer_one(browser, &item, &application).await;
        assert!(!browser.sees("update").await, "an update is offered in the middle of a form");
        fill_in(browser, &item, &application).await;
        confirm(browser, &item).await;
        assert_eq!(version(browser).await, Value::Null);
        assert!(look(browser).await.0);
    }
    // A person is asked, and a kiosk changes when nobody is there.
    phone.click("update").await;
    is_version(&phone, "second").await;
    phone.see("receipt").await;
    kiosk.click("finish").await;
    is_version(&kiosk, "second").await;
    kiosk.see("attract").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_installation_that_was_cut_off_is_made_up_for() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let mut front = Front::start(&mut hall).await;
    // One file does not come while the app is installed; the app itself does not need it.
    let file = "/icon-512.png";
    for broken in [Instead::Status(500), Instead::Silence] {
        front.answers(file, broken.clone());
        let phone = Browser::start("phone", PHONE).await;
        arrive(&phone, &hall.url("/")).await;
        let phone = if matches!(broken, Instead::Silence) {
            let installs = "const done = arguments[0]; navigator.serviceWorker.getRegistration().then((r) => done(!!r?.installing));";
            phone.until("it is not being installed", async || phone.script_async(installs).await == true).await;
            Browser::with("phone", PHONE, phone.kill(), None).await
        } else {
            phone
        };
        front.instead.lock().unwrap().clear();
        arrive(&phone, &hall.url("/")).await;
        keeps_the_app(&phone).await;
        front.down().await;
        phone.reload().await;
        home(&phone).await;
        front.up().await;
    }
}

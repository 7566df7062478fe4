//! What a clerk does at the desk, and what an operator does to make a machine a desk or a kiosk.

use crate::applicant::keeps_the_app;
use crate::browser::Browser;
use crate::database;
use crate::hall::Hall;
use serde_json::Value;

/// The operator code that [`enrol`] chooses.
pub const OPERATOR_CODE: &str = "480315";

/// Makes the browser a `kiosk` or a `desk` of this hall, which can start without a network from then on.
pub async fn enrol(browser: &Browser, hall: &Hall, profile: &str, name: &str) {
    browser.open(&hall.url("/desk")).await;
    browser.see("enrol-code").await;
    // Of a machine that was a kiosk before.
    if browser.sees("attract").await {
        browser.click("attract").await;
    }
    browser.fill("enrol-code", &hall.device_code(profile)).await;
    browser.fill("enrol-name", name).await;
    browser.fill("enrol-operator-code", OPERATOR_CODE).await;
    browser.click("enrol").await;
    browser.see_css(&format!("html[data-profile=\"{profile}\"]")).await;
    let enrolled = "async (store) => (await wait(store.get('device'))) !== undefined";
    browser.until("the enrolment was not kept", async || database::read(browser, "settings", enrolled).await == true).await;
    keeps_the_app(browser).await;
}

/// Signs in where the form is on the screen.
pub async fn sign_in(browser: &Browser, hall: &Hall, user: &str) {
    let staff = hall.staff(user);
    browser.fill("user", &staff.user).await;
    browser.fill("password", &staff.password).await;
    browser.click("sign-in").await;
    browser.see("who").await;
}

/// Waits for a verdict of this kind.
pub async fn verdict(browser: &Browser, kind: &str) {
    browser.see("verdict").await;
    let found = browser.attribute("verdict", "data-verdict").await;
    if found != kind {
        let reasons = browser.text("reasons").await;
        browser.fail(&format!("the verdict is {found}, not {kind}: {reasons}")).await;
    }
}

/// The same receipt with its signature changed: everything can be read, nothing is true.
pub fn forge(receipt: &str) -> String {
    let packed = base45::decode(receipt.strip_prefix("MB1:").expect("a receipt")).expect("base45");
    let mut cose = miniz_oxide::inflate::decompress_to_vec_zlib(&packed).expect("zlib");
    *cose.last_mut().expect("a signature") ^= 1;
    format!("MB1:{}", base45::encode(miniz_oxide::deflate::compress_to_vec_zlib(&cose, 10)))
}

/// The hall's own interface, as a signed-in clerk uses it.
pub struct Api {
    client: reqwest::Client,
    cookie: String,
    base: String,
}

impl Api {
    pub async fn sign_in(hall: &Hall, user: &str) -> Api {
        let (client, staff, base) = (reqwest::Client::new(), hall.staff(user), hall.url("/api/v1"));
        let body = serde_json::json!({ "user": staff.user, "password": staff.password });
        let answer = client.post(format!("{base}/session")).json(&body).send().await.expect("signing in");
        assert!(answer.status().is_success(), "signing in: {}", answer.status());
        let cookie = answer.headers()["set-cookie"].to_str().expect("a cookie");
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        Api { client, cookie, base }
    }

    pub async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(format!("{}{path}", self.base)).header("cookie", &self.cookie).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    pub async fn post(&self, path: &str, body: &impl serde::Serialize) {
        let request = self.client.post(format!("{}{path}", self.base)).header("cookie", &self.cookie).json(body);
        let answer = request.send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
    }

    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.client.get(format!("{}{path}", self.base)).header("cookie", &self.cookie).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("bytes").to_vec()
    }
}

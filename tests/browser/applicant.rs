//! What an applicant does, step by step, on any item: the pages are driven by the item's own declarations and by worked
//! applications as data.

use crate::browser::{self, Browser, PATIENCE};
use crate::database;
use crate::hall::Hall;
use crate::worked;
use mingbai::catalogue::Item;
use mingbai::check::{Application, Declared};
use mingbai::rules::Type;
use serde_json::Value as Json;
use std::time::Instant;

/// The person of all tests. Valid in form, and nobody's.
pub const NAME: &str = "测试人甲";
pub const RESIDENT_ID: &str = "11010519491231002X";
pub const CREDIT_CODE: &str = "91350100M000100Y43";
pub const PHONE: &str = "13800138000";
/// 社会团体成立登记, which most tests file.
pub const ITEM: &str = "association-setup";

/// The sample catalogue's items.
pub fn items() -> Vec<Item> {
    use mingbai::catalogue::author::{compile, sample};
    match compile(&sample()) {
        Ok(catalogue) => catalogue.items,
        Err(findings) => panic!("the sample catalogue: {}", findings.iter().map(|f| f.to_string()).collect::<Vec<_>>().join("\n")),
    }
}

pub fn item(code: &str) -> Item {
    items().into_iter().find(|i| i.code == code).unwrap_or_else(|| panic!("no item {code}"))
}

/// 社会团体成立登记 with everything at hand: only a person's judgement remains.
pub fn association() -> Application {
    worked(ITEM).swap_remove(0)
}

/// The worked applications of an item, in the order of their file.
pub fn worked(code: &str) -> Vec<Application> {
    worked::cases(code).iter().map(worked::Case::application).collect()
}

/// A phone that has been here once, and starts without a network from then on.
pub async fn phone(hall: &Hall) -> Browser {
    let phone = Browser::start("phone", browser::PHONE).await;
    arrive(&phone, &hall.url("/")).await;
    keeps_the_app(&phone).await;
    phone
}

/// From home to the receipt of [`ITEM`], with everything at hand.
pub async fn submit(browser: &Browser) {
    let item = item(ITEM);
    begin(browser, ITEM).await;
    fill_in(browser, &item, &association()).await;
    confirm(browser, &item).await;
}

/// Opens the app's first page and waits until the catalogue is on it, behind the attract screen on a kiosk, and until
/// every part of it is on the device.
pub async fn arrive(browser: &Browser, address: &str) {
    browser.open(address).await;
    home(browser).await;
    keeps_the_catalogue(browser).await;
}

/// On the home page, past the attract screen, which lies over it on a kiosk.
pub async fn home(browser: &Browser) {
    browser.see_css("[data-test^=\"open-\"]").await;
    if browser.sees("attract").await {
        browser.click("attract").await;
    }
}

/// Waits until this device has a whole catalogue to work with offline.
async fn keeps_the_catalogue(browser: &Browser) {
    let whole = "async (store) => 'sequence' in JSON.parse((await wait(store.get('catalogue'))) ?? '{}')";
    browser.until("the catalogue was not kept", async || database::read(browser, "settings", whole).await == true).await;
}

/// Waits until the app would start and work without a network: the service worker has kept every file, the database the
/// whole catalogue.
pub async fn keeps_the_app(browser: &Browser) {
    keeps_the_catalogue(browser).await;
    let script = "const done = arguments[arguments.length - 1]; navigator.serviceWorker.ready.then((r) => done(r.active.state), (e) => done(String(e)));";
    browser.until("the service worker did not start", async || browser.script_async(script).await == "activated").await;
}

/// From the home page to the first question.
pub async fn begin(browser: &Browser, code: &str) {
    browser.click(&format!("open-{code}")).await;
    browser.click("start").await;
    browser.any(&["question", "material"]).await;
}

/// Answers every question that is asked, then fills in every card, up to the verdict. Returns its outcome.
pub async fn fill_in(browser: &Browser, item: &Item, application: &Application) -> String {
    loop {
        match browser.any(&["question", "material", "verdict"]).await.as_str() {
            "question" => answer_one(browser, item, application).await,
            "material" => declare_one(browser, application).await,
            _ => return browser.attribute("verdict", "data-outcome").await,
        };
    }
}

/// Answers the question on the screen and waits for what follows.
pub async fn answer_one(browser: &Browser, item: &Item, application: &Application) {
    let code = browser.attribute("question", "data-fact").await;
    let fact = item.fact(&code).unwrap_or_else(|| panic!("no fact {code}"));
    let Some(answer) = application.facts.get(&code) else { browser.fail(&format!("`{code}` is asked, and there is no answer")).await };
    match answer {
        Json::Array(rows) => {
            for (at, row) in rows.iter().enumerate() {
                browser.click("add-row").await;
                for field in &fact.fields {
                    let name = format!("row-{at}-{}", field.code);
                    enter(browser, &field.ty, &name, &format!("{name}-"), &row[&field.code]).await;
                }
            }
        }
        answer => enter(browser, &fact.ty, "answer", "option-", answer).await,
    }
    next(browser).await;
}

async fn enter(browser: &Browser, ty: &Type, name: &str, option: &str, answer: &Json) {
    match (ty, answer) {
        (Type::Bool, answer) => browser.click(&format!("{name}-{}", if *answer == true { "yes" } else { "no" })).await,
        (Type::Choice(_), Json::String(code)) => browser.click(&format!("{option}{code}")).await,
        (Type::Money, Json::Number(fen)) => {
            let fen = fen.as_i64().expect("fen");
            browser.fill(name, &format!("{}.{:02}", fen / 100, fen % 100)).await;
        }
        (_, Json::String(text)) => browser.fill(name, text).await,
        (_, other) => browser.fill(name, &other.to_string()).await,
    }
}

/// Fills in the card on the screen and waits for what follows.
async fn declare_one(browser: &Browser, application: &Application) {
    let code = browser.attribute("material", "data-material").await;
    declare(browser, application.materials.get(&code)).await;
    next(browser).await;
}

/// Says of the material on the screen what the applicant has of it.
pub async fn declare(browser: &Browser, declared: Option<&Declared>) {
    let Some(declared) = declared.filter(|d| d.have) else { return browser.click("have-not").await };
    browser.click("have").await;
    if browser.sees("electronic").await {
        let ticked = browser.see("electronic").await.is_selected().await.expect("a tick");
        if ticked != declared.electronic {
            browser.click("electronic").await;
        }
    }
    if !declared.electronic {
        browser.fill("originals", &declared.originals.to_string()).await;
        browser.fill("copies", &declared.copies.to_string()).await;
    }
    let fields = [
        ("valid-until", declared.valid_until.map(|d| d.to_string())),
        ("issued-on", declared.issued_on.map(|d| d.to_string())),
        ("number", declared.number.clone()),
    ];
    for (word, text) in fields {
        if let Some(text) = text {
            browser.fill(word, &text).await;
        }
    }
}

/// Presses "next" and waits until another step is on the screen.
pub async fn next(browser: &Browser) {
    let before = step(browser).await;
    browser.click("next").await;
    let deadline = Instant::now() + PATIENCE;
    while step(browser).await == before {
        if Instant::now() > deadline {
            browser.fail(&format!("the step {before} was not left")).await;
        }
    }
}

/// Which step is on the screen.
async fn step(browser: &Browser) -> Json {
    browser
        .script(
            "const at = (name) => document.querySelector(`[data-test='${name}']`);
            return at('question')?.dataset.fact ?? at('material')?.dataset.material ?? (at('verdict') && 'the verdict') ?? 'nothing';",
        )
        .await
}

/// From the verdict to the receipt.
pub async fn confirm(browser: &Browser, item: &Item) {
    send(browser, item).await;
    browser.see("receipt").await;
}

/// From the verdict to the press of the last button.
pub async fn send(browser: &Browser, item: &Item) {
    browser.click("go-on").await;
    sign(browser, item).await;
}

/// Who applies, the consents and the last button.
pub async fn sign(browser: &Browser, item: &Item) {
    browser.fill("name", NAME).await;
    if item.applicant == mingbai::catalogue::Applicant::Organisation {
        browser.fill("identifier", CREDIT_CODE).await;
        browser.fill("contact", NAME).await;
    } else {
        browser.click("paper-resident-id").await;
        browser.fill("identifier", RESIDENT_ID).await;
    }
    browser.fill("phone", PHONE).await;
    browser.click("consent").await;
    browser.click("consent-sensitive").await;
    browser.click("submit").await;
}

/// The text of the receipt's QR code.
pub async fn receipt_text(browser: &Browser) -> String {
    browser.attribute("qr", "data-text").await
}

/// The short number on a receipt that the hall has acknowledged, digits only.
pub async fn short_number(browser: &Browser) -> String {
    browser.text("short-number").await.chars().filter(char::is_ascii_digit).collect()
}

//! A browser that may die at any moment, and what is done with it: applications are prepared once through the real forms
//! and kept here, and from then on a round begins at the last step of a copy.

use super::proxy::Proxy;
use super::tally::Devices;
use crate::applicant::{self, answer_one, arrive, begin, declare, keeps_the_app, next, worked};
use crate::browser::{Browser, KIOSK, PATIENCE, Profile};
use crate::database::PROMISES;
use chrono::Utc;
use mingbai::calendar::{Calendar, hall_date};
use mingbai::catalogue::{Applicant, Filing, Item};
use mingbai::check::{Application, assess};
use mingbai::rules::Today;
use mingbai::submission::Digest;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};
use thirtyfour::error::WebDriverResult;
use uuid::Uuid;

/// How many bytes the attached document has: two chunks.
const DOCUMENT: usize = 1_500_000;

pub struct Device {
    name: &'static str,
    size: (u32, u32),
    /// Where the app is.
    pub address: String,
    open: Option<Browser>,
    kept: Option<Profile>,
    /// Milliseconds by which its clock is off.
    shift: i64,
    /// The script of the first tab.
    script: Option<String>,
    /// The envelopes up to this one have been seen.
    seen: String,
    /// Finished drafts by item, kept here: a browser may lose all it has in these tests.
    prepared: HashMap<String, Value>,
}

/// What the device has, as its own database says.
#[derive(Deserialize)]
struct Kept {
    waiting: Vec<(Uuid, String)>,
    drafts: Vec<Uuid>,
    envelopes: Vec<(String, String)>,
}

impl Device {
    pub fn new(name: &'static str, size: (u32, u32), address: String) -> Device {
        Device { name, size, address, open: None, kept: None, shift: 0, script: None, seen: String::new(), prepared: HashMap::new() }
    }

    /// Its browser, for the parts of a test in which nothing goes wrong.
    pub fn browser(&self) -> &Browser {
        self.open.as_ref().expect("the browser is open")
    }

    pub fn is_running(&self) -> bool {
        self.open.as_ref().is_some_and(Browser::is_running)
    }

    /// Opens the browser if it is closed or dead, on the app's first page; from now on it is the one that may be killed.
    pub async fn wake(&mut self, proxy: &Proxy) {
        while !self.is_running() {
            // Two browsers would get into each other's files.
            proxy.fallen().await;
            if let Some(dead) = self.open.take() {
                self.kept = Some(dead.kill());
            }
            let profile = self.kept.take().unwrap_or_else(Profile::fresh);
            let browser = Browser::with(self.name, self.size, profile, None).await;
            proxy.shared().browser = Some(browser.process());
            self.open = Some(browser);
            self.script = None;
            if self.prepare_tab().await.is_some() {
                self.goto("/").await;
            }
        }
        proxy.shared().browser = Some(self.browser().process());
    }

    /// Closes its browser, if it is open.
    pub async fn close(&mut self) {
        match self.open.take() {
            Some(browser) if browser.is_running() => self.kept = Some(browser.close().await),
            Some(dead) => self.kept = Some(dead.kill()),
            None => {}
        }
    }

    /// The power goes, and all databases with it. Its browser is closed then.
    pub fn lose_databases(&mut self) {
        if let Some(browser) = self.open.take() {
            self.kept = Some(browser.kill());
        }
        if let Some(profile) = &self.kept {
            profile.lose_databases();
        }
    }

    /// Nobody's own.
    pub fn is_shared(&self) -> bool {
        self.size == KIOSK
    }

    /// Its clock is off by so many hours, from the next page on.
    pub async fn shift(&mut self, hours: i64) {
        let shift = hours * 3_600_000;
        if self.shift != shift {
            self.shift = shift;
            if let Some(script) = self.script.take() {
                self.cdp("Page.removeScriptToEvaluateOnNewDocument", json!({ "identifier": script })).await;
                self.prepare_tab().await;
            }
        }
    }

    /// Our script runs in every page of this tab from now on.
    async fn prepare_tab(&mut self) -> Option<()> {
        let source = include_str!("page.js").replace("SHIFT", &self.shift.to_string());
        let added = self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await?;
        if self.script.is_none() {
            self.script = added["identifier"].as_str().map(str::to_owned);
        }
        Some(())
    }

    // ── what may end in the middle: `None` says that the browser is dead ──

    async fn tried<T>(&self, what: &str, result: WebDriverResult<T>) -> Option<T> {
        let error = match result {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        // A browser takes a moment to die.
        let deadline = Instant::now() + Duration::from_secs(1);
        while self.is_running() {
            if Instant::now() > deadline {
                self.browser().fail(&format!("{what}: {error}")).await;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }

    pub async fn goto(&self, path: &str) -> Option<()> {
        self.tried(path, self.browser().driver().goto(format!("{}{path}", self.address)).await).await
    }

    pub async fn cdp(&self, method: &str, parameters: Value) -> Option<Value> {
        self.tried(method, self.browser().driver().cdp().send_raw(method, parameters).await).await
    }

    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Option<Value> {
        let result = self.browser().driver().execute(script, arguments).await;
        self.tried(script, result).await.map(|result| result.json().clone())
    }

    /// A script that ends by calling its last argument.
    async fn ask(&self, script: &str, arguments: Vec<Value>) -> Option<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1];{PROMISES}{ROWS}
             ({script})(...arguments).then(done, (error) => done({{ error: String(error) }}));"
        );
        let result = self.browser().driver().execute_async(script.as_str(), arguments).await;
        let answer = self.tried(&script, result).await?.json().clone();
        if let Some(error) = answer.get("error") {
            self.browser().fail(&format!("{error} in {script}")).await;
        }
        Some(answer)
    }

    /// The same of a function of the app's open database.
    async fn in_database(&self, work: &str, arguments: Vec<Value>) -> Option<Value> {
        self.ask(&format!("(...given) => within({work}, ...given)"), arguments).await
    }

    /// Presses the button as soon as it is there.
    pub async fn press(&self, id: Uuid, closing: Option<(u64, bool)>) -> Option<()> {
        let closing = closing.map(|(after, told)| json!({ "after": after, "told": told }));
        self.script("chaos.press(...arguments)", vec![json!(id), json!(closing)]).await.map(drop)
    }

    /// A copy of the prepared application of this item, under a new id, as if it had been left at its last step.
    pub async fn copy(&self, item: &str, id: Uuid) -> Option<()> {
        let prepared = self.prepared.get(item).unwrap_or_else(|| panic!("{item} was not prepared"));
        self.in_database(COPY, vec![prepared.clone(), json!(item), json!(id)]).await.map(drop)
    }

    /// Opens `more` tabs at this path, for as long as `work` takes; all of them, the first included, are pressed.
    pub async fn in_tabs(&mut self, more: usize, path: &str, id: Uuid) -> Option<()> {
        let first = self.tried("its tab", self.browser().driver().window().await).await?;
        let mut tabs = vec![first.clone()];
        for _ in 0..more {
            let driver = self.browser().driver();
            let tab = self.tried("a tab", driver.new_tab().await).await?;
            self.tried("its tab", driver.switch_to_window(tab.clone()).await).await?;
            self.prepare_tab().await?;
            self.goto(path).await?;
            tabs.push(tab);
        }
        for tab in tabs.iter().rev() {
            self.tried("its tab", self.browser().driver().switch_to_window(tab.clone()).await).await?;
            self.press(id, None).await?;
        }
        Some(())
    }

    /// Closes all tabs but the first.
    pub async fn one_tab(&self) -> Option<()> {
        let driver = self.browser().driver();
        let first = self.tried("its tab", driver.window().await).await?;
        for tab in self.tried("its tabs", driver.windows().await).await? {
            if tab != first {
                self.tried("its tab", driver.switch_to_window(tab).await).await?;
                self.tried("closing a tab", driver.close_window().await).await?;
            }
        }
        self.tried("its tab", driver.switch_to_window(first).await).await
    }

    /// No byte more than so many may be stored; or as many as there are.
    pub async fn quota(&self, bytes: Option<u64>) -> Option<()> {
        let mut parameters = json!({ "origin": self.address });
        if let Some(bytes) = bytes {
            parameters["quotaSize"] = bytes.into();
        }
        self.cdp("Storage.overrideQuotaForOrigin", parameters).await.map(drop)
    }

    /// From now on a loss of its databases is noticed.
    pub async fn mark(&self) -> Option<()> {
        self.in_database(MARK, vec![]).await.map(drop)
    }

    /// Its databases were lost since they were marked.
    pub async fn has_lost(&self) -> bool {
        self.is_running() && self.in_database(MARKED, vec![]).await.is_some_and(|marked| marked == false)
    }

    /// Looks for a new version of the app until one waits; whether one does.
    pub async fn find_version(&self) -> Option<bool> {
        self.ask(FIND_VERSION, vec![]).await.map(|found| found == true)
    }

    /// Which version runs.
    pub async fn version(&self) -> Option<Value> {
        self.ask("async () => (await (await fetch('/version.json')).json()).version", vec![]).await
    }

    /// Adds what the device has to `devices`; returns the envelopes that are new since the last [`Device::passed`].
    pub async fn look(&self, devices: &mut Devices) -> Option<HashMap<Uuid, Digest>> {
        let kept = self.in_database(LOOK, vec![json!(self.seen)]).await?;
        let kept: Kept = serde_json::from_value(kept).expect("what the device has");
        devices.waiting.extend(kept.waiting);
        devices.drafts.extend(kept.drafts);
        let envelope = |(id, text): (String, String)| (id.parse().expect("an id"), Digest::of(text.as_bytes()));
        Some(kept.envelopes.into_iter().map(envelope).collect())
    }

    /// The envelopes up to this id need not be read again.
    pub fn passed(&mut self, id: Uuid) {
        self.seen = self.seen.clone().max(id.to_string());
    }

    /// Fills in one application through the real forms, with a document of several chunks if `pictured`, up to the last
    /// step, and keeps it to be copied.
    pub async fn prepare(&mut self, item: &Item, application: &Application, pictured: bool) {
        let browser = self.browser();
        arrive(browser, &self.address).await;
        begin(browser, &item.code).await;
        let mut document = pictured.then(document);
        loop {
            match browser.any(&["question", "material", "verdict"]).await.as_str() {
                "question" => answer_one(browser, item, application).await,
                "material" => {
                    let code = browser.attribute("material", "data-material").await;
                    declare(browser, application.materials.get(&code)).await;
                    if let Some(file) = document.take_if(|_| item.material(&code).is_some_and(|m| m.photo)) {
                        attach(browser, file.path()).await;
                    }
                    next(browser).await;
                }
                _ => break,
            }
        }
        assert!(document.is_none(), "{}: nothing to attach a document to", item.code);
        who(browser).await;
        // Without consent nothing is submitted, but who applies is in the draft from now on.
        browser.click("submit").await;
        let deadline = Instant::now() + PATIENCE;
        let complete = loop {
            match self.in_database(KEEP, vec![json!(item.code), json!(applicant::NAME)]).await {
                Some(Value::Object(complete)) => break Value::Object(complete),
                _ => assert!(Instant::now() < deadline, "{}: the draft was not saved", item.code),
            }
        };
        self.prepared.insert(item.code.clone(), complete);
    }
}

/// Who applies, on the last step.
pub async fn who(browser: &Browser) {
    browser.click("go-on").await;
    browser.fill("name", applicant::NAME).await;
    browser.click("paper-resident-id").await;
    browser.fill("identifier", applicant::RESIDENT_ID).await;
    browser.fill("phone", applicant::PHONE).await;
}

/// A phone that has everything it needs without a network.
pub async fn settle_in(phone: &mut Device, proxy: &Proxy) {
    phone.wake(proxy).await;
    arrive(phone.browser(), &phone.address).await;
    keeps_the_app(phone.browser()).await;
}

/// Items that a person files online, each with an application that may be handed in; the one with a document has room for it.
pub fn choose(number: usize) -> Vec<(Item, Application)> {
    let calendar = Calendar::announced();
    let today = Today { date: hall_date(Utc::now()), calendar: &calendar };
    let chosen = applicant::items().into_iter().filter(|item| item.filing == Filing::Online && item.applicant == Applicant::Person);
    let ready = chosen.filter_map(|item| {
        let application = worked(&item.code).into_iter().find(|application| {
            let has_room = item.materials.iter().any(|m| m.photo && application.materials.get(&m.code).is_some_and(|d| d.have));
            has_room && assess(&item, application, &today).outcome.may_submit()
        })?;
        Some((item, application))
    });
    let ready: Vec<_> = ready.take(number).collect();
    assert_eq!(ready.len(), number, "not enough items that a person files online");
    ready
}

async fn attach(browser: &Browser, file: &Path) {
    let input = thirtyfour::By::Css("input[type=\"file\"][data-test=\"photo\"]");
    let input = browser.driver().find(input).await.expect("a place for files");
    input.send_keys(file.to_string_lossy()).await.expect("choosing a file");
    let busy = "return document.querySelector('[data-test=next]').disabled || !document.querySelector('.photos li')";
    browser.until("the document was not taken", async || browser.script(busy).await == false).await;
}

/// A PDF of one page whose content nobody can press together.
fn document() -> tempfile::NamedTempFile {
    let mut dice = crate::dice::Dice(0x9e37_79b9_7f4a_7c15);
    let noise: Vec<u8> = (0..DOCUMENT).map(|_| dice.below(256) as u8).collect();
    let mut pdf = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>".to_owned(),
        format!("<</Length {DOCUMENT}>>"),
    ];
    for (at, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        pdf.extend(format!("{} 0 obj{object}", at + 1).bytes());
        if at == 3 {
            pdf.extend(b"stream\n");
            pdf.extend(&noise);
            pdf.extend(b"\nendstream");
        }
        pdf.extend(b" endobj\n");
    }
    let table = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        pdf.extend(format!("{place:010} 00000 n \n").bytes());
    }
    pdf.extend(format!("trailer<</Root 1 0 R/Size {}>>\nstartxref\n{table}\n%%EOF\n", places.len() + 1).bytes());
    let file = tempfile::Builder::new().suffix(".pdf").tempfile().expect("a file for the document");
    std::fs::write(file.path(), pdf).expect("writing the document");
    file
}

/// What the scripts below share.
const ROWS: &str = "
    // Only the app may make it: it is there once it has a version of the app's.
    const database = async () => {
        let why = new Error('the app has no database');
        // By a clock that no fault shifts.
        const deadline = performance.now() + 20_000;
        while (performance.now() < deadline) {
            try {
                const all = await indexedDB.databases();
                if (all.some(({ name, version }) => name === 'mingbai' && version > 2)) return await wait(chaos.open('mingbai'));
            } catch (error) {
                // A browser may be at odds with its files for a moment after a power cut, as the app knows too.
                why = error;
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw why;
    };
    const within = async (work, ...given) => {
        const app = await database();
        try { return await work(app, ...given); } finally { app.close(); }
    };
";

/// (item, name) → the draft with its pictures, once it is complete.
const KEEP: &str = "async (app, item, name) => {
    const rows = app.transaction(['drafts', 'photos']);
    const draft = await wait(rows.objectStore('drafts').get(item));
    const complete = draft?.includes(name) && draft.includes('\"step\":\"confirm\"');
    const photos = [];
    const keys = await wait(rows.objectStore('photos').getAllKeys());
    for (const key of keys.filter((key) => draft?.includes(key))) {
        const bytes = await wait(rows.objectStore('photos').get(key));
        photos.push([key, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))]);
    }
    return complete ? { draft, photos } : false;
}";

/// (what KEEP gave, item, id)
const COPY: &str = "async (app, { draft, photos }, item, id) => {
    const writing = app.transaction(['drafts', 'photos'], 'readwrite');
    writing.objectStore('drafts').put(draft.replaceAll(JSON.parse(draft).id, id), item);
    for (const [key, bytes] of photos) writing.objectStore('photos').put(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)), key);
    await committed(writing);
    return true;
}";

/// Leaves a mark, by which a database that was lost and made anew is known.
const MARK: &str = "async (app) => {
    const writing = app.transaction('settings', 'readwrite');
    writing.objectStore('settings').put('chaos', 'chaos');
    await committed(writing);
    return true;
}";

const MARKED: &str = "async (app) => {
    const mark = await wait(app.transaction('settings').objectStore('settings').get('chaos'));
    return mark === 'chaos';
}";

/// (id) → what waits, which drafts there are, and the envelopes after that id.
const LOOK: &str = "async (app, seen) => {
    const reading = app.transaction(['outbox', 'drafts', 'envelopes']);
    const pairs = async (store, range) => {
        const rows = reading.objectStore(store);
        const [keys, values] = await Promise.all([wait(rows.getAllKeys(range)), wait(rows.getAll(range))]);
        return keys.map((key, at) => [key, values[at]]);
    };
    const waiting = await pairs('outbox');
    const drafts = (await wait(reading.objectStore('drafts').getAll())).map((draft) => JSON.parse(draft).id);
    const envelopes = await pairs('envelopes', IDBKeyRange.lowerBound(seen, true));
    return { waiting, drafts, envelopes };
}";

const FIND_VERSION: &str = "async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update();
    for (let tries = 0; tries < 200 && !registration.waiting; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    return !!registration.waiting;
}";

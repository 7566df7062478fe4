//! Nothing readable is left behind. Kiosk sessions that end in every way, with strings that are nobody else's: afterwards
//! the whole profile of the browser and all that the hall keeps and says are searched for them, however they may be
//! written there. And a phone whose owner deletes everything.

mod search;

use crate::applicant::{ITEM, answer_one, arrive, association, begin, declare, home, item, next};
use crate::browser::{Browser, KIOSK, PATIENCE, PHONE, Profile};
use crate::camera::film;
use crate::desk::{Api, enrol};
use crate::hall::Hall;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use mingbai::catalogue::Item;
use mingbai::check::Application;
use search::Search;
use serde_json::json;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use tempfile::TempDir;
use thirtyfour::prelude::*;

/// As the README has them for a kiosk.
const FLAGS: [&str; 5] = ["--kiosk", "--kiosk-printing", "--no-first-run", "--disable-pinch", "--overscroll-history-navigation=0"];

/// Somebody whose every detail is unique, and of a valid form.
struct Person {
    /// How the session ends, to know whose trace was found.
    session: &'static str,
    name: String,
    identifier: String,
    phone: String,
    organisation: String,
    /// In fen.
    funds: i64,
    head: String,
}

/// Characters that no text of ours has.
const RARE: [char; 8] = ['靐', '龘', '麤', '鱻', '齾', '龖', '讟', '爨'];

impl Person {
    fn new(session: &'static str, number: usize) -> Person {
        let rare = RARE[number];
        Person {
            session,
            name: format!("翟{rare}灪{rare}"),
            identifier: resident(&format!("4507021987031{number}468")),
            phone: format!("13974{number}60853"),
            organisation: format!("钦州市{rare}灪琉璃协会"),
            funds: 7_918_264_055 + number as i64 * 10_000_000_000,
            head: resident(&format!("4507021961112{number}573")),
        }
    }

    fn application(&self) -> Application {
        let mut application = association();
        application.facts.insert("org_name".into(), self.organisation.clone().into());
        application.facts.insert("funds".into(), self.funds.into());
        application.materials.get_mut("head").unwrap().number = Some(self.head.clone());
        application
    }

    fn secrets(&self) -> Vec<(String, Vec<u8>)> {
        let funds = [self.funds.to_string(), format!("{}.{:02}", self.funds / 100, self.funds % 100)];
        let texts = [&self.name, &self.identifier, &self.phone, &self.organisation, &funds[0], &funds[1], &self.head];
        let kinds = ["name", "identifier", "phone", "answer", "number", "amount", "material's number"];
        kinds.iter().zip(texts).map(|(kind, text)| (format!("{}: {kind}", self.session), text.as_bytes().to_owned())).collect()
    }
}

/// With its check digit (GB 11643).
fn resident(digits: &str) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{digits}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][sum % 11])
}

/// Every picture that a page makes is noted for the test, and a clock can be hurried: its next second counts for more.
const HOOKS: &str = "
    window.photos = [];
    const toBlob = HTMLCanvasElement.prototype.toBlob;
    HTMLCanvasElement.prototype.toBlob = function (done, ...rest) {
        toBlob.call(this, async (blob) => {
            const bytes = new Uint8Array(await blob.arrayBuffer());
            window.photos.push(btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join('')));
            done(blob);
        }, ...rest);
    };
    const interval = window.setInterval.bind(window);
    window.setInterval = (work, time) => interval(() => {
        let times = window.hurried ?? 1;
        window.hurried = 1;
        while (times-- > 0) work();
    }, time);";

/// Up to the sheet where the applicant says who they are; a picture of the first material that may have one, on the way.
async fn fill_in(browser: &Browser, item: &Item, application: &Application, photograph: Option<Photograph<'_>>) {
    let mut photograph = photograph;
    begin(browser, ITEM).await;
    loop {
        match browser.any(&["question", "material", "verdict"]).await.as_str() {
            "question" => answer_one(browser, item, application).await,
            "material" => {
                let code = browser.attribute("material", "data-material").await;
                declare(browser, application.materials.get(&code)).await;
                if browser.driver().find(By::Css("[data-test=photo]")).await.is_ok()
                    && let Some(photograph) = photograph.take()
                {
                    photograph.take(browser).await;
                }
                next(browser).await;
            }
            _ => break,
        }
    }
    assert!(photograph.is_none(), "no material could be photographed");
    browser.click("go-on").await;
}

enum Photograph<'a> {
    Camera,
    File(&'a Path),
}

impl Photograph<'_> {
    async fn take(self, browser: &Browser) {
        match self {
            Photograph::Camera => {
                browser.click("photo").await;
                browser.click_css("[data-test=shutter] .primary:not([disabled])").await;
            }
            Photograph::File(path) => {
                let input = browser.driver().find(By::Css("input[data-test=photo]")).await.unwrap();
                input.send_keys(path.display().to_string()).await.unwrap();
            }
        }
        browser.see_css(".photos img").await;
    }
}

async fn sign(browser: &Browser, person: &Person) {
    browser.fill("name", &person.name).await;
    browser.click("paper-resident-id").await;
    browser.fill("identifier", &person.identifier).await;
    browser.fill("phone", &person.phone).await;
    browser.click("consent").await;
    browser.click("consent-sensitive").await;
}

async fn submit(browser: &Browser, person: &Person) {
    sign(browser, person).await;
    browser.click("submit").await;
    browser.see("receipt").await;
}

/// Bytes out of the middle of each picture that the page has made.
async fn photos(browser: &Browser, session: &str) -> Vec<(String, Vec<u8>)> {
    let photos = browser.script("return window.photos").await;
    let photos = photos.as_array().expect("the pictures of this page");
    assert!(!photos.is_empty(), "no picture was made");
    let bytes = photos.iter().map(|photo| BASE64_STANDARD.decode(photo.as_str().unwrap()).unwrap());
    bytes.flat_map(|bytes| [2, 3].map(|part| (format!("{session}: photo"), bytes[bytes.len() / part..][..64].to_owned()))).collect()
}

async fn launch(profile: Profile, film: &Path, more: &[&str]) -> Browser {
    let browser = Browser::launch("kiosk", KIOSK, profile, Some(film), &[&FLAGS, more].concat()).await;
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": HOOKS })).await;
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_readable_is_left_behind() {
    let _turn = crate::turn().await;
    let started = Instant::now();
    let mut hall = Hall::start();
    hall.stop();
    let mut diary = Diary::start(&hall);
    let films = tempfile::tempdir().unwrap();
    let film_at = films.path().join("camera.y4m");
    film(Some("翟 4507 靐龘 a material held before the camera, which no other test has"), &film_at);
    let item = item(ITEM);
    let mut secrets = Vec::new();
    let mut persons = 0;
    let mut person = |session| {
        let person = Person::new(session, persons);
        persons += 1;
        secrets.extend(person.secrets());
        person
    };

    let kiosk = launch(Profile::fresh(), &film_at, &[]).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    arrive(&kiosk, &hall.url("/")).await;

    // Finished: with a picture, a print, something copied; then the next person goes back, and pastes.
    let finished = person("finished");
    fill_in(&kiosk, &item, &finished.application(), Some(Photograph::Camera)).await;
    sign(&kiosk, &finished).await;
    let name = kiosk.see("name").await;
    name.send_keys(Key::Control + "a").await.unwrap();
    name.send_keys(Key::Control + "c").await.unwrap();
    let mut pictures = photos(&kiosk, "finished").await;
    kiosk.click("submit").await;
    kiosk.see_value("receipt", "data-standing", "received").await;
    assert!(kiosk.cdp("Page.printToPDF", json!({ "printBackground": true })).await["data"].as_str().is_some());
    kiosk.click("finish").await;
    kiosk.see("attract").await;
    kiosk.driver().back().await.unwrap();
    kiosk.click("attract").await;
    sees_nobody(&kiosk, &finished).await;
    kiosk.driver().forward().await.unwrap();
    sees_nobody(&kiosk, &finished).await;
    kiosk.open(&hall.url("/")).await;
    home(&kiosk).await;
    let search = kiosk.see("search").await;
    search.send_keys(Key::Control + "v").await.unwrap();
    let pasted = search.prop("value").await.unwrap().unwrap_or_default();
    assert!(!pasted.contains(&finished.name), "the next person has pasted the last one's name");
    search.send_keys(Key::Control + "a").await.unwrap();
    search.send_keys(Key::Delete + "").await.unwrap();

    // Given up: reloaded in the middle of the form; and ended by the button of the warning.
    let given_up = person("given up");
    fill_in(&kiosk, &item, &given_up.application(), None).await;
    sign(&kiosk, &given_up).await;
    kiosk.reload().await;
    kiosk.click("attract").await;
    sees_nobody(&kiosk, &given_up).await;
    fill_in(&kiosk, &item, &given_up.application(), None).await;
    sign(&kiosk, &given_up).await;
    kiosk.script("window.hurried = 60").await;
    kiosk.click("end").await;
    kiosk.click("attract").await;
    sees_nobody(&kiosk, &given_up).await;

    // Gone without a word: the warning, and the wipe.
    let idle = person("idle");
    fill_in(&kiosk, &item, &idle.application(), None).await;
    sign(&kiosk, &idle).await;
    kiosk.script("window.hurried = 90").await;
    kiosk.click("attract").await;
    sees_nobody(&kiosk, &idle).await;

    // The browser crashes in the middle of the form, with a picture taken, and opens again what was open.
    let crash = person("crash");
    fill_in(&kiosk, &item, &crash.application(), Some(Photograph::Camera)).await;
    sign(&kiosk, &crash).await;
    pictures.extend(photos(&kiosk, "crash").await);
    // Chromium writes down what is open after some seconds.
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let kiosk = launch(kiosk.kill(), &film_at, &["--restore-last-session"]).await;
    for window in kiosk.driver().windows().await.unwrap() {
        kiosk.driver().switch_to_window(window).await.unwrap();
        sees_nobody(&kiosk, &crash).await;
    }
    arrive(&kiosk, &hall.url("/")).await;

    // The power goes as soon as the receipt is there, while the hall is away: what waits is sealed.
    diary.stop();
    let power = person("power loss");
    fill_in(&kiosk, &item, &power.application(), Some(Photograph::Camera)).await;
    pictures.extend(photos(&kiosk, "power loss").await);
    submit(&kiosk, &power).await;
    let id = kiosk.path().await.rsplit_once('/').unwrap().1.to_owned();
    let profile = kiosk.kill();

    secrets.extend(pictures);
    let search = Search::new(&secrets);
    let left = search.folder(profile.path()).await;
    assert!(left.is_empty(), "on the kiosk:\n{left:#?}");
    // The search would have found it: the sealed submission, by its number, is there.
    let control = Search::new(&[("the submission".to_owned(), id.clone().into_bytes())]);
    assert!(!control.folder(profile.path()).await.is_empty(), "the submission is not in the profile");

    // It arrives; and once more everything is searched, after a browser that ends as it should.
    diary.start_again(&hall);
    let kiosk = launch(profile, &film_at, &[]).await;
    arrive(&kiosk, &hall.url("/")).await;
    let clerk = Api::sign_in(&hall, "clerk").await;
    kiosk.until("the submission did not arrive", async || clerk.get("/cases").await.as_array().unwrap().len() == 2).await;
    for case in clerk.get("/cases").await.as_array().unwrap() {
        let number = case["short_number"].as_str().unwrap();
        let case = clerk.get(&format!("/cases/{number}")).await;
        assert!([&finished.name, &power.name].contains(&&case["submission"]["applicant"]["name"].as_str().unwrap().to_owned()), "{case}");
    }
    let profile = kiosk.close().await;
    let left = search.folder(profile.path()).await;
    assert!(left.is_empty(), "on the kiosk, closed:\n{left:#?}");

    // What the hall keeps is sealed; what it says is about nobody.
    let metrics = reqwest::get(hall.url("/metrics")).await.unwrap().bytes().await.unwrap();
    diary.stop();
    let mut kept = search.folder(hall.data()).await;
    kept.extend(search.folder(diary.folder.path()).await);
    kept.extend(search.bytes("the metrics", &metrics));
    assert!(kept.is_empty(), "at the hall:\n{kept:#?}");
    assert!(!control.folder(hall.data()).await.is_empty(), "the submission is not in the hall's data");
    println!("every session searched in {:?}", started.elapsed());
}

/// Neither on the page nor behind it.
async fn sees_nobody(browser: &Browser, person: &Person) {
    let page =
        browser.script("return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((i) => i.value)").await;
    for (what, secret) in person.secrets() {
        assert!(!page.to_string().contains(std::str::from_utf8(&secret).unwrap()), "{what} is on the next page");
    }
}

/// The hall as it runs for real, with everything that it says written down, also what it would say only when asked to.
struct Diary {
    folder: TempDir,
    running: Option<Child>,
}

impl Diary {
    fn start(hall: &Hall) -> Diary {
        let mut diary = Diary { folder: tempfile::tempdir().unwrap(), running: None };
        diary.start_again(hall);
        diary
    }

    fn start_again(&mut self, hall: &Hall) {
        let file = std::fs::File::options().create(true).append(true).open(self.folder.path().join("diary")).unwrap();
        let mut hall_program = Command::new(env!("CARGO_BIN_EXE_hall"));
        hall_program.args(["serve", "--json", "--listen", &format!("127.0.0.1:{}", hall.port()), "--data"]).arg(hall.data());
        hall_program.env("RUST_LOG", "trace").stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file);
        self.running = Some(hall_program.spawn().unwrap());
        let deadline = Instant::now() + PATIENCE;
        while std::net::TcpStream::connect(("127.0.0.1", hall.port())).is_err() {
            assert!(Instant::now() < deadline, "the hall does not start");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.running.take() {
            let _ = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
            let _ = child.wait();
        }
    }
}

impl Drop for Diary {
    fn drop(&mut self) {
        self.stop();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_reads_what_a_browser_stores() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let browser = Browser::start("stores", PHONE).await;
    browser.open(&hall.url("/healthz")).await;
    // Short and as it is; long, and pressed by the browser; under a key; in the other storage.
    let texts = ["翟靐龘甲", "翟靐龘乙", "翟靐龘丙", "翟靐龘丁"];
    let store = format!(
        "const done = arguments[arguments.length - 1];
        localStorage.setItem('a', '{}');
        const opening = indexedDB.open('other');
        opening.onupgradeneeded = () => opening.result.createObjectStore('rows');
        opening.onsuccess = () => {{
            const writing = opening.result.transaction('rows', 'readwrite', {{ durability: 'strict' }});
            const rows = writing.objectStore('rows');
            rows.put('{}', 1);
            rows.put(('{} and much more of the same, again and again. ').repeat(9000), 2);
            rows.put(1, '{}');
            writing.oncomplete = () => done(true);
        }};",
        texts[3], texts[0], texts[1], texts[2]
    );
    assert_eq!(browser.script_async(&store).await, true);
    let profile = browser.close().await;
    for text in texts {
        let found = Search::new(&[("it".to_owned(), text.into())]).folder(profile.path()).await;
        assert!(!found.is_empty(), "{text} was not found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_deletes_everything_with_one_action() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let phone = Browser::start("phone", PHONE).await;
    phone.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": HOOKS })).await;
    arrive(&phone, &hall.url("/")).await;
    let (item, owner) = (item(ITEM), Person::new("owner", 6));
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("翟灪-passport-7731905.png");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/screens/phone-zh-queued.png"), &photo).unwrap();
    // One that is handed in, and one that is under way.
    fill_in(&phone, &item, &owner.application(), None).await;
    submit(&phone, &owner).await;
    phone.see_value("receipt", "data-standing", "received").await;
    phone.open(&hall.url("/")).await;
    home(&phone).await;
    fill_in(&phone, &item, &owner.application(), Some(Photograph::File(&photo))).await;
    sign(&phone, &owner).await;
    let mut secrets = owner.secrets();
    secrets.push(("file name".to_owned(), "翟灪-passport-7731905".into()));
    secrets.extend(photos(&phone, "owner").await);
    phone.open(&hall.url("/mine")).await;
    let search = Search::new(&secrets);
    phone.click("forget").await;
    phone.click("forget-yes").await;
    phone.until("something is left on the page", async || !phone.sees("forget").await).await;
    let traces = "return localStorage.getItem('mingbai-traces') === null;";
    phone.until("the browser's files were not wiped", async || phone.script(traces).await == true).await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let profile = phone.close().await;
    let left = search.folder(profile.path()).await;
    assert!(left.is_empty(), "on the phone:\n{left:#?}");
}

//! One real Chromium under a driver, with a fresh profile unless it is given one to come back to. Elements are named by
//! their `data-test` word. Everything waits for what it needs, and says what it saw when that does not come: a picture,
//! the page and the console in target/browser-failures.

use crate::chromium;
use crate::hall::free_port;
use rustix::fs::{FlockOperation, fcntl_lock};
use serde_json::{Value, json};
use std::fs::{DirEntry, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use thirtyfour::common::log::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;

/// How long a page may take for anything.
pub const PATIENCE: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(40);
/// Pause between the keys of a quick typist.
const HUMAN: Duration = Duration::from_millis(65);

/// Width and height in CSS pixels.
pub const KIOSK: (u32, u32) = (1080, 1920);
pub const PHONE: (u32, u32) = (390, 844);
pub const DESK: (u32, u32) = (1440, 900);

pub struct Browser {
    // Dropped in this order: the session ends before its driver, and the profile is deleted last.
    driver: Option<WebDriver>,
    process: Child,
    profile: Profile,
    name: String,
}

/// The browser's own folder. Kept, it is what closing and opening the browser again is about.
pub struct Profile(TempDir);

impl Profile {
    pub fn fresh() -> Profile {
        Profile(tempfile::tempdir().expect("a folder for the browser"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Every database goes; caches and local storage stay.
    pub fn lose_databases(&self) {
        std::fs::remove_dir_all(self.databases()).expect("the databases");
    }

    /// Holds the files of every database as another process of the browser would, until the returned files are dropped.
    pub fn hold_databases(&self) -> Vec<File> {
        let folders = std::fs::read_dir(self.databases()).expect("the databases").flatten();
        let hold = |folder: DirEntry| {
            let file = File::options().write(true).open(folder.path().join("LOCK")).ok()?;
            fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).expect("nobody else has it");
            Some(file)
        };
        folders.filter_map(hold).collect()
    }

    /// The list of every database's files is damaged, as a power cut may leave it: the browser finds that out when it opens
    /// them, and makes new ones.
    pub fn damage_databases(&self) {
        for folder in std::fs::read_dir(self.databases()).expect("the databases").flatten() {
            for file in std::fs::read_dir(folder.path()).expect("a database").flatten() {
                if file.file_name().to_string_lossy().starts_with("MANIFEST") {
                    std::fs::write(file.path(), [0xff; 512]).expect("damaging a database");
                }
            }
        }
    }

    fn databases(&self) -> PathBuf {
        self.path().join("Default/IndexedDB")
    }
}

impl Browser {
    /// `name` is for the person who reads a failure.
    pub async fn start(name: &str, size: (u32, u32)) -> Browser {
        Browser::with(name, size, Profile::fresh(), None).await
    }

    /// With an earlier profile, and a film for its camera.
    pub async fn with(name: &str, size: (u32, u32), profile: Profile, camera: Option<&Path>) -> Browser {
        Browser::launch(name, size, profile, camera, &[]).await
    }

    /// With more flags too.
    pub async fn launch(name: &str, size: (u32, u32), profile: Profile, camera: Option<&Path>, more: &[&str]) -> Browser {
        let chromium = chromium::find().unwrap_or_else(|why| panic!("no browser to test with: {why}"));
        let port = free_port();
        let process = Command::new(&chromium.driver)
            .arg(format!("--port={port}"))
            // Whatever it leaves, it leaves in its profile.
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("starting chromedriver");
        let mut caps = DesiredCapabilities::chrome();
        caps.set_binary(&chromium.browser.to_string_lossy()).unwrap();
        caps.set_logging_prefs("browser", LoggingPrefsLogLevel::All).unwrap();
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).to_vec();
        flags.extend(more.iter().copied().map(str::to_owned));
        flags.push(format!("--user-data-dir={}", profile.0.path().display()));
        flags.push(format!("--window-size={},{}", size.0, size.1));
        if let Some(film) = camera {
            flags.extend(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"].map(str::to_owned));
            flags.push(format!("--use-file-for-fake-video-capture={}", film.display()));
        }
        for flag in &flags {
            caps.add_arg(flag).unwrap();
        }
        let mut browser = Browser { driver: None, process, profile, name: name.to_owned() };
        browser.driver = Some(connect(port, caps).await);
        browser.resize(size).await;
        browser
    }

    /// Closes the window as a person does, and keeps what the browser keeps.
    pub async fn close(mut self) -> Profile {
        if let Some(driver) = self.driver.take() {
            driver.quit().await.expect("closing the browser");
        }
        std::mem::replace(&mut self.profile, Profile::fresh())
    }

    /// The power goes: everything of this browser ends at once, in the middle of whatever it does.
    pub fn kill(mut self) -> Profile {
        kill_tree(self.process.id());
        if let Some(driver) = self.driver.take() {
            // There is no session left that could be ended.
            let _ = driver.leak();
        }
        std::mem::replace(&mut self.profile, Profile::fresh())
    }

    /// Its driver's process, the root of all its others: for whoever kills it at the worst moment.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Nobody has killed it yet.
    pub fn is_running(&self) -> bool {
        parent(self.process.id()).is_some()
    }

    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("the browser is open")
    }

    /// The viewport, exactly: a window's own size includes its frame.
    async fn resize(&self, (width, height): (u32, u32)) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
    }

    pub async fn cdp(&self, method: &str, parameters: Value) -> Value {
        self.driver().cdp().send_raw(method, parameters).await.unwrap_or_else(|e| panic!("{method}: {e}"))
    }

    pub async fn open(&self, url: &str) {
        self.driver().goto(url).await.unwrap_or_else(|e| panic!("{}: opening {url}: {e}", self.name));
    }

    pub async fn reload(&self) {
        self.driver().refresh().await.unwrap_or_else(|e| panic!("{}: reloading: {e}", self.name));
    }

    pub async fn path(&self) -> String {
        self.driver().current_url().await.expect("an address").path().to_owned()
    }

    // ── looking ──

    /// Waits until the element is there and can be seen.
    pub async fn see(&self, word: &str) -> WebElement {
        self.see_css(&test(word)).await
    }

    pub async fn see_css(&self, css: &str) -> WebElement {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(element) = self.find(css).await {
                return element;
            }
            if Instant::now() > deadline {
                self.fail(&format!("`{css}` did not come")).await;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Is it there now, and visible?
    pub async fn sees(&self, word: &str) -> bool {
        self.find(&test(word)).await.is_some()
    }

    async fn find(&self, css: &str) -> Option<WebElement> {
        let element = self.driver().find(By::Css(css)).await.ok()?;
        element.is_displayed().await.ok()?.then_some(element)
    }

    /// Waits for an attribute's value.
    pub async fn see_value(&self, word: &str, attribute: &str, value: &str) -> WebElement {
        self.see_css(&format!("{}[{attribute}=\"{value}\"]", test(word))).await
    }

    /// The first of several elements that is there.
    pub async fn any(&self, words: &[&str]) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            for word in words {
                if self.sees(word).await {
                    return (*word).to_owned();
                }
            }
            if Instant::now() > deadline {
                self.fail(&format!("none of {words:?} came")).await;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub async fn until(&self, complaint: &str, mut holds: impl AsyncFnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds().await {
            if Instant::now() > deadline {
                self.fail(complaint).await;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub async fn text(&self, word: &str) -> String {
        self.see(word).await.text().await.unwrap_or_default()
    }

    /// An attribute, of an element that may be redrawn meanwhile.
    pub async fn attribute(&self, word: &str, attribute: &str) -> String {
        let css = format!("{}[{attribute}]", test(word));
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Ok(Some(value)) = self.see_css(&css).await.attr(attribute).await {
                return value;
            }
            if Instant::now() > deadline {
                self.fail(&format!("`{word}` has no {attribute}")).await;
            }
        }
    }

    // ── doing ──

    /// Clicks as soon as that is possible: there, visible, in view, with nothing in front.
    pub async fn click(&self, word: &str) {
        self.click_css(&test(word)).await;
    }

    pub async fn click_css(&self, css: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let element = self.see_css(css).await;
            let clicked = match element.is_enabled().await {
                Ok(true) => self.click_in_view(&element).await.map_err(|e| e.to_string()),
                Ok(false) => Err("it is disabled".to_owned()),
                Err(e) => Err(e.to_string()),
            };
            let Err(why) = clicked else { return };
            if Instant::now() > deadline {
                self.fail(&format!("`{css}` cannot be clicked: {why}")).await;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// In the middle of the screen: a bar that stays at its edge covers nothing there.
    async fn click_in_view(&self, element: &WebElement) -> WebDriverResult<()> {
        let script = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })";
        self.driver().execute(script, vec![element.to_json()?]).await?;
        element.click().await
    }

    /// Types into a field in place of what stands in it.
    pub async fn fill(&self, word: &str, text: &str) {
        let element = self.see(word).await;
        let typed = async {
            element.send_keys(Key::Control + "a").await?;
            if !self.path().await.starts_with("/desk") {
                return element.send_keys(text).await;
            }
            // The desk takes keys at a driver's pace for those of a USB scanner.
            for character in text.chars() {
                element.send_keys(character.to_string()).await?;
                tokio::time::sleep(HUMAN).await;
            }
            Ok(())
        };
        if let Err(error) = typed.await {
            self.fail(&format!("`{word}` cannot be filled: {error}")).await;
        }
    }

    pub async fn script(&self, script: &str) -> Value {
        let result = self.driver().execute(script, vec![]).await;
        result.unwrap_or_else(|e| panic!("{}: {script}: {e}", self.name)).json().clone()
    }

    /// A script that ends by calling its last argument.
    pub async fn script_async(&self, script: &str) -> Value {
        let result = self.driver().execute_async(script, vec![]).await;
        result.unwrap_or_else(|e| panic!("{}: {script}: {e}", self.name)).json().clone()
    }

    /// Keys in a burst and Enter, as a USB scanner sends them, wherever the focus is.
    pub async fn usb_scan(&self, text: &str) {
        let page = self.see_css("body").await;
        let scanned = page.send_keys(text.to_owned() + Key::Enter).await;
        scanned.unwrap_or_else(|e| panic!("{}: scanning: {e}", self.name));
    }

    pub async fn picture(&self, path: &Path) {
        let bytes = self.driver().screenshot_as_png().await.unwrap_or_else(|e| panic!("{}: taking a picture: {e}", self.name));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for pictures");
        std::fs::write(path, bytes).expect("writing a picture");
    }

    /// What the page wrote to its console, warnings and errors.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.driver().browser_log().await.unwrap_or_default();
        entries.into_iter().map(|e| format!("{}: {}", e.level, e.message)).collect()
    }

    /// Ends the test with everything that helps to understand why.
    pub async fn fail(&self, complaint: &str) -> ! {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/browser-failures");
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let place = folder.join(format!("{test}-{}", self.name));
        let _ = std::fs::create_dir_all(&folder);
        if let Ok(picture) = self.driver().screenshot_as_png().await {
            let _ = std::fs::write(place.with_extension("png"), picture);
        }
        let console = self.console().await.join("\n");
        let page = self.driver().source().await.unwrap_or_default();
        let _ = std::fs::write(place.with_extension("txt"), format!("{complaint}\n\n{console}\n\n{page}\n"));
        let address = self.driver().current_url().await.map(|u| u.to_string()).unwrap_or_default();
        panic!("{} at {address}: {complaint}\nconsole:\n{console}\nsee {}.png and .txt", self.name, place.display());
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends the session first, while its driver still answers.
        drop(self.driver.take());
        let _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}

/// SIGKILL for a process of ours and all that it has started, and the wait until they are gone.
pub fn kill_tree(root: u32) {
    let family = family(root);
    let ids: Vec<String> = family.iter().map(u32::to_string).collect();
    // One that has just ended by itself is no failure.
    let _ = Command::new("kill").arg("-KILL").args(&ids).stderr(Stdio::null()).status();
    let deadline = Instant::now() + PATIENCE;
    while family.iter().any(|id| parent(*id).is_some()) {
        assert!(Instant::now() < deadline, "the killed browser does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The process and everything below it.
fn family(root: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let parents: Vec<(u32, u32)> = ids.filter_map(|id| Some((id, parent(id)?))).collect();
    let mut family = vec![root];
    let mut at = 0;
    while let Some(id) = family.get(at).copied() {
        family.extend(parents.iter().filter(|(_, parent)| *parent == id).map(|(id, _)| *id));
        at += 1;
    }
    family
}

/// The parent of a process that still runs.
fn parent(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold anything, also brackets.
    let mut rest = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let gone = match rest.next()? {
        // Its other threads may still be ending, and hold its files as long.
        "Z" => std::fs::read_dir(format!("/proc/{id}/task")).ok()?.count() <= 1,
        state => state == "X",
    };
    if gone { None } else { rest.next()?.parse().ok() }
}

const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
];

/// The driver needs a moment before it listens.
async fn connect(port: u16, caps: thirtyfour::ChromeCapabilities) -> WebDriver {
    let deadline = Instant::now() + PATIENCE;
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        assert!(Instant::now() < deadline, "chromedriver does not listen");
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    WebDriver::new(format!("http://127.0.0.1:{port}"), caps).await.expect("starting Chromium")
}

fn test(word: &str) -> String {
    format!("[data-test=\"{word}\"]")
}

//! On paper: each receipt and each kind of notice, on A4 and on a roll, in both languages, as a receipt printer gets them:
//! the browser's own pages, drawn in one bit at eight dots a millimetre. And what a kiosk offers where no paper comes out.

use crate::applicant::{self, ITEM, NAME, association, begin, confirm, fill_in, home, receipt_text, short_number};
use crate::browser::{Browser, DESK, KIOSK, PHONE};
use crate::desk::{Api, enrol, sign_in};
use crate::hall::Hall;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mingbai::api::{CaseView, Decide};
use mingbai::case::{Act, Correction, TakenIn};
use mingbai::receipt::decode;
use qrcode::{Color, EcLevel, QrCode};
use serde_json::json;
use std::path::Path;
use std::process::Command;

/// Dots of a receipt printer to a millimetre, and to an inch.
const DOTS: f64 = 8.0;
const DPI: &str = "203.2";
/// Dots to a module of a code.
const MODULE: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Paper {
    A4,
    Thermal,
}

impl Paper {
    const ALL: [Paper; 2] = [Paper::Thermal, Paper::A4];

    fn name(self) -> &'static str {
        if self == Paper::A4 { "a4" } else { "thermal" }
    }

    /// What can be printed on from left to right, in millimetres, with a hair for rounding.
    fn printable(self) -> (f64, f64) {
        if self == Paper::A4 { (15.8, 192.1) } else { (3.9, 76.1) }
    }
}

/// A page in dots; black is true.
struct Page {
    width: usize,
    height: usize,
    black: Vec<bool>,
    /// Its text in the order in which it is drawn, without any spaces.
    text: String,
}

impl Page {
    fn is_black(&self, x: usize, y: usize) -> bool {
        self.black[y * self.width + x]
    }

    /// Rows between which it is black at all.
    fn inked(&self) -> Option<(usize, usize)> {
        let row = |at: usize| at / self.width;
        Some((row(self.black.iter().position(|b| *b)?), row(self.black.iter().rposition(|b| *b)?)))
    }

    /// Where the code of `text` stands, module for module and dot for dot, with its quiet zone: nowhere, if a single dot differs.
    fn find_code(&self, text: &str) -> Option<(usize, usize)> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let (side, modules) = (code.width() + 8, code.to_colors());
        let dark = |x: usize, y: usize| {
            let inside = (4..side - 4).contains(&x) && (4..side - 4).contains(&y);
            inside && modules[(y - 4) * (side - 8) + x - 4] == Color::Dark
        };
        let fits = |left: usize, top: usize| {
            let mut dots = (0..side * MODULE).flat_map(|y| (0..side * MODULE).map(move |x| (x, y)));
            dots.all(|(x, y)| self.is_black(left + x, top + y) == dark(x / MODULE, y / MODULE))
        };
        // A place is worth a closer look where the first dark module begins.
        let begins = |left: usize, top: usize| {
            let (x, y) = (left + 4 * MODULE, top + 4 * MODULE);
            self.is_black(x, y) && !self.is_black(x - 1, y) && !self.is_black(x, y - 1)
        };
        let places = |size: usize| 0..=size.saturating_sub(side * MODULE);
        let mut corners = places(self.height).flat_map(|y| places(self.width).map(move |x| (x, y)));
        corners.find(|(left, top)| begins(*left, *top) && fits(*left, *top))
    }
}

fn poppler(program: &str, arguments: &[&str], pdf: &Path, out: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(arguments).arg(pdf).args(out).output();
    let output = output.unwrap_or_else(|e| panic!("`{program}` of poppler-utils is needed to look at printed pages: {e}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The pages of a PDF.
fn pages(pdf: &Path) -> Vec<Page> {
    let about = String::from_utf8(poppler("pdfinfo", &[], pdf, &[])).unwrap();
    let count: usize = about.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse().unwrap();
    let page = |n: usize| {
        let n = n.to_string();
        let only = ["-f", n.as_str(), "-l", n.as_str()];
        // In one bit, every dot that the ink touches is black, as a printer's driver has it.
        let drawn = poppler("pdftoppm", &[&["-mono", "-r", DPI][..], &only].concat(), pdf, &[]);
        let mut parts = drawn.splitn(3, |b| *b == b'\n');
        assert_eq!(parts.next(), Some(&b"P4"[..]));
        let size = String::from_utf8(parts.next().unwrap().to_vec()).unwrap();
        let (width, height) = size.split_once(' ').map(|(w, h)| (w.parse().unwrap(), h.parse().unwrap())).unwrap();
        let (bits, stride) = (parts.next().unwrap(), usize::div_ceil(width, 8));
        let black = (0..height).flat_map(|y| (0..width).map(move |x| bits[y * stride + x / 8] >> (7 - x % 8) & 1 == 1)).collect();
        let text = String::from_utf8(poppler("pdftotext", &[&["-raw"][..], &only].concat(), pdf, &["-"])).unwrap();
        Page { width, height, black, text: close_up(&text) }
    };
    (1..=count).map(page).collect()
}

fn close_up(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Prints what is on the screen and looks at the pages.
async fn print(browser: &Browser, paper: Paper, name: &str) -> Vec<Page> {
    browser.script(&format!("localStorage.setItem('mingbai-paper', '\"{}\"')", paper.name())).await;
    browser.click("print").await;
    let laid_out = async || {
        let shown = browser.script("return document.documentElement.dataset.paper ?? 'a4'").await;
        shown == paper.name()
    };
    browser.until("the page was not laid out for the paper", laid_out).await;
    pdf(browser, name).await
}

async fn pdf(browser: &Browser, name: &str) -> Vec<Page> {
    let printed = browser.cdp("Page.printToPDF", json!({ "preferCSSPageSize": true, "printBackground": true })).await;
    let bytes = BASE64_STANDARD.decode(printed["data"].as_str().unwrap()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/printed");
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(format!("{name}.pdf"));
    std::fs::write(&file, bytes).unwrap();
    pages(&file)
}

/// Nothing cut off, pages numbered, a roll as long as its content, and the code of `text` exact to the dot on the first page.
fn is_sound(pages: &[Page], paper: Paper, text: &str, name: &str) {
    let (left, right) = paper.printable();
    for (at, page) in pages.iter().enumerate() {
        let inside = (left * DOTS) as usize..=(right * DOTS) as usize;
        let strays = page.black.iter().enumerate().filter(|(at, black)| **black && !inside.contains(&(at % page.width)));
        assert_eq!(strays.count(), 0, "{name}: ink where the printer has none");
        let number = format!("{}/{}", at + 1, pages.len());
        // A page's margins are drawn before what stands between them.
        assert_eq!(page.text.starts_with(&number), paper == Paper::A4, "{name}: page {number} is numbered: {}", page.text);
    }
    let first = &pages[0];
    match paper {
        Paper::A4 => assert_eq!((first.width, first.height), (1680, 2377), "{name}"),
        Paper::Thermal => {
            assert_eq!(pages.len(), 1, "{name}: a roll is one page");
            assert!(first.width.abs_diff(640) <= 1, "{name}: {} dots wide", first.width);
            let (_, end) = first.inked().unwrap();
            let feed = (first.height - end) as f64 / DOTS;
            assert!((3.0..20.0).contains(&feed), "{name}: {feed} mm of paper after the last line");
        }
    }
    let (x, y) = first.find_code(text).unwrap_or_else(|| panic!("{name}: the code is not exact to the dot"));
    println!("{name}: {} page(s), {} mm, code at {x}, {y}", pages.len(), first.height as f64 / DOTS);
    let luma: Vec<u8> = first.black.iter().map(|black| if *black { 0 } else { 255 }).collect();
    let found = decode::thorough(&luma, first.width as u32, first.height as u32);
    let found: Vec<String> = found.into_iter().map(|code| code.text).collect();
    assert_eq!(found, [text], "{name}");
}

/// Switches to the language, if it is not the present one.
async fn speak(browser: &Browser, lang: &str) {
    let now = browser.script("return document.documentElement.lang").await;
    if now.as_str().is_some_and(|now| !now.starts_with(lang)) {
        browser.click("lang").await;
        browser.see_css(&format!("html[lang^={lang}]")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_on_paper_and_without_paper() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let kiosk = Browser::start("kiosk", KIOSK).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    kiosk.open(&hall.url("/")).await;
    home(&kiosk).await;
    begin(&kiosk, ITEM).await;
    let item = applicant::item(ITEM);
    fill_in(&kiosk, &item, &association()).await;
    hall.stop();
    confirm(&kiosk, &item).await;
    for standing in ["queued", "received"] {
        kiosk.see_value("receipt", "data-standing", standing).await;
        let text = receipt_text(&kiosk).await;
        assert_eq!(hall.command(&["receipt", "inspect", &text])["verdict"], standing);
        for lang in ["zh", "en"] {
            speak(&kiosk, lang).await;
            for paper in Paper::ALL {
                let name = format!("receipt-{standing}-{lang}-{}", paper.name());
                let pages = print(&kiosk, paper, &name).await;
                is_sound(&pages, paper, &text, &name);
                assert_eq!(pages.len(), 1, "{name}");
                assert!(!pages[0].text.contains(&close_up(NAME)));
                let close = if kiosk.any(&["came-out", "not-printed"]).await == "came-out" { "paper-yes" } else { "take-done" };
                kiosk.click(close).await;
            }
        }
        if standing == "queued" {
            kiosk.click("write-down").await;
            kiosk.see("no-number").await;
            kiosk.click("take-done").await;
            hall.start_again();
        }
    }
    no_line_is_split(&kiosk).await;

    // No paper came out: the machine remembers, and there are other ways.
    kiosk.click("print").await;
    if kiosk.any(&["came-out", "not-printed"]).await == "came-out" {
        kiosk.click("paper-no").await;
    }
    kiosk.see("not-printed").await;
    kiosk.click("take-done").await;
    kiosk.see("printer-fails").await;
    let number = short_number(&kiosk).await;
    kiosk.click("write-down").await;
    let large: String = kiosk.text("take-number").await.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(large, number);
    kiosk.click("take-done").await;
    kiosk.click("to-phone").await;
    let address = kiosk.attribute("progress-qr", "data-text").await;
    let (text, id) = (receipt_text(&kiosk).await, kiosk.attribute("receipt", "data-id").await);
    assert_eq!(address, hall.url(&format!("/s/{id}")));

    // The phone opens it: where it stands, the hall's own receipt, and nobody's name. Another id leads nowhere.
    let phone = Browser::start("phone", PHONE).await;
    phone.open(&address).await;
    phone.see_value("status", "data-state", "received").await;
    assert_eq!(receipt_text(&phone).await, text);
    assert_eq!(short_number(&phone).await, number);
    assert!(!phone.text("status").await.contains(NAME));
    phone.click("keep").await;
    phone.open(&hall.url("/s/0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b")).await;
    phone.see_value("status", "data-state", "not-yet").await;
}

/// Laid out for A4, but on pages so small that there are many: every line of the list of materials stands whole on one of them.
async fn no_line_is_split(kiosk: &Browser) {
    kiosk
        .script("const sheet = [...document.styleSheets].at(-1); sheet.insertRule('@page { size: 130mm 90mm; }', sheet.cssRules.length)")
        .await;
    let pages = pdf(kiosk, "receipt-small-pages").await;
    let lines = kiosk.script("return [...document.querySelectorAll('.declared-one > span')].map((line) => line.textContent)").await;
    let lines: Vec<String> = serde_json::from_value(lines).unwrap();
    assert!(pages.len() > 2 && lines.len() > 4, "{} pages, {} lines", pages.len(), lines.len());
    for line in lines {
        assert!(pages.iter().any(|page| page.text.contains(&close_up(&line))), "`{line}` is split");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_notice_on_paper() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let item = applicant::item(ITEM);
    let clerk = Api::sign_in(&hall, "clerk").await;
    let desk = Browser::start("desk", DESK).await;
    enrol(&desk, &hall, "desk", "12 号窗口").await;
    sign_in(&desk, &hall, "clerk").await;
    let phone = Browser::start("phone", PHONE).await;
    let materials = || item.materials.iter().map(|m| TakenIn { material: m.code.clone(), originals: 1, copies: 2 }).collect();
    let standard = "须加盖公章,一式两份;复印件须注明“与原件一致”并由经办人签名。".repeat(3);
    let correction = |code: &str| Correction { point: format!("material.{code}"), standard: standard.clone() };
    let corrections = || item.materials.iter().map(|m| correction(&m.code)).collect();
    let refuse = Act::Refuse {
        reason: standard.clone(), basis: "《社会团体登记管理条例》第十三条".into(), go: "市民政局 3 号窗口".into()
    };
    let accepted = vec![Act::TakeIn { materials: materials() }, Act::AskCorrection { points: corrections() }, Act::Supplied, Act::Accept];
    for (kinds, acts) in [(&["take-in", "ask-correction", "accept"][..], accepted), (&["refuse"][..], vec![refuse])] {
        phone.open(&hall.url("/")).await;
        home(&phone).await;
        begin(&phone, ITEM).await;
        fill_in(&phone, &item, &association()).await;
        confirm(&phone, &item).await;
        phone.see_value("receipt", "data-standing", "received").await;
        let id = phone.attribute("receipt", "data-id").await;
        for act in acts {
            let view: CaseView = serde_json::from_value(clerk.get(&format!("/cases/{id}")).await).unwrap();
            let revision = u32::try_from(view.events.len()).unwrap();
            clerk.post(&format!("/cases/{id}/acts"), &Decide { revision, act }).await;
        }
        desk.open(&hall.url(&format!("/desk/case/{id}"))).await;
        for (at, kind) in kinds.iter().enumerate() {
            for lang in ["zh", "en"] {
                speak(&desk, lang).await;
                desk.click(&format!("show-notice-{at}")).await;
                for paper in Paper::ALL {
                    let name = format!("notice-{kind}-{lang}-{}", paper.name());
                    let pages = print(&desk, paper, &name).await;
                    is_sound(&pages, paper, &hall.url(&format!("/s/{id}")), &name);
                    let all: String = pages.iter().map(|page| page.text.as_str()).collect();
                    assert!(all.contains(&close_up(NAME)), "{name}");
                }
            }
        }
    }
}

//! Attachments from the applicant's finger to the clerk's eye: real files through the real inputs, what is kept of them and
//! what is refused, an upload that is cut in the middle, and the clerk's pages.

use crate::applicant::{self, ITEM, answer_one, association, begin, confirm, declare, fill_in, home, next, phone, short_number};
use crate::browser::{Browser, DESK, KIOSK, PATIENCE, Profile};
use crate::camera::film;
use crate::desk::{Api, enrol, sign_in};
use crate::dice::Dice;
use crate::hall::Hall;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use mingbai::submission::media::limits;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thirtyfour::prelude::*;

/// What a camera wrote into its file.
const PLACE: &str = "N39.9042-E116.4074-CAMERA-7731";
const RED: Rgb<u8> = Rgb([200, 20, 20]);
const BLUE: Rgb<u8> = Rgb([20, 20, 200]);

#[tokio::test(flavor = "multi_thread")]
async fn pictures_and_documents_reach_the_clerk_page_by_page() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| write(folder.path(), name, bytes);
    let phone = phone(&hall).await;
    to_a_card(&phone).await;

    // Several at once: what is good is kept in its order, of each other it is said why not.
    let (scan, upright) = (document(3000), sideways());
    let cut = jpeg(&halves(300, 200));
    let good = [file("sideways.jpg", &upright), file("noise.jpg", &jpeg(&noise(3000, 2200))), file("scan.pdf", &scan)];
    let bad = [
        file("letter.jpg", b"Dear hall, this is no picture"),
        file("nothing.jpg", b""),
        file("cut.jpg", &cut[..cut.len() / 2]),
        file("bomb.png", &bomb()),
        file("locked.pdf", &locked()),
        file("film.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
    ];
    choose(&phone, "photo", &[&good[..1], &bad[..], &good[1..]].concat()).await;
    pages(&phone, 3).await;
    let said = phone.text("photo-wrong").await;
    let words = [
        ("letter.jpg", "两样都不是"),
        ("nothing.jpg", "空的"),
        ("cut.jpg", "不完整"),
        ("bomb.png", "尺寸太大"),
        ("locked.pdf", "保护"),
        ("film.heic", "HEIC"),
    ];
    for (name, why) in words {
        let line = said.lines().find(|line| line.contains(name)).unwrap_or_default();
        assert!(line.contains(why), "{name}: `{line}` in {said}");
    }
    assert_eq!(said.lines().count(), bad.len(), "{said}");

    // Looked at, page by page, with buttons and keys; one is replaced where it stands, one removed.
    phone.click("photo-open").await;
    shows(&phone, "1 页,共 3 页").await;
    phone.click("preview-after").await;
    shows(&phone, "2 页,共 3 页").await;
    choose(&phone, "photo-replace", &[file("other.png", &png(&halves(80, 40)))]).await;
    phone.until("the page was not replaced", async || natural(&phone, "preview-picture").await == (80, 40)).await;
    key(&phone, "preview", "ArrowRight").await;
    phone.see("preview-document").await;
    assert!(phone.text("preview-document").await.contains("scan.pdf"));
    key(&phone, "preview", "ArrowLeft").await;
    shows(&phone, "2 页,共 3 页").await;
    phone.click("preview-remove").await;
    shows(&phone, "2 页,共 2 页").await;
    phone.click("preview-close").await;
    pages(&phone, 2).await;

    // Whoever leaves the card while a picture is read finds it there when coming back.
    choose(&phone, "photo", &good[1..2]).await;
    phone.driver().back().await.unwrap();
    phone.driver().forward().await.unwrap();
    pages(&phone, 3).await;

    let item = applicant::item(ITEM);
    next(&phone).await;
    fill_in(&phone, &item, &association()).await;
    confirm(&phone, &item).await;
    phone.see_value("receipt", "data-standing", "received").await;
    let number = short_number(&phone).await;

    // Upright, without a word of the camera's, small enough; a document as it was.
    let clerk = Api::sign_in(&hall, "clerk").await;
    let attachment = async |at: usize| clerk.bytes(&format!("/cases/{number}/attachments/{at}")).await;
    let kept = attachment(0).await;
    let picture = image::load_from_memory_with_format(&kept, ImageFormat::Jpeg).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (400, 600));
    assert!(near(picture.get_pixel(200, 60), RED) && near(picture.get_pixel(200, 540), BLUE), "it does not stand upright");
    for trace in ["Exif", PLACE] {
        assert!(!kept.windows(trace.len()).any(|w| w == trace.as_bytes()), "the picture still says {trace}");
    }
    assert_eq!(attachment(1).await, scan);
    let heavy = attachment(2).await;
    let (width, height) = image::load_from_memory(&heavy).map(|p| (p.width(), p.height())).unwrap();
    assert!(width.max(height) <= limits::LADDER[0].0 && heavy.len() <= limits::AIM, "{width} × {height}, {} bytes", heavy.len());

    // The clerk.
    let desk = Browser::start("desk", DESK).await;
    enrol(&desk, &hall, "desk", "12 号窗口").await;
    sign_in(&desk, &hall, "clerk").await;
    desk.open(&hall.url(&format!("/desk/case/{number}"))).await;
    open_page(&desk, 0).await;
    desk.until("the picture is not upright", async || natural(&desk, "page-picture").await == (400, 600)).await;
    key(&desk, "viewer", "r").await;
    desk.see_css("[data-test=page-picture][data-turn=\"90\"]").await;
    key(&desk, "viewer", "+").await;
    desk.see_css("[data-test=page-picture][data-zoom=\"150\"]").await;
    key(&desk, "viewer", "ArrowRight").await;
    desk.see("page-pdf").await;
    desk.click("page-after").await;
    desk.see_css("[data-test=page-picture][data-turn=\"0\"][data-zoom=\"100\"]").await;
    desk.click("close-viewer").await;

    // A piece is lost at the hall: that page says so, the others are there.
    let pieces = chunks(&hall);
    let heaviest = pieces.iter().max_by_key(|path| path.metadata().unwrap().len()).unwrap();
    std::fs::remove_file(heaviest).unwrap();
    desk.reload().await;
    open_page(&desk, 2).await;
    desk.see("page-failed").await;
    key(&desk, "viewer", "ArrowLeft").await;
    desk.see("page-pdf").await;
    key(&desk, "viewer", "ArrowLeft").await;
    desk.see("page-picture").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_missing_travels_after_a_cut() {
    let _turn = crate::turn().await;
    let mut hall = Hall::start();
    let folder = tempfile::tempdir().unwrap();
    let phone = phone(&hall).await;
    to_a_card(&phone).await;
    let scan = document(7 * limits::MEGABYTE);
    let total = scan.len().div_ceil(mingbai::submission::CHUNK);
    choose(&phone, "photo", &[write(folder.path(), "scan.pdf", &scan)]).await;
    pages(&phone, 1).await;
    let item = applicant::item(ITEM);
    next(&phone).await;
    fill_in(&phone, &item, &association()).await;
    // The hall dies as soon as it has a piece.
    let watched = hall.data().to_owned();
    let process = hall.process();
    let killer = std::thread::spawn(move || {
        let deadline = Instant::now() + PATIENCE * 3;
        while chunks_in(&watched).is_empty() {
            assert!(Instant::now() < deadline, "no piece came");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::process::Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap();
    });
    confirm(&phone, &item).await;
    killer.join().unwrap();
    phone.see_value("receipt", "data-standing", "queued").await;
    let there = chunks(&hall).len();
    assert!((1..total).contains(&there), "{there} of {total} pieces had arrived");
    phone.script("performance.clearResourceTimings()").await;
    hall.revive();
    phone.see_value("receipt", "data-standing", "received").await;
    let sent =
        "return performance.getEntriesByType('resource').filter((e) => e.name.includes('/chunks/') && e.responseStatus >= 200).length";
    assert_eq!(phone.script(sent).await, total - there, "{there} of {total} pieces were there");
    let clerk = Api::sign_in(&hall, "clerk").await;
    let number = short_number(&phone).await;
    assert_eq!(clerk.bytes(&format!("/cases/{number}/attachments/0")).await, scan);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kiosks_camera_takes_and_takes_again() {
    let _turn = crate::turn().await;
    let hall = Hall::start();
    let folder = tempfile::tempdir().unwrap();
    let reel = folder.path().join("camera.y4m");
    film(Some("A DOCUMENT BEFORE THE CAMERA"), &reel);
    let kiosk = Browser::with("kiosk", KIOSK, Profile::fresh(), Some(&reel)).await;
    enrol(&kiosk, &hall, "kiosk", "自助机 3").await;
    kiosk.open(&hall.url("/")).await;
    home(&kiosk).await;
    to_a_card(&kiosk).await;
    for taken in 1..=2 {
        kiosk.click("photo").await;
        kiosk.click_css("[data-test=shoot]:not([disabled])").await;
        pages(&kiosk, taken).await;
    }
    assert!(kiosk.driver().find(By::Css("input[type=file]")).await.is_err(), "a kiosk offers files");
    kiosk.click("photo-open").await;
    kiosk.see("preview-picture").await;
    kiosk.click("photo-replace").await;
    kiosk.click_css("[data-test=shoot]:not([disabled])").await;
    kiosk.until("the camera stayed open", async || !kiosk.sees("shutter").await).await;
    kiosk.until("the page was not taken again", async || kiosk.attribute("photos", "aria-busy").await == "false").await;
    kiosk.click("preview-remove").await;
    shows(&kiosk, "1 页,共 1 页").await;
    kiosk.click("preview-remove").await;
    kiosk.until("the preview stayed", async || !kiosk.sees("preview").await).await;
    pages(&kiosk, 0).await;
}

// ── steps ──

/// To the first card whose material may be photographed, and says that it is there.
async fn to_a_card(browser: &Browser) {
    let (item, application) = (applicant::item(ITEM), association());
    begin(browser, ITEM).await;
    while browser.any(&["question", "material"]).await == "question" {
        answer_one(browser, &item, &application).await;
    }
    let code = browser.attribute("material", "data-material").await;
    declare(browser, application.materials.get(&code)).await;
    browser.see("photos").await;
}

/// Chooses files in one go, as from a file dialogue, and waits until they have been read.
async fn choose(browser: &Browser, word: &str, files: &[PathBuf]) {
    let input = browser.driver().find(By::Css(format!("input[data-test=\"{word}\"]"))).await.expect("a place for files");
    let paths: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    input.send_keys(paths.join("\n")).await.expect("choosing files");
}

/// Waits for so many pages, all of them read.
async fn pages(browser: &Browser, count: usize) {
    let script = "const photos = document.querySelector('[data-test=photos]');
        return photos?.ariaBusy === 'false' ? photos.querySelectorAll('[data-test=photo-page]').length : -1;";
    browser.until(&format!("there are not {count} pages"), async || browser.script(script).await == count).await;
}

async fn shows(browser: &Browser, title: &str) {
    browser.until(&format!("`{title}` is not shown"), async || browser.text("preview").await.contains(title)).await;
}

async fn key(browser: &Browser, dialog: &str, key: &str) {
    let script = format!(
        "const dialog = document.querySelector('[data-test={dialog}]');
        (dialog.contains(document.activeElement) && document.activeElement !== dialog ? document.activeElement : dialog.querySelector('button'))
            .dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}));"
    );
    browser.script(&script).await;
}

async fn natural(browser: &Browser, word: &str) -> (u64, u64) {
    let script = format!("const i = document.querySelector('[data-test={word}]'); return [i?.naturalWidth ?? 0, i?.naturalHeight ?? 0]");
    let size = browser.script(&script).await;
    (size[0].as_u64().unwrap(), size[1].as_u64().unwrap())
}

async fn open_page(desk: &Browser, nth: usize) {
    desk.see("page").await;
    desk.click_css(&format!("li:nth-child({}) > [data-test=page]", nth + 1)).await;
    desk.see("viewer").await;
}

/// The pieces that a hall has, under their final names.
fn chunks(hall: &Hall) -> Vec<PathBuf> {
    chunks_in(hall.data())
}

fn chunks_in(data: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    let pieces = entries(&data.join("chunks")).into_iter().flat_map(|folder| entries(&folder));
    pieces.filter(|path| path.file_name().is_some_and(|name| name.len() == 64)).collect()
}

// ── files ──

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Red on the left, blue on the right.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { RED } else { BLUE })
}

fn noise(width: u32, height: u32) -> RgbImage {
    let mut dice = Dice(0x5eed_0f1c_7a11_ed00);
    RgbImage::from_fn(width, height, |_, _| Rgb([dice.below(256) as u8, dice.below(256) as u8, dice.below(256) as u8]))
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    DynamicImage::ImageRgb8(picture.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Jpeg)
}

fn png(picture: &RgbImage) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

/// As a phone held upright writes it: the pixels lie on their side, and Exif says to turn them clockwise (orientation 6).
fn sideways() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x02\0".to_vec();
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    let place = PLACE.len() as u32 + 1;
    tiff.extend([[0x0e, 0x01, 2, 0].as_slice(), &place.to_le_bytes(), &38_u32.to_le_bytes(), &[0; 4]].concat());
    tiff.extend([PLACE.as_bytes(), b"\0"].concat());
    let exif = [b"Exif\0\0", tiff.as_slice()].concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    let plain = jpeg(&halves(600, 400));
    [&plain[..2], b"\xff\xe1", &length, &exif, &plain[2..]].concat()
}

/// A PNG of a few bytes that unpacks to ten thousand million pixels.
fn bomb() -> Vec<u8> {
    let mut bytes = png(&halves(10, 10));
    bytes[16..24].copy_from_slice(&[100_000_u32.to_be_bytes(), 100_000_u32.to_be_bytes()].concat());
    bytes
}

/// A PDF of one page, padded to this many bytes with what cannot be packed.
fn document(bytes: usize) -> Vec<u8> {
    let mut dice = Dice(7);
    let padding: Vec<u8> = (0..bytes).map(|_| b'a' + dice.below(26) as u8).collect();
    let head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj \
                 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\n%";
    [head, padding.as_slice(), b"\ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"].concat()
}

fn locked() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R/Encrypt 9 0 R>>\nstartxref\n0\n%%EOF\n".to_vec()
}

fn near(pixel: &Rgb<u8>, wanted: Rgb<u8>) -> bool {
    pixel.0.iter().zip(wanted.0).all(|(a, b)| a.abs_diff(b) < 40)
}

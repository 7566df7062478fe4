//! The desk's decoder, in its own worker, beside jsQR and zxing-wasm in workers of theirs, on the same pictures in the same
//! Chromium; run by `cargo x bench scan`, which puts pictures, generated or photographed, and decoders into
//! `MINGBAI_BENCH_DIR`. A decoder that does not read a picture gets nine more frames of it, as a camera would give: a little to
//! the side, with other noise; but none any more after a second of its own time. Every class of pictures is one JSON object a line; a table follows, and where another decoder
//! reads more.

use crate::browser::{Browser, DESK};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::{Value, json};
use std::path::PathBuf;

const OURS: &str = "ours";
const DECODERS: [&str; 3] = [OURS, "zxing", "jsqr"];
const FRAMES: u64 = 10;

/// What one decoder made of one picture.
struct Seen {
    /// The frame after which every text had been read.
    read: Option<u64>,
    /// Of the first frame.
    ms: f64,
    /// A text was read that is not in the picture.
    wrong: bool,
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo x bench scan"]
async fn beside_jsqr_and_zxing() {
    let _turn = crate::turn().await;
    let dir = PathBuf::from(std::env::var_os("MINGBAI_BENCH_DIR").expect("cargo x bench scan names the folder"));
    let pictures: Vec<Value> = serde_json::from_slice(&std::fs::read(dir.join("pictures.json")).unwrap()).unwrap();
    let url = serve(dir).await;
    let browser = Browser::start("bench", DESK).await;
    browser.open(&url).await;
    assert_eq!(browser.script_async(BEGIN).await, "begun");

    let mut classes: Vec<(String, Vec<[Seen; 3]>)> = Vec::new();
    for picture in &pictures {
        let seen = browser.script_async(&format!("const picture = {picture}, frames = {FRAMES};{LOOK}")).await;
        assert!(seen["error"].is_null(), "{picture}: {seen}");
        let of = |name: &str| {
            let seen = &seen[name];
            Seen { read: seen["read"].as_u64(), ms: seen["ms"].as_f64().expect("a time"), wrong: seen["wrong"] == true }
        };
        let class = picture["class"].as_str().expect("a class");
        if classes.last().is_none_or(|(last, _)| last != class) {
            classes.push((class.to_owned(), vec![]));
        }
        classes.last_mut().expect("a class").1.push(DECODERS.map(of));
    }
    tell(&classes);
}

fn tell(classes: &[(String, Vec<[Seen; 3]>)]) {
    let mut table = format!("{:24}{:>5}", "class", "of");
    for name in DECODERS {
        table += &format!("{:>8} {:<7}{:>8}{:>6}", name, "1st/10", "p50 ms", "p99");
    }
    let mut behind = Vec::new();
    for (class, seen) in classes {
        let count = |decoder: usize, frames: u64| seen.iter().filter(|of| of[decoder].read.is_some_and(|read| read < frames)).count();
        table += &format!("\n{class:24}{:>5}", seen.len());
        for (decoder, name) in DECODERS.iter().enumerate() {
            let (p50, p99) = times(seen.iter().map(|of| of[decoder].ms));
            let wrong = seen.iter().filter(|of| of[decoder].wrong).count();
            println!(
                "{}",
                json!({
                    "bench": "scan", "place": "chromium", "class": class, "decoder": name, "pictures": seen.len(), "first": count(decoder, 1),
                    "within_ten": count(decoder, FRAMES), "wrong": wrong, "p50_ms": p50, "p99_ms": p99,
                })
            );
            table += &format!("{:>12}/{:<3}{p50:>8}{p99:>6}", count(decoder, 1), count(decoder, FRAMES));
            for (what, frames) in [("at first", 1), ("within ten frames", FRAMES)] {
                if count(decoder, frames) > count(0, frames) {
                    behind.push(format!("{class}: {name} reads {} {what}, we {}", count(decoder, frames), count(0, frames)));
                }
            }
        }
    }
    println!("{table}");
    for (decoder, name) in DECODERS.iter().enumerate() {
        let all = || classes.iter().flat_map(|(_, seen)| seen).map(|of| &of[decoder]);
        let (p50, p99) = times(all().map(|seen| seen.ms));
        let first = all().filter(|seen| seen.read == Some(0)).count();
        let ten = all().filter(|seen| seen.read.is_some()).count();
        let of = all().count();
        println!("{name}: {first} at first, {ten} within ten frames, of {of}; a frame takes {p50} ms (median), {p99} ms (99 %)");
    }
    println!("{}", if behind.is_empty() { "behind nobody in any class".to_owned() } else { format!("behind:\n{}", behind.join("\n")) });
}

fn times(times: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| (times[((times.len() - 1) as f64 * share).round() as usize] * 10.0).round() / 10.0;
    (at(0.5), at(0.99))
}

/// The files of a folder, the workers around the other decoders, and a page.
async fn serve(dir: PathBuf) -> String {
    let file = async move |name: axum::extract::Path<String>| {
        let kind = if name.ends_with(".wasm") { "application/wasm" } else { "text/javascript" };
        let found = match name.as_str() {
            "zxing-worker.js" => Ok(ZXING.as_bytes().to_vec()),
            "jsqr-worker.js" => Ok(JSQR.as_bytes().to_vec()),
            name => std::fs::read(dir.join(name)),
        };
        found.map(|bytes| ([(CONTENT_TYPE, kind)], bytes)).map_err(|_| axum::http::StatusCode::NOT_FOUND)
    };
    let page = get(async || axum::response::Html("<!doctype html><meta charset=utf-8>"));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", page).route("/{name}", get(file))).await });
    url
}

/// With everything that a scanning page would have it try.
const ZXING: &str = "importScripts('/zxing.js');
    ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => '/zxing_reader.wasm' } });
    const all = { tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true, maxNumberOfSymbols: 255 };
    const options = { formats: ['QRCode'], textMode: 'Plain', ...all };
    self.onmessage = async ({ data: { pixels, width, height } }) => {
        const data = new Uint8ClampedArray(pixels), start = performance.now();
        const found = await ZXingWASM.readBarcodes({ data, width, height }, options);
        const ms = performance.now() - start;
        self.postMessage({ texts: found.filter((one) => one.isValid), ms });
    };";

const JSQR: &str = "importScripts('/jsqr.js');
    self.onmessage = ({ data: { pixels, width, height } }) => {
        const data = new Uint8ClampedArray(pixels), start = performance.now();
        let found = null;
        // On some pictures it throws, which is to say that it finds nothing.
        try { found = jsQR(data, width, height, { inversionAttempts: 'attemptBoth' }); } catch {}
        const ms = performance.now() - start;
        self.postMessage({ texts: found?.data ? [{ text: found.data }] : [], ms });
    };";

/// Starts the three, and lets each look at a grey frame, until it is warm.
const BEGIN: &str = "const done = arguments[arguments.length - 1];
    const workers = { ours: '/decoder-worker.js', zxing: '/zxing-worker.js', jsqr: '/jsqr-worker.js' };
    window.decoders = Object.fromEntries(Object.entries(workers).map(([name, url]) => [name, new Worker(url)]));
    window.ask = (decoder, grey, width, height) => new Promise((resolve, reject) => {
        const pixels = new Uint8ClampedArray(grey.length * 4).fill(255);
        for (let n = 0; n < grey.length; n++) pixels[4 * n] = pixels[4 * n + 1] = pixels[4 * n + 2] = grey[n];
        decoder.onmessage = ({ data }) => data ? resolve(data) : reject('it broke');
        decoder.onerror = (event) => reject(event.message);
        decoder.postMessage({ pixels: pixels.buffer, width, height }, [pixels.buffer]);
    });
    // The nth frame of a picture: a few pixels to the side, with noise of its own.
    window.frame = (grey, width, height, nth) => {
        if (nth === 0) return grey;
        let chance = 12345 + nth * 7919;
        const next = () => { chance ^= chance << 13; chance ^= chance >>> 17; chance ^= chance << 5; return chance >>> 0; };
        const right = next() % 9 - 4, down = next() % 9 - 4, other = new Uint8Array(grey.length);
        for (let y = 0; y < height; y++) {
            const row = Math.min(height - 1, Math.max(0, y + down)) * width;
            for (let x = 0; x < width; x++) {
                const bits = next(), noise = (bits & 15) + (bits >>> 8 & 15) + (bits >>> 16 & 15) + (bits >>> 24 & 15) - 30;
                other[y * width + x] = Math.max(0, Math.min(255, grey[row + Math.min(width - 1, Math.max(0, x + right))] + noise * 0.35));
            }
        }
        return other;
    };
    (async () => {
        const nothing = new Uint8Array(640 * 480).fill(90);
        for (let n = 0; n < 6; n++) for (const decoder of Object.values(decoders)) await ask(decoder, nothing, 640, 480);
        return 'begun';
    })().then(done, (error) => done('failed: ' + error));";

const LOOK: &str = "const done = arguments[arguments.length - 1];
    const drawn = async (file) => {
        const photograph = await createImageBitmap(await (await fetch('/' + file)).blob()), { width, height } = photograph;
        const context = new OffscreenCanvas(width, height).getContext('2d', { alpha: false });
        context.drawImage(photograph, 0, 0);
        const rgba = context.getImageData(0, 0, width, height).data, grey = new Uint8Array(width * height);
        for (let n = 0; n < grey.length; n++) grey[n] = (306 * rgba[4 * n] + 601 * rgba[4 * n + 1] + 117 * rgba[4 * n + 2]) >> 10;
        return { grey, width, height };
    };
    const bare = async ({ file, width, height }) => ({ grey: new Uint8Array(await (await fetch('/' + file)).arrayBuffer()), width, height });
    // What a photograph says is written down with other ends of lines.
    const plain = (text) => picture.width ? text : text.replaceAll('\\r', '');
    const texts = picture.texts.map(plain);
    (async () => {
        const { grey, width, height } = await (picture.width ? bare(picture) : drawn(picture.file)), seen = {};
        for (const name in decoders) {
            const read = new Set(), of = seen[name] = { read: null, ms: null, wrong: false };
            let spent = 0;
            for (let nth = 0; nth < frames && of.read === null && spent < 1000; nth++) {
                const found = await ask(decoders[name], frame(grey, width, height, nth), width, height);
                for (const one of found.texts) {
                    read.add(plain(one.text));
                    of.wrong ||= !texts.includes(plain(one.text));
                }
                of.ms ??= found.ms;
                spent += found.ms;
                if (texts.every((text) => read.has(text))) of.read = nth;
            }
        }
        return seen;
    })().then(done, (error) => done({ error: String(error) }));";

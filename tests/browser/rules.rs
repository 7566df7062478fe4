//! Rules, questions and search in Chromium, beside json-logic-js on the same conditions in the same page; run by
//! `cargo x bench rules`, which puts the compiled measurements into `MINGBAI_BENCH_DIR`. One JSON object a line.

use crate::browser::{Browser, DESK};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use serde_json::json;
use std::path::PathBuf;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo x bench rules"]
async fn in_chromium_beside_json_logic() {
    let _turn = crate::turn().await;
    let url = serve(std::env::var_os("MINGBAI_BENCH_DIR").expect("cargo x bench rules names the folder").into()).await;
    let browser = Browser::start("bench", DESK).await;
    browser.open(&url).await;
    let lines = browser.script_async(RULES).await;
    print!("{}", lines.as_str().expect("lines"));
    println!("{}", browser.script_async(JSON_LOGIC).await.as_str().expect("a line"));
    browser.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
    println!("{}", browser.script_async(SEARCH).await.as_str().expect("a line"));
}

/// The files of a folder, and a page that loads json-logic-js.
async fn serve(dir: PathBuf) -> String {
    const PAGE: &str = "<!doctype html><meta charset=utf-8><script src=/logic.js></script>";
    let file = async move |name: axum::extract::Path<String>| {
        let kind = if name.ends_with(".wasm") { "application/wasm" } else { "text/javascript" };
        let found = std::fs::read(dir.join(name.as_str()));
        found.map(|bytes| ([(CONTENT_TYPE, kind)], bytes)).map_err(|_| axum::http::StatusCode::NOT_FOUND)
    };
    let app = Router::new().route("/", get(async || axum::response::Html(PAGE))).route("/{name}", get(file));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

const RULES: &str = "const done = arguments[arguments.length - 1];
    (async () => {
        window.bench = await import('/bench.js');
        await bench.default({ module_or_path: '/bench_bg.wasm' });
        window.workload = await (await fetch('/workload.json')).text();
        return bench.rules(workload);
    })().then(done, e => done('failed: ' + e));";

const SEARCH: &str = "const done = arguments[arguments.length - 1];
    const line = JSON.parse(bench.search(workload));
    line.what += ', 4x CPU throttling';
    done(JSON.stringify(line));";

/// The same conditions and facts, timed in the same way as ours.
const JSON_LOGIC: &str = "const done = arguments[arguments.length - 1];
    const { json_logic, facts } = JSON.parse(workload);
    const work = () => { for (const rule of json_logic) jsonLogic.apply(rule, facts); };
    const time = (n) => { const start = performance.now(); for (let i = 0; i < n; i++) work(); return performance.now() - start; };
    let repeat = 1;
    while (time(repeat) < 20) repeat *= 2;
    const times = Array.from({ length: 15 }, () => time(repeat) * 1000 / (repeat * json_logic.length)).sort((a, b) => a - b);
    const round = (t) => Math.round(t * 1000) / 1000;
    done(JSON.stringify({ bench: 'rules', place: 'chromium', what: 'json-logic-js: the same conditions, without unknowns and reasons',
        unit: 'µs', median: round(times[7]), best: round(times[0]), worst: round(times[14]), rounds: 15 }));";

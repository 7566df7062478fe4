//! How fast a kiosk saves and sends; run by `cargo x bench outbox`, which puts the compiled measurements into
//! `MINGBAI_BENCH_DIR`. Each submission of 40 answers is frozen, signed, sealed and strictly committed by the app's own
//! outbox, in turn with a bare strict put of the same bytes into a database of its own. Then the hall comes back, the real
//! app drains what waits, and the page's long tasks are counted meanwhile. One JSON object a line.

use crate::browser::{Browser, KIOSK};
use crate::database;
use crate::desk::enrol;
use crate::hall::Hall;
use axum::Router;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::routing::get;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[allow(dead_code)]
#[path = "../bench/asking.rs"]
mod asking;

const ANSWERS: usize = 40;
const COUNT: usize = 1_000;
/// The first ones warm up and are not told.
const WARM: usize = 20;
/// Draining takes no longer than this.
const PATIENCE: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo x bench outbox"]
async fn saving_beside_a_bare_put_and_draining_at_a_real_hall() {
    let _turn = crate::turn().await;
    let modules = serve(std::env::var_os("MINGBAI_BENCH_DIR").expect("cargo x bench outbox names the folder").into()).await;
    let mut hall = Hall::start();
    hall.stop();
    hall.publish(&asking::sources(ANSWERS));
    hall.start_again();
    let browser = Browser::start("bench", KIOSK).await;
    enrol(&browser, &hall, "kiosk", "自助机 1").await;

    // A page of the hall that is not the app, and that may load the measurements.
    browser.cdp("Page.setBypassCSP", json!({ "enabled": true })).await;
    browser.open(&hall.url("/api/v1/openapi.json")).await;
    let facts = serde_json::to_string(&asking::answers(ANSWERS)).unwrap();
    let begin =
        BEGIN.replace("MODULES", &modules).replace("CODE", &format!("asking-{ANSWERS}")).replace("FACTS", &json!(facts).to_string());
    assert_eq!(browser.script_async(&begin).await, "begun");
    // Without a hall nothing is sent meanwhile.
    hall.stop();
    let times = browser.script_async(&ENQUEUE.replace("COUNT", &(WARM + COUNT).to_string())).await;
    assert!(times["error"].is_null(), "{times}");
    let (saved, bare) = (numbers(&times["saved"]), numbers(&times["bare"]));
    let (saved, bare) =
        (line("frozen, signed, sealed, strictly committed", &saved[WARM..]), line("bare strict put of the same bytes", &bare[WARM..]));
    for one in [&saved, &bare] {
        println!("{one}");
    }
    let times = |of: &str| (saved[of].as_f64().unwrap() / bare[of].as_f64().unwrap() * 100.0).round() / 100.0;
    println!(
        "{}",
        json!({
            "bench": "outbox", "place": "chromium", "what": "the first by the second", "unit": "times", "p50": times("p50_ms"),
            "p99": times("p99_ms"), "envelope_bytes": browser.script("return window.bytes").await, "answers": ANSWERS,
        })
    );

    hall.start_again();
    browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
    let started = Instant::now();
    browser.open(&hall.url("/")).await;
    while waiting(&browser).await > 0 {
        assert!(started.elapsed() < PATIENCE, "{} still wait", waiting(&browser).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let took = started.elapsed().as_secs_f64();
    let tasks = numbers(&browser.script("return window.longTasks").await);
    let (longest, total) = (tasks.iter().copied().fold(0.0, f64::max), tasks.iter().sum::<f64>());
    let count = WARM + COUNT;
    println!(
        "{}",
        json!({
            "bench": "outbox", "place": "chromium", "what": "drain, from navigation to the last acknowledgement", "count": count,
            "seconds": (took * 100.0).round() / 100.0, "per_second": (count as f64 / took).round(),
            "long_tasks": tasks.len(), "longest_ms": longest, "long_tasks_ms": total,
        })
    );
    let (cases,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM cases").fetch_one(&mut hall.database().await).await.unwrap();
    assert_eq!(usize::try_from(cases), Ok(count), "each is one case");
}

/// Submissions without an acknowledgement.
async fn waiting(browser: &Browser) -> u64 {
    database::count(browser, "outbox").await.as_u64().expect("a count")
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().expect("a list").iter().map(|n| n.as_f64().expect("a number")).collect()
}

fn line(what: &str, times: &[f64]) -> Value {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| (times[((times.len() - 1) as f64 * share) as usize] * 1000.0).round() / 1000.0;
    json!({ "bench": "outbox", "place": "chromium", "what": what, "count": times.len(), "p50_ms": at(0.5), "p99_ms": at(0.99) })
}

/// The compiled measurements, for pages of any origin.
async fn serve(dir: PathBuf) -> String {
    let file = async move |name: axum::extract::Path<String>| {
        let kind = if name.ends_with(".wasm") { "application/wasm" } else { "text/javascript" };
        let found = std::fs::read(dir.join(name.as_str()));
        found
            .map(|bytes| ([(CONTENT_TYPE, kind), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")], bytes))
            .map_err(|_| axum::http::StatusCode::NOT_FOUND)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/{name}", get(file))).await });
    url
}

const BEGIN: &str = "const done = arguments[arguments.length - 1];
    (async () => {
        window.bench = await import('MODULES/outbox.js');
        await bench.default({ module_or_path: 'MODULES/outbox_bg.wasm' });
        await bench.begin('CODE', FACTS);
        return 'begun';
    })().then(done, e => done('failed: ' + e));";

/// One by one in turn, so that both meet the same disk.
const ENQUEUE: &str = "const done = arguments[arguments.length - 1];
    (async () => {
        const wait = (request) => new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        const open = indexedDB.open('bare', 1);
        open.onupgradeneeded = () => open.result.createObjectStore('rows');
        const [bare, app] = [await wait(open), await wait(indexedDB.open('mingbai'))];
        const times = { saved: [], bare: [] };
        for (let n = 0; n < COUNT; n++) {
            let start = performance.now();
            const id = await bench.enqueue();
            times.saved.push(performance.now() - start);
            const envelope = await wait(app.transaction('envelopes').objectStore('envelopes').get(id));
            window.bytes = envelope.length;
            start = performance.now();
            await new Promise((resolve, reject) => {
                const put = bare.transaction('rows', 'readwrite', { durability: 'strict' });
                put.oncomplete = resolve;
                put.onabort = () => reject(put.error);
                put.objectStore('rows').put(envelope, id);
            });
            times.bare.push(performance.now() - start);
        }
        app.close();
        bare.close();
        return times;
    })().then(done, e => done({ error: String(e) }));";

const WATCH: &str = "window.longTasks = [];
    new PerformanceObserver((list) => list.getEntries().forEach((task) => window.longTasks.push(task.duration)))
        .observe({ type: 'longtask', buffered: true });";

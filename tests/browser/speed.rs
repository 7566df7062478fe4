//! How fast the app starts and answers on a processor slowed down four times; run by `cargo x bench start`, which wants
//! medians of `MINGBAI_BENCH_RUNS` runs, with the sample catalogue and `MINGBAI_BENCH_ITEMS` generated items beside it.

use crate::applicant::{ITEM, association, begin, home, keeps_the_app};
use crate::browser::{Browser, PHONE};
use crate::hall::Hall;
use mingbai::catalogue::author;
use serde_json::json;

#[allow(dead_code)]
#[path = "../many/mod.rs"]
mod many;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: cargo x bench start"]
async fn from_navigation_to_a_usable_home_and_one_question_further() {
    let _turn = crate::turn().await;
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let (runs, items): (usize, usize) = (number("MINGBAI_BENCH_RUNS").unwrap_or(3).max(1), number("MINGBAI_BENCH_ITEMS").unwrap_or(0));
    let mut hall = Hall::start();
    if items > 0 {
        hall.stop();
        // Each begins with the hall's own file; written twice, it is the same.
        hall.publish(&author::sample().into_iter().chain(many::sources(items, 1)).collect::<Vec<_>>());
        hall.start_again();
    }
    let (mut cold, mut kept, mut question) = (vec![], vec![], vec![]);
    for _ in 0..runs {
        let browser = Browser::start("phone", PHONE).await;
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        browser.cdp("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
        cold.push(usable(&browser, &hall).await);
        keeps_the_app(&browser).await;
        kept.push(usable(&browser, &hall).await);
        home(&browser).await;
        begin(&browser, ITEM).await;
        browser.click(&format!("option-{}", association().facts["scope"].as_str().unwrap())).await;
        question.push(browser.script_async(NEXT).await.as_f64().unwrap());
    }
    println!("4x CPU throttling, {items} items beside the sample's, median of {runs} (all runs)");
    for (what, times) in [
        ("navigation to usable home, cold", &mut cold),
        ("navigation to usable home, from the service worker", &mut kept),
        ("next question", &mut question),
    ] {
        times.sort_by(f64::total_cmp);
        let all: Vec<String> = times.iter().map(|t| format!("{t:.0}")).collect();
        println!("{:>6.0} ms  {what}  ({})", times[times.len() / 2], all.join(" "));
    }
}

/// Milliseconds from the navigation to a home page whose items can be opened.
async fn usable(browser: &Browser, hall: &Hall) -> f64 {
    browser.open(&hall.url("/")).await;
    browser.until("the home page did not come", async || browser.script("return window.usableAt > 0").await == true).await;
    browser.script("return window.usableAt").await.as_f64().unwrap()
}

/// Notes when the first item has been painted: the frame after it stands in the page.
const WATCH: &str = "window.usableAt = 0;
    new MutationObserver((_, watch) => {
        if (!document.querySelector('[data-test^=open-]')) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window.usableAt = performance.now(); }));
    }).observe(document, { childList: true, subtree: true });";

/// Milliseconds from pressing next until the next question has been painted.
const NEXT: &str = "const done = arguments[arguments.length - 1];
    const fact = () => document.querySelector('[data-test=question]')?.dataset.fact;
    const before = fact(), start = performance.now();
    new MutationObserver((_, watch) => {
        if (!fact() || fact() === before) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    }).observe(document, { childList: true, subtree: true, attributes: true });
    document.querySelector('[data-test=next]').click();";

//! Kiosk and hall give the same answers, byte for byte. Every worked application of the sample catalogue, and every
//! partial one on the way to it, is assessed natively, and generated rules are evaluated in every world of their facts;
//! then the same code compiled to WebAssembly (`wasm.rs`), which has the native results compiled in, does it again.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod case;
#[path = "../dice/mod.rs"]
mod dice;
mod generated;
// What a case must come to is the catalogue's own test.
#[allow(dead_code)]
#[path = "../catalogue/worked.rs"]
mod worked;
mod worlds;

use case::{Case, Cases, result};
use mingbai::calendar::Calendar;
use mingbai::catalogue::{Item, author};
use mingbai::check::Application;
use std::process::Command;

const RULES: usize = 1500;

#[test]
fn wasm_and_native_give_the_same_answers() {
    let items = author::compile(&author::sample()).expect("the sample compiles").items;
    let calendar = Calendar::announced();
    let applications = items.iter().enumerate().flat_map(|(at, item)| applications(at, item, &calendar)).collect();
    let rules = generated::rules(RULES).into_iter().map(|rule| (rule.clone(), worlds::verdicts(&rule, &calendar))).collect();
    let cases = Cases { calendar, items, applications, rules };
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("same");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("cases.json"), serde_json::to_vec(&cases).unwrap()).unwrap();
    // The runner comes with wasm-bindgen's command line, which `cargo x` installs and puts on PATH.
    let output = Command::new(env!("CARGO"))
        .args(["test", "--locked", "--example", "same", "--target", "wasm32-unknown-unknown"])
        .env("MINGBAI_SAME", &folder)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let passed = output.status.success() && out.contains("2 passed");
    assert!(passed, "`cargo x test` prepares what this test needs.\n{out}\n{err}");
}

/// The item's worked applications, and each of them as it was after its first, second, … answer.
fn applications(at: usize, item: &Item, calendar: &Calendar) -> Vec<Case> {
    let steps = |worked: worked::Case| {
        let whole = worked.application();
        let answers = whole.facts.len() + whole.materials.len();
        let today = worked.today();
        let step = move |given: usize| {
            let application = Application {
                facts: whole.facts.clone().into_iter().take(given).collect(),
                materials: whole.materials.clone().into_iter().take(given.saturating_sub(whole.facts.len())).collect(),
            };
            Case { item: at, name: format!("{}, {given} answers", worked.name), today, application, result: String::new() }
        };
        (0..=answers).map(step).collect::<Vec<_>>()
    };
    let answered = |case: Case| Case { result: result(item, calendar, &case), ..case };
    worked::cases(&item.code).into_iter().flat_map(steps).map(answered).collect()
}

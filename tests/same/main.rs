//! Kiosk and hall give the same assessment, byte for byte: every worked application of the sample catalogue is assessed
//! natively, and then by the same code compiled to WebAssembly (`wasm.rs`), which has the native results compiled in.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod case;
// What a case must come to is the catalogue's own test.
#[allow(dead_code)]
#[path = "../catalogue/worked.rs"]
mod worked;

use case::{Case, result};
use mingbai::calendar::Calendar;
use mingbai::catalogue::author;
use std::process::Command;

#[test]
fn wasm_and_native_give_the_same_assessments() {
    let catalogue = author::compile(&author::sample()).expect("the sample compiles");
    let bundle = catalogue.bundle(Calendar::announced());
    let case = |item: &str, case: worked::Case| {
        let application = case.application();
        let mut case = Case { item: item.to_owned(), name: case.name.clone(), today: case.today(), application, result: String::new() };
        case.result = result(&bundle, &case);
        case
    };
    let cases: Vec<Case> = bundle.items.iter().flat_map(|i| worked::cases(&i.code).into_iter().map(|c| case(&i.code, c))).collect();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("same");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("bundle.json"), serde_json::to_vec(&bundle).unwrap()).unwrap();
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
    let passed = output.status.success() && out.contains("1 passed");
    assert!(passed, "`cargo x test` prepares what this test needs.\n{out}\n{err}");
}

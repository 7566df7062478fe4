//! Kiosk and hall give the same assessment, byte for byte: every worked application of the sample catalogue is assessed
//! natively, and then by the same code compiled to WebAssembly. The native half writes its results into a folder and
//! builds and runs the other half (this very file), which has them compiled in.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use mingbai::catalogue::bundle::Bundle;
use mingbai::check::{Application, assess, questions};
use mingbai::rules::Today;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Case {
    item: String,
    name: String,
    today: chrono::NaiveDate,
    application: Application,
    /// The assessment's JSON, and what would be asked and submitted.
    result: String,
}

fn result(bundle: &Bundle, case: &Case) -> String {
    let today = Today { date: case.today, calendar: &bundle.calendar };
    let item = bundle.item(&case.item).unwrap();
    let assessment = serde_json::to_string(&assess(item, &case.application, &today)).unwrap();
    let next = questions::next(item, &case.application, &today);
    let relevant = questions::relevant(item, &case.application, &today);
    format!("{assessment} {next:?} {relevant:?}")
}

#[cfg(target_family = "wasm")]
mod wasm {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test]
    fn every_worked_application_is_assessed_as_natively() {
        let bundle: Bundle = serde_json::from_str(include_str!(concat!(env!("MINGBAI_SAME"), "/bundle.json"))).unwrap();
        let cases: Vec<Case> = serde_json::from_str(include_str!(concat!(env!("MINGBAI_SAME"), "/cases.json"))).unwrap();
        assert!(cases.len() > 40);
        for case in &cases {
            assert_eq!(result(&bundle, case), case.result, "{} · {}", case.item, case.name);
        }
    }
}

#[cfg(not(target_family = "wasm"))]
#[path = "../catalogue/worked.rs"]
mod worked;

#[cfg(not(target_family = "wasm"))]
mod native {
    use super::*;
    use mingbai::calendar::Calendar;
    use mingbai::catalogue::author;
    use std::process::Command;

    #[test]
    fn wasm_and_native_give_the_same_assessments() {
        let catalogue = author::compile(&author::sample()).expect("the sample compiles");
        let bundle = catalogue.bundle(Calendar::announced());
        let case = |item: &str, case: super::worked::Case| {
            let application = case.application();
            let mut case = Case { item: item.to_owned(), name: case.name.clone(), today: case.today(), application, result: String::new() };
            case.result = result(&bundle, &case);
            case
        };
        let cases: Vec<Case> =
            bundle.items.iter().flat_map(|i| super::worked::cases(&i.code).into_iter().map(|c| case(&i.code, c))).collect();
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("same");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("bundle.json"), serde_json::to_vec(&bundle).unwrap()).unwrap();
        std::fs::write(folder.join("cases.json"), serde_json::to_vec(&cases).unwrap()).unwrap();
        // The runner comes with wasm-bindgen's command line, which `cargo x` installs and puts on PATH.
        let output = Command::new(env!("CARGO"))
            .args(["test", "--locked", "--test", "same", "--target", "wasm32-unknown-unknown"])
            .env("MINGBAI_SAME", &folder)
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let passed = output.status.success() && out.contains("1 passed");
        assert!(passed, "`cargo x test` prepares what this test needs.\n{out}\n{err}");
    }
}

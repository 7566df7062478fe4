//! The WebAssembly half of the comparison in `main.rs`, which builds and runs it with its results compiled in.

#![allow(clippy::unwrap_used)]

#[cfg(target_family = "wasm")]
mod case;

#[cfg(target_family = "wasm")]
#[wasm_bindgen_test::wasm_bindgen_test]
fn every_worked_application_is_assessed_as_natively() {
    let bundle = serde_json::from_str(include_str!(concat!(env!("MINGBAI_SAME"), "/bundle.json"))).unwrap();
    let cases: Vec<case::Case> = serde_json::from_str(include_str!(concat!(env!("MINGBAI_SAME"), "/cases.json"))).unwrap();
    assert!(cases.len() > 40);
    for case in &cases {
        assert_eq!(case::result(&bundle, case), case.result, "{} · {}", case.item, case.name);
    }
}

fn main() {}

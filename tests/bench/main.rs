//! How fast rules, assessments, questions and search are, natively and in the browser, for `cargo x bench rules`. Natively
//! `bench DIR` writes what is measured to DIR/workload.json and prints its own measurements; compiled to WebAssembly it is
//! a module whose functions the browser test `rules` calls with that file.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[cfg(not(target_family = "wasm"))]
mod asking;
mod measure;
#[cfg(not(target_family = "wasm"))]
mod prepare;
mod workload;

#[cfg(not(target_family = "wasm"))]
fn main() {
    let dir = std::path::PathBuf::from(std::env::args_os().nth(1).expect("bench DIR"));
    let workload = prepare::workload();
    std::fs::write(dir.join("workload.json"), serde_json::to_vec(&workload).unwrap()).unwrap();
    let start = std::time::Instant::now();
    let bench = measure::Bench { place: "native", clock: &|| start.elapsed().as_secs_f64() * 1000.0 };
    let mut lines = bench.rules(&workload);
    lines.push(bench.search(&workload.listing(), &workload.keystrokes));
    lines.iter().for_each(|line| println!("{}", serde_json::to_string(line).unwrap()));
}

#[cfg(target_family = "wasm")]
mod browser {
    use crate::measure::Bench;
    use crate::workload::Workload;
    use wasm_bindgen::prelude::wasm_bindgen;

    fn clock() -> f64 {
        web_sys::window().unwrap().performance().unwrap().now()
    }

    const BENCH: Bench = Bench { place: "chromium", clock: &clock };

    /// JSON lines.
    #[wasm_bindgen]
    pub fn rules(workload: &str) -> String {
        let workload: Workload = serde_json::from_str(workload).unwrap();
        BENCH.rules(&workload).iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect()
    }

    /// One JSON line.
    #[wasm_bindgen]
    pub fn search(workload: &str) -> String {
        let workload: Workload = serde_json::from_str(workload).unwrap();
        serde_json::to_string(&BENCH.search(&workload.listing(), &workload.keystrokes)).unwrap()
    }
}

#[cfg(target_family = "wasm")]
fn main() {}

//! The pictures that `cargo x bench scan` shows to decoders: `scan DIR PICTURES SEED` writes them to DIR as bare grey bytes,
//! with a manifest of what each is.

#![allow(clippy::unwrap_used, clippy::expect_used)]

// Made for several kinds of tests: not everything is needed here.
#[path = "../dice/mod.rs"]
mod dice;
#[allow(dead_code)]
#[path = "../receipt/people.rs"]
mod people;
mod pictures;

use dice::Dice;
use mingbai::receipt::Claims;
use mingbai::receipt::claims::sign;
use serde_json::json;
use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("scan DIR PICTURES SEED");
    let folder = PathBuf::from(next());
    let (count, seed): (usize, u64) = (next().parse().expect("a number"), next().parse().expect("a number"));
    let each = count.div_ceil(pictures::CLASSES.len()).max(2);
    let jobs: Vec<(usize, usize)> = (0..pictures::CLASSES.len()).flat_map(|class| (0..each).map(move |n| (class, n))).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut manifest: Vec<(usize, serde_json::Value)> = std::thread::scope(|scope| {
        let (jobs, folder) = (&jobs, &folder);
        let work = move |thread: usize| {
            let mine = jobs.iter().enumerate().filter(move |(n, _)| n % threads == thread);
            mine.map(|(n, (class, nth))| (n, write(folder, *class, *nth as f32 / (each - 1) as f32, seed, n))).collect::<Vec<_>>()
        };
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("pictures")).collect()
    });
    manifest.sort_by_key(|(n, _)| *n);
    let manifest: Vec<_> = manifest.into_iter().map(|(_, about)| about).collect();
    std::fs::write(folder.join("pictures.json"), serde_json::to_vec(&manifest).unwrap()).unwrap();
}

fn write(folder: &std::path::Path, class: usize, severity: f32, seed: u64, n: usize) -> serde_json::Value {
    let seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (n as u64 + 1).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let picture = pictures::picture(class, severity, &texts(seed), seed);
    let file = format!("{n}.grey");
    std::fs::write(folder.join(&file), &picture.luma).unwrap();
    json!({
        "file": file, "class": pictures::CLASSES[class].0, "severity": severity, "width": picture.width, "height": picture.height,
        "texts": picture.texts,
    })
}

/// A genuine receipt of a person of this seed, and codes of others that may lie beside it.
fn texts(seed: u64) -> Vec<String> {
    let mut dice = Dice(seed | 1);
    let (claims, signer) = people::each_kind().into_iter().nth(dice.below(3)).unwrap();
    let id = uuid::Uuid::from_u64_pair(dice.below(1 << 60) as u64, dice.below(1 << 60) as u64);
    let receipt = sign(&Claims { id, ..claims }, &people::key(signer)).unwrap();
    let link = "https://example.org/pay?id=7&name=%E6%98%8E";
    let beside = [link, "26328013742", "钦州市政务服务中心", "WIFI:S:hall;T:WPA;P:qinzhou;;"];
    std::iter::once(receipt).chain(beside.iter().map(|text| (*text).to_owned())).collect()
}

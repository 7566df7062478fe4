//! Bytes of a first visit, as they are sent: what a phone must fetch before the app is usable, and the rest.

use crate::app::{self, DIST};
use crate::finish::{Precache, sizes};
use crate::say::{self, Steps};
use crate::tools;
use anyhow::{Result, anyhow};
use ed25519_dalek::SigningKey;
use mingbai::calendar::{Calendar, hall_date};
use mingbai::catalogue::author::{self, publish::Published};
use mingbai::hall::catalogue::pack;
use mingbai::signing::{self, Signed};
use std::path::Path;

/// What a first visit may cost.
const BUDGET: u64 = 350 * 1024;

pub fn print() -> Result<()> {
    let mut steps = Steps::new(tools::STEPS + app::STEPS);
    let tools = tools::install(&mut steps)?;
    app::build(&mut steps, &tools)?;
    let dist = Path::new(DIST);
    let list = Precache::read(dist)?;
    let mut urls: Vec<String> = list.files.into_iter().map(|f| f.url).collect();
    urls.extend(["/precache.js".to_owned(), "/service-worker.js".to_owned()]);
    let (mut first, mut later) = (0, 0);
    for url in &urls {
        let (plain, sent) = sizes(&dist.join(url.trim_start_matches('/')))?;
        // The decoder is fetched by the desk alone, and only when it scans.
        let of_desk = url.contains("decoder");
        *(if of_desk { &mut later } else { &mut first }) += sent;
        println!("{sent:>8}  {plain:>8}  {url}{}", if of_desk { "  (desk only)" } else { "" });
    }
    for (name, plain, sent) in catalogue()? {
        first += sent;
        println!("{sent:>8}  {plain:>8}  /api/v1/catalogue{name}");
    }
    println!("first visit: {first} bytes ({}) of {BUDGET} allowed; desk only: {later} bytes", say::kilobytes(first));
    Ok(())
}

/// The sample catalogue as the hall sends it, file by file, plain and packed. Any key will do: signatures are of one length.
fn catalogue() -> Result<Vec<(String, u64, u64)>> {
    let found = |found: Vec<author::Finding>| anyhow!("the sample catalogue has {} errors", found.len());
    let catalogue = author::compile(&author::sample()).map_err(found)?;
    let today = hall_date(std::time::SystemTime::now().into());
    let Published { bundle, parts } = catalogue.publish(Calendar::announced(), today, 1);
    let head = serde_json::to_vec(&Signed::sign(&bundle, signing::BUNDLE, &SigningKey::from_bytes(&[1; 32]))?)?;
    let file = |name: String, bytes: &[u8]| (name, bytes.len() as u64, pack(bytes).len() as u64);
    let parts = parts.iter().map(|(sha256, bytes)| file(format!("/parts/{sha256}"), bytes));
    Ok(std::iter::once(file(String::new(), &head)).chain(parts).collect())
}

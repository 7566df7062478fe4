//! How this machine is doing, for the about and operator pages and the heartbeat: storage, clock, versions, outbox, and what
//! came of the last test of camera and printer.

use super::database::{self, Change, Store};
use super::keys::Key;
use super::net::Failure;
use super::{heartbeat, scans, update};
use crate::api::Part;
use crate::kiosk::app::App;
use crate::kiosk::outbox;
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager};

#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// Bytes in use and allowed, where the browser tells.
    pub usage: Option<u64>,
    pub quota: Option<u64>,
    /// Whether the browser has promised not to clear the storage by itself.
    pub persisted: Option<bool>,
    /// The app's build, the catalogue's version and the version of the hall's program.
    pub app_version: String,
    pub catalogue: Option<String>,
    pub hall_version: Option<String>,
    pub trust_sequence: Option<u64>,
    pub trust_issued_at: Option<DateTime<Utc>>,
    /// The hall's clock minus this one, once they have been compared.
    pub skew: Option<TimeDelta>,
    pub online: bool,
    /// When the hall last answered.
    pub contact: Option<DateTime<Utc>>,
    /// Submissions not yet acknowledged, those of them that need the staff, and when the oldest was queued.
    pub waiting: usize,
    pub attention: usize,
    pub oldest: Option<DateTime<Utc>>,
    /// Scans that the hall does not have yet.
    pub scans_waiting: usize,
    /// Id of this device's key, once it has one.
    pub kid: Option<String>,
    pub tested: Tested,
}

/// What came of the last self-test of the parts that only a test can tell about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    pub camera: Part,
    pub printer: Part,
    pub at: Option<DateTime<Utc>>,
}

/// The key in the settings.
const TESTED: &str = "self-test";

pub async fn tested() -> Tested {
    // What cannot be read has not been tested.
    database::get_row(Store::Settings, TESTED).await.ok().flatten().unwrap_or_default()
}

pub async fn note_tested(tested: &Tested) -> Result<(), Failure> {
    database::write(vec![Change::Put(Store::Settings, TESTED.to_owned(), database::row(tested))]).await
}

pub async fn read(app: App) -> Health {
    let Estimate { usage, quota } = estimate().await;
    // Storage that cannot be read has been reported where it was needed; here it counts as empty.
    let depth = outbox::depth().await.unwrap_or_default();
    let heard = heartbeat::heard();
    // The hall's own word of when it last told who it is outlives a reload.
    let told = app.hall.with_untracked(|hall| hall.as_ref().map(|hall| hall.now));
    Health {
        usage,
        quota,
        persisted: persisted().await,
        app_version: update::version().await,
        catalogue: app.bundle.with_untracked(|bundle| bundle.as_ref().map(|bundle| bundle.version.clone())),
        hall_version: app.hall.with_untracked(|hall| hall.as_ref().map(|hall| hall.version.clone())),
        trust_sequence: app.trust.with_untracked(|trust| trust.as_ref().map(|trust| trust.sequence)),
        trust_issued_at: app.trust.with_untracked(|trust| trust.as_ref().map(|trust| trust.issued_at)),
        skew: heard.map(|_| app.skew.get_untracked()),
        online: app.online.get_untracked(),
        contact: heard.max(told),
        waiting: depth.waiting,
        attention: depth.attention,
        oldest: depth.oldest,
        scans_waiting: scans::waiting().await.unwrap_or_default(),
        kid: Key::load().await.ok().flatten().map(|key| key.id()),
        tested: tested().await,
    }
}

/// Asks the browser to keep this app's storage; what it answers.
pub async fn persist() -> bool {
    let Some(answer) = storage().and_then(|storage| storage.persist().ok()) else { return false };
    JsFuture::from(answer).await.is_ok_and(|kept| kept.is_truthy())
}

/// The share of the allowed storage that is in use.
pub async fn fullness() -> Option<f64> {
    let Estimate { usage, quota } = estimate().await;
    Some(usage? as f64 / quota.filter(|quota| *quota > 0)? as f64)
}

async fn persisted() -> Option<bool> {
    Some(JsFuture::from(storage()?.persisted().ok()?).await.ok()?.is_truthy())
}

/// Bytes in use and allowed, where the browser tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimate {
    pub usage: Option<u64>,
    pub quota: Option<u64>,
}

pub async fn estimate() -> Estimate {
    let estimate = async {
        let estimate: StorageEstimate = JsFuture::from(storage()?.estimate().ok()?).await.ok()?.unchecked_into();
        let whole = |bytes: f64| bytes as u64;
        Some(Estimate { usage: estimate.get_usage().map(whole), quota: estimate.get_quota().map(whole) })
    };
    estimate.await.unwrap_or_default()
}

fn storage() -> Option<StorageManager> {
    let storage = web_sys::window()?.navigator().storage();
    // Undefined on insecure pages, which the binding's type does not say.
    Some(storage).filter(|storage| !AsRef::<wasm_bindgen::JsValue>::as_ref(storage).is_undefined())
}

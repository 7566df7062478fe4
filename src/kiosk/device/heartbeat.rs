//! The heartbeat of a kiosk or desk: how it is doing, signed with its own key, so that the hall's fleet shows a machine that
//! needs somebody before anybody stands in front of it. Nothing depends on it: what fails is tried again later, in silence.

use super::keys::Key;
use super::net::{self, Failure};
use super::{clock, health};
use crate::api::Heartbeat;
use crate::kiosk::app::App;
use crate::receipt::Profile;
use crate::signing::{HEARTBEAT, Signed, hex, message};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use std::cell::Cell;

/// Between two heartbeats; a fifth more or less by chance, so that a hall's devices spread out after a power cut.
const EVERY: TimeDelta = TimeDelta::seconds(240);
/// Before a change of the queue is told, and before a failed one is tried again.
const SOON: TimeDelta = TimeDelta::seconds(30);
/// How many more or fewer waiting submissions are worth telling early.
const MUCH: usize = 5;

thread_local! {
    /// When the hall last answered, by its clock; since the page was opened.
    static HEARD: Cell<Option<DateTime<Utc>>> = const { Cell::new(None) };
    static LAST: Cell<Option<Last>> = const { Cell::new(None) };
}

/// The last heartbeat.
#[derive(Clone, Copy)]
struct Last {
    at: DateTime<Utc>,
    /// When the next one comes without any reason.
    next: DateTime<Utc>,
    waiting: usize,
}

/// When the hall last answered, since the page was opened.
pub(super) fn heard() -> Option<DateTime<Utc>> {
    HEARD.get()
}

/// On every beat of the app's housekeeping: notes that the hall is in reach, and sends a heartbeat when it is time.
pub async fn beat(app: App) {
    if !app.online.get_untracked() {
        return;
    }
    HEARD.set(Some(app.now()));
    if app.profile.get_untracked() == Profile::Personal || !is_due(clock::now(), app.waiting.get_untracked()) {
        return;
    }
    send(app).await;
}

/// Sends one now, as after a self-test.
pub async fn send(app: App) {
    let (now, waiting) = (clock::now(), app.waiting.get_untracked());
    let wait = if post(app).await.is_ok() { spread(EVERY) } else { spread(SOON) };
    LAST.set(Some(Last { at: now, next: now + wait, waiting }));
}

fn is_due(now: DateTime<Utc>, waiting: usize) -> bool {
    let Some(last) = LAST.get() else { return true };
    let changed = waiting.abs_diff(last.waiting) >= MUCH || (waiting == 0) != (last.waiting == 0);
    // A clock that was set back must not silence the machine.
    now >= last.next || now < last.at || (changed && now >= last.at + SOON)
}

fn spread(wait: TimeDelta) -> TimeDelta {
    TimeDelta::milliseconds((wait.num_milliseconds() as f64 * (0.8 + 0.4 * js_sys::Math::random())) as i64)
}

async fn post(app: App) -> Result<(), Failure> {
    let Some(key) = Key::load().await? else { return Ok(()) };
    net::post_json("/heartbeats", &sign(&of(app).await, &key).await?).await
}

/// How this machine is doing now.
pub(super) async fn of(app: App) -> Heartbeat {
    let health = health::read(app).await;
    let many = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Heartbeat {
        at: clock::now(),
        app: health.app_version,
        catalogue: health.catalogue,
        trust: health.trust_sequence,
        waiting: many(health.waiting),
        attention: many(health.attention),
        oldest: health.oldest,
        scans: many(health.scans_waiting),
        usage: health.usage,
        quota: health.quota,
        camera: health.tested.camera,
        printer: health.tested.printer,
    }
}

pub(super) async fn sign(heartbeat: &Heartbeat, key: &Key) -> Result<Signed, Failure> {
    // A heartbeat always serialises; if it ever does not, nothing was sent.
    let payload = serde_json::to_string(heartbeat).map_err(|_| Failure::Answer)?;
    let signature = hex(&key.sign(&message(HEARTBEAT, &payload)).await?);
    Ok(Signed { payload, kid: key.id(), signature })
}

//! Language and large text, remembered on personal devices only, and a note of the machine's profile (localStorage).

use crate::receipt::Profile;
use crate::words::Lang;
use gloo_storage::{LocalStorage, Storage};
use serde::{Deserialize, Serialize};

const KEY: &str = "mingbai";
const PROFILE: &str = "mingbai-profile";
const TRACES: &str = "mingbai-traces";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    pub lang: Lang,
    pub large: bool,
}

/// What was chosen before, or the defaults.
pub fn load() -> Preferences {
    if available() { LocalStorage::get(KEY).unwrap_or_default() } else { Preferences::default() }
}

pub fn save(preferences: Preferences) {
    if available() {
        // Full storage: the choice then lasts until the page is closed.
        let _ = LocalStorage::set(KEY, preferences);
    }
}

pub fn forget() {
    if available() {
        LocalStorage::delete(KEY);
    }
}

/// What the machine was enrolled as, noted where it can be read even when the database cannot: a shared machine must not
/// take itself for somebody's own.
pub fn note_profile(profile: Profile) {
    if available() {
        // Without it a broken database is still told to the person; nothing else is lost.
        let _ = LocalStorage::set(PROFILE, profile);
    }
}

pub fn noted_profile() -> Profile {
    if available() { LocalStorage::get(PROFILE).unwrap_or_default() } else { Profile::default() }
}

/// Notes that everything was deleted here, but that the browser's files may still hold traces of it. The note goes with them.
pub fn note_traces() {
    if available() {
        // Full storage: then the traces wait for the browser's own tidying.
        let _ = LocalStorage::set(TRACES, true);
    }
}

pub fn has_traces() -> bool {
    available() && LocalStorage::get(TRACES).unwrap_or_default()
}

pub fn forget_traces() {
    if available() {
        LocalStorage::delete(TRACES);
    }
}

/// gloo panics where storage is blocked, so it is asked first.
pub(super) fn available() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

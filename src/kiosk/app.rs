//! What the whole app knows: one copyable struct of signals, provided as context by `pages::Root`.

use super::device::preferences::{self, Preferences};
use super::device::{self, clock, drafts, hall, health, heartbeat, lock, net, scans, update};
use super::outbox::{self, Push};
use crate::api::{FULL, HallInfo};
use crate::calendar::{Calendar, hall_time};
use crate::catalogue::Item;
use crate::catalogue::bundle::Bundle;
use crate::check::Application;
use crate::receipt::{Profile, TrustList};
use crate::submission::Applicant;
use crate::words::{Lang, Text};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use gloo_timers::future::TimeoutFuture;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// Between two beats of the app's housekeeping, in milliseconds; a third more or less by chance, so that the devices of a
/// hall do not all ask at once.
const BEAT: u32 = 9_000;
/// The hall is probed on every beat while out of reach, and on every third while in reach.
const PROBE_EVERY: u32 = 3;
/// Trust list and catalogue are asked for, and a new version of the app is looked for, on every so many beats.
const REFRESH_EVERY: u32 = 40;
/// What is kept only for a while is looked through on every so many beats.
const TIDY_EVERY: u32 = 400;

#[derive(Clone, Copy)]
pub struct App {
    /// Preferences: remembered on a personal device, forgotten with the session on a kiosk.
    pub lang: RwSignal<Lang>,
    pub large: RwSignal<bool>,
    pub profile: RwSignal<Profile>,
    pub device_name: RwSignal<Option<String>>,
    /// The hall answered lately.
    pub online: RwSignal<bool>,
    /// The head of the catalogue; its parts and items are read through `device::catalogue`.
    pub bundle: RwSignal<Option<Arc<Bundle>>>,
    pub trust: RwSignal<Option<TrustList>>,
    pub hall: RwSignal<Option<HallInfo>>,
    /// The hall's clock minus this device's, as last seen.
    pub skew: RwSignal<TimeDelta>,
    /// The application being prepared.
    pub draft: RwSignal<Option<Draft>>,
    /// Submissions that the hall has not acknowledged yet.
    pub waiting: RwSignal<usize>,
    /// Something the person must know, such as blocked storage; shown as a banner.
    pub trouble: RwSignal<Option<Text>>,
    /// A new version of the app is installed and waits; see [`update::apply`].
    pub update: RwSignal<bool>,
    /// Start-up has finished, whatever was found.
    pub ready: RwSignal<bool>,
}

thread_local! {
    /// The app, for tasks that run outside of any component.
    static APP: Cell<Option<App>> = const { Cell::new(None) };
}

impl App {
    /// Makes the app's signals; once, in the outermost component, which owns them.
    pub fn new() -> App {
        let Preferences { lang, large } = preferences::load();
        let app = App {
            lang: RwSignal::new(lang),
            large: RwSignal::new(large),
            profile: RwSignal::new(Profile::Personal),
            device_name: RwSignal::new(None),
            online: RwSignal::new(false),
            bundle: RwSignal::new(None),
            trust: RwSignal::new(None),
            hall: RwSignal::new(None),
            skew: RwSignal::new(TimeDelta::zero()),
            draft: RwSignal::new(None),
            waiting: RwSignal::new(0),
            trouble: RwSignal::new(None),
            update: RwSignal::new(false),
            ready: RwSignal::new(false),
        };
        APP.set(Some(app));
        Effect::new(move |_| {
            let chosen = Preferences { lang: app.lang.get(), large: app.large.get() };
            if app.ready.get() && app.profile.get() == Profile::Personal && chosen != preferences::load() {
                preferences::save(chosen);
            }
        });
        app
    }

    /// The app, in a component or in a task.
    pub fn get() -> App {
        // `new` comes first: the outermost component makes the app before anything else exists.
        APP.get().unwrap_or_else(expect_context::<App>)
    }

    /// The time by the hall's clock.
    pub fn now(self) -> DateTime<Utc> {
        clock::now() + self.skew.get_untracked()
    }

    /// The date at the hall.
    pub fn today(self) -> NaiveDate {
        hall_time(self.now()).date_naive()
    }

    /// Reads what the device keeps, then asks the hall, then goes on looking after both for as long as the page is open.
    pub async fn start(self) {
        lock::open_page().await;
        let kept = async {
            device::load(self).await?;
            hall::load(self).await?;
            outbox::start(self).await
        };
        if let Err(failure) = kept.await {
            self.trouble.set(Some(failure.say()));
        }
        if self.bundle.with_untracked(Option::is_none) {
            // Nothing can be shown without a catalogue: the first visit waits for it, within the net's patience.
            self.probe().await;
        }
        self.ready.set(true);
        update::watch(self);
        self.listen();
        spawn_local(self.look_after());
    }

    /// Asks the hall for a newer catalogue and trust list, when it can be reached.
    pub async fn refresh(self) {
        match hall::renew(self).await {
            Ok(()) => self.online.set(true),
            Err(net::Failure::Unreachable) => self.online.set(false),
            // The hall answered something; a distrusted answer has been reported where it was read.
            Err(_) => {}
        }
    }

    /// Looks whether the hall can be reached. When it has just come into reach, everything that waited for it goes on.
    pub(in crate::kiosk) async fn probe(self) {
        let (before, now) = (self.online.get_untracked(), net::reachable().await);
        self.online.set(now);
        if now && (!before || self.bundle.with_untracked(Option::is_none)) {
            self.refresh().await;
            self.send_due().await;
        } else if now {
            // Its clock and its epoch may have changed meanwhile; a distrusted answer is reported where it is read.
            let _ = hall::greet(self).await;
        }
        if now {
            self.drain_scans().await;
            outbox::remove_traces(self).await;
        }
    }

    /// Sends what is due, with what a hall that was put back from a backup has lost.
    async fn send_due(self) {
        // What the hall cannot be asked now it is asked on the next beat.
        let _ = outbox::recall(self).await;
        outbox::push(self, Push::Due);
    }

    /// Sends what this desk scanned while the hall was out of reach, or nobody signed in.
    pub(in crate::kiosk) async fn drain_scans(self) {
        if self.profile.get_untracked() == Profile::Desk && self.online.get_untracked() {
            match scans::drain().await {
                Ok(()) => {}
                Err(net::Failure::Unreachable) => self.online.set(false),
                Err(failure) => self.trouble.set(Some(failure.say())),
            }
        }
    }

    /// The occasions on which the network may have come back.
    fn listen(self) {
        let again = move || spawn_local(self.probe());
        window_event_listener(ev::online, move |_| again());
        window_event_listener(ev::offline, move |_| self.online.set(false));
        let seen = move |_| {
            if !document().hidden() {
                outbox::push(self, Push::Due);
                again();
            }
        };
        window_event_listener_untyped("visibilitychange", seen);
        window_event_listener_untyped("pagehide", |_| lock::close_page());
        window_event_listener_untyped("pageshow", |_| spawn_local(lock::open_page()));
        // Everything was deleted in another tab: what this one has in memory must not bring it back.
        let deleted = move |_| {
            if preferences::has_traces() && self.profile.get_untracked() == Profile::Personal {
                self.draft.set(None);
                let _ = window().location().replace("/");
            }
        };
        window_event_listener_untyped("storage", deleted);
    }

    /// The hall's calendar, or the announced one until there is a catalogue.
    pub(in crate::kiosk) fn calendar(self) -> Calendar {
        self.bundle.with_untracked(|bundle| bundle.as_ref().map_or_else(Calendar::announced, |bundle| bundle.calendar.clone()))
    }

    async fn look_after(self) {
        outbox::bring_back(self).await;
        self.probe().await;
        update::look().await;
        self.tidy().await;
        if self.profile.get_untracked() == Profile::Desk {
            update::keep_decoder().await;
        }
        if self.profile.get_untracked() != Profile::Personal {
            health::persist().await;
        }
        heartbeat::beat(self).await;
        for beat in 1_u32.. {
            TimeoutFuture::new((f64::from(BEAT) * (2.0 / 3.0 + js_sys::Math::random() * 2.0 / 3.0)) as u32).await;
            if !self.online.get_untracked() || beat % PROBE_EVERY == 0 {
                self.probe().await;
            }
            if self.online.get_untracked() {
                self.send_due().await;
            }
            outbox::look_again(self).await;
            heartbeat::beat(self).await;
            if beat % REFRESH_EVERY == 0 {
                if self.online.get_untracked() {
                    self.refresh().await;
                    update::look().await;
                }
                self.warn_when_full().await;
            }
            if beat % TIDY_EVERY == 0 {
                self.tidy().await;
            }
        }
    }

    /// Lets go of what has been kept long enough, and of what nothing names any more.
    async fn tidy(self) {
        // They say nothing to anybody, and are tried again.
        let _ = outbox::let_go_of_old(self).await;
        let _ = scans::tidy().await;
        let _ = drafts::collect_photos().await;
    }

    pub(in crate::kiosk) async fn warn_when_full(self) {
        if health::fullness().await.is_some_and(|share| share > FULL) {
            self.trouble.set(Some(Text::new(
                "本机存储空间快满了,请尽快联网上传,或请工作人员清理",
                "This device's storage is almost full: please go online soon so that it can send, or ask the staff",
            )));
        }
    }
}

impl Default for App {
    fn default() -> App {
        App::new()
    }
}

/// A fresh UUIDv7 of that moment.
pub(in crate::kiosk) fn new_id(now: DateTime<Utc>) -> Uuid {
    let mut random = [0; 10];
    fill_random(&mut random);
    Uuid::from_bytes(*uuid::Builder::from_unix_timestamp_millis(now.timestamp_millis().unsigned_abs(), &random).as_uuid().as_bytes())
}

/// Random bytes from the browser's own generator.
pub(in crate::kiosk) fn fill_random(bytes: &mut [u8]) {
    #[allow(clippy::expect_used)]
    // Every browser that runs wasm has it; without randomness nothing here may go on.
    getrandom::fill(bytes).expect("the browser gives random bytes");
}

/// Where an applicant is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    #[default]
    Questions,
    Materials,
    Verdict,
    Confirm,
}

/// What an applicant has entered so far. On a personal device it is saved on every change; on a kiosk it is here only. The
/// item travels inside, so that a new catalogue does not change an application under way.
#[derive(Clone, PartialEq)]
pub struct Draft {
    /// The submission's id, once it is submitted: submitting the same draft twice submits it once.
    pub id: Uuid,
    pub item: Arc<Item>,
    /// Version of the catalogue that the item is from.
    pub catalogue: String,
    pub application: Application,
    pub applicant: Applicant,
    pub photos: Vec<Photo>,
    pub step: Step,
    pub changed_at: DateTime<Utc>,
}

/// A picture of a material, or a document. Cheap to clone.
#[derive(Clone, PartialEq)]
pub struct Photo {
    /// Its own, under which its bytes are stored once.
    pub id: Uuid,
    /// Code of the material it shows.
    pub material: String,
    pub name: String,
    pub media_type: String,
    pub bytes: Arc<[u8]>,
}

impl Photo {
    pub fn new(material: String, name: String, media_type: String, bytes: Vec<u8>) -> Photo {
        Photo { id: new_id(clock::now()), material, name, media_type, bytes: bytes.into() }
    }
}

impl Draft {
    /// A new application for `item`, under a fresh id.
    pub fn new(item: Arc<Item>, catalogue: String, now: DateTime<Utc>) -> Draft {
        Draft {
            id: new_id(now),
            item,
            catalogue,
            application: Application::default(),
            applicant: Applicant::default(),
            photos: Vec::new(),
            step: Step::default(),
            changed_at: now,
        }
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Draft({}, redacted)", self.item.code)
    }
}

impl fmt::Debug for Photo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Photo(redacted)")
    }
}

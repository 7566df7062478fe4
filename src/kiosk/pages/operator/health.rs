//! How this machine is: each part with a word and a colour, and, where somebody should do something, what.

use super::{ago, phrases, say};
use crate::api::{FULL, Part, SKEW, UNSENT};
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::health::{self, Health};
use crate::kiosk::parts::every;
use crate::receipt::DeviceKey;
use crate::signing::from_hex;
use crate::words::{Lang, Phrase};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Between two looks at what changes by itself.
const EVERY: Duration = Duration::from_secs(10);
/// How full the storage may be before somebody should look after it, and before it must be mended.
const ROOM: [f64; 2] = [FULL, 0.95];
/// The hall is not just out of reach for a moment.
const OUT_OF_REACH: TimeDelta = TimeDelta::hours(1);
/// A certificate that ends so soon should have been renewed.
const ENDS_SOON: TimeDelta = TimeDelta::days(30);
/// A clock that is off by more is broken, and not merely wrong.
const FAR_OFF: TimeDelta = TimeDelta::minutes(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Fine,
    Look,
    Broken,
}

impl Level {
    fn word(self) -> Phrase {
        match self {
            Level::Fine => phrases::FINE,
            Level::Look => phrases::LOOK,
            Level::Broken => phrases::BROKEN,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Level::Fine => "mark good",
            Level::Look => "mark later",
            Level::Broken => "mark missing",
        }
    }

    /// The value of `data-level`.
    fn code(self) -> &'static str {
        match self {
            Level::Fine => "fine",
            Level::Look => "look",
            Level::Broken => "broken",
        }
    }
}

/// One part of the machine.
struct Finding {
    /// Name for tests.
    test: &'static str,
    what: Phrase,
    says: String,
    level: Level,
    todo: Option<Phrase>,
}

#[component]
pub fn HealthOf() -> impl IntoView {
    let app = App::get();
    let found = RwSignal::new(None::<Health>);
    let busy = RwSignal::new(false);
    let read = move || {
        spawn_local(async move {
            let health = health::read(app).await;
            if found.try_with_untracked(|before| before.as_ref() != Some(&health)) == Some(true) {
                found.try_set(Some(health));
            }
        });
    };
    // Whatever of it changes, it is read again.
    Effect::new(move |_| {
        app.online.track();
        app.waiting.track();
        app.trust.track();
        app.bundle.track();
        app.update.track();
        read();
    });
    every(EVERY, read);
    let refresh = move |_| {
        busy.set(true);
        spawn_local(async move {
            app.refresh().await;
            let health = health::read(app).await;
            found.try_set(Some(health));
            busy.try_set(false);
        });
    };
    view! {
        <section class="desk-block" data-test="health">
            <div class="desk-row spread">
                <h2>{say(phrases::HEALTH)}</h2>
                <button
                    class="desk-button"
                    type="button"
                    data-test="refresh-now"
                    disabled=move || busy.get()
                    on:click=refresh
                >
                    {say(phrases::REFRESH_NOW)}
                </button>
            </div>
            {move || match found.get() {
                None => view! { <p class="desk-quiet">{say(phrases::CHECKING)}</p> }.into_any(),
                Some(health) => shown(findings(app, &health, app.lang.get()), app.lang.get()).into_any(),
            }}
        </section>
    }
}

/// One sentence for all, then the parts.
fn shown(findings: Vec<Finding>, lang: Lang) -> impl IntoView + use<> {
    let many = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
    let (look, broken) = (many(Level::Look), many(Level::Broken));
    let worst = if broken > 0 {
        Level::Broken
    } else if look > 0 {
        Level::Look
    } else {
        Level::Fine
    };
    let counted = [(broken, phrases::TO_MEND), (look, phrases::TO_LOOK)];
    let counted: Vec<String> = counted.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {}", word.get(lang))).collect();
    let all = if counted.is_empty() { phrases::ALL_FINE.get(lang).to_owned() } else { counted.join(", ") };
    let row = |Finding { test, what, says, level, todo }: Finding| {
        view! {
            <li data-test=test data-level=level.code()>
                <strong class=level.class()>{level.word().get(lang)}</strong>
                <span class="desk-part">{what.get(lang)}</span>
                <span>{says}</span>
                {todo.map(|todo| view! { <span class="desk-todo">{todo.get(lang)}</span> })}
            </li>
        }
    };
    view! {
        <p class=format!("desk-worst {}", worst.code()) data-test="worst" data-level=worst.code() role="status">{all}</p>
        <ul class="desk-parts">{findings.into_iter().map(row).collect_view()}</ul>
    }
}

fn findings(app: App, health: &Health, lang: Lang) -> Vec<Finding> {
    let now = app.now();
    let finding = |test, what, says, level, todo: Phrase| Finding { test, what, says, level, todo: (level > Level::Fine).then_some(todo) };
    let (connection, connection_level) = connection(health, now, lang);
    let (outbox, outbox_level, outbox_do) = outbox(health, now, lang);
    let (room, room_level) = room(health, lang);
    let (skew, skew_level) = skew(health, lang);
    let skew_do = if health.skew.is_some() { phrases::CLOCK_DO } else { phrases::CLOCK_UNKNOWN_DO };
    let (version, version_level) = version(health, app.update.get_untracked(), lang);
    let own = health.kid.as_ref().and_then(|kid| app.trust.with_untracked(|trust| trust.as_ref()?.device(&from_hex(kid)?).cloned()));
    let (key, key_level, key_do) = key(own, now, lang);
    let known = |value: Option<String>| value.unwrap_or_else(|| phrases::UNKNOWN.get(lang).to_owned());
    let trust = health.trust_sequence.zip(health.trust_issued_at).map(|(n, at)| format!("{n} ({})", ago(now - at, lang)));
    let kept = match health.persisted {
        Some(true) => (phrases::PERSISTENT, Level::Fine),
        Some(false) => (phrases::NOT_PERSISTENT, Level::Look),
        None => (phrases::UNKNOWN, Level::Look),
    };
    let catalogue_level = if health.catalogue.is_some() { Level::Fine } else { Level::Broken };
    let trust_level = if trust.is_some() { Level::Fine } else { Level::Broken };
    let part = |part: Part| {
        (
            phrases::part(part).get(lang).to_owned(),
            match part {
                Part::Works => Level::Fine,
                Part::Untested => Level::Look,
                Part::Fails => Level::Broken,
            },
        )
    };
    let part_do = |part: Part, mend: Phrase| if part == Part::Untested { phrases::UNTESTED_DO } else { mend };
    let (camera, camera_level) = part(health.tested.camera);
    let (printer, printer_level) = part(health.tested.printer);
    vec![
        finding("health-connection", phrases::CONNECTION, connection, connection_level, phrases::CONNECTION_DO),
        finding("health-outbox", phrases::OUTBOX, outbox, outbox_level, outbox_do),
        finding("health-storage", phrases::STORAGE, room, room_level, phrases::STORAGE_DO),
        finding("health-kept", phrases::KEPT, kept.0.get(lang).to_owned(), kept.1, phrases::NOT_PERSISTENT_DO),
        finding("health-clock", phrases::CLOCK, skew, skew_level, skew_do),
        finding("health-app", phrases::APP_VERSION, version, version_level, phrases::APP_DO),
        finding("health-catalogue", phrases::CATALOGUE, known(health.catalogue.clone()), catalogue_level, phrases::CATALOGUE_DO),
        finding("health-trust", phrases::TRUST, known(trust), trust_level, phrases::CATALOGUE_DO),
        finding("health-key", phrases::KEY, format!("{} · {key}", known(health.kid.clone())), key_level, key_do),
        finding("health-camera", phrases::CAMERA, camera, camera_level, part_do(health.tested.camera, phrases::CAMERA_DO)),
        finding("health-printer", phrases::PRINTER, printer, printer_level, part_do(health.tested.printer, phrases::PRINTER_DO)),
    ]
}

fn connection(health: &Health, now: DateTime<Utc>, lang: Lang) -> (String, Level) {
    if health.online {
        return (phrases::CONNECTED.get(lang).to_owned(), Level::Fine);
    }
    let last = health.contact.map(|at| format!(" · {}: {}", phrases::LAST_CONTACT.get(lang), ago(now - at, lang))).unwrap_or_default();
    let recent = health.contact.is_some_and(|at| now - at < OUT_OF_REACH);
    (format!("{}{last}", phrases::NOT_CONNECTED.get(lang)), if recent { Level::Look } else { Level::Broken })
}

fn outbox(health: &Health, now: DateTime<Utc>, lang: Lang) -> (String, Level, Phrase) {
    let mut parts = vec![if health.waiting == 0 { phrases::NOTHING_WAITS.get(lang).to_owned() } else { health.waiting.to_string() }];
    if health.attention > 0 {
        parts.push(format!("{} {}", health.attention, phrases::NEED_ATTENTION.get(lang)));
    }
    parts.extend(health.oldest.map(|at| format!("{}: {}", phrases::OLDEST.get(lang), ago(now - at, lang))));
    if health.scans_waiting > 0 {
        parts.push(format!("{} {}", health.scans_waiting, phrases::SCANS_WAITING.get(lang)));
    }
    let old = health.oldest.is_some_and(|at| now - at > UNSENT);
    let (level, todo) = match (health.attention > 0, old) {
        (true, _) => (Level::Broken, phrases::OUTBOX_ATTENTION_DO),
        (false, true) => (Level::Look, phrases::OUTBOX_OLD_DO),
        (false, false) => (Level::Fine, phrases::OUTBOX_OLD_DO),
    };
    (parts.join(" · "), level, todo)
}

fn room(health: &Health, lang: Lang) -> (String, Level) {
    let (Some(usage), Some(quota)) = (health.usage, health.quota) else { return (phrases::UNKNOWN.get(lang).to_owned(), Level::Look) };
    let share = usage as f64 / quota.max(1) as f64;
    let level = if share >= ROOM[1] {
        Level::Broken
    } else if share >= ROOM[0] {
        Level::Look
    } else {
        Level::Fine
    };
    (format!("{} / {} MB ({:.0} %)", usage.div_ceil(1_000_000), quota / 1_000_000, share * 100.0), level)
}

fn skew(health: &Health, lang: Lang) -> (String, Level) {
    let Some(skew) = health.skew else { return (phrases::CLOCK_UNKNOWN.get(lang).to_owned(), Level::Look) };
    let level = if skew.abs() > FAR_OFF {
        Level::Broken
    } else if skew.abs() > SKEW {
        Level::Look
    } else {
        Level::Fine
    };
    (format!("{:+} {}", skew.num_seconds(), phrases::SECONDS.get(lang)), level)
}

/// The app's own version is its program's and its build's, `0.1.0+3f2a…`; the hall's is its program's.
fn version(health: &Health, newer: bool, lang: Lang) -> (String, Level) {
    let Some(hall) = &health.hall_version else { return (health.app_version.clone(), Level::Fine) };
    let same = health.app_version.split('+').next() == Some(hall.as_str());
    let says = format!("{} · {} {hall}", health.app_version, phrases::HALLS_VERSION.get(lang));
    (says, if same && !newer { Level::Fine } else { Level::Look })
}

/// Whether the hall vouches for this machine.
fn key(own: Option<DeviceKey>, now: DateTime<Utc>, lang: Lang) -> (String, Level, Phrase) {
    let Some(own) = own else { return (phrases::KEY_UNKNOWN.get(lang).to_owned(), Level::Broken, phrases::KEY_DO) };
    if own.revoked_at.is_some() {
        (phrases::KEY_REVOKED.get(lang).to_owned(), Level::Broken, phrases::KEY_DO)
    } else if own.not_after < now {
        (phrases::KEY_EXPIRED.get(lang).to_owned(), Level::Broken, phrases::KEY_DO)
    } else {
        let level = if own.not_after - now < ENDS_SOON { Level::Look } else { Level::Fine };
        (format!("{} {}", phrases::VALID_UNTIL.get(lang), moment(own.not_after)), level, phrases::KEY_SOON_DO)
    }
}

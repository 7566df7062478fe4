//! The operator's page (运维): one-time codes for new kiosks and desks, this machine's enrolment and health, and the devices
//! the hall vouches for. Health and enrolment need nobody signed in: whoever stands at a machine may see how it is.

use super::desk::sign_in::{self, Session, SignIn, Who};
use super::desk::{ago, enrol::Enrol, phrases};
use crate::calendar::moment;
use crate::api::{DeviceCode, NewCode, Role};
use crate::kiosk::app::App;
use crate::kiosk::device::health::{self, Health};
use crate::kiosk::device::print::{self, Paper};
use crate::kiosk::device::{self, net};
use crate::kiosk::outbox;
use crate::kiosk::parts::say;
use crate::receipt::{DeviceKey, Profile};
use crate::signing::{from_hex, hex, key_id};
use crate::words::{Lang, Phrase, Text};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use std::time::Duration;

/// `/operator`.
#[component]
pub fn Operator() -> impl IntoView {
    let app = App::get();
    let session = sign_in::session(app);
    let online = move || if app.online.get() { phrases::CONNECTED } else { phrases::NOT_CONNECTED }.get(app.lang.get());
    view! {
        <div class="desk">
            <header class="desk-bar">
                <A href="/operator" attr:class="desk-name" attr:aria-current="page">{say(phrases::OPERATOR)}</A>
                <nav aria-label=say(phrases::NAVIGATION)>
                    <A href="/desk" attr:data-test="nav-desk">{say(phrases::DESK)}</A>
                </nav>
                <p class="desk-link" class:offline=move || !app.online.get() role="status">{online}</p>
                <Who session />
            </header>
            <div class="desk-page">
                <h1 class="unseen">{say(phrases::OPERATOR)}</h1>
                <div class="desk-operator">
                    <section class="desk-block">
                        <h2>{say(phrases::CODES)}</h2>
                        {move || match session.get() {
                            Session::Staff(staff) if staff.role == Role::Operator => view! { <Codes session /> }.into_any(),
                            Session::Staff(_) => view! { <p class="desk-trouble" data-test="operator-only">{say(phrases::OPERATOR_ONLY)}</p> }.into_any(),
                            Session::Asking | Session::Offline | Session::Nobody => view! { <SignIn session /> }.into_any(),
                        }}
                    </section>
                    <Machine />
                    <HealthOf />
                    <Devices />
                </div>
            </div>
        </div>
    }
}

/// Makes codes; the last one is shown large until it expires or another is made.
#[component]
fn Codes(session: RwSignal<Session>) -> impl IntoView {
    let app = App::get();
    let code = RwSignal::new(None::<DeviceCode>);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Text>);
    let make = move |profile| {
        busy.set(true);
        wrong.set(None);
        spawn_local(async move {
            let result = net::post_json::<_, DeviceCode>("/device-codes", &NewCode { profile }).await;
            busy.try_set(false);
            match result {
                Ok(made) => {
                    code.try_set(Some(made));
                }
                Err(failure) => {
                    sign_in::lost(session, &failure);
                    wrong.try_set(Some(failure.say()));
                }
            }
        });
    };
    view! {
        <p>{say(phrases::CODES_HOW)}</p>
        <div class="desk-row">
            <button class="desk-button primary" type="button" data-test="code-kiosk" disabled=move || busy.get() on:click=move |_| make(Profile::Kiosk)>
                {say(phrases::MAKE_KIOSK)}
            </button>
            <button class="desk-button primary" type="button" data-test="code-desk" disabled=move || busy.get() on:click=move |_| make(Profile::Desk)>
                {say(phrases::MAKE_DESK)}
            </button>
        </div>
        <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
        {move || code.get().map(|code| view! { <Made code /> })}
    }
}

/// A code and how long it still lives.
#[component]
fn Made(code: DeviceCode) -> impl IntoView {
    let app = App::get();
    let DeviceCode { code, profile, expires_at } = code;
    let left = RwSignal::new(expires_at - app.now());
    let timer = set_interval_with_handle(
        move || {
            left.try_set(expires_at - app.now());
        },
        Duration::from_secs(1),
    );
    on_cleanup(move || {
        if let Ok(timer) = timer {
            timer.clear();
        }
    });
    let expired = Memo::new(move |_| left.get() <= TimeDelta::zero());
    let code_shown = code.clone();
    view! {
        <div class="desk-new-code" class:expired=move || expired.get() role="status">
            <p>{say(phrases::profile(profile))}</p>
            <p class="desk-code" data-test="new-code" data-code=code>{code_shown}</p>
            <p aria-live="off">
                {move || {
                    let lang = app.lang.get();
                    if expired.get() {
                        phrases::CODE_EXPIRED.get(lang).to_owned()
                    } else {
                        let seconds = left.get().num_seconds();
                        format!("{} {} ({}:{:02})", phrases::VALID_TO.get(lang), moment(expires_at), seconds / 60, seconds % 60)
                    }
                }}
            </p>
        </div>
    }
}

/// This machine: what it is, and how it becomes something else.
#[component]
fn Machine() -> impl IntoView {
    let app = App::get();
    let enrolled = Memo::new(move |_| app.profile.get() != Profile::Personal);
    let paper = RwSignal::new(print::paper());
    let choose = move |chosen| {
        print::set_paper(chosen);
        paper.set(print::paper());
    };
    let choice = move |kind, word| view! {
        <button class="desk-button" type="button" aria-pressed=move || (paper.get() == kind).to_string() on:click=move |_| choose(kind)>{say(word)}</button>
    };
    view! {
        <section class="desk-block" data-test="machine">
            <h2>{say(phrases::THIS_MACHINE)}</h2>
            <dl class="desk-says">
                <dt>{say(phrases::PROFILE)}</dt>
                <dd>{move || phrases::profile(app.profile.get()).get(app.lang.get())}</dd>
                <dt>{say(phrases::DEVICE_NAME)}</dt>
                <dd>{move || app.device_name.get().unwrap_or_else(|| "—".to_owned())}</dd>
            </dl>
            <div class="desk-row" role="group" aria-label=say(phrases::PAPER) data-test="paper">
                <span>{say(phrases::PAPER)}</span>
                {choice(Paper::A4, phrases::PAPER_A4)}
                {choice(Paper::Thermal, phrases::PAPER_THERMAL)}
            </div>
            {move || if enrolled.get() {
                view! { <Unenrol /> }.into_any()
            } else {
                view! {
                    <h3>{say(phrases::ENROL)}</h3>
                    <Enrol />
                }
                    .into_any()
            }}
        </section>
    }
}

/// Ends the enrolment, after asking once more.
#[component]
fn Unenrol() -> impl IntoView {
    let app = App::get();
    let asked = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Text>);
    let unenrol = move |_| {
        busy.set(true);
        spawn_local(async move {
            let result = device::unenrol(app).await;
            busy.try_set(false);
            if let Err(failure) = result {
                wrong.try_set(Some(failure.say()));
            }
        });
    };
    view! {
        {move || if asked.get() {
            view! {
                <p class="desk-trouble" role="alert">{say(phrases::UNENROL_SURE)}</p>
                <div class="desk-row">
                    <button class="desk-button bad" type="button" data-test="unenrol-yes" disabled=move || busy.get() on:click=unenrol>
                        {say(phrases::UNENROL_YES)}
                    </button>
                    <button class="desk-button" type="button" on:click=move |_| asked.set(false)>{say(phrases::CANCEL)}</button>
                </div>
            }
                .into_any()
        } else {
            view! {
                <button class="desk-button" type="button" data-test="unenrol" on:click=move |_| asked.set(true)>{say(phrases::UNENROL)}</button>
            }
                .into_any()
        }}
        <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
    }
}

/// How this machine is: versions, trust, clock, outbox and storage.
#[component]
fn HealthOf() -> impl IntoView {
    let app = App::get();
    let found = RwSignal::new(None::<Health>);
    let busy = RwSignal::new(false);
    let read = move || {
        spawn_local(async move {
            let health = health::read(app).await;
            found.try_set(Some(health));
        });
    };
    // Whatever of it changes, it is read again.
    Effect::new(move |_| {
        app.online.track();
        app.waiting.track();
        app.trust.track();
        app.bundle.track();
        app.profile.track();
        read();
    });
    let refresh = move |_| {
        busy.set(true);
        spawn_local(async move {
            app.refresh().await;
            busy.try_set(false);
            let health = health::read(app).await;
            found.try_set(Some(health));
        });
    };
    view! {
        <section class="desk-block" data-test="health">
            <div class="desk-row spread">
                <h2>{say(phrases::HEALTH)}</h2>
                <button class="desk-button" type="button" data-test="refresh-now" disabled=move || busy.get() on:click=refresh>{say(phrases::REFRESH_NOW)}</button>
            </div>
            {move || match found.get() {
                None => view! { <p class="desk-quiet">{say(phrases::CHECKING)}</p> }.into_any(),
                Some(health) => health_rows(&health, app.now(), app.lang.get()).into_any(),
            }}
            <button class="desk-button" type="button" data-test="send-now" on:click=move |_| outbox::drain(app)>
                {say(phrases::SEND_NOW)}
            </button>
        </section>
    }
}

fn health_rows(health: &Health, now: DateTime<Utc>, lang: Lang) -> impl IntoView + use<> {
    let unknown = || phrases::UNKNOWN.get(lang).to_owned();
    let or_unknown = |value: Option<String>| value.unwrap_or_else(unknown);
    let online = if health.online { phrases::CONNECTED } else { phrases::NOT_CONNECTED };
    let rows: [(Phrase, String); 10] = [
        (phrases::CONNECTION, online.get(lang).to_owned()),
        (phrases::APP_VERSION, health.app_version.clone()),
        (phrases::HALL_VERSION, or_unknown(health.hall_version.clone())),
        (phrases::CATALOGUE_VERSION, or_unknown(health.catalogue.clone())),
        (phrases::TRUST_SEQUENCE, or_unknown(health.trust_sequence.map(|n| n.to_string()))),
        (phrases::TRUST_AGE, or_unknown(health.trust_issued_at.map(|at| format!("{} ({})", ago(now - at, lang), moment(at))))),
        (phrases::CLOCK_SKEW, format!("{:+} s", health.skew.num_seconds())),
        (phrases::OUTBOX, outbox_words(health, now, lang)),
        (phrases::STORAGE, storage_words(health, lang)),
        (phrases::KEY_ID, or_unknown(health.kid.clone())),
    ];
    let rows = rows.map(|(label, text)| view! { <dt>{label.get(lang)}</dt><dd>{text}</dd> });
    view! { <dl class="desk-says">{rows.into_iter().collect_view()}</dl> }
}

fn outbox_words(health: &Health, now: DateTime<Utc>, lang: Lang) -> String {
    let mut parts = vec![health.waiting.to_string()];
    if health.attention > 0 {
        parts.push(format!("{} {}", health.attention, phrases::NEED_ATTENTION.get(lang)));
    }
    parts.extend(health.oldest.map(|at| format!("{}: {}", phrases::OLDEST.get(lang), ago(now - at, lang))));
    if health.scans_waiting > 0 {
        parts.push(format!("{} {}", health.scans_waiting, phrases::SCANS_WAITING.get(lang)));
    }
    parts.join(", ")
}

fn storage_words(health: &Health, lang: Lang) -> String {
    let size = |bytes: Option<u64>| bytes.map_or_else(|| phrases::UNKNOWN.get(lang).to_owned(), |bytes| format!("{} MB", bytes.div_ceil(1_000_000)));
    let kept = match health.persisted {
        Some(true) => phrases::PERSISTENT,
        Some(false) => phrases::NOT_PERSISTENT,
        None => phrases::UNKNOWN,
    };
    format!("{} / {}, {}", size(health.usage), size(health.quota), kept.get(lang))
}

/// The devices of the trust list this machine has, as old as that list is.
#[component]
fn Devices() -> impl IntoView {
    let app = App::get();
    view! {
        <section class="desk-block wide" data-test="devices">
            <h2>{say(phrases::DEVICES)}</h2>
            {move || match app.trust.get() {
                None => view! { <p class="desk-quiet">{say(phrases::NO_TRUST_LIST)}</p> }.into_any(),
                Some(list) if list.devices.is_empty() => view! { <p class="desk-quiet">{say(phrases::NO_DEVICES)}</p> }.into_any(),
                Some(list) => {
                    let now = app.now();
                    let rows = list.devices.into_iter().map(|device| {
                        let (class, word) = standing(&device, now);
                        let kid = from_hex::<32>(&device.public).map(|public| hex(&key_id(&public)));
                        view! {
                            <tr>
                                <th scope="row">{device.name}</th>
                                <td>{say(phrases::profile(device.profile))}</td>
                                <td><code>{kid}</code></td>
                                <td>{moment(device.not_after)}</td>
                                <td><strong class=class>{say(word)}</strong></td>
                            </tr>
                        }
                    });
                    view! {
                        <table class="desk-table stacks">
                            <thead>
                                <tr>
                                    <th scope="col">{say(phrases::DEVICE_NAME)}</th>
                                    <th scope="col">{say(phrases::PROFILE)}</th>
                                    <th scope="col">{say(phrases::KEY_ID)}</th>
                                    <th scope="col">{say(phrases::VALID_UNTIL_LABEL)}</th>
                                    <th scope="col">{say(phrases::STATE)}</th>
                                </tr>
                            </thead>
                            <tbody>{rows.collect_view()}</tbody>
                        </table>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

fn standing(device: &DeviceKey, now: DateTime<Utc>) -> (&'static str, Phrase) {
    if device.revoked_at.is_some() {
        ("mark missing", phrases::REVOKED)
    } else if device.not_after < now {
        ("mark later", phrases::EXPIRED)
    } else {
        ("mark good", phrases::IN_FORCE)
    }
}

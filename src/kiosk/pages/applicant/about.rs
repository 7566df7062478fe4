//! What this app is, what it does with data, and how this device is doing: the versions and the storage, in sight.

use super::phrases;
use crate::kiosk::app::App;
use crate::kiosk::device::health::{self, Health};
use crate::kiosk::outbox;
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::{say, tell};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// `/about`.
#[component]
pub fn About() -> impl IntoView {
    let app = App::get();
    let health = RwSignal::new(None::<Health>);
    Effect::new(move |_| {
        app.waiting.track();
        app.online.track();
        spawn_local(async move {
            let found = health::read(app).await;
            health.try_set(Some(found));
        });
    });
    view! {
        <section class="sheet about">
            <Heading text=tell(phrases::ABOUT.text()) />
            <p>{say(phrases::ABOUT_WHAT)}</p>
            <h2>{say(phrases::PRIVACY)}</h2>
            <ul class="consent">
                {phrases::CONSENT_TEXT.into_iter().map(|line| view! { <li>{say(line)}</li> }).collect_view()}
            </ul>
            <h2>{say(phrases::ACCESSIBILITY)}</h2>
            <ul class="consent">
                {phrases::ACCESSIBILITY_TEXT.into_iter().map(|line| view! { <li>{say(line)}</li> }).collect_view()}
            </ul>
            <h2>{say(phrases::STATE_HERE)}</h2>
            {move || health.get().map(|health| view! { <State health /> })}
        </section>
    }
}

#[component]
fn State(health: Health) -> impl IntoView {
    let app = App::get();
    let unknown = move || phrases::UNKNOWN.get(app.lang.get()).to_owned();
    let known = move |value: Option<String>| move || value.clone().unwrap_or_else(unknown);
    let kept = RwSignal::new(health.persisted);
    let keep = move |_| {
        spawn_local(async move {
            let granted = health::persist().await;
            kept.try_set(Some(granted));
        })
    };
    let storage = move || match kept.get() {
        Some(true) => phrases::STORAGE_KEPT,
        Some(false) => phrases::STORAGE_MAY_GO,
        None => phrases::UNKNOWN,
    };
    let connection = if health.online { phrases::CONNECTED } else { phrases::NOT_CONNECTED };
    view! {
        <dl class="facts">
            <dt>{say(phrases::APP_VERSION)}</dt>
            <dd data-test="app-version">{health.app_version}</dd>
            <dt>{say(phrases::CATALOGUE_VERSION)}</dt>
            <dd data-test="catalogue-version">{known(health.catalogue)}</dd>
            <dt>{say(phrases::HALL_VERSION)}</dt>
            <dd>{known(health.hall_version)}</dd>
            <dt>{say(phrases::CONNECTION)}</dt>
            <dd>{say(connection)}</dd>
            <dt>{say(phrases::STORAGE)}</dt>
            <dd>
                {health.usage.map(megabytes).zip(health.quota.map(megabytes)).map(|(used, all)| format!("{used} / {all} MB · "))}
                {move || storage().get(app.lang.get())}
            </dd>
            <dt>{say(phrases::QUEUE)}</dt>
            <dd>{health.waiting}</dd>
        </dl>
        <p class="buttons">
            {move || (kept.get() == Some(false)).then(|| view! {
                <button type="button" class="button" on:click=keep>{say(phrases::KEEP_IT)}</button>
            })}
            {(health.waiting > 0).then(|| view! {
                <button type="button" class="button" on:click=move |_| outbox::drain(app)>{say(phrases::SEND_NOW)}</button>
            })}
        </p>
    }
}

/// Whole megabytes, rounded up.
fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000)
}

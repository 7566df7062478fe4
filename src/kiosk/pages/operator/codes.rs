//! One-time codes that enrol new kiosks and desks.

use super::phrases;
use super::{Session, profile as named, say, sign_in};
use crate::api::{DeviceCode, NewCode};
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::net;
use crate::kiosk::parts::every;
use crate::receipt::Profile;
use crate::words::Text;
use chrono::TimeDelta;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Makes codes; the last one is shown large until it expires or another is made.
#[component]
pub fn Codes(session: RwSignal<Session>) -> impl IntoView {
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
    let button = move |test, profile, word| {
        view! {
            <button class="desk-button primary" type="button" data-test=test disabled=move || busy.get() on:click=move |_| make(profile)>
                {say(word)}
            </button>
        }
    };
    view! {
        <section class="desk-block">
            <h2>{say(phrases::CODES)}</h2>
            <p>{say(phrases::CODES_HOW)}</p>
            <div class="desk-row">
                {button("code-kiosk", Profile::Kiosk, phrases::MAKE_KIOSK)}
                {button("code-desk", Profile::Desk, phrases::MAKE_DESK)}
            </div>
            <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
            {move || code.get().map(|code| view! { <Made code /> })}
        </section>
    }
}

/// A code and how long it still lives.
#[component]
fn Made(code: DeviceCode) -> impl IntoView {
    let app = App::get();
    let DeviceCode { code, profile, expires_at } = code;
    let left = RwSignal::new(expires_at - app.now());
    every(Duration::from_secs(1), move || {
        left.try_set(expires_at - app.now());
    });
    let expired = Memo::new(move |_| left.get() <= TimeDelta::zero());
    let code_shown = code.clone();
    view! {
        <div class="desk-new-code" class:expired=move || expired.get() role="status">
            <p>{say(named(profile))}</p>
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

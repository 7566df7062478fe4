//! The operator code before anything else. Forgotten, or never set, it can be set anew by an operator who signs in at the
//! hall.

use super::phrases;
use super::{Role, Session, SignIn, sign_in};
use crate::kiosk::app::App;
use crate::kiosk::device::net::Failure;
use crate::kiosk::device::operator_code::{self, Code, Tried};
use crate::kiosk::device::{clock, database};
use crate::kiosk::parts::keypad::{Keypad, Keys};
use crate::kiosk::parts::{every, say};
use crate::words::{Lang, Text};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

#[component]
pub fn Gate(open: RwSignal<bool>, session: RwSignal<Session>) -> impl IntoView {
    let app = App::get();
    let code = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Text>);
    let has_code = RwSignal::new(true);
    // Who signed in hours ago may be gone: a new code needs the password now.
    let fresh = RwSignal::new(Session::Nobody);
    on_cleanup(move || {
        // Whoever signed in and then set no code does not stay signed in.
        if matches!(fresh.try_get_untracked(), Some(Session::Staff(_))) && open.try_get_untracked() != Some(true) {
            spawn_local(sign_in::sign_out(fresh));
        }
    });
    // By this device's own clock, which is what the wait was counted with.
    let until = RwSignal::new(None::<DateTime<Utc>>);
    spawn_local(async move {
        match operator_code::is_set().await {
            Ok(set) => {
                has_code.try_set(set);
            }
            Err(failure) => {
                wrong.try_set(Some(failure.say()));
            }
        }
        if let Ok(Some(left)) = operator_code::wait().await {
            until.try_set(Some(clock::now() + left));
        }
    });
    let left = counted_down(until);
    let enter = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        busy.set(true);
        spawn_local(async move {
            let tried = operator_code::attempt(code.get_untracked().trim()).await;
            busy.try_set(false);
            code.try_set(String::new());
            match tried {
                Ok(Tried::Right) => {
                    open.try_set(true);
                }
                Ok(Tried::Wrong) => {
                    wrong.try_set(Some(phrases::CODE_WRONG.text()));
                }
                Ok(Tried::Wait(left)) => {
                    wrong.try_set(Some(phrases::CODE_WRONG.text()));
                    until.try_set(Some(clock::now() + left));
                }
                Err(failure) => {
                    wrong.try_set(Some(failure.say()));
                }
            }
        });
    };
    let blocked = move || busy.get() || left.get().is_some() || !has_code.get();
    view! {
        <section class="desk-narrow" data-test="gate">
            <h2>{say(phrases::CODE)}</h2>
            {move || if has_code.get() {
                view! { <p>{say(phrases::CODE_HOW)}</p> }.into_any()
            } else {
                view! { <p class="desk-trouble" data-test="no-operator-code">{say(phrases::CODE_NONE)}</p> }.into_any()
            }}
            <form class="desk-form" on:submit=enter>
                <label>
                    <span class="unseen">{say(phrases::CODE)}</span>
                    <input
                        class="desk-code desk-secret"
                        data-test="operator-code"
                        inputmode="numeric"
                        autocomplete="off"
                        spellcheck="false"
                        maxlength="12"
                        bind:value=code
                    />
                </label>
                <Keypad keys=Signal::derive(|| Keys::Digits) value=code />
                <p class="desk-wrong" role="alert" data-test="code-wrong">
                    {move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}
                </p>
                {move || left.get().map(|left| view! {
                    <p class="desk-trouble" data-test="code-wait" data-seconds=left.num_seconds().to_string()>
                        {say(phrases::CODE_WAIT)} " " <strong>{move || minutes(left, app.lang.get())}</strong>
                    </p>
                })}
                <button class="desk-button primary" data-test="code-open" type="submit" disabled=blocked>
                    {move || if busy.get() { phrases::CODE_OPENING } else { phrases::CODE_OPEN }.get(app.lang.get())}
                </button>
            </form>
            {move || {
                let on_set = Callback::new(move |()| {
                    session.set(fresh.get_untracked());
                    open.set(true);
                });
                let set_anew = move || view! { <SetCode session=fresh on_set /> };
                if has_code.get() {
                    view! {
                        <details class="desk-block" data-test="forgotten">
                            <summary>{say(phrases::CODE_FORGOTTEN)}</summary>
                            <p>{say(phrases::CODE_FORGOTTEN_HOW)}</p>
                            {set_anew()}
                        </details>
                    }
                        .into_any()
                } else {
                    view! { <div class="desk-block">{set_anew()}</div> }.into_any()
                }
            }}
        </section>
    }
}

/// Sets a new code, once an operator has signed in.
#[component]
pub fn SetCode(session: RwSignal<Session>, on_set: Callback<()>) -> impl IntoView {
    let app = App::get();
    let chosen = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let said = RwSignal::new(None::<Text>);
    let set = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let code = chosen.get_untracked().trim().to_owned();
        if let Some(unfit) = operator_code::unfit(&code) {
            return said.set(Some(unfit));
        }
        said.set(None);
        busy.set(true);
        spawn_local(async move {
            let result = store(&code).await;
            busy.try_set(false);
            match result {
                Ok(()) => {
                    chosen.try_set(String::new());
                    said.try_set(Some(phrases::CODE_IS_SET.text()));
                    on_set.run(());
                }
                Err(failure) => {
                    said.try_set(Some(failure.say()));
                }
            }
        });
    };
    view! {
        {move || match session.get() {
            Session::Staff(staff) if staff.role == Role::Operator => view! {
                <form class="desk-form" on:submit=set>
                    <label>
                        {say(phrases::CODE_NEW)}
                        <input
                            class="desk-code"
                            data-test="new-operator-code"
                            inputmode="numeric"
                            autocomplete="off"
                            spellcheck="false"
                            maxlength="12"
                            bind:value=chosen
                        />
                    </label>
                    <Keypad keys=Signal::derive(|| Keys::Digits) value=chosen />
                    <p role="alert" data-test="code-said">{move || said.get().map(|s| s.get(app.lang.get()).to_owned())}</p>
                    <button class="desk-button primary" data-test="set-operator-code" type="submit" disabled=move || busy.get()>
                        {say(phrases::CODE_SET)}
                    </button>
                </form>
            }
                .into_any(),
            Session::Staff(_) => view! { <p class="desk-trouble">{say(phrases::CODE_OPERATOR_ONLY)}</p> }.into_any(),
            Session::Asking | Session::Offline | Session::Nobody => view! { <SignIn session /> }.into_any(),
        }}
    }
}

async fn store(code: &str) -> Result<(), Failure> {
    database::write(Code::make(code).await?.store()).await
}

/// What is left until then, every second, and nothing when it is over.
fn counted_down(until: RwSignal<Option<DateTime<Utc>>>) -> RwSignal<Option<TimeDelta>> {
    let left = RwSignal::new(None);
    let look = move || {
        let now = until.try_get_untracked().flatten().map(|until| until - clock::now()).filter(|left| *left > TimeDelta::zero());
        if left.try_get_untracked().is_some_and(|before| before != now) {
            left.try_set(now);
        }
    };
    Effect::new(move |_| {
        until.track();
        look();
    });
    every(Duration::from_secs(1), look);
    left
}

/// Minutes and seconds, rounded up to whole seconds.
fn minutes(left: TimeDelta, lang: Lang) -> String {
    let seconds = (left.num_milliseconds() + 999) / 1000;
    match lang {
        Lang::Zh => format!("{} 分 {:02} 秒", seconds / 60, seconds % 60),
        Lang::En => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

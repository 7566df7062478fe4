//! A kiosk's session: it begins with a touch and ends with a wipe, by the person or, after a warning, by itself. On other
//! devices there is none.

use super::applicant::phrases;
use crate::kiosk::app::App;
use crate::kiosk::device::update;
use crate::kiosk::outbox;
use crate::kiosk::parts::dialog::Dialog;
use crate::kiosk::parts::go::Go;
use crate::kiosk::parts::{say, tell};
use crate::receipt::Profile;
use crate::words::Lang;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Seconds without a touch until the warning (WCAG 2.2.1: a warning, and at least 20 seconds to answer it).
const IDLE: u32 = 60;
/// Seconds to answer the warning.
const ANSWER: u32 = 30;

#[derive(Clone, Copy)]
pub struct Session {
    app: App,
    go: Go,
    /// Waiting for the next person.
    pub attract: RwSignal<bool>,
    /// Seconds left, while the warning is shown.
    left: RwSignal<Option<u32>>,
    /// Seconds since the last sign of life.
    idle: StoredValue<u32>,
}

impl Session {
    /// Watches over sessions for as long as the app runs.
    pub fn start(app: App, go: Go) -> Session {
        let session = Session { app, go, attract: RwSignal::new(false), left: RwSignal::new(None), idle: StoredValue::new(0) };
        let kiosk = Memo::new(move |_| app.ready.get() && app.profile.get() == Profile::Kiosk);
        Effect::new(move |_| session.attract.set(kiosk.get()));
        // Nobody is in the middle of anything: the moment for a new version.
        Effect::new(move |_| {
            if session.attract.get() && app.update.get() {
                update::apply();
            }
        });
        let alive = move || {
            // Once warned, only the answer counts: a hand that brushes the screen must not keep somebody else's data.
            if session.left.get_untracked().is_none() {
                session.idle.set_value(0);
            }
        };
        window_event_listener(ev::pointerdown, move |_| alive());
        window_event_listener(ev::keydown, move |_| alive());
        window_event_listener(ev::wheel, move |_| alive());
        // The clipboard would outlive the session, and belongs to the next person.
        let stays = move |event: &web_sys::Event| {
            if kiosk.get_untracked() {
                event.prevent_default();
            }
        };
        window_event_listener(ev::copy, move |event| stays(event.as_ref()));
        window_event_listener(ev::cut, move |event| stays(event.as_ref()));
        let tick = move || {
            if kiosk.get_untracked() && !session.attract.get_untracked() {
                session.second();
            }
        };
        if set_interval_with_handle(tick, Duration::from_secs(1)).is_err() {
            // Without a timer nobody would be protected: a kiosk then keeps its first screen.
            app.trouble.set(Some(phrases::NO_TIMER.text()));
        }
        session
    }

    fn second(self) {
        let idle = self.idle.get_value() + 1;
        self.idle.set_value(idle);
        if idle >= IDLE + ANSWER {
            self.end();
        } else if idle >= IDLE {
            self.left.set(Some(IDLE + ANSWER - idle));
        }
    }

    fn stay(self) {
        self.idle.set_value(0);
        self.left.set(None);
    }

    fn begin(self) {
        // After a power cut the browser opened what was open: somebody else's page. The staff's pages are nobody's.
        let path = window().location().pathname().unwrap_or_default();
        if ["/item", "/apply", "/receipt", "/mine", "/s/"].iter().any(|page| path.starts_with(page)) {
            self.app.draft.set(None);
            self.go.instead("/");
        }
        self.stay();
        self.attract.set(false);
    }

    /// Wipes all that could be read about the person, and waits for the next one.
    pub fn end(self) {
        let Session { app, go, .. } = self;
        self.attract.set(true);
        self.stay();
        app.draft.set(None);
        app.lang.set(Lang::Zh);
        app.large.set(false);
        go.instead("/");
        spawn_local(outbox::forget_session(app));
    }
}

/// The first screen, and the warning.
#[component]
pub fn Guard(session: Session) -> impl IntoView {
    let warned = Memo::new(move |_| session.left.get().is_some());
    view! {
        {move || session.attract.get().then(|| view! { <Attract session /> })}
        {move || warned.get().then(|| view! { <Warning session /> })}
    }
}

/// One large button, in both languages, because nobody has chosen one yet.
#[component]
fn Attract(session: Session) -> impl IntoView {
    let app = session.app;
    let button = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        if let Some(button) = button.get() {
            // A screen without focus still takes a touch.
            let _ = button.focus();
        }
    });
    let hall = move || app.bundle.with(|bundle| bundle.as_ref().map(|b| b.hall.name.clone()));
    view! {
        <button class="attract" type="button" data-test="attract" node_ref=button on:click=move |_| session.begin()>
            <span class="attract-seal" aria-hidden="true">"明白"</span>
            <span class="attract-hall">{move || hall().map(|name| name.zh)}</span>
            <span class="attract-hall attract-en" lang="en">{move || hall().map(|name| name.en)}</span>
            <span class="attract-what">{phrases::ATTRACT_WHAT.zh}</span>
            <span class="attract-what attract-en" lang="en">{phrases::ATTRACT_WHAT.en}</span>
            <span class="attract-touch">
                <span>{phrases::ATTRACT_TOUCH.zh}</span>
                <span class="attract-en" lang="en">{phrases::ATTRACT_TOUCH.en}</span>
            </span>
        </button>
    }
}

#[component]
fn Warning(session: Session) -> impl IntoView {
    let app = session.app;
    let left = move || session.left.get().unwrap_or_default();
    let stay = Callback::new(move |()| session.stay());
    view! {
        <Dialog title=tell(phrases::IDLE_TITLE.text()) test="idle" on_cancel=stay>
            <p class="dialog-text">{say(phrases::IDLE_WHY)}</p>
            <p class="idle-left" aria-hidden="true">{left}</p>
            // Spoken every ten seconds, not every second.
            <p class="unseen" role="status">
                {move || format!("{} {}", left().div_ceil(10) * 10, phrases::IDLE_SECONDS.get(app.lang.get()))}
            </p>
            <div class="buttons">
                <button type="button" class="button primary huge" data-test="stay" autofocus on:click=move |_| session.stay()>
                    {say(phrases::IDLE_STAY)}
                </button>
                <button type="button" class="button" data-test="end" on:click=move |_| session.end()>{say(phrases::IDLE_END)}</button>
            </div>
        </Dialog>
    }
}

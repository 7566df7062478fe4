//! The operator's page (运维). On an enrolled machine it asks for the operator code first, with or without a network, and
//! then shows how the machine is and what can be done about it. The fleet, and codes for new machines, are an operator's who
//! has signed in, on any device; a citizen's own device shows nothing else, but for its own enrolment. Behind a locked page no
//! operator stays signed in.
//!
//! - [`gate`]: the code. [`queue`], [`health`]: what waits, and how the machine is. [`test`]: the self-test.
//! - [`export`]: the outbox to a file. [`machine`]: paper, code and the end of the enrolment.
//! - [`fleet`], [`codes`]: every machine, and new ones.

mod codes;
mod export;
mod fleet;
mod gate;
mod health;
mod machine;
mod phrases;
mod queue;
mod test;

use super::desk::ago;
use super::desk::enrol::Enrol;
use super::desk::phrases::{ENROL, profile};
use super::desk::sign_in::{self, Session, SignIn, Who};
use crate::api::Role;
use crate::kiosk::app::App;
use crate::kiosk::parts::{every, say};
use crate::receipt::Profile;
use crate::words::Phrase;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use std::time::Duration;

/// Minutes without a touch until the page is locked again.
const IDLE: u32 = 5;

/// What an enrolled machine shows, one at a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Status,
    Test,
    Service,
    Fleet,
}

const TABS: [(Tab, &str, Phrase); 4] = [
    (Tab::Status, "tab-status", phrases::STATUS),
    (Tab::Test, "tab-test", phrases::TEST),
    (Tab::Service, "tab-service", phrases::SERVICE),
    (Tab::Fleet, "tab-fleet", phrases::FLEET),
];

/// `/operator`.
#[component]
pub fn Operator() -> impl IntoView {
    let app = App::get();
    let session = sign_in::session(app);
    let enrolled = Memo::new(move |_| app.profile.get() != Profile::Personal);
    let open = RwSignal::new(false);
    lock_again(open);
    Effect::new(move |_| {
        if !enrolled.get() {
            open.set(false);
        }
    });
    let is_operator = move |session: &Session| matches!(session, Session::Staff(staff) if staff.role == Role::Operator);
    Effect::new(move |_| {
        // Out of reach, the hall is told as soon as it answers. A clerk who works at this desk stays signed in.
        if enrolled.get() && !open.get() && app.online.get() && session.with(is_operator) {
            spawn_local(sign_in::sign_out(session));
        }
    });
    on_cleanup(move || {
        if enrolled.try_get_untracked() == Some(true) && session.try_with_untracked(is_operator) == Some(true) {
            spawn_local(sign_in::sign_out(session));
        }
    });
    view! {
        <div class="desk">
            <Bar session open />
            <div class="desk-page">
                <h1 class="unseen">{say(phrases::OPERATOR)}</h1>
                {move || match (enrolled.get(), open.get()) {
                    (false, _) => view! { <Personal session /> }.into_any(),
                    (true, false) => view! { <gate::Gate open session /> }.into_any(),
                    (true, true) => view! { <Machine session /> }.into_any(),
                }}
            </div>
        </div>
    }
}

/// The page locks itself when nobody has touched it for a while, and when it is left for another.
fn lock_again(open: RwSignal<bool>) {
    let idle = StoredValue::new(0_u32);
    every(Duration::from_secs(60), move || {
        let minutes = idle.try_get_value().unwrap_or_default() + 1;
        idle.try_set_value(minutes);
        if minutes >= IDLE {
            open.try_set(false);
        }
    });
    let stirs = [
        window_event_listener(ev::pointerdown, move |_| idle.set_value(0)),
        window_event_listener(ev::keydown, move |_| idle.set_value(0)),
        window_event_listener(ev::pagehide, move |_| open.set(false)),
    ];
    on_cleanup(move || stirs.into_iter().for_each(WindowListenerHandle::remove));
}

#[component]
fn Bar(session: RwSignal<Session>, open: RwSignal<bool>) -> impl IntoView {
    let app = App::get();
    let online = move || if app.online.get() { phrases::CONNECTED } else { phrases::NOT_CONNECTED }.get(app.lang.get());
    view! {
        <header class="desk-bar">
            <A href="/operator" attr:class="desk-name" attr:aria-current="page">{say(phrases::OPERATOR)}</A>
            {move || (app.profile.get() != Profile::Kiosk).then(|| view! {
                <nav aria-label=say(phrases::NAVIGATION)>
                    <A href="/desk" attr:data-test="nav-desk">{say(phrases::DESK)}</A>
                </nav>
            })}
            <p class="desk-link" class:offline=move || !app.online.get() role="status">{online}</p>
            {move || open.get().then(|| view! {
                <button
                    class="desk-button small"
                    type="button"
                    data-test="lock"
                    on:click=move |_| open.set(false)
                >
                    {say(phrases::LOCK)}
                </button>
            })}
            <Who session />
        </header>
    }
}

/// A device of nobody's hall: what needs a signed-in operator, and how this machine would become the hall's.
#[component]
fn Personal(session: RwSignal<Session>) -> impl IntoView {
    view! {
        <div class="desk-operator">
            <Signed session />
            <section class="desk-block" data-test="machine">
                <h2>{say(ENROL)}</h2>
                <Enrol />
            </section>
        </div>
    }
}

/// The machine, behind its code.
#[component]
fn Machine(session: RwSignal<Session>) -> impl IntoView {
    let tab = RwSignal::new(Tab::Status);
    let button = move |(at, test, word): (Tab, &'static str, Phrase)| {
        view! {
            <button
                class="desk-filter"
                type="button"
                data-test=test
                aria-pressed=move || (tab.get() == at).to_string()
                on:click=move |_| tab.set(at)
            >
                {say(word)}
            </button>
        }
    };
    view! {
        <nav class="desk-row desk-tabs" aria-label=say(phrases::NAVIGATION)>{TABS.map(button).into_iter().collect_view()}</nav>
        {move || match tab.get() {
            Tab::Status => view! {
                <queue::Queue />
                <health::HealthOf />
            }
                .into_any(),
            Tab::Test => view! { <test::Test /> }.into_any(),
            Tab::Service => view! {
                <div class="desk-operator">
                    <machine::ThisMachine session />
                    <export::Export />
                </div>
            }
                .into_any(),
            Tab::Fleet => view! { <div class="desk-operator"><Signed session /></div> }.into_any(),
        }}
    }
}

/// What only a signed-in operator may see and do, or the way to get there.
#[component]
fn Signed(session: RwSignal<Session>) -> impl IntoView {
    view! {
        {move || match session.get() {
            Session::Staff(staff) if staff.role == Role::Operator => view! {
                <fleet::Fleet session />
                <codes::Codes session />
            }
                .into_any(),
            other => view! {
                <section class="desk-block">
                    <h2>{say(phrases::FLEET)}</h2>
                    <p class="desk-trouble" data-test="operator-only">{say(phrases::OPERATOR_ONLY)}</p>
                    {(!matches!(other, Session::Staff(_))).then(|| view! { <SignIn session /> })}
                </section>
            }
                .into_any(),
        }}
    }
}

//! The clerk's desk: enrolment and sign-in, scanning receipts, the list of cases, one case and its decisions.
//! Scanning works with no network and nobody signed in; everything about cases needs both.
//!
//! - [`scan`]: live picture or USB scanner → [`verdict`].
//! - [`cases`], [`case`], [`attachments`]: what is at the hall, and one case with all that the clerk needs to decide.
//! - [`decide`]: the five acts; [`notice`]: what each of them prints.
//! - [`sign_in`], [`enrol`]: who works here, and which machine this is.

mod attachments;
pub mod case;
pub mod cases;
mod decide;
pub mod enrol;
mod notice;
pub mod phrases;
pub mod scan;
pub mod sign_in;
mod verdict;

pub use case::CasePage;
pub use cases::Cases;
pub use scan::Scan;

use crate::kiosk::app::App;
use crate::kiosk::device::scanner;
use crate::kiosk::parts::{say, tell};
use crate::receipt::Profile;
use crate::words::{Lang, Phrase};
use chrono::TimeDelta;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use sign_in::{Session, SignIn};

/// `/desk`: enrolment, then sign-in, then the choice of what to do.
#[component]
pub fn Home() -> impl IntoView {
    let app = App::get();
    let session = sign_in::session(app);
    let enrolled = Memo::new(move |_| app.profile.get() == Profile::Desk);
    view! {
        <Frame tab=Tab::Home session>
            {move || {
                if enrolled.get() {
                    view! { <Choice session /> }.into_any()
                } else {
                    view! {
                        <section class="desk-narrow">
                            <h1>{say(phrases::NOT_A_DESK)}</h1>
                            <enrol::Enrol />
                        </section>
                    }
                        .into_any()
                }
            }}
        </Frame>
    }
}

/// What an enrolled desk offers; sign-in beside it until somebody has.
#[component]
fn Choice(session: RwSignal<Session>) -> impl IntoView {
    view! {
        <h1>{say(phrases::WELCOME)}</h1>
        <div class="desk-choice">
            <A href="/desk/scan" attr:class="desk-tile" attr:data-test="to-scan">
                <strong>{say(phrases::SCAN)}</strong>
                <span>{say(phrases::SCAN_LONG)}</span>
            </A>
            {move || match session.get() {
                Session::Staff(_) => view! {
                    <A href="/desk/cases" attr:class="desk-tile" attr:data-test="to-cases">
                        <strong>{say(phrases::CASES)}</strong>
                        <span>{say(phrases::CASES_LONG)}</span>
                    </A>
                }
                    .into_any(),
                Session::Asking | Session::Offline | Session::Nobody => view! {
                    <div class="desk-tile">
                        <SignIn session />
                    </div>
                }
                    .into_any(),
            }}
        </div>
    }
}

/// Which page of the desk is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Home,
    Scan,
    Cases,
}

/// What all desk pages share: the bar with navigation and who is signed in, and the USB scanner, which works wherever
/// the focus is. A scan that `on_scan` does not take opens the scanning page.
#[component]
fn Frame(
    tab: Tab,
    session: RwSignal<Session>,
    #[prop(optional, into)] on_scan: Option<Callback<String>>,
    children: Children,
) -> impl IntoView {
    let app = App::get();
    let navigate = use_navigate();
    let guard = scanner::listen(move |text: String| match on_scan {
        Some(on_scan) => on_scan.run(text),
        None => {
            scan::hand_over(text);
            navigate("/desk/scan", Default::default());
        }
    });
    // Dropped with the page, which ends the listening.
    StoredValue::new_local(guard);
    let current = move |at: Tab| (tab == at).then_some("page");
    view! {
        <div class="desk">
            <header class="desk-bar">
                <A href="/desk" exact=true attr:class="desk-name" attr:aria-current=current(Tab::Home)>
                    {move || app.device_name.get().unwrap_or_else(|| phrases::DESK.get(app.lang.get()).to_owned())}
                </A>
                <nav aria-label=say(phrases::NAVIGATION)>
                    <A href="/desk/scan" attr:data-test="nav-scan" attr:aria-current=current(Tab::Scan)>{say(phrases::SCAN)}</A>
                    <A href="/desk/cases" attr:data-test="nav-cases" attr:aria-current=current(Tab::Cases)>{say(phrases::CASES)}</A>
                </nav>
                <p class="desk-link" class:offline=move || !app.online.get() role="status">
                    {move || if app.online.get() { phrases::ONLINE } else { phrases::OFFLINE_ONLY }.get(app.lang.get())}
                </p>
                <sign_in::Who session />
            </header>
            <div class="desk-page">{children()}</div>
        </div>
    }
}

/// How long ago, in the largest unit that fits.
pub(in crate::kiosk::pages) fn ago(past: TimeDelta, lang: Lang) -> String {
    let (n, zh, en) = match (past.num_days(), past.num_hours(), past.num_minutes()) {
        (0, 0, ..=0) => return Phrase::new("刚刚", "just now").get(lang).to_owned(),
        (0, 0, minutes) => (minutes, "分钟", "minute"),
        (0, hours, _) => (hours, "小时", "hour"),
        (days, _, _) => (days, "天", "day"),
    };
    match lang {
        Lang::Zh => format!("{n} {zh}前"),
        Lang::En => format!("{n} {en}{} ago", if n == 1 { "" } else { "s" }),
    }
}

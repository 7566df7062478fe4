//! Every page and its address, and what is around all of them: the bar on top, banners, and on a kiosk the session.

pub mod applicant;
pub mod desk;
pub mod operator;
mod session;

use crate::kiosk::app::App;
use crate::kiosk::device::update;
use crate::kiosk::parts::go::Go;
use crate::kiosk::parts::header::Header;
use crate::kiosk::parts::heading::Spoken;
use crate::kiosk::parts::{say, tell};
use crate::receipt::Profile;
use applicant::phrases;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;
use session::Session;

/// The app: makes what it knows, starts it, and shows it.
#[component]
pub fn Root() -> impl IntoView {
    let app = App::new();
    provide_context(app);
    provide_context(Spoken(RwSignal::new(String::new())));
    spawn_local(app.start());
    document_follows(app);
    view! {
        <Router>
            <Shell />
        </Router>
    }
}

/// Language, text size and profile stand at the root element, where the style sheets find them.
fn document_follows(app: App) {
    Effect::new(move |_| {
        let Some(root) = document().document_element() else { return };
        let set = |name: &str, value: Option<&str>| {
            // Attribute names are fixed and valid, so neither can be refused.
            let _ = match value {
                Some(value) => root.set_attribute(name, value),
                None => root.remove_attribute(name),
            };
        };
        set("lang", Some(app.lang.get().tag()));
        set("data-large", app.large.get().then_some(""));
        set(
            "data-profile",
            Some(match app.profile.get() {
                Profile::Personal => "personal",
                Profile::Kiosk => "kiosk",
                Profile::Desk => "desk",
            }),
        );
    });
}

/// The frame around every page. While a kiosk waits for the next person, nothing in it can be reached.
#[component]
fn Shell() -> impl IntoView {
    let app = App::get();
    let spoken = expect_context::<Spoken>().0;
    provide_context(Go::new(app));
    let session = Session::start(app, Go::get());
    provide_context(session);
    view! {
        <div class="app" inert=move || session.attract.get()>
            <Header />
            <Banners />
            <main id="main" class="main">
                {move || if app.ready.get() {
                    view! { <Pages /> }.into_any()
                } else {
                    view! { <p class="starting" role="status">{say(phrases::STARTING)}</p> }.into_any()
                }}
            </main>
            <p class="unseen" role="status" aria-live="polite">{move || spoken.get()}</p>
        </div>
        <session::Guard session />
    }
}

#[component]
fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=|| view! { <Lost /> }>
            <Route path=path!("/") view=applicant::Home />
            <Route path=path!("/item/:code") view=applicant::ItemPage />
            <Route path=path!("/apply/:code/:step?/:at?") view=applicant::Apply />
            <Route path=path!("/receipt/:id") view=applicant::ReceiptPage />
            <Route path=path!("/s/:id") view=applicant::Status />
            <Route path=path!("/mine") view=applicant::Mine />
            <Route path=path!("/about") view=applicant::About />
            <Route path=path!("/desk") view=desk::Home />
            <Route path=path!("/desk/scan") view=desk::Scan />
            <Route path=path!("/desk/cases") view=desk::Cases />
            <Route path=path!("/desk/case/:id") view=desk::CasePage />
            <Route path=path!("/operator") view=operator::Operator />
        </Routes>
    }
}

/// What concerns every page: trouble with this device, and a new version of the app.
#[component]
fn Banners() -> impl IntoView {
    let app = App::get();
    let location = use_location();
    // Never while something is being filled in: a reload would end it.
    let may_update = Memo::new(move |_| {
        let applying = location.pathname.with(|path| path.starts_with("/apply"));
        app.update.get() && !applying && (app.profile.get() == Profile::Personal || app.draft.with(Option::is_none))
    });
    view! {
        {move || app.trouble.get().map(|trouble| view! {
            <div class="banner banner-trouble" role="alert" data-test="trouble">
                <p>{tell(trouble)}</p>
                <button type="button" class="button small" on:click=move |_| app.trouble.set(None)>{say(phrases::CLOSE)}</button>
            </div>
        })}
        {move || may_update.get().then(|| view! {
            <div class="banner banner-update" role="status">
                <p>{say(phrases::UPDATE)}</p>
                <button type="button" class="button small" data-test="update" on:click=move |_| update::apply()>
                    {say(phrases::UPDATE_NOW)}
                </button>
            </div>
        })}
    }
}

/// No such page.
#[component]
fn Lost() -> impl IntoView {
    view! { <applicant::Nothing heading=phrases::LOST /> }
}

//! Moving from page to page. A kiosk keeps no history: what one person looked at is not behind the next one's back button.

use crate::kiosk::app::App;
use crate::receipt::Profile;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

#[derive(Clone, Copy)]
pub struct Go {
    profile: RwSignal<Profile>,
    navigate: StoredValue<Navigate, LocalStorage>,
}

impl Go {
    /// To be made once, inside the router, and provided as context.
    pub fn new(app: App) -> Go {
        let navigate: Navigate = Box::new(use_navigate());
        Go { profile: app.profile, navigate: StoredValue::new_local(navigate) }
    }

    pub fn get() -> Go {
        expect_context::<Go>()
    }

    /// On to `path`; the browser's back button leads back here.
    pub fn to(self, path: &str) {
        self.navigate(path, self.profile.get_untracked() == Profile::Kiosk);
    }

    /// To `path` in place of the present page.
    pub fn instead(self, path: &str) {
        self.navigate(path, true);
    }

    fn navigate(self, path: &str, replace: bool) {
        self.navigate.with_value(|navigate| navigate(path, NavigateOptions { replace, ..NavigateOptions::default() }));
    }
}

/// A link within the app that leaves no history on a kiosk. It carries its name for tests.
#[component]
pub fn Link(
    #[prop(into)] href: String,
    #[prop(into)] class: String,
    #[prop(optional, into)] test: Option<String>,
    children: Children,
) -> impl IntoView {
    let profile = App::get().profile;
    view! {
        <a href=href class=class data-test=test prop:replace=move || profile.get() == Profile::Kiosk>
            {children()}
        </a>
    }
}

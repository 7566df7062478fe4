//! The bar on top of every page: home, language, large text, and whether the hall is in reach.

use super::go::Link;
use super::{phrases, say};
use crate::kiosk::app::App;
use leptos::prelude::*;

#[component]
pub fn Header() -> impl IntoView {
    let app = App::get();
    view! {
        <header class="top">
            <a class="top-skip" href="#main">{say(phrases::SKIP)}</a>
            <Link href="/" class="top-name" test="to-home">
                <span class="top-seal" aria-hidden="true">"明"</span>
                <span class="top-words">{say(phrases::NAME)}</span>
                <span class="unseen">{say(phrases::TO_HOME)}</span>
            </Link>
            <p class="top-link" role="status">
                {move || (!app.online.get() && app.ready.get()).then(|| phrases::OFFLINE.get(app.lang.get()))}
            </p>
            <button
                class="top-button"
                type="button"
                data-test="large"
                aria-pressed=move || app.large.get().to_string()
                on:click=move |_| app.large.update(|large| *large = !*large)
            >
                {say(phrases::LARGE)}
            </button>
            <button
                class="top-button"
                type="button"
                data-test="lang"
                lang=move || app.lang.get().other().tag()
                on:click=move |_| app.lang.update(|lang| *lang = lang.other())
            >
                {say(phrases::OTHER_LANGUAGE)}
            </button>
        </header>
    }
}

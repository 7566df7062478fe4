//! One line to type in. A mistake stands at the field, in the reader's language, and is announced where it occurs.

use super::keypad::{Keypad, Keys};
use crate::kiosk::app::App;
use crate::words::Text;
use leptos::prelude::*;

#[component]
pub fn Line(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// Name for tests.
    #[prop(into)]
    test: String,
    #[prop(into)] label: Signal<String>,
    /// The label is said elsewhere on the screen, such as by the question above.
    #[prop(optional)]
    quiet: bool,
    #[prop(optional, into)] hint: Option<Signal<String>>,
    #[prop(optional, into)] unit: Option<Signal<String>>,
    #[prop(optional, into)] keys: Option<Signal<Keys>>,
    value: RwSignal<String>,
    #[prop(into)] wrong: Signal<Option<Text>>,
    /// Something odd that does not stop anybody.
    #[prop(optional, into)]
    warning: Option<Signal<Option<Text>>>,
) -> impl IntoView {
    let app = App::get();
    let keys = keys.unwrap_or_else(|| Signal::derive(Keys::default));
    let said = move |text: Signal<Option<Text>>| move || text.get().map(|t| t.get(app.lang.get()).to_owned());
    view! {
        <div class="line">
            <label class="line-label" class:unseen=quiet for=id.clone()>{move || label.get()}</label>
            {hint.map(|hint| view! { <p class="line-hint" id=format!("{id}-hint")>{move || hint.get()}</p> })}
            <div class="line-box">
                <input
                    class="line-input"
                    id=id.clone()
                    data-test=test
                    type="text"
                    inputmode=move || keys.get().mode()
                    // What the browser would offer again it would also keep, beyond the reach of "delete everything".
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength="500"
                    aria-invalid=move || wrong.get().is_some().to_string()
                    aria-describedby=format!("{id}-hint {id}-wrong")
                    bind:value=value
                />
                {unit.map(|unit| view! { <span class="line-unit">{move || unit.get()}</span> })}
            </div>
            <p class="wrong" id=format!("{id}-wrong") role="alert">{said(wrong)}</p>
            {warning.map(|warning| view! { <p class="warning" role="status">{said(warning)}</p> })}
            <Keypad keys value />
        </div>
    }
}

//! A small count, changed by two large buttons.

use super::{phrases, say};
use leptos::prelude::*;

/// The most that can be counted to.
const MOST: u8 = 99;

#[component]
pub fn Stepper(#[prop(into)] test: String, #[prop(into)] label: Signal<String>, value: RwSignal<u8>) -> impl IntoView {
    let typed = move |event| {
        // What is no number leaves the count as it was.
        if let Ok(n) = event_target_value(&event).trim().parse::<u8>() {
            value.set(n.min(MOST));
        }
    };
    let fewer = say(phrases::FEWER);
    let more = say(phrases::MORE);
    view! {
        <div class="stepper" role="group" aria-label=move || label.get()>
            <span class="stepper-label">{move || label.get()}</span>
            <button
                type="button"
                class="stepper-button"
                aria-label=move || format!("{} · {}", label.get(), fewer())
                disabled=move || value.get() == 0
                on:click=move |_| value.update(|n| *n = n.saturating_sub(1))
            >
                "−"
            </button>
            <input
                class="stepper-count"
                data-test=test
                type="text"
                inputmode="numeric"
                autocomplete="off"
                maxlength="2"
                aria-label=move || label.get()
                prop:value=move || value.get().to_string()
                on:input=typed
            />
            <button
                type="button"
                class="stepper-button"
                aria-label=move || format!("{} · {}", label.get(), more())
                on:click=move |_| value.update(|n| *n = (*n + 1).min(MOST))
            >
                "+"
            </button>
        </div>
    }
}

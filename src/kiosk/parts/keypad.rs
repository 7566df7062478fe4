//! Keys on the screen, for kiosks without a keyboard: as many as the field can take, and no more. Phones bring their own.

use super::{phrases, say};
use crate::kiosk::app::App;
use crate::receipt::Profile;
use leptos::prelude::*;

/// What a field is typed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    /// Words: the system's own input method.
    #[default]
    Words,
    Digits,
    Decimal,
    /// Digits and X, as in a resident ID.
    Identifier,
    /// Digits and capital letters, as in a credit code.
    Letters,
    /// All that a plain keyboard types, as a password may want it.
    Keyboard,
}

impl Keys {
    /// The value of `inputmode`.
    pub fn mode(self) -> &'static str {
        match self {
            Keys::Digits => "numeric",
            Keys::Decimal => "decimal",
            Keys::Words | Keys::Identifier | Keys::Letters | Keys::Keyboard => "text",
        }
    }

    fn all(self) -> &'static str {
        match self {
            Keys::Words => "",
            Keys::Digits => "1234567890",
            Keys::Decimal => "1234567890.",
            Keys::Identifier => "1234567890X",
            Keys::Letters => "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Keys::Keyboard => "1234567890abcdefghijklmnopqrstuvwxyz.-_@!?#$%&*+=/:;,'\"()<>[]{}^`~|\\ ",
        }
    }
}

/// Types into `value`. Nothing where the device has keys of its own.
#[component]
pub fn Keypad(#[prop(into)] keys: Signal<Keys>, value: RwSignal<String>) -> impl IntoView {
    let profile = App::get().profile;
    let keys = Memo::new(move |_| if profile.get() == Profile::Kiosk { keys.get() } else { Keys::Words });
    let capital = RwSignal::new(false);
    let key = move |c: char| {
        let typed = move || if capital.get() { c.to_ascii_uppercase() } else { c };
        let shown = move || if c == ' ' { '␣' } else { typed() }.to_string();
        let press = move |_| value.update(|v| v.push(untrack(typed)));
        view! { <button type="button" class="keypad-key" on:click=press>{shown}</button> }
    };
    let shift = move || {
        view! {
            <button
                type="button"
                class="keypad-key keypad-shift"
                data-test="keypad-shift"
                aria-pressed=move || capital.get().to_string()
                on:click=move |_| capital.update(|capital| *capital = !*capital)
            >
                {move || if capital.get() { "abc" } else { "ABC" }}
            </button>
        }
    };
    view! {
        {move || {
            let keys = keys.get();
            let wide = matches!(keys, Keys::Letters | Keys::Keyboard);
            (keys != Keys::Words).then(|| view! {
                <div class="keypad" class:keypad-wide=wide role="group" aria-label=say(phrases::KEYS)>
                    {keys.all().chars().map(key).collect_view()}
                    {(keys == Keys::Keyboard).then(shift)}
                    <button type="button" class="keypad-key keypad-word" on:click=move |_| value.update(|v| { v.pop(); })>
                        {say(phrases::DELETE)}
                    </button>
                    <button type="button" class="keypad-key keypad-word" on:click=move |_| value.set(String::new())>
                        {say(phrases::CLEAR)}
                    </button>
                </div>
            })
        }}
    }
}

//! Enrolment of this machine, with the operator's one-time code. Which profile it becomes, kiosk or desk, is decided by
//! the code. The operator code chosen here guards the operator's page from then on.

use super::{phrases, say};
use crate::kiosk::app::App;
use crate::kiosk::device::{self, operator_code};
use crate::words::Text;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Enrol() -> impl IntoView {
    let app = App::get();
    let code = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let chosen = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Text>);
    let enrol = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let [code, name, chosen] = [code, name, chosen].map(|field| field.get_untracked().trim().to_owned());
        if code.is_empty() || name.is_empty() {
            wrong.set(Some(phrases::ENROL_BLANK.text()));
            return;
        }
        if let Some(unfit) = operator_code::unfit(&chosen) {
            wrong.set(Some(unfit));
            return;
        }
        wrong.set(None);
        busy.set(true);
        spawn_local(async move {
            let result = device::enrol(app, code, name, &chosen).await;
            // A success may already have taken this form away: `try_set` does not mind.
            busy.try_set(false);
            if let Err(error) = result {
                wrong.try_set(Some(error.say()));
            }
        });
    };
    view! {
        <form class="desk-form" on:submit=enrol>
            <p>{say(phrases::ENROL_HOW)}</p>
            <label>
                {say(phrases::ENROL_CODE)}
                <input data-test="enrol-code" class="desk-code" autocomplete="off" autocapitalize="characters" spellcheck="false" bind:value=code />
            </label>
            <label>
                {say(phrases::ENROL_NAME)}
                <input data-test="enrol-name" autocomplete="off" maxlength="40" placeholder=say(phrases::ENROL_NAME_HINT) bind:value=name />
            </label>
            <label>
                {say(phrases::ENROL_CHOOSE)}
                <input
                    data-test="enrol-operator-code"
                    class="desk-code"
                    inputmode="numeric"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="12"
                    bind:value=chosen
                />
                <small class="desk-quiet">{say(phrases::ENROL_CHOOSE_HOW)}</small>
            </label>
            <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
            <button class="desk-button primary" data-test="enrol" type="submit" disabled=move || busy.get()>
                {move || if busy.get() { phrases::ENROLLING } else { phrases::ENROL_DO }.get(app.lang.get())}
            </button>
        </form>
    }
}

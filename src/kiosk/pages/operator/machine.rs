//! This machine: what it is, what it prints on, its operator code, and the end of its enrolment.

use super::gate::SetCode;
use super::phrases;
use super::{Session, profile as named, say};
use crate::kiosk::app::App;
use crate::kiosk::device::print::{self, Paper};
use crate::kiosk::device::{self, scans};
use crate::words::Text;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn ThisMachine(session: RwSignal<Session>) -> impl IntoView {
    let app = App::get();
    let paper = RwSignal::new(print::paper());
    let choose = move |chosen| {
        print::set_paper(chosen);
        paper.set(print::paper());
    };
    let choice = move |kind, word| {
        view! {
            <button
                class="desk-button"
                type="button"
                aria-pressed=move || (paper.get() == kind).to_string()
                on:click=move |_| choose(kind)
            >
                {say(word)}
            </button>
        }
    };
    view! {
        <section class="desk-block" data-test="machine">
            <h2>{say(phrases::MACHINE)}</h2>
            <dl class="desk-says">
                <dt>{say(phrases::PROFILE)}</dt>
                <dd>{move || named(app.profile.get()).get(app.lang.get())}</dd>
                <dt>{say(phrases::NAME)}</dt>
                <dd>{move || app.device_name.get().unwrap_or_else(|| "—".to_owned())}</dd>
            </dl>
            <div class="desk-row" role="group" aria-label=say(phrases::PAPER) data-test="paper">
                <span>{say(phrases::PAPER)}</span>
                {choice(Paper::A4, phrases::PAPER_A4)}
                {choice(Paper::Thermal, phrases::PAPER_THERMAL)}
            </div>
            <details data-test="change-code">
                <summary class="desk-fold">{say(phrases::CHANGE_CODE)}</summary>
                <p>{say(phrases::CODE_FORGOTTEN_HOW)}</p>
                <SetCode session on_set=Callback::new(|()| {}) />
            </details>
            <Unenrol />
        </section>
    }
}

/// Ends the enrolment, after asking once more and naming what has not been sent.
#[component]
fn Unenrol() -> impl IntoView {
    let app = App::get();
    let asked = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(None::<Text>);
    let unsent = Memo::new(move |_| app.waiting.get());
    let unrecorded = RwSignal::new(0);
    let ask = move |_| {
        asked.set(true);
        spawn_local(async move {
            app.drain_scans().await;
            match scans::waiting().await {
                Ok(waiting) => drop(unrecorded.try_set(waiting)),
                Err(failure) => drop(wrong.try_set(Some(failure.say()))),
            }
        });
    };
    let unenrol = move |_| {
        busy.set(true);
        spawn_local(async move {
            let result = device::unenrol(app).await;
            busy.try_set(false);
            if let Err(failure) = result {
                wrong.try_set(Some(failure.say()));
            }
        });
    };
    view! {
        {move || if asked.get() {
            let yes = move || if unsent.get() > 0 { phrases::UNENROL_YES_UNSENT } else { phrases::UNENROL_YES };
            view! {
                <p class="desk-trouble" role="alert">{say(phrases::UNENROL_SURE)}</p>
                {move || (unsent.get() > 0).then(|| view! {
                    <p class="desk-trouble bad" role="alert" data-test="unenrol-unsent">
                        <strong>{move || unsent.get()}</strong> " " {say(phrases::UNENROL_UNSENT)}
                    </p>
                })}
                {move || (unrecorded.get() > 0).then(|| view! {
                    <p class="desk-trouble bad" role="alert" data-test="unenrol-scans">
                        <strong>{move || unrecorded.get()}</strong> " " {say(phrases::UNENROL_SCANS)}
                    </p>
                })}
                <div class="desk-row">
                    <button
                        class="desk-button"
                        type="button"
                        data-test="unenrol-no"
                        on:click=move |_| asked.set(false)
                    >
                        {say(phrases::CANCEL)}
                    </button>
                    <button class="desk-button bad" type="button" data-test="unenrol-yes" disabled=move || busy.get() on:click=unenrol>
                        {move || yes().get(app.lang.get())}
                    </button>
                </div>
            }
                .into_any()
        } else {
            view! {
                <button
                    class="desk-button"
                    type="button"
                    data-test="unenrol"
                    on:click=ask
                >
                    {say(phrases::UNENROL)}
                </button>
            }
                .into_any()
        }}
        <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
    }
}

//! Taking the receipt along. On a kiosk three large choices, none of which asks anybody to type: on paper, by phone, or the
//! short number written down. On a device of one's own it is printed, or kept as a picture.

use super::{HelpWindow, phrases};
use crate::api::Part;
use crate::kiosk::app::App;
use crate::kiosk::device::{files, health, print};
use crate::kiosk::parts::dialog::Dialog;
use crate::kiosk::parts::progress::ProgressCode;
use crate::kiosk::parts::{picture, say, tell};
use crate::receipt::number;
use crate::words::Phrase;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

/// What a kiosk says after a choice.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// It was printed, as far as the browser knows: did paper come out?
    Printed,
    NotPrinted,
    Phone,
    Number,
}

/// The three choices of a kiosk.
#[component]
pub fn Take(
    id: Uuid,
    /// Once the hall has given one.
    short_number: Signal<Option<String>>,
) -> impl IntoView {
    let app = App::get();
    let said = RwSignal::new(None::<Said>);
    // Somebody before has said that nothing came out.
    let fails = RwSignal::new(false);
    spawn_local(async move {
        fails.try_set(health::tested().await.printer == Part::Fails);
    });
    let note = move |works: bool| {
        fails.set(!works);
        said.set((!works).then_some(Said::NotPrinted));
        spawn_local(async move {
            if let Err(failure) = print::note(app, works).await {
                app.trouble.set(Some(failure.say()));
            }
        });
    };
    let on_paper = move |_| {
        spawn_local(async move {
            if print::print().await {
                said.try_set(Some(Said::Printed));
            } else {
                note(false);
            }
        })
    };
    let close = Callback::new(move |()| said.set(None));
    let done = move || {
        view! {
            <button type="button" class="button primary" data-test="take-done" on:click=move |_| close.run(())>
                {say(phrases::TAKE_DONE)}
            </button>
        }
    };
    let other_ways = move || {
        view! {
            <button type="button" class="button" on:click=move |_| said.set(Some(Said::Phone))>{say(phrases::TAKE_PHONE)}</button>
            <button type="button" class="button" on:click=move |_| said.set(Some(Said::Number))>{say(phrases::TAKE_NUMBER)}</button>
        }
    };
    let dialog = move |now: Said| match now {
        Said::Printed => view! {
            <Dialog title=tell(phrases::CAME_OUT.text()) test="came-out" on_cancel=close>
                <div class="buttons">
                    <button type="button" class="button primary" data-test="paper-yes" on:click=move |_| note(true)>
                        {say(phrases::CAME_OUT_YES)}
                    </button>
                    <button type="button" class="button" data-test="paper-no" on:click=move |_| note(false)>
                        {say(phrases::CAME_OUT_NO)}
                    </button>
                </div>
            </Dialog>
        }
        .into_any(),
        Said::NotPrinted => view! {
            <Dialog title=tell(phrases::NOT_OUT.text()) test="not-printed" on_cancel=close>
                <p class="dialog-text">{say(phrases::NOT_OUT_WHY)} " " <HelpWindow /></p>
                <div class="buttons">{other_ways()} {done()}</div>
            </Dialog>
        }
        .into_any(),
        Said::Phone => view! {
            <Dialog title=tell(phrases::PHONE_SCAN.text()) test="phone" on_cancel=close>
                <div class="take-code"><ProgressCode id /></div>
                <p class="dialog-text">
                    {move || if short_number.with(Option::is_some) { phrases::PHONE_HOW } else { phrases::PHONE_LATER }.get(app.lang.get())}
                </p>
                <div class="buttons">{done()}</div>
            </Dialog>
        }
        .into_any(),
        Said::Number => view! {
            <Dialog title=tell(phrases::TAKE_NUMBER.text()) test="number" on_cancel=close>
                {move || match short_number.get() {
                    Some(given) => view! {
                        <p class="take-number" data-test="take-number">{number::show(&given)}</p>
                        <p class="dialog-text">{say(phrases::NUMBER_HOW)}</p>
                    }
                        .into_any(),
                    None => view! { <p class="dialog-text" data-test="no-number">{say(phrases::NUMBER_LATER)}</p> }.into_any(),
                }}
                <div class="buttons">{done()}</div>
            </Dialog>
        }
        .into_any(),
    };
    let way = |word: Phrase, how: Phrase| {
        view! {
            <strong>{say(word)}</strong>
            <span>{say(how)}</span>
        }
    };
    view! {
        <section class="take no-print" aria-labelledby="take">
            <h2 id="take">{say(phrases::TAKE)}</h2>
            <div class="take-ways">
                <button type="button" class="take-way" data-test="print" on:click=on_paper>
                    {way(phrases::PRINT, phrases::TAKE_PAPER_HOW)}
                    {move || fails.get().then(|| view! {
                        <span class="take-fails" data-test="printer-fails">{say(phrases::FAILED_BEFORE)}</span>
                    })}
                </button>
                <button type="button" class="take-way" data-test="to-phone" on:click=move |_| said.set(Some(Said::Phone))>
                    {way(phrases::TAKE_PHONE, phrases::TAKE_PHONE_HOW)}
                </button>
                <button type="button" class="take-way" data-test="write-down" on:click=move |_| said.set(Some(Said::Number))>
                    {way(phrases::TAKE_NUMBER, phrases::TAKE_NUMBER_HOW)}
                </button>
            </div>
            {move || said.get().map(dialog)}
        </section>
    }
}

/// Keeps the receipt as a picture.
#[component]
pub fn Keep(#[prop(into)] text: Signal<String>, #[prop(into)] lines: Signal<Vec<String>>, id: Uuid) -> impl IntoView {
    let app = App::get();
    let keep = move |_| {
        spawn_local(async move {
            let Some(canvas) = picture::draw(&text.get_untracked(), &lines.get_untracked()) else {
                app.trouble.set(Some(phrases::NO_PICTURE.text()));
                return;
            };
            if let Err(failure) = files::hand_over(&canvas, &format!("mingbai-{id}.png")).await {
                app.trouble.set(Some(failure.say()));
            }
        })
    };
    view! { <button type="button" class="button" data-test="keep" on:click=keep>{say(phrases::KEEP)}</button> }
}

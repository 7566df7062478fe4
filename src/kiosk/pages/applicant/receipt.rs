//! The receipt. Two different things look and read differently: "saved on this device" and "received by the hall". The
//! page follows the outbox, so the one becomes the other while it is open.

use super::super::desk::phrases as shared;
use super::super::session::Session;
use super::take::{Keep, Take};
use super::{Nothing, phrases};
use crate::calendar::hall_date;
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::catalogue::{self, Sought, Wanted};
use crate::kiosk::device::print;
use crate::kiosk::outbox::{self, Kept, Record, Standing};
use crate::kiosk::parts::go::Link;
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::qr::Qr;
use crate::kiosk::parts::{say, tell};
use crate::receipt::{MaterialMark, Profile, claims, number};
use crate::words::{Phrase, Text};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::time::Duration;
use uuid::Uuid;

/// How long the outbox is given to find a receipt before the page says that there is none.
const PATIENCE: Duration = Duration::from_secs(2);

/// `/receipt/:id`.
#[component]
pub fn ReceiptPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<Uuid>().ok()));
    view! {
        {move || match id.get() {
            Some(id) => view! { <Followed id /> }.into_any(),
            None => view! { <Nothing heading=phrases::NO_RECEIPT /> }.into_any(),
        }}
    }
}

#[component]
fn Followed(id: Uuid) -> impl IntoView {
    let kept = outbox::watch(App::get(), id);
    let late = RwSignal::new(false);
    set_timeout(
        move || {
            late.try_set(true);
        },
        PATIENCE,
    );
    // Drawn anew only when the receipt itself comes or goes: not with every step of the sending, and not when patience ends,
    // which would close what a quick person has opened on it.
    let found = Memo::new(move |_| kept.with(Option::is_some).then_some(true).or_else(|| late.get().then_some(false)));
    view! {
        {move || match found.get() {
            Some(true) => view! { <Receipt kept /> }.into_any(),
            Some(false) => view! { <Nothing heading=phrases::NO_RECEIPT /> }.into_any(),
            None => view! { <p class="starting" role="status">{say(phrases::LOADING)}</p> }.into_any(),
        }}
    }
}

/// How a standing looks and reads: code, sign, headline, explanation.
fn standing(standing: &Standing) -> (&'static str, &'static str, Phrase, Option<Phrase>) {
    match standing {
        Standing::Queued => ("queued", "↥", phrases::SAVED_HERE, Some(phrases::SAVED_HERE_WHY)),
        Standing::Sending => ("sending", "↥", phrases::SAVED_HERE, Some(phrases::SENDING)),
        Standing::Attention(_) => ("attention", "!", phrases::ATTENTION, Some(phrases::ATTENTION_WHY)),
        Standing::Received(_) => ("received", "✓", phrases::AT_HALL, None),
    }
}

#[component]
fn Receipt(kept: RwSignal<Option<Kept>>) -> impl IntoView {
    let app = App::get();
    let session = expect_context::<Session>();
    let Some(first) = kept.get_untracked() else { return ().into_any() };
    let Record { id, item, item_name, window, complaint, captured_at, .. } = first.record;
    let now = Memo::new(move |_| kept.with(|kept| kept.as_ref().map(|k| k.standing.clone())).unwrap_or(Standing::Queued));
    let code = move || now.with(|now| standing(now).0);
    let acknowledged = move || match now.get() {
        Standing::Received(acknowledgement) => Some(acknowledgement),
        _ => None,
    };
    let text = Memo::new(move |_| {
        let own = kept.with(|kept| kept.as_ref().map(|k| k.record.receipt.clone())).unwrap_or_default();
        acknowledged().map_or(own, |a| a.receipt)
    });
    let headline = Signal::derive(move || now.with(|now| standing(now).2).get(app.lang.get()).to_owned());
    let wanted = Wanted { code: item.clone(), version: None, day: hall_date(captured_at) };
    let sought = catalogue::seek(app, move || Some(wanted.clone()));
    let hours = move || match sought.get() {
        Sought::Here(item) => Some(item.hours.clone()),
        _ => app.bundle.with(|bundle| bundle.as_ref().map(|b| b.hall.hours.clone())),
    };
    let hall = move || app.bundle.with(|bundle| bundle.as_ref().map(|b| b.hall.name.clone()));
    let in_words = move |text: Option<Text>| text.map(|t| t.get(app.lang.get()).to_owned());
    let kiosk = move || app.profile.get() == Profile::Kiosk;
    let short_number = Signal::derive(move || acknowledged().map(|a| a.short_number));
    let lines = {
        let item_name = item_name.clone();
        Signal::derive(move || {
            let lang = app.lang.get();
            let number = short_number.get().map(|number| format!("{} {}", phrases::SHORT_NUMBER.get(lang), number::show(&number)));
            let filed = format!("{} {}", phrases::FILED_AT.get(lang), moment(captured_at));
            let said = [item_name.get(lang).to_owned(), headline.get()].into_iter().chain(number);
            said.chain([filed, phrases::NOT_ACCEPTANCE.get(lang).to_owned()]).collect::<Vec<_>>()
        })
    };
    view! {
        <article class="sheet receipt" data-test="receipt" data-id=id.to_string() data-standing=code>
            <p class="receipt-kind">
                <span>{move || in_words(hall())}</span>
                <strong>{say(phrases::RECEIPT)}</strong>
            </p>
            <div class=move || format!("standing standing-{}", code())>
                <span class="standing-sign" aria-hidden="true">{move || now.with(|now| standing(now).1)}</span>
                <div role="status">
                    <Heading text=headline />
                    {move || now.with(|now| standing(now).3).map(|why| view! { <p>{why.get(app.lang.get())}</p> })}
                    {move || match now.get() {
                        Standing::Attention(why) => Some(view! { <p>{why.get(app.lang.get()).to_owned()}</p> }),
                        Standing::Received(a) => Some(view! {
                            <p>{format!("{} {}", phrases::AT_HALL_ON.get(app.lang.get()), moment(a.received_at))}</p>
                        }),
                        Standing::Queued | Standing::Sending => None,
                    }}
                </div>
            </div>
            {move || acknowledged().map(|a| view! {
                <div class="short-number">
                    <span class="short-number-label">{say(phrases::SHORT_NUMBER)}</span>
                    <strong data-test="short-number">{number::show(&a.short_number)}</strong>
                    <span class="quiet">{say(phrases::SHORT_NUMBER_HOW)}</span>
                </div>
            })}
            <div class="receipt-code">{move || view! { <Qr text=text.get() /> }}</div>
            <p class="receipt-not"><span class="receipt-seal" aria-hidden="true">"!"</span>{say(phrases::NOT_ACCEPTANCE)}</p>
            {move || kiosk().then(|| view! {
                <Take id short_number />
                <p class="notice-calm no-print">{say(phrases::PHOTOGRAPH)}</p>
            })}
            <dl class="facts">
                <dt>{say(phrases::ITEM)}</dt>
                <dd>{tell(item_name)}</dd>
                <dt>{say(phrases::FILED_AT)}</dt>
                <dd>{moment(captured_at)}</dd>
                <dt>{say(phrases::RECEIPT_ID)}</dt>
                <dd class="receipt-id">{id.to_string()}</dd>
            </dl>
            <Declared sought text />
            <h2>{say(phrases::NEXT_STEPS)}</h2>
            <ol class="next-steps">
                <li>{say(phrases::STEP_KEEP)}</li>
                <li>{say(phrases::STEP_BRING)} " " <strong>{tell(window)}</strong> " (" {move || in_words(hours())} ")"</li>
                <li>{say(phrases::STEP_ANSWER)}</li>
            </ol>
            <p>{say(phrases::COMPLAINT)} ": " {tell(complaint)}</p>
            {move || (app.profile.get() == Profile::Personal).then(|| view! {
                <p class="quiet">{say(phrases::KEPT_HERE)} " " <Link href="/mine" class="link">{say(phrases::MINE)}</Link></p>
            })}
            <div class="buttons stuck">
                {move || acknowledged().is_none().then(|| view! {
                    <button
                        type="button"
                        class="button"
                        data-test="send-now"
                        disabled=move || now.with(|now| *now == Standing::Sending)
                        on:click=move |_| outbox::drain(app)
                    >
                        {say(phrases::SEND_NOW)}
                    </button>
                })}
                {move || if kiosk() {
                    view! {
                        <button type="button" class="button primary" data-test="finish" on:click=move |_| session.end()>
                            {say(phrases::FINISH)}
                        </button>
                    }
                        .into_any()
                } else {
                    view! {
                        <button type="button" class="button primary" data-test="print" on:click=move |_| print::start(app)>
                            {say(phrases::PRINT)}
                        </button>
                        <Keep text lines id />
                    }
                        .into_any()
                }}
            </div>
        </article>
    }
    .into_any()
}

/// The materials as the receipt itself carries them, by the item's names: only where this device's catalogue is the one
/// the receipt was made with, for the marks have no names of their own.
#[component]
fn Declared(sought: RwSignal<Sought>, text: Memo<String>) -> impl IntoView {
    let app = App::get();
    let rows = move || {
        let claims = claims::read(&text.get()).ok()?.claims;
        let same = app.bundle.with(|bundle| bundle.as_ref().is_some_and(|b| b.version == claims.catalogue));
        let item = sought.get().here().filter(|item| same && item.materials.len() == claims.materials.len())?;
        let names = item.materials.iter().map(|m| m.name.clone());
        let listed = names.zip(claims.materials).filter(|(_, mark)| *mark != MaterialMark::NotNeeded);
        let row = |(name, mark): (Text, MaterialMark)| {
            view! {
                <li class="declared-one"><span>{tell(name)}</span> <strong>{say(shared::mark(mark))}</strong></li>
            }
        };
        Some(view! {
            <h2>{say(phrases::SENT_MATERIALS)}</h2>
            <ul class="declared">{listed.map(row).collect_view()}</ul>
        })
    };
    view! { {rows} }
}

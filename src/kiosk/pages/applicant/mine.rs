//! What this device keeps of its owner's applications: unfinished ones to go on with, submitted ones and where they
//! stand, and the way to forget it all. A shared machine has no such page: it is nobody's own.

use super::super::desk::phrases as shared;
use super::{Nothing, phrases};
use crate::api::Progress;
use crate::calendar::moment;
use crate::kiosk::app::App;
use crate::kiosk::device::drafts::{self, Begun};
use crate::kiosk::device::net;
use crate::kiosk::outbox::{self, Kept, Standing};
use crate::kiosk::parts::dialog::Dialog;
use crate::kiosk::parts::go::{Go, Link};
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::{say, tell};
use crate::receipt::{Profile, number};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// `/mine`.
#[component]
pub fn Mine() -> impl IntoView {
    let app = App::get();
    view! {
        {move || if app.profile.get() != Profile::Personal {
            view! { <Nothing heading=phrases::LOST /> }.into_any()
        } else {
            view! { <Own /> }.into_any()
        }}
    }
}

#[component]
fn Own() -> impl IntoView {
    let app = App::get();
    let unfinished = RwSignal::new(None::<Vec<Begun>>);
    let records = RwSignal::new(None::<Vec<Kept>>);
    // Also what no list can show, such as the draft of a version that this one cannot read.
    let anything = RwSignal::new(false);
    let forgetting = RwSignal::new(false);
    let load = move || {
        spawn_local(async move {
            let found = drafts::list().await;
            unfinished.try_set(Some(found.unwrap_or_else(|failure| {
                app.trouble.set(Some(failure.say()));
                vec![]
            })));
            let found = outbox::all(app).await;
            records.try_set(Some(found.unwrap_or_else(|failure| {
                app.trouble.set(Some(failure.say()));
                vec![]
            })));
            anything.try_set(outbox::keeps_anything().await);
        })
    };
    Effect::new(move |_| {
        // What was waiting may have arrived: the list is read again.
        app.waiting.track();
        load();
    });
    let keep = Callback::new(move |()| forgetting.set(false));
    let forget = move |_| {
        forgetting.set(false);
        app.draft.set(None);
        spawn_local(async move {
            outbox::forget_all(app).await;
            load();
        });
    };
    let delete = Callback::new(move |begun: Begun| {
        if app.draft.with_untracked(|draft| draft.as_ref().is_some_and(|d| d.id == begun.id)) {
            app.draft.set(None);
        }
        spawn_local(async move {
            if let Err(failure) = drafts::delete(&begun.item.code, begun.id).await {
                app.trouble.set(Some(failure.say()));
            }
            load();
        });
    });
    let no_drafts = move || unfinished.with(|all| all.as_ref().is_some_and(Vec::is_empty));
    let nothing = move || no_drafts() && records.with(|all| all.as_ref().is_some_and(Vec::is_empty));
    view! {
        <section class="sheet mine">
            <Heading text=tell(phrases::MINE.text()) />
            {move || nothing().then(|| {
                let word = if anything.get() { phrases::UNREADABLE_RECORDS } else { phrases::NO_RECORDS };
                view! { <p>{say(word)}</p> }
            })}
            {move || unfinished.get().filter(|all| !all.is_empty()).map(|all| view! {
                <h2>{say(phrases::DRAFTS)}</h2>
                <ul class="records">{all.into_iter().map(|draft| view! { <Unfinished draft on_delete=delete /> }).collect_view()}</ul>
            })}
            {move || records.get().filter(|all| !all.is_empty()).map(|all| view! {
                <h2>{say(phrases::SUBMITTED)}</h2>
                <ul class="records">{all.into_iter().map(|kept| view! { <Record kept /> }).collect_view()}</ul>
            })}
            {move || anything.get().then(|| view! {
                <button type="button" class="button danger" data-test="forget" on:click=move |_| forgetting.set(true)>
                    {say(phrases::DELETE_ALL)}
                </button>
            })}
            {move || forgetting.get().then(|| view! {
                <Dialog title=tell(phrases::DELETE_ALL.text()) test="forget-dialog" on_cancel=keep>
                    <p class="dialog-text">{say(phrases::DELETE_ALL_WHY)}</p>
                    {move || (app.waiting.get() > 0).then(|| view! {
                        <p class="wrong" data-test="forget-unsent"><strong>{move || app.waiting.get()}</strong> " " {say(phrases::DELETE_ALL_UNSENT)}</p>
                    })}
                    <div class="buttons">
                        <button type="button" class="button primary" autofocus on:click=move |_| keep.run(())>
                            {say(phrases::DELETE_ALL_NO)}
                        </button>
                        <button type="button" class="button danger" data-test="forget-yes" on:click=forget>
                            {say(phrases::DELETE_ALL_YES)}
                        </button>
                    </div>
                </Dialog>
            })}
        </section>
    }
}

#[component]
fn Unfinished(draft: Begun, on_delete: Callback<Begun>) -> impl IntoView {
    let code = draft.item.code.clone();
    view! {
        <li class="record">
            <strong class="record-name">{tell(draft.item.name.clone())}</strong>
            <span class="quiet">{say(phrases::CHANGED)} " " {moment(draft.changed_at)}</span>
            <p class="buttons">
                <Link href=format!("/apply/{code}") class="button primary small" test=format!("resume-{code}")>{say(phrases::RESUME)}</Link>
                <button type="button" class="button small" on:click=move |_| on_delete.run(draft.clone())>
                    {say(phrases::DELETE_DRAFT)}
                </button>
            </p>
        </li>
    }
}

#[component]
fn Record(kept: Kept) -> impl IntoView {
    let app = App::get();
    let go = Go::get();
    let progress = RwSignal::new(None::<Progress>);
    let Kept { record, standing } = kept;
    let id = record.id;
    if let Standing::Received(_) = &standing {
        Effect::new(move |_| {
            if !app.online.get() {
                return;
            }
            spawn_local(async move {
                // Only a wish to know: without an answer the record shows what it knows.
                if let Ok(found) = net::get_json::<Progress>(&format!("/submissions/{id}/progress")).await {
                    progress.try_set(Some(found));
                }
            });
        });
    }
    let (code, word, short) = match &standing {
        Standing::Queued | Standing::Sending => ("queued", phrases::SAVED_HERE, None),
        Standing::Attention(_) => ("attention", phrases::ATTENTION, None),
        Standing::Received(a) => ("received", phrases::AT_HALL, Some(number::show(&a.short_number))),
    };
    view! {
        <li class="record" data-test=format!("record-{id}")>
            <strong class="record-name">{tell(record.item_name)}</strong>
            <span class=format!("record-standing standing-{code}")>{say(word)}</span>
            {short.map(|short| view! { <span>{say(phrases::SHORT_NUMBER)} " " <strong>{short}</strong></span> })}
            {move || progress.get().map(|p| view! {
                <span>
                    {say(phrases::PROGRESS)} ": " <strong>{say(shared::state(p.state))}</strong>
                    {p.due.map(|due| view! { <span>" · " {say(phrases::DUE)} " " {due.to_string()}</span> })}
                </span>
            })}
            <span class="quiet">{say(phrases::FILED_AT)} " " {moment(record.captured_at)}</span>
            <p class="buttons">
                <button type="button" class="button small" on:click=move |_| go.to(&format!("/receipt/{id}"))>
                    {say(phrases::OPEN_RECEIPT)}
                </button>
            </p>
        </li>
    }
}

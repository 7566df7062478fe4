//! What waits for the hall: the oldest first, each with its state, the reason, and what to do about it.

use super::{ago, phrases, say};
use crate::calendar::moment;
use crate::catalogue::search::Listing;
use crate::kiosk::app::App;
use crate::kiosk::device::{catalogue, clock};
use crate::kiosk::outbox;
use crate::kiosk::outbox::queue::{self, Queued, Waits};
use crate::kiosk::parts::{every, focus};
use crate::words::{Lang, Phrase, Text};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashMap;
use std::time::Duration;
use uuid::Uuid;

/// Between two looks: a row that is being sent says so, and another tab may send.
const EVERY: Duration = Duration::from_secs(3);

#[component]
pub fn Queue() -> impl IntoView {
    let app = App::get();
    // With the minute of the look, so that ages are told anew when they have changed, and a row in use is not redrawn before.
    let found = RwSignal::new(None::<(Vec<Queued>, usize, i64)>);
    let wrong = RwSignal::new(None::<Text>);
    let names = RwSignal::new(HashMap::<String, Text>::new());
    let look = move || {
        spawn_local(async move {
            match queue::queue().await {
                Ok((rows, total)) => {
                    let now = (rows, total, clock::now().timestamp() / 60);
                    if found.try_with_untracked(|before| before.as_ref() != Some(&now)) == Some(true) {
                        found.try_set(Some(now));
                    }
                    wrong.try_set(None);
                }
                Err(failure) => {
                    wrong.try_set(Some(failure.say()));
                }
            }
        });
    };
    Effect::new(move |_| {
        app.waiting.track();
        look();
    });
    spawn_local(async move {
        // Without a listing the items are called by their codes.
        if let Ok(listing) = catalogue::listing(app).await {
            names.try_set(names_of(&listing));
        }
    });
    every(EVERY, look);
    let retry = Callback::new(move |id: Uuid| {
        // The pressed button goes, since its row is drawn anew.
        focus("[data-test=queue] h2");
        spawn_local(async move {
            if let Err(failure) = queue::retry(app, id).await {
                wrong.try_set(Some(failure.say()));
            }
            look();
        });
    });
    let total = move || found.with(|found| found.as_ref().map(|(_, total, _)| *total));
    view! {
        <section class="desk-block" data-test="queue" data-total=move || total().map(|total| total.to_string())>
            <div class="desk-row spread">
                <h2 tabindex="-1">{say(phrases::QUEUE)} " " {move || total().map(|total| view! { <span class="desk-count">{total}</span> })}</h2>
                <button
                    class="desk-button primary"
                    type="button"
                    data-test="send-now"
                    on:click=move |_| outbox::drain(app)
                >
                    {say(phrases::SEND_ALL)}
                </button>
            </div>
            <p class="desk-wrong" role="alert">{move || wrong.get().map(|w| w.get(app.lang.get()).to_owned())}</p>
            {move || match found.get() {
                None => view! { <p class="desk-quiet">{say(phrases::CHECKING)}</p> }.into_any(),
                Some((rows, ..)) if rows.is_empty() => {
                    view! { <p class="desk-quiet" data-test="queue-empty">{say(phrases::QUEUE_EMPTY)}</p> }.into_any()
                }
                Some((rows, total, _)) => {
                    let (now, lang) = (clock::now(), app.lang.get());
                    let cut = (rows.len() < total).then(|| format!("{} {}", phrases::QUEUE_FIRST.get(lang), rows.len()));
                    let row = |queued: Queued| {
                        let name = names.with(|names| names.get(&queued.item).map(|name| name.get(lang).to_owned()));
                        let name = name.unwrap_or_else(|| queued.item.clone());
                        one(queued, name, now, lang, retry)
                    };
                    view! {
                        <ul class="desk-queue">{rows.into_iter().map(row).collect_view()}</ul>
                        {cut.map(|cut| view! { <p class="desk-quiet">{cut}</p> })}
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

fn names_of(listing: &Listing) -> HashMap<String, Text> {
    (0..listing.len()).filter_map(|place| listing.card(place)).map(|card| (card.code, card.name)).collect()
}

fn one(queued: Queued, name: String, now: DateTime<Utc>, lang: Lang, retry: Callback<Uuid>) -> impl IntoView {
    let Queued { id, queued_at, bytes, chunks, standing, tries, next_at, .. } = queued;
    let (code, class, word, todo) = shown(&standing);
    let why = match standing {
        Waits::Operator(why) | Waits::Refused(why) => Some(why.get(lang).to_owned()),
        Waits::Queued | Waits::Sending => None,
    };
    let mut facts = vec![
        format!("{}: {}", phrases::QUEUE_SINCE.get(lang), ago(now - queued_at, lang)),
        format!("{}: {tries}", phrases::QUEUE_TRIES.get(lang)),
        format!("{}: {}", phrases::QUEUE_SIZE.get(lang), size(bytes, chunks)),
    ];
    if code == "queued" {
        facts.push(format!(
            "{}: {}",
            phrases::QUEUE_NEXT.get(lang),
            if next_at > now { moment(next_at) } else { phrases::NOW.get(lang).to_owned() }
        ));
    }
    view! {
        <li data-test="queued" data-id=id.to_string() data-state=code>
            <strong class=class>{word.get(lang)}</strong>
            <span class="desk-part">{name}</span>
            <small class="desk-quiet">{facts.join(" · ")}</small>
            {why.map(|why| view! { <span class="desk-why" data-test="why">{why}</span> })}
            {todo.map(|todo| view! { <span class="desk-todo">{todo.get(lang)}</span> })}
            <button class="desk-button small" type="button" data-test="retry" disabled=code == "sending" on:click=move |_| retry.run(id)>
                {phrases::SEND_ONE.get(lang)}
            </button>
        </li>
    }
}

/// The value of `data-state`, the style, the word, and what to do.
fn shown(standing: &Waits) -> (&'static str, &'static str, Phrase, Option<Phrase>) {
    match standing {
        Waits::Queued => ("queued", "mark later", phrases::WAITS, None),
        Waits::Sending => ("sending", "mark good", phrases::SENDS, None),
        Waits::Operator(_) => ("operator", "mark missing", phrases::NEEDS_OPERATOR, Some(phrases::NEEDS_OPERATOR_DO)),
        Waits::Refused(_) => ("refused", "mark missing", phrases::REFUSED, Some(phrases::REFUSED_DO)),
    }
}

/// Of the envelope, and of at most so many pieces of up to a megabyte each.
fn size(bytes: usize, chunks: usize) -> String {
    let own = format!("{} KB", bytes.div_ceil(1000));
    if chunks == 0 { own } else { format!("{own} + {chunks} × ≤ 1 MB") }
}

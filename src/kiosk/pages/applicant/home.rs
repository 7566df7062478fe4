//! The first page: one question, "what would you like to do?", and the ways to answer it: typing, shelves, the list.

use super::{Label, Nothing, phrases};
use crate::catalogue::bundle::Bundle;
use crate::catalogue::{Category, Filing, Handling, Item, LimitKind};
use crate::calendar::Unit;
use crate::kiosk::app::{App, Draft};
use crate::kiosk::device::{drafts, update};
use crate::kiosk::outbox;
use crate::kiosk::parts::go::Link;
use crate::kiosk::parts::heading::Heading;
use crate::kiosk::parts::keypad::{Keypad, Keys};
use crate::kiosk::parts::{say, tell};
use crate::receipt::Profile;
use crate::words::{Phrase, Text};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;

/// `/`.
#[component]
pub fn Home() -> impl IntoView {
    let app = App::get();
    let again = move |_| spawn_local(app.refresh());
    view! {
        {move || match app.bundle.get() {
            Some(bundle) => view! { <Catalogue bundle /> }.into_any(),
            None => view! {
                <Nothing heading=phrases::NO_CATALOGUE why=phrases::NO_CATALOGUE_WHY />
                <p class="buttons"><button type="button" class="button primary" on:click=again>{say(phrases::TRY_AGAIN)}</button></p>
            }
                .into_any(),
        }}
    }
}

#[component]
fn Catalogue(bundle: Arc<Bundle>) -> impl IntoView {
    let app = App::get();
    let typed = RwSignal::new(String::new());
    let shelf = RwSignal::new(None::<String>);
    let found = {
        let bundle = bundle.clone();
        Memo::new(move |_| {
            let places = typed.with(|typed| bundle.index.find(typed, &bundle.items));
            // Who types searches everywhere; who only looks, looks at one shelf.
            let everywhere = typed.with(|typed| !typed.trim().is_empty());
            let on_shelf = |at: &usize| everywhere || shelf.with(|shelf| shelf.as_ref().is_none_or(|s| bundle.items[*at].category == *s));
            places.into_iter().filter(on_shelf).collect::<Vec<usize>>()
        })
    };
    let items: Vec<Arc<Item>> = bundle.items.iter().cloned().map(Arc::new).collect();
    let items = StoredValue::new(items);
    let used = |category: &&Category| bundle.items.iter().any(|i| i.category == category.code);
    let help = bundle.hall.help_window.clone();
    let shelves = bundle.categories.iter().filter(used).cloned().collect::<Vec<_>>();
    let placeholder = say(phrases::SEARCH_HINT);
    let on_kiosk_keys = Signal::stored(Keys::Letters);
    let searching = RwSignal::new(false);
    view! {
        <section class="home">
            <Heading text=tell(phrases::GREETING.text()) />
            <Resume />
            <div class="search" role="search">
                <label class="unseen" for="search">{say(phrases::SEARCH)}</label>
                <input
                    class="search-input"
                    id="search"
                    data-test="search"
                    type="search"
                    inputmode="search"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength="60"
                    placeholder=placeholder
                    bind:value=typed
                    on:focus=move |_| searching.set(true)
                />
                {move || (!typed.with(String::is_empty)).then(|| view! {
                    <button type="button" class="button small search-clear" on:click=move |_| typed.set(String::new())>
                        {say(phrases::SEARCH_CLEAR)}
                    </button>
                })}
            </div>
            {move || searching.get().then(|| view! { <Keypad keys=on_kiosk_keys value=typed /> })}
            <nav class="shelves" aria-label=say(phrases::CATEGORIES)>
                <Shelf code=None sign="全".to_owned() name=phrases::ALL.text() shelf typed test="category-all".to_owned() />
                {shelves.into_iter().map(|c| {
                    let test = format!("category-{}", c.code);
                    view! { <Shelf code=Some(c.code) sign=c.sign name=c.name shelf typed test /> }
                }).collect_view()}
            </nav>
            <h2 class="unseen">{say(phrases::ITEMS)}</h2>
            <p class="unseen" role="status">{move || format!("{} {}", found.with(Vec::len), phrases::ITEMS.get(app.lang.get()))}</p>
            <ul class="cards">
                <For each=move || found.get() key=|at| *at let:at>
                    <Card item=items.with_value(|items| items[at].clone()) />
                </For>
            </ul>
            {move || found.with(Vec::is_empty).then(|| {
                let help = help.clone();
                view! { <p class="found-none">{say(phrases::FOUND_NONE)} " " {tell(help)}</p> }
            })}
            <Footer bundle />
        </section>
    }
}

/// One shelf of the catalogue; pressed again, all of it.
#[component]
fn Shelf(
    code: Option<String>,
    sign: String,
    name: Text,
    shelf: RwSignal<Option<String>>,
    typed: RwSignal<String>,
    test: String,
) -> impl IntoView {
    let chosen = {
        let code = code.clone();
        Memo::new(move |_| shelf.with(|shelf| *shelf == code) && typed.with(|typed| typed.trim().is_empty()))
    };
    let choose = move |_| {
        typed.set(String::new());
        shelf.set(code.clone());
    };
    view! {
        <button type="button" class="shelf" data-test=test aria-pressed=move || chosen.get().to_string() on:click=choose>
            <span class="shelf-sign" aria-hidden="true">{sign}</span>
            <span class="shelf-name">{tell(name)}</span>
        </button>
    }
}

/// One item, in short.
#[component]
fn Card(item: Arc<Item>) -> impl IntoView {
    let (kind, word) = match (item.filing, item.handling) {
        (Filing::PreCheckOnly, _) => ("badge badge-check", phrases::ONLY_CHECK),
        (Filing::Online, Handling::Instant) => ("badge badge-instant", phrases::INSTANT),
        (Filing::Online, Handling::Promised) => ("badge badge-promised", phrases::PROMISED),
    };
    let limit = item.limit(LimitKind::Promised).filter(|limit| limit.length > 0).map(|limit| (limit.length, unit(limit.unit)));
    view! {
        <li class="card">
            <Link href=format!("/item/{}", item.code) class="card-link" test=format!("open-{}", item.code)>
                <strong class="card-name">{tell(item.name.clone())}</strong>
                <span class="card-summary">{tell(item.summary.clone())}</span>
                <span class="badges">
                    <span class=kind>{say(word)}</span>
                    {limit.map(|(length, unit)| view! { <span class="badge">{length} " " {say(unit)}</span> })}
                    <Label item=item.clone() />
                </span>
            </Link>
        </li>
    }
}

/// The unit of a limit, in words.
pub(super) fn unit(unit: Unit) -> Phrase {
    match unit {
        Unit::WorkingDay => phrases::WORKING_DAYS,
        Unit::Day => phrases::DAYS,
    }
}

/// On a person's own device: what was begun, and what was sent.
#[component]
fn Resume() -> impl IntoView {
    let app = App::get();
    let unfinished = RwSignal::new(Vec::<Draft>::new());
    Effect::new(move |_| {
        if app.profile.get() != Profile::Personal {
            return;
        }
        spawn_local(async move {
            // What cannot be read is told where it matters, on "my applications".
            if let Ok(found) = drafts::list().await {
                unfinished.try_set(found);
            }
        });
    });
    view! {
        {move || (app.profile.get() == Profile::Personal).then(|| view! {
            <div class="own">
                {move || unfinished.get().into_iter().next().map(|draft| view! {
                    <Link href=format!("/apply/{}", draft.item.code) class="own-resume" test="resume">
                        <span>{say(phrases::RESUME_LONG)}</span>
                        <strong>{tell(draft.item.name.clone())}</strong>
                        <span class="own-go">{say(phrases::RESUME)} " →"</span>
                    </Link>
                })}
                <Link href="/mine" class="button small" test="to-mine">{say(phrases::MINE)}</Link>
            </div>
        })}
    }
}

/// Where people are, and whom they can ask; and what this app is, down to its version.
#[component]
fn Footer(bundle: Arc<Bundle>) -> impl IntoView {
    let app = App::get();
    let version = RwSignal::new(None::<String>);
    spawn_local(async move {
        let found = update::version().await;
        version.try_set(Some(found));
    });
    let hall = bundle.hall.clone();
    view! {
        <footer class="foot">
            <p class="foot-help">{say(phrases::HELP_WINDOW)} " " <strong>{tell(hall.help_window)}</strong></p>
            <dl class="facts">
                <dt>{say(phrases::HOURS)}</dt>
                <dd>{tell(hall.hours)}</dd>
                <dt>{say(phrases::ENQUIRY)}</dt>
                <dd>{tell(hall.enquiry)}</dd>
                <dt>{say(phrases::COMPLAINT)}</dt>
                <dd>{tell(hall.complaint)}</dd>
                <dt>{say(phrases::ADDRESS)}</dt>
                <dd>{tell(hall.name)} " · " {tell(hall.address)}</dd>
            </dl>
            {move || (app.waiting.get() > 0).then(|| view! {
                <p class="foot-waiting" data-test="waiting">
                    <span>{move || app.waiting.get()} " " {say(phrases::WAITING)}</span>
                    <button type="button" class="button small" on:click=move |_| outbox::drain(app)>{say(phrases::SEND_NOW)}</button>
                </p>
            })}
            <p class="foot-versions">
                <span>{say(phrases::APP_VERSION)} " " {move || version.get()}</span>
                <span>{say(phrases::CATALOGUE_VERSION)} " " {bundle.version.clone()}</span>
                <Link href="/about" class="link" test="to-about">{say(phrases::ABOUT)}</Link>
            </p>
        </footer>
    }
}
